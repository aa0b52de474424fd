"""Many narratives: several processes, progress, and a run that can be stopped and taken up again.

Narratives go through in batches, sorted by id. The events of a batch are kept in a working folder beside the
output until all are there; a run of the same corpus with the same rules finds the batches that are done.
Batches do not depend on the number of processes, so the output has the same bytes with one and with many.
"""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from cxresearch.codebook import VERSION
from cxresearch.corpus import Corpus, Narrative
from cxresearch.events import EventWriter, read_events, to_frame, write_events
from cxresearch.reading.parse import parse
from cxresearch.reading.rules import load_rules
from cxresearch.version import __version__

BATCH = 100_000  # characters: some fifty columns, so that also a small corpus keeps two processes busy


def batches(narratives: Iterable[Narrative]) -> Iterator[list[Narrative]]:
    """Yield the narratives in lists of about `BATCH` characters, at least one narrative each."""
    batch: list[Narrative] = []
    size = 0
    for narrative in narratives:
        batch.append(narrative)
        size += len(narrative.text)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def parse_batch(batch: Sequence[Narrative]) -> pd.DataFrame:
    """Return the event table of some narratives. Stateless: fit for any pool, Dask or Spark's mapInPandas."""
    with _collecting_seldom():
        return to_frame([event for narrative in batch for event in parse(narrative).events])


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let the garbage collector look less often: reading makes much that lives briefly, and a tenth is gained."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run_fingerprint(corpus: Corpus) -> str:
    """Return what a run depends on: this version, the corpus, the codebook and the rules of its languages."""
    digest = hashlib.sha256(f"{__version__} {VERSION} {BATCH} {corpus.fingerprint}".encode())
    for language in sorted({n.language for n in corpus}):
        digest.update(load_rules(language).fingerprint.encode())
    return digest.hexdigest()[:16]


def parse_frames(
    corpus: Corpus, *, jobs: int = 1, work: Path | None = None, progress: bool | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the event tables of a corpus, batch after batch in the order of the ids.

    Parameters
    ----------
    corpus : Corpus
    jobs : int
        Processes.
    work : Path, optional
        Folder in which done batches are kept and looked for. Without it nothing is kept.
    progress : bool, optional
        Whether to show a bar; default: where standard error is a terminal.
    """
    todo = list(batches(corpus))
    shown = sys.stderr.isatty() if progress is None else progress
    total = sum(len(narrative.text) for narrative in corpus)
    with tqdm(total=total, unit="chars", unit_scale=True, disable=not shown, desc="reading") as bar:
        for batch, frame in zip(todo, _frames(todo, jobs, work), strict=True):
            bar.update(sum(len(narrative.text) for narrative in batch))
            yield frame


def _frames(todo: Sequence[list[Narrative]], jobs: int, work: Path | None) -> Iterator[pd.DataFrame]:
    if jobs <= 1 or len(todo) < 2:
        for number, batch in enumerate(todo):
            done = _kept(work, number)
            yield done if done is not None else _keep(work, number, parse_batch(batch))
        return
    # spawn: forked children of a threaded parent (a notebook) may hang
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: dict[int, Future[pd.DataFrame]] = {}
        ahead = 0
        for number in range(len(todo)):
            while ahead < len(todo) and ahead < number + 2 * jobs:  # a bound on what lies in memory
                if _kept(work, ahead) is None:
                    waiting[ahead] = pool.submit(parse_batch, todo[ahead])
                ahead += 1
            if number in waiting:
                yield _keep(work, number, waiting.pop(number).result())
            else:
                done = _kept(work, number)
                assert done is not None
                yield done


def _kept(work: Path | None, number: int) -> pd.DataFrame | None:
    if work is None or not (path := work / f"{number:06d}.parquet").exists():
        return None
    return read_events(path)


def _keep(work: Path | None, number: int, frame: pd.DataFrame) -> pd.DataFrame:
    if work is not None:
        path = work / f"{number:06d}.parquet"
        partial = path.with_name(f".{path.name}")
        write_events(frame, partial)
        os.replace(partial, path)
    return frame


def parse_to_file(corpus: Corpus, output: Path, *, jobs: int = 1, progress: bool | None = None) -> int:
    """Write the event table of a corpus; an interrupted run takes up where it stopped.

    Returns
    -------
    int
        The number of events.
    """
    work = output.with_name(f".{output.name}.{run_fingerprint(corpus)}")
    work.mkdir(parents=True, exist_ok=True)
    count = 0
    with EventWriter(output) as writer:
        for frame in parse_frames(corpus, jobs=jobs, work=work, progress=progress):
            writer.write_frame(frame)
            count += len(frame)
    shutil.rmtree(work)
    return count
