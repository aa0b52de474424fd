"""A corpus is the same corpus in whatever kind of file it comes, and every offset leads back to its file."""

from __future__ import annotations

import datetime
import pickle
import random
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.corpus import Corpus, CorpusError, Narrative, corpus_from_texts, read_corpus
from cxresearch.corpus.duplicates import duplicates

BANK = "Al vijf weken stuurt de bank mij geen werkende betaalpas."
TREIN = "De trein viel uit en niemand op het station wist waarom."
ROWS = [
    {"id": "bank", "text": BANK, "industry": "banking", "date": "2019-03", "city": "no"},
    {"id": "trein", "text": TREIN, "industry": "rail", "date": "2019-04-01", "city": "Zwolle"},
]


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return folder


def write_csv(path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    pd.DataFrame(rows).to_csv(path, index=False, sep=delimiter, encoding=encoding)
    return path


def facts(corpus: Corpus) -> list[tuple[str, str, str | None, dict[str, str]]]:
    return [(n.id, n.text, n.industry, n.metadata) for n in corpus]


EXPECTED = [
    ("bank", BANK, "banking", {"date": "2019-03", "city": "no"}),
    ("trein", TREIN, "rail", {"date": "2019-04-01", "city": "Zwolle"}),
]


def test_every_kind_of_table_gives_the_same_narratives(tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / f"{name}.csv", ROWS, mark) for name, mark in zip("abcd", ",;\t|", strict=True)]
    paths.append(write_csv(tmp_path / "e.tsv", ROWS, "\t", "utf-8-sig"))
    pd.DataFrame(ROWS).to_parquet(tmp_path / "f.parquet")
    pd.DataFrame(ROWS).to_json(tmp_path / "g.jsonl", orient="records", lines=True)
    pd.DataFrame(ROWS).to_excel(tmp_path / "h.xlsx", index=False)
    paths += [tmp_path / name for name in ("f.parquet", "g.jsonl", "h.xlsx")]
    corpora = [read_corpus(path) for path in paths]
    assert [facts(corpus) for corpus in corpora] == [EXPECTED] * len(paths)
    assert all(corpus.problems == () for corpus in corpora)
    assert len({corpus.fingerprint for corpus in corpora}) == 1


def test_a_folder_with_front_matter_is_the_same_corpus_too(tmp_path: Path) -> None:
    write(tmp_path, bank_txt=f"---\r\nindustry: banking\r\ndate: 2019-03\r\ncity: no\r\n---\r\n{BANK}")
    write(tmp_path, trein_md=f"---\nindustry: rail\ndate: 2019-04-01\ncity: Zwolle\n---\n{TREIN}")
    corpus = read_corpus(tmp_path)
    assert facts(corpus) == EXPECTED
    assert corpus.problems == ()
    assert corpus["bank"].cuts[0].reason == "front_matter"
    assert corpus["bank"].source[slice(*corpus["bank"].source_span(0, 9))] == "Al vijf w"


@pytest.mark.parametrize("key", ["id", "file", "Bestand"])
def test_metadata_beside_the_texts_is_matched_on_id_or_file(tmp_path: Path, key: str) -> None:
    write(tmp_path, a__bank_txt=BANK, trein_txt=TREIN)
    names = ["a/bank", "trein"] if key == "id" else ["a\\bank.txt", "trein.txt"]
    rows = [
        {key: n, **{k: v for k, v in row.items() if k not in ("id", "text")}}
        for n, row in zip(names, ROWS, strict=True)
    ]
    write_csv(tmp_path / "metadata.csv", rows, ";")
    corpus = read_corpus(tmp_path)
    assert [(n.id, n.industry, n.metadata) for n in corpus] == [
        ("a/bank", "banking", {"date": "2019-03", "city": "no"}),
        ("trein", "rail", {"date": "2019-04-01", "city": "Zwolle"}),
    ]
    assert corpus.problems == ()


def test_what_the_text_says_of_itself_goes_before_metadata_csv(tmp_path: Path) -> None:
    write(
        tmp_path,
        bank_txt=f"---\nindustry: insurance\n---\n{BANK}",
        metadata_csv="id,industry,author\nbank,banking,J.\n",
    )
    narrative = read_corpus(tmp_path)["bank"]
    assert (narrative.industry, narrative.metadata) == ("insurance", {"author": "J."})


def test_one_text_is_a_corpus(tmp_path: Path) -> None:
    write(tmp_path, bank_txt=BANK)
    assert [n.id for n in read_corpus(tmp_path / "bank.txt")] == ["bank"]


def test_readmes_hidden_files_and_codings_are_no_narratives(tmp_path: Path) -> None:
    write(
        tmp_path,
        bank_txt=BANK,
        README_md=TREIN,
        DATASHEET_md=TREIN,
        LICENSE_md=TREIN,
        codings__bank_txt=TREIN,
    )
    write(tmp_path / ".git", trein_txt=TREIN)
    (tmp_path / ".trein.txt").write_text(TREIN, encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [n.id for n in corpus] == ["bank"]
    assert corpus.problems == ()


@pytest.mark.parametrize(
    ("columns", "wanted", "found"),
    [
        (("id", "Tekst", "city"), None, "Tekst"),
        (("id", "short", "long"), None, "long"),
        (("id", "text", "other"), "OTHER", "other"),
        (("verhaal", "text", "id"), None, "text"),
    ],
)
def test_the_text_column_is_named_or_found(
    tmp_path: Path, columns: tuple[str, ...], wanted: str | None, found: str
) -> None:
    row = {column: BANK if column == found else "kort" for column in columns}
    corpus = read_corpus(write_csv(tmp_path / "a.csv", [row]), text_column=wanted)
    assert corpus.narratives[0].text == BANK


def test_a_cell_is_kept_as_it_is(tmp_path: Path) -> None:
    cell = 'Regel één.\r\n\r\nZij zei: "Nee, nooit; echt niet."\nEn\u00a0toen niets meer.'
    write_csv(tmp_path / "a.csv", [{"id": "1", "text": cell}])
    assert read_corpus(tmp_path / "a.csv")["1"].source == cell


def test_cells_of_a_spreadsheet_become_what_was_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "text", "date", "amount", "paid"])
    book.active.append([12.0, BANK, datetime.datetime(2019, 3, 1), 2.5, False])
    book.save(tmp_path / "a.xlsx")
    narrative = read_corpus(tmp_path / "a.xlsx").narratives[0]
    assert (narrative.id, narrative.metadata) == (
        "12",
        {"date": "2019-03-01", "amount": "2.5", "paid": "false"},
    )


ODD = "Het café aan de overkant bleef weken dicht, zei ’n medewerkster. Eén € terug? Nee. " * 3


@pytest.mark.parametrize(
    ("encoding", "severity"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("cp1252", "note"),
        ("utf-16", "note"),
        ("utf-16-le", "note"),
        ("utf-16-be", "note"),
    ],
)
def test_encodings_are_found_and_told(tmp_path: Path, encoding: str, severity: str | None) -> None:
    (tmp_path / "a.txt").write_bytes(ODD.encode(encoding))
    corpus = read_corpus(tmp_path)
    assert corpus["a"].source == ODD
    assert [p.severity for p in corpus.problems] == ([severity] if severity else [])


def test_a_bad_byte_in_good_utf8_does_not_garble_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(ODD.encode() + b"\n\xe9\n")
    corpus = read_corpus(tmp_path)
    assert corpus["a"].source.startswith(ODD)
    assert [(p.severity, p.field) for p in corpus.problems] == [("warning", "encoding")]
    assert "line 2" in corpus.problems[0].message


def test_every_offset_leads_back_to_the_source() -> None:
    source = "Home > Blog\r\n<p>Vijf\u00a0weken 🙂 <b>wacht</b>te ik op de “bank”.</p>\r\nDoor: Jan de Wit\r\n"
    narrative = corpus_from_texts({"a": source})["a"]
    for i, character in enumerate(narrative.text):
        assert narrative.source[narrative.source_offset(i)] == character
        assert narrative.source_span(i, i + 1) == (narrative.source_offset(i), narrative.source_offset(i) + 1)
    start = narrative.text.index("wachtte")
    assert source[slice(*narrative.source_span(start, start + 7))] == "wacht</b>te"
    assert narrative.source_span(start, start) == (source.index("wacht"),) * 2
    with pytest.raises(IndexError, match="lies outside"):
        narrative.source_offset(len(narrative.text) + 1)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=80), max_size=6), st.randoms())
def test_the_order_of_texts_makes_no_difference(texts: dict[str, str], shuffled: random.Random) -> None:
    ids = list(texts)
    shuffled.shuffle(ids)
    one, other = corpus_from_texts(texts), corpus_from_texts({id: texts[id] for id in ids})
    assert one == other
    assert one.fingerprint == other.fingerprint
    assert [n.id for n in one] == sorted(n.id for n in one)


def test_the_fingerprint_heeds_texts_ids_and_metadata(tmp_path: Path) -> None:
    changes = ({}, {"text": TREIN}, {"id": "b"}, {"city": "Delft"}, {"industry": "rail"})
    paths = [write_csv(tmp_path / f"{i}.csv", [{**ROWS[0], **change}]) for i, change in enumerate(changes)]
    prints = {read_corpus(path).fingerprint for path in paths}
    assert len(prints) == 5
    rows = read_corpus(write_csv(tmp_path / "b.csv", ROWS[::-1]))
    assert rows.fingerprint == read_corpus(write_csv(tmp_path / "c.csv", ROWS)).fingerprint


def test_texts_at_hand() -> None:
    assert [n.id for n in corpus_from_texts([BANK, TREIN])] == ["text-1", "text-2"]
    assert [n.text for n in corpus_from_texts({"b": BANK, "a": TREIN})] == [TREIN, BANK]
    assert len(corpus_from_texts([])) == 0
    with pytest.raises(CorpusError, match="not one string"):
        corpus_from_texts(BANK)


def test_a_narrative_can_be_sent_to_another_process() -> None:
    narrative = corpus_from_texts([BANK]).narratives[0]
    assert pickle.loads(pickle.dumps(narrative)) == narrative
    assert hash(narrative) == hash(pickle.loads(pickle.dumps(narrative)))
    with pytest.raises(AttributeError):
        narrative.id = "x"  # type: ignore[misc]
    assert Narrative("a", "b", "b").metadata == {}


def test_the_frame_has_a_row_for_every_narrative(tmp_path: Path) -> None:
    frame = read_corpus(write_csv(tmp_path / "a.csv", ROWS)).to_frame()
    columns = "id language industry source licence date author city words cut text"
    assert list(frame.columns) == columns.split()
    assert frame["city"].tolist() == ["no", "Zwolle"]
    assert frame["words"].tolist() == [10, 11]
    empty = corpus_from_texts([]).to_frame()
    assert (len(empty), empty.dtypes["words"].name) == (0, "Int64")


def test_an_unknown_id_is_met_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean bank"):
        corpus_from_texts({"bank": BANK})["bnak"]


def test_many_small_texts_are_read_quickly() -> None:
    words = [f"woord{i}" for i in range(2000)]
    dice = random.Random(0)
    texts = [" ".join(dice.choices(words, k=30)) + "." for _ in range(4000)]
    start = time.perf_counter()
    assert len(corpus_from_texts(texts)) == 4000
    assert time.perf_counter() - start < 8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_texts_that_differ_in_few_words_are_nearly_the_same(seed: int, changes: int) -> None:
    dice = random.Random(seed)
    words = [f"w{dice.randrange(1000)}" for _ in range(250)]
    other = list(words)
    for at in dice.sample(range(250), changes):
        other[at] = "anders"
    found = list(duplicates([("a", " ".join(words)), ("b", " ".join(other)), ("c", " ".join(words[::-1]))]))
    assert [(id, first) for id, first, _ in found] == [("b", "a")]
    assert (found[0][2] == 1.0) == (words == other)
