"""Number words, and the words of quantities in one language.

`Lexicon` reads `codebook/<language>/quantities.toml`; `number` turns digits and number words into a
Decimal (*driehonderdeenentwintig*, *twee en een half*, *1,2 miljoen*, *1.234,56*).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import Any

# ------------------------------------------------------------------ the words

# Letter, section and key in quantities.toml; the first that has a word wins.
_LETTERS = (
    "a grammar one", "& grammar link", "h grammar halves", "x times words", "T time stretches",
    "L time vague", "w time whole", "j time adjectives", "s roles since", "l deadlines latest",
    "f deadlines before", "t deadlines until", "p deadlines on", "m deadlines about", "B deadlines between",
    "W deadlines weekdays", "K deadlines spans", "M deadlines months", "D deadlines days",
    "R deadlines today", "X deadlines next", "Y deadlines coming", "z deadlines edges", "n deadlines still",
    "v deadlines of", "d deadlines the", "i deadlines this", "r deadlines each", "o deadlines or",
    "A deadlines already",
)  # fmt: skip
_OTHER = " "


class Lexicon:
    """The words of one language, as `quantities.toml` has them."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.sets = {
            (section, key): frozenset(value.split())
            for section, values in data.items()
            for key, value in values.items()
            if isinstance(value, str)
        }
        self.numbers = {word: Decimal(value) for word, value in data["numbers"].items()}
        self.scales: dict[str, int] = data["scales"]
        self.all_scales: dict[str, int] = {**data["scales"], **data["spaced_scales"]}
        self.vague: dict[str, int] = data["vague"]
        self.often = {tuple(words.split()): value for words, value in data["often"].items()}
        self.units: dict[str, tuple[str, int]] = {}
        self.money: dict[str, tuple[Decimal, str]] = {}
        letters: dict[str, str] = {}
        for forms, said in data["units"].items():
            for form in (singular := forms.split(" | ")[0].split()) + forms.split(" | ")[1].split():
                self.units[form] = (said.split()[0], int(said.split()[1]))
                common = "C" if form in self.words("time", "calendar") else "U"
                common = "Q" if form in self.words("time", "bare") else common
                letters[form] = common if form in singular else "V"
        for section, letter in (("currencies", "€"), ("currency_words", "E")):
            for forms, code in data[section].items():
                self.money.update(dict.fromkeys(forms.split(), (Decimal(1), code)))
                letters.update(dict.fromkeys(forms.split(), letter))
        for forms, said in data["coins"].items():
            worth, code = said.split()
            self.money.update(dict.fromkeys(forms.split(), (Decimal(worth), code)))
            letters.update(dict.fromkeys(forms.split(), "G"))
        for row in _LETTERS:
            letter, section, key = row.split()
            for word in data[section][key].split():
                letters.setdefault(word, letter)
        for word in self.vague:
            letters.setdefault(word, "?")
        for phrase in self.often:
            letters.setdefault(phrase[0], "!")
        letters.update({"-": "-", "\u2013": "-", ",": ",", "/": "/"})
        self.letters = letters
        self.singular = re.compile(".*(?:" + "|".join(map(re.escape, data["nouns"])) + ")", re.DOTALL)
        self.plural = re.compile(".*(?:" + "|".join(map(re.escape, data["nouns"].values())) + ")", re.DOTALL)
        self.parts = re.compile(
            "(?:{})(?:{})".format(*("|".join(data["deadlines"][k].split()) for k in ("weekdays", "dayparts")))
        )

    def words(self, section: str, key: str) -> frozenset[str]:
        """Return a list of words as a set."""
        return self.sets[section, key]

    def letter(self, word: str) -> str:
        """Return the letter of a folded word: what it can be in a quantity."""
        if known := self.letters.get(word):
            return known
        if word[0].isdigit():
            return self._digit_letter(word)
        if word in self.all_scales:
            return "k"
        if compound(word, self) is not None:
            return "1"
        if ordinal(word, self):
            return "O"
        if glued(word, self):
            return "c"
        if self.plural.fullmatch(word):
            return "P"
        if self.singular.fullmatch(word):
            return "S"
        if self.parts.fullmatch(word):
            return "W"
        # Adjectives before a noun end so; they may stand between a number and what it counts.
        return "e" if len(word) > 3 and word[-1] == "e" else _OTHER

    def _digit_letter(self, word: str) -> str:
        if re.fullmatch(r"(?:19|20)\d\d", word):
            return "J"
        if digits(word) is not None:
            return "1"
        if re.fullmatch(r"\d{1,2}(?::\d\d|[uh:]\d\d)", word):
            return "H"
        if joined := glued(word, self):
            unit = joined[1]
            return "c" if unit in self.words("times", "words") else "y" if unit in self.money else "Z"
        return "O" if ordinal(word, self) else "0"


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    path = files("cxresearch.codebook") / language / "quantities.toml"
    return Lexicon(tomllib.loads(path.read_text(encoding="utf-8")))


@functools.cache
def letter_of(language: str) -> Callable[[str], str]:
    return functools.lru_cache(maxsize=200_000)(lexicon_of(language).letter)


# ------------------------------------------------------------------ numbers

_SEPARATED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_FRACTION = re.compile("(\\d*)(\\d)\u2044(\\d)")


def digits(word: str) -> Decimal | None:
    """Return the number in digits. A code with a leading zero is none; nor is one too long to be counted."""
    if len(word) > 15:
        return None
    if fraction := _FRACTION.fullmatch(word):  # ½ as `fold` leaves it
        many, top, bottom = (int(part or 0) for part in fraction.groups())
        return many + Decimal(top) / bottom if bottom else None
    if not word.isascii() or not word[-1:].isdigit():
        return None
    if _SEPARATED.fullmatch(word):
        comma = word.rfind(",") > word.rfind(".")
        head, _, tail = word.rpartition("," if comma else ".")
        decimals = tail if ("." in head if comma else "," in head) else ""
        # 1.234,56 has both marks; with one kind of mark (1.250.000) they all group thousands.
        whole = re.sub("[.,]", "", head if decimals else word)
        return Decimal(whole + ("." + decimals if decimals else ""))
    if re.fullmatch(r"0|[1-9]\d*|\d+,\d+|\d+\.\d{1,2}", word):
        return Decimal(word.replace(",", "."))
    return None


def compound(word: str, lexicon: Lexicon) -> Decimal | None:
    """Return the value of a number word: *driehonderdeenentwintig*."""
    if word in lexicon.numbers:
        return lexicon.numbers[word]
    if len(word) > 80:
        return None
    link = lexicon.data["grammar"]["link"]
    for scale, worth in lexicon.scales.items():
        if scale in word:
            left, _, right = word.partition(scale)
            many = compound(left, lexicon) if left else Decimal(1)
            rest = compound(right, lexicon) if right else Decimal(0)
            if rest is None and right.startswith(link):
                rest = compound(right[len(link) :], lexicon)
            return None if many is None or rest is None or rest >= worth else many * worth + rest
    for half in lexicon.data["grammar"]["halves"].split():
        if word.endswith(half):
            left = word.removesuffix(half)
            one = lexicon.data["grammar"]["one"]
            for tail in (link + one, one, link, ""):
                if left == tail:
                    return Decimal("0.5")
                if left.endswith(tail) and (base := compound(left.removesuffix(tail), lexicon)) is not None:
                    return base + Decimal("0.5")
            return None
    unit, _, tens = word.rpartition(link)
    while unit and tens not in lexicon.numbers:  # the last *en* may belong to the tens
        unit, _, more = unit.rpartition(link)
        tens = more + link + tens
    low, high = lexicon.numbers.get(unit), lexicon.numbers.get(tens)
    return low + high if low and high and 1 <= low < 10 and high >= 20 else None


def number(words: Sequence[str], language: str = "nl") -> Decimal | None:
    """Return the number that folded words say, in digits or words, or None.

    Examples
    --------
    >>> number(["drie"]), number(["twee", "en", "een", "half"]), number(["1,2", "miljoen"])
    (Decimal('3'), Decimal('2.5'), Decimal('1200000.0'))
    >>> number(["eenentwintig"]), number(["1.234,56"]), number(["drie", "vier"])
    (Decimal('21'), Decimal('1234.56'), None)
    """
    lexicon = lexicon_of(language)
    if not words:
        return None
    if len(words) == 1 and words[0] in lexicon.all_scales:
        return Decimal(lexicon.all_scales[words[0]])
    if len(words) == 1 and words[0][:1].isdigit():
        return digits(words[0])
    if not any(word[:1].isdigit() for word in words):
        if (value := compound("".join(words), lexicon)) is not None:
            return value
    elif all(re.fullmatch(r"[1-9]\d{0,2}" if i == 0 else r"\d{3}", w, re.ASCII) for i, w in enumerate(words)):
        return digits("".join(words))  # 10 000
    elif words[-1] in lexicon.words("grammar", "halves"):
        rest = list(words[:-1])
        for small in (lexicon.data["grammar"]["one"], lexicon.data["grammar"]["link"]):
            if rest and rest[-1] == small:
                rest.pop()
        base = number(rest, language)
        return None if base is None else base + Decimal("0.5")
    if words[-1] in lexicon.all_scales:
        base = number(words[:-1], language)
        return None if base is None else base * lexicon.all_scales[words[-1]]
    return None


def ordinal(word: str, lexicon: Lexicon) -> int | None:
    """Return the rank that an ordinal says: *vierde*, *3e*."""
    if word in lexicon.data["ordinals"]:
        return int(lexicon.data["ordinals"][word])
    for ending in lexicon.data["grammar"]["ordinal_endings"].split():
        if not word.endswith(ending):
            continue
        stem = word.removesuffix(ending)
        rank = digits(stem) if stem[:1].isdigit() else None if ending == "e" else compound(stem, lexicon)
        if rank is not None and rank == rank.to_integral_value():
            return int(rank)
    return None


def glued(word: str, lexicon: Lexicon) -> tuple[Decimal, str] | None:
    """Return number and unit of one word: *3x*, *30min*, *driemaal*."""
    if word[:1].isdigit():
        hit = re.fullmatch(r"(\d+(?:[.,]\d+)?)([a-z]+)", word)
        unit = lexicon.data["glued"].get(hit[2]) if hit else None
        value = digits(hit[1]) if hit else None
        return (value, unit) if unit and value is not None else None
    for unit in lexicon.data["grammar"]["multiplied"].split():
        if word.endswith(unit) and (value := compound(word.removesuffix(unit), lexicon)) and value >= 2:
            return value, unit
    return None


def is_number_word(word: str, language: str = "nl") -> bool:
    """Say whether a folded word is a number, exact or vague. *een* is not: it is mostly the article.

    Examples
    --------
    >>> [is_number_word(word) for word in ("3", "drie", "paar", "tientallen", "een", "10:30")]
    [True, True, True, True, False, False]
    """
    return bool(word) and letter_of(language)(word) in "1k?hJ"


def is_time_unit(word: str, language: str = "nl") -> bool:
    """Say whether a folded word is a unit of time: *dag, weken, uurtje, jarenlang*."""
    return bool(word) and letter_of(language)(word) in "UCVQLZ"


def is_money_word(word: str, language: str = "nl") -> bool:
    """Say whether a folded word is money: *€, euro, tientje, 60euro*."""
    return bool(word) and letter_of(language)(word) in "€EGy"
