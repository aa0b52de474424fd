"""What is no narrative goes, what is stays, and the way back to the source is kept."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.corpus import read_corpus
from cxresearch.corpus.cleaning import Cleaned, clean, rules

STORY = (
    "Vorige maand bestelde ik een fiets bij een webwinkel in de stad.\n\n"
    "Na drie weken was er nog niets geleverd, dus belde ik met de klantenservice.\n"
)
LINES = [case for rule in rules().lines for case in [(rule, text) for text in rule.cut]]
KEPT = sorted({text for rule in rules().lines for text in rule.keep})


def named(rule_and_text: object) -> str:
    return str(rule_and_text)[:40]


def assert_laws(source: str, cleaned: Cleaned) -> None:
    """Pieces make the text; pieces and cuts tile the source; cuts hold what they cut."""
    assert "".join(source[at : at + length] for _, at, length in cleaned.pieces) == cleaned.text
    starts = [text_start for text_start, _, _ in cleaned.pieces]
    lengths = [length for _, _, length in cleaned.pieces]
    assert starts == [sum(lengths[:i]) for i in range(len(lengths))]
    assert all(length > 0 for length in lengths)
    assert all(source[cut.start : cut.end] == cut.text != "" for cut in cleaned.cuts)
    tiles = sorted([(at, at + n) for _, at, n in cleaned.pieces] + [(c.start, c.end) for c in cleaned.cuts])
    assert [start for start, _ in tiles] == [0, *(end for _, end in tiles)][: len(tiles)]
    assert (tiles[-1][1] if tiles else 0) == len(source)


FRAGMENTS = st.sampled_from(
    [
        *(
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            " ",
            "\u00a0",
            "\ufeff",
            "\u200b",
            "🙂",
            "🏳️‍🌈",
            "<p>",
            "</p>",
            "<br>",
            "**",
            "# ",
        ),
        *(
            "Home",
            "Contact",
            "Inloggen",
            "Sluiten",
            "Reacties (3)",
            "Lees ook: iets",
            "Gerelateerde artikelen",
        ),
        *("Door: Jan Jansen", "12 mei 2019", "Noot van de redactie:", "Over de auteur", "‘Nee’, zei ze. "),
        *("Deze site gebruikt cookies.", "x7Kq2LmPz9RtVb4NcD8wYfG3hJ5sA0eU", "Ik wacht. "),
        "Ik belde de bank en kreeg na drie weken nog geen antwoord.",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=25).map("".join)))
def test_any_text_is_tiled_by_its_pieces_and_its_cuts(source: str) -> None:
    assert_laws(source, clean(source))


@settings(max_examples=30, deadline=None)
@given(st.lists(FRAGMENTS, max_size=10).map("".join), st.data())
def test_front_matter_is_a_cut_like_any_other(source: str, data: st.DataObject) -> None:
    skip = data.draw(st.integers(0, len(source)))
    cleaned = clean(source, skip=skip)
    assert_laws(source, cleaned)
    assert not any(at < skip for _, at, _ in cleaned.pieces)


@pytest.mark.parametrize(("rule", "text"), LINES, ids=named)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"], ids=repr)
def test_a_line_that_a_rule_describes_is_cut(rule: object, text: str, end: str) -> None:
    story = STORY.replace("\n", end)
    cleaned = clean(story + end + text)
    assert cleaned.text.strip() == story.strip()
    assert cleaned.cuts


@pytest.mark.parametrize("text", KEPT, ids=named)
def test_a_line_that_comes_near_a_rule_is_kept(text: str) -> None:
    for source in (
        STORY + text,
        text + "\n" + STORY,
        f"{STORY}{text}\n{STORY.upper()}",
        STORY.strip() + " " + text,
    ):
        assert clean(source).text == source


@pytest.mark.parametrize("rule", rules().inline, ids=lambda rule: rule.reason)
def test_signs_are_cut_and_what_comes_near_is_kept(rule: object) -> None:
    for text in rules().inline[0].keep:
        assert clean(STORY + text).text == STORY + text
    for one in rules().inline:
        assert all(one.pattern.search(text) for text in one.cut)
        assert not any(other.pattern.search(text) for text in one.keep for other in rules().inline)


def test_a_menu_below_a_byline_goes_and_a_heading_in_the_story_stays() -> None:
    head, body = STORY.split("\n\n")
    foot = "Eva de Boer @ Bureau Voorbeeld\n\n12 winkels\n\nSnel\n\nEerlijk\n"
    source = f"{head}\n\nEen muur van beleid\n\n{body}\n{foot}"
    cleaned = clean(source)
    assert cleaned.text.strip() == f"{head}\n\nEen muur van beleid\n\n{body}".strip()
    assert [cut.reason for cut in cleaned.cuts] == ["byline", "menu"]


def test_a_menu_at_the_head_goes_and_the_title_below_it_stays() -> None:
    cleaned = clean("Home\nOver ons\nTarieven\nContact\n\nMijn fiets\n\n" + STORY)
    assert cleaned.text == "Mijn fiets\n\n" + STORY
    assert clean("Lege belofte\nDichte deur\nLange rij\n\n" + STORY).cuts == ()


def test_short_lines_without_a_menu_are_a_story() -> None:
    for tail in ("Slechte service\nNooit meer\nTe duur", "Drie weken\nVijf telefoontjes\nNul fiets"):
        assert clean(STORY + tail).text == STORY + tail
        assert clean(tail).text == tail


def test_of_a_doubled_title_one_stays() -> None:
    cleaned = clean("Wachten op een fiets\n\nWachten op  een fiets\n\n" + STORY)
    assert cleaned.text == "Wachten op een fiets\n\n\n" + STORY
    assert [cut.reason for cut in cleaned.cuts] == ["doubled_title"]
    assert clean(STORY + "Nee.\n\nNee.\n").cuts == ()


@pytest.mark.parametrize("glued", [True, False])
def test_a_stray_token_before_the_first_word_goes(glued: bool) -> None:
    token = "x7Kq2LmPz9RtVb4NcD8wYfG3hJ5sA0eUbQ"
    source = "Wie beslist hier?\n\n" + token + ("" if glued else " ") + "Op een dag belde ik de bank over mijn pas."
    assert clean(source).text == "Wie beslist hier?\n\nOp een dag belde ik de bank over mijn pas."


def test_sentences_about_cookies_go_from_a_page_that_was_pasted_as_one_line() -> None:
    story = "Ik belde drie keer met de bank. Niemand nam op."
    assert clean(story + " Deze website gebruikt cookies. Meer informatie").text.strip() == story
    assert clean("Wij gebruiken cookies voor statistiek. " + story).text == story
    told = "Ik belde de bank. Volgens hen plaatst de website cookies die mijn pas blokkeren. Wat een onzin."
    assert clean(told).text == told


def test_dates_over_the_days_of_a_story_stay_and_one_over_the_whole_goes() -> None:
    diary = "3 mei 2019\nIk belde de bank over mijn pas en zij zou mij terugbellen.\n9 mei 2019\nNog niets.\n"
    assert clean(diary).text == diary
    assert clean("3 mei 2019\n\n" + STORY).text == STORY


def test_what_others_wrote_below_the_story_goes_but_never_the_larger_part() -> None:
    comments = "Reacties (2)\n\nPiet schreef dat hij dit ook heeft meegemaakt met een andere winkel in de stad.\n"
    assert clean(STORY * 2 + comments).text == STORY * 2
    assert STORY in clean("Een lange inleiding die mijn verhaal in acht woorden vertelt.\n2 reacties\n" + STORY).text


def test_html_goes_and_words_do_not_run_together() -> None:
    source = "<h1>Kapot</h1><p>Mijn <b>nieuwe</b> fiets was stuk.</p><p>Deze site gebruikt cookies.</p>"
    cleaned = clean(source)
    assert_laws(source, cleaned)
    assert cleaned.text == "Kapot>Mijn nieuwe fiets was stuk."
    assert {cut.reason for cut in cleaned.cuts} == {"markup", "cookie_notice"}


def test_a_soft_hyphen_goes_and_an_emoji_stays_whole() -> None:
    assert clean("on\u00admogelijk 👩\u200d💻\u00a0!").text == "onmogelijk 👩\u200d💻\u00a0!"


def test_the_seeds_lose_their_chrome_and_nothing_else(shared: Path) -> None:
    for narrative in read_corpus(shared / "seeds"):
        gone = " ".join(cut.text for cut in narrative.cuts)
        assert len(gone.split()) < 90
        for chrome in ("cookie", "Sluiten", "Registreer", "Matchen", "Gratis", "Urban", "Noot:", "4nT5"):
            assert chrome not in narrative.text
        assert len(narrative.text.split()) > 500


@pytest.mark.parametrize(
    "part",
    [
        "<p>ja</p>",
        "<script",
        "<p " + "a " * 300,
        "cookie ",
        "Deze site gebruikt cookies. ",
        "Home\n",
        "ja\n",
        "\n",
        "**a",
        "aB3",
        "<!--",
        "\r",
        "\u00ad",
    ],
    ids=repr,
)
def test_the_time_is_linear_in_the_length(part: str) -> None:
    text = "Sluiten" + part * (200_000 // len(part)) + "\nIk wacht."
    start = time.perf_counter()
    clean(text)
    assert time.perf_counter() - start < 10
