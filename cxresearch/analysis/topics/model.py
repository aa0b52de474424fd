"""BERTopic behind one function: offline, the same partition and numbering on every run, with refusals that teach."""

from __future__ import annotations

import functools
import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import linkage
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from cxresearch.analysis.resampling import require
from cxresearch.analysis.topics.words import WORDS, analyzer, counts, named, read_labels, spoken_forms, topic_words
from cxresearch.errors import InputError

FEWEST = 100  # units, for any topic model
FEWEST_DENSITY = 500  # units, for clusters by density
MOST_TREE = 12_000  # units, for a tree: its distances take n² numbers (1 GB here)
COMPONENTS = 50  # of the word vectors that stand beside the embeddings
METHODS = ("kmeans", "ward", "average", "hdbscan")
ENCODED = 512  # dimensions of the embedded encoder
OUTLIER = -1
KEY = ["narrative_id", "unit"]


@dataclass(frozen=True)
class Topics:
    """A topic model of units.

    Attributes
    ----------
    assignments : DataFrame
        `narrative_id`, `unit`, `topic` (-1: none), `similarity` (cosine of the unit and the middle of its topic).
    table : DataFrame
        A row a topic, the largest first: `topic`, `n` (units), `narratives`, `share` (of all units; with that of the
        outliers they sum to 1), `label`, `words`, `named` (by a person).
    words : DataFrame
        `topic`, `rank`, `word`, `weight` (c-TF-IDF).
    vectors : ndarray
        What was clustered, in the order of the assignments.
    method : str
    parameters : dict
        All that the model depends on.
    model : BERTopic
        For its own methods (`visualize_topics` ...). Its numbering is the same but for topics of equal size.
    """

    assignments: pd.DataFrame
    table: pd.DataFrame
    words: pd.DataFrame
    vectors: np.ndarray = field(repr=False)
    method: str
    parameters: dict[str, Any]
    model: Any = field(repr=False)


def features(
    embeddings: np.ndarray, texts: Sequence[str], analyze: Callable[[str], list[str]] | None = None
) -> np.ndarray:
    """Return what is clustered: the embeddings, centred, beside the words of each unit in 50 dimensions (LSA).

    Sentences of one corpus are all alike in what they have in common; without that (their mean) they can be told
    apart. Words beside meanings did better than either alone (see bench/topics.py).

    Returns
    -------
    ndarray, shape (units, dimensions + 50)
        Rows of length 1; fewer columns where there are few words.
    """
    centred = normalize(embeddings - embeddings.mean(axis=0))
    table, _ = counts(texts, analyze or analyzer(bigrams=False))
    size = min(COMPONENTS, min(table.shape) - 1)
    if size < 2:
        return np.asarray(normalize(centred))
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(table)
    # A fixed start vector: arpack would otherwise begin anywhere.
    svd = TruncatedSVD(size, algorithm="arpack", random_state=0)
    return np.asarray(np.round(normalize(np.hstack([centred, normalize(svd.fit_transform(weighted))])), 6))


def partition(vectors: np.ndarray, topics: int, *, method: str = "kmeans", seed: int = 0) -> np.ndarray:
    """Return the topic of each row: 0 the largest; of topics of one size the one whose first row comes first.

    Parameters
    ----------
    vectors : ndarray, shape (units, features)
        Rows of length 1.
    topics : int
        How many; for ``hdbscan`` the smallest size is the units divided by four times this.
    method : {"kmeans", "ward", "average", "hdbscan"}
        k-means; trees by Ward (1963) and by average linkage of cosine distances; HDBSCAN (Campello et al. 2013), which
        leaves outliers (-1).
    seed : int
        Of k-means; the others draw nothing by chance.

    Raises
    ------
    InputError
        Where the method is unknown, the number of topics does not fit, or there are too many rows for a tree.

    Examples
    --------
    >>> partition(np.array([[1.0, 0], [0, 1], [1, 0.1], [1, 0]]), 2).tolist()
    [0, 1, 0, 0]
    """
    if method not in METHODS:
        raise InputError(f"method: '{method}' is none of {', '.join(METHODS)}")
    n = len(vectors)
    if not 1 <= topics <= n:
        raise InputError(f"topics: {topics} topics cannot be made of {n} units")
    if method in ("ward", "average"):
        if n > MOST_TREE:
            raise InputError(f"method: {method} keeps {n} times {n} distances; from {MOST_TREE} units on take 'kmeans'")
        labels = _cut(_tree(_Rows(vectors), method), topics)
    elif method == "kmeans":
        labels = KMeans(topics, n_init=5, random_state=seed).fit_predict(vectors)
    else:
        labels = HDBSCAN(min_cluster_size=max(5, n // (4 * topics)), copy=True).fit_predict(vectors)
    return _canonical(labels)


class _Rows:
    """An array that is the same key as an equal one: draws and numbers of topics share a tree."""

    def __init__(self, vectors: np.ndarray) -> None:
        self.vectors = vectors
        self.digest = hashlib.sha256(np.ascontiguousarray(vectors).tobytes()).digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rows) and self.digest == other.digest


@functools.lru_cache(maxsize=64)
def _tree(rows: _Rows, method: str) -> np.ndarray:
    """Return the merges of a tree, the nearest first: shape (units - 1, 2)."""
    vectors, rows.vectors = rows.vectors, rows.vectors[:0].copy()  # what is kept is the key and the tree
    if len(vectors) < 2:
        return np.zeros((0, 2), dtype=int)
    if method == "ward":
        tree = AgglomerativeClustering(1, linkage="ward", compute_distances=True).fit(vectors)
        order = np.argsort(tree.distances_, kind="stable")
        if (order == np.arange(len(order))).all():
            return np.asarray(tree.children_)
    distances = np.round(1 - vectors @ vectors.T, 6)
    np.fill_diagonal(distances, 0)
    if method == "ward":  # merges out of order: scipy sorts them
        distances = np.sqrt(np.maximum(2 * distances, 0))
    return np.asarray(linkage(squareform(distances, checks=False), method)[:, :2].astype(int))


def _cut(merges: np.ndarray, topics: int) -> np.ndarray:
    n = len(merges) + 1
    done = n - topics
    nodes = np.repeat(np.arange(n, n + done), 2)
    edges = sparse.coo_matrix((np.ones(2 * done), (nodes, merges[:done].ravel())), shape=(2 * n, 2 * n))
    return np.asarray(connected_components(edges, directed=False)[1][:n])


def _canonical(labels: np.ndarray) -> np.ndarray:
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    kept = [i for i in range(len(names)) if names[i] != OUTLIER]
    order = sorted(kept, key=lambda i: (-sizes[i], first[i]))
    number = {int(names[i]): rank for rank, i in enumerate(order)} | {OUTLIER: OUTLIER}
    return np.array([number[int(label)] for label in labels])


def check_size(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units as they are, where they are enough for topics.

    Raises
    ------
    InputError
        Where there are fewer than 100, with what to do instead.

    Examples
    --------
    >>> check_size(pd.DataFrame({"text": ["one"]}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    cxresearch.errors.InputError: units: 1 are too few for topics...
    """
    if len(units) < FEWEST:
        raise InputError(
            f"units: {len(units)} are too few for topics, which would be those of single stories (at least {FEWEST} "
            "are needed, and stable ones seldom come below 500). Instead: count events (profiles), compare words "
            "(keyness), or look for topics that are known beforehand (topics.guided_topics)"
        )
    return units


def fit_topics(
    units: pd.DataFrame,
    topics: int,
    embeddings: np.ndarray,
    *,
    method: str = "kmeans",
    seed: int = 0,
    language: str = "nl",
    stop: Sequence[str] | None = None,
    labels: str | Path | pd.DataFrame | None = None,
    representation: str = "ctfidf",
) -> Topics:
    """Return a topic model of units: sentences, paragraphs, episodes or narratives.

    Parameters
    ----------
    units : DataFrame
        `narrative_id`, `unit`, `text`, in any order.
    topics : int
        How many; `choice.choose` helps to find the number.
    embeddings : ndarray, shape (units, dimensions)
        In the order of `units`, as `embedding.embed` gives them.
    method, seed
        As for `partition`.
    language : str
        Of lemmas and stop words.
    stop : sequence of str, optional
        Stop words of your own, in the place of those of the language.
    labels : path or DataFrame, optional
        Names that people gave (`label`, `words`); see `words.named`. A file that is not there yet is no error.
    representation : {"ctfidf", "mmr", "keybert"}
        Which words stand for a topic: the most typical, those that say different things (maximal marginal
        relevance, Carbonell and Goldstein 1998), or those nearest in meaning to its units (as in KeyBERT). The last
        two encode words with the embedded encoder.

    Returns
    -------
    Topics
        The same for any order of the units.

    Raises
    ------
    InputError
        Where there are fewer than 100 units (500 for ``hdbscan``), with what to do instead; where an argument is wrong.

    References
    ----------
    Grootendorst (2022), BERTopic: neural topic modeling with a class-based TF-IDF procedure, arXiv 2203.05794.
    """
    require(units, [*KEY, "text"], "units")
    check_size(units)
    if method == "hdbscan" and len(units) < FEWEST_DENSITY:
        raise InputError(
            f"method: {len(units)} units are too few for density (at least {FEWEST_DENSITY}); take 'kmeans'"
        )
    if len(embeddings) != len(units):
        raise InputError(f"embeddings: {len(embeddings)} rows for {len(units)} units; give one a unit, in their order")
    if units.duplicated(KEY).any():
        raise InputError("units: two rows have the same narrative_id and unit; number the units of a narrative")
    order = units.reset_index(drop=True).sort_values(KEY, kind="stable").index
    units, embeddings = units.iloc[order].reset_index(drop=True), np.asarray(embeddings)[order]
    texts = units["text"].astype(str).tolist()
    analyze = analyzer(stop, language)
    vectors = features(embeddings, texts, analyzer(stop, language, bigrams=False))
    found = partition(vectors, topics, method=method, seed=seed)
    table, names = counts(texts, analyze)
    words = topic_words(table, names, found)
    model = _bertopic(texts, embeddings, found, analyze, representation)
    if representation != "ctfidf":
        words = _represented(model, found)
    given = read_labels(labels) if isinstance(labels, str | Path) and Path(labels).is_file() else labels
    names_of = named(words, given if isinstance(given, pd.DataFrame) else None, spoken_forms(texts, language))
    assignments = units[KEY].assign(topic=found, similarity=_similarity(vectors, found))
    parameters = {
        "topics": topics, "method": method, "seed": seed, "language": language, "representation": representation,
        "units": len(units), "dimensions": int(vectors.shape[1]),
    }  # fmt: skip
    return Topics(assignments, _table(assignments, names_of), words, vectors, method, parameters, model)


def _table(assignments: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    sizes = assignments.groupby("topic").agg(n=("unit", "size"), narratives=("narrative_id", "nunique")).reset_index()
    sizes["share"] = sizes["n"] / len(assignments)
    table = sizes.merge(names, on="topic", how="left")
    table.loc[table["topic"] == OUTLIER, "label"] = "no topic"
    return table.sort_values("topic", kind="stable", ignore_index=True)


def _similarity(vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    result = np.full(len(labels), np.nan)
    for topic in set(labels.tolist()) - {OUTLIER}:
        rows = labels == topic
        middle = vectors[rows].mean(axis=0)
        result[rows] = vectors[rows] @ middle / (np.linalg.norm(middle) or 1.0)
    return np.round(result, 6)


def _bertopic(
    texts: list[str],
    embeddings: np.ndarray,
    labels: np.ndarray,
    analyze: Callable[[str], list[str]],
    representation: str,
) -> Any:
    """Return BERTopic on a partition that is given: its "manual" route, which neither reduces nor clusters."""
    with warnings.catch_warnings():  # its import silences warnings for good, and has some of its own
        warnings.simplefilter("ignore")
        import bertopic
        from bertopic.backend import BaseEmbedder
        from bertopic.cluster import BaseCluster
        from bertopic.dimensionality import BaseDimensionalityReduction
        from bertopic.representation import KeyBERTInspired, MaximalMarginalRelevance
        from sklearn.feature_extraction.text import CountVectorizer

        from cxresearch.analysis.topics.embedding import embed

        class Encoder(BaseEmbedder):  # type: ignore[misc]
            def embed(self, documents: list[str], verbose: bool = False) -> np.ndarray:
                return embed(documents, progress=False)

        chosen: dict[str, Callable[[], Any]] = {
            "ctfidf": lambda: None,
            "mmr": lambda: MaximalMarginalRelevance(diversity=0.4, top_n_words=WORDS),
            "keybert": lambda: KeyBERTInspired(top_n_words=WORDS, random_state=0),
        }
        if representation not in chosen:
            raise InputError(f"representation: '{representation}' is none of {', '.join(chosen)}")
        if representation != "ctfidf" and embeddings.shape[1] != ENCODED:
            raise InputError(
                f"representation: {representation} compares units with words, and these are encoded in {ENCODED} "
                f"dimensions by the embedded encoder; the embeddings have {embeddings.shape[1]}"
            )
        model = bertopic.BERTopic(
            language="multilingual",
            embedding_model=Encoder(),
            umap_model=BaseDimensionalityReduction(),
            hdbscan_model=BaseCluster(),
            vectorizer_model=CountVectorizer(analyzer=analyze, min_df=1),
            representation_model=chosen[representation](),
            top_n_words=WORDS,
            verbose=False,
        )
        model.fit(texts, embeddings=embeddings, y=labels.tolist())
    return model


def _represented(model: Any, labels: np.ndarray) -> pd.DataFrame:
    """Return the words that BERTopic chose, by our numbers of the topics."""
    ours = dict(zip(model.topics_, labels.tolist(), strict=True))
    rows = [
        (ours[theirs], rank, word, float(weight))
        for theirs, words in model.get_topics().items()
        if theirs in ours and theirs != OUTLIER
        for rank, (word, weight) in enumerate(words, 1)
        if word
    ]
    frame = pd.DataFrame(rows, columns=["topic", "rank", "word", "weight"])
    return frame.sort_values(["topic", "rank"], ignore_index=True)
