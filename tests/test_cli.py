"""The commands as a user calls them, with what can be wrong about a call."""

import json
from pathlib import Path

import pytest

from cxresearch.cli import main
from cxresearch.events import read_events

STORY = "Gisteren belde ik de bank en niemand nam op. Na drie weken was mijn pas er nog niet."


def test_parse_writes_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    for suffix in ("csv", "jsonl", "parquet", "xlsx"):
        out = tmp_path / "out" / f"events.{suffix}"
        assert main(["parse", str(tmp_path / "a.txt"), "-o", str(out)]) == 0
        assert "contact" in set(read_events(out)["type"])
    assert "events of 1 narratives" in capsys.readouterr().out


def test_check_exits_1_where_something_must_be_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    (tmp_path / "b.txt").write_text("", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    assert "b.txt" in capsys.readouterr().out


def test_report_writes_its_four_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY, encoding="utf-8")
    assert main(["report", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--quick"]) == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"events.csv", "profiles.csv", "report.html", "manifest.json"}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert "rules" in json.dumps(manifest) and "corpus" in json.dumps(manifest)
    assert "niemand nam op" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_rules_check_passes_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--check"]) == 0
    (tmp_path / "x.toml").write_text("[[rule]]\nid = 'a'\n", encoding="utf-8")
    assert main(["rules", "--check", "--folder", str(tmp_path)]) == 1
    assert "x.toml:1: a: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["parse", "nowhere", "-o", "x.csv"], "nowhere"),
        (["report", "nowhere", "--out", "x"], "nowhere"),
        (["rules", "--folder", "nowhere"], "no such folder"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert part in capsys.readouterr().err


def test_a_table_of_an_unknown_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    assert main(["parse", str(tmp_path / "a.txt"), "-o", str(tmp_path / "e.sav")]) == 1
    assert ".csv, .jsonl, .parquet or .xlsx" in capsys.readouterr().err


def test_a_language_without_rules_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "a.txt"
    story.write_text("Yesterday I called the bank and nobody answered me.", encoding="utf-8")
    assert main(["parse", str(story), "-o", str(tmp_path / "e.csv"), "--language", "en"]) == 1
    assert "no rules for language 'en'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("parse", "{0}/stories.csv", "-o", "{0}/stories.csv"),
        ("parse", "{0}", "-o", "{0}/events.csv"),
        ("report", "{0}/stories.csv", "--out", "{0}", "--quick"),
        ("pseudonymise", "{0}", "{0}/clean"),
    ],
)
def test_nothing_is_written_over_the_corpus_or_among_its_stories(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CXRESEARCH_SALT", "a secret of enough letters")
    story = tmp_path / "stories.csv"
    story.write_text('id,text\na,"Ik belde de bank en niemand nam op."\n', encoding="utf-8")
    before = story.read_bytes()
    assert main([part.format(tmp_path) for part in arguments]) == 1
    assert "lie in one another" in capsys.readouterr().err
    assert story.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["stories.csv"]
