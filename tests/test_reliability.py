"""Coders against coders: published worked examples, other people's implementations, and laws."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from cxresearch.analysis.agreement import mention_agreement
from cxresearch.analysis.coefficients import (
    MEASURES,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from cxresearch.analysis.disagreements import disagreements
from cxresearch.analysis.reliability import coder_agreement, qualifier_reliability, reliability_table
from cxresearch.analysis.unitizing import continua, expected_and_observed, unitized_alpha, who_coded

COEFFICIENTS = (percent_agreement, cohen_kappa, krippendorff_alpha, gwet_ac1)


def table_of(*coders: str) -> pd.DataFrame:
    """A reliability table: a word a coder, a letter a unit, a dot for a missing coding."""
    return pd.DataFrame({f"c{i}": [None if x == "." else x for x in word] for i, word in enumerate(coders)})


# ---- worked examples -----------------------------------------------------------------------------


def test_two_coders_of_krippendorff() -> None:
    # (2011), A and B: binary, nominal; (2004), p. 227
    assert krippendorff_alpha(table_of("0100000000", "1110010010")) == pytest.approx(0.095, abs=5e-4)
    assert krippendorff_alpha(table_of("aabbdcccedda", "babbbccceddd")) == pytest.approx(0.692, abs=5e-4)
    table = table_of("aabbbbbccccc", "abbbbbcccccc")
    assert percent_agreement(table) == pytest.approx(0.833, abs=5e-4)
    assert krippendorff_alpha(table) == pytest.approx(0.734, abs=5e-4)


def counted(counts: list[list[int]]) -> pd.DataFrame:
    """The reliability table of two coders with these counts: first coder's label by second coder's."""
    return pd.DataFrame([(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)])


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [([[12, 9, 9], [9, 14, 9], [9, 9, 20]], 0.186), ([[12, 18, 18], [0, 14, 18], [0, 0, 20]], 0.258)],
)
def test_kappa_in_krippendorff_2004(counts: list[list[int]], kappa: float) -> None:
    # p. 246: the same percent agreement, yet kappa is higher where the coders use the labels unlike
    assert percent_agreement(counted(counts)) == pytest.approx(0.46)
    assert cohen_kappa(counted(counts)) == pytest.approx(kappa, abs=5e-4)


def from_units(*units: str) -> pd.DataFrame:
    return pd.DataFrame([[None if x == "." else x for x in unit] for unit in units], columns=list("abcd"))


# The same reliability data with missing codings in Krippendorff (2004, 2011: C) and in Gwet (2014).
FOUR_CODERS = from_units("11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3.")


def test_four_coders_with_missing_codings() -> None:
    assert krippendorff_alpha(FOUR_CODERS) == pytest.approx(0.743, abs=5e-4)
    assert percent_agreement(FOUR_CODERS) == pytest.approx(0.8181818, abs=1e-7)
    assert gwet_ac1(FOUR_CODERS) == pytest.approx(0.77544, abs=5e-6)  # chance agreement 0.1903212


def test_two_abstractors_of_gwet() -> None:
    table = counted([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    assert percent_agreement(table) == pytest.approx(0.89)
    assert cohen_kappa(table) == pytest.approx(0.7964094, abs=1e-7)
    assert krippendorff_alpha(table) == pytest.approx(0.7972585, abs=1e-7)
    assert gwet_ac1(table) == pytest.approx(0.8493305, abs=1e-7)


def test_by_hand() -> None:
    # Units: 2 x yes/yes, 1 x yes/no, 1 x no/no. Observed 3/4; kappa: chance 3/4*2/4 + 1/4*2/4 = 1/2;
    # AC1: chance 2 * 5/8 * 3/8 = 15/32, so (24 - 15) / (32 - 15) = 9/17;
    # alpha: 2 of 8 values apart, 2*5*3 / (8*7) expected: 1 - (2/8) / (30/56) = 8/15.
    table = table_of("yyyn", "yynn")
    assert [f(table) for f in COEFFICIENTS] == pytest.approx([3 / 4, 1 / 2, 8 / 15, 9 / 17])


# ---- other people's implementation ---------------------------------------------------------------

TABLES = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from(["a", "b", "c", None]), min_size=coders, max_size=coders), min_size=1, max_size=12
    ).map(lambda rows: pd.DataFrame(rows, columns=[f"c{i}" for i in range(coders)], dtype=object))
)


def task(table: pd.DataFrame) -> AnnotationTask:
    triples = [(c, i, table.at[i, c]) for c in table.columns for i in table.index if table.at[i, c] is not None]
    return AnnotationTask(data=triples)


@given(TABLES)
@settings(deadline=None)
def test_alpha_is_that_of_nltk(table: pd.DataFrame) -> None:
    alpha = krippendorff_alpha(table)
    if not np.isnan(alpha):
        assert alpha == pytest.approx(task(table).alpha(), abs=1e-6)


@given(TABLES)
@settings(deadline=None)
def test_kappa_and_percent_agreement_are_those_of_nltk(table: pd.DataFrame) -> None:
    table = table.fillna("b")  # nltk compares pairs on complete codings
    assert percent_agreement(table) == pytest.approx(task(table).avg_Ao(), abs=1e-6)
    pairs = [list(pair) for pair in combinations(table.columns, 2)]
    if all(table[pair].stack().nunique() > 1 for pair in pairs):
        assert cohen_kappa(table) == pytest.approx(task(table).kappa(), abs=1e-6)


# ---- laws and degenerate cases -------------------------------------------------------------------


@given(TABLES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_neither_order_nor_names_of_units_coders_and_labels_matter(table: pd.DataFrame, random: object) -> None:
    columns, rows = list(table.columns), list(table.index)
    random.shuffle(columns)  # type: ignore[attr-defined]
    random.shuffle(rows)  # type: ignore[attr-defined]
    other = table.loc[rows, columns].replace({"a": "z", "c": "a"})
    for coefficient in COEFFICIENTS:
        assert coefficient(other) == pytest.approx(coefficient(table), nan_ok=True)


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=9), st.integers(2, 4))
@settings(deadline=None)
def test_the_same_codings_agree_perfectly(values: list[str], coders: int) -> None:
    assume(len(set(values)) > 1)
    table = pd.DataFrame({f"c{i}": values for i in range(coders)})
    assert [coefficient(table) for coefficient in COEFFICIENTS] == pytest.approx([1, 1, 1, 1])


@given(TABLES)
@settings(deadline=None)
def test_a_unit_coded_once_does_not_change_alpha_nor_kappa(table: pd.DataFrame) -> None:
    longer = pd.concat([table, pd.DataFrame([["a", *[None] * (table.shape[1] - 1)]], columns=table.columns)])
    for coefficient in (percent_agreement, cohen_kappa, krippendorff_alpha):
        assert coefficient(longer) == pytest.approx(coefficient(table), nan_ok=True)


def test_random_codings_have_no_agreement_beyond_chance() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.choice(["a", "b"], size=(20000, 3)))
    assert [coefficient(table) for coefficient in COEFFICIENTS] == pytest.approx([0.5, 0, 0, 0], abs=0.02)


def test_where_nothing_varies() -> None:
    table = table_of("nnnn", "nnnn")
    assert percent_agreement(table) == 1
    assert np.isnan(cohen_kappa(table)) and np.isnan(krippendorff_alpha(table)) and np.isnan(gwet_ac1(table))
    assert gwet_ac1(table, labels=["n", "y"]) == 1


def test_where_no_unit_was_coded_twice() -> None:
    assert all(np.isnan(coefficient(table_of("a.", ".b"))) for coefficient in COEFFICIENTS)


def test_a_rare_value_lowers_kappa_and_not_ac1() -> None:
    table = table_of("y" + "n" * 98 + "y", "n" * 99 + "y")  # 99 of 100 alike, one value rare
    assert cohen_kappa(table) < 0.7 and krippendorff_alpha(table) < 0.7 and gwet_ac1(table) > 0.98


def test_bad_tables_are_named() -> None:
    with pytest.raises(ValueError, match="two or more coders"):
        krippendorff_alpha(table_of("ab"))
    with pytest.raises(ValueError, match="'y' is not among the labels n"):
        gwet_ac1(table_of("ny", "nn"), labels=["n"])


# ---- unitising -----------------------------------------------------------------------------------

MENTION = ["narrative_id", "coder", "type", "start", "end", "realis"]


def mentions(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame([(*row, "actual")[:6] for row in rows], columns=MENTION)


def marked(coder: str, kind: str, *spans: tuple[int, int], shift: int = 0, narrative: str = "n1") -> list[tuple]:  # type: ignore[type-arg]
    """Spans as Krippendorff gives them: begin and length."""
    return [(narrative, coder, kind, b - shift, b - shift + length) for b, length in spans]


def test_unitising_example_of_krippendorff_2004() -> None:
    # Content Analysis, 2nd ed., p. 254: a continuum of length 300 that begins at 150, two observers
    codings = mentions(
        *marked("i", "c", (225, 70), (370, 30), shift=150),
        *marked("j", "c", (220, 80), (355, 20), (400, 20), shift=150),
        *marked("i", "k", (180, 60), (300, 50), shift=150),
        *marked("j", "k", (180, 60), (300, 50), shift=150),
    )
    read, one = who_coded(codings), np.ones((1, 1))
    for kind, observed, expected in (("c", 0.0144, 0.0532), ("k", 0, 0.0490)):
        sums = expected_and_observed(continua(codings, {"n1": (0, 300)}, read, kind), one)
        assert [float(value[0]) for value in sums] == pytest.approx([expected, observed], abs=1e-4)
    assert unitized_alpha(codings, {"n1": 300}, "c") == pytest.approx(0.7286, abs=1e-4)
    assert unitized_alpha(codings, {"n1": 300}, "k") == 1
    assert unitized_alpha(codings, {"n1": 300}) == pytest.approx(1 - 0.0144 / (0.0532 + 0.0490), abs=1e-3)


@pytest.mark.parametrize(
    ("bertha", "bill", "observed", "alpha"),
    [
        ([(2, 8), (14, 6)], [(4, 4), (15, 2)], 0.03125, 0.553),
        ([(0, 18)], [(0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 3), (9, 1)], 2.26736, -0.926),
        ([(2, 6), (10, 2), (14, 4), (20, 2)], [(0, 2), (4, 4), (10, 4), (16, 2), (20, 2)], 0.02777, 0.679),
        (
            [(0, 2), (2, 8), (10, 4), (14, 6), (20, 4)],
            [(0, 4), (4, 4), (8, 7), (15, 2), (17, 7)],
            0.38715,
            0.066,
        ),
    ],
)
def test_unitising_examples_of_krippendorff_1995(bertha: list, bill: list, observed: float, alpha: float) -> None:  # type: ignore[type-arg]
    # His p. 57, a continuum of 24 units cut ever finer. The expected disagreement in that article has an
    # error that the book of 2004 corrects, so his alphas are met only nearly (DKPro Statistics notes the same).
    fine = 5000
    spans = [[(fine * b, fine * length) for b, length in coder] for coder in (bertha, bill)]
    codings = mentions(*marked("i", "x", *spans[0]), *marked("j", "x", *spans[1]))
    extents = {"n1": (0, 24 * fine)}
    _, found = expected_and_observed(continua(codings, extents, who_coded(codings), "x"), np.ones((1, 1)))
    assert found[0] == pytest.approx(observed, abs=1e-5)
    assert unitized_alpha(codings, {"n1": 24 * fine}) == pytest.approx(alpha, abs=0.02)


def brute_force(spans: dict[tuple[str, str], list[tuple[int, int]]], lengths: dict[str, int]) -> float:
    """Alpha_U by its definition: every section against every section, every chance place one by one."""
    coders = sorted({coder for _, coder in spans})

    def sections(narrative: str, coder: str) -> list[tuple[int, int, bool]]:
        cells, at = [], 0
        for start, end in sorted(spans[narrative, coder]):
            cells += [(at, start, False), (start, end, True)]
            at = end
        return [*cells, (at, lengths[narrative], False)]

    def apart(a: tuple[int, int, bool], b: tuple[int, int, bool]) -> int:
        if a[2] and b[2] and a[0] < b[1] and b[0] < a[1]:
            return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
        if a[2] and not b[2] and b[0] <= a[0] and a[1] <= b[1]:
            return (a[1] - a[0]) ** 2
        return apart(b, a) if b[2] and not a[2] else 0

    m, total = len(coders), sum(lengths.values())
    observed = sum(
        apart(a, b)
        for narrative in lengths
        for i, j in permutations(coders, 2)
        for a in sections(narrative, i)
        for b in sections(narrative, j)
    ) / (m * (m - 1) * total**2)
    every = [section for narrative in lengths for coder in coders for section in sections(narrative, coder)]
    units = [end - start for start, end, is_unit in every if is_unit]
    expected = 0
    for a, b in combinations(units, 2):  # the second begins at 0, the first anywhere where the two overlap
        expected += sum(at**2 + (at + a - b) ** 2 for at in range(1 - a, b))
    for unit in units:
        for start, end, is_unit in every:
            expected += 0 if is_unit else sum(unit**2 for at in range(start, end) if at + unit <= end)
    places = m * total * (m * total - 1) - sum(unit * (unit - 1) for unit in units)
    return 1 - observed / (2 * expected / (total * places))


SPANS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), max_size=3)


def along(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Gap and length, one after another: spans that do not overlap."""
    at, spans = 0, []
    for gap, length in steps:
        spans.append((at + gap, at + gap + length))
        at += gap + length
    return spans


@given(st.lists(SPANS, min_size=4, max_size=6).filter(any))
@settings(deadline=None, max_examples=50)
def test_unitised_alpha_is_its_definition(steps: list[list[tuple[int, int]]]) -> None:
    steps = steps if len(steps) % 2 == 0 else steps[:-1]
    assume(any(steps))
    keys = [(narrative, f"c{i}") for i in range(len(steps) // 2) for narrative in ("n1", "n2")]
    spans = {key: along(row) for key, row in zip(keys, steps, strict=True)}
    rows = [(name, coder, "wait", start, end) for (name, coder), those in spans.items() for start, end in those]
    coded = {coder: ["n1", "n2"] for _, coder in keys}
    lengths = {"n1": 28, "n2": 40}
    assert unitized_alpha(mentions(*rows), lengths, "wait", coded=coded) == pytest.approx(brute_force(spans, lengths))
    # what one coder alone coded says nothing
    more = {**coded, "c0": ["n1", "n2", "n3"]}
    alone = mentions(*rows, ("n3", "c0", "wait", 0, 9))
    again = unitized_alpha(alone, {**lengths, "n3": 9}, "wait", coded=more)
    assert again == pytest.approx(brute_force(spans, lengths))


def test_unitising_needs_spans() -> None:
    both = {"anna": ["n1"], "bram": ["n1"]}
    assert np.isnan(unitized_alpha(mentions(("n1", "anna", "wait", 0, 5)), {"n1": 20}, "exit", coded=both))
    with pytest.raises(ValueError, match="length of narrative n1 is missing"):
        unitized_alpha(mentions(("n1", "anna", "wait", 0, 5)), {}, coded=both)
    with pytest.raises(ValueError, match=r"mention 0-25 \(wait, anna\) lies outside narrative n1"):
        unitized_alpha(mentions(("n1", "anna", "wait", 0, 25)), {"n1": 20}, coded=both)


def test_overlapping_spans_of_one_coder_are_one() -> None:
    other = ("n1", "bram", "wait", 2, 10)
    apart = mentions(("n1", "anna", "wait", 0, 6), ("n1", "anna", "wait", 4, 9), other)
    assert unitized_alpha(apart, {"n1": 30}) == unitized_alpha(
        mentions(("n1", "anna", "wait", 0, 9), other), {"n1": 30}
    )


# ---- codings and units ---------------------------------------------------------------------------


def units_of(*narratives: str, sentences: int = 3) -> pd.DataFrame:
    rows = [(name, i, 10 * i, 10 * i + 10) for name in narratives for i in range(sentences)]
    return pd.DataFrame(rows, columns=["narrative_id", "unit", "start", "end"])


def test_a_narrative_that_was_not_coded_is_missing_and_not_a_no() -> None:
    codings = mentions(
        ("n1", "anna", "wait", 0, 5),
        ("n1", "bram", "wait", 12, 22),  # over two sentences
        ("n2", "anna", "wait", 0, 5),
        ("n2", "carl", "exit", 0, 5),
        ("n3", "carl", "exit", 0, 5),  # coded by one: not in the table
    )
    table = reliability_table(codings, units_of("n1", "n2", "n3"), "wait")
    assert table.index.tolist() == [(name, i) for name in ("n1", "n2") for i in range(3)]
    assert table["anna"].tolist() == [True, False, False, True, False, False]
    assert table["bram"].tolist() == [False, True, True, pd.NA, pd.NA, pd.NA]
    assert table["carl"].tolist() == [pd.NA, pd.NA, pd.NA, False, False, False]
    assert set(table.dtypes.astype(str)) == {"boolean"}


def test_who_found_nothing_is_told_by_coded() -> None:
    codings = mentions(("n1", "anna", "wait", 0, 5))
    with pytest.raises(ValueError, match=r"no narrative was coded by two coders \(coders: anna\)"):
        reliability_table(codings, units_of("n1"), "wait")
    table = reliability_table(codings, units_of("n1"), "wait", coded={"anna": ["n1"], "bram": ["n1"]})
    assert table["bram"].tolist() == [False, False, False]


def test_only_asserted_mentions_count_and_optional_ones_as_one_says() -> None:
    codings = mentions(("n1", "anna", "wait", 0, 5), ("n1", "anna", "wait", 10, 15), ("n1", "bram", "wait", 20, 25))
    codings["realis"] = ["actual", "generic", "prospective"]
    codings["optional"] = pd.array([True, False, pd.NA], dtype="boolean")
    table = reliability_table(codings, units_of("n1"), "wait")
    assert table.to_numpy().tolist() == [[True, False], [False, False], [False, True]]
    table = reliability_table(codings, units_of("n1"), "wait", optional="absent")
    assert table.to_numpy().tolist() == [[False, False], [False, False], [False, True]]


def simulated(narratives: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three coders who mostly see the same."""
    random = np.random.default_rng(seed)
    names = [f"n{i:02}" for i in range(narratives)]
    rows = []
    for name in names:
        rows += [(name, coder, "loyalty", 0, 4) for coder in ("anna", "bram", "carl")]
        for sentence, kind in ((1, "wait"), (2, "exit"), (3, "wait"), (4, "apology")):
            there = random.random() < 0.5
            for coder in ("anna", "bram", "carl"):
                if there != (random.random() < 0.15):
                    start = 10 * sentence + int(random.integers(0, 3))
                    rows.append((name, coder, kind, start, start + 5))
    codings = mentions(*rows)
    codings["polarity"] = np.where(random.random(len(codings)) < 0.8, "affirmed", "negated")
    codings["channel"] = np.where(random.random(len(codings)) < 0.3, "phone", None)
    return codings, units_of(*names, sentences=5)


def test_the_table_of_agreement_has_the_coefficients_of_each_type() -> None:
    codings, units = simulated(12)
    table = coder_agreement(codings, units, draws=200)
    assert list(table.columns)[-4:] == ["estimate", "low", "high", "reason"]
    rows = table.set_index(["type", "measure"])
    lengths = dict.fromkeys(units["narrative_id"], 50)
    for kind in ("apology", "exit", "wait"):
        of = reliability_table(codings, units, kind)
        for measure, coefficient in zip(MEASURES, COEFFICIENTS, strict=True):
            assert rows.loc[(kind, measure), "estimate"] == pytest.approx(coefficient(of))
        assert rows.loc[(kind, "unitised alpha"), "estimate"] == pytest.approx(unitized_alpha(codings, lengths, kind))
    decisions = pd.concat([reliability_table(codings, units, kind) for kind in sorted(set(codings["type"]))])
    for measure, coefficient in zip(MEASURES, COEFFICIENTS, strict=True):
        assert rows.loc[("all types", measure), "estimate"] == pytest.approx(coefficient(decisions))
    assert rows.loc[("all types", "unitised alpha"), "estimate"] == pytest.approx(unitized_alpha(codings, lengths))
    told = table[table["low"].notna()]
    assert len(told) >= 20 and (told["low"] <= told["estimate"]).all() and (told["estimate"] <= told["high"]).all()
    assert (rows["n"] == 60).all() and (rows["narratives"] == 12).all() and (rows["coders"] == 3).all()
    per_coder = codings.groupby("coder").size()
    assert rows.loc[("all types", "F1 strict"), "mentions_max"] == per_coder.max()
    assert rows.loc[("all types", "F1 strict"), "mentions_min"] == per_coder.min()
    pd.testing.assert_frame_equal(table, coder_agreement(codings.sample(frac=1, random_state=3), units, draws=200))


def test_f1_is_that_of_mention_agreement() -> None:
    codings, units = simulated(8)
    coders = {name: codings[codings["coder"] == name] for name in ("anna", "bram", "carl")}
    rows = coder_agreement(codings, units, draws=10).set_index(["type", "measure"])
    for strict, measure in ((False, "F1 overlapping"), (True, "F1 strict")):
        tables = [
            mention_agreement(coders[a], coders[b], strict=strict, draws=1).set_index("type")
            for a, b in permutations(coders, 2)
        ]
        for kind, name in (("wait", "wait"), ("all types", "all (micro)")):
            mean = np.mean([table.loc[name, "f1"] for table in tables])
            assert rows.loc[(kind, measure), "estimate"] == pytest.approx(mean)


def test_names_of_coders_do_not_matter() -> None:
    codings, units = simulated(6)
    swapped = codings.assign(coder=codings["coder"].map({"anna": "carl", "bram": "anna", "carl": "bram"}))
    left, right = (coder_agreement(frame, units, draws=20)["estimate"] for frame in (codings, swapped))
    pd.testing.assert_series_equal(left, right)


def test_what_cannot_be_estimated_says_why() -> None:
    codings, units = simulated(12)
    rows = coder_agreement(codings, units, types=["wait", "escalation"], draws=50).set_index(["type", "measure"])
    nothing = rows.loc["escalation"]
    assert nothing.loc["percent agreement", "estimate"] == 1 and nothing.loc["Gwet's AC1", "estimate"] == 1
    assert nothing.loc["percent agreement", "reason"] == "interval not estimable: every resample gives the same value"
    for measure in ("Cohen's kappa", "Krippendorff's alpha"):
        assert pd.isna(nothing.loc[measure, "estimate"])
        assert nothing.loc[measure, "reason"] == "not estimable: all codings have one value"
    for measure in ("unitised alpha", "F1 overlapping", "F1 strict"):
        assert nothing.loc[measure, "reason"] == "not estimable: nobody marked it"
    few, its_units = simulated(2)
    table = coder_agreement(few, its_units, draws=50)
    assert table["low"].isna().all()
    assert "interval not estimable: 2 narratives, at least 5 are needed" in set(table["reason"])


def test_nobody_marked_anything() -> None:
    codings = mentions(("n1", "anna", "wait", 0, 5)).assign(realis="generic")
    table = coder_agreement(codings, units_of("n1"), coded={"anna": ["n1"], "bram": ["n1"]}, draws=10)
    assert set(table["type"]) == {"all types"} and table["estimate"].isna().all()
    assert set(table["reason"]) == {"not estimable: nobody marked it"}


def test_the_interval_covers_the_agreement_of_the_population() -> None:
    # Narratives differ in difficulty (2 or 20 % of decisions wrong); the true alpha is that of very many.
    # 60 studies of 40 narratives: were the coverage 93 %, fewer than 51 would cover by chance in 1 of 100
    # such tests. (800 studies, not run here: .90 with 10 narratives, .92 with 20, .94 with 40, .96 with 100.)
    random = np.random.default_rng(5)

    def study(narratives: int) -> np.ndarray:
        wrong = random.choice([0.02, 0.2], size=(narratives, 1, 1))
        truth = random.random((narratives, 6, 1)) < 0.4
        return truth != (random.random((narratives, 6, 2)) < wrong)

    def alpha_of(codes: np.ndarray) -> float:
        return krippendorff_alpha(pd.DataFrame(codes.reshape(-1, 2)))

    truth = alpha_of(study(50_000))
    names = [f"n{i:02}" for i in range(40)]
    units, coded = units_of(*names, sentences=6), {"anna": names, "bram": names}
    covered = 0
    for _ in range(60):
        rows = [
            (names[d], ("anna", "bram")[c], "wait", 10 * u, 10 * u + 5)
            for d, u, c in zip(*np.nonzero(study(40)), strict=True)
        ]
        table = coder_agreement(mentions(*rows), units, coded=coded, draws=200).set_index(["type", "measure"])
        low, high = table.loc[("wait", "Krippendorff's alpha"), ["low", "high"]]
        covered += low <= truth <= high
    assert covered >= 51


def test_qualifiers_of_shared_mentions() -> None:
    codings, _ = simulated(12)
    table = qualifier_reliability(codings, draws=100)
    assert list(table["qualifier"].unique()) == ["polarity", "realis", "channel"]
    rows = table.set_index(["qualifier", "measure"])
    assert rows.loc[("realis", "percent agreement"), "estimate"] == 1
    assert rows.loc[("realis", "Cohen's kappa"), "reason"] == "not estimable: all codings have one value"
    # by chance only: 0.8 * 0.8 + 0.2 * 0.2
    assert rows.loc[("polarity", "percent agreement"), "estimate"] == pytest.approx(0.68, abs=0.1)
    assert rows.loc[("polarity", "Krippendorff's alpha"), "estimate"] == pytest.approx(0, abs=0.15)
    # a channel that neither gives is no agreement
    assert rows.loc[("channel", "percent agreement"), "n"] < rows.loc[("polarity", "percent agreement"), "n"]


def test_two_coders_qualifiers_by_hand() -> None:
    codings = mentions(*(("n1", coder, "wait", 10 * i, 10 * i + 5) for coder in ("anna", "bram") for i in range(4)))
    codings["polarity"] = [*"ppnn", *"pppn"]
    rows = qualifier_reliability(codings, draws=10).set_index(["qualifier", "measure"])
    estimates = rows.loc["polarity", "estimate"].tolist()
    assert estimates == pytest.approx([3 / 4, 1 / 2, 8 / 15, 9 / 17])


def test_differences_are_listed_once_each() -> None:
    a = mentions(
        ("n1", "anna", "wait", 0, 9), ("n1", "anna", "exit", 20, 29), ("n1", "anna", "apology", 40, 49),
        ("n2", "anna", "wait", 0, 9),
    ).assign(polarity=["affirmed", "affirmed", None, "affirmed"], optional=[False, False, False, True])  # fmt: skip
    b = mentions(
        ("n1", "bram", "wait", 2, 11), ("n1", "bram", "loyalty", 25, 35), ("n2", "bram", "promise", 50, 60)
    ).assign(polarity=["negated", "affirmed", "affirmed"])
    assert disagreements(a, b).astype(object).where(lambda x: x.notna(), None).to_numpy().tolist() == [
        ["n1", 0, 11, "wait", "polarity", "affirmed", "negated"],
        ["n1", 20, 35, "exit", "type", "exit", "loyalty"],
        ["n1", 40, 49, "apology", "only a", "apology", None],
        ["n2", 50, 60, "promise", "only b", None, "promise"],
    ]
    assert disagreements(a, a).empty


# ---- bad input -----------------------------------------------------------------------------------

GOOD = mentions(("n1", "anna", "wait", 0, 5), ("n1", "bram", "wait", 0, 5))


@pytest.mark.parametrize(
    ("codings", "units", "arguments", "message"),
    [
        (GOOD.drop(columns="coder"), units_of("n1"), {}, "codings: column coder missing"),
        (GOOD.assign(coder=["anna", None]), units_of("n1"), {}, "column coder has an empty cell"),
        (GOOD.assign(coder="anna"), units_of("n1"), {}, "no narrative was coded by two coders"),
        (GOOD.assign(start="0"), units_of("n1"), {}, "column start must hold whole numbers"),
        (GOOD.assign(end=0), units_of("n1"), {}, "0, 0 in n1 is no span"),
        (GOOD.iloc[:0], units_of("n1"), {}, r"no narrative was coded by two coders \(coders: none\)"),
        (GOOD, units_of("n1").drop(columns="end"), {}, "units: column end missing"),
        (GOOD, units_of("n2"), {}, "units: narrative n1 was coded but has no units"),
        (GOOD, pd.concat([units_of("n1")] * 2), {}, "units: column unit: 0 stands twice in narrative n1"),
        (GOOD.assign(start=90, end=95), units_of("n1"), {}, r"mention 90-95 \(wait, anna\) in n1 is in no unit"),
        (GOOD, units_of("n1"), {"types": ["delay"]}, "types: 'delay' is no type of the codebook"),
        (GOOD, units_of("n1"), {"optional": "maybe"}, "optional: 'maybe' is neither"),
        (GOOD, units_of("n1"), {"coded": {"anna": ["n1"], "bram": ["n2"]}}, "coded: bram has mentions in n1"),
    ],
)
def test_bad_input_is_named(codings: pd.DataFrame, units: pd.DataFrame, arguments: dict, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        coder_agreement(codings, units, draws=10, **arguments)
