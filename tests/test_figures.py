"""The style of the house, the words of a picture, and that a second run writes the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from cxresearch.codebook import event_types, industries
from cxresearch.figures import Picture, canvas, problems, save
from cxresearch.figures.labels import word
from cxresearch.figures.style import COLOURS, HATCHES, MARKERS, WIDTHS, ink_on, lightness, looks, styled


@styled
def picture(words: str = "a title") -> Picture:
    figure, axes = canvas("single", 60)
    axes[0, 0].barh(["a", "b"], [1, 2], color=COLOURS[:2])
    axes[0, 0].set_title(words)
    return Picture(figure, pd.DataFrame({"x": ["a", "b"], "n": [1, 2]}), "What is shown.", "A bar chart.", {"n": 3})


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_save_writes_picture_data_and_words(tmp_path: Path) -> None:
    save(picture(), "bars", tmp_path, run={"corpus": "abc"}, formats=("svg", "pdf", "png", "tiff"), journal="elsevier")
    assert {path.name for path in tmp_path.iterdir()} == {f"bars.{k}" for k in "svg pdf png tiff csv json".split()}
    sidecar = json.loads((tmp_path / "bars.json").read_text())
    assert (sidecar["caption"], sidecar["alt"], sidecar["n"]) == ("What is shown.", "A bar chart.", {"n": 3})
    assert sidecar["run"] == {"corpus": "abc"}
    assert sidecar["versions"]["matplotlib"] == mpl.__version__
    assert (sidecar["width_mm"], sidecar["height_mm"]) == (90.0, 60.0)
    assert pd.read_csv(tmp_path / "bars.csv").to_dict("list") == {"x": ["a", "b"], "n": [1, 2]}
    with Image.open(tmp_path / "bars.tiff") as image:
        assert abs(image.width / 500 * 25.4 - 90) < 0.5
        assert image.info["compression"] == "tiff_lzw"


def test_the_same_bytes_twice_and_in_another_process(tmp_path: Path) -> None:
    kinds = ("svg", "pdf", "png", "tiff")
    drawn = picture()
    save(drawn, "bars", tmp_path / "1", formats=kinds)
    save(drawn, "bars", tmp_path / "2", formats=kinds)
    save(picture(), "bars", tmp_path / "3", formats=kinds)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_figures import picture, save\n"
        "save(picture(), 'bars', sys.argv[2], formats=('svg', 'pdf', 'png', 'tiff'))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path / "4")],
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": "", "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )
    assert all(contents(tmp_path / "1") == contents(tmp_path / number) for number in "234")


def test_a_changed_bar_changes_the_bytes(tmp_path: Path) -> None:
    other = picture()
    other.figure.axes[0].patches[0].set_width(1.1)
    assert other._repr_mimebundle_()["image/svg+xml"] != picture()._repr_mimebundle_()["image/svg+xml"]


def test_fonts_are_embedded_as_truetype(tmp_path: Path) -> None:
    save(picture(), "bars", tmp_path, formats=("pdf",))
    pdf = (tmp_path / "bars.pdf").read_bytes()
    assert b"/Type0" in pdf
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


@pytest.mark.parametrize("width", WIDTHS)
def test_widths_are_those_of_the_journals(width: str) -> None:
    figure, _ = canvas(width, 50)
    assert abs(figure.get_figwidth() * 25.4 - WIDTHS[width]) < 1e-6


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda folder: save(picture(), "Fig 1", folder), "name"),
        (lambda folder: save(picture(), "fig", folder, journal="nature"), "journal"),
        (lambda folder: save(picture(), "fig", folder, formats=("gif",)), "format"),
        (lambda folder: canvas("broad"), "width"),
        (lambda folder: word("rail", "fr"), "language"),
    ],
)
def test_wrong_calls_name_the_argument(call, names: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"^{names}"):
        call(tmp_path)
    assert not list(tmp_path.iterdir())


def test_neighbouring_colours_differ_in_grey() -> None:
    grey = [lightness(colour) for colour in COLOURS]
    assert min(abs(a - b) for a, b in pairwise(grey)) >= 15
    assert len(set(HATCHES)) == len(set(MARKERS)) == len(COLOURS)


def test_twelve_names_have_twelve_looks() -> None:
    assert len(set(looks(map(str, range(12))).values())) == 12


def test_lettering_is_read_on_its_background() -> None:
    for colour in (*COLOURS, *mpl.colormaps["cividis"](np.linspace(0, 1, 20))):
        contrast = abs(lightness(ink_on(colour)) - lightness(mpl.colors.to_hex(colour)))
        assert contrast > 38


def test_drawing_leaves_no_trace_in_the_session() -> None:
    before = dict(mpl.rcParams)
    picture()
    assert dict(mpl.rcParams) == before


@styled
def faulty(fault: str) -> Picture:
    figure, axes = canvas("single", 60)
    if fault == "too small":
        axes[0, 0].text(0.2, 0.2, "whisper", fontsize=5)
    elif fault == "cut off":
        figure.text(0.95, 0.5, "a long word at the edge")
    elif fault == "one over the other":
        axes[0, 0].text(0.2, 0.2, "first words")
        axes[0, 0].text(0.22, 0.21, "second words")
    return Picture(figure, pd.DataFrame(), "", "", {})


@pytest.mark.parametrize("fault", ["too small", "cut off", "one over the other"])
def test_proof_reading_finds_a_planted_fault(fault: str) -> None:
    assert [problem.split(":")[0] for problem in problems(faulty(fault).figure)] == [fault]
    assert problems(faulty("none").figure) == []


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_type_and_industry_has_a_label(language: str) -> None:
    assert all("_" not in word(name, language) for name in (*event_types(), *industries()))
