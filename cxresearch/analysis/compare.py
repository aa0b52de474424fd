"""Groups of episodes compared: rates, odds ratios, risk ratios and risk differences.

What is `unknown` is left out and counted, never taken for a no. Where authors have several episodes the
intervals and tests allow for it. No number comes from a cell that cannot carry it: fewer than `FEWEST`
episodes in a group, or an expected count below 1, is not estimable, with the reason.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.proportion import confint_proportions_2indep

from cxresearch.analysis.resampling import (
    FEWEST,
    cluster_codes,
    clustered_share,
    error_parts,
    permutation_test,
    require,
)
from cxresearch.errors import InputError

UNKNOWN = "unknown"
REST = "rest"
MEASURES = ("odds ratio", "risk ratio", "risk difference")
_INTEGERS = ("n", "k", "unknown", "clusters", "groups", "levels", "at_risk", "events", "censored")
_TEXTS = ("outcome", "duration", "count", "model", "level", "group", "compared_with", "measure", "test", "reason")


def rates(
    profiles: pd.DataFrame,
    outcome: str,
    *,
    level: str | None = None,
    by: str = "industry",
    cluster: str | None = "author",
) -> pd.DataFrame:
    """Return the share of episodes with an outcome in every group.

    Parameters
    ----------
    profiles : DataFrame
        A row an episode.
    outcome : str
        A column of booleans or of categories; its NA and ``unknown`` are left out, and counted.
    level : str, optional
        The category to tell of; by default every one that occurs.
    by : str
        The column of groups; an episode without one is in the group ``unknown``.
    cluster : str or None
        The column that tells which episodes depend on each other; an episode without an author belongs
        with its narrative. None: none do.

    Returns
    -------
    DataFrame
        A row a group and level: `outcome`, `level`, `group`, `n` (known), `k` (of them with the outcome),
        `unknown`, `clusters`, `estimate`, `low`, `high` (95 %), `reason` where something is NA.

    Raises
    ------
    InputError
        Names the column that is missing or of the wrong kind.

    References
    ----------
    `resampling.clustered_share`: exact (Clopper and Pearson 1934), with clusters for the effective number of episodes
    (Korn and Graubard 1998).

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10, "exit": [True] * 3 + [False] * 6 + [None]})
    >>> table = rates(frame, "exit", cluster=None).round(2)
    >>> table[["group", "n", "k", "unknown", "estimate", "low", "high"]].to_numpy().tolist()
    [['rail', 9, 3, 1, 0.33, 0.07, 0.7]]
    """
    cases, levels = read_cases(profiles, outcome, level, by, cluster)
    rows = []
    for name in levels:
        for group, members in cases.groupby("group", sort=True):
            known = members[members["value"] != UNKNOWN]
            y = (known["value"] == name).to_numpy()
            row: dict[str, object] = {"outcome": outcome, "level": name, "group": group}
            row |= {"n": len(y), "k": int(y.sum()), "unknown": len(members) - len(y)}
            row["clusters"] = known["cluster"].nunique()
            rows.append(row | _rate(y, known["cluster"].to_numpy(), cluster))
    return to_table(rows, "outcome level group n k unknown clusters estimate low high reason")


def _rate(y: np.ndarray, clusters: np.ndarray, cluster: str | None) -> dict[str, object]:
    n = len(y)
    if n < FEWEST:
        return {"reason": f"not estimable: {n} episodes with a known outcome, at least {FEWEST} are needed"}
    codes = np.arange(n) if cluster is None else np.unique(clusters, return_inverse=True)[1]
    share, low, high, reason = clustered_share(
        np.bincount(codes, y), np.bincount(codes), f"clusters ({cluster})", clustered=cluster is not None
    )
    return {"estimate": share, "low": low, "high": high, "reason": reason}


def contrasts(
    profiles: pd.DataFrame,
    outcome: str,
    *,
    level: str | None = None,
    by: str = "industry",
    reference: str = REST,
    cluster: str | None = "author",
    measure: str = "odds ratio",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how far the outcome differs between each group and the rest, or a reference group.

    The p-value is that of the same test whatever the measure; so take one measure at a time to `multiplicity.correct`.

    Parameters
    ----------
    profiles, outcome, level, by, cluster
        As for `rates`.
    reference : str
        A group, or ``rest``: all the other groups together.
    measure : {"odds ratio", "risk ratio", "risk difference"}
        The odds ratio without clusters is the conditional one that belongs to Fisher's test.
    draws, seed
        Of the permutation test.

    Returns
    -------
    DataFrame
        A row a group and level: `outcome`, `level`, `group`, `compared_with`, `measure`, `n` (episodes of
        both sides), `k` (with the outcome), `clusters`, `estimate`, `low`, `high` (95 %), `p`, `test`, `reason`.

    Raises
    ------
    InputError
        Names the column or argument that is wrong; where there is one group only.

    References
    ----------
    Without clusters: Fisher's exact test with the exact conditional interval (Cornfield 1956) of the odds
    ratio, Newcombe's (1998) interval of a difference, the score interval (Koopman 1984) of a risk ratio.
    With clusters: linearised variance over clusters (Liang and Zeger 1986) on the log scale for ratios,
    with Welch's (1947) degrees of freedom; the test permutes the outcomes of whole authors, each with
    authors of as many episodes (`resampling.permutations`).

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10 + ["energy"] * 10})
    >>> frame["exit"] = [True] * 8 + [False] * 9 + [True] * 3
    >>> table = contrasts(frame, "exit", reference="energy", cluster=None, measure="risk difference")
    >>> table[["group", "estimate", "p"]].astype({"estimate": float, "p": float}).round(3).to_numpy().tolist()
    [['rail', 0.5, 0.07]]
    """
    if measure not in MEASURES:
        raise InputError(f"measure: '{measure}' is none of {', '.join(MEASURES)}")
    cases, levels = read_cases(profiles, outcome, level, by, cluster)
    cases = cases[cases["value"] != UNKNOWN]
    groups = group_names(cases, by)
    rows = []
    for name in levels:
        for group, other in sides(groups, reference):
            both = cases if other == REST else cases[cases["group"].isin([group, other])]
            x, y = (both["group"] == group).to_numpy(), (both["value"] == name).to_numpy()
            row: dict[str, object] = {"outcome": outcome, "level": name, "group": group, "compared_with": other}
            row |= {"measure": measure, "n": len(y), "k": int(y.sum()), "clusters": both["cluster"].nunique()}
            if reason := _too_small(x, y, group, other):
                row["reason"] = reason
            elif cluster is None:
                row |= _exact(x, y, measure)
            else:
                codes = np.unique(both["cluster"], return_inverse=True)[1]
                row |= _clustered(x, y, codes, measure)
                p, why = permutation_test(x[:, None], y[:, None], codes, draws, seed)[1:]
                row |= {"p": p, "test": f"permutation of {cluster}"}
                row["reason"] = "; ".join(filter(None, [str(row.get("reason") or ""), why])) or None
            rows.append(row)
    columns = "outcome level group compared_with measure n k clusters estimate low high p test reason"
    return to_table(rows, columns)


def _too_small(x: np.ndarray, y: np.ndarray, group: str, reference: str) -> str | None:
    for name, size in ((group, int(x.sum())), (reference, int((~x).sum()))):
        if size < FEWEST:
            return f"not estimable: {size} episodes in {name}, at least {FEWEST} are needed"
    expected = min(x.sum(), (~x).sum()) * min(y.mean(), 1 - y.mean())
    return f"not estimable: an expected count is {expected:.1f}, at least 1 is needed" if expected < 1 else None


def _exact(x: np.ndarray, y: np.ndarray, measure: str) -> dict[str, object]:
    table = np.array([[(x & y).sum(), (x & ~y).sum()], [(~x & y).sum(), (~x & ~y).sum()]])
    (k, n), (k0, n0) = ((int(row[0]), int(row.sum())) for row in table)
    if measure == "odds ratio":
        result = odds_ratio(table, kind="conditional")
        values = (result.statistic, *result.confidence_interval(0.95))
    elif measure == "risk ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = confint_proportions_2indep(k, n, k0, n0, method="score", compare="ratio") if k and k0 else ()
        values = (k / n / (k0 / n0), *bounds) if bounds else (0.0 if k0 else np.inf, np.nan, np.nan)
    else:
        values = (k / n - k0 / n0, *confint_proportions_2indep(k, n, k0, n0, method="newcomb", compare="diff"))
    row: dict[str, object] = dict(zip(("estimate", "low", "high"), map(_finite, values), strict=True))
    if None in row.values():
        row["reason"] = "no finite estimate or bound: an observed count is 0"
    return row | {"p": min(1.0, float(stats.fisher_exact(table).pvalue)), "test": "Fisher exact"}


def _clustered(x: np.ndarray, y: np.ndarray, clusters: np.ndarray, measure: str) -> dict[str, object]:
    p, n = [float(y[side].mean()) for side in (x, ~x)], [int(x.sum()), int((~x).sum())]
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = [np.divide(share, 1 - share) for share in p]
        value = {"odds ratio": odds[0] / odds[1], "risk ratio": np.divide(p[0], p[1]), "risk difference": p[0] - p[1]}[
            measure
        ]
    row: dict[str, object] = {"estimate": _finite(value)}
    numbers = [len(np.unique(clusters[side])) for side in (x, ~x)]
    if min(numbers) < FEWEST:
        return row | {"reason": f"interval not estimable: {min(numbers)} clusters, at least {FEWEST} a side are needed"}
    if any(share in (0, 1) for share in p):
        return row | {"reason": "interval not estimable: an observed count is 0"}
    slope = {
        "odds ratio": [1 / (share * (1 - share)) for share in p],
        "risk ratio": [1 / share for share in p],
        "risk difference": [1.0, 1.0],
    }[measure]
    parts = [
        error_parts(np.where(side, y - p[i], 0), clusters, n[i], numbers[i]) * slope[i]
        for i, side in enumerate((x, ~x))
    ]
    spread = [float((part**2).sum()) for part in parts]
    # A cluster with episodes on both sides adds to both, and what is common to them cancels.
    variance = float(((parts[0] - parts[1]) ** 2).sum())
    if not variance:
        return row | {"reason": "interval not estimable: the clusters do not differ"}
    df = sum(spread) ** 2 / sum(v**2 / (number - 1) for v, number in zip(spread, numbers, strict=True))
    half = stats.t.ppf(0.975, df) * np.sqrt(variance)
    if measure == "risk difference":
        return row | {"low": max(-1.0, value - half), "high": min(1.0, value + half)}
    return row | {"low": float(value * np.exp(-half)), "high": float(value * np.exp(half))}


def read_cases(
    profiles: pd.DataFrame, outcome: str, level: str | None, by: str, cluster: str | None
) -> tuple[pd.DataFrame, list[str]]:
    """One row an episode: group, value (``unknown`` where it is), cluster; and the levels asked for."""
    require(profiles, [outcome, by, cluster])
    column = profiles[outcome]
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind not in ("boolean", "string", "categorical", "empty"):
        raise InputError(f"{outcome}: the values are {kind}, not booleans or categories; for numbers see count_model")
    text = column.astype(object).map(str, na_action="ignore")
    value = (text.str.lower() if kind == "boolean" else text).where(column.notna(), UNKNOWN)
    cases = pd.DataFrame(
        {"group": groups_of(profiles, by), "value": value, "cluster": cluster_codes(profiles, cluster)}
    )
    known = ["true"] if kind == "boolean" else sorted(set(cases["value"]) - {UNKNOWN})
    if level is not None and level not in {*known, *cases["value"]} - {UNKNOWN}:
        raise InputError(f"level: '{level}' does not occur in {outcome}, which has {', '.join(known)}")
    if not known:
        raise InputError(f"{outcome}: no episode has a known value")
    return cases, known if level is None else [level]


def groups_of(profiles: pd.DataFrame, by: str) -> pd.Series:
    """Return the group of every episode as text; ``unknown`` where it has none."""
    return profiles[by].astype(object).map(str, na_action="ignore").where(profiles[by].notna(), UNKNOWN)


def group_names(cases: pd.DataFrame, by: str) -> list[str]:
    groups = sorted(set(cases["group"]))
    if len(groups) < 2:
        raise InputError(f"{by}: a comparison needs two groups with known outcomes, and there is {len(groups)}")
    return groups


def sides(groups: list[str], reference: str) -> list[tuple[str, str]]:
    """Return which group is compared with which: all with the reference, each with the rest, or of two the one.

    With two groups the rest of each is the other: that is one comparison, and counted twice it would be corrected for
    itself.

    Examples
    --------
    >>> sides(["bank", "rail"], REST), sides(["bank", "energy", "rail"], "rail")
    ([('bank', 'rail')], [('bank', 'rail'), ('energy', 'rail')])
    """
    if reference != REST and reference not in groups:
        raise InputError(f"reference: '{reference}' is none of the groups {', '.join(groups)}")
    if reference == REST and len(groups) == 2:
        reference = groups[1]
    return [(group, reference) for group in groups if group != reference]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def to_table(rows: list[dict[str, object]], columns: str) -> pd.DataFrame:
    names = columns.split()
    kinds = {name: "Int64" if name in _INTEGERS else "string" if name in _TEXTS else "Float64" for name in names}
    return pd.DataFrame(rows, columns=names, dtype=object).astype(kinds)
