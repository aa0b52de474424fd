"""Polarity and realis: whether a mention is told as having happened, and the cue that says otherwise.

The order of judgement is that of CODEBOOK 2. What the words of a cue are stands in
`codebook/<language>/cues.toml`; what a kind of cue does to a mention stands here.
"""

from __future__ import annotations

from collections.abc import Sequence

from cxresearch.codebook import event_types
from cxresearch.reading.context import Context
from cxresearch.reading.extract import Hit
from cxresearch.reading.modality import (
    announced,
    condition_before,
    governs,
    hearsay,
    is_telling,
    likens,
    new_verb,
    told_moment,
)
from cxresearch.reading.text import Quotation

# Types that an imperative asks for, so that nothing has happened yet (*toon begrip*, *los het op*).
ASKED_FOR = frozenset("treatment apology resolution compensation contact exit explanation wait".split())
# Acts of speech: what holds for what is asked or promised does not hold for the asking.
ASKED_BEFORE = frozenset({"promise", "request", "apology"})
NEAR = 7
WONDERING = 5  # words between a verb of asking and its *of*
TOLD_IN_QUESTIONS = frozenset({"request", "contact", "emotion", "loyalty"})
# What one customer tells of this organisation with *je* (*bellen kan je niet*; CODEBOOK 1, decisions).
MET_BY_ONE = frozenset({"contact", "failure", "transfer", "rule_citation", "refusal", "wait", "treatment"})
SHORT = 5  # words of a question that its writer answers
INSTRUCTED = frozenset({"contact", "request", "exit", "escalation"})
# Those that are asked for themselves where the customer stands in the sentence (*bel mij terug*).
ADVISED = frozenset({"request", "exception", "escalation"})


def negation(context: Context, hit: Hit, others: Sequence[Hit]) -> Hit | None:
    """Return the cue that negates a hit, or none."""
    reading, bounds, lexicon = context.reading, context.bounds, context.lexicon
    pseudo = context.of("pseudo_negation", hit)
    # a negation that is part of what another hit means, beside this one, is spent (*zonder uitleg geblokkeerd*)
    spent = {i for other in others if other.last <= hit.first or hit.last <= other.first for i in other.tokens}
    if (answer := denial(context, hit)) is not None:
        return answer
    if _whether(context, hit):  # of er geen uitzondering mogelijk was
        return None
    ends_phrase = lexicon.finite | lexicon.nominative | lexicon.customer  # zonder bon kunnen wij niets doen
    for cue in context.of("negation", hit):
        if cue.anchor in spent or any(p.first <= cue.first < p.last for p in pseudo):
            continue
        if hit.first < cue.first < hit.last:
            return cue
        if cue.first < hit.first:
            between = reading.words[cue.last : hit.first]
            in_phrase = cue.rule.attributes.get("scope") == "phrase"
            if in_phrase and not ends_phrase.isdisjoint(reading.words[cue.last : hit.last]):
                continue
            ended = not lexicon.scope_end.isdisjoint(between) or new_verb(context, cue.last, hit.first)
            if ended or len(between) > 2 * NEAR:
                continue
            if cue.rule.attributes.get("scope") == "clause" and any(
                cue.last <= other.first < hit.first and other.rule.type != hit.rule.type for other in others
            ):
                continue
            return cue
        else:
            # excuses kreeg ik geen
            at_end = cue.rule.attributes.get("end") and cue.last == bounds.clause[cue.first][1]
            if cue.rule.attributes.get("scope") != "clause" and not at_end:
                continue
            named = hit.rule.type == "contact" and reading.words[hit.first - 1] in lexicon.prepositions
            if named:  # in vijf telefoontjes niet één keer
                continue
            behind = any(cue.last <= other.first < bounds.clause[cue.first][1] for other in others)
            between = reading.words[hit.last : cue.first]
            if not behind and len(between) < NEAR and lexicon.joining.isdisjoint(between):
                return cue
    return None


def denial(context: Context, hit: Hit) -> Hit | None:
    """The answer that denies what a few words ask (*Excuses? Vergeet het.*), or none."""
    words = context.reading.words
    low, end = context.bounds.clause[hit.first][0], context.bounds.clause[hit.last - 1][1]
    if end - low > SHORT or words[end : end + 1] != ["?"]:
        return None
    return next((cue for cue in context.cues_at(end + 1) if cue.rule.cue == "denial"), None)


def _whether(context: Context, hit: Hit) -> bool:
    """Whether a hit stands in what somebody asks or does not know (*ik vroeg of de monteur nog kwam*)."""
    words, wondering = context.reading.words, context.lexicon.wondering
    for clause in {context.bounds.clause[hit.first], context.bounds.clause[hit.anchor]}:
        for i in range(clause[0], hit.anchor):
            if words[i] == "of" and not wondering.isdisjoint(words[max(clause[0], i - WONDERING) : i]):
                return True
    low, high = context.bounds.sentence[hit.first]
    return words[low] == "of" and "?" in words[high - 1 : high + 1]


def realis(context: Context, hit: Hit, kind: str, actor: str, quotation: Quotation | None) -> tuple[str, Hit | str]:
    """Return the realis of a hit, and the cue or the word for it that decided.

    The first that holds decides: asked, contrary to fact, conditional, advised or told of anyone, still to come.
    `promised` is returned for an act of the organisation to come, which makes it a `promise`.
    """
    lexicon, words = context.lexicon, context.reading.words
    policy = event_types()[kind].future
    low, high = context.bounds.clause[hit.first]
    past = not lexicon.past.isdisjoint(words[low:high])
    done = not lexicon.participles.isdisjoint(words[i] for i in hit.tokens)  # *gevraagd*: told, not said
    if denial(context, hit) is not None:
        return "actual", ""
    asked = _is_question(context, hit)
    if asked and (not _is_put_to_the_firm(kind, policy, quotation) or (done and words[low] in lexicon.perfect)):
        return "hypothetical", "?"
    if kind not in TOLD_IN_QUESTIONS and _whether(context, hit):
        return "hypothetical", "of"
    if (found := context.of("counterfactual", hit)) and kind != "promise":
        return "hypothetical", found[0]
    for condition in context.of("condition", hit):
        asked_before = kind in ASKED_BEFORE and hit.last <= condition.first  # hij beloofde te bellen als hij iets wist
        if not (told_moment(context, condition, past) or asked_before or likens(context, condition)):
            return "hypothetical", condition
    used_to = [cue for cue in context.of("generic", hit) if cue.rule.attributes.get("past")]
    if used_to and kind not in ("loyalty", "exit"):
        return "generic", used_to[0]
    if not past and not (quotation is not None and quotation.speaker == "organisation"):
        warns = context.of("advice", hit) or _is_imperative(context, hit)
        urged = any(  # *beleggers, blijf hier weg*
            words[i] in lexicon.imperatives and lexicon.subjects.isdisjoint(words[i + 1 : i + 2]) for i in hit.tokens
        )
        if kind == "loyalty" and (urged or _is_imperative(context, hit)):  # a warning is actual (CODEBOOK 1)
            return "actual", ""
        if kind == "loyalty" and warns:
            return _to_come(context, hit, policy, actor, past, quotation)
        cue = _anyone(context, hit, quotation)
        if cue is not None and not (kind == "loyalty" and hit.last <= cue.first):  # een aanrader voor wie belegt
            return "generic", cue
        advised = kind in ADVISED and lexicon.first_person.isdisjoint(words[slice(*context.bounds.sentence[hit.first])])
        if (kind in ASKED_FOR or advised) and _is_imperative(context, hit):
            return "generic", "imperative"
    if policy in ("promise", "request"):
        if done and (found := _possible(context, hit)):
            return "hypothetical", found[0]
        if policy == "request" and not asked and not lexicon.infinitives.isdisjoint(words[i] for i in hit.tokens):
            # ga ik om mijn geld vragen
            ahead = [c for c in context.of("future", hit) if c.anchor in hit.tokens]
            if ahead and words[ahead[0].first] not in lexicon.past:
                return "prospective", ahead[0]
        return "actual", ""
    if _is_instruction(context, hit, actor, past, quotation):
        return "generic", "instruction"
    found = [cue for cue in context.of("would", hit) if governs(context, cue, hit)]
    if found and kind != "loyalty":  # ik zou hen niemand aanraden
        if policy == "promised" and quotation is None:
            return "promised", found[0]
        if policy == "prospective" and announced(context, found[0]):
            return "prospective", found[0]
        if not hearsay(context, found[0], kind):
            return "hypothetical", found[0]
    if (found := _possible(context, hit)) and kind != "emotion":
        return "hypothetical", found[0]
    return _to_come(context, hit, policy, actor, past, quotation)


def _possible(context: Context, hit: Hit) -> list[Hit]:
    """The cues of possibility that hold for a hit: none in a clause that it governs (*ze vroeg of hij misschien …*)."""
    words, subordinators = context.reading.words, context.lexicon.subordinators
    return [
        cue
        for cue in context.of("possibility", hit)
        if subordinators.isdisjoint(words[hit.last : max(hit.last, cue.first)])
    ]


def _to_come(
    context: Context, hit: Hit, policy: str, actor: str, past: bool, quotation: Quotation | None
) -> tuple[str, Hit | str]:
    """What a modal of the future, a plan or a condition before it makes of an act (`future` in types.toml)."""
    words = context.reading.words
    for cue in context.of("future", hit) + context.of("plan", hit):
        if past and cue.rule.attributes.get("tense") == "present":
            continue
        told = words[cue.first] in context.lexicon.past and words[cue.first] not in context.lexicon.threats
        withheld = actor == "organisation" and cue.rule.cue == "plan" and context.of("negation", hit)
        if policy and not told and not withheld and governs(context, cue, hit):
            promised = policy == "promised" and actor == "organisation" and cue.rule.cue == "future"
            return ("promised" if promised else "prospective"), cue
    if (
        policy == "prospective"
        and actor == "customer"
        and hit.rule.type in ("escalation", "exit")
        and quotation is not None
        and quotation.speaker == "customer"
        and not past
        and _not_done(context, hit)
    ):
        return "prospective", "said, not done"
    if not past and policy and (condition := condition_before(context, hit)) is not None:
        if policy == "prospective":  # als er niets gebeurt, stap ik naar de rechter
            return "prospective", condition
        if actor == "organisation":
            return "promised", condition
    return "actual", ""


def _is_instruction(context: Context, hit: Hit, actor: str, past: bool, quotation: Quotation | None) -> bool:
    """Whether the organisation tells the customer what to do or what he may do (*dan belt u de fabrikant*)."""
    said = quotation is not None and quotation.speaker == "organisation" and actor == "customer"
    return said and not past and hit.rule.type in INSTRUCTED and _not_done(context, hit)


def _not_done(context: Context, hit: Hit) -> bool:
    """Whether the clause of a hit has no perfect: what a customer says in the present is announced."""
    low, high = context.bounds.clause[hit.first]
    clause, lexicon = context.reading.words[low:high], context.lexicon
    if lexicon.participles.isdisjoint(clause):
        return True
    telegram = lexicon.finite.isdisjoint(clause) and lexicon.being.isdisjoint(clause)  # *daar aangekomen, ...*
    return lexicon.perfect.isdisjoint(clause) and not telegram


def _is_put_to_the_firm(kind: str, policy: str, quotation: Quotation | None) -> bool:
    """Whether a question is itself the act: a request, or *mag ik uw chef spreken?* in direct speech."""
    return policy == "request" or (kind == "escalation" and quotation is not None)


def _anyone(context: Context, hit: Hit, quotation: Quotation | None) -> Hit | None:
    """The cue that a hit is advised or told of anyone.

    The first person in the sentence speaks against it, unless it says itself that it gives advice. *je* is anyone
    in its clause and in those behind it, and only where nothing in the sentence is past or quoted.
    """
    lexicon = context.lexicon
    low, high = context.bounds.sentence[hit.first]
    sentence = context.reading.words[low:high]
    own = not lexicon.first_person.isdisjoint(sentence)
    told = quotation is not None or not lexicon.past.isdisjoint(sentence)
    clause_end = context.bounds.clause[hit.last - 1][1]
    for cue in context.of("advice", hit) + context.of("generic", hit):
        if own and not cue.rule.attributes.get("strong"):
            continue
        if ":" in context.reading.words[hit.last : cue.first]:  # *gebeld: u moet een formulier invullen*
            continue
        if cue.rule.attributes.get("you") and (told or cue.first >= clause_end or _own_case(context, hit, cue)):
            continue
        return cue
    return None


def _own_case(context: Context, hit: Hit, cue: Hit) -> bool:
    """Whether a *je* behind its verb tells the writer's own case (*daar krijg je een bandje*; CODEBOOK 1)."""
    words, lexicon = context.reading.words, context.lexicon
    low, high = context.bounds.clause[hit.first]
    inverted = low < cue.first < high and words[cue.first - 1] in lexicon.finite
    if inverted and words[low] not in lexicon.opening and not lexicon.own_case.isdisjoint(words[low:high]):
        return True
    return hit.rule.type in MET_BY_ONE and is_telling(context, hit) and not _is_imperative(context, hit)


def _is_question(context: Context, hit: Hit) -> bool:
    """Whether the hit is asked: a question mark closes its clause, or a sentence that opens as a question.

    *?!* cries out and does not ask, and *waarom is mijn pas weg?* takes for granted that it is.
    """
    if context.in_sentence("question_of_fact", hit):
        return False
    low, high = context.bounds.sentence[hit.first]
    words, lexicon = context.reading.words, context.lexicon
    clause_end = context.bounds.clause[hit.last - 1][1]
    for i in range(clause_end, high):
        if words[i] == "?":
            if "!" in words[max(i - 1, low) : i + 3]:
                return False
            opening = next((w for w in words[low:high] if w[0].isalpha()), "")
            return i == clause_end or opening in lexicon.asking
        if words[i] in ".;:!":
            return False
    return False


def _is_imperative(context: Context, hit: Hit) -> bool:
    """Whether the clause opens with a bare verb and no subject behind it (*toon begrip*)."""
    low, high = context.bounds.clause[hit.first]
    words, lexicon = context.reading.words, context.lexicon
    if not lexicon.participles.isdisjoint(words[low:high]):  # mail gestuurd naar de directie
        return False
    if words[low] in lexicon.past or words[low] in lexicon.no_imperatives:
        return False
    if words[low] in lexicon.also_nouns and not lexicon.behind_nouns.isdisjoint(words[low + 1 : low + 2]):
        return False  # mail van 12 juni
    if words[low] in lexicon.imperatives:
        verbs = [i for i in range(low + 1, high) if words[i] in lexicon.finite or words[i] in lexicon.infinitives]
        if any(not lexicon.nominative.isdisjoint(words[i + 1 : i + 2]) for i in verbs):
            return False  # *los daarvan weigeren ze alles*
        if not lexicon.told_since.isdisjoint(words[low + 1 : low + 3]):
            return False  # *wacht nu al zes weken*
        if words[low] in lexicon.will_be and high - low > 2 and words[high - 1] in lexicon.infinitives:
            return False  # *ga van bank veranderen*
        return low + 1 >= high or not (words[low + 1] in lexicon.subjects or words[low + 1] in lexicon.finite)
    # *luister, en bij fouten verontschuldig je*: one in a row of them
    opening = words[context.bounds.clause[low - 1][0]] if low > context.bounds.sentence[low][0] else ""
    others = [*words[low : hit.first], *words[hit.first + 1 : high]]
    row = words[hit.first] in lexicon.imperatives and lexicon.subjects.isdisjoint(words[low:high])
    row = row and lexicon.articles.isdisjoint(words[hit.first - 1 : hit.first])  # mijn mail, het geld
    row = row and lexicon.finite.isdisjoint(others) and lexicon.being.isdisjoint(others)
    return row and opening in lexicon.imperatives
