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
        (["rules", "--language", "xx"], "no rules for language 'xx'"),
        (["parse", "{0}/a.txt", "-o", "{0}/x.sav"], "an event table is"),
        (["parse", "{0}/a.txt", "-o", "{0}/folder.csv"], "this is a folder"),
        (["parse", "{0}/a.txt", "-o", "{0}/file/x.csv"], "file"),
        (["report", "{0}/a.txt", "--out", "{0}/file", "--quick"], "file: "),
        (["pseudonymise", "{0}/a.txt", "{0}/out", "--salt-file", "{0}/nowhere"], "nowhere: No such file"),
        (["agree", "{0}/a.txt", "{0}/nowhere.jsonl"], "nowhere.jsonl"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    arguments: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    assert main([argument.format(tmp_path) for argument in arguments]) == 1
    said = capsys.readouterr().err
    assert part in said and "Traceback" not in said
    assert not list(tmp_path.glob(".*"))  # nothing half done is left


@pytest.mark.parametrize("jobs", ["0", "-3", "two"])
def test_processes_are_a_whole_number(jobs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["parse", str(tmp_path), "-o", str(tmp_path / "x.csv"), "--jobs", jobs])
    assert "no whole number from 1" in capsys.readouterr().err


def test_a_language_without_rules_has_something_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--language", "en"]) == 1
    assert "there is no rule for language 'en'" in capsys.readouterr().out


def test_rules_of_ones_own_are_checked_over_the_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = (
        '[[rule]]\nid = "nl.mine"\ntype = "wait"\npatterns = ["@ik & stond paf"]\n'
        'match = ["{Ik stond paf}.", "Daar {stond ik} paf."]\navoid = ["Hij stond op."]\n'
    )
    (tmp_path / "mine.toml").write_text(rule, encoding="utf-8")
    assert main(["rules", "--check", "--folder", str(tmp_path)]) == 1
    assert f"{tmp_path.name}/mine.toml:1: nl.mine: does not find the marked hit of 'Daar" in capsys.readouterr().out
    good = rule.replace("@ik & stond paf", "<staan> & paf").replace("{Ik stond paf}", "Ik {stond paf}")
    (tmp_path / "mine.toml").write_text(good.replace("{stond ik} paf", "{stond ik paf}"), encoding="utf-8")
    assert main(["rules", "--check", "--folder", str(tmp_path)]) == 0
    assert "1 rules, 0 to mend" in capsys.readouterr().out


def test_two_coders_with_files_of_one_name_are_two_coders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    for coder in ("anna", "bram"):
        (tmp_path / coder).mkdir()
        line = {"doc": "a", "type": "contact", "start": 10, "end": 15}
        (tmp_path / coder / "codings.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    files = [str(tmp_path / coder / "codings.jsonl") for coder in ("anna", "bram")]
    assert main(["agree", str(tmp_path / "a.txt"), *files]) == 0
    assert "contact" in capsys.readouterr().out


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
