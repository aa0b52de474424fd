"""The one way through: a narrative's text to its event mentions; one process or many, the same bytes."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cxresearch.corpus import Narrative
from cxresearch.events import Event
from cxresearch.reading.acts import (
    absorbed,
    after_promises,
    joined,
    one_act,
    one_per,
    told_before,
    told_once,
    with_speech,
    without_twins,
)
from cxresearch.reading.context import Context
from cxresearch.reading.episodes import episodes
from cxresearch.reading.extract import Hit, clauses, hits, settle
from cxresearch.reading.lexicon import Lexicon, lexicon
from cxresearch.reading.matcher import Matcher
from cxresearch.reading.qualify import Mention, bind, holds, qualify
from cxresearch.reading.quantities import quantities
from cxresearch.reading.rule import Example, Rule
from cxresearch.reading.rules import Ruleset, load_rules
from cxresearch.reading.text import Reading, read


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


def parser_for(language: str) -> Parser:
    """Return the parser of the rules for a language (`load_rules`), compiled once a process."""
    return _made(load_rules(language))


@functools.cache
def _made(ruleset: Ruleset) -> Parser:
    return make_parser(ruleset)


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
    if len(free) < len(events) and (told := [hit for hit in events if _told_before(context, hit, found)]):
        found = _read(context, [*free, *told])
    found = joined(context, with_speech(context, found), parser.ruleset)
    return reading, told_once(absorbed(without_twins(after_promises(found, parser.ruleset))))


def _read(context: Context, events: Sequence[Hit]) -> list[Mention]:
    """Return the mentions that hits make, in the order of telling."""
    events = settle(events, "type")
    by_sentence: dict[int, list[Hit]] = {}
    for hit in events:
        by_sentence.setdefault(context.reading.sentence_of[hit.first], []).append(hit)
    found = [m for hit in events if (m := qualify(context, hit, by_sentence[context.reading.sentence_of[hit.first]]))]
    return bind(context, one_per(context, one_act(context, without_twins(found))))


def _told_before(context: Context, hit: Hit, found: Iterable[Mention]) -> bool:
    """Whether the story has told one of the events that a rule asks for (rule key `told`) before a hit."""
    earlier = [mention for mention in found if mention.last <= hit.first]
    return told_before(hit.rule.told, earlier, context.reading.sentence_of[hit.first]) is not None


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


def prove(ruleset: Ruleset, rules: Sequence[Rule] | None = None) -> list[str]:
    """Run every rule on its own examples; or only some rules of a set.

    Each rule runs alone with the cues, so that it cannot lean on another. Returns what fails, each as
    `file:line: id: reason`; nothing where all is proved. A known failure that has come right is reported too.
    """
    proved = ruleset.rules if rules is None else rules
    alone = {rule.id: rule for rule in (*proved, *(rule for rule in ruleset.rules if rule.cue))}
    parser = make_parser(replace(ruleset, rules=tuple(alone.values())))
    return [f"{rule.file}:{rule.line}: {rule.id}: {what}" for rule in proved for what in _unproved(rule, parser)]


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
