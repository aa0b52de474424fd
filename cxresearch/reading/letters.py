"""A text as a row of letters, one a word, that say what the word can be in a quantity.

*al drie weken wacht ik* is `A1V  `: already, a number, a plural unit, other, other. The grammar of
quantities is a few patterns over such rows (`durations.py`, `quantities.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from cxresearch.reading.numbers import Lexicon, letter_of, lexicon_of, number
from cxresearch.reading.text import Reading

NUMBER = r"(?:[1Jk][1Jk0]{0,5}(?:&1{1,2})?(?:&?ah)?|a[1k]{1,4}|a&ah|a?h|a)"
# Between two numbers: 2 of 3, 2 tot 3, 2-3; *twee, drie* and 2/3 only where they follow each other.
RANGE = (
    r"(?:Bd?(?P<low>[1k]{1,3})&(?P<high>[1k]{1,3})"
    rf"|(?:(?P<least>{NUMBER})(?P<link>t& |[ot,/-]))?(?P<number>{NUMBER}))"
)
VAGUE = r"(?P<vague>a?[jw]?\?{1,2}v?)(?P<times>k)?"  # een paar, tal van, enkele honderden, een paar honderd
NO_UNIT = r"(?![UCVQxPS€EG])"
ABOUT = rf"(?:o(?P<about>[1?]){NO_UNIT})?"  # een week of drie

REACH = 24  # letters to either side of an anchor; no hit is longer


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of one text, with its reading and the words of its language."""

    reading: Reading
    row: str
    lexicon: Lexicon

    @property
    def words(self) -> list[str]:
        return self.reading.words

    def scan(self, pattern: re.Pattern[str], anchor: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield the hits of a pattern; none runs over the end of a line.

        Only what stands around an anchor is looked at: a letter that every hit has and that is
        rare in prose. So a text costs what its quantities cost.
        """
        done = 0
        for place in anchor.finditer(self.row):
            here = place.start()
            begin = max(done, here - REACH)
            while begin <= here and (hit := pattern.search(self.row, begin, here + REACH)):
                if hit.start() > here:
                    break  # the next anchor's
                stop = self.line_end(hit.start(), hit.end())
                shorter = hit if stop == hit.end() else pattern.match(self.row, hit.start(), stop)
                if shorter:
                    yield shorter
                done = begin = shorter.end() if shorter else stop

    def line_end(self, first: int, last: int) -> int:
        """Return the first token after `first` that stands on another line, at most `last`."""
        text, starts, ends = self.reading.text, self.reading.starts, self.reading.ends
        if text.find("\n", starts[first], ends[last - 1]) < 0:
            return last
        return next(i for i in range(first + 1, last + 1) if text.find("\n", ends[i - 1], starts[i]) >= 0)

    def touches(self, at: int) -> bool:
        """Say whether no space stands before this token."""
        return at > 0 and self.reading.ends[at - 1] == self.reading.starts[at]

    def before(self, at: int, many: int = 1) -> str:
        """Return the words before a token, of the same segment."""
        segments, first = self.reading.segment_of, at
        while first > max(0, at - many) and segments[first - 1] == segments[at]:
            first -= 1
        return " ".join(self.words[first:at])

    def after(self, last: int, many: int = 1) -> list[str]:
        """Return the words from `last` on, of the segment of the word before it."""
        segments, stop = self.reading.segment_of, last
        while stop < min(len(self.row), last + many) and segments[stop] == segments[last - 1]:
            stop += 1
        return self.words[last:stop]

    def number(self, first: int, last: int) -> tuple[int, Decimal] | None:
        """Return where the number that ends at `last` begins, and what it is."""
        for begin in range(first, last):
            value = number(self.words[begin:last])
            if value is not None:
                # 24/7 keer, 12:3 dagen: part of something else.
                part = self.words[begin][0].isdigit() and self.touches(begin)
                return None if part and self.words[begin - 1] in "/.:+#@&_=%*" else (begin, value)
        return None

    def ranged(self, hit: re.Match[str]) -> tuple[int, Decimal] | None:
        """Return the number of a hit by RANGE: of a range the lower bound."""
        low, high = ("low", "high") if hit["low"] else ("least", "number")
        if not hit[low]:
            return self.number(*hit.span(high))
        lower, upper = self.number(*hit.span(low)), self.number(*hit.span(high))
        if not upper and hit["link"] == "/":
            upper = hit.start(high), number([self.words[hit.start(high)]]) or Decimal(0)
            if not lower or lower[1] + 1 != upper[1]:
                return None
        if not lower or not upper or lower[1] >= upper[1]:
            return upper
        if hit["link"] == "," and lower[1] + 1 != upper[1]:
            return upper
        return lower

    def labelled(self, first: int) -> bool:
        """Say whether a number is a name: *order 45*, *ordernummer 45*."""
        word = self.before(first)
        return word in self.lexicon.words("count_grammar", "labels") or word.endswith(
            self.lexicon.data["count_grammar"]["label_ending"]
        )


def letters(reading: Reading, language: str) -> Letters:
    """Return the letters of a text."""
    return Letters(reading, "".join(map(letter_of(language), reading.words)), lexicon_of(language))


def begins(words: list[str], phrases: Collection[str]) -> bool:
    """Say whether one of the phrases stands at the beginning."""
    return any(words[: len(phrase.split())] == phrase.split() for phrase in phrases)
