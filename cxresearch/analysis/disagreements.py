"""Where two readings of the same narratives differ, mention by mention: what coders talk over."""

from __future__ import annotations

import pandas as pd

from cxresearch.analysis.agreement import QUALIFIERS, match_mentions


def disagreements(codings_a: pd.DataFrame, codings_b: pd.DataFrame) -> pd.DataFrame:
    """Return where two readings differ, to be looked at in the text one by one.

    Parameters
    ----------
    codings_a, codings_b : DataFrame
        Two tables of mentions with offsets in the same text, of the narratives that both read.

    Returns
    -------
    DataFrame
        A row a difference: `narrative_id`, `start`, `end` (both spans together), `type` (of a, or of b where a
        has none), `what` (``only a``, ``only b``, ``type``, or the name of a qualifier) and the two readings
        `a` and `b`. An optional mention that only one has is no difference; a qualifier is compared where
        both tables have its column.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> columns = ["narrative_id", "type", "start", "end", "realis"]
    >>> a = pd.DataFrame([("n1", "wait", 0, 9, "actual"), ("n1", "exit", 12, 20, "actual")], columns=columns)
    >>> b = pd.DataFrame([("n1", "wait", 2, 9, "generic"), ("n1", "loyalty", 15, 25, "actual")], columns=columns)
    >>> disagreements(a, b)[["start", "end", "what", "a", "b"]].to_numpy().tolist()
    [[0, 9, 'realis', 'actual', 'generic'], [12, 25, 'type', 'exit', 'loyalty']]
    """
    a, b = codings_a.reset_index(drop=True), codings_b.reset_index(drop=True)
    pairs = list(match_mentions(a, b).itertuples(index=False, name=None))
    rows: list[tuple[object, ...]] = []
    for name in [name for name in QUALIFIERS if name in a.columns and name in b.columns]:
        left, right = (table[name].astype(object).where(table[name].notna(), "") for table in (a, b))
        rows += [
            (*_place(a.loc[i], b.loc[j]), a.at[i, "type"], name, left[i] or None, right[j] or None)
            for i, j in pairs
            if left[i] != right[j]
        ]
    alone_a, alone_b = a.drop(index=[i for i, _ in pairs]), b.drop(index=[j for _, j in pairs])
    # What is left at one place in both is one stretch that the two read as different types.
    crossed = match_mentions(alone_a.assign(type="any"), alone_b.assign(type="any"))
    for i, j in crossed.itertuples(index=False, name=None):
        kinds = a.at[i, "type"], b.at[j, "type"]
        rows.append((*_place(a.loc[i], b.loc[j]), kinds[0], "type", *kinds))
    for what, alone, taken in (("only a", alone_a, crossed["reference"]), ("only b", alone_b, crossed["other"])):
        left_over = alone.drop(index=list(taken))
        if "optional" in alone.columns:
            left_over = left_over[~left_over["optional"].astype("boolean").fillna(False).astype(bool)]
        for _, row in left_over.iterrows():
            readings = (row["type"], None) if what == "only a" else (None, row["type"])
            rows.append((*_place(row, row), row["type"], what, *readings))
    columns = ["narrative_id", "start", "end", "type", "what", "a", "b"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {**dict.fromkeys(columns, "string"), "start": "Int64", "end": "Int64"}
    )
    return frame.sort_values(columns[:5], kind="stable", ignore_index=True)


def _place(a: pd.Series, b: pd.Series) -> tuple[object, object, object]:
    return a["narrative_id"], min(a["start"], b["start"]), max(a["end"], b["end"])
