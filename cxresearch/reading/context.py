"""What surrounds the mentions of one text: its cues, quotations and quantities, found by place."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from cxresearch.reading.extract import Clauses, Hit
from cxresearch.reading.lexicon import Lexicon
from cxresearch.reading.quantities import Quantity
from cxresearch.reading.text import Quotation, Reading

Cue = tuple[str, str, str, int, int]  # qualifier, value, words, start, end
REACH = 20  # words between a clause and a cue that holds for its whole sentence: some people write no full stops
WHEN = frozenset({"future", "plan", "would"})


class Context:
    """What surrounds the mentions of one text: cues by sentence, quotations, quantities by sentence."""

    def __init__(
        self,
        reading: Reading,
        bounds: Clauses,
        cues: Sequence[Hit],
        quantities: Sequence[Quantity],
        lexicon: Lexicon,
    ) -> None:
        self.reading, self.bounds, self.lexicon = reading, bounds, lexicon
        self.cues: dict[int, list[Hit]] = {}
        for hit in cues:
            self.cues.setdefault(reading.sentence_of[hit.first], []).append(hit)
        self.quantities: dict[int, list[Quantity]] = {}
        for quantity in quantities:
            self.quantities.setdefault(reading.sentence_of[quantity.first], []).append(quantity)
        self.quote_starts = [q.start for q in reading.quotations]
        self.free_speech = self._free_speech()

    def quotation(self, offset: int) -> Quotation | None:
        at = bisect.bisect_right(self.quote_starts, offset) - 1
        if at >= 0 and offset < self.reading.quotations[at].end:
            return self.reading.quotations[at]
        return None

    def said_by(self, hit: Hit, quotation: Quotation | None) -> str | None:
        """Who says the words of a hit: the speaker of its quotation, or of indirect speech that a cue tells.

        A cue such as *ze zei dat* holds for what follows in its sentence, one such as *aldus de bank* for all of it.
        Words in quotation marks of nobody in particular are the organisation's: whom else would a customer quote.
        """
        if quotation is not None:
            return quotation.speaker or "organisation"
        if self.reading.sentence_of[hit.first] in self.free_speech:
            return "organisation"
        for cue in self.in_sentence("reported", hit):
            if cue.last <= hit.first or cue.rule.attributes.get("scope") == "sentence":
                return "organisation"
        return None

    def _free_speech(self) -> frozenset[int]:
        """The sentences without marks that speak to the customer (*U moet een nieuw kaartje kopen.*).

        None in a letter, whose writer speaks to the organisation: there *u* stands beside *ik* or *mijn*.
        """
        words, polite = self.reading.words, self.lexicon.polite
        spoken: set[int] = set()
        for i in range(len(words)) if not polite.isdisjoint(words) else ():
            if words[i] in polite and not words[i - 1][:1].isdigit() and self.quotation(self.reading.starts[i]) is None:
                spoken.add(self.reading.sentence_of[i])
        if not spoken:
            return frozenset()
        mine = {self.reading.sentence_of[i] for i, word in enumerate(words) if word in self.lexicon.singular}
        return frozenset() if spoken & mine else frozenset(spoken)

    def words(self, hit: Hit, qualifier: str, value: str) -> Cue:
        start, end = self.reading.starts[hit.first], self.reading.ends[hit.last - 1]
        return qualifier, value, self.reading.text[start:end], start, end

    def in_sentence(self, kind: str, hit: Hit) -> list[Hit]:
        """The cues of a kind anywhere in the sentence of a hit."""
        return [cue for cue in self.cues.get(self.reading.sentence_of[hit.first], ()) if cue.rule.cue == kind]

    def cues_at(self, token: int) -> list[Hit]:
        """The cues that begin at a token."""
        if token >= len(self.reading.words):
            return []
        return [cue for cue in self.cues.get(self.reading.sentence_of[token], ()) if cue.first == token]

    def of(self, kind: str, hit: Hit) -> list[Hit]:
        """The cues of a kind that hold for a hit: in its clause, or sentence-wide ones in its sentence.

        A cue among the hit's own words is part of its meaning and no cue, unless it says when (*zal ik aanbevelen*).
        """
        low, high = self.bounds.clause[hit.first][0], self.bounds.clause[hit.last - 1][1]
        own = set() if kind in WHEN and hit.rule.type != "broken_promise" else set(hit.tokens)
        return [
            cue
            for cue in self.in_sentence(kind, hit)
            if cue.anchor not in own
            and (
                low <= cue.first < high
                or (
                    cue.rule.attributes.get("scope") == "sentence"
                    and low - cue.last < REACH
                    and cue.first - high < REACH
                    and not (kind == "counterfactual" and self._shut_off(high, cue))
                )
            )
        ]

    def _shut_off(self, high: int, cue: Hit) -> bool:
        """Whether a cue behind a clause stands in one that gives its reason (*gelijk, omdat de bank had kunnen …*)."""
        return not self.lexicon.reasons.isdisjoint(self.reading.words[high : cue.first + 1])
