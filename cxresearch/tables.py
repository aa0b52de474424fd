"""Tables as an article or a page prints them: an estimate with its interval in one cell, as Markdown."""

from __future__ import annotations

import pandas as pd


def with_intervals(table: pd.DataFrame, digits: int = 2) -> pd.DataFrame:
    """Put an estimate and its bounds (`x`, `x_low`, `x_high`) into one cell: ``.58 [.49, .66]``.

    Examples
    --------
    >>> with_intervals(pd.DataFrame({"n": [5], "f1": [0.5], "f1_low": [0.25], "f1_high": [1.0]}))
       n                 f1
    0  5  0.50 [0.25, 1.00]
    """
    bounds = {name for name in table.columns if name.endswith(("_low", "_high"))}
    cells = {}
    for name in table.columns:
        if name in bounds:
            continue
        column = table[name]
        if {f"{name}_low", f"{name}_high"} <= bounds:
            rows = zip(column, table[f"{name}_low"], table[f"{name}_high"], strict=True)
            cells[name] = [cell(x, low, high, digits) for x, low, high in rows]
        else:
            cells[name] = ["–" if pd.isna(x) else x for x in column]
    return pd.DataFrame(cells, index=table.index)


def cell(x: float | None, low: float | None, high: float | None, digits: int = 2) -> str:
    """Return an estimate with its interval as text; a dash where there is none.

    Examples
    --------
    >>> cell(0.5, 0.25, 1.0), cell(0.5, None, None), cell(None, None, None)
    ('0.50 [0.25, 1.00]', '0.50', '–')
    """
    value, *bounds = (None if pd.isna(v) else f"{v:.{digits}f}" for v in (x, low, high))
    if value is None:
        return "–"
    return value if None in bounds else f"{value} [{bounds[0]}, {bounds[1]}]"


def to_markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown; numbers stand to the right.

    Examples
    --------
    >>> print(to_markdown(pd.DataFrame({"type": ["exit"], "n": [5]})))
    | type | n |
    |---|---:|
    | exit | 5 |
    """
    rule = "|".join("---:" if pd.api.types.is_numeric_dtype(kind) else "---" for kind in table.dtypes)
    rows = [" | ".join(map(str, row)) for row in table.itertuples(index=False)]
    return "\n".join([f"| {' | '.join(map(str, table.columns))} |", f"|{rule}|", *(f"| {row} |" for row in rows)])
