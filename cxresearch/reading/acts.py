"""Which acts the mentions tell: one act may be told in two expressions, or by two rules at once (CODEBOOK 1).

Each function takes mentions in the order of telling and returns them so.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import replace

from cxresearch.codebook import event_types
from cxresearch.reading.context import Context
from cxresearch.reading.qualify import Mention
from cxresearch.reading.rules import Ruleset

ASSERTED = ("actual", "prospective")
NEXT = 4  # words between an attempt and the silence that follows it
BESIDE = 2  # characters between direct speech and the words that report it
OPEN = 4  # sentences after a promise in which what does not come breaks it
LONGEST_SPEECH = 200  # characters of direct speech that one mention may hold


def without_twins(found: Sequence[Mention]) -> list[Mention]:
    """Of mentions of one type that overlap keep the longest, unless their channels tell two acts apart.

    Two rules may find the same act by different words, and an act inside a promise becomes a promise itself.
    """
    kept: dict[tuple[str, int], list[Mention]] = {}
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start, m.rule_id)):
        rivals = kept.setdefault((mention.type, mention.sentence), [])
        if not any(
            other.start < mention.end
            and mention.start < other.end
            and (other.channel == mention.channel or None in (other.channel, mention.channel))
            for other in rivals
        ):
            rivals.append(mention)
    return sorted(itertools.chain(*kept.values()), key=lambda m: (m.start, m.end, m.rule_id))


def one_act(context: Context, found: Sequence[Mention]) -> list[Mention]:
    """Make one of neighbouring mentions of a type in one clause: two acts are parted by *en*, a comma or a channel.

    *Als goedmaker kreeg ik 50 euro gestort* tells one compensation in two expressions.
    """
    kept: list[Mention] = []
    for mention in found:
        before = next((m for m in reversed(kept) if m.type == mention.type), None)
        if before is not None and _same_act(context, before, mention):
            subtype, channel = before.subtype or mention.subtype, before.channel or mention.channel
            end, last = max(before.end, mention.end), max(before.last, mention.last)
            cues = (*before.cues, *(cue for cue in mention.cues if cue not in before.cues))
            whole = replace(before, end=end, last=last, subtype=subtype, channel=channel, cues=cues)
            kept[kept.index(before)] = whole
        else:
            kept.append(mention)
    return kept


def _same_act(context: Context, one: Mention, other: Mention) -> bool:
    """Whether two mentions of a type may tell one act: in one clause, with nothing that sets them apart."""
    clause, between = context.bounds.clause, context.reading.words[one.last : other.first]
    alike = ("polarity", "realis", "actor", "valence", "voice", "speaker")
    return (
        clause[one.first] == clause[other.first]
        and all(getattr(one, name) == getattr(other, name) for name in alike)
        and (one.subtype == other.subtype or None in (one.subtype, other.subtype))
        and (one.channel == other.channel or None in (one.channel, other.channel))
        and context.lexicon.coordinating.isdisjoint(between)
    )


def one_per(context: Context, found: Sequence[Mention]) -> list[Mention]:
    """Keep one request a sentence, one treatment a sentence and valence, one rule citation a clause."""
    seen: set[tuple[object, ...]] = set()
    kept = []
    for mention in found:
        unit = event_types()[mention.type].one_per
        if unit:
            place = mention.sentence if unit == "sentence" else context.bounds.clause[mention.first]
            key = (mention.type, mention.valence, place, mention.realis in ASSERTED)
            if key in seen:
                continue
            seen.add(key)
        kept.append(mention)
    return kept


def with_speech(context: Context, found: Sequence[Mention]) -> list[Mention]:
    """Let a mention whose words report direct speech hold that speech (*“Mag ik mijn geld terug?” vroeg ik*)."""
    result = []
    for mention in found:
        for quotation in context.reading.quotations:
            told = quotation.marked and quotation.cue_start <= mention.start and mention.end <= quotation.cue_end
            near = 0 <= mention.start - quotation.end <= BESIDE or 0 <= quotation.start - mention.end <= BESIDE
            if told and near and quotation.end - quotation.start <= LONGEST_SPEECH:
                start, end = min(mention.start, quotation.start), max(mention.end, quotation.end)
                mention = replace(mention, start=start, end=end, voice="quoted", speaker=quotation.speaker)
                break
        result.append(mention)
    return sorted(result, key=lambda m: (m.start, m.end, m.rule_id))


def absorbed(found: Sequence[Mention]) -> list[Mention]:
    """Leave out a call or letter of the organisation that never came, or is to come, where a promise tells of it."""
    first = next((m.end for m in found if m.type == "promise"), None)
    holders = [m for m in found if m.type == "promise" or (m.type == "broken_promise" and first and first <= m.start)]
    return [
        mention
        for mention in found
        if not (
            (mention.type, mention.actor) == ("contact", "organisation")
            and (mention.polarity == "negated" or mention.realis == "prospective")
            and any(h.start < mention.end and mention.start < h.end for h in holders)
        )
    ]


def told_once(found: Sequence[Mention]) -> list[Mention]:
    """Leave out a mention in the words of one that tells the same act more closely (`yields_to` in types.toml).

    *U wordt teruggebeld* is a promise and not also a call. One that brings its own quantity stays.
    """
    return [
        mention
        for mention in found
        if mention.realis not in ASSERTED
        or (mention.duration or mention.amount or mention.count)
        or not any(
            other.type in event_types()[mention.type].yields_to
            and other.realis in ASSERTED
            and 2 * (min(mention.end, other.end) - max(mention.start, other.start)) >= mention.end - mention.start
            for other in found
        )
    ]


def joined(context: Context, found: Sequence[Mention], ruleset: Ruleset) -> list[Mention]:
    """Let silence right behind an attempt to make contact belong to it (rule key `joins`; CODEBOOK 1, decisions).

    Silence of which the text tells how long it lasts stays a mention of its own.
    """
    kept: list[Mention] = []
    for mention in found:
        kind, before = ruleset.by_id[mention.rule_id].joins, kept[-1] if kept else None
        if (
            kind
            and before is not None
            and before.type == kind
            and (before.actor, before.polarity, before.realis) == ("customer", "affirmed", "actual")
            and (mention.polarity, mention.realis, mention.duration) == ("affirmed", "actual", None)
            and mention.first - before.last <= NEXT
        ):
            words = context.reading.text[mention.start : mention.end]
            cue = ("answered", "false", words, mention.start, mention.end)
            end, last = max(before.end, mention.end), max(before.last, mention.last)
            kept[-1] = replace(before, end=end, last=last, answered=False, cues=(*before.cues, cue))
        else:
            kept.append(mention)
    return kept


def told_before(types: Collection[str], earlier: Sequence[Mention], sentence: int) -> str | None:
    """Return which of some event types the story has told before a sentence, with `earlier` what it told until there.

    A promise counts while it is open: until the customer makes contact again, and for OPEN sentences.
    """
    for mention in reversed(earlier):
        stale = mention.type == "promise" and sentence - mention.sentence > OPEN
        if mention.type in types and (mention.realis, mention.polarity) == ("actual", "affirmed") and not stale:
            return mention.type
        if (mention.type, mention.actor, mention.realis) == ("contact", "customer", "actual"):
            types = set(types) - {"promise"}
    return None


def _of_type(mention: Mention, kind: str) -> Mention:
    """Return a mention as one of another type, without the qualifiers that only its own type had."""
    if kind == mention.type:
        return mention
    actor = event_types()[kind].actor
    return replace(
        mention, type=kind, duration=None, channel=None, answered=None, polarity="affirmed",
        actor=mention.actor if actor == "subject" else actor,
    )  # fmt: skip


def after_promises(found: Sequence[Mention], ruleset: Ruleset) -> list[Mention]:
    """Give a mention the type that it has once the story told of an open promise (rule key `after`)."""
    result: list[Mention] = []
    for mention in found:
        after = ruleset.by_id[mention.rule_id].after
        if after and (earlier := told_before(after.keys(), result, mention.sentence)):
            mention = _of_type(mention, after[earlier])
        result.append(mention)
    return result
