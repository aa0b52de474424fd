"""Rates by group: a heat map of many outcomes, and dots with intervals for a few."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import (
    LETTER,
    LINE,
    banded,
    counted,
    dots,
    extremes,
    in_order,
    letters,
    lines,
    millimetres,
    need,
    outcome_label,
    percent_axis,
    rows_mm,
    sentence,
    title_letters,
    wrap,
)
from cxresearch.figures.style import MUTED, SEQUENTIAL, SMALLEST, canvas, ink_on, styled

MOST_PANELS = 12
UPRIGHT = 24  # letters; a title that stands upright takes as much of the height as it is long


@styled
def type_by_industry(
    table: pd.DataFrame,
    *,
    intervals: bool = False,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw the share of episodes with each outcome in each group, as a heat map with the numbers in it.

    The longer side goes down the page. A rate that is not estimable is a hatched cell with a dash.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.outcomes.rates_of`: `outcome`, `level`, `group`, `n`, `estimate`, `low`, `high`; also
        over event types (`rates_of(types_told(...), event_types())`).
    intervals : bool
        Print the 95 % interval below each number.
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
        Names the column that is wrong, or the width where the columns do not fit into it.

    Examples
    --------
    >>> from cxresearch.analysis.outcomes import rates_of
    >>> frame = pd.DataFrame({"industry": ["rail"] * 6 + ["energy"] * 6, "exit": [True] * 4 + [False] * 8})
    >>> type_by_industry(rates_of(frame, ["exit"], cluster=None), width="single").alt[:60]
    'Heat map of 1 outcome in 2 groups. Highest: exit, Rail and p'
    """
    rows = need(table, "outcome level group", "n estimate low high")
    rows["label"] = [outcome_label(o, v, language) for o, v in zip(rows["outcome"], rows["level"], strict=True)]
    once(rows, ["label", "group"])
    outcomes = _outcome_order(rows)
    empty = set(rows["group"]) - set(rows.loc[rows["estimate"].notna(), "group"])
    groups = sorted(in_order(rows["group"]), key=lambda g: g in empty)  # what tells nothing comes last
    cells = rows.set_index(["label", "group"])
    n = rows.pivot(index="label", columns="group", values="n")
    size = letters(width, 0.26)
    constant = n.apply(lambda column: column.dropna().nunique() == 1).all()
    down, across = (groups, outcomes) if len(groups) > len(outcomes) else (outcomes, groups)

    def name_of(key: str, most: int) -> str:
        return counted(word(key, language), n[key].to_list(), most) if key in groups else wrap(sentence(key), most)

    names = {name: name_of(name, size) for name in down}
    titles = [name_of(name, UPRIGHT) for name in across]
    room = millimetres(width) - LETTER * max(len(line) for d in down for line in names[d].split("\n")) - 20
    cell = room / len(across)
    if cell < (least := max(5.2, max(map(lines, titles)) * LINE + 0.8)):
        raise InputError(
            f"width: {len(across)} columns need {millimetres(width) - room + least * len(across):.0f} mm; "
            "take a wider figure, or fewer outcomes or groups"
        )
    stacked = cell < 7 * LETTER  # "12–100" does not go on one line
    row_mm = max(rows_mm([names[d] for d in down]), (3 if stacked else 2) * LINE + 1 if intervals else 5.0)
    tall = max(len(line) for title in titles for line in title.split("\n")) * LETTER
    figure, grid = canvas(width, height or row_mm * len(down) + tall + 6)
    axes = grid[0, 0]
    values = np.full((len(down), len(across)), np.nan)
    for i, d in enumerate(down):
        for j, a in enumerate(across):
            key = (a, d) if down is groups else (d, a)
            values[i, j] = cells.loc[key, "estimate"] if key in cells.index else np.nan
    top = max(0.1, np.ceil(np.nanmax(values, initial=0.0) * 10) / 10)
    bounds = dict(zip(cells.index, cells[["low", "high"]].to_numpy(dtype=float), strict=True))
    colours = mpl.colormaps[SEQUENTIAL]
    mesh = axes.pcolormesh(values, cmap=colours, vmin=0, vmax=top, edgecolors="white", linewidth=0.6)
    for (i, j), value in np.ndenumerate(values):
        if np.isnan(value):
            axes.add_patch(Rectangle((j, i), 1, 1, facecolor="white", edgecolor="#cccccc", hatch="////", linewidth=0))
            axes.text(j + 0.5, i + 0.5, "–", ha="center", va="center", fontsize=SMALLEST, color=MUTED,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip
            continue
        low, high = bounds[(across[j], down[i]) if down is groups else (down[i], across[j])]
        text = f"{100 * value:.0f}" + (_interval(low, high, stacked) if intervals else "")
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=SMALLEST, linespacing=1.05,
                  color=ink_on(colours(value / top)))  # fmt: skip
    axes.set_ylim(len(down), 0)
    axes.set_xticks(np.arange(len(across)) + 0.5, titles, rotation=90, va="bottom", ha="center")
    axes.set_yticks(np.arange(len(down)) + 0.5, [names[d] for d in down])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(mesh, ax=axes, shrink=min(1.0, 40 / (row_mm * len(down))), aspect=14, pad=0.015)
    if bar.solids is not None:  # else an image in the SVG, which nbval would not look into
        bar.solids.set(rasterized=False, edgecolor="face")
    bar.set_ticks([0, top / 2, top])
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
    bar.outline.set_linewidth(0)  # type: ignore[operator]
    caption = [word("caption_heat", language), word("caption_interval_cells", language) if intervals else ""]
    caption += [word("caption_clusters", language) if _clustered(rows) else ""]
    caption += [word("caption_dash", language, k=int(np.isnan(values).sum())) if np.isnan(values).any() else ""]
    caption += ["" if constant else word("caption_n_range", language)]
    pairs = [f"{o}, {word(g, language)}" for o, g in zip(rows["label"], rows["group"], strict=True)]
    alt = word("alt_heat" if len(outcomes) > 1 else "alt_heat_one", language, k=len(outcomes), groups=len(groups))
    alt += " " + extremes(pairs, rows["estimate"].to_list(), language)
    data = rows.drop(columns="label")
    return Picture(figure, data, " ".join(filter(None, caption)), alt, {"episodes": _episodes(rows)})


@styled
def rate_dots(
    table: pd.DataFrame,
    *,
    language: str = "en",
    width: str | float = "one-half",
    height: float | None = None,
) -> Picture:
    """Draw the share of episodes with an outcome in each group as dots with 95 % intervals; a panel an outcome.

    Groups are sorted by the rate of the first outcome; one that is not estimable comes last, and says so.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.compare.rates`: `outcome`, `level`, `group`, `n`, `estimate`, `low`, `high`, `reason`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where there are more than 12 outcomes.

    Examples
    --------
    >>> from cxresearch.analysis.compare import rates
    >>> frame = pd.DataFrame({"industry": ["rail"] * 6 + ["energy"] * 6, "exit": [True] * 4 + [False] * 8})
    >>> rate_dots(rates(frame, "exit", cluster=None), width="single").n
    {'episodes': 12}
    """
    rows = need(table, "outcome level group", "n estimate low high")
    rows["label"] = [outcome_label(o, v, language) for o, v in zip(rows["outcome"], rows["level"], strict=True)]
    once(rows, ["label", "group"])
    outcomes = list(dict.fromkeys(rows["label"]))
    if len(outcomes) > MOST_PANELS:
        raise InputError(f"outcome: {len(outcomes)} are too many for dots, at most {MOST_PANELS}; see type_by_industry")
    first = rows[rows["label"] == outcomes[0]].set_index("group")["estimate"]
    rates = {str(group): float(value) for group, value in first.dropna().items()}
    groups = sorted(in_order(rows["group"]), key=lambda g: -rates.get(g, -9.0))
    size = letters(width)
    n = {str(g): part["n"].to_list() for g, part in rows.groupby("group")}
    labels = [counted(word(g, language), n[g], size) for g in groups]
    columns = min(len(outcomes), panels_across(width))
    down = -(-len(outcomes) // columns)
    sizes = rows.groupby("label")["n"].sum().to_dict()
    titles = [counted(sentence(o), sizes[o], title_letters(width, columns)) for o in outcomes]
    row_mm = rows_mm(labels)
    panel = row_mm * len(groups) + 6 + (3.6 * lines(titles) if len(outcomes) > 1 else 0)
    figure, grid = canvas(width, height or down * panel + 6, down, columns, sharex=True, sharey=True)
    rows["row"] = rows["group"].map({g: i for i, g in enumerate(groups)})
    ceiling = float(np.nanmax(rows[["estimate", "high"]].to_numpy(), initial=0.1))
    for i, axes in enumerate(grid.flat):
        if i >= len(outcomes):
            axes.set_visible(False)
            continue
        banded(axes, labels)
        percent_axis(axes, ceiling, steps=4 if columns > 1 else 5)
        part = rows[rows["label"] == outcomes[i]]
        dots(axes, part, part["row"].to_list(), language)
        if len(outcomes) > 1:
            axes.set_title(titles[i])
        axes.tick_params(axis="y", labelleft=i % columns == 0)
        # The one below may be empty.
        axes.tick_params(axis="x", labelbottom=i + columns >= len(outcomes))
    several = len(outcomes) > 1
    what = word("share", language) if several else outcomes[0]
    unit = "%" if several else word("percent_of_episodes", language)
    figure.supxlabel(wrap(f"{sentence(what)} ({unit})", letters(width, 0.8)), fontsize=8)
    caption = [word("caption_rates", language, outcomes="; ".join(outcomes)), word("caption_interval_lines", language)]
    caption += [word("caption_clusters", language)] if _clustered(rows) else []
    caption += [word("caption_not_estimable", language)] if rows["estimate"].isna().any() else []
    alt = [word("alt_dots", language, groups=len(groups))]
    for outcome in outcomes:
        part = rows[rows["label"] == outcome]
        told = extremes([word(g, language) for g in part["group"]], part["estimate"].to_list(), language)
        alt.append(told if len(outcomes) == 1 else f"{sentence(outcome)}: {told}")
    data = rows.sort_values("row", kind="stable").drop(columns=["label", "row"]).reset_index(drop=True)
    return Picture(figure, data, " ".join(caption), " ".join(alt), {"episodes": _episodes(rows)})


def panels_across(width: str | float) -> int:
    """Return how many panels go beside each other."""
    return max(1, int((millimetres(width) - 30) // 45))


def once(rows: pd.DataFrame, keys: list[str]) -> None:
    """Raise ValueError where two rows would be one mark."""
    if rows.duplicated(keys).any():
        twice = rows.loc[rows.duplicated(keys), keys].iloc[0].tolist()
        raise InputError(f"{', '.join(keys)}: {twice} has two rows; take one measure and one table at a time")


def _outcome_order(rows: pd.DataFrame) -> list[str]:
    """Labels in the order of the codebook where the outcomes are its types, else as they come."""
    places = {name: i for i, name in enumerate(in_order(rows["outcome"]))}
    return list(dict.fromkeys(rows.sort_values("outcome", key=lambda c: c.map(places), kind="stable")["label"]))


def _clustered(rows: pd.DataFrame) -> bool:
    return "clusters" in rows.columns and bool((rows["clusters"] < rows["n"]).fillna(False).any())


def _episodes(rows: pd.DataFrame) -> int:
    """Episodes in all groups; of the outcome of which most are known."""
    return int(rows.groupby("label")["n"].sum().max())


def _interval(low: float, high: float, stacked: bool) -> str:
    if np.isnan(low) or np.isnan(high):
        return ""
    return f"\n{100 * low:.0f}–{chr(10) if stacked else ''}{100 * high:.0f}"
