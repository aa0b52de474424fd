"""Journeys one by one and together: the sequence index, and which share is in which state at which place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.ticker import FixedLocator, FuncFormatter

from cxresearch.analysis.pathways import FAMILIES, families
from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.families import families_told, family_key, family_label, family_looks, key_rows
from cxresearch.figures.labels import word
from cxresearch.figures.parts import LINE, counted, in_order, lines, millimetres, need, number, pick, title_letters
from cxresearch.figures.style import COLOURS, MUTED, SMALLEST, canvas, ink_on, styled

MOST = 6  # panels
MOST_ROWS = 400  # episodes that can be told apart on a page
GREY: dict[str, Any] = {"color": MUTED, "style": "italic", "fontsize": SMALLEST}


@styled
def sequence_index(
    table: pd.DataFrame,
    clusters: pd.DataFrame | None = None,
    *,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw every episode as a row of its events, coloured by their family; with clusters, a panel each.

    Rows are sorted by their events from the first on (Scherer 2001), in clusters by how well they belong to it. Of more
    than 400 episodes every so manieth is drawn.

    Parameters
    ----------
    table : DataFrame
        Of `analysis.journeys.sequences`: `narrative_id`, `episode`, `position`, `state`.
    clusters : DataFrame, optional
        Of `analysis.distances.clusters`: `narrative_id`, `episode`, `cluster`, `silhouette`. At most six.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture
        Its data have a row an event, with the `row` of the picture.

    Raises
    ------
    InputError
        Names the column that is wrong; where there are more than six clusters, or an episode is in none.

    Examples
    --------
    >>> table = pd.DataFrame({"narrative_id": ["a", "a", "b"], "episode": 1, "position": [1, 2, 1],
    ...                       "state": ["wait", "exit", "contact"]})
    >>> sequence_index(table, width="single").n
    {'episodes': 2}
    """
    rows = need(table, "narrative_id state", "episode position", "sequences").assign(cluster=1.0, silhouette=0.0)
    if clusters is not None:
        marks = need(clusters, "narrative_id", "episode cluster silhouette", "clusters")
        keys = ["narrative_id", "episode"]
        rows = rows.drop(columns=["cluster", "silhouette"])
        rows = rows.merge(marks[[*keys, "cluster", "silhouette"]], on=keys, how="left", validate="many_to_one")
        if rows["cluster"].isna().any():
            raise InputError(f"cluster: {rows.loc[rows['cluster'].isna(), 'narrative_id'].iloc[0]} is in none")
    names = sorted(rows["cluster"].unique())
    if len(names) > MOST:
        raise InputError(f"cluster: {len(names)} are too many for one figure, at most {MOST}")
    rows["family"] = families(rows["state"])
    rank = {family: i for i, family in enumerate([*FAMILIES, "other"])}
    rows = rows.sort_values(["narrative_id", "episode", "position"], ignore_index=True)
    episodes = []
    for _, part in rows.groupby(["narrative_id", "episode"], sort=True):
        first = part.iloc[0]
        way = tuple(rank[family] for family in part["family"])
        fit = -round(float(first["silhouette"]), 6) if clusters is not None else 0.0
        episodes.append((float(first["cluster"]), fit, way, str(first["narrative_id"]), float(first["episode"])))
    episodes.sort()
    total = len(episodes)
    if total > MOST_ROWS:
        episodes = [episodes[i] for i in np.linspace(0, total - 1, MOST_ROWS).round().astype(int)]
    sizes = [sum(e[0] == name for e in episodes) for name in names]
    tall = [max(7.0, min(size * 0.6, 150 * size / len(episodes))) for size in sizes]
    keyed = key_rows(width)
    figure, grid = canvas(
        width, height or sum(tall) + 8 * len(names) + 10 + 4.4 * keyed, len(names), 1, sharex=True, height_ratios=tall
    )
    colours = {family: look[0] for family, look in family_looks([*FAMILIES, "other"]).items()}
    places, row = [], 0
    full = rows.groupby("cluster")[["narrative_id", "episode"]].apply(lambda part: len(part.drop_duplicates()))
    for axes, name, size in zip(grid[:, 0], names, sizes, strict=True):
        boxes, fills = [], []
        for i, (_, _, way, narrative, episode) in enumerate(e for e in episodes if e[0] == name):
            places.append((narrative, episode, row + i))
            for j, kind in enumerate(way):
                boxes.append([(j + 0.5, i), (j + 1.5, i), (j + 1.5, i + 1), (j + 0.5, i + 1)])
                fills.append(colours[[*FAMILIES, "other"][kind]])
        row += size
        axes.add_collection(PolyCollection(boxes, facecolors=fills, linewidths=0, antialiased=False))
        axes.set_ylim(max(size, 1), 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0.5, float(rows["position"].max()) + 0.5)
        axes.xaxis.set_major_locator(FixedLocator(_places(rows["position"].max())))
        title = word("all_journeys" if clusters is None else "cluster_k", language, k=int(name))
        axes.set_title(counted(title, full[name], title_letters(width, 1)))
    grid[-1, 0].set_xlabel(word("place_of_event", language))
    family_key(figure, [f for f in [*FAMILIES, "other"] if f in set(rows["family"])], width, language, hatched=False)
    caption = [word("caption_index" if clusters is None else "caption_index_clusters", language)]
    if total > len(episodes):
        caption.append(word("caption_every", language, k=len(episodes), n=total))
    caption.append(families_told(rows["family"], language))
    drawn = pd.DataFrame(places, columns=["narrative_id", "episode", "row"])
    data = rows.merge(drawn, on=["narrative_id", "episode"]).sort_values(["row", "position"], ignore_index=True)
    lengths = rows.groupby(["narrative_id", "episode"]).size()
    ends = rows.groupby(["narrative_id", "episode"])["family"].agg(["first", "last"])
    alt = word(
        "alt_index", language, n=total, median=number(float(lengths.median()), 0, language), longest=lengths.max(),
        first=family_label(ends["first"].mode()[0], language), last=family_label(ends["last"].mode()[0], language),
    )  # fmt: skip
    data = data.drop(columns="reason" if clusters is not None else ["cluster", "silhouette", "reason"])
    return Picture(figure, data, " ".join(filter(None, caption)), alt, {"episodes": total})


@styled
def state_distribution(
    table: pd.DataFrame,
    *,
    by: str | None = None,
    groups: Sequence[str] | None = None,
    language: str = "en",
    width: str | float = "one-half",
    height: float | None = None,
) -> Picture:
    """Draw which share of the episodes is in each state at the first event, the second, …; n above each bar.

    Parameters
    ----------
    table : DataFrame
        As from `analysis.pathways.state_distribution`, of families or at most six states of your own.
    by : str, optional
        The column of the groups; a panel each, at most six.
    groups : sequence of str, optional
        By default the six with most episodes.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong; where there are more states or groups than can be told apart.

    Examples
    --------
    >>> from cxresearch.analysis import pathways
    >>> table = pd.DataFrame({"narrative_id": list("abcdefghij"), "episode": 1, "position": 1, "state": "problem"})
    >>> state_distribution(pathways.state_distribution(table), width="single").n
    {'episodes': 10}
    """
    rows = need(table, f"state {by or ''}", "position n estimate")
    panel = rows[by] if by else pd.Series("all_journeys", index=rows.index)
    sizes = {str(g): float(n) for g, n in rows["n"].groupby(panel).max().items()}
    chosen = pick(sizes, groups, MOST)
    rows, panel = rows[panel.isin(chosen)].reset_index(drop=True), panel[panel.isin(chosen)].reset_index(drop=True)
    known = rows["position"].notna()
    if rows.assign(panel=panel)[known].duplicated(["panel", "position", "state"]).any():
        raise InputError("position: a state is there twice at one place; give the groups with `by`")
    there = set(rows.loc[known, "state"])
    states = [f for f in [*FAMILIES, "other"] if f in there]
    if there - set(states):
        states = in_order(rows.loc[known, "state"])
        if len(states) > len(COLOURS):
            raise InputError(
                f"state: {len(states)} cannot be told apart, at most {len(COLOURS)}; see pathways.families"
            )
    look = family_looks(states)
    mm = millimetres(width)
    columns = min(len(chosen), max(1, int(mm // 62)))
    down = -(-len(chosen) // columns)
    last = int(rows["position"].max()) if known.any() else 1
    pitch = (mm / columns - 14) / last
    titles = [counted(word(g, language), sizes[g], title_letters(width, columns)) for g in chosen]
    figure, grid = canvas(
        width, height or down * (52 + LINE * lines(titles)) + 4.4 * key_rows(width), down, columns,
        sharex=True, sharey=True,
    )  # fmt: skip
    for axes, group, title in zip(grid.flat, chosen, titles, strict=False):
        axes.set_title(title, pad=6)
        part = rows[(panel == group) & known]
        if part.empty:
            axes.text(0.5, 0.5, word("not_estimable", language), ha="center", transform=axes.transAxes, **GREY)
        base = dict.fromkeys(part["position"], 0.0)
        for state in states:
            own = part[part["state"] == state]
            shares = np.nan_to_num(own["estimate"].to_numpy(dtype=float))
            colour, hatch, _ = look[state]
            axes.bar(
                own["position"], shares, 0.9, [base[p] for p in own["position"]], color=colour, hatch=hatch,
                edgecolor=ink_on(colour), linewidth=0.3,
            )  # fmt: skip
            for place, share in zip(own["position"], shares, strict=True):
                base[place] += share
        for place, n in part.groupby("position")["n"].max().items():
            axes.text(
                place, 1.02, f"{n:.0f}", ha="center", va="bottom", fontsize=SMALLEST, rotation=90 if pitch < 6 else 0
            )
        axes.set_xlim(0.4, last + 0.6)
        axes.set_ylim(0, 1.17 if pitch < 6 else 1.12)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.spines["left"].set_bounds(0, 1)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))
        axes.xaxis.set_major_locator(FixedLocator(_places(last)))
    for axes in grid[:, 0]:
        axes.set_ylabel(word("percent_of_episodes", language))
    for axes in grid.flat[len(chosen) :]:
        axes.set_axis_off()
    figure.supxlabel(word("place_of_event", language), fontsize=8)
    family_key(figure, states, width, language)
    caption = [word("caption_distribution", language)]
    if left := len(sizes) - len(chosen):
        caption.append(word("caption_groups_left", language, k=len(chosen), all=len(chosen) + left))
    if (~known).any():
        caption.append(word("caption_places_none", language))
    caption.append(families_told(pd.Series(states), language))
    told = []
    for group in chosen:
        part = rows[(panel == group) & known]
        if not part.empty and part["estimate"].notna().any():
            ends = [part[part["position"] == p] for p in (part["position"].min(), part["position"].max())]
            tops = [end.loc[end["estimate"].idxmax()] for end in ends]
            told.append(
                word(
                    "alt_distribution",
                    language,
                    group=word(group, language),
                    last=int(tops[1]["position"]),
                    **{
                        k: f"{family_label(t['state'], language)} ({100 * t['estimate']:.0f}%)"
                        for k, t in zip(("a", "b"), tops, strict=True)
                    },
                )
            )
    alt = " ".join([word("alt_distribution_kind", language), *told])
    return Picture(figure, rows, " ".join(filter(None, caption)), alt, {"episodes": int(sum(sizes[g] for g in chosen))})


def _places(last: float) -> list[float]:
    """Return the places that have a number on the axis: the first, and every fifth or so."""
    step = next((s for s in (1, 2, 5, 10, 20) if last / s <= 8), 50)
    first = range(1, int(last) + 1, 2) if step == 2 else [1, *range(max(step, 2), int(last) + 1, step)]
    return [float(place) for place in first]
