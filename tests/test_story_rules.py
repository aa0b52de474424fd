"""Rules that hold only in the organisation's words (`speech`), or once the story has told something (`told`)."""

from pathlib import Path

import pytest

from cxresearch.reading.parse import Parser, make_parser, mentions
from cxresearch.reading.rules import read_rules

RULES = """
[[rule]]
id = "x.refusal"
type = "refusal"
patterns = ["kan|kon niet"]
speech = "organisation"
match = ["Ze zeiden dat het {kon niet}.", "“Dat {kan niet},” zei de dame."]
avoid = ["Ik kon niet slapen."]

[[rule]]
id = "x.promise"
type = "promise"
patterns = ["beloofde*"]
match = ["Ze {beloofden} het.", "Hij {beloofde} het."]
avoid = ["Hij zei het."]

[[rule]]
id = "x.broken"
type = "broken_promise"
patterns = ["was er niet"]
told = ["promise"]
match = ["De bus {was er niet}.", "Hij {was er niet}."]
avoid = ["De bus was er."]

[[rule]]
id = "x.cue"
cue = "reported"
patterns = ["ze zeiden|zei"]
match = ["{Ze zei} dat.", "{Ze zeiden} dat."]
avoid = ["Ik zei dat."]

[[rule]]
id = "x.cue.whole"
cue = "reported"
patterns = ["volgens hen"]
attributes = { scope = "sentence" }
match = ["{Volgens hen} niet.", "Niet {volgens hen}."]
avoid = ["Ik zei dat."]
"""


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "classes.toml").write_text("[classes]\n", encoding="utf-8")
    (folder / "x.toml").write_text(RULES, encoding="utf-8")
    rules, problems = read_rules(folder)
    assert problems == []
    return make_parser(rules)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Dat kon niet.", []),
        ("“Dat kan niet,” zei de medewerker.", ["refusal"]),
        ("“Dat kan niet,” zei ik.", []),
        ("Ze zei dat het kon niet.", ["refusal"]),
        ("Dat kon niet, volgens hen.", ["refusal"]),
        ("Ik weet dat het kon niet want ze zei niets.", []),  # what comes before the cue is not said
        ("De bus was er niet.", []),
        ("Ze beloofden een bus. De bus was er niet.", ["promise", "broken_promise"]),
        ("De bus was er niet. Ze beloofden een bus.", ["promise"]),
    ],
)
def test_a_rule_holds_where_it_says(parser: Parser, text: str, types: list[str]) -> None:
    assert [m.type for m in mentions(text, parser)[1]] == types


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('told = ["promises"]', "told must be a list of event types"),
        ('joins = "contacts"', "joins must be an event type"),
        ('speech = "nobody"', "speech must be organisation, customer or narrator"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "classes.toml").write_text("[classes]\n", encoding="utf-8")
    text = RULES.split("[[rule]]")[2].replace('type = "promise"', f'type = "promise"\n{line}')
    (tmp_path / "x.toml").write_text("[[rule]]" + text, encoding="utf-8")
    _, problems = read_rules(tmp_path)
    assert message in problems[0] and problems[0].startswith("x.toml:1: x.promise")
