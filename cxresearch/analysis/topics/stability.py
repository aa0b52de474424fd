"""Are the topics found again: in other samples of narratives, under other seeds, and more than by chance.

That a program gives the same topics twice (it does) says nothing about whether other stories of the same kind
would give them. Narratives are drawn again whole, since the sentences of one story are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score

from cxresearch.analysis.resampling import bootstrap_weights, cluster_codes, require
from cxresearch.analysis.topics.model import partition
from cxresearch.analysis.topics.quality import OUTLIER
from cxresearch.errors import InputError

# Hennig's (2007, and the documentation of clusterboot in fpc) advice on the mean overlap of a cluster: from .75 on
# it is valid and stable; from .6 on it shows a pattern, but which units belong to it is doubtful; below, trust nothing.
STABLE = 0.75
DOUBTFUL = 0.6
SAMPLES = ("bootstrap", "half", "all")

Clustering = Callable[[np.ndarray, int], np.ndarray]  # row numbers and a seed to the topic of every row


def stability(
    vectors: np.ndarray,
    assignments: pd.DataFrame,
    *,
    method: str = "kmeans",
    draws: int = 20,
    sample: str = "bootstrap",
    cluster: str = "narrative_id",
    seed: int = 0,
) -> pd.DataFrame:
    """Return how well every topic, and all of them together, are found again in other samples.

    Parameters
    ----------
    vectors : ndarray, shape (units, features)
        What was clustered.
    assignments : DataFrame
        `narrative_id`, `unit`, `topic` in the order of `vectors`; -1 is no topic.
    method : str
        As for `model.partition`, by which the samples are clustered, into as many topics.
    draws : int
        How many samples; every one has its own seed too.
    sample : {"bootstrap", "half", "all"}
        Narratives drawn with replacement, each kept once (about 63 % of them); half of the narratives; all
        narratives, so that only the seed differs.
    cluster : str
        What is drawn: a column of `assignments`, such as ``author``.
    seed : int
        Of the samples, and the first of the seeds.

    Returns
    -------
    DataFrame
        A row a topic, then one for ``all``: `scope`, `topic`, `n`, `draws`, `measure` (mean overlap of the topic
        and its match, as Jaccard; for all: adjusted Rand index, with the outliers as a group), `estimate`, `low`,
        `high` (range of 95 % of the samples), `by_chance` (the same where topics are dealt out by lot),
        `verdict` (of topics: ``stable``, ``doubtful``, ``unstable``), `stable`, `reason`. Stable: the mean is at least
        `STABLE`, and above what 97.5 % of the lots give.

    Raises
    ------
    InputError
        Names the argument or column that is wrong.

    References
    ----------
    Overlap and thresholds: Hennig (2007), Computational Statistics & Data Analysis 52; a topic and its match are paired
    one to one here (Kuhn 1955), which never gives more than Hennig's best match. Adjusted Rand index: Hubert
    and Arabie (1985), Journal of Classification 2.

    Notes
    -----
    The vectors are taken as they are: neither encoder nor word weights are made anew for a sample.

    Examples
    --------
    >>> vectors = np.repeat(np.eye(2), 50, axis=0) + np.random.default_rng(0).normal(0, 0.05, (100, 2))
    >>> names = [f"n{i % 25:02}" for i in range(100)]
    >>> frame = pd.DataFrame({"narrative_id": names, "unit": range(100), "topic": [0] * 50 + [1] * 50})
    >>> stability(vectors, frame, method="kmeans")[["scope", "estimate", "verdict"]].to_numpy().tolist()
    [['topic', 1.0, 'stable'], ['topic', 1.0, 'stable'], ['all', 1.0, <NA>]]
    """
    require(assignments, ["narrative_id", "unit", "topic", cluster], "assignments")
    if len(vectors) != len(assignments):
        raise InputError(f"vectors: {len(vectors)} rows for {len(assignments)} units; give one a unit, in their order")
    order = in_order(assignments)
    vectors, assignments = vectors[order], assignments.iloc[order]
    labels = assignments["topic"].to_numpy(dtype=int)
    number = len(set(labels) - {OUTLIER})

    def cut(rows: np.ndarray, own: int) -> np.ndarray:
        found: np.ndarray = partition(vectors[rows], min(number, len(rows)), method=method, seed=own)
        return found

    codes = cluster_codes(assignments, cluster)
    return stability_of(cut, labels, codes, draws=draws, sample=sample, seed=seed)


def stability_of(
    clustering: Clustering,
    labels: np.ndarray,
    clusters: np.ndarray,
    *,
    draws: int = 20,
    sample: str = "bootstrap",
    seed: int = 0,
) -> pd.DataFrame:
    """Return the stability of any way of clustering: `stability`, for a function of row numbers and a seed.

    Parameters
    ----------
    clustering : callable
        Gives the topic of every row that it is handed, shape (rows,).
    labels : ndarray of int, shape (units,)
        The topics that are judged.
    clusters : ndarray of int, shape (units,)
        What is drawn whole, numbered from 0.
    draws, sample, seed
        As for `stability`.
    """
    topics = sorted(set(labels.tolist()) - {OUTLIER})
    rand, overlaps, lots = [], [], []
    random = np.random.default_rng([seed, 1])
    for number, rows in enumerate(samples(clusters, draws, sample, seed), start=1):
        found = np.asarray(clustering(rows, seed + number))
        rand.append(adjusted_rand_score(labels[rows], found))
        overlaps.append(matched_overlap(labels[rows], found, topics))
        lots.append(matched_overlap(labels[rows], random.permutation(found), topics))
    return _table(labels, topics, np.array(rand), np.array(overlaps), np.array(lots))


def in_order(units: pd.DataFrame) -> np.ndarray:
    """Return the row numbers by narrative and unit, so that the order of files changes nothing."""
    return units.reset_index(drop=True).sort_values(["narrative_id", "unit"], kind="stable").index.to_numpy()


def samples(clusters: np.ndarray, draws: int, sample: str, seed: int) -> list[np.ndarray]:
    """Return the rows of every sample, sorted; clusters are drawn whole.

    Examples
    --------
    >>> [rows.tolist() for rows in samples(np.array([0, 0, 1, 2]), 2, "half", 0)]
    [[2, 3], [0, 1, 2]]
    """
    if sample not in SAMPLES:
        raise InputError(f"sample: '{sample}' is none of {', '.join(SAMPLES)}")
    if draws < 2:
        raise InputError("draws: at least 2 are needed, and 20 to tell anything")
    number = int(clusters.max()) + 1
    if sample == "all":
        return [np.arange(len(clusters))] * draws
    if number < 2:
        raise InputError("narratives: there is one only, and samples of narratives are all alike")
    if sample == "half":
        random = np.random.default_rng(seed)
        drawn = np.argsort(random.random((draws, number)), axis=1).argsort(axis=1) < (number + 1) // 2
    else:
        drawn = bootstrap_weights(number, draws, seed) > 0
    return [np.flatnonzero(row[clusters]) for row in drawn]


def matched_overlap(labels: np.ndarray, found: np.ndarray, topics: Sequence[int]) -> np.ndarray:
    """Return the Jaccard overlap of every topic with its match among the topics found; one match for one topic.

    The matches are those with the largest sum of overlaps. 0 for a topic without a match, NaN for one
    without units; outliers are nobody's match.

    Examples
    --------
    >>> one, other = np.array([0, 0, 0, 1, 1, 2]), np.array([5, 5, 7, 7, 7, -1])
    >>> matched_overlap(one, other, [0, 1, 2]).round(3).tolist()
    [0.667, 0.667, 0.0]
    """
    theirs = sorted(set(found.tolist()) - {OUTLIER})
    a = labels[:, None] == np.array(topics)[None, :]
    b = found[:, None] == np.array(theirs)[None, :] if theirs else np.zeros((len(found), 1), dtype=bool)
    both = a.T.astype(float) @ b.astype(float)
    union = a.sum(axis=0)[:, None] + b.sum(axis=0)[None, :] - both
    jaccard = np.divide(both, union, out=np.zeros(both.shape), where=union > 0)
    result = np.where(a.any(axis=0), 0.0, np.nan)
    rows, columns = linear_sum_assignment(jaccard, maximize=True)
    there = a.any(axis=0)[rows]
    result[rows[there]] = jaccard[rows[there], columns[there]]
    return result


def _table(
    labels: np.ndarray, topics: list[int], rand: np.ndarray, overlaps: np.ndarray, lots: np.ndarray
) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for column, topic in enumerate(topics):
        row: dict[str, object] = {"scope": "topic", "topic": topic, "n": int((labels == topic).sum())}
        row["measure"] = "overlap"
        values, chance = (table[:, column][~np.isnan(table[:, column])] for table in (overlaps, lots))
        rows.append(row | _judged(values, chance))
    overall: dict[str, object] = {"scope": "all", "n": len(labels), "measure": "adjusted Rand index"}
    # Hennig's thresholds are of overlaps; and what chance gives is taken from the Rand index already.
    rows.append(overall | _judged(rand, np.zeros(1)) | {"verdict": None, "stable": None})
    columns = "scope topic n draws measure estimate low high by_chance verdict stable reason".split()
    kinds = dict.fromkeys(columns, "string") | dict.fromkeys(["topic", "n", "draws"], "Int64")
    kinds |= dict.fromkeys(["estimate", "low", "high", "by_chance"], "Float64") | {"stable": "boolean"}
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(kinds)


def _judged(values: np.ndarray, lots: np.ndarray) -> dict[str, object]:
    if len(values) < 2:
        reason = "not estimable: fewer than 2 samples have units of this topic"
        return {"draws": len(values), "verdict": "unstable", "stable": False, "reason": reason}
    mean, (low, high) = float(values.mean()), np.quantile(values, [0.025, 0.975])
    row: dict[str, object] = {"draws": len(values), "estimate": mean, "low": low, "high": high}
    if mean <= np.quantile(lots, 0.975):
        verdict, row["reason"] = "unstable", "found again no more often than topics dealt out by lot"
    else:
        verdict = "unstable" if mean < DOUBTFUL else "doubtful" if mean < STABLE else "stable"
    return row | {"by_chance": float(lots.mean()), "verdict": verdict, "stable": verdict == "stable"}
