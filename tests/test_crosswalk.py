"""Crosswalk: every row leads somewhere, an event counts once a category, and a bad file says where it is bad."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.analysis.crosswalk import NOT_MAPPED, crosswalk, read_crosswalk
from cxresearch.codebook import QUALIFIERS, event_types
from cxresearch.events import Event, to_frame

TABLE = read_crosswalk()
SCHEMES = list(TABLE["scheme"].unique())
SHIPPED = files("cxresearch.codebook").joinpath("crosswalk.toml").read_text(encoding="utf-8")
BASE = Event(
    narrative_id="a", event_id="", episode=1, industry=None, order=0, sentence=0, type="contact",
    subtype=None, start=0, end=1, source_start=0, source_end=1, text="x", polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration=None, amount=None, currency=None, deadline=None, rule_id="r", cues=(),
)  # fmt: skip


def counts(scheme: str, *events: Event) -> dict[str, tuple[int, int, int, int]]:
    frame = crosswalk(to_frame(events), scheme)
    return {
        row.category: (row.mentions, row.related, row.episodes, row.narratives)
        for row in frame.itertuples()
        if row.mentions
    }


def test_every_scheme_of_the_literature_is_there_and_says_where_it_is_from() -> None:
    assert SCHEMES == [
        "bitner1990", "keaveney1995", "kelley1993", "davidow2003", "justice", "burden2015", "behoorlijkheid",
    ]  # fmt: skip
    assert TABLE[["label", "reference", "source", "relation", "checked"]].notna().all(axis=None)
    checked = TABLE.groupby("scheme")["checked"].any()
    assert checked.all()
    memory = set(TABLE.loc[~TABLE["checked"].astype(bool), "category"])
    assert {"procedural", "R_apology", "F_policy"} <= memory
    assert memory.isdisjoint({"R_refund", "R_replacement", "R_nothing", "R_correction", "distributive", "B1A"})


def test_davidow_reaches_all_six_and_the_ombudsman_has_22_norms() -> None:
    assert TABLE.loc[TABLE["scheme"] == "davidow2003", "category"].nunique() == 6
    assert len(re.findall(r"^N\d+ = ", SHIPPED, re.MULTILINE)) == 22


def test_a_condition_is_kept() -> None:
    rude = replace(BASE, type="treatment", valence="negative")
    assert counts("keaveney1995", rude) == {"encounter": (1, 0, 1, 1)}
    assert counts("keaveney1995", replace(rude, valence="positive")) == {NOT_MAPPED: (1, 0, 1, 1)}
    assert counts("keaveney1995", replace(rude, valence=None)) == {NOT_MAPPED: (1, 0, 1, 1)}
    sorry = replace(BASE, type="apology")
    assert counts("davidow2003", sorry) == {"apology": (1, 0, 1, 1)}
    assert counts("davidow2003", replace(sorry, polarity="negated")) == {"apology": (1, 1, 1, 1)}
    assert counts("bitner1990", replace(sorry, polarity="negated")) == {NOT_MAPPED: (1, 0, 1, 1)}


def test_many_labels_and_the_bases() -> None:
    bill = replace(BASE, type="failure", subtype="billing")
    told = [bill, replace(bill, episode=2), replace(bill, narrative_id="b"), replace(BASE, type="exit")]
    ignored = [replace(bill, episode=None), replace(bill, narrative_id="c", realis="hypothetical")]
    assert counts("keaveney1995", *told, *ignored) == {
        "core": (3, 0, 3, 2),
        "pricing": (3, 3, 3, 2),
        NOT_MAPPED: (1, 0, 1, 1),
    }
    bases = crosswalk(to_frame([*told, *ignored]), "keaveney1995")[["n", "n_episodes", "n_narratives"]]
    assert bases.drop_duplicates().to_numpy().tolist() == [[4, 4, 3]]


def test_two_rows_to_one_category_count_once_with_the_closer_relation() -> None:
    rows = TABLE[(TABLE["scheme"] == "keaveney1995") & (TABLE["type"] == "wait")]
    table = pd.concat([rows.assign(relation="related"), rows], ignore_index=True)
    frame = crosswalk(to_frame([replace(BASE, type="wait")]), "keaveney1995", table=table)
    assert frame[["category", "mentions", "related"]].to_numpy().tolist() == [
        ["inconvenience", 1, 0],
        [NOT_MAPPED, 0, 0],
    ]


anything = st.builds(
    lambda kind, **fields: replace(BASE, type=kind, **fields),
    st.sampled_from(list(event_types())),
    polarity=st.sampled_from(QUALIFIERS["polarity"]),
    realis=st.sampled_from(QUALIFIERS["realis"]),
    episode=st.sampled_from([None, 1, 2]),
    valence=st.sampled_from([None, "positive", "negative"]),
    subtype=st.sampled_from([None, "delay", "refund", "unresolved"]),
)


@given(st.lists(anything, max_size=8), st.sampled_from(SCHEMES))
def test_laws(events: list[Event], scheme: str) -> None:
    frame = crosswalk(to_frame(events), scheme, table=TABLE)
    assert (frame["mentions"] <= frame["n"]).all()
    assert (frame["related"] <= frame["mentions"]).all()
    assert (frame["episodes"] <= frame["n_episodes"]).all()
    assert int(frame["mentions"].sum()) >= int(frame["n"].iloc[0])  # every event is somewhere
    pd.testing.assert_frame_equal(crosswalk(to_frame(events[::-1]), scheme, table=TABLE), frame)
    assert frame.dtypes.equals(crosswalk(to_frame([]), scheme, table=TABLE).dtypes)


FIRST = SHIPPED[: SHIPPED.index("  {")].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('category = "B1A"', 'category = "B9"', f"line {FIRST}: field 'category': 'B9' is not one of B1, B1A"),
        ('type = "failure"', 'type = "mistake"', f"line {FIRST}: field 'type': 'mistake' is not one of failure"),
        ('subtype = "unavailable"', 'subtype = "gone"', f"line {FIRST}: field 'subtype': 'gone'"),
        ('subtype = "unavailable"', 'valence = "negative"', f"line {FIRST}: field 'valence': 'negative'"),
        ('relation = "related"', 'relation = "same"', f"line {FIRST}: field 'relation': 'same'"),
        ('relation = "related"', 'relation = "related", colour = "red"', f"line {FIRST}: field 'colour' is unknown"),
        ('scheme = "bitner1990"', 'scheme = "bitner"', f"line {FIRST}: field 'scheme': 'bitner'"),
        ('"B1A", type = "failure", subtype = "unavailable"', '"B1B", type = "failure", subtype = "delay"',
         f"line {FIRST + 1}: the same as line {FIRST}"),
        ('memory = ["procedural"]', 'memory = ["process"]', r"\[schemes.justice\]: field 'memory': 'process'"),
        ('title = "Why customers switch"\n', "", r"\[schemes.keaveney1995\]: field 'title' is missing"),
        ("[crosswalk]", "[crossing]", r"table \[crosswalk\] is missing"),
        ("[crosswalk]", "[crosswalk", "no readable crosswalk"),
        (" },\n", " }, ", "one row a line"),
    ],
)  # fmt: skip
def test_a_bad_file_says_where(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SHIPPED
    file = tmp_path / "crosswalk.toml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_crosswalk(file)


@pytest.mark.parametrize(
    ("events", "scheme", "message"),
    [
        (to_frame([]), "bitner", "scheme 'bitner' is not one of bitner1990, keaveney1995"),
        (to_frame([]).drop(columns="realis"), "justice", "no event table: column realis missing"),
    ],
)
def test_bad_input_teaches(events: pd.DataFrame, scheme: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        crosswalk(events, scheme)


def test_no_file_teaches(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="no readable crosswalk"):
        read_crosswalk(tmp_path / "none.toml")
