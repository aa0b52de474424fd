"""Topics by industry, or any other group of narratives; and the units that stand for a topic.

A topic is touched by a narrative that has a unit in it. Longer narratives touch more topics, so beside the
share of narratives there is the share of units, which does not grow with length. Where `stability` is
given, every row of a topic that was not found again in resamples carries `stable` False.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.analysis.compare import REST, contrasts, groups_of, rates
from cxresearch.analysis.keyness import item_counts, keyness
from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.resampling import require
from cxresearch.analysis.topics.quality import OUTLIER
from cxresearch.errors import InputError

LEVELS = ("narrative", "unit")
KEY = ["narrative_id", "unit"]
NONE = "none"  # what a unit without a guided topic is called in tables


def topic_rates(
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    *,
    by: str = "industry",
    level: str = "narrative",
    cluster: str | None = "author",
    stability: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how much of every group touches every topic.

    Parameters
    ----------
    assignments : DataFrame
        `narrative_id`, `unit`, `topic`: a number, -1 for none; or the name of a guided topic, NA for none.
    units : DataFrame
        `narrative_id`, `unit`, and the columns `by` and `cluster`.
    by, cluster : str
        As for `compare.rates`.
    level : {"narrative", "unit"}
        Share of narratives that touch the topic (in several groups, if its units are), or share of units in it.
    stability : DataFrame, optional
        With `topic` and `stable`, as `stability.stability` gives it.

    Returns
    -------
    DataFrame
        `topic`, `group`, `level`, `n`, `k`, `clusters`, `estimate`, `low`, `high` (95 %), `stable` (NA: not
        looked into), `reason`. The shares of narratives do not sum to 1; those of units do, outliers (-1) included.

    Raises
    ------
    InputError
        Names the column or argument that is wrong, or the unit that has no topic.

    Examples
    --------
    >>> units = pd.DataFrame({"narrative_id": [f"n{i}" for i in range(10)], "unit": 1, "industry": "rail"})
    >>> assignments = units[["narrative_id", "unit"]].assign(topic=[0] * 4 + [1] * 6)
    >>> table = topic_rates(assignments, units, cluster=None)
    >>> table[["topic", "n", "k", "estimate"]].to_numpy().tolist()
    [[0, 10, 4, 0.4], [1, 10, 6, 0.6]]
    """
    frame = join_units(assignments, units, [by, cluster])
    _known(level)
    if level == "unit":
        table = rates(frame.assign(topic=frame["topic"].astype(str)), "topic", by=by, cluster=cluster)
    else:
        touched = _touched(frame, by, cluster)
        tables = [rates(part, "touched", by=by, cluster=cluster).assign(level=str(t)) for t, part in touched.items()]
        table = pd.concat(tables, ignore_index=True)
    table = table.assign(topic=_names(table["level"], frame), level=level, reason=_counted(table["reason"], level))
    columns = "topic group level n k clusters estimate low high stable reason"
    return marked_table(table, stability, columns, ["topic", "group"])


def topic_contrasts(
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    *,
    by: str = "industry",
    level: str = "narrative",
    reference: str = REST,
    cluster: str | None = "author",
    measure: str = "odds ratio",
    draws: int = 2000,
    seed: int = 0,
    stability: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how much more, or less, every group touches every topic than the rest, corrected for all of them.

    Parameters
    ----------
    assignments, units, by, cluster, stability
        As for `topic_rates`.
    level : {"narrative", "unit"}
        Narratives that touch the topic are compared by `compare.contrasts`; shares of units by `keyness.keyness`,
        with the topic for a word (a log ratio: 1 is twice as much).
    reference : str
        A group, or ``rest``.
    measure : str
        For narratives: as for `compare.contrasts`.
    draws, seed
        Of the permutation tests. With 20 topics in 17 industries no p-value below 1 / (draws + 1) can be; take
        draws by the number of tests.

    Returns
    -------
    DataFrame
        `topic`, `group`, `compared_with`, `level`, `measure`, `n`, `k`, `estimate`, `low`, `high` (95 %), `p`,
        `p_holm`, `p_bh`, `tests`, `stable`, `reason`.

    Raises
    ------
    InputError
        As `topic_rates`; where there is one group only.
    """
    frame = join_units(assignments, units, [by, cluster])
    _known(level)
    if level == "unit":
        table = _unit_contrasts(frame, by, reference, cluster, draws, seed)
    else:
        touched = _touched(frame, by, cluster)
        how: dict[str, Any] = {
            "by": by,
            "reference": reference,
            "cluster": cluster,
            "measure": measure,
            "draws": draws,
            "seed": seed,
        }
        table = pd.concat(
            [contrasts(part, "touched", **how).assign(topic=t) for t, part in touched.items()], ignore_index=True
        )
    columns = "topic group compared_with level measure n k estimate low high p p_holm p_bh tests stable reason"
    table = correct(table.assign(level=level, reason=_counted(table["reason"], level)))
    return marked_table(table, stability, columns, ["topic", "group"])


def _unit_contrasts(
    frame: pd.DataFrame, by: str, reference: str, cluster: str | None, draws: int, seed: int
) -> pd.DataFrame:
    # A narrative with episodes in two industries is two narratives here.
    frame = frame.assign(**{by: groups_of(frame, by)})
    frame["part"] = frame["narrative_id"].astype(str) + "\t" + frame[by]
    columns = ["part", "narrative_id", by, *([cluster] if cluster else [])]
    narratives = frame[list(dict.fromkeys(columns))].drop_duplicates("part")
    tokens = item_counts(frame.assign(topic=frame["topic"].astype(str)), "topic", "part")
    tables = [
        keyness(
            tokens, narratives, group, by=by, reference=reference, cluster=cluster, unit="part", draws=draws, seed=seed
        )
        for group in sorted(set(narratives[by]) - {reference})
    ]
    table = pd.concat(tables, ignore_index=True)
    both = table.assign(n=table["n"] + table["n_reference"], k=table["k"] + table["k_reference"])
    both = both.assign(topic=_names(both["token"], frame), measure="log ratio")
    return both[~is_outlier(both["topic"])]


def representatives(
    assignments: pd.DataFrame,
    units: pd.DataFrame,
    vectors: np.ndarray,
    *,
    number: int = 3,
    stability: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the units nearest to the middle of every topic, each of another narrative as long as there are.

    Parameters
    ----------
    assignments, units : DataFrame
        As for `topic_rates`; `units` with `text`.
    vectors : ndarray, shape (units, features)
        What was clustered, in the order of `assignments`.
    number : int
        How many units a topic.
    stability : DataFrame, optional
        As from `stability.stability`.

    Returns
    -------
    DataFrame
        `topic`, `stable` (NA: not looked into), `rank`, `narrative_id`, `unit`, `similarity` (cosine, to the mean of
        the topic), `text`.

    Examples
    --------
    >>> units = pd.DataFrame({"narrative_id": ["n1", "n1", "n2"], "unit": [1, 2, 1], "text": list("abc")})
    >>> place = np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 1.0]])
    >>> found = representatives(units[["narrative_id", "unit"]].assign(topic=0), units, place, number=2)
    >>> found["text"].tolist()
    ['b', 'c']
    """
    require(assignments, [*KEY, "topic"], "assignments")
    require(units, [*KEY, "text"], "units")
    if len(vectors) != len(assignments):
        raise InputError(f"vectors: {len(vectors)} rows for {len(assignments)} units; give one a unit, in their order")
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros(vectors.shape), where=length > 0)
    frame = assignments.reset_index(drop=True).merge(units[[*KEY, "text"]], on=KEY, how="left", validate="one_to_one")
    frame["similarity"] = 0.0
    for rows in frame.groupby("topic").indices.values():
        middle = unit[rows].mean(axis=0)
        frame.loc[rows, "similarity"] = np.round(unit[rows] @ middle / (np.linalg.norm(middle) or 1.0), 6)
    frame = frame[~is_outlier(frame["topic"])]
    frame = frame.sort_values(["topic", "similarity", *KEY], ascending=[True, False, True, True], kind="stable")
    frame["turn"] = frame.groupby(["topic", "narrative_id"]).cumcount()
    frame = frame.sort_values(["topic", "turn"], kind="stable")
    frame["rank"] = frame.groupby("topic").cumcount() + 1
    columns = ["topic", "stable", "rank", *KEY, "similarity", "text"]
    return mark_stability(frame[frame["rank"] <= number], stability)[columns].reset_index(drop=True)


def mark_stability(table: pd.DataFrame, stability: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table of topics with the column `stable` of a table of stability; NA where nothing is known.

    Examples
    --------
    >>> known = pd.DataFrame({"topic": [0, 1], "stable": [True, False]})
    >>> mark_stability(pd.DataFrame({"topic": [1, 2]}), known)["stable"].tolist()
    [False, <NA>]
    """
    if stability is None:
        return table.assign(stable=pd.array([pd.NA] * len(table), dtype="boolean"))
    require(stability, ["topic", "stable"], "stability")
    known = stability.dropna(subset=["topic"]).drop_duplicates("topic").set_index("topic")["stable"].astype("boolean")
    return table.assign(stable=known.reindex(table["topic"]).array)


def marked_table(table: pd.DataFrame, stability: pd.DataFrame | None, columns: str, order: list[str]) -> pd.DataFrame:
    """Return these columns of a table of topics, marked, with their dtypes, in this order."""
    marked = mark_stability(table, stability).reindex(columns=columns.split())
    named = any(isinstance(topic, str) for topic in marked["topic"])  # guided topics have names
    kinds = dict.fromkeys("n k n_rest k_rest clusters tests".split(), "Int64")
    kinds |= dict.fromkeys("group compared_with level measure kind reason".split(), "string")
    kinds |= dict.fromkeys("estimate low high p share share_rest".split(), "Float64")
    kinds["topic"] = "string" if named else "Int64"
    marked = marked.astype({name: kind for name, kind in kinds.items() if name in marked})
    return marked.sort_values(order, kind="stable", ignore_index=True)


def _counted(reasons: pd.Series, what: str) -> pd.Series:
    """The comparison module speaks of episodes; here it was given narratives or units."""
    return reasons.astype("string").str.replace("episodes", f"{what}s", regex=False)


def _known(level: str) -> None:
    if level not in LEVELS:
        raise InputError(f"level: '{level}' is none of {', '.join(LEVELS)}")


def join_units(assignments: pd.DataFrame, units: pd.DataFrame, columns: Sequence[str | None]) -> pd.DataFrame:
    """Return the units that have a topic, or are outliers, with the columns asked for, sorted."""
    require(assignments, [*KEY, "topic"], "assignments")
    require(units, [*KEY, *columns], "units")
    wanted = [*KEY, *dict.fromkeys(name for name in columns if name and name not in KEY)]
    frame = units[wanted].merge(assignments[[*KEY, "topic"]], on=KEY, how="inner", validate="one_to_one")
    if len(frame) < len(assignments):
        raise InputError("units: some units with a topic are not in the table; give the one the topics were made of")
    if not pd.api.types.is_numeric_dtype(frame["topic"]):
        frame["topic"] = frame["topic"].astype(object).where(frame["topic"].notna(), NONE)
    return frame.sort_values(KEY, kind="stable", ignore_index=True)


def is_outlier(topics: pd.Series) -> pd.Series:
    """Return which units have no topic: number -1, or of guided topics none."""
    return topics.isin([OUTLIER, NONE]) | topics.isna()


def _touched(frame: pd.DataFrame, by: str, cluster: str | None) -> dict[Any, pd.DataFrame]:
    """For every topic a table, a row a narrative and group: whether it has a unit there (`touched`)."""
    frame = frame.assign(**{by: groups_of(frame, by)})
    keys = ["narrative_id", by]
    rows = frame[list(dict.fromkeys([*keys, *([cluster] if cluster else [])]))].drop_duplicates(keys)
    index = pd.MultiIndex.from_frame(rows[keys])
    topics = frame.loc[~is_outlier(frame["topic"]), "topic"]
    return {
        topic: rows.assign(touched=index.isin(pd.MultiIndex.from_frame(frame.loc[frame["topic"] == topic, keys])))
        for topic in sorted(set(topics))
    }


def _names(text: pd.Series, frame: pd.DataFrame) -> list[Any]:
    """Topics back from text, as they were: numbers or names."""
    names = {str(topic): topic for topic in frame["topic"]}
    return [names[name] for name in text]
