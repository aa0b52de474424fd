"""Forest plots: how far each group differs from the rest, with intervals and corrected tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import (
    banded,
    counted,
    dots,
    extremes,
    in_order,
    letters,
    lines,
    need,
    only,
    outcome_label,
    ratio_axis,
    reference_line,
    rows_mm,
    sentence,
    title_letters,
    wrap,
)
from cxresearch.figures.rates import MOST_PANELS, once, panels_across
from cxresearch.figures.style import canvas, styled

LEVEL = 0.05


@styled
def forest(
    table: pd.DataFrame,
    *,
    corrected: str = "p_holm",
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw contrasts between each group and the rest with 95 % intervals; a panel an outcome.

    Ratios are on a logarithmic axis. A marker is filled where the corrected p-value is below .05, else open.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.outcomes.contrasts_of`: `outcome`, `level`, `group`, `compared_with`, `measure`, `n`,
        `estimate`, `low`, `high`, `reason`, and the corrected p-value.
    corrected : {"p_holm", "p_bh", "p"}
        The column of p-values that decides which markers are filled.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional
        In mm; by default what the rows need.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where there are several measures, or more than 12 outcomes.

    Examples
    --------
    >>> from cxresearch.analysis.outcomes import contrasts_of
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10 + ["energy"] * 10})
    >>> frame["exit"] = [True] * 8 + [False] * 9 + [True] * 3
    >>> forest(contrasts_of(frame, ["exit"], cluster=None), width="single").n
    {'episodes': 20, 'tests': 1}
    """
    rows = need(table, "outcome level group compared_with measure", f"n estimate low high {corrected}")
    measure, against = only(rows, "measure"), only(rows, "compared_with")
    rows["label"] = [outcome_label(o, v, language) for o, v in zip(rows["outcome"], rows["level"], strict=True)]
    once(rows, ["label", "group"])
    outcomes = list(dict.fromkeys(rows["label"]))
    if len(outcomes) > MOST_PANELS:
        raise InputError(f"outcome: {len(outcomes)} are too many for one figure, at most {MOST_PANELS}")
    ratio = measure != "risk difference"
    empty = set(rows["group"]) - set(rows.loc[rows["estimate"].notna(), "group"])
    groups = sorted(in_order(rows["group"]), key=lambda g: g in empty)
    rows["row"] = rows["group"].map({g: i for i, g in enumerate(groups)})
    columns = min(len(outcomes), panels_across(width))
    down = -(-len(outcomes) // columns)
    # Against the rest every row holds all episodes; against one group each row has its own n.
    own_n = {str(g): part["n"].to_list() for g, part in rows.groupby("group")}
    same = bool((rows.groupby("label")["n"].nunique() <= 1).all())
    names = [
        wrap(word(g, language), letters(width)) if same else counted(word(g, language), own_n[g], letters(width))
        for g in groups
    ]
    titles = []
    for outcome in outcomes:
        n = rows.loc[rows["label"] == outcome, "n"]
        room = title_letters(width, columns)
        titles.append(counted(sentence(outcome), n.max(), room) if same else wrap(sentence(outcome), room))
    panel = rows_mm(names) * len(groups) + 6 + 3.6 * lines(titles)
    figure, grid = canvas(width, height or down * panel + 6, down, columns, sharex=True, sharey=True)
    seen = rows[["estimate", "low", "high"]].to_numpy().ravel()
    for i, axes in enumerate(grid.flat):
        if i >= len(outcomes):
            axes.set_visible(False)
            continue
        banded(axes, names)
        if ratio:
            ratio_axis(axes, seen, language, ticks=5 if columns > 1 else 7)
        else:
            reach = max(0.1, np.ceil(float(np.nanmax(np.abs(seen), initial=0.1)) * 10) / 10)
            axes.set_xlim(-reach, reach)
            axes.set_xticks([-reach, 0, reach], [f"{100 * x:+.0f}".replace("-", "−") for x in (-reach, 0, reach)])
        reference_line(axes, 1 if ratio else 0)
        part = rows[rows["label"] == outcomes[i]]
        dots(axes, part, part["row"].to_list(), language, filled=(part[corrected] < LEVEL).to_list())
        axes.set_title(titles[i])
        axes.tick_params(axis="y", labelleft=i % columns == 0)
        axes.tick_params(axis="x", labelbottom=i + columns >= len(outcomes))
    unit = "" if ratio else f" ({word('points', language)})"
    what = f"{sentence(word(measure, language))}{unit}, {word('against', language, other=word(against, language))}"
    figure.supxlabel(what, fontsize=8)
    tests = int(rows[corrected].notna().sum())
    caption = [
        word("caption_forest", language, measure=sentence(word(measure, language)), other=word(against, language)),
        word("caption_interval_lines", language),
        word(f"caption_filled_{corrected}", language, tests=tests),
    ]
    caption += [word("caption_not_estimable", language)] if rows["estimate"].isna().any() else []
    filled = [f"{o}, {word(g, language)}" for o, g, p in rows[["label", "group", corrected]].to_numpy() if p < LEVEL]
    pairs = [f"{o}, {word(g, language)}" for o, g in zip(rows["label"], rows["group"], strict=True)]
    told = extremes(pairs, rows["estimate"].to_list(), language, 1 if ratio else 0, 1 if ratio else 100)
    found = word("alt_filled", language, those="; ".join(filled)) if filled else word("alt_none_filled", language)
    alt = " ".join([word("alt_forest", language, groups=len(groups), k=len(outcomes)), told, found])
    data = rows.drop(columns=["label", "row"])
    return Picture(figure, data, " ".join(caption), alt, {"episodes": int(rows["n"].max()), "tests": tests})
