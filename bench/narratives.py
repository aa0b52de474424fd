"""Text to measure on: Dutch narratives of about 3.6 kB, the same on every machine, no two alike.

The sentences are those of `corpus/` and the examples of the rules, so the text is about five times as
dense in events as a dull one. Numbers, names and amounts are drawn anew each time they are used, a
sentence that has none gets some behind it as often as not, and one in six is filled in from a form, so
that remembering sentences or documents would help nobody.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cxresearch.reading.rules import Ruleset
from cxresearch.reading.text import read

SEED = 20261122
NARRATIVE = 3600  # bytes, on average
SLOT = re.compile(r"(\d+|(?<=[a-z,] )[A-Z][a-z]{2,}\b)")
FORMS = (
    "Mijn klantnummer is NUMMER en mijn dossier heet NAAM-NUMMER.",
    "Op DAG MAAND stond er nog BEDRAG euro open op naam van NAAM.",
    "De factuur van DAG MAAND telt op tot € BEDRAG, en dat klopt niet.",
    "Mevrouw NAAM noteerde op DAG MAAND alles onder nummer NUMMER.",
    "Sinds DAG MAAND heb ik UREN uur in de wacht gestaan, zegt mijn telefoon.",
    "Daarna sprak ik met NAAM, toen met NAAM, en op DAG MAAND weer met NAAM.",
    "Bestelling NUMMER kostte mij BEDRAG euro.",
    "Het filiaal in NAAM ging op DAG MAAND om UREN.30 uur dicht.",
)
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()
HEADS = "Ver Van Al Bro Del Ee Gro Hof Ka Lin Mee Noor Oos Pe Ros Sten Ter Ui Vos Wil Zan Bra Dur Fle".split()
MIDDLES = "ber da fel ge hoe kel la me nij po ren sche ta ve wa zu".split()
TAILS = "man stra huis berg sen veld kamp donk ma ink aert beek".split()


def corpus_lines(bytes_wanted: int, ruleset: Ruleset, corpus: Path) -> Iterator[str]:
    """Yield narratives as lines of JSON until their texts hold so many bytes of UTF-8."""
    chance = random.Random(SEED)
    pool = [SLOT.split(piece) for piece in _pieces(ruleset, corpus)]
    forms = [re.split(r"\b(NUMMER|NAAM|DAG|MAAND|BEDRAG|UREN)\b", form) for form in FORMS]
    made = number = 0
    while made < bytes_wanted:
        number += 1
        text = _narrative(chance, pool, forms)
        made += len(text.encode())
        yield json.dumps({"id": f"bench-{number:06d}", "language": "nl", "text": text}, ensure_ascii=False)


def _pieces(ruleset: Ruleset, corpus: Path) -> Iterator[str]:
    """Sentences and examples; whole quotations only, so that no quotation runs on for pages."""
    examples = [e.text for rule in ruleset.rules for e in (*rule.match, *rule.avoid)]
    texts = [path.read_text(encoding="utf-8") for path in sorted(corpus.glob("nl-*.txt"))]
    told = [text[start:end] for text in texts for start, end in read(text).sentences]
    examples, told = ([" ".join(s.split()) for s in group if _is_whole(s)] for group in (examples, told))
    most = max(len(examples), len(told))
    yield from _repeated(told, most)  # half of the text, however many rules there are
    yield from _repeated(examples, most)


def _repeated(pieces: Sequence[str], count: int) -> list[str]:
    return [pieces[i % len(pieces)] for i in range(count)]


def _is_whole(sentence: str) -> bool:
    return (
        sentence.count("“") == sentence.count("”") and sentence.count("‘") <= sentence.count("’")
        and sentence.count('"') % 2 == 0 and sentence.count("'") % 2 == 0
    )  # fmt: skip


def _narrative(chance: random.Random, pool: Sequence[list[str]], forms: Sequence[list[str]]) -> str:
    wanted = chance.randint(NARRATIVE // 3, NARRATIVE * 5 // 3)
    paragraphs: list[str] = []
    size = 0
    while size < wanted:
        sentences = []
        for _ in range(chance.randint(3, 7)):
            form = chance.random() < 1 / 6
            parts = (forms if form else pool)[int(chance.random() * len(forms if form else pool))]
            filled = "".join(_filled(chance, part) if k % 2 else part for k, part in enumerate(parts))
            if len(parts) == 1 and chance.random() < 0.5:
                filled = f"{filled[:-1]} (zie {_name(chance)}, {chance.randint(1, 9999)}){filled[-1]}"
            sentences.append(filled)
        paragraphs.append(" ".join(sentences))
        size += len(paragraphs[-1]) + 2
    return "\n\n".join(paragraphs)


def _filled(chance: random.Random, slot: str) -> str:
    if slot.isdigit():
        return str(chance.randint(10 ** (len(slot) - 1), 10 ** len(slot) - 1))
    match slot:
        case "NUMMER":
            return str(chance.randint(100_000, 99_999_999))
        case "DAG":
            return str(chance.randint(1, 28))
        case "MAAND":
            return chance.choice(MONTHS)
        case "BEDRAG":
            return f"{chance.randint(2, 2999)},{chance.randint(0, 99):02d}"
        case "UREN":
            return str(chance.randint(2, 20))
    return _name(chance)


def _name(chance: random.Random) -> str:
    return chance.choice(HEADS) + chance.choice(MIDDLES) * chance.randint(0, 1) + chance.choice(TAILS)
