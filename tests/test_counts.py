"""Counts: statsmodels' negative binomial model, clusters, planted nulls and effects, bad input."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.discrete.discrete_model import NegativeBinomial

from cxresearch.analysis.counts import count_means, count_model


def counts(seed: int = 0, ratio: float = 2.0, authors: int = 60, n: int = 60, shape: float = 1.5) -> pd.DataFrame:
    """Authors of 1, 2, 3, 4 episodes in turn, who differ by a gamma of that shape; an author now and then strays."""
    random = np.random.default_rng(seed)
    author = np.repeat(np.arange(authors), np.resize([1, 2, 3, 4], authors))
    group = random.permutation(np.resize([True, False], authors))[author]
    group = np.where(random.random(len(author)) < 0.1, ~group, group)
    pace = random.gamma(shape, 1 / shape, authors)[author]
    y = random.poisson(3 * pace * np.where(group, ratio, 1))
    names = [f"a{i:03}" for i in author]
    return pd.DataFrame({"industry": np.where(group, "rail", "energy"), "author": names, "contacts": y})


def test_without_clusters_it_is_the_model_of_statsmodels() -> None:
    frame = counts()
    x = sm.add_constant((frame["industry"] == "rail").to_numpy(dtype=float))
    fit = NegativeBinomial(frame["contacts"].to_numpy(), x).fit(disp=False)
    row = count_model(frame, "contacts", reference="energy", cluster=None).iloc[0]
    assert row["model"] == "negative binomial" and row["dispersion"] == pytest.approx(fit.params[2], rel=1e-3)
    assert row["estimate"] == pytest.approx(np.exp(fit.params[1]), rel=1e-4)
    # the model's own interval takes the observed information; ours the expected: alike but for rounding
    assert row[["low", "high"]].tolist() == pytest.approx(np.exp(fit.conf_int()[1]).tolist(), rel=1e-2)
    assert row["p"] == pytest.approx(fit.pvalues[1], rel=0.1)


def test_with_clusters_the_error_is_that_of_statsmodels() -> None:
    frame = counts(authors=400)
    x = sm.add_constant((frame["industry"] == "rail").to_numpy(dtype=float))
    codes = pd.factorize(frame["author"])[0]
    fit = sm.GLM(frame["contacts"], x, family=sm.families.Poisson()).fit(cov_type="cluster", cov_kwds={"groups": codes})
    row = count_model(frame, "contacts", reference="energy", draws=99).iloc[0]
    ours = np.log(row["high"] / row["low"]) / 2 / 1.96
    assert ours == pytest.approx(fit.bse.iloc[1], rel=0.015)  # t for 1.96, and another factor for few clusters


def test_poisson_where_the_dispersion_is_not_estimable() -> None:
    frame = pd.DataFrame({"industry": ["rail"] * 20 + ["energy"] * 20, "contacts": [2, 3] * 10 + [1, 1] * 10})
    row = count_model(frame, "contacts", reference="energy", cluster=None).iloc[0]
    assert row["model"] == "Poisson" and pd.isna(row["dispersion"])
    assert row["reason"] == "dispersion not estimable: the counts vary no more than Poisson counts"
    half = 1.959964 * np.sqrt(1 / 50 + 1 / 20)  # of the log of 50 / 20
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx([2.5, 2.5 * np.exp(-half), 2.5 * np.exp(half)])


def test_a_planted_rate_ratio_is_covered() -> None:
    # 400 studies; Monte-Carlo error 1.1 points
    covered = 0
    for seed in range(400):
        row = count_model(counts(seed), "contacts", reference="energy", draws=1).iloc[0]
        covered += row["low"] <= 2 <= row["high"]
    assert 0.925 <= covered / 400 <= 0.975


def test_with_a_planted_null_the_permutation_keeps_its_level_and_the_model_without_clusters_does_not() -> None:
    # 150 studies; Monte-Carlo error 1.8 points
    ours = naive = 0
    for seed in range(150):
        frame = counts(seed, ratio=1, shape=0.7)
        ours += count_model(frame, "contacts", reference="energy", draws=199)["p"].iloc[0] <= 0.05
        naive += count_model(frame, "contacts", reference="energy", cluster=None)["p"].iloc[0] <= 0.05
    assert ours / 150 <= 0.087
    assert naive / 150 > 0.1


def test_intervals_of_means_cover() -> None:
    # 400 studies; Monte-Carlo error 1.1 points
    covered = 0
    for seed in range(400):
        frame = counts(seed, ratio=1).assign(industry="rail")
        row = count_means(frame, "contacts", draws=500).iloc[0]
        covered += row["low"] <= 3 <= row["high"]
    assert 0.92 <= covered / 400 <= 0.975


def test_unknown_counts_are_left_out_and_the_rest_is_everyone_else() -> None:
    frame = counts()
    frame["contacts"] = frame["contacts"].astype("Int64")
    frame.loc[frame.index[:3], "contacts"] = pd.NA
    means = count_means(frame, "contacts").set_index("group")
    assert means["unknown"].sum() == 3 and means["n"].sum() == len(frame) - 3
    table = count_model(frame, "contacts").set_index("group")
    ratio = means.loc["rail", "estimate"] / means.loc["energy", "estimate"]
    assert table.loc["energy", ["estimate", "compared_with"]].tolist() == [pytest.approx(1 / ratio), "rail"]
    turned = count_model(frame, "contacts", reference="energy").set_index("group")
    assert turned.loc["rail", "estimate"] == pytest.approx(ratio)
    assert turned.loc["rail", "p"] == pytest.approx(table.loc["energy", "p"], abs=0.01)
    again = count_model(frame, "contacts").set_index("group")
    pd.testing.assert_frame_equal(table, again)


def test_what_cannot_be_estimated_says_so() -> None:
    frame = pd.DataFrame({"industry": ["a"] * 8 + ["b"] * 8, "contacts": [0] * 8 + [1, 2] * 4})
    frame["author"] = [f"x{i}" for i in range(16)]
    row = count_model(frame, "contacts", reference="b").iloc[0]
    assert pd.isna(row["estimate"]) and row["p"] < 0.01 and row["reason"] == "not estimable: all counts in a are 0"
    assert count_model(frame.assign(contacts=0), "contacts")["reason"].eq("not estimable: all counts are 0").all()
    small = count_model(frame.iloc[4:], "contacts", reference="b").iloc[0]
    assert small["reason"] == "not estimable: 4 episodes in a, at least 5 are needed"
    few = count_model(frame.assign(author=["x", "y"] * 8, contacts=[1, 2] * 8), "contacts").iloc[0]
    assert pd.isna(few["low"]) and "2 clusters" in few["reason"]
    means = count_means(frame, "contacts").set_index("group")
    assert means.loc["a", "estimate"] == 0 and means.loc["a", "reason"].endswith("clusters do not differ")
    two = count_means(frame.iloc[:2], "contacts").iloc[0]
    assert two["reason"] == "not estimable: 2 episodes with a known count, at least 5 are needed"
    unmoved = count_model(frame.iloc[:15].assign(author=["x"] * 8 + ["y"] * 7, contacts=[1] * 8 + [2] * 7), "contacts")
    assert unmoved["p"].isna().all() and unmoved["reason"].str.contains("change places").all()


def test_bad_input_is_named() -> None:
    frame = counts()
    with pytest.raises(ValueError, match="column author missing"):
        count_model(frame.drop(columns="author"), "contacts")
    for wrong in (-1, 1.5, np.inf):
        with pytest.raises(ValueError, match="contacts: counts are whole numbers"):
            count_means(frame.assign(contacts=wrong), "contacts")
    with pytest.raises(ValueError, match="contacts: counts must be whole numbers, not bool"):
        count_means(frame.assign(contacts=True), "contacts")
    with pytest.raises(ValueError, match="contacts: no episode has a known count"):
        count_means(frame.assign(contacts=np.nan), "contacts")
    with pytest.raises(ValueError, match="industry: a comparison needs two groups"):
        count_model(frame.assign(industry="rail"), "contacts")
    with pytest.raises(ValueError, match="reference: 'bank' is none of"):
        count_model(frame, "contacts", reference="bank")
