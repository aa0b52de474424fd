"""One rule: what a table ``[[rule]]`` of a rule file may hold, and everything that can be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cxresearch.codebook import event_types
from cxresearch.errors import InputError
from cxresearch.reading.patterns import PatternError, WordClasses, compile_pattern

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
        raise InputError("mark one hit with one pair of braces: 'Gisteren {belde ik} de bank.'")
    return Example(MARK.sub("", sentence), marks[0], marks[1] - 1)


def _strings(entry: Mapping[str, Any], key: str) -> list[str]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise InputError(f"{key} must be a list of texts")
    return value


def _attribute_problems(entry: Any, kind: str, place: str) -> Iterable[str]:
    known = event_types()
    if not isinstance(entry, dict):
        yield f'{place} must be a table such as {{ subtype = "delay" }}'
        return
    for key, value in entry.items():
        if key in ("type", "drop", "count", "deadline") and not (key == "type" and place == "attributes"):
            if key == "type" and not _are_types([value]):
                yield f"{place}: unknown type {value!r}"
            if key == "count" and (not isinstance(value, int) or isinstance(value, bool)):
                yield f"{place}: count must be a whole number, not {value!r}"
            continue
        allowed: Collection[Any] | None = ATTRIBUTES.get(key)
        if key == "subtype":
            base = known.get(str(entry.get("type", kind)))
            allowed = base.subtypes if base else None
        if allowed is None:
            yield f"{place}: unknown attribute {key!r}; known are subtype, {', '.join(sorted(ATTRIBUTES))}, count"
        elif not isinstance(value, str | bool) or value not in allowed:
            yield f"{place}: {key} {value!r} is not one of {', '.join(sorted(map(str, allowed)))}"


def _are_types(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) and value in event_types() for value in values)


def rule_of(entry: Mapping[str, Any], classes: WordClasses, file: str, line: int) -> tuple[Rule | None, list[str]]:
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
    if not isinstance(after, Mapping) or not all(_are_types(pair) for pair in after.items()):
        wrong.append("after must be a table from an event type to an event type")
    told, speech = entry.get("told", []), entry.get("speech", "")
    if not isinstance(told, list) or not _are_types(told):
        wrong.append("told must be a list of event types, one of which the story has told before")
    joins = entry.get("joins", "")
    if joins and not _are_types([joins]):
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
