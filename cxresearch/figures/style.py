"""One style for every figure: widths in millimetres, type sizes that survive print, colours that survive grey.

A figure is made with `canvas`, never with pyplot, so nothing is drawn twice in a notebook and no state is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxresearch.errors import InputError

MM = 1 / 25.4  # inches
# Column widths of Elsevier (author instructions: 90, 140, 190 mm). Sage and Taylor & Francis give none that hold for
# all their journals, and take these.
WIDTHS: Mapping[str, int] = {"single": 90, "one-half": 140, "double": 190}
SMALLEST = 7.0  # points; what journals ask of the smallest lettering

# Every colour differs from the next by at least 15 in lightness (CIE L*), and the first six are told apart with the
# common forms of colour blindness (after Okabe and Ito 2008, and Tol 2021). Hatches and markers say it once more.
COLOURS = ("#332288", "#E69F00", "#0072B2", "#F0E442", "#009E73", "#882255")
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK = "#222222"
MUTED = "#767676"  # 4.5 to 1 on white: still to be read
GRID = "#dddddd"
SEQUENTIAL = "cividis"
DIVERGING = "PuOr"

_SETTINGS: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "pdf.fonttype": 42,  # TrueType, embedded and editable; Type 3 is refused by most printers
    "ps.fonttype": 42,
    "svg.fonttype": "path",  # the same picture on a machine without the font
    "svg.hashsalt": "cxresearch",  # else every element of an SVG has a new name at every run
}

_OF_THE_SESSION = ("backend", "interactive", "toolbar", "timezone", "webagg", "docstring", "date.epoch")

_P = ParamSpec("_P")
_R = TypeVar("_R")


def style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws in the style of the house, and afterwards as before.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["pdf.fonttype"]
    42
    """
    defaults = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(_OF_THE_SESSION)}
    return rc_context({**defaults, **_SETTINGS})


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that draws in the style of the house (a decorator)."""

    @wraps(draw)
    def inside(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with style():
            return draw(*args, **kwargs)

    return inside


def canvas(
    width: str | float = "double", height: float = 80, rows: int = 1, columns: int = 1, **subplots: Any
) -> tuple[Figure, np.ndarray]:
    """Return an empty figure of a width and height in millimetres, and its axes (always an array, rows by columns).

    Parameters
    ----------
    width : {"single", "one-half", "double"} or float
        90, 140 or 190 mm, or a width of your own in mm.
    height : float
        In mm.
    rows, columns : int
    **subplots
        To `Figure.subplots`: ``sharex``, ``width_ratios`` ...

    Raises
    ------
    InputError
        Where the width is no known name.

    Examples
    --------
    >>> figure, axes = canvas("single", 60)
    >>> [round(float(inches) * 25.4) for inches in figure.get_size_inches()], axes.shape
    ([90, 60], (1, 1))
    """
    if isinstance(width, str):
        if width not in WIDTHS:
            raise InputError(f"width: '{width}' is none of {', '.join(WIDTHS)}; a number is a width in mm")
        width = WIDTHS[width]
    figure = Figure(figsize=(width * MM, height * MM), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **subplots)
    return figure, axes


def settle(figure: Figure) -> None:
    """Lay a figure out once and for all: each later drawing would move things a little again."""
    if figure.get_layout_engine() is not None:
        with style():
            figure.draw_without_rendering()
            figure.set_layout_engine("none")


def lightness(colour: str) -> float:
    """Return the lightness L* of a colour (CIE 1976, white of D65): 0 is black and 100 is white.

    Examples
    --------
    >>> round(lightness("#ffffff")), round(lightness("#777777"))
    (100, 50)
    """
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(y) - 16 if y > 216 / 24389 else y * 24389 / 27


def looks(names: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Return a colour, hatch and marker for each name, in the order given; after six the colours come again.

    Examples
    --------
    >>> looks(["rail", "energy"])["energy"]
    ('#E69F00', '////', 's')
    """
    size = len(COLOURS)
    return {
        name: (COLOURS[i % size], HATCHES[(i + i // size) % size], MARKERS[(i + i // size) % size])
        for i, name in enumerate(names)
    }


def ink_on(colour: Any) -> str:
    """Return the colour of lettering that is read on a background: dark or white."""
    return INK if lightness(mpl.colors.to_hex(colour)) > 55 else "white"


def bare(axes: Axes) -> None:
    """Take away frame and ticks, for axes that only hold marks and words."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
