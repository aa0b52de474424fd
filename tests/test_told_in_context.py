"""What a mention becomes by what stands around it: answers, whether-clauses, silence, reported speech, who feels."""

from __future__ import annotations

import pytest

from cxresearch.reading.parse import mentions, parser_for

Row = tuple[str, str, str, str]


def told(text: str) -> set[Row]:
    """Type, polarity, realis and actor of every mention."""
    return {(m.type, m.polarity, m.realis, m.actor) for m in mentions(text, parser_for("nl"))[1]}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        # a few words with a question mark and an answer that denies them
        ("Excuses? Laat me niet lachen.", ("apology", "negated", "actual", "organisation")),
        ("Excuses? Vergeet het maar.", ("apology", "negated", "actual", "organisation")),
        ("Excuses?", ("apology", "affirmed", "hypothetical", "organisation")),
        # what somebody asks or does not know; a negation in it denies nothing
        ("Ik weet niet of het pakket is zoekgeraakt.", ("failure", "affirmed", "hypothetical", "organisation")),
        ("Het pakket is zoekgeraakt.", ("failure", "affirmed", "actual", "organisation")),
        ("Of ze niet kon kijken naar een uitzondering?", ("request", "affirmed", "actual", "customer")),
        # bare words at the head of a clause that look like an imperative
        ("Pas na tien dagen kreeg ik bericht.", ("contact", "affirmed", "actual", "organisation")),
        ("Begin september nog altijd geen kaart.", ("wait", "affirmed", "actual", "organisation")),
        ("Wacht nu al zes weken op mijn kaart.", ("wait", "affirmed", "actual", "organisation")),
        ("Toon begrip.", ("treatment", "affirmed", "generic", "organisation")),
        # what is imagined
        ("Dat is op tien minuten geregeld, dacht ik.", ("resolution", "affirmed", "hypothetical", "organisation")),
        # negation by *zonder dat*; *ondanks* ends one
        ("Ik kreeg 25 euro zonder dat ik iets gevraagd had.", ("request", "negated", "actual", "customer")),
        ("De hele week niemand geweest ondanks de toezeggingen.", ("promise", "affirmed", "actual", "organisation")),
        # who does it
        ("Om kwart voor één belt hij.", ("contact", "affirmed", "actual", "organisation")),
        ("De stukadoor is nog langsgeweest.", ("contact", "affirmed", "actual", "organisation")),
        ("Ik ben nog langsgeweest.", ("contact", "affirmed", "actual", "customer")),
    ],
)
def test_qualifiers_come_from_the_words_around(text: str, row: Row) -> None:
    assert row in told(text)


def test_a_possibility_behind_what_is_told_leaves_it_told() -> None:
    text = "Maandag kreeg ik een mevrouw aan de lijn die vroeg of ik misschien verhuisd was."
    assert ("contact", "affirmed", "actual", "customer") in told(text)


def test_silence_belongs_to_the_attempt_before_it_unless_it_is_measured() -> None:
    _, found = mentions("De monteur gebeld. Geen antwoord.", parser_for("nl"))
    assert [(m.type, m.answered) for m in found] == [("contact", False)]
    assert ("answered", "false") in {cue[:2] for cue in found[0].cues}
    assert "wait" in {row[0] for row in told("De monteur gebeld. Al drie weken geen antwoord.")}
    assert {row[0] for row in told("Geen antwoord.")} == {"wait"}


def test_direct_speech_belongs_to_the_words_that_report_it() -> None:
    text = "‘Zeg dan alleen ja of nee’, vraag ik nog."
    (mention,) = [m for m in mentions(text, parser_for("nl"))[1] if m.type == "request"]
    assert text[mention.start : mention.end].startswith("‘Zeg dan")
    assert (mention.voice, mention.speaker) == ("quoted", "customer")


def test_a_call_that_was_promised_is_no_contact_of_its_own() -> None:
    assert {row[0] for row in told("Ze zouden mij terugbellen. Ik ben nooit teruggebeld.")} == {
        "promise",
        "broken_promise",
    }


@pytest.mark.parametrize(
    ("text", "feels"),
    [("De dame schrok ervan.", False), ("Ik schrok ervan.", True), ("Van die dame schrok ik.", True)],
)
def test_what_staff_feel_is_no_emotion_of_the_customer(text: str, feels: bool) -> None:
    assert ("emotion" in {row[0] for row in told(text)}) is feels


def test_a_processing_time_is_a_wait_when_told_and_a_rule_when_the_organisation_states_it() -> None:
    assert "wait" in {row[0] for row in told("Het duurde drie weken.")}
    assert {row[0] for row in told("Ze zei dat het 10 werkdagen duurt.")} == {"rule_citation"}
