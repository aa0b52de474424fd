"""Direct speech and its speakers: what is quoted, by whom, and which words told so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from test_text import MESSY

from cxresearch.reading.text import read

C, O, T = "customer", "organisation", "third_party"  # noqa: E741
Rows = list[tuple[str | None, str]]


def quoted(text: str) -> Rows:
    return [(quotation.speaker, text[quotation.start : quotation.end]) for quotation in read(text).quotations]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # marks of every kind
        ("“Dat kan niet,” zegt de baliemedewerker.", [(O, "“Dat kan niet,”")]),
        ("„Dat kan niet“, zegt de monteur.", [(O, "„Dat kan niet“")]),
        ("„Dat kan niet”, zegt de monteur.", [(O, "„Dat kan niet”")]),
        ("«Dat kan niet», zegt de monteur.", [(O, "«Dat kan niet»")]),
        ("»Dat kan niet«, zegt de monteur.", [(O, "»Dat kan niet«")]),
        ("‘Dat kan niet,’ zegt de monteur.", [(O, "‘Dat kan niet,’")]),
        ("'Dat kan niet', zegt de monteur.", [(O, "'Dat kan niet'")]),
        ('"Dat kan niet" zegt de monteur.', [(O, '"Dat kan niet"')]),
        (",,Dat kan niet'', zegt de monteur.", [(O, ",,Dat kan niet''")]),
        (",,Dat kan niet”, zegt de monteur.", [(O, ",,Dat kan niet”")]),
        ("‘‘Dat kan niet’’, zegt de monteur.", [(O, "‘‘Dat kan niet’’")]),
        # mixed and lopsided
        ("‘Goed” zeg ik.", [(C, "‘Goed”")]),
        ("Ik zeg resoluut: ”Nu is het genoeg”, en hang op.", [(C, "”Nu is het genoeg”")]),
        ("“ Dat kan niet. “ Ik zucht.", [(O, "“ Dat kan niet. “")]),
        ("Ik zei: “Nu is het klaar.\n\nZe hing op.", [(C, "“Nu is het klaar.")]),
        ("Zij zei: “Een moment. “Ik zoek het op”, zei ze.", [(O, "“Een moment."), (O, "“Ik zoek het op”")]),
        ("“Beste klant,\n\nUw pas is op.” Dat was de brief.", [(O, "“Beste klant,\n\nUw pas is op.”")]),
        # apostrophes are no marks
        ("'s Avonds zei z’n chef niets over de foto's van mama's auto’s in '98, 't is wat.", []),
        ("Ik wou ‘m terug, maar ’t mocht niet.", []),
        ("‘Da’s jammer’, zegt ze.", [(O, "‘Da’s jammer’")]),
        ("Een scherm van 27\" is te groot en 5' is te klein.", []),
        ("Ik belde.'Dat kan niet', zegt de monteur.", [(O, "'Dat kan niet'")]),
        # nested
        ("“Hij zei ‘nee’ tegen mij”, zeg ik.", [(C, "“Hij zei ‘nee’ tegen mij”")]),
        ("‘U zei “morgen”, toch?’ vraag ik.", [(C, "‘U zei “morgen”, toch?’")]),
        # where the clause stands
        ("“Nee”, zeg ik.", [(C, "“Nee”")]),
        ("“Hoezo?” vroeg ik verbaasd.", [(C, "“Hoezo?”")]),
        ("“Het is mijn geld!” verzuchtte ik.", [(C, "“Het is mijn geld!”")]),
        ("“Ik kan niets doen,” aldus de medewerker.", [(O, "“Ik kan niets doen,”")]),
        ("“Het komt morgen”, volgens de mail.", [(O, "“Het komt morgen”")]),
        ("“Laat toch gaan!” brulde mijn man.", [(T, "“Laat toch gaan!”")]),
        ("“Laat toch gaan”, zei mijn moeder.", [(T, "“Laat toch gaan”")]),
        ("“Ik heb er geen zin in”, zei de man achter het loket.", [(O, "“Ik heb er geen zin in”")]),
        ("“Dat weet ik niet”, zegt Kim.", [(O, "“Dat weet ik niet”")]),
        ("Mijn zus Kim stond erbij. “Dat is toch raar”, zei Kim.", [(T, "“Dat is toch raar”")]),
        ("Mijn man was boos. “Dat is toch raar”, zei hij.", [(T, "“Dat is toch raar”")]),
        ("De dame zweeg. “Dat is toch raar”, zei ze.", [(O, "“Dat is toch raar”")]),
        ("Sanne: “Wat vervelend.” Ik: “Zeg dat wel.”", [(O, "“Wat vervelend.”"), (C, "“Zeg dat wel.”")]),
        ("Komt de bewaker: “Hier blijven.”", [(O, "“Hier blijven.”")]),
        ("Ik zei: “Nee.”", [(C, "“Nee.”")]),
        ("De vrouw aan de balie zegt: “Nee.”", [(O, "“Nee.”")]),
        ("Ik wacht en zeg dan: “Nee.”", [(C, "“Nee.”")]),
        ("Ik slik en vraag haar ten slotte ‘Waar is mijn pakket dan?’", [(C, "‘Waar is mijn pakket dan?’")]),
        ("Ze kijkt op en vraagt: “Wie bent u?”", [(O, "“Wie bent u?”")]),
        ("“Kijk,” zegt ze, “zo werkt het hier.”", [(O, "“Kijk,”"), (O, "“zo werkt het hier.”")]),
        ("“Kijk”, zeg ik boos, “zo werkt het niet.”", [(C, "“Kijk”"), (C, "“zo werkt het niet.”")]),
        ("“Dat gaat niet”, kreeg ik te horen.", [(O, "“Dat gaat niet”")]),
        ("“Dat gaat niet”, was het antwoord.", [(O, "“Dat gaat niet”")]),
        ("“Dat gaat niet”, was mijn antwoord.", [(C, "“Dat gaat niet”")]),
        ("“Lekker dan”, denk ik.", [(C, "“Lekker dan”")]),
        ("“Lekker dan”, roept een andere klant.", [(T, "“Lekker dan”")]),
        ("‘Nee’, zei het meisje zonder blikken, ‘dat mag niet.’", [(O, "‘Nee’"), (O, "‘dat mag niet.’")]),
        ("Ik belde en de dame zei “even geduld graag” en weg was ze.", [(O, "“even geduld graag”")]),
        ("“Luister,” begint de stem, “het kan niet.”", [(O, "“Luister,”"), (O, "“het kan niet.”")]),
        ("De chef legt uit: “Het mag niet.”", [(O, "“Het mag niet.”")]),
        ("Mijn reactie? “Dan zeg ik op.”", [(C, "“Dan zeg ik op.”")]),
        ("“Dan zeg ik op.” Mijn reactie was fel.", [(C, "“Dan zeg ik op.”")]),
        ("“Het is weg.” Zei ze.", [(O, "“Het is weg.”")]),
        # no reporting clause: the words themselves
        ("“Mevrouw, dat is ons beleid.”", [(O, "“Mevrouw, dat is ons beleid.”")]),
        ("“Ik verbind u door.”", [(O, "“Ik verbind u door.”")]),
        ("“Uw medewerker heeft mijn pas geblokkeerd!”", [(C, "“Uw medewerker heeft mijn pas geblokkeerd!”")]),
        ("“Als klant ben ik het zat.”", [(C, "“Als klant ben ik het zat.”")]),
        ("“Wilt u even wachten?”", [(O, "“Wilt u even wachten?”")]),
        # nothing tells: whom else would a customer quote
        ("“Het regent alweer.”", [(O, "“Het regent alweer.”")]),
        # the turn in an exchange
        (
            "“Kan dat sneller?” vraag ik. “Nee.” “Waarom niet?”",
            [(C, "“Kan dat sneller?”"), (O, "“Nee.”"), (C, "“Waarom niet?”")],
        ),
        ("“Waarom niet?” “Dat is ons beleid.”", [(C, "“Waarom niet?”"), (O, "“Dat is ons beleid.”")]),
        # what the sentence before tells
        ("De manager kijkt op. “Het regent alweer.”", [(O, "“Het regent alweer.”")]),
        ("Weer bellen. “Het is nog niet binnen.”", [(O, "“Het is nog niet binnen.”")]),
        ("Ik vroeg waarom. “Het regent alweer.”", [(O, "“Het regent alweer.”")]),
        ("“Nee,” zegt hij. Ik slik. “Het regent alweer.”", [(O, "“Nee,”"), (C, "“Het regent alweer.”")]),
    ],
)
def test_speech_in_marks(text: str, rows: Rows) -> None:
    assert quoted(text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "Het ‘gratis product’ was duur.",
        "Dan gaat hij ‘kijken’ wat hij kan.",
        "Een “unieke ervaring” van drie uur.",
        "Ik las het boek ‘De Klant als Koning’ nog eens.",
        "Het “van het kastje naar de muur” gevoel kent iedereen.",
        "De 'service' zegt genoeg.",
        'Hun "24/7" helpdesk slaapt.',
        "Ze hebben een 'niet goed, geld terug'-garantie.",
        "Beloofd was “levering binnen drie dagen” en dat was het.",
        "Ze zei dat het ‘gewoon’ later kwam.",
    ],
)
def test_titles_and_words_at_arms_length_are_no_speech(text: str) -> None:
    assert quoted(text) == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Ze zoekt het op en zegt: De rekening klopt. Ik zucht.", [(O, "De rekening klopt.")]),
        ("Ik vroeg: waar blijft mijn koffer?", [(C, "waar blijft mijn koffer?")]),
        ("De bank mailde: het komt goed.", [(O, "het komt goed.")]),
        ("Mijn mening: zo kan het niet.", []),
        ("Nu denk je vast: dat kan beter.", []),
        ("Dat zegt genoeg: ik ga weg.", []),
        ("Dit zijn de feiten: drie weken en geen pakket.", []),
        ("Ik had een vraag: hoe kan dat?", []),
        ("Om 10:30 zei hij niets.", []),
        ("Zijn antwoord was kort: nee.", []),
        ("Ik bel. Medewerker 1: u zit fout. Medewerker 2: dat weet ik niet.", [(O, "u zit fout.")]),
        ("Levering: snel. Klantenservice: waardeloos!", []),
        ("Levering: snel.\nKlantenservice: waardeloos!\nBank: mag ik niet zeggen.", []),
    ],
)
def test_speech_after_a_reporting_verb_and_a_colon(text: str, rows: Rows) -> None:
    assert quoted(text) == rows


def test_a_script() -> None:
    text = (
        "Zo ging het.\n\nIk: Waar is mijn fiets?\nMedewerker: Die is weg.\nIk: Weg?\nBank: Ja, weg.\n\n"
        "Datum: 3 mei\nPlaats: Breda"
    )
    assert quoted(text) == [(C, "Waar is mijn fiets?"), (O, "Die is weg."), (C, "Weg?"), (O, "Ja, weg.")]


def test_a_chat_log_with_times_and_names() -> None:
    text = "[10:31] Bot: Zegt u het maar.\n[10:32] Ik: Mijn fiets is weg.\n[10:35] Sanne: Jammer.\n"
    assert quoted(text) == [(O, "Zegt u het maar."), (C, "Mijn fiets is weg."), (O, "Jammer.")]


def test_a_dialogue_with_dashes() -> None:
    text = "Ik belde.\n– Goedemorgen, zegt u het maar.\n– Mijn fiets is weg.\n– Welke kleur had die?\n"
    assert [speaker for speaker, _ in quoted(text)] == [O, C, O]
    assert quoted("- Dat kan niet, zei ze, echt niet.") == [(O, "Dat kan niet,"), (O, "echt niet.")]


def test_a_list_of_points_is_no_dialogue() -> None:
    assert quoted("Wat ging er mis?\n- geen fiets\n- geen antwoord\n- geen geld terug") == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Foutje, kan gebeuren, zei men. Daarna bleef het stil.", [(O, "Foutje, kan gebeuren")]),
        ("Onvolledig, zei de dienst vergunningen in mei, die alleen op vrijdag opneemt.", [(O, "Onvolledig")]),
        ("Niet mijn afdeling; u moet boven zijn, klonk het.", [(O, "u moet boven zijn")]),
        ("Beste mensen, zei ik, dit kan toch niet.", [(C, "Beste mensen")]),
        # the pronouns are those of the narrator
        ("Dat lag aan mij, zei de man aan de balie.", []),
        ("Het speet haar zeer, zei ze toen.", []),
        # what stands before the clause is no speech
        ("Toen ik belde, zei de dame dat het systeem plat lag.", []),
        ("Na een uur wachten, zei ze.", []),
        ("Het pakket was er niet, zei de man dat hij zou zoeken.", []),
    ],
)
def test_speech_without_marks_before_a_reporting_clause(text: str, rows: Rows) -> None:
    assert quoted(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # straight single marks that close behind a comma
        (
            "'En nu?' vroeg ik. 'Dan kunt u bellen,' zei de man van de balie.",
            [(C, "'En nu?'"), (O, "'Dan kunt u bellen,'")],
        ),
        ("Een wachtwoord. 'Wat 'n gedoe,' zei ik.", [(C, "'Wat 'n gedoe,'")]),
        # who spoke is told behind it, in a sentence of its own
        ('"Twaalf weken, daar sta ik voor in." Dat zei hij letterlijk.', [(O, '"Twaalf weken, daar sta ik voor in."')]),
        # who writes is told before it
        ("Hij: Oei sorry! Kraan vergeten.", [(O, "Oei sorry!")]),
        (
            "Mijn kast kwam nooit.\nReactie van de winkel: Beste Sven, wat vervelend voor je.",
            [(O, "Beste Sven, wat vervelend voor je.")],
        ),
        ("Reactie van de winkel: nul komma nul.", []),
    ],
)
def test_speakers_told_beside_the_words(text: str, rows: Rows) -> None:
    assert quoted(text) == rows


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("“Nee”, zeg ik.", "zeg ik"),
        ("Ik zei tegen haar: “Nee.”", "Ik zei"),
        ("“Nee,” aldus de boze manager.", "aldus de boze manager"),
        ("“Dat is ons beleid.”", "ons beleid"),
        ("Ik: Nee toch!", "Ik"),
    ],
)
def test_the_cue_is_kept_with_its_place(text: str, cue: str) -> None:
    (quotation,) = read(text).quotations
    assert quotation.cue == cue == text[quotation.cue_start : quotation.cue_end]


@settings(max_examples=150, deadline=None)
@given(MESSY)
def test_quotations_lie_in_the_text_apart_and_in_order(text: str) -> None:
    reached = 0
    for quotation in read(text).quotations:
        assert reached <= quotation.start < quotation.end <= len(text)
        assert quotation.speaker in (C, O, T, None)
        assert (quotation.cue is None) == (quotation.cue_start < 0)
        assert quotation.cue is None or quotation.cue == text[quotation.cue_start : quotation.cue_end]
        assert text[quotation.start : quotation.end].strip()
        reached = quotation.end
