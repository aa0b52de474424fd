"""Event table to profiles: one row an episode, what happened in it (codebook, section 5).

Only affirmed `actual` events count, unless a column says otherwise. A story retells; what is told
twice cannot be told apart from what happened twice without the words, and here there are none. The
numbers of contacts, transfers and broken promises are therefore cautious (see `_at_least`), while
the numbers of rule citations, exceptions, promises and escalations are numbers of mentions.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

DTYPES = {
    "narrative_id": "string",
    "episode": "Int64",
    "industry": "string",
    "events": "Int64",
    "contacts_by_customer": "Int64",
    "contacts_by_organisation": "Int64",
    "channels": "string",
    "rule_citations": "Int64",
    "exceptions": "Int64",
    "apology": "string",
    "promises": "Int64",
    "broken_promises": "Int64",
    "transfers": "Int64",
    "longest_wait_days": "Float64",
    "largest_amount": "Float64",
    "currency": "string",
    "escalations": "Int64",
    "escalation_types": "string",
    "threats": "Int64",
    "compensation": "string",
    "outcome": "string",
    "outcome_basis": "string",
    "exit": "boolean",
    "exit_threatened": "boolean",
    "double_deviation": "boolean",
    "tenure_years": "Float64",
    "valence": "string",
}
COLUMNS = tuple(DTYPES)

PLEASANT = frozenset({"joy", "relief", "gratitude"})
UNPLEASANT = frozenset({"anger", "frustration", "despair", "disappointment", "sadness", "fear"})

# A month and a year have no fixed length; for a comparison of waits these will do.
_DAYS = {"Y": 365.0, "M": 30.0, "W": 7.0, "D": 1.0, "H": 1 / 24, "m": 1 / 1440, "S": 1 / 86400}
_DURATION = re.compile(
    r"P(?=[\dT])(?:(?P<Y>[\d.]+)Y)?(?:(?P<M>[\d.]+)M)?(?:(?P<W>[\d.]+)W)?(?:(?P<D>[\d.]+)D)?"
    r"(?:T(?=\d)(?:(?P<H>[\d.]+)H)?(?:(?P<m>[\d.]+)M)?(?:(?P<S>[\d.]+)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of an event that a profile is made of; an absent value is None."""

    narrative_id: str
    episode: int
    order: int
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
    count: int | None
    duration: str | None
    amount: str | None
    currency: str | None


FIELDS = [field.name for field in fields(Row)]


def profiles(events: pd.DataFrame) -> pd.DataFrame:
    """Return the profile of every episode in an event table; reflection (no episode) is left out.

    The columns and their rules, over the affirmed `actual` events of the episode:

    events
        All mentions of the episode, whatever their realis.
    contacts_by_customer, contacts_by_organisation
        At least so many. A count ("4 mails") takes in the single contacts that were told before it
        on that channel. A contact without a channel may be one of the others told again: the larger
        of the two sums stands. A transfer needs a contact: where none is told there was one, by the customer.
    channels
        Of contacts, and of any other event that tells its channel.
    apology
        ``given``; ``withheld`` where it is only said to be missing; ``not_mentioned``.
    longest_wait_days
        Of waits (not of delays, nor of tenure), with 30 days a month and 365 a year.
    largest_amount, currency
        In the currency that is named most.
    threats, exit_threatened
        Escalation or exit that is `prospective`.
    compensation
        ``offered`` where it is still to come, or stands only in the organisation's quoted words and no
        solution is told; ``withheld`` where it is only said to be missing.
    outcome, outcome_basis
        The last `resolution` in the telling decides (basis ``told``): a late delivery stays resolved.
        Where there is none, the last answer decides (basis ``inferred``): an exception or a compensation
        given is ``partial``, a refusal or an exit ``unresolved``. Else ``unknown``, without a basis; so it is
        where nothing went wrong that could be solved (a discount in a pleasant visit).
    double_deviation
        A failure, wait or broken promise and later in the telling a failed answer: a refusal, a broken
        promise, negative treatment, or an unresolved end.
    valence
        Of treatment and emotions: ``positive``, ``negative``, ``mixed``, or ``neutral`` where there are none.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> profiles(to_frame([])).shape
    (0, 27)
    """
    missing = [name for name in FIELDS if name not in events.columns]
    if missing:
        raise ValueError(f"this is no event table: column {', '.join(missing)} missing (see events.COLUMNS)")
    told = events.loc[events["episode"].notna(), FIELDS]
    told = told.sort_values(["narrative_id", "episode", "order"], kind="stable")
    columns = [
        [
            None if absent else value
            for value, absent in zip(told[name].tolist(), told[name].isna(), strict=True)
        ]
        for name in FIELDS
    ]
    rows = map(Row, *columns)
    records = [
        _profile(list(group))
        for _, group in itertools.groupby(rows, key=lambda e: (e.narrative_id, e.episode))
    ]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(DTYPES)


def days(duration: str) -> float:
    """Return the length of an ISO 8601 duration in days.

    Examples
    --------
    >>> days("P3W"), days("P1Y6M"), days("PT36H")
    (21.0, 545.0, 1.5)
    """
    hit = _DURATION.fullmatch(duration)
    if hit is None:
        raise ValueError(
            f"duration {duration!r} is not ISO 8601; three weeks are P3W, a quarter of an hour PT15M"
        )
    return float(sum(float(value) * _DAYS[unit] for unit, value in hit.groupdict().items() if value))


def _profile(episode: Sequence[Row]) -> dict[str, Any]:
    actual = [e for e in episode if e.realis == "actual"]
    happened = [e for e in actual if e.polarity == "affirmed"]
    denied = {e.type for e in actual if e.polarity == "negated"}
    ahead = [e for e in episode if e.realis == "prospective" and e.polarity == "affirmed"]
    kinds = Counter(e.type for e in happened)
    escalations = [e for e in happened if e.type == "escalation"]
    transfers = _at_least(e for e in happened if e.type == "transfer")
    by_customer = _contacts(happened, "customer")
    by_organisation = _contacts(happened, "organisation")
    apologised = any(e.type == "apology" and e.actor == "organisation" for e in happened)
    outcome, basis = _outcome(actual)
    amount, currency = _amount(happened)
    threats = [e.type for e in ahead if e.type in ("escalation", "exit")]
    return {
        "narrative_id": episode[0].narrative_id,
        "episode": episode[0].episode,
        "industry": next((e.industry for e in episode if e.industry), None),
        "events": len(episode),
        "contacts_by_customer": by_customer or int(transfers > 0 and not by_organisation),
        "contacts_by_organisation": by_organisation,
        "channels": ";".join(sorted({e.channel for e in happened if e.channel})) or None,
        "rule_citations": kinds["rule_citation"],
        "exceptions": kinds["exception"],
        "apology": "given" if apologised else "withheld" if "apology" in denied else "not_mentioned",
        "promises": kinds["promise"],
        "broken_promises": _at_least(e for e in happened if e.type == "broken_promise"),
        "transfers": transfers,
        "longest_wait_days": _longest(happened, "wait"),
        "largest_amount": amount,
        "currency": currency,
        "escalations": len(escalations),
        "escalation_types": ";".join(sorted({e.subtype for e in escalations if e.subtype})) or None,
        "threats": len(threats),
        "compensation": _compensation(happened, ahead, denied, outcome),
        "outcome": outcome,
        "outcome_basis": basis,
        "exit": kinds["exit"] > 0,
        "exit_threatened": "exit" in threats,
        "double_deviation": _double_deviation(happened),
        "tenure_years": None if (tenure := _longest(happened, "loyalty")) is None else tenure / 365,
        "valence": _valence(happened),
    }


def _at_least(mentions: Iterable[Row]) -> int:
    """Return how many acts these mentions tell of at least: a count takes in what was told before it."""
    total = 0
    for mention in mentions:
        total = max(total, mention.count) if mention.count and mention.count > 1 else total + 1
    return total


def _contacts(happened: Sequence[Row], actor: str) -> int:
    contacts = [e for e in happened if e.type == "contact" and e.actor == actor]
    channels = {e.channel for e in contacts if e.channel}
    on_channels = sum(_at_least(e for e in contacts if e.channel == channel) for channel in channels)
    return max(on_channels, _at_least(e for e in contacts if e.channel is None))


def _longest(happened: Sequence[Row], kind: str) -> float | None:
    durations = [e for e in happened if e.type == kind and e.duration]
    try:
        return max((days(e.duration) for e in durations if e.duration), default=None)
    except ValueError as error:
        raise ValueError(f"{durations[0].narrative_id}, a {kind}: {error}") from error


def _amount(happened: Sequence[Row]) -> tuple[float | None, str | None]:
    amounts = [(float(e.amount), e.currency or "") for e in happened if e.amount]
    if not amounts:
        return None, None
    named = Counter(currency for _, currency in amounts)
    usual = min(named, key=lambda currency: (-named[currency], currency))
    return max(amount for amount, currency in amounts if currency == usual), usual or None


def _compensation(happened: Sequence[Row], ahead: Sequence[Row], denied: set[str], outcome: str) -> str:
    mentions = [e for e in happened if e.type == "compensation"]
    in_words = [e for e in mentions if e.voice == "quoted" and e.speaker == "organisation"]
    if len(mentions) > len(in_words) or (mentions and outcome == "resolved"):
        return "given"
    if mentions or any(e.type == "compensation" for e in ahead):
        return "offered"
    return "withheld" if "compensation" in denied else "not_mentioned"


def _outcome(actual: Sequence[Row]) -> tuple[str, str | None]:
    told = [e for e in actual if e.type == "resolution"]
    if told:
        negated = told[-1].polarity == "negated"
        return "unresolved" if negated else told[-1].subtype or "resolved", "told"
    answers = [
        e.type
        for e in actual
        if e.polarity == "affirmed" and e.type in ("exception", "compensation", "refusal", "exit")
    ]
    problem = any(e.type in ("failure", "wait", "broken_promise", "refusal") for e in actual)
    if not answers or not (problem or answers[-1] == "exit"):
        return "unknown", None
    return "partial" if answers[-1] in ("exception", "compensation") else "unresolved", "inferred"


def _double_deviation(happened: Sequence[Row]) -> bool:
    failed = False
    for e in happened:
        if failed and (
            e.type in ("refusal", "broken_promise")
            or (e.type == "treatment" and e.valence == "negative")
            or (e.type == "resolution" and e.subtype == "unresolved")
        ):
            return True
        failed = failed or e.type in ("failure", "wait", "broken_promise")
    return False


def _valence(happened: Sequence[Row]) -> str:
    signs = {e.valence for e in happened if e.type == "treatment"}
    feelings = {e.subtype for e in happened if e.type == "emotion"}
    pleasant = "positive" in signs or not feelings.isdisjoint(PLEASANT)
    unpleasant = "negative" in signs or not feelings.isdisjoint(UNPLEASANT)
    if pleasant and unpleasant:
        return "mixed"
    return "positive" if pleasant else "negative" if unpleasant else "neutral"
