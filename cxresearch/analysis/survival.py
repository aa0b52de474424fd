"""How many contacts or days until it is solved: Kaplan-Meier, medians and the log-rank test.

A story that ends unsolved, or does not say how it ended, is censored: known to have lasted at least so
long. This assumes, which no table can check, that stories broken off would have gone on like the others.
Where people write because they gave up, it does not hold, and the curves are then too hopeful.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import survdiff

from cxresearch.analysis.compare import groups_of, to_table
from cxresearch.analysis.resampling import FEWEST, cluster_codes, permutations, require
from cxresearch.errors import InputError


class _Curve(NamedTuple):
    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray


def kaplan_meier(
    profiles: pd.DataFrame,
    duration: str,
    event: str,
    *,
    level: str | None = None,
    by: str = "industry",
    cluster: str | None = "author",
) -> pd.DataFrame:
    """Return the share of episodes that are not yet solved after each number of contacts or days.

    Parameters
    ----------
    profiles : DataFrame
        A row an episode.
    duration : str
        The column of contacts, or days, until the event or until the story ends; an episode without is left out.
    event : str
        A column of booleans, or of categories with `level`.
    level : str, optional
        The category that is the event (``resolved``). All else, unknown too, is censored.
    by : str
        The column of groups; an episode without one is in the group ``unknown``.
    cluster : str or None
        What makes episodes depend on each other; None: nothing.

    Returns
    -------
    DataFrame
        A row a group and time at which something happens: `duration`, `group`, `n` (episodes), `k` (with the
        event), `unknown` (left out), `clusters`, `time`, `at_risk` (just before), `events`, `censored` (then),
        `estimate` (survival after it), `low`, `high` (95 %, for this time alone), `reason` where they are NA.

    Raises
    ------
    InputError
        Names the column that is missing or of the wrong kind.

    References
    ----------
    Kaplan and Meier (1958). The interval is Greenwood's on the log-log scale (Kalbfleisch and Prentice 1980);
    with clusters its variance is the infinitesimal jackknife over clusters, which without them is Greenwood's.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": "rail", "contacts": [1, 2, 2, 3, 5]})
    >>> frame["solved"] = [True, True, None, True, False]
    >>> table = kaplan_meier(frame, "contacts", "solved", cluster=None)
    >>> table[["time", "at_risk", "events", "censored", "estimate"]].round(2).to_numpy().tolist()[:2]
    [[1.0, 5, 1, 0, 0.8], [2.0, 4, 1, 1, 0.6]]
    """
    cases = _read(profiles, duration, event, level, by, cluster)
    rows: list[dict[str, object]] = []
    for facts, known in _by_group(cases, duration):
        if "reason" in facts:
            rows.append(facts)
            continue
        curve = _curve(known, cluster is not None)
        few = cluster is not None and known["cluster"].nunique() < FEWEST
        for values in zip(*curve, strict=True):
            row = facts | dict(zip("time at_risk events censored estimate low high".split(), values, strict=True))
            if np.isnan(values[-1]):
                why = "too few clusters" if few else "no event so far" if row["estimate"] else "nobody is left"
                row["reason"] = f"interval not estimable: {why}"
            rows.append(row)
    return to_table(rows, "duration group n k unknown clusters time at_risk events censored estimate low high reason")


def median_duration(
    profiles: pd.DataFrame,
    duration: str,
    event: str,
    *,
    level: str | None = None,
    by: str = "industry",
    cluster: str | None = "author",
) -> pd.DataFrame:
    """Return after how many contacts or days half of the episodes are solved.

    Parameters
    ----------
    profiles, duration, event, level, by, cluster
        As for `kaplan_meier`, which raises the same errors.

    Returns
    -------
    DataFrame
        A row a group: `duration`, `group`, `measure`, `n`, `k`, `unknown`, `clusters`, `estimate` (the first time at
        which at most half are left), `low`, `high` (95 %: the times at which that of the curve holds .5, Brookmeyer and
        Crowley 1982), `reason` where one of them is not reached.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": "rail", "contacts": [1, 2, 2, 3, 5]})
    >>> frame["solved"] = [True, True, None, True, False]
    >>> median_duration(frame, "contacts", "solved", cluster=None)[["n", "k", "estimate"]].to_numpy().tolist()
    [[5, 3, 3.0]]
    """
    cases = _read(profiles, duration, event, level, by, cluster)
    rows = []
    for facts, known in _by_group(cases, duration):
        row = facts | {"measure": "median"}
        if "reason" not in facts:
            curve = _curve(known, cluster is not None)
            for name, height in (("estimate", curve.survival), ("low", curve.low), ("high", curve.high)):
                # 0.5 is not exact: 1 - 1/3 - 1/6 may come out above it
                reached = curve.time[np.nan_to_num(height, nan=1.0) <= 0.5 + 1e-12]
                row[name] = float(reached[0]) if len(reached) else None
            missing = [name for name in ("estimate", "low", "high") if row[name] is None]
            if "estimate" in missing:
                row["reason"] = "not estimable: more than half are not solved when the last story ends"
            elif missing:
                row["reason"] = f"bound not estimable: {', '.join(missing)} is not reached"
        rows.append(row)
    return to_table(rows, "duration group measure n k unknown clusters estimate low high reason")


def log_rank(
    profiles: pd.DataFrame,
    duration: str,
    event: str,
    *,
    level: str | None = None,
    by: str = "industry",
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the test that the groups have one curve.

    Groups of fewer than `FEWEST` episodes are left out, and named in `reason`.

    Parameters
    ----------
    profiles, duration, event, level, by, cluster
        As for `kaplan_meier`.
    draws, seed
        Of the permutation test, which stands in with clusters: authors of as many episodes change places whole
        (`resampling.permutations`). It takes the groups to be censored alike, too.

    Returns
    -------
    DataFrame
        One row: `duration`, `n`, `k`, `groups`, `clusters`, `statistic` (chi-squared; with clusters the sum of
        (O - E)²/E over groups), `p`, `test`, `reason`.

    Raises
    ------
    InputError
        As `kaplan_meier`, and where there is one group only.

    References
    ----------
    Mantel (1966); Peto and Peto (1972) for the sum of (O - E)²/E.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 6 + ["energy"] * 6})
    >>> frame["contacts"] = [1, 1, 2, 2, 3, 3, 6, 7, 7, 8, 8, 9]
    >>> bool(log_rank(frame.assign(solved=True), "contacts", "solved", cluster=None)["p"].iloc[0] < 0.01)
    True
    """
    cases = _read(profiles, duration, event, level, by, cluster).dropna(subset="time")
    if cases["group"].nunique() < 2:
        raise InputError(f"{by}: a comparison needs two groups with a known {duration}")
    large = cases.groupby("group")["time"].transform("size") >= FEWEST
    small, cases = sorted(set(cases.loc[~large, "group"])), cases[large]
    groups, g = np.unique(cases["group"].to_numpy(dtype=str), return_inverse=True)
    time, happened = (cases[name].to_numpy() for name in ("time", "event"))
    row: dict[str, object] = {"duration": duration, "n": len(cases), "k": happened.sum()}
    row |= {"groups": len(groups), "clusters": cases["cluster"].nunique()}
    reasons = [f"groups of fewer than {FEWEST} episodes are left out: {', '.join(small)}"] if small else []
    if len(groups) < 2 or happened.sum() < FEWEST:
        few = f"{int(happened.sum())} events, at least {FEWEST} are needed"
        reasons.insert(0, f"not estimable: {'one group is left' if len(groups) < 2 else few}")
    elif len(np.unique(time)) < 2:
        reasons.insert(0, "not estimable: all episodes have one duration")
    elif cluster is None:
        statistic, p = survdiff(time, happened.astype(int), g)
        row |= {"statistic": statistic, "p": p, "test": "log-rank"}
    else:
        codes = np.unique(cases["cluster"], return_inverse=True)[1]
        row["statistic"], p = _permuted_log_rank(np.eye(len(groups))[g], time, happened, codes, draws, seed)
        row |= {"p": p, "test": f"log-rank, permutation of {cluster}"}
        reasons += ["no test: no two clusters of one size can change places"] if p is None else []
    row["reason"] = "; ".join(reasons) or None
    return to_table([row], "duration n k groups clusters statistic p test reason")


def _permuted_log_rank(
    x: np.ndarray, time: np.ndarray, happened: np.ndarray, clusters: np.ndarray, draws: int, seed: int
) -> tuple[float, float | None]:
    times, at_risk, events, _ = _risk(time, happened)
    hazard = np.cumsum(events / at_risk)
    pair = np.column_stack([happened, hazard[np.searchsorted(times, time)]])  # observed and expected

    def distance(tables: np.ndarray) -> np.ndarray:
        gap: np.ndarray = ((tables[..., 0] - tables[..., 1]) ** 2 / np.maximum(tables[..., 1], 1e-12)).sum(axis=-1)
        return gap

    observed = float(distance(x.T @ pair))
    drawn = np.concatenate([distance(x.T @ pair[rows]) for rows in permutations(clusters, draws, seed)])
    stuck = np.ptp(np.append(drawn, observed)) < 1e-9
    return observed, None if stuck else float((1 + (drawn >= observed - 1e-9).sum()) / (1 + draws))


def _risk(time: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    times, place = np.unique(time, return_inverse=True)
    ends = np.bincount(place, minlength=len(times))
    events = np.bincount(place, happened, minlength=len(times)).astype(int)
    at_risk = len(time) - np.concatenate([[0], np.cumsum(ends)[:-1]])
    return times, at_risk, events, ends - events


def _curve(known: pd.DataFrame, clustered: bool) -> _Curve:
    time, happened = known["time"].to_numpy(), known["event"].to_numpy()
    times, at_risk, events, censored = _risk(time, happened)
    survival, left = np.cumprod(1 - events / at_risk), at_risk - events
    # What an episode adds to log survival: -1/Y at its event, d/(Y(Y-d)) at each time that it outlives. Squared
    # and summed over episodes this is Greenwood's variance; summed within clusters first it allows for them.
    gain = np.divide(events, at_risk * left, out=np.zeros(len(times)), where=left > 0)
    codes, place = np.unique(known["cluster"], return_inverse=True)[1], np.searchsorted(times, time)[:, None]
    now, ended = np.arange(len(times)), happened[:, None]
    outlived = (now < place) | ((now == place) & ~ended)
    added = np.cumsum(np.where(outlived, gain, 0.0) - np.where((now == place) & ended, 1 / at_risk, 0.0), axis=1)
    summed = np.zeros((number := codes.max() + 1, len(times)))
    np.add.at(summed, codes, added)
    variance = (summed**2).sum(axis=0) * (number / (number - 1) if clustered and number > 1 else 1.0)
    estimable = (survival > 0) & (survival < 1) & ((number >= FEWEST) | (not clustered))
    log = np.log(np.where(estimable, survival, 0.5))
    half = stats.norm.ppf(0.975) * np.sqrt(variance) / np.abs(log)
    low, high = (np.where(estimable, np.exp(log * np.exp(side * half)), np.nan) for side in (1, -1))
    return _Curve(times, at_risk, events, censored, survival, low, high)


def _by_group(cases: pd.DataFrame, duration: str) -> list[tuple[dict[str, object], pd.DataFrame]]:
    """The facts of every group, with a reason where it is too small, and its episodes with a known duration."""
    found: list[tuple[dict[str, object], pd.DataFrame]] = []
    for group, members in cases.groupby("group", sort=True):
        known = members[members["time"].notna()]
        n = len(known)
        facts: dict[str, object] = {"duration": duration, "group": group, "n": n, "k": known["event"].sum()}
        facts |= {"unknown": len(members) - n, "clusters": known["cluster"].nunique()}
        if n < FEWEST:
            facts["reason"] = f"not estimable: {n} episodes with a known {duration}, at least {FEWEST} are needed"
        found.append((facts, known))
    return found


def _read(
    profiles: pd.DataFrame, duration: str, event: str, level: str | None, by: str, cluster: str | None
) -> pd.DataFrame:
    require(profiles, [duration, event, by, cluster])
    if not pd.api.types.is_numeric_dtype(profiles[duration]) or pd.api.types.is_bool_dtype(profiles[duration]):
        raise InputError(f"{duration}: durations must be numbers (contacts or days), not {profiles[duration].dtype}")
    time = profiles[duration].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    if (time < 0).any() or np.isinf(time).any():
        raise InputError(f"{duration}: durations are finite and not below 0")
    if level is not None:
        if level not in (names := set(profiles[event].dropna().astype(str))):
            raise InputError(f"level: '{level}' does not occur in {event}, which has {', '.join(sorted(names))}")
        happened = (profiles[event].astype("string") == level).fillna(False)
    elif pd.api.types.infer_dtype(profiles[event], skipna=True) in ("boolean", "empty"):
        happened = profiles[event].astype("boolean").fillna(False)
    else:
        raise InputError(f"{event}: not a column of booleans; name the level that is the event (level='resolved')")
    cases = pd.DataFrame({"group": groups_of(profiles, by), "time": time, "event": happened.astype(bool)})
    return cases.assign(cluster=cluster_codes(profiles, cluster))
