"""Many tests at once: p-values corrected for everything that was tested together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from cxresearch.analysis.resampling import require
from cxresearch.errors import InputError

CORRECTIONS = {"holm": "holm", "bh": "fdr_bh"}


def correct(table: pd.DataFrame, methods: Sequence[str] = ("holm", "bh"), p: str = "p") -> pd.DataFrame:
    """Return a table of tests with p-values corrected for all that were tested together.

    Put everything that was tested in one table first (`pandas.concat`). A p-value that is NA is no test:
    it stays NA and does not count.

    Parameters
    ----------
    table : DataFrame
        With a column of p-values.
    methods : sequence of {"holm", "bh"}
        Holm (1979) bounds the chance of any false finding, Benjamini and Hochberg (1995) the expected share
        of false ones among the findings.
    p : str
        Name of the column.

    Returns
    -------
    DataFrame
        The table, with `p_holm` and `p_bh`, and `tests`, the number corrected for.

    Raises
    ------
    InputError
        Names the column or method that is wrong.

    Examples
    --------
    >>> correct(pd.DataFrame({"p": [0.01, None, 0.04]})).round(3)["p_holm"].tolist()
    [0.02, <NA>, 0.04]
    """
    require(table, [p], "table")
    if unknown := [name for name in methods if name not in CORRECTIONS]:
        raise InputError(f"methods: '{unknown[0]}' is none of {', '.join(CORRECTIONS)}")
    values = pd.to_numeric(table[p]).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    tested = ~np.isnan(values)
    if not ((values[tested] >= 0) & (values[tested] <= 1)).all():
        raise InputError(f"{p}: p-values lie within 0 and 1")
    result = table.assign(tests=int(tested.sum()))
    for name in methods:
        corrected = np.full(len(values), np.nan)
        if tested.any():
            corrected[tested] = multipletests(values[tested], method=CORRECTIONS[name])[1]
        result[f"p_{name}"] = pd.Series(corrected, index=table.index).astype("Float64")
    return result
