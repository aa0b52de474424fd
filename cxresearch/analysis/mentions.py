"""Event table to the mentions of each episode, in order of telling: what profiles and journeys read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import pandas as pd

from cxresearch.errors import InputError

# A month and a year have no fixed length; for a comparison of waits these will do.
_DAYS = {"Y": 365.0, "M": 30.0, "W": 7.0, "D": 1.0, "H": 1 / 24, "m": 1 / 1440, "S": 1 / 86400}
_DURATION = re.compile(
    r"P(?=[\dT])(?:(?P<Y>[\d.]+)Y)?(?:(?P<M>[\d.]+)M)?(?:(?P<W>[\d.]+)W)?(?:(?P<D>[\d.]+)D)?"
    r"(?:T(?=\d)(?:(?P<H>[\d.]+)H)?(?:(?P<m>[\d.]+)M)?(?:(?P<S>[\d.]+)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """The fields of an event that a profile is made of; an absent value is None."""

    narrative_id: str
    event_id: str
    episode: int
    order: int
    sentence: int
    industry: str | None
    type: str
    subtype: str | None
    polarity: str
    realis: str
    actor: str
    voice: str
    speaker: str | None
    valence: str | None
    channel: str | None
    answered: bool | None
    count: int | None
    duration: str | None
    amount: str | None
    currency: str | None
    deadline: str | None


FIELDS = [field.name for field in fields(Mention)]


def episodes(events: pd.DataFrame) -> Iterator[list[Mention]]:
    """Yield the mentions of every episode in order of telling; reflection (no episode) is left out.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> list(episodes(to_frame([])))
    []
    """
    missing = [name for name in FIELDS if name not in events.columns]
    if missing:
        raise InputError(f"this is no event table: column {', '.join(missing)} missing (see events.COLUMNS)")
    told = events.loc[events["episode"].notna(), FIELDS]
    told = told.sort_values(["narrative_id", "episode", "order"], kind="stable")
    columns = [
        [None if absent else value for value, absent in zip(told[name].tolist(), told[name].isna(), strict=True)]
        for name in FIELDS
    ]
    for _, group in itertools.groupby(map(Mention, *columns), key=lambda e: (e.narrative_id, e.episode)):
        yield list(group)


def happened(episode: Iterable[Mention]) -> list[Mention]:
    """Return the mentions that are told as having happened: affirmed and `actual`."""
    return [e for e in episode if e.realis == "actual" and e.polarity == "affirmed"]


def industry_of(episode: Iterable[Mention]) -> str | None:
    """Return the first industry that the mentions of an episode name."""
    return next((e.industry for e in episode if e.industry), None)


def at_least(mentions: Iterable[Mention]) -> int:
    """Return how many acts these mentions tell of at least: a count takes in what was told before it."""
    return list(itertools.accumulate(mentions, take_in, initial=0))[-1]


def take_in(told: int, mention: Mention) -> int:
    """Return how many acts are told of at least after one more mention."""
    return max(told, mention.count) if mention.count and mention.count > 1 else told + 1


def days(duration: str) -> float:
    """Return the length of an ISO 8601 duration in days.

    Examples
    --------
    >>> days("P3W"), days("P1Y6M"), days("PT36H")
    (21.0, 545.0, 1.5)
    """
    hit = _DURATION.fullmatch(duration)
    if hit is None:
        raise InputError(f"duration {duration!r} is not ISO 8601; three weeks are P3W, a quarter of an hour PT15M")
    return float(sum(float(value) * _DAYS[unit] for unit, value in hit.groupdict().items() if value))


def longest(mentions: Iterable[Mention]) -> float | None:
    """Return the longest of the durations that these mentions tell, in days; None where none tells one.

    Raises
    ------
    InputError
        Names the narrative, the type and the duration that is not ISO 8601.
    """
    found = []
    for e in mentions:
        if e.duration is not None:
            try:
                found.append(days(e.duration))
            except ValueError as error:
                raise InputError(f"{e.narrative_id}, a {e.type}: {error}") from error
    return max(found, default=None)
