"""The report: one page that stands on its own, tells every number with its n, and leads back to the words."""

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cxresearch import report
from cxresearch.analysis.profiles import profiles
from cxresearch.corpus import Corpus, Cut, Narrative, Problem, corpus_from_texts
from cxresearch.events import Event, read_events, to_frame
from cxresearch.report import page as page_module
from cxresearch.report import summary_of
from cxresearch.report.notebooks import sections
from cxresearch.report.page import report_html

TEXT = "Drie weken wachtte ik. Excuses? Nee, geen excuses & geen <b>geld</b>."
WAIT = Event(
    narrative_id="a", event_id="a#1", episode=1, industry="banking", order=1, sentence=1, type="wait",
    subtype=None, start=0, end=21, source_start=0, source_end=21, text=TEXT[:21], polarity="affirmed",
    realis="actual", actor="organisation", voice="narrated", speaker=None, valence=None, channel=None,
    answered=None, count=None, duration="P3W", amount=None, currency=None, deadline=None,
    rule_id="nl.wait.weeks", cues=(),
)  # fmt: skip
SORRY = replace(
    WAIT, event_id="a#2", order=2, type="apology", start=37, end=49, text=TEXT[37:49], polarity="negated",
    duration=None, rule_id="nl.apology.word", cues=(("polarity", "negated", "geen", 37, 41),),
)  # fmt: skip
STORY = Narrative("a", TEXT, TEXT + "\nDeel dit", (Cut(len(TEXT), len(TEXT) + 9, "menu", "\nDeel <dit>"),))
EVIL = '"><script>alert(1)</script>'


class Balance(HTMLParser):
    """Refuses a page whose elements do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values["href"] or ""] if "href" in values else []
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(stories: list[tuple[Narrative, list[Event]]], **changes: Any) -> str:
    events = to_frame([event for _, told in stories for event in told])
    arguments: dict[str, Any] = {
        "title": "Report",
        "corpus_summary": summary_of(Corpus(tuple(narrative for narrative, _ in stories))),
        "problems": [],
        "events": events,
        "profiles": profiles(events),
        "narratives": stories,
        "manifest": {"corpus": "abc", "rules": {"nl": "def"}},
    }
    return report_html(**{**arguments, **changes})


def table(page: str, caption: str) -> dict[str, dict[str, str]]:
    """The rows of a table by their first cell, as a reader of the page finds them."""
    start = page.rindex("<table>", 0, page.index(caption))
    head, *rows = (
        [html.unescape(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page[start : page.index("</table>", start)])
    )
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_the_page_stands_on_its_own_and_nests() -> None:
    page = page_of([(STORY, [WAIT, SORRY])])
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert {link.removeprefix("#") for link in parser.links} <= set(parser.ids)
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img", page)
    assert 'name="viewport"' in page
    assert page_of([(STORY, [WAIT, SORRY])]) == page


def test_counts_by_type_add_up() -> None:
    page = page_of([(STORY, [WAIT, SORRY]), (replace(STORY, id="b"), [replace(WAIT, narrative_id="b")])])
    counts = table(page, "n = 3 mentions in 2 episodes of 2 narratives")
    kinds = ["happened", "negated", "prospective", "hypothetical", "generic"]
    assert [counts["wait"][kind] for kind in kinds] == ["2", "0", "0", "0", "0"]
    assert [counts["apology"][kind] for kind in kinds] == ["0", "1", "0", "0", "0"]
    assert counts["wait"]["in narratives"] == counts["wait"]["in episodes"] == "2"
    assert counts["apology"]["in episodes"] == "0"
    for row in counts.values():
        assert sum(int(row[kind]) for kind in kinds) == int(row["mentions"])
    industries = table(page, "Episodes: how many of how many")
    assert industries["banking"]["apology withheld"] == "1\xa0of\xa02"
    assert "%" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "no sample of customers" in page


def test_every_number_leads_to_the_words() -> None:
    page = page_of([(STORY, [WAIT, SORRY])])
    for part in (
        "nl.wait.weeks",
        "nl.apology.word",
        "polarity negated: geen",
        "37 to 49",
        "longest wait days",
    ):
        assert part in page
    assert f"a, {len(TEXT)} to {len(TEXT) + 9}: Deel &lt;dit&gt;" in page
    assert "menu" in page


def test_nothing_of_the_material_becomes_markup() -> None:
    story = replace(STORY, id=EVIL, text=EVIL, metadata={EVIL: EVIL}, industry=EVIL, language=EVIL)
    event = replace(
        WAIT, narrative_id=EVIL, industry=EVIL, start=0, end=9, text=EVIL, rule_id=EVIL, deadline=EVIL,
        cues=((EVIL, EVIL, EVIL, 0, 1),),
    )  # fmt: skip
    problems = [EVIL, Problem(EVIL, 1, EVIL, "error", EVIL)]
    page = page_of([(story, [event])], title=EVIL, problems=problems, manifest={EVIL: {EVIL: EVIL}})
    assert "<script" not in page
    parser = Balance()
    parser.feed(page)
    assert parser.open == []


def test_without_events_and_without_narratives() -> None:
    for page in (page_of([]), page_of([(STORY, [])])):
        parser = Balance()
        parser.feed(page)
        assert parser.open == []
        assert "No episode was found" in page


def test_many_narratives_are_shown_in_part_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "SHOWN", 2)
    page = page_of([(replace(STORY, id=f"story {i}"), []) for i in range(5)])
    assert "The first 2 of 5 narratives" in page
    assert page.count("<article>") == 2


def test_a_quick_report_writes_four_files_that_agree(tmp_path: Path) -> None:
    text = "Ik heb drie weken gewacht op een antwoord van de bank."
    corpus = corpus_from_texts({"a": text, "b": "Er gebeurde die hele dag verder niets."})
    page = report.write_report(corpus, tmp_path / "new" / "folder")
    files = {path.name: path.read_bytes() for path in page.parent.iterdir()}
    assert sorted(files) == ["events.csv", "manifest.json", "profiles.csv", "report.html"]
    events = read_events(page.parent / "events.csv")
    assert events["type"].tolist()[0] == "wait"
    assert "The corpus holds 2 narratives" in page.read_text(encoding="utf-8")
    assert json.loads(files["manifest.json"])["corpus"] == corpus.fingerprint
    assert b"\r" not in b"".join(files.values())
    report.write_report(corpus, page.parent)
    assert {path.name: path.read_bytes() for path in page.parent.iterdir()} == files


def test_an_interactive_figure_is_named_and_no_warning_is_given(tmp_path: Path) -> None:
    import nbformat.v4 as nb

    figure = nb.new_output("display_data", data={"application/vnd.plotly.v1+json": {"data": [], "layout": {}}})
    path = tmp_path / "04_topics.ipynb"
    nbformat.write(nb.new_notebook(cells=[nb.new_markdown_cell("# Topics"), nb.new_code_cell(outputs=[figure])]), path)
    ((_, title, body),) = sections([path])
    assert title == "Topics" and "see notebooks/04_topics.ipynb" in body
