"""Distances of journeys: by hand, against nltk's edit distance, the laws of a distance; clusters that were planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.distance import edit_distance
from sklearn.metrics import adjusted_rand_score, silhouette_score

from cxresearch.analysis.distances import clusters, optimal_matching, silhouettes, substitution_costs


def journeys(*stories: str) -> pd.DataFrame:
    """Sequences of one-letter states: narrative n000, n001, ... with one episode each."""
    rows = [
        (f"n{i:03}", 1, place, state)
        for i, story in enumerate(stories)
        for place, state in enumerate(story, start=1)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["narrative_id", "episode", "position", "state"])


def distance(a: str, b: str, **arguments: object) -> float:
    square = optimal_matching(journeys(a, b), normalise=False, **arguments)  # type: ignore[arg-type]
    return float(square.iloc[0, 1])


def constant(states: str, cost: float) -> pd.DataFrame:
    square = cost * (1 - np.eye(len(states)))
    return pd.DataFrame(square, index=list(states), columns=list(states))


def test_by_hand() -> None:
    # FWC to FC: delete W. FWC to FRC: substitute W by R for 2, or delete and insert for 2.
    assert distance("FWC", "FC") == 1
    assert distance("FWC", "FRC") == 2
    # KITTEN to SITTING with substitutions at 1 is Levenshtein's 3; at 2 it is 5 (2 substitutions, 1 insertion).
    assert distance("KITTEN", "SITTING", costs=constant("EGIKNST", 1)) == 3
    assert distance("KITTEN", "SITTING") == 5
    assert distance("FW", "RC", costs=constant("CFRW", 3), indel=1.25) == 5  # all four are cheaper out and in
    # (2 + 3 states at 1 each to delete and insert) in the denominator
    assert optimal_matching(journeys("FWC", "FC")).iloc[0, 1] == 1 / 5
    assert optimal_matching(journeys("FF", "WWW")).iloc[0, 1] == 1


words = st.text("ABCD", min_size=1, max_size=7)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=2, max_size=5), st.sampled_from([1, 2]))
def test_it_is_the_edit_distance_and_obeys_the_laws_of_one(stories: list[str], cost: int) -> None:
    square = optimal_matching(journeys(*stories), costs=constant("ABCD", cost), normalise=False).to_numpy()
    for i, a in enumerate(stories):
        for j, b in enumerate(stories):
            assert square[i, j] == edit_distance(a, b, substitution_cost=cost)
            assert (square[i, j] <= square[i] + square[j] + 1e-9).all()
    share = optimal_matching(journeys(*stories)).to_numpy()
    assert (share >= 0).all() and (share <= 1).all()


def test_many_pairs_are_done_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    table = journeys("FWC", "F", "WWCR", "RC", "FFWCR")
    whole = optimal_matching(table)
    monkeypatch.setattr("cxresearch.analysis.distances._CHUNK", 3)
    pd.testing.assert_frame_equal(optimal_matching(table.sample(frac=1, random_state=0)), whole)


def test_costs_from_transitions_by_hand() -> None:
    # FW, FW, FC, WF: from F to W 2 of 3 and to C 1 of 3; from W to F 1 of 1; from C nothing.
    costs = substitution_costs(journeys("FW", "FW", "FC", "WF"), "transition")
    assert costs.loc["F", "W"] == costs.loc["W", "F"] == pytest.approx(2 - 2 / 3 - 1)
    assert costs.loc["F", "C"] == pytest.approx(2 - 1 / 3)
    assert costs.loc["C", "W"] == 2
    assert np.diag(costs).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="neither 'constant'"):
        substitution_costs(journeys("FW"), "future")


def planted() -> tuple[pd.DataFrame, list[int]]:
    random = np.random.default_rng(0)
    kinds = random.permutation([0] * 20 + [1] * 12 + [2] * 8).tolist()
    stories = []
    for kind in kinds:
        story = list(("FCRSCR", "WWWPBP", "TTTTXX")[kind])
        for noise in random.choice(list("EGHI"), 2):
            story.insert(int(random.integers(len(story) + 1)), str(noise))
        stories.append("".join(story))
    return journeys(*stories), kinds


def test_planted_clusters_are_found_and_the_silhouette_says_how_many() -> None:
    table, kinds = planted()
    square = optimal_matching(table)
    assert adjusted_rand_score(kinds, clusters(square, 3, "complete")["cluster"]) == 1
    found = clusters(square, 3)
    assert adjusted_rand_score(kinds, found["cluster"]) == 1
    assert found["cluster"].value_counts().to_dict() == {1: 20, 2: 12, 3: 8}
    assert found["medoid"].sum() == 3
    over_k = silhouettes(square)
    assert over_k.loc[over_k["best"], "k"].tolist() == [3]
    expected = silhouette_score(square.to_numpy(), found["cluster"].to_numpy(dtype=int), metric="precomputed")
    assert over_k.loc[over_k["k"] == 3, "estimate"].iloc[0] == pytest.approx(expected)


def test_what_cannot_be_clustered() -> None:
    alike = silhouettes(optimal_matching(journeys(*["FW"] * 6)), [2])
    assert alike["estimate"].isna().all() and "too much alike" in alike["reason"].iloc[0]
    few = silhouettes(optimal_matching(journeys("F", "W")))
    assert few["estimate"].isna().all() and not few["best"].any()
    assert few["reason"].str.contains("2 episodes make no").all()
    none = optimal_matching(journeys())
    assert none.shape == (0, 0)
    assert silhouettes(none)["estimate"].isna().all()
    with pytest.raises(ValueError, match="k 2: of 2 episodes"):
        clusters(optimal_matching(journeys("F", "W")), 2)


def test_bad_input_teaches() -> None:
    table = journeys("FW", "F")
    with pytest.raises(ValueError, match="column state missing"):
        optimal_matching(table.drop(columns="state"))
    with pytest.raises(ValueError, match="indel 0 must be more"):
        optimal_matching(table, indel=0)
    with pytest.raises(ValueError, match="the state W is missing"):
        optimal_matching(table, costs=constant("FC", 2))
    with pytest.raises(ValueError, match="the same states in the same order"):
        optimal_matching(table, costs=constant("FW", 2)[["W", "F"]])
    for bad in (constant("FW", -1), constant("FW", np.nan), constant("FW", 2) + 1):
        with pytest.raises(ValueError, match="symmetric, 0 on the diagonal"):
            optimal_matching(table, costs=bad)
    square = optimal_matching(table)
    with pytest.raises(ValueError, match="square table"):
        clusters(square.iloc[:1], 2)
    with pytest.raises(ValueError, match="symmetric, 0 on the diagonal"):
        silhouettes(square + 1)
    with pytest.raises(ValueError, match="method 'ward' is neither"):
        clusters(optimal_matching(journeys("F", "W", "C")), 2, "ward")
