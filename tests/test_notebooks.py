"""House rules of the notebooks; that each runs on a folder of three texts; that nbval sees a changed number and bar."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cxresearch.report.notebooks import FIXED, run_notebooks, sections

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NAMES = "01_corpus 02_events 03_validation 04_topics 05_journeys 06_industries 07_article_figures".split()


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in code(notebook) for output in cell.outputs]


def test_the_seven_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestHouseRules:
    def test_it_was_run_in_order_and_without_a_complaint(self, path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
        assert [o for o in outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"] == []
        nbformat.validate(notebook)

    def test_it_is_small_and_names_no_place_on_a_machine(self, path: Path) -> None:
        assert path.stat().st_size < 2_000_000
        shown = [
            str(value) for o in outputs(nbformat.read(path, as_version=4)) for value in (o.get("data") or o).values()
        ]
        assert [
            text for text in shown if re.search(r"(?<![\w.])/(home|Users|tmp|work|root|usr)/|[A-Z]:\\\\", text)
        ] == []
        assert [text for text in shown if re.search(r"0x[0-9a-f]{6,}", text)] == []

    def test_the_first_cell_names_the_corpus_and_can_be_set(self, path: Path) -> None:
        first = code(nbformat.read(path, as_version=4))[0]
        assert 'CORPUS = os.environ.get("CXRESEARCH_CORPUS", "../corpus")' in first.source
        assert first.metadata["tags"] == ["parameters"]

    def test_figures_go_through_save_and_logic_stays_in_the_package(self, path: Path) -> None:
        source = "\n".join(cell.source for cell in code(nbformat.read(path, as_version=4)))
        assert not re.search(r"savefig|pyplot|\bplt\b|^\s*(def|class|for|while|if|try)\b", source, re.MULTILINE)
        assert not re.search(r"image/png", str(outputs(nbformat.read(path, as_version=4))))

    def test_it_says_what_it_asks_and_what_it_does_not_show(self, path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        assert words.startswith("# ")
        assert "**Question.**" in words
        assert "**Method.**" in words
        assert re.search(r"not show", words)


THREE = {
    "pas": "Drie weken zat ik zonder pas. Ik belde vier keer met de bank. Dat waren de regels, zei de medewerker. "
    "Excuses kwamen er niet. Ik ben overgestapt naar een andere bank.",
    "pakket": "Mijn pakket kwam nooit aan. Ik mailde de webwinkel en kreeg na een week antwoord: vrijdag kwam het. "
    "Vrijdag kwam er niets. Uiteindelijk kreeg ik mijn geld terug.",
    "trein": "De trein had een uur vertraging en niemand zei iets. Ik was woedend.",
}


@pytest.fixture(scope="module")
def on_three_texts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("three")
    for name, text in THREE.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return run_notebooks(folder, folder / "run", folder / "results")


def test_every_notebook_runs_on_three_texts_and_says_what_it_cannot_conclude(on_three_texts: list[Path]) -> None:
    assert [path.stem for path in on_three_texts] == NAMES
    for path in on_three_texts[2:]:
        assert "not estimable" in path.read_text(encoding="utf-8").lower(), path.stem


def test_findings_become_parts_of_a_page_without_code(on_three_texts: list[Path]) -> None:
    parts = sections(on_three_texts[:2])
    assert [anchor for anchor, _, _ in parts] == NAMES[:2]
    assert all("read_study" not in body and "<h1" not in body for _, _, body in parts)
    assert not re.search(r"<script|<link|src=\"http", "".join(body for _, _, body in parts))


def test_figures_in_a_page_have_words_for_who_cannot_see_them(on_three_texts: list[Path]) -> None:
    (part,) = sections(on_three_texts[:1])
    pictures = re.findall(r"<img[^>]{0,300}", part[2])
    assert pictures
    assert all(re.search(r'alt="Flow diagram: 3 narratives read', picture) for picture in pictures)


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", path.name],
        cwd=path.parent,
        env={**os.environ, **FIXED},
        capture_output=True,
        text=True,
        check=False,
    )


FIGURE = """
import pandas as pd
from cxresearch import figures
table = pd.DataFrame({"x": ["a", "b"], "n": [1, 2]})
figure, axes = figures.canvas("single", 40)
bars = axes[0, 0].barh(table["x"], table["n"])
picture = figures.Picture(figure, table, "Two bars.", "Bars.", {"n": 3})
figures.save(picture, "bars", "results")
"""


def test_nbval_sees_a_changed_number_and_a_changed_bar(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    cells = [nbformat.v4.new_code_cell("sum([1, 2, 3])"), nbformat.v4.new_code_cell(FIGURE)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source / "made-up.ipynb")
    (run,) = run_notebooks(source, tmp_path / "run", tmp_path / "results", folder=source)
    assert nbval(run).returncode == 0
    honest = run.read_text(encoding="utf-8")
    run.write_text(honest.replace('"6"', '"7"'), encoding="utf-8")
    assert nbval(run).returncode == 1
    assert '"6"' in honest
    run.write_text(honest.replace('table[\\"n\\"])', 'table[\\"n\\"] * 2)'), encoding="utf-8")
    assert run.read_text(encoding="utf-8") != honest
    assert nbval(run).returncode == 1
