"""Topics on a map: how they lie to each other, with a key to their names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxresearch.errors import InputError
from cxresearch.figures.export import Picture
from cxresearch.figures.labels import word
from cxresearch.figures.parts import LETTER, LINE, counted, lines, millimetres, need, title_letters
from cxresearch.figures.style import COLOURS, MUTED, SMALLEST, bare, canvas, styled
from cxresearch.figures.topics import marked, plain, verdicts

LARGEST = 6.5  # mm; the radius of the largest circle
PALE = "#d5e3ee"


@styled
def topic_map(
    table: pd.DataFrame,
    stability: pd.DataFrame | None = None,
    *,
    language: str = "en",
    width: str | float = "double",
    height: float | None = None,
) -> Picture:
    """Draw topics as circles, the nearer the more alike, with a key of their names.

    Parameters
    ----------
    table : DataFrame
        Of `analysis.topics.map_2d`: `topic`, `x`, `y`, `n`, `label`, `shown`.
    stability : DataFrame, optional
        Of `analysis.topics.stability`: `topic`, `stable`. Topics that are not found again are dashed.
    language : {"en", "nl"}
    width : {"single", "one-half", "double"} or float
        Below 120 mm the key stands below the map.
    height : float, optional

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        Names the column that is wrong, or that has numbers missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"topic": [0, 1], "x": [0, 1.0], "y": [0, 0.5], "n": [9, 5], "label": ["a", "b"]})
    >>> topic_map(frame.assign(shown=0.8)).alt
    'Map of 2 topics. Largest: a (n = 9). Nearest on the map: a and b.'
    """
    rows = need(table, "label", "topic x y n shown").sort_values("topic", ignore_index=True)
    for column in ("x", "y", "n"):
        if rows[column].isna().any():
            raise InputError(f"{column}: a topic without it has no place on a map")
    rows = marked(rows, stability)
    mm = millimetres(width)
    beside = mm >= 120
    wide = mm * 0.55 if beside else mm - 3
    room = mm - wide - 4 if beside else mm - 3
    names = [f"{t:.0f}" for t in rows["topic"]]
    key = [counted(name, n, int((room - 6) / LETTER)) for name, n in zip(rows["name"], rows["n"], strict=True)]
    tall_key = sum(1.0 + LINE * (text.count("\n") + 1) for text in key) + 2
    map_mm = max(wide * 0.8, tall_key) if beside else wide * 0.8
    total = int(rows["n"].sum())
    title = counted(word("topics_map", language), total, title_letters(wide, 1))
    over = LINE * lines([title]) + 4
    figure, grid = canvas(
        width, height or map_mm + over + (0 if beside else tall_key + 2), *((1, 2) if beside else (2, 1)),
        **({"width_ratios": [wide, room]} if beside else {"height_ratios": [map_mm, tall_key]}),
    )  # fmt: skip
    axes, side = grid.flat
    axes.set_title(title)
    radii = LARGEST * np.sqrt(rows["n"].to_numpy(dtype=float) / max(1.0, rows["n"].max()))
    places = _to_mm(rows[["x", "y"]].to_numpy(dtype=float), wide, map_mm)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, wide)
    axes.set_ylim(0, map_mm)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(MUTED)
    spots = _apart(places, radii, wide, map_mm)
    for i in np.argsort(-radii, kind="stable"):
        stable = rows["stable"][i]
        look: dict[str, Any] = {"facecolor": "white" if stable is False else PALE, "edgecolor": COLOURS[2]}
        look |= {"linestyle": (0, (2, 1.5)) if stable is False else "-", "linewidth": 0.9}
        axes.scatter(*places[i], s=(2 * radii[i] * 72 / 25.4) ** 2, gid=names[i], zorder=2, **look)
    for name, spot, place in zip(names, spots, places, strict=True):
        if not np.allclose(spot, place):
            axes.plot(
                *np.transpose([place, spot]), ".-", color=MUTED, linewidth=0.5, markersize=2, markevery=[0], zorder=3
            )
        paper = None if np.allclose(spot, place) else {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        axes.text(*spot, name, ha="center", va="center", fontsize=SMALLEST, zorder=4, bbox=paper)
    bare(side)
    side.set_xlim(0, room)
    side.set_ylim(max(tall_key, map_mm) if beside else tall_key, 0)
    y = 1.0
    for name, text in zip(names, key, strict=True):
        side.text(4, y, name, ha="right", va="top", fontsize=SMALLEST, fontweight="bold")
        side.text(5.5, y, text, va="top", fontsize=SMALLEST, linespacing=1.1)
        y += 1.0 + LINE * (text.count("\n") + 1)
    shown = rows["shown"].dropna()
    caption = [word("caption_topic_map", language)]
    if len(shown):
        caption.append(word("caption_topic_shown", language, share=f"{100 * shown.iloc[0]:.0f}"))
    caption += verdicts(rows, language, dashed=True)
    top = rows.loc[rows["n"].idxmax()]
    alt = [word("alt_topic_map", language, k=len(rows), name=str(top["name"]), n=f"{top['n']:.0f}")]
    if len(rows) > 1:
        far = np.linalg.norm(rows[["x", "y"]].to_numpy()[:, None] - rows[["x", "y"]].to_numpy()[None], axis=2)
        np.fill_diagonal(far, np.inf)
        a, b = np.unravel_index(far.argmin(), far.shape)
        alt.append(word("alt_topic_near_map", language, a=rows["name"][a], b=rows["name"][b]))
    return Picture(figure, plain(rows), " ".join(caption), " ".join(alt), {"units": total})


def _to_mm(places: np.ndarray, wide: float, tall: float) -> np.ndarray:
    """Return places in mm on a panel: the same scale both ways, with room for the circles at the edges."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = np.array([wide, tall]) - 2 * (LARGEST + 1)
    scale = float(np.min(room / np.maximum(high - low, 1e-9)))
    moved: np.ndarray = (places - (low + high) / 2) * scale + np.array([wide, tall]) / 2
    return moved


def _apart(places: np.ndarray, radii: np.ndarray, wide: float, tall: float) -> list[np.ndarray]:
    """Return where the numbers stand: in the middle of the circle, or the nearest free spot around."""
    spots: list[np.ndarray | None] = [None] * len(places)
    taken: list[np.ndarray] = []
    for i in np.argsort(radii, kind="stable"):
        tries = [np.zeros(2)]
        for reach in (radii[i] + 3, radii[i] + 6, radii[i] + 10, radii[i] + 15, radii[i] + 21):
            tries += [reach * np.array([np.cos(a), np.sin(a)]) for a in np.linspace(0, 2 * np.pi, 16, endpoint=False)]
        for step in tries:
            spot = places[i] + step
            inside = 3 < spot[0] < wide - 3 and 2.5 < spot[1] < tall - 2.5
            if inside and all(abs(spot[0] - t[0]) > 5.2 or abs(spot[1] - t[1]) > 3.6 for t in taken):
                break
        else:
            spot = places[i]
        spots[i] = spot
        taken.append(spot)
    return [spot for spot in spots if spot is not None]
