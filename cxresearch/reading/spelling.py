"""What a word stands for that no rule knows: a misspelt word for the right one, a compound for its head.

Forum writers spell by ear (*geblokeerd, kontakt, wachtte*) and mistype (*verwacthen*); and Dutch makes a new word
wherever it needs one (*spoedpakket, inlogapp*), of which the last part says what kind of thing it is. The rules
need to name neither. Words of the dictionary (simplemma) are never taken for misspelt ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

import simplemma

SHORTEST = 5  # letters of a word that is looked up by its sound
SHORTEST_TYPO = 6  # letters of a word in which one wrong letter is mended
SHORTEST_HEAD = 3
SHORTEST_COMPOUND = 7
LONG_HEAD = 6  # letters of a head that hardly ends a word by chance
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

_SOUNDS = (
    (re.compile(r"(.)\1+"), r"\1"),  # geblokeerd, klantenserv(v)ice
    (re.compile("ij|ei"), "y"),
    (re.compile("ou|au"), "au"),
    (re.compile("c(?=[aoutklr])|q"), "k"),
    (re.compile("ks"), "x"),
    (re.compile("ie"), "i"),
    (re.compile("(?:dt|d)$"), "t"),
    (re.compile("(?<=e)n$"), ""),  # wachte, gezete
)


def sound(word: str) -> str:
    """Return how a folded word sounds, roughly: two spellings of one word give the same.

    Examples
    --------
    >>> sound("geblokeerd") == sound("geblokkeerd"), sound("kontakt") == sound("contact")
    (True, True)
    """
    for pattern, letters in _SOUNDS:
        word = pattern.sub(letters, word)
    return word


class Spelling:
    """The words that a rule set knows, by their sound, with the words that may head a compound."""

    def __init__(
        self, vocabulary: Collection[str], heads: Collection[str], language: str, names: Collection[str] = ()
    ) -> None:
        self.vocabulary = {word for word in vocabulary if len(word) >= SHORTEST and word.isalpha()}
        self.heads = {word for word in heads if len(word) >= SHORTEST_HEAD}
        self.language, self.names = language, names
        self.sounds: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self.vocabulary):
            self.sounds[sound(word)].append(word)

    def stands_for(self, word: str) -> tuple[str, ...]:
        """Return the known words that an unknown folded word stands for; mostly none.

        Examples
        --------
        >>> spelling = Spelling(["geblokkeerd", "wachten", "pakket"], ["pakket"], "nl")
        >>> [spelling.stands_for(word) for word in ("geblokeerd", "spoedpakket", "verwachten", "wahcten")]
        [('geblokkeerd',), ('pakket',), (), ('wachten',)]
        """
        if not word.isalpha() or not word.isascii():
            return ()
        if len(word) >= SHORTEST_COMPOUND:
            for start in range(3, len(word) - SHORTEST_HEAD + 1):
                if word[start:] in self.heads and (len(word) - start >= LONG_HEAD or self._is_word(word[:start])):
                    return (word[start:],)
        if len(word) < SHORTEST or word in self.names or simplemma.is_known(word, self.language):
            return ()
        if alike := self.sounds.get(sound(word)):
            return tuple(alike)
        near = sorted(self.vocabulary.intersection(_typos(word))) if len(word) >= SHORTEST_TYPO else []
        return tuple(near) if len(near) == 1 else ()

    def _is_word(self, modifier: str) -> bool:
        """Whether the first part of a compound is a word, with or without the sounds that join it to the second."""
        forms = {modifier, modifier.removesuffix("s"), modifier.removesuffix("en"), modifier.removesuffix("e")}
        return any(len(form) > 1 and simplemma.is_known(form, self.language) for form in forms)


def _typos(word: str) -> Iterator[str]:
    """What a word may have been before a slip of the finger: a letter too much, too few, or two changed about.

    One letter for another is left out of the slips of Damerau (1964): it makes more false words than right ones.
    """
    for i in range(1, len(word)):
        yield word[:i] + word[i + 1 :]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for letter in ALPHABET:
            yield word[:i] + letter + word[i:]
    for letter in ALPHABET:
        yield word + letter
