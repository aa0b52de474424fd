"""Groups compared: reference values, planted nulls and effects with authors of several narratives, bad input."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxresearch.analysis.association import association
from cxresearch.analysis.compare import MEASURES, _clustered, _rate, contrasts, rates
from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.resampling import cluster_codes, permutation_test, permutations


def episodes(table: dict[str, tuple[int, int]], authors: int | None = None) -> pd.DataFrame:
    """Episodes of groups with so many (with, without) the outcome, each author with every so-manieth of them."""
    rows = [(group, i < k) for group, (k, no) in table.items() for i in range(k + no)]
    frame = pd.DataFrame(rows, columns=["industry", "exit"])
    return frame.assign(author=[f"a{i % (authors or len(frame)):03}" for i in range(len(frame))])


def studies(number: int, *, sizes: tuple[int, ...], groups: int, spread: float, effect: float = 0.0) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Studies in which authors differ by `spread` on the logit scale, and every author mostly has one group."""
    random = np.random.default_rng(7)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(number):
        group = random.integers(groups, size=len(sizes))[clusters]
        stray = random.random(len(clusters)) < 0.1  # an author writes of more than one industry
        group = np.where(stray, random.integers(groups, size=len(clusters)), group)
        logit = -0.4 + spread * random.standard_normal(len(sizes))[clusters] + effect * (group == 0)
        yield group, random.random(len(clusters)) < 1 / (1 + np.exp(-logit)), clusters


# ---- rates ---------------------------------------------------------------------------------------


@given(st.integers(0, 40), st.integers(0, 40))
@settings(deadline=None, max_examples=40)
def test_without_clusters_the_interval_is_clopper_pearson(k: int, no: int) -> None:
    if k + no < 5:
        return
    row = rates(episodes({"rail": (k, no)}), "exit", cluster=None).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(k, k + no, method="beta"))


def test_an_author_for_every_episode_changes_little_and_authors_who_repeat_themselves_much() -> None:
    table = {"rail": (20, 30)}
    alone = rates(episodes(table), "exit").iloc[0]
    exact = rates(episodes(table), "exit", cluster=None).iloc[0]
    assert (alone["low"], alone["high"]) == pytest.approx((exact["low"], exact["high"]), abs=0.01)
    alike = episodes(table).assign(author=[f"a{i // 5}" for i in range(50)])  # ten authors, all alike within
    row = rates(alike, "exit").iloc[0]
    # variance .4 * .6 / 9, as of nine episodes, and t of 9 degrees of freedom for that of 49
    effective = 9 * (stats.t.ppf(0.975, 49) / stats.t.ppf(0.975, 9)) ** 2
    k = 0.4 * effective
    bounds = stats.beta.ppf(0.025, k, effective - k + 1), stats.beta.ppf(0.975, k + 1, effective - k)
    assert (row["n"], row["clusters"]) == (50, 10)
    assert (row["low"], row["high"]) == pytest.approx(bounds)


def test_intervals_of_rates_cover_with_clusters() -> None:
    # 500 studies of 40 authors; Monte-Carlo error 1 point. The exact interval leans to the safe side.
    random, covered, sizes = np.random.default_rng(1), 0, np.tile([1, 2, 3, 6], 10)
    author = np.repeat(np.arange(40), sizes)
    for _ in range(500):
        share = random.beta(1.2, 2.8, 40)[author]  # the mean is .3
        row: Any = _rate(random.random(len(author)) < share, author, "author")
        covered += row["low"] <= 0.3 <= row["high"]
    assert 0.93 <= covered / 500 <= 0.985


def test_unknown_is_left_out_and_counted_and_every_level_told() -> None:
    frame = pd.DataFrame({"industry": "rail", "outcome": ["resolved"] * 5 + ["partial"] * 2 + ["unknown", None]})
    table = rates(frame, "outcome", cluster=None)
    assert table[["level", "n", "k", "unknown"]].to_numpy().tolist() == [["partial", 7, 2, 2], ["resolved", 7, 5, 2]]
    assert rates(frame, "outcome", level="resolved", cluster=None)["k"].tolist() == [5]


def test_small_cells_are_not_estimable() -> None:
    two = rates(episodes({"rail": (1, 1)}), "exit").iloc[0]
    assert two[["estimate", "low", "high"]].isna().all() and two["n"] == 2
    assert two["reason"] == "not estimable: 2 episodes with a known outcome, at least 5 are needed"
    few = rates(episodes({"rail": (4, 6)}, authors=3), "exit").iloc[0]
    assert few["estimate"] == 0.4 and pd.isna(few["low"]) and "3 clusters (author)" in few["reason"]
    none = rates(episodes({"rail": (0, 12)}, authors=6), "exit").iloc[0]  # no more certain than six authors are
    assert none["estimate"] == 0 and none["high"] == pytest.approx(proportion_confint(0, 6, method="beta")[1])


# ---- contrasts -----------------------------------------------------------------------------------


def test_fisher_equals_the_reference_values_of_r() -> None:
    # R, fisher.test(Convictions): 2 of 17 dizygotic and 10 of 13 monozygotic twins were convicted (Fisher 1962)
    row = contrasts(episodes({"di": (2, 15), "mono": (10, 3)}), "exit", reference="mono", cluster=None).iloc[0]
    assert row["p"] == pytest.approx(0.0005367, abs=1e-7)
    assert row["estimate"] == pytest.approx(0.04694, abs=1e-5)
    assert (row["low"], row["high"]) == pytest.approx((0.003326, 0.3632), abs=1e-4)


@pytest.mark.parametrize(("k", "k0"), [(12, 7), (3, 9), (14, 14)])
def test_at_the_bounds_of_the_exact_interval_a_tail_has_its_025(k: int, k0: int) -> None:
    # That is what makes it exact: a true odds ratio outside has a probability of at most .05 to be left out.
    row = contrasts(episodes({"a": (k, 20 - k), "b": (k0, 20 - k0)}), "exit", reference="b", cluster=None).iloc[0]
    assert stats.nchypergeom_fisher.sf(k - 1, 40, k + k0, 20, row["low"]) == pytest.approx(0.025, abs=1e-5)
    assert stats.nchypergeom_fisher.cdf(k, 40, k + k0, 20, row["high"]) == pytest.approx(0.025, abs=1e-5)


def test_too_few_episodes_have_no_contrast() -> None:
    row = contrasts(episodes({"a": (3, 1), "b": (10, 30)}), "exit", cluster=None).iloc[0]
    assert row[["estimate", "p"]].isna().all() and (row["n"], row["k"]) == (44, 13)
    assert row["reason"] == "not estimable: 4 episodes in a, at least 5 are needed"


def test_newcombe_equals_its_published_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table II, method 10: 56/70 - 48/80 = .2, .0524 to .3339
    frame = episodes({"a": (56, 14), "b": (48, 32)})
    row = contrasts(frame, "exit", reference="b", cluster=None, measure="risk difference").iloc[0]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx([0.2, 0.0524, 0.3339], abs=5e-5)


def test_with_one_episode_an_author_the_odds_ratio_interval_is_woolfs_but_for_its_t() -> None:
    row = contrasts(episodes({"a": (300, 200), "b": (200, 300)}), "exit", reference="b", draws=99).iloc[0]
    half = 1.96 * np.sqrt(2 / 300 + 2 / 200)
    assert row["estimate"] == pytest.approx(2.25)
    assert np.log(row["high"] / row["estimate"]) == pytest.approx(half, rel=0.01)


def test_the_rest_and_the_reference_mirror_each_other() -> None:
    frame = episodes({"a": (12, 8), "b": (8, 12)}, authors=20)
    for measure in MEASURES:
        one, other = (contrasts(frame, "exit", measure=measure, reference=r, draws=99).iloc[0] for r in ("b", "a"))
        assert one["p"] == other["p"]
        expected = -other["estimate"] if measure == "risk difference" else 1 / other["estimate"]
        assert one["estimate"] == pytest.approx(expected)
        rest = contrasts(frame, "exit", measure=measure, draws=99)  # of two groups the rest is the other one: one test
        assert rest[["group", "compared_with"]].to_numpy().tolist() == [["a", "b"]]
        assert rest["low"].iloc[0] == one["low"]


def test_a_planted_odds_ratio_of_3_is_covered() -> None:
    # 1000 studies of 100 authors who are not alike and tell of either group; Monte-Carlo error .7 points. The odds
    # ratio between the groups as wholes: p0 = .3, p1 = .5625; each author's shares are drawn around them.
    random, covered = np.random.default_rng(2), 0
    author = np.repeat(np.arange(100), np.tile([1, 2, 3, 6], 25))
    p0, p1 = 0.3, 3 * 0.3 / (0.7 + 3 * 0.3)
    for _ in range(1000):
        group = random.permutation(np.repeat([0, 1], 50))[author]
        group = np.where(random.random(len(author)) < 0.2, 1 - group, group)
        rank = random.random(100)[author]
        mean = np.where(group == 1, p1, p0)
        share = stats.beta.ppf(rank, 4 * mean, 4 * (1 - mean))
        row: Any = _clustered(group == 1, random.random(len(author)) < share, author, "odds ratio")
        covered += row["low"] <= 3 <= row["high"]
    assert 0.93 <= covered / 1000 <= 0.97


def test_with_a_planted_null_the_permutation_keeps_its_level_and_the_naive_test_does_not() -> None:
    # 600 studies; Monte-Carlo error .9 points, so .05 + 2 * .009
    ours = naive = 0
    for group, y, clusters in studies(600, sizes=(1, 1, 2, 3, 5, 8) * 8, groups=3, spread=1.5):
        x = np.eye(3)[group]
        ours += permutation_test(x, np.eye(2)[y.astype(int)], clusters, 199, 1)[1] <= 0.05  # type: ignore[operator]
        naive += stats.chi2_contingency(x.T @ np.eye(2)[y.astype(int)], correction=False).pvalue <= 0.05
    assert ours / 600 <= 0.068
    assert naive / 600 > 0.15


def test_fisher_fails_where_authors_have_several_narratives_and_a_planted_effect_is_found() -> None:
    naive = sum(
        stats.fisher_exact(np.eye(2)[(group == 0).astype(int)].T @ np.eye(2)[y.astype(int)]).pvalue <= 0.05
        for group, y, _ in studies(300, sizes=(4,) * 40, groups=2, spread=1.5)
    )
    assert naive / 300 > 0.1
    found = sum(
        permutation_test((group == 0)[:, None], y[:, None], clusters, 199, 1)[1] <= 0.05  # type: ignore[operator]
        for group, y, clusters in studies(100, sizes=(1, 1, 2, 3, 5, 8) * 12, groups=2, spread=0.7, effect=1.5)
    )
    assert found / 100 > 0.8


def test_permutations_keep_authors_whole() -> None:
    clusters = np.array([0, 0, 1, 1, 2, 3])
    for rows in next(permutations(clusters, 50, 0)):
        assert sorted(rows) == list(range(6))
        assert clusters[rows[0]] == clusters[rows[1]] <= 1 and clusters[rows[4]] >= 2


def test_where_nothing_can_change_places_there_is_no_test() -> None:
    frame = episodes({"a": (6, 0), "b": (0, 7)}).assign(author=["x"] * 6 + ["y"] * 7)
    row = contrasts(frame, "exit", reference="b").iloc[0]
    assert pd.isna(row["p"]) and "1 clusters" in row["reason"] and "change places" in row["reason"]


def test_a_count_of_zero_has_a_test_but_no_interval() -> None:
    row = contrasts(episodes({"a": (0, 20), "b": (10, 10)}), "exit", reference="b").iloc[0]
    assert row["estimate"] == 0 and pd.isna(row["low"]) and row["p"] < 0.01
    for measure in MEASURES:
        exact = contrasts(episodes({"a": (0, 20), "b": (10, 10)}), "exit", cluster=None, measure=measure)
        assert exact["p"].lt(0.01).all()
        assert (exact["reason"].isna() | exact["reason"].str.contains("observed count is 0")).all()


# ---- the whole table -----------------------------------------------------------------------------


def test_cramers_v_equals_bergsma_by_hand() -> None:
    # table 30 10 / 20 40 (n = 100): chi2 = 16.67, phi2 = .1667; minus 1/99; r~ = c~ = 2 - 1/99
    row = association(episodes({"a": (30, 10), "b": (20, 40)}), "exit", cluster=None).iloc[0]
    assert row["statistic"] == pytest.approx(100 / 6)
    assert row["estimate"] == pytest.approx(np.sqrt((1 / 6 - 1 / 99) / (1 - 1 / 99)))
    assert row["low"] < row["estimate"] < row["high"] and row["p"] < 0.01


def test_v_is_0_without_association_and_1_with_a_perfect_one() -> None:
    assert association(episodes({"a": (20, 20), "b": (20, 20)}), "exit")["estimate"].iloc[0] == 0
    assert association(episodes({"a": (40, 0), "b": (0, 40)}), "exit")["estimate"].iloc[0] == 1


def test_small_groups_are_left_out_of_v_and_named() -> None:
    row = association(episodes({"a": (20, 10), "b": (10, 20), "c": (1, 1)}), "exit").iloc[0]
    assert (row["groups"], row["n"]) == (2, 60) and "left out: c" in row["reason"]
    alike = association(episodes({"a": (9, 0), "b": (9, 0)}), "exit").iloc[0]
    assert pd.isna(alike["p"]) and alike["reason"] == "not estimable: all known outcomes are alike"


def test_the_same_seed_and_any_order_of_rows_give_the_same_result() -> None:
    frame = episodes({"a": (20, 10), "b": (10, 20), "c": (12, 12)}, authors=30)
    shuffled = frame.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(association(frame, "exit"), association(frame, "exit"))
    pd.testing.assert_frame_equal(rates(frame, "exit"), rates(shuffled, "exit"))
    a, b = (contrasts(f, "exit")[["estimate", "low", "high"]] for f in (frame, shuffled))
    pd.testing.assert_frame_equal(a, b)


# ---- corrections ---------------------------------------------------------------------------------


def test_holm_and_benjamini_hochberg_by_hand() -> None:
    # p sorted .01 .02 .03 .2: Holm .04 .06 .06 .2; BH .04 .04 .04 .2
    table = correct(pd.DataFrame({"p": [0.03, None, 0.01, 0.2, 0.02]}, index=[5, 6, 7, 8, 9]))
    assert table["p_holm"].dropna().tolist() == pytest.approx([0.06, 0.04, 0.2, 0.06])
    assert table["p_bh"].dropna().tolist() == pytest.approx([0.04, 0.04, 0.2, 0.04])
    assert pd.isna(table.loc[6, "p_holm"]) and (table["tests"] == 4).all()


def test_benjamini_and_hochbergs_own_example() -> None:
    # Benjamini and Hochberg (1995), section 4: at .05 Bonferroni (and Holm) finds 3, the new procedure 4
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
         0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    table = correct(pd.DataFrame({"p": p}))
    assert (table["p_holm"] <= 0.05).sum() == 3 and (table["p_bh"] <= 0.05).sum() == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(deadline=None, max_examples=10)
def test_a_correction_never_makes_p_smaller_and_holm_is_the_stricter(p: list[float]) -> None:
    table = correct(pd.DataFrame({"p": p}))
    assert (table["p_bh"] >= table["p"] - 1e-12).all() and (table["p_holm"] >= table["p_bh"] - 1e-12).all()


def test_nothing_tested_stays_na() -> None:
    table = correct(pd.DataFrame({"p": [None, None]}))
    assert table["p_holm"].isna().all() and table["tests"].tolist() == [0, 0]


# ---- bad input -----------------------------------------------------------------------------------


def test_bad_input_is_named() -> None:
    frame = episodes({"a": (6, 6), "b": (6, 6)})
    with pytest.raises(ValueError, match="column author missing"):
        rates(frame.drop(columns="author"), "exit")
    with pytest.raises(ValueError, match="no rows"):
        rates(frame.iloc[:0], "exit")
    with pytest.raises(ValueError, match="contacts: the values are integer"):
        rates(frame.assign(contacts=3), "contacts")
    with pytest.raises(ValueError, match="exit: no episode has a known value"):
        rates(frame.assign(exit=pd.Series([None] * 24, dtype="string")), "exit")
    with pytest.raises(ValueError, match="industry: a comparison needs two groups"):
        contrasts(frame[frame["industry"] == "a"], "exit")
    with pytest.raises(ValueError, match="'c' is none of the groups a, b"):
        contrasts(frame, "exit", reference="c")
    with pytest.raises(ValueError, match="measure: 'lift'"):
        contrasts(frame, "exit", measure="lift")
    with pytest.raises(ValueError, match="level: 'x' does not occur"):
        rates(frame.assign(outcome="resolved"), "outcome", level="x")
    with pytest.raises(ValueError, match="p: p-values lie within"):
        correct(pd.DataFrame({"p": [1.2]}))
    with pytest.raises(ValueError, match="methods: 'sidak'"):
        correct(pd.DataFrame({"p": [0.2]}), ["sidak"])


def test_all_no_is_not_estimable_and_an_unknown_author_stands_for_the_narrative() -> None:
    row = contrasts(episodes({"a": (0, 9), "b": (0, 9)}), "exit").iloc[0]
    assert row["reason"].startswith("not estimable: an expected count is 0.0") and pd.isna(row["p"])
    frame = pd.DataFrame({"author": ["x", None, None], "narrative_id": ["n1", "n2", "n2"]})
    assert cluster_codes(frame, "author").tolist() == [0, 1, 1]
