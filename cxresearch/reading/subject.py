"""Who does it: the subject of a clause, the passive turned round, seen from the side of the speaker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxresearch.reading.extract import Clauses, Hit
from cxresearch.reading.patterns import compile_pattern
from cxresearch.reading.rules import Ruleset
from cxresearch.reading.text import Reading, fold
from cxresearch.reading.verbs import conjugate, irregular

PREPOSITIONS = frozenset("met naar bij van aan door voor via tegen op in over uit".split())
ARTICLES = frozenset("de het een die deze dat dit mijn onze uw hun zijn haar".split())
SUBORDINATORS = frozenset("dat of om waar wat".split())
NOMINATIVE = frozenset("ze zij hij u je jij men ge gij".split())
CLIENTS = frozenset("klant klanten consument consumenten".split())
PRONOUNS = frozenset("ze zij hij men jullie".split())
CUSTOMER, ORGANISATION, THIRD = "customer", "organisation", "third_party"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The closed word sets that qualifiers look up, resolved once for a rule set."""

    first_person: frozenset[str]
    subjects: frozenset[str]
    anyone: frozenset[str]
    past: frozenset[str]
    when: frozenset[str]
    conditional: frozenset[str]
    imperatives: frozenset[str]
    finite: frozenset[str]
    customer: frozenset[str]
    addressed: frozenset[str]
    organisation: frozenset[str]
    organisation_suffixes: tuple[str, ...]
    organisation_prefixes: tuple[str, ...]
    family: frozenset[str]
    passive: frozenset[str]
    being: frozenset[str]
    receiving: frozenset[str]
    objects: frozenset[str]
    participles: frozenset[str]
    infinitives: frozenset[str]
    asking: frozenset[str]


def _words(classes: Mapping[str, list[str]], *names: str) -> set[tuple[str, str]]:
    terms: set[tuple[str, str]] = set()
    for name in names:
        if name not in classes:  # a rule set of one's own may do without
            continue
        for variant in compile_pattern(f"@{name}", classes):
            row = variant.pieces[0]
            if len(row) == 1:
                terms |= row[0][0]
    return terms


def _literal(terms: Iterable[tuple[str, str]], kind: str = "word") -> frozenset[str]:
    return frozenset(value for k, value in terms if k == kind)


def lexicon(ruleset: Ruleset) -> Lexicon:
    """Return the word sets of a rule set (its classes, and the verbs that the patterns name)."""
    classes = ruleset.classes
    organisation = _words(classes, "agent", "organisation", "firms")
    named = {name for rule in ruleset.rules for pattern in rule.patterns for name in _verb_names(pattern)}
    verbs = set(irregular()) | {name.rpartition("-")[2] for name in named}
    past: set[str] = set()
    present: set[str] = set()
    imperatives: set[str] = set()
    participles: set[str] = set()
    infinitives: set[str] = set()
    verbs -= {"open"}  # the adjective, whose stem would be *op*
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
    customer = _words(classes, "ik")
    return Lexicon(
        first_person=_literal(_words(classes, "ik", "mij", "mijn")),
        subjects=_literal(_words(classes, "ik", "they", "je")) | {"het", "dit", "dat", "er"},
        anyone=_literal(_words(classes, "anyone", "je")),
        past=frozenset(past - present - _literal(_words(classes, "not_past"))) | {"was", "waren"},
        when=frozenset({"als", "wanneer"}),
        conditional=frozenset({"zou", "zouden", "had", "hadden", "ooit"}),
        imperatives=frozenset(imperatives) | _literal(_words(classes, "imperatives")),
        finite=frozenset(past | {form for form in present if not form.endswith("en")}),
        customer=_literal(customer),
        addressed=_literal(_words(classes, "je")),
        organisation=_literal(organisation) | {"ze", "zij", "hij", "men", "jullie"},
        organisation_suffixes=tuple(sorted(_literal(organisation, "suffix"))),
        organisation_prefixes=tuple(sorted(_literal(organisation, "prefix"))),
        family=_literal(_words(classes, "family")),
        passive=conjugate("worden")["pres"] | conjugate("worden")["past"] | {"geworden"},
        receiving=frozenset().union(*conjugate("krijgen").values(), *conjugate("ontvangen").values()),
        being=frozenset({"ben", "bent", "is", "was", "waren"}),
        objects=_literal(_words(classes, "mij")),
        participles=frozenset(participles),
        infinitives=frozenset(infinitives),
        asking=_literal(_words(classes, "asking")),
    )


def _verb_names(pattern: str) -> list[str]:
    return [part.split(">")[0].partition(":")[0] for part in pattern.split("<")[1:]]


def is_organisation(lex: Lexicon, word: str) -> bool:
    """Whether a word names the organisation, its staff, or stands for them (*ze, zij, jullie*)."""
    return (
        word in lex.organisation
        or word.endswith(lex.organisation_suffixes)
        or word.startswith(lex.organisation_prefixes)
    )


def _side(lex: Lexicon, word: str, speaker: str | None) -> str | None:
    """The side that a subject word names, in the mouth of the narrator, the customer or the organisation."""
    by_organisation = speaker == ORGANISATION
    if word in lex.customer:
        return ORGANISATION if by_organisation else CUSTOMER
    if word in lex.addressed:
        if by_organisation:
            return CUSTOMER
        return ORGANISATION if word in ("u", "uw") else CUSTOMER
    if word in lex.family:
        return THIRD
    if word in CLIENTS:
        return CUSTOMER
    return ORGANISATION if is_organisation(lex, word) else None


def _own_clause(words: list[str], bounds: tuple[int, int], anchor: int) -> tuple[int, int]:
    """Narrow a clause to the side of *dat*, *of*, *om* on which a word stands."""
    low, high = bounds
    before = [i for i in range(low, anchor) if words[i] in SUBORDINATORS]
    behind = [i for i in range(anchor + 1, high) if words[i] in SUBORDINATORS]
    return (before[-1] + 1 if before else low), (behind[0] if behind else high)


def _is_governed(words: list[str], low: int, i: int) -> bool:
    """Whether a preposition stands before the word, perhaps with an article between: then it is no subject."""
    before = words[max(low, i - 3) : i]
    return bool(before) and (
        before[-1] in PREPOSITIONS
        or (before[-1] in ARTICLES and before[-2:][0] in PREPOSITIONS)
        or (len(before) == 3 and before[1] in ARTICLES and before[0] in PREPOSITIONS)  # *bij een andere bank*
    )


def subject(
    reading: Reading, bounds: Clauses, hit: Hit, lex: Lexicon, speaker: str | None
) -> tuple[str | None, int | None]:
    """Return who does what a hit tells, and the token that told so.

    Parameters
    ----------
    reading, bounds
        The text and its clauses.
    hit : Hit
        Its rarest word is taken for the verb or its noun.
    lex : Lexicon
    speaker : str or None
        Who says the words, where they are direct speech.

    Returns
    -------
    actor : str or None
        `customer`, `organisation`, or none where somebody outside the story's two sides does it.
    token : int or None
        The subject word; none where nothing named one (telegram style: the customer tells).
    """
    words = reading.words
    low, high = _own_clause(words, bounds.clause[hit.first], hit.anchor)
    participle = any(words[i] in lex.participles for i in hit.tokens)
    passive = participle and any(word in lex.passive for word in words[low:high])
    if participle and not passive:
        # "ik ben gebeld": with a verb that takes hebben the perfect with zijn is a passive
        passive = hit.rule.attributes.get("channel") == "phone" and any(
            w in lex.being for w in words[low:high]
        )
    sides = [
        (i, side)
        for i in range(low, high)
        if (side := _side(lex, words[i], speaker)) is not None and not _is_governed(words, low, i)
    ]
    # a pronoun in the nominative is the subject, whatever nouns stand nearer (*ik heb de bank gebeld*)
    nominative = [(i, side) for i, side in sides if words[i] in lex.customer or words[i] in NOMINATIVE]
    best = min(
        ((abs(i - hit.anchor) + 9 * (words[i] in CLIENTS), i, side) for i, side in nominative or sides),
        default=None,
    )
    if best is None:
        third_person = any(words[i] in lex.objects for i in range(low, high))
        name = next(
            (
                i
                for i in range(max(low, hit.anchor - 2), min(high, hit.anchor + 3))
                if i != hit.anchor and reading.text[reading.starts[i]].isupper() and i > bounds.sentence[i][0]
            ),
            None,
        )
        if third_person or (name is not None and words[hit.anchor].endswith(("t", "de", "te"))):
            return ORGANISATION, name
        return (ORGANISATION if passive else CUSTOMER), None
    _, token, side = best
    if words[token] in CLIENTS and words[low] in lex.imperatives and hit.first == low:
        return ORGANISATION, token  # *bel een klant terug*
    if side == THIRD:
        dealing = any(
            _side(lex, words[i], speaker) == ORGANISATION and words[i] not in ("hij", "zij", "ze")
            for i in range(low, high)
        )
        return (CUSTOMER if dealing else None), token
    if passive:
        side = CUSTOMER if side == ORGANISATION else ORGANISATION
    return side, token


def checked(
    reading: Reading, bounds: Clauses, hit: Hit, lex: Lexicon, speaker: str | None, wanted: str
) -> str | None:
    """Return the actor that a rule or a type names, or what the sentence says against it.

    Family that acts on its own is nobody of the two sides (*mijn zus was boos*); so is a firm that goes to law itself;
    who undoes a problem *zelf* is its actor; *wij* in the organisation's mouth is the organisation.
    """
    words, kind = reading.words, hit.rule.type
    clause = words[slice(*bounds.clause[hit.first])]
    if kind == "contact":
        own = {words[i] for i in hit.tokens}
        turned = speaker == ORGANISATION and wanted == CUSTOMER and not lex.customer.isdisjoint(own)
        return ORGANISATION if turned else wanted
    if kind in ("wait", "failure") or hit.rule.attributes.get("subtype") == "connections":
        return wanted
    if kind == "resolution":
        own_hand = "zelf" in clause and not lex.customer.isdisjoint(clause)
        return THIRD if _family_acts(words, bounds, hit, lex) else CUSTOMER if own_hand else wanted
    if _family_acts(words, bounds, hit, lex):
        return None
    if kind in ("escalation", "exit") and not lex.participles.isdisjoint(clause):
        who, token = subject(reading, bounds, hit, lex, speaker)
        if who == ORGANISATION and token is not None and _names_organisation(lex, words[token]):
            return None
    return wanted


def _names_organisation(lex: Lexicon, word: str) -> bool:
    """Whether a noun names the organisation or its staff, and no pronoun stands for them."""
    return word not in PRONOUNS | lex.addressed | lex.customer and is_organisation(lex, word)


def _family_acts(words: list[str], bounds: Clauses, hit: Hit, lex: Lexicon) -> bool:
    """Whether family or a neighbour is the subject of the clause and deals with nobody of the story.

    *Mijn zus was boos*, but not *mijn man en ik*, *mijn moeder kreeg excuses*, *mijn zoon zegde ons abonnement op*.
    """
    low, high = _own_clause(words, bounds.clause[hit.first], hit.anchor)
    who = next((i for i in range(low, high) if words[i] in lex.family and not _is_governed(words, low, i)), None)
    if who is None or (low < who and words[who - 1] not in (ARTICLES | {"m'n"}) - {"een"}):
        return False
    rest = [*words[low : max(low, who - 1)], *words[who + 1 : high]]
    receives = any(word in lex.receiving or word in lex.passive for word in rest)
    ours = any(word in lex.first_person and word not in lex.objects for word in rest)
    deals = any(_names_organisation(lex, words[i]) and not _is_governed(words, low, i) for i in range(low, high))
    return not (receives or ours or deals)
