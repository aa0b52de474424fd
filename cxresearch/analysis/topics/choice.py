"""How many topics: the curve of stability, coherence and diversity over their number, and what chance gives."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import normalize

from cxresearch.analysis.resampling import cluster_codes, require
from cxresearch.analysis.topics.model import partition
from cxresearch.analysis.topics.quality import OUTLIER, TOP, coherence, diversity, top_words
from cxresearch.analysis.topics.stability import in_order, samples
from cxresearch.analysis.topics.words import counts, topic_words
from cxresearch.errors import InputError

OF_COPY = 4  # samples of each copy without clusters
COLUMNS = "topics n draws stability low high null null_high gain coherence diversity smallest largest_share".split()


def choose(
    vectors: np.ndarray,
    units: pd.DataFrame,
    numbers: Iterable[int],
    *,
    words: Callable[[np.ndarray], pd.DataFrame] | None = None,
    analyzer: Callable[[str], list[str]] | None = None,
    method: str = "kmeans",
    draws: int = 20,
    null_draws: int = 5,
    sample: str = "bootstrap",
    cluster: str = "narrative_id",
    seed: int = 0,
) -> pd.DataFrame:
    """Return for every number of topics how good the topics are, and which number to take.

    Parameters
    ----------
    vectors : ndarray, shape (units, features)
        What is clustered.
    units : DataFrame
        `narrative_id`, `unit`, `text` in the order of `vectors`, and the column `cluster`.
    numbers : iterable of int
        The numbers of topics to look at.
    words : callable, optional
        The words of a partition: labels to a table of `topic`, `rank`, `word`; by default `words.topic_words`.
    analyzer : callable, optional
        As for `quality.quality`, such as `words.analyzer()`. Without it there is no coherence.
    method, draws, sample, cluster, seed
        As for `stability.stability`.
    null_draws : int
        In how many copies without clusters (see `unclustered`) each number is looked at.

    Returns
    -------
    DataFrame
        A row a number: `topics`, `n` (units), `draws`, `stability` (mean adjusted Rand index of the partition and those
        of the samples), `low`, `high` (range of 95 % of the samples), `null`, `null_high` (the same in copies without
        clusters: mean and largest), `gain` (stability above the null, 1 at most), `coherence` (mean NPMI),
        `diversity`, `smallest` (units of the smallest topic), `largest_share`, `recommended`, `reason`.

    Raises
    ------
    InputError
        Names the argument that is wrong.

    Notes
    -----
    The rule: of all numbers whose gain is within one standard error of the largest, the one of most coherent topics
    (without words: the most topics, since merged ones are found again too). Numbers that are not two standard errors
    above all of their nulls are none of them; where no number is, none is recommended.

    References
    ----------
    Stability against a null: Lange, Roth, Braun and Buhmann (2004), Neural Computation 16. One standard
    error: Breiman et al. (1984). Stability for topics: Greene, O'Callaghan and Cunningham (2014), ECML.
    """
    require(units, ["narrative_id", "unit", "text", cluster], "units")
    wanted = sorted(set(numbers))
    if not wanted or wanted[0] < 2 or wanted[-1] >= len(units):
        raise InputError(f"numbers: from 2 to fewer than the units, of which there are {len(units)}")
    if len(vectors) != len(units):
        raise InputError(f"vectors: {len(vectors)} rows for {len(units)} units; give one a unit, in their order")
    if words is not None and analyzer is None:
        raise InputError("analyzer: is needed with words, to find them in the units")
    order = in_order(units)
    given = np.argsort(order)  # back to the order in which `words` knows the units
    vectors, units = vectors[order], units.iloc[order]
    codes = cluster_codes(units, cluster)
    drawn = samples(codes, draws, sample, seed)
    copies = [normalize(unclustered(vectors, seed + copy)) for copy in range(null_draws)]  # of length 1, as all vectors
    if words is None and analyzer is not None:
        table, names = counts(units["text"].astype(str).tolist(), analyzer)
        words = functools.partial(_words, table, names, order)
    rows = []
    for number in wanted:
        labels = partition(vectors, number, method=method, seed=seed)
        rand = _rand(vectors, labels, drawn, number, method, seed)
        # A mean against means: one sample of a copy may come out alike by luck, and then nothing could beat it.
        null = [
            _rand(copy, partition(copy, number, method=method, seed=seed), drawn[:OF_COPY], number, method, seed).mean()
            for copy in copies
        ]
        row: dict[str, object] = {"topics": number, "n": len(units), "draws": draws}
        row |= {"stability": rand.mean(), "low": np.quantile(rand, 0.025), "high": np.quantile(rand, 0.975)}
        row["error"] = rand.std(ddof=1) / np.sqrt(draws)
        if null:
            row |= {"null": np.mean(null), "null_high": np.max(null)}
        sizes = np.bincount(labels[labels != OUTLIER])
        row |= {
            "smallest": int(sizes[sizes > 0].min(initial=len(labels))),
            "largest_share": sizes.max(initial=0) / len(labels),
        }
        if words is not None and analyzer is not None:
            lists = list(top_words(words(labels[given]), TOP).values())
            row |= {"coherence": pd.Series(coherence(lists, units, analyzer)[0]).mean(), "diversity": diversity(lists)}
        rows.append(row)
    return _recommended(pd.DataFrame(rows, columns=[*dict.fromkeys([*COLUMNS, "error"])]))


def recommended(curve: pd.DataFrame) -> int:
    """Return the number of topics that `choose` recommends.

    Raises
    ------
    InputError
        Where it recommends none, with its reason.

    Examples
    --------
    >>> recommended(pd.DataFrame({"topics": [4, 5], "recommended": [False, True], "reason": [None, None]}))
    5
    """
    chosen = curve.loc[curve["recommended"].astype("boolean").fillna(False), "topics"]
    if chosen.empty:
        why = next((str(reason) for reason in curve["reason"].dropna()), "no number is better than chance")
        raise InputError(f"topics: none of {', '.join(map(str, curve['topics']))} is recommended: {why}")
    return int(chosen.iloc[0])


def unclustered(vectors: np.ndarray, seed: int) -> np.ndarray:
    """Return vectors drawn from one normal distribution with the mean, variances and covariances of these.

    It has no clusters, whatever its shape: what is found in it is what any cloud of this shape gives.

    References
    ----------
    A single normal as the absence of clusters: Liu, Hayes, Nobel and Marron (2008), Journal of the American
    Statistical Association 103.

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(500, 3))
    >>> drawn = unclustered(vectors, 1)
    >>> bool(np.allclose(np.cov(drawn.T), np.cov(vectors.T), atol=0.2)), drawn.shape
    (True, (500, 3))
    """
    random = np.random.default_rng(seed)
    middle = vectors.mean(axis=0, keepdims=True)
    # Of 20,000 units and 562 features this takes a second, and singular values a minute.
    deviations = np.asarray(vectors - middle, dtype=np.float64)
    variances, axes = np.linalg.eigh(deviations.T @ deviations / max(len(vectors) - 1, 1))
    places = random.normal(size=vectors.shape) * np.sqrt(np.maximum(variances, 0))
    result: np.ndarray = places @ axes.T + middle
    return result


def _words(table: sparse.csr_matrix, names: list[str], order: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    return topic_words(table, names, labels[order], TOP)


def _rand(
    vectors: np.ndarray, labels: np.ndarray, drawn: list[np.ndarray], number: int, method: str, seed: int
) -> np.ndarray:
    return np.array(
        [
            adjusted_rand_score(labels[rows], partition(vectors[rows], number, method=method, seed=seed + i))
            for i, rows in enumerate(drawn, start=1)
        ]
    )


def _recommended(table: pd.DataFrame) -> pd.DataFrame:
    mean, error, null, high, coherent = (
        table[name].to_numpy(dtype=float) for name in ("stability", "error", "null", "null_high", "coherence")
    )
    null = np.nan_to_num(null)
    table["gain"] = gain = (mean - null) / np.maximum(1 - null, 1e-9)
    table["recommended"], table["reason"] = False, None
    found = mean - 2 * error > np.nan_to_num(high, nan=-np.inf)  # two standard errors above all that chance gave
    best = int(np.where(found, gain, -np.inf).argmax())
    if not found.any():
        table["reason"] = "no number of topics is found again more often than in data without clusters"
    else:
        close = np.flatnonzero(found & (gain >= gain[best] - error[best] / max(1 - null[best], 1e-9)))
        judged = not np.isnan(coherent[close]).all()
        chosen = close[np.nanargmax(coherent[close])] if judged else close[-1]
        place = table.index[chosen]
        table.loc[place, "recommended"] = True
        rule, numbers = "most coherent" if judged else "largest", f"{len(close)} number{'s' if len(close) > 1 else ''}"
        table.loc[place, "reason"] = (
            f"stability {mean[chosen]:.2f}, by chance {null[chosen]:.2f}; "
            f"{rule} topics of {numbers} within one standard error of the best"
        )
    kinds = dict.fromkeys(COLUMNS, "Float64") | dict.fromkeys(["topics", "n", "draws", "smallest"], "Int64")
    return table[[*COLUMNS, "recommended", "reason"]].astype(kinds | {"recommended": "boolean", "reason": "string"})
