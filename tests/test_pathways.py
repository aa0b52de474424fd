"""States by place and maps by group: shares that sum to 1, groups too small, what is named when it is wrong."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.journeys import clustered_share, process_map
from cxresearch.analysis.pathways import FAMILIES, families, maps_by, state_distribution
from cxresearch.codebook import event_types

STATES = ["failure", "wait", "contact", "apology"]


def sequences(ways: list[list[str]], **columns: object) -> pd.DataFrame:
    rows = [(f"n{i:02}", 1, j, state) for i, way in enumerate(ways) for j, state in enumerate(way, start=1)]
    return pd.DataFrame(rows, columns=["narrative_id", "episode", "position", "state"]).assign(**columns)


def test_every_type_is_in_one_family() -> None:
    members = [state for states in FAMILIES.values() for state in states]
    assert sorted(members) == sorted(event_types())


def test_families_of_states_with_a_subtype() -> None:
    assert families(pd.Series(["failure", "emotion:anger", pd.NA])).tolist() == ["problem", "reaction", "other"]


def test_distribution_counted_by_hand() -> None:
    table = state_distribution(sequences([["failure", "wait"], ["failure", "contact"], ["wait"]]), fewest=2)
    first = table[table["position"] == 1].set_index("state")
    assert first["k"].to_dict() == {"contact": 0, "failure": 2, "wait": 1}
    assert first["n"].eq(3).all()
    assert table.loc[table["position"] == 2, "n"].eq(2).all()


def test_distribution_has_the_interval_of_the_clusters() -> None:
    frame = sequences([["failure"]] * 6 + [["wait"]] * 6)
    row = state_distribution(frame, fewest=1).iloc[0]
    expected = clustered_share(pd.Series([1.0] * 6 + [0.0] * 6).to_numpy(), pd.Series([1.0] * 12).to_numpy())
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx(expected[:3])


@given(st.lists(st.lists(st.sampled_from(STATES), min_size=1, max_size=6), min_size=1, max_size=12))
def test_shares_of_a_place_sum_to_one(ways: list[list[str]]) -> None:
    table = state_distribution(sequences(ways), fewest=1)
    assert table.groupby("position")["estimate"].sum().sub(1).abs().lt(1e-9).all()
    assert table.groupby("position")["n"].first().tolist() == [
        sum(len(way) >= place for way in ways) for place in range(1, max(map(len, ways)) + 1)
    ]


def test_a_group_that_is_too_small_says_so() -> None:
    frame = sequences([["wait"]] * 12, industry=["rail"] * 10 + ["energy"] * 2)
    table = state_distribution(frame, by="industry")
    assert table["industry"].tolist() == ["energy", "rail"]
    assert table["reason"].fillna("").tolist() == ["not estimable: 2 episodes, fewer than 10", ""]


def test_maps_are_those_of_each_group() -> None:
    frame = sequences([["failure", "wait"]] * 6 + [["contact"]] * 7, industry=["rail"] * 12 + [None] * 7)
    nodes, edges = maps_by(frame)
    assert nodes["industry"].unique().tolist() == ["rail", "unknown"]
    for name, part in frame.groupby(frame["industry"].fillna("unknown")):
        own_nodes, own_edges = process_map(part, 0.25)
        mine = nodes[nodes["industry"] == name].drop(columns=["industry", "reason"]).reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, own_nodes)
        steps = edges[edges["industry"] == name].drop(columns="industry").reset_index(drop=True)
        pd.testing.assert_frame_equal(steps, own_edges)


def test_what_is_wrong_is_named() -> None:
    frame = sequences([["wait"]])
    with pytest.raises(ValueError, match="author"):
        state_distribution(frame, cluster="author")
    with pytest.raises(ValueError, match=r"^position"):
        state_distribution(pd.concat([frame, frame]))
    with pytest.raises(ValueError, match="industry"):
        maps_by(frame)
    with pytest.raises(ValueError, match="no rows"):
        maps_by(frame.assign(industry="rail").iloc[:0])
    with pytest.raises(ValueError, match="min_share"):
        maps_by(frame.assign(industry="rail"), min_share=2)
