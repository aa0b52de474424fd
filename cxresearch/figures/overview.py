"""How a corpus became events (flow), which events go together (matrix), how far readings agree (dots)."""

from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter

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
    millimetres,
    need,
    number,
    rows_mm,
    sentence,
    whole,
    wrap,
)
from cxresearch.figures.style import COLOURS, DIVERGING, INK, MARKERS, MUTED, SMALLEST, bare, canvas, ink_on, styled

BOX = 13.0  # mm
GAP = 8.0


@styled
def corpus_flow(table: pd.DataFrame, *, language: str = "en", width: str | float = "one-half") -> Picture:
    """Draw the way from narratives to events as boxes, with what was left out at each step beside the arrow.

    Parameters
    ----------
    table : DataFrame
        A row a stage: `stage`, `unit`, `n`, `left_out`, `why`, as from `cxresearch.overview.flow`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float

    Returns
    -------
    Picture

    References
    ----------
    After the flow diagram of PRISMA 2020: Page et al. (2021), BMJ 372.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["read", "told"], "unit": "narratives", "n": [5, 3]})
    >>> corpus_flow(frame.assign(left_out=[0, 2], why=["", "tell none"])).alt
    'Flow diagram: 5 read; 3 told (2 tell none).'
    """
    rows = need(table, "stage unit why", "n left_out")
    rows["note"] = [
        f"{whole(k, language)} {word(why, language)}" if k > 0 else ""
        for k, why in zip(rows["left_out"], rows["why"], strict=True)
    ]
    mm = millimetres(width)
    noted = bool(rows["note"].any())
    left, right = (0.52 * mm, 0.44 * mm) if noted else (0.9 * mm, 0.0)
    size = max(10, int(left / 1.75))
    texts = [
        wrap(f"{sentence(word(s, language))}: {whole(n, language)}", size)
        for s, n in zip(rows["stage"], rows["n"], strict=True)
    ]
    notes = [wrap(note, max(10, int(right / 1.55))) for note in rows["note"]]
    box = max(BOX, 4.0 * lines([*texts, *notes]) + 4)
    height = len(rows) * box + (len(rows) - 1) * GAP + 4
    figure, grid = canvas(width, height)
    axes = grid[0, 0]
    bare(axes)
    axes.set_xlim(0, mm)
    axes.set_ylim(height, 0)
    tops = [2 + i * (box + GAP) for i in range(len(rows))]
    for top, text in zip(tops, texts, strict=True):
        axes.add_patch(
            FancyBboxPatch(
                (1, top), left - 2, box, boxstyle="round,pad=0,rounding_size=1.5", fc="white", ec=INK, lw=0.8
            )
        )
        axes.text(left / 2, top + box / 2, text, ha="center", va="center", fontsize=8)
    for top, after in pairwise(tops):
        axes.add_patch(
            FancyArrowPatch(
                (left / 2, top + box), (left / 2, after), arrowstyle="-|>", mutation_scale=8, color=INK, lw=0.8
            )
        )
    for top, note in zip(tops, notes, strict=True):
        if note:
            axes.plot([left - 1, left + 3], [top + box / 2] * 2, color=MUTED, linewidth=0.6)
            axes.text(left + 4, top + box / 2, note, va="center", fontsize=SMALLEST, color=MUTED)
    told = [
        f"{whole(n, language)} {word(stage, language)}" + (f" ({note})" if note else "")
        for stage, n, note in zip(rows["stage"], rows["n"], rows["note"], strict=True)
    ]
    n = {str(stage): int(value) for stage, value in zip(rows["stage"], rows["n"], strict=True)}
    data = table.reset_index(drop=True)
    return Picture(figure, data, word("caption_flow", language), f"{word('alt_flow', language)} {'; '.join(told)}.", n)


@styled
def agreement_dots(
    table: pd.DataFrame, *, language: str = "en", width: str | float = "one-half", measure: str = "F1"
) -> Picture:
    """Draw how far readings agree on each type: a dot a reading, with its interval, and a row a type.

    Parameters
    ----------
    table : DataFrame
        `type`, `reading` (say ``coder and coder``, ``parser and coders``), `n`, `estimate`, `low`, `high`, as from
        `cxresearch.validation.side_by_side`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    measure : str
        What the estimate is, for the axis.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where there are more than three readings.

    Examples
    --------
    >>> frame = pd.DataFrame({"type": ["wait", "wait"], "reading": ["a", "b"], "n": 9, "estimate": [0.9, 0.5]})
    >>> agreement_dots(frame.assign(low=frame["estimate"] - 0.1, high=frame["estimate"] + 0.1)).n
    {'mentions': 9}
    """
    rows = need(table, "type reading", "n estimate low high")
    readings = list(dict.fromkeys(rows["reading"]))
    if len(readings) > 3:
        raise InputError(f"reading: {len(readings)} are too many to be told apart; draw at most 3")
    total = [t for t in dict.fromkeys(rows["type"]) if t.startswith("all")]
    types = [t for t in in_order(rows["type"]) if t not in total] + total
    size = letters(width)
    labels = [
        counted(
            sentence(word("all_types" if t in total else t, language)), rows.loc[rows["type"] == t, "n"].tolist(), size
        )
        for t in types
    ]
    row_mm = rows_mm(labels, 4.6 + 1.6 * (len(readings) - 1))
    figure, grid = canvas(width, row_mm * len(types) + 20)
    axes = grid[0, 0]
    banded(axes, labels)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1.0]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 1, language)))
    axes.set_xlabel(measure)
    places = {t: i for i, t in enumerate(types)}
    for k, reading in enumerate(readings):
        part = rows[rows["reading"] == reading]
        shift = 0.0 if len(readings) == 1 else (k - (len(readings) - 1) / 2) * 0.36
        dots(
            axes,
            part,
            [places[t] + shift for t in part["type"]],
            language,
            colour=(COLOURS[0], COLOURS[1], COLOURS[4])[k],
            marker=MARKERS[k],
        )
        axes.plot([], [], MARKERS[k], color=(COLOURS[0], COLOURS[1], COLOURS[4])[k], label=word(reading, language))
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(readings), borderaxespad=0.2, handletextpad=0.2
    )
    alt = [word("alt_agreement", language, k=len(types))]
    for reading in readings:
        part = rows[(rows["reading"] == reading) & ~rows["type"].isin(total)]
        told = extremes([word(t, language) for t in part["type"]], part["estimate"].tolist(), language, 2, 1)
        alt.append(f"{sentence(word(reading, language))}: {told}")
    caption = f"{word('caption_agreement', language, measure=measure)} {word('caption_interval_lines', language)}"
    if (rows.groupby("type")["n"].nunique() > 1).any():
        caption += " " + word("caption_n_readings", language)
    mentions = int(rows[~rows["type"].isin(total)].groupby("type")["n"].max().sum())
    return Picture(figure, table.reset_index(drop=True), caption, " ".join(alt), {"mentions": mentions})


@styled
def cooccurrence(table: pd.DataFrame, *, language: str = "en", width: str | float = "double") -> Picture:
    """Draw which event types are told in the same episodes: phi for each pair, in a triangle.

    A pair whose correlation is told apart from 0 (p < .05 after Benjamini and Hochberg) has its number in bold.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.cooccurrence.cooccurrence`.
    language : {"en", "nl"}
    width : {"one-half", "double"} or float

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where no pair is estimable.

    Examples
    --------
    >>> frame = pd.DataFrame({"first": ["wait"], "second": ["exit"], "n": [40], "estimate": [0.3], "p_bh": [0.01]})
    >>> cooccurrence(frame).n
    {'episodes': 40}
    """
    rows = need(table, "first second", "n estimate p_bh")
    known = rows[rows["estimate"].notna()]
    if known.empty:
        raise InputError("table: no pair is estimable; every type is told in too few episodes, or in nearly all")
    types = in_order([*known["first"], *known["second"]])
    place = {name: i for i, name in enumerate(types)}
    labels = [sentence(word(t, language)) for t in types]
    tall = max(map(len, labels)) * 1.5
    cell = (millimetres(width) - tall - 16) / max(len(types) - 1, 1)
    row_mm = min(max(4.6, cell * 0.6), 9)
    figure, grid = canvas(width, row_mm * (len(types) - 1) + tall + 8)
    axes = grid[0, 0]
    bare(axes)
    reach = max(0.1, float(np.ceil(known["estimate"].abs().max() * 10) / 10))
    colours = mpl.colormaps[DIVERGING].reversed()
    for _, row in known.iterrows():
        a, b = sorted((place[row["first"]], place[row["second"]]))
        fill = colours(0.5 + 0.5 * row["estimate"] / reach)
        axes.add_patch(Rectangle((a, b - 1), 1, 1, facecolor=fill, edgecolor="white", linewidth=0.6))
        axes.text(
            a + 0.5,
            b - 0.5,
            f"{100 * row['estimate']:.0f}".replace("-", "−").replace("−0", "0"),
            ha="center",
            va="center",
            fontsize=SMALLEST,
            color=ink_on(fill),
            fontweight="bold" if row["p_bh"] < 0.05 else "normal",
        )
    axes.set_xlim(0, max(len(types) - 1, 1))
    axes.set_ylim(max(len(types) - 1, 1), 0)
    axes.set_yticks(np.arange(len(types) - 1) + 0.5, labels[1:])
    axes.set_xticks(np.arange(len(types) - 1) + 0.5, labels[:-1], rotation=90)
    axes.tick_params(length=0)
    n = int(known["n"].max())
    axes.text(1.0, 0.98, f"n = {n}", ha="right", va="top", transform=axes.transAxes)
    best = known.sort_values(["estimate", "first", "second"], ascending=[False, True, True]).iloc[0]
    pair = f"{word(best['first'], language)} & {word(best['second'], language)}"
    alt = word("alt_together", language, k=len(types), pair=pair, phi=number(best["estimate"], 2, language))
    left_out = int(rows["estimate"].isna().sum())
    caption = word("caption_together", language, n=n)
    if left_out:
        caption += " " + word("caption_pairs_left", language, k=left_out)
    return Picture(figure, table.reset_index(drop=True), caption, alt, {"episodes": n})
