"""Does a file hold words of a narrative in a row? Found through mark-up, escapes, and tables with a word a row.

What a machine cannot read as text (a picture of pixels, a spreadsheet, an archive) counts as unreadable, never as
clean. A picture drawn as SVG is read by its text, comments and attributes; letters drawn as bare outlines, without
the comment that matplotlib writes beside them, cannot be seen here.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cxresearch.packet.files import delimiter_of

ROW = 6  # words: what a derived-only packet may not hold
WORD = re.compile(r"[^\W_]+")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
TAG = re.compile(r"<[^<>]*>")
INLINE = re.compile(r"</?(?:a|abbr|b|em|font|i|mark|q|s|small|span|strong|sub|sup|tspan|u)\b[^<>]*>", re.IGNORECASE)
OUTLINE = re.compile(r'\s(?:d|points|transform)="[MmZzLlHhVvCcSsQqTtAa\d\s.,+()-]*"')  # most of an SVG, and no words
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrtbf])")
COMMAND = re.compile(r"\\[A-Za-z]+")  # of LaTeX


_ALL = 0  # no name of a column of JSON


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: without case, invisible signs and composed letters.

    Examples
    --------
    >>> words_of("Één SMS'je,\u00a0<b>3</b> we\u00adken!")
    ['één', 'sms', 'je', 'b', '3', 'b', 'weken']
    """
    return WORD.findall(unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold())


def rows_of(words: list[str]) -> Iterator[str]:
    """Yield every `ROW` words in a row; numbers only are no words."""
    for i in range(len(words) - ROW + 1):
        row = words[i : i + ROW]
        if not all(word.isdecimal() for word in row):
            yield " ".join(row)


def known_rows(texts: Iterable[str]) -> frozenset[str]:
    """Return all rows of `ROW` words of these texts."""
    return frozenset(row for text in texts for row in rows_of(words_of(text)))


def readable(path: Path) -> str | None:
    """Return a file as text, or None where it holds what cannot be read as text."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    hidden = path.suffix != ".svg" and re.search(r";\s*base64\s*,", text)  # in an SVG of ours: the cells of a heat map
    return None if "\0" in text or hidden else text


def holds_rows(text: str, suffix: str, known: frozenset[str]) -> bool:
    r"""Return whether a text holds one of the known rows, whatever stands between its words.

    Parameters
    ----------
    text : str
    suffix : str
        Of its file: ``.csv``, ``.json`` and the like are read by column as well.
    known : frozenset of str
        See `known_rows`.

    Examples
    --------
    >>> known = known_rows(["Drie weken wachtte ik op de monteur."])
    >>> holds_rows("<td>Drie</td><td>weken</td> <i>wachtte</i> ik&nbsp;op<br>de", ".html", known)
    True
    >>> holds_rows("n,word\n1,drie\n2,weken\n3,wachtte\n4,ik\n5,op\n6,de\n", ".csv", known)
    True
    >>> holds_rows("Zes weken wachtte ik op de dokter", ".txt", known)
    False
    """
    for view in _views(text, suffix):
        words = words_of(view)
        if any(row in known for row in rows_of(words)):
            return True
        if any(row in known for row in rows_of([word for word in words if not word.isdecimal()])):
            return True  # numbered: "1 drie 2 weken 3 wachtte"
    return False


def _views(text: str, suffix: str) -> set[str]:
    plain = OUTLINE.sub("", text)
    decoded = ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", plain)
    decoded = html.unescape(html.unescape(decoded))
    bare = decoded.replace("<!--", " ").replace("-->", " ")
    views = {
        plain,
        decoded,
        unquote(decoded),
        TAG.sub(" ", bare),
        TAG.sub(" ", INLINE.sub("", bare)),
        COMMAND.sub("", plain),
    }
    return views | set(_columns(plain, suffix))


def _columns(text: str, suffix: str) -> Iterator[str]:
    """Yield the cells of each column of a table; of JSON the texts under each name, and all of them."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    if suffix in (".csv", ".tsv", ".tab"):
        limit = csv.field_size_limit(2**31 - 1)
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)):
                for i, cell in enumerate(row):
                    found[i].append(cell)
        except csv.Error:
            pass  # no CSV: the other views have its words
        finally:
            csv.field_size_limit(limit)
    elif suffix in (".json", ".ipynb", ".jsonl", ".ndjson", ".jsonld", ".geojson"):
        for part in [text] if suffix not in (".jsonl", ".ndjson") else text.split("\n"):
            try:
                leaves = list(_leaves(json.loads(part or "null"), ""))
            except (ValueError, RecursionError):
                continue  # no JSON: the other views have its words
            for name, value in leaves:
                found[name].append(value)
                if name is not None:
                    found[_ALL].append(value)
    yield from (" ".join(cells) for cells in found.values())


def _leaves(value: Any, name: str) -> Iterator[tuple[str | None, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield None, str(key)
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
