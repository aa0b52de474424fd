"""Find what the rules say: one pass over the words of a text that costs with the text, not with the rules.

Every way to fill a pattern is filed under its rarest word. A word of the text calls up the few ways filed
under it, and only these are verified on the words around (PERFORMANCE.md 9). Word sets, prefixes and slots are
resolved once for every distinct word, never again for a token.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cxresearch.reading.patterns import AMBIGUOUS_PARTICLES, Element, Term, Variant
from cxresearch.reading.quantities import is_money_word, is_number_word, is_time_unit
from cxresearch.reading.rules import Rule, Ruleset
from cxresearch.reading.text import BREAKS, Reading, read

CLAUSE_WIDTH = 12
SENTENCE_WIDTH = 20
EVERYDAY = 60  # words so common that two hits may share them and tell of two things
_NONE: frozenset[int] = frozenset()
SLOTS = {"num": is_number_word, "time": is_time_unit, "money": is_money_word}

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


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule found in a text: token numbers, half-open.

    `tokens` are the words that the pattern named, `content` those among them that are no everyday words.
    """

    rule: Rule
    first: int
    last: int
    tokens: tuple[int, ...]
    content: frozenset[int]
    anchor: int


@dataclass(frozen=True, slots=True)
class Clauses:
    """For every token the first and the last (exclusive) token of its clause and of its sentence."""

    clause: list[tuple[int, int]]
    sentence: list[tuple[int, int]]


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
            for variant in rule.variants:
                probe = self._probe(rule, variant, costs)
                self.filed[probe.pieces[probe.piece][probe.element][0]].append(probe)
            self.unless[rule.id] = tuple(self._probe(rule, v, costs) for v in rule.unless)
            self.requires[rule.id] = tuple(self._probe(rule, v, costs) for v in rule.requires)

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

    def _probe(self, rule: Rule, variant: Variant, costs: _Costs) -> Probe:
        pieces = tuple(tuple((self._symbol(terms), gap) for terms, gap in row) for row in variant.pieces)
        places = [(costs.of(e), p, k) for p, row in enumerate(variant.pieces) for k, e in enumerate(row)]
        _, piece, element = min(places)
        needed = frozenset(symbol for row in pieces for symbol, _ in row)
        return Probe(rule, pieces, needed, piece, element, variant.wide, variant.first, variant.last)

    def __missing__(self, word: str) -> Entry:
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
        key = frozenset(symbols)
        if (entry := self.known.get(key)) is None:  # one for all numbers, one for all words of no rule
            probes = tuple(probe for number in sorted(symbols) for probe in self.filed.get(number, ()))
            entry = self.known[key] = Entry(key, probes)
        if len(self) < 500_000:  # a bound for streams without end
            self[word] = entry
        return entry


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

    def of(self, element: Element) -> float:
        return sum(map(self._of, sorted(element[0])))  # sorted: a sum of floats depends on the order

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


def clauses(reading: Reading, matcher: Matcher) -> Clauses:
    """Return clause and sentence bounds in tokens.

    A clause is a stretch between punctuation marks, parted again before joining words such as *maar*, *omdat*
    and *terwijl* (class `clause_break`), and before the *dan* that answers an *als*.
    """
    words, segment_of, sentence_of = reading.words, reading.segment_of, reading.sentence_of
    n = len(words)
    clause: list[tuple[int, int]] = [(0, 0)] * n
    sentence: list[tuple[int, int]] = [(0, 0)] * n
    start = 0
    sentence_start = 0
    breakers, joined = matcher.breakers, matcher.joined
    for i in range(1, n + 1):
        if (
            i == n
            or segment_of[i] != segment_of[i - 1]
            or (words[i] in breakers and words[i - 1] not in joined and words[min(i + 1, n - 1)] not in matcher.nouns and not _likens(words, segment_of, i))
            or (words[i] in matcher.answers and words[start] in matcher.openings)
        ):
            clause[start:i] = [(start, i)] * (i - start)
            start = i
        if i == n or sentence_of[i] != sentence_of[i - 1]:
            sentence[sentence_start:i] = [(sentence_start, i)] * (i - sentence_start)
            sentence_start = i
    return Clauses(clause, sentence)


def _likens(words: list[str], segment_of: list[int], i: int) -> bool:
    """Whether *als* compares (*behandeld als een nummer*): no verb comes behind its noun."""
    end = i + 3
    return words[i : i + 2] == ["als", "een"] and (end >= len(words) or segment_of[end] != segment_of[i])


class _Text:
    """The words of one text as entries, with the bounds that a hit may not cross."""

    def __init__(self, reading: Reading, bounds: Clauses, matcher: Matcher) -> None:
        self.bounds = bounds
        words = reading.words
        self.entries = [matcher[word] for word in words]
        enders = matcher.enders
        for i, word in enumerate(words):
            if word in AMBIGUOUS_PARTICLES and (i + 1 == bounds.clause[i][1] or words[i + 1] in enders):
                self.entries[i] = matcher[word + "$"]

    def symbols(self, bounds: tuple[int, int]) -> frozenset[int]:
        """All symbols of the words between two tokens."""
        return _NONE.union(*(entry.symbols for entry in self.entries[bounds[0] : bounds[1]]))

    def row_from(self, row: Row, k: int, position: int, high: int) -> tuple[int, ...] | None:
        """Match the elements from the k-th on, the next at `position` or after its gap."""
        if k == len(row):
            return ()
        symbol, gap = row[k]
        for j in range(position, min(position + gap + 1, high)):
            if symbol in self.entries[j].symbols:
                rest = self.row_from(row, k + 1, j + 1, high)
                if rest is not None:
                    return (j, *rest)
        return None

    def row_before(self, row: Row, k: int, position: int, low: int) -> tuple[int, ...] | None:
        """Match the elements before the k-th, which stands at `position`."""
        if k == 0:
            return ()
        gap, symbol = row[k][1], row[k - 1][0]
        for j in range(position - 1, max(position - gap - 2, low - 1), -1):
            if symbol in self.entries[j].symbols:
                rest = self.row_before(row, k - 1, j, low)
                if rest is not None:
                    return (*rest, j)
        return None

    def verify(self, probe: Probe, i: int) -> tuple[int, ...] | None:
        """Return the words that fill the probe around its rarest word at i, or none."""
        low, high = (self.bounds.sentence if probe.wide else self.bounds.clause)[i]
        row = probe.pieces[probe.piece]
        if len(probe.pieces) > 1 and probe.wide:
            row_low, row_high = self.bounds.clause[i]
        else:
            row_low, row_high = low, high
        before = self.row_before(row, probe.element, i, row_low)
        if before is None:
            return None
        behind = self.row_from(row, probe.element + 1, i + 1, row_high)
        if behind is None:
            return None
        found = (*before, i, *behind)
        if len(probe.pieces) > 1:
            width = SENTENCE_WIDTH if probe.wide else CLAUSE_WIDTH
            for number, other in enumerate(probe.pieces):
                if number != probe.piece:
                    more = self._nearest(other, found, low, high, width)
                    if more is None:
                        return None
                    found = tuple(sorted((*found, *more)))
        if probe.first and found[0] != self._opening(i):
            return None
        if probe.last and found[-1] + 1 != self.bounds.clause[i][1]:
            return None
        return found

    def _opening(self, i: int) -> int:
        """The first word of the sentence, marks passed over."""
        low, high = self.bounds.sentence[i]
        while low < high and self.bounds.clause[low][1] - self.bounds.clause[low][0] == 1 and low != i:
            low += 1
        return low

    def _nearest(
        self, row: Row, found: tuple[int, ...], low: int, high: int, width: int
    ) -> tuple[int, ...] | None:
        first, last = found[0], found[-1]
        low, high = max(low, last - width + 1), min(high, first + width)
        symbol = row[0][0]
        entries = self.entries
        near = sorted(
            (j for j in range(low, high) if symbol in entries[j].symbols and j not in found),
            key=lambda j: (max(first - j, j - last), j),
        )
        for j in near:
            rest = self.row_from(row, 1, j + 1, min(high, self.bounds.clause[j][1]))
            if rest is not None and not set(rest) & set(found):
                return (j, *rest)
        return None

    def occurs(self, probes: Iterable[Probe], low: int, high: int) -> bool:
        """Whether one of the probes is filled somewhere between two tokens."""
        present = self.symbols((low, high))
        for probe in probes:
            if probe.needed <= present:
                symbol = probe.pieces[probe.piece][probe.element][0]
                for i in range(low, high):
                    if symbol in self.entries[i].symbols and self.verify(probe, i) is not None:
                        return True
        return False


def hits(reading: Reading, bounds: Clauses, matcher: Matcher) -> Iterator[Hit]:
    """Yield every hit of every rule, in the order of its rarest word; overlaps are not yet settled."""
    text = _Text(reading, bounds, matcher)
    clause = sentence = (0, 0)
    in_clause = in_sentence = _NONE
    for i, entry in enumerate(text.entries):
        if not entry.probes:
            continue
        if bounds.clause[i] is not clause:
            clause = bounds.clause[i]
            in_clause = text.symbols(clause)
        for probe in entry.probes:
            if probe.wide:
                if bounds.sentence[i] is not sentence:
                    sentence = bounds.sentence[i]
                    in_sentence = text.symbols(sentence)
                if not probe.needed <= in_sentence:
                    continue
            elif not probe.needed <= in_clause:
                continue
            found = text.verify(probe, i)
            if found is None:
                continue
            rule = probe.rule
            unless, requires = matcher.unless[rule.id], matcher.requires[rule.id]
            if unless and text.occurs(unless, bounds.clause[found[0]][0], bounds.clause[found[-1]][1]):
                continue
            if requires and not text.occurs(requires, *bounds.sentence[i]):
                continue
            content = frozenset(j for j in found if reading.words[j] not in matcher.everyday)
            yield Hit(rule, found[0], found[-1] + 1, found, content, i)


def settle(found: Iterable[Hit], key: str) -> list[Hit]:
    """Of several hits of one type (or cue) on the same words keep the fullest, in the order of the text.

    Two hits compete where the rarest word of one is a word of the other, or where one lies within the other and
    they share a word that is not an everyday one.
    """
    ranked = sorted(found, key=lambda h: (-len(h.tokens), h.last - h.first, h.first, h.rule.id, h.tokens))
    by_token: defaultdict[tuple[str, int], list[Hit]] = defaultdict(list)
    kept: list[Hit] = []
    for hit in ranked:
        kind = getattr(hit.rule, key)
        if any(_compete(hit, other) for token in hit.tokens for other in by_token.get((kind, token), ())):
            continue
        kept.append(hit)
        for token in hit.tokens:
            by_token[kind, token].append(hit)
    kept.sort(key=lambda h: (h.first, h.last, h.rule.id))
    return kept


def _compete(one: Hit, other: Hit) -> bool:
    if one.anchor in other.tokens or other.anchor in one.tokens:
        return True
    nested = (one.first <= other.first and other.last <= one.last) or (
        other.first <= one.first and one.last <= other.last
    )
    return nested and not one.content.isdisjoint(other.content)


__all__ = ["BREAKS", "Clauses", "Hit", "Matcher", "clauses", "hits", "settle"]
