"""Durations, amounts, counts and deadlines in a text: ISO 8601, Decimal with ISO 4217, whole numbers.

Every word becomes one letter that says what it can be in a quantity (a number, a unit, a coin, a
weekday), and the grammar is a few patterns over the row of letters (`letters.py`). So the words
stand in `codebook/nl/quantities.toml`, and a text without quantities costs one look-up a word.

Decisions
---------
- Approximations keep their number: *ruim drie weken* is P3W, *nog geen zes weken* P6W. Of a range the
  lower bound counts: *2 tot 3 dagen* is P2D.
- Fractions go to the next smaller unit, and so does all below two units: *anderhalf uur* PT90M,
  *2,5 uur* PT2H30M, *driekwart jaar* P9M. ISO 8601 mixes weeks with nothing, so *anderhalve week* is
  P10D (rounded, half down) and *twee en een halve week* P17D. A working day is a day; in a fraction a
  month has 30 days.
- A vague duration (*enkele dagen*) has no value; a vague count has its lower bound, and is marked vague.
- A clock time (*om 3 uur*) and a rate (*elke 2 weken*, *24 uur per dag*) is not a duration.
- An ordinal (*de derde monteur*) is a count. *Een keer* counts nothing, *één keer* counts 1.
- Money needs a currency mark or word; *60,-* is how euros are written, and so is a bare *34,99*.
- A deadline is the words of the text, preposition included. *Binnen 24 uur* is both: *24 uur* the
  duration, *binnen 24 uur* the deadline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cxresearch.reading.durations import durations
from cxresearch.reading.letters import ABOUT, NO_UNIT, RANGE, VAGUE, Letters, letters
from cxresearch.reading.numbers import glued, is_money_word, is_number_word, is_time_unit, number, ordinal
from cxresearch.reading.text import Reading

__all__ = ["Quantity", "is_money_word", "is_number_word", "is_time_unit", "number", "quantities"]

Value = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity and its place.

    Attributes
    ----------
    kind : {"duration", "amount", "count", "deadline"}
    start, end : int
        Character offsets in the text.
    first, last : int
        The same in tokens of the reading, half-open.
    value : str, Decimal, int or None
        An ISO 8601 duration, an amount, a count, or the deadline as said; None where it is vague.
    currency : str or None
        ISO 4217, of amounts.
    vague : bool
    role : {"span", "ago", "within", "age", "late"} or None
        What a duration measures: *drie weken lang*, *zes weken geleden*, *binnen een kwartier*,
        *36 jaar klant*, *2 dagen te laat*.
    """

    kind: str
    start: int
    end: int
    first: int
    last: int
    value: Value
    currency: str | None = None
    vague: bool = False
    role: str | None = None


AMOUNT = re.compile(
    r"(?P<sign>€)(?P<after>[1J][1Jk0]{0,3})(?:,--?)?"
    rf"|(?:{RANGE}|{VAGUE})(?:,--?)?(?P<unit>[E€G])(?:&?(?P<cents>[10])(?P<coin>G|{NO_UNIT}))?"
    r"|(?P<price>1),--?|(?P<glued>y)"
)
PRICE = re.compile(r"\d{1,3}(?:\.?\d{3})*,\d\d")
AMOUNT_ANCHOR = re.compile("[€EGy]|,-")
COUNT = re.compile(
    rf"(?:{VAGUE}|{RANGE}|(?P<ordinal>O))(?P<between>[jew?]{{0,2}})(?P<unit>[xPS]){ABOUT}"
    r"|(?P<glued>c)|(?P<often>[!x])"
)
COUNT_ANCHOR = re.compile("[xPc!]|(?<=[1JOak])[jew]{0,2}S")

PREPOSITION = r"(?:[lfptm]{1,2}[di]?)"
CLOCK = r"(?:B[1H]&[1H]U|[lfptm]{1,2}(?:HU?|h1|1U))"
# What is a deadline by itself, and what only after a preposition.
SOON = r"(?:(?<![jdiaXrw])DK?|d?Y[CKWUVM]|(?<!d)X[CKW]|d?zv?[di]?[XY]?[CKUWM]|hM|Rn|nR|ni[CK]|i[CK]n)"
DATE = r"(?:WK?(?:[1O]MJ?)?|[1O]MJ?|MJ?|R|D|i[CK]|X[CKWU]|[10][-/][10][-/][10J])"
DEADLINE = re.compile(rf"{PREPOSITION}?{SOON}(?:{CLOCK})?|{PREPOSITION}{DATE}(?:{CLOCK})?|[lf]dK|W?{CLOCK}")
DEADLINE_ANCHOR = re.compile("[DRHCKWUVM]|h1|[-/][10][-/]")


def quantities(reading: Reading, language: str = "nl") -> tuple[Quantity, ...]:
    """Return the quantities of a text, by place.

    Examples
    --------
    >>> from cxresearch.reading.text import read
    >>> [(q.kind, q.value, q.role) for q in quantities(read("Al ruim drie weken wacht ik op 81 euro."))]
    [('duration', 'P3W', 'span'), ('amount', Decimal('81'), None)]
    """
    row = letters(reading, language)
    found = [*_durations(row), *_amounts(row), *_counts(row), *_deadlines(row)]
    found.sort(key=lambda quantity: (quantity.start, -quantity.end, quantity.kind))
    kept: list[Quantity] = []
    covered = 0  # *over twee weken* within *uiterlijk over twee weken* is no deadline of its own
    for quantity in found:
        if quantity.kind == "deadline":
            if quantity.end <= covered:
                continue
            covered = quantity.end
        kept.append(quantity)
    return tuple(kept)


def _quantity(
    row: Letters,
    kind: str,
    first: int,
    last: int,
    value: Value,
    *,
    currency: str | None = None,
    vague: bool = False,
    role: str | None = None,
) -> Quantity:
    start, end = row.reading.starts[first], row.reading.ends[last - 1]
    return Quantity(kind, start, end, first, last, value, currency, vague, role)


def _deadline(row: Letters, first: int, last: int) -> Quantity:
    said = row.reading.text[row.reading.starts[first] : row.reading.ends[last - 1]]
    return _quantity(row, "deadline", first, last, said)


def _durations(row: Letters) -> Iterator[Quantity]:
    for first, last, value, role, opens in durations(row):
        yield _quantity(row, "duration", first, last, value, vague=value is None, role=role)
        if role == "within" and row.line_end(opens, last) == last:
            yield _deadline(row, opens, last)


def _deadlines(row: Letters) -> Iterator[Quantity]:
    for hit in row.scan(DEADLINE, DEADLINE_ANCHOR):
        clock = hit.group().endswith("U") and row.row[hit.end() - 2] in "1H"
        if not clock or _strikes(row, hit.end() - 1):
            yield _deadline(row, *hit.span())


def _strikes(row: Letters, at: int) -> bool:
    """Say whether the unit at this place tells a time of the day: *voor 3 uur*, not *voor 3 minuten*."""
    hour = number([row.words[at - 1]])
    return (
        row.words[at] in row.lexicon.words("grammar", "units_that_strike")
        and (hour is None or hour <= 24)
        and not set(row.after(at + 1)) & row.lexicon.words("time", "activities")
    )


def _amounts(row: Letters) -> Iterator[Quantity]:
    yield from _marked_amounts(row)
    yield from _prices(row)


def _prices(row: Letters) -> Iterator[Quantity]:
    """Two decimals behind a comma are euros, where nothing beside them says what else: *34,99 per maand*."""
    units, currency = row.lexicon.words("grammar", "measures"), row.lexicon.data["price"]["dash"]
    for i, word in enumerate(row.words):
        if "," in word and word[0].isdigit() and PRICE.fullmatch(word) and not row.labelled(i):
            measured = row.row[i + 1 : i + 2] in set("€EGUVCQ1J") or not units.isdisjoint(row.after(i + 1))
            if not measured and row.row[max(0, i - 1) : i] not in set("€1J"):
                yield _quantity(row, "amount", i, i + 1, number([word]) or Decimal(0), currency=currency)


def _marked_amounts(row: Letters) -> Iterator[Quantity]:
    words, money = row.words, row.lexicon.money
    for hit in row.scan(AMOUNT, AMOUNT_ANCHOR):
        first, last = hit.span()
        if hit["price"]:
            written = row.touches(first + 1) and row.touches(first + 2)
            if written and (found := row.number(first, first + 1)):
                currency = row.lexicon.data["price"]["dash"]
                yield _quantity(row, "amount", first, last, found[1], currency=currency)
        elif hit["glued"]:
            value, unit = glued(words[first], row.lexicon) or (Decimal(0), "")
            yield _quantity(row, "amount", first, last, value * money[unit][0], currency=money[unit][1])
        elif hit["sign"]:
            begin, stop = hit.span("after")
            for end in range(stop, begin, -1):  # *€60 3 keer*: the longest that is a number
                if (signed := number(words[begin:end])) is not None:
                    last = last if end == stop else end
                    yield _quantity(row, "amount", first, last, signed, currency=money[words[first]][1])
                    break
        elif hit["vague"]:
            currency = money[words[hit.start("unit")]][1]
            yield _quantity(row, "amount", first, hit.end("unit"), None, currency=currency, vague=True)
        elif found := row.ranged(hit):
            yield _amount(row, hit, *found)


def _amount(row: Letters, hit: re.Match[str], first: int, many: Decimal) -> Quantity:
    """Return *81 euro*, *twee tientjes*, *3 euro 50*, *3 euro en 50 cent*."""
    worth, currency = row.lexicon.money[row.words[hit.start("unit")]]
    value, last = many * worth, hit.end("unit")
    cents = row.words[hit.start("cents")] if hit["cents"] else ""
    coin = row.lexicon.money[row.words[hit.start("coin")]][0] if hit["coin"] else Decimal("0.01")
    if hit["unit"] == "E" and (hit["coin"] or re.fullmatch(r"\d\d", cents, re.ASCII)):
        more = (number([cents.lstrip("0")]) or Decimal(0)) * coin
        if more < 1:
            value, last = value + more, hit.end()
    return _quantity(row, "amount", first, last, value, currency=currency)


def _counts(row: Letters) -> Iterator[Quantity]:
    comparatives = row.lexicon.words("grammar", "comparatives")
    for hit in row.scan(COUNT, COUNT_ANCHOR):
        first, last = hit.span()
        found: tuple[int, int, bool] | None
        if hit["often"]:
            found, last = _often(row, first)
        elif hit["glued"]:
            joined = glued(row.words[first], row.lexicon)
            found = (first, int(joined[0]), False) if joined else None
        else:
            found = _counted(row, hit)
        if not found or found[1] < 1 or row.labelled(found[0]):
            continue
        if hit["unit"] in (None, "x") and set(row.after(last)) & comparatives:
            continue  # *drie keer zo duur* tells of no three times
        yield _quantity(row, "count", found[0], last, found[1], vague=found[2])


def _often(row: Letters, first: int) -> tuple[tuple[int, int, bool] | None, int]:
    """Return how often, said without a number: *keer op keer*."""
    for size in range(3, 0, -1):
        phrase = (row.words[first], *row.after(first + 1, size - 1))
        if value := row.lexicon.often.get(phrase):
            return (first, value, True), first + len(phrase)
    return None, first + 1


def _counted(row: Letters, hit: re.Match[str]) -> tuple[int, int, bool] | None:
    """Return first token, number and vagueness of *drie mails*, *een paar keer*, *de derde monteur*."""
    words, lexicon, unit = row.words, row.lexicon, hit["unit"]
    first, at = hit.start(), hit.start("unit")
    if hit["ordinal"]:
        rank = ordinal(words[first], lexicon) or 0
        umpteenth = words[first] in lexicon.words("grammar", "vague_ordinals")
        return (first, rank, umpteenth) if rank > 1 and unit != "P" else None
    if hit["vague"]:
        word = words[hit.end("vague") - (2 if hit["vague"].endswith("v") else 1)]
        one = unit == "x" and words[at] not in lexicon.words("times", "plural")
        if unit == "S" or (one and word in lexicon.words("vague_grammar", "plural_only")):
            return None
        times = number([words[hit.start("times")]]) if hit["times"] else None
        return first, lexicon.vague[word] * int(times or 1), True
    found = row.ranged(hit)
    if not found:
        return None
    begin, value = found
    if hit["about"]:
        word = words[hit.end() - 1]
        vague = hit["about"] == "?"
        return begin, lexicon.vague[word] if vague else int(number([word]) or value), vague
    if value != value.to_integral_value() or unit == ("P" if value == 1 else "S"):
        return None
    if row.row[begin] == "a" and begin == at - 1 - len(hit["between"]):
        accented = not row.reading.text[row.reading.starts[begin] : row.reading.ends[begin]].isascii()
        if not accented or row.before(begin) in lexicon.words("grammar", "once_more"):
            return None
    # Bare digits from a thousand up before a noun are a code or a year.
    if row.row[begin] == "J" or (unit != "x" and words[begin].isdigit() and value > 999):
        return None
    return begin, int(value), False
