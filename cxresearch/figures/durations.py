"""Survival curves: what share of episodes is not yet solved after so many contacts or days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import LINE, counted, extremes, letters, need, only, rows_mm, sentence, wrap
from cxresearch.figures.style import MUTED, SMALLEST, bare, canvas, looks, styled

MOST = 6
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))

BOUNDED = 2  # curves whose intervals can be told apart


@styled
def survival_curves(
    curves: pd.DataFrame,
    *,
    groups: Sequence[str] | None = None,
    language: str = "en",
    width: str | float = "one-half",
    height: float | None = None,
) -> Picture:
    """Draw Kaplan-Meier curves of at most six groups, with how many are at risk below.

    Parameters
    ----------
    curves : DataFrame
        As from `analysis.survival.kaplan_meier`: `duration`, `group`, `n`, `time`, `at_risk`, `censored`, `estimate`,
        and `low`, `high`, which are drawn as dotted lines where there are one or two groups.
    groups : sequence of str, optional
        The groups to draw; by default the six with most episodes.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture
        Its data hold the groups that were drawn.

    Raises
    ------
    InputError
        Names the column that is wrong, or a group that is not there; where there are more than six.

    Examples
    --------
    >>> from cxresearch.analysis.survival import kaplan_meier
    >>> frame = pd.DataFrame({"industry": "rail", "contacts": [1, 2, 2, 3, 5]})
    >>> frame["solved"] = [True, True, None, True, False]
    >>> survival_curves(kaplan_meier(frame, "contacts", "solved", cluster=None)).n
    {'episodes': 5}
    """
    rows = need(curves, "duration group", "n time at_risk censored estimate", "curves")
    if {"low", "high"} <= set(rows.columns):
        rows = need(rows, "duration group", "low high", "curves")
    duration = word(only(rows, "duration"), language)
    sizes = {str(g): float(n) for g, n in rows.groupby("group")["n"].max().items()}
    chosen = list(groups) if groups is not None else sorted(sizes, key=lambda g: (-sizes[g], g))[:MOST]
    if len(chosen) > MOST:
        raise InputError(f"groups: {len(chosen)} curves cannot be told apart, at most {MOST}")
    if absent := [g for g in chosen if g not in sizes]:
        raise InputError(f"groups: '{absent[0]}' is none of {', '.join(sorted(sizes))}")
    rows = rows[rows["group"].isin(chosen)].reset_index(drop=True)
    names = [counted(word(g, language), sizes[g], letters(width)) for g in chosen]
    row_mm = rows_mm(names)
    below = row_mm * len(chosen) + LINE + 2
    figure, grid = canvas(width, height or 66 + below, 2, 1, sharex=True, height_ratios=[60, below])
    axes, risk = grid[0, 0], grid[1, 0]
    bare(risk)  # before the ticks are set: the two share them
    end = float(rows["time"].max()) if rows["time"].notna().any() else 1.0
    axes.set_xlim(-0.02 * end, 1.04 * end)
    axes.set_ylim(0, 1.04)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
    axes.set_ylabel(word("not_yet_solved", language))
    axes.axhline(0.5, color=MUTED, linewidth=0.5, zorder=0)
    ticks = [x for x in axes.get_xticks() if 0 <= x <= 1.04 * end]
    risk.set_ylim(len(chosen) - 0.5, -0.5)
    risk.set_yticks(range(len(chosen)), names)
    risk.tick_params(length=0, pad=16, labelbottom=False)
    bounded = len(chosen) <= BOUNDED and {"low", "high"} <= set(rows.columns)
    last = []
    for i, (group, (colour, _, marker)) in enumerate(looks(chosen).items()):
        part = rows[(rows["group"] == group) & rows["time"].notna()].sort_values("time")
        time, share = part["time"].to_numpy(dtype=float), part["estimate"].to_numpy(dtype=float)
        if not len(time):
            last.append(np.nan)
            place, grey = risk.get_yaxis_transform(), {"color": MUTED, "style": "italic"}
            risk.text(0.02, i, word("not_estimable", language), transform=place, va="center", fontsize=SMALLEST, **grey)
            continue
        x, y = np.concatenate([[0.0], time]), np.concatenate([[1.0], share])
        axes.step(x, y, where="post", color=colour, linestyle=DASHES[i], label=group)
        for bound in ("low", "high") if bounded else ():
            edge = np.concatenate([[1.0], part[bound].to_numpy(dtype=float)])
            axes.step(x, edge, where="post", color=colour, linewidth=0.6, linestyle=(0, (1, 1.5)))
        ends = part["censored"].to_numpy(dtype=float) > 0
        axes.plot(time[ends], share[ends], "|", color=colour, markersize=5)
        axes.plot(x[-1], y[-1], marker, color=colour, markersize=4, clip_on=False)
        last.append(float(y[-1]))
        for tick in ticks:
            later = part.loc[part["time"] >= tick, "at_risk"]
            risk.text(tick, i, f"{later.max():.0f}" if len(later) else "0", ha="center", va="center", fontsize=SMALLEST)
        # The key stands beside the name in the table, so each name is printed once.
        key = risk.get_yaxis_transform()
        risk.plot([-0.045, -0.01], [i, i], color=colour, linestyle=DASHES[i], transform=key, clip_on=False)
        risk.plot(-0.0275, i, marker, color=colour, markersize=4, transform=key, clip_on=False)
    axes.tick_params(axis="x", labelbottom=True)
    axes.set_xlabel(wrap(sentence(duration), letters(width, 0.6)))
    risk.set_title(word("at_risk", language), fontsize=SMALLEST)
    caption = [word("caption_survival", language, duration=duration)]
    if bounded:
        caption.append(word("caption_bounds", language))
    if left := len(sizes) - len(chosen):
        caption.append(word("caption_groups_left", language, k=len(chosen), all=len(chosen) + left))
    if any(np.isnan(last)):
        caption.append(word("caption_not_estimable", language))
    told = extremes([word(g, language) for g in chosen], last, language)
    alt = f"{word('alt_survival', language, groups=len(chosen))} {told}"
    return Picture(figure, rows, " ".join(caption), alt, {"episodes": int(sum(sizes[g] for g in chosen))})
