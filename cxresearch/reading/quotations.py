"""Direct speech, and who says it: in quotation marks, as a script, after a dash, or after a reporting verb.

The speaker comes from, in this order: a label or a reporting clause (*zegt ze*, *vroeg ik*, *aldus de bank*),
words that only one side says (*uw medewerker*, *ons beleid*), the turn in an exchange, what the sentence
before tells (*Ze kijkt op.*), and forms of address. The words that decided are kept as the cue.
"""

from __future__ import annotations

import functools
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files

from cxresearch.reading.marks import Marks, Pair

CUSTOMER, ORGANISATION, THIRD_PARTY = "customer", "organisation", "third_party"
STOPS = frozenset(".!?…,;:()[]–—")
SCRIPT = re.compile(
    r"^[ \t]*(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[\])]?[ \t]*[-–]?[ \t]*)?([^\W\d_][\w .'’-]{0,30}?)[ \t]*:[ \t]+(?=\S)",
    re.MULTILINE,
)
DASHED = re.compile(r"^[ \t]*[-–—][ \t]*(?=[\w“\"‘'„])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of direct speech, marks included, with who says it and the words that told so.

    `cue_start` and `cue_end` say where these words stand; -1 where there are none.
    """

    start: int
    end: int
    speaker: str | None = None
    cue: str | None = None
    cue_start: int = -1
    cue_end: int = -1


@dataclass(frozen=True, slots=True)
class Speech:
    """The word lists of codebook/nl/speech.toml. `verbs` tells the person of a form: 1, 3 or 0 (any)."""

    verbs: Mapping[str, int]
    lists: Mapping[str, frozenset[str]]
    endings: tuple[str, ...]
    strong: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    weak: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


def _filed(table: Mapping[str, list[str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
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


class Tokens:
    """The words of a text with the questions that are asked of them here."""

    def __init__(self, text: str, starts: list[int], ends: list[int], words: list[str], sentences: list[int]) -> None:
        self.text, self.starts, self.ends, self.words = text, starts, ends, words
        self.sentences = sentences  # where each begins
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
            family, words = self.data.lists["family"] | self.data.lists["family_if_mine"], self.words
            self._family = frozenset(
                words[i + 1]
                for i in range(1, len(words) - 1)
                if words[i] in family and words[i - 1] in self.data.lists["possessives"] and self.capital(i + 1)
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
        if self.capital(i) and len(word) > 1 and i and self.starts[i] not in self.sentences_at(i):
            return THIRD_PARTY if word in self.family_names() else ORGANISATION
        return None

    def sentences_at(self, i: int) -> tuple[int]:
        return (self.sentence_start(self.starts[i]),)

    def antecedent(self, i: int) -> str:
        """Who *hij, ze* is: the nearest person named before, else somebody of the organisation."""
        for k in range(i - 1, max(-1, i - 40), -1):
            found = self.role(k)
            if found and self.words[k] not in self.data.lists["documents"]:
                return found
            if self.capital(k) and self.words[k] in self.family_names():
                return THIRD_PARTY
        return ORGANISATION

    def phrase(
        self, table: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]], low: int, high: int
    ) -> Found | None:
        """The first fixed phrase that begins in a row of tokens."""
        words = self.words
        for i in range(low, high):
            for row, speaker in table.get(words[i], ()):
                if i + len(row) <= high and tuple(words[i : i + len(row)]) == row:
                    return Found(speaker, i, i + len(row))
        return None

    def after(self, i: int) -> Found | None:
        """The reporting clause that begins at a token: *zegt de dame*, *aldus de bank*."""
        words, lists = self.words, self.data.lists
        n = len(words)
        if i < n and words[i] in ",-–—":
            i += 1
        if i >= n:
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
            if words[k] in STOPS or words[k] in lists["things"] or not words[k]:
                return None
            speaker = self.who(k)
            if speaker:
                return Found(speaker, begin, k + 1)
            if words[k] in lists["you"]:
                return Found(None, begin, k + 1)
        return None

    def before(self, low: int, high: int, reach: int) -> Found | None:
        """The reporting clause that ends at token `high`: its verb stands at most `reach` words before."""
        words, data = self.words, self.data
        phrase = self.phrase(data.phrases, max(low, high - reach - 2), high)
        if phrase:
            return phrase
        for v in range(high - 1, max(low - 1, high - reach - 1), -1):
            word = words[v]
            if word not in data.verbs or word in data.lists["after_only"]:
                continue
            if v > low and words[v - 1] in data.lists["determiners"] and words[v - 1] not in ("die", "dit", "dat"):
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
            if words[k] in data.lists["things"]:
                return None
            if words[k] in data.lists["you"]:
                return Found(None, v, k + 1)
            speaker = self.who(k)
            if speaker:
                if person == 1 and speaker != CUSTOMER:
                    break  # vraag de medewerker: the object
                return Found(speaker, v, k + 1)
        noun: Found | None = None
        for k in range(v - 1, low - 1, -1):
            word = words[k]
            if word in data.lists["things"] and k == v - 1:
                return None
            if word in data.lists["me"] and person != 3:
                return Found(CUSTOMER, k, v + 1) if v - k < 5 else Found(CUSTOMER, v, v + 1)
            if person == 1:
                continue
            if word in data.lists["you"] and k == v - 1:
                return Found(None, k, v + 1)
            if word in data.lists["they"] and word != "die":
                return Found(self.antecedent(k), k if v - k < 5 else v, v + 1)
            if noun is None and not any(w in data.lists["prepositions"] for w in words[max(low, k - 2) : k]):
                speaker = self.who(k)
                if speaker:
                    noun = Found(speaker, k if v - k < 5 else v, v + 1)
        if noun:
            return noun
        if person == 0:
            return None
        return Found(CUSTOMER if person == 1 else ORGANISATION, v, v + 1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A quotation on its way: tokens half-open, whether a label or clause has told the speaker."""

    start: int
    end: int
    first: int
    last: int
    found: Found | None = None
    label: bool = False


def quotations(
    text: str, starts: list[int], ends: list[int], words: list[str], sentences: list[int], begins: list[int],
    marks: Marks,
) -> tuple[Quotation, ...]:  # fmt: skip
    """Return the direct speech in a text with its speakers, sorted, none within another.

    Parameters
    ----------
    text : str
    starts, ends, words : list
        The tokens of the text.
    sentences, begins : list of int
        Where sentences and paragraphs begin.
    marks : Marks
        The quotation marks of the text.
    """
    tokens = Tokens(text, starts, ends, words, sentences)
    drafts = [*_scripted(tokens, begins), *_dashed(tokens, begins)]
    reached = 0
    for pair in marks.pairs:
        draft = _marked(tokens, pair, reached)
        if draft:
            drafts.append(draft)
            reached = pair.end
    drafts = _apart(drafts)
    drafts = _apart([*drafts, *_after_colon(tokens, marks, drafts)])
    return _speakers(tokens, drafts)


def _apart(drafts: Iterable[Draft]) -> list[Draft]:
    """Sort; of two that overlap the one that begins first stays."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: (draft.start, -draft.end)):
        if draft.start < draft.end and (not kept or draft.start >= kept[-1].end):
            kept.append(draft)
    return kept


def _paragraph_end(begins: list[int], offset: int, text: str) -> int:
    k = bisect_left(begins, offset + 1)
    begin, end = (begins[k - 1] if k else 0), (begins[k] if k < len(begins) else len(text))
    return begin + len(text[begin:end].rstrip())


def _marked(tokens: Tokens, pair: Pair, reached: int) -> Draft | None:
    """Return a stretch in quotation marks if it is speech, and not a title or a word held at arm's length."""
    text, words = tokens.text, tokens.words
    first, last = tokens.at(pair.start), tokens.at(pair.end)
    inner = text[pair.inner[0] : pair.inner[1]].strip()
    a, b = tokens.at(pair.inner[0]), tokens.at(pair.inner[1])
    count = sum(1 for word in words[a:b] if word[:1].isalnum())
    if not count:
        return None
    low = tokens.at(max(reached, tokens.sentence_start(pair.start)))
    lead = text[max(0, pair.start - 6) : pair.start].rstrip()[-1:]
    colon = lead in (":", ";")
    found = tokens.before(low, first, 16 if lead == ":" else 5)
    if not found or low == first:
        found = tokens.after(last) or found
    draft = Draft(pair.start, pair.end, first, last, found)
    terminal = inner[-1] in ".!?…," or (inner[-1] in "\"'”’" and inner[-2:-1] in ".!?…,")
    if found or (terminal and pair.closed and not inner.endswith(("..", "…"))):
        return draft
    if not pair.closed:
        return draft if colon and count > 1 else None
    if count <= 3:
        return None
    capitals = sum(1 for i in range(a, b) if len(words[i]) > 3 and tokens.capital(i))
    long = sum(1 for i in range(a, b) if len(words[i]) > 3)
    if capitals * 2 > long > 1 and not terminal:
        return None
    if first and words[first - 1] in tokens.data.lists["determiners"] and inner[0].islower() and not terminal:
        return None
    return draft


def _scripted(tokens: Tokens, begins: list[int]) -> list[Draft]:
    """Lines that begin with who speaks: `Ik: …`, `Medewerker: …`."""
    text, data = tokens.text, tokens.data
    known: list[tuple[re.Match[str], str | None]] = []
    for hit in SCRIPT.finditer(text):
        i = tokens.at(hit.start(1))
        last = tokens.at(hit.end(1))
        if last - i > 3:
            continue
        speaker: str | None = None
        for k in range(i, last):
            word = tokens.words[k]
            if word in data.lists["labels_me"]:
                speaker = CUSTOMER
            elif word in data.lists["family"]:
                speaker = THIRD_PARTY
            elif tokens.is_org(word):
                speaker = ORGANISATION
        known.append((hit, speaker))
    drafts = []
    for n, (hit, speaker) in enumerate(known):
        end = _paragraph_end(begins, hit.end(), text)
        turn = text[hit.end() : end]
        if not turn or not (turn[-1] in ".!?…\"”’'" or speaker == CUSTOMER or len(turn.split()) > 4):
            continue
        if speaker is None:  # a name: in exchange with somebody who is known
            near = {other for _, other in known[max(0, n - 1) : n + 2] if other}
            if len(near) != 1 or not tokens.capital(tokens.at(hit.start(1))) or THIRD_PARTY in near:
                continue
            speaker = ORGANISATION if near == {CUSTOMER} else CUSTOMER
        found = Found(speaker, tokens.at(hit.start(1)), tokens.at(hit.end(1)))
        drafts.append(Draft(hit.end(), end, tokens.at(hit.end()), tokens.at(end), found, label=True))
    return drafts


def _dashed(tokens: Tokens, begins: list[int]) -> list[Draft]:
    """Lines of a dialogue that begin with a dash; a list of points looks the same but for its sentences."""
    text = tokens.text
    group: list[tuple[int, int]] = []
    drafts: list[Draft] = []
    previous = -2
    for hit in DASHED.finditer(text):
        k = bisect_left(begins, hit.end())
        end = _paragraph_end(begins, hit.end(), text)
        if k != previous + 1:
            drafts += _dialogue(tokens, group)
            group = []
        group.append((hit.end(), end))
        previous = k
    return drafts + _dialogue(tokens, group)


def _dialogue(tokens: Tokens, group: list[tuple[int, int]]) -> list[Draft]:
    text = tokens.text
    drafts: list[Draft] = []
    speaks = False
    for start, end in group:
        first, last = tokens.at(start), tokens.at(end)
        if not text[start : start + 2].strip("“\"‘'„")[:1].isupper() or text[end - 1 : end] not in ".!?…”\"’'":
            return []
        cut, found = end, None
        for i in range(first + 1, last):
            if tokens.words[i - 1] in ",!?…" and (found := tokens.after(i)):
                cut = tokens.ends[i - 1]
                break
        speaks = speaks or found is not None or (len(group) > 1 and "?" in text[start:end])
        drafts.append(Draft(start, cut, first, tokens.at(cut), found))
        if found and found.last < last and tokens.words[found.last] in ",:;":
            rest = tokens.starts[found.last + 1] if found.last + 1 < last else end
            drafts.append(Draft(rest, end, tokens.at(rest), last, found))
    return drafts if speaks else []


def _after_colon(tokens: Tokens, marks: Marks, drafts: list[Draft]) -> list[Draft]:
    """What follows a reporting verb and a colon without any marks, to the end of the sentence."""
    text, words = tokens.text, tokens.words
    bounds = [draft.start for draft in drafts]
    found: list[Draft] = []
    for i, word in enumerate(words):
        if word != ":" or i + 1 >= len(words) or tokens.starts[i + 1] == tokens.ends[i]:
            continue
        if tokens.starts[i + 1] in marks.opening:
            continue
        offset = tokens.starts[i]
        d = bisect_left(bounds, offset) - 1
        if d >= 0 and drafts[d].end > offset:
            continue
        low = max(tokens.at(tokens.sentence_start(offset)), drafts[d].last if d >= 0 else 0)
        clause = tokens.before(low, i, 12)
        if clause is None or text[tokens.starts[clause.last - 1]] == ":":
            continue
        s = bisect_left(tokens.sentences, offset + 1)
        end = tokens.sentences[s] if s < len(tokens.sentences) else len(text)
        if d + 1 < len(drafts):
            end = min(end, drafts[d + 1].start)
        start = tokens.starts[i + 1]
        end = start + len(text[start:end].rstrip())
        if start < end:
            found.append(Draft(start, end, i + 1, tokens.at(end), clause))
    return found


def _speakers(tokens: Tokens, drafts: list[Draft]) -> tuple[Quotation, ...]:
    """Settle who speaks, surest signs first; the turn in an exchange is passed on from what is known."""
    found: list[Found | None] = [draft.found for draft in drafts]
    told = [f is not None and f.speaker is not None for f in found]
    for i, draft in enumerate(drafts):
        if not told[i]:
            found[i] = _strong(tokens, draft) or found[i]
    _turns(tokens, drafts, found)
    for i, draft in enumerate(drafts):
        if found[i] is None:
            found[i] = _beat(tokens, draft, drafts[i - 1].last if i else 0) or _weak(tokens, draft)
    _turns(tokens, drafts, found)
    result = []
    for draft, f in zip(drafts, found, strict=True):
        quotation = Quotation(draft.start, draft.end)
        if f is not None and f.first < f.last:
            a, b = tokens.starts[f.first], tokens.ends[f.last - 1]
            quotation = replace(quotation, speaker=f.speaker, cue=tokens.text[a:b], cue_start=a, cue_end=b)
        result.append(quotation)
    return tuple(result)


def _strong(tokens: Tokens, draft: Draft) -> Found | None:
    """Words that only one of the two sides says; none where both have some."""
    hits: dict[str, Found] = {}
    words = tokens.words
    for i in range(draft.first, draft.last):
        for row, speaker in tokens.data.strong.get(words[i], ()):
            if i + len(row) <= draft.last and tuple(words[i : i + len(row)]) == row:
                hits.setdefault(str(speaker), Found(speaker, i, i + len(row)))
                break
    return next(iter(hits.values())) if len(hits) == 1 else None


def _weak(tokens: Tokens, draft: Draft) -> Found | None:
    for i in range(draft.first, draft.last):
        speaker = tokens.data.weak.get(tokens.words[i])
        if speaker:
            return Found(speaker, i, i + 1)
    return None


def _beat(tokens: Tokens, draft: Draft, low: int) -> Found | None:
    """What the sentence right before tells: who acts in it, or that the customer has just made contact."""
    text, words, lists = tokens.text, tokens.words, tokens.data.lists
    offset = draft.start
    begin = tokens.sentence_start(offset)
    if begin == offset and begin:
        if "\n" in text[max(0, begin - 2) : begin]:
            return None
        begin = tokens.sentence_start(begin - 1)
    low = max(low, tokens.at(begin))
    for i in range(draft.first - 1, low - 1, -1):
        if words[i] in lists["contacts"]:
            return Found(ORGANISATION, i, i + 1)
        if words[i] in lists["they"] and words[i] != "die":
            return Found(tokens.antecedent(i), i, i + 1)
        if tokens.role(i) and not any(w in lists["prepositions"] for w in words[max(low, i - 2) : i]):
            return Found(tokens.role(i), i, i + 1)
    return None


def _turns(tokens: Tokens, drafts: list[Draft], found: list[Found | None]) -> None:
    """Pass the turn along quotations that follow each other, forwards and then backwards."""
    other = {CUSTOMER: ORGANISATION, ORGANISATION: CUSTOMER}
    order = range(1, len(drafts))
    for pairs in ([(i, i - 1) for i in order], [(i - 1, i) for i in reversed(order)]):
        for i, neighbour in pairs:
            known = found[neighbour]
            if found[i] is not None or known is None or known.speaker not in other:
                continue
            left, right = sorted((i, neighbour))
            between = range(drafts[left].last, drafts[right].first)
            clause = drafts[left].found
            gap = [k for k in between if tokens.words[k][:1].isalnum()]
            if clause is not None and not drafts[left].label:
                gap = [k for k in gap if not clause.first <= k < clause.last]
            if len(gap) <= 2:
                found[i] = Found(other[known.speaker], known.first, known.last)
