"""Looking at what was read: a narrative with its events marked, one event explained.

The HTML needs no script, no network and no other file, and shows the text exactly as it is.
"""

from __future__ import annotations

import functools
import html
import itertools
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Protocol

from cxresearch.codebook import EventType, event_types
from cxresearch.events import Event
from cxresearch.reading.rules import load_rules

PATTERNS = 4  # of a rule, in an explanation
WIDTH = 150  # characters of a pattern, in an explanation
ATTRIBUTES = ("channel", "answered", "count", "duration", "amount", "deadline")
QUALIFIERS = ("polarity", "realis", "actor", "voice", "speaker")


class Story(Protocol):
    """What is shown of a narrative."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def industry(self) -> str | None: ...


@functools.cache
def style() -> str:
    """Return the style sheet of marked texts; a page needs it once."""
    colours = (
        f".cx-{kind.name} {{ --c: {kind.colour}; --d: {darker(kind.colour)}; }}" for kind in event_types().values()
    )
    return css("marks.css") + "\n".join(colours) + "\n"


def css(name: str) -> str:
    """Return a style sheet of the package."""
    return files("cxresearch").joinpath(name).read_text(encoding="utf-8")


def darker(colour: str) -> str:
    """Return a colour that shows as a line on a background of the same hue.

    Examples
    --------
    >>> darker("#f0a050")
    '#840800'
    """
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{max(0, round(1.55 * channel - max(channels))):02x}" for channel in channels)


def narrative_html(text: str, events: Sequence[Event], *, language: str = "nl") -> str:
    """Return a text with its events marked, for a page that has `style()`.

    Where marks overlap, the background is that of the shortest mention and the others run below it as
    lines. What did not happen (negated, prospective, hypothetical, generic) is grey with a dashed
    border. The label before a mention is no part of the text: it is neither selected nor copied.

    Examples
    --------
    >>> narrative_html("Weg & wel < 3", [])
    '<div class="cx-text" lang="nl">Weg &amp; wel &lt; 3</div>'
    """
    events = [e for e in events if 0 <= e.start < e.end <= len(text)]
    points = sorted({0, len(text), *(e.start for e in events), *(e.end for e in events)})
    begins: dict[int, list[Event]] = {}
    for event in events:
        begins.setdefault(event.start, []).append(event)
    open_now: list[Event] = []
    parts = []
    for start, end in itertools.pairwise(points):
        open_now = [e for e in open_now if e.end > start] + begins.get(start, [])
        parts.append(_segment(_escape(text[start:end]), open_now, begins.get(start, [])))
    return f'<div class="cx-text" lang="{_escape(language)}">{"".join(parts)}</div>'


def _segment(words: str, covering: Sequence[Event], beginning: Sequence[Event]) -> str:
    if not covering:
        return words
    inner, *others = sorted(covering, key=lambda e: (e.end - e.start, e.order))
    lines = ", ".join(
        f"inset 0 -{2 * i}px 0 {darker(_kind(other.type).colour)}" for i, other in enumerate(others[:3], start=1)
    )
    tip = "\n".join(summary(e) for e in (inner, *others))
    attributes = [
        f'class="cx cx-{_escape(inner.type)}{"" if happened(inner) else " cx-off"}"',
        f'title="{_escape(tip)}" data-tip="{_escape(tip)}" tabindex="0"',
    ]
    if beginning:
        attributes.append(f'data-label="{_escape(" · ".join(label(e) for e in beginning))}"')
    if lines:
        attributes.append(f'style="box-shadow: {lines}"')
    return f"<span {' '.join(attributes)}>{words}</span>"


def happened(event: Event) -> bool:
    """Return whether the event is told as having happened: affirmed and actual."""
    return event.polarity == "affirmed" and event.realis == "actual"


def label(event: Event) -> str:
    """Return the short name of an event: its type, its sign, and what keeps it from having happened."""
    name = _kind(event.type).label_en if event.type != "resolution" else event.subtype or "resolution"
    sign = {"positive": " +", "negative": " −"}.get(event.valence or "", "")
    off = [value for value in (event.polarity, event.realis) if value not in ("affirmed", "actual")]
    return ", ".join([name + sign, *off])


def summary(event: Event) -> str:
    """Return an event in one line: type, qualifiers, attributes, rule."""
    kind = ": ".join(filter(None, (event.type, event.subtype)))
    voice = f"quoted ({event.speaker or 'speaker unknown'})" if event.voice == "quoted" else event.voice
    details = [event.polarity, event.realis, f"by {event.actor}", voice, event.valence, *details_of(event)]
    return f"{event.order}. {kind}; {', '.join(d for d in details if d)} [{event.rule_id}]"


def details_of(event: Event) -> list[str]:
    """Return the attributes that an event has, as "name value"."""
    values = {name: getattr(event, name) for name in ATTRIBUTES}
    if event.answered is not None:
        values["answered"] = "yes" if event.answered else "no"
    if event.amount is not None:
        values["amount"] = f"{event.amount:f} {event.currency or ''}".rstrip()
    return [f"{name} {value}" for name, value in values.items() if value is not None]


def parsed_html(narrative: Story, events: Sequence[Event]) -> str:
    """Return a narrative with its events for a notebook: style sheet, heading, key and text."""
    present = [kind for name, kind in event_types().items() if any(e.type == name for e in events)]
    heading = " · ".join(filter(None, (narrative.id, narrative.industry, f"{len(events)} events")))
    text = narrative_html(narrative.text, events, language=narrative.language)
    return f"<style>{style()}</style><p><strong>{_escape(heading)}</strong></p>{key_html(present)}{text}"


def key_html(kinds: Iterable[EventType]) -> str:
    """Return the key to the colours of these event types."""
    items = [
        f'<span class="cx cx-{kind.name}" title="{_escape(kind.definition)}">{_escape(kind.label_en)}</span>'
        for kind in kinds
    ]
    off = '<span class="cx cx-off" style="--d: #77777f">grey, dashed: told, but not as having happened</span>'
    return f'<p class="cx-key">{"".join(items)}{off}</p>' if items else ""


def explain(event: Event, rule: Any = None) -> str:
    r"""Return in plain text why an event is what it is: its words, rule, qualifiers and their cues.

    Parameters
    ----------
    event : Event
    rule : Rule, optional
        The rule that found it. By default it is looked up among the package's own rules.

    Examples
    --------
    >>> from cxresearch import corpus_from_texts, parse
    >>> story = corpus_from_texts(["Ik wacht al drie weken op een antwoord."]).narratives[0]
    >>> print(explain(parse(story).events[0]).partition("\n")[0])
    wait: The customer waits, or time passes without an answer.
    """
    kind = _kind(event.type)
    lines = [
        f"{event.type}: {kind.definition}" if kind.definition else event.type,
        f"  words      {event.text!r}",
        f"  place      narrative {event.narrative_id}, sentence {event.sentence}, "
        f"characters {event.start} to {event.end} (source: {event.source_start} to {event.source_end})",
        f"  episode    {'none: reflection' if event.episode is None else event.episode}"
        + (f" ({event.industry})" if event.industry else ""),
    ]
    if event.subtype:
        lines.append(f"  subtype    {event.subtype}")
    if event.valence:
        lines.append(f"  valence    {event.valence}")
    reasons: dict[str, list[str]] = {}
    for name, value, words, start, end in event.cues:
        place = f" at {start} to {end}" if end > start else ""
        reasons.setdefault(name, []).append(f"{value} for {words!r}{place}")
    for name in QUALIFIERS:
        value = getattr(event, name)
        if value is not None or name in reasons:
            why = "; ".join(reasons.pop(name, [])) or "no cue, so the default"
            lines.append(f"  {name:<10} {value or 'none'} ({why})")
    lines += [f"  {name:<10} {value}" for name, _, value in (d.partition(" ") for d in details_of(event))]
    lines += [f"  {name:<10} {'; '.join(why)}" for name, why in reasons.items()]
    lines.append(f"rule {event.rule_id or 'unknown'}")
    return "\n".join([*lines, *_rule_lines(rule or _find_rule(event.rule_id))])


def _find_rule(rule_id: str) -> Any:
    """Return the package's rule of this id; None for the rules of others."""
    try:
        return load_rules(rule_id.partition(".")[0]).by_id.get(rule_id)
    except ValueError:
        return None


def _rule_lines(rule: Any) -> list[str]:
    if rule is None:
        return []
    shown = [pattern if len(pattern) <= WIDTH else pattern[:WIDTH] + " …" for pattern in rule.patterns[:PATTERNS]]
    lines = [f"  finds      {pattern}" for pattern in shown]
    if (more := len(rule.patterns) - PATTERNS) > 0:
        lines.append(f"             and {more} more; all of them: {rule.file}, line {rule.line}")
    lines += [f"  {name:<10} {value}" for name in ("note", "source") if (value := getattr(rule, name, ""))]
    lines += [f"  such as    {_example(example)}" for example in rule.match]
    return lines + [f"  and not    {_example(example)}" for example in rule.avoid]


def _example(example: Any) -> str:
    """Return an example with its hit in braces, as it stands in the rule file."""
    if isinstance(example, str):
        return example
    text, start, end = example.text, example.start, example.end
    return f"{text[:start]}{{{text[start:end]}}}{text[end:]}" if end > start else str(text)


def _kind(name: str) -> EventType:
    """Return the event type; a made-up one, in grey, for a code that is not in the codebook."""
    kind = event_types().get(name)
    return kind or EventType(name, "", name, name, "", "", "", "", "#dddddd")


def _escape(text: str) -> str:
    # A carriage return would become a line feed on the way through a browser.
    return html.escape(text).replace("\r", "&#13;")
