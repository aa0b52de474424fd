"""Find what the rules say: one pass over the words of a text that costs with the text, not with the rules.

Only the ways to fill a rule that a word calls up (matcher.py) are verified on the words around it
(PERFORMANCE.md 9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cxresearch.reading.lexicon import Lexicon
from cxresearch.reading.matcher import Matcher, Probe, Row
from cxresearch.reading.patterns import AMBIGUOUS_PARTICLES
from cxresearch.reading.rule import Rule
from cxresearch.reading.text import Reading

CLAUSE_WIDTH = 12
SENTENCE_WIDTH = 20
BESIDE = 5  # words to either side of a hit in which what excludes it counts
_NONE: frozenset[int] = frozenset()


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

    def around(self, first: int, last: int) -> tuple[int, int]:
        """Return where an exclusion counts that stands beside two words: near them and in their clauses."""
        return max(self.clause[first][0], first - BESIDE), min(self.clause[last][1], last + BESIDE + 1)


def clauses(reading: Reading, matcher: Matcher, lexicon: Lexicon) -> Clauses:
    """Return clause and sentence bounds in tokens.

    A clause is a stretch between punctuation marks, parted again before joining words such as *maar*, *omdat*
    and *terwijl* (class `clause_break`), before the *dan* that answers an *als*, and before the verb of the main
    clause where its comma was left out (*als ik bel krijg ik een bandje*).
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
            or (words[i] in breakers and words[i - 1] not in joined and not _likens(words, segment_of, i, matcher))
            or (words[i] in matcher.answers and words[start] in matcher.openings)
            or (i - start >= 3 and words[start] in lexicon.opening and _opens_main_clause(words, i, lexicon))
            or (i - start >= 2 and words[i] in lexicon.coordinating and _new_subject(words, i, lexicon))
        ):
            clause[start:i] = [(start, i)] * (i - start)
            start = i
        if i == n or sentence_of[i] != sentence_of[i - 1]:
            sentence[sentence_start:i] = [(sentence_start, i)] * (i - sentence_start)
            sentence_start = i
    return Clauses(clause, sentence)


def _opens_main_clause(words: list[str], i: int, lexicon: Lexicon) -> bool:
    """Whether a finite verb with its subject behind it stands here (*krijg ik*, *werd er*, *zeggen ze*)."""
    following = words[i + 1 : i + 2]
    if words[i] in lexicon.infinitives:
        return not lexicon.several.isdisjoint(following)
    return words[i] in lexicon.finite and not lexicon.subjects.isdisjoint(following)


def _new_subject(words: list[str], i: int, lexicon: Lexicon) -> bool:
    """Whether another subject with its verb stands behind an *en* (*ik belde en niemand nam op*)."""
    named = i + (2 if words[i + 1 : i + 2] and words[i + 1] in lexicon.articles else 1)
    verb = words[named + 1 : named + 2]
    other = lexicon.participles | lexicon.infinitives | lexicon.prepositions
    return not lexicon.finite.isdisjoint(verb) and words[named] not in other


def _likens(words: list[str], segment_of: list[int], i: int, matcher: Matcher) -> bool:
    """Whether *als* compares and no verb comes behind its noun (*behandeld als een nummer, gaf als uitleg*)."""
    following = words[i + 1 : i + 2]
    if not matcher.nouns.isdisjoint(following) or not matcher.both.isdisjoint(words[max(i - 4, 0) : i]):
        return True
    end = i + 3
    likens = words[i] in matcher.likening and not matcher.indefinite.isdisjoint(following)
    return likens and (end >= len(words) or segment_of[end] != segment_of[i])


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

    def row_from(self, row: Row, k: int, position: int, high: int, ends: bool = False) -> tuple[int, ...] | None:
        """Match the elements from the k-th on, the next at `position` or after its gap; the last one `ends` there."""
        if k == len(row):
            return ()
        symbol, gap = row[k]
        first = max(position, high - 1) if ends and k == len(row) - 1 else position
        for j in range(first, min(position + gap + 1, high)):
            if symbol in self.entries[j].symbols:
                rest = self.row_from(row, k + 1, j + 1, high, ends)
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
        behind = self.row_from(row, probe.element + 1, i + 1, row_high, probe.last and len(probe.pieces) == 1)
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
        if probe.first and found[0] not in (self._opening(i), self.bounds.clause[i][0]):
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

    def _nearest(self, row: Row, found: tuple[int, ...], low: int, high: int, width: int) -> tuple[int, ...] | None:
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
            if unless and text.occurs(unless, *bounds.around(found[0], found[-1])):
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
