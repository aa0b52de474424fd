"""Durations: *al drie weken*, *anderhalf uur*, *een week of drie*, *wekenlang*, and what they measure.

`quantities.py` lists the decisions. A time of the day (*om 3 uur*) and a rate (*elke 2 weken*) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_DOWN, Decimal
from typing import NamedTuple

from cxresearch.reading.letters import ABOUT, RANGE, VAGUE, Letters, begins
from cxresearch.reading.numbers import glued, number

Part = tuple[str, Decimal]  # designator (Y M W D, h m s) and how many

UNITS = "YMWDhms"
SMALLER = {"Y": ("M", 12), "M": ("D", 30), "W": ("D", 7), "D": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
DURATION = re.compile(
    rf"(?:{RANGE}|{VAGUE}|(?P<whole>dw))(?P<between>[jew]{{0,2}})(?P<unit>[UCVQ]){ABOUT}"
    r"|(?P<fuzzy>(?:a?[jw]|a|\?|Ai?|s)T|L)|(?P<glued>Z)|(?P<bare>[VQ])"
)

ANCHOR = re.compile("[UCVQTLZ]")


class Duration(NamedTuple):
    """A duration in tokens. `opens`: where its phrase begins, with *binnen* or *over*."""

    first: int
    last: int
    value: str | None
    role: str
    opens: int


class Draft(NamedTuple):
    """A duration before it is put together; without parts it is vague."""

    first: int
    last: int
    parts: tuple[Part, ...]


def iso(parts: Sequence[Part]) -> str:
    """Return units with numbers as an ISO 8601 duration.

    Examples
    --------
    >>> iso([("h", Decimal("2.5"))]), iso([("h", Decimal("1.5"))]), iso([("W", Decimal("1.5"))])
    ('PT2H30M', 'PT90M', 'P10D')
    """
    total = dict.fromkeys(UNITS, 0)
    for unit, many in parts:
        whole = int(many)
        rest = many - whole
        if rest and unit in SMALLER:
            if many < 2:
                whole, rest = 0, many
            below, factor = SMALLER[unit]
            total[below] += int((rest * factor).quantize(Decimal(1), ROUND_HALF_DOWN))
        total[unit] += whole
    if total["W"] and sum(map(bool, total.values())) > 1:
        total["D"] += 7 * total["W"]
        total["W"] = 0
    if not any(total.values()):
        return "PT0S"
    date = "".join(f"{total[unit]}{unit}" for unit in "YMWD" if total[unit])
    time = "".join(f"{total[unit]}{unit.upper()}" for unit in "hms" if total[unit])
    return "P" + date + ("T" + time if time else "")


def durations(letters: Letters) -> Iterator[Duration]:
    """Yield the durations of a text, in order; *1 jaar en 3 maanden* is one."""
    last: Draft | None = None
    for hit in letters.scan(DURATION, ANCHOR):
        draft = _duration(letters, hit)
        if draft is None:
            continue
        if last and _continues(letters, last, draft):
            last = Draft(last.first, draft.last, last.parts + draft.parts)
            continue
        if last:
            yield _with_role(letters, last)
        last = draft
    if last:
        yield _with_role(letters, last)


def _continues(letters: Letters, one: Draft, two: Draft) -> bool:
    if not one.parts or not two.parts:
        return False
    gap, big, small = letters.row[one.last : two.first], one.parts[-1][0], two.parts[0][0]
    smaller = UNITS.index(big) < UNITS.index(small)
    return smaller and (gap == "&" or (gap == "" and big in "hm"))


def _duration(letters: Letters, hit: re.Match[str]) -> Draft | None:
    first, last = hit.span()
    words, lexicon = letters.words, letters.lexicon
    if hit["fuzzy"]:
        return Draft(first, last, ())
    if hit["glued"]:
        value, unit = glued(words[first], lexicon) or (Decimal(0), "")
        clock = is_clock(letters, first, unit, value, last)
        return None if clock else Draft(first, last, (_part(letters, unit, value),))
    if hit["bare"]:
        return _bare(letters, first, last, hit["bare"])
    at = hit.start("unit")
    if hit["vague"]:
        one = hit["unit"] != "V" and words[hit.end("vague") - 1] in lexicon.words("vague_grammar", "plural_only")
        return None if one or _rate(letters, first, last) else Draft(first, last, ())
    if hit["about"] == "?":
        return Draft(first, last, ())
    if hit["whole"]:
        return None if _rate(letters, first, last) else Draft(first, last, (_part(letters, words[at], Decimal(1)),))
    found = letters.ranged(hit)
    if not found or (hit["link"] == "/" and hit["unit"] != "V"):
        return None  # 2/3 dagen is a range, 1/2 uur is not
    begin, value = found
    article = letters.row[begin] == "a" and begin == at - 1 - len(hit["between"])
    if article and ("e" in hit["between"] or hit["unit"] == "V"):
        return None  # *een fijne dag* wishes one
    if hit["about"]:
        value = number([words[last - 1]]) or value
    elif " ".join(words[max(0, begin - 1) : last]) in lexicon.data["time"]["no_duration"]:
        return None
    if letters.row[begin] == "J" or letters.labelled(begin) or _rate(letters, begin, last):
        return None
    if is_clock(letters, begin, words[at], value, last):
        return None
    return Draft(begin, last, (_part(letters, words[at], value),))


def _bare(letters: Letters, first: int, last: int, letter: str) -> Draft | None:
    """Return a unit without a number: *weken gewacht*, *kwartier gewacht*."""
    if first and (letters.row[first - 1] in "10kJHOi€-" or letters.touches(first)):
        return None
    if letters.row[last : last + 1] in ("1", "J") or _rate(letters, first, last):
        return None
    if letters.before(first) in letters.lexicon.words("time", "definite"):
        return None
    return Draft(first, last, () if letter == "V" else (_part(letters, letters.words[first], Decimal(1)),))


def _part(letters: Letters, unit: str, many: Decimal) -> Part:
    designator, factor = letters.lexicon.units[unit]
    return designator, many * factor


def _rate(letters: Letters, first: int, last: int) -> bool:
    """Say whether it is how often and not how long: *elke 2 weken*, *24 uur per dag*."""
    time = letters.lexicon.data["time"]
    before = " " + letters.before(first, 3)
    return letters.after(last) == [time["rates_after"]] or any(
        before.endswith(" " + rate) for rate in time["rates_before"]
    )


def is_clock(letters: Letters, first: int, unit: str, value: Decimal, last: int) -> bool:
    """Say whether it is a time of the day: *om 3 uur*, *van 8 tot 12 uur*, *10.30 uur*, *3 uur 's nachts*."""
    lexicon = letters.lexicon
    if unit not in lexicon.words("grammar", "units_that_strike") or value > 24:
        return False
    if re.fullmatch(r"\d{1,2}\.\d\d", letters.words[first]):
        return True
    after = letters.after(last, 2) or [""]
    if after == ["'", lexicon.data["time"]["genitive_s"]] or after[0] in lexicon.words("time", "clock_after"):
        return True
    if after[0] in lexicon.words("time", "activities"):
        return False  # 81 euro voor 2 uur parkeren
    before = letters.row[first - 1 : first] if first else ""
    if before == "v":
        return "t" in letters.row[first : last + 1]  # van 9u tot 11u30
    if letters.row[first] == "a":
        return before == "m"  # *om een uur*, but *voor een uur*
    return before != "" and before in "lfptmB"


def _with_role(letters: Letters, draft: Draft) -> Duration:
    role, opens = _role(letters, draft.first, draft.last)
    return Duration(draft.first, draft.last, iso(draft.parts) if draft.parts else None, role, opens)


def _role(letters: Letters, first: int, last: int) -> tuple[str, int]:
    """Return what a duration measures, and where its phrase opens."""
    lexicon, roles = letters.lexicon, letters.lexicon.data["roles"]
    segments, opens = letters.reading.segment_of, first
    while first - opens < 4 and opens and segments[opens - 1] == segments[first]:
        if letters.words[opens - 1] not in lexicon.words("roles", "approximate"):
            break
        opens -= 1
    before, after = letters.before(opens), letters.after(last, 6)
    if begins(after, roles["late_after"]) or letters.before(opens, 2) in roles["late_before"]:
        return "late", opens
    if before in lexicon.words("roles", "within"):
        opens -= 1
        # *de komende twee weken*, *uiterlijk over twee weken*
        lead = "d" if letters.row[opens] == "Y" else "l"
        return "within", opens - (opens > 0 and letters.row[opens - 1] == lead)
    counted_from = before in lexicon.words("roles", "since")
    if counted_from or (before not in lexicon.words("roles", "after") and begins(after, roles["ago_after"])):
        return "ago", opens
    filler = lexicon.words("roles", "age_filler")
    noun = next((word for word in after if word not in filler), "")
    return ("age" if noun in lexicon.words("roles", "age_after") else "span"), opens
