"""Where paragraphs and sentences begin.

Candidates are found with one regular expression and judged one by one with lists of Dutch abbreviations
(codebook/nl/text.toml). Every function returns places where something begins, so that what is cut there
tiles the text.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
TERMINATOR = re.compile(rf"[.!?…{EMOJI}\ufe0f\u200d]+")  # one set of characters, which is quick
AFTER = re.compile(rf"(?:\s*[{EMOJI}\ufe0f\u200d]+|\s*[:;]-?[)(DPp](?!\w))+")
SPACE = re.compile(r"\s*")
OPENERS = re.compile(r"[\s(\[{“”„«»‹‘’‚\"'*_#<>\-–—]*")
LAST_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*\Z")
FIRST_WORD = re.compile(r"\w+")
MARKED_LINE = re.compile(r"[-–—•*·>]\s|\(?\d{1,2}[.)]\s|[a-z]\)\s|[^\W\d_]\w{0,20}:\s")
ITEM = re.compile(r"\d{1,2}(?=\)\s)")
ITEM_NUMBER = re.compile(r"(?:\A|[\n\r.!?…:;”\"’)•*]\s*)\(?(?:\d{1,2}|[a-zA-Z])\Z")
WEB = re.compile(r"[/@]|www\.|https?:", re.IGNORECASE)
CLOSING_MARKS = "\"”“’»'"
WRAP_WIDTHS = range(45, 121)  # lines of hand-wrapped text; a longer line is a paragraph


@dataclass(frozen=True, slots=True)
class Orthography:
    """The word lists of codebook/nl/text.toml."""

    never_end: frozenset[str]
    may_end: frozenset[str]
    goes_on: frozenset[str]
    starters: frozenset[str]
    spoken: Mapping[str, str]
    domain: re.Pattern[str]


@functools.cache
def orthography() -> Orthography:
    """Return the word lists that decide where a Dutch sentence ends."""
    path = files("cxresearch.codebook") / "nl" / "text.toml"
    lists = {name: words.split() for name, words in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    domain = re.compile(rf"(?:{'|'.join(lists['domains'])})\b", re.IGNORECASE)
    never_end, may_end, goes_on, starters = (
        frozenset(lists[name]) for name in ("never_end", "may_end", "goes_on", "starters")
    )
    spoken = dict(zip(lists["spoken"][::2], lists["spoken"][1::2], strict=True))
    return Orthography(never_end, may_end, goes_on, starters, spoken, domain)


def paragraphs(text: str) -> list[int]:
    r"""Return where paragraphs begin: at every line that does not go on with the sentence before it.

    A line goes on where text was wrapped by hand: it could not have held the next word, or it ends in a
    word that ends no sentence, or the next line begins in lower case. Blank lines always part.

    Examples
    --------
    >>> paragraphs("Slechte service\nIk belde gisteren met de\nklantenservice.\n\nNiemand nam op.")
    [0, 16, 58]
    """
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return [0]
    begins = [0]
    block: list[tuple[int, str]] = []
    at = 0
    for line in lines:
        bare = line.strip()
        if bare:
            block.append((at + line.index(bare[0]), bare))
        elif block:
            _block(block, begins)
            block = []
        at += len(line)
    _block(block, begins)
    return begins


def _block(block: list[tuple[int, str]], begins: list[int]) -> None:
    """Add where paragraphs begin in a run of lines without a blank one."""
    if not block:
        return
    if block[0][0] > 0:
        begins.append(block[0][0])
    width = max(len(line) for _, line in block)
    for (_, line), (start, following) in pairwise(block):
        if not _wrapped(line, following, width, len(block)):
            begins.append(start)


def _wrapped(line: str, following: str, width: int, count: int) -> bool:
    if MARKED_LINE.match(following):
        return False
    hit = FIRST_WORD.match(following)
    reach = len(line) + 1 + (len(hit.group()) if hit else 1)
    full = reach > width
    if line[-1] in ".!?…:" or line[-1] in CLOSING_MARKS:
        return full and width in WRAP_WIDTHS and count > 2
    if following[0].islower():
        return full or width < 80 or reach >= width / 2
    last = LAST_WORD.search(line, max(0, len(line) - 30))
    if last and last.group() in orthography().goes_on:
        return True
    return full and width in WRAP_WIDTHS and count > 2


def sentences(
    text: str,
    begins: list[int],
    opening: Collection[int],
    closing: Collection[int],
    verbs: Collection[str] = (),
) -> tuple[tuple[int, int], ...]:
    """Return the offsets of the sentences, each with the white space after it.

    Parameters
    ----------
    text : str
    begins : list of int
        Where paragraphs begin (`paragraphs`); no sentence crosses these.
    opening, closing : sets of int
        Offsets of the quotation marks that open and close (`marks.pair`).
    verbs : set of str
        Reporting verbs: a piece in lower case that begins with one belongs to the exclamation before it.

    Examples
    --------
    >>> text = "Dhr. Jansen nam op. “Wat??!!” bries ik."
    >>> [text[a:b] for a, b in sentences(text, [0], {20}, {28})]
    ['Dhr. Jansen nam op. ', '“Wat??!!” bries ik.']
    """
    starts = set(begins)
    n = len(text)
    done = 0
    never_end = orthography().never_end
    for hit in TERMINATOR.finditer(text):
        start, stop = hit.span()
        if start < done:
            continue
        if text[stop : stop + 1] == " " and text[stop + 1 : stop + 2].isupper():  # the usual case, and quick
            word = text[max(0, start - 30) : start].rpartition(" ")[2]
            if len(word) > 1 and word.isalpha() and not _abbreviated(word, never_end):
                starts.add(stop + 1)
                continue
        end = stop
        closed = False
        while end < n:
            char = text[end]
            if (
                end in closing
                or char in ")]}"
                or (
                    char in CLOSING_MARKS
                    and end not in opening
                    and (char == "”" or not text[end + 1 : end + 2].isalnum())
                )
            ):
                closed = True
            elif char not in ".!?…":
                after = AFTER.match(text, end)
                if after:
                    end = after.end()
                    continue
                space = SPACE.match(text, end).end()  # type: ignore[union-attr]
                if space > end and space in closing and text[space - 1] not in "\n\r":
                    end = space
                    continue
                break
            end += 1
        following = SPACE.match(text, end).end()  # type: ignore[union-attr]
        done = end
        if following < n and _ends(text, start, stop, end, following, closed, opening, verbs):
            starts.add(following)
    starts.update(_items(text))
    starts.discard(n or -1)
    bounds = sorted(starts)
    return tuple(zip(bounds, [*bounds[1:], n], strict=True)) if n else ()


def _ends(
    text: str, start: int, stop: int, end: int, following: int, closed: bool,
    opening: Collection[int], verbs: Collection[str],
) -> bool:  # fmt: skip
    """Whether the sentence ends at the marks `start:stop` (with closing marks to `end`)."""
    mark = text[start:stop]
    if end == following:
        return _ends_glued(text, start, mark, end, closed, opening)
    first = OPENERS.match(text, following).end()  # type: ignore[union-attr]
    letter = text[first : first + 1]
    lower = letter.islower()
    if lower and letter in "stn" and text[first - 1] in "'’‘" and text[first + 2 : first + 3].isupper():
        lower = False  # 's Avonds
    if lower and closed:
        return False
    if mark[0] not in ".!?…":
        return letter.isupper()
    if "!" in mark or "?" in mark:
        if not lower:
            return True
        word = FIRST_WORD.match(text, first)
        return text[start - 1 : start] != "(" and word is not None and word.group() not in verbs
    if len(mark) > 1 or mark == "…":
        return not lower
    return closed or _full_stop(text, start, letter, text[first : first + 16])


def _full_stop(text: str, at: int, letter: str, ahead: str) -> bool:
    """Whether a single full stop before white space ends the sentence: not after an abbreviation."""
    hit = LAST_WORD.search(text, max(0, at - 32), at)
    if hit is None:
        return True
    lists = orthography()
    word = hit.group()
    lower = letter.islower()
    if word[-1].isdigit():
        return not lower and not ITEM_NUMBER.search(text, max(0, at - 12), at)
    if "." in word:
        parts = word.split(".")
        if max(map(len, parts)) > 3:
            return True  # a name on the web, or a space forgotten before
        folded = "".join(parts).lower()
        if folded in lists.may_end:
            return letter.isupper()
        if folded in lists.never_end or word.isupper():
            return False
        return letter.isupper()
    folded = word.lower()
    if len(word) == 1:
        begins = FIRST_WORD.match(ahead)
        known = begins is not None and begins.group().lower() in lists.starters
        return known and letter.isupper() and not ITEM_NUMBER.search(text, max(0, at - 12), at)
    if _abbreviated(word, lists.never_end):
        return False
    if folded in lists.may_end:
        return letter.isupper() or (word[0].isupper() and not word.isupper() and lower)
    return not (lower and len(word) <= 5 and not any(c in "aeiouyáéëíïóöúü" for c in folded))


def _abbreviated(word: str, never_end: Collection[str]) -> bool:
    """Whether no sentence ends at the full stop after a word; ING is a bank, ing. is a title."""
    folded = word.lower()
    return (folded in never_end or folded.endswith("nr")) and not (word.isupper() and len(word) > 2)


def _ends_glued(text: str, start: int, mark: str, end: int, closed: bool, opening: Collection[int]) -> bool:
    """Whether the sentence ends at marks that the next word touches (*doen.Als*, but *bol.com*)."""
    if end in opening:
        return text[start - 1 : start].isalnum()
    char = text[end]
    capital = char.isupper() and (text[end + 1 : end + 2].islower() or text[end + 1 : end + 2] == " ")
    if not capital or start == 0:
        return False
    if closed or mark != ".":
        return True
    before = text[max(0, start - 40) : start].split()
    left = before[-1] if before else ""
    if WEB.search(left) or orthography().domain.match(text, end) or len(left) < 2:
        return False
    return left[-1].islower() and not _abbreviated(left, orthography().never_end)


def _items(text: str) -> list[int]:
    """Return where the items of a list within a line begin: `1) … 2) …`."""
    found: list[int] = []
    first: int | None = None
    expected = 1
    if "2)" not in text:
        return found
    for hit in ITEM.finditer(text):
        start = hit.start() - (text[hit.start() - 1 : hit.start()] == "(")
        if start and not text[start - 1].isspace():
            continue
        number = int(hit.group())
        if number == 1:
            first, expected = start, 2
        elif number == expected and first is not None:
            if number == 2:
                found.append(first)
            found.append(start)
            expected += 1
    return found
