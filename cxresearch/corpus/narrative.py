"""The values: a narrative with the way back to its source, and a corpus of narratives."""

from __future__ import annotations

import bisect
import difflib
import functools
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from cxresearch.corpus.cleaning import Cut
from cxresearch.corpus.sources import Problem

WORD = re.compile(r"\w+")
RESERVED = ("id", "language", "industry", "words", "cut", "text")


@dataclass(frozen=True, slots=True)
class Narrative:
    """A story, cleaned, with the way back to where it came from.

    Attributes
    ----------
    id : str
    text : str
        What is left of `source` after cleaning. Nothing in it is altered.
    source : str
        The text of the file or cell as decoded. A byte order mark is not part of it: offsets count after it.
    cuts : tuple of Cut
        What was cut, with offsets in `source`.
    pieces : tuple of (text_start, source_start, length)
        The stretches of `source` that `text` is made of.
    language : str
    industry : str or None
    metadata : dict
        All else that is known: source, licence, date, author, and every column that is not known here.
    """

    id: str
    text: str
    source: str
    cuts: tuple[Cut, ...] = ()
    pieces: tuple[tuple[int, int, int], ...] = ()
    language: str = "nl"
    industry: str | None = None
    metadata: dict[str, str] = field(default_factory=dict, hash=False)

    def source_offset(self, i: int) -> int:
        """Return where the character at `i` of `text` stands in `source`.

        Examples
        --------
        >>> from cxresearch.corpus import corpus_from_texts
        >>> narrative = corpus_from_texts(["<p>Vijf weken wachtte ik op antwoord.</p>"]).narratives[0]
        >>> narrative.text[0], narrative.source_offset(0)
        ('V', 3)
        """
        if not 0 <= i <= len(self.text):
            raise IndexError(f"offset {i} lies outside the {len(self.text)} characters of {self.id!r}")
        at = bisect.bisect_right(self.pieces, i, key=lambda piece: piece[0]) - 1
        if at < 0:
            return i
        text_start, source_start, _ = self.pieces[at]
        return source_start + i - text_start

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(WORD.findall(self.text))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in `source` of `text[start:end]`; what was cut in between lies inside them."""
        if start >= end:
            return self.source_offset(start), self.source_offset(start)
        return self.source_offset(start), self.source_offset(end - 1) + 1


@dataclass(frozen=True)
class Corpus:
    """Narratives in the order of their ids, the problems met when reading them, and how many stories were left out."""

    narratives: tuple[Narrative, ...]
    problems: tuple[Problem, ...] = ()
    left_out: int = 0

    def __iter__(self) -> Iterator[Narrative]:
        return iter(self.narratives)

    def __len__(self) -> int:
        return len(self.narratives)

    def __getitem__(self, id: str) -> Narrative:
        for narrative in self.narratives:
            if narrative.id == id:
                return narrative
        close = difflib.get_close_matches(id, [n.id for n in self.narratives], 3)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise KeyError(f"there is no narrative {id!r}{hint}")

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the ids, source texts and metadata: the same in any order of files."""
        digest = hashlib.sha256()
        for n in sorted(self.narratives, key=lambda n: n.id):
            record = [n.id, n.source, n.language, n.industry, sorted(n.metadata.items())]
            digest.update(json.dumps(record, ensure_ascii=True).encode("ascii") + b"\n")
        return digest.hexdigest()

    def to_frame(self) -> pd.DataFrame:
        """Return one row a narrative: id, language, industry, metadata, words, characters cut, text."""
        known = ("source", "licence", "date", "author")
        extra = sorted({key for n in self.narratives for key in n.metadata} - {*known, *RESERVED})
        rows = [
            {
                "id": n.id, "language": n.language, "industry": n.industry,
                **{key: n.metadata.get(key) for key in (*known, *extra)},
                "words": n.words, "cut": len(n.source) - len(n.text), "text": n.text,
            }
            for n in self.narratives
        ]  # fmt: skip
        columns = ["id", "language", "industry", *known, *extra, "words", "cut", "text"]
        types = {column: "Int64" if column in ("words", "cut") else "string" for column in columns}
        return pd.DataFrame(rows, columns=columns).astype(types)
