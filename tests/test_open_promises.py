"""What the story told before decides: open promises, acts told again, whose case a *je* tells, what excludes."""

from __future__ import annotations

import pytest

from cxresearch.reading.parse import mentions, parser_for
from cxresearch.reading.qualify import Mention


def found(text: str, kind: str) -> list[Mention]:
    return [m for m in mentions(text, parser_for("nl"))[1] if m.type == kind]


NEARBY = "Ze zouden mij maandag terugbellen."


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (f"{NEARBY} Niemand gezien.", True),
        (f"{NEARBY} Niets meer van gehoord.", True),
        (f"{NEARBY} Het is nu vrijdag.", True),
        (f"{NEARBY} Nooit teruggebeld.", True),
        # nothing was promised
        ("Ik vulde het formulier in. Niets meer van gehoord.", False),
        ("Het is nu vrijdag.", False),
        # the customer has made contact since: what is silent now is the answer to that
        (f"{NEARBY} Ik heb hen dan gemaild. Niets meer van gehoord.", False),
        # long ago
        (f"{NEARBY} Het regende. De kat sliep. De soep was op. De krant lag er. Wij aten. Het is nu vrijdag.", False),
    ],
)
def test_what_does_not_come_breaks_an_open_promise(text: str, broken: bool) -> None:
    assert bool(found(text, "broken_promise")) is broken


def test_a_call_that_never_came_is_a_negated_contact_unless_it_was_promised() -> None:
    (call,) = found("Er was een fout gebeurd. Niemand heeft mij gebeld.", "contact")
    assert (call.polarity, call.actor) == ("negated", "organisation")
    (broken,) = found(f"{NEARBY} Niemand heeft mij gebeld.", "broken_promise")
    assert (broken.polarity, broken.channel) == ("affirmed", None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ik heb het gemeld in mei. In juli nog eens.", "contact"),
        ("Ik belde. Ze rekenden te veel aan. In maart weer.", "failure"),
    ],
)
def test_a_clause_without_a_verb_repeats_what_was_told(text: str, kind: str) -> None:
    last = text.rindex(". ") + 2
    assert any(m.start >= last for m in found(text, kind))
    assert not mentions(text[last:], parser_for("nl"))[1]


@pytest.mark.parametrize(
    ("text", "kind", "realis"),
    [
        # in a story *je* tells the writer's own case
        ("Er kwam niets in de bus. Die dienst kan je niet bellen.", "failure", "actual"),
        ("Er kwam niets in de bus. Als je belt zeggen ze dat je moet mailen.", "contact", "actual"),
        # in advice and talk of customers it does not
        ("Als je belt, hou dan je nummer klaar.", "contact", "hypothetical"),
        ("Klanten willen gehoord worden. Als je belt zeggen ze niets.", "contact", "hypothetical"),
        # the words behind a colon are somebody else's
        ("Gebeld: ja meneer maar u moet een bewijs sturen.", "contact", "actual"),
        # *zowel ... als* is no condition
        ("Zowel hier als daar hebben ze het formulier niet verwerkt.", "failure", "actual"),
        ("Als ze het formulier niet verwerkt hebben, stap ik op.", "failure", "hypothetical"),
        # a rule is somebody's words, an act is supposed
        ("De wachttijd zou zes weken zijn.", "rule_citation", "actual"),
        # *het gaat wel* is no future
        ("Ik diende klacht in en nu gaat het opeens wel.", "resolution", "actual"),
    ],
)
def test_whose_case_is_told(text: str, kind: str, realis: str) -> None:
    assert realis in {m.realis for m in found(text, kind)}


@pytest.mark.parametrize(
    ("text", "kind", "many"),
    [
        # family in what is told: the household feels, a proxy acts, an object is no subject
        ("Mijn vrouw was in alle staten.", "emotion", 1),
        ("Mijn buurman was boos.", "emotion", 0),
        ("Mijn schoonbroer is advocaat en gaat ze in gebreke stellen.", "escalation", 1),
        ("Ze snauwde mijn moeder af.", "treatment", 1),
        # told without its verb the customer did it; the firm that ends the contract did not
        ("Verzekering per 1 juni opgezegd.", "exit", 1),
        ("De verzekering heeft ons contract opgezegd.", "exit", 0),
    ],
)
def test_who_counts(text: str, kind: str, many: int) -> None:
    assert len(found(text, kind)) == many


def test_what_excludes_a_hit_stands_near_it() -> None:
    assert found("Ik heb dit in mei gemeld met een lijst van alle fouten die de ombudsman publiceert.", "contact")
    assert not found("Ik heb mij ziek gemeld.", "contact")


def test_a_beginning_may_be_that_of_a_clause() -> None:
    assert found("Een week later een mail: geweigerd.", "refusal")
    assert not found("Een week later een mail die ik heb geweigerd.", "refusal")
