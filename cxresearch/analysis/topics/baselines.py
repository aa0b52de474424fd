"""The topics beside two simpler ways to find them: NMF and LDA on the words of the same units.

Who reads of topics asks whether an older method would have told the same; here it is told in one table.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.metrics import adjusted_rand_score

from cxresearch.analysis.resampling import cluster_codes, require
from cxresearch.analysis.topics.quality import OUTLIER, TOP, quality
from cxresearch.analysis.topics.stability import stability_of
from cxresearch.errors import InputError

MODELS = ("NMF", "LDA")
WORDS = 5000  # the most frequent ones
SHOWN = 20  # words of a topic that are kept


@dataclass(frozen=True)
class Baseline:
    """Topics of one model, in the same shape as those of BERTopic."""

    assignments: pd.DataFrame  # narrative_id, unit, topic, weight
    words: pd.DataFrame  # topic, rank, word, weight
    stability: pd.DataFrame  # as stability.stability


def baseline(
    units: pd.DataFrame,
    topics: int,
    model: str,
    *,
    analyzer: Callable[[str], list[str]],
    draws: int = 20,
    sample: str = "bootstrap",
    cluster: str = "narrative_id",
    seed: int = 0,
) -> Baseline:
    """Return topics found by a factorisation of the words of units.

    Parameters
    ----------
    units : DataFrame
        `narrative_id`, `unit`, `text`.
    topics : int
        How many.
    model : {"NMF", "LDA"}
        Non-negative matrix factorisation of tf-idf weights (Lee and Seung 1999), or latent Dirichlet allocation of
        counts (Blei, Ng and Jordan 2003; variational, with sparse priors of 1 / topics).
    analyzer : callable
        Cuts a text into words: the same as for the topics that it is compared with.
    draws, sample, cluster
        Of the stability, as for `stability.stability`; every sample is factorised anew.
    seed : int
        Of the models and samples.

    Returns
    -------
    Baseline
        A unit's topic is the one of its largest weight; -1 where it has none of the words. Topics are numbered by
        size, the largest 0.

    Raises
    ------
    InputError
        Names the argument that is wrong.
    """
    require(units, ["narrative_id", "unit", "text", cluster], "units")
    if model not in MODELS:
        raise InputError(f"model: '{model}' is none of {', '.join(MODELS)}")
    if not 2 <= topics < len(units):
        raise InputError(f"topics: from 2 to fewer than the units, of which there are {len(units)}")
    frame = units.sort_values(["narrative_id", "unit"], kind="stable", ignore_index=True)
    counter = CountVectorizer(analyzer=analyzer, min_df=2, max_features=WORDS)
    try:
        counts = counter.fit_transform(frame["text"].astype(str))
    except ValueError as error:
        raise InputError("units: no word is in two of them, so there is nothing to factorise") from error
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(counts) if model == "NMF" else counts
    places, parts = _factors(weights, topics, model, seed)
    labels = _labels(places)
    order = {old: new for new, old in enumerate(_by_size(labels))}
    labels = np.array([order.get(label, OUTLIER) for label in labels])

    def again(rows: np.ndarray, own: int) -> np.ndarray:
        return _labels(_factors(weights[rows], topics, model, own)[0])

    found = stability_of(again, labels, cluster_codes(frame, cluster), draws=draws, sample=sample, seed=seed)
    names = counter.get_feature_names_out()
    rows = []
    for old, new in order.items():
        values = np.round(parts[old] / max(parts[old].sum(), 1e-12), 9)
        best = np.lexsort((names, -values))[:SHOWN]
        rows += [(new, rank, names[i], values[i]) for rank, i in enumerate(best, start=1) if values[i] > 0]
    words = pd.DataFrame(rows, columns=["topic", "rank", "word", "weight"]).sort_values(["topic", "rank"])
    assignments = frame[["narrative_id", "unit"]].assign(topic=labels, weight=places.max(axis=1))
    return Baseline(assignments, words.reset_index(drop=True), found)


def compare_models(
    units: pd.DataFrame,
    assignments: pd.DataFrame,
    words: pd.DataFrame,
    *,
    analyzer: Callable[[str], list[str]],
    stability: pd.DataFrame | None = None,
    name: str = "BERTopic",
    models: tuple[str, ...] = MODELS,
    top: int = TOP,
    draws: int = 20,
    sample: str = "bootstrap",
    cluster: str = "narrative_id",
    seed: int = 0,
) -> pd.DataFrame:
    """Return coherence, diversity, stability and agreement of the topics and of the baselines, side by side.

    Parameters
    ----------
    units, analyzer, draws, sample, cluster, seed
        As for `baseline`.
    assignments, words : DataFrame
        Of the topics that the baselines stand beside; they get as many topics.
    stability : DataFrame, optional
        Of these topics, as `stability.stability` gives it, by the same draws.
    name : str
        What these topics are called in the table.
    models : tuple of str
        Which baselines.
    top : int
        How many words of a topic are judged.

    Returns
    -------
    DataFrame
        A row a model: `model`, `topics`, `n` (units), `outliers` (share), `coherence` (mean NPMI) with
        `coherence_low`, `coherence_high`, `diversity`, `stability` (mean adjusted Rand index) with `stability_low`,
        `stability_high`, `stable_topics` (share), `agreement` (adjusted Rand index with the topics; 1 for themselves).

    Raises
    ------
    InputError
        As `baseline`.
    """
    require(assignments, ["narrative_id", "unit", "topic"], "assignments")
    number = assignments.loc[assignments["topic"] != OUTLIER, "topic"].nunique()
    tables = [(name, assignments, words, stability)]
    for model in models:
        how: dict[str, Any] = {"draws": draws, "sample": sample, "cluster": cluster, "seed": seed}
        found = baseline(units, number, model, analyzer=analyzer, **how)
        tables.append((model, found.assignments, found.words, found.stability))
    rows = []
    for model, labels, own, again in tables:
        overall = quality(own, labels, units, analyzer=analyzer, top=top, cluster=cluster, seed=seed).iloc[-1]
        row: dict[str, object] = {"model": model, "topics": labels.loc[labels["topic"] != OUTLIER, "topic"].nunique()}
        row |= {column: overall[column] for column in ("n", "outliers", "diversity")}
        row |= {"coherence": overall["estimate"], "coherence_low": overall["low"], "coherence_high": overall["high"]}
        if again is not None:
            whole, each = again[again["scope"] == "all"].iloc[0], again[again["scope"] == "topic"]
            row |= {"stability": whole["estimate"], "stability_low": whole["low"], "stability_high": whole["high"]}
            row["stable_topics"] = each["stable"].astype(float).mean()
        both = assignments.merge(labels, on=["narrative_id", "unit"], suffixes=("", "_other"))
        other = "topic_other" if "topic_other" in both else "topic"
        row["agreement"] = adjusted_rand_score(both["topic"], both[other])
        rows.append(row)
    columns = "model topics n outliers coherence coherence_low coherence_high diversity stability stability_low"
    names = [*columns.split(), "stability_high", "stable_topics", "agreement"]
    kinds = dict.fromkeys(names, "Float64") | {"model": "string", "topics": "Int64", "n": "Int64"}
    return pd.DataFrame(rows, columns=names, dtype=object).astype(kinds)


def _factors(weights: sparse.csr_matrix, topics: int, model: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the topics in the units, and of the words in the topics; units without words have none."""
    topics = min(topics, *weights.shape)
    if model == "NMF":
        # Its start is the singular vectors, so the seed only breaks ties.
        nmf = NMF(topics, init="nndsvda", solver="cd", max_iter=300, tol=1e-3, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # which topic a unit has is settled long before
            places, parts = nmf.fit_transform(weights), nmf.components_
    else:
        lda = LatentDirichletAllocation(topics, learning_method="batch", max_iter=15, random_state=seed)
        places, parts = lda.fit_transform(weights), lda.components_
    places[np.asarray(weights.sum(axis=1)).ravel() == 0] = 0
    return places, parts


def _labels(places: np.ndarray) -> np.ndarray:
    labels: np.ndarray = np.where(places.max(axis=1) > 0, np.round(places, 9).argmax(axis=1), OUTLIER)
    return labels


def _by_size(labels: np.ndarray) -> list[int]:
    topics, first, size = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    return [int(topics[i]) for i in order if topics[i] != OUTLIER]
