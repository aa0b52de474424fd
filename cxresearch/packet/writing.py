"""A corpus into a replication packet.

With `derived_only` it holds no words of the narratives: offsets, codes and counts, and no six words in a row.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cxresearch.analysis.profiles import profiles
from cxresearch.corpus import Corpus, CorpusError, read_corpus, refuse_overlap
from cxresearch.events import write_events
from cxresearch.packet.checking import is_packet, read_manifest, verify
from cxresearch.packet.files import CRATE, MANIFEST, UNLISTED, files_of, sha256, write_json, write_text
from cxresearch.packet.narratives import write_narratives
from cxresearch.packet.papers import crate, data_package, readme
from cxresearch.packet.verbatim import known_rows
from cxresearch.packet.wordless import events_without_words, leave_out, prove, strip_codings, strip_notebook
from cxresearch.report import manifest_of
from cxresearch.report.notebooks import run_notebooks
from cxresearch.study import study_of

LOCK = Path(__file__).parents[2] / "requirements.lock"  # there in a clone
NOT_USED = {"cxresearch", "pip", "setuptools", "uv", "wheel"}  # by the packet: they bring packages in
LIBRARIES = "bertopic matplotlib nbclient networkx scikit-learn scipy seaborn statsmodels umap-learn".split()


def write_packet(
    source: Path,
    out: Path,
    *,
    derived_only: bool = False,
    date: str | None = None,
    run: bool = True,
    text_column: str | None = None,
    language: str = "nl",
) -> Path:
    """Write a replication packet of a corpus; the same corpus, rules and versions give the same bytes.

    The notebooks are run on the narratives as the packet has them, so that whoever has the packet gets the same.

    Parameters
    ----------
    source : Path
        What `read_corpus` takes, with its codings in a folder ``codings`` in it (of a table: beside it); or a packet,
        which is then run again, with its own notebooks.
    out : Path
        A new or empty folder, or a packet of before, which is replaced. It appears when all went well.
    derived_only : bool
        Leave out every word of the narratives.
    date : str, optional
        Of publication, such as 2026-03-31, for the RO-Crate; default: today.
    run : bool
        Whether to run the notebooks. A packet without notebooks is run again without them.
    text_column, language : str
        As `read_corpus` takes them.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    CorpusError
        Where the folder holds something else, a narrative cannot be packed, a notebook stops, or (`derived_only`)
        words of a narrative stand in a file that cannot be left out. Nothing is written then.
    """
    day, source, out = _day(date), source.resolve(), out.resolve()
    before = is_packet(source)
    _refuse(source, out)
    if before and read_manifest(source)["packet"]["derived_only"]:
        raise CorpusError(f"{source}: a packet of derived data holds no narratives to read; give the corpus itself")
    own = os.environ.get("CXRESEARCH_RULES")
    if before and (source / "rules").is_dir() and not own:
        raise CorpusError(
            f"{source}: made with rules of its own; set CXRESEARCH_RULES={source / 'rules'} and run again"
        )
    corpus = read_corpus(source / "data" if before else source, text_column=text_column, language=language)
    if not len(corpus):
        raise CorpusError(f"{source}: no narrative could be read; `cxresearch check` says why")
    run = run and not (before and not read_manifest(source)["packet"]["notebooks"])
    codings = (source if source.is_dir() else source.parent) / "codings"
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".packet-", dir=out.parent) as place:
        stage, work = Path(place, "corpus"), Path(place, "packet")
        work.mkdir()
        write_narratives(corpus, stage)
        if codings.is_dir():
            shutil.copytree(codings, stage / "codings", ignore=shutil.ignore_patterns(".*"))
        if own:
            shutil.copytree(own, work / "rules", ignore=_all_but_rules)
        if run:
            _run(stage, work, source / "notebooks" if before else None)
        _write_derived(corpus, work / "derived", derived_only)
        if codings.is_dir():
            shutil.move(stage / "codings", work / "codings")
        rows = known_rows(text for n in corpus for text in (n.source, n.text)) if derived_only else frozenset()
        left_out = {}
        if derived_only:
            left_out = _without_words(work, rows)
        else:
            shutil.move(stage, work / "data")
        _write_papers(corpus, work, day, {"derived_only": derived_only, "left_out": left_out, "notebooks": run})
        if derived_only:
            prove(work, rows)
        if out.exists():
            shutil.rmtree(out)
        os.replace(work, out)
    return out


def _all_but_rules(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".toml") and not Path(folder, name).is_dir()}


def _day(date: str | None) -> str:
    try:
        return (datetime.date.fromisoformat(date) if date else datetime.date.today()).isoformat()
    except ValueError as error:
        raise CorpusError(f"date: {date!r} is no date; write it as 2026-03-31") from error


def _refuse(source: Path, out: Path) -> None:
    """Raise `CorpusError` where writing would destroy something, or put the packet among the narratives."""
    refuse_overlap(source, out)
    if out.is_file():
        raise CorpusError(f"{out}: this is a file; name a folder")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not is_packet(out):
        raise CorpusError(f"{out}: this folder is not empty, and no packet; name a new one")
    foreign = [name for name, what in verify(out).items() if what == "not in the manifest"]
    if foreign:
        raise CorpusError(f"{out}: '{foreign[0]}' is not of the packet that lies there; move it, or name a new folder")


def _run(stage: Path, work: Path, folder: Path | None) -> None:
    """Run the notebooks; the names of the folders where they ran are taken out of what they print."""
    try:
        done = run_notebooks(stage, work / "notebooks", work / "results", folder=folder)
    except CorpusError as error:
        told = str(error).replace(f" (they are in {work / 'notebooks'})", "")
        raise CorpusError(f"no packet was written: {told}") from error
    for path in sorted(work.rglob(".*"), reverse=True):  # caches and checkpoints are no results
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in done:
        text = path.read_text(encoding="utf-8")
        for place, name in ((stage, "CORPUS"), (work, "PACKET")):
            text = text.replace(json.dumps(str(place))[1:-1], name)
        write_text(path, text)


def _write_derived(corpus: Corpus, folder: Path, derived_only: bool) -> None:
    folder.mkdir()
    events = study_of(corpus).events
    profiles(events).to_csv(folder / "profiles.csv", index=False, lineterminator="\n", encoding="utf-8")
    if derived_only:
        bare = events_without_words(events)
        bare.to_csv(folder / "events.csv", index=False, lineterminator="\n", encoding="utf-8")
    else:
        write_events(events, folder / "events.csv")


def _without_words(work: Path, rows: frozenset[str]) -> dict[str, str]:
    left_out = strip_codings(work / "codings")
    for path in sorted((work / "notebooks").rglob("*.ipynb")):
        strip_notebook(path)
    for name in ("codings", "notebooks", "results"):
        left_out |= leave_out(work / name, rows)
    return dict(sorted(left_out.items()))


def _write_papers(corpus: Corpus, work: Path, day: str, packet: Mapping[str, Any]) -> None:
    licences = Counter(n.metadata.get("licence", "") for n in corpus)
    manifest = manifest_of(corpus, work, [])
    manifest.pop("seeds", None)  # the notebooks name their own
    manifest["libraries"] |= {name: found for name in LIBRARIES if (found := _version(name))}
    manifest["packet"] = dict(packet)
    write_text(work / "requirements.lock", _lock())
    write_json(work / "datapackage.json", data_package(work, licences))
    write_text(work / "README.md", readme(manifest, files_of(work), licences))
    manifest["files"] = {name: sha256(work / name) for name in files_of(work) if name not in UNLISTED}
    write_json(work / MANIFEST, manifest)
    write_json(work / CRATE, crate(work, day, licences, manifest))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _lock() -> str:
    """Return the lock of the clone, or of an installed package what is installed with it."""
    if LOCK.is_file():
        return LOCK.read_text(encoding="utf-8")
    found = {d.metadata["Name"].lower().replace("_", "-"): d.version for d in distributions()}
    return "".join(f"{name}=={number}\n" for name, number in sorted(found.items()) if name not in NOT_USED)
