"""Keyness: formulas by hand, what bursts of one author do, and what is too rare."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxresearch.analysis.keyness import item_counts, keyness, log_likelihood


def corpus(counts: np.ndarray, group: list[str], authors: list[str] | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of words (narratives by words) as the two tables; word 0 is w0."""
    names = [f"n{i:03}" for i in range(len(counts))]
    row, word = np.nonzero(counts)
    tokens = {"narrative_id": [names[i] for i in row], "token": [f"w{j}" for j in word], "count": counts[row, word]}
    return pd.DataFrame(tokens), pd.DataFrame({"narrative_id": names, "industry": group, "author": authors or names})


TEN = ["rail"] * 10 + ["energy"] * 10


def test_g2_by_hand() -> None:
    # Rayson and Garside (2000): E1 = c(a+b)/(c+d), E2 = d(a+b)/(c+d), G2 = 2(a ln(a/E1) + b ln(b/E2));
    # with a 62, b 18 in corpora of 10000 and 20000: E1 26.67, E2 53.33
    e1, e2 = 10000 * 80 / 30000, 20000 * 80 / 30000
    by_hand = 2 * (62 * np.log(62 / e1) + 18 * np.log(18 / e2))
    assert float(log_likelihood(*map(np.array, (62, 18, 10000, 20000)))) == pytest.approx(by_hand)
    only = 2 * 12 * np.log(12 / 4)  # a word that the other corpus does not have
    assert float(log_likelihood(*map(np.array, (12, 0, 10000, 20000)))) == pytest.approx(only)
    # of a rare word the two cells that are left out weigh next to nothing
    four = stats.chi2_contingency([[62, 9938], [18, 19982]], correction=False, lambda_="log-likelihood").statistic
    assert by_hand == pytest.approx(four, rel=0.01)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(501, 9000), st.integers(501, 9000))
def test_g2_is_never_negative_and_does_not_know_left_from_right(a: int, b: int, n: int, m: int) -> None:
    one, other = (float(log_likelihood(*map(np.array, x))) for x in ((a, b, n, m), (b, a, m, n)))
    assert one == pytest.approx(other) and one >= -1e-9


def test_every_figure_by_hand() -> None:
    counts = np.column_stack([[2] * 10 + [1] * 10, [8] * 10 + [19] * 10])
    row = keyness(*corpus(counts, TEN), "rail", prior=50).set_index("token").loc["w0"]
    assert row[["k", "n", "k_reference", "n_reference"]].tolist() == [20, 100, 10, 200]
    assert row[["narratives", "narratives_reference", "dispersion"]].tolist() == [10, 10, 0]
    assert row["estimate"] == pytest.approx(2)  # 20 % is four times 5 %
    assert row["low"] == pytest.approx(2) and row["high"] == pytest.approx(2)  # all narratives are alike
    alpha = 50 * 30 / 300  # Monroe et al. (2008), equations 16, 20 and 22
    delta = np.log((20 + alpha) / (100 + 50 - 20 - alpha)) - np.log((10 + alpha) / (200 + 50 - 10 - alpha))
    assert row["log_odds"] == pytest.approx(delta)
    assert row["z"] == pytest.approx(delta / np.sqrt(1 / (20 + alpha) + 1 / (10 + alpha)))
    assert row["p"] < 0.01


def test_dispersion_is_that_of_gries() -> None:
    # Gries (2008): five parts of equal size with 1 2 3 4 5 of 15: DP = (|.2-1/15| + ... + |.2-1/3|) / 2 = .2
    counts = np.column_stack([[1, 2, 3, 4, 5, 3, 3, 3, 3, 3], [19, 18, 17, 16, 15, 17, 17, 17, 17, 17]])
    table = keyness(*corpus(counts, ["rail"] * 5 + ["energy"] * 5), "rail", draws=99).set_index("token")
    assert table.loc["w0", "dispersion"] == pytest.approx(0.2)


def test_a_word_that_one_author_repeats_is_key_by_g2_but_not_by_the_permutation() -> None:
    random = np.random.default_rng(0)
    counts = random.poisson([2, 3, 20], size=(40, 3))
    counts[0, 0] += 60
    row = keyness(*corpus(counts, ["rail"] * 20 + ["energy"] * 20), "rail").set_index("token").loc["w0"]
    assert stats.chi2.sf(row["g2"], 1) < 0.001
    assert row["p"] > 0.05 and row["low"] < 0 < row["high"]


def test_with_a_planted_null_of_bursty_words_the_permutation_keeps_its_level_and_g2_does_not() -> None:
    # 5 corpora of 200 words in 60 narratives by 25 authors, who have words of their own; the words of a corpus are
    # nearly independent: Monte-Carlo error .7 points
    random, p, g2 = np.random.default_rng(5), [], []
    author = np.repeat(np.arange(25), [1, 2, 2, 3, 4] * 5)
    for seed in range(5):
        rate = random.gamma(0.5, 4, size=(25, 200))[author]
        group = np.where(np.repeat(random.random(25) < 0.5, [1, 2, 2, 3, 4] * 5), "rail", "energy")
        tokens, narratives = corpus(random.poisson(rate), list(group), [f"a{i}" for i in author])
        table = keyness(tokens, narratives, "rail", draws=299, seed=seed)
        p += table["p"].dropna().tolist()
        g2 += table["g2"].dropna().tolist()
    assert np.mean(np.array(p) <= 0.05) <= 0.065
    assert np.mean(stats.chi2.sf(g2, 1) <= 0.05) > 0.3


def test_a_planted_word_is_found_and_its_interval_holds_the_truth() -> None:
    random, found, covered = np.random.default_rng(6), 0, 0
    for seed in range(60):
        noise = random.gamma(4, 0.25, size=(80, 1))
        rate = np.where(np.arange(80)[:, None] < 40, [4, 96], [1, 99]) * np.hstack([noise, np.ones((80, 1))])
        tokens, narratives = corpus(random.poisson(rate), ["rail"] * 40 + ["energy"] * 40)
        row = keyness(tokens, narratives, "rail", draws=299, seed=seed).set_index("token").loc["w0"]
        found += row["p"] < 0.05
        covered += row["low"] <= 2 <= row["high"]
    assert found >= 57 and covered >= 52  # of 60; 57 expected, 52 is three standard errors below


def test_what_is_rare_is_not_estimable_and_an_absent_word_has_no_interval() -> None:
    counts = np.column_stack([[1] * 10 + [0] * 10, [2, 2] + [0] * 18, [30] + [0] * 19, [9] * 20])
    table = keyness(*corpus(counts, TEN), "rail").set_index("token")
    for word in ("w1", "w2"):
        assert table.loc[word, ["g2", "estimate", "z", "p"]].isna().all()
        assert table.loc[word, "reason"].startswith("not estimable: fewer than 5 occurrences")
    assert table.loc["w0", "estimate"] > 0 and table.loc["w0", "p"] < 0.01 and pd.isna(table.loc["w0", "low"])
    assert table.loc["w0", "reason"] == "interval not estimable: one group does not have it"
    few = keyness(*corpus(counts[[0, 1, 2, 10, 11, 12]], ["rail"] * 3 + ["energy"] * 3), "rail").set_index("token")
    assert pd.isna(few.loc["w3", "low"]) and "fewer than 5 clusters" in few.loc["w3", "reason"]


def test_the_order_of_rows_does_not_matter_and_a_reference_leaves_others_out() -> None:
    random = np.random.default_rng(1)
    tokens, narratives = corpus(random.poisson(3, size=(20, 4)), TEN)
    one = keyness(tokens, narratives, "rail")
    pd.testing.assert_frame_equal(one, keyness(tokens.iloc[::-1], narratives.iloc[::-1], "rail"))
    more = pd.DataFrame({"narrative_id": ["x"], "industry": ["parking"], "author": ["x"]})
    told = pd.DataFrame({"narrative_id": ["x"], "token": ["w0"], "count": [50]})
    wider = pd.concat([tokens, told]), pd.concat([narratives, more])
    same = keyness(*wider, "rail", reference="energy")
    pd.testing.assert_frame_equal(one.drop(columns="compared_with"), same.drop(columns="compared_with"))
    assert keyness(*wider, "rail")["n_reference"].iloc[0] == one["n_reference"].iloc[0] + 50


def test_events_are_counted() -> None:
    events = pd.DataFrame({"narrative_id": ["n1", "n1", "n1", "n2"], "type": ["wait", "exit", "wait", None]})
    assert item_counts(events).to_numpy().tolist() == [["n1", "exit", 1], ["n1", "wait", 2]]


def test_bad_input_is_named() -> None:
    tokens, narratives = corpus(np.full((20, 2), 3), TEN)
    with pytest.raises(ValueError, match="tokens: column count missing"):
        keyness(tokens.drop(columns="count"), narratives, "rail")
    with pytest.raises(ValueError, match="narratives: column author missing"):
        keyness(tokens, narratives.drop(columns="author"), "rail")
    with pytest.raises(ValueError, match="industry: no narrative has 'bank'; there are energy, rail"):
        keyness(tokens, narratives, "bank")
    with pytest.raises(ValueError, match="industry: there is only one group"):
        keyness(tokens, narratives.assign(industry="rail"), "rail")
    with pytest.raises(ValueError, match="n000 stands twice"):
        keyness(tokens, pd.concat([narratives, narratives]), "rail")
    with pytest.raises(ValueError, match="tokens: n000 is not in the table"):
        keyness(tokens, narratives.iloc[1:], "rail")
    for wrong in (-1, 1.5, None, "x"):
        with pytest.raises(ValueError, match="tokens: count must be whole numbers"):
            keyness(tokens.assign(count=wrong), narratives, "rail")
    with pytest.raises(ValueError, match="one of the groups has no tokens"):
        keyness(tokens[tokens["narrative_id"] < "n010"], narratives, "rail")
    with pytest.raises(ValueError, match="no rows"):
        item_counts(pd.DataFrame({"narrative_id": [], "type": []}))
