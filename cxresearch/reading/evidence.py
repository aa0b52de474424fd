"""Words that tell with which kind of organisation a narrative deals: one look-up a token.

The words are data (codebook/<language>/industries.toml). Each distinct word of a text is compared with
the patterns once; after that it is one look-up in a dictionary.
"""

from __future__ import annotations

import functools
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cxresearch.reading.rules import RuleError
from cxresearch.reading.text import TOKEN, Reading, fold

KINDS = ("names", "organisations", "products", "places", "hints")
FIRM = ("names", "organisations")
CUES = ("contrast", "rival", "comparison", "focus", "setting", "alternative", "first_person", "anyone")
CACHED = 200_000  # distinct words whose evidence is remembered

# What a word tells: by the words that must stand before it, (industry or cue, kind) pairs.
Told = dict[tuple[str, ...], list[tuple[str, str]]]
Row = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Clue:
    """A word of a text that speaks for an industry, or a cue: where it stands and what it weighs.

    `kind` is one of `KINDS`, or "cue" where `industry` names a cue. `rival` is True where the word is about
    another firm than the one the story was about ("een andere bank").
    """

    token: int
    first: int
    industry: str
    kind: str
    weight: float
    rival: bool = False


class Lexicon(dict[str, tuple[Row, ...]]):
    """The rows that end on a word, the longest first; filled as words are met.

    A word that is written out wins from a pattern, a long pattern from a short one.
    """

    def __init__(self, data: dict[str, Any], place: str) -> None:
        super().__init__()
        self.weights: dict[str, float] = data.pop("weights")
        cues = data.pop("cues")
        self.sets = {name: frozenset(fold(word) for word in cues[name]) for name in CUES[2:]}
        self.related = frozenset(frozenset(pair) for pair in data.pop("related")["pairs"])
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
        for industry, lists in data.items():
            if industry not in known:
                raise RuleError(f"{place}: [{industry}] is no industry; they are: {', '.join(known)}")
            for kind, rows in lists.items():
                if kind not in KINDS:
                    raise RuleError(f"{place}: [{industry}] {kind} is unknown; use one of {', '.join(KINDS)}")
                for row in rows:
                    self._add(row, industry, kind)

    def _add(self, row: str, industry: str, kind: str) -> None:
        words = [fold(word) for word in TOKEN.findall(row) if word != "*"]
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
def industries() -> dict[str, dict[str, str]]:
    """Return the industries of CODEBOOK 4 in its order, with their labels by language.

    Examples
    --------
    >>> list(industries())[:3], industries()["banking"]["nl"]
    (['banking', 'insurance', 'telecom'], 'Banken')
    """
    return tomllib.loads(files("cxresearch.codebook").joinpath("industries.toml").read_text(encoding="utf-8"))


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
    told_before: dict[tuple[str, str], int] = defaultdict(int)
    for token in [i for i, word in enumerate(told) if words[word]]:
        for before, votes in words[told[token]]:
            first = token - len(before)
            if first < 0 or (before and tuple(told[first:token]) != before):
                continue
            for industry, kind in votes:
                if kind == "cue":
                    found.append(Clue(token, first, industry, kind, 0.0))
                elif kind != "none":
                    weight = words.weights[kind]
                    if kind in ("products", "hints"):
                        # What keeps coming back ("tablet", "huis") is what the story is about, and tells
                        # ever less of who sold it.
                        told_before[industry, told[token]] += 1
                        weight /= told_before[industry, told[token]]
                    found.append(_weighed(Clue(token, first, industry, kind, weight), told, words))
            break
    return sorted(found + _aliases(reading, found, words), key=lambda clue: (clue.token, clue.industry))


def _aliases(reading: Reading, found: list[Clue], words: Lexicon) -> list[Clue]:
    """Return where a firm is called by the name that once stood beside its line of business.

    After "Lindenhof Bank" the word Lindenhof speaks for banking wherever it stands.
    """
    told = reading.words

    def a_name(token: int, clue: Clue) -> bool:
        near = 0 <= token < len(told) and reading.segment_of[token] == reading.segment_of[clue.token]
        return near and len(told[token]) > 2 and not words[told[token]] and capital(token) and capital(clue.token)

    def capital(token: int) -> bool:
        return reading.text[reading.starts[token]].isupper()

    names = {
        told[token]: clue.industry
        for clue in found
        if clue.kind == "organisations"
        for token in (clue.first - 1, clue.token + 1)
        if a_name(token, clue)
    }
    weight = words.weights["names"]
    return [
        Clue(token, token, names[word], "names", weight)
        for token, word in enumerate(told if names else ())
        if word in names and capital(token)
    ]


def _weighed(clue: Clue, told: list[str], words: Lexicon) -> Clue:
    """Weigh a clue by the words before it: "mijn bank" more, "zoals een bank" and "in het hotel" less."""
    sets = words.sets
    before = told[max(0, clue.first - 4) : clue.first]
    if not before or clue.kind in ("products", "hints"):
        return clue
    weight, rival = clue.weight, False
    if not sets["comparison"].isdisjoint(before):
        weight *= 0.25
    elif clue.kind == "places":
        if not sets["setting"].isdisjoint(before[-2:]):
            weight *= 0.4
    elif before[-1] in sets["focus"] or before[-4:-1] == ["in", "dit", "geval"]:
        weight *= 1.5
    if clue.kind != "names" and before[-1] in sets["alternative"]:
        rival = before[-3:-1] != ["naar", "een"] and before[-2:-1] != ["naar"]
    return Clue(clue.token, clue.first, clue.industry, clue.kind, weight, rival)
