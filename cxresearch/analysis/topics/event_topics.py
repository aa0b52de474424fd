"""Topics and events: which kinds of events are told in the units of which topics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd
from statsmodels.stats.contingency_tables import StratifiedTable

from cxresearch.analysis.compare import contrasts, groups_of
from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.resampling import FEWEST, cluster_codes, permutations, require
from cxresearch.analysis.topics.groups import KEY, is_outlier, join_units, marked_table
from cxresearch.errors import InputError

# Of these it is told that they did not come; a negated event of another type is no event.
WITHHELD = ("apology", "compensation")


def events_of_units(events: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return which kinds of events every unit tells of.

    A kind is a type of the codebook, of events told as having happened; and ``apology withheld``,
    ``compensation withheld``, where it is told that they did not come. An event belongs to the units it overlaps.

    Parameters
    ----------
    events : DataFrame
        The event table.
    units : DataFrame
        `narrative_id`, `unit`, `start`, `end`: offsets in the source text, as `source_start` of the events.

    Returns
    -------
    DataFrame
        `narrative_id`, `unit`, `kind`; a row a unit and kind.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> units = pd.DataFrame({"narrative_id": "n1", "unit": [1, 2], "start": [0, 20], "end": [20, 50]})
    >>> events = pd.DataFrame({"narrative_id": ["n1"], "type": "apology", "polarity": "negated", "realis": "actual"})
    >>> events_of_units(events.assign(source_start=25, source_end=30), units).to_numpy().tolist()
    [['n1', 2, 'apology withheld']]
    """
    require(events, ["narrative_id", "type", "polarity", "realis", "source_start", "source_end"], "events")
    require(units, [*KEY, "start", "end"], "units")
    actual = events[events["realis"] == "actual"]
    negated = actual["polarity"] == "negated"
    actual = actual[~negated | actual["type"].isin(WITHHELD)]
    kind = actual["type"].astype(str).where(~negated.loc[actual.index], actual["type"].astype(str) + " withheld")
    both = actual.assign(kind=kind)[["narrative_id", "kind", "source_start", "source_end"]].merge(
        units[[*KEY, "start", "end"]], on="narrative_id"
    )
    inside = both[(both["source_start"] < both["end"]) & (both["source_end"] > both["start"])]
    return inside[[*KEY, "kind"]].drop_duplicates().sort_values([*KEY, "kind"], ignore_index=True)


def topics_by_event(
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    kinds: pd.DataFrame,
    *,
    only: Sequence[str] | None = None,
    within: str | None = None,
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
    stability: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return which kinds of events stand in the units of which topics more often than in the other units.

    Parameters
    ----------
    assignments, units, cluster, stability
        As for `groups.topic_rates`.
    kinds : DataFrame
        `narrative_id`, `unit`, `kind`: see `events_of_units`.
    only : sequence of str, optional
        The kinds asked about, by default all that occur. Ask few: the correction is for all.
    within : str, optional
        A column of units, such as ``narrative_id`` or ``industry``: units are compared only with units of the same
        narrative or industry. Banks have rules, so without it every topic of banks goes with rules cited.
    draws, seed
        Of the permutation test.

    Returns
    -------
    DataFrame
        `topic`, `kind`, `n` (units in the topic), `k` (of them with the kind), `n_rest`, `k_rest`, `share`,
        `share_rest`, `clusters` (or strata), `measure`, `estimate` (odds ratio), `low`, `high` (95 %), `p`, `p_holm`,
        `p_bh`, `tests`, `stable`, `reason`. An outlier is in the rest.

    Raises
    ------
    InputError
        As `groups.topic_rates`; where a kind that is asked about is in no unit.

    Notes
    -----
    Estimate and interval are those of `compare.contrasts`; the test permutes clusters of one size, and the units
    within each (`resampling.permutations`). With `within`: the odds ratio of Mantel and Haenszel (1959), the
    interval of Robins, Breslow and Greenland (1986), and units permuted within narratives or industries. Either
    sees only that the two go together: words that name the event may be what makes the topic.
    """
    frame = join_units(assignments, units, [cluster, within])
    require(kinds, [*KEY, "kind"], "kinds")
    names = sorted(set(kinds["kind"])) if only is None else list(dict.fromkeys(only))
    if lost := [name for name in names if name not in set(kinds["kind"])]:
        raise InputError(f"only: no unit has '{lost[0]}'; there are {', '.join(sorted(set(kinds['kind'])))}")
    keys = pd.MultiIndex.from_frame(frame[KEY])
    y = np.array([keys.isin(pd.MultiIndex.from_frame(kinds.loc[kinds["kind"] == name, KEY])) for name in names]).T
    topics = sorted(set(frame.loc[~is_outlier(frame["topic"]), "topic"]))
    x = frame["topic"].to_numpy()[:, None] == np.array(topics, dtype=object)[None, :]
    strata = None if within is None else np.unique(groups_of(frame, within), return_inverse=True)[1]
    moved = permutations(cluster_codes(frame, cluster), draws, seed) if strata is None else _within(strata, draws, seed)
    p = _permuted(x, y, moved)
    rows = []
    for (i, topic), (j, name) in product(enumerate(topics), enumerate(names)):
        inside, has = x[:, i], y[:, j]
        row: dict[str, object] = {"topic": topic, "kind": name, "n": int(inside.sum()), "n_rest": int((~inside).sum())}
        row |= {"k": int(has[inside].sum()), "k_rest": int(has[~inside].sum())}
        row |= {"share": has[inside].mean(), "share_rest": has[~inside].mean() if row["n_rest"] else None}
        if not row["n_rest"]:
            row["reason"] = "not estimable: every unit is in this topic"
        else:
            side = np.where(inside, "topic", "rest of units")
            if strata is None:
                row |= _marginal(frame.assign(side=side, has=has), cluster)
            else:
                row |= _stratified(inside, has, strata)
            row["p"] = None if str(row["reason"]).startswith("not estimable") else p[i, j]
        rows.append(row)
    columns = "topic kind n k n_rest k_rest share share_rest clusters measure estimate low high"
    table = pd.DataFrame(rows, columns=[*columns.split(), "p", "reason"])
    table = correct(table.assign(p=table["p"].astype("Float64"), measure="odds ratio"))
    return marked_table(table, stability, columns + " p p_holm p_bh tests stable reason", ["topic", "kind"])


def _marginal(frame: pd.DataFrame, cluster: str | None) -> dict[str, object]:
    # The p-value of this one is not used: the permutations of all topics and kinds are drawn together, once.
    table = contrasts(frame, "has", level="true", by="side", reference="rest of units", cluster=cluster, draws=1)
    found = table.iloc[0]
    reasons = [] if pd.isna(found["reason"]) else found["reason"].replace("episodes", "units").split("; ")
    row = {name: found[name] for name in ("clusters", "estimate", "low", "high")}
    return row | {"reason": "; ".join(why for why in reasons if not why.startswith("no test")) or None}


def _stratified(inside: np.ndarray, has: np.ndarray, strata: np.ndarray) -> dict[str, object]:
    cells = np.zeros((strata.max() + 1, 2, 2))
    np.add.at(cells, (strata, (~inside).astype(int), (~has).astype(int)), 1)
    # A stratum that has units on one side only, or all or none with the event, tells nothing.
    cells = cells[(cells.sum(axis=1).min(axis=1) > 0) & (cells.sum(axis=2).min(axis=1) > 0)]
    row: dict[str, object] = {"clusters": len(cells)}
    if len(cells) < FEWEST:
        return row | {"reason": f"not estimable: {len(cells)} strata can be compared, at least {FEWEST} are needed"}
    a, b, c, d = (cells[:, i, j] for i in (0, 1) for j in (0, 1))
    size = cells.sum(axis=(1, 2))
    if not (a * d / size).sum() or not (b * c / size).sum():
        return row | {"reason": "interval not estimable: an observed count is 0"}
    tables = StratifiedTable(np.moveaxis(cells, 0, 2))
    low, high = tables.oddsratio_pooled_confint()
    return row | {"estimate": float(tables.oddsratio_pooled), "low": float(low), "high": float(high), "reason": None}


def _within(strata: np.ndarray, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Permuted row numbers, as of `resampling.permutations`: rows change places within their stratum only."""
    random = np.random.default_rng(seed)
    order = np.argsort(strata, kind="stable")
    for _ in range(draws):
        rows = np.empty((1, len(strata)), dtype=np.int64)
        rows[0, order] = np.argsort(strata + random.random(len(strata)), kind="stable")
        yield rows


def _permuted(x: np.ndarray, y: np.ndarray, moved: Iterator[np.ndarray]) -> np.ndarray:
    """Two-sided p-values of every cell of x'y, by permuted rows of y; NaN where nothing can move."""
    x, y = x.astype(np.float32), y.astype(np.float32)
    drawn = np.stack([x.T @ y[rows] for piece in moved for rows in piece])
    middle = drawn.mean(axis=0)
    far = np.abs(drawn - middle) >= np.abs(x.T @ y - middle) - 1e-3
    p = (1 + far.sum(axis=0)) / (1 + len(drawn))
    result: np.ndarray = np.where(np.ptp(drawn, axis=0) > 0, p, np.nan)
    return result
