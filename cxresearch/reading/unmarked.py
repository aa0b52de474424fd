"""Direct speech without quotation marks: as a script, after a dash, after a colon, before a reporting clause.

What stands after a reporting verb and a colon counts as narrated (`marked` false): coders take it so, mostly. What
stands before a reporting clause (*Kan gebeuren, zei men.*) is direct speech, unless its pronouns are the narrator's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cxresearch.reading.marks import Marks
from cxresearch.reading.reporting import CUSTOMER, ORGANISATION, STOPS, Found, Narration

SCRIPT = re.compile(
    r"(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[\])]?[ \t]*[-–]?[ \t]*)?"  # the time, in a chat
    r"([^\W\d_][\w .'’-]{0,30}?)[ \t]*:[ \t]+(?=\S)"
)
DASHED = re.compile(r"[-–—][ \t]*(?=[\w“\"‘'„])")


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


def _paragraph_end(begins: list[int], offset: int, text: str) -> int:
    k = bisect_left(begins, offset + 1)
    begin, end = (begins[k - 1] if k else 0), (begins[k] if k < len(begins) else len(text))
    return begin + len(text[begin:end].rstrip())


def scripted(tokens: Narration, marks: Marks) -> list[Draft]:
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
            named = named or (label.first < label.last - 1 and _letter(tokens, tokens.at(hit.end())))
            first = tokens.at(hit.end())
            turns.append((Draft(hit.end(), end, first, tokens.at(end), label, label=True), named))
    speakers = [draft.found.speaker if named and draft.found else None for draft, named in turns]
    for n, (draft, named) in enumerate(turns):  # Klantenservice: slecht. Datum: 3 mei.
        near = speakers[max(0, n - 1) : n + 2]
        spoken = _addressed(tokens, draft.first, draft.last) or _letter(tokens, draft.first)
        if named and not (CUSTOMER in near or spoken):
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


def _letter(tokens: Narration, first: int) -> bool:
    """Whether the words begin as a letter does: *Reactie van de winkel: Beste Sven, …*"""
    return first < len(tokens.words) and tokens.words[first] in tokens.data.lists["salutations"]


def dashed(tokens: Narration) -> list[Draft]:
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


def after_colon(tokens: Narration, marks: Marks, drafts: list[Draft]) -> list[Draft]:
    """What follows a reporting verb and a colon without any marks, to the end of the sentence."""
    text, words, lists = tokens.text, tokens.words, tokens.data.lists
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
        turn = label is not None and label.last - label.first == 1 and tokens.words[label.first] in lists["turns"]
        if label and not turn and not (text[end - 1] in ".!?…" and _addressed(tokens, i + 1, tokens.at(end))):
            continue
        if start < end:
            found.append(Draft(start, end, i + 1, tokens.at(end), clause, marked=label is not None))
    return found


def before_clause(tokens: Narration, drafts: list[Draft]) -> list[Draft]:
    """What stands before a comma and a reporting clause that ends there: *Kan gebeuren, zei men.*"""
    words, lists = tokens.words, tokens.data.lists
    bounds = [draft.start for draft in drafts]
    found: list[Draft] = []
    for i in _places(words, ","):
        if i + 2 >= len(words) or words[i + 1] not in lists["inquits"]:
            continue
        clause = tokens.after(i)
        if clause is None or clause.speaker is None or not _ends(tokens, clause.last):
            continue
        low = tokens.at(tokens.sentence_start(tokens.starts[i]))
        first = next((k + 1 for k in range(i - 1, low - 1, -1) if words[k] in (";", ":")), low)
        begin, end = tokens.starts[first], tokens.ends[i - 1]
        d = bisect_left(bounds, end) - 1  # the last that begins before the comma
        if first >= i or words[first] in lists["openers"] or (d >= 0 and drafts[d].end > begin):
            continue
        if clause.speaker != CUSTOMER and not lists["narrators"].isdisjoint(words[first:i]):
            continue  # dat lag aan mij, zei de man; het speet hem, zei hij
        found.append(Draft(begin, end, first, i, clause))
    return found


def _ends(tokens: Narration, i: int) -> bool:
    """Whether the clause is over within a few words, and no words are reported behind it (*zei hij dat …*)."""
    for word in tokens.words[i : i + 6]:
        if word in STOPS:
            return True
        if word in ("dat", "of", "te") or word in tokens.data.verbs:
            return False
    return i >= len(tokens.words)
