"""How a text is written: with capital letters or without, which firms bear the name of somebody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cxresearch.codebook import names

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "ß": "ss"})


def fold(word: str) -> str:
    """Lower case without accents, the possessive s or full stop: *Özgür*, *Jan's* and *Karel.* as in the lists.

    Examples
    --------
    >>> fold("Özgür's")
    'ozgur'
    """
    word = word.casefold().strip(".'’").translate(_LETTERS)
    word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return re.sub(r"['’]s$", "", word)


def without_capitals(text: str) -> bool:
    """Most sentences begin without a capital letter."""
    starts = re.findall(r"(?:^|[.!?]\s+|\n)\W*([^\W\d_])", text)
    return len(starts) > 1 and 2 * sum(letter.islower() for letter in starts) >= len(starts)


def shouted_lines(text: str) -> list[tuple[int, int]]:
    """Lines of four words or more that are mostly capital letters."""
    lines = []
    for hit in re.finditer(r"[^\n]+", text):
        letters = [letter for letter in hit.group() if letter.isalpha()]
        if len(hit.group().split()) > 3 and 10 * sum(letter.isupper() for letter in letters) > 6 * len(letters):
            lines.append(hit.span())
    return lines


def firm_names(text: str) -> Iterator[re.Match[str]]:
    """A firm that is called after somebody stays: Garage De Vries, Jansen & Zonen, Liften Goossens bv."""
    firms = names()["firms"]
    kinds, ends = "|".join(sorted(firms["kinds"])), "|".join(sorted(firms["endings"]))
    name = r"(?:(?:van|de|den|der|ter|te|ten|'t|Van|De|Den|Ter|Het) ){0,3}[A-Z][\w'’-]+"
    yield from re.finditer(rf"\b(?i:\w*(?:{kinds})) {name}(?: {name})?(?: & [A-Z]\w+)?", text)
    yield from re.finditer(
        rf"\b{name}(?: {name})?,? (?:& ?(?:[A-Z][\w-]+|co\b)|en [Zz](?:oon|onen)\b|(?i:{ends})\b)", text
    )
    yield from re.finditer(rf"\b{name} [A-Z]\w*(?i:{kinds})\b|\b{name} (?i:{kinds}s?)\b", text)
