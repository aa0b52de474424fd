"""Codings by people (or by anybody): JSON lines, one event mention a line, as a data frame.

A line has at least the narrative (``doc`` or ``narrative_id``), a ``type`` of the codebook, and the
offsets ``start`` and ``end`` in the text of the source file. What it leaves out is what the codebook
gives by default: affirmed, actual, narrated, the actor of the type. ``optional`` marks a mention that
a careful colleague could well leave out; it counts neither as missed nor as a false alarm. A narrative in
which a coder found nothing has a line ``{"doc": "n2", "read": true}``: without it nobody can know that it was read.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.codebook import ATTRIBUTES, QUALIFIERS, event_types
from cxresearch.errors import InputError

DTYPES = {
    "narrative_id": "string",
    "coder": "string",
    "type": "string",
    "start": "Int64",
    "end": "Int64",
    "text": "string",
    "polarity": "string",
    "realis": "string",
    "actor": "string",
    "voice": "string",
    "speaker": "string",
    "optional": "boolean",
    "subtype": "string",
    "valence": "string",
    "channel": "string",
    "answered": "boolean",
    "count": "Int64",
    "duration": "string",
    "amount": "string",
    "currency": "string",
    "deadline": "string",
}
COLUMNS = tuple(DTYPES)

EXAMPLE = '{"doc": "n1", "type": "wait", "start": 3, "end": 9}'
BESIDE = ("doc", "read", "note", "id", "episode", "industry")  # of a line, and not of the table
BOOLEAN = re.compile("true|false")
# Attributes that are no codes of the codebook: how they are written (texts pass, as a table gives them).
_KINDS = {
    "answered": (BOOLEAN, "true or false"),
    "optional": (BOOLEAN, "true or false"),
    "count": (re.compile(r"\d+"), "a whole number, such as 3"),
    "amount": (re.compile(r"\d+(\.\d+)?"), "a number with a point, such as 12.50"),
    "duration": (re.compile(r"P(?=.)(\d+(\.\d+)?[YMWD])*(T(?=\d)(\d+(\.\d+)?[HMS])+)?"), "such as P3W or PT20M"),
}
_DEFAULTS = {"polarity": "affirmed", "realis": "actual", "voice": "narrated", "optional": False}


def read_codings(path: str | Path, coder: str | None = None) -> pd.DataFrame:
    r"""Read a file of codings; a row a mention, in the order of narrative and place.

    Parameters
    ----------
    path
        A file of JSON lines.
    coder
        Who coded it, where the lines do not say so themselves; by default the name of the file.

    Returns
    -------
    DataFrame
        With the columns `COLUMNS`; offsets in code points of the source file's text. `read_by` tells which narratives
        were read.

    Raises
    ------
    InputError
        Names the file, the line and the field of the first line that is no coding.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "anna.jsonl")
    ...     _ = file.write_text('{"doc": "n1", "type": "wait", "start": 3, "end": 9}\n')
    ...     read_codings(file)[["narrative_id", "coder", "type", "actor"]].iloc[0].tolist()
    ['n1', 'anna', 'wait', 'organisation']
    """
    path = Path(path)
    rows = []
    read: dict[str, set[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # only these: a text may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no readable file of codings: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = _row(json.loads(line), coder or path.stem)
            except (ValueError, TypeError, KeyError) as error:
                raise InputError(f"{path}, line {number}: {_told(error)}") from error
            read.setdefault(row["coder"], set()).add(row["narrative_id"])
            if "type" in row:
                rows.append(row)
    if not read:
        raise InputError(f"{path}: there is no coding in it; write one JSON object a line, such as {EXAMPLE}")
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(DTYPES)
    frame = frame.sort_values(["narrative_id", "start", "end", "type"], kind="stable", ignore_index=True)
    frame.attrs["read"] = {name: sorted(ids) for name, ids in sorted(read.items())}
    return frame


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the codings of several files as one table."""
    read: dict[str, set[str]] = {}
    for table in tables:
        for coder, ids in read_by(table).items():
            read.setdefault(coder, set()).update(ids)
    frame = pd.concat([table.assign() for table in tables], ignore_index=True)
    frame.attrs = {"read": {coder: sorted(ids) for coder, ids in sorted(read.items())}}
    return frame


def read_by(codings: pd.DataFrame) -> dict[str, list[str]]:
    r"""Return which narratives each coder read: those with a mention, and those that a line says were read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "anna.jsonl")
    ...     _ = file.write_text('{"doc": "n1", "type": "wait", "start": 3, "end": 9}\n{"doc": "n2", "read": true}\n')
    ...     read_by(read_codings(file))
    {'anna': ['n1', 'n2']}
    """
    read = {coder: set(ids) for coder, ids in codings.attrs.get("read", {}).items()}
    for coder, part in codings.groupby("coder"):
        read.setdefault(str(coder), set()).update(map(str, part["narrative_id"]))
    return {coder: sorted(ids) for coder, ids in sorted(read.items())}


def _told(error: Exception) -> str:
    no_json = isinstance(error, json.JSONDecodeError)
    return f"this is no JSON ({error}); write one object a line, such as {EXAMPLE}" if no_json else str(error)


def _row(line: Any, coder: str) -> dict[str, Any]:
    if not isinstance(line, Mapping):
        raise InputError(f"a coding is an object, such as {EXAMPLE}")
    if unknown := [key for key in line if key not in (*COLUMNS, *BESIDE)]:
        close = difflib.get_close_matches(str(unknown[0]).lower(), (*COLUMNS, "doc", "read"), 1)
        hint = f"did you mean '{close[0]}'? " if close else ""
        raise InputError(f"field '{unknown[0]}' is no field of a coding; {hint}A remark of your own goes into 'note'")
    row = {**_DEFAULTS, "coder": coder, **{key: value for key, value in line.items() if value is not None}}
    row["narrative_id"] = str(row.get("narrative_id") or row.get("doc") or "")
    row["coder"] = str(row["coder"])
    if not row["narrative_id"]:
        raise InputError("field 'doc' is missing: which narrative?")
    if row.get("read") is True and "type" not in row:
        return {name: row[name] for name in ("narrative_id", "coder")}
    for field in ("type", "start", "end"):
        if row.get(field) is None:
            raise InputError(f"field '{field}' is missing")
    if row["type"] not in event_types():
        close = difflib.get_close_matches(str(row["type"]).lower(), event_types(), 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise InputError(f"field 'type': '{row['type']}' is no type; {hint}known are {', '.join(event_types())}")
    if not (_whole(row["start"]) and _whole(row["end"]) and 0 <= row["start"] < row["end"]):
        raise InputError(f"fields 'start', 'end': {row['start']!r}, {row['end']!r} are no span of a text")
    row.setdefault("actor", event_types()[row["type"]].actor)
    for field, (shape, what) in _KINDS.items():
        if field in row:
            if not shape.fullmatch(str(row[field]).lower() if shape is BOOLEAN else str(row[field])):
                raise InputError(f"field '{field}': {row[field]!r} is not {what}")
            row[field] = str(row[field])
    for field, values in {**QUALIFIERS, **ATTRIBUTES}.items():
        if field in row and field not in _KINDS and row[field] not in values:
            raise InputError(f"field '{field}': {row[field]!r} is not one of {', '.join(values)}")
    for field in ("answered", "optional"):
        if field in row:
            row[field] = row[field].lower() == "true"
    if "count" in row:
        row["count"] = int(row["count"])
    return row


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
