"""What the parser gets wrong, corrected: published formulas, coverage in simulation, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxresearch.analysis.correction import METHODS, _minus, _rate, _row, corrected_rates, rogan_gladen

# ---- Rogan and Gladen ----------------------------------------------------------------------------


def test_rogan_gladen_by_hand() -> None:
    # 23 of 150 animals positive by a test of sensitivity .96, specificity .89 (Rothman 2002; manual of the
    # R package epiR): (23/150 - .11) / .85 = .051
    row = rogan_gladen(23, 150, 0.96, 0.89).iloc[0]
    assert row["estimate"] == pytest.approx((23 / 150 - 0.11) / 0.85) == pytest.approx(0.051, abs=5e-4)
    assert row["low"] == 0 and 0.1 < row["high"] < 0.15


def test_a_perfect_parser_leaves_the_agresti_coull_interval() -> None:
    row = rogan_gladen(30, 100, 1, 1).iloc[0]
    z = stats.norm.ppf(0.975)
    n, p = 100 + z**2, (30 + z**2 / 2) / (100 + z**2)
    half = z * np.sqrt(p * (1 - p) / n)
    assert row["estimate"] == pytest.approx(0.3)
    assert (row["low"], row["high"]) == pytest.approx((p - half, p + half))


@given(st.integers(0, 200), st.floats(0.5, 1), st.floats(0.6, 1), st.integers(20, 500), st.integers(20, 500))
@settings(deadline=None)
def test_more_coded_units_give_a_narrower_interval(k: int, se: float, sp: float, n_se: int, n_sp: int) -> None:
    few = rogan_gladen(k, 200, se, sp, n_sensitivity=n_se, n_specificity=n_sp).iloc[0]
    assert 0 <= few["estimate"] <= 1
    if pd.notna(few["low"]):
        assert 0 <= few["low"] <= few["high"] <= 1


def test_uncertainty_of_the_parser_widens_the_interval() -> None:
    known, sure, unsure = (
        rogan_gladen(300, 1000, 0.8, 0.9, n_sensitivity=size, n_specificity=size).iloc[0] for size in (None, 5000, 50)
    )
    assert known["high"] - known["low"] < sure["high"] - sure["low"] < unsure["high"] - unsure["low"]


@pytest.mark.parametrize(("se", "sp", "prevalence"), [(0.8, 0.9, 0.25), (0.9, 0.97, 0.05)])
def test_rogan_gladen_covers_where_sensitivity_and_specificity_are_estimated(
    se: float, sp: float, prevalence: float
) -> None:
    # 600 studies: Monte-Carlo error of the coverage .9 points. The method is approximate and cautious: its
    # authors report a coverage near 95 %, rather above; so .93 to .99 here.
    random, covered, studies = np.random.default_rng(3), 0, 600
    for _ in range(studies):
        positives = random.binomial(600, prevalence * se + (1 - prevalence) * (1 - sp))
        measured = random.binomial(60, se) / 60, random.binomial(140, sp) / 140
        row = rogan_gladen(positives, 600, *measured, n_sensitivity=60, n_specificity=140)
        covered += row["low"].iat[0] <= prevalence <= row["high"].iat[0]
    assert 0.93 <= covered / studies <= 0.99


def test_what_rogan_gladen_cannot_estimate() -> None:
    row = rogan_gladen(30, 100, 0.4, 0.6).iloc[0]
    assert row[["estimate", "low", "high"]].isna().all() and row["apparent"] == 0.3
    assert row["reason"].startswith("not estimable: the parser is no better than chance")
    for arguments, name in (
        ((5, 0, 1, 1), "positives, n"),
        ((5, 4, 1, 1), "positives, n"),
        ((1, 4, 2, 1), "sensitivity"),
    ):
        with pytest.raises(ValueError, match=name):
            rogan_gladen(*arguments)
    with pytest.raises(ValueError, match="n_specificity: 0 coded units"):
        rogan_gladen(1, 4, 1, 1, n_specificity=0)


# ---- corrected rates: formulas -------------------------------------------------------------------


def study(
    random: np.random.Generator,
    n: int = 1500,
    coded: int = 200,
    rates: tuple[float, float] = (0.15, 0.35),
    sensitivity: tuple[float, float] = (0.75, 0.75),
    specificity: tuple[float, float] = (0.93, 0.93),
) -> dict[str, pd.Series]:
    """Units of two groups, a parser with errors, and a simple random sample that was coded."""
    second = (random.random(n) < 0.5).astype(int)
    truth = random.random(n) < np.take(rates, second)
    right = random.random(n) < np.where(truth, np.take(sensitivity, second), np.take(specificity, second))
    chosen = random.permutation(n) < coded
    return {
        "predicted": pd.Series((truth == right).astype(int)),
        "gold": pd.Series(np.where(chosen, truth, np.nan)),
        "group": pd.Series(np.take(["a", "b"], second)),
    }


def by_method(table: pd.DataFrame, quantity: str = "rate") -> pd.DataFrame:
    return table[table["quantity"] == quantity].set_index("method")


def test_without_groups_the_estimates_are_the_published_formulas() -> None:
    data = study(np.random.default_rng(1))
    f, y = data["predicted"].to_numpy(float), data["gold"].to_numpy(float)
    coded = ~np.isnan(y)
    rows = by_method(corrected_rates(data["predicted"], data["gold"]))
    assert rows.loc["parser only", "estimate"] == pytest.approx(f.mean())
    assert rows.loc["coded only", "estimate"] == pytest.approx(y[coded].mean())
    # Egami et al. (2023): the mean of f + (coded / probability) (y - f), standard error from its spread
    pseudo = f + np.where(coded, (np.nan_to_num(y) - f) / coded.mean(), 0)
    row = rows.loc["design-based"]
    assert row["estimate"] == pytest.approx(pseudo.mean())
    spread = 2 * stats.t.ppf(0.975, coded.sum() - 1) * pseudo.std(ddof=1) / np.sqrt(len(f))
    assert row["high"] - row["low"] == pytest.approx(spread, rel=0.03)
    # Angelopoulos, Duchi and Zrnic (2023): labelled and unlabelled apart, tuned
    n, big = coded.sum(), (~coded).sum()
    tuned = np.cov(f[coded], y[coded], ddof=0)[0, 1] / (f.var() * (1 + n / big))
    row = rows.loc["prediction-powered"]
    assert row["estimate"] == pytest.approx(y[coded].mean() + tuned * (f[~coded].mean() - f[coded].mean()))
    error = np.sqrt(tuned**2 * f[~coded].var() / big + (y - tuned * f)[coded].var(ddof=1) / n)
    assert row["high"] - row["low"] == pytest.approx(2 * stats.t.ppf(0.975, n - 1) * error, rel=0.03)


def test_the_difference_of_coded_units_is_that_of_welch() -> None:
    data = study(np.random.default_rng(2))
    rows = by_method(corrected_rates(**data, reference="a"), "difference")
    assert rows["group"].eq("b").all() and rows["compared_with"].eq("a").all()
    for method, labels in (("coded only", data["gold"].dropna()), ("parser only", data["predicted"])):
        of = [labels[data["group"].reindex(labels.index) == name] for name in ("b", "a")]
        assert rows.loc[method, "estimate"] == pytest.approx(of[0].mean() - of[1].mean())
        assert rows.loc[method, "statistic"] == pytest.approx(stats.ttest_ind(*of, equal_var=False).statistic)


def test_a_unit_told_four_times_is_no_more_than_one() -> None:
    data = study(np.random.default_rng(3), n=400, coded=120)
    four = {name: pd.concat([series] * 4, ignore_index=True) for name, series in data.items()}
    cluster = pd.concat([pd.Series(range(400))] * 4, ignore_index=True)
    once, clustered = corrected_rates(**data), corrected_rates(**four, cluster=cluster)
    columns = ["estimate", "low", "high", "statistic", "p"]
    pd.testing.assert_frame_equal(once[columns], clustered[columns])
    naive = corrected_rates(**four)
    assert (naive["high"] - naive["low"] < 0.6 * (once["high"] - once["low"])).all()


def test_neither_the_order_of_units_nor_that_of_groups_matters() -> None:
    data = study(np.random.default_rng(4))
    mixed = data["predicted"].sample(frac=1, random_state=1)
    again = corrected_rates(mixed, data["gold"].dropna(), data["group"].iloc[::-1])
    pd.testing.assert_frame_equal(again, corrected_rates(**data))
    forth, back = (by_method(corrected_rates(**data, reference=name), "difference") for name in ("a", "b"))
    assert forth["estimate"].tolist() == pytest.approx((-back["estimate"]).tolist())
    assert forth["p"].tolist() == pytest.approx(back["p"].tolist())


def test_labels_may_be_booleans() -> None:
    data = study(np.random.default_rng(4))
    booleans = corrected_rates(data["predicted"].astype(bool), data["gold"].astype("boolean"), data["group"])
    pd.testing.assert_frame_equal(booleans, corrected_rates(**data))


# ---- corrected rates: simulation -----------------------------------------------------------------


def test_the_naive_interval_misses_and_the_corrected_ones_cover() -> None:
    # 1000 studies of 1500 units, 300 coded: the Monte-Carlo error of a coverage of 95 % is .7 points; the
    # seed is fixed. (3000 studies, not run here: design-based .950, .956 and .954 for the two rates and the
    # difference, prediction-powered .942, .953 and .950, parser only .66, .32 and .17.) The arrays are
    # handed to the steps of `corrected_rates`, since a thousand tables take long to make.
    random, studies = np.random.default_rng(0), 1000
    covered = {method: np.zeros(3) for method in METHODS}
    for number in range(studies):
        data = study(random, coded=300)
        f, y, second = data["predicted"].to_numpy(float), data["gold"].to_numpy(), (data["group"] == "b").to_numpy()
        coded, labels, weight, units = ~np.isnan(y), np.nan_to_num(y), np.ones(len(y)), np.arange(len(y))
        for method in METHODS:
            a, b = (_rate(method, f, labels, weight, unit, unit & coded, units) for unit in (~second, second))
            rows = [_row(a, (0, 1)), _row(b, (0, 1)), _row(_minus(b, a), (-1, 1))]
            covered[method] += [
                row["low"] <= true <= row["high"] for row, true in zip(rows, (0.15, 0.35, 0.2), strict=True)
            ]  # type: ignore[operator]
            if number == 0:
                table = corrected_rates(**data, reference="a")
                assert table.loc[table["method"] == method, "low"].tolist() == pytest.approx([r["low"] for r in rows])
    assert (covered["parser only"] / studies < 0.75).all()
    for method in ("design-based", "prediction-powered"):
        assert ((covered[method] / studies >= 0.93) & (covered[method] / studies <= 0.97)).all()


def test_a_parser_that_errs_unlike_in_two_groups_makes_a_difference_that_is_not_there() -> None:
    # The same rate in both, sensitivity .9 and .6. 200 studies: Monte-Carlo error 1.5 points at 5 %, so .08.
    random, studies = np.random.default_rng(6), 200
    found = dict.fromkeys(METHODS, 0)
    for _ in range(studies):
        data = study(random, rates=(0.3, 0.3), sensitivity=(0.9, 0.6))
        rows = by_method(corrected_rates(**data), "difference")
        for method in METHODS:
            found[method] += rows.loc[method, "p"] < 0.05
    assert found["parser only"] / studies > 0.6
    assert max(found["design-based"], found["prediction-powered"]) / studies <= 0.08


def test_prediction_powered_is_narrower_than_the_coded_sample_alone() -> None:
    data = study(np.random.default_rng(7), sensitivity=(0.9, 0.9), specificity=(0.97, 0.97))
    table = corrected_rates(**data)
    width = (table["high"] - table["low"]).groupby([table["quantity"], table["group"], table["method"]]).first()
    for key in (("rate", "a"), ("rate", "b"), ("difference", "a")):
        assert width[(*key, "prediction-powered")] < 0.8 * width[(*key, "coded only")]


def test_a_useless_parser_is_not_used() -> None:
    random = np.random.default_rng(8)
    data = study(random)
    noise = pd.Series(random.integers(0, 2, 1500))
    rows = by_method(corrected_rates(noise, data["gold"]))
    assert rows.loc["prediction-powered", "high"] - rows.loc["prediction-powered", "low"] == pytest.approx(
        rows.loc["coded only", "high"] - rows.loc["coded only", "low"], rel=0.03
    )
    assert rows.loc["design-based", "high"] - rows.loc["design-based", "low"] > 1.3 * (
        rows.loc["coded only", "high"] - rows.loc["coded only", "low"]
    )
    nothing = by_method(corrected_rates(noise * 0, data["gold"]))  # all zero
    assert nothing.loc["prediction-powered", "estimate"] == nothing.loc["coded only", "estimate"]


def test_unequal_chances_of_being_coded_are_weighed() -> None:
    # What the parser found was coded four times as often. 300 studies: Monte-Carlo error 1.3 points, so .91.
    random, studies = np.random.default_rng(9), 300
    estimates, covered, unweighed = [], dict.fromkeys(METHODS, 0), []
    for _ in range(studies):
        truth = random.random(1500) < 0.25
        predicted = pd.Series(np.where(truth, random.random(1500) < 0.75, random.random(1500) < 0.07).astype(int))
        probability = pd.Series(np.where(predicted == 1, 0.32, 0.08))
        gold = pd.Series(np.where(random.random(1500) < probability, truth, np.nan))
        rows = by_method(corrected_rates(predicted, gold, probability=probability))
        estimates.append(rows["estimate"])
        unweighed.append(gold.mean())
        for method in METHODS:
            covered[method] += rows.loc[method, "low"] <= 0.25 <= rows.loc[method, "high"]
    means = pd.concat(estimates, axis=1).mean(axis=1)
    assert np.mean(unweighed) > 0.4
    for method in ("coded only", "design-based", "prediction-powered"):
        assert means[method] == pytest.approx(0.25, abs=0.006)
        assert 0.91 <= covered[method] / studies <= 0.985


# ---- what cannot be estimated, and bad input -----------------------------------------------------


def test_too_few_coded_units_or_errors_say_so() -> None:
    predicted = pd.Series([0, 1] * 50)
    few = by_method(corrected_rates(predicted, predicted.iloc[:2].astype(float)))
    assert few.loc["design-based", "reason"] == "not estimable: 2 of 100 units are coded, at least 10 are needed"
    assert few.loc["design-based", ["estimate", "low", "high"]].isna().all()
    assert pd.notna(few.loc["parser only", "low"])
    perfect = by_method(corrected_rates(predicted, predicted.iloc[:40]))
    assert perfect.loc["design-based", "estimate"] == 0.5 and pd.isna(perfect.loc["design-based", "low"])
    assert perfect.loc["design-based", "reason"] == (
        "interval not estimable: the parser made no error in the coded units; see rogan_gladen"
    )
    one_error = predicted.iloc[:40].copy()
    one_error.iloc[0] = 1
    doubtful = by_method(corrected_rates(predicted, one_error)).loc["design-based"]
    assert doubtful["reason"] == "interval doubtful: the parser made few errors in the coded units (1)"
    assert pd.notna(doubtful["low"])
    two = corrected_rates(pd.Series([0, 1]), pd.Series([0, 1]))
    assert by_method(two).loc[["coded only", "design-based", "prediction-powered"], "estimate"].isna().all()


def test_a_group_that_was_not_coded_has_no_difference_either() -> None:
    data = study(np.random.default_rng(10))
    data["gold"] = data["gold"].where(data["group"] == "a")
    rows = by_method(corrected_rates(**data), "difference")
    row = rows.loc["prediction-powered"]
    assert row[["estimate", "low", "high", "statistic", "p"]].isna().all()
    assert row["reason"].startswith("not estimable: 0 of") and pd.notna(rows.loc["parser only", "p"])


def test_one_group_has_no_difference() -> None:
    table = corrected_rates(pd.Series([0, 1] * 20), pd.Series([0, 1, 1, 0] * 10))
    assert set(table["quantity"]) == {"rate"} and table["method"].tolist() == list(METHODS)


LABELS = pd.Series([0, 1] * 20)


@pytest.mark.parametrize(
    ("predicted", "gold", "arguments", "message"),
    [
        (LABELS.where(LABELS.index > 0), LABELS, {}, r"predicted: some units have no label \(NA\)"),
        (LABELS * 2, LABELS, {}, "predicted: labels must be 0 or 1 .* not 2"),
        (LABELS.map({0: "no", 1: "yes"}), LABELS, {}, "predicted: labels must be 0 or 1"),
        (pd.concat([LABELS, LABELS]), LABELS, {}, "predicted: a unit stands twice in the index"),
        (LABELS, pd.Series([1], index=[99]), {}, "gold: unit 99 has no label of the parser"),
        (LABELS, LABELS, {"group": pd.Series("a", index=range(39))}, "group: unit 39 has none"),
        (LABELS, LABELS, {"cluster": LABELS.where(LABELS > 0)}, "cluster: unit 0 has none"),
        (LABELS, LABELS, {"probability": 0.0}, "probability: every coded unit needs"),
        (LABELS, LABELS, {"probability": pd.Series([0.5])}, "probability: every coded unit needs"),
        (LABELS, LABELS, {"reference": "rail"}, "reference: 'rail' is none of the groups all"),
    ],
)
def test_bad_input_is_named(predicted: pd.Series, gold: pd.Series, arguments: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        corrected_rates(predicted, gold, **arguments)
