"""Events that go together: planted pairs are found, pairs by chance are not, and phi is the correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.analysis.cooccurrence import cooccurrence
from cxresearch.analysis.mentions import FIELDS


def events(told: dict[str, np.ndarray]) -> pd.DataFrame:
    """One episode a row of the arrays; a mention for each type that is told, and a request in all but a few."""
    n = len(next(iter(told.values())))
    rows = []
    for i in range(n):
        kinds = ["request", *(kind for kind, there in told.items() if there[i])]
        rows += [
            {
                "narrative_id": f"n{i:03}",
                "event_id": f"n{i:03}#{k}",
                "episode": 1,
                "order": k,
                "sentence": k,
                "type": kind,
            }
            for k, kind in enumerate(kinds, 1)
        ]
    frame = pd.DataFrame(rows).assign(polarity="affirmed", realis="actual", actor="organisation", voice="narrated")
    return frame.reindex(columns=FIELDS)


def draw(seed: int, together: bool, n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    promise, wait, exit_ = (rng.random(n) < 0.4 for _ in range(3))
    broken = np.where(rng.random(n) < 0.8, promise, ~promise) if together else rng.random(n) < 0.4
    return events({"promise": promise, "broken_promise": broken, "wait": wait, "exit": exit_})


def pair(table: pd.DataFrame, first: str, second: str) -> pd.Series:
    return table[(table["first"] == first) & (table["second"] == second)].iloc[0]


def test_phi_is_the_correlation_of_yes_and_no() -> None:
    told = {"wait": np.arange(40) % 2 == 0, "exit": np.arange(40) % 3 == 0}
    row = pair(cooccurrence(events(told), draws=200), "wait", "exit")
    assert row["estimate"] == pytest.approx(np.corrcoef(told["wait"], told["exit"])[0, 1])
    assert row["k"] == 7
    assert row["share"] == pytest.approx(7 / 40)
    assert row["jaccard"] == pytest.approx(7 / (20 + 14 - 7))
    assert row["low"] <= row["estimate"] <= row["high"]


def test_a_planted_pair_is_found_and_hardly_another() -> None:
    tables = [cooccurrence(draw(seed, together=True), draws=299) for seed in range(8)]
    found = pd.concat(table[table["p_holm"] < 0.05] for table in tables)
    planted = (found["first"] == "broken_promise") & (found["second"] == "promise")
    assert planted.sum() == 8
    assert (~planted).sum() <= 1
    assert (found.loc[planted, "estimate"] > 0.4).all()


def test_what_is_told_by_lot_is_seldom_found() -> None:
    tables = [cooccurrence(draw(seed, together=False), draws=199) for seed in range(20)]
    p = pd.concat(tables)["p"].dropna()
    assert len(p) == 20 * 6
    assert (p < 0.05).mean() < 0.1


def test_what_all_episodes_tell_is_not_estimable_and_says_why() -> None:
    row = pair(cooccurrence(draw(0, together=False), draws=50), "wait", "request")
    assert pd.isna(row["estimate"])
    assert "request is told in 120 of 120 episodes" in row["reason"]


def test_no_episode_and_a_missing_column_are_told() -> None:
    frame = draw(0, together=False)
    with pytest.raises(ValueError, match="no event stands in an episode"):
        cooccurrence(frame.assign(episode=pd.NA))
    with pytest.raises(ValueError, match="realis"):
        cooccurrence(frame.drop(columns="realis"))


def test_authors_are_drawn_whole() -> None:
    frame = draw(1, together=True)
    authors = pd.DataFrame({"narrative_id": sorted(set(frame["narrative_id"]))})
    authors["author"] = [f"a{i // 40}" for i in range(len(authors))]
    row = pair(cooccurrence(frame, authors=authors, draws=200), "broken_promise", "promise")
    alone = pair(cooccurrence(frame, draws=200), "broken_promise", "promise")
    assert row["estimate"] == alone["estimate"]
    assert (row["low"], row["high"]) != (alone["low"], alone["high"])
    twice = pd.concat([authors, authors], ignore_index=True)  # a narrative that stands twice is one narrative
    again = pair(cooccurrence(frame, authors=twice, draws=200), "broken_promise", "promise")
    assert (again["low"], again["high"], again["p"]) == (row["low"], row["high"], row["p"])
