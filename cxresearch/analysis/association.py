"""How strongly groups and an outcome hang together over the whole table: Cramér's V and its test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxresearch.analysis.compare import UNKNOWN, group_names, read_cases, to_table
from cxresearch.analysis.resampling import FEWEST, bootstrap_weights, permutation_test


def association(
    profiles: pd.DataFrame,
    outcome: str,
    *,
    by: str = "industry",
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return Cramér's V of the whole table of groups and outcomes, and the test of any difference.

    Groups of fewer than `FEWEST` episodes are left out, and named in `reason`.

    Parameters
    ----------
    profiles, outcome, by, cluster
        As for `rates`.
    draws, seed
        Of the permutation test and of the bootstrap over clusters.

    Returns
    -------
    DataFrame
        One row: `outcome`, `measure`, `n`, `groups`, `levels`, `clusters`, `estimate`, `low`, `high` (95 %),
        `statistic` (chi-squared; the expected counts are those of the permutations), `p`, `test`, `reason`.

    Raises
    ------
    InputError
        Names the column that is wrong; where there is one group only.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42: V corrected for its bias, which is large in
    tables with many cells. The interval is a percentile bootstrap of phi squared, shifted by its bias; in
    simulation (4 groups, 3 levels, 200 episodes) it covers .94 to 1, most where there is no association.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10 + ["energy"] * 10})
    >>> frame["exit"] = [True] * 8 + [False] * 10 + [True] * 2
    >>> table = association(frame, "exit", cluster=None)
    >>> round(float(table["estimate"].iloc[0]), 3), bool(table["p"].iloc[0] < 0.05)
    (0.57, True)
    """
    cases, _ = read_cases(profiles, outcome, None, by, cluster)
    cases = cases[cases["value"] != UNKNOWN]
    group_names(cases, by)
    size = cases.groupby("group")["value"].transform("size")
    small = sorted(set(cases.loc[size < FEWEST, "group"]))
    cases = cases[size >= FEWEST]
    groups, g = np.unique(cases["group"].astype(str), return_inverse=True)
    levels, v = np.unique(cases["value"].astype(str), return_inverse=True)
    codes = np.unique(cases["cluster"], return_inverse=True)[1]
    row: dict[str, object] = {"outcome": outcome, "measure": "Cramér's V", "n": len(cases), "groups": len(groups)}
    row |= {"levels": len(levels), "clusters": len(set(codes))}
    left_out = f"groups of fewer than {FEWEST} episodes are left out: {', '.join(small)}" if small else ""
    if len(groups) < 2 or len(levels) < 2:
        what = "fewer than two groups are large enough" if len(groups) < 2 else "all known outcomes are alike"
        row["reason"] = "; ".join(filter(None, [f"not estimable: {what}", left_out]))
    else:
        x, y = np.eye(len(groups))[g], np.eye(len(levels))[v]
        statistic, p, why = permutation_test(x, y, codes, draws, seed)
        row |= {"statistic": statistic, "p": p, "test": f"permutation of {cluster or 'episodes'}"}
        reasons = [why, left_out]
        clusters, cells = len(set(codes)), np.zeros((codes.max() + 1, len(groups), len(levels)))
        np.add.at(cells, (codes, g, v), 1)
        phi, excess, scale = _bergsma(cells.sum(axis=0))
        row["estimate"] = float(np.sqrt(max(0.0, phi - excess) / scale))
        if clusters < FEWEST:
            reasons.append(f"interval not estimable: {clusters} clusters, at least {FEWEST} are needed")
        else:
            weights = bootstrap_weights(clusters, draws, seed)
            drawn = (weights @ cells.reshape(clusters, -1)).reshape(-1, *cells.shape[1:])
            phis = np.array([_bergsma(table)[0] for table in drawn])
            bounds = np.quantile(phis, [0.025, 0.975]) - phis.mean() + phi - excess
            row["low"], row["high"] = (float(b) for b in np.sqrt(np.clip(bounds / scale, 0, 1)))
        row["reason"] = "; ".join(filter(None, reasons)) or None
    columns = "outcome measure n groups levels clusters estimate low high statistic p test reason"
    return to_table([row], columns)


def _bergsma(table: np.ndarray) -> tuple[float, float, float]:
    """Phi squared, what of it is expected by chance, and its corrected maximum."""
    n, (r, c) = table.sum(), table.shape
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = float(np.divide((table - expected) ** 2, expected, out=np.zeros(table.shape), where=expected > 0).sum() / n)
    shrunk = (size - (size - 1) ** 2 / (n - 1) for size in (r, c))
    return phi, (r - 1) * (c - 1) / (n - 1), float(min(shrunk) - 1)
