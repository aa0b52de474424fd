"""Subsequences of journeys: n-grams, with gaps or without, in how many episodes, and whether industries differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.resampling import FEWEST, clustered_share
from cxresearch.errors import InputError

ARROW, GAP = " > ", " … "
_EPISODE = ["narrative_id", "episode"]
_DTYPES = {
    "pattern": "string",
    "group": "string",
    "support": "Int64",
    "n": "Int64",
    "n_narratives": "Int64",
    "estimate": "Float64",
    "low": "Float64",
    "high": "Float64",
    "statistic": "Float64",
    "p": "Float64",
    "p_adjusted": "Float64",
    "reason": "string",
}
Pattern = tuple[str, ...]


def ngrams(
    table: pd.DataFrame,
    n: int = 2,
    *,
    gaps: bool = False,
    patterns: Iterable[Sequence[str]] | None = None,
    by: str = "industry",
    min_support: int = 5,
    draws: int = 1999,
    seed: int = 0,
) -> pd.DataFrame:
    """Return in how many episodes states follow on each other, by industry, and test whether industries differ.

    Support is counted in episodes (Agrawal and Srikant 1995): a pattern that an episode tells twice counts once.
    The test statistic is Pearson's X² of pattern by group; p is its share among permutations that deal out
    the groups of whole narratives anew (among narratives with as many episodes), so that the episodes
    of one narrative stay together. Groups of fewer than five narratives take no part in the test.

    Parameters
    ----------
    table : DataFrame
        Of `journeys.sequences`, with the column `by`.
    n
        How many states a pattern has.
    gaps
        Other events may stand between (``promise … broken_promise``); else they follow directly
        (``promise > broken_promise``).
    patterns
        These patterns only, also where they are rare; by default all with enough support, whatever the group.
    by
        The column that groups the episodes; an absent value is the group ``unknown``, which is not tested.
    min_support
        In so many episodes a pattern must be.
    draws, seed
        Of the permutations.

    Returns
    -------
    DataFrame
        For each pattern a row of all episodes (group ``all``) and one a group: `pattern`, `group`, `support`
        (episodes with it), `n` (episodes), `n_narratives`, `estimate` (share) with `low` and `high` (95 %,
        `resampling.clustered_share`), and, in the row ``all``, `statistic`, `p`, `p_adjusted` (Benjamini and
        Hochberg 1995, over all patterns of the table), `reason` why there is no interval or no test.
        Sorted by support, the most frequent first.

    Raises
    ------
    InputError
        Names the column or the argument that is wrong.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a"] * 3, "episode": 1, "industry": "rail", "position": [1, 2, 3],
    ...                       "state": ["promise", "wait", "broken_promise"]})
    >>> ngrams(table, gaps=True, min_support=1)["pattern"].unique().tolist()
    ['promise … broken_promise', 'promise … wait', 'wait … broken_promise']
    """
    needed = [*_EPISODE, "position", "state", by]
    if missing := [name for name in needed if name not in table.columns]:
        raise InputError(f"column {', '.join(missing)} missing: give journeys.sequences, or name another column")
    wanted = None if patterns is None else [tuple(pattern) for pattern in patterns]
    if n < 1 or (wanted is not None and not all(wanted)):
        raise InputError("a pattern has one state or more: n is 1, 2, 3, …")
    table = table.sort_values([*_EPISODE, "position"], kind="stable")
    episodes = table.groupby(_EPISODE, sort=True).agg(states=("state", list), group=(by, "first")).reset_index()
    groups = episodes["group"].astype("string").fillna("unknown")
    lengths = [n] if wanted is None else sorted({len(pattern) for pattern in wanted})
    found = [{p for k in lengths for p in _patterns(states, k, gaps)} for states in episodes["states"]]
    support = Counter(p for here in found for p in here)
    if wanted is None:
        wanted = [p for p, count in support.items() if count >= min_support]
    wanted = sorted(set(wanted), key=lambda p: (-support[p], p))
    has = np.array([[p in here for p in wanted] for here in found], dtype=float).reshape(len(found), len(wanted))
    narratives = episodes["narrative_id"].to_numpy()
    tests = _test(has, groups, narratives, draws, seed)
    rows: list[tuple[Any, ...]] = []
    for i, pattern in enumerate(wanted):
        name = (GAP if gaps else ARROW).join(pattern)
        statistic, p, adjusted, why = (column[i] for column in tests)
        *share, few = _share(has[:, i], narratives)
        reason = "; ".join(str(part) for part in (few, why) if part) or None
        rows.append((name, "all", *share, statistic, p, adjusted, reason))
        for group in sorted(groups.unique()):
            here = (groups == group).to_numpy()
            *share, few = _share(has[here, i], narratives[here])
            rows.append((name, group, *share, None, None, None, few))
    return pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)


def _patterns(states: Sequence[str], n: int, gaps: bool) -> set[Pattern]:
    """Return the different n-grams of a sequence, or its different subsequences of n states."""
    if not gaps:
        return {tuple(states[i : i + n]) for i in range(len(states) - n + 1)}
    shorter: list[set[Pattern]] = [{()}, *(set() for _ in range(n))]
    for state in states:
        for k in range(n, 0, -1):
            shorter[k] |= {(*start, state) for start in shorter[k - 1]}
    return shorter[n]


def _share(has: np.ndarray, narratives: np.ndarray) -> tuple[Any, ...]:
    """Return support, episodes, narratives, then share, low, high and the reason why there are no bounds."""
    _, place = np.unique(narratives, return_inverse=True)
    hits, sizes = np.bincount(place, weights=has), np.bincount(place).astype(float)
    return int(has.sum()), len(has), len(sizes), *clustered_share(hits, sizes, "narratives")


def _test(
    has: np.ndarray, groups: pd.Series, narratives: np.ndarray, draws: int, seed: int
) -> tuple[list[float | None], list[float | None], list[float | None], list[str | None]]:
    """Return of each pattern X², p, adjusted p, and the reason why there is no test."""
    sizes = pd.Series(narratives).groupby(groups.to_numpy()).nunique()
    tested = [g for g in sizes.index if g != "unknown" and sizes[g] >= FEWEST]
    k = has.shape[1]
    if len(tested) < 2:
        why = f"not estimable: {len(tested)} groups with {FEWEST} narratives or more, a test needs 2"
        return [None] * k, [None] * k, [None] * k, [why] * k
    inside = groups.isin(tested).to_numpy()
    has, labels = has[inside], np.searchsorted(tested, groups[inside].to_numpy(dtype=str))
    constant = (has == has[:1]).all(axis=0)
    observed = _chi_squared(has, labels, len(tested))
    random = np.random.default_rng(seed)
    blocks = _blocks(narratives[inside])
    more = np.zeros(k)
    for _ in range(draws):
        dealt = labels.copy()
        for block in blocks:
            dealt[block] = labels[block[random.permutation(len(block))]]
        more += _chi_squared(has, dealt, len(tested)) >= observed - 1e-9
    p = np.where(constant, np.nan, (more + 1) / (draws + 1))
    adjusted = correct(pd.DataFrame({"p": p}), ["bh"])["p_bh"]
    same = "not estimable: every episode of the groups tested has the pattern, or none"
    return (
        [None if c else float(x) for x, c in zip(observed, constant, strict=True)],
        [None if c else float(x) for x, c in zip(p, constant, strict=True)],
        [None if c else float(x) for x, c in zip(adjusted, constant, strict=True)],
        [same if c else None for c in constant],
    )


def _blocks(narratives: np.ndarray) -> list[np.ndarray]:
    """Return the rows of the narratives with one episode, with two, …: a row a narrative, a column an episode."""
    _, first, sizes = np.unique(narratives, return_index=True, return_counts=True)
    return [first[sizes == size][:, None] + np.arange(size) for size in np.unique(sizes)]


def _chi_squared(has: np.ndarray, labels: np.ndarray, groups: int) -> np.ndarray:
    """Return Pearson's X² of each column of `has` (present or not) by group; 0 where all are alike."""
    members = np.eye(groups)[labels]
    n, total = members.sum(axis=0), has.sum(axis=0)
    share = total / len(has)
    expected = np.outer(n, share)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = (members.T @ has - expected) ** 2 / (expected * (1 - share))
    summed: np.ndarray = np.nan_to_num(parts).sum(axis=0)
    return summed
