"""Rules are data that prove themselves, and a wrong rule file says by line what to mend."""

from importlib.resources import files
from pathlib import Path

import pytest

from cxresearch import corpus_from_texts, explain, parse
from cxresearch.reading.parse import prove
from cxresearch.reading.rule import marked
from cxresearch.reading.rules import coverage, load_rules, read_rules, rules_in
from cxresearch.runs import run_fingerprint

GOOD = """
[[rule]]
id = "ok"
type = "apology"
patterns = ["excuses"]
match = ["Ik kreeg {excuses}.", "Met {excuses} van de chef."]
avoid = ["Hij zweeg."]
"""

# each mistake as the lines that replace those of a good rule, and what the message must say
MISTAKES = {
    "unknown key": ('colour = "red"', "unknown key 'colour'"),
    "no id": ("-id", "id is missing"),
    "no type": ("-type", "either type"),
    "type and cue": ('cue = "negation"', "either type"),
    "unknown type": ('type = "anger"', "unknown type 'anger'"),
    "unknown cue": ('-type\ncue = "mood"', "unknown cue 'mood'"),
    "no patterns": ("-patterns", "patterns is missing"),
    "patterns no list": ('patterns = "excuses"', "patterns must be a list"),
    "empty pattern": ('patterns = [" "]', "patterns must be a list of texts"),
    "open bracket": ('patterns = ["(een"]', "not closed"),
    "unknown class": ('patterns = ["@nobody"]', "unknown word class @nobody"),
    "no infinitive": ('patterns = ["<belt>"]', "infinitive"),
    "unknown form": ('patterns = ["<bellen:xyz>"]', "unknown form"),
    "unknown slot": ('patterns = ["#geld"]', "unknown slot"),
    "only optional": ('patterns = ["[heel]"]', "obligatory"),
    "wrong subtype": ('attributes = { subtype = "blue" }', "subtype 'blue'"),
    "wrong channel": ('attributes = { channel = "pigeon" }', "channel 'pigeon'"),
    "unknown attribute": ("attributes = { mood = 1 }", "unknown attribute 'mood'"),
    "one example": ('match = ["Ik kreeg {excuses}."]', "at least two"),
    "no mark": ('match = ["Ik kreeg excuses.", "Met {excuses}."]', "mark the hit"),
    "two marks": ('match = ["{Ik} kreeg {excuses}.", "Met {excuses}."]', "one pair of braces"),
    "nothing to avoid": ("-avoid", "avoid needs"),
    "valence in a list": ('attributes = { valence = ["positive"] }', "valence ['positive'] is not one of"),
    "joins in a list": ('joins = ["contact"]', "joins must be an event type"),
    "told in lists": ('told = [["contact"]]', "told must be a list of event types"),
    "after a list": ('after = { promise = ["wait"] }', "after must be"),
    "count no number": ('attributes = { count = "three" }', "count must be a whole number"),
    "wrong after": ('after = { promise = "sunshine" }', "after must be"),
    "wrong unless": ('unless = ["(x"]', "not closed"),
}


def with_mistake(number: int, change: str) -> str:
    lines = {
        "id": f'id = "m{number}"',
        "type": 'type = "apology"',
        "patterns": f'patterns = ["excuus{number}"]',
    }
    lines |= {
        "match": f'match = ["Een {{excuus{number}}}.", "Geen {{excuus{number}}}."]',
        "avoid": 'avoid = ["Niets."]',
    }
    for line in change.split("\n"):
        if line.startswith("-"):
            del lines[line[1:]]
        else:
            lines[line.split(" = ")[0]] = line
    return "[[rule]]\n" + "\n".join(lines.values()) + "\n"


def folder_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "classes.toml").write_text("[classes]\n", encoding="utf-8")
    (tmp_path / "apology.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_packages_rules_prove_themselves() -> None:
    assert prove(load_rules("nl")) == []


def test_one_file_with_every_mistake_reports_each_by_its_line(tmp_path: Path) -> None:
    text = GOOD
    expected = []
    for number, (change, message) in enumerate(MISTAKES.values()):
        expected.append((text.count("\n") + 1, message))
        text += with_mistake(number, change)
    rules, problems = read_rules(folder_with(tmp_path, text))
    assert [rule.id for rule in rules.rules] == ["ok"]
    for line, message in expected:
        assert any(p.startswith(f"apology.toml:{line}: ") and message in p for p in problems), (
            line,
            message,
            problems,
        )


def test_a_double_id_and_a_double_pattern_are_refused(tmp_path: Path) -> None:
    rules, problems = read_rules(folder_with(tmp_path, GOOD + GOOD))
    assert len(rules.rules) == 1 and "this id stands already at apology.toml:2" in problems[0]
    rules, problems = read_rules(folder_with(tmp_path, GOOD + GOOD.replace('"ok"', '"twin"')))
    assert any("'excuses' stands already in ok" in problem for problem in problems)


def test_invalid_toml_names_its_line_and_leaves_the_other_files(tmp_path: Path) -> None:
    folder_with(tmp_path, GOOD)
    (tmp_path / "wait.toml").write_text("[[rule]]\nid = \n", encoding="utf-8")
    rules, problems = read_rules(tmp_path)
    assert len(rules.rules) == 1
    assert len(problems) == 1 and problems[0].startswith("wait.toml:2: this is not valid TOML")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            'match = ["Ik {kreeg} excuses.", "Met {excuses}."]',
            "does not find the marked hit of 'Ik {kreeg} excuses.'; it finds 'excuses'",
        ),
        ('match = ["Ik kreeg {sorry}.", "Met {excuses}."]', "it finds nothing"),
        ('avoid = ["Vol excuses."]', "must avoid 'Vol excuses.'"),
        ('known_failures = ["Met {excuses}."]', "move it from known_failures"),
    ],
)
def test_examples_are_run(change: str, message: str, tmp_path: Path) -> None:
    key = change.split(" = ")[0]
    kept = [line for line in GOOD.splitlines() if not line.startswith(key)]
    rules, problems = read_rules(folder_with(tmp_path, "\n".join([*kept, change, ""])))
    assert not problems
    (problem,) = prove(rules)
    assert problem.startswith("apology.toml:2: ok: ") and message in problem


def test_marks_must_be_one_pair() -> None:
    assert marked("Ik {bel}.").start == 3
    with pytest.raises(ValueError, match="one pair"):
        marked("Ik }bel{.")


def test_coverage_counts_every_type() -> None:
    table = coverage(load_rules("nl"))
    assert set(table.columns) == {"type", "rules", "patterns", "expressions", "examples", "known_failures"}
    assert (table["examples"] >= 3 * table["rules"]).all()
    assert (table["expressions"] >= table["patterns"]).all()


@pytest.mark.parametrize("heading", ["[[ rule ]]", "[rule]"])
def test_a_rule_that_would_be_passed_over_is_refused(heading: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'{heading}\nid = "a"\n', encoding="utf-8")
    ruleset, problems = read_rules(tmp_path)
    assert not ruleset.rules and "mine.toml:1" in problems[0] and "[[rule]]" in problems[0]


def test_a_note_that_looks_like_a_rule_does_not_move_the_lines(tmp_path: Path) -> None:
    text = GOOD + "note = '''\nwrite\n[[rule]]\nabove it'''\n" + GOOD.replace('"ok"', '"next"')
    ruleset, problems = read_rules(folder_with(tmp_path, text))
    assert not ruleset.rules and "no such line into a note" in problems[0]


def test_classes_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "classes.toml").write_text('[classes]\nzus = "broer"\nmij = ["me"]\n', encoding="utf-8")
    ruleset, problems = read_rules(tmp_path)
    assert problems == ["classes.toml:1: zus must be a list of words"] and set(ruleset.classes) == {"mij"}


OWN = """
[[rule]]
id = "nl.mine.kettle"
type = "wait"
patterns = ["@kettle & paars"]
match = ["Mijn {thee was paars} toen er iemand opnam.", "De {thee werd paars}."]
avoid = ["De koffie was koud."]
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my_rules"
    folder.mkdir()
    (folder / "classes.toml").write_text('[classes]\nkettle = ["thee"]\n', encoding="utf-8")
    (folder / "waits.toml").write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("CXRESEARCH_RULES", str(folder))
    return folder


def test_own_rules_are_laid_over_the_packages_and_read_with(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_from_texts({"a": "Ik belde de bank. Toen ik aan de beurt was, was de thee al paars."})
    with_own = parse(corpus["a"]).events
    assert [event.type for event in with_own] == ["contact", "wait"]
    assert "my_rules/waits.toml" in explain(with_own[1]) or "@kettle & paars" in explain(with_own[1])
    marks = load_rules("nl").fingerprint, run_fingerprint(corpus)
    monkeypatch.delenv("CXRESEARCH_RULES")
    assert [event.type for event in parse(corpus["a"]).events] == ["contact"]
    assert load_rules("nl").fingerprint != marks[0] and run_fingerprint(corpus) != marks[1]


def test_a_rule_of_ones_own_with_the_id_of_another_takes_its_place(own: Path) -> None:
    named = next(rule for rule in load_rules("nl").rules if rule.type == "apology")
    (own / "sorry.toml").write_text(
        GOOD.replace("excuses", "kniebuiging").replace('"ok"', f'"{named.id}"'),
        encoding="utf-8",
    )
    ruleset, problems = read_rules(files("cxresearch.codebook") / "nl", "nl", own)
    assert not problems and ruleset.by_id[named.id].patterns == ("kniebuiging",)
    assert {rule.id for rule in rules_in(ruleset, own)} == {named.id, "nl.mine.kettle"}


def test_a_folder_of_ones_own_holds_rules_and_classes_only(own: Path) -> None:
    (own / "verbs.toml").write_text("", encoding="utf-8")
    _, problems = read_rules(files("cxresearch.codebook") / "nl", "nl", own)
    assert problems == ["my_rules/verbs.toml:1: a folder of your own holds rules and classes.toml; rename this file"]
