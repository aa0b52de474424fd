"""What is supposed, announced or still to come: how far a modal and a condition reach."""

from __future__ import annotations

from cxresearch.reading.context import Context
from cxresearch.reading.extract import Hit
from cxresearch.reading.subject import is_organisation

LIKENED = 4  # words of a comparison
ANNOUNCED = 7  # words between a verb of saying and its *dat*


def announced(context: Context, cue: Hit) -> bool:
    """Whether a *zou* repeats what the customer said that he will do (*ik zei dat ik naar de krant zou stappen*)."""
    words, lexicon = context.reading.words, context.lexicon
    low = context.bounds.sentence[cue.first][0]
    that = next((i for i in range(cue.first - 1, low, -1) if words[i] == "dat"), low)
    before = words[max(low, that - ANNOUNCED) : that]
    return not lexicon.announcing.isdisjoint(before) and not lexicon.customer.isdisjoint(before)


def hearsay(context: Context, cue: Hit, kind: str) -> bool:
    """Whether a *zou* gives what others say (*geweigerd omdat mijn handtekening niet zou kloppen*).

    A rule is always somebody's words (*de wachttijd zou zes weken zijn*), unless the customer supposes it.
    """
    words, lexicon = context.reading.words, context.lexicon
    if kind == "rule_citation" and lexicon.customer.isdisjoint(words[slice(*context.bounds.sentence[cue.first])]):
        return True
    if any(said.last <= cue.first for said in context.in_sentence("reported", cue)):
        return True
    return words[context.bounds.clause[cue.first][0]] in lexicon.reasons


def told_moment(context: Context, cue: Hit, past: bool) -> bool:
    """Whether an *als* or *wanneer* tells of a moment (*als zij terugbelt, blijkt …*) and sets no condition."""
    words, lexicon = context.reading.words, context.lexicon
    if words[cue.first] not in lexicon.when:
        return False
    low, high = context.bounds.clause[cue.first]
    following = words[high : context.bounds.sentence[cue.first][1]]
    if any(word in lexicon.conditional for word in (*words[low:high], *following)):
        return False
    if not past and not (lexicon.supposed.isdisjoint(words[low:high]) and lexicon.will.isdisjoint(following)):
        return False
    if any(words[i] in lexicon.then and not words[i - 1].endswith(("er", "ers")) for i in range(low + 1, high)):
        return False
    if past:
        return True
    # in the present only a person who acts makes a moment: *als zij belt*, but not *als het bedrag klopt*
    opening = words[low : min(low + 5, high)]
    # *als je belt, zeggen ze ...* in a story: the writer's own case
    told_you = not lexicon.you.isdisjoint(opening) and any(is_organisation(lexicon, word) for word in following)
    yours = told_you and is_telling(context, cue)
    acts = yours or any(word in lexicon.customer or is_organisation(lexicon, word) for word in opening)
    own = not lexicon.customer.isdisjoint(words[low : min(low + 3, high)])  # als ik bel, dan krijg ik een bandje
    answered = not own and not lexicon.then.isdisjoint(following[:3])
    return acts and not answered and (yours or lexicon.anyone.isdisjoint(opening))


def likens(context: Context, cue: Hit) -> bool:
    """Whether an *als* compares: no verb stands behind it in its clause (*trots als een pauw*)."""
    lexicon = context.lexicon
    behind = context.reading.words[cue.first + 1 : context.bounds.clause[cue.first][1]]
    verbs = lexicon.finite | lexicon.infinitives
    return context.reading.words[cue.first] in lexicon.likening and len(behind) <= LIKENED and verbs.isdisjoint(behind)


def is_telling(context: Context, hit: Hit) -> bool:
    """Whether a story is being told where a hit stands, and no advice: the sentence before it tells what was.

    *Er kwam een brief. Bellen kan je niet.* Behind talk of customers and firms in general it is no story.
    """
    words, lexicon = context.reading.words, context.lexicon
    low, high = context.bounds.sentence[hit.first]
    before = words[context.bounds.sentence[low - 1][0] : low] if low else []
    told = lexicon.past | lexicon.participles | lexicon.first_person
    return not told.isdisjoint(before) and lexicon.clients.isdisjoint([*before, *words[low:high]])


def governs(context: Context, cue: Hit, hit: Hit) -> bool:
    """Whether a modal belongs to the clause of the hit.

    A finite verb behind an *en* parts them (*ik wil opzeggen en word gebeld*), and so does *dat* or *of*.
    """
    words, parting = context.reading.words, context.lexicon.subordinators
    first, last = min(cue.last, hit.last), max(hit.first, cue.first)
    if cue.rule.cue == "plan":  # ik overweeg om op te zeggen
        parting = parting - context.lexicon.purpose
    if cue.anchor not in hit.tokens and not context.lexicon.past.isdisjoint(words[i] for i in hit.tokens):
        return False  # a finite verb of its own: kreeg iemand die zei ga maar
    low, high = context.bounds.clause[cue.first]
    if words[cue.first] in context.lexicon.went and not context.lexicon.being.isdisjoint(words[low:high]):
        return False  # ik ben gaan bellen
    return parting.isdisjoint(words[first : last + 1]) and not new_verb(context, first, last)


def new_verb(context: Context, first: int, last: int) -> bool:
    """Whether between two tokens an *en* is followed by a finite verb: another clause begins there."""
    words, lexicon = context.reading.words, context.lexicon
    behind = (words[i + 1 : min(i + 3, last + 1)] for i in range(first, last) if words[i] in lexicon.coordinating)
    return any(not lexicon.finite.isdisjoint(two) for two in behind)


def condition_before(context: Context, hit: Hit) -> Hit | None:
    """The condition in an earlier clause of the sentence (*als het klopt, krijgt u bericht*), or none."""
    low = context.bounds.clause[hit.first][0]
    for cue in context.in_sentence("condition", hit):
        if cue.first < low and not told_moment(context, cue, False):
            return cue
    return None
