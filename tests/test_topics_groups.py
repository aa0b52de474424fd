"""Topics by group and by event: planted nulls with authors who repeat themselves, planted effects, hand counts."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cxresearch.analysis.topics.event_topics import events_of_units, topics_by_event
from cxresearch.analysis.topics.groups import representatives, topic_contrasts, topic_rates

KEY = ["narrative_id", "unit"]


def study(seed: int, effect: float = 0.0, narratives: int = 80, topics: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Narratives of authors who each have their own favourite topics; topic 0 more often in rail, by `effect`."""
    random = np.random.default_rng(seed)
    rows = []
    for n in range(narratives):
        industry = ("rail", "energy")[n // 2 % 2]
        taste = np.random.default_rng([seed, n // 2]).dirichlet(np.full(topics, 0.6))  # two narratives an author
        taste[0] += effect * (industry == "rail")
        drawn = random.choice(topics, random.integers(4, 12), p=taste / taste.sum())
        rows += [(f"n{n:03}", u, int(t), industry, f"a{n // 2:02}") for u, t in enumerate(drawn, start=1)]
    frame = pd.DataFrame(rows, columns=[*KEY, "topic", "industry", "author"])
    return frame[[*KEY, "topic"]], frame[[*KEY, "industry", "author"]]


def test_rates_count_narratives_once_and_units_each_time() -> None:
    units = pd.DataFrame({"narrative_id": np.repeat([f"n{i}" for i in range(6)], 2), "unit": [1, 2] * 6})
    units = units.assign(industry="rail", author=units["narrative_id"])
    assignments = units[KEY].assign(topic=[0, 0, 0, 1, 1, 1, -1, 1, 0, -1, 1, 1])
    touched = topic_rates(assignments, units)
    assert touched[["topic", "n", "k"]].to_numpy().tolist() == [[0, 6, 3], [1, 6, 4]]
    told = topic_rates(assignments, units, level="unit")
    assert told[["topic", "n", "k"]].to_numpy().tolist() == [[-1, 12, 2], [0, 12, 4], [1, 12, 6]]
    assert told["estimate"].sum() == pytest.approx(1)
    few = topic_rates(assignments.iloc[:6], units, level="narrative").iloc[0]
    assert few["reason"] == "not estimable: 3 narratives with a known outcome, at least 5 are needed"


@pytest.mark.parametrize("level", ["narrative", "unit"])
def test_a_planted_effect_is_found_and_marked_where_the_topic_is_unstable(level: str) -> None:
    assignments, units = study(1, effect=0.7, narratives=120)
    stability = pd.DataFrame({"topic": [0, 1, 2], "stable": [False, True, True]})
    table = topic_contrasts(assignments, units, level=level, reference="energy", stability=stability)
    row = table[(table["topic"] == 0) & (table["group"] == "rail")].iloc[0]
    assert row["p_holm"] < 0.05 and row["low"] > (1 if level == "narrative" else 0)
    assert not row["stable"] and table["stable"].isna().sum() == (table["topic"] == 3).sum()
    shuffled = topic_contrasts(
        assignments.sample(frac=1, random_state=1), units.sample(frac=1, random_state=2),
        level=level, reference="energy", stability=stability,
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, shuffled)


@pytest.mark.parametrize("level", ["narrative", "unit"])
def test_where_nothing_is_planted_little_is_found(level: str) -> None:
    found = [
        topic_contrasts(*study(seed), level=level, reference="energy", draws=99)["p_holm"].lt(0.05).any()
        for seed in range(12)
    ]
    assert np.mean(found) <= 0.2  # 5 %, and three standard errors


def with_events(
    seed: int, effect: float = 0.0, confounded: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Events that every author has a habit of telling; more of them in topic 0, by `effect`."""
    assignments, units = study(seed)
    random = np.random.default_rng(seed)
    habit = units["author"].map(dict(zip(sorted(set(units["author"])), random.beta(0.5, 0.7, 40), strict=True)))
    if confounded:  # who tells such events also writes of topic 1: that is the author, not the topic
        swayed = random.random(len(units)) < 0.9 * habit
        assignments = assignments.assign(topic=assignments["topic"].where(~swayed, 1))
    told = random.random(len(units)) < habit * 0.6 + effect * (assignments["topic"] == 0)
    return assignments, units, units.loc[told, KEY].assign(kind="rule_citation")


@pytest.mark.parametrize("within", [None, "narrative_id"])
def test_an_event_planted_in_a_topic_is_found(within: str | None) -> None:
    table = topics_by_event(*with_events(2, 0.4), within=within, draws=500)
    row = table[table["topic"] == 0].iloc[0]
    assert row["low"] > 1.5 and row["p_holm"] < 0.05 and row["share"] > row["share_rest"]
    assert table[["n", "n_rest"]].sum(axis=1).nunique() == 1


def test_events_and_topics_that_each_go_with_authors_do_not_go_together() -> None:
    found = [(topics_by_event(*with_events(seed), draws=199)["p_holm"] < 0.05).any() for seed in range(14)]
    assert np.mean(found) <= 0.15


def test_what_goes_with_the_author_is_not_found_within_narratives() -> None:
    found = {
        within: np.mean(
            [
                (topics_by_event(*with_events(seed, confounded=True), within=within, draws=99)["p_bh"] < 0.05).any()
                for seed in range(10)
            ]
        )
        for within in (None, "narrative_id")
    }
    assert found["narrative_id"] <= 0.2 and found[None] >= 0.5


def test_the_stratified_odds_ratio_and_its_test_by_hand() -> None:
    # Mantel and Haenszel (1959): sum of a d / n over sum of b c / n; 20 narratives, all alike
    one = [(0, True)] * 3 + [(0, False)] * 2 + [(1, True)] * 2 + [(1, False)] * 3
    rows = [(f"n{n:02}", unit, topic, told) for n in range(20) for unit, (topic, told) in enumerate(one)]
    frame = pd.DataFrame(rows, columns=[*KEY, "topic", "told"])
    kinds = frame.loc[frame["told"], KEY].assign(kind="wait")
    row = topics_by_event(frame[[*KEY, "topic"]], frame[KEY], kinds, within="narrative_id", cluster=None).iloc[0]
    assert row["estimate"] == pytest.approx(3 * 3 / (2 * 2)) and row["clusters"] == 20
    # Cochran, Mantel and Haenszel: a of 3 where 2.5 is expected, hypergeometric variance 5 5 5 5 / (100 9),
    # with the correction for continuity: what the permutations come to
    statistic = (20 * 0.5 - 0.5) ** 2 / (20 * 625 / 900)
    assert row["p"] == pytest.approx(stats.chi2.sf(statistic, 1), abs=0.01)


def test_events_find_their_units_and_withheld_is_not_given() -> None:
    units = pd.DataFrame({"narrative_id": "n1", "unit": [1, 2, 3], "start": [0, 10, 20], "end": [10, 20, 30]})
    rows = [("apology", "affirmed", "actual", 2, 5), ("apology", "negated", "actual", 12, 15)]
    rows += [("wait", "negated", "actual", 12, 15), ("exit", "affirmed", "prospective", 22, 25)]
    rows += [("wait", "affirmed", "actual", 18, 22), ("wait", "affirmed", "actual", 23, 25)]
    events = pd.DataFrame(rows, columns=["type", "polarity", "realis", "source_start", "source_end"])
    found = events_of_units(events.assign(narrative_id="n1"), units)
    expected = [["n1", 1, "apology"], ["n1", 2, "apology withheld"], ["n1", 2, "wait"], ["n1", 3, "wait"]]
    assert found.to_numpy().tolist() == expected


def test_representatives_are_central_and_of_different_narratives() -> None:
    random = np.random.default_rng(0)
    units = pd.DataFrame({"narrative_id": np.repeat(["n1", "n2", "n3"], 4), "unit": [1, 2, 3, 4] * 3})
    units["text"] = [f"tekst {i}" for i in range(12)]
    assignments = units[KEY].assign(topic=[0] * 10 + [-1, -1])
    vectors = np.array([1.0, 0.0]) + random.normal(0, 0.2, (12, 2))
    table = representatives(assignments, units, vectors, number=4)
    assert table["narrative_id"].iloc[:3].nunique() == 3 and table["rank"].tolist() == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="vectors: 3 rows for 12 units"):
        representatives(assignments, units, vectors[:3])


def test_what_is_wrong_is_named() -> None:
    assignments, units = study(0)
    with pytest.raises(ValueError, match="level: 'word' is none of narrative, unit"):
        topic_rates(assignments, units, level="word")
    with pytest.raises(ValueError, match="units: column genre missing"):
        topic_rates(assignments, units, by="genre")
    with pytest.raises(ValueError, match="some units with a topic are not in the table"):
        topic_rates(assignments, units.iloc[1:])
    with pytest.raises(ValueError, match="a comparison needs two groups"):
        topic_contrasts(assignments, units.assign(industry="rail"))
    with pytest.raises(ValueError, match="no unit has 'exit'; there are wait"):
        topics_by_event(assignments, units, units[KEY].assign(kind="wait"), only=["exit"])
