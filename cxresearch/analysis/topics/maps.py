"""A model for its reader: its topics in one table with what they are worth, a tree of them, and a map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from sklearn.preprocessing import normalize

from cxresearch.analysis.topics.model import OUTLIER, Topics


def summary(topics: Topics, stability: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Return the topics with their stability and coherence: the table of an article.

    Parameters
    ----------
    topics : Topics
    stability : DataFrame
        As from `stability.stability`.
    quality : DataFrame
        As from `quality.quality`.

    Returns
    -------
    DataFrame
        A row a topic: `topic`, `label`, `n`, `narratives`, `share`, `overlap` (mean, with `overlap_low`,
        `overlap_high`), `verdict`, `coherence`, `words`.
    """
    found = stability[stability["scope"] == "topic"].rename(
        columns={"estimate": "overlap", "low": "overlap_low", "high": "overlap_high"}
    )
    coherence = quality[quality["scope"] == "topic"].rename(columns={"estimate": "coherence"})
    table = topics.table.merge(
        found[["topic", "overlap", "overlap_low", "overlap_high", "verdict"]], on="topic", how="left"
    )
    table = table.merge(coherence[["topic", "coherence"]], on="topic", how="left")
    columns = "topic label n narratives share overlap overlap_low overlap_high verdict coherence words".split()
    return table[columns]


def hierarchy(topics: Topics) -> pd.DataFrame:
    """Return which topics are near to each other: the merges of average linkage over the middles of the topics.

    Returns
    -------
    DataFrame
        A row a merge, the nearest first: `left`, `right` (topics; from the number of topics on, earlier merges),
        `distance` (cosine), `n` (topics below).
    """
    middles = _middles(topics)
    distances = np.round(1 - middles @ middles.T, 6)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(np.maximum(distances, 0), checks=False), "average")
    frame = pd.DataFrame(tree, columns=["left", "right", "distance", "n"])
    return frame.astype({"left": int, "right": int, "n": int})


def map_2d(topics: Topics) -> pd.DataFrame:
    """Return a map of the topics: classical scaling of the cosine distances between their middles (Torgerson 1952).

    Returns
    -------
    DataFrame
        A row a topic: `topic`, `x`, `y`, `n`, `label`, and `shown`, the share of the variance that two dimensions
        show (the same in every row). The first coordinate that is not 0 is positive, so that no run mirrors the map.
    """
    middles = _middles(topics)
    squared = np.maximum(2 - 2 * np.round(middles @ middles.T, 6), 0)
    centre = np.eye(len(squared)) - 1 / len(squared)
    values, axes = np.linalg.eigh(-0.5 * centre @ squared @ centre)
    order = np.argsort(values)[::-1][:2]
    places = axes[:, order] * np.sqrt(np.maximum(values[order], 0))
    for column in places.T:
        leading = column[np.flatnonzero(np.abs(column) > 1e-6)[:1]]
        column *= -1 if leading.size and leading[0] < 0 else 1
    table = topics.table[topics.table["topic"] != OUTLIER]
    shown = float(np.maximum(values[order], 0).sum() / np.maximum(values, 0).sum())
    frame = pd.DataFrame(np.round(places, 4), columns=["x", "y"]).assign(topic=table["topic"].to_numpy())
    return frame.merge(table[["topic", "n", "label"]], on="topic").assign(shown=round(shown, 4))


def _middles(topics: Topics) -> np.ndarray:
    labels = topics.assignments["topic"].to_numpy()
    kept = [topic for topic in topics.table["topic"] if topic != OUTLIER]
    return np.asarray(normalize(np.stack([topics.vectors[labels == topic].mean(axis=0) for topic in kept])))
