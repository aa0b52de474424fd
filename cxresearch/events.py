"""The event table: one row an event mention. Its schema, its dtypes, reading and writing it.

The table is a pandas DataFrame with the columns `COLUMNS` and nullable dtypes: `string` for text,
`Int64` for whole numbers, `boolean` for `answered`. Two columns are text for the sake of exactness:
`amount` is the exact decimal ("49.95"; `pandas.to_numeric` makes floats of it) and `cues` is JSON.
An absent value is `NA`; the empty text counts as absent.
"""

from __future__ import annotations

import datetime
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from cxresearch import xlsx
from cxresearch.errors import InputError


@dataclass(frozen=True, slots=True)
class Event:
    """One event mention (CODEBOOK: the shortest clause that tells of one act, happening or state).

    `start`/`end` are offsets in the cleaned text, `source_start`/`source_end` in the source file's
    text; half-open, in code points. `cues` says what decided the qualifiers: a tuple of
    (qualifier, value, cue words, start, end).
    """

    narrative_id: str
    event_id: str
    episode: int | None
    industry: str | None
    order: int
    sentence: int
    type: str
    subtype: str | None
    start: int
    end: int
    source_start: int
    source_end: int
    text: str
    polarity: str
    realis: str
    actor: str
    voice: str
    speaker: str | None
    valence: str | None
    channel: str | None
    answered: bool | None
    count: int | None
    duration: str | None
    amount: Decimal | None
    currency: str | None
    deadline: str | None
    rule_id: str
    cues: tuple[tuple[str, str, str, int, int], ...]


COLUMNS = tuple(field.name for field in fields(Event))
SUFFIXES = (".csv", ".jsonl", ".parquet", ".xlsx")

_INTEGERS = frozenset({"episode", "order", "sentence", "start", "end", "source_start", "source_end", "count"})
_OPTIONAL = frozenset(field.name for field in fields(Event) if "None" in str(field.type))
SCHEMA = pa.schema(
    [(name, pa.int64() if name in _INTEGERS else pa.bool_() if name == "answered" else pa.string()) for name in COLUMNS]
)
# Rows are written in blocks of this size whatever the size of the chunks they came in, so that the
# bytes of a file do not depend on how a run was cut up.
BLOCK = 50_000


def to_frame(events: Iterable[Event]) -> pd.DataFrame:
    """Return the event table of some events, with the same columns and dtypes also when there are none.

    Examples
    --------
    >>> frame = to_frame([])
    >>> frame.shape, str(frame["episode"].dtype), str(frame["amount"].dtype)
    ((0, 28), 'Int64', 'string')
    """
    return _to_pandas(_to_table(events))


def to_events(frame: pd.DataFrame) -> list[Event]:
    """Return the events of an event table: the inverse of `to_frame`.

    Examples
    --------
    >>> to_events(to_frame([]))
    []
    """
    columns = [_plain(column) for column in _from_pandas(frame).columns]
    for i, name in enumerate(COLUMNS):
        if name == "cues":
            columns[i] = [_cues(value) for value in columns[i]]
        elif name == "amount":
            columns[i] = [None if value is None else Decimal(value) for value in columns[i]]
        elif name not in _OPTIONAL:
            columns[i] = ["" if value is None else value for value in columns[i]]
    return [Event(*row) for row in zip(*columns, strict=True)]


def write_events(frame: pd.DataFrame, path: str | Path) -> None:
    r"""Write an event table as .csv, .jsonl, .parquet or .xlsx: the same table gives the same bytes.

    CSV and JSONL are UTF-8 with ``\n`` line ends; in CSV an absent value is an empty field and text
    stands in quotation marks. Texts are written as they are, because altering them would break the
    offsets; to look at a table of doubtful origin in a spreadsheet, write .xlsx, where a text that
    looks like a formula stays a text.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_events(to_frame([]), Path(folder, "events.parquet"))
    ...     len(read_events(Path(folder, "events.parquet")))
    0
    """
    with EventWriter(path) as writer:
        writer.write_frame(frame)


def read_events(path: str | Path) -> pd.DataFrame:
    """Read an event table that `write_events` or `EventWriter` wrote; columns of your own are left out.

    Examples
    --------
    >>> read_events("events.sav")
    Traceback (most recent call last):
        ...
    cxresearch.errors.InputError: events.sav: an event table is .csv, .jsonl, .parquet or .xlsx, not '.sav'
    """
    path = Path(path)
    reader = {
        ".csv": _read_csv,
        ".jsonl": _read_jsonl,
        ".parquet": pa.parquet.read_table,
        ".xlsx": _read_xlsx,
    }[_suffix(path)]
    try:
        table = reader(path)
    except (pa.ArrowInvalid, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable event table: {error}") from error
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise InputError(
            f"{path}: no event table: column {', '.join(missing)} missing. Was it saved by another "
            f"program, or with another separator than the comma?"
        )
    try:
        return _to_pandas(table.select(list(COLUMNS)).cast(SCHEMA))
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: a column has values of the wrong kind: {error}") from error


class EventWriter:
    """Write the events of a large run as they come; the file appears when all went well.

    Until then the rows are in a file with ``.part`` behind its name, which is removed on an error.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with EventWriter(Path(folder, "events.csv")) as writer:
    ...         writer.write([])
    ...     read_events(Path(folder, "events.csv")).shape
    (0, 28)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._sink = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet, ".xlsx": _xlsx}[_suffix(self.path)]
        self._part = self.path.with_name(self.path.name + ".part")
        self._waiting: list[pa.Table] = []

    def __enter__(self) -> EventWriter:
        self._write, self._close = self._sink(self._part)
        return self

    def write(self, events: Iterable[Event]) -> None:
        """Append some events."""
        self._append(_to_table(events))

    def write_frame(self, frame: pd.DataFrame) -> None:
        """Append an event table."""
        self._append(_from_pandas(frame))

    def _append(self, table: pa.Table) -> None:
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= BLOCK:
            rows = pa.concat_tables(self._waiting)
            whole = len(rows) - len(rows) % BLOCK
            for i in range(0, whole, BLOCK):
                self._write(rows.slice(i, BLOCK).combine_chunks())
            self._waiting = [rows.slice(whole)]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        done = False
        try:
            if kind is None and (rest := pa.concat_tables([SCHEMA.empty_table(), *self._waiting])):
                self._write(rest.combine_chunks())
            done = kind is None
        finally:
            try:
                self._close()
            except BaseException:
                done = False
                raise
            finally:
                if done:
                    os.replace(self._part, self.path)
                else:
                    self._part.unlink(missing_ok=True)


# ---- frames, Arrow tables and events ------------------------------------------------------------


def _to_table(events: Iterable[Event]) -> pa.Table:
    rows = events if isinstance(events, Sequence) else list(events)
    columns: dict[str, list[Any]] = {name: list(map(attrgetter(name), rows)) for name in COLUMNS}
    columns["amount"] = [None if value is None else f"{value:f}" for value in columns["amount"]]
    columns["cues"] = [
        json.dumps(cues, ensure_ascii=False, separators=(",", ":")) if cues else "[]" for cues in columns["cues"]
    ]
    return _build(columns)


def _build(columns: dict[str, list[Any]]) -> pa.Table:
    """Return the Arrow table of these columns; the empty text becomes null."""
    arrays = []
    for field in SCHEMA:
        values = columns[field.name]
        if field.type == pa.string():
            values = [value or None for value in values]
        try:
            arrays.append(pa.array(values, type=field.type))
        except UnicodeEncodeError:
            # Half of an emoji, from a JSON file that was cut off: no file can hold it, "?" is as long.
            values = [value and value.encode("utf-8", "replace").decode("utf-8") for value in values]
            arrays.append(pa.array(values, type=field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    dtypes: dict[pa.DataType, Any] = {
        pa.string(): pd.StringDtype("python"),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=dtypes.get, self_destruct=True)
    return frame


def _from_pandas(frame: pd.DataFrame) -> pa.Table:
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(f"this is no event table: column {', '.join(missing)} missing (see events.COLUMNS)")
    return _build({name: _plain(pa.array(frame[name], from_pandas=True)) for name in COLUMNS})


def _plain(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """Return a column as Python values with None: through numpy, which is faster than `to_pylist`."""
    values: list[Any] = column.to_pandas(integer_object_nulls=True).tolist()
    return values


def _cues(value: str | None) -> tuple[tuple[str, str, str, int, int], ...]:
    return tuple((q, v, words, start, end) for q, v, words, start, end in json.loads(value or "[]"))


def check_place(path: Path) -> None:
    """Raise `InputError` where no event table can be written, before anything is read for it."""
    _suffix(path)
    if path.is_dir():
        raise InputError(f"{path}: this is a folder; name a file")


def _suffix(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: an event table is .csv, .jsonl, .parquet or .xlsx, not '{path.suffix}'")
    return path.suffix.lower()


# ---- the four formats: every sink is a pair (write a table, close) -------------------------------

Sink = tuple[Callable[[pa.Table], object], Callable[[], object]]


def _csv(path: Path) -> Sink:
    writer = pa.csv.CSVWriter(path, SCHEMA, write_options=pa.csv.WriteOptions(quoting_style="needed"))
    return writer.write_table, writer.close


def _read_csv(path: Path) -> pa.Table:
    return pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=SCHEMA, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )


def _parquet(path: Path) -> Sink:
    writer = pa.parquet.ParquetWriter(path, SCHEMA, compression="zstd")
    return writer.write_table, writer.close


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*map(_plain, table.columns), strict=True)


def _jsonl(path: Path) -> Sink:
    file = path.open("w", encoding="utf-8", newline="\n")

    def write(table: pa.Table) -> None:
        for row in _rows(table):
            file.write(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")

    return write, file.close


def _read_jsonl(path: Path) -> pa.Table:
    rows = []
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                rows.append([row[name] for name in COLUMNS])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}, line {number}: no event in JSON: {error!r}") from error
    return _build({name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)})


def _xlsx(path: Path) -> Sink:
    append, close = xlsx.sheet_writer(path, "events", COLUMNS)
    return lambda table: append(_rows(table)), close


def _read_xlsx(path: Path) -> pa.Table:
    head, rows = xlsx.read_sheet(path)
    columns: dict[str, list[Any]] = {name: [] for name in head}
    for number, row in enumerate(rows, start=2):
        for name, value in zip(head, row, strict=False):
            columns[name].append(_from_cell(path, number, name, value))
    return _build(columns) if set(COLUMNS) <= set(columns) else pa.table({name: [] for name in head})


def _from_cell(path: Path, row: int, name: str, value: Any) -> Any:
    """Return a cell's value, which a spreadsheet may have turned from text into a number or back."""
    if value is None or value == "":
        return None
    if name in _INTEGERS:
        try:
            if int(value) == float(value):
                return int(value)
        except (TypeError, ValueError):
            pass
        raise InputError(f"{path}, row {row}, column {name}: {value!r} is no whole number")
    if name == "answered":
        answer = {"true": True, "waar": True, "1": True, "false": False, "onwaar": False, "0": False}
        if str(value).lower() not in answer:
            raise InputError(f"{path}, row {row}, column {name}: {value!r} is neither TRUE nor FALSE")
        return answer[str(value).lower()]
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)
