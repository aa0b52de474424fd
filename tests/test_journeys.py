"""Journeys: order, phases, what follows on what, and a map in which nothing hangs loose."""

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from cxresearch.analysis.journeys import END, START, clustered_share, directly_follows, process_map, sequences
from cxresearch.events import Event, to_frame

BASE = Event(
    narrative_id="a", event_id="", episode=1, industry=None, order=0, sentence=0, type="contact",
    subtype=None, start=0, end=1, source_start=0, source_end=1, text="x", polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration=None, amount=None, currency=None, deadline=None, rule_id="r", cues=(),
)  # fmt: skip


def events(*kinds: str, **fields: Any) -> pd.DataFrame:
    """An event table of one episode in this order of telling; their ids are e0, e1, ..."""
    told = [replace(BASE, type=kind, order=i, event_id=f"e{i}", **fields) for i, kind in enumerate(kinds)]
    return to_frame(told)


def journeys(**stories: str) -> pd.DataFrame:
    """Sequences of one-letter states: a story a narrative with one episode."""
    rows = [
        (story, 1, place, state) for story, states in stories.items() for place, state in enumerate(states, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["narrative_id", "episode", "position", "state"])
    return frame.astype({"narrative_id": "string", "state": "string"})


def test_only_what_happened_in_an_episode_and_in_order_of_telling() -> None:
    told = pd.concat([events("failure", "wait"), events("exit", episode=None), events("wait", realis="generic")])
    table = sequences(told.sample(frac=1, random_state=1))
    assert table[["position", "state", "event_id"]].to_numpy().tolist() == [[1, "failure", "e0"], [2, "wait", "e1"]]
    assert set(table["ordered_by"]) == {"telling"}
    assert sequences(to_frame([])).dtypes.equals(table.dtypes)


@pytest.mark.parametrize(
    ("kinds", "phases"),
    [
        ("failure emotion contact refusal emotion exit", "pre pre recovery recovery post post"),
        ("failure contact emotion resolution loyalty", "pre recovery recovery recovery post"),
        ("wait request", "pre recovery"),
        ("failure apology emotion", "unknown unknown unknown"),
    ],
)
def test_phases(kinds: str, phases: str) -> None:
    assert sequences(events(*kinds.split()))["phase"].tolist() == phases.split()


def test_the_order_of_happening_only_where_all_is_dated() -> None:
    dated = events("exit", "failure", "contact").assign(when=[3.0, 1.0, 2.0])
    undated = events("exit", "failure", narrative_id="b").assign(when=[2.0, None])
    table = sequences(pd.concat([dated, undated], ignore_index=True), "happening")
    assert table["state"].tolist() == ["failure", "contact", "exit", "exit", "failure"]
    assert table["ordered_by"].tolist() == ["happening"] * 3 + ["telling"] * 2
    assert table["phase"].tolist() == ["pre", "recovery", "post", "unknown", "unknown"]
    dates = dated.assign(when=pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01"]))
    assert sequences(dates, "happening")["state"].tolist() == ["failure", "contact", "exit"]
    with pytest.raises(ValueError, match="column when missing"):
        sequences(events("exit"), "happening")
    with pytest.raises(ValueError, match="column when is object"):
        sequences(dated.assign(when=["x", "y", "z"]).astype({"when": object}), "happening")
    with pytest.raises(ValueError, match="neither 'telling' nor"):
        sequences(dated, "time")
    with pytest.raises(ValueError, match="column type missing"):
        sequences(dated.drop(columns="type"))


def test_detail_and_the_industry_of_the_episode() -> None:
    told = pd.concat([events("failure", subtype="delay"), events("treatment", valence="negative", industry="rail")])
    told["order"] = [0, 1]
    table = sequences(told, detail=True)
    assert table["state"].tolist() == ["failure:delay", "treatment:negative"]
    assert table["industry"].tolist() == ["rail", "rail"]


def test_directly_follows_by_hand() -> None:
    # a: <start> F W F <end>; b: <start> F <end>. From F: W once, <end> twice.
    table = directly_follows(journeys(a="FWF", b="F"))
    assert table[["source", "target", "count", "episodes", "n"]].to_numpy().tolist() == [
        [START, "F", 2, 2, 2],
        ["F", END, 2, 2, 3],
        ["F", "W", 1, 1, 3],
        ["W", "F", 1, 1, 1],
    ]
    leaving = table[(table["source"] == "F") & (table["target"] == "W")].iloc[0]
    assert leaving["estimate"] == pytest.approx(1 / 3)
    assert leaving["n"] == 3 and leaving["n_narratives"] == 2
    assert pd.isna(leaving["low"]) and "2 narratives, at least 5" in leaving["reason"]


def test_directly_follows_by_industry() -> None:
    table = journeys(a="FW", b="FE", c="F").assign(industry=["rail", "rail", "energy", "energy", pd.NA])
    found = directly_follows(table, by="industry")
    assert found["industry"].unique().tolist() == ["energy", "rail", "unknown"]
    assert found.groupby("industry")["count"].sum().tolist() == [3, 3, 2]
    with pytest.raises(ValueError, match="column sector missing"):
        directly_follows(table, by="sector")


def test_one_case_a_narrative_is_the_exact_interval() -> None:
    share, low, high, reason = clustered_share(np.array([1.0] * 3 + [0.0] * 17), np.ones(20))
    # The variance between 20 narratives of one case each is p(1 - p) / 19: that of 19 independent cases.
    assert share == 0.15 and reason is None
    assert (low, high) == pytest.approx(proportion_confint(0.15 * 19, 19, method="beta"))


def test_nothing_and_everything_have_an_interval() -> None:
    assert clustered_share(np.zeros(10), np.full(10, 9.0))[:3] == pytest.approx(
        (0, *proportion_confint(0, 10, method="beta"))
    )
    assert clustered_share(np.zeros(0), np.zeros(0))[3] == "not estimable: no cases"


def test_the_interval_covers_in_clustered_data_where_the_naive_one_does_not() -> None:
    random = np.random.default_rng(0)
    covered, naive = [], []
    for _ in range(1000):
        sizes = random.integers(1, 15, 40).astype(float)
        hits = random.binomial(sizes.astype(int), random.beta(0.6, 1.4, 40)).astype(float)
        _, low, high, _ = clustered_share(hits, sizes)
        assert low is not None and high is not None
        covered.append(low <= 0.3 <= high)
        low, high = proportion_confint(hits.sum(), sizes.sum(), method="wilson")
        naive.append(low <= 0.3 <= high)
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(naive) < 0.8


letters = st.text("FWCRE", min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdefg"), letters, min_size=1), st.floats(0, 1))
def test_laws(stories: dict[str, str], share: float) -> None:
    table = journeys(**stories)
    found = directly_follows(table)
    assert int(found["count"].sum()) == len(table) + len(stories)
    assert np.allclose(found.groupby("source")["estimate"].sum().astype(float), 1)
    bounded = found.dropna(subset="low")
    assert (bounded["low"] <= bounded["estimate"]).all() and (bounded["estimate"] <= bounded["high"]).all()
    pd.testing.assert_frame_equal(directly_follows(table[::-1]), found)
    nodes, edges = process_map(table, share)
    graph = nx.DiGraph(list(zip(edges["source"], edges["target"], strict=True)))
    assert set(graph) == set(nodes["state"])
    for state in nodes["state"]:
        assert nx.has_path(graph, START, state) and nx.has_path(graph, state, END)
    assert set(nodes.loc[nodes["share"] < share, "kept_for"]) <= {"connection"}
    whole_nodes, whole_edges = process_map(table, 0)
    assert set(whole_nodes["kept_for"]) == {"frequency"}
    assert whole_edges["count"].tolist() == found.sort_values(["source", "target"])["count"].tolist()


def test_a_rare_state_gets_its_most_travelled_path_back() -> None:
    # C is in every story, but each time on another way: no step to or from it is frequent.
    nodes, edges = process_map(journeys(a="FC", b="WC", c="FFC", d="RC"), 0.8)
    assert set(nodes["state"]) == {START, "F", "C", END}
    assert edges.loc[edges["kept_for"] == "connection", ["source", "target"]].to_numpy().tolist() == [
        [START, "F"],
        ["F", "C"],
    ]
    assert nodes.set_index("state")["count"].to_dict() == {START: 4, "F": 3, "C": 4, END: 4}
    assert nodes.set_index("state").loc["F", "kept_for"] == "connection"


def test_the_map_of_nothing_and_of_a_share_that_is_none() -> None:
    nodes, edges = process_map(journeys())
    assert nodes.empty and edges.empty
    with pytest.raises(ValueError, match="is no share"):
        process_map(journeys(a="F"), 10)
