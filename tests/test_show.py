"""Showing: the text stays what it is, nothing of it becomes markup, and every mark can be read."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxresearch.codebook import QUALIFIERS, event_types
from cxresearch.concordance import kwic
from cxresearch.events import Event
from cxresearch.show import explain, narrative_html, parsed_html, style

TAG = re.compile(r"<[^>]*>")
TEXT = "Al drie weken wacht ik op mijn pas, en excuses kreeg ik niet."
WAIT = Event(
    narrative_id="pas", event_id="pas#1", episode=1, industry="banking", order=1, sentence=1, type="wait",
    subtype=None, start=0, end=34, source_start=2, source_end=36, text=TEXT[0:34], polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration="P3W", amount=None, currency=None, deadline=None,
    rule_id="zz.wait.weeks", cues=(),
)  # fmt: skip
SORRY = replace(
    WAIT, order=2, type="apology", start=39, end=60, text=TEXT[39:60], polarity="negated", duration=None,
    amount=Decimal("5.00"), currency="EUR", answered=False, rule_id="zz.apology.excuses",
    cues=(("polarity", "negated", "niet", 56, 60),),
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    id: str
    text: str
    language: str = "nl"
    industry: str | None = None


@dataclass(frozen=True)
class Rule:
    id: str = "zz.wait.weeks"
    patterns: tuple[str, ...] = ("al #num #time & <wachten>",)
    note: str = "the length is kept"
    source: str = "CODEBOOK 1, wait"
    match: tuple[Any, ...] = ("{Al twee dagen wacht ik}.",)
    avoid: tuple[Any, ...] = ("Ik wacht op de bus.",)


def bare(page: str) -> str:
    return html.unescape(TAG.sub("", page))


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Event]]:
    text = draw(
        st.text(st.sampled_from("ab <>&\"'\r\n\xa0é’😀;#") | st.characters(exclude_categories=["Cs"]), max_size=40)
    )
    events = []
    for order in range(draw(st.integers(0, 6)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        events.append(
            replace(
                draw(st.sampled_from([WAIT, SORRY])),
                order=order,
                start=start,
                end=end,
                text=text[start:end],
                realis=draw(st.sampled_from(QUALIFIERS["realis"])),
                deadline=draw(st.none() | st.just(text)),
            )
        )
    return text, events


@given(marked_texts())
def test_without_its_marks_the_text_is_the_text(marked: tuple[str, list[Event]]) -> None:
    text, events = marked
    page = narrative_html(text, events)
    assert bare(page) == text
    # What is left between the tags has no markup of its own, and the tags are ours alone.
    assert "<" not in TAG.sub("", page)
    assert {tag.split()[0] for tag in TAG.findall(page)} <= {"<div", "</div>", "<span", "</span>"}
    assert page.count("<span") == page.count("</span>")


@given(marked_texts())
def test_every_character_of_a_mention_is_marked_and_no_other(marked: tuple[str, list[Event]]) -> None:
    text, events = marked
    inside = "".join(
        html.unescape(words) for words in re.findall(r"<span [^>]*>([^<]*)</span>", narrative_html(text, events))
    )
    covered = {i for event in events for i in range(event.start, event.end)}
    assert inside == "".join(text[i] for i in sorted(covered))


def test_what_did_not_happen_looks_different() -> None:
    page = narrative_html(TEXT, [WAIT, SORRY])
    assert 'class="cx cx-wait"' in page
    assert 'class="cx cx-apology cx-off"' in page
    assert 'data-label="apology, negated"' in page
    assert "zz.apology.excuses" in page
    assert "amount 5.00 EUR" in page


def test_the_shortest_mention_gives_the_colour_and_the_others_a_line() -> None:
    inner = replace(SORRY, start=3, end=13, polarity="affirmed", type="contact")
    page = narrative_html(TEXT, [WAIT, inner])
    assert re.search(r'class="cx cx-contact"[^>]*box-shadow[^>]*>drie weken</span>', page)
    assert page.count('class="cx cx-wait"') == 2
    assert page.count("data-label") == 2


def test_a_mention_outside_the_text_is_no_harm() -> None:
    assert bare(narrative_html("kort", [WAIT])) == "kort"


def test_hostile_values_stay_text() -> None:
    evil = '"><script>alert(1)</script>'
    event = replace(WAIT, type=evil, rule_id=evil, deadline=evil, subtype=evil)
    page = parsed_html(Story(evil, TEXT, language=evil, industry=evil), [event])
    assert "<script" not in page
    assert '""' not in page


def test_a_notebook_cell_stands_on_its_own() -> None:
    page = parsed_html(Story("pas", TEXT), [WAIT, SORRY])
    assert page.startswith("<style>")
    assert "pas · 2 events" in page
    assert not re.search(r"https?:|url\(|@import|<script|<link", page)
    assert parsed_html(Story("leeg", ""), []).endswith("</div>")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("kind", event_types().values(), ids=lambda kind: kind.name)
def test_words_can_be_read_on_every_colour(kind: Any) -> None:
    assert (luminance(kind.colour) + 0.05) / (luminance("#1d1d1f") + 0.05) > 7
    assert f".cx-{kind.name} {{ --c: {kind.colour};" in style()


def test_the_codebook_is_whole() -> None:
    kinds = event_types()
    assert next(iter(kinds)) == "failure"
    assert len(kinds) == len({kind.colour for kind in kinds.values()}) == 19
    for kind in kinds.values():
        assert kind.actor in QUALIFIERS["actor"]
        assert kind.group in {"problem", "customer", "organisation", "outcome"}
        assert kind.one_per in {"", "sentence", "segment"}
        assert set(kind.takes) <= {"duration", "amount", "count", "deadline", "channel"}
        assert kind.definition
        assert kind.label_en
        assert kind.label_nl
        assert kind.code_when


def test_explain_names_rule_cues_and_places() -> None:
    told = explain(SORRY, Rule("zz.apology.excuses"))
    for part in (
        "apology: Words of apology", TEXT[39:60], "39 to 60", "source: 2 to 36", "sentence 1",
        "polarity   negated (negated for 'niet' at 56 to 60)", "realis     actual (no cue, so the default)",
        "amount     5.00 EUR", "answered   no", "rule zz.apology.excuses", "al #num #time",
        "the length is kept",
        "CODEBOOK 1, wait", "{Al twee dagen wacht ik}.", "Ik wacht op de bus.",
    ):  # fmt: skip
        assert part in told, part


@pytest.mark.parametrize("rule_id", ["", "elsewhere", "zz.wait.weeks"])
def test_explain_does_without_a_rule(rule_id: str) -> None:
    told = explain(replace(WAIT, rule_id=rule_id, type="no such type"))
    assert told.startswith("no such type")
    assert told.endswith(f"rule {rule_id or 'unknown'}")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("excuus", ["Excuus"]),
        ("excu*", ["Excuus", "excuses"]),
        ("één keer", ["een keer"]),
        ("email", ["e-mail"]),
        ("[x]", []),
        ("niets", []),
    ],
)
def test_kwic_finds_folded_words(word: str, found: Sequence[str]) -> None:
    texts = {"a": "Excuus, zei ze een keer.", "b": "Per e-mail: excuses!"}
    frame = kwic(texts, word, width=5)
    assert frame["word"].tolist() == list(found)
    for id_, start, end, left, hit, right in frame.to_numpy().tolist():
        assert texts[id_][start:end] == hit
        assert f"{left}{hit}{right}" in texts[id_]
        assert len(left) <= 5 >= len(right)
    stories = [Story(id_, text) for id_, text in texts.items()]
    assert kwic(stories, word, width=5).equals(frame)


def test_kwic_without_a_word_teaches() -> None:
    with pytest.raises(ValueError, match="which word"):
        kwic({"a": TEXT}, " ")
