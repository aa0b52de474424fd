"""Write into README.md, corpus/DATASHEET.md and the package how well the parser reads and how far the coders agree.

`make accuracy` runs it. The report prints what the package keeps (codebook/accuracy.csv). A test compares all
three with what the commands give, so that no figure in them is stale.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from cxresearch.analysis.agreement import mention_agreement, source_mentions
from cxresearch.corpus import read_corpus
from cxresearch.runs import parse_batch
from cxresearch.tables import to_markdown
from cxresearch.validation import coded_narratives, coder_tables, parser_tables, read_several

ROOT = Path(__file__).resolve().parents[1]
CODINGS = ROOT / "corpus" / "codings"


SHIPPED = ROOT / "cxresearch" / "codebook" / "accuracy.csv"


def shipped() -> str:
    """Return what the package keeps of the figures, as CSV: both test parts together."""
    parts = []
    for texts, coded in ((ROOT / "corpus", "test.jsonl"), (CODINGS / "plain.jsonl", "plain-test.jsonl")):
        codings = read_several([CODINGS / coded])
        parts.append((codings, source_mentions(parse_batch(coded_narratives(read_corpus(texts), codings)))))
    table = mention_agreement(*(pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True)))
    return table[["type", "n", "precision", "recall", "f1"]].round(2).to_csv(index=False, lineterminator="\n")


def blocks() -> dict[tuple[str, str], str]:
    """Return the generated blocks by page and name."""
    corpus = read_corpus(ROOT / "corpus")
    by_type, by_qualifier = parser_tables(corpus, read_several([CODINGS / "test.jsonl"]))
    agreement = coder_tables(corpus, read_several([CODINGS / "coder-a.jsonl", CODINGS / "coder-b.jsonl"]))
    plain = read_corpus(CODINGS / "plain.jsonl")
    of_plain, _ = parser_tables(plain, read_several([CODINGS / "plain-test.jsonl"]))
    return {
        ("README.md", "accuracy"): f"{to_markdown(by_type)}\n\n{to_markdown(by_qualifier)}",
        ("README.md", "plain"): to_markdown(of_plain),
        ("corpus/DATASHEET.md", "agreement"): "\n\n".join(map(to_markdown, agreement)),
    }


def pattern(name: str) -> re.Pattern[str]:
    """Return what finds a block between its two marks."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


if __name__ == "__main__":
    SHIPPED.write_text(shipped(), encoding="utf-8")
    for (page, name), text in blocks().items():
        path = ROOT / page
        path.write_text(
            pattern(name).sub(lambda _, text=text: f"{text}\n", path.read_text(encoding="utf-8")), encoding="utf-8"
        )
