"""Who does it: the subject of a clause, the passive turned round, seen from the side of the speaker."""

from __future__ import annotations

from collections.abc import Sequence

from cxresearch.reading.extract import Clauses, Hit
from cxresearch.reading.lexicon import Lexicon
from cxresearch.reading.text import Reading

# Acts that only the organisation does: whose verb has the customer as its subject is none of them.
BY_THE_FIRM = frozenset("promise refusal apology treatment exception explanation transfer broken_promise".split())
CUSTOMER, ORGANISATION, THIRD = "customer", "organisation", "third_party"


def is_organisation(lex: Lexicon, word: str) -> bool:
    """Whether a word names the organisation, its staff, or stands for them (*ze, zij, jullie*)."""
    return (
        word in lex.organisation
        or word.endswith(lex.organisation_suffixes)
        or word.startswith(lex.organisation_prefixes)
    )


def _side(lex: Lexicon, word: str, speaker: str | None, before: Sequence[str] = ()) -> str | None:
    """The side that a subject word names, in the mouth of the narrator, the customer or the organisation."""
    by_organisation = speaker == ORGANISATION
    if word in lex.spouse and not lex.first_person.isdisjoint(before):  # *mijn man*, but *de man*
        return THIRD
    if word in lex.customer:
        return ORGANISATION if by_organisation else CUSTOMER
    if word in lex.addressed:
        if by_organisation:
            return CUSTOMER
        return ORGANISATION if word in lex.polite else CUSTOMER
    if word in lex.family:
        return THIRD
    if word in lex.clients:
        return CUSTOMER
    return ORGANISATION if is_organisation(lex, word) else None


def _own_clause(lex: Lexicon, words: list[str], bounds: tuple[int, int], anchor: int) -> tuple[int, int]:
    """Narrow a clause to the side of *dat*, *of*, *om* on which a word stands."""
    low, high = bounds
    before = [i for i in range(low, anchor) if words[i] in lex.subordinators]
    behind = [i for i in range(anchor + 1, high) if words[i] in lex.subordinators]
    return (before[-1] + 1 if before else low), (behind[0] if behind else high)


def _is_governed(lex: Lexicon, words: list[str], low: int, i: int) -> bool:
    """Whether a preposition stands before the word, perhaps with an article between: then it is no subject."""
    before = words[max(low, i - 3) : i]
    return bool(before) and (
        before[-1] in lex.prepositions
        or (before[-1] in lex.articles and before[-2:][0] in lex.prepositions)
        # *bij een andere bank*, but not *om kwart voor een belt hij*
        or (
            len(before) == 3
            and before[1] in lex.articles
            and before[0] in lex.prepositions
            and before[2] not in lex.finite
        )
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
    low, high = _own_clause(lex, words, bounds.clause[hit.first], hit.anchor)
    participle = any(words[i] in lex.participles for i in hit.tokens)
    passive = participle and any(word in lex.passive for word in words[low:high])
    if participle and not passive:
        # "ik ben gebeld": with a verb that takes hebben the perfect with zijn is a passive
        passive = hit.rule.attributes.get("channel") == "phone" and any(w in lex.being for w in words[low:high])
    sides = [
        (i, side)
        for i in range(low, high)
        if (side := _side(lex, words[i], speaker, words[max(i - 1, low) : i])) and not _is_governed(lex, words, low, i)
    ]
    # a pronoun in the nominative is the subject, whatever nouns stand nearer (*ik heb de bank gebeld*)
    nominative = [(i, side) for i, side in sides if words[i] in lex.customer or words[i] in lex.nominative]
    best = min(
        ((abs(i - hit.anchor) + 9 * (words[i] in lex.clients), i, side) for i, side in nominative or sides),
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
    bare = lex.finite.isdisjoint(words[low:high]) and lex.undergoing.isdisjoint(words[low:high])
    if bare and not nominative and side == ORGANISATION and token < hit.anchor and words[hit.anchor] in lex.infinitives:
        return CUSTOMER, None  # *de storingsdienst bellen*: told without a subject, the firm is who is called
    if words[token] in lex.clients and words[low] in lex.imperatives and hit.first == low:
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


def among_others(reading: Reading, bounds: Clauses, hit: Hit, lex: Lexicon) -> bool:
    """Whether the customer communicates with family or friends, and no organisation stands in the clause.

    *Ik belde mijn zus*, *een mail naar een vriend*; but not *ik belde voor mijn zus*, *mijn man en ik belden*.
    """
    words = reading.words
    low, high = _own_clause(lex, words, bounds.clause[hit.first], hit.anchor)
    if any(_names_organisation(lex, words[i]) for i in range(low, high)):
        return False
    for i in range(low, high):
        if words[i] not in lex.family or not lex.coordinating.isdisjoint(words[max(low, i - 2) : i + 2]):
            continue
        before = [word for word in words[max(low, i - 3) : i] if word in lex.prepositions]
        if before and before[-1] in lex.towards and lex.together.isdisjoint(words[max(low, i - 4) : i]):
            return True
        if not before and any(words[k] in lex.customer for k in range(low, high) if k != i):
            return True
    return False


def checked(reading: Reading, bounds: Clauses, hit: Hit, lex: Lexicon, speaker: str | None, wanted: str) -> str | None:
    """Return the actor that a rule or a type names, or what the sentence says against it.

    Family that acts on its own is nobody of the two sides (*mijn zus was boos*); so is a firm that goes to law itself;
    who undoes a problem *zelf* is its actor; *wij* in the organisation's mouth is the organisation.
    """
    words, kind = reading.words, hit.rule.type
    clause = words[slice(*bounds.clause[hit.first])]
    if kind == "contact":
        if wanted == CUSTOMER and hit.rule.attributes.get("channel") == "visit":  # *de stukadoor is langsgeweest*
            who, token = subject(reading, bounds, hit, lex, speaker)
            if who == ORGANISATION and token is not None and token not in hit.tokens:
                mine = not (lex.customer | lex.objects).isdisjoint(clause)
                return wanted if mine or not _names_organisation(lex, words[token]) else ORGANISATION
        if wanted == CUSTOMER and any(_another_subject(words, i, lex) for i in hit.tokens):
            return ORGANISATION
        own = {words[i] for i in hit.tokens}
        turned = speaker == ORGANISATION and wanted == CUSTOMER and not lex.customer.isdisjoint(own)
        return ORGANISATION if turned else wanted
    if kind in ("wait", "failure") or hit.rule.attributes.get("subtype") == "connections":
        return wanted
    if kind == "resolution":
        own_hand = not lex.self.isdisjoint(clause) and not lex.customer.isdisjoint(clause)
        return THIRD if _family_acts(words, bounds, hit, lex) else CUSTOMER if own_hand else wanted
    if _family_acts(words, bounds, hit, lex):
        # *mijn broer is advocaat en stelt ze in gebreke*
        against = kind == "escalation" and not lex.pronouns_of_others.isdisjoint(words[hit.anchor - 4 : hit.last])
        return wanted if against else None
    if kind == "emotion" and speaker is None and lex.customer.isdisjoint(clause) and lex.objects.isdisjoint(clause):
        who, token = subject(reading, bounds, hit, lex, speaker)
        if who == ORGANISATION and token is not None and token < hit.first and _names_organisation(lex, words[token]):
            return None  # *de dame schrok ervan*
    if kind in BY_THE_FIRM and speaker != ORGANISATION and _customer_acts(words, bounds, hit, lex):
        return None
    told = not lex.finite.isdisjoint(clause) or "door" in clause  # *verzekering opgezegd*: the customer did
    if kind in ("escalation", "exit") and told and not lex.participles.isdisjoint(clause):
        who, token = subject(reading, bounds, hit, lex, speaker)
        if who == ORGANISATION and token is not None and _names_organisation(lex, words[token]):
            return None
    return wanted


def _another_subject(words: list[str], verb: int, lex: Lexicon) -> bool:
    """Whether *en* and a pronoun of others stand before a verb (*ik kreeg een pas en ze belde zelfs nog*)."""
    before = words[max(verb - 2, 0) : verb]
    pair = len(before) == 2 and before[0] in lex.coordinating and before[1] in lex.pronouns_of_others
    return pair and words[verb] in lex.finite


def _customer_acts(words: list[str], bounds: Clauses, hit: Hit, lex: Lexicon) -> bool:
    """Whether the customer is the subject of the verb of a hit and acts (*ik wees dat af*), and does not undergo.

    A verb behind *en* has the subject before it (*wij waren blij en zullen niet terugkomen*).
    """
    verb = next((i for i in hit.tokens if words[i] in lex.finite or words[i] in lex.undergoing), None)
    if verb is None or not lex.polite.isdisjoint(words[slice(*bounds.clause[verb])]):  # *ik bel u terug*
        return False
    before, low = words[verb - 1 : verb], bounds.sentence[verb][0]
    if before and before[0] in lex.coordinating:
        subjects = [word for word in words[low:verb] if word in lex.customer or word in lex.nominative]
        return bool(subjects) and subjects[-1] in lex.customer and words[verb] in lex.will
    return words[verb] not in lex.undergoing and not lex.customer.isdisjoint((*before, *words[verb + 1 : verb + 2]))


def _names_organisation(lex: Lexicon, word: str) -> bool:
    """Whether a noun names the organisation or its staff, and no pronoun stands for them."""
    pronoun = word in lex.pronouns_of_others or word in lex.addressed or word in lex.customer
    return not pronoun and is_organisation(lex, word)


def _family_acts(words: list[str], bounds: Clauses, hit: Hit, lex: Lexicon) -> bool:
    """Whether family or a neighbour is the subject of the clause and deals with nobody of the story.

    *Mijn zus was boos*, but not *mijn man en ik*, *mijn moeder kreeg excuses*, *mijn zoon zegde ons abonnement op*.
    """
    low, high = _own_clause(lex, words, bounds.clause[hit.first], hit.anchor)
    who = next((i for i in range(low, high) if words[i] in lex.family and not _is_governed(lex, words, low, i)), None)
    if who is None or who in hit.tokens or (low < who and words[who - 1] not in lex.articles - lex.indefinite):
        return False
    if any(words[i] in lex.nominative for i in range(low, who)):  # *ze snauwde mijn moeder af*
        return False
    rest = [*words[low : max(low, who - 1)], *words[who + 1 : high]]
    receives = any(word in lex.receiving or word in lex.passive for word in rest)
    ours = any(word in lex.first_person and word not in lex.objects for word in rest)
    deals = any(_names_organisation(lex, words[i]) and not _is_governed(lex, words, low, i) for i in range(low, high))
    return not (receives or ours or deals)
