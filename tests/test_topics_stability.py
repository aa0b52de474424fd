"""Stability and the number of topics: hand examples, planted topics found again, noise that is not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cxresearch.analysis.topics.choice import choose, unclustered
from cxresearch.analysis.topics.stability import matched_overlap, samples, stability, stability_of


def planted(topics: int = 5, each: int = 40, noise: float = 0.35, seed: int = 0) -> tuple[np.ndarray, pd.DataFrame]:
    """Units around the axes of a space, dealt over narratives; the topic that was planted is in `topic`."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(topics), each)
    vectors = np.eye(topics + 5)[labels] + random.normal(0, noise, (len(labels), topics + 5)) / np.sqrt(topics)
    units = pd.DataFrame({"narrative_id": [f"n{i % 50:02}" for i in range(len(labels))], "topic": labels})
    units["unit"] = units.groupby("narrative_id").cumcount() + 1
    subject = [[f"s{t}w{i}" for i in range(12)] for t in range(topics)]
    units["text"] = [" ".join(random.choice(subject[t], 5, replace=False)) for t in labels]
    return vectors, units


def test_overlap_by_hand() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, -1])
    found = np.array([3, 3, 3, 4, 4, 4, 4, -1, -1, 4])
    # 0 with 3: 3 / 4; 1 with 4: 3 / 5; 2 has no match; 9 has no units
    assert matched_overlap(labels, found, [0, 1, 2]).tolist() == pytest.approx([0.75, 0.6, 0])
    assert np.isnan(matched_overlap(labels, found, [0, 9])[1])
    # one match for one topic: two halves of a topic do not both count as the whole
    assert sorted(matched_overlap(np.array([0, 0, 1, 1]), np.zeros(4, int), [0, 1])) == [0, 0.5]


def test_samples_draw_narratives_whole() -> None:
    clusters = np.repeat(np.arange(40), 3)
    for sample, share in (("half", 0.5), ("bootstrap", 0.632), ("all", 1.0)):
        drawn = samples(clusters, 30, sample, 0)
        assert all(np.isin(clusters, clusters[rows]).sum() == len(rows) for rows in drawn)
        assert np.mean([len(rows) for rows in drawn]) / 120 == pytest.approx(share, abs=0.04)
    with pytest.raises(ValueError, match="sample: 'third' is none of bootstrap, half, all"):
        samples(clusters, 5, "third", 0)


@pytest.mark.parametrize("method", ["ward", "average", "kmeans"])
def test_planted_topics_are_stable(method: str) -> None:
    vectors, units = planted()
    table = stability(vectors, units, method=method)
    assert table["stable"].all() and table["scope"].tolist() == ["topic"] * 5 + ["all"]
    assert table["draws"].eq(20).all() and (table["by_chance"] < 0.3).all()
    pd.testing.assert_frame_equal(table, stability(vectors, units, method=method))
    moved = np.random.default_rng(1).permutation(len(units))
    pd.testing.assert_frame_equal(table, stability(vectors[moved], units.iloc[moved], method=method))


def test_a_topic_that_is_not_there_is_marked_and_the_others_are_not() -> None:
    vectors, units = planted(topics=4, each=50)
    split = units["topic"].to_numpy().copy()
    split[:50:2] = 4  # the first topic is cut in two by lot
    table = stability(vectors, units.assign(topic=split), method="kmeans").set_index("topic")
    assert table.loc[[1, 2, 3], "stable"].all() and not table.loc[[0, 4], "stable"].any()


def test_topics_of_noise_are_unstable() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 20))
    units = pd.DataFrame({"narrative_id": [f"n{i % 50}" for i in range(200)], "unit": range(200)})
    table = stability_of(
        lambda rows, seed: np.random.default_rng(seed).integers(5, size=len(rows)),
        random.integers(5, size=200),
        np.arange(200),
    )
    assert (table["verdict"].iloc[:-1] == "unstable").all() and pd.isna(table["verdict"].iloc[-1])
    assert abs(table["estimate"].iloc[-1]) < 0.05
    assert table["reason"].iloc[-1] == "found again no more often than topics dealt out by lot"
    from cxresearch.analysis.topics.model import partition

    labels = partition(vectors, 5, method="kmeans", seed=0)
    assert not stability(vectors, units.assign(topic=labels), method="kmeans")["stable"].any()


def test_vectors_without_clusters_keep_their_covariance_and_lose_their_topics() -> None:
    vectors, units = planted(noise=0.1)
    moved = unclustered(vectors, 0)
    assert np.cov(moved.T) == pytest.approx(np.cov(vectors.T), abs=0.03)
    from cxresearch.analysis.topics.model import partition

    assert adjusted_rand_score(units["topic"], partition(vectors, 5, method="kmeans", seed=0)) == 1
    assert adjusted_rand_score(units["topic"], partition(moved, 5, method="kmeans", seed=0)) < 0.1


def test_the_number_that_was_planted_is_chosen() -> None:
    vectors, units = planted()

    def words(labels: np.ndarray) -> pd.DataFrame:
        rows = []
        for topic in sorted(set(labels)):
            counts = pd.Series(" ".join(units.loc[labels == topic, "text"]).split()).value_counts().sort_index()
            own = counts.sort_values(ascending=False, kind="stable").index[:10]
            rows += [(topic, rank, word) for rank, word in enumerate(own, start=1)]
        return pd.DataFrame(rows, columns=["topic", "rank", "word"])

    table = choose(
        vectors, units, range(2, 9), words=words, analyzer=str.split, method="kmeans", draws=10, null_draws=3
    )
    chosen = table[table["recommended"]]
    assert chosen["topics"].tolist() == [5] and (chosen["stability"] > chosen["null_high"]).all()
    assert "by chance" in chosen["reason"].iloc[0]
    assert table["coherence"].idxmax() == chosen.index[0]
    own = choose(vectors, units, [3, 5], analyzer=str.split, method="kmeans", draws=5, null_draws=2)
    assert own.loc[own["recommended"], "topics"].tolist() == [5] and (own["coherence"] > 0.1).any()
    moved = np.random.default_rng(1).permutation(len(units))
    vectors, units = vectors[moved], units.iloc[moved].reset_index(drop=True)
    again = choose(
        vectors, units, range(2, 9), words=words, analyzer=str.split, method="kmeans", draws=10, null_draws=3
    )
    pd.testing.assert_frame_equal(table, again)
    bare = choose(vectors, units, [3, 5], method="kmeans", draws=5, null_draws=2)
    assert bare.loc[bare["recommended"], "topics"].tolist() == [5] and bare["coherence"].isna().all()


def test_where_nothing_is_planted_no_number_is_recommended() -> None:
    _, units = planted()
    vectors = np.random.default_rng(1).normal(size=(len(units), 12))
    table = choose(vectors, units, [3, 5, 8], method="kmeans", draws=10, null_draws=5)
    assert not table["recommended"].any()
    assert table["reason"].iloc[0] == "no number of topics is found again more often than in data without clusters"


def test_what_is_wrong_is_named() -> None:
    vectors, units = planted()
    with pytest.raises(ValueError, match="vectors: 3 rows for 200 units"):
        stability(vectors[:3], units)
    with pytest.raises(ValueError, match="assignments: column author missing"):
        stability(vectors, units, cluster="author")
    with pytest.raises(ValueError, match="there is one only"):
        stability(vectors, units.assign(narrative_id="n1"))
    with pytest.raises(ValueError, match="draws: at least 2"):
        stability(vectors, units, draws=1)
    with pytest.raises(ValueError, match="numbers: from 2"):
        choose(vectors, units, [1, 2])
