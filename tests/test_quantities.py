"""Durations, amounts, counts and deadlines: what the words say, and what they do not say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxresearch.reading.durations import iso
from cxresearch.reading.quantities import (
    Quantity,
    is_money_word,
    is_number_word,
    is_time_unit,
    number,
    quantities,
)
from cxresearch.reading.text import fold, read

UNITS = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
]
UNITS += ["dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"]
TENS = ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]


def spelled(n: int) -> str:
    """Return a number below a million in Dutch words."""
    if n < 20:
        return UNITS[n]
    if n < 100:
        tens = TENS[n // 10 - 2]
        unit = UNITS[n % 10]
        return tens if n % 10 == 0 else unit + ("ën" if unit.endswith("e") else "en") + tens
    for scale, word in ((1000, "duizend"), (100, "honderd")):
        if n >= scale:
            many, rest = divmod(n, scale)
            return ("" if many == 1 else spelled(many)) + word + (spelled(rest) if rest else "")
    raise AssertionError(n)


def found(text: str, kind: str) -> list[Quantity]:
    return [quantity for quantity in quantities(read(text)) if quantity.kind == kind]


def said(text: str, kind: str) -> list[str]:
    return [text[quantity.start : quantity.end] for quantity in found(text, kind)]


DURATIONS = [
    # text, the words, ISO 8601, role
    ("Ik wacht al drie weken.", "drie weken", "P3W", "span"),
    ("Ik wacht al ruim drie weken.", "drie weken", "P3W", "span"),
    ("Het duurde bijna 4 maanden.", "4 maanden", "P4M", "span"),
    ("Ik hing zo'n 2 uur in de wacht.", "2 uur", "PT2H", "span"),
    ("Het kostte zo’n twee uur.", "twee uur", "PT2H", "span"),
    ("Er is meer dan een uur verstreken.", "een uur", "PT1H", "span"),
    ("Dat was in nog geen zes weken gebeurd.", "zes weken", "P6W", "span"),
    ("Na 2 dagen kwam er bericht.", "2 dagen", "P2D", "span"),
    ("Na drie uur wachten gaf ik het op.", "drie uur", "PT3H", "span"),
    ("Ze lieten me 3 kwartier staan.", "3 kwartier", "PT45M", "span"),
    ("Vijf kwartier in de rij.", "Vijf kwartier", "PT75M", "span"),
    ("Een kwartiertje maar.", "Een kwartiertje", "PT15M", "span"),
    ("Kwartier gewacht.", "Kwartier", "PT15M", "span"),
    ("Een half uur later werd ik gebeld.", "Een half uur", "PT30M", "span"),
    ("Weer half uur muziek.", "half uur", "PT30M", "span"),
    ("Dat duurde een halfuur.", "een halfuur", "PT30M", "span"),
    ("Anderhalf uur aan de lijn.", "Anderhalf uur", "PT90M", "span"),
    ("Het heeft 1,5 uur geduurd.", "1,5 uur", "PT90M", "span"),
    ("Het heeft 2,5 uur geduurd.", "2,5 uur", "PT2H30M", "span"),
    ("Het heeft 2.5 uur geduurd.", "2.5 uur", "PT2H30M", "span"),
    ("Het heeft 2½ uur geduurd.", "2½ uur", "PT2H30M", "span"),
    ("Dat nam ¾ uur in beslag.", "¾ uur", "PT45M", "span"),
    ("Ik zat er twee en een half uur.", "twee en een half uur", "PT2H30M", "span"),
    ("Ik zat er tweeënhalf uur.", "tweeënhalf uur", "PT2H30M", "span"),
    ("Ik zat er 2 en een half uur.", "2 en een half uur", "PT2H30M", "span"),
    ("Dat was anderhalve week geleden besteld.", "anderhalve week", "P10D", "ago"),
    ("Het bleef twee en een halve week stil.", "twee en een halve week", "P17D", "span"),
    ("Anderhalve dag zonder stroom.", "Anderhalve dag", "PT36H", "span"),
    ("Een halve dag vrij genomen.", "Een halve dag", "PT12H", "span"),
    ("Na driekwart jaar was het klaar.", "driekwart jaar", "P9M", "span"),
    ("Anderhalf jaar gezeur.", "Anderhalf jaar", "P18M", "span"),
    ("Na een half jaar nog niets.", "een half jaar", "P6M", "span"),
    ("Levertijd 1 à 2 weken.", "1 à 2 weken", "P1W", "span"),
    ("Het duurt 2 tot 3 dagen.", "2 tot 3 dagen", "P2D", "span"),
    ("Het duurt 2 tot en met 3 dagen.", "2 tot en met 3 dagen", "P2D", "span"),
    ("De levertijd is 3-5 werkdagen.", "3-5 werkdagen", "P3D", "span"),
    ("De levertijd is 3 – 5 werkdagen.", "3 – 5 werkdagen", "P3D", "span"),
    ("Na twee, drie weken hoorde ik wat.", "twee, drie weken", "P2W", "span"),
    ("Na twee of drie maanden.", "twee of drie maanden", "P2M", "span"),
    ("Het duurt 2/3 dagen.", "2/3 dagen", "P2D", "span"),
    ("Tussen de 2 en 3 weken duurt dat.", "2 en 3 weken", "P2W", "span"),
    ("Na 1 jaar en 3 maanden stuk.", "1 jaar en 3 maanden", "P1Y3M", "span"),
    ("Het duurde 2 uur en 10 minuten.", "2 uur en 10 minuten", "PT2H10M", "span"),
    ("Het duurde 2 uur 10 minuten.", "2 uur 10 minuten", "PT2H10M", "span"),
    ("Na een week en drie dagen.", "een week en drie dagen", "P10D", "span"),
    ("Na 48 uur nog niets.", "48 uur", "PT48H", "span"),
    ("Twee etmalen zonder water.", "Twee etmalen", "PT48H", "span"),
    ("Dat duurt een week of drie.", "een week of drie", "P3W", "span"),
    ("Dat duurt een dag of tien.", "een dag of tien", "P10D", "span"),
    ("Twee volle weken.", "Twee volle weken", "P2W", "span"),
    ("Drie hele dagen thuisgebleven.", "Drie hele dagen", "P3D", "span"),
    ("Een goede week stilte.", "Een goede week", "P1W", "span"),
    ("Zes lange weken.", "Zes lange weken", "P6W", "span"),
    ("Vier frustrerende uren.", "Vier frustrerende uren", "PT4H", "span"),
    ("De hele dag zat ik thuis.", "De hele dag", "P1D", "span"),
    ("Twee uurtjes parkeren.", "Twee uurtjes", "PT2H", "span"),
    ("Dat kost 12 euro voor 2 uur parkeren.", "2 uur", "PT2H", "span"),
    ("Vijfentwintig minuten muziek.", "Vijfentwintig minuten", "PT25M", "span"),
    ("Na 30min opgehangen.", "30min", "PT30M", "span"),
    ("Eén dag later.", "Eén dag", "P1D", "span"),
    ("Dat was zes weken geleden.", "zes weken", "P6W", "ago"),
    ("Drie weken terug belde ik.", "Drie weken", "P3W", "ago"),
    ("Sinds drie weken is het stil.", "drie weken", "P3W", "ago"),
    ("Ze belden binnen een kwartier.", "een kwartier", "PT15M", "within"),
    ("Binnen maximaal 5 werkdagen.", "5 werkdagen", "P5D", "within"),
    ("Over twee weken komt hij.", "twee weken", "P2W", "within"),
    ("De komende 2 weken niet.", "2 weken", "P2W", "within"),
    ("Binnen 24u antwoord.", "24u", "PT24H", "within"),
    ("Ik ben 36 jaar klant.", "36 jaar", "P36Y", "age"),
    ("Na 36 jaar trouwe klant te zijn.", "36 jaar", "P36Y", "age"),
    ("Ik ben al 20 jaar een tevreden klant.", "20 jaar", "P20Y", "age"),
    ("Ik ben al twintig jaar bij jullie klant.", "twintig jaar", "P20Y", "age"),
    ("Mijn vader is 85 jaar oud.", "85 jaar", "P85Y", "age"),
    ("Het kwam 2 dagen te laat.", "2 dagen", "P2D", "late"),
    ("Met drie uur vertraging.", "drie uur", "PT3H", "late"),
    ("Een vertraging van ruim drie uur.", "drie uur", "PT3H", "late"),
]


@pytest.mark.parametrize(("text", "words", "value", "role"), DURATIONS)
def test_a_duration_is_read(text: str, words: str, value: str, role: str) -> None:
    (quantity,) = found(text, "duration")
    assert (text[quantity.start : quantity.end], quantity.value, quantity.role) == (words, value, role)
    assert not quantity.vague


@pytest.mark.parametrize(
    "text",
    [
        "Ik wacht enkele dagen.",
        "Al jaren zo.",
        "Het duurde wekenlang.",
        "Een paar weken.",
        "Na meerdere weken.",
        "Weken gewacht.",
        "Een jaar of wat.",
        "Urenlang in de rij.",
        "Al tijden stuk.",
        "Na een tijdje.",
        "Geruime tijd niets.",
        "Jaren geleden.",
        "De laatste weken.",
        "Na een aantal dagen.",
        "Een heel aantal maanden.",
        "Tientallen jaren.",
        "Een paar lange uren.",
        "Een kwestie van dagen.",
        "Een handvol dagen.",
        "Al die tijd.",
    ],
)
def test_a_vague_duration_has_no_value(text: str) -> None:
    (quantity,) = found(text, "duration")
    assert quantity.vague
    assert quantity.value is None


@pytest.mark.parametrize(
    "text",
    [
        "Ik belde om 3 uur.",
        "Ik belde om drie uur.",
        "Het is 10.30 uur.",
        "Om 10:30 uur.",
        "Rond 15u30.",
        "Tussen 8 en 12 uur.",
        "Om half vier.",
        "Om half 3.",
        "Kwart over drie.",
        "Van 8 tot 12 uur open.",
        "Vanaf 9 uur.",
        "Om een uur.",
        "Om een uur of tien.",
        "Om 3 uur 's nachts.",
        "Belde 3 uur ’s nachts.",
        "Tot 17 uur.",
        "Uiterlijk 17.00 uur.",
        "Om 14u.",
        "24/7 bereikbaar.",
        "In 2024 gekocht.",
        "In 2023 weken we uit.",
        "24 uur per dag.",
        "Elke 2 weken.",
        "Om de drie weken.",
        "Iedere dag.",
        "Per week.",
        "Op een dag ging het mis.",
        "Een fijne dag!",
        "Die dagen.",
        "Op werkdagen.",
        "De tweede week.",
        "De eerste dag.",
        "Dorpsstraat 12.",
        "1234 AB Utrecht.",
        "Order 45 dagen.",
        "Ordernummer 45 uur",
        "Week 34.",
        "Dag 3.",
        "In de jaren 80.",
        "Geen tijd.",
        "Op tijd.",
        "Openingsuren.",
        "Weet u, u 3.",
        "Hoeveel uur?",
        "12:30 dagen",
        "Volgende week.",
    ],
)
def test_what_is_no_duration(text: str) -> None:
    assert said(text, "duration") == []


AMOUNTS = [
    # text, the words, amount, currency
    ("Er ging €60 af.", "€60", "60", "EUR"),
    ("Er ging € 1.234,56 af.", "€ 1.234,56", "1234.56", "EUR"),
    ("Er ging €34.95 af.", "€34.95", "34.95", "EUR"),
    ("Er ging €1.250 af.", "€1.250", "1250", "EUR"),
    ("Er ging €1.250.000 af.", "€1.250.000", "1250000", "EUR"),
    ("Er ging €1,2 miljoen af.", "€1,2 miljoen", "1200000", "EUR"),
    ("Er ging 81 euro af.", "81 euro", "81", "EUR"),
    ("Er ging EUR 45 af.", "EUR 45", "45", "EUR"),
    ("Er ging 1500€ af.", "1500€", "1500", "EUR"),
    ("Er ging 2000 euro af.", "2000 euro", "2000", "EUR"),
    ("Er ging 10 000 euro af.", "10 000 euro", "10000", "EUR"),
    ("Een tientje korting.", "Een tientje", "10", "EUR"),
    ("Twee tientjes korting.", "Twee tientjes", "20", "EUR"),
    ("Een vijfje.", "Een vijfje", "5", "EUR"),
    ("Dat is tweehonderd euro.", "tweehonderd euro", "200", "EUR"),
    ("Dat is twee honderd euro.", "twee honderd euro", "200", "EUR"),
    ("Dat is vijftien honderd euro.", "vijftien honderd euro", "1500", "EUR"),
    ("Dat is vijftienhonderd euro.", "vijftienhonderd euro", "1500", "EUR"),
    ("Dat is duizend euro.", "duizend euro", "1000", "EUR"),
    ("Dat is 12,50 euro.", "12,50 euro", "12.50", "EUR"),
    ("Dat is 60,- per maand.", "60,-", "60", "EUR"),
    ("Dat is € 60,- per maand.", "€ 60,-", "60", "EUR"),
    ("Dat is 60,- euro.", "60,- euro", "60", "EUR"),
    ("Dat is 3 euro 50.", "3 euro 50", "3.50", "EUR"),
    ("Dat is 3 euro 05.", "3 euro 05", "3.05", "EUR"),
    ("Dat is 3 euro en 50 cent.", "3 euro en 50 cent", "3.50", "EUR"),
    ("Dat is 50 cent.", "50 cent", "0.50", "EUR"),
    ("Dat is één euro.", "één euro", "1", "EUR"),
    ("Van 50 tot 100 euro.", "50 tot 100 euro", "50", "EUR"),
    ("Voor 60euro.", "60euro", "60", "EUR"),
    ("Voor $50.", "$50", "50", "USD"),
    ("Voor 50 dollar.", "50 dollar", "50", "USD"),
    ("Voor £ 20.", "£ 20", "20", "GBP"),
    ("Ik gaf €60 drie keer.", "€60", "60", "EUR"),
    ("Met 20 euro's op zak.", "20 euro's", "20", "EUR"),
]


@pytest.mark.parametrize(("text", "words", "value", "currency"), AMOUNTS)
def test_an_amount_is_read(text: str, words: str, value: str, currency: str) -> None:
    (quantity,) = found(text, "amount")
    assert text[quantity.start : quantity.end] == words
    assert (quantity.value, quantity.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    [
        "Honderden euro's.",
        "Een paar euro.",
        "Tientallen euro's.",
        "Enkele tientjes.",
        "Een paar honderd euro.",
    ],
)
def test_a_vague_amount_keeps_its_currency(text: str) -> None:
    (quantity,) = found(text, "amount")
    assert (quantity.value, quantity.currency, quantity.vague) == (None, "EUR", True)


@pytest.mark.parametrize(
    "text",
    [
        "Een rente van 3,25 procent.",
        "Een kamer van 12,50 m2.",
        "Een 7,5 als cijfer.",
        "Ik betaalde 60, niet meer.",
        "Geen cent.",
        "In de euro.",
        "Bestelling 12345.",
        "Anderhalve ton.",
        "Bel 0900-1234.",
        "Op 12-03-2024.",
        "De score is 60 - 50.",
    ],
)
def test_money_needs_a_currency(text: str) -> None:
    assert said(text, "amount") == []


def test_two_decimals_behind_a_comma_are_euros() -> None:
    quantity = found("Elke maand 34,95 kwijt.", "amount")[0]
    assert (quantity.value, quantity.currency) == (Decimal("34.95"), "EUR")


COUNTS = [
    # text, the words, count, vague
    ("Ik belde drie keer.", "drie keer", 3, False),
    ("Ik belde 3x.", "3x", 3, False),
    ("Ik belde 3 x.", "3 x", 3, False),
    ("Ik belde driemaal.", "driemaal", 3, False),
    ("Ik belde Tweemaal.", "Tweemaal", 2, False),
    ("Voor de vierde maal.", "vierde maal", 4, False),
    ("Voor de 3e keer.", "3e keer", 3, False),
    ("Voor de twintigste keer.", "twintigste keer", 20, False),
    ("De tweede keer.", "tweede keer", 2, False),
    ("De derde monteur kwam.", "derde monteur", 3, False),
    ("Na 4 mailwisselingen.", "4 mailwisselingen", 4, False),
    ("Drie telefoontjes later.", "Drie telefoontjes", 3, False),
    ("Twee boze mails.", "Twee boze mails", 2, False),
    ("Twee e-mails.", "Twee e-mails", 2, False),
    ("Zes brieven.", "Zes brieven", 6, False),
    ("Acht medewerkers gesproken.", "Acht medewerkers", 8, False),
    ("Eén keer gebeld.", "Eén keer", 1, False),
    ("Na 1 mail.", "1 mail", 1, False),
    ("Een keer of drie.", "Een keer of drie", 3, False),
    ("Een stuk of vijf mails.", "vijf mails", 5, False),
    ("Een dozijn mails.", "Een dozijn mails", 12, False),
    ("Twee tot drie keer.", "Twee tot drie keer", 2, False),
    ("Twee, drie keer.", "Twee, drie keer", 2, False),
    ("Vier verschillende medewerkers.", "Vier verschillende medewerkers", 4, False),
    ("Een paar honderd keer.", "Een paar honderd keer", 200, True),
    ("Honderd keer gezegd.", "Honderd keer", 100, False),
    ("Nog drie keer gebeld.", "drie keer", 3, False),
    ("Na wat mislukte pogingen.", "wat mislukte pogingen", 2, True),
    ("Een paar keer gebeld.", "Een paar keer", 2, True),
    ("Meerdere malen gemaild.", "Meerdere malen", 2, True),
    ("Enkele keren gemaild.", "Enkele keren", 2, True),
    ("Diverse mails.", "Diverse mails", 2, True),
    ("Tientallen keren.", "Tientallen keren", 20, True),
    ("Talloze malen.", "Talloze malen", 3, True),
    ("Tal van mails.", "Tal van mails", 3, True),
    ("Ik word keer op keer doorgezet.", "keer op keer", 3, True),
    ("Ik bel eindeloos.", "eindeloos", 3, True),
    ("Ik bel eindeloos vaak.", "eindeloos vaak", 3, True),
    ("Steeds weer hetzelfde.", "Steeds weer", 3, True),
    ("Meermaals gevraagd.", "Meermaals", 2, True),
    ("Herhaaldelijk gevraagd.", "Herhaaldelijk", 2, True),
    ("De zoveelste mail.", "zoveelste mail", 3, True),
]


@pytest.mark.parametrize(("text", "words", "value", "vague"), COUNTS)
def test_a_count_is_read(text: str, words: str, value: int, vague: bool) -> None:
    (quantity,) = found(text, "count")
    assert (text[quantity.start : quantity.end], quantity.value, quantity.vague) == (words, value, vague)


@pytest.mark.parametrize(
    "text",
    [
        "Ik bel nog een keer.",
        "Weer een keer bellen.",
        "Toch maar een keer bellen.",
        "Nog één keer.",
        "In één keer goed.",
        "Geen enkele keer.",
        "Deze keer.",
        "De eerste keer.",
        "Elke keer.",
        "Twee keer zo duur.",
        "Het is nu eenmaal zo.",
        "Helemaal.",
        "In 2024 mails gestuurd.",
        "De 24/7 chat.",
        "De 24/7 chats.",
        "Ordernummer 3 mails",
        "Nummer 12345 keer",
        "Een mail.",
        "Steeds.",
        "Vier orkanen.",
        "Ik mailde op 3 mei.",
        "Hoeveel keer?",
        "De klachten.",
    ],
)
def test_what_counts_nothing(text: str) -> None:
    assert said(text, "count") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ze komen uiterlijk zaterdag langs.", "uiterlijk zaterdag"),
        ("Het komt voor vrijdag.", "voor vrijdag"),
        ("Het komt vóór 1 mei.", "vóór 1 mei"),
        ("Antwoord binnen 24 uur.", "binnen 24 uur"),
        ("Antwoord uiterlijk binnen 24 uur.", "uiterlijk binnen 24 uur"),
        ("Antwoord binnen enkele dagen.", "binnen enkele dagen"),
        ("Hij beloofde morgen te bellen.", "morgen"),
        ("Het komt vandaag nog.", "vandaag nog"),
        ("Ze komen op maandag.", "op maandag"),
        ("Ze komen vanaf maandag.", "vanaf maandag"),
        ("Ze komen vóór vrijdagmiddag.", "vóór vrijdagmiddag"),
        ("Eind van de week klaar.", "Eind van de week"),
        ("Klaar tegen het einde van de maand.", "tegen het einde van de maand"),
        ("Volgende week hoor ik meer.", "Volgende week"),
        ("Nog deze week.", "Nog deze week"),
        ("Komende vrijdag.", "Komende vrijdag"),
        ("Tussen 8 en 12 uur.", "Tussen 8 en 12 uur"),
        ("Ze komen maandag tussen 8 en 12 uur.", "maandag tussen 8 en 12 uur"),
        ("Ze komen morgen voor 12 uur.", "morgen voor 12 uur"),
        ("Over twee dagen.", "Over twee dagen"),
        ("Op 12 maart.", "Op 12 maart"),
        ("Op vrijdag 12 maart 2024.", "Op vrijdag 12 maart 2024"),
        ("Uiterlijk 12-03-2024.", "Uiterlijk 12-03-2024"),
        ("Begin juli.", "Begin juli"),
        ("Half mei.", "Half mei"),
        ("Tot overmorgen.", "Tot overmorgen"),
        ("De komende weken.", "De komende weken"),
        ("Voor het weekend.", "Voor het weekend"),
    ],
)
def test_a_deadline_is_the_words_of_the_text(text: str, words: str) -> None:
    (quantity,) = found(text, "deadline")
    assert quantity.value == text[quantity.start : quantity.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "Maandag belde ik.",
        "Goede morgen.",
        "De volgende dag.",
        "Maar zaterdag kwam niets.",
        "De week daarna.",
        "Elke morgen.",
        "De maand mei.",
        "Voor 3 mensen.",
        "Voor vijf minuten.",
        "Een week geleden.",
        "Het einde van het gesprek.",
        "Tot ziens.",
        "Op zich.",
    ],
)
def test_what_sets_no_deadline(text: str) -> None:
    assert said(text, "deadline") == []


def test_a_term_is_duration_and_deadline() -> None:
    duration = found("U hoort binnen 24 uur meer.", "duration")[0]
    deadline = found("U hoort binnen 24 uur meer.", "deadline")[0]
    assert (duration.value, deadline.value) == ("PT24H", "binnen 24 uur")
    assert deadline.start < duration.start < duration.end == deadline.end


def test_several_quantities_come_in_the_order_of_the_text() -> None:
    text = "Na drie weken en 4 mails kreeg ik €60 terug, twee keer."
    kinds = [(quantity.kind, quantity.value) for quantity in quantities(read(text))]
    assert kinds == [("duration", "P3W"), ("count", 4), ("amount", Decimal(60)), ("count", 2)]


def test_a_larger_unit_begins_a_duration_of_its_own() -> None:
    assert said("Drie weken en vier maanden.", "duration") == ["Drie weken", "vier maanden"]


def test_no_quantity_runs_over_the_end_of_a_line() -> None:
    assert said("Ik had er 3\nweken later kwam het", "duration") == []
    assert said("Ik had er 5\n2 weken later kwam het", "duration") == ["2 weken"]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("anderhalf", "1.5"),
        ("half", "0.5"),
        ("twee en een half", "2.5"),
        ("2 en een half", "2.5"),
        ("honderd en een", "101"),
        ("twee duizend drie honderd", "2300"),
        ("een dozijn", "12"),
        ("2,5 mln", "2500000"),
        ("1.234.567,89", "1234567.89"),
        ("1,234.50", "1234.50"),
        ("0,125", "0.125"),
    ],
)
def test_a_number_is_read(words: str, value: str) -> None:
    assert number([fold(word) for word in words.split()]) == Decimal(value)


@pytest.mark.parametrize("words", ["", "week", "drie vier", "10:30", "15u30", "1.2.3", "007", "en", "half drie"])
def test_what_is_no_number(words: str) -> None:
    assert number(words.split()) is None


@given(st.integers(0, 9999))
def test_a_number_in_words_is_that_number(n: int) -> None:
    assert number([fold(spelled(n))]) == n


@given(st.integers(0, 999_999))
def test_a_number_with_its_thousands_marked_is_that_number(n: int) -> None:
    assert number([f"{n:,}".replace(",", ".")]) == n
    assert number([fold(spelled(n))]) == n


@given(st.integers(2, 400), st.sampled_from([("weken", "P{}W"), ("dagen", "P{}D"), ("minuten", "PT{}M")]))
def test_a_spelled_duration_is_the_one_in_digits(n: int, unit: tuple[str, str]) -> None:
    plural, value = unit
    for said_so in (str(n), spelled(n)):
        (quantity,) = found(f"Dat duurde {said_so} {plural}.", "duration")
        assert quantity.value == value.format(n)


def test_the_slots_of_the_patterns() -> None:
    assert all(map(is_number_word, ["3", "drie", "half", "paar", "enkele", "tientallen", "1.234,56", "2024"]))
    assert not any(map(is_number_word, ["een", "10:30", "week", "", "0900", "klant"]))
    assert all(map(is_time_unit, ["dag", "weken", "uurtje", "kwartier", "maandenlang", "jarenlang", "30min"]))
    assert not any(map(is_time_unit, ["u", "mei", "dagelijks", "", "3"]))
    assert all(map(is_money_word, ["€", "euro", "eurootje", "tientje", "cent", "60euro"]))
    assert not any(map(is_money_word, ["geld", "procent", "", "60"]))


def test_nothing_is_no_duration_of_its_own() -> None:
    assert iso([("D", Decimal(0))]) == "PT0S"


VOCABULARY = """
een één drie 3 12 0900 half anderhalf en of à tot - – , / . € euro cent 60,- paar wat tal van hele
goede de het weken week dag uur kwartier jaar keer maal 3x 30min mails brief derde uiterlijk voor op
om tussen morgen nog vrijdag mei eind volgende komende deze vandaag geleden binnen over te laat
klant per elke jarenlang tijd al 10:30 2024 10.30 ½ miljoen honderd dozijn keer ' s
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])


@settings(max_examples=150, deadline=None)
@example("KOMENDE\njAREN")
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(WORDS, max_size=25).map(" ".join),
        st.lists(WORDS, max_size=25).map("".join),
    )
)
def test_any_text_is_read_and_offsets_hold(text: str) -> None:
    reading = read(text)
    for quantity in quantities(reading):
        assert 0 <= quantity.first < quantity.last <= len(reading.words)
        assert quantity.start == reading.starts[quantity.first]
        assert quantity.end == reading.ends[quantity.last - 1]
        assert "\n" not in text[quantity.start : quantity.end]
        assert (quantity.currency is not None) == (quantity.kind == "amount")
        assert (quantity.role is not None) == (quantity.kind == "duration")
        assert quantity.value is not None or quantity.vague
        if quantity.kind == "deadline":
            assert quantity.value == text[quantity.start : quantity.end]


def test_long_rows_are_read_in_linear_time() -> None:
    for word in ("een ", "3 ", "half ", "paar ", "voor ", "honderd", "1.", "de hele ", "drie en "):
        assert isinstance(quantities(read(word * 20_000)), tuple)
