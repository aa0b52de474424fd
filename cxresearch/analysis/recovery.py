"""How an organisation answered: promises and what became of them, deviations, first contact, times, fairness.

Everything is inferred from the events of an episode, in order of telling, as far as they are affirmed
and `actual`. What the story does not tell is ``unknown``, ``open`` or NA, never a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxresearch.analysis.mentions import Mention, episodes, industry_of, longest, take_in

PROBLEMS = frozenset({"failure", "wait", "broken_promise"})
LINK_DTYPES = {
    "narrative_id": "string",
    "episode": "Int64",
    "industry": "string",
    "promise_id": "string",
    "deadline": "string",
    "status": "string",
    "basis": "string",
    "link_id": "string",
    "link_type": "string",
}
DIMENSION_DTYPES = {
    "narrative_id": "string",
    "episode": "Int64",
    "industry": "string",
    "scheme": "string",
    "dimension": "string",
    "positive": "Int64",
    "negative": "Int64",
    "score": "Int64",
    "event_ids": "string",
}
DIMENSIONS = {
    "justice": ("distributive", "procedural", "interpersonal", "informational"),
    "davidow": ("timeliness", "facilitation", "redress", "apology", "credibility", "attentiveness"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A promise and what became of it: ``kept`` or ``broken`` by a later event, or ``open``."""

    promise: Mention
    status: str = "open"
    basis: str | None = None
    by: Mention | None = None


def promise_links(events: pd.DataFrame) -> pd.DataFrame:
    """Return what became of every promise: a row a promise, with the event that kept or broke it.

    Linked in order of telling, each promise once. The event table does not say what was promised, so
    the column `basis` tells what a link rests on, from the firmer to the weaker:

    told
        The text says that a promise was broken (`broken_promise`), or, negated, that it was not. It is the
        latest promise still open; a count ("three times") takes in the breaches told before it.
    channel
        The organisation made contact on the channel that the promise names.
    amount
        It gave the amount that the promise names.
    outcome
        The problem was resolved: all promises still open are kept.
    order
        It compensated, and the promise, the latest still open, names no amount.

    A promise of which nothing more is told is ``open``, whatever its deadline.

    Parameters
    ----------
    events : DataFrame
        An event table.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `episode`, `industry`, `promise_id`, `deadline` (as said), `status` (``kept``,
        ``broken``, ``open``), `basis`, `link_id` and `link_type` (the event that kept or broke it, or NA).

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> promise_links(to_frame([])).shape
    (0, 9)
    """
    rows: list[tuple[Any, ...]] = []
    for episode in episodes(events):
        for link in links(episode):
            promise, by = link.promise, link.by
            settled = (by.event_id, by.type) if by else (None, None)
            rows.append((*_key(episode), promise.event_id, promise.deadline, link.status, link.basis, *settled))
    return pd.DataFrame(rows, columns=list(LINK_DTYPES)).astype(LINK_DTYPES)


def links(episode: Sequence[Mention]) -> list[Link]:
    """Return the promises of an episode in order of telling, each with what became of it."""
    found: list[Link] = []
    breaches = 0
    for e in episode:
        if e.realis != "actual":
            continue
        waiting = [i for i, link in enumerate(found) if link.status == "open"]
        if e.type == "broken_promise":
            if e.polarity == "negated":
                settled, status = waiting[-1:], "kept"
            else:
                before, breaches = breaches, take_in(breaches, e)
                settled, status = waiting[max(len(waiting) - (breaches - before), 0) :], "broken"
            for i in settled:
                found[i] = Link(found[i].promise, status, "told", e)
        elif e.polarity == "negated":
            continue
        elif e.type == "promise":
            found.append(Link(e))
        else:
            kept, basis = _kept([(i, found[i].promise) for i in waiting], e)
            for i in kept:
                found[i] = Link(found[i].promise, "kept", basis, e)
    return found


def _kept(waiting: Sequence[tuple[int, Mention]], e: Mention) -> tuple[list[int], str]:
    """Return which of the promises still open an event keeps, and what that rests on."""
    if e.type == "resolution" and e.subtype in (None, "resolved"):
        return [i for i, _ in waiting], "outcome"
    if e.type == "contact" and e.actor == "organisation" and e.channel:
        return [i for i, promise in waiting if promise.channel == e.channel][-1:], "channel"
    # In the organisation's own words a compensation is an offer: one promise more, not one kept.
    if e.type == "compensation" and not (e.voice == "quoted" and e.speaker == "organisation"):
        same = [i for i, promise in waiting if promise.amount and e.amount and float(promise.amount) == float(e.amount)]
        if same:
            return same[-1:], "amount"
        return [i for i, promise in waiting[-1:] if not promise.amount and not promise.channel], "order"
    return [], ""


def deviations(told: Sequence[Mention]) -> int:
    """Return how often the organisation failed the customer at least: the problem, and each failed answer to it.

    `told` is what happened in an episode. 0: no failure, wait or broken promise is told; 1: one, but no
    failed answer; 2 or more: a double deviation (Bitner, Booms and Tetreault 1990) or worse. The customer's
    next contact, request or escalation asks for a next answer; what is told between two of these (a refusal,
    rude staff, an unresolved end) is one failed answer, however often it is told, unless more promises
    than one were broken. A story that goes back to a contact and tells its refusal again counts it again.
    """
    first = next((i for i, e in enumerate(told) if e.type in PROBLEMS), None)
    if first is None:
        return 0
    total, breaches, broken, failed = 1, 0, 0, False
    for e in told[first + 1 :]:
        if e.actor == "customer" and e.type in ("contact", "request", "escalation"):
            total, broken, failed = total + max(broken, int(failed)), 0, False
        elif e.type == "broken_promise":
            before, breaches = breaches, take_in(breaches, e)
            broken += breaches - before
        failed = failed or (failed_answer(e) and e.type != "broken_promise")
    return total + max(broken, int(failed))


def failed_answer(e: Mention) -> bool:
    """Return whether an event is an answer that fails: refusal, broken promise, bad treatment, unresolved."""
    return (
        e.type in ("refusal", "broken_promise")
        or (e.type == "treatment" and e.valence == "negative")
        or (e.type == "resolution" and e.subtype == "unresolved")
    )


def first_contact_resolution(contacts: int, outcome: str, basis: str | None, problem: bool, deviations: int = 0) -> str:
    """Return whether the customer's first contact brought the solution: ``yes``, ``no`` or ``unknown``.

    From the customer's point of view and without a time window, which stories do not give. A second contact
    about a problem is a no whatever came of it, and so is an answer that failed on the way (a double deviation).

    Examples
    --------
    >>> first_contact_resolution(1, "resolved", "told", True), first_contact_resolution(3, "unknown", None, True)
    ('yes', 'no')
    >>> first_contact_resolution(1, "resolved", "told", True, deviations=2)
    'no'
    >>> first_contact_resolution(1, "partial", "inferred", True)
    'unknown'
    """
    if contacts > 1 and (problem or basis is not None):
        return "no"
    if contacts == 1 and basis == "told":
        return "yes" if outcome == "resolved" and deviations < 2 else "no"
    return "unknown"


def response_times(told: Sequence[Mention]) -> list[Mention]:
    """Return the mentions whose duration is the time to an answer.

    A contact by the organisation with a duration, and a wait told in the same sentence as such a contact.
    """
    answers = [e for e in told if e.type == "contact" and e.actor == "organisation"]
    sentences = {e.sentence for e in answers}
    return answers + [e for e in told if e.type == "wait" and e.sentence in sentences]


def lateness(told: Sequence[Mention]) -> float | None:
    """Return the longest time in days that something came too late (`failure`, ``delay``); None if none is told."""
    return longest(e for e in told if e.type == "failure" and e.subtype == "delay")


def recovery_dimensions(events: pd.DataFrame) -> pd.DataFrame:
    """Return how each episode's recovery scores on the dimensions of justice and on Davidow's responses.

    The four dimensions of justice (Colquitt 2001) and the six organisational responses (Davidow 2003),
    inferred from what happened, not from what the narrator finds fair:

    ==============  ==============  =====================================  =====================================
    justice         Davidow         positive                               negative
    ==============  ==============  =====================================  =====================================
    distributive    redress         compensation; resolved, partly         said to be missing; unresolved, partly
    procedural      redress         exception
    procedural      timeliness      no wait ("without waiting")            wait
    procedural      facilitation    a contact answered                     left unanswered; transfer; refusal
    procedural      credibility                                            broken promise
    interpersonal   apology         apology                                said to be missing
    interpersonal   attentiveness   treatment, positive                    treatment, negative
    informational   credibility     explanation                            said to be missing
    ==============  ==============  =====================================  =====================================

    A rule citation has no sign: a rule by itself is neither fair nor unfair.

    Parameters
    ----------
    events : DataFrame
        An event table.

    Returns
    -------
    DataFrame
        Ten rows an episode: `narrative_id`, `episode`, `industry`, `scheme` (``justice``, ``davidow``),
        `dimension`, `positive` and `negative` (mentions, retold ones too), `score` (1 only positive, -1 only
        negative, 0 both, NA nothing told) and `event_ids` (the events behind it, joined by semicolons).

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> recovery_dimensions(to_frame([])).shape
    (0, 9)
    """
    rows = [row for episode in episodes(events) for row in _dimensions(episode)]
    return pd.DataFrame(rows, columns=list(DIMENSION_DTYPES)).astype(DIMENSION_DTYPES)


def _dimensions(episode: Sequence[Mention]) -> Iterator[tuple[Any, ...]]:
    signs = [(*mark, e.event_id) for e in episode if e.realis == "actual" for mark in _signs(e)]
    for scheme, dimensions in DIMENSIONS.items():
        for dimension in dimensions:
            here = [(sign, event_id) for justice, davidow, sign, event_id in signs if dimension in (justice, davidow)]
            positive, negative = (sum(sign == wanted for sign, _ in here) for wanted in (1, -1))
            score = (positive > 0) - (negative > 0) if here else None
            ids = ";".join(dict.fromkeys(event_id for _, event_id in here)) or None
            yield (*_key(episode), scheme, dimension, positive, negative, score, ids)


def _key(episode: Sequence[Mention]) -> tuple[str, int, str | None]:
    return episode[0].narrative_id, episode[0].episode, industry_of(episode)


def _signs(e: Mention) -> Iterator[tuple[str, str, int]]:
    """Yield (dimension of justice, of Davidow, sign) of an event that is actual."""
    affirmed = e.polarity == "affirmed"
    sign = 1 if affirmed else -1
    match e.type:
        case "compensation":
            yield "distributive", "redress", sign
        case "resolution":
            solved = affirmed and e.subtype != "unresolved"
            if solved:
                yield "distributive", "redress", 1
            if not solved or e.subtype == "partial":
                yield "distributive", "redress", -1
        case "wait":
            yield "procedural", "timeliness", -sign
        case "apology" if e.actor == "organisation":
            yield "interpersonal", "apology", sign
        case "explanation":
            yield "informational", "credibility", sign
        case "exception" if affirmed:
            yield "procedural", "redress", 1
        case "transfer" | "refusal" if affirmed:
            yield "procedural", "facilitation", -1
        case "broken_promise" if affirmed:
            yield "procedural", "credibility", -1
        case "contact" if affirmed and e.actor == "customer" and e.answered is not None:
            yield "procedural", "facilitation", 1 if e.answered else -1
        case "treatment" if affirmed and e.valence:
            yield "interpersonal", "attentiveness", 1 if e.valence == "positive" else -1
