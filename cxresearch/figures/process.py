"""Process maps: states as boxes in one column, steps as arcs; what goes on to the right, what goes back to the left."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from cxresearch.analysis.journeys import END, START
from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.map_layout import NUMBER, from_early_to_late, is_free, lanes_of, on_curve
from cxresearch.figures.parts import (
    LETTER,
    LINE,
    counted,
    lines,
    millimetres,
    need,
    pick,
    sentence,
    title_letters,
    wrap,
)
from cxresearch.figures.style import INK, MUTED, SEQUENTIAL, SMALLEST, bare, canvas, ink_on, styled

MOST = 6  # maps beside each other
LANE = 7.0  # mm; how far apart arcs are at most
BESIDE = 16.0  # mm; share and circling arrow in a box
GAP = 1.5  # mm; between boxes
THICKEST = 3.5  # points, of a step that every episode takes


@styled
def process_map(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw what follows on what in the episodes: a box a state, darker where more episodes have it; an arc a step.

    States stand from early to late, as the steps say: steps onwards are on the right, steps back on the left, and a
    state that follows on itself has a circling arrow in its box. Arcs are as thick as the share of episodes that take
    them. Dashed arcs are rare, and kept so that no state hangs loose.

    Parameters
    ----------
    nodes, edges : DataFrame
        As from `analysis.journeys.process_map`: `state`, `episodes`, `n`, `share`; `source`, `target`, `episodes`,
        `share`; and `kept_for`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture
        Its data are nodes and edges together: `source` and `target` are NA for a state.

    Raises
    ------
    InputError
        Names the column that is wrong, or the state that a step leads to and that is not there.

    References
    ----------
    Maps of directly-follows relations: van der Aalst (2016), Process Mining. States on one line with arcs: Wattenberg
    (2002), Arc diagrams. Their order: Jiang, Lim, Yao and Ye (2011), Statistical
    ranking and combinatorial Hodge theory, Mathematical Programming 127.

    Examples
    --------
    >>> from cxresearch.analysis import journeys
    >>> table = pd.DataFrame({"narrative_id": ["a", "a"], "episode": [1, 1], "position": [1, 2],
    ...                       "state": ["wait", "exit"]})
    >>> process_map(*journeys.process_map(table)).n
    {'episodes': 1}
    """
    states, steps = _checked(nodes, edges)
    order = from_early_to_late(states["state"].tolist(), steps)
    episodes = int(states["n"].max())
    mm = millimetres(width)
    tall = _tall(order, mm, language)
    figure, grid = canvas(width, height or tall + LINE + 4)
    axes = grid[0, 0]
    axes.set_title(counted(word("all_journeys", language), episodes, title_letters(width, 1)))
    left_out = _draw(axes, states, steps, order, mm - 3, tall, language)
    caption = _caption(steps, left_out, language)
    data = _together(states, steps)
    return Picture(figure, data, caption, _told(states, steps, language), {"episodes": episodes})


@styled
def process_maps(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    by: str = "industry",
    groups: list[str] | None = None,
    rare: bool = False,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw a process map for each of at most six groups, with the states in the same order in all.

    Parameters
    ----------
    nodes, edges : DataFrame
        As from `analysis.pathways.maps_by`: those of `process_map`, and the column `by`.
    by : str
    groups : list of str, optional
        By default the six with most episodes.
    rare : bool
        Draw the rare steps that were kept for the connection too; else they are in the data alone.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong, or a group that is not there; where there are more than six.

    Examples
    --------
    >>> from cxresearch.analysis.pathways import maps_by
    >>> table = pd.DataFrame({"narrative_id": list("abcde"), "episode": 1, "position": 1, "state": "wait"})
    >>> process_maps(*maps_by(table.assign(industry="rail")), width="single").n
    {'episodes': 5}
    """
    states, steps = _checked(nodes, edges, by)
    sizes = {str(g): float(n) for g, n in states.groupby(by)["n"].max().items()}
    chosen = pick(sizes, groups, MOST)
    states, steps = (frame[frame[by].isin(chosen)].reset_index(drop=True) for frame in (states, steps))
    order = from_early_to_late(list(dict.fromkeys(states["state"])), steps)
    mm = millimetres(width)
    columns = min(len(chosen), max(1, int(mm // 62)))
    down = -(-len(chosen) // columns)
    room = mm / columns - 4
    tall = _tall(order, room, language)
    titles = [counted(word(g, language), sizes[g], title_letters(width, columns)) for g in chosen]
    figure, grid = canvas(width, height or down * (tall + LINE * lines(titles) + 5), down, columns)
    left_out = 0
    for axes, group, title in zip(grid.flat, chosen, titles, strict=False):
        axes.set_title(title)
        own, ways = states[states[by] == group], steps[steps[by] == group]
        if own["reason"].ne("").any():
            bare(axes)
            grey: dict[str, Any] = {"color": MUTED, "style": "italic", "fontsize": SMALLEST}
            axes.text(0.5, 0.5, word("not_estimable", language), ha="center", transform=axes.transAxes, **grey)
            continue
        shown = ways if rare else ways[ways["kept_for"] != "connection"]
        left_out += _draw(axes, own, shown, order, room, tall, language)
    for axes in grid.flat[len(chosen) :]:
        axes.set_axis_off()
    caption = [_caption(steps if rare else steps[steps["kept_for"] != "connection"], left_out, language)]
    if not rare and (steps["kept_for"] == "connection").any():
        caption.append(word("caption_map_rare", language))
    if left := len(sizes) - len(chosen):
        caption.append(word("caption_groups_left", language, k=len(chosen), all=len(chosen) + left))
    if states["reason"].ne("").any():
        caption.append(word("caption_map_none", language))
    maps = {g: (states[states[by] == g], steps[steps[by] == g]) for g in chosen}
    parts = [f"{word(g, language)}: {_told(*both, language)}" for g, both in maps.items()]
    return Picture(
        figure,
        _together(states, steps),
        " ".join(caption),
        " ".join(parts),
        {"episodes": int(sum(sizes[g] for g in chosen))},
    )


def _checked(nodes: pd.DataFrame, edges: pd.DataFrame, by: str = "") -> tuple[pd.DataFrame, pd.DataFrame]:
    states = need(nodes, f"state {by}", "n episodes share", "nodes")
    if edges.empty and set(edges.columns) >= {"source", "target", "episodes", "share"}:
        steps = edges.assign(share=edges["share"].astype(float))
    else:
        steps = need(edges, f"source target {by}", "episodes share", "edges")
    if "kept_for" not in steps.columns:
        steps = steps.assign(kept_for="frequency")
    if steps["share"].isna().any() or states.loc[states["reason"] == "", "share"].isna().any():
        raise InputError("share: a state or a step has none; give the frames of process_map")
    for column in ("source", "target"):
        if lost := sorted(set(steps[column]) - set(states["state"])):
            raise InputError(f"{column}: '{lost[0]}' is none of the states of the nodes")
    for frame, keys in ((states, ["state"]), (steps, ["source", "target"])):
        if frame.duplicated([*([by] if by else []), *keys]).any():
            raise InputError(f"{keys[0]}: a row is there twice; give one map, or draw process_maps")
    return states, steps


def _label(state: str, language: str) -> str:
    kind, _, narrower = state.strip("<>").partition(":")
    label = word(f"journey_{kind}" if state in (START, END) else kind, language)
    return sentence(f"{label}: {word(narrower, language)}" if narrower else label)


def _boxes(order: list[str], room: float, language: str) -> tuple[float, dict[str, str], dict[str, float]]:
    """Return how wide the boxes are, what stands in them, and how high each is, in mm."""
    names = {state: _label(state, language) for state in order}
    size = min(max(map(len, names.values())), max(14, int(0.35 * room / LETTER)))
    names = {state: wrap(name, size) for state, name in names.items()}
    wide = max(len(line) for name in names.values() for line in name.split("\n"))
    return max(wide, 6) * 1.42 + BESIDE, names, {state: LINE * lines([name]) + 1.1 for state, name in names.items()}


def _tall(order: list[str], room: float, language: str) -> float:
    return sum(_boxes(order, room, language)[2].values()) + GAP * len(order) + 1


def _draw(
    axes: Axes, states: pd.DataFrame, steps: pd.DataFrame, order: list[str], room: float, tall: float, language: str
) -> int:
    """Draw a map on axes of so many mm; return how many numbers found no room."""
    wide, names, high = _boxes(order, room, language)
    bare(axes)
    axes.set_xlim(0, room)
    axes.set_ylim(tall, 0)
    y, top = {}, 0.0
    for state in order:
        y[state] = top + (GAP + high[state]) / 2
        top += GAP + high[state]
    shares = dict(zip(states["state"], states["share"], strict=True))
    walked = zip(steps["source"], steps["target"], steps["share"], steps["kept_for"], strict=True)
    arcs = sorted((abs(y[t] - y[s]), s, t, float(share), kept) for s, t, share, kept in walked if s != t)
    loops = {s: share for s, t, share in zip(steps["source"], steps["target"], steps["share"], strict=True) if s == t}
    sides = {
        1: lanes_of([a for a in arcs if y[a[2]] > y[a[1]]], y),
        -1: lanes_of([a for a in arcs if y[a[2]] < y[a[1]]], y),
    }
    # The side with more lanes gets more room.
    right, left = (max([*lanes.values(), 1]) for lanes in (sides[1], sides[-1]))
    free = room - wide - NUMBER[0]
    lane = min(LANE, free / (right + left))
    start = NUMBER[0] / 2 + lane * left + (free - lane * (right + left)) / 2
    placed: list[tuple[float, float]] = []
    left_out = 0
    numbers = []
    for side, lanes in sides.items():
        edge = start + (wide if side > 0 else 0)
        for (_, source, target, share, kept), level in lanes.items():
            a, b = y[source] + side * high[source] / 4, y[target] - side * high[target] / 4
            reach = 4 / 3 * side * lane * level
            curve = np.array([(edge, a), (edge + reach, a), (edge + reach, b), (edge, b)])
            path = Path(curve, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
            thick = 0.5 + (THICKEST - 0.5) * min(1.0, share)
            dashes = (0, (2, 1.2)) if kept == "connection" else "-"
            look: dict[str, Any] = {"edgecolor": INK, "linewidth": thick, "linestyle": dashes, "capstyle": "butt"}
            axes.add_patch(PathPatch(path, fill=False, gid=f"{source}→{target}", zorder=1 + share / 10, **look))
            tip = 1.0 + 0.2 * thick
            head = [(edge, b), (edge + side * 1.7 * tip, b - 0.62 * tip), (edge + side * 1.7 * tip, b + 0.62 * tip)]
            axes.add_patch(Polygon(head, facecolor=INK, linewidth=0, zorder=3))
            numbers.append((-share, source, target, curve))
    for minus, _, _, curve in sorted(numbers, key=lambda item: item[:3]):
        spot = next(
            (p for p in (on_curve(curve, t) for t in (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)) if is_free(p, placed)),
            None,
        )
        if spot is None:
            left_out += 1
            continue
        placed.append(spot)
        axes.text(*spot, f"{-100 * minus:.0f}", ha="center", va="center", fontsize=SMALLEST, zorder=4,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip
    colours = mpl.colormaps[f"{SEQUENTIAL}_r"]
    for state in order:
        if state not in shares:
            continue
        share = float(shares[state])
        end = state in (START, END)
        fill = "white" if end else colours(share)
        axes.add_patch(
            Rectangle(
                (start, y[state] - high[state] / 2), wide, high[state], facecolor=fill, edgecolor=INK, lw=0.6, zorder=5
            )
        )
        loop = f"↻{100 * loops[state]:.0f}" if state in loops else ""
        colour = INK if end else ink_on(fill)
        style: dict[str, Any] = {"va": "center", "fontsize": SMALLEST, "color": colour, "zorder": 6}
        axes.text(start + 1, y[state], names[state], linespacing=1.1, **style)
        if not end:
            axes.text(start + wide - 8, y[state], f"{100 * share:.0f}%", ha="right", **style)
            axes.text(start + wide - 0.8, y[state], loop, ha="right", **style)
    return left_out


def _together(states: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    marked = [states.assign(mark="state"), steps.assign(mark="step")]
    columns = dict.fromkeys(["mark", *marked[0].columns, *marked[1].columns])
    frame = pd.concat([part for part in marked if len(part)], ignore_index=True)
    return frame.reindex(columns=list(columns))


def _caption(steps: pd.DataFrame, left_out: int, language: str) -> str:
    caption = [word("caption_map", language)]
    if (steps["kept_for"] == "connection").any():
        caption.append(word("caption_map_dashed", language))
    if left_out:
        caption.append(word("caption_map_numbers", language, k=left_out))
    return " ".join(caption)


def _told(states: pd.DataFrame, steps: pd.DataFrame, language: str) -> str:
    if states["reason"].ne("").any():
        return word("not_estimable", language) + "."
    inner = steps[~steps["source"].eq(START) & ~steps["target"].eq(END)].sort_values(
        ["share", "source", "target"], ascending=[False, True, True]
    )
    top = [
        f"{_label(s, language)} → {_label(t, language)} ({100 * share:.0f}%)"
        for s, t, share in zip(inner["source"][:3], inner["target"][:3], inner["share"][:3], strict=True)
    ]
    k = int((~states["state"].isin([START, END])).sum())
    if not top:
        return word("alt_map_none", language, k=k)
    return word("alt_map", language, k=k, steps="; ".join(top))
