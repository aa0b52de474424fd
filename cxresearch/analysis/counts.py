"""Counts by group (contacts, transfers, rule citations): means and rate ratios."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.discrete.discrete_model import NegativeBinomial

from cxresearch.analysis.compare import REST, group_names, groups_of, sides, to_table
from cxresearch.analysis.resampling import (
    FEWEST,
    bootstrap_weights,
    cluster_codes,
    error_parts,
    permutation_test,
    require,
)
from cxresearch.errors import InputError


def count_means(
    profiles: pd.DataFrame,
    count: str,
    *,
    by: str = "industry",
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the mean count of every group.

    Parameters
    ----------
    profiles : DataFrame
        A row an episode.
    count : str
        A column of whole numbers; NA is left out, and counted.
    by : str
        The column of groups; an episode without one is in the group ``unknown``.
    cluster : str or None
        What makes episodes depend on each other (None: nothing).
    draws, seed
        Of the bootstrap over clusters.

    Returns
    -------
    DataFrame
        A row a group: `count`, `group`, `measure`, `n`, `k` (sum of the counts), `unknown`, `clusters`,
        `estimate`, `low`, `high` (95 %), `reason` where one of these is NA.

    Raises
    ------
    InputError
        Names the column that is missing or of the wrong kind.

    References
    ----------
    Studentised bootstrap (Efron and Tibshirani 1993, chapter 12), which follows the skewness of counts.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": "rail", "contacts": [1, 0, 3, 2, 4, 2]})
    >>> count_means(frame, "contacts", cluster=None)[["n", "k", "estimate"]].to_numpy().tolist()
    [[6, 12, 2.0]]
    """
    cases = _read(profiles, count, by, cluster)
    rows = []
    for group, members in cases.groupby("group", sort=True):
        known = members[members["y"].notna()]
        y, codes = known["y"].to_numpy(), np.unique(known["cluster"], return_inverse=True)[1]
        row: dict[str, object] = {"count": count, "group": group, "measure": "mean", "n": len(y), "k": y.sum()}
        row |= {"unknown": len(members) - len(y), "clusters": len(set(codes))}
        if len(y) < FEWEST:
            row["reason"] = f"not estimable: {len(y)} episodes with a known count, at least {FEWEST} are needed"
        else:
            row |= _mean(y, codes, draws, seed)
        rows.append(row)
    return to_table(rows, "count group measure n k unknown clusters estimate low high reason")


def _mean(y: np.ndarray, codes: np.ndarray, draws: int, seed: int) -> dict[str, object]:
    row: dict[str, object] = {"estimate": y.mean()}
    sums, sizes = np.bincount(codes, y), np.bincount(codes)
    if len(sizes) < FEWEST:
        return row | {"reason": f"interval not estimable: {len(sizes)} clusters, at least {FEWEST} are needed"}
    error = np.sqrt(((sums - y.mean() * sizes) ** 2).sum()) / len(y)
    if error < 1e-12:
        return row | {"reason": "interval not estimable: the clusters do not differ"}
    weights = bootstrap_weights(len(sizes), draws, seed)
    n = weights @ sizes
    means = weights @ sums / n
    errors = np.sqrt((weights * (sums - means[:, None] * sizes) ** 2).sum(axis=1)) / n
    t = (means - y.mean())[errors > 1e-12] / errors[errors > 1e-12]
    low, high = y.mean() - np.quantile(t, [0.975, 0.025]) * error
    return row | {"low": max(0.0, low), "high": high}


def count_model(
    profiles: pd.DataFrame,
    count: str,
    *,
    by: str = "industry",
    reference: str = REST,
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how many times as high the mean count of each group is as that of the rest, or a reference.

    The model is negative binomial, one for each row of the table, with the group as its only predictor; so the
    rate ratio is the ratio of the means. Where the counts vary no more than Poisson counts do, the dispersion
    is not estimable and `model` says ``Poisson``.

    Parameters
    ----------
    profiles, count, by, cluster
        As for `count_means`.
    reference : str
        A group, or ``rest``: all the other groups together.
    draws, seed
        Of the permutation test.

    Returns
    -------
    DataFrame
        A row a group: `count`, `group`, `compared_with`, `measure`, `model`, `dispersion` (alpha: the variance is
        mean + alpha * mean²), `n` (episodes of both sides), `k` (sum of their counts), `unknown`, `clusters`,
        `estimate`, `low`, `high` (95 %), `p`, `test`, `reason`.

    Raises
    ------
    InputError
        Names the column or argument that is wrong; where there is one group only.

    References
    ----------
    Cameron and Trivedi (2013), Regression Analysis of Count Data (NB2, by maximum likelihood). Without clusters
    the interval and Wald test are those of the model. With clusters the interval is from the linearised variance over
    clusters (Liang and Zeger 1986) with Welch's (1947) degrees of freedom, which does not need the model to
    hold, and the test permutes whole clusters (`resampling.permutations`).

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 6 + ["energy"] * 6, "contacts": [1, 0, 3, 9, 4, 1] * 2})
    >>> frame.loc[frame["industry"] == "rail", "contacts"] *= 2
    >>> table = count_model(frame, "contacts", reference="energy", cluster=None)
    >>> table[["model", "n", "estimate"]].round(2).to_numpy().tolist()
    [['negative binomial', 12, 2.0]]
    """
    cases = _read(profiles, count, by, cluster)
    groups = group_names(cases[cases["y"].notna()], by)
    rows = []
    for group, other in sides(groups, reference):
        both = cases if other == REST else cases[cases["group"].isin([group, other])]
        known = both[both["y"].notna()]
        x, y = (known["group"] == group).to_numpy(), known["y"].to_numpy()
        row: dict[str, object] = {"count": count, "group": group, "compared_with": other, "measure": "rate ratio"}
        row |= {"n": len(y), "k": y.sum(), "unknown": len(both) - len(y), "clusters": known["cluster"].nunique()}
        rows.append(row | _ratio(x, y, known["cluster"].to_numpy(), cluster, (group, other), (draws, seed)))
    columns = "count group compared_with measure model dispersion n k unknown clusters estimate low high p test reason"
    return to_table(rows, columns)


def _ratio(
    x: np.ndarray,
    y: np.ndarray,
    clusters: np.ndarray,
    cluster: str | None,
    names: tuple[str, str],
    drawn: tuple[int, int],
) -> dict[str, object]:
    sides = (x, ~x)
    for name, side in zip(names, sides, strict=True):
        if side.sum() < FEWEST:
            return {"reason": f"not estimable: {side.sum()} episodes in {name}, at least {FEWEST} are needed"}
    if not y.any():
        return {"reason": "not estimable: all counts are 0"}
    row: dict[str, object] = {}
    reasons: list[str | None] = []
    if cluster is not None:
        codes = np.unique(clusters, return_inverse=True)[1]
        p, why = permutation_test(x[:, None], y[:, None], codes, *drawn)[1:]
        row |= {"p": p, "test": f"permutation of {cluster}"}
        reasons.append(why)
    means = [float(y[side].mean()) for side in sides]
    if empty := [name for name, mean in zip(names, means, strict=True) if not mean]:
        reasons.append(f"not estimable: all counts in {empty[0]} are 0")
        return row | {"reason": "; ".join(filter(None, reasons))}
    row["estimate"] = means[0] / means[1]
    alpha, why = _dispersion(x, y, means)
    row |= {"dispersion": alpha, "model": "Poisson" if alpha is None else "negative binomial"}
    reasons.append(why)
    log, error, df = np.log(means[0] / means[1]), 0.0, np.inf
    if cluster is None:
        error = np.sqrt(sum((1 / mean + (alpha or 0.0)) / side.sum() for mean, side in zip(means, sides, strict=True)))
        row |= {"p": float(2 * stats.norm.sf(abs(log) / error)), "test": "Wald"}
    else:
        numbers = [len(np.unique(clusters[side])) for side in sides]
        if min(numbers) < FEWEST:
            reasons.append(f"interval not estimable: {min(numbers)} clusters, at least {FEWEST} a side are needed")
        else:
            parts = [
                error_parts(np.where(side, y / mean - 1, 0), clusters, int(side.sum()), number)
                for side, mean, number in zip(sides, means, numbers, strict=True)
            ]
            error = np.sqrt(((parts[0] - parts[1]) ** 2).sum())
            spread = [float((part**2).sum()) for part in parts]
            df = sum(spread) ** 2 / max(sum(v**2 / (m - 1) for v, m in zip(spread, numbers, strict=True)), 1e-300)
            if error < 1e-12:
                reasons.append("interval not estimable: the clusters do not differ")
    if error >= 1e-12:
        half = stats.t.ppf(0.975, df) * error
        row |= {"low": float(np.exp(log - half)), "high": float(np.exp(log + half))}
    return row | {"reason": "; ".join(filter(None, reasons)) or None}


def _dispersion(x: np.ndarray, y: np.ndarray, means: list[float]) -> tuple[float | None, str | None]:
    """Alpha of the negative binomial model, or None and the reason why it is not estimable."""
    fitted = np.where(x, *means)
    if ((y - fitted) ** 2 / fitted).sum() <= len(y) - 2:
        return None, "dispersion not estimable: the counts vary no more than Poisson counts"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what statsmodels only warns of is no estimate
            start = [np.log(means[1]), np.log(means[0] / means[1]), 0.5]
            model = NegativeBinomial(y, np.column_stack([np.ones(len(x)), x]))
            alpha = float(model.fit(start_params=start, disp=False, maxiter=200).params[2])
    except (Warning, np.linalg.LinAlgError, FloatingPointError):
        alpha = 0.0
    return (alpha, None) if alpha > 1e-6 else (None, "dispersion not estimable: the fit did not converge")


def _read(profiles: pd.DataFrame, count: str, by: str, cluster: str | None) -> pd.DataFrame:
    require(profiles, [count, by, cluster])
    column = profiles[count]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise InputError(f"{count}: counts must be whole numbers, not {column.dtype}")
    y = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    if not ((known := y[~np.isnan(y)]) >= 0).all() or (np.floor(known) != known).any() or np.isinf(known).any():
        raise InputError(f"{count}: counts are whole numbers of at least 0; for durations see survival")
    if not len(known):
        raise InputError(f"{count}: no episode has a known count")
    return pd.DataFrame({"group": groups_of(profiles, by), "y": y}).assign(cluster=cluster_codes(profiles, cluster))
