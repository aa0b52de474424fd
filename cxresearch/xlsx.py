"""Office workbooks: texts come back as they went in, no formulas, the same rows give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from cxresearch.errors import InputError

# Excel's own limits: rows with the heading, and characters in a cell.
ROWS = 1_048_576
CELL = 32_767

# XML has no control characters, and makes \n of \r: Office writes them as _x000D_, and so do we. What looks
# like that already is escaped in its turn.
_TO_OFFICE = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_FROM_OFFICE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheet_writer(
    path: Path, title: str, columns: Sequence[str]
) -> tuple[Callable[[Iterable[Sequence[Any]]], None], Callable[[], None]]:
    """Return two functions: one that appends rows to a new workbook, one that saves it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     append, save = sheet_writer(Path(folder, "a.xlsx"), "sheet", ["text", "n"])
    ...     append([["=1+1", 2]])
    ...     save()
    ...     read_sheet(Path(folder, "a.xlsx"))
    (['text', 'n'], [['=1+1', 2]])
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    written = 1
    name = path.name.removesuffix(".part")

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        value = _TO_OFFICE.sub(_escaped, value)
        if len(value) > CELL:
            raise InputError(
                f"{name}: a text of {len(value)} characters does not fit a cell ({CELL}); write .csv or .parquet"
            )
        if not value.startswith(("=", "+", "-", "@", "#", "\t")):
            return value
        text = WriteOnlyCell(sheet, value)  # it looks like a formula or an error, and is a text
        text.data_type = "s"
        text.quotePrefix = True
        return text

    def append(rows: Iterable[Sequence[Any]]) -> None:
        nonlocal written
        for row in rows:
            written += 1
            if written > ROWS:
                raise InputError(
                    f"{name}: a sheet holds {ROWS - 1:,} rows and there are more; write .parquet or .csv, "
                    f"or a file an industry"
                )
            sheet.append([cell(value) for value in row])

    def save() -> None:
        buffer = io.BytesIO()
        book.save(buffer)
        _save_without_dates(buffer, path)

    return append, save


def read_sheet(path: Path) -> tuple[list[str], list[list[Any]]]:
    """Return the heading and the rows of the first sheet of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        head = [str(value) for value in next(rows, ())]
        return head, [[_plain(value) for value in row] for row in rows]
    finally:
        book.close()


def _plain(value: Any) -> Any:
    return _FROM_OFFICE.sub(lambda hit: chr(int(hit[1], 16)), value) if isinstance(value, str) else value


def _escaped(hit: re.Match[str]) -> str:
    found = hit.group()
    return f"_x{ord(found):04X}_" if len(found) == 1 else "_x005F" + found


def _save_without_dates(buffer: io.BytesIO, path: Path) -> None:
    """Write the zip file that a workbook is with every date fixed: the time of writing is all over it."""
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", data)
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
