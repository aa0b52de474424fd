"""What people coded beside what the parser reads, and what two people coded beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.analysis.agreement import mention_agreement, qualifier_agreement, source_mentions
from cxresearch.analysis.correction import corrected_rates
from cxresearch.analysis.reliability import coder_agreement, qualifier_reliability
from cxresearch.codings import joined, read_by, read_codings
from cxresearch.concordance import disagreements_in_context
from cxresearch.corpus import Corpus, CorpusError, Narrative
from cxresearch.reading.text import read
from cxresearch.runs import parse_batch
from cxresearch.study import Study
from cxresearch.tables import cell, with_intervals

CODER_MEASURES = ("Krippendorff's alpha", "Gwet's AC1", "unitised alpha", "F1 overlapping", "F1 strict")


def coded_narratives(corpus: Corpus, codings: pd.DataFrame) -> list[Narrative]:
    """Return the narratives of a corpus that were coded.

    Raises
    ------
    CorpusError
        Where a coded narrative is not in the corpus, or a coding is no place in its text.
    """
    coded = _read(codings)
    if missing := sorted(coded - {narrative.id for narrative in corpus}):
        raise CorpusError(
            f"{len(missing)} of the coded narratives are not in the corpus, the first {missing[0]}: "
            f"give the folder that the codings were made of"
        )
    source = {narrative.id: narrative.source for narrative in corpus if narrative.id in coded}
    wrong = [place for row in codings.itertuples() if (place := _misplaced(row, source[str(row.narrative_id)]))]
    if wrong:
        raise CorpusError(
            f"{len(wrong)} codings do not fit their text, the first: {wrong[0]}. Offsets count characters of the "
            f"source file; code the files as they are now"
        )
    return [narrative for narrative in corpus if narrative.id in coded]


def _read(codings: pd.DataFrame) -> set[str]:
    """Return the narratives that some coder read, also those in which nothing was found."""
    return {name for names in read_by(codings).values() for name in names}


def _misplaced(row: Any, source: str) -> str:
    """Say what is wrong with the place of a coding, if anything is."""
    place = f"{row.narrative_id}, {row.type} at {row.start}–{row.end}"
    if row.end > len(source):
        return f"{place}: the text has {len(source)} characters"
    found = source[row.start : row.end]
    if isinstance(row.text, str) and _plain(row.text) != _plain(found):
        return f"{place}: the text there is {found!r}, and the coding says {row.text!r}"
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split())


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
    by_type = mention_agreement(codings, events, narratives=_read(codings))
    return [with_intervals(table) for table in (by_type, qualifier_agreement(codings, events))]


def coder_tables(corpus: Corpus, codings: pd.DataFrame) -> list[pd.DataFrame]:
    """Return how far coders agree, in print: by type (units are sentences), and by qualifier."""
    units = sentence_units(coded_narratives(corpus, codings))
    by_type = coder_agreement(codings, units, coded=read_by(codings))
    by_qualifier = qualifier_reliability(codings, coded=read_by(codings))
    return [wide(by_type, "type", CODER_MEASURES), wide(by_qualifier, "qualifier", CODER_MEASURES[:2])]


def wide(table: pd.DataFrame, key: str = "type", measures: Sequence[str] = CODER_MEASURES) -> pd.DataFrame:
    """Return a table of agreement for print: a row a type or qualifier, a column a measure with its interval."""
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
    """Read the codings of several coders, one file a coder: each is called by its file, or by the folder it lies in."""
    stems = [path.stem for path in paths]
    names = stems if len(set(stems)) == len(stems) else [path.with_suffix("").as_posix() for path in paths]
    return joined([read_codings(path, name) for path, name in zip(paths, names, strict=True)])


def read_coders(folder: str | Path) -> pd.DataFrame:
    """Return the codings of all coders in a folder: the files ``coder-*.jsonl``.

    Raises
    ------
    CorpusError
        Where there are fewer than two.
    """
    paths = sorted(Path(folder).glob("coder-*.jsonl"))
    if len(paths) < 2:
        raise CorpusError(
            f"{Path(folder).name}: agreement of coders needs two files coder-NAME.jsonl there, and it has {len(paths)}"
        )
    return read_several(paths)


def read_part(folder: str | Path, part: str) -> pd.DataFrame:
    """Return the settled codings of a part, ``test`` or ``development``: the file ``PART.jsonl`` of a folder.

    Raises
    ------
    CorpusError
        Where there is no such file.
    """
    path = Path(folder) / f"{part}.jsonl"
    if not path.is_file():
        raise CorpusError(f"{Path(folder).name}: there are no codings {path.name} (see corpus/codings for the format)")
    return read_codings(path)


def accuracy(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    """Return how well the parser reads the narratives that were coded: `mention_agreement`, by type."""
    return mention_agreement(codings, _events(study, codings), narratives=_read(codings))


def qualifiers(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    """Return how often the parser sets the qualifiers of a matched mention as the coders did: `qualifier_agreement`."""
    return qualifier_agreement(codings, _events(study, codings))


def reliability(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    """Return how far coders agree on each type, units being sentences: `coder_agreement`."""
    return coder_agreement(codings, sentence_units(coded_narratives(study.corpus, codings)), coded=read_by(codings))


def side_by_side(reliability: pd.DataFrame, accuracy: pd.DataFrame) -> pd.DataFrame:
    """Return the F1 of coder against coder and of parser against coders, one under the other, for a figure.

    Returns
    -------
    DataFrame
        Columns `type`, `reading` (``coder and coder``, ``parser and coders``), `n`, `estimate`, `low`, `high`.
    """
    people = reliability[reliability["measure"] == "F1 overlapping"].rename(columns={"mentions_max": "mentions"})
    people = people.assign(n=people["mentions"], reading="coder and coder")
    people["type"] = people["type"].replace({"all types": "all (micro)"})
    parser = accuracy.rename(columns={"f1": "estimate", "f1_low": "low", "f1_high": "high"})
    parser = parser[parser["type"] != "all (macro)"].assign(reading="parser and coders")
    columns = ["type", "reading", "n", "estimate", "low", "high"]
    return pd.concat([people[columns], parser[columns]], ignore_index=True)


def differences(study: Study, codings: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Return where coders (a) and parser (b) part, in their sentence: an even choice over narratives.

    Returns
    -------
    DataFrame
        As `concordance.disagreements_in_context`; `most` rows, the same ones at every run.
    """
    table = disagreements_in_context(study.corpus, codings, _events(study, codings))
    step = max(1, len(table) // most)
    return table.iloc[::step].head(most).reset_index(drop=True)


def corrected(study: Study, codings: pd.DataFrame, types: Sequence[str]) -> pd.DataFrame:
    """Return the share of narratives that tell a type, as the parser counts it and corrected by a coded sample.

    The coded narratives are taken to be a simple random sample of all (in the corpus that comes with the package:
    two of each industry, of narratives that no rule was written from).

    Returns
    -------
    DataFrame
        Columns `type`, `method`, `n`, `coded`, `estimate`, `low`, `high`, `reason`, as `corrected_rates` has them.
    """
    coded = _read(codings)  # also those in which nothing of these types is told
    codings = codings[(codings["polarity"] == "affirmed") & (codings["realis"] == "actual")]
    told = study.events[(study.events["polarity"] == "affirmed") & (study.events["realis"] == "actual")]
    ids = study.narratives["narrative_id"]
    authors = study.narratives["author"].fillna(ids)
    tables = []
    for kind in types:
        predicted = ids.isin(told.loc[told["type"] == kind, "narrative_id"]).astype("Int64")
        gold = ids.isin(codings.loc[codings["type"] == kind, "narrative_id"]).astype("Int64")
        gold = gold.where(ids.isin(coded))
        tables.append(corrected_rates(predicted, gold, cluster=authors).assign(type=kind))
    columns = ["type", "method", "n", "coded", "estimate", "low", "high", "reason"]
    return pd.concat(tables, ignore_index=True)[columns]


def _share(answers: np.ndarray) -> float:
    return float(answers.mean()) if len(answers) else np.nan


def _events(study: Study, codings: pd.DataFrame) -> pd.DataFrame:
    coded_narratives(study.corpus, codings)  # says which are missing
    return source_mentions(study.events[study.events["narrative_id"].isin(_read(codings))])


def against_design(study: Study, folder: str | Path) -> pd.DataFrame:
    """Return what was designed into the narratives beside what the parser finds in them: ``planted.csv`` of a folder.

    Returns
    -------
    DataFrame
        A row an outcome: `outcome`, `n` (designed narratives), `designed` and `found` (shares), `sensitivity` (of those
        designed so, the share found so), `specificity`, and `phi`, the correlation of design and finding.

    Raises
    ------
    CorpusError
        Where there is no such file.
    """
    path = Path(folder) / "planted.csv"
    if not path.is_file():
        raise CorpusError(f"{Path(folder).name}: there is no planted.csv; only composed narratives have a design")
    design = pd.read_csv(path, dtype="string").set_index("id")
    first = study.episodes.sort_values(["narrative_id", "episode"]).drop_duplicates("narrative_id")
    found = first.set_index("narrative_id").reindex(design.index)
    pairs = {
        "rule_cited": design["rule_cited"] == "yes",
        "apology_given": design["apology"] == "given",
        "promise_broken": design["broken_promise"] == "yes",
        "transferred": design["transferred"] == "yes",
        "exit": design["exit"] == "yes",
        "resolved": (design["outcome"] == "resolved").where(
            design["outcome"].notna() & (design["outcome"] != "unknown")
        ),
    }
    rows = []
    for name, designed in pairs.items():
        known = designed.notna() & found[name].notna()
        x, y = designed[known].astype(bool).to_numpy(), found.loc[known, name].astype(bool).to_numpy()
        phi = float(np.corrcoef(x, y)[0, 1]) if x.any() and y.any() and not (x.all() or y.all()) else np.nan
        rows.append((name, len(x), *map(_share, (x, y, y[x], ~y[~x])), phi))
    return pd.DataFrame(rows, columns=["outcome", "n", "designed", "found", "sensitivity", "specificity", "phi"])
