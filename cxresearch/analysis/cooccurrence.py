"""Which events are told in the same episodes, more often than they would be by chance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.outcomes import types_told
from cxresearch.analysis.profiles import profiles
from cxresearch.analysis.resampling import bootstrap_weights, cluster_codes, permutations, require
from cxresearch.codebook import event_types
from cxresearch.errors import InputError

LEAST = 5  # episodes that a type must have, and lack


def cooccurrence(
    events: pd.DataFrame,
    *,
    authors: pd.DataFrame | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return for every pair of event types how often an episode tells both, and the correlation of the two.

    Parameters
    ----------
    events : DataFrame
        The event table; mentions that are affirmed and `actual` count.
    authors : DataFrame, optional
        `narrative_id` and `author` of every narrative (such as `Study.narratives`). Authors are then drawn as a whole;
        without it narratives are, since the episodes of one story are alike.
    draws, seed
        Of the bootstrap for the intervals, and of the permutations for the p-values.

    Returns
    -------
    DataFrame
        A row a pair: `first`, `second` (in the order of the codebook), `n` (episodes), `k_first`, `k_second`, `k` (with
        both), `share` (of all), `jaccard` (of the episodes with either, the share with both), `estimate` (phi, the
        correlation of two yes-and-no columns), `low`, `high` (95 %, bootstrap over clusters), `p` (by permuting
        whole clusters among those of as many episodes), `p_holm`, `p_bh`, `tests`, and `reason` where a type is told
        too seldom or nearly always.

    Raises
    ------
    InputError
        Where there are no episodes, or a column is missing.

    References
    ----------
    Phi: Yule (1912), Journal of the Royal Statistical Society 75. Bootstrap over clusters: Davison and Hinkley (1997).

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> from cxresearch.study import study_of
    >>> study = study_of(corpus_from_texts({"a": "Ik belde de bank. Excuses kreeg ik: ze bood ze aan."}))
    >>> table = cooccurrence(study.events, draws=10)
    >>> table["reason"].iloc[0]
    'not estimable: contact is told in 1 of 1 episodes; at least 5 must have it, and 5 not'
    """
    table = profiles(events)
    if table.empty:
        raise InputError("events: no event stands in an episode")
    if authors is not None:
        require(authors, ["narrative_id", "author"], "authors")
        of = authors.drop_duplicates("narrative_id").set_index("narrative_id")["author"]
        table = table.assign(author=table["narrative_id"].map(of))
    codes = cluster_codes(table, "narrative_id" if authors is None else "author")
    told = types_told(events, table)
    types = [name for name in event_types() if told[name].any()]
    x = told[types].to_numpy(dtype=float)
    sizes = x.sum(axis=0).astype(int)
    weights = bootstrap_weights(int(codes.max()) + 1, draws, seed)[:, codes]
    p = _permuted(x, codes, draws, seed)
    rows: list[dict[str, object]] = []
    for i, j in combinations(range(len(types)), 2):
        both, either = int((x[:, i] * x[:, j]).sum()), int(np.maximum(x[:, i], x[:, j]).sum())
        row: dict[str, object] = {"first": types[i], "second": types[j], "n": len(x), "k_first": sizes[i]}
        row |= {"k_second": sizes[j], "k": both, "share": both / len(x), "jaccard": both / either}
        seldom = next((t for t in (i, j) if min(sizes[t], len(x) - sizes[t]) < LEAST), None)
        if seldom is not None:
            row["reason"] = (
                f"not estimable: {types[seldom]} is told in {sizes[seldom]} of {len(x)} episodes; at least {LEAST} "
                f"must have it, and {LEAST} not"
            )
        else:
            drawn = _phi(weights, x[:, i], x[:, j])
            drawn = drawn[~np.isnan(drawn)]
            low, high = np.quantile(drawn, [0.025, 0.975])
            row |= {"estimate": float(_phi(np.ones((1, len(x))), x[:, i], x[:, j])[0]), "low": low, "high": high}
            row["p"] = float(p[i, j])
        rows.append(row)
    columns = "first second n k_first k_second k share jaccard estimate low high p reason".split()
    kinds = dict.fromkeys(columns, "Float64") | dict.fromkeys(("first", "second", "reason"), "string")
    kinds |= dict.fromkeys(("n", "k_first", "k_second", "k"), "Int64")
    return correct(pd.DataFrame(rows, columns=columns, dtype=object).astype(kinds))


def _permuted(x: np.ndarray, clusters: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return for every pair of columns how often permuted episodes have them together as far from what is expected."""
    size = np.bincount(clusters)[clusters]
    expected = x.T @ np.array([x[size == m].mean(axis=0) for m in size])
    far = np.abs(x.T @ x - expected) - 1e-9
    beyond = np.ones_like(far)
    for rows in permutations(clusters, draws, seed):
        beyond += (np.abs(x.T @ x[rows] - expected) >= far).sum(axis=0)
    return np.asarray(beyond / (1 + draws))


def _phi(weights: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The correlation of two columns of 0 and 1 under each row of weights; NaN where one does not vary."""
    total = weights.sum(axis=1)
    p, q, both = (weights @ column / total for column in (a, b, a * b))
    spread = np.sqrt(p * (1 - p) * q * (1 - q))
    result: np.ndarray = np.divide(both - p * q, spread, out=np.full(len(total), np.nan), where=spread > 1e-12)
    return result
