"""What several figures are made of: frames checked, labels wrapped and counted, dots with their intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MultipleLocator, NullLocator

from cxresearch.analysis.resampling import require
from cxresearch.codebook import event_types, industries
from cxresearch.errors import InputError
from cxresearch.figures.labels import word
from cxresearch.figures.style import COLOURS, INK, MUTED, SMALLEST, WIDTHS

LETTER = 1.5  # mm; how wide a letter of 7 points is at most, on average
LINE = 3.1  # mm; how high a line of 7 points is
BAND = "#f4f4f4"
NOTES = ("unknown", "rest", "other", "pooled")  # groups that are no group come last


def need(frame: pd.DataFrame, texts: str, numbers: str = "", what: str = "table") -> pd.DataFrame:
    """Return a frame with its numbers as floats (NaN where NA), `reason` as text, and its texts as str.

    Parameters
    ----------
    frame : DataFrame
    texts, numbers : str
        Names of columns, with spaces between.
    what : str
        What the frame is called in the error.

    Raises
    ------
    InputError
        Names the column that is missing or holds no numbers; where there are no rows.

    Examples
    --------
    >>> need(pd.DataFrame({"group": ["rail"], "estimate": ["much"]}), "group", "estimate")
    Traceback (most recent call last):
        ...
    cxresearch.errors.InputError: estimate: should hold numbers
    """
    require(frame, [*texts.split(), *numbers.split()], what)
    reasons = frame["reason"] if "reason" in frame.columns else pd.Series(None, index=frame.index, dtype=object)
    changed: dict[str, pd.Series] = {
        name: frame[name].astype(object).map(str, na_action="ignore").fillna("unknown") for name in texts.split()
    }
    for name in numbers.split():
        try:
            changed[name] = pd.to_numeric(frame[name]).astype("Float64").astype(float)
        except (TypeError, ValueError):
            raise InputError(f"{name}: should hold numbers") from None
    return frame.assign(**changed, reason=reasons.astype(object).where(reasons.notna(), "")).reset_index(drop=True)


def only(frame: pd.DataFrame, column: str) -> str:
    """Return the one value of a column.

    Raises
    ------
    InputError
        Where it has several: names the column.
    """
    values = list(dict.fromkeys(frame[column]))
    if len(values) > 1:
        raise InputError(f"{column}: this figure draws one, and the table has {', '.join(map(str, values))}")
    return str(values[0])


def pick(sizes: Mapping[str, float], groups: Sequence[str] | None, most: int) -> list[str]:
    """Return the groups that get a panel, in their order: those asked for, or the largest.

    Raises
    ------
    InputError
        Where there are none or too many, or one is not there.

    Examples
    --------
    >>> pick({"rail": 3, "energy": 9, "banking": 5}, None, 2)
    ['banking', 'energy']
    """
    chosen = list(groups) if groups is not None else sorted(sizes, key=lambda g: (-sizes[g], g))[:most]
    if not 1 <= len(chosen) <= most:
        raise InputError(f"groups: {len(chosen)} are asked for; 1 to {most} go beside each other")
    if absent := [group for group in chosen if group not in sizes]:
        raise InputError(f"groups: '{absent[0]}' is none of {', '.join(sorted(sizes))}")
    return in_order(chosen)


def in_order(names: Iterable[str]) -> list[str]:
    """Return names once: types and industries as the codebook has them, others as they come; no group last.

    Examples
    --------
    >>> in_order(["unknown", "rail", "mine", "banking", "rail"])
    ['banking', 'rail', 'mine', 'unknown']
    """
    known = {name: place for place, name in enumerate([*event_types(), *industries()])}
    once = list(dict.fromkeys(names))
    return sorted(once, key=lambda name: (name in NOTES, known.get(name, len(known)), once.index(name)))


def millimetres(width: str | float) -> float:
    """Return a width in mm; one that is no preset is told of by `canvas`."""
    return float(WIDTHS.get(width, 90) if isinstance(width, str) else width)


def letters(width: str | float, share: float = 0.3) -> int:
    """Return how many letters a label may have on a line, so that labels take about this share of the width."""
    mm = millimetres(width)
    return max(10, int(share * (1.25 if mm < 100 else 1) * mm / LETTER))


def title_letters(width: str | float, columns: int) -> int:
    """Return how many letters (bold, of 8 points) the title of a panel may have on a line."""
    return max(10, int(0.56 * millimetres(width) / columns / 2.0))


def wrap(text: str, size: int) -> str:
    """Break a label into lines of at most `size` letters; a longer word is cut."""
    return "\n".join(textwrap.wrap(text, max(size, 4), break_on_hyphens=True)) or text


def lines(labels: Iterable[str]) -> int:
    """Return how many lines the longest of these labels has."""
    return max((label.count("\n") + 1 for label in labels), default=1)


def rows_mm(labels: Iterable[str], least: float = 4.6) -> float:
    """Return how high a row must be so that labels beside each other do not touch, in mm."""
    return max(least, lines(labels) * LINE + 1.0)


def counted(label: str, n: float | Sequence[float], size: int) -> str:
    """Return a label with its n; a range where n is not the same everywhere.

    Examples
    --------
    >>> counted("Banking", 18, 40), counted("Banking", [16, 18], 40)
    ('Banking (n = 18)', 'Banking (n = 16–18)')
    """
    sizes = [int(value) for value in np.atleast_1d(np.asarray(n, dtype=float)) if not np.isnan(value)]
    low, high = (min(sizes), max(sizes)) if sizes else (0, 0)
    told = f"(n\u00a0=\u00a0{low})" if low == high else f"(n\u00a0=\u00a0{low}–{high})"
    return wrap(f"{label} {told}", size).replace("\u00a0", " ")


def number(value: float, digits: int, language: str) -> str:
    """Return a number in print, with the decimal mark of the language and a true minus; a dash for NaN.

    Examples
    --------
    >>> number(-0.25, 2, "nl"), number(float("nan"), 1, "en")
    ('−0,25', '–')
    """
    if np.isnan(value):
        return "–"
    text = f"{value:.{digits}f}".replace("-", "−")
    return text.replace(".", ",") if language == "nl" else text


def whole(value: float, language: str) -> str:
    """Return a whole number in print, with the mark between thousands of the language.

    Examples
    --------
    >>> whole(2627, "en"), whole(2627, "nl")
    ('2,627', '2.627')
    """
    text = f"{int(value):,}"
    return text.replace(",", ".") if language == "nl" else text


def outcome_label(outcome: str, level: str, language: str) -> str:
    """Return what is told of: the outcome, with its level where it has more than yes and no."""
    label = word(outcome, language)
    return label if level in ("true", "unknown", "") else f"{label}: {word(level, language)}"


def sentence(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def dots(
    axes: Axes,
    rows: pd.DataFrame,
    places: Sequence[float],
    language: str,
    *,
    colour: str = COLOURS[0],
    marker: str = "o",
    filled: Sequence[bool] | None = None,
    size: float = 4.5,
) -> None:
    """Draw estimates with their intervals at these heights; what is not estimable is said in grey.

    The limits of the axis must stand: an interval that goes beyond them ends in an arrow, an estimate in an open
    triangle at the edge. Where there is an estimate without an interval the dot stands alone.

    Parameters
    ----------
    axes : Axes
    rows : DataFrame
        `estimate`, `low`, `high`, `reason`, as from `need`.
    places : sequence of float
    filled : sequence of bool, optional
        Whether a marker is filled; by default all are.
    """
    left, right = axes.get_xlim()
    edge = np.array([left, right])
    fill = [True] * len(rows) if filled is None else list(filled)
    numbers = rows[["estimate", "low", "high"]].to_numpy(dtype=float)
    for (value, low, high), y, full in zip(numbers, places, fill, strict=True):
        if np.isnan(value):
            axes.annotate(
                word("not_estimable", language), (0, y), (3, 0), xycoords=axes.get_yaxis_transform(),
                textcoords="offset points", va="center", ha="left", color=MUTED, fontsize=SMALLEST, style="italic",
                zorder=4,
            )  # fmt: skip
            continue
        if not (np.isnan(low) or np.isnan(high)):
            ends = np.clip([low, high], *edge)
            axes.plot(ends, [y, y], color=colour, linewidth=1.1, solid_capstyle="butt", zorder=3)
            for end, beyond, tip in ((ends[0], low < left, "<"), (ends[1], high > right, ">")):
                if beyond:
                    axes.plot(end, y, tip, color=colour, markersize=3.5, clip_on=False, zorder=3)
        shape = "<" if value < left else ">" if value > right else marker
        face = colour if full and shape == marker else "white"
        axes.plot(
            np.clip(value, *edge),
            y,
            shape,
            color=colour,
            markerfacecolor=face,
            markersize=size,
            clip_on=False,
            zorder=4,
        )


def banded(axes: Axes, labels: Sequence[str]) -> None:
    """Give an axis rows from top to bottom, with their labels and a pale band behind every other one."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0, pad=5)
    axes.spines["left"].set_visible(False)
    for place in range(0, len(labels), 2):
        axes.axhspan(place - 0.5, place + 0.5, color=BAND, linewidth=0, zorder=0)


def percent_axis(axes: Axes, high: float = 1.0, steps: int = 4) -> None:
    """Make the x axis one of shares, in per cent, from 0 to a round number not below `high`."""
    step = next(s for s in (0.05, 0.1, 0.2, 0.25, 0.5) if s == 0.5 or high / s <= steps)
    axes.set_xlim(0, min(1.0, np.ceil(round(high / step, 9)) * step) or step)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}"))


def ratio_axis(axes: Axes, values: Iterable[float], language: str, widest: float = 32, ticks: int = 5) -> None:
    """Make the x axis one of ratios: logarithmic, the same way to both sides of 1, with plain numbers."""
    seen = [abs(np.log2(value)) for value in values if np.isfinite(value) and value > 0]
    reach = float(np.clip(np.ceil(max(seen, default=1.0)), 1, np.log2(widest)))
    step = next(s for s in (1, 2, 3, 5) if s == 5 or 2 * (reach // s) + 1 <= ticks)
    places = [2.0**power for power in range(-int(reach), int(reach) + 1) if power % step == 0]
    axes.set_xscale("log", base=2)
    axes.set_xlim(2.0**-reach / 1.15, 2.0**reach * 1.15)
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())

    def plain(value: float, _: object) -> str:
        text = f"{value:.3g}"
        return text.replace(".", ",") if language == "nl" else text

    axes.xaxis.set_major_formatter(FuncFormatter(plain))


def reference_line(axes: Axes, at: float) -> None:
    """Draw where there is no difference."""
    axes.axvline(at, color=INK, linewidth=0.7, linestyle=(0, (3, 2)), zorder=1)


def extremes(labels: Sequence[str], values: Sequence[float], language: str, digits: int = 0, times: float = 100) -> str:
    """Return in words which is highest and which is lowest, for the alternative text."""
    known = [(value, label) for label, value in zip(labels, values, strict=True) if np.isfinite(value)]
    if not known:
        return word("none_estimable", language)
    unit = "%" if times == 100 else ""
    told = {}
    for name, extreme in (("highest", max), ("lowest", min)):
        value = extreme(value for value, _ in known)
        those = [label for other, label in known if other == value]
        more = " " + word("and_more", language, k=len(those) - 1) if len(those) > 1 else ""
        told[name] = f"{those[0]}{more} ({number(times * value, digits, language)}{unit})"
    return word("extremes_one" if len(known) == 1 else "extremes", language, **told)
