"""The report of a run: one page that shows what was read and cut, what was found, and the words behind it.

Its findings are those of the notebooks, run on the same corpus (`cxresearch.report.notebooks`).

The page stands on its own: no script, no network, no other file. The same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.analysis.profiles import profiles as make_profiles
from cxresearch.codebook import VERSION
from cxresearch.corpus import Corpus, CorpusError
from cxresearch.events import to_events, write_events
from cxresearch.reading.rules import load_rules
from cxresearch.report.methods import methods as methods_of
from cxresearch.report.notebooks import notebook_folder, run_notebooks, sections
from cxresearch.report.page import EXAMPLES, SHOWN, report_html
from cxresearch.study import study_of

LIBRARIES = ("cxresearch", "numpy", "pandas", "pyarrow", "nltk", "simplemma")


def write_report(
    corpus: Corpus,
    out: Path,
    *,
    source: Path | None = None,
    text_column: str | None = None,
    language: str = "nl",
    jobs: int = 1,
) -> Path:
    """Write a folder that holds a study: events, profiles, tables, figures, executed notebooks, and a page of all.

    ``report.html``, ``events.csv``, ``profiles.csv``, ``results/`` (every table as CSV and LaTeX, every figure with
    its data), ``notebooks/`` (executed) and ``manifest.json``.

    Parameters
    ----------
    corpus : Corpus
    out : Path
        The folder.
    source : Path, optional
        Where the corpus was read from, for the notebooks to read it again. Without it they are not run, and the page
        has counts and narratives only.
    text_column, language : str
        With which it was read.
    jobs : int
        Processes.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    CorpusError
        Where the folder is the one that has the notebooks; where there are none, or one stops with an error.
    """
    if source is not None and (out / "notebooks").resolve() == notebook_folder().resolve():
        raise CorpusError(f"{out}: the executed notebooks would lie on the notebooks themselves; name another folder")
    out.mkdir(parents=True, exist_ok=True)
    study = study_of(corpus, jobs=jobs)
    events, table = study.events, make_profiles(study.events)
    write_events(events, out / "events.csv")
    table.to_csv(out / "profiles.csv", index=False, lineterminator="\n", encoding="utf-8")
    findings = []
    if source is not None:
        _clear(out)
        done = run_notebooks(source, out / "notebooks", out / "results", text_column=text_column, language=language)
        findings = sections(done)
    results = sorted(path for path in (out / "results").glob("*") if path.is_file()) if source is not None else []
    manifest = manifest_of(corpus, out, [out / "events.csv", out / "profiles.csv", *results])
    shown = corpus.narratives[:SHOWN]
    of_shown = events[events["narrative_id"].isin([narrative.id for narrative in shown])]
    told = {id_: list(group) for id_, group in groupby(to_events(of_shown), key=lambda e: e.narrative_id)}
    page = report_html(
        title="Service-failure narratives: what they tell",
        corpus_summary=summary_of(corpus),
        problems=corpus.problems,
        events=events,
        profiles=table,
        narratives=[(narrative, told.get(narrative.id, [])) for narrative in shown],
        manifest=manifest,
        findings=findings,
        methods=methods_of(study),
        accuracy=shipped_accuracy(),
    )
    (out / "report.html").write_text(page, encoding="utf-8", newline="\n")
    text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    (out / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    return out / "report.html"


def _clear(out: Path) -> None:
    """Remove the tables and figures of the report that was written there before; nothing that it did not write."""
    try:
        names = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for path in (out / "results").glob("*"):
        if path.is_file() and f"results/{path.name}" in names:
            path.unlink()


def manifest_of(corpus: Corpus, out: Path, files: Iterable[Path]) -> dict[str, Any]:
    """Return what a run depends on and what it wrote: versions and fingerprints, no time and no place."""
    return {
        "corpus": corpus.fingerprint,
        "narratives": len(corpus),
        "without industry": sum(n.industry is None for n in corpus),
        "codebook": VERSION,
        "rules": {language: load_rules(language).fingerprint for language in sorted({n.language for n in corpus})},
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "seeds": [],  # nothing in reading and counting is drawn by chance
        "files": {file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }


def shipped_accuracy() -> pd.DataFrame:
    """Return how well the rules read both test parts that come with the package, as `make accuracy` wrote it down.

    Returns
    -------
    DataFrame
        Columns `type`, `n` (mentions coded), `precision`, `recall`, `f1`; the last row but one is ``all (micro)``.
    """
    return pd.read_csv(str(files("cxresearch.codebook").joinpath("accuracy.csv")))


def summary_of(corpus: Corpus) -> dict[str, Any]:
    """Return what was read and cut, as `report_html` takes it."""
    cuts = sorted((cut.reason, n.id, cut.start, cut.end, cut.text) for n in corpus for cut in n.cuts)
    by_reason = {reason: list(group) for reason, group in groupby(cuts, key=lambda cut: cut[0])}
    return {
        "narratives": len(corpus),
        "without industry": sum(n.industry is None for n in corpus),
        "words": sum(n.words for n in corpus),
        "characters": sum(len(n.source) for n in corpus),
        "languages": {
            language: sum(n.language == language for n in corpus) for language in sorted({n.language for n in corpus})
        },
        "cuts": [
            {
                "reason": reason,
                "cuts": len(found),
                "characters": sum(end - start for _, _, start, end, _ in found),
                "examples": [(id_, start, end, text) for _, id_, start, end, text in found[:EXAMPLES]],
            }
            for reason, found in by_reason.items()
        ],
    }
