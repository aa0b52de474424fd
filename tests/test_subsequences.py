"""Subsequences: support by hand, a test that keeps narratives together, and what cannot be tested."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, false_discovery_control, fisher_exact

from cxresearch.analysis.subsequences import ngrams


def journeys(stories: list[tuple[str, int, str | None, str]]) -> pd.DataFrame:
    """Sequences of one-letter states from (narrative, episode, industry, states)."""
    rows = [
        (narrative, episode, industry, place, state)
        for narrative, episode, industry, states in stories
        for place, state in enumerate(states, start=1)
    ]
    return pd.DataFrame(rows, columns=["narrative_id", "episode", "industry", "position", "state"])


def of_all(table: pd.DataFrame) -> dict[str, int]:
    rows = table[table["group"] == "all"]
    return dict(zip(rows["pattern"], rows["support"].tolist(), strict=True))


STORIES = journeys([("a", 1, "rail", "PWB"), ("a", 2, "rail", "PBPB"), ("b", 1, "energy", "BWP")])


def test_support_by_hand() -> None:
    assert of_all(ngrams(STORIES, 2, min_support=1)) == {
        "B > P": 1, "B > W": 1, "P > B": 1, "P > W": 1, "W > B": 1, "W > P": 1,
    }  # fmt: skip
    # P … B: in PWB over a gap, in PBPB three times, which is one episode; not in BWP.
    assert of_all(ngrams(STORIES, 2, gaps=True, min_support=2)) == {"B … P": 2, "P … B": 2}
    assert of_all(ngrams(STORIES, 3, gaps=True, min_support=1)) == {
        "B … P … B": 1, "B … W … P": 1, "P … B … B": 1, "P … B … P": 1, "P … P … B": 1, "P … W … B": 1,
    }  # fmt: skip
    assert of_all(ngrams(STORIES, 1, min_support=1)) == {"B": 3, "P": 3, "W": 2}
    assert of_all(ngrams(STORIES, patterns=["PB", "BBB"], gaps=True)) == {"P … B": 2, "B … B … B": 0}
    assert ngrams(STORIES.sample(frac=1, random_state=1), gaps=True, min_support=2).equals(
        ngrams(STORIES, gaps=True, min_support=2)
    )


def test_rows_by_industry_and_too_few_narratives_say_so() -> None:
    table = ngrams(STORIES, patterns=["PB"], gaps=True)
    assert table[["group", "support", "n", "n_narratives"]].to_numpy().tolist() == [
        ["all", 2, 3, 2],
        ["energy", 0, 1, 1],
        ["rail", 2, 2, 1],
    ]
    assert table[["low", "high", "statistic", "p", "p_adjusted"]].isna().all(axis=None)
    assert "2 narratives, at least 5 are needed; not estimable: 0 groups" in table["reason"].iloc[0]


def two_groups(shares: dict[str, int], n: int = 20, state: str = "PB") -> list[tuple[str, int, str | None, str]]:
    return [
        (f"{group}{i}", 1, group, state if i < count else "W" + state[:1])
        for group, count in shares.items()
        for i in range(n)
    ]


def test_the_statistic_is_pearsons_and_p_is_close_to_its() -> None:
    table = ngrams(journeys(two_groups({"energy": 12, "rail": 5})), patterns=["PB"])
    expected = chi2_contingency([[12, 8], [5, 15]], correction=False)
    row = table.iloc[0]
    assert row["statistic"] == pytest.approx(expected.statistic)
    # With one episode a narrative the permutation test is Fisher's exact test, drawn at random.
    assert row["p"] == pytest.approx(fisher_exact([[12, 8], [5, 15]]).pvalue, abs=0.015)
    assert row["reason"] is pd.NA


def test_adjusted_over_all_patterns_and_a_planted_difference_is_found() -> None:
    random = np.random.default_rng(3)
    noise = ["".join(random.choice(list("WCR"), 5)) for _ in range(60)]
    stories = [
        (f"n{i}", 1, "rail" if i < 30 else "energy", ("PB" if i < 24 or i > 57 else "") + noise[i]) for i in range(60)
    ]
    table = ngrams(journeys(stories), 2, gaps=True, draws=999)
    rows = table[table["group"] == "all"].set_index("pattern")
    assert rows.loc["P … B", "p_adjusted"] < 0.02
    tested = rows.dropna(subset="p")
    assert np.allclose(tested["p_adjusted"].astype(float), false_discovery_control(tested["p"].astype(float)))


def test_a_planted_null_with_clustered_episodes_is_found_in_at_most_5_percent() -> None:
    """Narratives of four episodes that are alike; the test that takes episodes for independent fails."""
    random = np.random.default_rng(0)
    found, naive = [], []
    for _ in range(150):
        groups = random.permutation(["rail"] * 12 + ["energy"] * 12)
        stories: list[Any] = [
            (f"n{i}", episode, groups[i], "PB" if kind else "WC")
            for i, kind in enumerate(random.random(24) < 0.5)
            for episode in range(4)
        ]
        table = journeys(stories)
        p = ngrams(table, patterns=["PB"], draws=99)["p"].iloc[0]
        if not pd.isna(p):
            found.append(p <= 0.05)
            first = table[table["position"] == 1]
            counts = pd.crosstab(first["industry"], first["state"])
            naive.append(chi2_contingency(counts, correction=False).pvalue <= 0.05)
    assert np.mean(found) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 150)
    assert np.mean(naive) > 0.2


def test_what_cannot_be_tested() -> None:
    everywhere = ngrams(journeys(two_groups({"energy": 20, "rail": 20})), patterns=["PB"], draws=9)
    assert everywhere["p"].isna().all()
    assert "every episode of the groups tested has the pattern" in everywhere["reason"].iloc[0]
    one = ngrams(journeys(two_groups({"rail": 9})), patterns=["PB"], draws=9)
    assert "1 groups with 5 narratives or more" in one["reason"].iloc[0]
    unknown = [(name, episode, None, states) for name, episode, _, states in two_groups({"x": 9})]
    with_unknown = ngrams(journeys([*two_groups({"rail": 9}), *unknown]), patterns=["PB"], draws=9)
    assert with_unknown["group"].tolist() == ["all", "rail", "unknown"]
    assert with_unknown["p"].isna().all()
    empty = ngrams(journeys([]))
    assert empty.empty and empty.dtypes.equals(one.dtypes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "sector"}, "column sector missing"),
        ({"n": 0}, "one state or more"),
        ({"patterns": [()]}, "one state or more"),
    ],
)
def test_bad_input_teaches(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ngrams(STORIES, **arguments)
