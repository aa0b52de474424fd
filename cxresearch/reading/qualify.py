"""From a hit to a mention with its qualifiers: who does it, whether it happened, who says so.

Every qualifier that is not the plain one keeps the words that decided it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cxresearch.codebook import event_types
from cxresearch.reading.context import Context, Cue
from cxresearch.reading.extract import Hit
from cxresearch.reading.quantities import Quantity
from cxresearch.reading.realis import negation, realis
from cxresearch.reading.subject import among_others, checked, subject
from cxresearch.reading.text import Quotation

OF_ANOTHER = 5  # words that a quantity is held to be farther off where it measures the noun before it


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


def actor(context: Context, hit: Hit, quotation: Quotation | None) -> tuple[str | None, Cue | None]:
    """Return who does it, none where it is nobody of the story's two sides, and the cue."""
    wanted = hit.rule.attributes.get("actor") or event_types()[hit.rule.type].actor
    talks = hit.rule.type == "contact" and hit.rule.attributes.get("channel") != "visit"
    if talks and among_others(context.reading, context.bounds, hit, context.lexicon):
        return None, None
    speaker = quotation.speaker if quotation else None
    if wanted != "subject":
        return checked(context.reading, context.bounds, hit, context.lexicon, speaker, wanted), None
    who, token = subject(context.reading, context.bounds, hit, context.lexicon, speaker)
    if token is None:
        return who, None
    start, end = context.reading.starts[token], context.reading.ends[token]
    return who, ("actor", who or "nobody", context.reading.text[start:end], start, end)


def holds(context: Context, hit: Hit) -> bool:
    """Whether a hit stands in the words of those in whose words its rule holds (rule key `speech`)."""
    if not hit.rule.speech:
        return True
    speaker = context.said_by(hit, context.quotation(context.reading.starts[hit.first]))
    return speaker != "organisation" if hit.rule.speech == "narrator" else speaker == hit.rule.speech


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
        cues.append(("realis", how, why, start, start) if isinstance(why, str) else context.words(why, "realis", how))
    if "channel" in event_types()[kind].takes and "channel" not in attributes:
        attributes["channel"] = _channel(context, hit)
    spoken = quotation if quotation is not None and quotation.marked else None
    if spoken is not None and spoken.cue:
        cues.append(("speaker", spoken.speaker or "", spoken.cue, spoken.cue_start, spoken.cue_end))
    elif spoken is not None and spoken.speaker:
        cues.append(("speaker", spoken.speaker, "nobody else named", start, start))
    cues += [context.words(c, "irony", "marked") for c in context.of("irony", hit)]
    mention = Mention(
        rule.id, kind, start, end, hit.first, hit.last, reading.sentence_of[hit.first], polarity=polarity, realis=how,
        actor=who, voice="quoted" if spoken else "narrated", speaker=spoken.speaker if spoken else None,
        cues=tuple(cues), **{k: v for k, v in attributes.items() if k not in ("type", "drop")},
    )  # fmt: skip
    return mention


def _channel(context: Context, hit: Hit) -> str | None:
    """Return the one channel that the words of a hit tell, or else of its clause or sentence; none of two."""
    words, channels, bounds = context.reading.words, context.lexicon.channels, context.bounds
    for low, high in ((hit.first, hit.last), bounds.clause[hit.first], bounds.sentence[hit.first]):
        if found := {channels[word] for word in words[low:high] if word in channels}:
            return found.pop() if len(found) == 1 else None
    return None


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
                if context.reading.words[quantity.first - 1] in context.lexicon.of:  # een gesprek van 1 minuut
                    distance += OF_ANOTHER
                same = context.bounds.clause[mention.first] == context.bounds.clause[quantity.first] or distance == 0
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
