"""Sheets of intrusion tests scored: model precision and topic log odds (Chang et al. 2009).

References
----------
Chang, Boyd-Graber, Gerrish, Wang and Blei (2009), Reading Tea Leaves, NIPS 22.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from cxresearch.analysis.compare import rates
from cxresearch.analysis.resampling import FEWEST, bootstrap_weights, require
from cxresearch.errors import InputError


def read_answers(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Read the copies of a sheet that raters filled in.

    Parameters
    ----------
    paths : iterable
        Files of `intrusion.write_sheets`; a spreadsheet may have saved them with semicolons.

    Returns
    -------
    DataFrame
        `item`, `rater`, `answer`, as `score_words` and `score_topics` take it.

    Raises
    ------
    InputError
        Names the file that cannot be read, or lacks a column.
    """
    tables = []
    for path in paths:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: no readable sheet: {error}; save it as CSV in UTF-8") from error
        header = text.split("\n", 1)[0]
        separator = max(",;\t", key=header.count)
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype="string", keep_default_na=False)
        require(table, ["item", "rater", "answer"], str(path))
        tables.append(table[["item", "rater", "answer"]])
    if not tables:
        raise InputError("paths: give the files of one rater at least")
    return pd.concat(tables, ignore_index=True)


def score_words(answers: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Return the model precision: how often raters found the intruding word, topic by topic and in all.

    Parameters
    ----------
    answers : DataFrame
        `item`, `rater`, `answer`: the word, or the number of the option (1, 2, ...). An empty answer is missing: it
        counts neither as found nor as not found.
    key : DataFrame
        As `intrusion.word_intrusion` made it.

    Returns
    -------
    DataFrame
        A row a topic, and at the end one for all (`scope` ``all``): `scope`, `topic`, `items`, `raters`, `n`
        (answers), `k` (right), `missing`, `estimate` (model precision), `low`, `high` (95 %), `chance`, `reason`.

    Raises
    ------
    InputError
        Names the column that is missing, the item that is not in the key, the answer that is no option of its
        item, or the rater who answered one item twice.

    Notes
    -----
    The interval of a topic is exact (Clopper and Pearson 1934) and speaks of raters, for the words are given; that of
    all topics allows for several answers to one item (`compare.rates`).

    Examples
    --------
    >>> key = pd.DataFrame({"item": ["w001"], "topic": [3], "intruder": ["pas"], "options": ["trein|pas|bus"]})
    >>> answers = pd.DataFrame({"item": "w001", "rater": ["a", "b", "c"], "answer": ["pas", "2", "bus"]})
    >>> score_words(answers, key)[["topic", "n", "k", "estimate"]].round(2).to_numpy().tolist()[0]
    [3, 3, 2, 0.67]
    """
    read = _read(answers, key)
    rows: list[dict[str, object]] = []
    for topic, own in read.groupby("topic", sort=True):
        row = _counts(own) | {"scope": "topic", "topic": topic}
        if row["n"]:
            low, high = proportion_confint(row["k"], row["n"], method="beta")
            row |= {"estimate": own["right"].mean(), "low": low, "high": high}
        else:
            row["reason"] = "not estimable: no answers"
        rows.append(row)
    overall = _counts(read) | {"scope": "all"}
    known = read[read["right"].notna()].assign(all="all")
    if len(known):
        found = rates(known.astype({"right": "boolean"}), "right", by="all", cluster="item").iloc[0]
        overall |= {name: found[name] for name in ("low", "high", "reason")}
        overall["estimate"] = known["right"].astype(float).mean()
    else:
        overall["reason"] = "not estimable: no answers"
    return _table([*rows, overall], "scope topic items raters n k missing estimate low high chance reason")


def score_topics(
    answers: pd.DataFrame, key: pd.DataFrame, shares: pd.DataFrame, *, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Return the topic log odds: how far from the intruding topic the raters' answers were, and the precision.

    Parameters
    ----------
    answers : DataFrame
        `item`, `rater`, `answer`: the number of the option, or the option itself.
    key, shares : DataFrame
        As `intrusion.topic_intrusion` made it, and the shares that it was made of.
    draws, seed
        Of the bootstrap over items.

    Returns
    -------
    DataFrame
        A row an item, and at the end one for all: `scope`, `item`, `narrative_id`, `topic` (that intrudes), `raters`,
        `n`, `k` (that found it), `missing`, `estimate` (mean of log share of the intruder less log share of the
        answer: 0 is best), `low`, `high` (95 %, for all), `precision`, `chance` (what guessing would get), `reason`.

    Raises
    ------
    InputError
        As `score_words`.
    """
    require(shares, ["narrative_id", "topic", "share"], "shares")
    require(key, ["narrative_id", "topics"], "key")
    read = _read(answers, key)
    share = {
        (str(n), int(t)): float(s) for n, t, s in shares[["narrative_id", "topic", "share"]].itertuples(index=False)
    }
    rows: list[dict[str, object]] = []
    for item, own in read.groupby("item", sort=True):
        narrative, topic = str(own["narrative_id"].iloc[0]), int(own["topic"].iloc[0])
        topics = [int(name) for name in own["topics"].iloc[0].split()]
        odds = np.log(share[narrative, topic]) - np.log([share[narrative, name] for name in topics])
        row = _counts(own) | {"scope": "item", "item": item, "narrative_id": narrative, "topic": topic}
        row["chance"] = float(odds.mean())
        places = own["place"].dropna().astype(int).to_numpy()
        if len(places):
            row |= {"estimate": float(odds[places].mean()), "precision": own["right"].mean()}
        else:
            row["reason"] = "not estimable: no answers"
        rows.append(row)
    overall = _counts(read) | {"scope": "all", "chance": float(np.mean([row["chance"] for row in rows]))}
    known = [row for row in rows if "estimate" in row]
    if known:
        values, n = np.array([row["estimate"] for row in known], dtype=float), len(known)
        overall |= {"estimate": values.mean(), "precision": read["right"].dropna().astype(float).mean()}
        if n < FEWEST:
            overall["reason"] = f"interval not estimable: {n} items, at least {FEWEST} are needed"
        else:
            drawn = bootstrap_weights(n, draws, seed) @ values / n
            overall |= dict(zip(("low", "high"), np.quantile(drawn, [0.025, 0.975]), strict=True))
    else:
        overall["reason"] = "not estimable: no answers"
    names = "scope item narrative_id topic raters n k missing estimate low high precision chance reason"
    return _table([*rows, overall], names)


def _read(answers: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Every answer with its item: `place` of the option (from 0, NA where missing) and `right`."""
    require(answers, ["item", "rater", "answer"], "answers")
    require(key, ["item", "topic", "intruder", "options"], "key")
    if lost := sorted(set(answers["item"]) - set(key["item"])):
        raise InputError(f"answers: item {lost[0]} is not in the key; is it the key of another sheet?")
    if (twice := answers.duplicated(["item", "rater"])).any():
        first = answers[twice].iloc[0]
        raise InputError(f"answers: rater {first['rater']} answered item {first['item']} twice; keep one answer")
    read = answers[["item", "rater", "answer"]].merge(key, on="item", how="right", sort=True)
    places: list[int | None] = []
    for item, answer, options in read[["item", "answer", "options"]].itertuples(index=False):
        names = [name.casefold() for name in options.split("|")]
        text = "" if pd.isna(answer) else str(answer).strip().casefold().removesuffix(".0")
        if text in names:
            places.append(names.index(text))
        elif text.isdecimal() and 1 <= int(text) <= len(names):
            places.append(int(text) - 1)
        elif text:
            raise InputError(f"answers: '{answer}' is no option of item {item}, which has {', '.join(names)}")
        else:
            places.append(None)
    right = [
        None if place is None else options.split("|")[place] == intruder
        for place, options, intruder in zip(places, read["options"], read["intruder"], strict=True)
    ]
    return read.assign(place=pd.array(places, dtype="Int64"), right=pd.array(right, dtype="boolean"))


def _counts(own: pd.DataFrame) -> dict[str, object]:
    asked = own["rater"].notna()  # an item of the key that nobody was given is not a missing answer
    counts: dict[str, object] = {"items": own["item"].nunique(), "raters": own["rater"].nunique()}
    counts |= {"n": int(own["right"].notna().sum()), "k": int(own["right"].sum())}
    counts["chance"] = float((1 / own["options"].str.split("|", regex=False).str.len()).mean())
    return counts | {"missing": int((asked & own["right"].isna()).sum())}


def _table(rows: list[dict[str, object]], columns: str) -> pd.DataFrame:
    names = columns.split()
    kinds = dict.fromkeys(names, "Float64") | dict.fromkeys(["topic", "items", "raters", "n", "k", "missing"], "Int64")
    kinds |= dict.fromkeys(["scope", "item", "narrative_id", "reason"], "string")
    return pd.DataFrame(rows, columns=names, dtype=object).astype({name: kinds[name] for name in names})
