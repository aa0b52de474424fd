"""Distances between journeys (optimal matching), and groups of journeys that are alike."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_samples

from cxresearch.analysis.journeys import END, START, directly_follows
from cxresearch.errors import InputError

_EPISODE = ["narrative_id", "episode"]
_CHUNK = 20_000  # pairs of sequences at a time: some tens of megabytes
_CLUSTER_DTYPES = {
    "narrative_id": "string",
    "episode": "Int64",
    "k": "Int64",
    "cluster": "Int64",
    "silhouette": "Float64",
    "medoid": "boolean",
}


def substitution_costs(table: pd.DataFrame, method: str = "constant") -> pd.DataFrame:
    """Return what it costs to put one state in the place of another: a square table, 0 on the diagonal.

    Parameters
    ----------
    table : DataFrame
        Of `journeys.sequences`.
    method : {"constant", "transition"}
        2 for all (as much as to delete the one and insert the other), or less for states that often follow each
        other: 2 - p(b|a) - p(a|b) (Rohwer and Pötter 2005; as TraMineR's "TRATE", Gabadinho et al. 2011).

    Raises
    ------
    InputError
        Names the column that is missing, or the methods that there are.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a"] * 3, "episode": 1, "position": [1, 2, 3], "state": ["F", "W", "F"]})
    >>> substitution_costs(table, "transition").to_numpy().tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    if method not in ("constant", "transition"):
        raise InputError(f"method {method!r} is neither 'constant' nor 'transition'")
    follows = directly_follows(table)
    states = sorted(table["state"].unique())
    costs = np.full((len(states), len(states)), 2.0)
    if method == "transition":
        # Between states only: the end of a story is no state that another could stand for.
        inner = follows[(follows["source"] != START) & (follows["target"] != END)]
        wide = inner.pivot(index="source", columns="target", values="count").reindex(index=states, columns=states)
        counts = wide.astype("Float64").fillna(0).to_numpy(dtype=float)
        p = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        costs -= p + p.T
    np.fill_diagonal(costs, 0)
    return pd.DataFrame(costs, index=states, columns=states)


def optimal_matching(
    table: pd.DataFrame, *, indel: float = 1.0, costs: pd.DataFrame | None = None, normalise: bool = True
) -> pd.DataFrame:
    """Return the optimal matching distance between every two episodes.

    The distance is the least that it costs to make one sequence of states into the other by inserting,
    deleting and substituting states (Needleman and Wunsch 1970; Abbott and Tsay 2000).

    Parameters
    ----------
    table : DataFrame
        Of `journeys.sequences`.
    indel
        What an insertion or a deletion costs.
    costs : DataFrame, optional
        Of `substitution_costs`, or your own: square, symmetric, 0 on the diagonal; by default 2 for all.
    normalise
        Divide by the cost of deleting the one whole sequence and inserting the other, so that 0 is the
        same and 1 has nothing in common; else long stories are far from short ones for their length alone.

    Returns
    -------
    DataFrame
        Square and symmetric; rows and columns are the episodes (`narrative_id`, `episode`), sorted.

    Raises
    ------
    InputError
        Names the column that is missing, or what is wrong with the costs.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "a", "b"], "episode": 1, "position": [1, 2, 1],
    ...                       "state": ["F", "W", "F"]})
    >>> optimal_matching(table, normalise=False).to_numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if missing := [name for name in (*_EPISODE, "position", "state") if name not in table.columns]:
        raise InputError(f"column {', '.join(missing)} missing: give journeys.sequences")
    costs = substitution_costs(table) if costs is None else costs
    matrix, place = _checked(costs, indel, table["state"])
    told = table.sort_values([*_EPISODE, "position"], kind="stable")
    episodes = told.groupby(_EPISODE, sort=True)["state"].agg(list)
    lengths = np.array([len(states) for states in episodes], dtype=int)
    coded = np.zeros((len(episodes), lengths.max(initial=0)), dtype=int)
    for row, states in zip(coded, episodes, strict=True):
        row[: len(states)] = [place[state] for state in states]
    first, second = np.triu_indices(len(episodes), 1)
    condensed = np.zeros(len(first))
    for start in range(0, len(first), _CHUNK):
        a, b = first[start : start + _CHUNK], second[start : start + _CHUNK]
        condensed[start : start + _CHUNK] = _align(coded[a], lengths[a], coded[b], lengths[b], matrix, indel)
    if normalise:
        condensed /= np.maximum(indel * (lengths[first] + lengths[second]), np.finfo(float).tiny)
    square = squareform(condensed) if len(first) else np.zeros((len(episodes), len(episodes)))
    return pd.DataFrame(square, index=episodes.index, columns=episodes.index)


def _checked(costs: pd.DataFrame, indel: float, states: pd.Series) -> tuple[np.ndarray, dict[str, int]]:
    matrix = costs.to_numpy(dtype=float)
    place = {str(state): i for i, state in enumerate(costs.index)}
    if not indel > 0:
        raise InputError(f"indel {indel} must be more than 0")
    if list(costs.index) != list(costs.columns):
        raise InputError("costs: the rows and the columns must be the same states in the same order")
    if unknown := sorted(set(states) - set(place)):
        raise InputError(f"costs: the state {unknown[0]} is missing")
    if not (np.allclose(matrix, matrix.T) and (matrix >= 0).all() and not np.diag(matrix).any()):
        raise InputError("costs: must be symmetric, 0 on the diagonal, and nowhere below 0 or NaN")
    return matrix, place


def _align(
    a: np.ndarray, length_a: np.ndarray, b: np.ndarray, length_b: np.ndarray, costs: np.ndarray, indel: float
) -> np.ndarray:
    """Return the cost of the cheapest alignment of each pair of rows: one table for all pairs, cell by cell."""
    wide = int(length_b.max())
    pairs = np.arange(len(a))
    above = np.repeat(np.arange(wide + 1)[:, None] * indel, len(a), axis=1)
    result = np.zeros(len(a))
    for i in range(1, int(length_a.max()) + 1):
        row = np.empty_like(above)
        row[0] = i * indel
        for j in range(1, wide + 1):
            substituted = above[j - 1] + costs[a[:, i - 1], b[:, j - 1]]
            row[j] = np.minimum(substituted, np.minimum(above[j], row[j - 1]) + indel)
        done = length_a == i
        result[done] = row[length_b[done], pairs[done]]
        above = row
    return result


def clusters(distances: pd.DataFrame, k: int, method: str = "average") -> pd.DataFrame:
    """Return groups of episodes that are alike: hierarchical clustering, cut into k clusters.

    Parameters
    ----------
    distances : DataFrame
        Of `optimal_matching`.
    k
        From 2 to one less than there are episodes. Ties between distances may leave fewer clusters.
    method : {"average", "complete"}
        How far two clusters are from each other: the mean of the distances between their episodes, which
        leaves odd episodes by themselves, or the largest, which makes clusters of more equal size.

    Returns
    -------
    DataFrame
        A row an episode: `narrative_id`, `episode`, `k`, `cluster` (1 is the largest), `silhouette` (Rousseeuw
        1987: near 1 well placed, below 0 nearer to another cluster) and `medoid`, whether it is the episode
        with the least distance to the others of its cluster: the one to read.

    Raises
    ------
    InputError
        Says what is wrong with the distances or k.

    Examples
    --------
    >>> names = pd.MultiIndex.from_product([["a", "b", "c"], [1]])
    >>> square = pd.DataFrame([[0, 0.1, 1], [0.1, 0, 1], [1, 1, 0]], index=names, columns=names)
    >>> clusters(square, 2)["cluster"].tolist()
    [1, 1, 2]
    """
    square = _square(distances)
    if method not in ("average", "complete"):
        raise InputError(f"method {method!r} is neither 'average' nor 'complete'")
    if not 2 <= k < len(square):
        raise InputError(f"k {k}: of {len(square)} episodes make 2 to {len(square) - 1} clusters")
    cut = fcluster(linkage(squareform(square, checks=False), method), k, "maxclust")
    names, first, sizes = np.unique(cut, return_index=True, return_counts=True)
    rank = {names[i]: r for r, i in enumerate(np.lexsort((first, -sizes)), start=1)}
    label = np.array([rank[name] for name in cut])
    widths = silhouette_samples(square, label, metric="precomputed") if len(names) > 1 else np.zeros(len(square))
    medoid = np.zeros(len(square), dtype=bool)
    for name in rank.values():
        here = np.flatnonzero(label == name)
        medoid[here[square[np.ix_(here, here)].sum(axis=1).argmin()]] = True
    rows = distances.index.to_frame(index=False).set_axis(_EPISODE, axis=1)
    rows = rows.assign(k=k, cluster=label, silhouette=widths, medoid=medoid)
    return rows.astype(_CLUSTER_DTYPES)


def silhouettes(distances: pd.DataFrame, ks: Iterable[int] = range(2, 9), method: str = "average") -> pd.DataFrame:
    """Return how well episodes fall into 2, 3, … clusters: the mean silhouette width for each k.

    The widths describe these clusters of these episodes; they are no sample of anything, so there is no interval.

    Parameters
    ----------
    distances : DataFrame
        Of `optimal_matching`.
    ks
        The numbers of clusters to try.
    method : {"average", "complete"}
        As for `clusters`.

    Returns
    -------
    DataFrame
        A row a k: `k`, `n` (episodes), `clusters` (found; ties may leave fewer), `smallest` (episodes in the
        smallest cluster), `estimate` (mean silhouette width), `best` (whether it is the largest of all; the
        smallest k of several) and `reason` where k cannot be.

    Raises
    ------
    InputError
        Says what is wrong with the distances.

    Examples
    --------
    >>> names = pd.MultiIndex.from_product([["a", "b", "c"], [1]])
    >>> square = pd.DataFrame([[0, 0.1, 1], [0.1, 0, 1], [1, 1, 0]], index=names, columns=names)
    >>> silhouettes(square, [2, 3])[["k", "clusters", "best"]].to_numpy().tolist()
    [[2, 2, True], [3, <NA>, False]]
    """
    n = len(_square(distances))
    rows: list[tuple[object, ...]] = []
    for k in ks:
        if not 2 <= k < n:
            rows.append((k, n, None, None, None, f"not estimable: {n} episodes make no {k} clusters that differ"))
            continue
        found = clusters(distances, k, method)
        sizes = found["cluster"].value_counts()
        single = len(sizes) < 2
        why = "not estimable: the episodes are too much alike to be split" if single else None
        rows.append((k, n, len(sizes), sizes.min(), None if single else found["silhouette"].mean(), why))
    frame = pd.DataFrame(rows, columns=["k", "n", "clusters", "smallest", "estimate", "reason"])
    frame = frame.astype(
        {**dict.fromkeys(["k", "n", "clusters", "smallest"], "Int64"), "estimate": "Float64", "reason": "string"}
    )
    largest = frame["estimate"].eq(frame["estimate"].max()).fillna(False)
    frame.insert(5, "best", (largest & (largest.cumsum() == 1)).astype("boolean"))
    return frame


def _square(distances: pd.DataFrame) -> np.ndarray:
    square = distances.to_numpy(dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or distances.index.nlevels != 2:
        raise InputError("distances: give the square table of optimal_matching, a row an episode")
    if not (np.allclose(square, square.T) and (square >= 0).all() and not np.diag(square).any()):
        raise InputError("distances: must be symmetric, 0 on the diagonal, and nowhere below 0 or NaN")
    return square
