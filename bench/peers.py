"""The same rules in spaCy and in clinlp, as well as either can be given them, and always in its favour.

What a row of words says is written out as phrases for the `PhraseMatcher`, which costs nothing a phrase.
A row with gaps, prefixes, numbers or loose order is a `Matcher` pattern. Rows that differ in one
word only become one pattern, because spaCy tries every pattern at every word. Tried, and slower: gaps of a
fixed number of words, and words that may be absent as `OP: "?"`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import clinlp  # noqa: F401  (registers its parts with spaCy)
import spacy
from clinlp.ie.qualifier.context_algorithm import ContextRule, ContextRuleDirection
from spacy.matcher import Matcher, PhraseMatcher

from cxresearch.reading.extract import CLAUSE_WIDTH
from cxresearch.reading.numbers import is_money_word, is_time_unit
from cxresearch.reading.patterns import Row, Term, Variant, compile_patterns
from cxresearch.reading.rule import Rule
from cxresearch.reading.rules import Ruleset

MOST_PHRASES = 300  # of one row; beyond that the row is a pattern (300: 1 % more patterns than 2000)
UNITS = {"time": is_time_unit, "money": is_money_word}

Element = tuple[frozenset[Term], str]  # what the word may be, and the gap before it: "", clause or sentence
Flat = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A rule as the peers take it: phrases, and token patterns."""

    phrases: tuple[str, ...]
    patterns: tuple[list[dict[str, Any]], ...]


def translate(ruleset: Ruleset, vocabulary: frozenset[str]) -> dict[str, Translation]:
    """Return what spaCy needs to look for every rule.

    The words of the text to come are made known, so that a unit of time or money is a set of words for spaCy
    and no function.
    """
    units = {name: frozenset(filter(test, vocabulary)) for name, test in UNITS.items()}
    result = {}
    for rule in ruleset.rules:
        phrases: set[str] = set()
        flat: set[Flat] = set()
        for variant in compile_patterns(rule.patterns, ruleset.classes):
            row = variant.pieces[0]
            plain = len(variant.pieces) == 1 and not variant.first and not any(gap for _, gap in row[1:])
            literal = all(kind == "word" for terms, _ in row for kind, _ in terms)
            if plain and literal and math.prod(len(terms) for terms, _ in row) <= MOST_PHRASES:
                words = [sorted(value for _, value in terms) for terms, _ in row]
                phrases.update(map(" ".join, itertools.product(*words)))
            else:
                flat.update(_orders(variant))
        patterns = tuple(_pattern(row, units) for row in sorted(_merged(flat), key=str))
        result[rule.id] = Translation(tuple(sorted(phrases)), patterns)
    return result


def _orders(variant: Variant) -> Iterator[Flat]:
    """The pieces as written and the other way round; other orders of three and more are left out."""
    for pieces in {variant.pieces, variant.pieces[::-1]}:
        row: list[Element] = []
        for piece in pieces:
            row += [(terms, _gap(piece, k, bool(row), variant.wide)) for k, (terms, _) in enumerate(piece)]
        if variant.first:
            row[0] = (row[0][0], "first")
        yield tuple(row)


def _gap(piece: Row, k: int, behind: bool, wide: bool) -> str:
    if k == 0:
        return ("sentence" if wide else "clause") if behind else ""
    return "clause" if piece[k][1] else ""


def _merged(rows: set[Flat]) -> set[Flat]:
    """Join rows that are equal but for the words at one place."""
    for k in range(max((len(row) for row in rows), default=0)):
        alike: defaultdict[Any, list[Flat]] = defaultdict(list)
        for row in rows:
            alike[(row[:k], row[k][1], row[k + 1 :]) if k < len(row) else row].append(row)
        rows = {
            (*group[0][:k], (frozenset().union(*(row[k][0] for row in group)), group[0][k][1]), *group[0][k + 1 :])
            if len(group) > 1
            else group[0]
            for group in alike.values()
        }
    return rows


def _pattern(row: Flat, units: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    """A gap is any number of words without a mark: spaCy needs twice the time to count up to five."""
    pattern: list[dict[str, Any]] = []
    for terms, gap in row:
        if gap == "clause":
            pattern.append({"IS_PUNCT": False, "OP": "*"})
        elif gap == "sentence":
            pattern.append({"IS_SENT_START": False, "OP": "*"})
        pattern.append(_token(terms, units) | ({"IS_SENT_START": True} if gap == "first" else {}))
    return pattern


def _token(terms: frozenset[Term], units: dict[str, frozenset[str]]) -> dict[str, Any]:
    if terms == {("slot", "num")}:
        return {"LIKE_NUM": True}
    words = {value for kind, value in terms if kind in ("word", "particle_end")}
    for kind, value in terms:
        if kind == "slot":
            words |= units.get(value, frozenset())
    shapes = {
        "prefix": "^{}", "suffix": "{}$", "infix": "{}",
    }  # fmt: skip
    expressions = sorted(shapes[kind].format(re.escape(value)) for kind, value in terms if kind in shapes)
    if ("slot", "num") in terms:
        expressions.append(r"^\d+$")
    if not expressions:
        return {"LOWER": words.pop()} if len(words) == 1 else {"LOWER": {"IN": sorted(words)}}
    if words:
        expressions.append(f"^(?:{'|'.join(map(re.escape, sorted(words)))})$")
    return {"LOWER": {"REGEX": "|".join(expressions)}}


class Spacy:
    """Blank Dutch, sentences, PhraseMatcher and Matcher. It finds events and cues; it has no qualifiers."""

    def __init__(self, translations: dict[str, Translation]) -> None:
        self.nlp = spacy.blank("nl")
        self.nlp.add_pipe("sentencizer")
        self.phrases = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        self.patterns = Matcher(self.nlp.vocab)
        for name, rule in translations.items():
            if rule.phrases:
                self.phrases.add(name, [self.nlp.make_doc(phrase) for phrase in rule.phrases])
            if rule.patterns:
                self.patterns.add(name, list(rule.patterns))

    def parse(self, texts: Iterable[str]) -> list[tuple[Any, ...]]:
        names = self.nlp.vocab.strings
        rows: list[tuple[Any, ...]] = []
        for number, doc in enumerate(self.nlp.pipe(texts)):
            for key, start, end in (*self.phrases(doc), *self.patterns(doc)):
                span = doc[start:end]
                rows.append((number, names[key], span.start_char, span.end_char, span.text))
        return rows


class Clinlp:
    """Clinlp's normaliser, sentences, entity matcher and context algorithm, with our cues as context rules."""

    def __init__(self, ruleset: Ruleset, translations: dict[str, Translation]) -> None:
        self.nlp = spacy.blank("clinlp")
        self.nlp.add_pipe("clinlp_normalizer")
        self.nlp.add_pipe("clinlp_sentencizer")
        matcher: Any = self.nlp.add_pipe("clinlp_rule_based_entity_matcher", config={"attr": "NORM"})
        cues = sorted({rule.cue for rule in ruleset.rules if rule.cue} - {"pseudo_negation"})
        qualifiers = [{"name": cue, "values": ["absent", "present"]} for cue in cues]
        context: Any = self.nlp.add_pipe(
            "clinlp_context_algorithm",
            config={"phrase_matcher_attr": "NORM", "rules": {"qualifiers": qualifiers, "rules": []}},
        )
        with self.nlp.select_pipes(enable="clinlp_normalizer"):  # every phrase is sent through the pipe
            for rule in ruleset.rules:
                terms = [*translations[rule.id].phrases, *translations[rule.id].patterns]
                if rule.type:
                    matcher.add_terms(rule.type, terms)
                else:
                    context.add_rules(_context_rules(rule, terms, context.qualifier_classes))

    def parse(self, texts: Iterable[str]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for number, doc in enumerate(self.nlp.pipe(texts)):
            for span in doc.spans["ents"]:
                present = sorted(q.name for q in span._.qualifiers if q.value == "present")
                rows.append((number, span.label_, span.start_char, span.end_char, span.text, *present))
        return rows


def _context_rules(rule: Rule, terms: list[Any], kinds: dict[str, Any]) -> list[ContextRule]:
    scope = rule.attributes.get("scope")
    if rule.cue == "pseudo_negation":
        direction, kind = ContextRuleDirection.PSEUDO, kinds["negation"]
    else:
        after = scope == "after"
        direction = ContextRuleDirection.PRECEDING if after else ContextRuleDirection.BIDIRECTIONAL
        kind = kinds[rule.cue]
    width = None if scope == "sentence" else CLAUSE_WIDTH
    return [ContextRule(term, direction, kind.create(value="present"), width) for term in terms]
