"""Groups of journeys that are alike: the most typical one of each, and how many groups there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxresearch.analysis.pathways import FAMILIES, families
from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.families import families_told, family_looks
from cxresearch.figures.labels import word
from cxresearch.figures.parts import LETTER, LINE, counted, letters, lines, millimetres, need, number, sentence, wrap
from cxresearch.figures.style import COLOURS, INK, MUTED, SMALLEST, bare, canvas, ink_on, styled

GREY: dict[str, Any] = {"color": MUTED, "style": "italic", "fontsize": SMALLEST}


@styled
def cluster_medoids(
    clusters: pd.DataFrame,
    table: pd.DataFrame,
    *,
    language: str = "en",
    width: str | float = "double",
) -> Picture:
    """Draw the most typical episode of each cluster, event by event, with the size of the cluster.

    Parameters
    ----------
    clusters : DataFrame
        Of `analysis.distances.clusters`: `narrative_id`, `episode`, `cluster`, `silhouette`, `medoid`.
    table : DataFrame
        Of `analysis.journeys.sequences`: `narrative_id`, `episode`, `position`, `state`.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "a", "b"], "episode": 1, "position": [1, 2, 1], "state": "wait"})
    >>> marks = pd.DataFrame({"narrative_id": ["a", "b"], "episode": 1, "cluster": 1, "silhouette": 0.1})
    >>> cluster_medoids(marks.assign(medoid=[True, False]), table, width="single").n
    {'episodes': 2}
    """
    marks = need(clusters, "narrative_id", "episode cluster silhouette medoid", "clusters")
    rows = need(table, "narrative_id state", "episode position", "sequences")
    found = marks.groupby("cluster").agg(n=("episode", "size"), silhouette=("silhouette", "mean")).reset_index()
    chosen = marks.loc[marks["medoid"] > 0, ["narrative_id", "episode", "cluster"]].merge(found, on="cluster")
    data = rows.merge(chosen, on=["narrative_id", "episode"]).sort_values(["cluster", "position"], ignore_index=True)
    data["family"] = families(data["state"])
    if lost := sorted(set(found["cluster"]) - set(data["cluster"])):
        raise InputError(f"medoid: cluster {lost[0]:.0f} has none, or its episode is not in the sequences")
    names = [sentence(word(state.split(":")[0], language)) for state in data["state"]]
    mm = millimetres(width)
    label = min(34.0, 0.33 * mm)
    longest = int(data.groupby("cluster").size().max())
    cell = float(np.clip((mm - label - 3) / longest, LINE + 1.2, 7.0))
    fit = max(4, int((mm - label - 3) / cell))  # events on a line; longer ones go on below
    tall = max(map(len, names)) * LETTER * 0.93 + 3
    figure, grid = canvas(width, 10)
    axes = grid[0, 0]
    bare(axes)
    y = 0.0
    for name, part in data.groupby(data["cluster"].astype(int).astype(str)):
        size, silhouette = int(part["n"].iloc[0]), float(part["silhouette"].iloc[0])
        title = counted(word("cluster_k", language, k=name), size, int(label / 2.1))
        axes.text(0, y, title, va="top", fontsize=8, fontweight="bold")
        story = wrap(str(part["narrative_id"].iloc[0]), int(label / LETTER))
        under = f"{story}\n{word('silhouette', language)} {number(silhouette, 2, language)}"
        axes.text(0, y + 3.5 * lines([title]) + 0.8, under, va="top", fontsize=SMALLEST, color=MUTED)
        for i, (state, family) in enumerate(zip(part["state"], part["family"], strict=True)):
            line, place = divmod(i, fit)
            left, top = label + place * cell, y + line * (tall + 1)
            colour = family_looks([*FAMILIES, "other"])[family][0]
            axes.add_patch(Rectangle((left, top), cell - 0.5, tall, facecolor=colour, edgecolor=INK, linewidth=0.4))
            axes.text(
                left + (cell - 0.5) / 2, top + tall / 2, sentence(word(state.split(":")[0], language)), rotation=90,
                ha="center", va="center", fontsize=SMALLEST, color=ink_on(colour),
            )  # fmt: skip
        y += (1 + (len(part) - 1) // fit) * (tall + 1) + 3
    axes.set_xlim(-0.5, mm - 2.5)
    axes.set_ylim(y - 2, -1)
    figure.set_size_inches(mm / 25.4, (y + 3) / 25.4)
    caption = f"{word('caption_medoids', language)} {families_told(data['family'], language)}"
    told = [
        f"{word('cluster_k', language, k=name)} (n = {int(part['n'].iloc[0])}): "
        + ", ".join(word(s.split(":")[0], language) for s in part["state"])
        for name, part in data.groupby(data["cluster"].astype(int).astype(str))
    ]
    alt = f"{word('alt_medoids', language)} {'; '.join(told)}."
    return Picture(figure, data.drop(columns="reason"), caption, alt, {"episodes": len(marks)})


@styled
def silhouette_curve(
    table: pd.DataFrame, *, language: str = "en", width: str | float = "single", height: float | None = None
) -> Picture:
    """Draw how well episodes fall into 2, 3, … clusters; the best number is filled.

    Parameters
    ----------
    table : DataFrame
        Of `analysis.distances.silhouettes`: `k`, `n`, `smallest`, `estimate`, `best`, `reason`.
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
    >>> frame = pd.DataFrame({"k": [2, 3], "n": 9, "smallest": [3, 2], "estimate": [0.5, 0.3], "best": [True, False]})
    >>> silhouette_curve(frame).alt
    'Curve of the mean silhouette width over 2 to 3 clusters; largest at 2 (0.50).'
    """
    rows = need(table, "", "k n smallest estimate best").sort_values("k", ignore_index=True)
    figure, grid = canvas(width, height or 58)
    axes: Axes = grid[0, 0]
    known = rows[rows["estimate"].notna()]
    axes.plot(known["k"], known["estimate"], "-", color=COLOURS[2], zorder=2)
    for k, value, smallest, best in known[["k", "estimate", "smallest", "best"]].to_numpy(dtype=float):
        axes.plot(
            k, value, "o", color=COLOURS[2], markerfacecolor=COLOURS[2] if best else "white", markersize=5, zorder=3
        )
        axes.annotate(f"{smallest:.0f}", (k, value), (0, 5), textcoords="offset points", ha="center", fontsize=SMALLEST)
    high, low = known["estimate"].max() if len(known) else 1.0, min(0.0, known["estimate"].min() if len(known) else 0.0)
    axes.set_ylim(low * 1.2, max(high, 0.05) * 1.25)
    axes.axhline(0, color=MUTED, linewidth=0.5, zorder=1)
    for k in rows.loc[rows["estimate"].isna(), "k"]:
        axes.text(k, 0.02, word("not_estimable", language), rotation=90, ha="center", va="bottom",
                  transform=axes.get_xaxis_transform(), **GREY)  # fmt: skip
    if known.empty:
        axes.set_yticks([])
    axes.set_xlim(rows["k"].min() - 0.5, rows["k"].max() + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 2, language)))
    axes.set_xlabel(word("number_of_clusters", language))
    axes.set_ylabel(word("silhouette", language))
    axes.set_title(counted(word("all_journeys", language), rows["n"].max(), letters(width, 0.8)))
    caption = [word("caption_silhouette", language)]
    if rows["estimate"].isna().any():
        caption.append(word("caption_silhouette_none", language))
    span = {"low": int(rows["k"].min()), "high": int(rows["k"].max())}
    alt = word("alt_silhouette_none", language, **span)
    if len(known):
        k, value = known.sort_values("estimate", kind="stable")[["k", "estimate"]].to_numpy(dtype=float)[-1]
        alt = word("alt_silhouette", language, **span, k=int(k), value=number(value, 2, language))
    return Picture(figure, rows, " ".join(caption), alt, {"episodes": int(rows["n"].max())})
