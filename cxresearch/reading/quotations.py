"""Direct speech, and who says it: in quotation marks, as a script, after a dash, or after a reporting verb.

The speaker comes from, in this order: a label or a reporting clause (*zegt ze*, *vroeg ik*, *aldus de bank*),
words that only one side says (*uw medewerker*, *ons beleid*), the turn in an exchange, what the sentence
before tells (*Ze kijkt op.*), and forms of address. The words that decided are kept as the cue.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cxresearch.reading.marks import Marks, Pair
from cxresearch.reading.reporting import CUSTOMER, LOOK_BACK, ORGANISATION, Found, Narration

SCRIPT = re.compile(
    r"(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[\])]?[ \t]*[-–]?[ \t]*)?"  # the time, in a chat
    r"([^\W\d_][\w .'’-]{0,30}?)[ \t]*:[ \t]+(?=\S)"
)
DASHED = re.compile(r"[-–—][ \t]*(?=[\w“\"‘'„])")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of direct speech, marks included, with who says it and the words that told so.

    `cue_start` and `cue_end` say where these words stand; -1 where there are none. `marked` is false for words after
    a reporting verb and a colon without any marks: coders take them as narrated (CODEBOOK 2, voice), but *je* and
    *wij* in them are those of the speaker.
    """

    start: int
    end: int
    speaker: str | None = None
    cue: str | None = None
    cue_start: int = -1
    cue_end: int = -1
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A quotation on its way: tokens half-open, whether a label or clause has told the speaker."""

    start: int
    end: int
    first: int
    last: int
    found: Found | None = None
    marked: bool = True
    label: bool = False


def quotations(tokens: Narration, marks: Marks) -> tuple[Quotation, ...]:
    """Return the direct speech in a text with its speakers, sorted, none within another.

    Parameters
    ----------
    tokens : Narration
        The words of the text, and where its sentences and paragraphs begin.
    marks : Marks
        The quotation marks of the text.
    """
    drafts = [*_scripted(tokens, marks), *_dashed(tokens)]
    previous: Draft | None = None
    for pair in marks.pairs:
        draft = _marked(tokens, pair, previous)
        if draft:
            drafts.append(draft)
            previous = draft
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


def _marked(tokens: Narration, pair: Pair, previous: Draft | None) -> Draft | None:
    """Return a stretch in quotation marks if it is speech, and not a title or a word held at arm's length."""
    text, words = tokens.text, tokens.words
    first, last = tokens.at(pair.start), tokens.at(pair.end)
    inner = text[pair.inner[0] : pair.inner[1]].strip()
    a, b = tokens.at(pair.inner[0]), tokens.at(pair.inner[1])
    count = sum(1 for word in words[a:b] if word[:1].isalnum())
    if not count:
        return None
    begin = tokens.sentence_start(pair.start)
    low = tokens.at(max(previous.end if previous else 0, begin))
    lead = text[max(0, pair.start - 6) : pair.start].rstrip()[-1:]
    colon = lead in (":", ";")
    if previous and previous.found and begin < previous.end and previous.last <= previous.found.first:
        found: Found | None = previous.found  # “…”, zegt ze, “…”
    else:
        found = tokens.before(low, first, 16 if lead == ":" else 5)
        if found and count <= 3 and not {"dat", "of"}.isdisjoint(words[found.first : first]):
            found = None  # ze zei dat het ‘snel’ kwam
    if not found or low == first:
        found = tokens.after(last, tokens.sentence_start(pair.end - 1)) or found
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
    if not terminal and not colon and tokens.data.lists["clause_words"].isdisjoint(words[a:b]):
        return None  # niet goed, geld terug
    return draft


def _scripted(tokens: Narration, marks: Marks) -> list[Draft]:
    """Lines that begin with who speaks: `Ik: …`, `Medewerker: …`."""
    text, begins = tokens.text, tokens.begins
    turns: list[tuple[Draft, bool]] = []  # whether the label is a role, and not just any name
    for begin in begins if ":" in text else ():
        hit = SCRIPT.match(text, begin)
        if hit is None or hit.end() in marks.opening:
            continue
        i, last = tokens.at(hit.start(1)), tokens.at(hit.end(1))
        label = tokens.label(i, last)
        end = _paragraph_end(begins, hit.end(), text)
        turn = text[hit.end() : end]
        if label and label.first == i and turn and (turn[-1] in ".!?…\"”’'" or len(turn.split()) > 4):
            named = label.speaker != ORGANISATION or any(map(tokens.is_org, tokens.words[i:last]))
            first = tokens.at(hit.end())
            turns.append((Draft(hit.end(), end, first, tokens.at(end), label, label=True), named))
    speakers = [draft.found.speaker if named and draft.found else None for draft, named in turns]
    for n, (draft, named) in enumerate(turns):  # Klantenservice: slecht. Datum: 3 mei.
        near = speakers[max(0, n - 1) : n + 2]
        if named and not (CUSTOMER in near or _addressed(tokens, draft.first, draft.last)):
            speakers[n] = None
    drafts = []
    for n, (draft, named) in enumerate(turns):
        near = speakers[max(0, n - 1) : n + 2]
        speaker = speakers[n]
        if not named and near != [None] * len(near):  # a name, in exchange with somebody who is known
            speaker = ORGANISATION if CUSTOMER in near else CUSTOMER
        if speaker and draft.found:
            drafts.append(replace(draft, found=replace(draft.found, speaker=speaker)))
    return drafts


def _addressed(tokens: Narration, first: int, last: int) -> bool:
    """Whether the words speak to a customer."""
    return not tokens.data.lists["address"].isdisjoint(tokens.words[first:last])


def _dashed(tokens: Narration) -> list[Draft]:
    """Lines of a dialogue that begin with a dash; a list of points looks the same but for its sentences."""
    text, begins = tokens.text, tokens.begins
    group: list[tuple[int, int]] = []
    drafts: list[Draft] = []
    previous = -2
    for k, begin in enumerate(begins):
        hit = DASHED.match(text, begin)
        if hit is None:
            continue
        end = _paragraph_end(begins, hit.end(), text)
        if k != previous + 1:
            drafts += _dialogue(tokens, group)
            group = []
        group.append((hit.end(), end))
        previous = k
    return drafts + _dialogue(tokens, group)


def _dialogue(tokens: Narration, group: list[tuple[int, int]]) -> list[Draft]:
    text = tokens.text
    drafts: list[Draft] = []
    speaks = False
    for start, end in group:
        first, last = tokens.at(start), tokens.at(end)
        capital = text[start : start + 2].strip("“\"‘'„")[:1].isupper()
        if not capital or text[end - 1 : end] not in ".!?…”\"’'":
            return []
        cut = end
        found: Found | None = None
        for i in range(first + 1, last):
            clause = tokens.after(i) if tokens.words[i - 1] in ",!?…" else None
            if clause and clause.speaker:
                cut, found = tokens.ends[i - 1], clause
                break
        speaks = speaks or found is not None or (len(group) > 1 and "?" in text[start:end])
        drafts.append(Draft(start, cut, first, tokens.at(cut), found))
        if found and found.last < last and tokens.words[found.last] in ",:;":
            rest = tokens.starts[found.last + 1] if found.last + 1 < last else end
            drafts.append(Draft(rest, end, tokens.at(rest), last, found))
    return drafts if speaks else []


def _places(words: list[str], word: str) -> Iterator[int]:
    i = -1
    for _ in range(words.count(word)):
        i = words.index(word, i + 1)
        yield i


def _after_colon(tokens: Narration, marks: Marks, drafts: list[Draft]) -> list[Draft]:
    """What follows a reporting verb and a colon without any marks, to the end of the sentence."""
    text, words = tokens.text, tokens.words
    bounds = [draft.start for draft in drafts]
    found: list[Draft] = []
    for i in _places(words, ":"):
        if i + 1 >= len(words) or tokens.starts[i + 1] == tokens.ends[i]:
            continue
        if tokens.starts[i + 1] in marks.opening:
            continue
        offset = tokens.starts[i]
        d = bisect_left(bounds, offset) - 1
        if d >= 0 and drafts[d].end > offset:
            continue
        low = max(tokens.at(tokens.sentence_start(offset)), drafts[d].last if d >= 0 else 0)
        clause = tokens.before(low, i, 12, marked=False)
        label = None if clause else tokens.label(low, i)
        clause = clause or label
        if clause is None or clause.speaker is None:
            continue  # misschien denk je: …
        s = bisect_left(tokens.sentences, offset + 1)
        end = tokens.sentences[s] if s < len(tokens.sentences) else len(text)
        if d + 1 < len(drafts):
            end = min(end, drafts[d + 1].start)
        start = tokens.starts[i + 1]
        end = start + len(text[start:end].rstrip())
        if label and not (text[end - 1] in ".!?…" and _addressed(tokens, i + 1, tokens.at(end))):
            continue
        if start < end:
            found.append(Draft(start, end, i + 1, tokens.at(end), clause, marked=label is not None))
    return found


def _speakers(tokens: Narration, drafts: list[Draft]) -> tuple[Quotation, ...]:
    """Settle who speaks, surest signs first; the turn in an exchange is passed on from what is known."""
    found: list[Found | None] = [draft.found for draft in drafts]
    told = [f is not None and f.speaker is not None for f in found]
    for i, draft in enumerate(drafts):
        if not told[i]:
            found[i] = _strong(tokens, draft) or found[i]
    _turns(tokens, drafts, found)
    for i, draft in enumerate(drafts):
        if found[i] is None:
            low, known = (drafts[i - 1].last, found[i - 1]) if i else (0, None)
            found[i] = _beat(tokens, draft, low, known) or _weak(tokens, draft)
    _turns(tokens, drafts, found)
    result = []
    for draft, f in zip(drafts, found, strict=True):
        quotation = Quotation(draft.start, draft.end, marked=draft.marked)
        if f is not None and f.first < f.last:
            a, b = tokens.starts[f.first], tokens.ends[f.last - 1]
            quotation = replace(quotation, speaker=f.speaker, cue=tokens.text[a:b], cue_start=a, cue_end=b)
        result.append(quotation)
    return tuple(result)


def _strong(tokens: Narration, draft: Draft) -> Found | None:
    """Words that only one of the two sides says; none where both have some."""
    hits: dict[str, Found] = {}
    words = tokens.words
    for i in range(draft.first, draft.last):
        for row, speaker in tokens.data.strong.get(words[i], ()):
            if i + len(row) <= draft.last and tuple(words[i : i + len(row)]) == row:
                hits.setdefault(str(speaker), Found(speaker, i, i + len(row)))
                break
    return next(iter(hits.values())) if len(hits) == 1 else None


def _weak(tokens: Narration, draft: Draft) -> Found | None:
    for i in range(draft.first, draft.last):
        speaker = tokens.data.weak.get(tokens.words[i])
        if speaker:
            return Found(speaker, i, i + 1)
    return None


def _beat(tokens: Narration, draft: Draft, low: int, previous: Found | None) -> Found | None:
    """What the sentence right before tells: who acts in it, or that the customer has just made contact."""
    text, words, lists = tokens.text, tokens.words, tokens.data.lists
    offset = draft.start
    begin = tokens.sentence_start(offset)
    if begin == offset and begin:
        if "\n" in text[max(0, begin - 2) : begin]:
            return None
        begin = tokens.sentence_start(begin - 1)
    low = max(low, tokens.at(begin), draft.first - LOOK_BACK)
    phrase = tokens.phrase(tokens.data.phrases, low, draft.first)
    if phrase and phrase.last >= draft.first - 1:
        return phrase
    mine = any(words[i] in lists["me"] for i in range(low, draft.first))
    theirs = any(words[i] in lists["they"] for i in range(low, draft.first))
    for i in range(draft.first - 1, low - 1, -1):
        if words[i] in lists["contacts"] and (mine or not theirs):
            return Found(ORGANISATION, i, i + 1)
        if words[i] in lists["they"] and words[i] != "die":
            return Found(tokens.antecedent(i), i, i + 1)
        if tokens.role(i) and not any(w in lists["prepositions"] for w in words[max(low, i - 2) : i]):
            return Found(tokens.role(i), i, i + 1)
    if mine and previous is not None and previous.speaker == ORGANISATION:
        i = next(i for i in range(low, draft.first) if words[i] in lists["me"])
        return Found(CUSTOMER, i, i + 1)  # “…” Ik slik. “…”
    return None


def _turns(tokens: Narration, drafts: list[Draft], found: list[Found | None]) -> None:
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
            if len(between) > 16:
                continue
            clause = drafts[left].found
            gap = [k for k in between if tokens.words[k][:1].isalnum()]
            allowed = 0
            if clause is not None and drafts[left].last <= clause.first < drafts[right].first:
                gap = [k for k in gap if not clause.first <= k < clause.last]
                allowed = 2  # zeg ik heel boos
            if len(gap) <= allowed or drafts[right].label:
                found[i] = Found(other[known.speaker], known.first, known.last)
