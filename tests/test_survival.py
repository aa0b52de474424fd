"""Survival: Freireich's leukaemia trial, statsmodels, clusters, and what cannot be estimated."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from cxresearch.analysis.survival import kaplan_meier, log_rank, median_duration

# Freireich et al. (1963), Blood 21: weeks of remission, 6-MP against placebo; negative where censored.
DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, -6, -9, -10, -11, -17, -19, -20, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def trial() -> pd.DataFrame:
    weeks = pd.Series([*DRUG, *PLACEBO])
    frame = pd.DataFrame({"industry": ["drug"] * 21 + ["placebo"] * 21, "weeks": weeks.abs(), "over": weeks > 0})
    return frame.assign(author=[f"a{i}" for i in range(42)])


def test_the_curve_is_that_of_the_textbooks() -> None:
    table = kaplan_meier(trial(), "weeks", "over", cluster=None)
    drug = table[(table["group"] == "drug") & (table["events"] > 0)].set_index("time")
    assert drug.index.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert drug["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    # Collett; Kleinbaum and Klein: .857 .807 .753 .690 .627 .538 .448
    assert drug["estimate"].tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    # with their standard errors .0764 and .1346, log-log by hand
    for time, se in ((6, 0.0764), (23, 0.1346)):
        survival = drug.loc[time, "estimate"]
        half = np.exp(1.96 * se / (survival * -np.log(survival)))
        expected = [survival**half, survival ** (1 / half)]
        assert drug.loc[time, ["low", "high"]].tolist() == pytest.approx(expected, abs=5e-4)


def test_the_interval_is_greenwoods_of_statsmodels() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"industry": "rail", "days": random.integers(1, 15, 80), "over": random.random(80) < 0.7})
    ours = kaplan_meier(frame, "days", "over", cluster=None)
    ours = ours[(ours["events"] > 0) & ours["low"].notna()]
    theirs = SurvfuncRight(frame["days"].to_numpy(), frame["over"].to_numpy().astype(int))
    s, se = theirs.surv_prob[: len(ours)], theirs.surv_prob_se[: len(ours)]
    half = 1.959964 * se / (s * np.abs(np.log(s)))
    assert ours["estimate"].tolist() == pytest.approx(s.tolist())
    assert ours["low"].tolist() == pytest.approx((s ** np.exp(half)).tolist(), rel=1e-5)
    assert ours["high"].tolist() == pytest.approx((s ** np.exp(-half)).tolist(), rel=1e-5)


def test_authors_who_repeat_themselves_widen_the_interval() -> None:
    alone = kaplan_meier(trial(), "weeks", "over", cluster=None)
    thrice = pd.concat([trial()] * 3, ignore_index=True)
    naive, ours = (kaplan_meier(thrice, "weeks", "over", cluster=c) for c in (None, "author"))
    width = [(table["high"] - table["low"]).astype(float).mean() for table in (alone, naive, ours)]
    assert width[1] < 0.7 * width[0] and width[2] == pytest.approx(width[0], rel=0.05)


def test_curves_cover_with_clusters() -> None:
    # 300 studies of 50 authors whose episodes share a pace; the truth is the mean over a large population of
    # authors. Monte-Carlo error 1.3 points
    random, covered = np.random.default_rng(1), {"author": 0, None: 0}
    pace = random.gamma(2, 0.5, 200_000)
    truth = np.exp(-pace * 5 / 6).mean()
    for _ in range(300):
        author = np.repeat(np.arange(50), np.tile([1, 2, 4, 5, 8], 10))
        days = random.exponential(6 / random.gamma(2, 0.5, 50)[author])
        end = random.uniform(2, 20, len(author))
        frame = pd.DataFrame({"industry": "rail", "author": author, "days": np.minimum(days, end), "over": days <= end})
        for cluster in ("author", None):
            table = kaplan_meier(frame, "days", "over", cluster=cluster)
            row = table[table["time"] <= 5].iloc[-1]
            covered[cluster] += row["low"] <= truth <= row["high"]
    assert 0.92 <= covered["author"] / 300 <= 0.98
    assert covered[None] / 300 < 0.92


def test_medians() -> None:
    table = median_duration(trial(), "weeks", "over", cluster=None).set_index("group")
    assert table["estimate"].tolist() == [23, 8]  # Collett; R prints the same
    assert (table.loc["placebo", "low"], table.loc["placebo", "high"]) == (4, 11)
    assert (
        pd.isna(table.loc["drug", "high"]) and table.loc["drug", "reason"] == "bound not estimable: high is not reached"
    )
    unsolved = trial().assign(over=[True] * 4 + [False] * 38)
    assert median_duration(unsolved, "weeks", "over")["reason"].str.startswith("not estimable: more than half").all()


def test_the_log_rank_test_is_that_of_the_textbooks_and_of_statsmodels() -> None:
    row = log_rank(trial(), "weeks", "over", cluster=None).iloc[0]
    assert row["statistic"] == pytest.approx(16.79, abs=0.005) and row["p"] == pytest.approx(4.17e-5, abs=1e-6)
    frame = trial()
    chi2, p = survdiff(frame["weeks"], frame["over"].astype(int), frame["industry"])
    assert (row["statistic"], row["p"]) == pytest.approx((chi2, p))
    # the sum of (O - E)²/E: O 9 and 21, E 19.25 and 10.75 (Kleinbaum and Klein: 15.23)
    assert log_rank(trial(), "weeks", "over").iloc[0]["statistic"] == pytest.approx(15.23, abs=0.01)
    assert log_rank(trial(), "weeks", "over").iloc[0]["p"] < 0.002


def test_with_a_planted_null_the_permutation_keeps_its_level_and_the_log_rank_test_does_not() -> None:
    # 150 studies; Monte-Carlo error 1.8 points
    random, ours, naive = np.random.default_rng(4), 0, 0
    sizes = np.tile([1, 2, 4, 4, 8], 8)
    author = np.repeat(np.arange(40), sizes)
    for _ in range(150):
        days = random.exponential(6 / random.gamma(1, 1, 40)[author])
        end = random.uniform(2, 20, len(author))
        group = np.where(random.random(40) < 0.5, "rail", "energy")[author]
        frame = pd.DataFrame({"industry": group, "author": author, "days": np.minimum(days, end), "over": days <= end})
        ours += log_rank(frame, "days", "over", draws=199)["p"].iloc[0] <= 0.05
        naive += log_rank(frame, "days", "over", cluster=None)["p"].iloc[0] <= 0.05
    assert ours / 150 <= 0.087
    assert naive / 150 > 0.12


def test_what_is_not_resolved_or_unknown_is_censored_and_a_missing_duration_is_left_out() -> None:
    frame = pd.DataFrame({"industry": "rail", "contacts": pd.array([1, 2, 3, 4, 5, 6, None], dtype="Int64")})
    frame["outcome"] = ["resolved", "unresolved", "unknown", None, "resolved", "partial", "resolved"]
    table = kaplan_meier(frame, "contacts", "outcome", level="resolved", cluster=None)
    assert table["events"].tolist() == [1, 0, 0, 0, 1, 0] and table["censored"].tolist() == [0, 1, 1, 1, 0, 1]
    assert table.iloc[0][["n", "k", "unknown"]].tolist() == [6, 2, 1]


def test_what_cannot_be_estimated_says_so() -> None:
    two = kaplan_meier(trial().iloc[:2], "weeks", "over").iloc[0]
    assert (
        pd.isna(two["estimate"])
        and two["reason"] == "not estimable: 2 episodes with a known weeks, at least 5 are needed"
    )
    ends = kaplan_meier(trial(), "weeks", "over")
    assert ends[ends["estimate"] == 0]["reason"].tolist() == ["interval not estimable: nobody is left"]
    never = kaplan_meier(trial().assign(over=False), "weeks", "over")
    assert never["estimate"].eq(1).all() and never["reason"].str.endswith("no event so far").all()
    assert pd.isna(log_rank(trial().assign(over=False), "weeks", "over")["p"].iloc[0])
    few = kaplan_meier(trial().assign(author="x"), "weeks", "over")
    assert few["low"].isna().all() and few["reason"].str.endswith("too few clusters").all()
    whole = trial().assign(author=["x"] * 21 + ["y"] * 21).iloc[:41]  # an author of 21 and one of 20: none can change
    assert log_rank(whole, "weeks", "over")["p"].isna().iloc[0]
    small = pd.concat([trial(), trial().iloc[:2].assign(industry="c")])
    assert "left out: c" in log_rank(small, "weeks", "over")["reason"].iloc[0]


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="column author missing"):
        kaplan_meier(trial().drop(columns="author"), "weeks", "over")
    with pytest.raises(ValueError, match="weeks: durations must be numbers"):
        kaplan_meier(trial().assign(weeks="P3W"), "weeks", "over")
    with pytest.raises(ValueError, match="weeks: durations are finite"):
        kaplan_meier(trial().assign(weeks=-1), "weeks", "over")
    with pytest.raises(ValueError, match="over: not a column of booleans"):
        kaplan_meier(trial().assign(over="resolved"), "weeks", "over")
    with pytest.raises(ValueError, match="industry: a comparison needs two groups"):
        log_rank(trial().assign(industry="rail"), "weeks", "over")
    with pytest.raises(ValueError, match="level: 'solved' does not occur in outcome, which has resolved"):
        kaplan_meier(trial().assign(outcome="resolved"), "weeks", "outcome", level="solved")
