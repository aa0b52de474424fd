"""Coherence, diversity and outliers of topics: values of gensim and by hand, bounds, planted topics."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.topics.quality import coherence, diversity, npmi, quality

# gensim 4.4.0: CoherenceModel(topics, texts, dictionary, coherence="c_npmi", window_size=50)
TEXTS = ["a b", "a b c", "a c", "b d", "d", "d c", "e a", "e"]
GENSIM = {"a b c": 0.11946527738066794, "a b d e": -0.43620026159483216, "a d": -0.9394167726719782}
GENSIM["c d e"] = -0.6284345155145893


def as_units(texts: list[str]) -> pd.DataFrame:
    names = [f"n{i:03}" for i in range(len(texts))]
    return pd.DataFrame({"narrative_id": names, "unit": 1, "text": texts, "author": names})


def as_words(*lists: str) -> pd.DataFrame:
    rows = [(topic, rank, word) for topic, own in enumerate(lists) for rank, word in enumerate(own.split(), start=1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "word"])


def test_npmi_is_that_of_gensim() -> None:
    found, _ = coherence([words.split() for words in GENSIM], as_units(TEXTS), str.split)
    assert found == pytest.approx(list(GENSIM.values()), abs=1e-9)


def test_npmi_by_hand() -> None:
    # a in 4 of 8 units, b in 3, both in 2: ln(.25 / (.5 * .375)) / -ln .25
    by_hand = np.log(0.25 / (0.5 * 0.375)) / -np.log(0.25)
    assert coherence([["a", "b"]], as_units(TEXTS), str.split)[0][0] == pytest.approx(by_hand)
    never = npmi(np.array(0.0), np.array(0.1), np.array(0.1))
    assert float(never) == pytest.approx(np.log(1e-12 / 0.01) / -np.log(1e-12))
    assert np.isnan(npmi(np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.array([1.0, 0.5]))).all()


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 50))
def test_npmi_lies_within_its_bounds_and_is_symmetric(both: int, one: int, other: int, none: int) -> None:
    n = both + one + other + none
    shares = np.array([both, both + one, both + other]) / n
    value = npmi(*shares)
    if shares[1:].min() > 0:
        assert -1 - 1e-9 <= value <= 1 + 1e-9
        assert value == npmi(shares[0], shares[2], shares[1])
    else:
        assert np.isnan(value)


def test_a_planted_topic_is_coherent_and_words_by_chance_are_not() -> None:
    random = np.random.default_rng(0)
    subjects = [[f"{name}{i}" for i in range(10)] for name in ("bank", "trein", "huis")]
    which = np.repeat(np.arange(3), 60)
    units = as_units([" ".join(random.choice(subjects[s], 4, replace=False)) for s in which])
    chance = [word for own in zip(*subjects, strict=True) for word in own][:10]
    words = as_words(*(" ".join(own) for own in [*subjects, chance]))
    assignments = units[["narrative_id", "unit"]].assign(topic=np.where(np.arange(180) % 10 == 0, -1, which))
    table = quality(words, assignments, units, analyzer=str.split, draws=200)
    assert table["scope"].tolist() == ["topic"] * 4 + ["all"]
    planted, by_chance, overall = table.iloc[:3], table.iloc[3], table.iloc[4]
    assert (planted["low"] > 0.2).all() and by_chance["high"] < 0
    assert (planted["low"] < planted["estimate"]).all() and (planted["estimate"] < planted["high"]).all()
    assert overall["estimate"] == pytest.approx(table["estimate"].iloc[:4].mean())
    assert overall["outliers"] == pytest.approx(0.1)
    assert table["n"].tolist() == [54, 54, 54, 0, 180]
    assert by_chance["diversity"] == 0 and overall["diversity"] == 30 / 40
    again = quality(words, assignments.sample(frac=1, random_state=1), units.sample(frac=1, random_state=2),
                    analyzer=str.split, draws=200)  # fmt: skip
    pd.testing.assert_frame_equal(table, again)


def test_diversity() -> None:
    assert diversity([["a", "b"], ["c", "d"]]) == 1
    assert diversity([["a", "b"], ["a", "b"]]) == 0.5


def test_what_cannot_be_told_says_why() -> None:
    units = as_units(TEXTS[:4])
    assignments = units[["narrative_id", "unit"]].assign(topic=0)
    table = quality(as_words("a b", "x y"), assignments, units, analyzer=str.split)
    assert table["reason"].iloc[0] == "interval not estimable: fewer than 5 clusters of units"
    assert table["reason"].iloc[1] == "not estimable: fewer than two of its words occur in the units"
    assert pd.isna(table["estimate"].iloc[1])
    with pytest.raises(ValueError, match="words: column rank missing"):
        quality(as_words("a b").drop(columns="rank"), assignments, units, analyzer=str.split)
    with pytest.raises(ValueError, match="units: column author missing"):
        quality(as_words("a"), assignments, units.drop(columns="author"), analyzer=str.split, cluster="author")
