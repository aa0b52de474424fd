"""What a reader sees first: sizes, the way from files to events, what these data can carry, what cannot be answered."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxresearch import NotEstimable, attempt, limits, overview, read_study
from cxresearch.corpus import CorpusError
from cxresearch.errors import InputError
from cxresearch.study import Study
from cxresearch.validation import against_design, read_coders, read_part

STORY = "Ik heb twee keer gebeld met de bank over mijn bankpas. Dat waren de regels, zei de medewerker. Bel ze nooit."


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("corpus")
    rows = ["file,industry,author,genre"]
    for number in range(7):
        (folder / f"s{number}.txt").write_text(f"Verhaal {number}. {STORY}", encoding="utf-8")
        rows.append(f"s{number}.txt,{'banking' if number < 5 else 'rail'},a{number},blog")
    (folder / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "codings").mkdir()
    design = ["id,rule_cited,apology,broken_promise,transferred,outcome,exit"]
    design += [f"s{n},{'yes' if n else 'no'},given,no,no,unknown,no" for n in range(4)]
    (folder / "codings" / "planted.csv").write_text("\n".join(design), encoding="utf-8")
    return read_study(folder)


def test_sizes_add_up(study: Study) -> None:
    table = overview.by_industry(study).set_index("industry")
    assert table.loc[["banking", "rail"], "narratives"].tolist() == [5, 2]
    assert table.loc["all", "narratives"] == table.drop(index="all")["narratives"].sum()
    assert table.loc["all", "episodes"] == len(study.episodes)
    assert table.loc["all", "mentions"] == len(study.events)
    assert overview.by_metadata(study, "genre")["narratives"].tolist() == [7]
    with pytest.raises(ValueError, match="no column year; they have"):
        overview.by_metadata(study, "year")


def test_the_flow_leaves_nothing_unsaid(study: Study) -> None:
    flow = overview.flow(study).set_index("stage")
    assert flow.loc["mentions of events", "n"] == flow.loc["in an episode", "n"] + flow.loc["in an episode", "left_out"]
    told = flow.loc["told as having happened"]
    assert told["n"] + told["left_out"] == flow.loc["in an episode", "n"]
    assert told["left_out"] > 0  # the advice


def test_limits_say_what_is_enough(study: Study) -> None:
    table = limits(study).set_index("analysis")
    assert table.loc["comparison of industries", "found"] == 1  # rail has two episodes
    assert not table.loc["comparison of industries", "enough"]
    assert table.loc["rates with intervals", "enough"]


def test_the_codebook_as_a_table_has_a_definition_for_each_type() -> None:
    table = overview.codebook()
    assert len(table) == 19
    assert (table["definition"].str.len() > 10).all()


def test_the_richest_story_is_one_of_them_and_the_same_every_time(study: Study) -> None:
    assert overview.richest(study) == overview.richest(study)
    assert len(overview.events_of(study, overview.richest(study))) == study.events["narrative_id"].value_counts().max()


def test_nothing_was_cut_is_an_empty_table(study: Study) -> None:
    assert overview.cuts(study).empty
    assert overview.remarks(study)["remark"].map(type).eq(str).all()


def test_what_cannot_be_answered_says_why_and_is_passed_on() -> None:
    def refuse(table: pd.DataFrame) -> pd.DataFrame:
        raise InputError("column industry missing")

    answer = attempt(refuse, pd.DataFrame())
    assert isinstance(answer, NotEstimable)
    assert str(answer) == "Not estimable here: column industry missing"
    assert attempt(pd.concat, answer) is answer
    assert attempt(sorted, [2, 1], key=answer) is answer
    assert "<em>" in answer._repr_html_()


def test_a_defect_is_no_lack_of_data() -> None:
    assert "please report it" in str(attempt(int, "x"))  # of a library; it does not stop a notebook, and shows
    with pytest.raises(TypeError):
        attempt(len, 5)


def test_design_beside_finding(study: Study, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = next(iter(tmp_path_factory.getbasetemp().glob("corpus*/codings")))
    table = against_design(study, folder).set_index("outcome")
    assert table.loc["rule_cited", ["n", "designed", "found"]].tolist() == [4, 0.75, 1.0]
    assert table.loc["rule_cited", "sensitivity"] == 1
    assert table.loc["rule_cited", "specificity"] == 0
    assert pd.isna(table.loc["rule_cited", "phi"])
    assert table.loc["resolved", "n"] == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda folder: read_coders(folder), "two files coder-NAME.jsonl there, and it has 0"),
        (lambda folder: read_part(folder, "test"), r"no codings test\.jsonl"),
    ],
)
def test_a_folder_without_codings_is_told(call, says: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=says):
        call(tmp_path)
