"""What a mention becomes by what stands around it: answers, whether-clauses, silence, reported speech, who feels."""

from __future__ import annotations

import pytest

from cxresearch.reading.parse import mentions, parser_for
from cxresearch.reading.qualify import Mention

Row = tuple[str, str, str, str]


def found(text: str) -> list[Mention]:
    return mentions(text, parser_for("nl"))[1]


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
        ("Of hij niet kon zoeken naar een oplossing?", ("request", "affirmed", "actual", "customer")),
        # bare words at the head of a clause that look like an imperative
        ("Pas na tien dagen kreeg ik bericht.", ("contact", "affirmed", "actual", "organisation")),
        ("Begin september nog altijd geen kaart.", ("wait", "affirmed", "actual", "organisation")),
        ("Wacht nu al zes weken op mijn kaart.", ("wait", "affirmed", "actual", "organisation")),
        ("Gelukkig is mijn geld terug.", ("compensation", "affirmed", "actual", "organisation")),
        ("Toon begrip.", ("treatment", "affirmed", "generic", "organisation")),
        # what the customer announced is to come; what he supposes is not
        ("Ik zei dat ik naar de krant zou stappen.", ("escalation", "affirmed", "prospective", "customer")),
        ("Ik zou naar de krant stappen als het weer gebeurt.", ("escalation", "affirmed", "hypothetical", "customer")),
        # hearsay in a reason is told as it stands, and what is supposed in it does not reach the clause before
        (
            "Mijn aanvraag is geweigerd omdat het attest vals zou zijn.",
            ("refusal", "affirmed", "actual", "organisation"),
        ),
        (
            "Ik kreeg gelijk omdat ze de betaling hadden kunnen tegenhouden.",
            ("resolution", "affirmed", "actual", "organisation"),
        ),
        # what the organisation tells the customer to do is no act of his
        ("“U hebt ons gisteren gebeld”, zei de dame.", ("contact", "affirmed", "actual", "customer")),
        # a warning is told as it stands; many of them are no customers in general
        ("Ga daar nooit!", ("loyalty", "negated", "actual", "customer")),
        ("Hele groepen klanten druipen af.", ("exit", "affirmed", "actual", "customer")),
        # told without a subject, the firm is who is called
        ("De storingsdienst bellen.", ("contact", "affirmed", "actual", "customer")),
        # what is imagined
        ("Dat is op tien minuten geregeld, dacht ik.", ("resolution", "affirmed", "hypothetical", "organisation")),
        # negation by *zonder dat*; *ondanks* ends one
        ("Ik kreeg 25 euro zonder dat ik iets gevraagd had.", ("request", "negated", "actual", "customer")),
        ("Drie dagen kwam er niemand ondanks de toezeggingen.", ("promise", "affirmed", "actual", "organisation")),
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
    text = "‘Geef mij dan een datum’, vraag ik nog."
    (mention,) = [m for m in mentions(text, parser_for("nl"))[1] if m.type == "request"]
    assert text[mention.start : mention.end].startswith("‘Geef mij")
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


def test_instructions_of_the_organisation_are_no_acts_of_the_customer() -> None:
    assert not {row for row in told("“U kunt ons bellen tussen negen en vijf”, zei de dame.") if row[2] == "actual"}


@pytest.mark.parametrize(
    ("theirs", "mine", "kind"),
    [
        ("Ze wezen mijn klacht af.", "Ik wees het voorstel af.", "refusal"),
        ("Ze leefden met ons mee.", "Ik leef met hen mee.", "treatment"),
        ("Ze waren vriendelijk en zullen mij bellen.", "We waren blij en zullen er niet meer bellen.", "promise"),
    ],
)
def test_acts_of_the_organisation_are_none_of_the_customers(theirs: str, mine: str, kind: str) -> None:
    assert kind in {row[0] for row in told(theirs)}
    assert kind not in {row[0] for row in told(mine)}


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("U wordt daarover opgebeld.", "promise"),
        ("Ze zeiden dat ik zonder bevoegdheid geen toegang kreeg.", "rule_citation"),
    ],
)
def test_an_act_told_once_is_one_mention(text: str, one: str) -> None:
    assert [m.type for m in mentions(text, parser_for("nl"))[1]] == [one]


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("Ze hebben ni gebeld.", "Ze hebben niet gebeld."),
        ("Ik heb gin antwoord gekregen.", "Ik heb geen antwoord gekregen."),
        ("Ze zei da ze ging bellen.", "Ze zei dat ze ging bellen."),
    ],
)
def test_small_words_may_be_spelt_as_they_sound(spoken: str, written: str) -> None:
    assert told(spoken) == told(written) != set()


def test_speech_without_marks_is_the_organisations_unless_a_letter_speaks_to_it() -> None:
    assert "rule_citation" in {row[0] for row in told("Ik stond daar een uur. U moet eerst een kaartje kopen.")}
    letter = "Geachte heer, ik heb u gebeld. U moet eerst een kaartje kopen."
    assert "rule_citation" not in {row[0] for row in told(letter)}


def test_a_story_wholly_in_quotation_marks_is_narrated() -> None:
    story = "Ik wacht al drie weken op mijn pas en niemand belt mij terug. " * 8
    assert {m.voice for m in mentions(f"“{story.strip()}”", parser_for("nl"))[1]} == {"narrated"}


def test_a_length_measures_the_noun_before_its_van() -> None:
    text = "Zeventig minuten moest ik wachten voor een gesprek van 1 minuut."
    assert [m.duration for m in mentions(text, parser_for("nl"))[1]] == ["PT70M"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Ik belde de dokter voor mijn zoon.", True),
        ("Ik mailde de school over mijn dochter.", True),
        ("Mijn man en ik belden drie keer.", True),
        ("Ik belde mijn zus.", False),
        ("Ik heb de buren gebeld.", False),
        ("Ik stuurde een mail naar een vriendin.", False),
    ],
)
def test_talk_with_family_is_no_contact_but_for_them_it_is(text: str, counts: bool) -> None:
    assert ("contact" in {row[0] for row in told(text)}) is counts


@pytest.mark.parametrize(
    ("text", "kind", "realis"),
    [
        ("Ik heb een klacht neergelegd bij de ombudsman en nu gaat het opeens wel.", "escalation", "actual"),
        ("Als dit niet verandert stap ik naar de ombudsman.", "escalation", "prospective"),
        ("Daar krijg je dan een standaardantwoord.", "treatment", "actual"),
        ("Je krijgt bij banken altijd een standaardantwoord.", "treatment", "generic"),
        ("De bank wil die kosten niet terugbetalen.", "compensation", "actual"),
        ("De bank wil die kosten terugbetalen.", "compensation", "prospective"),
    ],
)
def test_how_far_a_modal_and_a_je_reach(text: str, kind: str, realis: str) -> None:
    assert [m.realis for m in found(text) if m.type == kind] == [realis]


@pytest.mark.parametrize(
    ("text", "kind", "many"),
    [
        ("Drie weken later nog altijd geen antwoord.", "wait", 1),
        ("Ik heb gebeld en een brief geschreven.", "contact", 2),
        ("Ik verhuis alles naar een andere bank.", "exit", 1),
    ],
)
def test_one_act_in_two_expressions_is_one_mention(text: str, kind: str, many: int) -> None:
    assert sum(m.type == kind for m in found(text)) == many


def test_a_main_clause_without_its_comma_is_a_clause_of_its_own() -> None:
    (call,) = [m for m in found("Toen ik vroeg om een nieuwe pas werd ik doorverbonden.") if m.type == "transfer"]
    assert call.realis == "actual"
    assert [m.realis for m in found("Als ik bel krijg ik een bandje.") if m.type == "failure"] == ["actual"]


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("Alles aangetekend verstuurd.", "letter"),
        ("Weer gebeld met de helpdesk.", "phone"),
        ("Via facebook hebben ze wel gereageerd.", "social_media"),
        ("Ik heb gemaild en een brief geschreven.", None),
    ],
)
def test_a_channel_is_read_from_the_words(text: str, channel: str | None) -> None:
    channels = {m.channel for m in found(text) if m.type == "contact"}
    assert channels == ({channel} if channel else {"email", "letter"})


def test_not_paid_is_compensation_withheld() -> None:
    for text in (
        "De schade is niet vergoed.",
        "We kregen niets terug van het bedrag.",
        "De premie wordt niet terugbetaald.",
    ):
        assert [m.polarity for m in found(text) if m.type == "compensation"] == ["negated"]


def test_solved_and_unsolved_are_told_apart() -> None:
    ends = {"De kast is inmiddels geleverd.": "resolved", "De zaak sleept nog aan.": "unresolved"}
    for text, subtype in ends.items():
        assert [m.subtype for m in found(text) if m.type == "resolution"] == [subtype]


@pytest.mark.parametrize(
    ("text", "kind", "polarity"),
    [
        ("Zonder kasticket kunnen wij niks ruilen, zei hij.", "refusal", "affirmed"),
        ("Ze hebben mij zonder excuses afgewimpeld.", "apology", "negated"),
        ("Ze legde mij uit waarom dat niet mogelijk is.", "explanation", "affirmed"),
        ("Ze legde mij niet uit waarom.", "explanation", "negated"),
    ],
)
def test_how_far_a_negation_reaches(text: str, kind: str, polarity: str) -> None:
    assert [m.polarity for m in found(text) if m.type == kind] == [polarity]


@pytest.mark.parametrize(
    ("text", "kind", "realis"),
    [
        ("Het spijt me echt, dit had niet mogen gebeuren.", "apology", "actual"),
        ("Ze hadden excuses kunnen maken.", "apology", "hypothetical"),
        ("Ik was zo trots als een pauw.", "emotion", "actual"),
        ("Hij beloofde te bellen als hij iets wist.", "promise", "actual"),
        ("Toen ben ik gaan bellen.", "contact", "actual"),
        ("Wij gaan volgende week bellen.", "contact", "prospective"),
        ("En dan was mijn rekening geblokkeerd.", "failure", "actual"),
        ("Als ik niet betaald had, dan was mijn rekening geblokkeerd.", "failure", "hypothetical"),
        ("Mail van 12 juni: uw dossier is zoek.", "contact", "actual"),
    ],
)
def test_what_a_condition_and_a_regret_leave_told(text: str, kind: str, realis: str) -> None:
    assert {m.realis for m in found(text) if m.type == kind} == {realis}
