"""Journeys: the events of an episode one after the other, what follows on what, and the map of it all.

A story is told in an order of its own; that order is what the event table has. The order of happening is
used only where a column `when` dates the events, and every row says which of the two it stands in.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from cxresearch.analysis.resampling import clustered_share
from cxresearch.codebook import event_types
from cxresearch.errors import InputError

START, END = "<start>", "<end>"
REACHES_OUT = ("contact", "request", "escalation", "transfer")
# What belongs to the recovery once contact was made: all but the failure itself and what the customer makes of it.
RECOVERY = frozenset(event_types()) - {"failure", "emotion", "exit", "loyalty"}
SEQUENCE_DTYPES = {
    "narrative_id": "string",
    "episode": "Int64",
    "industry": "string",
    "position": "Int64",
    "event_id": "string",
    "state": "string",
    "phase": "string",
    "ordered_by": "string",
}
_EPISODE = ["narrative_id", "episode"]


def sequences(events: pd.DataFrame, order: str = "telling", *, detail: bool = False) -> pd.DataFrame:
    """Return the events of every episode in order: a row an event that is affirmed and `actual`.

    Parameters
    ----------
    events : DataFrame
        An event table; for the order of happening with a column `when` (numbers or dates).
    order : {"telling", "happening"}
        By happening, an episode stands in that order only if all its events are dated, else as it is told.
    detail
        Make states of type and subtype or valence (``treatment:negative``), instead of the type alone.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `episode`, `industry`, `position` (from 1), `event_id`, `state`, `phase` and
        `ordered_by` (``telling`` or ``happening``, the same for a whole episode). The phases are those of the
        recovery journey (Van Vaerenbergh et al. 2019): ``pre`` until the first contact, request, escalation or
        transfer, ``recovery`` up to the last event that belongs to it (a wait, an answer, a resolution),
        ``post`` after that; ``unknown`` where no contact is told.

    Raises
    ------
    InputError
        Names the column that is missing or of the wrong kind.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> sequences(to_frame([])).columns.tolist()[3:]
    ['position', 'event_id', 'state', 'phase', 'ordered_by']
    """
    if order not in ("telling", "happening"):
        raise InputError(f"order {order!r} is neither 'telling' nor 'happening'")
    needed = [*_EPISODE, "industry", "order", "event_id", "type", "subtype", "valence", "polarity", "realis"]
    _need(events, needed)
    told = events[(events["realis"] == "actual") & (events["polarity"] == "affirmed") & events["episode"].notna()]
    keys = [*_EPISODE, "order", "event_id"]
    told = told.sort_values(keys, kind="stable", ignore_index=True)
    by_time = pd.Series(False, index=told.index)
    if order == "happening":
        if "when" not in events.columns:
            raise InputError("column when missing: the order of happening needs each event's time, number or date")
        when = told["when"]
        if not (pd.api.types.is_numeric_dtype(when) or pd.api.types.is_datetime64_any_dtype(when)):
            raise InputError(f"column when is {when.dtype}: make it numbers or dates (pandas.to_datetime)")
        by_time = when.notna().groupby([told[name] for name in _EPISODE]).transform("all")
        told["_time"] = when.where(by_time)
        told = told.sort_values([*_EPISODE, "_time", "order", "event_id"], kind="stable")
        by_time = by_time.loc[told.index]
    episode = told.groupby(_EPISODE, sort=False)
    narrower = told["subtype"].fillna(told["valence"])
    state = told["type"].where(narrower.isna(), told["type"] + ":" + narrower) if detail else told["type"]
    told = told.assign(
        industry=episode["industry"].transform("first"),
        position=episode.cumcount() + 1,
        state=state,
        ordered_by=np.where(by_time, "happening", "telling"),
    )
    told["phase"] = _phase(told)
    return told[list(SEQUENCE_DTYPES)].reset_index(drop=True).astype(SEQUENCE_DTYPES)


def _phase(told: pd.DataFrame) -> np.ndarray:
    """Return the phase of each event, by the positions of the first contact and the last recovery event."""
    keys = [told[name] for name in _EPISODE]
    place = told["position"].astype(float)
    first = place.where(told["type"].isin(REACHES_OUT)).groupby(keys).transform("min")
    last = place.where(told["type"].isin(RECOVERY)).groupby(keys).transform("max")
    phases = np.select([first.isna(), place < first, place <= last], ["unknown", "pre", "recovery"], "post")
    return np.asarray(phases)


def directly_follows(table: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Return how often a state directly follows another, with start and end of the episode as states.

    Parameters
    ----------
    table : DataFrame
        Of `sequences`.
    by : str, optional
        A column that splits the episodes, such as ``industry``; an absent value is the group ``unknown``.

    Returns
    -------
    DataFrame
        A row a transition that occurs: the column `by` if given, `source`, `target`, `count`, `episodes`,
        `narratives` (with it), `n` (all transitions from the source), `n_narratives` (with the source),
        `estimate` (count of n: the probability that the target comes next), `low`, `high` (95 %, see
        `resampling.clustered_share`) and `reason`, why there is no interval.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "a"], "episode": [1, 1], "position": [1, 2],
    ...                       "state": ["wait", "exit"]})
    >>> directly_follows(table)[["source", "target", "count", "n"]].to_numpy().tolist()
    [['<start>', 'wait', 1, 1], ['exit', '<end>', 1, 1], ['wait', 'exit', 1, 1]]
    """
    _need(table, [*_EPISODE, "position", "state", *([by] if by else [])])
    group = [by] if by else []
    steps = _steps(table, by)
    rows = []
    for keys, leaving in steps.groupby([*group, "source"]):
        sizes = leaving["narrative_id"].value_counts().sort_index()
        for target, step in leaving.groupby("target"):
            hits = step["narrative_id"].value_counts().reindex(sizes.index, fill_value=0)
            share = clustered_share(hits.to_numpy(dtype=float), sizes.to_numpy(dtype=float), "narratives")
            told = (len(step), _episodes(step), step["narrative_id"].nunique(), len(leaving), len(sizes))
            rows.append((*keys, target, *told, *share))
    names = [*group, "source", "target"]
    counts = ["count", "episodes", "narratives", "n", "n_narratives"]
    kinds = {**dict.fromkeys(names, "string"), **dict.fromkeys(counts, "Int64")}
    kinds |= {**dict.fromkeys(["estimate", "low", "high"], "Float64"), "reason": "string"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def _steps(table: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Return a row for each step of each episode, the one from `START` and the one to `END` included."""
    table = table.sort_values([*_EPISODE, "position"], kind="stable", ignore_index=True)
    episode = table.groupby(_EPISODE, sort=False)["state"]
    table = table.assign(source=episode.shift(1).fillna(START), target=table["state"])
    last = table[episode.cumcount(ascending=False) == 0]
    steps = pd.concat([table, last.assign(source=last["state"], target=END)], ignore_index=True)
    if by:
        steps[by] = steps[by].astype("string").fillna("unknown")
    return steps[[*([by] if by else []), *_EPISODE, "source", "target"]]


def process_map(table: pd.DataFrame, min_share: float = 0.1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the map of the journeys: its states and the steps between them, the rare ones left out.

    States and steps stay that occur in at least `min_share` of the episodes. So that nothing hangs loose, a
    state that is cut off from start or end gets back its most travelled path: the one with the smallest
    sum of 1/count over its steps.

    Parameters
    ----------
    table : DataFrame
        Of `sequences`.
    min_share
        From 0 (everything) to 1.

    Returns
    -------
    nodes, edges : DataFrame
        `nodes`: `state`, `count` (mentions; of start and end the episodes), `episodes`, `n` (all episodes),
        `share`; `edges`: `source`, `target`, `count`, `episodes`, `n`, `share`. In both, `kept_for` says
        ``frequency`` or ``connection``.

    Raises
    ------
    InputError
        Names the column that is missing, or the share that is none.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "a"], "episode": [1, 1], "position": [1, 2],
    ...                       "state": ["wait", "exit"]})
    >>> nodes, edges = process_map(table)
    >>> nodes["state"].tolist(), len(edges)
    (['<end>', '<start>', 'exit', 'wait'], 3)
    """
    if not 0 <= min_share <= 1:
        raise InputError(f"min_share {min_share} is no share: from 0 to 1")
    _need(table, [*_EPISODE, "position", "state"])
    steps = _steps(table)
    n = _episodes(table)
    nodes = _frequency(pd.concat([steps.assign(state=steps["source"]), _ends(steps)]), ["state"], n)
    edges = _frequency(steps, ["source", "target"], n)
    states = set(nodes.loc[nodes["share"] >= min_share, "state"])
    frequent = edges["share"].ge(min_share) & edges["source"].isin(states) & edges["target"].isin(states)
    pairs = list(zip(edges["source"], edges["target"], strict=True))
    kept = {pair for pair, stays in zip(pairs, frequent, strict=True) if stays}
    whole = nx.DiGraph()
    whole.add_weighted_edges_from((*pair, 1 / count) for pair, count in zip(pairs, edges["count"], strict=True))
    for graph, origin, turned in ((whole, START, False), (whole.reverse(), END, True)):
        if origin not in graph:
            continue
        paths = nx.single_source_dijkstra_path(graph, origin)
        for state in sorted(states):
            ways = nx.DiGraph([(b, a) if turned else (a, b) for a, b in sorted(kept)])
            ways.add_nodes_from([origin, state])
            if not nx.has_path(ways, origin, state):
                walk = list(zip(paths[state], paths[state][1:], strict=False))
                kept |= {(b, a) if turned else (a, b) for a, b in walk}
                states |= set(paths[state])
    nodes["kept_for"] = np.where(nodes["share"] >= min_share, "frequency", "connection")
    edges["kept_for"] = np.where(frequent, "frequency", "connection")
    return (
        nodes[nodes["state"].isin(states)].reset_index(drop=True),
        edges[[pair in kept for pair in pairs]].reset_index(drop=True),
    )


def _ends(steps: pd.DataFrame) -> pd.DataFrame:
    ends = steps[steps["target"] == END]
    return ends.assign(state=ends["target"])


def _frequency(rows: pd.DataFrame, names: list[str], n: int) -> pd.DataFrame:
    """Return a row for each value of the columns: how often, in how many episodes, of how many."""
    count = rows.groupby(names).size().rename("count")
    episodes = rows.drop_duplicates([*names, *_EPISODE]).groupby(names).size().rename("episodes")
    frame = pd.concat([count, episodes], axis=1).reset_index().sort_values(names, ignore_index=True)
    frame = frame.assign(n=n, share=frame["episodes"] / max(n, 1), kept_for="frequency")
    whole = dict.fromkeys(["count", "episodes", "n"], "Int64")
    return frame.astype({**dict.fromkeys(names, "string"), **whole, "share": "Float64"})


def _episodes(rows: pd.DataFrame) -> int:
    return len(rows[_EPISODE].drop_duplicates())


def _need(table: pd.DataFrame, names: list[str]) -> None:
    if missing := [name for name in names if name not in table.columns]:
        raise InputError(f"column {', '.join(missing)} missing: give an event table, or its journeys.sequences")
