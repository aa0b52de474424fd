"""The command that says how well the parser reads, and how far coders agree."""

import json
from pathlib import Path

import pandas as pd
import pytest

from cxresearch.analysis.agreement import mention_agreement
from cxresearch.cli import main
from cxresearch.codings import read_by, read_codings
from cxresearch.corpus import CorpusError, corpus_from_texts
from cxresearch.study import read_study
from cxresearch.validation import coder_tables, corrected, parser_tables, read_several, sentence_units

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


def test_codings_that_do_not_fit_their_text_are_refused(tmp_path: Path) -> None:
    corpus = corpus_from_texts({"a": "Ik belde de bank en wachtte."})
    for place, said in (
        ({"start": 3, "end": 900}, "has 28 characters"),
        ({"start": 3, "end": 8, "text": "mailde"}, "belde"),
    ):
        file = tmp_path / "codings.jsonl"
        file.write_text(json.dumps({"doc": "a", "type": "contact", **place}), encoding="utf-8")
        with pytest.raises(CorpusError, match=said):
            parser_tables(corpus, read_codings(file))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "no coding in it"),
        ("doc,type", "no JSON"),
        ('{"doc": "a", "type": "failures", "start": 0, "end": 2}', "did you mean failure"),
    ],
)
def test_a_file_that_holds_no_coding_says_what_to_write(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "codings.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_codings(file)


def test_few_narratives_give_no_interval() -> None:
    coded = pd.DataFrame({"narrative_id": ["a", "b"], "type": "wait", "start": 0, "end": 9, "realis": "actual"})
    assert mention_agreement(coded, coded)[["f1_low", "f1_high"]].isna().all(axis=None)
    assert mention_agreement(coded, coded)["f1"].eq(1).all()


def test_a_narrative_coded_with_denied_events_alone_is_a_coded_narrative_without_them(tmp_path: Path) -> None:
    lines = []
    for i in range(20):
        story = f"Dit is verhaal {i}. Ik belde de bank. De bank bood " + (
            "excuses aan." if i % 2 else "geen excuses aan."
        )
        (tmp_path / f"n{i:02}.txt").write_text(story, encoding="utf-8")
        place = {"doc": f"n{i:02}", "type": "apology", "start": story.index("De bank bood"), "end": len(story)}
        lines.append(json.dumps(place | {"polarity": "affirmed" if i % 2 else "negated"}))
    sheet = tmp_path / "codings.jsonl"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    codings = read_codings(sheet)
    sheet.unlink()
    shares = corrected(read_study(tmp_path), codings, ["apology"]).set_index("method")
    assert shares.loc["coded only", "coded"] == 20
    assert shares.loc["coded only", "estimate"] == 0.5


def test_a_narrative_in_which_a_coder_found_nothing_counts_where_a_line_says_so(tmp_path: Path) -> None:
    corpus = corpus_from_texts(
        {"a": "Gisteren belde ik de bank over een pas.", "b": "Ik belde de winkel, en niemand bood excuses aan."}
    )
    sheet = tmp_path / "anna.jsonl"
    place = json.dumps({"doc": "a", "type": "contact", "start": 0, "end": 16})
    sheet.write_text(place + "\n", encoding="utf-8")
    silent = parser_tables(corpus, read_codings(sheet))[0].set_index("type")
    sheet.write_text(place + '\n{"doc": "b", "read": true}\n', encoding="utf-8")
    told = parser_tables(corpus, read_codings(sheet))[0].set_index("type")
    assert silent.loc["all (micro)", "false_alarms"] == 0 and told.loc["all (micro)", "false_alarms"] >= 1
    assert told.loc["all (micro)", "hits"] == silent.loc["all (micro)", "hits"] == 1
    other = tmp_path / "bram.jsonl"
    other.write_text(
        place + "\n" + json.dumps({"doc": "b", "type": "contact", "start": 0, "end": 20}), encoding="utf-8"
    )
    both = read_several([sheet, other])
    assert read_by(both) == {"anna": ["a", "b"], "bram": ["a", "b"]}
    by_type = coder_tables(corpus, both)[0].set_index("type")
    assert by_type.loc["contact", "F1 overlapping"].startswith("0.67")  # without the line b were read by bram alone
