"""A picture with all that belongs to it, and its way into files: the same bytes at every run."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cxresearch.errors import InputError
from cxresearch.figures.style import settle, style

# No date, no program: a second run gives the same bytes.
METADATA: Mapping[str, dict[str, Any]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
    "png": {"Software": None},
}
FORMATS = (*METADATA, "tiff")
# What the publishers ask of figures with lettering and tone ("combination art"), in dots per inch.
JOURNALS: Mapping[str, int] = {"sage": 300, "elsevier": 500, "taylor-francis": 600}
LIBRARIES = ("cxresearch", "matplotlib", "seaborn", "pandas", "numpy")


@dataclass(frozen=True)
class Picture:
    """A figure, the table behind it, and what is said of it in print.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    data : DataFrame
        What is drawn, a row a mark: every mark is traceable to its row.
    caption : str
        For the article: what is shown, the interval, n.
    alt : str
        For who cannot see it: what kind of figure it is and what it shows, in one or two sentences.
    n : Mapping[str, int]
        What was counted: ``{"episodes": 210, "narratives": 180}``.
    """

    figure: Figure
    data: pd.DataFrame
    caption: str
    alt: str
    n: Mapping[str, int]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        svg = render(self.figure, "svg").decode("utf-8")
        named = f'<svg role="img" aria-label="{html.escape(self.alt)}" '
        return {"image/svg+xml": svg[svg.index("<svg ") :].replace("<svg ", named, 1), "text/plain": self.caption}


def render(figure: Figure, kind: str, dpi: int = 300) -> bytes:
    """Return a figure as the bytes of a file: ``svg``, ``pdf``, ``png`` or ``tiff`` (LZW).

    Raises
    ------
    InputError
        Where the kind is none of these.
    """
    if kind not in FORMATS:
        raise InputError(f"format: '{kind}' is none of {', '.join(FORMATS)}")
    settle(figure)
    buffer = io.BytesIO()
    options: dict[str, Any] = {"metadata": METADATA[kind]} if kind in METADATA else {}
    if kind == "tiff":
        options["pil_kwargs"] = {"compression": "tiff_lzw"}
    with style():
        figure.savefig(buffer, format=kind, dpi=dpi, **options)
    return buffer.getvalue()


def save(
    picture: Picture,
    name: str,
    folder: str | Path,
    *,
    run: Mapping[str, Any] | None = None,
    formats: Sequence[str] = ("svg", "pdf", "png"),
    journal: str = "sage",
) -> Picture:
    """Write a picture, the table behind it and what is said of it; a second run writes the same bytes.

    Writes ``name.svg``, ``name.pdf``, ``name.png`` (or the formats asked for), ``name.csv`` (the data) and
    ``name.json`` (caption, alternative text, n, size, versions, and the fingerprints of the run).

    Parameters
    ----------
    picture : Picture
    name : str
        Lower-case letters, digits, hyphens and underscores.
    folder : path
        Is made where it is not there.
    run : mapping, optional
        What the picture depends on, as `cxresearch.study.Study.run` has it.
    formats : sequence of {"svg", "pdf", "png", "tiff"}
    journal : {"sage", "elsevier", "taylor-francis"}
        Sets the resolution of PNG and TIFF: 300, 500 or 600 dots per inch.

    Returns
    -------
    Picture
        The same, so that the last line of a cell shows it.

    Raises
    ------
    InputError
        Where name, format or journal is not as above.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise InputError(f"name: '{name}' should be lower-case letters, digits, hyphens and underscores")
    if journal not in JOURNALS:
        raise InputError(f"journal: '{journal}' is none of {', '.join(JOURNALS)}")
    files = {kind: render(picture.figure, kind, JOURNALS[journal]) for kind in formats}
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for kind, content in files.items():
        (out / f"{name}.{kind}").write_bytes(content)
    picture.data.to_csv(out / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    width, height = (round(float(inches) * 25.4, 1) for inches in picture.figure.get_size_inches())
    sidecar = {
        "name": name,
        "caption": picture.caption,
        "alt": picture.alt,
        "n": dict(picture.n),
        "width_mm": width,
        "height_mm": height,
        "dpi": JOURNALS[journal],
        "files": sorted(f"{name}.{kind}" for kind in formats),
        "versions": {library: version(library) for library in LIBRARIES},
        "run": dict(run or {}),
    }
    text = json.dumps(sidecar, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    (out / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return picture
