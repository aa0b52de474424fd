"""Which stretch of a narrative is about which organisation, and of which industry that is.

Every sentence speaks for some industries by its evidence words (evidence.py). The stretches are the way
through the sentences that gathers most evidence and changes least: a change costs, less so at a new
paragraph or after a contrast ("hoe anders ging het bij"), more so between industries whose words go
together in one story (a webshop and its courier). So a stray word opens no episode, a cluster of them
does, and a firm that comes back is the same episode again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Protocol

from cxresearch.reading.evidence import FIRM, Clue, Lexicon, clues, industries, lexicon
from cxresearch.reading.text import Reading

TOLD = frozenset({"actual", "prospective"})
# What a change of organisation costs, in evidence: a hint weighs 1, the name of a firm 4.
CHANGE, AT_PARAGRAPH, AT_HEADING, AT_CONTRAST, BETWEEN_RELATED = 9.0, 5.0, 4.0, 3.0, 1.6
LEAST = 4.0  # evidence that opens an episode next to another
SHARE = 0.5  # of the evidence for a related industry, that a firm which is named must have
STATES = 6  # industries that one narrative can be about
HEADING = 60  # characters
MOST = 10.0  # evidence that one sentence can give
RIVAL = "+"  # marks the second firm of an industry
# What a firm does to a customer in front of it: a rival that does so is an organisation dealt with.
SERVICE = frozenset(
    "treatment resolution promise compensation explanation apology exception refusal failure".split()
)


class Mention(Protocol):
    """What an event mention must tell about itself."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def realis(self) -> str: ...
    @property
    def actor(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Episode:
    """What a narrative tells of one organisation: its number, its industry and the words that told so."""

    number: int
    industry: str
    evidence: tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Unit:
    """A sentence: the paragraph it is in, and what speaks for an industry in it."""

    paragraph: int
    clues: list[Clue] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    heading: bool = False
    contrast: bool = False

    @property
    def actual(self) -> int:
        return sum(mention.realis == "actual" for mention in self.mentions)


def episodes(
    reading: Reading, mentions: Sequence[Mention], industry: str | None = None, language: str = "nl"
) -> tuple[tuple[Episode, ...], tuple[int | None, ...]]:
    """Return the episodes of a narrative, and for every mention the number of its episode.

    Parameters
    ----------
    reading : Reading
    mentions : sequence of Mention
        Whatever has `start`, `end`, `type`, `realis` and `actor`.
    industry : str, optional
        The industry that the metadata give. It is that of the episode with most actual events; the
        others take theirs from the text.
    language : str
        The language of the evidence words.

    Returns
    -------
    tuple of Episode
        In the order of first telling. Without an actual event there is none.
    tuple of int or None
        None where a mention is reflection: it belongs to no episode.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from cxresearch.reading.text import read
    >>> text = "Mijn bank blokkeerde mijn rekening."
    >>> event = SimpleNamespace(start=10, end=35, type="failure", realis="actual", actor="organisation")
    >>> episodes(read(text), [event])
    ((Episode(number=1, industry='banking', evidence=(('bank', 5, 9), ('rekening', 26, 34))),), (1,))
    """
    if not any(mention.realis == "actual" for mention in mentions):
        return (), (None,) * len(mentions)
    words = lexicon(language)
    units, place = _units(reading, mentions, words)
    way = _with_rivals(units, _stretches(units, words))
    if industry:
        way = _named(units, way, industry)
    numbers: dict[str, int] = {}
    for unit, state in zip(units, way, strict=True):
        if unit.actual:
            numbers.setdefault(state, len(numbers) + 1)
    found = tuple(
        Episode(number, state.removesuffix(RIVAL), _evidence(reading, units, way, state))
        for state, number in numbers.items()
    )
    return found, _numbered(mentions, place, units, [numbers.get(state) for state in way])


def _units(reading: Reading, mentions: Sequence[Mention], words: Lexicon) -> tuple[list[Unit], list[int]]:
    """Return the sentences with what is in them, and for every mention the number of its sentence."""
    offsets = [start for start, _ in reading.sentences]
    paragraphs = accumulate(_new_paragraph(reading.text, offset) for offset in offsets)
    units = [Unit(paragraph) for paragraph in paragraphs]
    for (before, unit), (start, end) in zip(pairwise(units), reading.sentences[1:], strict=True):
        # A heading is a short line of its own that ends without a mark.
        line = reading.text[start:end].strip()
        unit.heading = unit.paragraph > before.paragraph and len(line) < HEADING and line[-1:].isalnum()
    place = [max(0, bisect_right(offsets, mention.start) - 1) for mention in mentions]
    for mention, number in zip(mentions, place, strict=True):
        units[number].mentions.append(mention)
    for clue in clues(reading, words):
        units[reading.sentence_of[clue.token]].clues.append(clue)
    personal, anyone = (
        {reading.sentence_of[i] for i, word in enumerate(reading.words) if word in words.sets[name]}
        for name in ("first_person", "anyone")
    )
    for number, unit in enumerate(units):
        if unit.clues:
            _score(unit, reading.words, number in anyone and number not in personal)
    return units, place


def _new_paragraph(text: str, offset: int) -> bool:
    left = right = offset
    while left and text[left - 1].isspace():
        left -= 1
    while right < len(text) and text[right].isspace():
        right += 1
    return left > 0 and "\n" in text[left:right]


def _score(unit: Unit, told: Sequence[str], general: bool) -> None:
    """Sum what speaks for each industry: more where events are told, less in what is said in general."""
    factor = 1.0
    if any(m.realis == "actual" and m.type in ("contact", "request") for m in unit.mentions):
        factor = 2.0  # the organisation that is called or written to is the one dealt with
    elif unit.actual:
        factor = 1.5
    elif general:
        factor = 0.5
    best: dict[tuple[str, str], float] = {}
    for clue in unit.clues:
        if clue.kind == "cue":
            unit.contrast |= clue.industry == "contrast"
        else:
            key = clue.industry, told[clue.token]
            best[key] = max(best.get(key, 0.0), clue.weight)
    for (industry, word), weight in best.items():
        unit.words.setdefault(industry, set()).add(word)
        unit.scores[industry] = min(MOST, unit.scores.get(industry, 0.0) + weight * factor)


def _stretches(units: Sequence[Unit], words: Lexicon) -> list[str]:
    """Return for every sentence the industry of the organisation that it is about."""
    totals = dict.fromkeys(industries(), 0.0)
    named = {c.industry for u in units for c in u.clues if c.kind in FIRM and c.weight >= words.weights[c.kind]}
    for unit in units:
        for industry, score in unit.scores.items():
            totals[industry] += score
    order = sorted(totals, key=lambda industry: -totals[industry])[:STATES]
    states = [industry for industry in order if totals[industry] >= min(LEAST, totals[order[0]])]
    states = [state for state in states if not _about(state, states, totals, named, words)]
    while len(states) > 1:
        way = _cheapest_way(units, states, words)
        actual = _actual(units, way)
        main = max(states, key=lambda state: actual[state])
        gain = dict.fromkeys(states, 0.0)
        told: dict[str, set[str]] = {state: set() for state in states}
        for unit, state in zip(units, way, strict=True):
            gain[state] += unit.scores.get(state, 0.0) - unit.scores.get(main, 0.0)
            told[state] |= unit.words.get(state, set())
        doubtful = [
            state
            for state in states
            if state != main and not (actual[state] and gain[state] >= LEAST and len(told[state]) > 1 and state in named)
        ]
        if not doubtful:
            return way
        states.remove(min(doubtful, key=lambda state: gain[state]))
    return (states if totals[states[0]] else ["other"]) * len(units)


def _about(
    state: str, states: Sequence[str], totals: Mapping[str, float], named: AbstractSet[str], words: Lexicon
) -> bool:
    """Whether an industry is only what the story is about: no firm of it is named, of a related one it is.

    A tablet ordered from a weekly, a parcel that a web shop sent, a garage bill that the insurer pays.
    """
    return state not in named and any(
        firm in named and frozenset((firm, state)) in words.related and totals[firm] >= SHARE * totals[state]
        for firm in states
    )


def _cheapest_way(units: Sequence[Unit], states: Sequence[str], words: Lexicon) -> list[str]:
    """Return the states that gather most evidence at the least cost of change (Viterbi)."""
    count = range(len(states))
    dear = [
        [0.0 if a == b else BETWEEN_RELATED if frozenset((a, b)) in words.related else 1.0 for a in states]
        for b in states
    ]
    best = [units[0].scores.get(state, 0.0) for state in states]
    came = [list(count)]
    for before, unit in pairwise(units):
        cost = _cost(before, unit)
        if cost == CHANGE and not unit.scores:
            came.append(came[0])  # a change can as well come later
            continue
        origin, gathered = [], []
        for state, to in zip(states, dear, strict=True):
            most, start = max((best[a] - cost * to[a], -a) for a in count)
            origin.append(-start)
            gathered.append(most + unit.scores.get(state, 0.0))
        best = gathered
        came.append(origin)
    way = [best.index(max(best))]
    for origin in reversed(came[1:]):
        way.append(origin[way[-1]])
    return [states[number] for number in reversed(way)]


def _cost(before: Unit, unit: Unit) -> float:
    """Return what a change of organisation costs between two sentences."""
    if unit.contrast:
        return AT_CONTRAST
    if unit.paragraph == before.paragraph:
        return CHANGE
    return AT_HEADING if unit.heading else AT_PARAGRAPH


def _with_rivals(units: Sequence[Unit], way: Sequence[str]) -> list[str]:
    """Set apart another firm in the same line of business, until its paragraph ends.

    It must serve the customer there: advice to go to another bank, and leaving for one, open no episode.
    """
    result: list[str] = []
    rival = ""
    for number, (unit, state) in enumerate(zip(units, way, strict=True)):
        if result and (unit.paragraph > units[number - 1].paragraph or state != way[number - 1]):
            rival = ""
        other = any(c.industry == "rival" or (c.rival and c.industry == state) for c in unit.clues)
        if other and not any(mention.type == "exit" for mention in unit.mentions):
            near = unit.mentions + (units[number + 1].mentions if number + 1 < len(units) else [])
            if any(m.realis == "actual" and m.actor == "organisation" and m.type in SERVICE for m in near):
                rival = RIVAL
        result.append(state + rival)
    return result


def _actual(units: Sequence[Unit], way: Sequence[str]) -> Counter[str]:
    actual: Counter[str] = Counter()
    for unit, state in zip(units, way, strict=True):
        actual[state] += unit.actual
    return actual


def _named(units: Sequence[Unit], way: Sequence[str], industry: str) -> list[str]:
    """Give the main organisation the industry of the metadata."""
    actual = _actual(units, way)
    main = max(actual, key=lambda state: actual[state]).removesuffix(RIVAL)
    return [industry + state[len(main) :] if state.removesuffix(RIVAL) == main else state for state in way]


def _evidence(
    reading: Reading, units: Sequence[Unit], way: Sequence[str], state: str
) -> tuple[tuple[str, int, int], ...]:
    found = []
    for unit, here in zip(units, way, strict=True):
        for clue in unit.clues:
            if here == state and clue.industry == state.removesuffix(RIVAL):
                start, end = reading.starts[clue.first], reading.ends[clue.token]
                found.append((reading.text[start:end], start, end))
    return tuple(found)


def _numbered(
    mentions: Sequence[Mention], place: Sequence[int], units: Sequence[Unit], numbers: Sequence[int | None]
) -> tuple[int | None, ...]:
    """Return the episode of every mention; what is not told stands in one only between what is told."""
    stretch: dict[tuple[int, int | None], tuple[int, int]] = {}
    for number, unit in enumerate(units):
        if unit.actual:
            key = unit.paragraph, numbers[number]
            stretch[key] = stretch.get(key, (number, number))[0], number
    result = []
    for mention, number in zip(mentions, place, strict=True):
        first, last = stretch.get((units[number].paragraph, numbers[number]), (0, -1))
        # What might be often ends a story: "als ze nu niet bellen, dan ..."
        last += mention.realis == "hypothetical"
        told = mention.realis in TOLD or first <= number <= last
        result.append(numbers[number] if told else None)
    return tuple(result)
