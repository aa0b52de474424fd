"""Write into README.md and corpus/DATASHEET.md how well the parser reads and how far the coders agree.

`make accuracy` runs it. A test compares both pages with what the commands give, so that no figure in them is stale.
"""

from __future__ import annotations

import re
from pathlib import Path

from cxresearch.corpus import read_corpus
from cxresearch.tables import to_markdown
from cxresearch.validation import coder_tables, parser_tables, read_several

ROOT = Path(__file__).resolve().parents[1]
CODINGS = ROOT / "corpus" / "codings"


def blocks() -> dict[tuple[str, str], str]:
    """Return the generated blocks by page and name."""
    corpus = read_corpus(ROOT / "corpus")
    by_type, by_qualifier = parser_tables(corpus, read_several([CODINGS / "test.jsonl"]))
    agreement = coder_tables(corpus, read_several([CODINGS / "coder-a.jsonl", CODINGS / "coder-b.jsonl"]))
    return {
        ("README.md", "accuracy"): f"{to_markdown(by_type)}\n\n{to_markdown(by_qualifier)}",
        ("corpus/DATASHEET.md", "agreement"): "\n\n".join(map(to_markdown, agreement)),
    }


def pattern(name: str) -> re.Pattern[str]:
    """Return what finds a block between its two marks."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


if __name__ == "__main__":
    for (page, name), text in blocks().items():
        path = ROOT / page
        path.write_text(
            pattern(name).sub(lambda _, text=text: f"{text}\n", path.read_text(encoding="utf-8")), encoding="utf-8"
        )
