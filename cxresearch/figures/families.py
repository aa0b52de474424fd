"""The look of the families of events: the same colour and hatch in every figure, and the key to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from cxresearch.analysis.pathways import FAMILIES
from cxresearch.figures.labels import word
from cxresearch.figures.parts import millimetres, sentence
from cxresearch.figures.style import ink_on, looks

OTHER = ("#bbbbbb", "", "o")


def family_looks(names: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
    """Return the look of each state; a family has the same in every figure."""
    if set(names) <= {*FAMILIES, "other"}:
        return looks(FAMILIES) | {"other": OTHER}
    return looks(names)


def family_label(name: str, language: str) -> str:
    return word(f"family_{name}" if name in FAMILIES or name == "other" else name, language)


def _key_columns(width: str | float) -> int:
    return max(1, int(millimetres(width) // 44))


def key_rows(width: str | float) -> int:
    return -(-(len(FAMILIES) + 1) // _key_columns(width))


def family_key(
    figure: Figure, names: Sequence[str], width: str | float, language: str, *, hatched: bool = True
) -> None:
    look = family_looks(names)
    handles = [
        Patch(
            facecolor=look[n][0], hatch=look[n][1] if hatched else "", edgecolor=ink_on(look[n][0]), linewidth=0.3,
            label=sentence(family_label(n, language)),
        )
        for n in names
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="outside upper left", ncols=_key_columns(width), handlelength=1.6, columnspacing=1.2,
        borderpad=0.2,
    )  # fmt: skip


def families_told(drawn: pd.Series, language: str) -> str:
    """Return in words which types the families hold."""
    there = set(drawn)
    parts = [
        f"{sentence(family_label(f, language))}: {', '.join(word(t, language) for t in types)}"
        for f, types in FAMILIES.items()
        if f in there
    ]
    return "; ".join(parts) + "." if parts else ""
