"""Recovery: what became of promises, how often the answer failed, and the dimensions, each with its events."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.profiles import profiles
from cxresearch.analysis.recovery import DIMENSIONS, promise_links, recovery_dimensions
from cxresearch.codebook import QUALIFIERS, event_types
from cxresearch.events import Event, to_frame

BASE = Event(
    narrative_id="a", event_id="", episode=1, industry="rail", order=0, sentence=0, type="contact",
    subtype=None, start=0, end=1, source_start=0, source_end=1, text="x", polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration=None, amount=None, currency=None, deadline=None, rule_id="r", cues=(),
)  # fmt: skip


def said(kind: str, **fields: Any) -> Event:
    return replace(BASE, type=kind, **{"actor": event_types()[kind].actor, **fields})


def table(*events: Event) -> pd.DataFrame:
    """The events in this order of telling; their ids are e0, e1, ..."""
    return to_frame([replace(event, order=i, event_id=f"e{i}") for i, event in enumerate(events)])


def called(channel: str) -> Event:
    return said("contact", actor="organisation", channel=channel)


PROMISE, BROKEN, SOLVED = said("promise"), said("broken_promise"), said("resolution", subtype="resolved")
MONEY = said("compensation", amount=Decimal("60"))


@pytest.mark.parametrize(
    ("told", "links"),
    [
        ([PROMISE], [("open", None, None)]),
        ([BROKEN, PROMISE], [("open", None, None)]),
        ([PROMISE, BROKEN], [("broken", "told", "e1")]),
        ([PROMISE, PROMISE, BROKEN], [("open", None, None), ("broken", "told", "e2")]),
        ([PROMISE, BROKEN, PROMISE, BROKEN], [("broken", "told", "e1"), ("broken", "told", "e3")]),
        ([PROMISE, PROMISE, replace(BROKEN, count=2)], [("broken", "told", "e2")] * 2),
        # "Twice" takes in the breach that was told before: one breach more, not two.
        (
            [PROMISE, PROMISE, PROMISE, BROKEN, replace(BROKEN, count=2)],
            [("open", None, None), ("broken", "told", "e4"), ("broken", "told", "e3")],
        ),
        ([PROMISE, PROMISE, SOLVED], [("kept", "outcome", "e2")] * 2),
        ([PROMISE, BROKEN, SOLVED], [("broken", "told", "e1")]),
        ([PROMISE, said("resolution", subtype="unresolved")], [("open", None, None)]),
        ([PROMISE, said("resolution", subtype="partial")], [("open", None, None)]),
        ([PROMISE, replace(SOLVED, realis="hypothetical")], [("open", None, None)]),
        ([PROMISE, replace(SOLVED, polarity="negated")], [("open", None, None)]),
        ([PROMISE, replace(BROKEN, polarity="negated")], [("kept", "told", "e1")]),
        ([replace(PROMISE, channel="phone"), called("phone")], [("kept", "channel", "e1")]),
        ([replace(PROMISE, channel="phone"), called("email")], [("open", None, None)]),
        ([PROMISE, called("phone")], [("open", None, None)]),
        (
            [replace(PROMISE, channel="phone"), said("contact", channel="phone", actor="customer")],
            [("open", None, None)],
        ),
        ([PROMISE, MONEY], [("kept", "order", "e1")]),
        ([replace(PROMISE, amount=Decimal("60.00")), PROMISE, MONEY], [("kept", "amount", "e2"), ("open", None, None)]),
        ([replace(PROMISE, amount=Decimal(50)), MONEY], [("open", None, None)]),
        ([PROMISE, replace(MONEY, voice="quoted", speaker="organisation")], [("open", None, None)]),
        ([replace(PROMISE, realis="generic"), BROKEN], []),
        ([PROMISE, replace(BROKEN, episode=2)], [("open", None, None)]),
    ],
)
def test_promises_are_linked_in_order_of_telling(told: list[Event], links: list[tuple[str | None, ...]]) -> None:
    frame = promise_links(table(*told)).astype(object)
    found = frame[["status", "basis", "link_id"]].where(frame.notna(), None)
    assert [tuple(row) for row in found.to_numpy().tolist()] == links


def test_a_link_names_both_events() -> None:
    frame = promise_links(table(replace(PROMISE, deadline="zaterdag"), BROKEN))
    assert frame.iloc[0].to_dict() == {
        "narrative_id": "a", "episode": 1, "industry": "rail", "promise_id": "e0", "deadline": "zaterdag",
        "status": "broken", "basis": "told", "link_id": "e1", "link_type": "broken_promise",
    }  # fmt: skip


ASK, NO, RUDE = said("contact", actor="customer"), said("refusal"), said("treatment", valence="negative")
FAILED = said("failure")


@pytest.mark.parametrize(
    ("told", "deviations"),
    [
        ([ASK, NO], 0),
        ([FAILED], 1),
        ([NO, FAILED], 1),
        ([BROKEN], 1),
        ([FAILED, NO], 2),
        ([FAILED, ASK, NO, RUDE, NO], 2),
        ([FAILED, ASK, NO, ASK, NO], 3),
        ([FAILED, ASK, NO, ASK], 2),
        ([FAILED, BROKEN, BROKEN], 3),
        ([FAILED, BROKEN, ASK, replace(BROKEN, count=2)], 3),
        ([FAILED, BROKEN, RUDE], 2),
        ([FAILED, replace(BROKEN, count=2), RUDE], 3),
        ([FAILED, ASK, replace(NO, realis="hypothetical")], 1),
    ],
)
def test_every_failed_answer_is_a_deviation(told: list[Event], deviations: int) -> None:
    row = profiles(table(*told)).iloc[0]
    assert (row["n_deviations"], row["double_deviation"]) == (deviations, deviations > 1)


def scores(*told: Event) -> dict[str, tuple[int, int, Any, Any]]:
    frame = recovery_dimensions(table(*told))
    return {
        row.dimension: (row.positive, row.negative, row.score, row.event_ids)
        for row in frame.itertuples()
        if row.event_ids is not pd.NA
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([said("failure")], {}),
        ([said("rule_citation")], {}),
        ([said("treatment", valence="positive")], {"interpersonal": 1, "attentiveness": 1}),
        ([said("treatment", valence="negative")], {"interpersonal": -1, "attentiveness": -1}),
        ([said("apology")], {"interpersonal": 1, "apology": 1}),
        ([said("apology", polarity="negated")], {"interpersonal": -1, "apology": -1}),
        ([said("apology", actor="customer")], {}),
        ([said("explanation", polarity="negated")], {"informational": -1, "credibility": -1}),
        ([said("compensation")], {"distributive": 1, "redress": 1}),
        ([said("compensation", realis="prospective")], {}),
        ([said("resolution")], {"distributive": 1, "redress": 1}),
        ([said("resolution", polarity="negated")], {"distributive": -1, "redress": -1}),
        ([said("resolution", subtype="unresolved")], {"distributive": -1, "redress": -1}),
        ([said("resolution", subtype="partial")], {"distributive": 0, "redress": 0}),
        ([said("exception")], {"procedural": 1, "redress": 1}),
        ([said("wait")], {"procedural": -1, "timeliness": -1}),
        ([said("wait", polarity="negated")], {"procedural": 1, "timeliness": 1}),
        ([said("transfer")], {"procedural": -1, "facilitation": -1}),
        ([said("refusal", polarity="negated")], {}),
        ([said("broken_promise")], {"procedural": -1, "credibility": -1}),
        ([replace(ASK, answered=False)], {"procedural": -1, "facilitation": -1}),
        ([replace(ASK, answered=True)], {"procedural": 1, "facilitation": 1}),
        ([ASK], {}),
        ([RUDE, said("apology")], {"interpersonal": 0, "attentiveness": -1, "apology": 1}),
    ],
)
def test_a_dimension_is_scored_by_the_events_behind_it(told: list[Event], expected: dict[str, int]) -> None:
    assert {dimension: score for dimension, (_, _, score, _) in scores(*told).items()} == expected


def test_a_dimension_names_its_events_and_counts_its_mentions() -> None:
    told = scores(RUDE, said("apology"), RUDE)
    assert told["interpersonal"] == (1, 2, 0, "e0;e1;e2")
    assert told["attentiveness"] == (0, 2, -1, "e0;e2")
    frame = recovery_dimensions(table(said("failure")))
    assert list(zip(frame["scheme"], frame["dimension"], strict=True)) == [
        (scheme, name) for scheme, names in DIMENSIONS.items() for name in names
    ]
    assert frame["score"].isna().all() and (frame[["positive", "negative"]] == 0).all(axis=None)


anything = st.builds(
    said,
    st.sampled_from(list(event_types())),
    narrative_id=st.sampled_from("ab"),
    episode=st.sampled_from([None, 1]),
    polarity=st.sampled_from(QUALIFIERS["polarity"]),
    realis=st.sampled_from(QUALIFIERS["realis"]),
    count=st.none() | st.integers(0, 4),
)


@given(st.lists(anything, max_size=12), st.randoms())
def test_laws(events: list[Event], random: Any) -> None:
    rows = [replace(event, order=i, event_id=f"e{i}") for i, event in enumerate(events)]
    frame = to_frame(rows)
    links, dimensions = promise_links(frame), recovery_dimensions(frame)
    assert links["promise_id"].is_unique
    assert (links["link_id"].isna() == (links["status"] == "open")).all()
    order = {event.event_id: event.order for event in rows}
    settled = links.dropna(subset="link_id")
    assert all(order[a] < order[b] for a, b in zip(settled["promise_id"], settled["link_id"], strict=True))
    assert len(dimensions) == 10 * len(profiles(frame))
    assert (dimensions["score"].isna() == dimensions["event_ids"].isna()).all()
    random.shuffle(rows)
    pd.testing.assert_frame_equal(promise_links(to_frame(rows)), links)
    pd.testing.assert_frame_equal(recovery_dimensions(to_frame(rows)), dimensions)


@pytest.mark.parametrize("function", [promise_links, recovery_dimensions])
def test_no_event_table_teaches_and_none_gives_all_columns(function: Any) -> None:
    with pytest.raises(ValueError, match="no event table: column answered, deadline missing"):
        function(to_frame([]).drop(columns=["answered", "deadline"]))
    assert function(to_frame([])).dtypes.equals(function(table(PROMISE)).dtypes)
