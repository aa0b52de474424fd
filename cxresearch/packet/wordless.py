"""Derived data only: the words of the narratives taken out, and the proof that none is left."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from pathlib import Path

import pandas as pd

from cxresearch.codings import COLUMNS as CODING
from cxresearch.codings import read_codings
from cxresearch.corpus import CorpusError
from cxresearch.packet.files import WORDS, delimiter_of, files_of, write_text
from cxresearch.packet.verbatim import ROW, holds_rows, readable

PICTURES = (".png", ".pdf", ".tiff")  # judged by the SVG of the same name
QUOTES = f"it holds {ROW} words or more in a row of a narrative, or shows what another file of its name holds"
UNREADABLE = "it cannot be read as text, so nobody can see by machine whether it holds words of a narrative"
OTHER_CODINGS = "the words of the mentions can be taken out of .jsonl and of .csv in UTF-8 only"


def events_without_words(events: pd.DataFrame) -> pd.DataFrame:
    """Return the event table without `text` and `deadline`; of a cue stay qualifier, value and place.

    Examples
    --------
    >>> cues = '[["polarity", "negated", "geen", 37, 41]]'
    >>> table = pd.DataFrame({"type": ["apology"], "text": ["geen excuses"], "deadline": [None], "cues": [cues]})
    >>> events_without_words(table).iloc[0].tolist()
    ['apology', '[["polarity", "negated", 37, 41]]']
    """
    told = [json.loads(cues) for cues in events["cues"]]
    bare = [json.dumps([[name, value, start, end] for name, value, _, start, end in cues]) for cues in told]
    return events.drop(columns=[*WORDS]).assign(cues=bare)


def strip_codings(folder: Path) -> dict[str, str]:
    """Take the words out of the codings of a packet; return the files that had to go, with the reason."""
    gone = {}
    for name in files_of(folder):
        path = folder / name
        if path.suffix == ".jsonl":
            _strip_lines(path, name)
        elif not (path.suffix == ".csv" and _strip_columns(path)):
            gone[f"{folder.name}/{name}"] = OTHER_CODINGS
            path.unlink()
    return gone


def _strip_lines(path: Path, name: str) -> None:
    try:
        read_codings(path)
    except ValueError as error:
        raise CorpusError(str(error).replace(str(path), f"codings/{name}")) from error
    keep = {"doc", "read", *CODING} - {*WORDS}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    bare = [{key: value for key, value in row.items() if key in keep} for row in rows]
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in bare))


def _strip_columns(path: Path) -> bool:
    """Take the columns with words out of a table; return whether that could be done."""
    text = (readable(path) or "").removeprefix("\ufeff")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error:
        return False
    head = rows[0] if rows else []
    drop = {i for i, name in enumerate(head) if name.strip().lower() in (*WORDS, "cues")}
    drop |= {i for row in rows[1:] for i, cell in enumerate(row) if len(cell.split()) > 1}  # a code is one word
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([c for i, c in enumerate(row) if i not in drop] for row in rows)
    write_text(path, out.getvalue())
    return bool(text)


def strip_notebook(path: Path) -> None:
    """Take outputs, attachments and notes on cells out of a notebook: what was asked stays."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell.pop("attachments", None)
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    write_text(path, json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def leave_out(folder: Path, known: frozenset[str]) -> dict[str, str]:
    """Remove every file of a folder that holds rows of words, or in which they could hide.

    Files of one name (a picture, the table behind it, its caption) go together.

    Returns
    -------
    dict
        From the name of a file that was removed to the reason.
    """
    kin: defaultdict[Path, list[Path]] = defaultdict(list)
    for name in files_of(folder):
        kin[(folder / name).with_suffix("")].append(folder / name)
    gone = {}
    for paths in kin.values():
        texts = {path: readable(path) for path in paths}
        quotes = any(text is not None and holds_rows(text, path.suffix, known) for path, text in texts.items())
        drawn = any(path.suffix == ".svg" and text is not None for path, text in texts.items())
        for path, text in texts.items():
            hidden = text is None and not (drawn and path.suffix in PICTURES)
            if quotes or hidden:
                gone[path] = QUOTES if quotes else UNREADABLE
                path.unlink()
    return {f"{folder.name}/{path.relative_to(folder).as_posix()}": reason for path, reason in gone.items()}


def prove(folder: Path, known: frozenset[str]) -> None:
    """Raise `CorpusError` where any file of a packet, or its name, holds a row of words of a narrative."""
    for name in files_of(folder):
        text = readable(folder / name)
        if text is not None and holds_rows(text, (folder / name).suffix, known):
            raise CorpusError(
                f"{name}: {ROW} words in a row of a narrative stand in it, so no packet of derived data was written. "
                "Are they in an id, a licence or another field of the metadata? Shorten that field"
            )
        if holds_rows(name, "", known):
            raise CorpusError("a file is named after words of a narrative, so no packet of derived data was written")
