"""Which stretch of a narrative is about which organisation, and of which industry that is.

Every sentence speaks for some industries by its evidence words (evidence.py). The stretches are the way
through the sentences that gathers most evidence and changes least: a change costs, less so at a new
paragraph or after a contrast ("hoe anders ging het bij"), more so between industries whose words go
together in one story (a webshop and its courier). So a stray word opens no episode, a cluster of them
does, and a firm that comes back is the same episode again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from cxresearch.codebook import industries
from cxresearch.reading.evidence import FIRM, Clue, Lexicon, clues, lexicon
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
SERVICE = frozenset("treatment resolution promise compensation explanation apology exception refusal failure".split())


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
    actual: int = 0


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
    text, sentence_of = reading.text, reading.sentence_of
    units = [Unit(0)]
    for (before, start), (_, end) in pairwise(reading.sentences):
        # White space belongs to the sentence before it; a heading is a short line that ends without a mark.
        line_end = text.rfind("\n", before, start)
        if line_end >= 0 and text[line_end:start].isspace():
            line = text[start:end].rstrip() if end - start < 2 * HEADING else ""
            heading = 0 < len(line) < HEADING and line[-1].isalnum()
            units.append(Unit(units[-1].paragraph + 1, heading=heading))
        else:
            units.append(Unit(units[-1].paragraph))
    offsets = [start for start, _ in reading.sentences]
    place = [max(0, bisect_right(offsets, mention.start) - 1) for mention in mentions]
    for mention, number in zip(mentions, place, strict=True):
        units[number].mentions.append(mention)
        units[number].actual += mention.realis == "actual"
    for clue in clues(reading, words):
        units[sentence_of[clue.token]].clues.append(clue)
    for number, unit in enumerate(units):
        if unit.clues:
            first, last = bisect_left(sentence_of, number), bisect_right(sentence_of, number)
            _score(unit, reading.words, not unit.actual and words.in_general(reading.words[first:last]))
    return units, place


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
            if not clue.passing:
                unit.words.setdefault(clue.industry, set()).add(told[clue.token])
    for (industry, _), weight in best.items():
        unit.scores[industry] = min(MOST, unit.scores.get(industry, 0.0) + weight * factor)


def _stretches(units: Sequence[Unit], words: Lexicon) -> list[str]:
    """Return for every sentence the industry of the organisation that it is about."""
    totals = dict.fromkeys(industries(), 0.0)
    named = {clue.industry for unit in units for clue in unit.clues if clue.kind in FIRM and not clue.passing}
    for unit in units:
        for industry, score in unit.scores.items():
            totals[industry] += score
    order = sorted(totals, key=lambda industry: -totals[industry])[:STATES]
    # An industry of which no firm is named may be the only one, but stands beside no other.
    states = order[:1] + [s for s in order[1:] if totals[s] >= (LEAST if s in named else totals[order[0]] / 2)]
    states = [state for state in states if not _about(state, states, totals, named, words)]
    while len(states) > 1:
        way = _cheapest_way(units, states, words)
        actual = _actual(units, way)
        main = max(states, key=lambda state: actual[state])
        gain = dict.fromkeys(states, 0.0)
        told: dict[str, set[str]] = {state: set() for state in states}
        strong: set[str] = set()
        for unit, state in zip(units, way, strict=True):
            if unit.clues and state != main:
                gain[state] += unit.scores.get(state, 0.0) - unit.scores.get(main, 0.0)
                told[state] |= unit.words.get(state, set())
                if any(clue.industry == state and clue.weight > words.weights["names"] for clue in unit.clues):
                    strong.add(state)  # "mijn bank"
        doubtful = [
            state for state in states
            if state != main and not (
                actual[state] and gain[state] >= LEAST and state in named
                and (len(told[state]) > 1 or (state in strong and actual[state] > 1))
            )
        ]  # fmt: skip
        if not doubtful:
            return way
        states.remove(min(doubtful, key=lambda state: gain[state]))
    return (states if totals[order[0]] else ["other"]) * len(units)


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
    stay = list(count)
    came = [stay]
    for before, unit in pairwise(units):
        cost = _cost(before, unit)
        origin = stay
        # A change that pays nowhere, or can as well come later, needs no weighing.
        if max(best) - cost > min(best) and (unit.scores or cost < CHANGE):
            origin = [max(count, key=[a - cost * b for a, b in zip(best, to, strict=True)].__getitem__) for to in dear]
            best = [best[a] - cost * to[a] for a, to in zip(origin, dear, strict=True)]
        if unit.scores:
            best = [sofar + unit.scores.get(state, 0.0) for sofar, state in zip(best, states, strict=True)]
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
        other = [c for c in unit.clues if c.industry == "rival" or (c.rival and c.industry == state)]
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
