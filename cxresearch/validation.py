"""What people coded beside what the parser reads, and what two people coded beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cxresearch.analysis.agreement import mention_agreement, qualifier_agreement, source_mentions
from cxresearch.analysis.reliability import coder_agreement, qualifier_reliability
from cxresearch.codings import read_codings
from cxresearch.corpus import Corpus, CorpusError, Narrative
from cxresearch.reading.text import read
from cxresearch.runs import parse_batch
from cxresearch.tables import cell, with_intervals

CODER_MEASURES = ("Krippendorff's alpha", "Gwet's AC1", "unitised alpha", "F1 overlapping", "F1 strict")


def coded_narratives(corpus: Corpus, codings: pd.DataFrame) -> list[Narrative]:
    """Return the narratives of a corpus that were coded.

    Raises
    ------
    CorpusError
        Where a coded narrative is not in the corpus.
    """
    coded = set(codings["narrative_id"])
    if missing := sorted(coded - {narrative.id for narrative in corpus}):
        raise CorpusError(
            f"{len(missing)} of the coded narratives are not in the corpus, the first {missing[0]}: "
            f"give the folder that the codings were made of"
        )
    return [narrative for narrative in corpus if narrative.id in coded]


def sentence_units(narratives: Sequence[Narrative]) -> pd.DataFrame:
    """Return the sentences of narratives as units of coding, with offsets in the source text.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `unit` (from 1), `start`, `end`.
    """
    rows = [
        (narrative.id, number, *narrative.source_span(start, end))
        for narrative in narratives
        for number, (start, end) in enumerate(read(narrative.text).sentences, start=1)
        if start < end
    ]
    return pd.DataFrame(rows, columns=["narrative_id", "unit", "start", "end"])


def parser_tables(corpus: Corpus, codings: pd.DataFrame) -> list[pd.DataFrame]:
    """Return how well the parser reads what people coded: by type, and by qualifier."""
    events = source_mentions(parse_batch(coded_narratives(corpus, codings)))
    return [with_intervals(f(codings, events)) for f in (mention_agreement, qualifier_agreement)]


def coder_tables(corpus: Corpus, codings: pd.DataFrame) -> list[pd.DataFrame]:
    """Return how far coders agree, in print: by type (units are sentences), and by qualifier."""
    units = sentence_units(coded_narratives(corpus, codings))
    by_type = coder_agreement(codings, units)
    by_qualifier = qualifier_reliability(codings)
    return [_wide(by_type, "type", CODER_MEASURES), _wide(by_qualifier, "qualifier", CODER_MEASURES[:2])]


def _wide(table: pd.DataFrame, key: str, measures: Sequence[str]) -> pd.DataFrame:
    rows = []
    for name, part in table.groupby(key, sort=False):
        first = part.iloc[0]
        size = {"mentions": f"{first['mentions_min']}–{first['mentions_max']}"} if key == "type" else {"n": first["n"]}
        cells = {
            str(row["measure"]): cell(row["estimate"], row["low"], row["high"])
            for _, row in part[part["measure"].isin(measures)].iterrows()
        }
        rows.append({key: name, **size, **cells})
    return pd.DataFrame(rows)


def read_several(paths: Sequence[Path]) -> pd.DataFrame:
    """Read the codings of several coders, one file a coder."""
    return pd.concat([read_codings(path) for path in paths], ignore_index=True)
