"""A study read in one go; a rule tried out; words and events in context; tables for print."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxresearch import RuleError, in_context, parse, read_study, study_of, try_rule
from cxresearch.analysis.outcomes import OUTCOMES, associations_of, contrasts_of, indicators, rates_of, types_told
from cxresearch.analysis.profiles import profiles
from cxresearch.codebook import event_types
from cxresearch.concordance import disagreements_in_context
from cxresearch.corpus import CorpusError, corpus_from_texts
from cxresearch.tables import as_printed, save

STORY = "Ik heb twee keer gebeld met de bank. Dat waren de regels, zei de medewerker. Excuses kwamen er nooit."
RULE = """
[[rule]]
id = "mine.wait.kettle"
type = "wait"
patterns = ["thee & koud"]
match = ["Mijn {thee was koud} toen er iemand opnam.", "De {thee werd koud}."]
avoid = ["De koffie was koud."]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus")
    rows = ["file,industry,author,genre"]
    for number in range(6):
        name = f"s{number}.txt"
        (path / name).write_text(f"Verhaal {number}. {STORY}", encoding="utf-8")
        rows.append(f"{name},{'banking' if number % 2 else 'rail'},a{number},blog")
    (path / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_study_joins_what_is_known_of_narratives_to_their_episodes(folder: Path) -> None:
    study = read_study(folder)
    assert len(study.corpus) == len(study.narratives) == 6
    assert set(study.episodes["author"]) == {f"a{number}" for number in range(6)}
    assert study.episodes["rule_cited"].all()
    assert study.run["corpus"] == study.corpus.fingerprint[:16]
    assert "text" not in study.narratives
    assert "<td>6</td>" in study._repr_html_()


def test_a_study_of_nothing_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "leeg.txt").write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"leeg\.txt"):
        read_study(tmp_path)


def test_two_runs_depend_on_the_same(folder: Path) -> None:
    assert read_study(folder).run == read_study(folder).run


def test_what_is_not_told_is_not_known_of_outcomes() -> None:
    table = indicators(profiles(study_of(corpus_from_texts({"a": STORY})).events))
    assert set(OUTCOMES) <= set(table.columns)
    assert table["rule_cited"].tolist() == [True]
    assert table["apology_withheld"].tolist() == [True]
    assert table["resolved"].isna().all()


def test_indicators_want_profiles() -> None:
    with pytest.raises(ValueError, match="rule_citations"):
        indicators(pd.DataFrame({"apology": ["given"]}))


def test_types_told_counts_what_happened(folder: Path) -> None:
    study = read_study(folder)
    table = types_told(study.events, study.episodes)
    assert set(event_types()) <= set(table.columns)
    assert table["rule_citation"].all()
    assert not table["apology"].any()  # it is only said to be missing


def planted(odds: bool) -> pd.DataFrame:
    """Twenty authors an industry, two episodes each; in one of three industries an apology is seldom given."""
    rows = [
        (industry, f"{industry}-{author}", (author % 10 < 1) if odds and industry == "insurance" else author % 4 > 0)
        for industry in ("rail", "retail", "insurance")
        for author in range(20)
        for _ in range(2)
    ]
    return pd.DataFrame(rows, columns=["industry", "author", "apology_given"]).assign(
        exit=lambda table: [n % 7 == 0 for n in range(len(table))], resolved=pd.array([None] * 120, dtype="boolean")
    )


def test_contrasts_of_many_outcomes_are_corrected_together() -> None:
    table = contrasts_of(planted(True), ["apology_given", "exit"], draws=500)
    assert (table["tests"] == 6).all()
    assert (table["p_holm"] >= table["p"]).all()
    found = table[table["p_bh"] < 0.05]
    assert set(found["outcome"]) == {"apology_given"}
    assert "insurance" in set(found["group"])
    none = contrasts_of(planted(False), ["apology_given", "exit"], draws=500)
    assert (none["p_bh"] > 0.05).all()


def test_outcomes_that_nobody_tells_are_left_out_and_all_of_them_raise() -> None:
    table = planted(True)
    assert set(rates_of(table, ["exit", "resolved"])["outcome"]) == {"exit"}
    assert associations_of(table, ["exit", "resolved"], draws=200)["outcome"].tolist() == ["exit"]
    with pytest.raises(ValueError, match="resolved"):
        rates_of(table, ["resolved"])


def test_a_rule_of_your_own_finds_with_polarity_and_sentence() -> None:
    corpus = corpus_from_texts({"a": "Toen was de thee al koud. Bij de ander was de thee niet koud.", "b": "Niets."})
    table = try_rule(RULE, corpus)
    assert table["polarity"].tolist() == ["affirmed", "negated"]
    assert table["sentence"].tolist()[0] == "Toen was de thee al koud."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("De {thee werd koud}.", "De {koffie werd koud}."), "does not find the marked hit"),
        (("De koffie was koud.", "De thee was koud."), "must avoid"),
        (('type = "wait"', 'type = "tea"'), "tea"),
        (("patterns =", "pattern ="), "pattern"),
        (("[[rule]]", "[[regel]]"), "regel"),
        (('"wait"', '"wait'), "valid TOML"),
    ],
)
def test_a_rule_that_is_not_well_made_is_told_why(change: tuple[str, str], says: str) -> None:
    with pytest.raises(RuleError, match="your rule") as error:
        try_rule(RULE.replace(*change), [])
    assert says in str(error.value)


def test_events_in_context_join_to_the_text() -> None:
    study = study_of(corpus_from_texts({"a": STORY}))
    table = in_context(study.corpus, study.events, width=1000)
    assert (table["left"] + table["words"] + table["right"] == STORY).all()
    with pytest.raises(KeyError, match="'b'"):
        in_context(study.corpus, study.events.assign(narrative_id="b"))


def test_disagreements_stand_in_their_sentence() -> None:
    corpus = corpus_from_texts({"a": STORY})
    columns = ["narrative_id", "type", "start", "end", "realis", "polarity"]
    place = STORY.index("Dat waren de regels"), STORY.index(", zei")
    a = pd.DataFrame([("a", "rule_citation", *place, "actual", "affirmed")], columns=columns)
    b = pd.DataFrame([("a", "refusal", *place, "actual", "affirmed")], columns=columns)
    table = disagreements_in_context(corpus, a, b)
    assert table["sentence"].tolist() == ["[Dat waren de regels], zei de medewerker."]
    assert table[["a", "b"]].to_numpy().tolist() == [["rule_citation", "refusal"]]


def test_a_table_is_saved_exact_and_printed_short(tmp_path: Path) -> None:
    table = pd.DataFrame({"group": ["A & B", "c_d"], "n": [5, 6], "estimate": [1 / 3, None], "low": [0.1, None]})
    table = table.assign(high=[0.7, None], p=[0.0004, 0.25]).convert_dtypes()
    printed = save(table, "contrasts", tmp_path, caption="Contrasts")
    assert printed["estimate"].tolist() == ["0.33 [0.10, 0.70]", "–"]
    assert printed["p"].tolist() == ["< .001", ".250"]
    assert pd.read_csv(tmp_path / "contrasts.csv")["estimate"][0] == 1 / 3
    latex = (tmp_path / "contrasts.tex").read_text()
    assert r"A \& B" in latex
    assert r"c\_d" in latex
    assert r"\label{tab:contrasts}" in latex
    with pytest.raises(ValueError, match="name"):
        save(table, "Table 1", tmp_path)


def test_whole_numbers_stay_whole() -> None:
    assert as_printed(pd.DataFrame({"n": pd.array([5], "Int64"), "x": [0.5]})).to_numpy().tolist() == [[5, "0.50"]]


def test_a_study_prints_the_same_events_as_the_parser(folder: Path) -> None:
    study = read_study(folder)
    one = study.corpus.narratives[0]
    assert len(parse(one).events) == (study.events["narrative_id"] == one.id).sum()
