"""Narratives into files that are read again as the same corpus."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from cxresearch.corpus import Corpus, CorpusError, Narrative, read_corpus
from cxresearch.corpus.sources import NOT_NARRATIVE
from cxresearch.packet.files import write_text

# What no file name can hold on every system, what hides a file, and what leads out of the folder.
UNFIT = re.compile(r'[<>:"\\|?*\x00-\x1f]|(?:^|/)(?:[./]|$)|[. ](?:/|$)|(?:^|/)codings/')
LONGEST = 200  # bytes of a name


def write_narratives(corpus: Corpus, folder: Path) -> None:
    """Write a text for every narrative and ``metadata.csv``.

    Raises
    ------
    CorpusError
        Names the narratives that cannot be written so that they are read again with the same id, text and metadata.
    """
    folder.mkdir()
    fields = sorted({key for n in corpus for key in n.metadata})
    if "file" in fields:
        raise CorpusError("metadata: the column 'file' of a packet names the text; give yours another name")
    names = [_name(narrative) for narrative in corpus]
    twice = {name.casefold() for name in names}
    if len(twice) < len(names):
        raise CorpusError("ids: two differ in capitals only, and many systems take them for one file; rename one")
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "id", "language", "industry", *fields])
        for name, n in zip(names, corpus, strict=True):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            try:
                write_text(folder / name, n.source)
                table.writerow([name, n.id, n.language, n.industry or "", *(n.metadata.get(key, "") for key in fields)])
            except UnicodeEncodeError as error:
                raise CorpusError(f"{n.id!r}: it holds half of a sign (an emoji cut in two); mend the text") from error
    again = read_corpus(folder)
    if again.fingerprint != corpus.fingerprint:
        lost = _lost(corpus.narratives, again.narratives)
        raise CorpusError(
            f"{', '.join(map(repr, lost[:3]))}: as a file of its own it is read otherwise. Does the text begin with a "
            "line of dashes, or with an invisible sign? Take that away"
        )


def _name(narrative: Narrative) -> str:
    name = f"{narrative.id}.txt"
    stem = name.rsplit("/", 1)[-1].split(".")[0].lower()
    if UNFIT.search(narrative.id) or stem in NOT_NARRATIVE or len(name.encode("utf-8", "replace")) > LONGEST:
        raise CorpusError(
            f"{narrative.id!r}: no file can be named after this narrative; give it an id of letters, digits and hyphens"
        )
    return name


def _lost(before: Sequence[Narrative], after: Sequence[Narrative]) -> list[str]:
    known = {n.id: (n.source, n.language, n.industry, n.metadata) for n in after}
    return [n.id for n in before if known.get(n.id) != (n.source, n.language, n.industry, n.metadata)]
