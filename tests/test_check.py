"""Whatever is wrong with a corpus is told by file, line and field, and stops nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest

from cxresearch.corpus import (
    Corpus,
    CorpusError,
    Problem,
    corpus_from_texts,
    format_problem,
    read_corpus,
)

BANK = "Al vijf weken stuurt de bank mij geen werkende betaalpas."
TREIN = "De trein viel uit en niemand op het station wist waarom."
LONG = " ".join(f"De medewerker van balie {i} stuurde mij weer door naar een ander loket." for i in range(30))


def folder(path: Path, **files: str | bytes) -> Path:
    for name, text in files.items():
        path.joinpath(name.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def only(corpus: Corpus, severity: str = "error") -> Problem:
    found = [p for p in corpus.problems if p.severity == severity]
    assert len(found) == 1, corpus.problems
    assert found[0].file in format_problem(found[0])
    return found[0]


def test_a_good_corpus_has_no_problems(tmp_path: Path) -> None:
    assert read_corpus(folder(tmp_path, bank_txt=BANK, trein_txt=TREIN)).problems == ()


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0" * 9, "no text file"),
        (b"", "there is no text"),
        (b" \r\n\n", "there is no text"),
        (b"---\nindustry: rail\n---\n", "there is no text"),
        (b"Deze site gebruikt cookies.\nSluiten\n", "no narrative is left"),
        (b"Twee woorden.", "no narrative is left"),
    ],
)
def test_a_bad_text_is_left_out_and_the_others_stay(tmp_path: Path, bad: bytes, told: str) -> None:
    corpus = read_corpus(folder(tmp_path, a_txt=bad, bank_txt=BANK))
    assert [n.id for n in corpus] == ["bank"]
    assert only(corpus).file == "a.txt"
    assert told in only(corpus).message


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_file_that_cannot_be_opened_is_left_out(tmp_path: Path) -> None:
    folder(tmp_path, bank_txt=BANK)
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere")
    corpus = read_corpus(tmp_path)
    assert (len(corpus), only(corpus).file) == (1, "a.txt")


def test_of_two_texts_with_one_id_the_first_counts(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, bank_md=BANK, bank_txt=TREIN))
    assert [n.text for n in corpus] == [BANK]
    assert (only(corpus).file, only(corpus).field) == ("bank.txt", "id")
    assert "bank.md" in only(corpus).message
    (tmp_path / "a.csv").write_text(f"id,text\n7,{TREIN}\n7,{BANK}\n", encoding="utf-8")
    corpus = read_corpus(tmp_path / "a.csv")
    assert [n.text for n in corpus] == [BANK]
    assert (only(corpus).line, "line 3" in only(corpus).message) == (2, True)


def test_the_same_text_twice_is_an_error_and_nearly_the_same_a_warning() -> None:
    corpus = corpus_from_texts({"a": BANK, "b": BANK.replace(" ", "\n"), "c": LONG, "d": LONG + " Toch nog."})
    assert [n.id for n in corpus] == ["a", "c", "d"]
    assert (only(corpus).file, "'a'" in only(corpus).message) == ("b", True)
    assert (only(corpus, "warning").file, "'c'" in only(corpus, "warning").message) == ("d", True)


@pytest.mark.parametrize("date", ["1-3-2019", "2019-02-30", "2019-13", "maart 2019", "19", "²019", "2019-3-1"])
def test_a_date_that_is_none_is_told_and_left_empty(tmp_path: Path, date: str) -> None:
    corpus = read_corpus(folder(tmp_path, a_txt=f"---\ndate: {date}\n---\n{BANK}"))
    assert (only(corpus).field, date in only(corpus).message) == ("date", True)
    assert corpus["a"].metadata == {"date_as_given": date}


@pytest.mark.parametrize("date", ["2019", "2019-03", "2019-03-31", "2020-02-29"])
def test_a_date_of_iso_8601_is_kept(tmp_path: Path, date: str) -> None:
    corpus = read_corpus(folder(tmp_path, a_txt=f"---\ndate: {date}\n---\n{BANK}"))
    assert (corpus["a"].metadata, corpus.problems) == ({"date": date}, ())


def test_an_unknown_industry_is_told_with_the_nearest(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, a_txt=f"---\nsector: bankin\n---\n{BANK}"))
    assert "did you mean banking?" in only(corpus).message
    assert (corpus["a"].industry, only(corpus).field) == (None, "industry")
    assert read_corpus(folder(tmp_path, a_txt=f"---\nsector: Air travel\n---\n{BANK}"))["a"].industry == "air_travel"


def test_an_unknown_language_is_left_out_and_known_ones_have_more_names(tmp_path: Path) -> None:
    corpus = read_corpus(
        folder(tmp_path, a_txt=f"---\nlanguage: de\n---\n{BANK}", b_txt=f"---\ntaal: Nederlands\n---\n{TREIN}")
    )
    assert [(n.id, n.language) for n in corpus] == [("b", "nl")]
    assert (only(corpus).file, only(corpus).field) == ("a.txt", "language")
    assert read_corpus(folder(tmp_path, a_txt=f"---\nlanguage: nl-BE\n---\n{BANK}"))["a"].language == "nl"
    english = read_corpus(
        folder(tmp_path, a_txt=f"---\nlanguage: en-GB\n---\n{BANK}")
    )  # there are no English rules yet
    assert [n.id for n in english] == ["b"]
    with pytest.raises(CorpusError, match="no rules for language 'xx'"):
        read_corpus(tmp_path, language="xx")


def test_front_matter_that_is_no_yaml_is_told_and_the_story_stays(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, a_txt=f"---\nindustry: [rail\n---\n{BANK}"))
    assert (corpus["a"].text, only(corpus).line, only(corpus).field) == (BANK, 1, "front matter")


def test_a_story_between_two_rules_of_dashes_is_no_front_matter(tmp_path: Path) -> None:
    for text in (f"---\n{BANK}\n---\n{TREIN}", f"---\n{BANK}", f"--- {BANK}"):
        corpus = read_corpus(folder(tmp_path, a_txt=text))
        assert (corpus["a"].text, corpus.problems) == (text, ())


def test_metadata_and_texts_that_miss_each_other_are_told(tmp_path: Path) -> None:
    rows = "id,author\nbank,J.\nweg,K.\nbank,L.\n"
    corpus = read_corpus(folder(tmp_path, bank_txt=BANK, trein_txt=TREIN, metadata_csv=rows))
    assert corpus["bank"].metadata == {"author": "J."}
    told = [(p.severity, p.line, p.field) for p in corpus.problems if p.field == "id"]
    assert told == [("warning", None, "id"), ("warning", 3, "id"), ("error", 4, "id")]


def test_metadata_without_id_cannot_be_matched(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, bank_txt=BANK, metadata_csv="author\nJ.\n"))
    assert (only(corpus).file, only(corpus).field, len(corpus)) == ("metadata.csv", "id", 1)


def test_metadata_that_is_no_table_loses_no_text(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, bank_txt=BANK, metadata_csv=b"\0\1\2" * 50))
    assert (only(corpus).file, len(corpus)) == ("metadata.csv", 1)


def test_a_table_without_ids_takes_row_numbers(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, a_csv=f"text,city\n{BANK},x\n{TREIN},y\n") / "a.csv")
    assert [n.id for n in corpus] == ["a-2", "a-3"]
    assert only(corpus, "warning").field == "id"
    corpus = read_corpus(folder(tmp_path, b_csv=f"id,text\n,{BANK}\n9,{TREIN}\n") / "b.csv")
    assert [n.id for n in corpus] == ["9", "b-2"]
    assert only(corpus, "warning").field == "id"


def test_bad_rows_are_told_by_line_and_the_others_stay(tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "text": BANK})
    corpus = read_corpus(folder(tmp_path, a_jsonl=f"{good}\n{{oops\n\n[1]\n") / "a.jsonl")
    assert [p.line for p in corpus.problems if p.severity == "error"] == [2, 4]
    assert len(corpus) == 1
    corpus = read_corpus(folder(tmp_path, b_csv=f"id,text\na,{BANK}\nb,{TREIN}, dus\n") / "b.csv")
    assert (len(corpus), corpus.left_out, only(corpus).line) == (1, 1, 3)  # read on, the story would end at its comma
    corpus = read_corpus(folder(tmp_path, c_csv=f"id,text,date\na,{BANK},,,\nb,{TREIN}\n") / "c.csv")
    assert (len(corpus), corpus.left_out) == (2, 0)  # a spreadsheet writes empty cells, and leaves the last out
    assert [p.line for p in corpus.problems if p.severity == "warning"] == [3]


def test_a_table_without_a_heading_does_not_lose_its_first_story_in_silence(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, a_csv=f"{BANK}\n{TREIN}\n") / "a.csv")
    assert only(corpus).line == 1 and "put a row 'id,text'" in only(corpus).message
    assert (len(corpus), corpus.left_out) == (1, 1)


def test_left_out_are_stories_and_not_remarks(tmp_path: Path) -> None:
    rows = f"id,text,industry,date\na,{BANK},bankin,maandag\nb,{TREIN},rial,ooit\nc,,rail,2025-01-01\n"
    corpus = read_corpus(folder(tmp_path, a_csv=rows) / "a.csv")
    assert len([p for p in corpus.problems if p.severity == "error"]) > 3
    assert (len(corpus), corpus.left_out) == (2, 1)


def test_markup_garbled_letters_and_large_cuts_are_told() -> None:
    corpus = corpus_from_texts(
        {"a": f"<p>{BANK}</p>", "b": TREIN + " CafÃ© â€™t Hoekje.", "c": "Deel dit!\n" * 9 + LONG[:60]}
    )
    assert sorted((p.file, p.severity) for p in corpus.problems) == [
        ("a", "warning"),
        ("b", "warning"),
        ("c", "note"),
    ]


def test_files_that_are_not_read_are_told(tmp_path: Path) -> None:
    corpus = read_corpus(folder(tmp_path, bank_txt=BANK, scan_pdf=b"%PDF"))
    assert "scan.pdf" in only(corpus, "note").message


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.csv", b"", "has no rows"),
        ("a.csv", b"id,text\n", "has no rows"),
        ("a.csv", b"\0\1\2\3" * 50, "cannot be read as csv"),
        ("a.csv", b"id,amount\n1,\n", "no column holds text"),
        ("a.jsonl", b"{oops\n", "has no rows\n  error: a.jsonl, line 1"),
        ("a.parquet", b"PAR1 not really", "cannot be read as parquet"),
        ("a.xlsx", b"PK not really", "cannot be read as xlsx"),
        ("a.pdf", b"%PDF", "files of this kind"),
        ("a.txt", b"\0\1\2\3" * 50, "no text file"),
    ],
)
def test_a_file_that_cannot_be_read_teaches(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path / name)
    assert name in str(caught.value)
    assert told.split("\n")[0] in str(caught.value)
    assert told.split("\n")[-1] in str(caught.value)


def test_a_path_without_texts_teaches(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"put a \.txt"):
        read_corpus(tmp_path)
    folder(tmp_path, stories_csv=f"id,text\na,{BANK}\n")
    with pytest.raises(CorpusError, match=r"give its path: .*stories\.csv"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match=r"did you mean stories\.csv"):
        read_corpus(tmp_path / "storys.csv")
    with pytest.raises(CorpusError, match="there is no column 'tekst'; it has: id, text"):
        read_corpus(tmp_path / "stories.csv", text_column="tekst")


def test_what_a_library_is_needed_for_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path, a_parquet=b"PAR1", a_xlsx=b"PK")
    for module, name in (("pyarrow.parquet", "a.parquet"), ("openpyxl", "a.xlsx")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(CorpusError, match="pip install"):
            read_corpus(tmp_path / name)


def test_a_table_without_industries_says_so_and_names_its_columns(tmp_path: Path) -> None:
    rows = f"id,branch,text\na,bank,{BANK}\n"
    corpus = read_corpus(folder(tmp_path, stories_csv=rows) / "stories.csv")
    (problem,) = [p for p in corpus.problems if p.field == "industry"]
    assert problem.severity == "note" and "read from their words" in problem.message and "branch" in problem.message


def test_a_story_in_another_language_is_told(tmp_path: Path) -> None:
    english = (
        "My bank blocked the card for three weeks and nobody at the branch could tell me why. I called them four times "
        "and they said that somebody would ring me back, which of course never happened."
    )
    corpus = read_corpus(folder(tmp_path, a_txt=BANK * 3, b_txt=english))
    assert [(p.file, p.severity) for p in corpus.problems if p.field == "language"] == [("b.txt", "warning")]


def test_the_sheets_of_a_workbook_that_are_not_read_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "2024"
    for sheet in (book.active, book.create_sheet("2025")):
        sheet.append(["id", "industry", "text"])
        sheet.append([f"a{sheet.title}", "banking", BANK])
    book.save(tmp_path / "stories.xlsx")
    corpus = read_corpus(tmp_path / "stories.xlsx")
    (problem,) = [p for p in corpus.problems if p.field == "sheet"]
    assert len(corpus) == 1 and "'2025'" in problem.message
