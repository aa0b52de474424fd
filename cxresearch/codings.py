"""Codings by people (or by anybody): JSON lines, one event mention a line, as a data frame.

A line has at least the narrative (``doc`` or ``narrative_id``), a ``type`` of the codebook, and the
offsets ``start`` and ``end`` in the text of the source file. What it leaves out is what the codebook
gives by default: affirmed, actual, narrated, the actor of the type. ``optional`` marks a mention that
a careful colleague could well leave out; it counts neither as missed nor as a false alarm.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.codebook import ATTRIBUTES, QUALIFIERS, event_types

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
        With the columns `COLUMNS`; offsets in code points of the source file's text.

    Raises
    ------
    ValueError
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
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: no readable file of codings: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append(_row(json.loads(line), coder or path.stem))
            except (ValueError, TypeError, KeyError) as error:
                raise ValueError(f"{path}, line {number}: {_told(error)}") from error
    if not rows:
        raise ValueError(f"{path}: there is no coding in it; write one JSON object a line, such as {EXAMPLE}")
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(DTYPES)
    return frame.sort_values(["narrative_id", "start", "end", "type"], kind="stable", ignore_index=True)


def _told(error: Exception) -> str:
    no_json = isinstance(error, json.JSONDecodeError)
    return f"this is no JSON ({error}); write one object a line, such as {EXAMPLE}" if no_json else str(error)


def _row(line: Any, coder: str) -> dict[str, Any]:
    if not isinstance(line, Mapping):
        raise ValueError(f"a coding is an object, such as {EXAMPLE}")
    row = {**_DEFAULTS, "coder": coder, **{key: value for key, value in line.items() if value is not None}}
    row["narrative_id"] = row.get("narrative_id", row.get("doc"))
    for field in ("narrative_id", "type", "start", "end"):
        if row.get(field) is None:
            raise ValueError(f"field '{field}' is missing")
    if row["type"] not in event_types():
        close = difflib.get_close_matches(str(row["type"]).lower(), event_types(), 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise ValueError(f"field 'type': '{row['type']}' is no type; {hint}known are {', '.join(event_types())}")
    if not (isinstance(row["start"], int) and isinstance(row["end"], int) and 0 <= row["start"] < row["end"]):
        raise ValueError(f"fields 'start', 'end': {row['start']!r}, {row['end']!r} are no span of a text")
    for field, read in (("answered", _boolean), ("optional", _boolean), ("count", int), ("amount", str)):
        if row.get(field) is not None:
            row[field] = read(row[field])
    row.setdefault("actor", event_types()[row["type"]].actor)
    for field, values in {**QUALIFIERS, **ATTRIBUTES}.items():
        if field in row and isinstance(row[field], str) and row[field] not in values:
            raise ValueError(f"field '{field}': '{row[field]}' is not one of {', '.join(values)}")
    return row


def _boolean(value: Any) -> bool:
    known = {"true": True, "false": False}
    if str(value).lower() not in known:
        raise ValueError(f"{value!r} is neither true nor false")
    return known[str(value).lower()]
