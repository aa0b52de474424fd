"""Figures of rates and contrasts: nothing cut or overlapping, every mark in the data, what fails is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.codebook import industries
from cxresearch.figures import Picture, problems, render
from cxresearch.figures.durations import survival_curves
from cxresearch.figures.forest import forest
from cxresearch.figures.rates import rate_dots, type_by_industry

GROUPS = [*list(industries())[:12], "an_industry_with_a_very_long_name_indeed"]
OUTCOMES = ["rule_cited", "apology_withheld", "resolved_at_first_contact"]
TOO_FEW = "not estimable: 2 episodes"


def table(outcomes: list[str], groups: list[str] = GROUPS) -> pd.DataFrame:
    """Rates and contrasts of made-up groups, of which the last is too small and the third has no interval."""
    rows = []
    for i, outcome in enumerate(outcomes):
        for j, group in enumerate(groups):
            value = 0.05 + 0.07 * ((j + 3 * i) % 13)
            row = {"outcome": outcome, "level": "true", "group": group, "n": 20 + j, "clusters": 15, "estimate": value}
            row |= {"low": value / 2, "high": min(1.0, value * 1.5), "reason": None, "p_holm": 0.02 * (j + 1)}
            row |= {"compared_with": "rest", "measure": "odds ratio"}
            if len(groups) > 1 and j == len(groups) - 1:
                row |= {"n": 2, "estimate": None, "low": None, "high": None, "p_holm": None, "reason": TOO_FEW}
            if j == 2:
                row |= {"low": None, "high": None, "reason": "interval not estimable: an observed count is 0"}
            rows.append(row)
    numbers = dict.fromkeys(["estimate", "low", "high", "p_holm"], "Float64")
    return pd.DataFrame(rows).astype({"n": "Int64", **numbers})


def contrasts(outcomes: list[str], groups: list[str] = GROUPS) -> pd.DataFrame:
    made = table(outcomes, groups).assign(n=263)
    factor = 2.0 + 20 * (made["group"] == groups[0])
    return made.assign(**{name: made[name] * factor for name in ("estimate", "low", "high")})


def drawn(picture: Picture) -> list[float]:
    """Where the markers stand, panel after panel; the arrows at ends of intervals are smaller."""
    return [
        float(line.get_xdata()[0])
        for axes in picture.figure.axes
        for line in axes.lines
        if len(line.get_xdata()) == 1 and line.get_markersize() > 4
    ]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("width", ["single", "one-half", "double"])
@pytest.mark.parametrize("draw", [rate_dots, forest, type_by_industry])
@pytest.mark.parametrize("outcomes", [OUTCOMES[:1], OUTCOMES])
def test_nothing_is_cut_or_overlaps(draw, outcomes: list[str], width: str, language: str) -> None:
    frame = contrasts(outcomes) if draw is forest else table(outcomes)
    picture = draw(frame, language=language, width=width)
    assert problems(picture.figure) == []
    assert len(picture.data) == len(frame)
    assert picture.caption.endswith(".")
    assert picture.alt.endswith(".")
    assert "{" not in picture.caption + picture.alt


@pytest.mark.parametrize("draw", [rate_dots, forest, type_by_industry])
def test_same_frame_same_bytes(draw) -> None:
    first, second = (render(draw(contrasts(OUTCOMES), width="double").figure, "svg") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("draw", [rate_dots, forest, type_by_industry])
def test_one_row_and_nothing_but_na(draw) -> None:
    one = table(OUTCOMES[:1], ["rail"])
    nothing = one.assign(estimate=pd.NA, low=pd.NA, high=pd.NA, p_holm=pd.NA, reason=TOO_FEW)
    for frame in (one, nothing):
        picture = draw(frame, width="single")
        assert problems(picture.figure) == []
    assert "None is estimable." in picture.alt


def test_dots_stand_where_the_table_says() -> None:
    picture = rate_dots(table(OUTCOMES))
    assert np.allclose(sorted(drawn(picture)), sorted(picture.data["estimate"].dropna()))
    words = [text.get_text() for axes in picture.figure.axes for text in axes.texts]
    assert words.count("not estimable") == len(OUTCOMES)


def test_forest_stands_where_the_table_says_and_fills_what_is_significant() -> None:
    picture = forest(contrasts(OUTCOMES[:1]), width="single")
    assert np.allclose(sorted(drawn(picture)), sorted(picture.data["estimate"].dropna()))
    marks = [line for line in picture.figure.axes[0].lines if len(line.get_xdata()) == 1 and line.get_markersize() > 4]
    filled = [line for line in marks if line.get_markerfacecolor() != "white"]
    assert len(filled) == (picture.data["p_holm"] < 0.05).sum() == 2
    assert picture.figure.axes[0].get_xscale() == "log"


def test_cells_hold_the_numbers_of_the_table() -> None:
    picture = type_by_industry(table(OUTCOMES), intervals=True)
    words = sorted(text.get_text() for text in picture.figure.axes[0].texts)
    expected = []
    for value, low, high in picture.data[["estimate", "low", "high"]].astype(float).to_numpy():
        interval = "" if np.isnan(low) else f"\n{100 * low:.0f}–{100 * high:.0f}"
        expected.append("–" if np.isnan(value) else f"{100 * value:.0f}{interval}")
    assert words == sorted(expected)


@pytest.mark.parametrize("draw", [rate_dots, forest, type_by_industry])
def test_bad_input_names_the_column(draw) -> None:
    frame = contrasts(OUTCOMES)
    with pytest.raises(ValueError, match="estimate"):
        draw(frame.drop(columns="estimate"))
    with pytest.raises(ValueError, match=r"^low"):
        draw(frame.assign(low="much"))
    with pytest.raises(ValueError, match="no rows"):
        draw(frame.iloc[:0])
    with pytest.raises(ValueError, match="group"):
        draw(pd.concat([frame, frame.iloc[:1]]))


def test_too_narrow_or_too_many_is_said() -> None:
    with pytest.raises(ValueError, match=r"^width"):
        type_by_industry(table([f"outcome_{i}" for i in range(13)]), width="single")
    with pytest.raises(ValueError, match=r"^outcome"):
        rate_dots(table([f"outcome_{i}" for i in range(13)]))
    with pytest.raises(ValueError, match=r"^measure"):
        forest(pd.concat([contrasts(OUTCOMES[:1]), contrasts(OUTCOMES[1:2]).assign(measure="risk ratio")]))


def curves(number: int) -> pd.DataFrame:
    """Curves of so many groups, of which the last is too small."""
    rows = []
    for j, group in enumerate(GROUPS[-number:]):
        row = {"duration": "contacts_by_customer", "group": group, "n": 20 + j}
        if j == number - 1:
            rows.append(row | {"n": 2, "reason": TOO_FEW})
            continue
        for k in range(1, 9):
            told = {"time": float(k), "at_risk": 20 + j - 2 * k, "censored": k % 2, "estimate": 1 - k * (j + 1) / 90}
            rows.append(row | told)
    return pd.DataFrame(rows)


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("width", ["single", "one-half", "double"])
@pytest.mark.parametrize("number", [2, 3, 6, 13])
def test_survival_curves(number: int, width: str, language: str) -> None:
    picture = survival_curves(curves(number), width=width, language=language)
    assert problems(picture.figure) == []
    groups = picture.data.groupby("group", sort=False)
    for line in (line for line in picture.figure.axes[0].lines if line.get_label() in groups.groups):
        drawn_rows = groups.get_group(line.get_label())
        assert np.allclose(line.get_ydata(), [1.0, *drawn_rows["estimate"]])


def test_survival_curves_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"^groups"):
        survival_curves(curves(13), groups=GROUPS[:7])
    with pytest.raises(ValueError, match=r"^groups"):
        survival_curves(curves(3), groups=["nowhere"])
    with pytest.raises(ValueError, match="at_risk"):
        survival_curves(curves(3).drop(columns="at_risk"))
    first, second = (render(survival_curves(curves(6)).figure, "svg") for _ in range(2))
    assert first == second
