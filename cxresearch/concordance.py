"""Words and events in their context, as tables: what a count rests on, and where two readings part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from cxresearch.analysis.disagreements import disagreements
from cxresearch.corpus import Corpus, Narrative
from cxresearch.errors import InputError
from cxresearch.reading.text import TOKEN, fold, read


def kwic(texts: Mapping[str, str] | Iterable[Narrative], word: str, width: int = 60) -> pd.DataFrame:
    """Return a word (or words in a row) wherever it stands, with what is around it.

    Case, accents and hyphens do not count; `*` stands for any letters ("excu*").

    Parameters
    ----------
    texts : mapping of id to text, or a corpus
    word : str
    width : int
        Characters shown on either side.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `start`, `end`, `left`, `word`, `right`.

    Examples
    --------
    >>> frame = kwic({"a": "Geen excuses, geen excuus."}, "geen excu*", width=6)
    >>> frame[["start", "word", "right"]].to_numpy().tolist()
    [[0, 'Geen excuses', ', geen'], [14, 'geen excuus', '.']]
    """
    wanted = [_pattern(item) for item in word.split()]
    if not wanted:
        raise InputError("kwic: say which word to look for")
    pairs = texts.items() if isinstance(texts, Mapping) else ((story.id, story.text) for story in texts)
    rows = []
    for id_, text in pairs:
        tokens = [(fold(hit.group()), *hit.span()) for hit in TOKEN.finditer(text)]
        for i in range(len(tokens) - len(wanted) + 1):
            if all(item.fullmatch(tokens[i + j][0]) for j, item in enumerate(wanted)):
                start, end = tokens[i][1], tokens[i + len(wanted) - 1][2]
                left, right = text[max(0, start - width) : start], text[end : end + width]
                rows.append((id_, start, end, left, text[start:end], right))
    frame = pd.DataFrame(rows, columns=["narrative_id", "start", "end", "left", "word", "right"])
    return frame.astype({c: "Int64" if c in ("start", "end") else "string" for c in frame.columns})


def _pattern(item: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(fold(part)) if part else "" for part in item.split("*")), re.DOTALL)


def in_context(corpus: Corpus, events: pd.DataFrame, width: int = 50) -> pd.DataFrame:
    """Return events in their context: the words of each and what stands around them.

    Parameters
    ----------
    corpus : Corpus
    events : DataFrame
        Rows of the event table of this corpus, as many as are wanted.
    width : int
        Characters shown on either side.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `event_id`, `type`, `left`, `words`, `right`, `rule_id`.

    Raises
    ------
    KeyError
        Where an event is of a narrative that the corpus does not hold.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> from cxresearch.study import study_of
    >>> study = study_of(corpus_from_texts({"a": "Ik heb drie keer gebeld met de bank."}))
    >>> in_context(study.corpus, study.events, width=3)[["left", "words", "right"]].to_numpy().tolist()
    [['eb ', 'drie keer gebeld', ' me']]
    """
    texts = {narrative.id: narrative.text for narrative in corpus}
    rows = []
    for id_, event, kind, start, end, rule in zip(
        *(events[name] for name in ("narrative_id", "event_id", "type", "start", "end", "rule_id")), strict=True
    ):
        if id_ not in texts:
            raise KeyError(f"event {event} is of narrative {id_!r}, which this corpus does not hold")
        rows.append((id_, event, kind, *_around(texts[id_], start, end, width), rule))
    columns = ["narrative_id", "event_id", "type", "left", "words", "right", "rule_id"]
    return pd.DataFrame(rows, columns=columns).astype("string")


def disagreements_in_context(corpus: Corpus, codings_a: pd.DataFrame, codings_b: pd.DataFrame) -> pd.DataFrame:
    """Return where two readings differ, each in its sentence with the words in brackets.

    Parameters
    ----------
    corpus : Corpus
        The narratives; offsets of the codings are in their source text.
    codings_a, codings_b : DataFrame
        As for `analysis.disagreements.disagreements`.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `type`, `what`, `a`, `b`, `sentence`.
    """
    table = disagreements(codings_a, codings_b)
    return table.assign(
        sentence=pd.array(
            [
                _sentence(corpus[str(id_)], int(start), int(end))
                for id_, start, end in zip(table["narrative_id"], table["start"], table["end"], strict=True)
            ],
            dtype="string",
        )
    )[["narrative_id", "type", "what", "a", "b", "sentence"]]


def _sentence(narrative: Narrative, start: int, end: int) -> str:
    """Return the sentences that a stretch of the source stands in, the stretch in brackets."""
    spans = [narrative.source_span(*span) for span in read(narrative.text).sentences if span[0] < span[1]]
    first = max((a for a, _ in spans if a <= start), default=start)
    last = min((b for _, b in spans if b >= end), default=end)
    source = narrative.source
    return _line(f"{source[first:start]}[{source[start:end]}]{source[end:last]}")


def _around(text: str, start: int, end: int, width: int) -> tuple[str, str, str]:
    return (
        _line(text[max(0, start - width) : start], strip=False),
        _line(text[start:end]),
        _line(text[end : end + width], strip=False),
    )


def _line(text: str, strip: bool = True) -> str:
    line = re.sub(r"\s+", " ", text)
    return line.strip() if strip else line
