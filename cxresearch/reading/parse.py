"""The one way through: a narrative's text to its event mentions; one process or many, the same bytes."""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cxresearch.codebook import event_types
from cxresearch.corpus import Narrative
from cxresearch.events import Event
from cxresearch.reading.context import Context
from cxresearch.reading.episodes import episodes
from cxresearch.reading.extract import Hit, clauses, hits, settle
from cxresearch.reading.lexicon import Lexicon, lexicon
from cxresearch.reading.matcher import Matcher
from cxresearch.reading.qualify import Mention, bind, holds, qualify
from cxresearch.reading.quantities import quantities
from cxresearch.reading.rules import Example, Rule, Ruleset, load_rules
from cxresearch.reading.text import Reading, read

ASSERTED = ("actual", "prospective")
NEXT = 4  # words between an attempt and the silence that follows it
BESIDE = 2  # characters between direct speech and the words that report it
LONGEST_SPEECH = 200  # characters of direct speech that one mention may hold


@dataclass(frozen=True, slots=True)
class Parser:
    """A rule set made ready: compile once, use for every text."""

    ruleset: Ruleset
    matcher: Matcher
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class ParsedNarrative:
    """A narrative with its events."""

    narrative: Narrative
    events: tuple[Event, ...]

    def __repr__(self) -> str:
        return f"<{self.narrative.id}: {len(self.events)} events>"

    def _repr_html_(self) -> str:
        from cxresearch.show import parsed_html

        return parsed_html(self.narrative, self.events)


def make_parser(ruleset: Ruleset) -> Parser:
    """Return a parser for a rule set."""
    return Parser(ruleset, Matcher(ruleset), lexicon(ruleset))


@functools.cache
def parser_for(language: str) -> Parser:
    """Return the parser of the package's own rules for a language, compiled once a process."""
    parser = make_parser(load_rules(language))
    gc.collect()
    gc.freeze()  # the rules live as long as the process: the collector need not go through them again and again
    return parser


def mentions(text: str, parser: Parser, only: str | None = None) -> tuple[Reading, list[Mention]]:
    """Return the reading of a text and its event mentions in the order of telling.

    `only` names the one rule that may find events, for proving it on its own; it is not asked for what others find.
    """
    reading = read(text)
    bounds = clauses(reading, parser.matcher, parser.lexicon)
    events: list[Hit] = []
    cues: list[Hit] = []
    for hit in hits(reading, bounds, parser.matcher):
        if hit.rule.cue:
            cues.append(hit)
        elif only is None or hit.rule.id == only:
            events.append(hit)
    context = Context(reading, bounds, settle(cues, "cue"), quantities(reading), parser.lexicon)
    events = [hit for hit in events if holds(context, hit)]
    free = [hit for hit in events if only is not None or not hit.rule.told]
    found = _read(context, free)
    if len(free) < len(events) and (told := [hit for hit in events if _told_before(hit, found)]):
        found = _read(context, [*free, *told])
    found = _joined(context, _with_speech(context, found), parser.ruleset)
    return reading, _told_once(_absorbed(_without_twins(_after_promises(found, parser.ruleset))))


def _read(context: Context, events: Sequence[Hit]) -> list[Mention]:
    """Return the mentions that hits make, in the order of telling."""
    events = settle(events, "type")
    by_sentence: dict[int, list[Hit]] = {}
    for hit in events:
        by_sentence.setdefault(context.reading.sentence_of[hit.first], []).append(hit)
    found = [m for hit in events if (m := qualify(context, hit, by_sentence[context.reading.sentence_of[hit.first]]))]
    return bind(context, _one_per(context, _one_act(context, _without_twins(found))))


def _told_before(hit: Hit, found: Iterable[Mention]) -> bool:
    """Whether the story has told one of the events that a rule asks for (rule key `told`) before a hit."""
    return any(
        mention.type in hit.rule.told
        and mention.last <= hit.first
        and mention.realis == "actual"
        and mention.polarity == "affirmed"
        for mention in found
    )


def _without_twins(found: Sequence[Mention]) -> list[Mention]:
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


def _one_act(context: Context, found: Sequence[Mention]) -> list[Mention]:
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
            joined = replace(before, end=end, last=last, subtype=subtype, channel=channel, cues=cues)
            kept[kept.index(before)] = joined
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


def _one_per(context: Context, found: Sequence[Mention]) -> list[Mention]:
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


def _with_speech(context: Context, found: Sequence[Mention]) -> list[Mention]:
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


def _absorbed(found: Sequence[Mention]) -> list[Mention]:
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


def _told_once(found: Sequence[Mention]) -> list[Mention]:
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


def _joined(context: Context, found: Sequence[Mention], ruleset: Ruleset) -> list[Mention]:
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


def _after_promises(found: Sequence[Mention], ruleset: Ruleset) -> list[Mention]:
    """Give a mention the type that it has once the story told a promise (rule key `after`)."""
    told: set[str] = set()
    result = []
    for mention in found:
        for earlier, becomes in ruleset.by_id[mention.rule_id].after.items():
            if earlier in told:
                mention = replace(mention, type=becomes, duration=None)
        if mention.realis == "actual" and mention.polarity == "affirmed":
            told.add(mention.type)
        result.append(mention)
    return result


def parse(narrative: Narrative, parser: Parser | None = None) -> ParsedNarrative:
    """Return a narrative with its structured, explained events.

    Parameters
    ----------
    narrative : Narrative
    parser : Parser, optional
        Default: the package's rules for the narrative's language.

    Returns
    -------
    ParsedNarrative
    """
    parser = parser or parser_for(narrative.language)
    reading, found = mentions(narrative.text, parser)
    stretches, numbers = episodes(reading, found, narrative.industry, narrative.language)
    industry = {episode.number: episode.industry for episode in stretches}
    events = []
    for order, (mention, number) in enumerate(zip(found, numbers, strict=True), 1):
        events.append(_event(narrative, mention, order, number, industry.get(number) if number else None))
    return ParsedNarrative(narrative, tuple(events))


def _event(narrative: Narrative, m: Mention, order: int, episode: int | None, industry: str | None) -> Event:
    source_start, source_end = narrative.source_span(m.start, m.end)
    return Event(
        narrative.id, f"{narrative.id}#{order}", episode, industry, order, m.sentence + 1, m.type, m.subtype,
        m.start, m.end, source_start, source_end, narrative.text[m.start : m.end], m.polarity, m.realis, m.actor,
        m.voice, m.speaker, m.valence, m.channel, m.answered, m.count, m.duration, m.amount, m.currency, m.deadline,
        m.rule_id, m.cues,
    )  # fmt: skip


def prove(ruleset: Ruleset) -> list[str]:
    """Run every rule on its own examples.

    Each rule runs alone with the cues, so that it cannot lean on another. Returns what fails, each as
    `file:line: id: reason`; nothing where all is proved. A known failure that has come right is reported too.
    """
    parser = make_parser(ruleset)
    return [f"{rule.file}:{rule.line}: {rule.id}: {what}" for rule in ruleset.rules for what in _unproved(rule, parser)]


def _unproved(rule: Rule, parser: Parser) -> Iterator[str]:
    for example in rule.match:
        found = _spans(rule, example, parser)
        if (example.start, example.end) not in found:
            yield f"does not find the marked hit of {_show(example)}; {_found(example, found)}"
    for example in rule.known_failures:
        if (example.start, example.end) in _spans(rule, example, parser):
            yield f"finds {_show(example)} by now: move it from known_failures to match"
    for example in rule.avoid:
        if found := _spans(rule, example, parser):
            yield f"must avoid {example.text!r}; {_found(example, found)}"


def _spans(rule: Rule, example: Example, parser: Parser) -> list[tuple[int, int]]:
    if rule.type:
        return [(m.start, m.end) for m in mentions(example.text, parser, rule.id)[1]]
    reading = read(example.text)
    bounds = clauses(reading, parser.matcher, parser.lexicon)
    found = settle((h for h in hits(reading, bounds, parser.matcher) if h.rule is rule), "cue")
    return [(reading.starts[h.first], reading.ends[h.last - 1]) for h in found]


def _show(example: Example) -> str:
    return repr(
        f"{example.text[: example.start]}{{{example.text[example.start : example.end]}}}{example.text[example.end :]}"
    )


def _found(example: Example, found: Iterable[tuple[int, int]]) -> str:
    words = [repr(example.text[start:end]) for start, end in found]
    return f"it finds {', '.join(words)}" if words else "it finds nothing"
