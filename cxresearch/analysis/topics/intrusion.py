"""Do people see in a topic what the model sees: sheets for word and topic intrusion (Chang et al. 2009).

A rater gets a sheet with, on every line, what belongs together and one thing that does not, and writes
down which one that is. The key says where it stands; keep it from the raters. Every rater fills in a copy,
and `intrusion_scores` reads them.

References
----------
Chang, Boyd-Graber, Gerrish, Wang and Blei (2009), Reading Tea Leaves, NIPS 22.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cxresearch.analysis.resampling import require
from cxresearch.analysis.topics.quality import OUTLIER, top_words
from cxresearch.errors import InputError


def word_intrusion(
    words: pd.DataFrame, *, shown: int = 5, repeats: int = 1, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a sheet with the first words of every topic and a word of another topic among them, and its key.

    Parameters
    ----------
    words : DataFrame
        `topic`, `rank`, `word`; the more words a topic, the surer that the intruder is none of its own.
    shown : int
        How many words of its own a topic shows.
    repeats : int
        How many items a topic has, each with another intruder where there are enough.
    seed : int
        Of the choice of intruders and of every order.

    Returns
    -------
    tuple of DataFrame
        The sheet: `item`, `option_1` ... , `answer` (empty). The key: `item`, `topic`, `intruder`, `options`.

    Raises
    ------
    InputError
        Where there is one topic only, where a topic has fewer words than are shown, or no word may intrude in it.

    Examples
    --------
    >>> lists = {0: "trein perron vertraging station reis", 1: "bank rekening saldo pas geld"}
    >>> rows = [(topic, rank, word) for topic, own in lists.items() for rank, word in enumerate(own.split(), 1)]
    >>> sheet, key = word_intrusion(pd.DataFrame(rows, columns=["topic", "rank", "word"]), shown=4)
    >>> sheet.columns.tolist()
    ['item', 'option_1', 'option_2', 'option_3', 'option_4', 'option_5', 'answer']
    >>> bool(key["intruder"].iloc[0] in sheet.iloc[0].tolist())
    True
    """
    require(words, ["topic", "rank", "word"], "words")
    random = np.random.default_rng(seed)
    first, every = top_words(words, shown), top_words(words, len(words))
    _enough(first, shown, "words")
    items = []
    for topic, own in first.items():
        others = {word for other, theirs in first.items() if other != topic for word in theirs}
        pool = sorted(others - set(every[topic]))
        if not pool:
            raise InputError(f"words: topic {topic} has all words of the other topics; there is no intruder for it")
        chosen = random.permutation(pool)
        items += [(topic, chosen[i % len(chosen)], own) for i in range(repeats)]
    rows = []
    for number, place in enumerate(random.permutation(len(items)), start=1):
        topic, intruder, own = items[place]
        options = random.permutation([*own, intruder]).tolist()
        rows.append((f"w{number:03}", topic, str(intruder), options))
    return _sheet(rows, {})


def topic_intrusion(
    shares: pd.DataFrame,
    words: pd.DataFrame,
    texts: pd.DataFrame,
    *,
    shown: int = 3,
    told: int = 8,
    items: int = 30,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a sheet with narratives, their main topics and one topic they do not have, and its key.

    Parameters
    ----------
    shares : DataFrame
        `narrative_id`, `topic`, `share`: see `topic_shares`.
    words : DataFrame
        `topic`, `rank`, `word`.
    texts : DataFrame
        `narrative_id`, `text`: what the rater reads of a narrative, a few sentences from its beginning, say.
    shown, told : int
        How many of its own topics a narrative shows, and by how many words a topic is told. A narrative must
        have so many topics of its own, each with more than the least share, to be asked about.
    items : int
        How many narratives are drawn.
    seed : int
        Of the choice and of every order.

    Returns
    -------
    tuple of DataFrame
        The sheet: `item`, `text`, `option_1` ... , `answer` (empty). The key: `item`, `narrative_id`, `topic` and
        `intruder` (the intruding topic, and its option), `options`, `topics` (of the options, in their order).

    Raises
    ------
    InputError
        Where a column is missing, a text is missing, or no narrative has enough topics.

    Notes
    -----
    The intruder is drawn among the topics of least share in the narrative, as in Chang et al.
    """
    require(shares, ["narrative_id", "topic", "share"], "shares")
    require(texts, ["narrative_id", "text"], "texts")
    require(words, ["topic", "rank", "word"], "words")
    random = np.random.default_rng(seed)
    told_as = {topic: " · ".join(own) for topic, own in top_words(words, told).items()}
    reading = dict(zip(texts["narrative_id"].astype(str), texts["text"], strict=True))
    able = []
    table = shares[shares["topic"].isin(list(told_as))]
    table = table.sort_values(["narrative_id", "share", "topic"], ascending=[True, False, True], kind="stable")
    for narrative, group in table.groupby(table["narrative_id"].astype(str), sort=True):
        least = group["share"].min()
        own = group.loc[group["share"] > least, "topic"].tolist()[:shown]
        if len(own) == shown:
            able.append((narrative, own, sorted(group.loc[group["share"] == least, "topic"])))
    if not able:
        raise InputError(f"shares: no narrative has {shown} topics of its own; show fewer, or take longer narratives")
    if lost := [narrative for narrative, _, _ in able if narrative not in reading]:
        raise InputError(f"texts: {lost[0]} has no text; give one for every narrative")
    rows, extra = [], []
    for number, place in enumerate(random.permutation(len(able))[:items], start=1):
        narrative, own, strangers = able[place]
        intruder = strangers[random.integers(len(strangers))]
        topics = [int(topic) for topic in random.permutation([*own, intruder])]
        rows.append((f"t{number:03}", int(intruder), told_as[intruder], [told_as[topic] for topic in topics]))
        extra.append((narrative, reading[narrative], topics))
    names, readings, topics_of = zip(*extra, strict=True)
    sheet, key = _sheet(rows, {"text": readings})
    key.insert(1, "narrative_id", names)
    return sheet, key.assign(topics=[" ".join(map(str, topics)) for topics in topics_of])


def topic_shares(assignments: pd.DataFrame, prior: float = 0.1) -> pd.DataFrame:
    """Return the share of every topic in every narrative, none of them 0.

    Parameters
    ----------
    assignments : DataFrame
        `narrative_id`, `unit`, `topic`; outliers do not count.
    prior : float
        As many units of every topic are added: with none, the log odds of a topic that is not there are endless.

    Returns
    -------
    DataFrame
        `narrative_id`, `topic`, `share`; the shares of a narrative sum to 1.

    Examples
    --------
    >>> assignments = pd.DataFrame({"narrative_id": ["n1"] * 3 + ["n2"], "unit": [1, 2, 3, 1], "topic": [0, 0, 1, 1]})
    >>> topic_shares(assignments)["share"].round(2).tolist()
    [0.66, 0.34, 0.08, 0.92]
    """
    require(assignments, ["narrative_id", "unit", "topic"], "assignments")
    if prior <= 0:
        raise InputError("prior: must be above 0")
    kept = assignments[assignments["topic"] != OUTLIER]
    counts = pd.crosstab(kept["narrative_id"].astype(str), kept["topic"].astype(int)) + prior
    shares: pd.Series = counts.div(counts.sum(axis=1), axis=0).stack()  # type: ignore[assignment]
    return shares.rename("share").reset_index()


def write_sheets(
    sheet: pd.DataFrame, key: pd.DataFrame, folder: str | Path, raters: Sequence[str], name: str = "intrusion"
) -> list[Path]:
    """Write a copy of a sheet for every rater, and its key beside them (send only the copies).

    Returns
    -------
    list of Path
        ``<name>_<rater>.csv`` for each, and at the end ``<name>_key.csv``. Commas, UTF-8 with a mark that
        spreadsheets know it by; `intrusion_scores.read_answers` reads them as a spreadsheet saves them.

    Raises
    ------
    InputError
        Where a file is there already: it may have answers in it.
    """
    if not raters or len(set(raters)) < len(raters) or "key" in raters:
        raise InputError("raters: give each a name of their own, and none the name key")
    paths = [Path(folder) / f"{name}_{rater}.csv" for rater in [*raters, "key"]]
    if there := [path for path in paths if path.exists()]:
        raise InputError(f"{there[0]} is there already and may hold answers; choose another folder or name")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for rater, path in zip([*raters, None], paths, strict=True):
        table = key if rater is None else sheet.assign(rater=rater)
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return paths


def _enough(lists: dict[int, list[str]], shown: int, what: str) -> None:
    if len(lists) < 2:
        raise InputError(f"{what}: there is {len(lists)} topic, and an intruder comes from another one")
    if short := [topic for topic, own in lists.items() if len(own) < shown]:
        raise InputError(f"{what}: topic {short[0]} has fewer than {shown} words; show fewer")


def _sheet(
    rows: Sequence[tuple[str, int, str, list[str]]], before: dict[str, Sequence[str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    items, topics, intruders, options = zip(*rows, strict=True)
    columns = {f"option_{i}": list(own) for i, own in enumerate(zip(*options, strict=True), start=1)}
    sheet = pd.DataFrame({"item": list(items)} | {name: list(values) for name, values in before.items()} | columns)
    key = pd.DataFrame({"item": items, "topic": topics, "intruder": intruders})
    return sheet.assign(answer=""), key.assign(options=["|".join(own) for own in options])
