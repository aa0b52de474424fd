"""One study: a corpus read, its events and its profiles with what is known of the narratives, ready for analysis."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.analysis.outcomes import indicators
from cxresearch.analysis.profiles import profiles
from cxresearch.analysis.resampling import FEWEST
from cxresearch.corpus import Corpus, CorpusError, format_problem, read_corpus
from cxresearch.reading.rules import load_rules
from cxresearch.reading.text import read
from cxresearch.runs import parse_frames
from cxresearch.version import __version__


@dataclass(frozen=True)
class Study:
    """What a notebook works with.

    Attributes
    ----------
    corpus : Corpus
    narratives : DataFrame
        A row a narrative with its metadata, without the text.
    events : DataFrame
        The event table (`cxresearch.events.COLUMNS`): a row a mention.
    episodes : DataFrame
        The profile of every episode (`analysis.profiles.profiles`), the answers of `analysis.outcomes.indicators`,
        and the metadata of its narrative: `author`, `genre` and whatever else the metadata have. A column of yours that
        is called like one of these is kept as ``NAME_given``.
    run : dict
        What all of it depends on: version, number of narratives, fingerprints of corpus and rules.
    """

    corpus: Corpus
    narratives: pd.DataFrame
    events: pd.DataFrame
    episodes: pd.DataFrame
    run: dict[str, Any]

    def __repr__(self) -> str:
        sizes = f"{len(self.corpus)} narratives, {len(self.episodes)} episodes, {len(self.events)} event mentions"
        return f"<Study: {sizes}>"

    def _repr_html_(self) -> str:
        rows = [
            ("narratives", len(self.corpus)),
            ("words", int(self.narratives["words"].sum())),
            ("episodes", len(self.episodes)),
            ("event mentions", len(self.events)),
            ("remarks on the corpus", len(self.corpus.problems)),
        ]
        return pd.DataFrame(rows, columns=["", "number"]).to_html(index=False)


def read_study(
    path: str | Path,
    *,
    text_column: str | None = None,
    language: str | None = None,
    jobs: int = 1,
    progress: bool | None = None,
) -> Study:
    """Read a corpus and its events: a folder of texts, a table with a column of texts, or one text file.

    Parameters
    ----------
    path : path
    text_column : str, optional
        The column of a table that holds the texts; default: the variable CXRESEARCH_TEXT_COLUMN, or found.
    language : str, optional
        Of texts whose metadata name none; default: the variable CXRESEARCH_LANGUAGE, or ``nl``. (The variables are how
        `cxresearch report` hands its options on to the notebooks.)
    jobs : int
        Processes.
    progress : bool, optional
        Whether to show a bar; default: where standard error is a terminal.

    Returns
    -------
    Study

    Raises
    ------
    CorpusError
        Where no narrative can be read; it says what is wrong with the first.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "pas.txt").write_text("Gisteren belde ik de bank over mijn pas. Ze bood haar excuses aan.")
    ...     study = read_study(folder)
    >>> len(study.corpus), study.events["type"].tolist()
    (1, ['contact', 'apology'])
    """
    corpus = read_corpus(
        path,
        text_column=text_column or os.environ.get("CXRESEARCH_TEXT_COLUMN"),
        language=language or os.environ.get("CXRESEARCH_LANGUAGE", "nl"),
    )
    return study_of(corpus, place=str(path), jobs=jobs, progress=progress)


def study_of(corpus: Corpus, *, place: str = "corpus", jobs: int = 1, progress: bool | None = None) -> Study:
    """Return the study of a corpus that was read already; see `read_study`."""
    if not len(corpus):
        first = f": {format_problem(corpus.problems[0])}" if corpus.problems else ""
        raise CorpusError(f"{place}: no narrative could be read{first}")
    events = pd.concat(parse_frames(corpus, jobs=jobs, progress=progress), ignore_index=True)
    narratives = corpus.to_frame().drop(columns="text").rename(columns={"id": "narrative_id"})
    told = indicators(profiles(events))
    ours = {*told.columns} - {"narrative_id"}
    given = narratives.drop(columns="industry").rename(columns={name: f"{name}_given" for name in ours})
    run = {
        "cxresearch": __version__,
        "narratives": len(corpus),
        "corpus": corpus.fingerprint[:16],
        "rules": {name: load_rules(name).fingerprint[:16] for name in sorted({n.language for n in corpus})},
    }
    return Study(corpus, narratives, events, told.merge(given, on="narrative_id", how="left"), run)


def limits(study: Study) -> pd.DataFrame:
    """Return what these data can carry: a row an analysis, what it needs, what is there, and whether that is enough.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> table = limits(study_of(corpus_from_texts({"a": "Ik belde de bank drie keer."})))
    >>> table["enough"].tolist()
    [True, False, False, False, False]
    """
    authors = study.episodes["author"].fillna(study.episodes["narrative_id"])
    sizes = authors.groupby(study.episodes["industry"]).nunique()
    groups = int((sizes >= FEWEST).sum())
    sentences = sum(len(read(narrative.text).sentences) for narrative in study.corpus)
    solved = int(study.episodes["resolved"].fillna(False).sum())
    has = [
        ("reading stories, counting events", "one narrative", 1, len(study.corpus)),
        ("rates with intervals", f"an industry with episodes of {FEWEST} authors", 1, groups),
        ("comparison of industries", "two such industries", 2, groups),
        ("topics", "100 sentences; stable seldom below 500", 100, sentences),
        ("time to resolution", f"{FEWEST} episodes that tell a solution", FEWEST, solved),
    ]
    rows = [(analysis, needs, found, found >= least) for analysis, needs, least, found in has]
    return pd.DataFrame(rows, columns=["analysis", "needs", "found", "enough"])
