"""Emotional arcs: where in a story feelings are told, the pleasant and the unpleasant apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxresearch.analysis.resampling import cluster_codes, clustered_share, require
from cxresearch.errors import InputError

VALENCES = {
    "unpleasant": ("anger", "frustration", "despair", "disappointment", "sadness", "fear"),
    "pleasant": ("relief", "joy", "gratitude"),
}
_EPISODE = ["narrative_id", "episode"]


def emotion_over_time(
    events: pd.DataFrame, *, parts: int = 5, by: str | None = None, cluster: str | None = "narrative_id"
) -> pd.DataFrame:
    """Return what share of what is told in each part of a story is a feeling, pleasant or unpleasant.

    The time of a story runs from its first event (0) to its last (1), by place in the text, so that long and short
    stories lie over each other (as in Reagan et al. 2016, EPJ Data Science 5); it is time of telling.

    Parameters
    ----------
    events : DataFrame
        An event table; affirmed `actual` events of episodes count.
    parts : int
        In how many equal parts of the story, 2 to 20.
    by : str, optional
        A column that splits the episodes, such as ``industry``; an absent value is the group ``unknown``.
    cluster : str, optional
        Column of what belongs together, such as ``author`` where it is merged in; None: every event for itself.

    Returns
    -------
    DataFrame
        The column `by` if given, `part` (from 1), `start`, `end` (of story time), `valence` (``unpleasant``,
        ``pleasant``), `n` (events told in that part), `k` (feelings among them), `episodes`, `estimate`, `low`, `high`
        (95 %, see `resampling.clustered_share`), `reason`. Surprise, and feelings of no known kind, are in `n` alone.
        Episodes whose events all stand at one place have no time and are left out.

    Raises
    ------
    InputError
        Names the column or argument that is wrong; where there are no rows.

    Examples
    --------
    >>> rows = [("a", 1, "failure", None, 0, 9), ("a", 1, "emotion", "anger", 90, 99)]
    >>> frame = pd.DataFrame(rows, columns=["narrative_id", "episode", "type", "subtype", "start", "end"])
    >>> frame = frame.assign(polarity="affirmed", realis="actual")
    >>> table = emotion_over_time(frame, parts=2)
    >>> table[["part", "valence", "n", "k"]].to_numpy().tolist()
    [[1, 'unpleasant', 1, 0], [1, 'pleasant', 1, 0], [2, 'unpleasant', 1, 1], [2, 'pleasant', 1, 0]]
    """
    require(events, [*_EPISODE, "type", "subtype", "start", "end", "polarity", "realis", by, cluster], "events")
    if not 2 <= parts <= 20:
        raise InputError(f"parts: {parts} is not from 2 to 20")
    told = events[(events["realis"] == "actual") & (events["polarity"] == "affirmed") & events["episode"].notna()]
    middle = (told["start"].astype(float) + told["end"].astype(float)) / 2
    episode = middle.groupby([told[name] for name in _EPISODE])
    first, last = episode.transform("min"), episode.transform("max")
    timed = last > first
    told, place = told[timed], ((middle - first) / (last - first))[timed]
    part = np.minimum((place * parts).astype(int), parts - 1) + 1
    group = told[by].astype("string").fillna("unknown") if by else pd.Series("all", index=told.index, dtype="string")
    clusters = cluster_codes(told, cluster)
    groups = sorted(events[by].astype("string").fillna("unknown").unique()) if by else ["all"]
    feeling = told["subtype"].where(told["type"] == "emotion")
    rows: list[tuple[object, ...]] = []
    for name in groups:
        for number in range(1, parts + 1):
            here = ((group == name) & (part == number)).to_numpy(dtype=bool)
            codes, row = np.unique(clusters[here], return_inverse=True)
            sizes = np.bincount(row, minlength=len(codes)).astype(float)
            episodes = len(told.loc[here, _EPISODE].drop_duplicates())
            for valence, kinds in VALENCES.items():
                hits = np.bincount(row, feeling[here].isin(kinds).to_numpy(dtype=float), minlength=len(codes))
                counted = (int(here.sum()), int(hits.sum()), episodes)
                bounds = ((number - 1) / parts, number / parts)
                rows.append((name, number, *bounds, valence, *counted, *clustered_share(hits, sizes, "narratives")))
    whole, real = dict.fromkeys(["n", "k", "episodes"], "Int64"), dict.fromkeys(["estimate", "low", "high"], "Float64")
    dtypes = {by or "group": "string", "part": "Int64", "start": "Float64", "end": "Float64", "valence": "string"}
    dtypes |= whole | real | {"reason": "string"}
    frame = pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)
    return frame if by else frame.drop(columns="group")
