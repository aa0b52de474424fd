"""The rules made ready for one pass: every way to fill a pattern is filed under its rarest word.

A word of a text calls up the few ways filed under it. Word sets, prefixes and slots are resolved once for
every distinct word, never again for a token.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cxresearch.codebook import names
from cxresearch.reading.patterns import (
    AMBIGUOUS_PARTICLES,
    Element,
    Term,
    Variant,
    class_terms,
    compile_patterns,
    literals,
)
from cxresearch.reading.quantities import is_money_word, is_number_word, is_time_unit
from cxresearch.reading.rule import Rule
from cxresearch.reading.rules import Ruleset
from cxresearch.reading.spelling import Spelling
from cxresearch.reading.text import read

EVERYDAY = 60  # words so common that two hits may share them and tell of two things


def is_first_name(word: str) -> bool:
    """Whether a word is a first name, and no other word as well (*Sofie*, but not *Roos*); in small letters."""
    return word in _first_names()


@functools.cache
def _first_names() -> frozenset[str]:
    known = names()["names"]
    return frozenset(known["first"]) - frozenset(known["doubtful"]) - frozenset(known["lower"])


SLOTS = {"num": is_number_word, "time": is_time_unit, "money": is_money_word, "name": is_first_name}

Row = tuple[tuple[int, int], ...]  # symbol, most words skipped before it


@dataclass(frozen=True, slots=True)
class Probe:
    """One way to fill a rule's pattern, with the rarest word at which it is tried.

    `needed` are the symbols of all its words: where one of them is missing nothing has to be tried.
    """

    rule: Rule
    pieces: tuple[Row, ...]
    needed: frozenset[int]
    piece: int
    element: int
    wide: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What a distinct word can be: the symbols it fills and the probes it calls up."""

    symbols: frozenset[int]
    probes: tuple[Probe, ...]


class Matcher(dict[str, Entry]):
    """A compiled rule set: distinct word to `Entry`, filled as words are met."""

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__()
        self.ruleset = ruleset
        self.numbers: dict[frozenset[Term], int] = {}
        self.known: dict[frozenset[int], Entry] = {}
        self.literal: defaultdict[str, set[int]] = defaultdict(set)
        # prefix, suffix, infix and slot to their values to symbols
        self.shapes: dict[str, defaultdict[str, set[int]]] = {
            kind: defaultdict(set) for kind in ("prefix", "suffix", "infix", "slot")
        }
        self.breakers = frozenset(ruleset.classes.get("clause_break", []))
        self.joined = frozenset(ruleset.classes.get("no_clause_break_after", []))
        self.likening = frozenset(ruleset.classes.get("likening", []))
        self.both = frozenset(ruleset.classes.get("both", []))
        self.indefinite = frozenset(ruleset.classes.get("indefinite", []))
        self.nouns = frozenset(ruleset.classes.get("no_clause_break_before", []))
        self.openings = frozenset(ruleset.classes.get("condition_opening", []))
        self.answers = frozenset(ruleset.classes.get("condition_answer", []))
        self.enders = frozenset(ruleset.classes.get("after_particle", []))
        frequencies = _frequencies(ruleset)
        costs = _Costs(frequencies)
        self.everyday = frozenset(word for word, _ in frequencies.most_common(EVERYDAY))
        self.filed: defaultdict[int, list[Probe]] = defaultdict(list)
        self.unless: dict[str, tuple[Probe, ...]] = {}
        self.requires: dict[str, tuple[Probe, ...]] = {}
        for rule in ruleset.rules:
            for probe in self._probes(rule, rule.patterns, costs):
                self.filed[probe.pieces[probe.piece][probe.element][0]].append(probe)
            self.unless[rule.id] = self._probes(rule, rule.unless, costs)
            self.requires[rule.id] = self._probes(rule, rule.requires, costs)

        heads = literals(class_terms(ruleset.classes, "compound_heads"))
        self.spelling = Spelling(self.literal, heads, ruleset.language, names()["names"]["first"])

    def _symbol(self, terms: frozenset[Term]) -> int:
        if terms not in self.numbers:
            number = self.numbers[terms] = len(self.numbers)
            for kind, value in sorted(terms):
                if kind == "word":
                    self.literal[value].add(number)
                    if value in AMBIGUOUS_PARTICLES:
                        self.literal[value + "$"].add(number)
                elif kind == "particle_end":
                    self.literal[value + "$"].add(number)
                else:
                    self.shapes[kind][value].add(number)
        return self.numbers[terms]

    def _probes(self, rule: Rule, patterns: Iterable[str], costs: _Costs) -> tuple[Probe, ...]:
        return tuple(self._probe(rule, way, costs) for way in compile_patterns(patterns, self.ruleset.classes))

    def _probe(self, rule: Rule, variant: Variant, costs: _Costs) -> Probe:
        pieces = tuple(tuple((self._symbol(terms), gap) for terms, gap in row) for row in variant.pieces)
        places = [(costs.of(e), p, k) for p, row in enumerate(variant.pieces) for k, e in enumerate(row)]
        _, piece, element = min(places)
        needed = frozenset(symbol for row in pieces for symbol, _ in row)
        return Probe(rule, pieces, needed, piece, element, variant.wide, variant.first, variant.last)

    def __missing__(self, word: str) -> Entry:
        symbols = self._filled(word)
        if word not in self.literal:
            symbols = symbols.union(*map(self._filled, self.spelling.stands_for(word)))
        key = frozenset(symbols)
        if (entry := self.known.get(key)) is None:  # one for all numbers, one for all words of no rule
            probes = tuple(probe for number in sorted(symbols) for probe in self.filed.get(number, ()))
            entry = self.known[key] = Entry(key, probes)
        if len(self) < 500_000:  # a bound for streams without end
            self[word] = entry
        return entry

    def _filled(self, word: str) -> set[int]:
        """The symbols that a word fills by itself."""
        symbols = set(self.literal.get(word, ()))
        for end in range(1, len(word) + 1):
            symbols |= self.shapes["prefix"].get(word[:end], set())
            symbols |= self.shapes["suffix"].get(word[-end:], set())
        for value, numbers in self.shapes["infix"].items():
            if value in word:
                symbols |= numbers
        for value, numbers in self.shapes["slot"].items():
            if SLOTS[value](word):
                symbols |= numbers
        return symbols


class _Costs:
    """How often a term is met in the examples of the rules: enough to tell *de* from *domiciliëring*."""

    def __init__(self, words: Counter[str]) -> None:
        self.words = words
        self.prefixes: Counter[str] = Counter()
        self.suffixes: Counter[str] = Counter()
        for word, count in words.items():
            for end in range(1, len(word) + 1):
                self.prefixes[word[:end]] += count
                self.suffixes[word[-end:]] += count
        self.infixes: dict[str, int] = {}
        self.known: dict[frozenset[Term], float] = {}  # most words stand in classes that many patterns name

    def of(self, element: Element) -> float:
        terms = element[0]
        if terms not in self.known:
            self.known[terms] = sum(map(self._of, sorted(terms)))  # sorted: a sum of floats depends on the order
        return self.known[terms]

    def _of(self, term: Term) -> float:
        kind, value = term
        if kind == "prefix":
            return self.prefixes[value] + 0.05
        if kind == "suffix":
            return self.suffixes[value] + 0.05
        if kind == "infix":
            if value not in self.infixes:
                self.infixes[value] = sum(count for word, count in self.words.items() if value in word)
            return self.infixes[value] + 0.05
        return 200.0 if kind == "slot" else self.words[value] + 0.01


def _frequencies(ruleset: Ruleset) -> Counter[str]:
    """How often words occur in the examples of the rules, which are Dutch as people tell it."""
    counts: Counter[str] = Counter()
    for rule in ruleset.rules:
        for example in (*rule.match, *rule.avoid):
            counts.update(read(example.text).words)
    return counts
