"""Reporting clauses: who is said to speak, in the words around direct speech.

The words that report come from codebook/nl/speech.toml. The narrator (*ik*) is the customer.
"""

from __future__ import annotations

import functools
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

CUSTOMER, ORGANISATION, THIRD_PARTY = "customer", "organisation", "third_party"
OPENINGS = frozenset("“”„«»\"'‘’‚:")
STOPS = frozenset(".!?…,;:()[]–—")
EDGES = OPENINGS | STOPS
LOOK_BACK = 60  # words that a clause is looked for in, at most

# First word to rows of words, and who says them.
Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class Speech:
    """The word lists of codebook/nl/speech.toml. `verbs` tells the person of a form: 1, 3 or 0 (any)."""

    verbs: Mapping[str, int]
    lists: Mapping[str, frozenset[str]]
    endings: tuple[str, ...]
    strong: Phrases
    weak: Mapping[str, str]
    phrases: Phrases


def _filed(table: Mapping[str, list[str]]) -> Phrases:
    """File rows of words under their first word, longest first."""
    filed: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for speaker, rows in table.items():
        for row in rows:
            words = tuple(row.split())
            filed.setdefault(words[0], []).append((words, speaker))
    return {word: tuple(sorted(rows, key=lambda row: -len(row[0]))) for word, rows in filed.items()}


@functools.cache
def speech() -> Speech:
    """Return the words that report Dutch speech."""
    data = tomllib.loads((files("cxresearch.codebook") / "nl" / "speech.toml").read_text(encoding="utf-8"))
    verbs: dict[str, int] = {}
    for forms in data["verbs"].values():
        for person, column in zip((1, 3, 0, 0), forms.split("|"), strict=True):
            for form in column.split():
                verbs[form] = person if verbs.get(form, person) == person else 0
    lists = {name: frozenset(words.split()) for name, words in data["lists"].items()}
    return Speech(
        verbs,
        lists,
        tuple(sorted(word for word in lists["organisation"] if len(word) > 3)),
        _filed(data["strong"]),
        {word: speaker for speaker, words in data["weak"].items() for word in words},
        _filed(data["phrases"]),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Who speaks, and the tokens (half-open) that told so."""

    speaker: str | None
    first: int
    last: int


class Narration:
    """The words of a text with the questions that are asked of them here."""

    def __init__(
        self,
        text: str,
        starts: list[int],
        ends: list[int],
        words: list[str],
        sentences: list[int],
        begins: list[int],
    ) -> None:
        self.text, self.starts, self.ends, self.words = text, starts, ends, words
        self.sentences, self.begins = sentences, begins  # where sentences and paragraphs begin
        self.data = speech()
        self._family: frozenset[str] | None = None

    def at(self, offset: int) -> int:
        """The number of the first token at or after an offset."""
        return bisect_left(self.starts, offset)

    def sentence_start(self, offset: int) -> int:
        """Where the sentence around an offset begins."""
        return self.sentences[max(0, bisect_left(self.sentences, offset + 1) - 1)]

    def family_names(self) -> frozenset[str]:
        """Names of people that are introduced as family or friends: *mijn zus Marieke*."""
        if self._family is None:
            lists, words = self.data.lists, self.words
            family, mine = lists["family"] | lists["family_if_mine"], lists["possessives"]
            self._family = frozenset(
                words[i + 1]
                for i in range(1, len(words) - 1)
                if words[i] in family and words[i - 1] in mine and self.capital(i + 1)
            )
        return self._family

    def capital(self, i: int) -> bool:
        return self.text[self.starts[i]].isupper()

    def is_org(self, word: str) -> bool:
        return word in self.data.lists["organisation"] or (len(word) > 6 and word.endswith(self.data.endings))

    def role(self, i: int) -> str | None:
        """Who a noun is; None where it is nobody."""
        words, lists = self.words, self.data.lists
        word = words[i]
        mine = any(w in lists["possessives"] for w in words[max(0, i - 2) : i])
        if word in lists["family"] or (mine and word in lists["family_if_mine"]):
            return THIRD_PARTY
        if word in lists["customers"]:
            return THIRD_PARTY if any(w in lists["others"] for w in words[max(0, i - 2) : i]) else CUSTOMER
        if word in lists["documents"]:
            return CUSTOMER if mine else ORGANISATION
        return ORGANISATION if self.is_org(word) else None

    def who(self, i: int) -> str | None:
        """Who a word is as a subject: pronoun, noun or name."""
        word, lists = self.words[i], self.data.lists
        if word in lists["me"]:
            return CUSTOMER
        if word in lists["they"]:
            return self.antecedent(i)
        found = self.role(i)
        if found:
            return found
        if self.is_name(i):
            return THIRD_PARTY if word in self.family_names() else ORGANISATION
        return None

    def is_thing(self, i: int) -> bool:
        """Whether a word stands for no person: *dat zegt genoeg*, but *zegt dat meisje*."""
        if self.words[i] not in self.data.lists["things"]:
            return False
        return i + 1 >= len(self.words) or self.role(i + 1) is None

    def is_name(self, i: int) -> bool:
        """Whether a word has a capital letter that its place in the sentence does not explain."""
        if not self.capital(i) or len(self.words[i]) < 2 or self.words[i - 1] in OPENINGS:
            return False
        return self.starts[i] != self.sentence_start(self.starts[i])

    def antecedent(self, i: int) -> str:
        """Who *hij, ze* is: the nearest person named before, else somebody of the organisation."""
        lists = self.data.lists
        low = self.at(self.begins[max(0, bisect_left(self.begins, self.starts[i] + 1) - 1)])
        for k in range(i - 1, max(low - 1, i - 40), -1):
            found = self.role(k)
            if self.words[k] in lists["address"] and self.words[k - 1] not in lists["determiners"]:
                continue  # said to somebody
            if found == CUSTOMER and not (self.words[k].endswith("en") and self.words[i] in ("ze", "zij")):
                continue  # hij, ze: klanten, but not a klant
            if found and self.words[k] not in lists["documents"]:
                return found
            if self.is_name(k):
                return THIRD_PARTY if self.words[k] in self.family_names() else ORGANISATION
        return ORGANISATION

    def phrase(self, table: Phrases, low: int, high: int) -> Found | None:
        """The first fixed phrase that begins in a row of tokens."""
        words = self.words
        for i in range(low, high):
            for row, speaker in table.get(words[i], ()):
                if i + len(row) <= high and tuple(words[i : i + len(row)]) == row:
                    return Found(speaker, i, i + len(row))
        return None

    def label(self, low: int, high: int) -> Found | None:
        """Who is named, alone, right before token `high`: *Medewerker 2:*, *De chef:*, *Sanne:*."""
        words, lists = self.words, self.data.lists
        first = high
        while first > low and high - first < 5 and words[first - 1] not in EDGES:
            first -= 1
        named = words[first:high]
        if not named or high - first > 4 or any(word in self.data.verbs for word in named):
            return None
        if named[0] in lists["labels_me"]:
            return Found(CUSTOMER, first, high) if len(named) == 1 else None
        for k in range(high - 1, first - 1, -1):
            speaker = THIRD_PARTY if words[k] in self.family_names() else self.role(k)
            if speaker is None and self.capital(k) and len(named) == 1 and len(words[k]) > 1:
                speaker = ORGANISATION
            if speaker:
                return Found(speaker, first, high)
        return None

    def after(self, i: int, sentence: int = -1) -> Found | None:
        """The reporting clause that begins at a token: *zegt de dame*, *aldus de bank*.

        In another sentence than `sentence` (its offset) only the shortest: *Zei ze.*
        """
        words, lists = self.words, self.data.lists
        n = len(words)
        if i < n and words[i] in ",-–—":
            i += 1
        if i >= n:
            return None
        if sentence >= 0 and self.sentence_start(self.starts[i]) != sentence:
            i += words[i] in ("dat", "zo")  # “…” Dat zei hij letterlijk.
            short = words[i] in self.data.verbs and any(word in STOPS for word in words[i + 2 : i + 4])
            if not short or words[i + 1] not in lists["me"] | lists["they"]:
                return None
        phrase = self.phrase({words[i]: self.data.phrases.get(words[i], ())}, i, min(n, i + 6))
        if phrase and phrase.first == i:
            return phrase
        begin = i
        if words[i] == "zo" and i + 1 < n and words[i + 1] in self.data.verbs:
            i += 1
        if words[i] not in self.data.verbs and words[i] not in lists["according"]:
            return None
        for k in range(i + 1, min(n, i + 7)):
            if words[k] in STOPS or self.is_thing(k):
                return None
            speaker = self.who(k)
            if speaker:
                return Found(speaker, begin, k + 1)
            if words[k] in lists["you"]:
                return Found(None, begin, k + 1)
        return None

    def before(self, low: int, high: int, reach: int, marked: bool = True) -> Found | None:
        """The reporting clause that ends at token `high`: its verb stands at most `reach` words before."""
        words, data = self.words, self.data
        low = max(low, high - LOOK_BACK)
        if high - low > 1 and words[high - 1] == ":" and (label := self.label(low, high - 1)):
            return label
        near = high
        while near > low and words[near - 1] in (":", ",", "dat"):
            near -= 1
        phrase = self.phrase(data.phrases, max(low, near - 6), near)
        if phrase and phrase.last == near:
            return phrase
        for v in range(high - 1, max(low - 1, high - reach - 1), -1):
            word = words[v]
            if word not in data.verbs:
                continue
            if word in data.lists["after_only"] and not (
                (words[high - 1] == ":" and marked) or words[near - 1] in data.lists["particles"]
            ):
                continue
            if v > low and words[v - 1] in data.lists["determiners"]:
                continue  # mijn vraag, het antwoord
            return self._subject(v, low, high)
        return None

    def _subject(self, v: int, low: int, high: int) -> Found | None:
        """Who does the verb at token `v`: the words right behind it, else those before it."""
        words, data = self.words, self.data
        person = data.verbs[words[v]]
        behind = range(v + 1, min(high, v + 4))
        for k in behind:
            if words[k] in STOPS or words[k] in data.lists["prepositions"]:
                break
            if self.is_thing(k):
                return None
            if words[k] in data.lists["you"]:
                return Found(None, v, k + 1)
            speaker = self.who(k)
            if speaker:
                if person == 1 and speaker != CUSTOMER:
                    break  # vraag de medewerker: the object
                return Found(speaker, v, k + 1)
        noun: Found | None = None
        spare: Found | None = None  # the noun of a phrase with a preposition: de kant van de familie
        for k in range(v - 1, low - 1, -1):
            word = words[k]
            if k == v - 1:
                if self.is_thing(k):
                    return None
                speaker = self.role(k) or (self.who(k) if self.is_name(k) else None)
                if speaker and words[max(low, k - 1)] not in data.lists["prepositions"]:
                    return Found(speaker, k, v + 1)  # right before the verb: en de dame zei
            if word in data.lists["me"] and person != 3:
                return Found(CUSTOMER, k, v + 1) if v - k < 5 else Found(CUSTOMER, v, v + 1)
            if person == 1:
                continue
            if word in data.lists["you"] and k == v - 1:
                return Found(None, k, v + 1)
            if word in data.lists["they"] and word != "die":
                return Found(self.antecedent(k), k if v - k < 5 else v, v + 1)
            if noun is None and (speaker := self.who(k)):
                clause = Found(speaker, k if v - k < 5 else v, v + 1)
                if any(w in data.lists["prepositions"] for w in words[max(low, k - 2) : k]):
                    spare = spare or clause
                else:
                    noun = clause
        if noun or spare:
            return noun or spare
        if person == 0:
            return None
        return Found(CUSTOMER if person == 1 else ORGANISATION, v, v + 1)
