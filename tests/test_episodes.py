"""Episodes: which stretch of a narrative is about which organisation, and of which industry."""

from __future__ import annotations

import csv
import json
import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.reading.episodes import Episode, episodes
from cxresearch.reading.evidence import CUES, Lexicon, clues, industries, lexicon
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
    """Read a text in which braces hold the mentions: {actual}, {?might be}, {~in general}, {@contact} ..."""
    plain, told, at = "", [], 0
    for hit in MARKED.finditer(text):
        plain += text[at : hit.start()]
        mark, words = hit.groups()
        actor = "customer" if mark in ("@", "!") else "organisation"
        span = len(plain), len(plain) + len(words)
        told.append(Told(*span, TYPES.get(mark, "failure"), REALIS.get(mark, "actual"), actor))
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
        "Vorige maand {werd mijn betaalpas zonder bericht geblokkeerd}. Ik {@belde het filiaal} en {moest "
        "een uur wachten}. De bankmedewerker zei dat {het systeem het niet toeliet}.",
        ["banking"],
        "1 1 1 1",
    ),
    "insurance": (
        "Na de storm heb ik de schade {@gemeld bij mijn verzekeraar}. De expert kwam pas {na vijf weken}. "
        "{De claim werd afgewezen} omdat het dak van het huis te oud was, en het dak stond niet in de "
        "polis.",
        ["insurance"],
        "1 1 1",
    ),
    "telecom": (
        "Sinds dinsdag {ligt het internet eruit}. De provider {beloofde een monteur}, maar {er kwam "
        "niemand}. Intussen werk ik via de hotspot van mijn telefoon.",
        ["telecom"],
        "1 1 1",
    ),
    "energy": (
        "Bij de jaarafrekening bleek dat {de meterstand niet klopte}. Ik {@mailde de energieleverancier} "
        "drie keer. {Geen antwoord}. Wel {werd het termijnbedrag verdubbeld}.",
        ["energy"],
        "1 1 1 1",
    ),
    "retail_ecommerce": (
        "In mei bestelde ik een paar wandelschoenen bij een webshop. {De verkeerde maat geleverd}. Voor "
        "het retour {moest ik zelf betalen}, volgens de klantenservice.",
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
        "De intercity naar Zwolle {viel uit}. Op het perron {was niemand te vinden} en de conducteur {zei "
        "dat het zijn probleem niet was}.",
        ["rail"],
        "1 1 1",
    ),
    "air_travel": (
        "Onze vlucht naar Malaga {werd geannuleerd} terwijl we al bij de gate zaten. De "
        "luchtvaartmaatschappij {gaf geen hotel} en {onze koffers waren weg}.",
        ["air_travel"],
        "1 1 1",
    ),
    "hospitality": (
        "We zaten op het terras en {wachtten drie kwartier}. De ober {gooide een glas wijn om} over mijn "
        "jurk en {liep lachend weg}. Het hoofdgerecht {was koud}.",
        ["hospitality"],
        "1 1 1 1",
    ),
    "public_sector": (
        "Voor een nieuw paspoort {@ging ik naar het loket} van de gemeente. De ambtenaar {stuurde me "
        "weg}: {de pasfoto voldeed niet aan de eisen}.",
        ["public_sector"],
        "1 1 1",
    ),
    "healthcare": (
        "Mijn vader lag in het ziekenhuis. De arts {kwam niet opdagen}, en de verpleegkundige {snauwde "
        "hem af}. Op de uitslag van het onderzoek {wachtten we zes weken}.",
        ["healthcare"],
        "1 1 1",
    ),
    "housing": (
        "Al sinds november {lekt het dak van mijn flat}. De woningcorporatie {stuurde een loodgieter die "
        "niets deed}. De huur {ging intussen wel omhoog}.",
        ["housing"],
        "1 1 1",
    ),
    "home_construction": (
        "De aannemer zou in maart beginnen. {In juni stond er nog geen muur}. De badkamer {is scheef "
        "betegeld} en op de laatste offerte {kwam er ineens meerwerk bij}.",
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
        "Ons proefabonnement op de krant {werd stilzwijgend verlengd}. De abonneeservice {was "
        "onbereikbaar} en {het weekend daarop kwam er geen krant}.",
        ["media_subscription"],
        "1 1 1",
    ),
    "fitness_subscription": (
        "Door een blessure {!wilde ik mijn lidmaatschap opzeggen}. De sportschool {weigerde dat}: {het "
        "abonnement liep nog tien maanden}.",
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
        "Mijn bank {blokkeerde mijn rekening} zonder uitleg. Ik {@belde vier keer} en {werd steeds "
        "doorverbonden}. Een nieuwe bankpas {kwam er niet}.\n\n"
        "Hoe anders ging het bij de schoenwinkel op de hoek. De verkoopster {+herkende me meteen}, en "
        "toen de laarzen niet goed waren, {kreeg ik direct een nieuw paar}.",
        ["banking", "retail_ecommerce"],
        "1 1 1 1 2 2",
    ),
    "a bad airline and a good hotel": (
        "Onze vlucht {had elf uur vertraging}. De luchtvaartmaatschappij {gaf geen enkele uitleg} en "
        "{onze bagage was zoek}.\n\n"
        "In het hotel daarentegen {+stond de receptioniste ons op te wachten}. We {+kregen een grotere "
        "kamer} en het ontbijt {+werd voor ons bewaard}. De hotelmanager {+kwam zich voorstellen}.",
        ["air_travel", "hospitality"],
        "1 1 1 2 2 2 2",
    ),
    "headings": (
        "De verzekeraar\n\n"
        "Na de inbraak {@belde ik mijn verzekeraar}. {Drie weken hoorde ik niets}. De polis {dekte het "
        "niet}.\n\n"
        "De garage\n\n"
        "Bij de garage ging het beter. De monteur {+belde zelf terug} en de auto {was op tijd klaar}. De "
        "garagehouder {+gaf nog een hand}.",
        ["insurance", "automotive"],
        "1 1 1 2 2 2",
    ),
    "and back to the first": (
        "Mijn provider {sloot het internet af}. De modem {deed niets meer}. {@Ik belde de provider} en "
        "{zat een uur in de wacht}.\n\n"
        "Bij de bakker gaat het anders. De bakker {+kent mijn naam}, de verkoopster {+vraagt naar mijn "
        "moeder}. De winkel {+is een feest}.\n\n"
        "Terug naar mijn provider. De provider {stuurde een monteur} voor de modem, en {het internet "
        "werkt weer}.",
        ["telecom", "retail_ecommerce"],
        "1 1 1 1 2 2 2 1 1",
    ),
    "three organisations": (
        "De gemeente {raakte mijn aanvraag kwijt}. Aan het loket zei de ambtenaar dat {het paspoort er "
        "nog niet was}.\n\n"
        "Daarna de energieleverancier. {De meterstand was geschat} en {de eindafrekening klopte niet}. De "
        "energieleverancier {antwoordde niet}.\n\n"
        "Gelukkig was er ook een lichtpunt: de huisarts. De doktersassistente {+nam alle tijd} en de "
        "huisarts {+belde 's avonds nog even op}.",
        ["public_sector", "energy", "healthcare"],
        "1 1 2 2 2 3 3",
    ),
    "another firm in the same line": (
        "De garage {maakte een fout bij de apk}. De monteur {wilde er niets van weten}. De garage "
        "{rekende alles}.\n\n"
        "Bij een andere garage {+werd ik meteen geholpen} en {kostte het niets}.",
        ["automotive", "automotive"],
        "1 1 1 2 2",
    ),
    "a good restaurant first": (
        "In restaurant De Linde {+werden we hartelijk ontvangen}. De ober {+wist nog wat we vorig jaar "
        "aten}. Het dessert {+kregen we cadeau}.\n\n"
        "Diezelfde dag kregen we met de parkeergarage te maken. De slagboom {bleef dicht}, de "
        "parkeerbeheerder {nam niet op} en {de parkeerkaart werd dubbel afgerekend}.",
        ["hospitality", "parking"],
        "1 1 1 2 2 2",
    ),
}

HARD = {
    "a hotel is only where it happened": (
        "Tijdens onze vakantie, we sliepen in een hotel aan zee, {werkte mijn bankpas ineens niet meer}. "
        "Ik {@belde de bank} vanuit de lobby van het hotel. De bank {zei dat ik naar een filiaal moest "
        "komen}. {Drie dagen zonder geld} in een restaurant is geen pretje.",
        ["banking"],
        "1 1 1 1",
    ),
    "a sofa is no bank": (
        "Ik zat op de bank toen de bezorger {het pakket over de schutting gooide}. Het pakketbedrijf {ontkende alles}.",
        ["delivery"],
        "1 1",
    ),
    "the bill is no bank account": (
        "De loodgieter {stuurde een rekening van 400 euro} en {bracht de voorrijkosten dubbel in "
        "rekening}. De kraan {lekt nog}.",
        ["home_construction"],
        "1 1 1",
    ),
    "a webshop and its courier are one story": (
        "Bij de webshop {werd mijn bestelling te laat verzonden}. De bezorger kwam donderdag, {met de "
        "verkeerde laptop}. De webshop {wilde het retour niet vergoeden}. Na vier mails {kreeg ik het "
        "aankoopbedrag terug}.",
        ["retail_ecommerce"],
        "1 1 1 1",
    ),
    "the insurer of a car": (
        "Iemand reed tegen mijn auto. De verzekeraar {wilde de schade aan de bumper niet betalen}. De "
        "garage schatte de reparatie op 900 euro, en de verzekeraar {vond dat te veel}. De polis {was "
        "ineens aangepast}.",
        ["insurance"],
        "1 1 1",
    ),
    "the insurer of a patient": (
        "Mijn zorgverzekeraar {vergoedt de operatie niet}. De arts had een verwijzing geschreven en het "
        "ziekenhuis had een datum. Ik {@belde de zorgverzekeraar} en {kreeg een andere uitleg}.",
        ["insurance"],
        "1 1 1",
    ),
    "leaving for a rival opens no episode": (
        "De provider {liet ons drie weken zonder internet}. {Geen excuses}. We {!zijn overgestapt naar "
        "een andere provider}.",
        ["telecom"],
        "1 1 1",
    ),
    "advice is reflection": (
        "De sportschool {schreef drie maanden te veel af}. De fitnessclub {reageerde niet op mijn mail}.\n\n"
        "Wat kunnen organisaties hiervan leren? {~Bied je excuses aan}, of je nu een bank, een hotel of "
        "een winkel bent. {~Bel de klant terug} en {~los het op}.",
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
        "Net als bij een garage weet je bij een tandarts nooit wat het kost. Mijn tandarts {rekende een "
        "vulling te veel} en de assistente {wilde de rekening niet aanpassen}. De kies {doet nog altijd "
        "pijn}.",
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
        "De verhuurder {reageerde niet} op de lekkage in de badkamer. Een loodgieter vond het lek, maar "
        "de verhuurder {wilde de rekening niet betalen}. De huur {moest wel op tijd}.",
        ["housing"],
        "1 1 1",
    ),
    "reading about it in the paper": (
        "In de krant las ik over de staking. Het station was leeg, {de trein naar Gent reed niet} en de "
        "NMBS {verwees me naar de website}. {Niemand op het perron wist iets}.",
        ["rail"],
        "1 1 1",
    ),
    "a tablet with the subscription": (
        "Bij een jaarabonnement op het weekblad hoorde een tablet. {De tablet kwam niet}. De "
        "abonneeservice {beloofde een nieuwe tablet}. Weer {geen tablet}. Ik had hem voor mijn zoon "
        "besteld.",
        ["media_subscription"],
        "1 1 1",
    ),
    "called by its name": (
        "Vorig jaar boekte ik bij Zonnewende Reisbureau een chalet. Zonnewende {stuurde de verkeerde "
        "sleutel} en de auto moest 's nachts op de parkeerplaats. Ik {@belde Zonnewende}. De "
        "parkeerplaats {kostte twintig euro}.",
        ["hospitality"],
        "1 1 1",
    ),
}

SEEDS = ("000", "001", "002", "003", "004")

ALL = SINGLE | SEVERAL | HARD


@pytest.mark.parametrize("name", ALL)
def test_episodes(name: str) -> None:
    text, expected, numbers = ALL[name]
    assert found(text) == (expected, numbers)


# Stories of another kind of wording, in which every sentence tells an event: (industries, text).
STORIES = [
    (
        ["banking"],
        "Dertig jaar zat ik bij dezelfde bank. Toen ik vorige week wilde pinnen bij de supermarkt, weigerde "
        "het apparaat. Ik stond daar met een volle kar en een rij achter me. Thuis meteen gebeld: vijftig "
        "minuten muziek. Ze hadden mijn pas vervangen zonder het te zeggen. De nieuwe lag nog bij de post. "
        "'Dat is ons beleid, mevrouw.'",
    ),
    (
        ["telecom"],
        "Ik had een storing aan mijn televisie en internet. Drie keer thuisgebleven voor een technieker die "
        "niet kwam opdagen. De laatste keer zat ik op de bank te wachten met een krant. Toen belden ze dat "
        "hij langs was geweest. Niet dus. Nu betaal ik al twee maanden voor niks.",
    ),
    (
        ["retail_ecommerce"],
        "Wij hadden een hoekbank gekocht in Roermond. Levertijd acht weken. Na veertien weken belden we "
        "zelf maar eens. De verkoper wist van niets. Toen de bank eindelijk kwam, was hij groen in plaats "
        "van grijs. Ruilen mocht niet, want het was maatwerk. We zitten nu op een groene bank.",
    ),
    (
        ["energy"],
        "Na de verhuizing kregen wij twee voorschotten per maand, één voor het oude en één voor het nieuwe "
        "adres. Stroom en gas samen 480 euro. Ik heb vier keer gebeld en elke keer moest ik opnieuw mijn "
        "verhaal doen. De laatste medewerkster hing op.",
    ),
    (
        ["delivery"],
        "Ik zat de hele dag thuis te wachten. Om vijf uur kreeg ik een melding: niet thuis aangetroffen. De "
        "bestelbus is niet eens de straat ingereden, dat zag ik op de camera. Mijn pakje lag de volgende "
        "dag bij een tankstation twaalf kilometer verder. Gebeld met DHL en die zeiden dat de chauffeur "
        "gelijk had.",
    ),
    (
        ["rail"],
        "Elke ochtend hetzelfde liedje op het station van Mechelen: tien minuten later, twintig minuten "
        "later, afgeschaft. Ik mis mijn overstap en mijn baas gelooft me niet meer. De compensatie die ik "
        "aanvroeg werd geweigerd, want het formulier was te laat. Gisteren snauwde een begeleider dat ik "
        "maar met de auto moest gaan.",
    ),
    (
        ["air_travel"],
        "We stonden om vier uur 's nachts in de rij. De balie ging niet open. Na drie uur kregen we te "
        "horen dat er overboekt was en dat wij niet mee mochten. Een voucher voor een broodje, dat was "
        "alles. Schiphol zei: bel Transavia. Transavia zei: vul het formulier in. We zijn nu vijf maanden "
        "verder.",
    ),
    (
        ["hospitality"],
        "We vierden de verjaardag van oma met twaalf man. De soep was lauw, de biefstuk taai en de wijn "
        "werd over de tafel gemorst. Toen ik er iets van zei, haalde de bediening haar schouders op. De "
        "rekening klopte ook niet: twee desserts te veel. De eigenaar vond dat we zeurden.",
    ),
    (
        ["public_sector"],
        "Ik wilde mijn vader helpen met zijn aangifte. De Belastingdienst had een brief gestuurd die "
        "niemand begreep. Aan de telefoon werd ik drie keer doorverbonden. Uiteindelijk zei een meneer dat "
        "ik een machtiging nodig had. Die aanvragen duurt zes weken. De aanslag moest binnen vier weken "
        "betaald zijn.",
    ),
    (
        ["healthcare"],
        "Mijn moeder is gevallen en moest een foto laten maken. Vijf uur in de wachtkamer op een harde "
        "stoel. De dokter keek haar niet aan en sprak tegen zijn scherm. Er was niets gebroken, zei hij. "
        "Twee dagen later belde een ander dat de heup toch gebroken was. Geen woord van spijt.",
    ),
    (
        ["housing"],
        "Sinds oktober hebben wij geen warm water. De huisbaas zegt dat hij ermee bezig is. Ik heb hem 14 "
        "keer geappt. Er kwam één keer iemand kijken, die schroefde de ketel open en ging weg. In de "
        "slaapkamer van de kinderen zit schimmel. De huur is wel verhoogd.",
    ),
    (
        ["home_construction"],
        "Onze nieuwe keuken werd op een dinsdag geplaatst. Het blad had een barst, twee deurtjes ontbraken "
        "en de oven paste niet. De monteur haalde zijn schouders op. In de showroom beloofden ze de wereld. "
        "Nu, drie maanden later, koken we op een campinggasje. Elke week is er een andere smoes.",
    ),
    (
        ["automotive"],
        "Bij 60.000 kilometer begaf de motor het. Volgens de dealer had ik de olie niet op tijd laten "
        "verversen, terwijl alle stempels in het boekje staan. De importeur verwees me terug naar de "
        "dealer. Drie maanden zonder wagen. Ik moest met de bus naar mijn werk.",
    ),
    (
        ["parking"],
        "64 euro voor twee uur. Ik was vergeten de app te stoppen. Parkeren in de binnenstad is sowieso "
        "duur, maar dit slaat alles. Ik stuurde een nette mail. Ik kreeg de algemene voorwaarden terug. Nog "
        "een mail, weer de voorwaarden.",
    ),
    (
        ["media_subscription"],
        "Al twee weken ligt er 's ochtends geen krant op de mat. De bezorger is ziek, zeggen ze, en er is "
        "geen vervanger. Mijn man leest hem al veertig jaar aan het ontbijt. Digitaal lezen is geen "
        "alternatief, hij ziet slecht. Ik kreeg een cadeaubon van vijf euro. Opzeggen kan pas in maart.",
    ),
    (
        ["fitness_subscription"],
        "Ik ben verhuisd naar een dorp zonder vestiging. Toch moest ik nog elf maanden doorbetalen om te "
        "sporten in een stad waar ik nooit meer kom. De trainer vond het ook raar. Het hoofdkantoor stuurde "
        "een standaardmail. Na mijn derde mail mocht ik eruit, maar het inschrijfgeld was ik kwijt.",
    ),
    (
        ["insurance"],
        "Ons kelder stond onder water en de wasmachine was kapot. De expert kwam na twee weken en bleef "
        "vijf minuten. We kregen 200 euro voor een schade van 3000. De makelaar beloofde beroep aan te "
        "tekenen, maar daar hebben we nooit meer iets van gehoord. De premie is intussen gestegen.",
    ),
    (
        ["other"],
        "De notaris vergat onze afspraak. Twee keer. Toen we eindelijk aan tafel zaten, stond de verkeerde "
        "naam in de akte. Herstellen kostte honderd euro, want dat was een wijziging. De secretaresse vond "
        "het ook gek maar zo was de regel.",
    ),
    (
        ["retail_ecommerce"],
        "Mijn dochter kreeg voor haar verjaardag een fiets. Na twee dagen brak de trapper af. De winkel "
        "wilde hem wel maken, maar dan moest hij eerst naar de fabriek. Drie weken. Mijn dochter ging al "
        "die tijd te voet naar school. Toen hij terugkwam, zat er een kras op het frame.",
    ),
    (
        ["banking"],
        "Voor onze hypotheek moesten we zeven formulieren invullen. De adviseur was vriendelijk, maar "
        "telkens ontbrak er iets. Een loonstrook, een handtekening, een kopie van het paspoort. De verkoper "
        "van het huis werd ongeduldig. Op de laatste dag zei de bank ineens nee, omdat mijn man "
        "zelfstandige is.",
    ),
    (
        ["public_sector"],
        "De stoeptegels voor ons huis liggen al een jaar los. Mijn buurvrouw is gevallen en brak haar pols. "
        "Ik heb het vier keer gemeld via de app van de gemeente. Elke keer staat er: afgehandeld. Er is "
        "niemand geweest. De wethouder antwoordt niet op mijn brief.",
    ),
    (
        ["healthcare"],
        "De apotheek had mijn medicijnen niet op voorraad. Kom morgen terug. Morgen waren ze er weer niet. "
        "Mijn verzekering vergoedt alleen een ander merk. De huisarts moest een nieuw recept schrijven. Na "
        "een week had ik eindelijk mijn pillen.",
    ),
    (
        ["telecom"],
        "Drie jaar betaalde ik voor een simkaart die ik nooit heb aangevraagd. In de winkel van Proximus "
        "zeiden ze dat ze dat niet konden zien. Op de website kwam ik in een chatbot terecht. Na een "
        "aangetekende brief kreeg ik de helft terugbetaald op mijn rekening. De andere helft is verjaard, "
        "zeggen ze.",
    ),
    (
        ["hospitality"],
        "Wij boekten een huisje op een park in Drenthe via Booking.com. Bij aankomst bleek het huisje al "
        "bezet. De receptie was dicht. Booking liet ons een uur in de wacht en zei toen dat wij zelf iets "
        "anders moesten zoeken. De trein naar huis hadden we gemist, dus we sliepen in de auto.",
    ),
    (
        ["energy"],
        "Sinds de komst van de slimme meter betalen wij het dubbele. De monteur die hem plaatste zei dat "
        "dat niet kon. Ik heb zelf de standen genoteerd in een schriftje. Vattenfall wil daar niet naar "
        "kijken. Mijn schoonzoon is elektricien en die zegt dat de meter fout is aangesloten.",
    ),
    (
        ["automotive"],
        "Voor de keuring bracht ik mijn auto bij een garage om de hoek. Ze belden dat de remmen moesten "
        "worden vervangen. Achteraf bleek bij mijn broer dat er oude remblokken in zaten. Ik heb een foto "
        "gestuurd. Ze hebben me geblokkeerd op WhatsApp. De verzekering kan niets doen.",
    ),
    (
        ["telecom", "other"],
        "Elf keer. Zo vaak heb ik mijn internetprovider gebeld over een factuur die niet van mij was. Elf "
        "keer legde ik hetzelfde uit. Bij nummer twaalf dreigde ik met de ombudsman en toen kon het opeens "
        "wel.\n\n"
        "Op zaterdag ga ik naar mijn kapper. Hij weet hoe ik mijn koffie drink. Vorige keer was ik niet "
        "tevreden over mijn pony. De kapper zei: ga zitten, dat maken we in orde. Hij rekende niets.",
    ),
    (
        ["banking"],
        "Onze bank sluit het laatste kantoor in het dorp. De bakker was al weg, de winkel ook. Ik ging met "
        "mijn moeder naar de bank in de stad. De bus rijdt één keer per uur. Ze moest een nummertje "
        "trekken. De jongen aan de balie zei dat ze het met de app moest doen. Zij is 87 en heeft geen "
        "telefoon met internet. Ze kwam huilend buiten.",
    ),
    (
        ["retail_ecommerce", "parking"],
        "Mijn nieuwe wasmachine stopte na drie weken. De winkel beloofde donderdag te komen. Niemand. De "
        "verkoper vond het erg, maar kon niets doen. De fabrikant stuurde me terug naar de winkel. En alsof "
        "het niet genoeg was, kreeg ik diezelfde week een parkeerboete. Ik had gewoon betaald via de app. "
        "Het parkeerbedrijf keek niet eens naar mijn bewijs. Drie brieven later trok de parkeerdienst de "
        "boete in.",
    ),
    (
        ["insurance", "automotive"],
        "Mijn auto werd aangereden op de parkeerplaats van de supermarkt. De verzekeringsmaatschappij deed "
        "er vier maanden over. Steeds een andere medewerker, steeds dezelfde vragen. De polis bleek niet "
        "goed ingevoerd. Hoe anders verliep het bij het garagebedrijf. De monteur gaf me meteen een "
        "leenauto. De garage belde elke vrijdag hoe het ervoor stond. Ze hebben zelfs de auto gewassen.",
    ),
    (
        ["public_sector"],
        "Voor het rijbewijs moest ik naar het gemeentehuis. De parkeergarage was vol, dus ik kwam vijf "
        "minuten te laat. De ambtenaar zei dat mijn afspraak vervallen was. Een nieuwe kon pas over drie "
        "weken. Met de trein en de bus ben ik teruggekomen. Toen was het systeem plat.",
    ),
    (
        ["healthcare", "hospitality"],
        "Na de operatie van mijn man mochten we niet bij hem. De verpleegkundige zei dat het bezoekuur "
        "voorbij was. De chirurg belde niet terug. Uiteindelijk hoorden we van de patiënt naast hem hoe het "
        "was gegaan.\n\n"
        "Diezelfde avond aten we in een restaurantje tegenover. De serveerster zag dat we hadden gehuild. "
        "Ze bracht een schaaltje soep dat we niet besteld hadden. 'Van het huis.' Die ober vergeet ik "
        "nooit.",
    ),
    (
        ["energy"],
        "Wat is service? In mijn vorige column schreef ik over hotels en restaurants, over luchtvaart en "
        "over de bank. Deze keer gaat het over mijn energieleverancier. Die stuurde een eindafrekening van "
        "1900 euro. Ik belde en werd doorverbonden met een afdeling die niet meer bestond. De meterstand "
        "was geschat. Na acht weken kwam er een excuusbrief met een andere naam erop.",
    ),
    (
        ["rail", "retail_ecommerce"],
        "De trein stond stil bij Tilburg. Anderhalf uur. De conducteur liet zich niet zien. NS verwees naar "
        "een formulier. Het formulier vroeg om een ovchipkaart die ik niet had. Nee, dan de boekhandel op "
        "het station. De verkoopster had het boek niet, maar ze belde vier andere boekwinkels. De volgende "
        "dag lag het in mijn brievenbus.",
    ),
    (
        ["housing"],
        "De lift in onze flat is al tien weken stuk. De syndicus reageert niet op mails. Mijn buurvrouw van "
        "81 kan niet naar de dokter. De aannemer die de lift moest herstellen, wacht op een offerte. De "
        "verzekering wacht op de syndicus. Vorige week heb ik een aangetekende brief gestuurd. Die kwam "
        "terug.",
    ),
    (
        ["media_subscription", "banking"],
        "Ik wilde mijn abonnement op het tijdschrift stopzetten. De abonneeservice zei dat ik te laat was. "
        "Ik had een e-mail als bewijs. De uitgever vond dat geen bewijs. Toen heb ik mijn bank gebeld. De "
        "bankmedewerkster boekte het bedrag meteen terug. Ze blokkeerde de incasso en wenste me een fijne "
        "dag. Zo kan een bank dus ook zijn.",
    ),
    (
        ["retail_ecommerce", "retail_ecommerce"],
        "Bij de ene webwinkel bestelde ik een jas. Verkeerde kleur. Retour duurde zes weken en ik kreeg "
        "twintig euro te weinig terug.\n\n"
        "Bij een andere webwinkel bestelde ik daarna dezelfde jas. Die zat de volgende dag in de bus met "
        "een handgeschreven kaartje. Toen hij te klein bleek, stuurden ze er meteen een nieuwe.",
    ),
]

# A hotel that is named once, as where the holiday was, and told of without a word of its trade.
UNNOTICED = (
    "Vorige zomer waren we in Toscane in een klein hotel. De eigenares bracht ons elke ochtend verse "
    "vijgen. Toen mijn zoon koorts kreeg, reed ze zelf naar de apotheek. We hebben daar gehuild bij het "
    "afscheid. Dan de terugreis. De vliegmaatschappij had onze stoelen verkocht. De stewardess zei dat "
    "kinderen ook alleen kunnen zitten. Mijn dochter van vijf zat veertien rijen achter ons. Ik heb een "
    "klacht ingediend en kreeg een kortingscode."
)


def throughout(text: str) -> list[Told]:
    return [Told(start, end, "treatment") for start, end in read(text).sentences]


@pytest.mark.parametrize(("expected", "text"), STORIES, ids=lambda value: str(value)[:40])
def test_stories(expected: list[str], text: str) -> None:
    assert [episode.industry for episode in episodes(read(text), throughout(text))[0]] == expected


@pytest.mark.xfail(strict=True, reason="a place after a preposition counts as the setting of the story")
def test_a_firm_that_is_only_a_place() -> None:
    found, _ = episodes(read(UNNOTICED), throughout(UNNOTICED))
    assert [episode.industry for episode in found] == ["hospitality", "air_travel"]


def test_the_metadata_name_the_main_organisation() -> None:
    text = SEVERAL["a bad bank and a good shop"][0]
    assert found(text, "insurance") == (["insurance", "retail_ecommerce"], "1 1 1 1 2 2")
    assert found(text, "retail_ecommerce") == (["retail_ecommerce"], "1 1 1 1 1 1")
    assert found(SINGLE["nothing to go by"][0], "rail") == (["rail"], "1 1")


def test_the_metadata_keep_two_firms_of_one_line_apart() -> None:
    text = SEVERAL["another firm in the same line"][0]
    assert found(text, "insurance") == (["insurance", "insurance"], "1 1 1 2 2")


@pytest.mark.parametrize("text", ["", "Wij spraken over banken.", "Mijn bank {~moet luisteren}. {?Lukt dat}?"])
def test_without_an_actual_event_there_is_no_episode(text: str) -> None:
    industries_found, numbers = found(text, "banking")
    assert industries_found == []
    assert set(numbers.split()) <= {"-"}


def test_evidence_is_quoted_from_the_text() -> None:
    reading, told = marked(SEVERAL["and back to the first"][0])
    for episode in episodes(reading, told)[0]:
        assert episode.evidence
        for word, start, end in episode.evidence:
            assert reading.text[start:end] == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mijn bank", [("banking", 6.0)]),
        ("de bank", [("banking", 4.0)]),
        ("net als bij een bank", [("banking", 1.0)]),
        ("op de bank", []),
        ("het hotel", [("hospitality", 3.0)]),
        ("in het hotel", [("hospitality", pytest.approx(1.2))]),
        ("een fietsverzekering", [("insurance", 2.5)]),
        ("bij bol.com", [("retail_ecommerce", 4.0)]),
        ("met Base gebeld", [("telecom", 4.0)]),
        ("de base van de lamp", []),
        ("Lindenhof Bank. Ik belde Lindenhof", [("banking", 4.0)] * 3),
    ],
)
def test_what_a_word_weighs(text: str, expected: list[tuple[str, float]]) -> None:
    assert [(clue.industry, clue.weight) for clue in clues(read(text), lexicon("nl"))] == expected


def test_what_keeps_coming_back_tells_ever_less() -> None:
    weights = [clue.weight for clue in clues(read("laptop, laptop, laptop"), lexicon("nl"))]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


def test_every_industry_of_the_codebook_has_labels_and_evidence() -> None:
    told = " ".join(SINGLE[name][0] for name in industries())
    assert {clue.industry for clue in clues(read(told), lexicon("nl"))} >= set(industries())
    assert len(industries()) == 18
    assert all(label for labels in industries().values() for label in (labels["nl"], labels["en"]))


def test_a_language_without_evidence_words_is_refused() -> None:
    with pytest.raises(RuleError, match=r"codebook/xx/industries\.toml is missing"):
        lexicon("xx")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"banks": {"names": ["x"]}}, r"a\.toml: \[banks\] is no industry; they are: banking"),
        ({"banking": {"firms": ["x"]}}, r"a\.toml: \[banking\] firms is unknown; use one of names"),
        ({"banking": {"names": ["*"]}}, r"a\.toml: \[banking\] names: '\*' holds no word"),
        ({"related": {"pairs": [["banking", "x"]]}}, r"a\.toml: \[related\] x is no industry"),
    ],
)
def test_wrong_evidence_is_refused(change: dict[str, dict[str, list[str]]], message: str) -> None:
    data = {
        "weights": dict.fromkeys(("names", "organisations", "products", "places", "hints"), 1.0),
        "none": {"rows": []},
        "related": {"pairs": []},
        "cues": {name: [] for name in CUES},
    }
    with pytest.raises(RuleError, match=message):
        Lexicon(data | change, "a.toml")


PARTS = [part for text, _, _ in ALL.values() for part in text.split("\n\n")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=6), st.sampled_from([None, *industries()]))
def test_laws(parts: list[str], industry: str | None) -> None:
    reading, told = marked("\n\n".join(parts))
    stretches, numbers = episodes(reading, told, industry)
    assert len(numbers) == len(told)
    first = [number for number, mention in zip(numbers, told, strict=True) if mention.realis == "actual"]
    assert list(dict.fromkeys(first)) == [episode.number for episode in stretches]  # in order of telling
    assert all(isinstance(episode, Episode) and episode.industry in industries() for episode in stretches)
    assert bool(stretches) == any(mention.realis == "actual" for mention in told)
    if industry and stretches:
        assert industry in {episode.industry for episode in stretches}
    assert episodes(reading, told, industry) == (stretches, numbers)


def test_time_is_linear_in_the_text() -> None:
    def seconds(times: int) -> float:
        reading, told = marked("\n\n".join(PARTS * times))
        best = []
        for _ in range(3):
            start = time.process_time()
            episodes(reading, told)
            best.append(time.process_time() - start)
        return min(best)

    assert seconds(32) < 4 * 2.5 * max(seconds(8), 0.01)


@pytest.mark.parametrize("doc", SEEDS)
def test_seeds(doc: str, shared: Path) -> None:
    """With the gold events, the episodes of the gold profiles."""
    source = next(shared.glob(f"seeds/{doc}_*.txt"))
    events = [json.loads(line) for line in (shared / "gold/seeds.jsonl").read_text("utf-8").splitlines()]
    fields = ("start", "end", "type", "realis", "actor")
    told = [Told(*(event[name] for name in fields)) for event in events if event["doc"] == source.stem]
    stretches, _ = episodes(read(source.read_bytes().decode("utf-8")), told)
    profiles = [json.loads(line) for line in (shared / "gold/profiles.jsonl").read_text("utf-8").splitlines()]
    expected = [(p["episode"], p["industry"]) for p in profiles if p["doc"] == source.stem]
    assert [(episode.number, episode.industry) for episode in stretches] == expected


def test_corpus(root: Path) -> None:
    """The industry that the corpus gives is found from the text alone, mostly also in texts not written from."""
    with (root / "corpus/metadata.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["language"] == "nl"]
    with (root / "corpus/codings/planted.csv").open(encoding="utf-8", newline="") as table:
        designed = {row["id"] for row in csv.DictReader(table)}
    written_from = {row["id"] for row in rows if not row["split"] and row["id"] not in designed}
    wrong = []
    for row in rows:
        text = (root / "corpus" / row["file"]).read_text(encoding="utf-8")
        stretches, numbers = episodes(read(text), throughout(text))
        main = max(stretches, key=lambda episode: numbers.count(episode.number))
        if main.industry != row["industry"]:
            wrong.append(row["id"])
    assert len(written_from) == 12 and written_from.isdisjoint(wrong)
    assert len(wrong) <= 0.30 * (len(rows) - len(written_from))
