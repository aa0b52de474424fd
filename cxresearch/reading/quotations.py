"""Direct speech, and who says it: in quotation marks, or without any (`unmarked`).

The speaker comes from, in this order: a label or a reporting clause (*zegt ze*, *vroeg ik*, *aldus de bank*),
words that only one side says (*uw medewerker*, *ons beleid*), the turn in an exchange, what the sentence
before tells (*Ze kijkt op.*), and forms of address. The words that decided are kept as the cue. Where nothing
tells, it is the organisation: whom else would a customer quote.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cxresearch.reading.marks import Marks, Pair
from cxresearch.reading.reporting import CUSTOMER, LOOK_BACK, ORGANISATION, Found, Narration
from cxresearch.reading.unmarked import Draft, after_colon, before_clause, dashed, scripted

ALL_OF_IT = 0.8  # a quotation that is nearly the whole text is the story itself
STORY = 60  # words that it has then at least


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


def quotations(tokens: Narration, marks: Marks) -> tuple[Quotation, ...]:
    """Return the direct speech in a text with its speakers, sorted, none within another.

    Parameters
    ----------
    tokens : Narration
        The words of the text, and where its sentences and paragraphs begin.
    marks : Marks
        The quotation marks of the text.
    """
    drafts = [*scripted(tokens, marks), *dashed(tokens)]
    previous: Draft | None = None
    for pair in marks.pairs:
        draft = _marked(tokens, pair, previous)
        if draft:
            drafts.append(draft)
            previous = draft
    whole = max(STORY, ALL_OF_IT * len(tokens.words))
    drafts = [draft for draft in _apart(drafts) if draft.last - draft.first < whole]
    drafts = _apart([*drafts, *after_colon(tokens, marks, drafts)])
    drafts = _apart([*drafts, *before_clause(tokens, drafts)])
    return _speakers(tokens, drafts)


def _apart(drafts: Iterable[Draft]) -> list[Draft]:
    """Sort; of two that overlap the one that begins first stays."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda draft: (draft.start, -draft.end)):
        if draft.start < draft.end and (not kept or draft.start >= kept[-1].end):
            kept.append(draft)
    return kept


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
        quotation = Quotation(draft.start, draft.end, ORGANISATION if f is None else None, marked=draft.marked)
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
