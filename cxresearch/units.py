"""Narratives cut into the units that topics are made of, without the sentences that many of them share."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from cxresearch.corpus import Corpus, Narrative
from cxresearch.errors import InputError
from cxresearch.reading.parse import parse
from cxresearch.reading.text import fold, read

LEVELS = ("sentence", "paragraph", "episode", "narrative")
FEWEST_WORDS = 5  # a shorter unit ("Ja hoor.") is about nothing in particular
SHARED = 3  # narratives; a sentence that stands word for word in so many is nobody's own
WORD = re.compile(r"\w+")


def units(
    corpus: Corpus, level: str = "paragraph", *, fewest_words: int = FEWEST_WORDS, shared: int = SHARED
) -> pd.DataFrame:
    """Return the units of a corpus, with their place and what is known of their narrative.

    Parameters
    ----------
    corpus : Corpus
    level : {"sentence", "paragraph", "episode", "narrative"}
        An episode is the stretch from its first to its last event.
    fewest_words : int
        Shorter units are left out.
    shared : int
        A sentence that stands in so many narratives (disclaimer, greeting, menu) is cut from all: it would make a
        topic of its own. What was cut is in `boilerplate`.

    Returns
    -------
    DataFrame
        `narrative_id`, `unit` (from 1), `start`, `end` (in the cleaned text), `text`, `industry`, `author`, `genre`
        (as the metadata have them), `episode` (of level ``episode``); sorted.

    Raises
    ------
    InputError
        Where the level is unknown.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> corpus = corpus_from_texts({"a": "Ik belde de bank drie keer. Ja hoor."})
    >>> units(corpus, "sentence")[["unit", "text"]].to_numpy().tolist()
    [[1, 'Ik belde de bank drie keer.']]
    """
    if level not in LEVELS:
        raise InputError(f"level: '{level}' is none of {', '.join(LEVELS)}")
    common = set(boilerplate(corpus, shared)["folded"])
    rows = []
    for narrative in corpus:
        sentences = [(a, b) for a, b in read(narrative.text).sentences if _folded(narrative.text[a:b]) not in common]
        number = 0
        for start, end, episode in _spans(narrative, level):
            text = _joined(narrative.text, [(a, b) for a, b in sentences if a < end and b > start], start, end)
            if len(WORD.findall(text)) < fewest_words:
                continue
            number += 1
            known = [narrative.metadata.get(name) for name in ("author", "genre")]
            rows.append((narrative.id, number, start, end, text, narrative.industry, *known, episode))
    columns = ["narrative_id", "unit", "start", "end", "text", "industry", "author", "genre", "episode"]
    kinds = dict.fromkeys(columns, "string") | dict.fromkeys(("unit", "start", "end", "episode"), "Int64")
    frame = pd.DataFrame(rows, columns=columns).astype(kinds)
    return frame if level == "episode" else frame.drop(columns="episode")


def boilerplate(corpus: Corpus, shared: int = SHARED) -> pd.DataFrame:
    """Return the sentences that stand, but for case and marks, in at least `shared` narratives.

    Returns
    -------
    DataFrame
        `text` (as in the first narrative), `narratives`, `folded`; the most frequent first.
    """
    seen: dict[str, tuple[str, set[str]]] = {}
    for narrative in corpus:
        for start, end in read(narrative.text).sentences:
            text = narrative.text[start:end].strip()
            if len(WORD.findall(text)) > 2:
                seen.setdefault(_folded(text), (text, set()))[1].add(narrative.id)
    rows = [(text, len(ids), folded) for folded, (text, ids) in seen.items() if len(ids) >= shared]
    rows.sort(key=lambda row: (-row[1], row[2]))
    return pd.DataFrame(rows, columns=["text", "narratives", "folded"])


def _spans(narrative: Narrative, level: str) -> Iterator[tuple[int, int, int | None]]:
    text = narrative.text
    if level == "narrative":
        yield 0, len(text), None
    elif level == "sentence":
        yield from ((a, b, None) for a, b in read(text).sentences)
    elif level == "paragraph":
        yield from ((hit.start(), hit.end(), None) for hit in re.finditer(r"[^\n]*\S[^\n]*", text))
    else:
        places: dict[int, list[int]] = {}
        for event in parse(narrative).events:
            if event.episode is not None:
                places.setdefault(event.episode, []).extend((event.start, event.end))
        sentences = read(text).sentences
        for episode, offsets in sorted(places.items()):
            inside = [(a, b) for a, b in sentences if a < max(offsets) and b > min(offsets)]
            yield inside[0][0], inside[-1][1], episode


def _joined(text: str, sentences: list[tuple[int, int]], start: int, end: int) -> str:
    """Return the sentences of a stretch in one line."""
    return " ".join(" ".join(text[max(a, start) : min(b, end)] for a, b in sentences).split())


def _folded(text: str) -> str:
    return " ".join(fold(word) for word in WORD.findall(text))
