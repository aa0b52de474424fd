"""Tables as an article or a page prints them: an estimate with its interval in one cell; Markdown, LaTeX, CSV."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.errors import InputError


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
    """Return a table as Markdown; numbers stand to the right, what is absent is left empty.

    Examples
    --------
    >>> print(to_markdown(pd.DataFrame({"type": ["exit"], "n": [5]})))
    | type | n |
    |---|---:|
    | exit | 5 |
    """
    rule = "|".join("---:" if pd.api.types.is_numeric_dtype(kind) else "---" for kind in table.dtypes)
    rows: list[list[object]] = [list(table.columns), *table.astype(object).where(table.notna(), "").to_numpy().tolist()]
    head, *body = (f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
    return "\n".join([head, f"|{rule}|", *body])


def to_latex(table: pd.DataFrame, caption: str = "", label: str = "") -> str:
    r"""Return a table as LaTeX with the rules of booktabs; numbers stand to the right, what LaTeX minds is escaped.

    Parameters
    ----------
    table : DataFrame
    caption, label : str
        Without a caption there is only the ``tabular``, without float.

    Examples
    --------
    >>> print(to_latex(pd.DataFrame({"type": ["exit & co"], "n": [5]})))
    \begin{tabular}{lr}
    \toprule
    type & n \\
    \midrule
    exit \& co & 5 \\
    \bottomrule
    \end{tabular}
    <BLANKLINE>
    """
    places = "".join("r" if pd.api.types.is_numeric_dtype(kind) else "l" for kind in table.dtypes)
    plain = table.astype(object).where(table.notna(), "–")
    return plain.to_latex(index=False, escape=True, column_format=places, caption=caption or None, label=label or None)


def save(table: pd.DataFrame, name: str, folder: str | Path, caption: str = "", digits: int = 2) -> pd.DataFrame:
    """Write a table as ``name.csv`` (every digit) and ``name.tex`` (as printed), and return it as printed.

    Parameters
    ----------
    table : DataFrame
    name : str
        Lower-case letters, digits, hyphens and underscores; also the label in LaTeX.
    folder : path
        Is made where it is not there.
    caption : str
    digits : int
        Of numbers that are not whole, in print.

    Returns
    -------
    DataFrame
        Intervals in one cell with their estimate (`with_intervals`), numbers rounded.

    Raises
    ------
    InputError
        Where the name is not as above.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(pd.DataFrame({"n": [5], "share": [0.126]}), "shares", folder)
       n share
    0  5  0.13
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise InputError(f"name: '{name}' should be lower-case letters, digits, hyphens and underscores")
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    printed = as_printed(table, digits)
    text = to_latex(printed, caption, f"tab:{name}" if caption else "")
    (out / f"{name}.tex").write_text(text, encoding="utf-8", newline="\n")
    return printed


def as_printed(table: pd.DataFrame, digits: int = 2) -> pd.DataFrame:
    """Return a table as it is read: estimates with their intervals, p-values without false precision.

    Columns `low` and `high` belong to `estimate`. A column named p or beginning with ``p_`` has three digits, and
    "< .001" below that.

    Examples
    --------
    >>> as_printed(pd.DataFrame({"estimate": [2.0], "low": [0.5], "high": [8.0], "p": [0.0002]}))
                estimate       p
    0  2.00 [0.50, 8.00]  < .001
    """
    named = table.rename(columns={"low": "estimate_low", "high": "estimate_high"}) if "estimate" in table else table
    result = with_intervals(named, digits)
    for name in result.columns:
        if name == "p" or name.startswith("p_"):
            result[name] = [_p(value) for value in named[name]]
        elif pd.api.types.is_float_dtype(named[name].dtype) and result[name].map(lambda v: v != "–").any():
            result[name] = [v if isinstance(v, str) else _number(v, digits) for v in result[name]]
    return result


def _number(value: Any, digits: int) -> str:
    return "–" if pd.isna(value) else f"{value:.{digits}f}"


def _p(value: Any) -> str:
    if pd.isna(value):
        return "–"
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")
