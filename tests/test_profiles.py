"""Profiles: what counts, what does not, and what a retold story must not count twice."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.profiles import COLUMNS, days, profiles
from cxresearch.codebook import QUALIFIERS, event_types
from cxresearch.events import Event, to_frame

BASE = Event(
    narrative_id="a", event_id="a-0", episode=1, industry=None, order=0, sentence=0, type="contact",
    subtype=None, start=0, end=1, source_start=0, source_end=1, text="x", polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration=None, amount=None, currency=None, deadline=None, rule_id="r", cues=(),
)  # fmt: skip


def said(kind: str, **fields: Any) -> Event:
    return replace(BASE, type=kind, **{"actor": event_types()[kind].actor, **fields})


def profile(*events: Event) -> dict[str, Any]:
    frame = profiles(to_frame([replace(event, order=i) for i, event in enumerate(events)]))
    assert len(frame) == 1
    return {str(key): value for key, value in frame.iloc[0].items()}


def test_no_events_no_profiles_but_all_columns() -> None:
    empty, full = profiles(to_frame([])), profiles(to_frame([BASE]))
    assert tuple(empty.columns) == COLUMNS
    assert empty.dtypes.equals(full.dtypes)
    with pytest.raises(ValueError, match="no event table: column episode"):
        profiles(to_frame([]).drop(columns="episode"))


def test_one_row_an_episode_and_none_for_reflection() -> None:
    rows = [
        said("contact", narrative_id="b", episode=2, order=1),
        said("emotion", narrative_id="b", episode=None, order=2, subtype="anger"),
        said("contact", narrative_id="b", episode=1, order=0, industry="rail"),
        said("wait", narrative_id="a", episode=1, order=0),
    ]
    frame = profiles(to_frame(rows))
    assert frame[["narrative_id", "episode"]].to_numpy().tolist() == [["a", 1], ["b", 1], ["b", 2]]
    assert frame["industry"].tolist() == [pd.NA, "rail", pd.NA]
    pd.testing.assert_frame_equal(profiles(to_frame(rows[::-1])), frame)


@pytest.mark.parametrize("realis", ["prospective", "hypothetical", "generic"])
@pytest.mark.parametrize("kind", event_types())
def test_only_what_happened_counts(kind: str, realis: str) -> None:
    row = profile(said(kind, realis=realis, duration="P3W", amount=Decimal(5), valence="negative", count=3))
    counted = {key for key, value in row.items() if not pd.isna(value) and value not in (0, False)}
    expected = {
        "narrative_id", "episode", "events", "apology", "compensation", "outcome", "valence",
        "first_contact_resolution",
    }  # fmt: skip
    if realis == "prospective":
        expected |= {"escalation": {"threats"}, "exit": {"threats", "exit_threatened"}}.get(kind, set())
    assert counted == expected
    assert row["apology"] == "not_mentioned"
    assert row["outcome"] == row["first_contact_resolution"] == "unknown"
    assert row["valence"] == "neutral"


@pytest.mark.parametrize(
    ("contacts", "at_least"),
    [
        ([("email", None), ("email", 4)], 4),
        ([("email", 4), ("email", None)], 5),
        ([("email", None)] * 3 + [("email", 2)], 3),
        ([("email", None), ("phone", None)], 2),
        ([("email", None), ("phone", None), (None, None)], 2),
        ([("email", None), (None, 3)], 3),
        ([(None, None), (None, None)], 2),
    ],
)
def test_contacts_are_a_lower_bound(contacts: list[tuple[str | None, int | None]], at_least: int) -> None:
    for actor, other in (("customer", "organisation"), ("organisation", "customer")):
        row = profile(*(said("contact", actor=actor, channel=c, count=n) for c, n in contacts))
        assert row[f"contacts_by_{actor}"] == at_least
        assert row[f"contacts_by_{other}"] == 0


def test_nobody_is_transferred_without_a_contact() -> None:
    row = profile(said("transfer", count=3, channel="phone"))
    assert (row["transfers"], row["contacts_by_customer"], row["channels"]) == (3, 1, "phone")
    row = profile(said("contact", actor="organisation"), said("transfer"))
    assert row["contacts_by_customer"] == 0


def test_channels_are_sorted_and_of_actual_events_only() -> None:
    row = profile(
        said("contact", channel="phone"),
        said("escalation", channel="social_media", subtype="public"),
        said("contact", channel="email"),
        said("contact", channel="letter", realis="generic"),
        said("contact", channel="sms", polarity="negated"),
    )
    assert row["channels"] == "email;phone;social_media"
    assert row["escalation_types"] == "public"


def test_apology() -> None:
    missing = said("apology", polarity="negated")
    assert profile(said("apology"))["apology"] == "given"
    assert profile(missing)["apology"] == "withheld"
    assert profile(missing, said("apology"))["apology"] == "given"
    assert profile(said("apology", realis="generic"))["apology"] == "not_mentioned"
    assert profile(said("apology", actor="customer"))["apology"] == "not_mentioned"


def test_compensation() -> None:
    money = said("compensation", amount=Decimal("49.95"), currency="EUR")
    offer = replace(money, voice="quoted", speaker="organisation")
    assert profile(money)["compensation"] == "given"
    assert profile(offer)["compensation"] == "offered"
    assert profile(offer, said("resolution", subtype="resolved"))["compensation"] == "given"
    assert profile(replace(money, realis="prospective"))["compensation"] == "offered"
    assert profile(replace(money, polarity="negated"))["compensation"] == "withheld"
    assert profile(said("refusal"))["compensation"] == "not_mentioned"
    assert profile(money)["largest_amount"] == 49.95


def test_the_largest_amount_is_in_one_currency() -> None:
    amounts = [("900", "SEK"), ("60", "EUR"), ("81", "EUR")]
    row = profile(*(said("failure", amount=Decimal(a), currency=c) for a, c in amounts))
    assert (row["largest_amount"], row["currency"]) == (81, "EUR")


@pytest.mark.parametrize(
    ("told", "outcome", "basis"),
    [
        (["resolution:unresolved", "resolution:resolved", "failure:delay"], "resolved", "told"),
        (["resolution:resolved", "resolution:unresolved"], "unresolved", "told"),
        (["resolution:partial", "exit"], "partial", "told"),
        (["refusal", "exception"], "partial", "inferred"),
        (["exception", "refusal"], "unresolved", "inferred"),
        (["failure:billing", "exit"], "unresolved", "inferred"),
        (["failure:billing", "promise"], "unknown", pd.NA),
    ],
)
def test_outcome(told: list[str], outcome: str, basis: Any) -> None:
    events = [said(kind, subtype=subtype or None) for kind, _, subtype in (t.partition(":") for t in told)]
    row = profile(*events)
    assert row["outcome"] == outcome
    assert row["outcome_basis"] is basis or row["outcome_basis"] == basis


@pytest.mark.parametrize(
    ("told", "double"),
    [
        ([said("failure"), said("refusal")], True),
        ([said("refusal"), said("failure")], False),
        ([said("failure"), said("treatment", valence="negative")], True),
        ([said("failure"), said("treatment", valence="positive")], False),
        ([said("wait"), said("broken_promise")], True),
        ([said("broken_promise")], False),
        ([said("failure"), said("resolution", subtype="unresolved")], True),
        ([said("failure"), said("resolution", subtype="resolved")], False),
        ([said("failure"), said("refusal", realis="generic")], False),
        ([said("failure", realis="hypothetical"), said("refusal")], False),
        ([said("failure"), said("refusal", polarity="negated")], False),
        ([said("failure", polarity="negated"), said("refusal")], False),
    ],
)
def test_double_deviation(told: list[Event], double: bool) -> None:
    assert bool(profile(*told)["double_deviation"]) is double


def test_waits_and_tenure_are_kept_apart() -> None:
    row = profile(
        said("wait", duration="PT15M"),
        said("wait", duration="P3W"),
        said("failure", subtype="delay", duration="P90D"),
        said("loyalty", duration="P36Y"),
    )
    assert row["longest_wait_days"] == 21
    assert row["tenure_years"] == 36
    assert profile(said("wait"))["longest_wait_days"] is pd.NA


def test_lateness_and_response_times_are_kept_apart_from_waits() -> None:
    row = profile(
        said("wait", duration="P3W", sentence=1),
        said("failure", subtype="delay", duration="P2D", sentence=2),
        said("failure", subtype="lost", duration="P9D", sentence=3),
        said("contact", actor="organisation", sentence=4),
        said("wait", duration="PT12H", sentence=4),
        said("contact", actor="customer", sentence=5),
        said("wait", duration="P4W", sentence=5),
    )
    names = ("longest_wait_days", "longest_response_days", "longest_lateness_days")
    assert [row[name] for name in names] == [28, 0.5, 2]
    row = profile(said("wait", duration="P3W"), said("failure", duration="P2D"))
    assert [row[name] for name in names] == [21, pd.NA, pd.NA]


@pytest.mark.parametrize(
    ("told", "resolved"),
    [
        ([said("contact", actor="customer"), said("resolution", subtype="resolved")], "yes"),
        ([said("transfer"), said("resolution", subtype="resolved")], "yes"),
        ([said("contact", actor="customer", count=2), said("resolution", subtype="resolved")], "no"),
        ([said("contact", actor="customer"), said("resolution", subtype="partial")], "no"),
        ([said("contact", actor="customer"), said("resolution", polarity="negated")], "no"),
        ([said("failure"), said("contact", actor="customer", count=2)], "no"),
        ([said("contact", actor="customer", count=2)], "unknown"),
        ([said("failure"), said("contact", actor="customer"), said("refusal")], "unknown"),
        ([said("failure"), said("contact", actor="customer")], "unknown"),
        ([said("resolution", subtype="resolved")], "unknown"),
        ([said("contact", actor="organisation"), said("resolution", subtype="resolved")], "unknown"),
    ],
)
def test_first_contact_resolution_is_unknown_where_it_is_not_told(told: list[Event], resolved: str) -> None:
    assert profile(*told)["first_contact_resolution"] == resolved


@pytest.mark.parametrize("text", ["", "P", "PT", "3 weken", "P3", "P3W ", "P1DT"])
def test_a_duration_that_is_none_teaches(text: str) -> None:
    with pytest.raises(ValueError, match="not ISO 8601"):
        days(text)
    if text:
        with pytest.raises(ValueError, match="a, a wait: duration"):
            profile(said("wait", duration=text))


@pytest.mark.parametrize(
    ("told", "valence"),
    [
        ([said("treatment", valence="positive")], "positive"),
        ([said("emotion", subtype="anger")], "negative"),
        ([said("emotion", subtype="relief"), said("treatment", valence="negative")], "mixed"),
        ([said("emotion", subtype="surprise")], "neutral"),
        ([said("failure")], "neutral"),
    ],
)
def test_valence(told: list[Event], valence: str) -> None:
    assert profile(*told)["valence"] == valence


anything = st.builds(
    said,
    st.sampled_from(list(event_types())),
    narrative_id=st.sampled_from("ab"),
    episode=st.sampled_from([None, 1, 2]),
    polarity=st.sampled_from(QUALIFIERS["polarity"]),
    realis=st.sampled_from(QUALIFIERS["realis"]),
    actor=st.sampled_from(QUALIFIERS["actor"]),
    count=st.none() | st.integers(0, 9),
    channel=st.sampled_from([None, "phone"]),
)


@given(st.lists(anything, max_size=12), st.randoms())
def test_the_order_of_the_rows_does_not_matter(events: list[Event], random: Any) -> None:
    rows = [replace(event, order=i) for i, event in enumerate(events)]
    frame = profiles(to_frame(rows))
    assert len(frame) == len({(e.narrative_id, e.episode) for e in rows if e.episode is not None})
    kept, broken, still_open = (frame[f"promises_{status}"] for status in ("kept", "broken", "open"))
    assert (kept + broken + still_open).equals(frame["promises"].rename(None))
    assert frame["double_deviation"].tolist() == (frame["n_deviations"] > 1).tolist()
    assert int(frame["events"].sum()) == sum(e.episode is not None for e in rows)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(profiles(to_frame(rows)), frame)
