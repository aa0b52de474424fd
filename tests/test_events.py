"""The event table: its schema, and the way there and back through every format."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxresearch import events as table
from cxresearch import xlsx
from cxresearch.events import COLUMNS, Event, EventWriter, read_events, to_events, to_frame, write_events

EVENT = Event(
    narrative_id="een", event_id="een-1", episode=1, industry="banking", order=0, sentence=2, type="wait",
    subtype=None, start=10, end=25, source_start=11, source_end=26, text="drie weken\xa0later",
    polarity="affirmed", realis="actual", actor="organisation", voice="quoted", speaker="customer",
    valence=None, channel="phone", answered=False, count=3, duration="P3W", amount=Decimal("81.00"),
    currency="EUR", deadline="uiterlijk zaterdag",
    rule_id="nl.wait.weeks", cues=(("voice", "quoted", "‘", 3, 4),),
)  # fmt: skip
BARE = Event(
    narrative_id="twee", event_id="twee-1", episode=None, industry=None, order=0, sentence=0, type="emotion",
    subtype=None, start=0, end=4, source_start=0, source_end=4, text="boos", polarity="affirmed",
    realis="actual", actor="customer", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration=None, amount=None, currency=None, deadline=None,
    rule_id="nl.emotion.anger", cues=(),
)  # fmt: skip

# Any text but lone surrogates, which no file can hold.
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ["=1+1", "+31", "-", "@SUM(A1)", "#N/A", "NA", "null", "1.0", "_x000D_", "a\r\nb", "\r", '"', ",", " x "]
)
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=2)
numbers = st.integers(0, 2**53)
event_lists = st.lists(
    st.builds(
        replace,
        st.sampled_from([EVENT, BARE]),
        narrative_id=texts,
        text=texts,
        deadline=st.none() | texts,
        start=numbers,
        count=st.none() | numbers,
        answered=st.none() | st.booleans(),
        amount=st.none() | amounts,
        cues=st.lists(st.tuples(st.just("realis"), texts, texts, numbers, numbers), max_size=2).map(tuple),
    ),
    max_size=4,
)


@pytest.mark.parametrize("rows", [[], [BARE], [EVENT, BARE]])
def test_the_schema_does_not_depend_on_the_rows(rows: list[Event]) -> None:
    frame = to_frame(rows)
    assert tuple(frame.columns) == COLUMNS
    kinds = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert {name for name, kind in kinds.items() if kind == "Int64"} == {
        "episode", "order", "sentence", "start", "end", "source_start", "source_end", "count",
    }  # fmt: skip
    assert kinds["answered"] == "boolean"
    assert set(kinds.values()) == {"Int64", "boolean", "string"}


def test_amounts_stay_exact() -> None:
    rows = [replace(EVENT, amount=Decimal(text)) for text in ("81.00", "0.10", "8E+1")]
    assert to_frame(rows)["amount"].tolist() == ["81.00", "0.10", "80"]


@given(event_lists)
def test_events_to_frame_and_back(rows: list[Event]) -> None:
    assert to_events(to_frame(iter(rows))) == rows


@pytest.mark.parametrize("suffix", table.SUFFIXES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=event_lists)
def test_every_format_gives_back_what_it_got(rows: list[Event], suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"events{suffix}"
    frame = to_frame(rows)
    write_events(frame, path)
    pd.testing.assert_frame_equal(read_events(path), frame)


@pytest.mark.parametrize("suffix", table.SUFFIXES)
def test_the_same_bytes_twice_and_in_any_chunks(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "BLOCK", 3)
    rows = [replace(EVENT, order=i) for i in range(8)]
    whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
    write_events(to_frame(rows), whole)
    # The day and the hour of writing must leave no trace in a file.
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    with EventWriter(cut) as writer:
        for start, end in ((0, 1), (1, 1), (1, 6), (6, 8)):
            writer.write(rows[start:end])
    assert whole.read_bytes() == cut.read_bytes()
    assert to_events(read_events(cut)) == rows


def test_csv_is_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    write_events(to_frame([EVENT]), path)
    content = path.read_bytes()
    assert b"\r" not in content
    assert content.count(b"\n") == 2
    assert not content.startswith(b"\xef\xbb\xbf")
    assert "drie weken\xa0later" in content.decode("utf-8")
    assert pd.read_csv(path)["start"].tolist() == [10]


def test_csv_saved_by_excel_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    write_events(to_frame([EVENT]), path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert to_events(read_events(path)) == [EVENT]


def test_xlsx_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "events.xlsx"
    suspects = ('=HYPERLINK("x")', "+1", "-1", "@A1", "#N/A")
    write_events(to_frame([replace(EVENT, text=text) for text in suspects]), path)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    sheet = openpyxl.load_workbook(path)["events"]
    cells = [row[COLUMNS.index("text")] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_xlsx_with_too_many_rows_teaches_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    write_events(to_frame([EVENT] * 2), tmp_path / "events.xlsx")
    with pytest.raises(ValueError, match=r"write \.parquet or \.csv"):
        write_events(to_frame([EVENT] * 3), tmp_path / "more.xlsx")
    with pytest.raises(ValueError, match="does not fit a cell"):
        write_events(to_frame([replace(EVENT, text="x" * 40_000)]), tmp_path / "more.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["events.xlsx"]


@pytest.mark.parametrize("suffix", table.SUFFIXES)
def test_a_run_that_breaks_off_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"events{suffix}"
    write_events(to_frame([EVENT]), path)
    before = path.read_bytes()

    def broken() -> Iterator[Event]:
        yield BARE
        raise RuntimeError

    with pytest.raises(RuntimeError), EventWriter(path) as writer:  # noqa: PT012
        writer.write([BARE])
        writer.write(broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_other_files_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.csv, \.jsonl, \.parquet or \.xlsx, not '\.txt'"):
        write_events(to_frame([]), tmp_path / "events.txt")
    (tmp_path / "a.csv").write_text("narrative_id;event_id\n1;2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="another separator"):
        read_events(tmp_path / "a.csv")
    (tmp_path / "a.jsonl").write_text('\n{"narrative_id": "1"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.jsonl, line 2"):
        read_events(tmp_path / "a.jsonl")
    for name in ("b.parquet", "b.xlsx", "b.csv"):
        (tmp_path / name).write_bytes(b"\xff\xfe nothing of the kind")
        with pytest.raises(ValueError, match=name):
            read_events(tmp_path / name)
    write_events(to_frame([EVENT]), tmp_path / "c.csv")
    text = (tmp_path / "c.csv").read_text(encoding="utf-8").replace(",10,25,", ",ten,25,")
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="ten"):
        read_events(tmp_path / "c.csv")
    with pytest.raises(ValueError, match="no event table"):
        write_events(pd.DataFrame({"text": ["x"]}), tmp_path / "d.csv")


def test_xlsx_edited_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "events.xlsx"
    write_events(to_frame([EVENT]), path)
    book = openpyxl.load_workbook(path)
    sheet = book["events"]
    place = {name: COLUMNS.index(name) + 1 for name in COLUMNS}
    sheet.cell(2, place["count"]).value = 3.0
    sheet.cell(2, place["answered"]).value = "ONWAAR"
    sheet.cell(1, len(COLUMNS) + 1).value = "my code"
    book.save(path)
    assert to_events(read_events(path)) == [EVENT]
    sheet.cell(2, place["count"]).value = "many"
    book.save(path)
    with pytest.raises(ValueError, match="row 2, column count: 'many'"):
        read_events(path)


def test_half_an_emoji_keeps_its_length() -> None:
    assert to_frame([replace(EVENT, text="fijn \ud83d!")])["text"].tolist() == ["fijn ?!"]
