"""The laws of the house, on whole narratives: offsets, nothing lost, explained, the same result every time."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxresearch import corpus_from_texts, explain, load_rules, parse, read_corpus, to_frame
from cxresearch.codebook import QUALIFIERS, event_types
from cxresearch.reading.text import read
from cxresearch.runs import batches, parse_frames, parse_to_file

CORPUS = Path(__file__).parents[1] / "corpus"
STORY = (
    "Ik belde drie keer met de klantenservice. Ze beloofden mij terug te bellen, maar er gebeurde niets. "
    "„Sorry mevrouw”, zei de medewerker, „dat zijn nu eenmaal de regels.” Na twee weken kreeg ik € 25 terug."
)
PIECES = [
    "\r\n",
    "\u00a0",
    "“",
    "”",
    "„",
    "‘",
    "’",
    "«",
    "»",
    '"',
    "'",
    "🙂",
    "e\u0301",
    "…",
    "...",
    "?!",
    " – ",
    "\t",
    "\x00",
    "1) ",
    "Ik: ",
]


def events_of(text: str) -> list[object]:
    return [event for n in corpus_from_texts({"x": text}) for event in parse(n).events]


@pytest.fixture(scope="module")
def parsed() -> list[object]:
    return [parse(narrative) for narrative in read_corpus(CORPUS)]


def test_every_event_is_the_words_at_its_offsets(parsed: list) -> None:
    for story in parsed:
        for event in story.events:
            assert story.narrative.text[event.start : event.end] == event.text
            source = story.narrative.source[event.source_start : event.source_end]
            assert source.startswith(event.text[:1]) and source.endswith(event.text[-1:])
            assert len(source) >= len(event.text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(STORY.split()), st.text(max_size=6)), max_size=60))
def test_messy_text_never_raises_and_keeps_its_offsets(parts: list[str]) -> None:
    text = "Gisteren belde ik de bank. " + " ".join(parts) + " Niemand nam op."
    for narrative in corpus_from_texts({"x": text}):
        reading = read(narrative.text)
        assert "".join(narrative.text[a:b] for a, b in reading.sentences) == narrative.text
        for event in parse(narrative).events:
            assert narrative.text[event.start : event.end] == event.text
            assert narrative.source[event.source_start : event.source_end] != ""


def test_a_story_gives_its_events() -> None:
    found = {(e.type, e.text) for e in events_of(STORY)}
    kinds = {kind for kind, _ in found}
    assert {"contact", "promise", "apology", "rule_citation"} <= kinds


def test_every_event_has_every_qualifier_and_names_rule_and_cues(parsed: list) -> None:
    rules = load_rules("nl")
    for story in parsed:
        for event in story.events:
            rule = rules.by_id[event.rule_id]
            assert event.type in event_types()
            assert event.polarity in QUALIFIERS["polarity"]
            assert event.realis in QUALIFIERS["realis"]
            assert event.actor in QUALIFIERS["actor"]
            assert event.voice in QUALIFIERS["voice"]
            assert (event.speaker is None) or event.voice == "quoted"
            if (event.polarity, event.realis) != ("affirmed", "actual"):
                assert {c[0] for c in event.cues} & {"polarity", "realis"}
            text = explain(event, rule)
            assert rule.id in text and rule.patterns[0][:60] in text
            for _, _, words, start, end in event.cues:
                assert end == start or story.narrative.text[start:end] == words


def test_order_of_files_does_not_matter() -> None:
    texts = {f"n{i}": f"{STORY} Nummer {i}." for i in range(6)}
    one = pd.concat(parse_frames(corpus_from_texts(texts)))
    other = pd.concat(parse_frames(corpus_from_texts(dict(reversed(texts.items())))))
    pd.testing.assert_frame_equal(one, other)


def test_the_same_bytes_with_one_process_and_with_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxresearch.runs.BATCH", 2000)
    corpus = read_corpus(CORPUS)
    assert len(list(batches(corpus))) > 2
    parse_to_file(corpus, tmp_path / "one.csv", jobs=1)
    parse_to_file(corpus, tmp_path / "two.csv", jobs=2)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.csv", "two.csv"]


def test_an_interrupted_run_is_taken_up_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxresearch.runs.BATCH", 2000)
    corpus = read_corpus(CORPUS)
    parse_to_file(corpus, tmp_path / "whole.csv")
    done: list[str] = []
    real = __import__("cxresearch.runs", fromlist=["parse_batch"]).parse_batch

    def interrupted(batch: list) -> pd.DataFrame:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(batch[0].id)
        return real(batch)

    monkeypatch.setattr("cxresearch.runs.parse_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        parse_to_file(corpus, tmp_path / "events.csv")
    assert not (tmp_path / "events.csv").exists()
    again: list[str] = []
    monkeypatch.setattr("cxresearch.runs.parse_batch", lambda batch: again.append(batch[0].id) or real(batch))
    parse_to_file(corpus, tmp_path / "events.csv")
    assert not set(done) & set(again)
    assert (tmp_path / "events.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_the_same_bytes_under_any_hash_seed(tmp_path: Path) -> None:
    outputs = []
    for seed in ("0", "4711"):
        out = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, "-m", "cxresearch.cli", "parse", str(CORPUS), "-o", str(out)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
        outputs.append(out.read_bytes())
    assert outputs[0] == outputs[1] != b""


def test_no_text_no_events() -> None:
    assert list(to_frame([]).columns) == list(to_frame(events_of(STORY)).columns)
    assert events_of("Lorem ipsum dolor sit amet consectetur.") == []


def test_a_long_story_costs_with_its_length() -> None:
    # 300 kB in one narrative: a quadratic step would show as minutes
    assert len(events_of((STORY + "\n\n") * 1000)) > 3000
