"""Files and tables to a corpus. What is wrong is reported, one bad text never stops the rest."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cxresearch.corpus import sources
from cxresearch.corpus.checks import LANGUAGES, format_problem, known_language, make_narrative
from cxresearch.corpus.duplicates import duplicates
from cxresearch.corpus.narrative import Corpus, Narrative
from cxresearch.corpus.sources import CorpusError, Draft, Problem


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
    if known_language(language) is None:
        raise CorpusError(f"there are no rules for language {language!r}; known are: {', '.join(LANGUAGES)}")
    problems: list[Problem] = []
    suffix = path.suffix.lower()
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        close = difflib.get_close_matches(path.name, beside, 3)
        hint = f"; did you mean {', '.join(close)}?" if close else "; look at the spelling and the folder you are in"
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
        raise CorpusError(f"{path}: files of this kind cannot be read; known are {known}, or a folder of texts")
    return _assemble(drafts, [*problems, *_without_industry(drafts, path)], language)


def _without_industry(drafts: Sequence[Draft], path: Path) -> Iterator[Problem]:
    """Say where a table gives no industry, so that it has to be read from the words, and which columns it has."""
    table = path / "metadata.csv" if path.is_dir() else path
    without = sum(not draft.metadata.get("industry") for draft in drafts)
    if without and table.suffix.lower() in sources.TABLE_SUFFIXES and table.exists():
        extra = sorted({key for draft in drafts for key in draft.metadata} - {*sources.FIELDS})
        columns = f"; columns kept as they are: {', '.join(extra)}" if extra else ""
        message = f"{without} of {len(drafts)} stories have none; it is read from their words. To give it, add a column"
        yield Problem(table.name, None, "industry", "note", f"{message} 'industry'{columns}")


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
    names = {draft.file: i for i, draft in enumerate(drafts)} | {draft.id: i for i, draft in enumerate(drafts)}
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
        raise CorpusError(f"{path}: the table has no rows; it needs a heading and a row for every story{reasons}")
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
        message = "there is no column 'id': ids are made of the row numbers and change when rows move; add one"
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
        narrative = make_narrative(draft, language, report)
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
    left_out = len(drafts) - len(kept) + sum(problem.lost for problem in problems)
    return Corpus(tuple(n for _, n in kept.values()), tuple(problems), left_out)


def _report(problems: list[Problem], draft: Draft, field: str | None, severity: str, message: str) -> None:
    problems.append(Problem(draft.file, draft.line, field, severity, message))


def _place(draft: Draft) -> str:
    return draft.file if draft.line is None else f"{draft.file}, line {draft.line}"
