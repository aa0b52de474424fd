"""The words that the qualifiers look up, resolved once for a rule set; all of them are data of the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from cxresearch.reading.patterns import class_terms, literals, verb_names
from cxresearch.reading.rules import Ruleset
from cxresearch.reading.text import fold
from cxresearch.reading.verbs import conjugate, irregular


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word sets that the qualifiers look up, and the channels that words tell.

    Most are a class of `grammar.toml` or `classes.toml` of the same name; forms of verbs are worked out from the
    verbs that the rules name.
    """

    first_person: frozenset[str]
    subjects: frozenset[str]
    anyone: frozenset[str]
    past: frozenset[str]
    imperatives: frozenset[str]
    no_imperatives: frozenset[str]
    told_since: frozenset[str]
    also_nouns: frozenset[str]
    behind_nouns: frozenset[str]
    likening: frozenset[str]
    will_be: frozenset[str]
    finite: frozenset[str]
    customer: frozenset[str]
    addressed: frozenset[str]
    organisation: frozenset[str]
    organisation_suffixes: tuple[str, ...]
    organisation_prefixes: tuple[str, ...]
    family: frozenset[str]
    passive: frozenset[str]
    receiving: frozenset[str]
    own_case: frozenset[str]
    you: frozenset[str]
    several: frozenset[str]
    spouse: frozenset[str]
    objects: frozenset[str]
    participles: frozenset[str]
    infinitives: frozenset[str]
    coordinating: frozenset[str]
    prepositions: frozenset[str]
    articles: frozenset[str]
    indefinite: frozenset[str]
    nominative: frozenset[str]
    pronouns_of_others: frozenset[str]
    polite: frozenset[str]
    clients: frozenset[str]
    self: frozenset[str]
    being: frozenset[str]
    perfect: frozenset[str]
    subordinators: frozenset[str]
    opening: frozenset[str]
    purpose: frozenset[str]
    scope_end: frozenset[str]
    joining: frozenset[str]
    when: frozenset[str]
    then: frozenset[str]
    conditional: frozenset[str]
    supposed: frozenset[str]
    will: frozenset[str]
    went: frozenset[str]
    threats: frozenset[str]
    asking: frozenset[str]
    wondering: frozenset[str]
    announcing: frozenset[str]
    singular: frozenset[str]
    of: frozenset[str]
    towards: frozenset[str]
    together: frozenset[str]
    undergoing: frozenset[str]
    reasons: frozenset[str]
    channels: Mapping[str, str]


def lexicon(ruleset: Ruleset) -> Lexicon:
    """Return the word sets of a rule set (its classes, and the verbs that the patterns name)."""
    classes = ruleset.classes
    organisation = class_terms(classes, "agent", "organisation", "firms")
    named = {name for rule in ruleset.rules for pattern in rule.patterns for name in verb_names(pattern)}
    verbs = set(irregular()) | {name.rpartition("-")[2] for name in named}
    past: set[str] = set()
    present: set[str] = set()
    imperatives: set[str] = set()
    participles: set[str] = set()
    infinitives: set[str] = set()
    for verb in sorted(verbs):
        forms = conjugate(verb)
        past |= forms["past"]
        present |= forms["pres"] | forms["inf"]
        imperatives |= {f for f in forms["pres"] if not f.endswith("en") and f + "t" in forms["pres"]}
        imperatives |= {f for f in forms["pres"] if f.endswith("t") and f + "en" in forms["pres"]}
    for name in sorted(named):
        particle, _, verb = name.rpartition("-")
        participles |= {fold(particle) + form for form in conjugate(verb)["pp"]}
        infinitives |= {fold(particle) + form for form in conjugate(verb)["inf"]}
    customer = class_terms(classes, "ik")
    resolved: dict[str, Any] = {
        "first_person": literals(class_terms(classes, "ik", "mij", "mijn")),
        "subjects": literals(class_terms(classes, "ik", "they", "je", "other_subjects")),
        "anyone": literals(class_terms(classes, "anyone", "je")),
        "past": frozenset(past - present - literals(class_terms(classes, "not_past"))) | {"was", "waren"},
        "imperatives": frozenset(imperatives - past) | literals(class_terms(classes, "imperatives")),
        "finite": frozenset(past | {form for form in present if not form.endswith("en")}),
        "customer": literals(customer),
        "addressed": literals(class_terms(classes, "je")),
        "organisation": literals(organisation) | literals(class_terms(classes, "pronouns_of_others")),
        "organisation_suffixes": tuple(sorted(literals(organisation, "suffix"))),
        "organisation_prefixes": tuple(sorted(literals(organisation, "prefix"))),
        "family": literals(class_terms(classes, "family")),
        "passive": conjugate("worden")["pres"] | conjugate("worden")["past"] | {"geworden"},
        "receiving": frozenset().union(*conjugate("krijgen").values(), *conjugate("ontvangen").values()),
        "objects": literals(class_terms(classes, "mij")),
        "participles": frozenset(participles),
        "infinitives": frozenset(infinitives),
        "coordinating": literals(class_terms(classes, "and")),
        "channels": {
            word: name.removeprefix("channel_")
            for name in sorted(classes)
            if name.startswith("channel_")
            for word in sorted(literals(class_terms(classes, name)))
        },
    }
    # the rest are classes of grammar.toml, taken as they are
    closed = {f.name: literals(class_terms(classes, f.name)) for f in fields(Lexicon) if f.name not in resolved}
    return Lexicon(**(resolved | closed))
