"""Sentences, segments and tokens: what tiles a text, and what every offset must hold."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.reading.sentences import orthography
from cxresearch.reading.text import BREAKS, TOKEN, Reading, fold, read

# A bar stands where a sentence begins.
SENTENCES = [
    # abbreviations, titles, initials
    "Dhr. De Wit en mevr. Bakker stonden aan de balie. |Niemand hielp hen.",
    "Ik sprak met mw. Visser, d.w.z. met haar antwoordapparaat. |Dat was alles.",
    "Stuur a.u.b. een monteur, bijv. morgen i.p.v. volgende week. |Het lekt nog.",
    "Het ging om 2 koffers, een tas, enz. |Alles was weg.",
    "Kabels, stekkers etc. lagen in de gang.",
    "Volgens art. 7 van de voorwaarden (zie blz. 12 e.v.) mag dat.",
    "Mijn klantnr. 4411 en tel. 06-12345678 staan erbij.",
    "Prof. dr. J. van Dam schreef de brief. |Ik niet.",
    "De heer A.B. Smit tekende. |Daarna was het stil.",
    "Ik belde Jan. |Hij lachte.",
    "Het duurt max. 3 dagen en kost min. 20 euro.",
    "Dat was op 3 jan. jl. en dus te laat.",
    "Ik kocht het bij Kramer B.V. in mei. |Het brak in juni.",
    "Wij wonen in St. Odiliënberg. |Daar komt niemand.",
    "Ik bestelde het d.d. 4 mei jl. |Er kwam niets.",
    "De factuur is incl. btw. |Die klopt niet.",
    "Vlgs. de dame kon het niet.",
    "Ik belde de ING. |Het bedrag is excl. BTW. |Ook de NS. |En ing. Kok.",
    # numbers, dates, times, money
    "Op de 3. mei kwam er een rekening van 1.234,56 euro. |Ik betaalde niet.",
    "Om 10.30 uur zou hij komen. |Om 14.00 uur stond hij er.",
    "Ik wacht al sinds 2019. |Toen was ik nog klant.",
    "Het kostte € 19,95. |Per maand!",
    "Er waren 3 monteurs. |2 deden niets.",
    # the web
    "Bestel nooit bij winkel.nl of op www.kapot.be/klacht.html. |Echt niet.",
    "Ik mailde naar klacht@bedrijf.nl en keek op Bol.com. |Niets.",
    "Zie https://voorbeeld.nl/a.B?c=Ja voor meer.",
    # no space after the mark
    "Dat kon hij niet doen.|Als ik dat wist.",
    "Schandalig!|Nooit meer!!|Echt niet.",
    "Hij zou bellen…|Maar nee.",
    "Het leek gesloten…maar dat was het niet.",
    # runs of marks
    "Wat??!! |Dat meent u niet...",
    "Tja... |Zo gaat dat. |Of… toch niet.",
    "Ik dacht nog ... wat nu?",
    "Kan dat? |niemand die het weet.",
    "Kom maar op! riep ik nog.",
    "Ik heb (!) betaald en kreeg (?) niets.",
    "Ik belde (twee keer!) en niemand nam op. |(Ook de chef niet.) |Klaar.",
    # no capitals
    "ik belde gisteren. |niemand nam op. |Vreemd.",
    # quotation marks
    "“Wat??!!” bries ik. |Zij zwijgt.",
    "“Dat kan niet.” |Ik zucht.",
    "“Dat kan niet!”, zegt ze. |Ik zucht.",
    "„Nee.“ |Zij hing op.",
    "'Dat is ons beleid.' |Ja, dat zal wel.",
    '"Ik begrijp het. |Maar het kan niet." |Klaar.',
    "«Nee!» riep hij. |Toen was het stil.",
    "Hij zei: “Het moet.” |Ik ging.",
    "‘Momentje.’ |Een half uur later: ‘Bent u daar nog?’ |Ja.",
    "Dat is het antwoord?!”. |Ik lach.",
    "Ze zei nee.”|Dat is raar.",
    # lists
    "Wat ging er mis: |1) geen pakket |2) geen bericht |3) geen excuus",
    "Ik had 1) gezien en verder niets.",
    "1. Ik bel. |2. Ik wacht. |3. Ik geef op.",
    "- te laat\n|- kapot\n|- geen antwoord",
    # lines
    "Slechte service\n\n|Ik wacht al drie weken.",
    "Nooit meer\n|Gisteren belde ik met de klantenservice.",
    "Ik heb al drie keer\ngebeld met de bank.",
    "Ik heb toen gebeld met de\nING en met mijn zus.",
    "Beste heer,\r\n\r\n|Mijn pas is kwijt.\r\n|Groeten,\r\n|Jet",
    "Ik wacht.\r\n|Nog steeds.",
    "Ik heb een vraag \n\n \n|en die is deze",
    "Ik wacht.\u2028|Nog steeds.",
    # emoji and spaces of all kinds
    "Top geregeld! 😀 |Dank.",
    "Drie weken wachten 😡😡 |Schandalig.",
    "Zo blij :-) toch.",
    "Fijn. :) |Dank.",
    "Het is op.\u00a0|Meer niet.",
    "Het was laat… |'s Avonds belde ik.",
]


def cut(reading: Reading) -> str:
    return "|".join(reading.text[start:end] for start, end in reading.sentences)


@pytest.mark.parametrize("marked", SENTENCES)
def test_where_sentences_begin(marked: str) -> None:
    assert cut(read(marked.replace("|", ""))) == marked


def test_wrapped_lines_are_no_sentences() -> None:
    text = (
        "Vorige maand kreeg ik een brief van de bank waarin stond dat mijn\n"
        "Gouden pas verlopen was. Dat klopte niet, dus ging ik naar het\n"
        "Kantoor aan de gracht om het uit te leggen, en daar zat een heer\n"
        "die van niets wist."
    )
    assert len(read(text).sentences) == 2
    assert len(set(read(text).segment_of)) == 8  # four stretches and the marks after them


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("Ik bel, ik mail.", ["ik bel", ",", "ik mail", "."]),
        ("Het kost 1,50 per uur.", ["het kost 1,50 per uur", "."]),
        ("Het ‘gratis’ artikel is weg.", ["het gratis artikel is weg", "."]),
        ("Een “gratis product” van niks.", ["een gratis product van niks", "."]),
        ("Ze zegt ‘dat kan echt niet’ en lacht.", ["ze zegt", "‘ dat kan echt niet '", "en lacht", "."]),
        ("Ik heb al drie keer\ngebeld met ze.", ["ik heb al drie keer gebeld met ze", "."]),
        ("Slechte service\n\nIk wacht", ["slechte service", "ik wacht"]),
        ("'s Avonds bel ik.", ["' s avonds bel ik", "."]),
        ("Dhr. Jansen belt.", ["dhr", ".", "jansen belt", "."]),
    ],
)
def test_segments(text: str, segments: list[str]) -> None:
    reading = read(text)
    found: dict[int, list[str]] = {}
    for word, segment in zip(reading.words, reading.segment_of, strict=True):
        found.setdefault(segment, []).append(word)
    assert [" ".join(words) for words in found.values()] == segments


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("ÉÉN", "een"),
        ("cafe\u0301", "cafe"),
        ("klan\u00adten", "klanten"),
        ("z´n", "z'n"),
        ("zo‘n", "zo'n"),
        ("e\u2011mail", "email"),
        ("10-2015", "10-2015"),
        ("…", "…"),
        ("-", "-"),
        ("’", "'"),
        ("´", "´"),
        ("\u0301", "\u0301"),
        ("ﬁets", "fiets"),
        ("İ", "i"),
    ],
)
def test_folding(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_words_with_accents_and_soft_hyphens_are_one_token() -> None:
    assert read("klan\u00adten be\u0301ll\u00aden 1.234,56 foto's auto’s").words == [
        "klanten", "bellen", "1.234,56", "foto's", "auto's",
    ]  # fmt: skip


PIECES = st.sampled_from(
    "ik zegt ze: ,, '' \" “ ” „ « » ‘ ’ ' . ... … ? ! ?! , ; : 1) 2) - – — \t bijv. dhr. Als 3. 1,5".split()
    + "www.a.nl 😀 :-) z’n 's 't foto's mevrouw “Nee” ‘Ja’ Ik: Medewerker: zei vroeg ( ) [ ] e\u0301".split()
    + "A.B. mijn man aldus \u00ad 10.30".split()
    + [" ", "\n", "\r\n", "\n\n", "\u00a0", "\u2028"]
)
LISTS = st.lists(PIECES, max_size=40)
MESSY = st.one_of(st.text(max_size=80), LISTS.map(" ".join), LISTS.map("".join))


@settings(max_examples=150, deadline=None)
@given(MESSY)
def test_nothing_is_lost_and_every_offset_holds(text: str) -> None:
    reading = read(text)
    assert "".join(text[start:end] for start, end in reading.sentences) == text
    assert all(start < end for start, end in reading.sentences) or not text
    tokens = list(zip(reading.starts, reading.ends, reading.words, strict=True))
    spans = [(start, end) for start, end, _ in tokens]
    left_out = {hit.span() for hit in TOKEN.finditer(text)} - set(spans)
    assert spans == sorted(set(spans)) and set(spans) | left_out == {h.span() for h in TOKEN.finditer(text)}
    # only marks around a word held at arm's length are no tokens
    assert all(text[start:end] in "“”„«»\"‘’'`´‚,‹›" for start, end in left_out)
    spoken = orthography().spoken
    folded = [(fold(text[start:end]), word) for start, end, word in tokens]
    assert all(word and word in (form, spoken.get(form)) for form, word in folded)
    assert not re.sub(r"\s", "", "".join(TOKEN.sub("", text)))
    assert len(reading.sentence_of) == len(reading.segment_of) == len(tokens)
    for i, (start, end, word) in enumerate(tokens):
        low, high = reading.sentences[reading.sentence_of[i]]
        assert low <= start < end <= high or end > high  # a token never begins outside its sentence
        if i:
            assert reading.segment_of[i] >= reading.segment_of[i - 1]
            assert reading.sentence_of[i] >= reading.sentence_of[i - 1]
            if reading.sentence_of[i] != reading.sentence_of[i - 1]:
                assert reading.segment_of[i] != reading.segment_of[i - 1]
            if word in BREAKS and word not in '“”„«»"':
                assert reading.segment_of[i] != reading.segment_of[i - 1]


@settings(max_examples=60, deadline=None)
@given(MESSY, MESSY)
def test_a_blank_line_parts_what_stands_before_and_after(one: str, two: str) -> None:
    if not one.strip() or not two.strip():
        return
    joined = read(f"{one.strip()}\n\n{two.strip()}")
    assert any(start == len(one.strip()) + 2 for start, _ in joined.sentences)


def test_empty_and_blank_texts() -> None:
    assert read("").words == [] and read("").quotations == ()
    assert cut(read(" \n ")) == " \n "


@pytest.mark.parametrize(
    "piece",
    [
        "“", "\"' ", "a. ", "?", ". ” ", " ", "‘a “b ", "x\n", "\n", "- Ja, zei hij.\n", "Ik: ja.\n",
        "hij zei: ", "a", "😀 ", "hij zei “ja” ", "„a\n\n", "1) 2) ", "zei Jan ", "(", "ze “a” ", ",, ",
        "A.", "“a”\n", "\u0301", "Medewerker: u.\n",
    ],
)  # fmt: skip
def test_no_text_takes_more_than_its_share_of_time(piece: str) -> None:
    """Ten times the text takes about ten times as long: thirty would still be no square."""

    def seconds(n: int) -> float:
        text = piece * n
        best = 9.0
        for _ in range(2):
            begin = time.process_time()
            read(text)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(5_000) < 30 * seconds(500) + 0.02
