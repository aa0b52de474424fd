"""Clusters of episodes that depend on each other, and how to draw them again: permutations and bootstraps.

Episodes told by one author are alike in ways that have nothing to do with the industry. A test or an
interval that takes each for an observation of its own finds differences where there are none; so
authors are drawn whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from scipy import stats

from cxresearch.errors import InputError

# Episodes in a group, for a share; and what is drawn as a whole (authors, narratives), for an interval that allows
# for it. Of fewer there are hardly any different resamples: of 5 there are 126, of 4 only 35.
FEWEST = 5
# Permuted tables are made in pieces of about this many numbers, so that a large corpus fits in memory.
PIECE = 1_000_000


def require(frame: pd.DataFrame, columns: Iterable[str | None], what: str = "profiles") -> None:
    """Raise ValueError where a table lacks a column or has no rows; None stands for a column not asked for.

    Examples
    --------
    >>> require(pd.DataFrame({"author": ["a"]}), ["industry"])
    Traceback (most recent call last):
        ...
    cxresearch.errors.InputError: profiles: column industry missing; merge it in, or name another
    """
    if missing := [name for name in columns if name is not None and name not in frame.columns]:
        raise InputError(f"{what}: column {', '.join(missing)} missing; merge it in, or name another")
    if frame.empty:
        raise InputError(f"{what}: the table has no rows")


def cluster_codes(frame: pd.DataFrame, cluster: str | None) -> np.ndarray:
    """Return the number of the cluster of every row; an unknown cluster is the row's narrative, or the row.

    Parameters
    ----------
    frame
        With the column `cluster`, and `narrative_id` if it has one.
    cluster
        Name of the column, or None: every row for itself.

    Returns
    -------
    ndarray of int, shape (rows,)
        From 0 on, by the sorted names.

    Examples
    --------
    >>> frame = pd.DataFrame({"author": ["b", "a", None, None], "narrative_id": ["n1", "n2", "n3", "n3"]})
    >>> cluster_codes(frame, "author").tolist(), cluster_codes(frame, None).tolist()
    ([1, 0, 2, 2], [0, 1, 2, 3])
    """
    if cluster is None:
        return np.arange(len(frame))
    own = frame["narrative_id"] if "narrative_id" in frame.columns else pd.Series(range(len(frame)), index=frame.index)
    known = frame[cluster].notna().to_numpy()
    # The first letter keeps an author apart from a narrative of the same name.
    names = np.where(known, "a" + frame[cluster].astype(str), "n" + own.astype(str))
    return np.unique(names.astype(str), return_inverse=True)[1]


def permutations(clusters: np.ndarray, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Yield permuted row numbers: clusters of one size change places whole, and rows change within clusters.

    If the outcomes of a cluster depend on each other in any symmetric way and on nothing else, all these
    arrangements are equally likely, so a test that compares with them keeps its level exactly (Good 2005,
    Permutation, Parametric and Bootstrap Tests of Hypotheses, on exchangeable blocks), also where a
    cluster has rows in several groups.

    Parameters
    ----------
    clusters
        Number of the cluster of every row, shape (rows,).
    draws, seed
        How many permutations, and of which random numbers.

    Yields
    ------
    ndarray of int, shape (draws in this piece, rows)

    Examples
    --------
    >>> next(permutations(np.array([0, 0, 1, 1]), 1, 0)).shape
    (1, 4)
    """
    random = np.random.default_rng(seed)
    size = np.bincount(clusters)
    order = np.argsort(clusters, kind="stable")
    blocks = [order[size[clusters[order]] == m].reshape(-1, m) for m in np.unique(size[size > 0])]
    step = max(1, PIECE // max(1, len(clusters)))
    for first in range(0, draws, step):
        count = min(step, draws - first)
        rows = np.empty((count, len(clusters)), dtype=np.int64)
        for block in blocks:
            whole = random.random((count, len(block))).argsort(axis=1)
            within = random.random((count, *block.shape)).argsort(axis=2)
            rows[:, block] = np.take_along_axis(block[whole], within, axis=2)
        yield rows


def permutation_test(
    x: np.ndarray, y: np.ndarray, clusters: np.ndarray, draws: int, seed: int
) -> tuple[float | None, float | None, str | None]:
    """Test whether x and y hang together, by permuting the rows of y as `permutations` does.

    Parameters
    ----------
    x, y
        Indicators of the groups and outcomes of every row, shapes (rows, groups) and (rows, outcomes).
    clusters, draws, seed
        As for `permutations`.

    Returns
    -------
    tuple
        Chi-squared of the table x'y against the counts that the permutations lead to expect, its p-value
        (Phipson and Smyth 2010: the table itself is one of the permutations), None where there is none,
        and then the reason.

    Examples
    --------
    >>> x = np.array([[1]] * 6 + [[0]] * 6)
    >>> permutation_test(x, x, np.arange(12), 999, 0)[1] < 0.02
    True
    """
    size = np.bincount(clusters)[clusters]
    x, y = x.astype(float), y.astype(float)
    alike = np.array([y[size == m].mean(axis=0) for m in np.unique(size)])
    expected = x.T @ alike[np.searchsorted(np.unique(size), size)]
    scale = np.where(expected > 0, expected, 1)

    def distance(table: np.ndarray) -> np.ndarray:
        summed: np.ndarray = ((table - expected) ** 2 / scale).sum(axis=(-2, -1))
        return summed

    observed = float(distance(x.T @ y))
    drawn = np.concatenate([distance(x.T @ y[rows]) for rows in permutations(clusters, draws, seed)])
    if np.ptp(np.append(drawn, observed)) < 1e-9:
        return observed, None, "no test: no two authors of one size, nor the episodes of one, can change places"
    return observed, float((1 + (drawn >= observed - 1e-9).sum()) / (1 + draws)), None


def bootstrap_weights(clusters: int, draws: int, seed: int) -> np.ndarray:
    """Return how often each cluster is drawn in each bootstrap sample (Efron and Tibshirani 1993).

    Returns
    -------
    ndarray of int, shape (draws, clusters)

    Examples
    --------
    >>> bootstrap_weights(3, 2, 0).sum(axis=1).tolist()
    [3, 3]
    """
    return np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / max(clusters, 1)), size=draws)


def clustered_share(
    hits: np.ndarray, sizes: np.ndarray, what: str = "clusters", *, clustered: bool = True
) -> tuple[float | None, float | None, float | None, str | None]:
    """Return a share with its 95 % interval, where the cases come in clusters: estimate, low, high, reason.

    Parameters
    ----------
    hits, sizes : ndarray, shape (clusters,)
        Of each cluster the cases that count, and all its cases.
    what : str
        What the clusters are called in a reason.
    clustered : bool
        False where every case is a cluster of its own.

    References
    ----------
    Without clusters: Clopper and Pearson (1934), exact. With clusters: Korn and Graubard (1998), Survey Methodology 24:
    the same with the effective number of cases (at most the real one). Where the share is 0 or 1, which tells nothing
    of the clusters, that is the number of clusters.

    Examples
    --------
    >>> share = clustered_share(np.array([1.0, 0.0] * 5), np.full(10, 1.0), clustered=False)
    >>> [round(x, 3) for x in share[:3]]
    [0.5, 0.187, 0.813]
    """
    n, m = float(sizes.sum()), int((sizes > 0).sum())
    if not n:
        return None, None, None, "not estimable: no cases"
    p = float(hits.sum()) / n
    if not clustered:
        effective = n
    elif m < FEWEST:
        return p, None, None, f"interval not estimable: {m} {what}, at least {FEWEST} are needed"
    elif p in (0, 1):
        effective = float(m)
    else:
        variance = m / (m - 1) * float(((hits - p * sizes) ** 2).sum()) / n**2
        t = stats.t.ppf(0.975, [n - 1, m - 1])
        effective = min(n, p * (1 - p) / variance * (t[0] / t[1]) ** 2) if variance > 0 else n
    k = p * effective
    low = float(stats.beta.ppf(0.025, k, effective - k + 1)) if p > 0 else 0.0
    high = float(stats.beta.ppf(0.975, k + 1, effective - k)) if p < 1 else 1.0
    return p, low, high, None


def error_parts(deviation: np.ndarray, clusters: np.ndarray, n: int, number: int | None = None) -> np.ndarray:
    """Return what each cluster adds to the error of a mean; squared and summed that is its variance.

    Parameters
    ----------
    deviation
        Of every row from the mean, 0 for rows outside it; shape (rows,).
    clusters, n, number
        The clusters of all rows, the rows in the mean, the clusters in it (by default all).

    Returns
    -------
    ndarray of float, shape (clusters,)

    Examples
    --------
    >>> y = np.array([0, 1, 2, 3])
    >>> variance = (error_parts(y - 1.5, np.arange(4), 4) ** 2).sum()
    >>> bool(np.isclose(variance, y.var(ddof=1) / 4))
    True
    """
    names, place = np.unique(clusters, return_inverse=True)
    number = number or len(names)
    parts: np.ndarray = np.bincount(place, deviation)
    parts *= np.sqrt(number / (number - 1)) / n
    return parts
