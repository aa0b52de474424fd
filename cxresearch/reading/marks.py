"""Quotation marks: which opens, which closes, which is an apostrophe; forgiving of every mixture.

Marks of the double kind (“ ” „ « » " '' ,,) and of the single kind (‘ ’ ‚ ') are matched apart, each with a
stack, within a paragraph. What is left over is mended: an opening mark is closed by a mark of the other kind,
or by the next opening mark, or by the end of the paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

# An apostrophe inside a word is no mark, nor that of an elision ('s avonds, ’t, '98).
MARK = re.compile(
    r"[“”„«»‹›\"'‘’‚,`´](?:(?<=[“”„«»‹›\"])|(?<=,),(?=\w)|(?<=')'|(?<=’)’|(?<=‘)‘|(?<=`)`|(?<=´)´"
    r"|(?<=['‘’‚])(?:(?<!\w.)(?!(?:[stnkmr]|ns|tis|ie|em)\b|\d\d\b)|(?!\w)))"
)
SINGLE = "'‘’‚"
OPENS = frozenset(["„", ",,", "``"])
AFTER_MARK = frozenset(".,;:!?…)]}/") | frozenset("“”„«»‹›\"'‘’")
BEFORE_MARK = frozenset("([{/-–—“„«‹\"'‘‚:;,")
REACH = 2500  # how far a mark may wait in later paragraphs for the one that closes it


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch in quotation marks, marks included; `inner` is what they enclose."""

    start: int
    end: int
    inner: tuple[int, int]
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """The outermost stretches in quotation marks, sorted, and the places of all marks that open and close."""

    pairs: tuple[Pair, ...]
    opening: frozenset[int]
    closing: frozenset[int]


Place = tuple[int, int]  # of one mark


def pair(text: str, begins: list[int]) -> Marks:
    """Return the stretches of a text that stand in quotation marks.

    Parameters
    ----------
    text : str
    begins : list of int
        Where the paragraphs begin.

    Examples
    --------
    >>> text = "“Nee, da's ‘beleid’”, zei ze."
    >>> [text[p.start:p.end] for p in pair(text, [0]).pairs]
    ["“Nee, da's ‘beleid’”"]
    """
    places = [hit.span() for hit in MARK.finditer(text)]
    found: list[tuple[Place, Place | int]] = []  # an end without a mark is a number
    waiting: Place | None = None  # a mark that no mark in its paragraph closed, and where that ends
    waiting_end = 0
    k = 0
    for p, begin in enumerate(begins):
        if k == len(places):
            break
        end = begins[p + 1] if p + 1 < len(begins) else len(text)
        if places[k][0] >= end:
            continue
        first = k
        while k < len(places) and places[k][0] < end:
            k += 1
        left, orphans = _match(text, begin, end, places[first:k], found)
        if waiting is not None:
            doubles = [place for place in places[first:k] if text[place[0]] not in SINGLE]
            if orphans and doubles[:1] == orphans[:1] and orphans[0][0] - waiting[0] < REACH:
                found.append((waiting, orphans[0]))
            else:
                found.append((waiting, waiting_end))
            waiting = None
        stop = begin + len(text[begin:end].rstrip())
        waiting = _mend(text, left, orphans, places[first:k], stop, found)
        waiting_end = stop
    if waiting is not None:
        found.append((waiting, waiting_end))
    return _outermost(found)


def _outermost(found: list[tuple[Place, Place | int]]) -> Marks:
    pairs: list[Pair] = []
    opening: set[int] = set()
    closing: set[int] = set()
    reached = 0
    for opener, closer in sorted(found, key=lambda pair: pair[0]):
        opening.add(opener[0])
        closed = not isinstance(closer, int)
        last, end = (closer, closer) if isinstance(closer, int) else closer
        if closed:
            closing.update(range(last, end))
        if opener[0] >= reached and last > opener[1]:
            pairs.append(Pair(opener[0], end, (opener[1], last), closed))
            reached = end
    return Marks(tuple(pairs), frozenset(opening), frozenset(closing))


def _match(
    text: str, begin: int, end: int, places: list[Place], found: list[tuple[Place, Place | int]]
) -> tuple[list[Place], list[Place]]:
    """Match the marks of a paragraph; return the opening ones left over, and the closing double ones."""
    stacks: tuple[list[Place], list[Place]] = ([], [])
    orphans: list[Place] = []
    for place in places:
        start, stop = place
        glyph = text[start:stop]
        before = text[start - 1] if start > begin else " "
        after = text[stop] if stop < end else " "
        left = before.isspace() or before in BEFORE_MARK
        right = after.isspace() or after in AFTER_MARK
        if glyph == "’’" and not stacks[0] and stacks[1]:  # two single marks
            found.append((stacks[1].pop(), (start, start + 1)))
            if stacks[1]:
                found.append((stacks[1].pop(), (start + 1, stop)))
            continue
        single = glyph in SINGLE
        stack = stacks[single]
        judge = _single if single else _double
        role = judge(glyph, left, right, bool(stack))
        if role == "open":
            stack.append(place)
        elif role == "close":
            if stack:
                found.append((stack.pop(), place))
            elif not single:
                orphans.append(place)
    return sorted(stacks[0] + stacks[1]), orphans


def _double(glyph: str, left: bool, right: bool, inside: bool) -> str:
    if glyph in OPENS:
        return "open"
    if glyph in "”›´´":
        return "close" if inside or not left or right else "open"
    if glyph in "“«‹‘‘":
        return "close" if right and (inside or not left) else "open"
    if left and not right:
        return "open"
    if inside or (right and not left):
        return "close"
    return "open"


def _single(glyph: str, left: bool, right: bool, inside: bool) -> str:
    if left and not right:
        return "open"
    if not right and not inside and (not left or glyph == "‘"):
        return "open"  # a space was forgotten before it
    return "close" if inside else ""


def _mend(
    text: str, left: list[Place], orphans: list[Place], places: list[Place], stop: int,
    found: list[tuple[Place, Place | int]],
) -> Place | None:  # fmt: skip
    """Close what was left open; return a last double mark that may still be closed in a later paragraph."""
    doubles = [place[0] for place in places if text[place[0]] not in SINGLE]
    o = 0
    for i, opener in enumerate(left):
        limit = left[i + 1][0] if i + 1 < len(left) else stop
        while o < len(orphans) and orphans[o][0] < opener[1]:
            o += 1
        if text[opener[0]] in SINGLE:
            if o < len(orphans) and orphans[o][0] < limit:
                found.append((opener, orphans[o]))
                o += 1
            elif text[max(0, opener[0] - 8) : opener[0]].rstrip().endswith(":"):
                found.append((opener, stop))
            continue
        later = bisect_left(doubles, opener[1])
        if later < len(doubles):
            found.append((opener, opener[1] + len(text[opener[1] : doubles[later]].rstrip())))
        elif i + 1 == len(left):
            return opener
        else:
            found.append((opener, stop))
    return None
