"""Units of topics join to the text, and what many narratives share is in none of them."""

from __future__ import annotations

import pytest

from cxresearch.analysis.topics import embed, fit_topics
from cxresearch.corpus import Corpus, corpus_from_texts
from cxresearch.units import LEVELS, boilerplate, units

STORY = (
    "Op maandag belde ik de bank over mijn pas. Niemand nam op.\n\n"
    "Na drie weken kreeg ik een brief van de bank. Excuses stonden er niet in."
)
NOTICE = "Deze bijdrage weerspiegelt uitsluitend de mening van de inzender."


def test_units_stand_where_they_say() -> None:
    corpus = corpus_from_texts({"a": STORY})
    for level in LEVELS:
        for unit in units(corpus, level, fewest_words=1).itertuples():
            assert " ".join(STORY[unit.start : unit.end].split()) == unit.text, level


def test_levels_cut_ever_larger() -> None:
    corpus = corpus_from_texts({"a": STORY})
    sizes = {level: len(units(corpus, level, fewest_words=1)) for level in LEVELS}
    assert sizes == {"sentence": 4, "paragraph": 2, "episode": 1, "narrative": 1}
    assert "episode" in units(corpus, "episode")
    with pytest.raises(ValueError, match="page"):
        units(corpus, "page")


def test_short_units_are_left_out_and_numbers_run_on() -> None:
    table = units(corpus_from_texts({"a": STORY}), "sentence", fewest_words=4)
    assert "Niemand nam op." not in set(table["text"])
    assert table["unit"].tolist() == [1, 2, 3]


def many(notice: bool) -> Corpus:
    themes = ["De trein naar {} reed weer eens niet op tijd.", "Het pakket uit {} kwam nooit bij mij aan."]
    heads = "Noorder Zuider Ooster Wester Midden Boven Beneden".split()
    places = [
        head + tail for head in heads for tail in "dorp hoek haven kerk brug veen dijk schans tol wal meer bos".split()
    ]
    texts = {}
    for n, place in enumerate(places):
        text = themes[n % 2].format(place) + f" Dat was keer {n} en ik ben er klaar mee."
        texts[f"n{n:03}"] = text + (f"\n\n{NOTICE}" if notice and n % 4 < 2 else "")
    return corpus_from_texts(texts)


def test_what_half_of_the_texts_share_is_cut_and_makes_no_topic() -> None:
    corpus = many(notice=True)
    shared = boilerplate(corpus)
    assert shared["text"].tolist() == [NOTICE]
    assert shared["narratives"].tolist() == [42]
    table = units(corpus, "sentence")
    assert not table["text"].str.contains("inzender").any()
    model = fit_topics(table, 3, embed(table["text"].tolist()))
    assert not model.words["word"].str.contains("inzender|bijdrage|mening").any()
    assert units(corpus, "sentence", shared=10_000)["text"].str.contains("inzender").any()


def test_metadata_come_along() -> None:
    assert set(units(many(False), "paragraph").columns) >= {"industry", "author", "genre"}
