"""What is in a study, in tables for its reader: who tells what, what was cut, how files became events."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cxresearch.codebook import event_types
from cxresearch.corpus import format_problem
from cxresearch.errors import InputError
from cxresearch.study import Study

SHOWN = ("order", "sentence", "type", "subtype", "text", "polarity", "realis", "actor", "speaker", "duration", "amount")


def by_industry(study: Study) -> pd.DataFrame:
    """Return the size of the corpus by industry, and a row of all.

    Narratives go by the industry of their metadata, or of their first episode; episodes by their own.

    Returns
    -------
    DataFrame
        Columns `industry`, `narratives`, `episodes`, `authors`, `words_median` (of the middle narrative), `mentions`.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> from cxresearch.study import study_of
    >>> table = by_industry(study_of(corpus_from_texts({"a": "Ik belde de bank over mijn bankpas en mijn rekening."})))
    >>> table[["industry", "narratives", "episodes"]].to_numpy().tolist()
    [['banking', 1, 1], ['all', 1, 1]]
    """
    told = study.episodes.groupby("narrative_id")["industry"].first()
    stories = study.narratives.set_index("narrative_id")
    industry = stories["industry"].fillna(told.reindex(stories.index)).fillna("unknown")
    of_episode = study.episodes["industry"].fillna("unknown")
    rows = []
    for name in [*sorted({*industry, *of_episode}), "all"]:
        chosen = stories if name == "all" else stories[industry == name]
        episodes = study.episodes if name == "all" else study.episodes[of_episode == name]
        mentions = study.events[study.events["narrative_id"].isin(chosen.index)]
        words = int(chosen["words"].median()) if len(chosen) else 0
        rows.append((name, len(chosen), len(episodes), chosen["author"].nunique(), words, len(mentions)))
    return pd.DataFrame(rows, columns=["industry", "narratives", "episodes", "authors", "words_median", "mentions"])


def by_metadata(study: Study, column: str) -> pd.DataFrame:
    """Return the number of narratives and words for each value of a column of the metadata.

    Raises
    ------
    InputError
        Where the metadata have no such column.
    """
    if column not in study.narratives.columns:
        raise InputError(f"the metadata have no column {column}; they have {', '.join(study.narratives.columns)}")
    values = study.narratives[column].fillna("unknown")
    table = study.narratives.groupby(values).agg(narratives=("narrative_id", "size"), words=("words", "sum"))
    return (
        table.reset_index()
        .rename(columns={column: "value"})
        .assign(column=column)[["column", "value", "narratives", "words"]]
    )


def flow(study: Study) -> pd.DataFrame:
    """Return the way from narratives to events that count: a row a stage, for `figures.corpus_flow`.

    Returns
    -------
    DataFrame
        Columns `stage`, `unit`, `n`, `left_out` (how many of the stage before do not go on) and `why`.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> from cxresearch.study import study_of
    >>> study = study_of(corpus_from_texts({"a": "Ik belde de bank. Bel nooit.", "b": "Mooi weer vandaag, zeiden we."}))
    >>> flow(study)["n"].tolist()
    [2, 1, 1, 3, 3, 1]
    """
    events = study.events
    told = (events["polarity"] == "affirmed") & (events["realis"] == "actual")
    inside = events["episode"].notna()
    with_episode = int(study.episodes["narrative_id"].nunique())
    rows = [
        ("narratives read", "narratives", len(study.corpus), study.corpus.left_out, "could not be read"),
        ("with an episode", "narratives", with_episode, len(study.corpus) - with_episode, "tell of no organisation"),
        ("episodes", "episodes", len(study.episodes), 0, ""),
        ("mentions of events", "mentions", len(events), 0, ""),
        ("in an episode", "mentions", int(inside.sum()), int((~inside).sum()), "in reflection"),
        (
            "told as having happened",
            "mentions",
            int((inside & told).sum()),
            int((inside & ~told).sum()),
            "denied, planned, supposed or general",
        ),
    ]
    return pd.DataFrame(rows, columns=["stage", "unit", "n", "left_out", "why"])


def codebook() -> pd.DataFrame:
    """Return the codebook as a table: a row an event type, with its definition and when it is coded.

    Examples
    --------
    >>> codebook()["type"].tolist()[:2]
    ['failure', 'wait']
    """
    kinds = event_types().values()
    rows = [(k.name, k.label_nl, k.definition, k.code_when, k.not_when, ", ".join(k.subtypes)) for k in kinds]
    return pd.DataFrame(rows, columns=["type", "in_dutch", "definition", "coded_when", "not_when", "subtypes"])


def cuts(study: Study) -> pd.DataFrame:
    """Return what was cut from the sources before reading: a row a reason, with an example.

    Returns
    -------
    DataFrame
        Columns `reason`, `cuts`, `narratives`, `characters`, `example`.
    """
    found = pd.DataFrame(
        [(cut.reason, n.id, len(cut.text), " ".join(cut.text.split())) for n in study.corpus for cut in n.cuts],
        columns=["reason", "narrative_id", "characters", "example"],
    )
    table = found.groupby("reason").agg(
        cuts=("reason", "size"),
        narratives=("narrative_id", "nunique"),
        characters=("characters", "sum"),
        example=("example", lambda texts: _short(sorted(texts, key=lambda t: (-len(t), t))[0])),
    )
    return table.reset_index()


def remarks(study: Study) -> pd.DataFrame:
    """Return what is wrong with the corpus, or might be: file, field and what to do."""
    return pd.DataFrame({"remark": [format_problem(problem) for problem in study.corpus.problems]}, dtype="string")


def richest(study: Study) -> str:
    """Return the id of the narrative with the most events (the first of several): one to read closely."""
    counts = study.events["narrative_id"].value_counts()
    return str(min(counts[counts == counts.max()].index)) if len(counts) else study.corpus.narratives[0].id


def events_of(study: Study, narrative_id: str, columns: Iterable[str] = SHOWN) -> pd.DataFrame:
    """Return the rows of the event table of one narrative, the columns that a reader looks at first."""
    rows = study.events.loc[study.events["narrative_id"] == narrative_id, list(columns)].astype(object)
    return rows.where(rows.notna(), "").reset_index(drop=True)


def _short(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
