"""The engine: what it finds is what the patterns say, on any text and in any order."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch.reading.extract import clauses, hits, settle
from cxresearch.reading.lexicon import lexicon
from cxresearch.reading.matcher import Matcher
from cxresearch.reading.patterns import Row, Term, compile_patterns
from cxresearch.reading.rules import Ruleset, read_rules
from cxresearch.reading.text import Reading, read

PATTERNS = [
    "a b", "a ..2 b", "a* c", "*d", "b|c a", "a ..3 [b] c", "(a b|c d) e", "^ a", "b $", "[a] b c",
    "ab*|c ..1 d", "*b* e",
]  # fmt: skip


def ruleset(folder: Path, patterns: list[str], extra: str = "") -> Ruleset:
    rows = ["[classes]\nclause_break = ['maar']\nafter_particle = ['en']\nno_clause_break_after = ['toch']\n"]
    (folder / "classes.toml").write_text(rows[0], encoding="utf-8")
    text = "".join(
        f"[[rule]]\nid = 'r{n}'\ntype = 'failure'\npatterns = ['{p}']\n{extra}\n"
        "match = ['{x}', '{y}']\navoid = ['z']\n"
        for n, p in enumerate(patterns)
    )
    (folder / "failure.toml").write_text(text, encoding="utf-8")
    rules, problems = read_rules(folder)
    assert not problems
    return rules


def found(text: str, rules: Ruleset) -> list[str]:
    reading = read(text)
    bounds = clauses(reading, matcher := Matcher(rules), lexicon(rules))
    return [
        text[reading.starts[h.first] : reading.ends[h.last - 1]] for h in settle(hits(reading, bounds, matcher), "type")
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ruleset, Matcher]:
    rules = ruleset(tmp_path_factory.mktemp("rules"), PATTERNS)
    return rules, Matcher(rules)


def fits(terms: frozenset[Term], word: str) -> bool:
    tests: Mapping[str, object] = {
        "word": lambda v: word == v, "prefix": word.startswith, "suffix": word.endswith, "infix": lambda v: v in word,
    }  # fmt: skip
    return any(tests[kind](value) for kind, value in terms)  # type: ignore[operator]


def fillings(row: Row, reading: Reading, bounds: list[tuple[int, int]]) -> set[tuple[int, ...]]:
    """Every way to fill a row of word sets, by trying all places: slow, and the meaning of a pattern."""
    ways: set[tuple[int, ...]] = {(i,) for i, w in enumerate(reading.words) if fits(row[0][0], w)}
    for terms, gap in row[1:]:
        ways = {
            (*way, j)
            for way in ways
            for j in range(way[-1] + 1, min(way[-1] + gap + 2, bounds[way[-1]][1]))
            if fits(terms, reading.words[j])
        }
    return ways


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(["a", "b", "c", "d", "e", "ab", "cd", "abc", ",", ".", "maar"]), max_size=25))
def test_the_engine_finds_what_trying_every_place_finds(small: tuple[Ruleset, Matcher], words: list[str]) -> None:
    rules, matcher = small
    ways = {rule.id: compile_patterns(rule.patterns, rules.classes) for rule in rules.rules}
    reading = read(" ".join(words))
    bounds = clauses(reading, matcher, lexicon(rules))
    by_engine: dict[str, set[int]] = {}
    for hit in hits(reading, bounds, matcher):
        by_engine.setdefault(hit.rule.id, set()).update({hit.first} if hit.rule.patterns[0] == "*d" else {hit.anchor})
        assert hit.tokens[0] == hit.first and hit.tokens[-1] == hit.last - 1
        assert any(hit.tokens in fillings(variant.pieces[0], reading, bounds.clause) for variant in ways[hit.rule.id])
    for rule in rules.rules:
        if rule.patterns[0].startswith("^") or rule.patterns[0].endswith("$"):
            continue
        slow = set().union(*(fillings(v.pieces[0], reading, bounds.clause) for v in ways[rule.id]))
        assert bool(slow) == bool(by_engine.get(rule.id))
        # a rarest word that can be part of a filling is found, and none that cannot
        assert by_engine.get(rule.id, set()) <= {i for way in slow for i in way}


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("<op-bellen>", "Ik belde gisteren de helpdesk op.", ["belde gisteren de helpdesk op"]),
        ("<op-bellen>", "Toen heb ik opgebeld.", ["opgebeld"]),
        ("<op-bellen>", "Ik probeerde op te bellen.", ["op te bellen"]),
        ("<op-bellen>", "Ik belde op maandag.", []),
        ("<terug-bellen>", "Zij heeft niet terug gebeld.", ["terug gebeld"]),
        ("ik & <wachten>", "Al weken wacht ik.", ["wacht ik"]),
        ("ik & <wachten>", "Ik bel, zij wacht.", []),
        ("ik && <wachten>", "Ik bel, en weer wachten.", ["Ik bel, en weer wachten"]),
        ("ik & <wachten>", "Ik bel maar zij wachten.", []),
        ("écht kapot", "Het is echt kapot. Het is Echt Kapót.", ["echt kapot", "Echt Kapót"]),
        ("email", "Een e-mail.", ["e-mail"]),
        ("*mailtje", "Mijn herinneringsmailtje.", ["herinneringsmailtje"]),
        ("^ stilte", "Stilte. Daarna geen stilte.", ["Stilte"]),
        ("al #num #time", "Al drie weken, al 4 dagen, al een dag.", ["Al drie weken", "al 4 dagen"]),
    ],
)
def test_a_pattern_finds(pattern: str, text: str, expected: list[str], tmp_path: Path) -> None:
    assert found(text, ruleset(tmp_path, [pattern])) == expected


def test_unless_and_requires_look_around(tmp_path: Path) -> None:
    rules = ruleset(tmp_path, ["kapot"], 'unless = ["bijna"]\nrequires = ["fiets"]')
    assert found("Mijn fiets is kapot.", rules) == ["kapot"]
    assert found("Mijn fiets is bijna kapot.", rules) == []
    assert found("Mijn jas is kapot.", rules) == []


def test_the_fullest_of_two_hits_stays(tmp_path: Path) -> None:
    rules = ruleset(tmp_path, ["kapot", "helemaal kapot", "deur .. kapot"])
    assert found("De deur is helemaal kapot.", rules) in (["helemaal kapot"], ["deur is helemaal kapot"])
