"""Feelings over the time of stories: parts, valences, what counts, and intervals by cluster."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.arcs import emotion_over_time
from cxresearch.analysis.journeys import clustered_share


def told(rows: list[tuple], **columns: object) -> pd.DataFrame:
    """Events of (narrative, type, subtype, start), each ten characters long."""
    frame = pd.DataFrame(rows, columns=["narrative_id", "type", "subtype", "start"])
    frame = frame.assign(episode=1, end=frame["start"] + 10, polarity="affirmed", realis="actual", industry="rail")
    return frame.assign(**columns)


STORY = [
    ("a", "failure", None, 0),
    ("a", "emotion", "anger", 100),
    ("a", "emotion", "surprise", 390),
    ("a", "emotion", "relief", 1000),
]


def test_counted_by_hand() -> None:
    # Middles at 5, 105, 395 and 1005: story time 0, .1, .39 and 1.
    table = emotion_over_time(told(STORY), parts=5)
    angry = table[table["valence"] == "unpleasant"]
    assert angry["n"].tolist() == [2, 1, 0, 0, 1]
    assert angry["k"].tolist() == [1, 0, 0, 0, 0]
    assert table.loc[table["valence"] == "pleasant", "k"].tolist() == [0, 0, 0, 0, 1]
    assert angry["estimate"].fillna(-1).tolist() == [0.5, 0.0, -1, -1, 0.0]
    assert angry["reason"].tolist()[2] == "not estimable: no cases"
    assert angry["low"].isna().all()  # one narrative


def test_what_is_denied_or_planned_or_outside_an_episode_does_not_count() -> None:
    more = told([("a", "emotion", "anger", 500)])
    others = [more.assign(polarity="negated"), more.assign(realis="hypothetical"), more.assign(episode=pd.NA)]
    assert emotion_over_time(pd.concat([told(STORY), *others])).equals(emotion_over_time(told(STORY)))


def test_the_interval_is_that_of_the_clusters() -> None:
    rows = [(f"n{i:02}", kind, sub, start) for i in range(20) for kind, sub, start in
            [("failure", None, 0), ("emotion", "anger" if i < 8 else "joy", 10), ("wait", None, 1000)]]  # fmt: skip
    frame = told(rows, author=[f"a{i // 6}" for i in range(60)])
    own = emotion_over_time(frame, parts=2)
    pairs = emotion_over_time(frame, parts=2, cluster="author")
    row = own.iloc[0]
    expected = clustered_share(pd.Series([1.0] * 8 + [0.0] * 12).to_numpy(), pd.Series([2.0] * 20).to_numpy())
    assert (row["k"], row["n"], row["episodes"]) == (8, 40, 20)
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx(expected[:3])
    assert pairs.iloc[0]["high"] - pairs.iloc[0]["low"] > row["high"] - row["low"]


def test_a_group_without_any_told_event_is_there_with_its_reason() -> None:
    frame = pd.concat([told(STORY), told([("b", "wait", None, 0)], industry="energy")])
    table = emotion_over_time(frame, by="industry")
    energy = table[table["industry"] == "energy"]
    assert len(energy) == 10
    assert energy["reason"].eq("not estimable: no cases").all()


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["anger", "joy", None]), st.integers(0, 999)), min_size=1
    )
)
def test_every_timed_event_is_in_one_part(rows: list[tuple]) -> None:
    frame = told([(n, "emotion" if s else "wait", s, start) for n, s, start in rows])
    spread = frame.groupby("narrative_id")["start"].transform("nunique") > 1
    for parts in (2, 7):
        table = emotion_over_time(frame, parts=parts).query("valence == 'pleasant'")
        assert table["n"].sum() == spread.sum()
        assert table["k"].sum() == (spread & (frame["subtype"] == "joy")).sum()


@pytest.mark.parametrize("column", ["subtype", "start", "industry", "author"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(ValueError, match=column):
        emotion_over_time(told(STORY).drop(columns=column, errors="ignore"), by="industry", cluster="author")


def test_bad_parts() -> None:
    with pytest.raises(ValueError, match=r"^parts"):
        emotion_over_time(told(STORY), parts=1)
