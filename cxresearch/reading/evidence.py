"""Words that tell with which kind of organisation a narrative deals: one look-up a token.

The words are data (codebook/<language>/industries.toml). Each distinct word of a text is compared with
the patterns once; after that it is one look-up in a dictionary.
"""

from __future__ import annotations

import functools
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cxresearch.codebook import industries
from cxresearch.reading.rules import RuleError
from cxresearch.reading.text import TOKEN, Reading, fold

KINDS = ("names", "capitals", "organisations", "products", "places", "hints")
FIRM = ("names", "capitals", "organisations", "places")
CUES = (
    "contrast",
    "rival",
    "comparison",
    "focus",
    "setting",
    "alternative",
    "article",
    "decisive",
    "first_person",
    "anyone",
)
CACHED = 200_000  # distinct words whose evidence is remembered

# What a word tells: by the words that must stand before it, (industry or cue, kind) pairs.
Told = dict[tuple[str, ...], list[tuple[str, str]]]
Row = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Clue:
    """A word of a text that speaks for an industry, or a cue: where it stands and what it weighs.

    `kind` is one of `KINDS`, or "cue" where `industry` names a cue. `rival` is True where the word is about
    another firm than the one the story was about ("een andere bank"), `passing` where an organisation is
    a comparison or the setting ("zoals een bank", "in het hotel").
    """

    token: int
    first: int
    industry: str
    kind: str
    weight: float
    rival: bool = False
    passing: bool = False


class Lexicon(dict[str, tuple[Row, ...]]):
    """The rows that end on a word, the longest first; filled as words are met.

    A word that is written out wins from a pattern, a long pattern from a short one.
    """

    def __init__(self, data: dict[str, Any], place: str) -> None:
        super().__init__()
        self.place = place
        self.weights: dict[str, float] = data.pop("weights")
        self.weights["capitals"] = self.weights["names"]
        cues = data.pop("cues")
        self.sets: dict[str, AbstractSet[str]] = {
            name: frozenset(fold(word) for word in cues[name]) for name in CUES[2:]
        }
        self.common = frozenset().union(
            *(self.sets[name] for name in ("focus", "article", "decisive", "anyone", "first_person"))
        )
        pairs = data.pop("related")["pairs"]
        # By the form of the pattern: its fixed part, then the words before it, then what it tells.
        self.exact: dict[str, Told] = {}
        self.prefix: dict[str, Told] = {}
        self.suffix: dict[str, Told] = {}
        self.infix: dict[str, Told] = {}
        for row in data.pop("none")["rows"]:
            self._add(row, "none", "none")
        for name in CUES[:2]:
            for row in cues[name]:
                self._add(row, name, "cue")
        known = industries()
        for name in {name for pair in pairs for name in pair} - known.keys():
            raise RuleError(f"{place}: [related] {name} is no industry; they are: {', '.join(known)}")
        self.related = frozenset(frozenset(pair) for pair in pairs)
        for industry, lists in data.items():
            if industry not in known:
                raise RuleError(f"{place}: [{industry}] is no industry; they are: {', '.join(known)}")
            for kind, rows in lists.items():
                if kind not in KINDS:
                    raise RuleError(f"{place}: [{industry}] {kind} is unknown; use one of {', '.join(KINDS)}")
                for row in rows:
                    # A name that is written with a capital counts only with one: "Base", "Action".
                    self._add(row, industry, "capitals" if kind == "names" and row[0].isupper() else kind)

    def in_general(self, told: Sequence[str]) -> bool:
        """Whether words speak of customers or organisations in general, and not of the writer."""
        return self.sets["first_person"].isdisjoint(told) and not self.sets["anyone"].isdisjoint(told)

    def _add(self, row: str, industry: str, kind: str) -> None:
        words = [fold(word) for word in TOKEN.findall(row) if word != "*"]
        if not words:
            raise RuleError(f"{self.place}: [{industry}] {kind}: {row!r} holds no word; write one, or take it out")
        before, last = tuple(words[:-1]), words[-1]
        starts, ends = row.endswith("*"), row.startswith("*")
        table = (self.infix if ends else self.prefix) if starts else self.suffix if ends else self.exact
        told = table.setdefault(last, {}).setdefault(before, [])
        if (industry, kind) not in told:
            told.append((industry, kind))

    def __missing__(self, word: str) -> tuple[Row, ...]:
        if len(self) >= CACHED:
            self.clear()
        best: Told = {}
        for found in self._from_general_to_exact(word):
            best.update(found)
        rows = tuple((before, tuple(best[before])) for before in sorted(best, key=lambda b: (-len(b), b)))
        self[word] = rows
        return rows

    def _from_general_to_exact(self, word: str) -> Iterator[Told]:
        yield from (self.infix[part] for part in self.infix if part in word)
        for length in range(2, len(word) + 1):
            if found := self.suffix.get(word[-length:]):
                yield found
            if found := self.prefix.get(word[:length]):
                yield found
        if found := self.exact.get(word):
            yield found


@functools.cache
def lexicon(language: str) -> Lexicon:
    """Return the evidence words of a language."""
    place = f"codebook/{language}/industries.toml"
    path = files("cxresearch.codebook").joinpath(language, "industries.toml")
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RuleError(f"{place} is missing: write the evidence words of this language there") from error
    return Lexicon(tomllib.loads(source), place)


def clues(reading: Reading, words: Lexicon) -> list[Clue]:
    """Return the evidence and the cues of a text, in the order of the text.

    Examples
    --------
    >>> from cxresearch.reading.text import read
    >>> found = clues(read("Mijn bank zei dat ik op de bank kon wachten."), lexicon("nl"))
    >>> [(clue.token, clue.industry, clue.weight) for clue in found]
    [(1, 'banking', 6.0)]
    """
    told = reading.words
    found: list[Clue] = []
    times: dict[tuple[str, str], int] = defaultdict(int)
    for token in [i for i, word in enumerate(told) if words[word]]:
        for before, votes in words[told[token]]:
            first = token - len(before)
            if first < 0 or (before and tuple(told[first:token]) != before):
                continue
            for industry, kind in votes:
                if kind == "capitals" and not _capital(reading, first):
                    continue
                if kind in FIRM:
                    factor, rival = _context(told[max(0, first - 6) : first], kind, words)
                    weight = words.weights[kind] * factor
                    found.append(Clue(token, first, industry, kind, weight, rival, factor < 1))
                elif kind == "cue":
                    found.append(Clue(token, first, industry, kind, 0.0))
                elif kind != "none":
                    # What keeps coming back ("tablet", "huis") is what the story is about, and tells
                    # ever less of who sold it.
                    times[industry, told[token]] += 1
                    weight = words.weights[kind] / times[industry, told[token]]
                    found.append(Clue(token, first, industry, kind, weight))
            break
    return sorted(found + _aliases(reading, found, words), key=lambda clue: (clue.token, clue.industry))


def _capital(reading: Reading, token: int) -> bool:
    return reading.text[reading.starts[token]].isupper()


def _aliases(reading: Reading, found: list[Clue], words: Lexicon) -> list[Clue]:
    """Return where a firm is called by the name that once stood beside its line of business.

    After "Lindenhof Bank" the word Lindenhof speaks for banking wherever it stands.
    """
    told, names = reading.words, dict[str, str]()
    for clue in found:
        if clue.kind != "organisations" or not _capital(reading, clue.token):
            continue
        for token in (clue.first - 1, clue.token + 1):
            if (
                0 <= token < len(told)
                and reading.segment_of[token] == reading.segment_of[clue.token]
                and _capital(reading, token)
                and not words[told[token]]
                and told[token] not in words.common
            ):
                names.setdefault(told[token], clue.industry)
    places = [token for token, word in enumerate(told) if word in names] if names else []
    weight = words.weights["names"]
    return [Clue(at, at, names[told[at]], "names", weight) for at in places if _capital(reading, at)]


def _context(before: list[str], kind: str, words: Lexicon) -> tuple[float, bool]:
    """Weigh an organisation by the words before it, and say whether they make it another one.

    "Mijn bank" weighs more; "zoals een bank" and "in het hotel" weigh less.
    """
    if not before:
        return 1.0, False
    sets, row, last = words.sets, f" {' '.join(before)} ", before[-1]
    # "Bij een andere bank", not "overstappen naar een andere bank" or "vier andere banken".
    rival = last in sets["alternative"] and len(before) > 2 and before[-2] in sets["article"] and before[-3] != "naar"
    if any(f" {cue} " in row and row.partition(f" {cue} ")[2].count(" ") < 3 for cue in sets["comparison"]):
        return 0.25, rival
    if kind == "places":
        return 1.0 if sets["setting"].isdisjoint(before[-2:]) else 0.4, rival
    return 1.5 if last in sets["focus"] or any(f" {cue} " in row for cue in sets["decisive"]) else 1.0, rival
