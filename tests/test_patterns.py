"""The pattern language: what a line in a rule file finds, and how it says that it cannot be read."""

import pytest

from cxresearch.reading.patterns import PatternError, compile_pattern
from cxresearch.reading.verbs import conjugate


@pytest.mark.parametrize(
    ("verb", "group", "forms"),
    [
        ("bellen", "pres", {"bel", "belt", "bellen"}),
        ("bellen", "past", {"belde", "belden"}),
        ("bellen", "pp", {"gebeld", "gebelt"}),
        ("wachten", "past", {"wachtte", "wachtten", "wachte"}),
        ("wachten", "pp", {"gewacht"}),
        ("maken", "pres", {"maak", "maakt", "maken"}),
        ("leven", "past", {"leefde", "leefden"}),
        ("reizen", "past", {"reisde", "reisden"}),
        ("betalen", "pp", {"betaald"}),
        ("annuleren", "pp", {"geannuleerd"}),
        ("leveren", "pp", {"geleverd"}),
        ("verzekeren", "pp", {"verzekerd"}),
        ("beloven", "pp", {"beloofd"}),
        ("krijgen", "past", {"kreeg", "kregen"}),
        ("verzenden", "pp", {"verzonden"}),
        ("zijn", "past", {"was", "waren"}),
        ("annuleren", "adj", {"geannuleerde"}),
    ],
)
def test_a_verb_knows_its_forms(verb: str, group: str, forms: set[str]) -> None:
    assert forms <= conjugate(verb)[group]


@pytest.mark.parametrize(("verb", "wrong"), [("bellen", "beld"), ("betalen", "gebetaald"), ("krijgen", "gekrijgd")])
def test_a_participle_has_its_own_prefix(verb: str, wrong: str) -> None:
    assert wrong not in conjugate(verb)["pp"]


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("", "obligatory"),
        ("[heel]", "obligatory"),
        ("(een|twee", "closed"),
        ("een) twee", "word was expected"),
        ("<bel>", "infinitive"),
        ("<bellen:xx>", "unknown form"),
        ("@nergens", "unknown word class"),
        ("#geld", "unknown slot"),
        ("*", "no letters"),
        ("#num [mails|brieven]", "a number or unit alone"),
        ("a & ", "obligatory"),
        ("@zelf", "contains itself"),
        (" ".join(["(a b|c d|e f)"] * 8), "split the pattern"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, part: str) -> None:
    with pytest.raises(PatternError, match=part):
        compile_pattern(pattern, {"zelf": ["@zelf"]})


def test_optional_words_and_alternatives_multiply() -> None:
    rows = [v.pieces[0] for v in compile_pattern("[heel] (in de wacht|aan lijn)", {})]
    assert sorted(len(row) for row in rows) == [2, 3, 3, 4]


def test_a_gap_before_an_optional_word_holds_without_it() -> None:
    with_it, without = (v.pieces[0] for v in compile_pattern("a ..3 [b] c", {}))
    assert [gap for _, gap in with_it] == [0, 3, 0]
    assert [gap for _, gap in without] == [0, 3]


def test_one_word_alternatives_are_one_element() -> None:
    (variant,) = compile_pattern("sorry|excuus|spijt*", {})
    assert variant.pieces[0][0][0] == {("word", "sorry"), ("word", "excuus"), ("prefix", "spijt")}


@pytest.mark.parametrize("pattern", ["boete|factuur|per maand|naheffing", "a|b c|d", "<bellen>|sms a|b"])
def test_two_lists_side_by_side_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="write each in brackets"):
        compile_pattern(pattern, {})


def test_lists_in_brackets_or_apart_are_read() -> None:
    for pattern in ("(a|b) (c|d)", "a|b .. c|d", "a|b c", "(a|b c|d)", "a|b & c|d"):
        assert compile_pattern(pattern, {})
