"""Polarity, realis, actor, voice and speaker of a mention, each with the cue that decided it.

The order of judgement is that of CODEBOOK 2. What the words of a cue are stands in `codebook/<language>/cues.toml`;
what a kind of cue does to a mention stands here.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cxresearch.codebook import event_types
from cxresearch.reading.extract import Clauses, Hit
from cxresearch.reading.quantities import Quantity
from cxresearch.reading.subject import Lexicon, is_organisation, subject
from cxresearch.reading.text import Quotation, Reading

Cue = tuple[str, str, str, int, int]  # qualifier, value, words, start, end
SCOPE_END = frozenset("dat die om waar wat of doordat omdat".split())
JOINING = SCOPE_END | {"en", "toch", "dus"}
# Types that an imperative asks for, so that nothing has happened yet (*toon begrip*, *los het op*).
ASKED_FOR = frozenset("treatment apology resolution compensation contact exit explanation wait".split())
NEAR = 7


@dataclass(frozen=True, slots=True)
class Mention:
    """An event mention in its text, before it becomes a row of the event table."""

    rule_id: str
    type: str
    start: int
    end: int
    first: int
    last: int
    sentence: int
    subtype: str | None = None
    polarity: str = "affirmed"
    realis: str = "actual"
    actor: str = "organisation"
    voice: str = "narrated"
    speaker: str | None = None
    valence: str | None = None
    channel: str | None = None
    answered: bool | None = None
    count: int | None = None
    duration: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    deadline: str | None = None
    cues: tuple[Cue, ...] = ()


class Context:
    """What surrounds the mentions of one text: cues by sentence, quotations, quantities by sentence."""

    def __init__(
        self,
        reading: Reading,
        bounds: Clauses,
        cues: Sequence[Hit],
        quantities: Sequence[Quantity],
        lexicon: Lexicon,
    ) -> None:
        self.reading, self.bounds, self.lexicon = reading, bounds, lexicon
        self.cues: dict[int, list[Hit]] = {}
        for hit in cues:
            self.cues.setdefault(reading.sentence_of[hit.first], []).append(hit)
        self.quantities: dict[int, list[Quantity]] = {}
        for quantity in quantities:
            self.quantities.setdefault(reading.sentence_of[quantity.first], []).append(quantity)
        self.quote_starts = [q.start for q in reading.quotations]

    def quotation(self, offset: int) -> Quotation | None:
        at = bisect.bisect_right(self.quote_starts, offset) - 1
        if at >= 0 and offset < self.reading.quotations[at].end:
            return self.reading.quotations[at]
        return None

    def words(self, hit: Hit, qualifier: str, value: str) -> Cue:
        start, end = self.reading.starts[hit.first], self.reading.ends[hit.last - 1]
        return qualifier, value, self.reading.text[start:end], start, end

    def of(self, kind: str, hit: Hit) -> list[Hit]:
        """The cues of a kind that hold for a hit: in its clause, or sentence-wide ones in its sentence.

        A cue among the hit's own words is part of its meaning and no cue.
        """
        low, high = self.bounds.clause[hit.first][0], self.bounds.clause[hit.last - 1][1]
        own = set(hit.tokens)
        return [
            cue
            for cue in self.cues.get(self.reading.sentence_of[hit.first], ())
            if cue.rule.cue == kind
            and cue.anchor not in own
            and (cue.rule.attributes.get("scope") == "sentence" or low <= cue.first < high)
        ]


def negation(context: Context, hit: Hit, others: Sequence[Hit]) -> Hit | None:
    """Return the cue that negates a hit, or none."""
    reading, bounds = context.reading, context.bounds
    pseudo = context.of("pseudo_negation", hit)
    # a negation that is part of what another hit means, beside this one, is spent (*zonder uitleg geblokkeerd*)
    spent = {i for other in others if other.last <= hit.first or hit.last <= other.first for i in other.tokens}
    negating = []
    for cue in context.of("negation", hit):
        if cue.anchor in spent or any(p.first <= cue.first < p.last for p in pseudo):
            continue
        if hit.first < cue.first < hit.last:
            negating.append(cue)
        elif cue.first < hit.first:
            between = reading.words[cue.last : hit.first]
            if SCOPE_END & set(between) or len(between) > 2 * NEAR:
                continue
            if cue.rule.attributes.get("scope") == "clause" and any(
                cue.last <= other.first < hit.first and other.rule.type != hit.rule.type for other in others
            ):
                continue
            negating.append(cue)
        else:
            at_end = cue.last == bounds.clause[cue.first][1]
            if cue.rule.attributes.get("scope") != "clause" and not at_end:
                continue
            behind = any(cue.last <= other.first < bounds.clause[cue.first][1] for other in others)
            between = reading.words[hit.last : cue.first]
            if not behind and len(between) < NEAR and JOINING.isdisjoint(between):
                negating.append(cue)
    return negating[0] if negating else None


def realis(
    context: Context, hit: Hit, kind: str, actor: str, quotation: Quotation | None
) -> tuple[str, Hit | str]:
    """Return the realis of a hit and the cue (or the word for it) that decided."""
    reading, bounds, lexicon = context.reading, context.bounds, context.lexicon
    policy = event_types()[kind].future
    by_organisation = quotation is not None and quotation.speaker == "organisation"
    low, high = bounds.sentence[hit.first]
    clause = bounds.clause[hit.first]
    words = reading.words

    def has(group: frozenset[str], start: int, end: int) -> bool:
        return any(word in group for word in words[start:end])

    first_person = has(lexicon.first_person, low, high)
    past = has(lexicon.past, *clause)
    if (
        _is_question(context, hit)
        and policy not in ("request", "promise")
        and not context.of("question_of_fact", hit)
        and not any(
            c.rule.cue == "question_of_fact" for c in context.cues.get(reading.sentence_of[hit.first], ())
        )
    ):
        return "hypothetical", "?"
    if (found := context.of("counterfactual", hit)) and kind != "promise":
        return "hypothetical", found[0]
    if (found := context.of("condition", hit)) and not _told_moment(context, found[0], past):
        generic = context.of("generic", hit)
        return ("generic", generic[0]) if generic and not first_person else ("hypothetical", found[0])
    if kind == "loyalty" and policy == "prospective" and (found := context.of("advice", hit)):
        return "actual", found[0]
    if not by_organisation and not past and not first_person:
        if found := context.of("advice", hit):
            return "generic", found[0]
        if found := [
            c for c in context.of("generic", hit) if quotation is None or "you" not in c.rule.attributes
        ]:
            return "generic", found[0]
    if kind in ASKED_FOR and not past and not first_person and _is_imperative(context, hit):
        return "generic", "imperative"
    if policy not in ("promise", "request"):
        if found := context.of("would", hit):
            return ("promised" if policy == "promised" and quotation is None else "hypothetical"), found[0]
        if (found := context.of("possibility", hit)) and policy != "request" and kind != "emotion":
            return "hypothetical", found[0]
        coming = [cue for cue in context.of("future", hit) + context.of("plan", hit) if _governs(context, cue, hit)]
        found = [cue for cue in coming if cue.rule.cue == "future"]
        if found and words[found[0].first] not in lexicon.past:
            if policy == "promised" and actor == "organisation":
                return "promised", found[0]
            if policy:
                return "prospective", found[0]
        if coming and policy and words[coming[0].first] not in lexicon.past:
            return "prospective", coming[0]
        if (
            policy == "promised"
            and actor == "organisation"
            and not past
            and (cue := _condition_before(context, hit))
        ):
            return "promised", cue
    return "actual", ""


def _generic(context: Context, hit: Hit, quotation: Quotation | None) -> list[Hit]:
    """The cues that a hit tells of anyone.

    *je* is anyone in its clause and in those behind it, and only where nothing in the sentence is past or quoted.
    """
    low, high = context.bounds.sentence[hit.first]
    told = quotation is not None or not context.lexicon.past.isdisjoint(context.reading.words[low:high])
    clause_end = context.bounds.clause[hit.last - 1][1]
    return [
        cue
        for cue in context.of("generic", hit)
        if not cue.rule.attributes.get("you") or (not told and cue.first < clause_end)
    ]


def _is_question(context: Context, hit: Hit) -> bool:
    """Whether the hit is asked: a question mark closes its clause, or a sentence that opens as a question.

    *?!* and *!?* cry out and do not ask.
    """
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


def _told_moment(context: Context, cue: Hit, past: bool) -> bool:
    """Whether an *als* or *wanneer* tells of a moment (*als zij terugbelt, blijkt …*) and sets no condition."""
    words, lexicon = context.reading.words, context.lexicon
    if words[cue.first] not in lexicon.when:
        return False
    low, high = context.bounds.clause[cue.first]
    following = words[high : context.bounds.sentence[cue.first][1]]
    if any(word in lexicon.conditional for word in (*words[low:high], *following)):
        return False
    if past:
        return True
    # in the present only a person who acts makes a moment: *als zij belt*, but not *als het bedrag klopt*
    acts = any(word in lexicon.customer or is_organisation(lexicon, word) for word in words[low : low + 5])
    return acts and "dan" not in following[:3] and lexicon.anyone.isdisjoint(words[low : low + 5])


def _governs(context: Context, cue: Hit, hit: Hit) -> bool:
    """Whether no finite verb behind an *en* parts a modal from the hit (*ik wil opzeggen en word gebeld*)."""
    words, lexicon = context.reading.words, context.lexicon
    between = range(cue.last, min(hit.first + 1, len(words) - 1))
    return not any(words[i] == "en" and words[i + 1] in lexicon.finite for i in between)


def _condition_before(context: Context, hit: Hit) -> Hit | None:
    """The condition in an earlier clause of the sentence (*als het klopt, krijgt u bericht*), or none."""
    low = context.bounds.clause[hit.first][0]
    for cue in context.cues.get(context.reading.sentence_of[hit.first], ()):
        if cue.rule.cue == "condition" and cue.first < low and not _told_moment(context, cue, False):
            return cue
    return None


def _is_imperative(context: Context, hit: Hit) -> bool:
    """Whether the clause opens with a bare verb and no subject behind it (*toon begrip*)."""
    low, high = context.bounds.clause[hit.first]
    words, lexicon = context.reading.words, context.lexicon
    if low != hit.first or words[low] not in lexicon.imperatives:
        return False
    return low + 1 >= high or words[low + 1] not in lexicon.subjects


def actor(context: Context, hit: Hit, quotation: Quotation | None) -> tuple[str | None, Cue | None]:
    """Return who does it, none where it is nobody of the story's two sides, and the cue."""
    wanted = hit.rule.attributes.get("actor") or event_types()[hit.rule.type].actor
    if wanted != "subject":
        return wanted, None
    speaker = quotation.speaker if quotation else None
    who, token = subject(context.reading, context.bounds, hit, context.lexicon, speaker)
    if token is None:
        return who, None
    start, end = context.reading.starts[token], context.reading.ends[token]
    return who, ("actor", who or "nobody", context.reading.text[start:end], start, end)


def qualify(context: Context, hit: Hit, others: Sequence[Hit]) -> Mention | None:
    """Return the mention that a hit makes, with its qualifiers, or none where it is no event.

    Parameters
    ----------
    context : Context
        Of the text in which the hit stands.
    hit : Hit
    others : sequence of Hit
        The event hits of the same sentence, among which negations are shared out.
    """
    reading, rule = context.reading, hit.rule
    start, end = reading.starts[hit.first], reading.ends[hit.last - 1]
    quotation = context.quotation(start)
    who, actor_cue = actor(context, hit, quotation)
    if who is None:
        return None
    cues: list[Cue] = [actor_cue] if actor_cue else []
    attributes: dict[str, Any] = dict(rule.attributes)
    attributes.pop("actor", None)
    kind, polarity = rule.type, attributes.pop("polarity", "affirmed")
    if (cue := negation(context, hit, others)) is not None:
        if rule.negated.get("drop"):
            return None
        if rule.negated:
            attributes |= rule.negated
            kind = attributes.pop("type", kind)
            cues.append(context.words(cue, "polarity", "in the meaning"))
        else:
            polarity = "affirmed" if polarity == "negated" else "negated"
            cues.append(context.words(cue, "polarity", polarity))
    if polarity == "negated" and cue is None:
        cues.append(context.words(hit, "polarity", "negated"))
    how, why = realis(context, hit, kind, who, quotation)
    if how == "promised":
        kind, how, attributes, who = "promise", "actual", {}, "organisation"
    if why:
        cues.append(
            ("realis", how, why, start, start) if isinstance(why, str) else context.words(why, "realis", how)
        )
    spoken = quotation if quotation is not None and quotation.marked else None
    if spoken is not None and spoken.cue:
        cues.append(("speaker", spoken.speaker or "", spoken.cue, spoken.cue_start, spoken.cue_end))
    cues += [context.words(c, "irony", "marked") for c in context.of("irony", hit)]
    mention = Mention(
        rule.id, kind, start, end, hit.first, hit.last, reading.sentence_of[hit.first], polarity=polarity, realis=how,
        actor=who, voice="quoted" if spoken else "narrated", speaker=spoken.speaker if spoken else None,
        cues=tuple(cues), **{k: v for k, v in attributes.items() if k not in ("type", "drop")},
    )  # fmt: skip
    return mention


def bind(context: Context, mentions: Sequence[Mention]) -> list[Mention]:
    """Give every quantity to the nearest mention of its sentence that takes its kind, one at most of a kind."""
    result = list(mentions)
    by_sentence: dict[int, list[int]] = {}
    for number, mention in enumerate(result):
        by_sentence.setdefault(mention.sentence, []).append(number)
    for sentence, quantities in context.quantities.items():
        numbers = by_sentence.get(sentence, [])
        pairs = []
        for quantity in quantities:
            for number in numbers:
                mention = result[number]
                if not _takes(mention, quantity):
                    continue
                distance = max(quantity.first - mention.last, mention.first - quantity.last, 0)
                same = (
                    context.bounds.clause[mention.first] == context.bounds.clause[quantity.first]
                    or distance == 0
                )
                if same or (distance <= 3 and quantity.kind != "duration"):
                    pairs.append((not same, distance, quantity.first, number, quantity))
        used: set[tuple[str, int]] = set()
        filled: set[tuple[str, int]] = set()
        for _, _, first, number, quantity in sorted(pairs, key=lambda p: p[:4]):
            if (quantity.kind, first) in used or (quantity.kind, number) in filled:
                continue
            used.add((quantity.kind, first))
            filled.add((quantity.kind, number))
            result[number] = _with(result[number], quantity)
    return result


def _takes(mention: Mention, quantity: Quantity) -> bool:
    if quantity.kind not in event_types()[mention.type].takes:
        return False
    if quantity.kind == "duration":
        if mention.type == "loyalty":
            return quantity.role in ("age", "span", "ago")
        return quantity.role != "age"
    return True


def _with(mention: Mention, quantity: Quantity) -> Mention:
    if quantity.kind == "duration":
        return replace(mention, duration=str(quantity.value) if quantity.value is not None else None)
    if quantity.kind == "amount":
        value = quantity.value if isinstance(quantity.value, Decimal) else None
        return replace(mention, amount=value, currency=quantity.currency if value is not None else None)
    if quantity.kind == "count":
        return replace(mention, count=int(quantity.value)) if isinstance(quantity.value, int) else mention
    return replace(mention, deadline=str(quantity.value))
