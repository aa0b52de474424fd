"""How good are the words of the topics: coherence, diversity, and the share of units that no topic takes.

Coherence tells whether the words of a topic stand together in the units, not whether a reader sees a
subject in them; for that there is `intrusion`. The words were chosen in the same units that they are
judged by, so all topics look better here than they would in new texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from cxresearch.analysis.resampling import FEWEST, bootstrap_weights, cluster_codes, require

OUTLIER = -1
TOP = 10  # words of a topic that are judged
# What stands for a joint probability of 0 (Röder et al. 2015). Two words that are never together get not
# -1 but a value near it: -0.83 if each is in a tenth of the units.
EPSILON = 1e-12


def npmi(joint: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the normalised pointwise mutual information of pairs of words.

    Parameters
    ----------
    joint, one, other
        Shares of the units that have both words, the one, and the other; arrays of one shape, or that broadcast.

    Returns
    -------
    ndarray of float
        1 where they only come together, 0 where they are independent, near -1 where they never meet. NaN
        where a word is in no unit, or both are in all.

    References
    ----------
    Bouma (2009), From Form to Meaning (GSCL). Zeros as in Röder, Both and Hinneburg (2015), WSDM: the numbers
    are those of gensim's ``c_npmi`` with a window as long as the longest unit.

    Examples
    --------
    >>> npmi(np.array([0.25, 0.1]), np.array([0.5, 0.1]), np.array([0.5, 0.1])).round(3).tolist()
    [0.0, 1.0]
    """
    known = (one > 0) & (other > 0) & (joint < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log((joint + EPSILON) / (one * other)) / -np.log(joint + EPSILON)
    result: np.ndarray = np.where(known, value, np.nan)
    return result


def quality(
    words: pd.DataFrame,
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    *,
    analyzer: Callable[[str], list[str]],
    top: int = TOP,
    cluster: str | None = "narrative_id",
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return size, coherence and diversity of every topic, and of all together.

    Parameters
    ----------
    words : DataFrame
        `topic`, `rank` (from 1), `word`.
    assignments : DataFrame
        `narrative_id`, `unit`, `topic`; -1 is no topic.
    units : DataFrame
        `narrative_id`, `unit`, `text`, and the column `cluster`.
    analyzer : callable
        Cuts a text into the words and word pairs that topics are told in.
    top : int
        How many words of each topic are judged.
    cluster, draws, seed
        The interval draws clusters of units again: narratives, authors, or (None) units.

    Returns
    -------
    DataFrame
        A row a topic, and at the end one for all of them (`scope` ``all``, `topic` NA): `scope`, `topic`, `n`
        (units), `share` (of all units), `words` (judged), `estimate` (mean NPMI of all pairs of its words;
        for all: mean of the topics), `low`, `high` (95 %, normal, with the standard error of a bootstrap),
        `diversity` (share of its words that no other topic has; for all: share of different words among all),
        `outliers` (share of units without a topic, for all), `reason` where something is NA.

    Raises
    ------
    InputError
        Names the column that is missing, or the unit that is not in `units`.

    References
    ----------
    Coherence: Lau, Newman and Baldwin (2014), EACL, with the unit as the window. Diversity: Dieng, Ruiz and
    Blei (2020), TACL 8.

    Examples
    --------
    >>> text = ["trein rail", "trein rail", "trein", "geld bank", "geld bank", "bank"]
    >>> units = pd.DataFrame({"narrative_id": list("abcdef"), "unit": 1, "text": text})
    >>> words = pd.DataFrame({"topic": [0, 0, 1, 1], "rank": [1, 2, 1, 2], "word": ["trein", "rail", "bank", "geld"]})
    >>> assignments = units[["narrative_id", "unit"]].assign(topic=[0, 0, 0, 1, 1, 1])
    >>> table = quality(words, assignments, units, analyzer=str.split)
    >>> table[["scope", "n", "estimate", "diversity"]].round(2).to_numpy().tolist()
    [['topic', 3, 0.63, 1.0], ['topic', 3, 0.63, 1.0], ['all', 6, 0.63, 1.0]]
    """
    require(words, ["topic", "rank", "word"], "words")
    require(assignments, ["narrative_id", "unit", "topic"], "assignments")
    require(units, ["narrative_id", "unit", "text", cluster], "units")
    lists = top_words(words, top)
    sizes = assignments["topic"].value_counts()
    each, drawn = coherence(list(lists.values()), units, analyzer, cluster=cluster, draws=draws, seed=seed)
    rows: list[dict[str, object]] = []
    for number, (topic, own) in enumerate(lists.items()):
        elsewhere = {word for other, theirs in lists.items() if other != topic for word in theirs}
        row: dict[str, object] = {"scope": "topic", "topic": topic, "words": len(own), "n": int(sizes.get(topic, 0))}
        row |= {"share": row["n"] / len(assignments), "diversity": np.mean([word not in elsewhere for word in own])}  # type: ignore[operator]
        rows.append(row | _estimate(each[number], drawn[:, number]))
    overall: dict[str, object] = {"scope": "all", "words": sum(map(len, lists.values()))}
    overall |= {"n": len(assignments), "share": 1.0, "diversity": diversity(list(lists.values()))}
    overall["outliers"] = float((assignments["topic"] == OUTLIER).mean())
    known = ~np.isnan(each)
    rows.append(overall | _estimate(_mean(each), drawn[:, known].mean(axis=1) if known.any() else drawn[:, :0]))
    columns = "scope topic n share words estimate low high diversity outliers reason".split()
    kinds = dict.fromkeys(columns, "Float64") | {"scope": "string", "reason": "string"}
    kinds |= dict.fromkeys(["topic", "n", "words"], "Int64")
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(kinds)


def top_words(words: pd.DataFrame, top: int = TOP) -> dict[int, list[str]]:
    """Return the first words of every topic in order of rank, without the outliers'."""
    kept = words[(words["topic"] != OUTLIER) & (words["rank"] <= words["rank"].min() + top - 1)]
    kept = kept.sort_values(["topic", "rank"], kind="stable")
    return {int(topic): group["word"].tolist() for topic, group in kept.groupby("topic", sort=True)}


def diversity(lists: Sequence[Sequence[str]]) -> float:
    """Return the share of different words among the words of all topics: 1 where no two share one.

    Examples
    --------
    >>> diversity([["trein", "bus"], ["trein", "geld"]])
    0.75
    """
    words = [word for own in lists for word in own]
    return len(set(words)) / len(words) if words else np.nan


def coherence(
    lists: Sequence[Sequence[str]],
    units: pd.DataFrame,
    analyzer: Callable[[str], list[str]],
    *,
    cluster: str | None = "narrative_id",
    draws: int = 0,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean NPMI of every list of words, and the same in bootstrap samples of clusters.

    Returns
    -------
    tuple of ndarray, shapes (lists,) and (draws, lists)
        NaN where not one pair of the words can be judged. No draws where there are fewer than `FEWEST` clusters.

    Examples
    --------
    >>> units = pd.DataFrame({"narrative_id": [1, 2, 3, 4], "text": ["a b", "a b", "c", "b"]})
    >>> coherence([["a", "b"], ["a", "zz"]], units, str.split)[0].round(3).tolist()
    [0.415, nan]
    """
    vocabulary = sorted({word for own in lists for word in own})
    if not vocabulary:
        return np.full(len(lists), np.nan), np.empty((0, len(lists)))
    counter = CountVectorizer(analyzer=analyzer, vocabulary=vocabulary, binary=True, dtype=np.int64)
    present: sparse.csc_matrix = counter.transform(units["text"].astype(str)).tocsc()
    codes = cluster_codes(units, cluster)
    number = int(codes.max()) + 1
    member = sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    weights = np.vstack([np.ones((1, number)), bootstrap_weights(number, draws if number >= FEWEST else 0, seed)])
    n = (weights @ np.bincount(codes, minlength=number))[:, None]
    single = weights @ (member @ present).toarray() / n
    place = {word: column for column, word in enumerate(vocabulary)}
    values = np.full((len(weights), len(lists)), np.nan)
    for column, own in enumerate(lists):
        pairs = np.array([(place[a], place[b]) for a, b in combinations(dict.fromkeys(own), 2)], dtype=int)
        if len(pairs):
            both = (member @ present[:, pairs[:, 0]].multiply(present[:, pairs[:, 1]])).toarray()
            found = npmi(weights @ both / n, single[:, pairs[:, 0]], single[:, pairs[:, 1]])
            values[:, column] = [_mean(row) for row in found]
    return values[0], values[1:]


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _estimate(value: float, drawn: np.ndarray) -> dict[str, object]:
    if np.isnan(value):
        return {"reason": "not estimable: fewer than two of its words occur in the units"}
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        reason = f"interval not estimable: fewer than {FEWEST} clusters of units"
        return {"estimate": value, "reason": reason}
    # Rare pairs of words are lost from samples, so these lie too low: their spread is used, and not their place.
    half = 1.96 * float(drawn.std(ddof=1)) if len(drawn) > 1 else np.nan
    return {"estimate": value, "low": max(-1.0, value - half), "high": min(1.0, value + half)}
