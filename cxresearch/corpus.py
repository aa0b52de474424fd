"""Files to narratives: read, check, clean, fingerprint. One bad text is reported and never stops the rest."""

from __future__ import annotations

import bisect
import datetime
import difflib
import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cxresearch import sources
from cxresearch.cleaning import Cut, clean
from cxresearch.duplicates import duplicates
from cxresearch.sources import CorpusError, Draft, Problem

__all__ = [
    "Corpus",
    "CorpusError",
    "Cut",
    "Narrative",
    "Problem",
    "check",
    "corpus_from_texts",
    "format_problem",
    "read_corpus",
]

LANGUAGES = {"nl": ("dutch", "nederlands", "nld", "dut"), "en": ("english", "engels", "eng")}
INDUSTRIES = tuple(tomllib.loads((Path(__file__).parent / "codebook/industries.toml").read_text("utf-8")))
FEWEST_WORDS = 5
WORD = re.compile(r"\w+")
MOJIBAKE = re.compile(r"Ã[\x80-\xbf«¨©¶¼]|â€")
ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,5});", re.IGNORECASE)


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

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in `source` of `text[start:end]`; what was cut in between lies inside them."""
        if start >= end:
            return self.source_offset(start), self.source_offset(start)
        return self.source_offset(start), self.source_offset(end - 1) + 1


@dataclass(frozen=True)
class Corpus:
    """Narratives in the order of their ids, and the problems met when reading them."""

    narratives: tuple[Narrative, ...]
    problems: tuple[Problem, ...] = ()

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
                "words": len(WORD.findall(n.text)), "cut": len(n.source) - len(n.text), "text": n.text,
            }
            for n in self.narratives
        ]  # fmt: skip
        columns = ["id", "language", "industry", *known, *extra, "words", "cut", "text"]
        types = {column: "Int64" if column in ("words", "cut") else "string" for column in columns}
        return pd.DataFrame(rows, columns=columns).astype(types)


RESERVED = ("id", "language", "industry", "words", "cut", "text")


def read_corpus(path: str | Path, *, text_column: str | None = None, language: str = "nl") -> Corpus:
    """Read a folder of texts, a table with a text column, or one text file.

    Parameters
    ----------
    path : str or Path
        A folder of .txt and .md files (read with all folders in it; a `metadata.csv` in it is matched on
        `id` or `file`), a .csv, .tsv, .jsonl, .parquet or .xlsx, or one .txt or .md.
    text_column : str, optional
        The column of the table that holds the stories. Found by its name or its length if not given.
    language : str
        The language of texts that do not state one.

    Returns
    -------
    Corpus
        With its `problems`: what was left out or looks wrong, by file, line and field.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "bank.txt").write_text("Al vijf weken wacht ik op mijn nieuwe pas.", encoding="utf-8")
    >>> [narrative.id for narrative in read_corpus(folder)]
    ['bank']
    """
    path = Path(path)
    if _language(language) is None:
        raise CorpusError(f"there are no rules for language {language!r}; known are: {', '.join(LANGUAGES)}")
    problems: list[Problem] = []
    suffix = path.suffix.lower()
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, beside, 3)
        hint = (
            f"; did you mean {', '.join(close)}?"
            if close
            else "; look at the spelling and the folder you are in"
        )
        raise CorpusError(f"{path} does not exist{hint}")
    if path.is_dir():
        drafts = _read_folder(path, problems)
    elif suffix in sources.TABLE_SUFFIXES:
        drafts = _read_table(path, text_column, problems)
    elif suffix in sources.TEXT_SUFFIXES:
        draft = sources.read_text(path, path.name, problems)
        if draft is None:
            raise CorpusError(format_problem(problems[-1]))
        drafts = [draft]
    else:
        known = ", ".join((*sources.TEXT_SUFFIXES, *sources.TABLE_SUFFIXES))
        raise CorpusError(
            f"{path}: files of this kind cannot be read; known are {known}, or a folder of texts"
        )
    return _assemble(drafts, problems, language)


def check(path: str | Path, *, text_column: str | None = None, language: str = "nl") -> Corpus:
    """Read a corpus for the sake of its `problems`: the same reading as `read_corpus`."""
    return read_corpus(path, text_column=text_column, language=language)


def corpus_from_texts(texts: Mapping[str, str] | Sequence[str], *, language: str = "nl") -> Corpus:
    """Make a corpus of texts at hand: a mapping from id to text, or a list (ids are then text-1, text-2 …).

    Examples
    --------
    >>> len(corpus_from_texts({"bank": "Al vijf weken wacht ik op mijn nieuwe pas."}))
    1
    """
    if isinstance(texts, str):
        raise CorpusError(
            "give a list of texts or a mapping from id to text, not one string: corpus_from_texts([text])"
        )
    if not isinstance(texts, Mapping):
        width = len(str(len(texts)))
        texts = {f"text-{i:0{width}}": text for i, text in enumerate(texts, 1)}
    drafts = [Draft(str(id), str(id), None, str(text)) for id, text in texts.items()]
    return _assemble(drafts, [], language)


def format_problem(problem: Problem) -> str:
    """Return a problem as one line: severity, file, line, field, and what to do.

    Examples
    --------
    >>> format_problem(Problem("a.txt", 3, "date", "error", "write 2019-03-01"))
    'error: a.txt, line 3, date: write 2019-03-01'
    """
    place = [problem.file]
    if problem.line is not None:
        place.append(f"line {problem.line}")
    if problem.field:
        place.append(problem.field)
    return f"{problem.severity}: {', '.join(place)}: {problem.message}"


def _read_folder(folder: Path, problems: list[Problem]) -> list[Draft]:
    drafts = list(sources.read_texts(folder, problems))
    if not drafts:
        tables = [p.name for p in sources.text_files(folder) if p.suffix.lower() in sources.TABLE_SUFFIXES]
        tables = [name for name in tables if name != "metadata.csv"]
        hint = f"; to read a table give its path: {folder / tables[0]}" if tables else ""
        reasons = "".join(f"\n  {format_problem(p)}" for p in problems if p.severity == "error")
        raise CorpusError(
            f"{folder}: there is no text in it; put a .txt or .md file in it for every story{hint}{reasons}"
        )
    if (folder / "metadata.csv").exists():
        drafts = _add_metadata(drafts, folder / "metadata.csv", problems)
    return drafts


def _add_metadata(drafts: list[Draft], path: Path, problems: list[Problem]) -> list[Draft]:
    """Return the drafts with the fields of metadata.csv; what front matter says itself goes first."""

    def report(line: int | None, field: str | None, severity: str, message: str) -> None:
        problems.append(Problem(path.name, line, field, severity, message))

    try:
        rows = [(line, sources.tidy(row)) for line, row in sources.read_rows(path, problems)]
    except CorpusError as error:
        report(None, None, "error", str(error))
        return drafts
    if not any("id" in row or "file" in row for _, row in rows):
        report(
            1,
            "id",
            "error",
            "there is no column 'id' or 'file', so no row finds its text; add one with the names of files",
        )
        return drafts
    names = {draft.file: i for i, draft in enumerate(drafts)} | {
        draft.id: i for i, draft in enumerate(drafts)
    }
    found: dict[int, dict[str, str]] = {}
    for line, row in rows:
        keys = [row.pop(key, "").replace("\\", "/").removeprefix("./") for key in ("id", "file")]
        at = next((names[key] for key in keys if key in names), None)
        if at is None:
            report(
                line,
                "id",
                "warning",
                f"no text belongs to {keys[0] or keys[1]!r}; correct the id or add the file",
            )
        elif at in found:
            report(
                line,
                "id",
                "error",
                f"{keys[0] or keys[1]!r} has a row already; the first one counts. Take one away",
            )
        else:
            found[at] = row
    for i, draft in enumerate(drafts):
        if i not in found:
            report(None, "id", "warning", f"{draft.file} has no row; add one with id {draft.id!r}")
    return [replace(d, metadata=found.get(i, {}) | d.metadata) for i, d in enumerate(drafts)]


def _read_table(path: Path, text_column: str | None, problems: list[Problem]) -> list[Draft]:
    rows = sources.read_rows(path, problems)
    if not rows:
        reasons = "".join(f"\n  {format_problem(p)}" for p in problems if p.severity == "error")
        raise CorpusError(
            f"{path}: the table has no rows; it needs a heading and a row for every story{reasons}"
        )
    column = sources.find_text_column(rows, text_column, str(path))
    drafts = []
    missing = 0
    width = len(str(rows[-1][0]))
    for line, row in rows:
        metadata = sources.tidy({key: value for key, value in row.items() if key != column})
        id = metadata.pop("id", "")
        if not id:
            missing += 1
            id = f"{path.stem}-{line:0{width}}"
        drafts.append(Draft(id, path.name, line, sources.as_string(row.get(column)), 0, metadata))
    if missing == len(rows):
        message = (
            "there is no column 'id': ids are made of the row numbers and change when rows move; add one"
        )
        problems.append(Problem(path.name, 1, "id", "warning", message))
    elif missing:
        problems.append(
            Problem(
                path.name,
                None,
                "id",
                "warning",
                f"{missing} rows have no id; their row number is used. Fill them in",
            )
        )
    return drafts


def _assemble(drafts: Iterable[Draft], problems: list[Problem], language: str) -> Corpus:
    """Return the corpus of these drafts: every text checked and cleaned, ids and texts unique."""
    drafts = sorted(drafts, key=lambda d: (d.id, d.file, d.source, d.line or 0))
    kept: dict[str, tuple[Draft, Narrative]] = {}
    for draft in drafts:
        report = functools.partial(_report, problems, draft)
        if draft.id in kept:
            first = kept[draft.id][0]
            report(
                "id",
                "error",
                f"the id {draft.id!r} is taken by {_place(first)}; left out. Give it another id",
            )
            continue
        narrative = _narrative(draft, language, report)
        if narrative:
            kept[draft.id] = draft, narrative
    for id, other, share in list(duplicates((id, n.text) for id, (_, n) in kept.items())):
        report = functools.partial(_report, problems, kept[id][0])
        if share == 1.0:
            report("text", "error", f"the same text as {other!r}; left out. Take one away")
            del kept[id]
        else:
            report(
                "text",
                "warning",
                f"nearly the same text as {other!r} ({share:.0%} of it); keep one if they are one story",
            )
    problems.sort(key=lambda p: (p.file, p.line or 0, p.field or "", p.message))
    return Corpus(tuple(n for _, n in kept.values()), tuple(problems))


def _report(problems: list[Problem], draft: Draft, field: str | None, severity: str, message: str) -> None:
    problems.append(Problem(draft.file, draft.line, field, severity, message))


def _place(draft: Draft) -> str:
    return draft.file if draft.line is None else f"{draft.file}, line {draft.line}"


def _narrative(
    draft: Draft, default: str, report: Callable[[str | None, str, str], None]
) -> Narrative | None:
    """Return the narrative of a draft, or None where it has to be left out; both report why."""
    metadata = dict(draft.metadata)
    stated = metadata.pop("language", default)
    language = _language(stated)
    if language is None:
        report(
            "language",
            "error",
            f"there are no rules for {stated!r}; left out. Known are: {', '.join(LANGUAGES)}",
        )
        return None
    industry = metadata.pop("industry", None)
    if industry is not None and industry.lower().replace(" ", "_").replace("-", "_") in INDUSTRIES:
        industry = industry.lower().replace(" ", "_").replace("-", "_")
    elif industry is not None:
        close = difflib.get_close_matches(industry.lower(), INDUSTRIES, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        report(
            "industry",
            "error",
            f"{industry!r} is no industry; {hint}known are: {', '.join(INDUSTRIES)}. It is left empty",
        )
        metadata["industry_as_given"] = industry
        industry = None
    if "date" in metadata and not _is_date(metadata["date"]):
        report(
            "date",
            "error",
            f"{metadata['date']!r} is no date; write 2019, 2019-03 or 2019-03-31. It is left empty",
        )
        metadata["date_as_given"] = metadata.pop("date")
    if not draft.source[draft.skip :].strip():
        report("text", "error", "there is no text; left out. Add the story or take it away")
        return None
    cleaned = clean(draft.source, skip=draft.skip)
    words = len(WORD.findall(cleaned.text))
    if words < FEWEST_WORDS:
        cut = ", ".join(sorted({c.reason for c in cleaned.cuts} - {"front_matter"})) or "nothing"
        report(
            "text",
            "error",
            f"no narrative is left: {words} words after cleaning (cut: {cut}); left out. Look at the text",
        )
        return None
    if 2 * len(cleaned.text) < len(draft.source) - draft.skip:
        share = 1 - len(cleaned.text) / (len(draft.source) - draft.skip)
        report("text", "note", f"cleaning cut {share:.0%} of the text; look at its cuts")
    if any(cut.reason == "markup" for cut in cleaned.cuts) or ENTITY.search(cleaned.text):
        report(
            "text",
            "warning",
            "the text holds markup (HTML or Markdown); save it as plain text, so that words are read right",
        )
    if MOJIBAKE.search(cleaned.text):
        report(
            "text",
            "warning",
            "letters look garbled (Ã©, â€™): it was decoded wrongly before; export it again as UTF-8",
        )
    return Narrative(
        draft.id, cleaned.text, draft.source, cleaned.cuts, cleaned.pieces, language, industry, metadata
    )  # fmt: skip


def _language(stated: str) -> str | None:
    code = stated.strip().lower().replace("_", "-").split("-")[0]
    return next((known for known, names in LANGUAGES.items() if code == known or code in names), None)


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", value, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True
