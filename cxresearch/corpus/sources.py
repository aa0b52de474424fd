"""Files to drafts: decode bytes, split front matter, read tables. Nothing is judged but whether it reads."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from charset_normalizer import from_bytes

from cxresearch.errors import InputError

TEXT_SUFFIXES = (".txt", ".md")
TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx")
# Names of the column that holds the text, in the order in which they are looked for.
TEXT_COLUMNS = (
    "text", "tekst", "narrative", "verhaal", "body", "content", "inhoud", "review", "klacht",
    "complaint", "consumer complaint narrative", "consumer_complaint_narrative", "message", "bericht",
)  # fmt: skip
# What researchers call the fields that are known here.
ALIASES = {
    "narrative_id": "id", "nr": "id", "file_name": "file", "filename": "file", "bestand": "file",
    "taal": "language", "lang": "language", "sector": "industry", "branche": "industry",
    "bron": "source", "license": "licence", "licentie": "licence", "datum": "date", "auteur": "author",
}  # fmt: skip
HEADING = 8  # words: what is longer is no name of a column
NOT_NARRATIVE = ("readme", "datasheet", "license", "licence", "changelog", "contributing")
MARKS = {codecs.BOM_UTF8: "utf_8", codecs.BOM_UTF16_LE: "utf_16_le", codecs.BOM_UTF16_BE: "utf_16_be"}
# What a text that is not UTF-8 can plausibly be in; among all that there are a short text fits too many.
UNKNOWN_ENCODINGS = ["cp1252", "latin_1"]
FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)---[ \t]*(?:\r\n|\n|\r|\Z)", re.DOTALL)


class CorpusError(InputError):
    """A corpus that cannot be read at all; the message says what to do."""


def refuse_overlap(source: Path, out: Path) -> None:
    """Raise `CorpusError` where what is written would lie on the corpus, or among its narratives."""
    source, place = source.resolve(), out.resolve()
    if source.is_relative_to(place) or (source.is_dir() and place.is_relative_to(source)):
        raise CorpusError(f"{out}: corpus and output lie in one another; name a place elsewhere")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a corpus that is wrong, or worth knowing. `severity` is error, warning or note.

    `lost`: that a story could not even be taken up, so that it is not among the drafts.
    """

    file: str
    line: int | None
    field: str | None
    severity: str
    message: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it was found, before it is cleaned and checked. `skip`: where its front matter ends."""

    id: str
    file: str
    line: int | None
    source: str
    skip: int = 0
    metadata: dict[str, str] = field(default_factory=dict)


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text of a file without its byte order mark, and a remark if it is not plain UTF-8.

    A file that is no text raises `ValueError`.

    Examples
    --------
    >>> decode("één".encode("utf-8-sig"))
    ('één', None)
    >>> decode("Het café bleef vijf weken lang onbereikbaar.".encode("cp1252"))[0]
    'Het café bleef vijf weken lang onbereikbaar.'
    """
    name = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if name is None and b"\0" in data:
        # UTF-16 without a mark: in Latin script every second byte is zero, in a binary file it is not.
        odd, even, half = data[1::2].count(0), data[::2].count(0), len(data) / 2
        if max(odd, even) > 0.7 * half and min(odd, even) < 0.1 * half:
            name = "utf_16_le" if odd > even else "utf_16_be"
    if name == "utf_8":
        data = data.removeprefix(codecs.BOM_UTF8)
    elif name:
        text = data.decode(name, "replace").removeprefix("\ufeff")
        if "\0" not in text:
            return text, _remark(name)
    if b"\0" in data:
        raise InputError("this is no text file (it holds NUL bytes)")
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        where = data.count(b"\n", 0, error.start) + 1
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if sum(ord(c) > 127 for c in loose) - broken > broken:  # mostly good UTF-8 with a few bad bytes
        return (
            loose,
            f"broken UTF-8 at line {where}: {broken} characters read as \ufffd; save it as UTF-8 again",
        )
    best = from_bytes(data, cp_isolation=UNKNOWN_ENCODINGS).best()
    name = best.encoding if best else "latin_1"
    return data.decode(name, "replace"), _remark(name)


def _remark(encoding: str) -> str:
    name = encoding.replace("_", "-")
    return f"read as {name}, not UTF-8: look whether é, ë and € are right; save the file as UTF-8 to be sure"


def split_front_matter(text: str) -> tuple[dict[str, str], int, str | None]:
    r"""Return the fields of YAML front matter, where the text begins, and what is wrong with it, if anything.

    Every value stays the string that was written: `no`, `null` and `2019-03` are not turned into
    anything else. Prose between two rules of dashes is no front matter.

    Examples
    --------
    >>> split_front_matter("---\nlanguage: nl\ndate: 2019-03\n---\nIk belde.")
    ({'language': 'nl', 'date': '2019-03'}, 35, None)
    """
    found = FRONT_MATTER.match(text) if text.startswith("---") else None
    if not found or not re.search(r"^[\w-]+[ \t]*:", found[1], re.MULTILINE):
        return {}, 0, None
    try:
        # BaseLoader makes strings, lists and mappings only: safe, and `no` stays "no".
        fields = yaml.load(found[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, found.end(), f"the front matter is not valid YAML ({' '.join(str(error).split())[:160]})"
    if not isinstance(fields, dict):
        return {}, 0, None
    return tidy(fields), found.end(), None


def tidy(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return a row with known field names and values as strings; empty values are left out."""
    out: dict[str, str] = {}
    for key, value in row.items():
        name = str(key).strip().lstrip("\ufeff")
        name = name.lower() if name.lower() in FIELDS else ALIASES.get(name.lower(), name)
        cell = as_string(value).strip()
        if name and cell:
            out.setdefault(name, cell)
    return out


FIELDS = ("id", "file", "language", "industry", "source", "licence", "date", "author")


def as_string(value: Any) -> str:
    """Return a cell as the string a researcher would have typed."""
    if value is None or value != value:  # None, NaN
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def text_files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in a fixed order, without hidden files, codings and read-mes."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "codings")
        for name in sorted(files):
            stem = name.split(".")[0].lower()
            if not name.startswith(".") and stem not in NOT_NARRATIVE:
                yield Path(where, name)


def read_texts(folder: Path, problems: list[Problem]) -> Iterator[Draft]:
    """Yield a draft of every text file below a folder."""
    others = []
    for path in text_files(folder):
        if path.suffix.lower() in TEXT_SUFFIXES:
            draft = read_text(path, path.relative_to(folder).as_posix(), problems)
            if draft:
                yield draft
        elif path not in (folder / "metadata.csv", folder / "datapackage.json"):
            others.append(path.relative_to(folder).as_posix())
    if others:
        shown = ", ".join(others[:3]) + (", …" if len(others) > 3 else "")
        message = f"{len(others)} files are not read ({shown}): texts are .txt and .md; give a table by its path"
        problems.append(Problem(".", None, None, "note", message))


def read_text(path: Path, name: str, problems: list[Problem]) -> Draft | None:
    """Return the draft of one text file, or None and a problem."""
    try:
        source, remark = decode(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{error}; left out. Save the story as plain text (UTF-8) or take the file away"
        problems.append(Problem(name, None, None, "error", message, lost=True))
        return None
    if remark:
        problems.append(Problem(name, None, "encoding", "warning" if "broken" in remark else "note", remark))
    metadata, skip, wrong = split_front_matter(source)
    if wrong:
        message = f"{wrong}; it is left out. Write lines like 'language: nl' between the two lines of dashes"
        problems.append(Problem(name, 1, "front matter", "error", message))
    id = metadata.pop("id", "") or Path(name).with_suffix("").as_posix()
    return Draft(id, name, None, source, skip, metadata)


def read_rows(path: Path, problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows of a table with the line (or row number) where each stands."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            return _parquet_rows(path)
        if suffix == ".xlsx":
            return _xlsx_rows(path, problems)
        text, remark = decode(path.read_bytes())
    except CorpusError:
        raise
    except Exception as error:  # a damaged zip or parquet file raises nearly anything
        reason = " ".join(str(error).split())[:200]
        raise CorpusError(
            f"{path}: cannot be read as {suffix[1:]} ({reason}); save the table again, or as CSV in UTF-8"
        ) from error
    if remark:
        problems.append(Problem(path.name, None, "encoding", "warning" if "broken" in remark else "note", remark))
    if suffix in (".jsonl", ".ndjson"):
        return list(_jsonl_rows(text, path.name, problems))
    return list(_csv_rows(text, path.name, suffix, problems))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines one by one: a list of them is the file in memory once more."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _jsonl_rows(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            message = f"not valid JSON ({error}); left out. Write one object a line"
            problems.append(Problem(name, number, None, "error", message, lost=True))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            message = 'not an object; left out. Write {"id": …, "text": …} on every line'
            problems.append(Problem(name, number, None, "error", message, lost=True))


def _csv_rows(text: str, name: str, suffix: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    delimiters = ["\t"] if suffix == ".tsv" else [",", ";", "\t", "|"]
    limit = csv.field_size_limit(2**31 - 1)  # a long story is longer than the default of 128 kB
    try:
        # The delimiter is the one that gives the heading the most columns: Dutch Excel writes `;`.
        headings = {d: next(csv.reader(io.StringIO(text, newline=""), delimiter=d), []) for d in delimiters}
        delimiter = max(delimiters, key=lambda d: len(headings[d]))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        heading = next(reader, [])
        twice = sorted({h for h in heading if heading.count(h) > 1 and h.strip()})
        if twice:
            message = f"the heading has a column twice: {', '.join(twice)}; the last one counts. Rename one"
            problems.append(Problem(name, 1, twice[0], "warning", message))
        if story := next((cell for cell in heading if len(cell.split()) > HEADING), None):
            message = (
                f"the first row is the heading, and {story[:40]!r}… looks like a story: put a row 'id,text' above it"
            )
            problems.append(Problem(name, 1, None, "error", message, lost=True))
        line = reader.line_num + 1
        for cells in reader:
            if any(cells[len(heading) :]):  # to read on would cut the story where its first comma is
                message = (
                    f"{len(cells)} cells under {len(heading)} columns; left out. Quote text that holds {delimiter!r}"
                )
                problems.append(Problem(name, line, None, "error", message, lost=True))
                cells = []
            elif len(cells) < len(heading) and any(cells):
                message = f"{len(cells)} cells under {len(heading)} columns: the last ones are taken to be empty"
                problems.append(Problem(name, line, None, "warning", message))
            if any(cell.strip() for cell in cells):
                yield line, dict(zip(heading, cells, strict=False))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(name, None, None, "error", f"not valid CSV ({error}); what follows is not read"))
    finally:
        csv.field_size_limit(limit)


def _parquet_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise CorpusError(
            f"{path}: reading Parquet needs pyarrow; run 'pip install pyarrow', or save the table as CSV"
        ) from error
    return list(enumerate(parquet.read_table(path).to_pylist(), 1))


def _xlsx_rows(path: Path, problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    try:
        import openpyxl
    except ImportError as error:
        raise CorpusError(
            f"{path}: reading Excel needs openpyxl; run 'pip install openpyxl', or save the sheet as CSV"
        ) from error
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        first, *others = book.sheetnames
        if others:
            message = (
                f"only the sheet {first!r} is read; not {', '.join(map(repr, others))}. Put all stories in one sheet"
            )
            problems.append(Problem(path.name, None, "sheet", "warning", message))
        rows = book[first].iter_rows(values_only=True)
        heading = [as_string(cell) for cell in next(rows, ())]
        return [
            (number, dict(zip(heading, cells, strict=False)))
            for number, cells in enumerate(rows, 2)
            if any(as_string(cell).strip() for cell in cells)
        ]
    finally:
        book.close()


def find_text_column(rows: Iterable[tuple[int, Mapping[str, Any]]], wanted: str | None, name: str) -> str:
    """Return which column holds the text: the named one, a usual name, else the one with most text."""
    columns: dict[str, int] = {}
    for _, row in rows:
        for key, value in row.items():
            columns[key] = columns.get(key, 0) + (len(value) if isinstance(value, str) else 0)
    listed = ", ".join(columns) or "none"
    by_name = {str(column).strip().lower(): column for column in columns}
    if wanted is not None:
        if wanted.strip().lower() not in by_name:
            raise CorpusError(
                f"{name}: there is no column {wanted!r}; it has: {listed}. Name one of these as text_column"
            )
        return by_name[wanted.strip().lower()]
    for usual in TEXT_COLUMNS:
        if usual in by_name:
            return by_name[usual]
    others = {c: size for c, size in columns.items() if not {str(c).lower(), ALIASES.get(str(c).lower())} & {*FIELDS}}
    longest = max(others, key=lambda c: (others[c], c), default=None)
    if longest is None or not others[longest]:
        raise CorpusError(f"{name}: no column holds text; it has: {listed}. Put the stories in a column 'text'")
    return longest
