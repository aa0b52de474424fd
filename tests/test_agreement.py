"""Agreement of two readings: what is a hit, a miss, a false alarm, and how sure the figures are."""

import csv
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.agreement import (
    match_mentions,
    mention_agreement,
    qualifier_agreement,
    source_mentions,
    verdicts,
)
from cxresearch.codings import read_codings
from cxresearch.corpus import read_corpus
from cxresearch.runs import parse_batch

SHARED = Path(__file__).resolve().parents[2] / "shared"
COLUMNS = ["narrative_id", "type", "start", "end", "realis", "optional"]


def mentions(*rows: tuple[str, str, int, int, str, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def verdict_of(reference: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    return verdicts(reference, other)["verdict"].tolist()


WAIT = ("n1", "wait", 0, 20, "actual", False)


@pytest.mark.parametrize(
    ("reference", "other", "expected"),
    [
        ([WAIT], [WAIT], ["hit"]),
        ([WAIT], [("n1", "wait", 19, 30, "actual", False)], ["hit"]),
        ([WAIT], [("n1", "wait", 20, 30, "actual", False)], ["miss", "false alarm"]),
        ([WAIT], [("n1", "exit", 0, 20, "actual", False)], ["miss", "false alarm"]),
        ([WAIT], [("n2", "wait", 0, 20, "actual", False)], ["miss", "false alarm"]),
        ([WAIT], [("n1", "wait", 0, 20, "generic", False)], ["miss"]),
        ([WAIT], [("n1", "wait", 0, 20, "prospective", False)], ["hit"]),
        ([("n1", "wait", 0, 20, "hypothetical", False)], [WAIT], ["false alarm"]),
        ([("n1", "wait", 0, 20, "hypothetical", False)], [], []),
        ([("n1", "wait", 0, 20, "hypothetical", True)], [WAIT], []),
        ([("n1", "wait", 0, 20, "actual", True)], [], ["ignored"]),
        ([("n1", "wait", 0, 20, "actual", True)], [WAIT], ["ignored"]),
        # said twice within one mention of the reference
        ([WAIT], [("n1", "wait", 0, 5, "actual", False), ("n1", "wait", 10, 15, "actual", False)], ["hit"]),
        # a plain mention goes before an optional one at the same place
        ([("n1", "wait", 0, 20, "actual", True), WAIT], [WAIT], ["ignored", "hit"]),
    ],
)
def test_every_mention_gets_its_verdict(reference: list, other: list, expected: list[str]) -> None:  # type: ignore[type-arg]
    assert verdict_of(mentions(*reference), mentions(*other)) == expected


SPANS = st.lists(
    st.tuples(
        st.sampled_from(["n1", "n2"]),
        st.sampled_from(["wait", "exit"]),
        st.integers(0, 30),
        st.integers(1, 9),
        st.sampled_from(["actual", "generic"]),
        st.just(False),
    ).map(lambda row: (*row[:3], row[2] + row[3], *row[4:])),
    max_size=8,
    unique=True,
)


@given(SPANS, SPANS)
def test_every_mention_is_used_once_and_only_where_it_overlaps(left: list, right: list) -> None:  # type: ignore[type-arg]
    a, b = mentions(*left), mentions(*right)
    pairs = match_mentions(a, b)
    assert pairs["reference"].is_unique and pairs["other"].is_unique
    for i, j in pairs.itertuples(index=False):
        assert a.loc[i, "narrative_id"] == b.loc[j, "narrative_id"] and a.loc[i, "type"] == b.loc[j, "type"]
        assert a.loc[i, "start"] < b.loc[j, "end"] and b.loc[j, "start"] < a.loc[i, "end"]


@given(SPANS.filter(bool))
def test_a_reading_agrees_with_itself(rows: list) -> None:  # type: ignore[type-arg]
    table = mention_agreement(mentions(*rows), mentions(*rows), draws=50)
    asserted = any(row[4] == "actual" for row in rows)
    assert table["f1"].dropna().eq(1).all() if asserted else not table["hits"].any()


def test_ratios_are_of_the_counts_and_intervals_resample_narratives() -> None:
    # ten narratives, five read well and five not at all: F1 is .67 and must be very unsure
    reference = mentions(*((f"n{i}", "wait", 0, 9, "actual", False) for i in range(10)))
    other = mentions(*((f"n{i}", "wait", 0, 9, "actual", False) for i in range(5)))
    row = mention_agreement(reference, other).set_index("type").loc["wait"]
    assert (row["hits"], row["misses"], row["false_alarms"]) == (5, 5, 0)
    assert row["precision"] == 1 and row["recall"] == 0.5 and row["f1"] == pytest.approx(2 / 3)
    assert row["recall_low"] <= 0.3 and row["recall_high"] >= 0.7


def test_strict_spans_must_be_the_same() -> None:
    shorter = mentions(("n1", "wait", 0, 19, "actual", False))
    assert mention_agreement(mentions(WAIT), shorter)["hits"].tolist() == [1, 1, 1]
    assert mention_agreement(mentions(WAIT), shorter, strict=True)["hits"].tolist() == [0, 0, 0]


def test_a_table_without_its_columns_is_named() -> None:
    with pytest.raises(ValueError, match="other: no table of mentions: column realis missing"):
        match_mentions(mentions(WAIT), mentions(WAIT).drop(columns="realis"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the seeds are not part of the project")
def test_the_figures_are_those_of_the_reference_scorer(tmp_path: Path) -> None:
    codings = read_codings(SHARED / "gold" / "seeds.jsonl")
    events = parse_batch(list(read_corpus(SHARED / "seeds")))
    events.to_csv(tmp_path / "events.csv", index=False, quoting=csv.QUOTE_MINIMAL)
    command = [sys.executable, SHARED / "tools" / "score.py", tmp_path / "events.csv", SHARED / "gold" / "seeds.jsonl"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    ours = mention_agreement(codings, source_mentions(events), draws=10).set_index("type")
    micro, macro = ours.loc["all (micro)"], ours.loc["all (macro)"]
    expected = (
        f"micro P {micro['precision']:.3f} R {micro['recall']:.3f} F1 {micro['f1']:.3f}  macro F1 {macro['f1']:.3f}"
    )
    assert expected in printed
    qualifiers = qualifier_agreement(codings, source_mentions(events), draws=10).set_index("qualifier")
    for name in ("polarity", "realis", "actor", "speaker", "duration"):
        assert f"  {name}: {qualifiers.loc[name, 'alike']}/{qualifiers.loc[name, 'n']} = " in printed
    assert micro["f1"] >= 0.85  # the seeds are development texts; a rule must not lose them


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("{", "line 2"),
        ("[]", "object"),
        ('{"doc": "n1", "type": "wait", "start": 1}', "'end' is missing"),
        ('{"doc": "n1", "type": "delay", "start": 1, "end": 2}', "'delay' is no type"),
        ('{"doc": "n1", "type": "wait", "start": 2, "end": 2}', "no span"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "realis": "maybe"}', "'maybe' is not one of actual"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "optional": "perhaps"}', "is not true or false"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "polarty": "negated"}', "did you mean 'polarity'"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "polarity": 5}', "5 is not one of"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "count": 2.7}', "'count': 2.7 is not a whole number"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "amount": "veel"}', "'amount': 'veel' is not a number"),
        ('{"doc": "n1", "type": "wait", "start": 1, "end": 2, "duration": "three weeks"}', "such as P3W"),
        ('{"doc": "n1", "read": false}', "'type' is missing"),
    ],
)
def test_a_bad_coding_is_named_by_file_and_line(tmp_path: Path, line: str, part: str) -> None:
    file = tmp_path / "anna.jsonl"
    file.write_text('{"doc": "n1", "type": "wait", "start": 1, "end": 2}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"anna\.jsonl, line 2") as caught:
        read_codings(file)
    assert part in str(caught.value)


def test_line_ends_of_other_alphabets_stay_in_a_coding(tmp_path: Path) -> None:
    file = tmp_path / "anna.jsonl"
    file.write_text('{"doc": "n1", "type": "wait", "start": 1, "end": 4, "text": "a\u2028b"}\n', encoding="utf-8")
    assert read_codings(file)["text"].tolist() == ["a\u2028b"]


def test_tables_that_were_laid_together_count_as_tables_that_were_not() -> None:
    a, b = mentions(WAIT, ("n2", "exit", 0, 9, "actual", False)), mentions(("n2", "exit", 0, 9, "actual", False))
    twice = pd.concat([a.iloc[:1], a.iloc[1:].reset_index(drop=True)])  # index 0 stands twice
    assert not twice.index.is_unique
    pd.testing.assert_frame_equal(mention_agreement(twice, b), mention_agreement(a, b))
    pd.testing.assert_frame_equal(qualifier_agreement(twice, b), qualifier_agreement(a, b))
    with pytest.raises(ValueError, match="stands twice in the index"):
        match_mentions(twice, b)
