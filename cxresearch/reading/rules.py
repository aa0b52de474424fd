"""The rules as data: load them, refuse what is wrong by file and line, and keep them ready for use.

A rule file is TOML (codebook/README.md). Everything that can be wrong with one is reported at once, each
with its place, so that a writer of rules mends a file in one go.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.codebook import event_types
from cxresearch.reading.patterns import PatternError, WordClasses, compile_pattern, compile_patterns

NOT_RULES = frozenset(
    "classes.toml grammar.toml verbs.toml quantities.toml speech.toml text.toml industries.toml cleaning.toml "
    "names.toml".split()
)
KEYS = frozenset(
    "id type cue patterns attributes unless requires speech told joins negated after match avoid known_failures note "
    "source".split()
)
ATTRIBUTES: Mapping[str, Collection[Any]] = {
    "actor": {"customer", "organisation", "third_party", "subject"},
    "valence": {"positive", "negative"},
    "polarity": {"negated"},
    "channel": set("phone email chat chatbot social_media letter form app sms visit".split()),
    "answered": {True, False},
}
CUES = frozenset(
    "negation pseudo_negation condition counterfactual would future generic advice possibility irony "
    "question_of_fact plan reported denial".split()
)
MARK = re.compile(r"[{}]")


class RuleError(ValueError):
    """A rule file that cannot be used. The message names file, line, rule and what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a rule, with the offsets of the hit that the rule must find in it."""

    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which people tell one kind of event, or a cue that qualifies events."""

    id: str
    type: str
    cue: str
    patterns: tuple[str, ...]
    attributes: Mapping[str, Any]
    unless: tuple[str, ...]
    requires: tuple[str, ...]
    speech: str
    told: frozenset[str]
    joins: str
    negated: Mapping[str, Any]
    after: Mapping[str, str]
    match: tuple[Example, ...]
    avoid: tuple[Example, ...]
    known_failures: tuple[Example, ...]
    note: str
    source: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All rules of a language, sorted by id, with the word classes they use and a fingerprint."""

    language: str
    rules: tuple[Rule, ...]
    classes: WordClasses
    fingerprint: str
    by_id: Mapping[str, Rule] = field(default_factory=dict)


def marked(sentence: str) -> Example:
    """Return an example sentence without its braces, and where the braces stood.

    Examples
    --------
    >>> marked("Gisteren {belde ik} de bank.")
    Example(text='Gisteren belde ik de bank.', start=9, end=17)
    """
    marks = [hit.start() for hit in MARK.finditer(sentence)]
    if not marks:
        return Example(sentence)
    if len(marks) != 2 or sentence[marks[0]] != "{" or sentence[marks[1]] != "}":
        raise ValueError("mark one hit with one pair of braces: 'Gisteren {belde ik} de bank.'")
    return Example(MARK.sub("", sentence), marks[0], marks[1] - 1)


def _strings(entry: Mapping[str, Any], key: str) -> list[str]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError(f"{key} must be a list of texts")
    return value


def _attribute_problems(entry: Any, kind: str, place: str) -> Iterable[str]:
    known = event_types()
    if not isinstance(entry, dict):
        yield f'{place} must be a table such as {{ subtype = "delay" }}'
        return
    for key, value in entry.items():
        if key in ("type", "drop", "count", "deadline") and not (key == "type" and place == "attributes"):
            if key == "type" and value not in known:
                yield f"{place}: unknown type {value!r}"
            continue
        allowed: Collection[Any] | None = ATTRIBUTES.get(key)
        if key == "subtype":
            base = known.get(str(entry.get("type", kind)))
            allowed = base.subtypes if base else None
        if allowed is None:
            yield f"{place}: unknown attribute {key!r}; known are subtype, {', '.join(sorted(ATTRIBUTES))}, count"
        elif value not in allowed:
            yield f"{place}: {key} {value!r} is not one of {', '.join(sorted(map(str, allowed)))}"


def _rule(entry: Mapping[str, Any], classes: WordClasses, file: str, line: int) -> tuple[Rule | None, list[str]]:
    """Return the rule of one TOML entry, or none and what is wrong with it."""
    wrong = [f"unknown key {key!r}; a rule has {', '.join(sorted(KEYS))}" for key in sorted(set(entry) - KEYS)]
    kind, cue = str(entry.get("type", "")), str(entry.get("cue", ""))
    if not entry.get("id"):
        wrong.append("id is missing")
    if bool(kind) == bool(cue):
        wrong.append("write either type (an event) or cue (a qualifier)")
    if kind and kind not in event_types():
        wrong.append(f"unknown type {kind!r}; types.toml has {', '.join(event_types())}")
    if cue and cue not in CUES:
        wrong.append(f"unknown cue {cue!r}; known are {', '.join(sorted(CUES))}")
    if kind:
        for place in ("attributes", "negated"):
            wrong += _attribute_problems(entry.get(place, {}), kind, place)
    for key in ("patterns", "unless", "requires"):
        try:
            for pattern in _strings(entry, key):
                try:
                    compile_pattern(pattern, classes)
                except PatternError as error:
                    wrong.append(f"{key}: {pattern!r}: {error}")
        except ValueError as error:
            wrong.append(str(error))
    if not entry.get("patterns"):
        wrong.append("patterns is missing: write at least one")
    examples: dict[str, tuple[Example, ...]] = {}
    for key in ("match", "avoid", "known_failures"):
        rows: list[Example] = []
        try:
            for sentence in _strings(entry, key):
                try:
                    rows.append(marked(sentence))
                except ValueError as error:
                    wrong.append(f"{key}: {sentence!r}: {error}")
        except ValueError as error:
            wrong.append(str(error))
        if key != "avoid" and any(not row.end for row in rows):
            wrong.append(f"{key}: mark the hit of every sentence with braces")
        examples[key] = tuple(rows)
    if len(examples["match"]) < 2:
        wrong.append("match needs at least two sentences that the rule must find")
    if not examples["avoid"]:
        wrong.append("avoid needs at least one sentence that comes near and is no hit")
    after = entry.get("after", {})
    if not isinstance(after, Mapping) or any(t not in event_types() for pair in after.items() for t in pair):
        wrong.append("after must be a table from an event type to an event type")
    told, speech = entry.get("told", []), entry.get("speech", "")
    if not isinstance(told, list) or any(t not in event_types() for t in told):
        wrong.append("told must be a list of event types, one of which the story has told before")
    joins = entry.get("joins", "")
    if joins and joins not in event_types():
        wrong.append("joins must be an event type: the mention right before that this one completes")
    if speech not in ("", "organisation", "customer", "narrator"):
        wrong.append("speech must be organisation, customer or narrator: in whose words the rule holds")
    if wrong:
        return None, wrong
    rule = Rule(
        str(entry["id"]), kind, cue, tuple(entry["patterns"]), dict(entry.get("attributes", {})),
        tuple(entry.get("unless", ())), tuple(entry.get("requires", ())), speech, frozenset(told), joins,
        dict(entry.get("negated", {})), dict(after), examples["match"],
        examples["avoid"], examples["known_failures"], str(entry.get("note", "")), str(entry.get("source", "")),
        file, line,
    )  # fmt: skip
    return rule, []


def _lines(text: str) -> list[int]:
    return [n for n, line in enumerate(text.splitlines(), 1) if line.split("#")[0].strip() == "[[rule]]"]


def read_rules(folder: Path | Traversable, language: str = "nl") -> tuple[Ruleset, list[str]]:
    """Read every rule file of a folder.

    Parameters
    ----------
    folder : path
        Holds `classes.toml` and any number of rule files.
    language : str
        Its name in the rule set.

    Returns
    -------
    Ruleset
        Every rule that can be used.
    list of str
        What is wrong, `file:line: id: reason` each, sorted. Examples are not run here (see
        `parse.prove`).
    """
    problems: list[str] = []
    rules: list[Rule] = []
    digest = hashlib.sha256()
    seen: dict[str, str] = {}
    contents: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".toml"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
            contents[path.name] = text, tomllib.loads(text)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}:{_line_of(error)}: this is not valid TOML: {error}")
            continue
        digest.update(path.name.encode() + b"\0" + text.encode())
    listed = contents.get("classes.toml", ("", {}))[1].get("classes", {})
    classes = WordClasses(listed | contents.get("grammar.toml", ("", {}))[1].get("words", {}))
    for name, (text, data) in contents.items():
        if name in NOT_RULES:
            continue
        entries = data.pop("rule", [])
        if data:
            problems.append(f"{name}:1: unknown table {', '.join(sorted(data))}; a rule file holds [[rule]] only")
        lines = _lines(text)
        if not isinstance(entries, list) or len(lines) != len(entries):
            problems.append(f"{name}:1: begin every rule with a line [[rule]] of its own, without spaces in it")
            continue
        for entry, line in zip(entries, lines, strict=True):
            rule, wrong = _rule(entry, classes, name, line)
            label = entry.get("id", "a rule without id")
            problems += [f"{name}:{line}: {label}: {reason}" for reason in wrong]
            if rule is None:
                continue
            if rule.id in seen:
                problems.append(f"{name}:{line}: {rule.id}: this id stands already at {seen[rule.id]}; give it its own")
                continue
            seen[rule.id] = f"{name}:{line}"
            rules.append(rule)
    problems += _twins(rules)
    rules.sort(key=lambda rule: rule.id)
    return Ruleset(language, tuple(rules), classes, digest.hexdigest()[:16], {rule.id: rule for rule in rules}), sorted(
        problems
    )


def _line_of(error: Exception) -> int:
    hit = re.search(r"line (\d+)", str(error))
    return int(hit.group(1)) if hit else 1


def _twins(rules: list[Rule]) -> list[str]:
    """Patterns that stand in two rules of the same type: one of them is dead."""
    seen: dict[tuple[str, str, str], Rule] = {}
    problems = []
    for rule in rules:
        for pattern in rule.patterns:
            key = (rule.type, rule.cue, " ".join(pattern.split()))
            if key in seen:
                problems.append(
                    f"{rule.file}:{rule.line}: {rule.id}: pattern {pattern!r} stands already in {seen[key].id}"
                    f" ({seen[key].file}:{seen[key].line}); keep one"
                )
            seen.setdefault(key, rule)
    return problems


@functools.cache
def load_rules(language: str = "nl") -> Ruleset:
    """Return the rules that come with the package.

    Raises
    ------
    RuleError
        Where a rule file is wrong; the message lists every place.

    Examples
    --------
    >>> load_rules("nl").language
    'nl'
    """
    folder = files("cxresearch.codebook") / language
    if not folder.is_dir():
        raise RuleError(f"there are no rules for language {language!r}: codebook/{language}/ does not exist")
    rules, problems = read_rules(folder, language)
    if problems:
        raise RuleError("\n".join(problems))
    return rules


def coverage(ruleset: Ruleset) -> pd.DataFrame:
    """Return what the rules cover: one row an event type (and one for the cues), with their numbers.

    Returns
    -------
    DataFrame
        Columns `type`, `rules`, `patterns` (as written), `expressions` (ways to fill them, word forms not counted),
        `examples` (sentences found and avoided), `known_failures`.
    """
    rows = [
        {
            "type": kind or "(cues)",
            "rules": len(chosen),
            "patterns": sum(len(rule.patterns) for rule in chosen),
            "expressions": sum(_ways(rule, ruleset.classes) for rule in chosen),
            "examples": sum(len(rule.match) + len(rule.avoid) for rule in chosen),
            "known_failures": sum(len(rule.known_failures) for rule in chosen),
        }
        for kind in (*event_types(), "")
        if (chosen := [rule for rule in ruleset.rules if rule.type == kind]) or kind
    ]
    return pd.DataFrame(rows)


def _ways(rule: Rule, classes: WordClasses) -> int:
    """Ways to fill a rule: every alternative word of its rarest choice is an expression of its own."""
    variants = compile_patterns(rule.patterns, classes)
    return sum(max(len(terms) for row in variant.pieces for terms, _ in row) for variant in variants)
