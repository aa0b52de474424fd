"""What is no narrative is cut before anything is read, and every cut is kept on record with its place.

The words are data (`codebook/*/cleaning.toml`); here stand the ways to cut. Precision goes first: an
editor can cut a menu that was left in, nobody can code a sentence that was taken out.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from cxresearch.errors import InputError

CODEBOOK = Path(__file__).parents[1] / "codebook"
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
SENTENCE = re.compile(r"(?<=[.!?])[ \t\xa0]+(?=[A-Z0-9“‘\"'])")
# Tags that end a line of text; the others stand inside one.
BLOCK = re.compile(
    r"</?(?:p|br|div|h[1-6]|li|ul|ol|tr|t[dh]|table|blockquote|section|article|header|footer|nav|hr)\b", re.I
)
LONGEST_LINE = 1500  # in characters: no rule describes a longer one
HEAD = 1000  # characters, in which a stray token is looked for
PROSE = 8  # words


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the source that is no narrative, and why it was cut."""

    start: int
    end: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The narrative in a source, its pieces (text_start, source_start, length) and what was cut."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a line that is no narrative looks like; the fields are those of cleaning.toml."""

    reason: str
    pattern: re.Pattern[str]
    cut: tuple[str, ...]
    keep: tuple[str, ...]
    unless: re.Pattern[str] | None = None
    where: str = "anywhere"
    then: str = ""
    once: bool = False
    sentences: bool = False
    needs: str = ""

    def describes(self, line: str) -> bool:
        if self.needs and self.needs not in line.lower():  # most lines are told apart by one word, quickly
            return False
        return bool(self.pattern.fullmatch(line)) and not (self.unless and self.unless.search(line))


@dataclass(frozen=True, slots=True)
class Rules:
    lines: tuple[Rule, ...]
    inline: tuple[Rule, ...]
    menu: frozenset[str]
    story: frozenset[str]


@functools.cache
def rules() -> Rules:
    """Return the rules of all languages together, for a Dutch page has English buttons."""
    lines: list[Rule] = []
    inline: list[Rule] = []
    menu: set[str] = set()
    story: set[str] = set()
    for path in sorted(CODEBOOK.glob("*/cleaning.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        menu.update(data["menu"]["words"])
        story.update(data["menu"]["story"])
        lines += [_rule(row, path, re.IGNORECASE) for row in data.get("rule", [])]
        inline += [_rule(row, path, 0) for row in data.get("inline", [])]
    return Rules(tuple(lines), tuple(inline), frozenset(menu), frozenset(story))


def _rule(row: dict[str, Any], path: Path, flags: int) -> Rule:
    try:
        patterns: dict[str, Any] = {key: re.compile(row[key], flags) for key in ("pattern", "unless") if key in row}
        fields: dict[str, Any] = {**row, **patterns, "cut": tuple(row["cut"]), "keep": tuple(row["keep"])}
        return Rule(**fields)
    except (KeyError, TypeError, re.error) as error:
        where = f"{path}: rule for {row.get('reason')!r} with pattern {str(row.get('pattern'))[:40]!r}"
        raise InputError(f"{where}: {error}; correct it there") from error


def clean(source: str, *, skip: int = 0) -> Cleaned:
    r"""Return the narrative of a source text; what stands before `skip` is front matter.

    Examples
    --------
    >>> cleaned = clean("Deze website gebruikt cookies.\nZeven weken lang nam niemand op.")
    >>> cleaned.text
    'Zeven weken lang nam niemand op.'
    >>> cleaned.cuts[0].reason, cleaned.cuts[0].start, cleaned.cuts[0].end
    ('cookie_notice', 0, 31)
    """
    spans = [Span(0, skip, "front_matter")] if skip else []
    spans += _signs(source, skip)
    pieces = _between(spans, len(source))
    text = "".join(source[at : at + length] for _, at, length in pieces)
    # Where a block of markup was cut a line ends, though there is no line break.
    tags = {end for start, end, reason in spans if reason == "markup" and BLOCK.search(source, start, end)}
    ends = {text_start for text_start, at, _ in pieces if at in tags}
    chrome = _chrome(text, sorted({hit.start() for hit in LINE.finditer(text)} | ends))
    spans = _joined([*spans, *_in_source(chrome, pieces)])
    pieces = _between(spans, len(source))
    return Cleaned(
        "".join(source[at : at + length] for _, at, length in pieces),
        tuple(pieces),
        tuple(Cut(*span, source[span.start : span.end]) for span in spans),
    )


class Span(NamedTuple):
    start: int
    end: int
    reason: str


def _signs(source: str, skip: int) -> Iterator[Span]:
    """Yield what is cut inside lines: markup, invisible characters, a stray token before the first words."""
    hits = []
    for rule in rules().inline:
        area = (skip, skip + HEAD) if rule.where == "edge" else (skip, len(source))
        hits += [Span(*hit.span(), rule.reason) for hit in rule.pattern.finditer(source, *area)]
    done = skip
    for start, end, reason in _joined(hits):
        if start < done or start == end:
            continue
        words_meet = source[start - 1 : start].isalnum() and source[end : end + 1].isalnum()
        if words_meet and source[end - 1] == ">" and BLOCK.search(source, start, end):
            end -= 1  # the last sign stays, for nothing can be put in to part the words
        yield Span(start, end, reason)
        done = end


def _between(spans: Iterable[Span], length: int) -> list[tuple[int, int, int]]:
    """Return the pieces (text_start, source_start, length) that the spans leave."""
    pieces = []
    text_start = at = 0
    for start, end, _ in (*spans, Span(length, length, "")):
        if start > at:
            pieces.append((text_start, at, start - at))
            text_start += start - at
        at = end
    return pieces


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, neighbours with the same reason as one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and joined[-1].end == span.start and joined[-1].reason == span.reason:
            joined[-1] = joined[-1]._replace(end=span.end)
        else:
            joined.append(span)
    return joined


def _in_source(spans: Iterable[Span], pieces: list[tuple[int, int, int]]) -> Iterator[Span]:
    """Yield the spans of a text as spans of its source; one that crosses a cut is parted by it."""
    for start, end, reason in spans:
        i = bisect.bisect_right(pieces, start, key=lambda piece: piece[0]) - 1
        while i < len(pieces) and pieces[i][0] < end:
            text_start, source_start, length = pieces[i]
            low, high = max(start, text_start), min(end, text_start + length)
            yield Span(source_start + low - text_start, source_start + high - text_start, reason)
            i += 1


def _chrome(text: str, starts: list[int]) -> Iterator[Span]:
    """Yield the lines of a text that are no narrative, and the sentences in the other lines that are none."""
    bounds = list(itertools.pairwise([*starts, len(text)]))
    stripped = [text[start:end].strip() for start, end in bounds]
    full = [i for i, line in enumerate(stripped) if line]
    reasons = dict(zip(full, _reasons([stripped[i] for i in full]), strict=True))
    kept = [i for i in full if not reasons[i]]
    low, high = (kept[0], kept[-1]) if kept else (len(bounds), -1)
    after = [""] * (len(bounds) + 1)  # for every line why the next one that is not blank is cut
    for i in range(len(bounds) - 1, -1, -1):
        after[i] = reasons.get(i, after[i + 1])
    before = ""
    for i, (start, end) in enumerate(bounds):
        before = reasons.get(i, before)
        # A blank line goes with the line above it, unless narrative stands on both sides of the cut.
        if before and (stripped[i] or not low < i < high or after[i]):
            yield Span(start, end, before)
        elif stripped[i] and not before:
            yield from _in_line(text, start, end, i == low, i == high)


def _reasons(lines: list[str]) -> list[str]:
    """Return for every line why it is cut, or ''. The lines are stripped and none is blank."""
    found = rules()
    hits = [_hit(line, found.lines) for line in lines]
    for rule in {id(r): r for r in hits if r and r.once}.values():
        if sum(hit is rule for hit in hits) > 1:
            hits = [None if hit is rule else hit for hit in hits]
    for i, hit in enumerate(hits[:-1]):
        if hit and hit.then == "paragraph" and not hits[i + 1]:
            hits[i + 1] = replace(hit, then="")
    prose = [i for i, line in enumerate(lines) if not hits[i] and _is_prose(line)]
    first = prose[0] if prose else len(lines)
    sizes = list(itertools.accumulate(map(len, lines), initial=0))
    # What others wrote below a story goes, unless it is the larger part: then something else is the matter.
    below = [
        i for i in range(first, len(lines)) if (hit := hits[i]) and hit.then == "rest" and 2 * sizes[i] > sizes[-1]
    ]
    end = below[0] if below else len(lines)
    last = max((i for i in prose if i < end), default=-1)
    reasons = [""] * end + ["comments"] * (len(lines) - end)
    for i, hit in enumerate(hits[:end]):
        if not hit or not (hit.where == "anywhere" or i < first or i > last):
            continue
        reasons[i] = hit.reason
        if hit.then == "titles" and i > last:
            for j in range(i + 1, end):
                if hits[j] or lines[j][-1] in ".!?…":
                    break
                reasons[j] = hit.reason
    if prose:
        _menu(lines, reasons, range(first), head=True)
        _menu(lines, reasons, range(last + 1, end), head=False)
    return _doubled_title(lines, reasons)


def _hit(line: str, among: Iterable[Rule]) -> Rule | None:
    return next((r for r in among if r.describes(line)), None) if len(line) <= LONGEST_LINE else None


def _is_prose(line: str) -> bool:
    words = len(line[:LONGEST_LINE].split())
    return words >= 20 or (words >= PROSE and line.rstrip("\"'”’)»")[-1:] in tuple(".!?…:;"))


def _menu(lines: list[str], reasons: list[str], zone: range, head: bool) -> None:
    """Cut runs of three or more menu lines: beside what was cut, or from one word of a menu to the last."""
    found = rules()

    def is_item(line: str) -> bool:
        words = line.lower().split()
        if line.lower() in found.menu:
            return True
        return len(words) <= 4 and line[-1] not in ".!?,;:…\"”’'" and not found.story.intersection(words)

    for belongs, group in itertools.groupby(zone, lambda i: bool(reasons[i]) or is_item(lines[i])):
        run = list(group)
        items = [i for i in run if not reasons[i]]
        if not belongs or len(items) < 3:
            continue
        known = [i for i in items if lines[i].lower() in found.menu]
        if not head and reasons[run[0]]:
            chosen = items
        elif len(known) >= 2:
            # A title may follow the menu at the head of a page; nothing follows the one at its foot.
            chosen = [i for i in items if known[0] <= i and (i <= known[-1] or not head)]
        else:
            continue
        for i in chosen:
            reasons[i] = "menu"


def _doubled_title(lines: list[str], reasons: list[str]) -> list[str]:
    kept = [i for i, reason in enumerate(reasons) if not reason][:3]
    for i, j in itertools.pairwise(kept):
        if len(lines[i]) > 200 or lines[i].casefold().split() != lines[j].casefold().split():
            break
        reasons[j] = "doubled_title"
    return reasons


def _in_line(text: str, start: int, end: int, opens: bool, closes: bool) -> Iterator[Span]:
    """Yield the sentences of a line that are no narrative: a page may have been pasted as one line."""
    starts = [start, *(hit.end() for hit in SENTENCE.finditer(text, start, end))]
    if len(starts) == 1:
        return
    bounds = list(itertools.pairwise([*starts, end]))
    anywhere = [r for r in rules().lines if r.sentences and r.where == "anywhere"]
    beside = [r for r in rules().lines if r.sentences and r.where == "edge"]

    def first_reason(among: list[Rule], i: int) -> str:
        hit = _hit(text[slice(*bounds[i])].strip(), among)
        return hit.reason if hit else ""

    reasons = [first_reason(anywhere, i) for i in range(len(bounds))]
    for order, edge in ((range(len(bounds)), opens), (range(len(bounds) - 1, -1, -1), closes)):
        for i in order:
            if edge and not reasons[i]:
                reasons[i] = first_reason(beside, i)
            edge = bool(reasons[i])
    for (low, high), reason in zip(bounds, reasons, strict=True):
        if reason:
            yield Span(low, low + len(text[low:high].rstrip("\r\n")), reason)
