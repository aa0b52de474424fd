"""Proof-reading a figure before a person does: lettering too small, cut off, or printed over other lettering."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from cxresearch.figures.style import SMALLEST, settle, style

TOUCH = 1.0  # pixels at 100 dpi that two boxes may share; a box is a little larger than its letters


def problems(figure: Figure) -> list[str]:
    """Return what a printer would send back: text below 7 points, outside the figure, or over other text.

    Examples
    --------
    >>> from cxresearch.figures.style import canvas
    >>> figure, axes = canvas("single", 40)
    >>> _ = figure.text(0.9, 0.5, "a label that runs off the page")
    >>> [problem.split(":")[0] for problem in problems(figure)]
    ['cut off']
    """
    settle(figure)
    with style():
        agg = FigureCanvasAgg(figure)
        agg.draw()  # type: ignore[no-untyped-call]
        renderer = agg.get_renderer()  # type: ignore[no-untyped-call]
        unseen = _unseen(figure)
        page = figure.bbox
        found = []
        boxes = []
        for text in figure.findobj(Text):
            assert isinstance(text, Text)
            words, size = text.get_text().strip(), float(text.get_fontsize())
            if not words or not text.get_visible() or id(text) in unseen:
                continue
            box = text.get_window_extent(renderer)
            if size < SMALLEST:
                found.append(f"too small: '{words}' has {size:g} points, less than {SMALLEST:g}")
            if box.x0 < page.x0 - 1 or box.y0 < page.y0 - 1 or box.x1 > page.x1 + 1 or box.y1 > page.y1 + 1:
                found.append(f"cut off: '{words}' runs out of the figure")
            boxes.append((words, box))
    for (one, a), (other, b) in combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > TOUCH and high > TOUCH:
            found.append(f"one over the other: '{one}' and '{other}'")
    return found


def _unseen(figure: Figure) -> set[int]:
    """Return the labels of ticks that are not drawn: beyond the limits of their axis, or of a hidden axis."""
    unseen = set()
    for axes in figure.get_axes():
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for ticks, places in (
                (axis.get_major_ticks(), axis.get_majorticklocs()),
                (axis.get_minor_ticks(), axis.get_minorticklocs()),
            ):
                for number, tick in enumerate(ticks):
                    inside = number < len(places) and low - 1e-9 <= places[number] <= high + 1e-9
                    if not (inside and axis.get_visible() and axes.get_visible() and axes.axison):
                        unseen |= {id(tick.label1), id(tick.label2)}
    return unseen
