"""Keyness: the words or events that a group of narratives has more of than the rest, or fewer.

A word that one author repeats forty times is not forty observations. The classical G² counts it so, and
calls half of a vocabulary key; here it is kept as a number to rank by, while the p-value permutes whole
authors, the interval draws them again, and the dispersion tells whether the word belongs to one story.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from cxresearch.analysis.resampling import bootstrap_weights, cluster_codes, permutations, require
from cxresearch.errors import InputError

REST = "rest"
FEWEST = 3  # narratives that must have a word
BLOCK = 2000  # words worked on at a time, so that a large vocabulary fits in memory


def item_counts(events: pd.DataFrame, item: str = "type", unit: str = "narrative_id") -> pd.DataFrame:
    """Return how often each kind of event occurs in each narrative: the table that `keyness` reads.

    Parameters
    ----------
    events : DataFrame
        A row an event; filter it first (`realis` actual, `polarity` affirmed).
    item, unit : str
        The columns that tell what is counted, and within what. A row without one of them is left out.

    Returns
    -------
    DataFrame
        Columns `unit`, `token`, `count`, sorted.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> events = pd.DataFrame({"narrative_id": ["n1", "n1", "n2"], "type": ["wait", "wait", "exit"]})
    >>> item_counts(events).to_numpy().tolist()
    [['n1', 'wait', 2], ['n2', 'exit', 1]]
    """
    require(events, [item, unit], "events")
    sizes = events.dropna(subset=[unit, item]).groupby([unit, item], sort=True, observed=True).size()
    return sizes.rename("count").reset_index().rename(columns={item: "token"})


def keyness(
    tokens: pd.DataFrame,
    narratives: pd.DataFrame,
    group: str,
    *,
    by: str = "industry",
    reference: str = REST,
    cluster: str | None = "author",
    unit: str = "narrative_id",
    minimum: int = 5,
    prior: float = 500.0,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how much more often, or less, a group of narratives has each word or event than the rest.

    Parameters
    ----------
    tokens : DataFrame
        `narrative_id`, `token` (a word, lemma or event type), `count`. All of them: the share of a word is
        its share of all that is counted here.
    narratives : DataFrame
        A row a narrative: `narrative_id` and the columns `by` and `cluster`.
    group, reference : str
        The group asked about, and the group it is compared with, or ``rest``: all the others, among them
        those whose group is unknown.
    by, cluster, unit : str
        The columns of groups, of what makes narratives depend on each other (None: nothing), and the key of
        the two tables, if it is not `narrative_id` (an episode's, say).
    minimum : int
        A rarer word is not estimable, nor one that fewer than `FEWEST` narratives have.
    prior : float
        How many words the prior of the log-odds weighs; each word has its share of them in both groups together.
    draws, seed
        Of the permutation test and of the bootstrap.

    Returns
    -------
    DataFrame
        A row a token, the largest G² first: `token`, `group`, `compared_with`; `k`, `n` (its count and all,
        in the group), `k_reference`, `n_reference`; `narratives`, `narratives_reference` (that have it);
        `dispersion` (DP in the group: 0 spread evenly, near 1 in one narrative); `g2`; `estimate`, `low`,
        `high` (log ratio with 95 % interval: 1 is twice as often, a count of 0 taken as 0.5); `log_odds` with
        its `z`; `p` (of G², by permutation of clusters), `reason`. `z` takes every word for independent: rank by it,
        do not test with it. The smallest possible `p` is 1 / (draws + 1): take more draws before you `correct` many.

    Raises
    ------
    InputError
        Names the column, narrative or group that is wrong.

    References
    ----------
    G²: Dunning (1993), Computational Linguistics 19, with the two cells of Rayson and Garside (2000). Log
    ratio: Hardie (2014). Log-odds with an informative Dirichlet prior: Monroe, Colaresi and Quinn (2008),
    Political Analysis 16. DP: Gries (2008), International Journal of Corpus Linguistics 13. Why not the
    p-value of G² itself: Lijffijt et al. (2016), Digital Scholarship in the Humanities 31.

    Examples
    --------
    >>> names = [f"n{i}" for i in range(12)]
    >>> tokens = pd.DataFrame({"narrative_id": names * 2, "token": ["trein"] * 12 + ["de"] * 12})
    >>> tokens["count"] = [4] * 6 + [1] * 6 + [6] * 6 + [9] * 6
    >>> narratives = pd.DataFrame({"narrative_id": names, "industry": ["rail"] * 6 + ["energy"] * 6})
    >>> table = keyness(tokens, narratives, "rail", cluster=None)
    >>> table[["token", "k", "n", "estimate"]].to_numpy().tolist()[0]
    ['trein', 24, 60, 2.0]
    """
    cases, counts, words = _read(tokens, narratives, group, by, reference, cluster, unit)
    x = (cases[by] == group).to_numpy()
    codes = cluster_codes(cases, cluster)
    size = np.asarray(counts.sum(axis=1)).ravel()
    moved = np.concatenate([x[rows] for rows in permutations(codes, draws, seed)]).astype(float)
    number = codes.max() + 1
    weights = bootstrap_weights(number, draws, seed).astype(float)
    both = np.asarray(counts.sum(axis=0)).ravel()
    spread = np.asarray((counts > 0).sum(axis=0)).ravel()
    enough = (both >= minimum) & (spread >= FEWEST)
    tables = []
    for start in range(0, len(words), BLOCK):
        place = slice(start, start + BLOCK)
        block = counts[:, place].toarray()
        frame = pd.DataFrame({"token": words[place], "group": group, "compared_with": reference})
        k, rest = block[x].sum(axis=0), block[~x].sum(axis=0)
        n, n_rest = size[x].sum(), size[~x].sum()
        frame = frame.assign(k=k, n=n, k_reference=rest, n_reference=n_rest)
        frame["narratives"], frame["narratives_reference"] = (block[x] > 0).sum(axis=0), (block[~x] > 0).sum(axis=0)
        frame["dispersion"] = _dispersion(block[x], size[x])
        frame["g2"] = g2 = log_likelihood(k, rest, n, n_rest)
        frame["estimate"] = _log_ratio(k, rest, n, n_rest)
        frame["log_odds"], frame["z"] = _log_odds(k, rest, n, n_rest, prior)
        drawn = weights @ _by_cluster(block * x[:, None], codes), weights @ _by_cluster(block * ~x[:, None], codes)
        sizes = [weights @ np.bincount(codes, size * side, number) for side in (x, ~x)]
        filled = (sizes[0] > 0) & (sizes[1] > 0)  # a sample without one of the groups has no ratio
        ratios = _log_ratio(*(d[filled] for d in drawn), *(s[filled, None] for s in sizes))
        few = min(len(set(codes[side])) for side in (x, ~x)) < 5
        sure = (k > 0) & (rest > 0) & (not few)
        bounds = np.quantile(ratios, [0.025, 0.975], axis=0) if len(ratios) else np.full((2, len(k)), np.nan)
        frame["low"], frame["high"] = np.where(sure, bounds, np.nan)
        of_moved, n_moved = moved @ block, (moved @ size)[:, None]
        with_chance = log_likelihood(of_moved, k + rest - of_moved, n_moved, n + n_rest - n_moved)
        stuck = np.ptp(moved, axis=0).max() == 0
        frame["p"] = np.nan if stuck else (1 + (with_chance >= g2 - 1e-9).sum(axis=0)) / (1 + draws)
        why = "interval not estimable: " + ("fewer than 5 clusters a side" if few else "one group does not have it")
        frame["reason"] = [None if ok else why for ok in sure]
        if stuck:
            frame["reason"] = "no test: no two clusters of one size can change places"
        rare = ~enough[place]
        frame.loc[rare, ["dispersion", "g2", "estimate", "low", "high", "log_odds", "z", "p"]] = np.nan
        limits = f"not estimable: fewer than {minimum} occurrences, or in fewer than {FEWEST} narratives"
        frame.loc[rare, "reason"] = limits
        tables.append(frame)
    return _arranged(pd.concat(tables, ignore_index=True))


def log_likelihood(k: np.ndarray, k_reference: np.ndarray, n: np.ndarray, n_reference: np.ndarray) -> np.ndarray:
    """Return G² of counts `k` of `n` and `k_reference` of `n_reference` (Rayson and Garside 2000); arrays or numbers.

    Examples
    --------
    >>> float(log_likelihood(np.array(100), np.array(50), np.array(10000), np.array(10000)).round(2))
    16.99
    """
    both = k + k_reference
    total = np.zeros(np.broadcast_shapes(np.shape(both), np.shape(n)))
    for count, size in ((k, n), (k_reference, n_reference)):
        expected = both * size / (n + n_reference)
        filled = (count > 0) & (expected > 0)
        ratio = np.divide(count, expected, out=np.ones(total.shape), where=filled)
        total += 2 * count * np.log(ratio)
    return total


def _log_ratio(k: np.ndarray, rest: np.ndarray, n: np.ndarray, n_rest: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.log2(np.where(k > 0, k, 0.5) / n) - np.log2(np.where(rest > 0, rest, 0.5) / n_rest)
    return ratio


def _log_odds(k: np.ndarray, rest: np.ndarray, n: float, n_rest: float, prior: float) -> tuple[np.ndarray, np.ndarray]:
    """Delta of Monroe et al. (2008), equation 16, and its z, equations 20 and 22."""
    alpha = prior * (k + rest) / (n + n_rest)
    ours, theirs = (np.log(c + alpha) - np.log(size + prior - c - alpha) for c, size in ((k, n), (rest, n_rest)))
    return ours - theirs, (ours - theirs) / np.sqrt(1 / (k + alpha) + 1 / (rest + alpha))


def _dispersion(block: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Half the distance between the narratives' shares of the words and of each word; NaN where it has none."""
    total = block.sum(axis=0)
    share = np.divide(block, total, out=np.full(block.shape, np.nan), where=total > 0)
    distance: np.ndarray = np.abs(share - (size / size.sum())[:, None]).sum(axis=0) / 2
    return distance


def _by_cluster(block: np.ndarray, codes: np.ndarray) -> np.ndarray:
    summed = np.zeros((codes.max() + 1, block.shape[1]))
    np.add.at(summed, codes, block)
    return summed


def _read(
    tokens: pd.DataFrame,
    narratives: pd.DataFrame,
    group: str,
    by: str,
    reference: str,
    cluster: str | None,
    unit: str,
) -> tuple[pd.DataFrame, sparse.csr_matrix, np.ndarray]:
    """The narratives of both sides, their counts (narratives by words), and the words; checked."""
    require(tokens, [unit, "token", "count"], "tokens")
    require(narratives, [unit, by, cluster], "narratives")
    if (twice := narratives[unit].duplicated()).any():
        raise InputError(f"narratives: {narratives[unit][twice].iloc[0]} stands twice in {unit}; keep one row for each")
    if not (lost := tokens.loc[~tokens[unit].isin(narratives[unit]), unit]).empty:
        raise InputError(f"tokens: {lost.iloc[0]} is not in the table of narratives")
    number = pd.to_numeric(tokens["count"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not ((number >= 0) & (number % 1 == 0)).all() or tokens["token"].isna().any():
        raise InputError("tokens: count must be whole numbers of at least 0, and token must be there; drop other rows")
    cases = narratives.sort_values(unit, kind="stable")
    cases = cases.assign(**{by: cases[by].astype(object).map(str, na_action="ignore").fillna("unknown")})
    if reference != REST:
        cases = cases[cases[by].isin([group, reference])]
    groups = set(cases[by])
    for name in (group, *([] if reference == REST else [reference])):
        if name not in groups:
            raise InputError(
                f"{by}: no narrative has '{name}'; there are {', '.join(sorted(set(narratives[by].dropna())))}"
            )
    if len(groups) < 2:
        raise InputError(f"{by}: there is only one group, and keyness compares two")
    kept = tokens[unit].isin(cases[unit]).to_numpy() & (number > 0)
    names, columns = np.unique(tokens.loc[kept, "token"].astype(str).to_numpy(dtype=str), return_inverse=True)
    rows = pd.Index(cases[unit]).get_indexer(pd.Index(tokens.loc[kept, unit]))
    counts = sparse.csr_matrix((number[kept], (rows, columns)), shape=(len(cases), len(names)))
    total = np.asarray(counts.sum(axis=1)).ravel()
    in_group = (cases[by] == group).to_numpy()
    if not total[in_group].sum() or not total[~in_group].sum():
        raise InputError("tokens: one of the groups has no tokens at all")
    return cases, counts, names


def _arranged(frame: pd.DataFrame) -> pd.DataFrame:
    columns = "token group compared_with k n k_reference n_reference narratives narratives_reference dispersion g2"
    names = [*columns.split(), *"estimate low high log_odds z p reason".split()]
    frame = frame.sort_values(["g2", "token"], ascending=[False, True], na_position="last", kind="stable")
    texts = {"token", "group", "compared_with", "reason"}
    kinds = {name: "string" if name in texts else "Float64" for name in names}
    kinds |= {name: "Int64" for name in names if name.startswith(("k", "n"))}
    return frame[names].astype(kinds).reset_index(drop=True)
