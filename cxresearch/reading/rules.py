"""The rules as data: load them, refuse what is wrong by file and line, and keep them ready for use.

A rule file is TOML (codebook/README.md). Everything that can be wrong with one is reported at once, each
with its place, so that a writer of rules mends a file in one go.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.codebook import event_types
from cxresearch.errors import InputError
from cxresearch.reading.patterns import WordClasses, compile_patterns
from cxresearch.reading.rule import Rule, rule_of

NOT_RULES = frozenset(
    "classes.toml grammar.toml verbs.toml quantities.toml speech.toml text.toml industries.toml cleaning.toml "
    "names.toml".split()
)


WORDS = (("classes.toml", "classes"), ("grammar.toml", "words"))  # where the word classes of a language stand


class RuleError(InputError):
    """A rule file that cannot be used. The message names file, line, rule and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Ruleset:
    """All rules of a language, sorted by id, with the word classes they use and a fingerprint."""

    language: str
    rules: tuple[Rule, ...]
    classes: WordClasses
    fingerprint: str
    by_id: Mapping[str, Rule] = field(default_factory=dict)


def read_rules(folder: Path | Traversable, language: str = "nl", own: Path | None = None) -> tuple[Ruleset, list[str]]:
    """Read every rule file of a folder, and of another that is laid over it.

    Parameters
    ----------
    folder : path
        Holds `classes.toml` and any number of rule files.
    language : str
        Its name in the rule set.
    own : path, optional
        Rule files, and perhaps a `classes.toml`, of your own. A rule with the id of one in `folder`, and a word class
        with the name of one, take its place; the others come on top. Files of a language's grammar are not taken.

    Returns
    -------
    Ruleset
        Every rule that can be used.
    list of str
        What is wrong, `file:line: id: reason` each, sorted. Examples are not run here (see
        `parse.prove`).
    """
    problems: list[str] = []
    digest = hashlib.sha256()
    layers = [_contents(place, problems, digest) for place in (folder, own) if place is not None]
    classes = WordClasses({name: words for layer in layers for name, words in _classes(layer, problems)})
    kept: dict[str, Rule] = {}
    for layer, prefix in zip(layers, ("", _prefix(own)), strict=False):
        kept |= _rules(layer, classes, problems, prefix)
    problems += _twins(kept.values())
    rules = tuple(sorted(kept.values(), key=lambda rule: rule.id))
    return Ruleset(language, rules, classes, digest.hexdigest()[:16], {rule.id: rule for rule in rules}), sorted(
        problems
    )


def rules_in(ruleset: Ruleset, own: Path) -> tuple[Rule, ...]:
    """Return the rules that come from a folder laid over the package's."""
    return tuple(rule for rule in ruleset.rules if rule.file.startswith(_prefix(own)))


def _prefix(own: Path | None) -> str:
    return f"{own.resolve().name}/" if own else ""


def _contents(folder: Path | Traversable, problems: list[str], digest: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the files of a folder by name, as text and as TOML; say which cannot be read."""
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
    return contents


def _classes(
    contents: Mapping[str, tuple[str, dict[str, Any]]], problems: list[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the word classes of one folder; say which are none."""
    for file, table in WORDS:
        classes = contents.get(file, ("", {}))[1].get(table, {})
        if not isinstance(classes, dict):
            problems.append(f"{file}:1: [{table}] must be a table of lists, such as family = ['zus', 'broer']")
            continue
        for name, words in classes.items():
            if isinstance(words, list) and all(isinstance(word, str) for word in words):
                yield name, words
            else:
                problems.append(f"{file}:1: {name} must be a list of words")


def _rules(
    contents: Mapping[str, tuple[str, dict[str, Any]]], classes: WordClasses, problems: list[str], place: str
) -> dict[str, Rule]:
    """Return the rules of one folder by id; say what is wrong with the others."""
    rules: dict[str, Rule] = {}
    for name, (text, data) in contents.items():
        if name in NOT_RULES:
            if place and name != "classes.toml":
                problems.append(f"{place}{name}:1: a folder of your own holds rules and classes.toml; rename this file")
            continue
        file = place + name
        entries = data.get("rule", [])
        if more := sorted(set(data) - {"rule"}):
            problems.append(f"{file}:1: unknown table {', '.join(more)}; a rule file holds [[rule]] only")
        lines = [n for n, line in enumerate(text.split("\n"), 1) if line.split("#")[0].strip() == "[[rule]]"]
        if not isinstance(entries, list) or len(lines) != len(entries):
            problems.append(
                f"{file}:1: begin every rule with a line [[rule]] of its own, without spaces in it, and put no such "
                f"line into a note"
            )
            continue
        for entry, line in zip(entries, lines, strict=True):
            rule, wrong = rule_of(entry, classes, file, line)
            label = entry.get("id", "a rule without id")
            problems += [f"{file}:{line}: {label}: {reason}" for reason in wrong]
            if rule is None:
                continue
            if first := rules.get(rule.id):
                where = f"{first.file}:{first.line}"
                problems.append(f"{file}:{line}: {rule.id}: this id stands already at {where}; give it its own")
                continue
            rules[rule.id] = rule
    return rules


def _line_of(error: Exception) -> int:
    hit = re.search(r"line (\d+)", str(error))
    return int(hit.group(1)) if hit else 1


def _twins(rules: Iterable[Rule]) -> list[str]:
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


def load_rules(language: str = "nl") -> Ruleset:
    """Return the rules that come with the package, with those of your own over them.

    Your own are in the folder that the variable CXRESEARCH_RULES names (see `own_rules`): every command, notebook and
    process of a run reads with the same rules, and the fingerprint tells them from the package's alone.

    Raises
    ------
    RuleError
        Where a rule file is wrong; the message lists every place.

    Examples
    --------
    >>> load_rules("nl").language
    'nl'
    """
    named = os.environ.get("CXRESEARCH_RULES")
    return _load(language, own_rules(Path(named), language) if named else None)


@functools.cache
def _load(language: str, own: Path | None) -> Ruleset:
    folder = files("cxresearch.codebook") / language
    if not folder.is_dir():
        raise RuleError(f"there are no rules for language {language!r}: codebook/{language}/ does not exist")
    rules, problems = read_rules(folder, language, own)
    if problems:
        raise RuleError("\n".join(problems))
    return rules


def own_rules(folder: Path, language: str) -> Path:
    """Return where the rules for a language are in a folder of your own: in a folder of its name, or right in it.

    Raises
    ------
    RuleError
        Where there is no such folder.
    """
    if not folder.is_dir():
        raise RuleError(f"{folder}: there is no such folder of rules")
    return folder / language if (folder / language).is_dir() else folder


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
