"""Topics: how many there are, which belong together, and in which groups they are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.cluster.hierarchy import dendrogram

from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import (
    LINE,
    counted,
    extremes,
    letters,
    lines,
    millimetres,
    need,
    number,
    title_letters,
)
from cxresearch.figures.rates import type_by_industry
from cxresearch.figures.style import COLOURS, INK, MUTED, canvas, styled

OUTLIER = -1
MARK = "†"  # behind the name of a topic that is not found again


@styled
def stability_curve(
    table: pd.DataFrame, *, language: str = "en", width: str | float = "one-half", height: float | None = None
) -> Picture:
    """Draw stability and coherence over the number of topics; the number that is recommended is filled.

    Parameters
    ----------
    table : DataFrame
        Of `analysis.topics.choose`: `topics`, `n`, `stability`, `low`, `high`, `null`, `coherence`, `recommended`,
        `reason`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong.

    Examples
    --------
    >>> frame = pd.DataFrame({"topics": [4, 8], "n": 500, "stability": [0.8, 0.6], "low": 0.5, "high": 0.9})
    >>> frame = frame.assign(null=0.2, coherence=[0.1, 0.2], recommended=[True, False])
    >>> stability_curve(frame).alt
    'Curves of stability and coherence over 4 to 8 topics. Recommended: 4 topics (stability 0.80).'
    """
    rows = need(table, "", "topics n stability low high null coherence recommended")
    rows = rows.sort_values("topics", ignore_index=True)
    judged = rows["coherence"].notna().any()
    panels = 2 if judged else 1
    figure, grid = canvas(width, height or 12 + 48 * panels, panels, 1, sharex=True)
    x = rows["topics"].to_numpy(dtype=float)
    chosen = rows["recommended"].to_numpy(dtype=float) > 0
    gap = np.diff(x).min() if len(x) > 1 else 1.0
    axes: Axes = grid[0, 0]
    line = axes.plot(x, rows["stability"], "-", color=COLOURS[2])[0]
    for place, low, high in zip(x, rows["low"], rows["high"], strict=True):
        axes.plot([place, place], [low, high], color=COLOURS[2], linewidth=0.9)
    _points(axes, x, rows["stability"], chosen, COLOURS[2], "o")
    null = axes.plot(x, rows["null"], linestyle=(0, (3, 2)), marker="x", markersize=4, color=MUTED)[0]
    axes.set_ylim(min(0.0, float(np.nanmin(rows[["low", "null"]].to_numpy(), initial=0.0))), 1.02)
    room = title_letters(width, 1)
    axes.set_title(counted(word("topic_stability", language), rows["n"].max(), room))
    axes.set_ylabel(word("rand_index", language))
    if judged:
        below: Axes = grid[1, 0]
        below.plot(x, rows["coherence"], "-", color=COLOURS[5])
        _points(below, x, rows["coherence"], chosen, COLOURS[5], "s")
        below.set_ylabel("NPMI")
        below.axhline(0, color=MUTED, linewidth=0.5)
        below.set_title(counted(word("topic_coherence", language), rows["n"].max(), room))
    for panel in grid[:, 0]:
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 2, language)))
        panel.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    grid[-1, 0].set_xlim(x.min() - 0.6 * gap, x.max() + 0.6 * gap)
    grid[-1, 0].set_xticks(x[:: -(-len(x) // 10)])
    grid[-1, 0].set_xlabel(word("number_of_topics", language))
    keys = [word("found_again", language), word("by_chance", language)]
    figure.legend(
        [line, null], keys, loc="outside upper left", ncols=1 if millimetres(width) < 120 else 2, borderpad=0.2
    )
    caption = [word("caption_stability", language)]
    span = {"low": int(x.min()), "high": int(x.max())}
    alt = word("alt_stability_none", language, **span)
    if chosen.any():
        k, value = rows.loc[chosen, ["topics", "stability"]].to_numpy(dtype=float)[0]
        alt = word("alt_stability", language, **span, k=int(k), value=number(value, 2, language))
    else:
        caption.append(word("caption_stability_none", language))
    return Picture(figure, rows, " ".join(caption), alt, {"units": int(rows["n"].max())})


@styled
def topic_hierarchy(
    merges: pd.DataFrame,
    table: pd.DataFrame,
    stability: pd.DataFrame | None = None,
    *,
    language: str = "en",
    width: str | float = "one-half",
    height: float | None = None,
) -> Picture:
    """Draw which topics are near to each other as a tree (dendrogram) with the names of the topics.

    Parameters
    ----------
    merges : DataFrame
        Of `analysis.topics.hierarchy`: `left`, `right`, `distance`, `n`.
    table : DataFrame
        The table of the topics: `topic`, `n`, `label`; outliers (-1) are no leaf.
    stability : DataFrame, optional
        Of `analysis.topics.stability`: topics that are not found again have a mark.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where the tree is not one of these topics.

    Examples
    --------
    >>> merges = pd.DataFrame({"left": [0], "right": [1], "distance": [0.4], "n": [2]})
    >>> topic_hierarchy(merges, pd.DataFrame({"topic": [0, 1], "n": [9, 5], "label": ["a", "b"]})).alt
    'Tree of 2 topics. Nearest to each other: a and b.'
    """
    tree = need(merges, "", "left right distance n", "merges")
    rows = need(table, "label", "topic n")
    rows = marked(rows[rows["topic"] != OUTLIER].sort_values("topic", ignore_index=True), stability)
    if len(tree) != len(rows) - 1:
        raise InputError(f"merges: {len(tree)} rows are no tree of {len(rows)} topics")
    drawn = dendrogram(tree[["left", "right", "distance", "n"]].to_numpy(dtype=float), no_plot=True)
    size = letters(width, 0.42)
    labels = [counted(rows["name"][i], rows["n"][i], size) for i in drawn["leaves"]]
    row_mm = max(4.6, LINE * lines(labels) + 1.0)
    figure, grid = canvas(width, height or row_mm * len(rows) + 14)
    axes = grid[0, 0]
    for places, heights in zip(drawn["icoord"], drawn["dcoord"], strict=True):
        axes.plot(heights, places, color=INK, linewidth=0.9, solid_joinstyle="miter", clip_on=False)
    axes.set_yticks([10 * i + 5 for i in range(len(rows))], labels)
    axes.set_ylim(10 * len(rows), 0)
    axes.set_xlim(0, float(tree["distance"].max()) * 1.03 or 1.0)
    axes.tick_params(axis="y", length=0, pad=4)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    digits = 1 if tree["distance"].max() > 0.4 else 2
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, digits, language)))
    axes.set_xlabel(word("cosine_distance", language))
    first = tree.sort_values("distance", kind="stable").iloc[0]
    pair = [str(rows["name"][int(first[side])]) for side in ("left", "right")]
    alt = f"{word('alt_tree', language, k=len(rows))} {word('alt_topic_near', language, a=pair[0], b=pair[1])}"
    caption = [word("caption_tree", language), *verdicts(rows, language)]
    leaves = rows.assign(mark="topic", place=[drawn["leaves"].index(i) for i in range(len(rows))])
    data = pd.concat([plain(leaves), tree.drop(columns="reason").assign(mark="merge")], ignore_index=True)
    return Picture(figure, data, " ".join(caption), alt, {"units": int(rows["n"].sum())})


@styled
def topic_groups(
    table: pd.DataFrame,
    names: pd.DataFrame,
    *,
    intervals: bool = False,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw how much of each group touches each topic, as a heat map with the numbers in it.

    Parameters
    ----------
    table : DataFrame
        Of `analysis.topics.topic_rates`: `topic`, `group`, `level`, `n`, `estimate`, `low`, `high`, `stable`.
    names : DataFrame
        The table of the topics: `topic`, `label`.
    intervals : bool
        Print the 95 % interval below each number.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong, or the width where the columns do not fit into it.

    Examples
    --------
    >>> frame = pd.DataFrame({"topic": [0, 1], "group": "rail", "level": "narrative", "n": 9, "estimate": [0.2, 0.6]})
    >>> frame = frame.assign(low=0.1, high=0.7)
    >>> topic_groups(frame, pd.DataFrame({"topic": [0, 1], "label": ["a", "b"]}), width="single").n
    {'narratives': 9}
    """
    rows = need(table, "topic group level", "n estimate low high")
    called = {_key(t): str(label) for t, label in zip(names["topic"], names["label"], strict=True)}
    called[str(OUTLIER)] = word("no_topic", language)
    rows["topic"] = [_key(topic) for topic in rows["topic"]]
    rows = marked(rows.assign(label=[called.get(t, t) for t in rows["topic"]]), None)
    twice = rows.drop_duplicates("topic")["name"].duplicated(keep=False)
    again = set(rows.drop_duplicates("topic").loc[twice, "name"])
    rows["name"] = [f"{n} ({t})" if n in again else n for n, t in zip(rows["name"], rows["topic"], strict=True)]
    level = str(rows["level"].iloc[0])
    drawn = type_by_industry(
        rows.assign(outcome=rows["name"], level="true"),
        intervals=intervals,
        language=language,
        width=width,
        height=height,
    )
    caption = [word(f"caption_topic_groups_{level}", language)]
    if intervals:
        caption.append(word("caption_interval_cells", language))
    if k := int(rows["estimate"].isna().sum()):
        caption.append(word("caption_topic_dash", language, k=k))
    caption += verdicts(rows.drop_duplicates("topic"), language)
    pairs = [f"{name}, {word(g, language)}" for name, g in zip(rows["name"], rows["group"], strict=True)]
    alt = word("alt_topic_groups", language, k=rows["topic"].nunique(), groups=rows["group"].nunique())
    alt += " " + extremes(pairs, rows["estimate"].tolist(), language)
    n = int(rows.drop_duplicates("group")["n"].sum())
    return Picture(drawn.figure, plain(rows), " ".join(caption), alt, {f"{level}s": n})


def _key(topic: object) -> str:
    text = str(topic)
    return text.removesuffix(".0")


def marked(rows: pd.DataFrame, stability: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows with `stable` (True, False or None) and `name`: the label, with a mark where it is not stable."""
    given: Sequence[Any] = list(rows["stable"]) if "stable" in rows.columns else [None] * len(rows)
    if stability is not None:
        marks = stability[stability["topic"].notna()]
        known: dict[str, Any] = {_key(t): s for t, s in zip(marks["topic"], marks["stable"], strict=True)}
        given = [known.get(_key(topic)) for topic in rows["topic"]]
    found: list[bool | None] = [None if pd.isna(value) else bool(value) for value in given]
    names = [str(label) + (f" {MARK}" if s is False else "") for label, s in zip(rows["label"], found, strict=True)]
    stable = pd.Series(np.array(found, dtype=object), index=rows.index)
    return rows.assign(stable=stable, name=names)


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns="name").assign(stable=rows["stable"].astype("boolean"))


def verdicts(rows: pd.DataFrame, language: str, *, dashed: bool = False) -> list[str]:
    unstable = int(sum(s is False for s in rows["stable"]))
    if not unstable:
        return []
    return [word("caption_topic_dashed" if dashed else "caption_topic_unstable", language, k=unstable, all=len(rows))]


def _points(axes: Axes, x: np.ndarray, y: pd.Series, chosen: np.ndarray, colour: str, marker: str) -> None:
    for place, value, full in zip(x, y, chosen, strict=True):
        face = colour if full else "white"
        axes.plot(place, value, marker, color=colour, markerfacecolor=face, markersize=5, zorder=3)
