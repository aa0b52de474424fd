"""The pattern language of the rules: from a line in a rule file to rows of word sets with gaps.

Patterns are words, word classes, verbs, prefixes and gaps and not free regular expressions, so that
somebody who knows Dutch and no programming can write them, and one pass over a text can find them all
(codebook/README.md has the language).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxresearch.errors import InputError
from cxresearch.reading.text import BREAKS, fold
from cxresearch.reading.verbs import conjugate

ITEM = re.compile(r"&&|&|<[^<>]*>|\.\.\d*|[()\[\]|^$]|[^\s()\[\]|&<>^$]+")
GAP = 5
PARTICLE_GAP = 8
MOST_VARIANTS = 2000
SLOTS = ("num", "time", "money", "name")  # what a function tells and no list: numbers, units, first names
# What follows a particle that ends its clause; before other words *op, in, aan* are prepositions.
AMBIGUOUS_PARTICLES = frozenset("op in aan uit om over toe voor na bij mee door tegen af onder achter langs".split())

Term = tuple[str, str]  # kind (word, prefix, suffix, infix, slot), value
Element = tuple[frozenset[Term], int]  # what the word may be, and the most words skipped before it
Row = tuple[Element, ...]


class PatternError(InputError):
    """A pattern that cannot be read; the message says what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to fill a pattern: rows of words that all stand in a clause, or in a sentence.

    Attributes
    ----------
    pieces : tuple of rows
        In any order among themselves; a single piece is a plain row.
    wide : bool
        The pieces may stand anywhere in the sentence, not only in one clause.
    first, last : bool
        The hit begins the sentence, ends the clause.
    """

    pieces: tuple[Row, ...]
    wide: bool = False
    first: bool = False
    last: bool = False


class WordClasses(dict[str, list[str]]):
    """Word classes: name to entries, each a pattern without `&`; those once read are kept ready."""

    def __init__(self, classes: Mapping[str, list[str]]) -> None:
        super().__init__(classes)
        self.rows: dict[str, list[Row]] = {}


def word_term(word: str) -> Term:
    """Return how a literal is compared: as a word, or by the stars as a prefix, a suffix or an infix."""
    stripped = fold(word.strip("*"))
    if not stripped or stripped in BREAKS:
        raise PatternError(f"{word!r} has no letters: write a word; punctuation is never crossed")
    match word.startswith("*"), word.endswith("*"):
        case True, True:
            return "infix", stripped
        case True, False:
            return "suffix", stripped
        case False, True:
            return "prefix", stripped
    return "word", stripped


def verb_names(pattern: str) -> list[str]:
    """Return the verbs that a pattern names, as it writes them (*bellen*, *op-bellen*).

    Examples
    --------
    >>> verb_names("<op-bellen:pp> & @ik & <wachten>")
    ['op-bellen', 'wachten']
    """
    return [item[1:-1].partition(":")[0] for item in ITEM.findall(pattern) if item.startswith("<")]


def _verb(body: str) -> list[Row]:
    """Return the rows of a verb item such as `bellen`, `op-bellen` or `bellen:inf,pp`."""
    name, _, wanted = body.partition(":")
    groups = set(wanted.split(",")) if wanted else {"pres", "past", "inf", "pp"}
    if "fin" in groups:
        groups = groups - {"fin"} | {"pres", "past"}
    unknown = groups - {"pres", "past", "inf", "pp", "adj"}
    if unknown:
        raise PatternError(f"<{body}>: unknown form {sorted(unknown)}; use pres, past, fin, inf, pp or adj")
    particle, _, infinitive = name.rpartition("-")
    if not re.fullmatch(r"[a-zëïéè]+n", infinitive):
        raise PatternError(f"<{body}>: write the infinitive, such as <bellen> or <op-bellen>")
    forms = conjugate(infinitive)

    def words(chosen: set[str], before: str = "") -> frozenset[Term]:
        return frozenset(("word", before + form) for group in chosen for form in forms[group])

    if not particle:
        return [((words(groups), 0),)]
    particle = fold(particle)
    apart = frozenset({("word", particle)})
    end = ("particle_end" if particle in AMBIGUOUS_PARTICLES else "word", particle)
    rows: list[Row] = [((words(groups, particle), 0),)]
    finite = groups & {"pres", "past"}
    if finite:
        rows.append(((words(finite), 0), (frozenset({end}), PARTICLE_GAP)))
    late = groups - {"adj"}
    if late:
        rows.append(((apart, 0), (words(late), 2)))
    return rows


class _Reader:
    """Recursive descent over the items of one pattern; each method returns alternative rows."""

    def __init__(self, pattern: str, classes: WordClasses, within: tuple[str, ...] = ()) -> None:
        self.pattern = pattern
        self.classes = classes
        self.within = within
        self.items = ITEM.findall(pattern)
        self.at = 0

    def peek(self) -> str:
        return self.items[self.at] if self.at < len(self.items) else ""

    def take(self) -> str:
        item = self.peek()
        self.at += 1
        return item

    def row(self, stop: str = "") -> list[Row]:
        """A row of items up to `stop`; a gap widens what stands before the next item."""
        rows: list[tuple[Row, int]] = [((), 0)]  # with the gap that waits for the next word
        listed = False
        while (item := self.peek()) and item not in stop.split() and item not in ("&", "&&"):
            if item.startswith(".."):
                self.take()
                rows = [(row, gap + int(item[2:] or GAP)) for row, gap in rows]
                listed = False
                continue
            begin = self.at
            found = self.alternatives(tight=not stop)
            before, listed = listed, "|" in self.items[begin + 1 : begin + 2]
            if before and listed:  # a|b c|d: two choices, or one with *b c* in it?
                raise PatternError(
                    f"two lists side by side at {item!r}: write each in brackets, (a|b) (c|d) or (a|b c|d)"
                )
            rows = [_join(left, gap, right) for left, gap in rows for right in found]
            if len(rows) > MOST_VARIANTS:
                raise PatternError(f"more than {MOST_VARIANTS} ways to read it: split the pattern")
        return [row for row, _ in rows]

    def alternatives(self, tight: bool) -> list[Row]:
        rows = self.atom()
        while tight and self.peek() == "|":
            self.take()
            rows = rows + self.atom()
        return _merge(rows)

    def atom(self) -> list[Row]:
        item = self.take()
        if item in ("(", "["):
            closing = ")" if item == "(" else "]"
            rows: list[Row] = []
            while True:
                rows += self.row(f"| {closing}")
                mark = self.take()
                if mark == closing:
                    break
                if mark != "|":
                    raise PatternError(f"{item!r} is not closed by {closing!r}")
            return [*rows, ()] if item == "[" else rows
        if item.startswith("<"):
            return _verb(item[1:-1])
        if item.startswith("@"):
            return self.word_class(item[1:])
        if item.startswith("#"):
            if item[1:] not in SLOTS:
                raise PatternError(f"unknown slot {item!r}; use {', '.join('#' + name for name in SLOTS)}")
            return [((frozenset({("slot", item[1:])}), 0),)]
        if not item or item in ")]|^$&&":
            raise PatternError(f"{item or 'the end'!r} stands where a word was expected")
        return [((frozenset({word_term(item)}), 0),)]

    def word_class(self, name: str) -> list[Row]:
        if name not in self.classes:
            raise PatternError(f"unknown word class @{name}; classes.toml has {', '.join(sorted(self.classes))}")
        if name in self.within:
            raise PatternError(f"word class @{name} contains itself")
        if name not in self.classes.rows:
            rows: list[Row] = []
            for entry in self.classes[name]:
                rows += _Reader(entry, self.classes, (*self.within, name)).row()
            self.classes.rows[name] = _merge(rows)
        return self.classes.rows[name]


def _join(left: Row, gap: int, right: Row) -> tuple[Row, int]:
    if not right:
        return left, gap
    return (*left, (right[0][0], right[0][1] + gap), *right[1:]), 0


def _merge(rows: list[Row]) -> list[Row]:
    """One row for all one-word alternatives, so that `a|b|c` is one element and not three rows."""
    single = [row[0][0] for row in rows if len(row) == 1]
    if len(single) < 2:
        return list(dict.fromkeys(rows))
    merged: Row = ((frozenset().union(*single), 0),)
    return list(dict.fromkeys([merged, *(row for row in rows if len(row) != 1)]))


def compile_pattern(pattern: str, classes: Mapping[str, list[str]]) -> tuple[Variant, ...]:
    """Return every way to fill a pattern.

    Parameters
    ----------
    pattern : str
        In the language of codebook/README.md.
    classes : mapping of str to list of str
        Word classes: name to entries, each a pattern without `&`. For many patterns give `WordClasses`, which
        reads every class once.

    Raises
    ------
    PatternError
        Where the pattern cannot be read; says what is wrong.

    Examples
    --------
    >>> [len(v.pieces[0]) for v in compile_pattern("<op-bellen>", {})]
    [1, 2, 2]
    >>> compile_pattern("in de wacht & @ik", {"ik": ["ik", "wij"]})[0].pieces[1] == (
    ...     (frozenset({("word", "ik"), ("word", "wij")}), 0),)
    True
    """
    first = pattern.lstrip().startswith("^")
    last = pattern.rstrip().endswith("$")
    known = classes if isinstance(classes, WordClasses) else WordClasses(classes)
    reader = _Reader(pattern.strip().removeprefix("^").removesuffix("$"), known)
    pieces: list[list[Row]] = []
    wide = False
    while True:
        rows = reader.row()
        if () in rows:
            raise PatternError("nothing in it is obligatory: leave some word outside the brackets")
        pieces.append(rows)
        mark = reader.take()
        if not mark:
            break
        if mark not in ("&", "&&"):
            raise PatternError(f"{mark!r} does not fit here; ^ begins and $ ends a whole pattern")
        wide = wide or mark == "&&"
    variants = tuple(Variant(rows, wide, first, last) for rows in itertools.product(*pieces))
    if any(all(t[0] == "slot" for row in v.pieces for terms, _ in row for t in terms) for v in variants):
        raise PatternError("a number or unit alone fills it: (one|other) chooses, [one|other] may be absent")
    if len(variants) > MOST_VARIANTS:
        raise PatternError(f"{len(variants)} ways to read it, more than {MOST_VARIANTS}: split the pattern")
    return variants


def compile_patterns(patterns: Iterable[str], classes: Mapping[str, list[str]]) -> tuple[Variant, ...]:
    """Return every way to fill some patterns, each once."""
    return tuple(dict.fromkeys(variant for pattern in patterns for variant in compile_pattern(pattern, classes)))


def class_terms(classes: Mapping[str, list[str]], *names: str) -> set[Term]:
    """Return the terms of the single words in some classes; a class that a rule set does without has none."""
    terms: set[Term] = set()
    for name in names:
        if name in classes:
            for variant in compile_pattern(f"@{name}", classes):
                row = variant.pieces[0]
                if len(row) == 1:
                    terms |= row[0][0]
    return terms


def literals(terms: Iterable[Term], kind: str = "word") -> frozenset[str]:
    """Return the values of the terms of a kind: whole words, or what words begin or end with."""
    return frozenset(value for k, value in terms if k == kind)
