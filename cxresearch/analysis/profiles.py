"""Event table to profiles: one row an episode, what happened in it (codebook, section 5).

Only affirmed `actual` events count, unless a column says otherwise. A story retells; what is told
twice cannot be told apart from what happened twice without the words, and here there are none. The
numbers of contacts, transfers and broken promises are therefore cautious (see `mentions.at_least`), while
the numbers of rule citations, exceptions, promises and escalations are numbers of mentions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxresearch.analysis import recovery
from cxresearch.analysis.mentions import Mention, at_least, days, episodes, happened, industry_of, longest

__all__ = ["COLUMNS", "DTYPES", "days", "profiles"]

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
    "promises_kept": "Int64",
    "promises_broken": "Int64",
    "promises_open": "Int64",
    "broken_promises": "Int64",
    "transfers": "Int64",
    "longest_wait_days": "Float64",
    "longest_response_days": "Float64",
    "longest_lateness_days": "Float64",
    "largest_amount": "Float64",
    "currency": "string",
    "escalations": "Int64",
    "escalation_types": "string",
    "threats": "Int64",
    "compensation": "string",
    "outcome": "string",
    "outcome_basis": "string",
    "first_contact_resolution": "string",
    "exit": "boolean",
    "exit_threatened": "boolean",
    "double_deviation": "boolean",
    "n_deviations": "Int64",
    "tenure_years": "Float64",
    "valence": "string",
}
COLUMNS = tuple(DTYPES)

PLEASANT = frozenset({"joy", "relief", "gratitude"})
UNPLEASANT = frozenset({"anger", "frustration", "despair", "disappointment", "sadness", "fear"})


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
    promises_kept, promises_broken, promises_open
        What became of the promises, as `recovery.promise_links` links them; together they are `promises`.
    broken_promises
        At least so many, also of promises that the story did not tell before.
    longest_wait_days
        Of waits (not of delays, nor of tenure), with 30 days a month and 365 a year.
    longest_response_days
        Of answers: a contact by the organisation, or a wait told in the same sentence, which is a wait too.
    longest_lateness_days
        Of failures that are a ``delay``.
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
    first_contact_resolution
        ``yes`` where one contact by the customer is told and the problem is told to be resolved; ``no`` where
        it is told not to be (or in part), or where a second contact is told; else ``unknown``.
    double_deviation, n_deviations
        A failure, wait or broken promise and later in the telling a failed answer: a refusal, a broken
        promise, negative treatment, or an unresolved end. At least so many (see `recovery.deviations`): 1 is
        a problem without a failed answer.
    valence
        Of treatment and emotions: ``positive``, ``negative``, ``mixed``, or ``neutral`` where there are none.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> profiles(to_frame([])).shape
    (0, 34)
    """
    records = [_profile(episode) for episode in episodes(events)]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(DTYPES)


def _profile(episode: Sequence[Mention]) -> dict[str, Any]:
    actual = [e for e in episode if e.realis == "actual"]
    told = happened(episode)
    denied = {e.type for e in actual if e.polarity == "negated"}
    ahead = [e for e in episode if e.realis == "prospective" and e.polarity == "affirmed"]
    kinds = Counter(e.type for e in told)
    escalations = [e for e in told if e.type == "escalation"]
    transfers = at_least(e for e in told if e.type == "transfer")
    by_customer = _contacts(told, "customer")
    by_organisation = _contacts(told, "organisation")
    contacts = by_customer or int(transfers > 0 and not by_organisation)
    apologised = any(e.type == "apology" and e.actor == "organisation" for e in told)
    outcome, basis = _outcome(actual)
    amount, currency = _amount(told)
    deviations = recovery.deviations(told)
    problem = any(e.type in recovery.PROBLEMS or e.type == "refusal" for e in told)
    promises = Counter(link.status for link in recovery.links(episode))
    tenure = longest(e for e in told if e.type == "loyalty")
    threats = [e.type for e in ahead if e.type in ("escalation", "exit")]
    return {
        "narrative_id": episode[0].narrative_id,
        "episode": episode[0].episode,
        "industry": industry_of(episode),
        "events": len(episode),
        "contacts_by_customer": contacts,
        "contacts_by_organisation": by_organisation,
        "channels": ";".join(sorted({e.channel for e in told if e.channel})) or None,
        "rule_citations": kinds["rule_citation"],
        "exceptions": kinds["exception"],
        "apology": "given" if apologised else "withheld" if "apology" in denied else "not_mentioned",
        "promises": kinds["promise"],
        "promises_kept": promises["kept"],
        "promises_broken": promises["broken"],
        "promises_open": promises["open"],
        "broken_promises": at_least(e for e in told if e.type == "broken_promise"),
        "transfers": transfers,
        "longest_wait_days": longest(e for e in told if e.type == "wait"),
        "longest_response_days": longest(recovery.response_times(told)),
        "longest_lateness_days": recovery.lateness(told),
        "largest_amount": amount,
        "currency": currency,
        "escalations": len(escalations),
        "escalation_types": ";".join(sorted({e.subtype for e in escalations if e.subtype})) or None,
        "threats": len(threats),
        "compensation": _compensation(told, ahead, denied, outcome),
        "outcome": outcome,
        "outcome_basis": basis,
        "first_contact_resolution": recovery.first_contact_resolution(contacts, outcome, basis, problem, deviations),
        "exit": kinds["exit"] > 0,
        "exit_threatened": "exit" in threats,
        "double_deviation": deviations > 1,
        "n_deviations": deviations,
        "tenure_years": None if tenure is None else tenure / 365,
        "valence": _valence(told),
    }


def _contacts(told: Sequence[Mention], actor: str) -> int:
    contacts = [e for e in told if e.type == "contact" and e.actor == actor]
    channels = {e.channel for e in contacts if e.channel}
    on_channels = sum(at_least(e for e in contacts if e.channel == channel) for channel in channels)
    return max(on_channels, at_least(e for e in contacts if e.channel is None))


def _amount(told: Sequence[Mention]) -> tuple[float | None, str | None]:
    amounts = [(float(e.amount), e.currency or "") for e in told if e.amount]
    if not amounts:
        return None, None
    named = Counter(currency for _, currency in amounts)
    usual = min(named, key=lambda currency: (-named[currency], currency))
    return max(amount for amount, currency in amounts if currency == usual), usual or None


def _compensation(told: Sequence[Mention], ahead: Sequence[Mention], denied: set[str], outcome: str) -> str:
    mentions = [e for e in told if e.type == "compensation"]
    in_words = [e for e in mentions if e.voice == "quoted" and e.speaker == "organisation"]
    if len(mentions) > len(in_words) or (mentions and outcome == "resolved"):
        return "given"
    if mentions or any(e.type == "compensation" for e in ahead):
        return "offered"
    return "withheld" if "compensation" in denied else "not_mentioned"


def _outcome(actual: Sequence[Mention]) -> tuple[str, str | None]:
    resolutions = [e for e in actual if e.type == "resolution"]
    if resolutions:
        negated = resolutions[-1].polarity == "negated"
        return "unresolved" if negated else resolutions[-1].subtype or "resolved", "told"
    answers = [
        e.type
        for e in actual
        if e.polarity == "affirmed" and e.type in ("exception", "compensation", "refusal", "exit")
    ]
    problem = any(e.type in ("failure", "wait", "broken_promise", "refusal") for e in actual)
    if not answers or not (problem or answers[-1] == "exit"):
        return "unknown", None
    return "partial" if answers[-1] in ("exception", "compensation") else "unresolved", "inferred"


def _valence(told: Sequence[Mention]) -> str:
    signs = {e.valence for e in told if e.type == "treatment"}
    feelings = {e.subtype for e in told if e.type == "emotion"}
    pleasant = "positive" in signs or not feelings.isdisjoint(PLEASANT)
    unpleasant = "negative" in signs or not feelings.isdisjoint(UNPLEASANT)
    if pleasant and unpleasant:
        return "mixed"
    return "positive" if pleasant else "negative" if unpleasant else "neutral"
