"""Emotional arcs: where in the stories feelings are told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxresearch.analysis.arcs import VALENCES
from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import (
    LINE,
    counted,
    extremes,
    lines,
    millimetres,
    need,
    number,
    pick,
    sentence,
    title_letters,
    whole,
    wrap,
)
from cxresearch.figures.style import COLOURS, MUTED, SMALLEST, canvas, styled

MOST = 6
LOOKS = {"unpleasant": (COLOURS[5], "o", "-"), "pleasant": (COLOURS[4], "s", (0, (4, 1.5)))}


@styled
def emotion_over_time(
    table: pd.DataFrame,
    *,
    by: str | None = None,
    groups: Sequence[str] | None = None,
    language: str = "en",
    width: str | float = "one-half",
    height: float | None = None,
) -> Picture:
    """Draw what share of what is told is a feeling, from the first part of the stories to the last.

    Pleasant and unpleasant feelings have a line each, with 95 % intervals; below each part stands its n.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.arcs.emotion_over_time`: `part`, `start`, `end`, `valence`, `n`, `estimate`, `low`, `high`.
    by : str, optional
        The column of the groups; a panel each, at most six.
    groups : sequence of str, optional
        By default the six of which most is told.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where there are more groups than panels, or valences that are not known.

    Examples
    --------
    >>> frame = pd.DataFrame({"part": [1, 2], "start": [0, 0.5], "end": [0.5, 1], "valence": "pleasant", "n": 9})
    >>> frame = frame.assign(estimate=[0.1, 0.3], low=0.0, high=0.4)
    >>> emotion_over_time(frame, width="single").alt
    'Feelings over the time of the stories. Pleasant: Highest: 50–100% (30.0%); lowest: 0–50% (10.0%).'
    """
    rows = need(table, f"valence {by or ''}", "part start end n estimate low high")
    if strange := sorted(set(rows["valence"]) - set(VALENCES)):
        raise InputError(f"valence: '{strange[0]}' is none of {', '.join(VALENCES)}")
    panel = rows[by] if by else pd.Series("all_events_told", index=rows.index)
    if rows.assign(panel=panel).duplicated(["panel", "part", "valence"]).any():
        raise InputError("part: a part is there twice for one valence; give the groups with `by`")
    told = rows.assign(panel=panel).drop_duplicates(["panel", "part"])
    sizes = {str(g): float(n) for g, n in told.groupby("panel")["n"].sum().items()}
    chosen = pick(sizes, groups, MOST)
    rows, panel = rows[panel.isin(chosen)].reset_index(drop=True), panel[panel.isin(chosen)].reset_index(drop=True)
    mm = millimetres(width)
    columns = min(len(chosen), max(1, int(mm // 62)))
    down = -(-len(chosen) // columns)
    parts = rows.drop_duplicates("part").sort_values("part")
    pitch = (mm / columns - 13) / len(parts)
    upright = pitch < 9.6
    titles = [counted(word(g, language), sizes[g], title_letters(width, columns)) for g in chosen]
    under = 11 if upright else 7
    figure, grid = canvas(
        width, height or down * (44 + under + LINE * lines(titles)) + 10, down, columns, sharey=True, sharex=False
    )
    top = float(np.nanmax(rows[["estimate", "high"]].to_numpy(dtype=float), initial=0.02))
    for axes, group, title in zip(grid.flat, chosen, titles, strict=False):
        axes.set_title(title)
        own = rows[panel == group]
        for i, (valence, (colour, marker, dash)) in enumerate(LOOKS.items()):
            line = own[own["valence"] == valence].sort_values("part")
            x = line["part"].to_numpy(dtype=float) + (i - 0.5) * 0.12
            y = line["estimate"].to_numpy(dtype=float)
            axes.plot(x, y, color=colour, linestyle=dash, linewidth=1, zorder=2)
            axes.plot(x, y, marker, color=colour, markersize=4, zorder=3, gid=valence, linestyle="none", clip_on=False)
            bounds = line[["low", "high"]].to_numpy(dtype=float)
            for place, (low, high) in zip(x, bounds, strict=True):
                if not np.isnan(low + high):
                    axes.plot([place, place], [low, high], color=colour, linewidth=0.9, zorder=1)
            for place in x[np.isnan(y)]:
                axes.text(place, 0.01 * top, "–", color=MUTED, ha="center", va="bottom", fontsize=SMALLEST)
        n = own.groupby("part")["n"].max()
        labels = [
            f"{span}\nn = {whole(n.get(place, 0), language)}"
            for span, place in zip(_spans(parts), parts["part"], strict=True)
        ]
        if not upright and pitch < 12.5:
            labels = [label.replace("n = ", "") for label in labels]
        axes.set_xticks(parts["part"], labels, rotation=90 if upright else 0)
        axes.set_xlim(parts["part"].min() - 0.6, parts["part"].max() + 0.6)
        axes.set_ylim(0, top * 1.06)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: number(100 * value, 0 if top > 0.04 else 1, language))
        )
    for axes in grid[:, 0]:
        axes.set_ylabel(word("percent_of_mentions", language))
    for axes in grid.flat[len(chosen) :]:
        axes.set_axis_off()
    figure.supxlabel(wrap(word("part_of_story", language), int(0.9 * mm / 1.75)), fontsize=8)
    handles = [line for line in grid[0, 0].lines if line.get_gid() in LOOKS]
    names = [sentence(word(str(line.get_gid()), language)) for line in handles]
    figure.legend(handles, names, loc="outside upper left", ncols=2, handlelength=1.2, borderpad=0.2)
    caption = [word("caption_arc", language), word("caption_interval_lines", language)]
    if left := len(sizes) - len(chosen):
        caption.append(word("caption_groups_left", language, k=len(chosen), all=len(chosen) + left))
    if rows[["estimate", "low"]].isna().any(axis=None):
        caption.append(word("caption_arc_none", language))
    said = [word("alt_arc", language)]
    for group in chosen:
        for valence in VALENCES:
            line = rows[(panel == group) & (rows["valence"] == valence)].sort_values("part")
            if line.empty:
                continue
            name = sentence(word(valence, language))
            name = f"{word(group, language)}, {name.lower()}" if by else name
            spans = [f"{span}%" for span in _spans(line)]
            said.append(f"{name}: {extremes(spans, line['estimate'].tolist(), language, digits=1)}")
    return Picture(figure, rows, " ".join(caption), " ".join(said), {"mentions": int(sum(sizes[g] for g in chosen))})


def _spans(rows: pd.DataFrame) -> list[str]:
    pairs = rows[["start", "end"]].to_numpy(dtype=float)
    return [f"{100 * start:.0f}–{100 * end:.0f}" for start, end in pairs]
