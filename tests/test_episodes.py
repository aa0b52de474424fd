"""Episodes: which stretch of a narrative is about which organisation, and of which industry."""

from __future__ import annotations

import re
import time
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.reading.episodes import Episode, episodes
from cxresearch.reading.evidence import clues, industries, lexicon
from cxresearch.reading.rules import RuleError
from cxresearch.reading.text import Reading, read


class Told(NamedTuple):
    """The least that an event mention tells about itself."""

    start: int
    end: int
    type: str = "failure"
    realis: str = "actual"
    actor: str = "organisation"


REALIS = {"?": "hypothetical", "~": "generic", ">": "prospective"}
TYPES = {"@": "contact", "!": "exit", "+": "treatment"}
MARKED = re.compile(r"\{([?~>@!+]?)([^}]*)\}")


def marked(text: str) -> tuple[Reading, list[Told]]:
    """Read a text in which braces hold the mentions: {actual}, {?might be}, {~in general}, {>to come}, {@contact}."""
    plain, told, at = "", [], 0
    for hit in MARKED.finditer(text):
        plain += text[at : hit.start()]
        mark, words = hit.groups()
        actor = "customer" if mark in ("@", "!") else "organisation"
        told.append(
            Told(
                len(plain), len(plain) + len(words), TYPES.get(mark, "failure"), REALIS.get(mark, "actual"), actor
            )
        )  # fmt: skip
        plain += words
        at = hit.end()
    return read(plain + text[at:]), told


def found(text: str, industry: str | None = None) -> tuple[list[str], str]:
    """Return the industries of the episodes, and the episode of every mention ("-" is reflection)."""
    stretches, numbers = episodes(*marked(text), industry)
    assert [episode.number for episode in stretches] == list(range(1, len(stretches) + 1))
    return [episode.industry for episode in stretches], " ".join(str(number or "-") for number in numbers)


# name: (text, industries in order of telling, episode of every mention)
SINGLE = {
    "banking": (
        "Vorige maand {werd mijn betaalpas zonder bericht geblokkeerd}. Ik {@belde het filiaal} en {moest een uur wachten}. "
        "De bankmedewerker zei dat {het systeem het niet toeliet}.",
        ["banking"],
        "1 1 1 1",
    ),
    "insurance": (
        "Na de storm heb ik de schade {@gemeld bij mijn verzekeraar}. De expert kwam pas {na vijf weken}. "
        "{De claim werd afgewezen} omdat het dak van het huis te oud was, en het dak stond niet in de polis.",
        ["insurance"],
        "1 1 1",
    ),
    "telecom": (
        "Sinds dinsdag {ligt het internet eruit}. De provider {beloofde een monteur}, maar {er kwam niemand}. "
        "Intussen werk ik via de hotspot van mijn telefoon.",
        ["telecom"],
        "1 1 1",
    ),
    "energy": (
        "Bij de jaarafrekening bleek dat {de meterstand niet klopte}. Ik {@mailde de energieleverancier} drie keer. "
        "{Geen antwoord}. Wel {werd het termijnbedrag verdubbeld}.",
        ["energy"],
        "1 1 1 1",
    ),
    "retail_ecommerce": (
        "In mei bestelde ik een paar wandelschoenen bij een webshop. {De verkeerde maat geleverd}. "
        "Voor het retour {moest ik zelf betalen}, volgens de klantenservice.",
        ["retail_ecommerce"],
        "1 1",
    ),
    "delivery": (
        "Volgens de track-and-trace {was de zending bezorgd}, maar de koerier {heeft nooit aangebeld}. "
        "Bij het afhaalpunt {wisten ze van niets}.",
        ["delivery"],
        "1 1 1",
    ),
    "rail": (
        "De intercity naar Zwolle {viel uit}. Op het perron {was niemand te vinden} en de conducteur "
        "{zei dat het zijn probleem niet was}.",
        ["rail"],
        "1 1 1",
    ),
    "air_travel": (
        "Onze vlucht naar Malaga {werd geannuleerd} terwijl we al bij de gate zaten. De luchtvaartmaatschappij "
        "{gaf geen hotel} en {onze koffers waren weg}.",
        ["air_travel"],
        "1 1 1",
    ),
    "hospitality": (
        "We zaten op het terras en {wachtten drie kwartier}. De ober {gooide een glas wijn om} over mijn jurk "
        "en {liep lachend weg}. Het hoofdgerecht {was koud}.",
        ["hospitality"],
        "1 1 1 1",
    ),
    "public_sector": (
        "Voor een nieuw paspoort {@ging ik naar het loket} van de gemeente. De ambtenaar {stuurde me weg}: "
        "{de pasfoto voldeed niet aan de eisen}.",
        ["public_sector"],
        "1 1 1",
    ),
    "healthcare": (
        "Mijn vader lag in het ziekenhuis. De arts {kwam niet opdagen}, en de verpleegkundige {snauwde hem af}. "
        "Op de uitslag van het onderzoek {wachtten we zes weken}.",
        ["healthcare"],
        "1 1 1",
    ),
    "housing": (
        "Al sinds november {lekt het dak van mijn flat}. De woningcorporatie {stuurde een loodgieter die niets deed}. "
        "De huur {ging intussen wel omhoog}.",
        ["housing"],
        "1 1 1",
    ),
    "home_construction": (
        "De aannemer zou in maart beginnen. {In juni stond er nog geen muur}. De badkamer {is scheef betegeld} "
        "en op de laatste offerte {kwam er ineens meerwerk bij}.",
        ["home_construction"],
        "1 1 1",
    ),
    "automotive": (
        "Mijn wagen stond twee weken bij de dealer. {De versnellingsbak haperde nog steeds} na de beurt. "
        "{Een vervangwagen was er niet}.",
        ["automotive"],
        "1 1",
    ),
    "parking": (
        "Bij het uitrijden {ging de slagboom niet open}. Ik {@drukte op de knop} en {kreeg geen gehoor}. "
        "Daarna {kwam er ook nog een parkeerboete}.",
        ["parking"],
        "1 1 1 1",
    ),
    "media_subscription": (
        "Ons proefabonnement op de krant {werd stilzwijgend verlengd}. De abonneeservice {was onbereikbaar} "
        "en {het weekend daarop kwam er geen krant}.",
        ["media_subscription"],
        "1 1 1",
    ),
    "fitness_subscription": (
        "Door een blessure {!wilde ik mijn lidmaatschap opzeggen}. De sportschool {weigerde dat}: "
        "{het abonnement liep nog tien maanden}.",
        ["fitness_subscription"],
        "1 1 1",
    ),
    "other": (
        "De kapper {knipte er tien centimeter te veel af} en {lachte erom}. Geld terug {kreeg ik niet}.",
        ["other"],
        "1 1 1",
    ),
    "nothing to go by": (
        "Wat een ellende. {Niemand hielp ons} en {ze hingen gewoon op}.",
        ["other"],
        "1 1",
    ),
}

SEVERAL = {
    "a bad bank and a good shop": (
        "Mijn bank {blokkeerde mijn rekening} zonder uitleg. Ik {@belde vier keer} en {werd steeds doorverbonden}. "
        "Een nieuwe bankpas {kwam er niet}.\n\n"
        "Hoe anders ging het bij de schoenwinkel op de hoek. De verkoopster {+herkende me meteen}, en toen de laarzen "
        "niet goed waren, {kreeg ik direct een nieuw paar}.",
        ["banking", "retail_ecommerce"],
        "1 1 1 1 2 2",
    ),
    "a bad airline and a good hotel": (
        "Onze vlucht {had elf uur vertraging}. De luchtvaartmaatschappij {gaf geen enkele uitleg} en "
        "{onze bagage was zoek}.\n\n"
        "In het hotel daarentegen {+stond de receptioniste ons op te wachten}. We {+kregen een grotere kamer} "
        "en het ontbijt {+werd voor ons bewaard}. De hotelmanager {+kwam zich voorstellen}.",
        ["air_travel", "hospitality"],
        "1 1 1 2 2 2 2",
    ),
    "headings": (
        "De verzekeraar\n\nNa de inbraak {@belde ik mijn verzekeraar}. {Drie weken hoorde ik niets}. "
        "De polis {dekte het niet}.\n\n"
        "De garage\n\nBij de garage ging het beter. De monteur {+belde zelf terug} en de auto {was op tijd klaar}. "
        "De garagehouder {+gaf nog een hand}.",
        ["insurance", "automotive"],
        "1 1 1 2 2 2",
    ),
    "and back to the first": (
        "Mijn provider {sloot het internet af}. De modem {deed niets meer}. {@Ik belde de provider} en {zat een uur in de wacht}.\n\n"
        "Bij de bakker gaat het anders. De bakker {+kent mijn naam}, de verkoopster {+vraagt naar mijn moeder}. "
        "De winkel {+is een feest}.\n\n"
        "Terug naar mijn provider. De provider {stuurde een monteur} voor de modem, en {het internet werkt weer}.",
        ["telecom", "retail_ecommerce"],
        "1 1 1 1 2 2 2 1 1",
    ),
    "three organisations": (
        "De gemeente {raakte mijn aanvraag kwijt}. Aan het loket zei de ambtenaar dat {het paspoort er nog niet was}.\n\n"
        "Daarna de energieleverancier. {De meterstand was geschat} en {de eindafrekening klopte niet}. "
        "De energieleverancier {antwoordde niet}.\n\n"
        "Gelukkig was er ook een lichtpunt: de huisarts. De doktersassistente {+nam alle tijd} en de huisarts "
        "{+belde 's avonds nog even op}.",
        ["public_sector", "energy", "healthcare"],
        "1 1 2 2 2 3 3",
    ),
    "another firm in the same line": (
        "De garage {maakte een fout bij de apk}. De monteur {wilde er niets van weten}. De garage {rekende alles}.\n\n"
        "Bij een andere garage {+werd ik meteen geholpen} en {kostte het niets}.",
        ["automotive", "automotive"],
        "1 1 1 2 2",
    ),
    "a good restaurant first": (
        "In restaurant De Linde {+werden we hartelijk ontvangen}. De ober {+wist nog wat we vorig jaar aten}. "
        "Het dessert {+kregen we cadeau}.\n\n"
        "Diezelfde dag kregen we met de parkeergarage te maken. De slagboom {bleef dicht}, de parkeerbeheerder "
        "{nam niet op} en {de parkeerkaart werd dubbel afgerekend}.",
        ["hospitality", "parking"],
        "1 1 1 2 2 2",
    ),
}

HARD = {
    "a hotel is only where it happened": (
        "Tijdens onze vakantie, we sliepen in een hotel aan zee, {werkte mijn bankpas ineens niet meer}. "
        "Ik {@belde de bank} vanuit de lobby van het hotel. De bank {zei dat ik naar een filiaal moest komen}. "
        "{Drie dagen zonder geld} in een restaurant is geen pretje.",
        ["banking"],
        "1 1 1 1",
    ),
    "a sofa is no bank": (
        "Ik zat op de bank toen de bezorger {het pakket over de schutting gooide}. Het pakketbedrijf {ontkende alles}.",
        ["delivery"],
        "1 1",
    ),
    "the bill is no bank account": (
        "De loodgieter {stuurde een rekening van 400 euro} en {bracht de voorrijkosten dubbel in rekening}. "
        "De kraan {lekt nog}.",
        ["home_construction"],
        "1 1 1",
    ),
    "a webshop and its courier are one story": (
        "Bij de webshop {werd mijn bestelling te laat verzonden}. De bezorger kwam donderdag, {met de verkeerde laptop}. "
        "De webshop {wilde het retour niet vergoeden}. Na vier mails {kreeg ik het aankoopbedrag terug}.",
        ["retail_ecommerce"],
        "1 1 1 1",
    ),
    "the insurer of a car": (
        "Iemand reed tegen mijn auto. De verzekeraar {wilde de schade aan de bumper niet betalen}. De garage schatte "
        "de reparatie op 900 euro, en de verzekeraar {vond dat te veel}. De polis {was ineens aangepast}.",
        ["insurance"],
        "1 1 1",
    ),
    "the insurer of a patient": (
        "Mijn zorgverzekeraar {vergoedt de operatie niet}. De arts had een verwijzing geschreven en het ziekenhuis had "
        "een datum. Ik {@belde de zorgverzekeraar} en {kreeg een andere uitleg}.",
        ["insurance"],
        "1 1 1",
    ),
    "leaving for a rival opens no episode": (
        "De provider {liet ons drie weken zonder internet}. {Geen excuses}. We {!zijn overgestapt naar een andere provider}.",
        ["telecom"],
        "1 1 1",
    ),
    "advice is reflection": (
        "De sportschool {schreef drie maanden te veel af}. De fitnessclub {reageerde niet op mijn mail}.\n\n"
        "Wat kunnen organisaties hiervan leren? {~Bied je excuses aan}, of je nu een bank, een hotel of een winkel bent. "
        "{~Bel de klant terug} en {~los het op}.",
        ["fitness_subscription"],
        "1 1 - - -",
    ),
    "what might be, within the story": (
        "De webwinkel {stuurde een kapotte stofzuiger}. {?Als ze hadden gebeld}, was ik blij geweest. "
        "Maar de webwinkel {zweeg}. {>Ik ga een klacht indienen}.",
        ["retail_ecommerce"],
        "1 1 1 1",
    ),
    "comparisons in passing": (
        "Net als bij een garage weet je bij een tandarts nooit wat het kost. Mijn tandarts {rekende een vulling te veel} "
        "en de assistente {wilde de rekening niet aanpassen}. De kies {doet nog altijd pijn}.",
        ["healthcare"],
        "1 1 1",
    ),
    "pointing back from the commentary": (
        "De bank {hief mijn spaarrekening op}. De bankmedewerker {gaf geen uitleg}.\n\n"
        "Goede dienstverlening is luisteren. {~Neem de klant serieus}. Elke organisatie kan dat leren.\n\n"
        "Bij deze bank {+ben ik een nummer}.",
        ["banking"],
        "1 1 - 1",
    ),
    "a landlord with a plumber": (
        "De verhuurder {reageerde niet} op de lekkage in de badkamer. Een loodgieter vond het lek, maar de verhuurder "
        "{wilde de rekening niet betalen}. De huur {moest wel op tijd}.",
        ["housing"],
        "1 1 1",
    ),
    "reading about it in the paper": (
        "In de krant las ik over de staking. Het station was leeg, {de trein naar Gent reed niet} en de NMBS "
        "{verwees me naar de website}. {Niemand op het perron wist iets}.",
        ["rail"],
        "1 1 1",
    ),
    "a tablet with the subscription": (
        "Bij een jaarabonnement op het weekblad hoorde een tablet. {De tablet kwam niet}. De abonneeservice {beloofde een "
        "nieuwe tablet}. Weer {geen tablet}. Ik had hem voor mijn zoon besteld.",
        ["media_subscription"],
        "1 1 1",
    ),
    "called by its name": (
        "Vorig jaar boekte ik bij Zonnewende Reisbureau een chalet. Zonnewende {stuurde de verkeerde sleutel} en de auto "
        "moest 's nachts op de parkeerplaats. Ik {@belde Zonnewende}. De parkeerplaats {kostte twintig euro}.",
        ["hospitality"],
        "1 1 1",
    ),
}

ALL = SINGLE | SEVERAL | HARD


@pytest.mark.parametrize("name", ALL)
def test_episodes(name: str) -> None:
    text, expected, numbers = ALL[name]
    assert found(text) == (expected, numbers)
