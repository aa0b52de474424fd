"""Narrative text to sentences, segments and tokens: nothing is altered and nothing is lost.

A `Reading` holds a text with the places where its sentences, segments and words stand. All
offsets are half-open and in Unicode code points of the text as it was given. Words are compared
in a *folded* form (`fold`), the text itself is never changed.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from operator import or_

from cxresearch.reading import marks as quotation_marks
from cxresearch.reading import sentences as splitter
from cxresearch.reading.quotations import Quotation, quotations
from cxresearch.reading.reporting import Narration, speech

# A number with its decimals and unit, a word with its inner hyphens and apostrophes, or one other mark.
# Combining accents and the soft hyphen belong to the word.
TOKEN = re.compile(r"(\d+(?:[.,:]\d+)*\w*|[\w\u0300-\u036f\u00ad]+(?:[-'’‘´`\u2011][\w\u0300-\u036f\u00ad]+)*|[^\w\s])")
APOSTROPHES = str.maketrans("’‘´`\u2011", "''''-", "\u00ad")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and the places of its parts.

    Attributes
    ----------
    text : str
    starts, ends : list of int
        Offsets of every token.
    words : list of str
        The folded form of every token (see `fold`); small words written as they sound in the spelling of the
        dictionary (*omda* is *omdat*).
    sentence_of, segment_of : list of int
        For every token the number of its sentence, and of its segment (the stretch between two
        punctuation marks, which no pattern crosses).
    sentences : tuple of (int, int)
        Offsets of the sentences. They tile the text: joined, they are the text.
    quotations : tuple of Quotation
        Direct speech, sorted, none within another.
    """

    text: str
    starts: list[int]
    ends: list[int]
    words: list[str]
    sentence_of: list[int]
    segment_of: list[int]
    sentences: tuple[tuple[int, int], ...]
    quotations: tuple[Quotation, ...] = ()


@functools.lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return the form in which a word is compared: lower case, no accents, no inner hyphen.

    Examples
    --------
    >>> fold("Écht"), fold("e-mail"), fold("zo’n"), fold("geïrriteerd")
    ('echt', 'email', "zo'n", 'geirriteerd')
    """
    folded = word.lower()
    if len(folded) == 1 and not folded.isalnum():
        return "'" if folded == "’" else folded
    if not folded.isascii():
        plain = unicodedata.normalize("NFKD", folded.translate(APOSTROPHES))
        folded = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    if "-" in folded and not folded[0].isdigit():
        folded = folded.replace("-", "")
    return folded or word


# The one-character tokens that end a segment.
BREAKS = frozenset('.!?;:,()[]{}“”„«»"…–—/|•*')


def read(text: str) -> Reading:
    """Return the sentences, segments, tokens and quotations of a text.

    Examples
    --------
    >>> reading = read("Ik bel. “U staat in de wacht,” zegt ze.")
    >>> reading.sentences, reading.words[:3]
    (((0, 8), (8, 39)), ['ik', 'bel', '.'])
    >>> [(q.speaker, q.cue) for q in reading.quotations]
    [('organisation', 'zegt ze')]
    """
    pieces = TOKEN.split(text)  # white space and tokens by turns
    bounds = list(accumulate(map(len, pieces)))
    starts, ends = bounds[:-1:2], bounds[1::2]
    words = list(map(fold, pieces[1::2]))
    spoken = splitter.orthography().spoken
    words = list(map(spoken.get, words, words))
    begins = splitter.paragraphs(text)
    marks = quotation_marks.pair(text, begins)
    sentences = splitter.sentences(text, begins, marks.opening, marks.closing, speech().verbs)
    sentence_starts = [start for start, _ in sentences]
    quoted = quotations(Narration(text, starts, ends, words, sentence_starts, begins), marks)
    first_tokens = [bisect_left(starts, start) for start in sentence_starts]
    sentence_of = _numbered(first_tokens, len(words))
    silent = _silent(starts, quoted, marks)
    segment_of = _segments(starts, words, first_tokens, quoted, silent)
    if silent:  # het ‘gratis’ artikel: its marks part nothing and are no words
        kept = [i for i in range(len(words)) if i not in silent]
        words = [words[i] for i in kept]
        starts, ends, sentence_of, segment_of = (
            [column[i] for i in kept] for column in (starts, ends, sentence_of, segment_of)
        )
    return Reading(text, starts, ends, words, sentence_of, segment_of, sentences, quoted)


def _numbered(firsts: list[int], count: int) -> list[int]:
    """Return for each of `count` tokens the number of its stretch, given the first token of each."""
    flags = [0] * (count + 1)
    for first in firsts:
        flags[first] += 1
    flags[0] -= 1
    return list(accumulate(flags[:count]))


def _silent(starts: list[int], quoted: tuple[Quotation, ...], marks: quotation_marks.Marks) -> set[int]:
    """Return the tokens that are marks around a word held at arm's length."""
    spoken = {quotation.start for quotation in quoted}
    silent: set[int] = set()
    for pair in marks.pairs:
        if pair.start not in spoken and pair.closed:
            silent.update(range(bisect_left(starts, pair.start), bisect_left(starts, pair.inner[0])))
            silent.update(range(bisect_left(starts, pair.inner[1]), bisect_left(starts, pair.end)))
    return silent


def _segments(
    starts: list[int],
    words: list[str],
    first_tokens: list[int],
    quoted: tuple[Quotation, ...],
    silent: set[int],
) -> list[int]:
    """Return the segment of every token: parted at marks, at sentences and where direct speech begins or ends."""
    breaks = list(map(BREAKS.__contains__, words))
    for i in silent:
        breaks[i] = False
    cuts: list[int] = list(map(or_, [*breaks, False], [False, *breaks]))  # before a mark and after it
    for i in first_tokens:
        cuts[i] = True
    for quotation in quoted:
        cuts[bisect_left(starts, quotation.start)] = True
        cuts[bisect_left(starts, quotation.end)] = True
    cuts[0] = 0
    return list(accumulate(cuts[: len(words)]))


__all__ = ["BREAKS", "Quotation", "Reading", "fold", "read"]
