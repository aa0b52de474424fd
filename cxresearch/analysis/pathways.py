"""Journeys side by side: families of states, which state stands at which place, and a map for each group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxresearch.analysis.journeys import START, process_map
from cxresearch.analysis.resampling import FEWEST, cluster_codes, clustered_share, require
from cxresearch.errors import InputError

# Six kinds of events, as many as colours that are told apart; what is no type of the codebook is `other`.
FAMILIES = {
    "problem": ("failure", "wait", "broken_promise"),
    "reaching_out": ("contact", "request", "escalation"),
    "barrier": ("rule_citation", "refusal", "transfer"),
    "account": ("explanation", "apology", "promise", "treatment"),
    "redress": ("exception", "compensation", "resolution"),
    "reaction": ("emotion", "exit", "loyalty"),
}
_FAMILY_OF = {state: family for family, states in FAMILIES.items() for state in states}
_EPISODE = ["narrative_id", "episode"]


def families(states: pd.Series) -> pd.Series:
    """Return the family of each state: of its type where it has a subtype too (``treatment:negative``).

    Examples
    --------
    >>> families(pd.Series(["wait", "treatment:negative", "prayer"])).tolist()
    ['problem', 'account', 'other']
    """
    types = states.astype("string").str.split(":").str[0]
    return types.map(_FAMILY_OF).fillna("other").astype("string")


def state_distribution(
    table: pd.DataFrame, *, by: str | None = None, cluster: str | None = "narrative_id", fewest: int = 10
) -> pd.DataFrame:
    """Return which share of the episodes is in each state at their first event, their second, and so on.

    Parameters
    ----------
    table : DataFrame
        Of `journeys.sequences`; for families of states ``table.assign(state=families(table["state"]))``.
    by : str, optional
        A column that splits the episodes, such as ``industry``; an absent value is the group ``unknown``.
    cluster : str, optional
        Column of what belongs together, such as ``author`` where it is merged in; None: every episode for itself.
    fewest : int
        Places that fewer episodes of the group reach are left out: a share of three says nothing.

    Returns
    -------
    DataFrame
        The column `by` if given, `position`, `state`, `n` (episodes that are so long), `k`, `estimate`, `low`, `high`
        (95 %, see `resampling.clustered_share`), `reason`. The estimates of a position sum to 1. A group that no
        place is left of has one row with its `reason`.

    Raises
    ------
    InputError
        Names the column that is missing; where there are no rows.

    References
    ----------
    Gabadinho et al. (2011), Journal of Statistical Software 40(4), on state distributions.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "b", "b"], "episode": 1, "position": [1, 1, 2],
    ...                       "state": ["wait", "exit", "wait"]})
    >>> state_distribution(table, fewest=2)[["position", "state", "n", "estimate"]].to_numpy().tolist()
    [[1, 'exit', 2, 0.5], [1, 'wait', 2, 0.5]]
    """
    require(table, [*_EPISODE, "position", "state", by, cluster], "sequences")
    # Two events at one place of one episode would make shares above 1.
    if table.duplicated([*_EPISODE, "position"]).any():
        raise InputError("position: an episode has two rows at one place; give a table of journeys.sequences")
    group = table[by].astype("string").fillna("unknown") if by else pd.Series("all", index=table.index)
    clusters = pd.Series(cluster_codes(table, cluster), index=table.index)
    rows: list[tuple[object, ...]] = []
    for name, part in table.groupby(group):
        longest = part.groupby("position").size()
        kept = longest[longest >= fewest]
        if kept.empty:
            why = f"not estimable: {longest.max()} episodes, fewer than {fewest}"
            rows.append((name, None, None, longest.max(), None, None, None, None, why))
        states = sorted(part["state"].dropna().unique())
        for position, n in kept.items():
            here = part[part["position"] == position]
            codes, place = np.unique(clusters[here.index], return_inverse=True)
            sizes = np.bincount(place).astype(float)
            for state in states:
                hits = np.bincount(place, here["state"] == state, minlength=len(codes))
                rows.append((name, position, state, n, int(hits.sum()), *clustered_share(hits, sizes, "narratives")))
    kinds = {by or "group": "string", "position": "Int64", "state": "string", "n": "Int64", "k": "Int64"}
    kinds |= {**dict.fromkeys(["estimate", "low", "high"], "Float64"), "reason": "string"}
    frame = pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
    return frame if by else frame.drop(columns="group")


def maps_by(
    table: pd.DataFrame, by: str = "industry", min_share: float = 0.25, fewest: int = FEWEST
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a map of the journeys of every group: `journeys.process_map`, group after group.

    Parameters
    ----------
    table : DataFrame
        Of `journeys.sequences`.
    by : str
        The column that splits the episodes; an absent value is the group ``unknown``.
    min_share, fewest
        States and steps stay that occur in this share of the group's episodes; a group of fewer narratives has no map.

    Returns
    -------
    nodes, edges : DataFrame
        As `process_map` gives them, with the column `by` before. `nodes` has a column `reason`: a group without a map
        has one row, of its start.

    Raises
    ------
    InputError
        Names the column that is missing, or the share that is none; where there are no rows.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": list("abcde"), "episode": 1, "position": 1, "state": "wait",
    ...                       "industry": ["rail"] * 4 + ["energy"]})
    >>> nodes, edges = maps_by(table, fewest=2)
    >>> nodes["industry"].tolist(), nodes["reason"].dropna().tolist(), len(edges)
    (['energy', 'rail', 'rail', 'rail'], ['not estimable: 1 narratives, fewer than 2'], 2)
    """
    require(table, [*_EPISODE, "position", "state", by], "sequences")
    all_nodes: list[pd.DataFrame] = []
    all_edges: list[pd.DataFrame] = []
    for name, part in table.groupby(table[by].astype("string").fillna("unknown")):
        nodes, edges = process_map(part, min_share)
        reason = None
        if (narratives := part["narrative_id"].nunique()) < fewest:
            nodes, edges = nodes[nodes["state"] == START], edges.iloc[:0]
            reason = f"not estimable: {narratives} narratives, fewer than {fewest}"
        nodes = nodes.assign(reason=pd.Series(reason, index=nodes.index, dtype="string"))
        for kept, frame in ((all_nodes, nodes), (all_edges, edges)):
            frame.insert(0, by, pd.Series(str(name), index=frame.index, dtype="string"))
            kept.append(frame)
    return pd.concat(all_nodes, ignore_index=True), pd.concat(all_edges, ignore_index=True)
