"""Flow, agreement and co-occurrence as figures: every mark is in the data, nothing is cut or overlaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cxresearch.codebook import event_types
from cxresearch.figures import agreement_dots, cooccurrence, corpus_flow, problems, render

FLOW = pd.DataFrame(
    {
        "stage": ["narratives read", "with an episode", "episodes", "mentions of events", "told as having happened"],
        "unit": ["narratives", "narratives", "episodes", "mentions", "mentions"],
        "n": [12345, 12000, 13000, 140000, 99999],
        "left_out": [3, 342, 0, 0, 40001],
        "why": ["could not be read", "tell of no organisation", "", "", "denied, planned, supposed or general"],
    }
)


def readings(missing: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for reading in ("coder and coder", "parser and coders"):
        for kind in (*event_types(), "all (micro)"):
            value = round(float(rng.uniform(0.1, 0.9)), 3)
            rows.append((kind, reading, 40, value, value - 0.1, value + 0.1))
    frame = pd.DataFrame(rows, columns=["type", "reading", "n", "estimate", "low", "high"])
    if missing:
        frame.loc[[3, 25], ["estimate", "low", "high"]] = np.nan
    return frame


def pairs() -> pd.DataFrame:
    names = list(event_types())
    rng = np.random.default_rng(0)
    rows = [
        (a, b, 200, round(float(rng.uniform(-0.3, 0.6)), 3), float(rng.uniform(0, 0.2)))
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]
    frame = pd.DataFrame(rows, columns=["first", "second", "n", "estimate", "p_bh"])
    frame.loc[0, ["estimate", "p_bh"]] = np.nan
    return frame


FIGURES = [
    (corpus_flow, FLOW, ("single", "one-half", "double")),
    (agreement_dots, readings(missing=True), ("single", "one-half", "double")),
    (cooccurrence, pairs(), ("one-half", "double")),
]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize(
    ("draw", "table", "width"),
    [(draw, table, width) for draw, table, widths in FIGURES for width in widths],
    ids=lambda value: getattr(value, "__name__", value if isinstance(value, str) else ""),
)
def test_it_can_be_printed(draw, table: pd.DataFrame, width: str, language: str) -> None:
    picture = draw(table, language=language, width=width)
    assert problems(picture.figure) == []
    pd.testing.assert_frame_equal(picture.data, table)
    assert picture.caption
    assert picture.alt
    assert picture.n
    assert render(picture.figure, "svg") == render(draw(table, language=language, width=width).figure, "svg")


def words_of(picture) -> list[str]:
    return [text.get_text().replace("\n", " ") for axes in picture.figure.axes for text in axes.texts]


def test_the_flow_prints_every_number() -> None:
    told = " ".join(words_of(corpus_flow(FLOW)))
    assert all(number in told for number in ("12,345", "12,000", "13,000", "140,000", "99,999", "40,001"))
    assert "12.345" in " ".join(words_of(corpus_flow(FLOW, language="nl")))


def test_dots_stand_at_the_estimates() -> None:
    table = readings(missing=True)
    axes = agreement_dots(table).figure.axes[0]
    drawn = sorted(
        round(float(line.get_xdata()[0]), 3)
        for line in axes.lines
        if len(line.get_xdata()) == 1 and line.get_xdata()[0] > 0
    )
    assert drawn == sorted(table["estimate"].dropna())
    assert sum("not estimable" in words for words in (t.get_text() for t in axes.texts)) == 2


def test_the_matrix_prints_phi_and_marks_what_is_found() -> None:
    table = pairs()
    axes = cooccurrence(table).figure.axes[0]
    cells = [text for text in axes.texts if not text.get_text().startswith("n = ")]
    known = table[table["estimate"].notna()]
    assert len(cells) == len(known)
    expected = sorted(f"{100 * value:.0f}".replace("-", "−").replace("−0", "0") for value in known["estimate"])
    assert sorted(text.get_text() for text in cells) == expected
    assert sum(text.get_fontweight() == "bold" for text in cells) == (known["p_bh"] < 0.05).sum()


@pytest.mark.parametrize(
    ("draw", "table", "says"),
    [
        (corpus_flow, FLOW.drop(columns="why"), "why"),
        (agreement_dots, readings().drop(columns="low"), "low"),
        (agreement_dots, readings().assign(reading=[f"r{i % 5}" for i in range(40)]), "reading"),
        (cooccurrence, pairs().assign(estimate=np.nan), "no pair is estimable"),
        (cooccurrence, pairs().head(0), "no rows"),
    ],
)
def test_wrong_tables_name_what_is_wrong(draw, table: pd.DataFrame, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        draw(table)
