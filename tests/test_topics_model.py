"""Topics: planted ones are found, the same ones on every run; what is too little is refused; names survive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from cxresearch.analysis.topics import Topics, embed, features, fit_topics, hierarchy, map_2d, partition
from cxresearch.analysis.topics.model import METHODS
from cxresearch.analysis.topics.words import analyzer, counts, named, topic_words

# Four things that people complain of, in words of our own: who, what, how.
THEMES = {
    "trein": (
        ["De trein", "De sprinter", "De intercity"],
        ["stond stil", "viel uit", "vertrok te laat"],
        ["bij het perron", "voor het station", "op het spoor"],
    ),
    "pakket": (
        ["Het pakket", "De doos", "De zending"],
        ["werd niet bezorgd", "lag bij de buren", "was zoek"],
        ["volgens de koerier", "bij de bezorger", "in het depot"],
    ),
    "soep": (
        ["De soep", "Het hoofdgerecht", "Het toetje"],
        ["kwam koud op tafel", "smaakte naar niets", "was te zout"],
        ["in het restaurant", "zei de ober", "uit de keuken"],
    ),
    "polis": (
        ["De verzekeraar", "De polis", "De claim"],
        ["dekt de schade niet", "werd afgewezen", "sluit lekkage uit"],
        ["volgens de voorwaarden", "zei de expert", "bij het eigen risico"],
    ),
}


def planted(copies: int = 1) -> tuple[pd.DataFrame, list[str]]:
    """A hundred and eight sentences of four themes (27 each), several a narrative, and the theme of each."""
    rows, themes = [], []
    for theme, (who, what, how) in THEMES.items():
        for number, text in enumerate(f"{a} {b} {c}." for a in who for b in what for c in how):
            for copy in range(copies):
                rows.append((f"n{(number + 7 * copy) % 20:02}-{theme}", number * copies + copy, text))
                themes.append(theme)
    return pd.DataFrame(rows, columns=["narrative_id", "unit", "text"]), themes


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    return planted()[0].assign(theme=planted()[1])


@pytest.fixture(scope="module")
def vectors(units: pd.DataFrame) -> np.ndarray:
    return embed(units["text"].tolist())


@pytest.fixture(scope="module")
def model(units: pd.DataFrame, vectors: np.ndarray) -> Topics:
    return fit_topics(units, 4, vectors)


def themes_of(model: Topics, units: pd.DataFrame) -> pd.Series:
    return model.assignments.merge(units, on=["narrative_id", "unit"])["theme"]


def test_planted_topics_are_found_and_named(model: Topics, units: pd.DataFrame) -> None:
    assert adjusted_rand_score(themes_of(model, units), model.assignments["topic"]) >= 0.8
    said = " ".join(model.table["words"])
    assert all(word in said for word in ("trein", "pakket", "soep", "polis"))
    assert model.table["share"].sum() == pytest.approx(1)
    assert model.table["n"].tolist() == sorted(model.table["n"], reverse=True)
    assert model.assignments["similarity"].between(0, 1).all()
    assert model.model.get_topic_info()["Count"].sum() == len(units)


@pytest.mark.parametrize("method", METHODS[:3])
def test_every_method_finds_what_is_planted(method: str, units: pd.DataFrame, vectors: np.ndarray) -> None:
    found = partition(features(vectors, units["text"].tolist()), 4, method=method)
    assert adjusted_rand_score(units["theme"], found) >= 0.8


def test_density_finds_the_dense_and_leaves_the_rest() -> None:
    rng = np.random.default_rng(0)
    middles = np.eye(4)
    rows = np.repeat(middles, 140, axis=0) + rng.normal(0, 0.05, (560, 4))
    labels = partition(np.vstack([rows, rng.uniform(-1, 1, (40, 4))]), 4, method="hdbscan")
    assert set(labels[:560].tolist()) <= {-1, 0, 1, 2, 3}
    assert (labels[560:] == -1).mean() > 0.5


def test_the_order_of_the_units_changes_nothing(model: Topics, units: pd.DataFrame, vectors: np.ndarray) -> None:
    order = np.random.default_rng(1).permutation(len(units))
    other = fit_topics(units.iloc[order], 4, vectors[order])
    pd.testing.assert_frame_equal(other.assignments, model.assignments)
    pd.testing.assert_frame_equal(other.table, model.table)
    pd.testing.assert_frame_equal(other.words, model.words)


CODE = """
import sys; sys.path.insert(0, sys.argv[1])
from test_topics_model import planted, embed, fit_topics
units, _ = planted()
model = fit_topics(units, 4, embed(units["text"].tolist()))
print(model.assignments.drop(columns="similarity").to_csv(), model.table.to_csv(), model.words.round(9).to_csv())
"""


def test_threads_and_hash_seed_change_nothing() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", CODE, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    }
    assert len(printed) == 1


@given(
    st.integers(5, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    st.sampled_from(METHODS[:3]),
    st.integers(0, 100),
)
@settings(max_examples=25, deadline=None)
def test_a_partition_has_as_many_topics_as_asked_numbered_by_size(
    size: tuple[int, int], method: str, seed: int
) -> None:
    n, topics = size
    rows = np.random.default_rng(seed).normal(size=(n, 6))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    labels = partition(rows, topics, method=method)
    sizes = np.bincount(labels)
    assert len(sizes) == topics
    assert (np.diff(sizes) <= 0).all()
    firsts = [int(np.flatnonzero(labels == t)[0]) for t in range(topics)]
    assert all(firsts[i] < firsts[i + 1] for i in range(topics - 1) if sizes[i] == sizes[i + 1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"topics": 0}, "topics"),
        ({"topics": 1000}, "topics"),
        ({"method": "umap"}, "method"),
        ({"method": "hdbscan"}, "at least 500"),
        ({"representation": "gpt"}, "representation"),
        ({"language": "fr"}, "language"),
        ({"labels": pd.DataFrame({"name": ["x"]})}, "label, words"),
    ],
)
def test_wrong_calls_name_the_argument(
    change: dict[str, object], says: str, units: pd.DataFrame, vectors: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=says):
        fit_topics(units, **{"topics": 4, "embeddings": vectors, **change})  # type: ignore[arg-type]


def test_too_few_units_are_refused_with_what_to_do_instead(units: pd.DataFrame, vectors: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"99 are too few.*keyness.*guided_topics"):
        fit_topics(units.head(99), 4, vectors[:99])
    with pytest.raises(ValueError, match="narrative_id missing"):
        fit_topics(units.drop(columns="narrative_id"), 4, vectors)
    with pytest.raises(ValueError, match="embeddings: 5 rows"):
        fit_topics(units, 4, vectors[:5])
    with pytest.raises(ValueError, match="number the units"):
        fit_topics(units.assign(unit=1), 4, vectors)


def test_names_given_by_people_survive_a_rerun(
    model: Topics, units: pd.DataFrame, vectors: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "labels.csv"
    names = model.table[["label", "words"]].copy()
    train = int(model.table.index[model.table["words"].str.contains("trein")][0])
    names.loc[train, "label"] = "Treinen die niet rijden"
    names.to_csv(path, index=False)
    again = fit_topics(units.head(100), 4, vectors[:100], labels=path)  # other units, other numbers
    bearer = again.table[again.table["label"] == "Treinen die niet rijden"]
    assert len(bearer) == 1
    assert "trein" in bearer["words"].item()
    assert bool(bearer["named"].item())
    assert not fit_topics(units, 4, vectors, labels=tmp_path / "none.csv").table["named"].any()


@pytest.mark.parametrize("representation", ["mmr", "keybert"])
def test_other_words_for_the_same_topics(
    representation: str, model: Topics, units: pd.DataFrame, vectors: np.ndarray
) -> None:
    other = fit_topics(units, 4, vectors, representation=representation)
    pd.testing.assert_frame_equal(other.assignments, model.assignments)
    assert set(other.words["topic"]) == {0, 1, 2, 3}
    assert other.words.groupby("topic")["rank"].min().eq(1).all()


def test_topic_words_are_class_based_tfidf_by_hand() -> None:
    table, names = counts(["a a b", "a c", "c c"], str.split, least=1)
    words = topic_words(table, names, np.array([0, 0, 1]))
    weight = words.set_index(["topic", "word"])["weight"]
    average = 7 / 2  # words a topic
    assert weight[0, "a"] == pytest.approx(3 / 5 * np.log(1 + average / 3))
    assert weight[1, "c"] == pytest.approx(2 / 2 * np.log(1 + average / 3))
    assert (1, "a") not in weight


def test_topic_words_are_those_of_bertopic(model: Topics) -> None:
    theirs = {t: [w for w, _ in model.model.get_topic(t)] for t in range(4)}
    ours = {t: set(part["word"]) for t, part in model.words.groupby("topic")}
    for theme in theirs.values():
        assert max(len(set(theme) & own) for own in ours.values()) >= 7  # ours leave out what one unit alone has


def test_words_of_outliers_count_for_no_topic() -> None:
    table, names = counts(["a b", "a b", "z z"], str.split, least=1)
    assert "z" not in set(topic_words(table, names, np.array([0, 0, -1]))["word"])


def test_stop_words_part_pairs_and_lemmas_join_forms() -> None:
    words = analyzer()("De rekeningen en de rekening; dubbele incasso van de bank.")
    assert words.count("rekening") == 2
    assert "rekening bank" not in words
    assert "incasso bank" not in words
    assert analyzer(stop=["bank"], bigrams=False)("mijn bank belt")[-1] in ("bellen", "belt")


def test_a_name_is_given_once() -> None:
    words = pd.DataFrame({"topic": [0, 0, 1, 1], "rank": [1, 2, 1, 2], "word": ["a", "b", "a", "c"]})
    table = named(words, pd.DataFrame({"label": ["Mine"], "words": ["a, b"]}))
    assert table["label"].tolist() == ["Mine", "a · c"]


def test_a_tree_and_a_map_of_topics(model: Topics, units: pd.DataFrame, vectors: np.ndarray) -> None:
    tree = hierarchy(model)
    assert len(tree) == 3
    assert tree["n"].iloc[-1] == 4
    assert tree["distance"].is_monotonic_increasing
    places = map_2d(model)
    assert set(places["topic"]) == {0, 1, 2, 3}
    assert places["shown"].between(0, 1).all()
    pd.testing.assert_frame_equal(places, map_2d(fit_topics(units, 4, vectors)))


def test_the_five_seeds_are_refused(tmp_path: Path) -> None:
    seeds = Path(__file__).resolve().parents[2] / "shared" / "seeds"
    if not seeds.is_dir():
        pytest.skip("../shared/seeds is not here")
    from cxresearch import read_corpus
    from cxresearch.units import units as units_of

    episodes = units_of(read_corpus(seeds), "episode")
    with pytest.raises(ValueError, match="too few for topics"):
        fit_topics(episodes, 4, np.zeros((len(episodes), 3)))
