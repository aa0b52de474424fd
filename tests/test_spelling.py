"""Words that no rule knows: misspelt ones and compounds stand for words that the rules know."""

import pytest

from cxresearch.reading.parse import mentions, parser_for
from cxresearch.reading.spelling import Spelling, sound

KNOWN = ["geblokkeerd", "bereikbaar", "wachten", "pakket", "rekening", "vergoeding", "belachelijk", "app"]


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(KNOWN, ["pakket", "rekening", "app"], "nl")


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("geblokeerd", "geblokkeerd"),  # one letter for two
        ("geblokkeert", "geblokkeerd"),  # d and t sound alike
        ("berijkbaar", "bereikbaar"),  # ij and ei sound alike
        ("vergoedign", "vergoeding"),  # two letters changed places
        ("belacheljk", "belachelijk"),  # a letter is missing
        ("belachelijkk", "belachelijk"),
        ("spoedpakket", "pakket"),
        ("zichtrekening", "rekening"),
        ("inlogapp", "app"),
    ],
)
def test_an_unknown_word_stands_for_a_known_one(spelling: Spelling, word: str, right: str) -> None:
    assert spelling.stands_for(word) == (right,)


@pytest.mark.parametrize(
    "word",
    [
        "verwachten",  # a word of its own
        "beschikbaar",
        "wachter",
        "stap",  # ends in app by sound, is no compound
        "klapp",  # too short to be one
        "1234567",
        "polderkas",
        "",
    ],
)
def test_other_words_stand_for_nothing(spelling: Spelling, word: str) -> None:
    assert spelling.stands_for(word) == ()


def test_sound_is_stable() -> None:
    for word in KNOWN:
        assert sound(sound(word)) == sound(word)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Mijn rekening is geblokkeerd.", "Mijn rekening is geblokeerd."),
        ("Mijn pakket is nooit aangekomen.", "Mijn schoenenpakket is nooit aangekomen."),
        ("De factuur klopt niet.", "De tussenfactuur klopt niet."),
    ],
)
def test_the_parser_reads_both_alike(right: str, wrong: str) -> None:
    parser = parser_for("nl")
    events = [[(m.type, m.subtype, m.polarity) for m in mentions(text, parser)[1]] for text in (right, wrong)]
    assert events[0] == events[1] and events[0]
