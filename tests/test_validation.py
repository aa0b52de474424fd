"""The command that says how well the parser reads, and how far coders agree."""

import json
from pathlib import Path

import pytest

from cxresearch.cli import main
from cxresearch.corpus import corpus_from_texts
from cxresearch.validation import sentence_units

STORY = "Gisteren belde ik de bank en niemand nam op. Na drie weken was mijn pas er nog niet. Zo gaat dat."


def coded(path: Path, *spans: tuple[str, str]) -> Path:
    lines = [
        json.dumps({"doc": "a", "type": kind, "start": STORY.index(words), "end": STORY.index(words) + len(words)})
        for kind, words in spans
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    return tmp_path


def test_one_file_of_codings_is_compared_with_the_parser(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codings = coded(folder / "anna.jsonl", ("contact", "belde ik de bank"), ("exit", "Zo gaat dat"))
    assert main(["agree", str(folder / "a.txt"), str(codings)]) == 0
    rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line}
    assert rows["contact"][1:5] == ["1", "1", "0", "0"]  # n, hits, misses, false alarms
    assert rows["exit"][1:5] == ["1", "0", "1", "0"]


def test_two_files_are_two_coders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anna = coded(folder / "anna.jsonl", ("contact", "belde ik de bank"), ("exit", "Zo gaat dat"))
    bram = coded(folder / "bram.jsonl", ("contact", "belde ik"))
    assert main(["agree", str(folder / "a.txt"), str(anna), str(bram), "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert "| contact | 1–1 | 1.00" in printed and "| exit | 0–1 |" in printed


def test_codings_of_another_corpus_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codings = coded(folder / "anna.jsonl", ("exit", "Zo gaat dat"))
    (folder / "b.txt").write_text(STORY, encoding="utf-8")
    assert main(["agree", str(folder / "b.txt"), str(codings)]) == 1
    assert "not in the corpus, the first a" in capsys.readouterr().err


def test_sentences_are_units_in_the_source() -> None:
    (narrative,) = corpus_from_texts({"x": f"<p>{STORY}</p>"})
    units = sentence_units([narrative])
    assert [narrative.source[u.start : u.end].strip() for u in units.itertuples()][2] == "Zo gaat dat."
    assert units["unit"].tolist() == [1, 2, 3]
