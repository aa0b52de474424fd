"""Coders against coders: how far any number of people read the same events in the same narratives.

Each event type is a decision about each unit of text (a sentence, say): is it there or not. On these
decisions stand percent agreement, kappa, alpha and AC1; alpha for unitising and F1 need no units. A
narrative that a coder did not code is missing for that coder, never a no. Intervals resample whole
narratives, because the sentences of one narrative are not independent of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from cxresearch.analysis.agreement import QUALIFIERS, match_mentions, verdicts
from cxresearch.analysis.coefficients import MEASURES, Tally, coefficients, encode, mean, ratio, tally, weigh
from cxresearch.analysis.resampling import FEWEST, bootstrap_weights
from cxresearch.analysis.unitizing import (
    asserted_mentions,
    continua,
    expected_and_observed,
    who_coded,
)
from cxresearch.codebook import event_types
from cxresearch.errors import InputError

ALL = "all types"
SPAN_MEASURES = ("unitised alpha", "F1 overlapping", "F1 strict")
_UNIT_COLUMNS = ("narrative_id", "unit", "start", "end")
_DTYPES = {
    "type": "string",
    "qualifier": "string",
    "measure": "string",
    "n": "Int64",
    "narratives": "Int64",
    "coders": "Int64",
    "mentions_min": "Int64",
    "mentions_max": "Int64",
    "estimate": "Float64",
    "low": "Float64",
    "high": "Float64",
    "reason": "string",
}


def reliability_table(
    codings: pd.DataFrame,
    units: pd.DataFrame,
    type: str,
    *,
    optional: str = "present",
    coded: Mapping[str, Iterable[str]] | None = None,
) -> pd.DataFrame:
    """Return which coder has a type in which unit: the table that the coefficients of agreement read.

    A mention counts in every unit that it overlaps; only asserted mentions count (not advice, questions
    or suppositions).

    Parameters
    ----------
    codings : DataFrame
        Mentions by several coders: `narrative_id`, `coder`, `type`, `start`, `end`, `realis`.
    units : DataFrame
        `narrative_id`, `unit` (a name, unique within its narrative), `start`, `end`: sentences, say, with
        offsets in the same text as those of the codings (that of the source file). Together they must
        cover every mention.
    type : str
        A type of the codebook.
    optional : {"present", "absent"}
        How mentions count that the coder marked as optional.
    coded : mapping, optional
        The narratives that each coder coded; by default those where the coder has a mention. Give it: a
        coder who found nothing in a narrative leaves no line.

    Returns
    -------
    DataFrame
        A row a unit (index `narrative_id`, `unit`) of the narratives that two or more coders coded, a
        `boolean` column a coder: true, false, or NA where the coder did not code the narrative.

    Raises
    ------
    InputError
        Names the column, narrative or mention that is wrong.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis"]
    >>> rows = [("n1", "anna", "wait", 0, 9, "actual"), ("n1", "bram", "exit", 12, 20, "actual")]
    >>> units = pd.DataFrame({"narrative_id": "n1", "unit": [1, 2], "start": [0, 10], "end": [10, 20]})
    >>> reliability_table(pd.DataFrame(rows, columns=columns), units, "wait").to_numpy().tolist()
    [[True, False], [False, False]]
    """
    read = who_coded(codings, coded)
    units = _units(units, read)
    _known([type])
    presence = _presence(asserted_mentions(codings, optional), units, read, [type])[0]
    index = pd.MultiIndex.from_frame(units[["narrative_id", "unit"]])
    values = np.where(presence < 0, None, presence == 1)
    return pd.DataFrame(values, index=index, columns=read.columns).astype("boolean")


def coder_agreement(
    codings: pd.DataFrame,
    units: pd.DataFrame,
    *,
    types: Sequence[str] | None = None,
    optional: str = "present",
    coded: Mapping[str, Iterable[str]] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the agreement of coders on each type, and on all types together, by seven measures.

    Percent agreement, Cohen's kappa, Krippendorff's alpha and Gwet's AC1 are about the presence of a type
    in a unit (`reliability_table`); for all types together every type of every unit is a decision.
    Unitised alpha is about where spans begin and end (`unitized_alpha`). F1 is that of
    `mention_agreement`, the mean over pairs of coders, each taken as the reference in turn; an optional
    mention is one like any other there.

    Parameters
    ----------
    codings, units, optional, coded
        As for `reliability_table`; the text of a narrative is taken to run from the start of its first
        unit to the end of its last.
    types : sequence of str, optional
        The types to tell of; by default all that a coder has.
    draws, seed
        Of the percentile bootstrap over narratives that makes the 95 % intervals (Efron and Tibshirani
        1993). With few narratives it is too narrow: in simulation it covers .90 with 10, .94 with 40.

    Returns
    -------
    DataFrame
        A row a type and measure: `type`, `measure`, `n` (units that two or more coders coded),
        `narratives`, `coders`, `mentions_min` and `mentions_max` (asserted mentions by the coder who has
        fewest and most), `estimate`, `low`, `high`, and `reason` where one of these is NA.

    Raises
    ------
    InputError
        Names the column, narrative or mention that is wrong.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis"]
    >>> rows = [("n1", "anna", "wait", 0, 9, "actual"), ("n1", "bram", "wait", 2, 8, "actual")]
    >>> units = pd.DataFrame({"narrative_id": "n1", "unit": [1, 2], "start": [0, 10], "end": [10, 20]})
    >>> table = coder_agreement(pd.DataFrame(rows, columns=columns), units)
    >>> table[["type", "measure", "n", "estimate"]].iloc[[0, 6]].to_numpy().tolist()
    [['wait', 'percent agreement', 2, 1.0], ['wait', 'F1 strict', 2, 0.0]]
    """
    read = who_coded(codings, coded)
    units = _units(units, read)
    _known(types or [])
    codings = codings.drop(columns="optional") if optional == "present" and "optional" in codings.columns else codings
    mentions = asserted_mentions(codings, optional)
    mentions = mentions[mentions["narrative_id"].isin(read.index)]
    kinds = sorted({*mentions["type"]} if types is None else {*types})
    narratives = units["narrative_id"].map({name: i for i, name in enumerate(read.index)}).to_numpy(dtype=int)
    weights = _weights(len(read), draws, seed)

    tallies = [tally(codes, 2, narratives, len(read)) for codes in _presence(mentions, units, read, kinds)]
    spans = units.groupby("narrative_id").agg(start=("start", "min"), end=("end", "max"))
    extents = {str(name): (int(row["start"]), int(row["end"])) for name, row in spans.iterrows()}
    chance = [expected_and_observed(continua(mentions, extents, read, kind), weights) for kind in kinds]
    hits = {name: _f1_counts(mentions, read, kinds, name == "F1 strict") for name in SPAN_MEASURES[1:]}

    rows = []
    for name, those in [*((kind, [i]) for i, kind in enumerate(kinds)), (ALL, list(range(len(kinds))))]:
        found = mentions[mentions["type"].isin([kinds[i] for i in those])]
        per_coder = found["coder"].value_counts().reindex(read.columns, fill_value=0)
        facts = {
            "type": name,
            "n": len(units),
            "narratives": len(read),
            "coders": read.shape[1],
            "mentions_min": per_coder.min(),
            "mentions_max": per_coder.max(),
        }
        values: dict[str, np.ndarray] = {}
        if those:
            values = coefficients(weigh(_sum([tallies[i] for i in those]), weights))
            expected, observed = (np.sum([chance[i][part] for i in those], axis=0) for part in (0, 1))
            values["unitised alpha"] = 1 - ratio(observed, expected)
            for measure, counts in hits.items():
                hit, wrong = (np.einsum("dn,pn->dp", weights, counts[:, :, those, k].sum(axis=2)) for k in (0, 1))
                values[measure] = mean(ratio(2 * hit, 2 * hit + wrong))
        for measure in (*MEASURES, *SPAN_MEASURES):
            drawn = values.get(measure, np.full(1 + draws, np.nan))
            why = "nobody marked it" if measure in SPAN_MEASURES or not those else "all codings have one value"
            rows.append({**facts, "measure": measure, **_estimate(drawn, len(read), why)})
    order = ["type", "measure", "n", "narratives", "coders", "mentions_min", "mentions_max"]
    return _frame(rows, order)


def qualifier_reliability(
    codings: pd.DataFrame,
    *,
    coded: Mapping[str, Iterable[str]] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the agreement of coders on the qualifiers of the mentions that they share.

    A unit is a mention that a pair of coders both have (`match_mentions`: same type, overlapping, whatever
    its realis). With more than two coders a mention that all have is a unit for each pair of them. An
    attribute that neither gives is left out; where one gives it, nothing is a value of the other.

    Parameters
    ----------
    codings : DataFrame
        As for `reliability_table`, with the columns of the qualifiers (`polarity`, `realis`, `actor`, ...).
    coded, draws, seed
        As for `coder_agreement`.

    Returns
    -------
    DataFrame
        A row a qualifier and measure: `qualifier`, `measure`, `n` (units), `narratives` (with such a
        unit), `estimate`, `low`, `high`, and `reason` where one of these is NA.

    Raises
    ------
    InputError
        Names the column that is missing or wrong.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis", "polarity"]
    >>> rows = [("n1", "anna", "wait", 0, 9, "actual", "affirmed"), ("n1", "bram", "wait", 2, 8, "actual", "negated")]
    >>> table = qualifier_reliability(pd.DataFrame(rows, columns=columns))
    >>> table[["qualifier", "measure", "n", "estimate"]].iloc[[0]].to_numpy().tolist()
    [['polarity', 'percent agreement', 1, 0.0]]
    """
    read = who_coded(codings, coded)
    codings = codings[codings["narrative_id"].isin(read.index)].drop(columns="optional", errors="ignore")
    of = {coder: codings[codings["coder"] == coder].reset_index(drop=True) for coder in read.columns}
    shared = []
    for a, b in combinations(read.columns, 2):
        pairs = match_mentions(of[a], of[b])
        left, right = of[a].loc[pairs["reference"]], of[b].loc[pairs["other"]]
        both = {name: (left[name].to_numpy(object), right[name].to_numpy(object)) for name in _qualifiers(codings)}
        shared.append((a, b, left["narrative_id"].to_numpy(object), both))
    weights = _weights(len(read), draws, seed)
    number = {name: i for i, name in enumerate(read.index)}
    rows = []
    for name in _qualifiers(codings):
        tables, narratives = [], []
        for a, b, where, both in shared:
            given = pd.notna(both[name][0]) | pd.notna(both[name][1])
            values = [pd.Series(side[given], dtype=object).fillna("not given") for side in both[name]]
            tables.append(pd.DataFrame(dict(zip((a, b), values, strict=True)), columns=read.columns, dtype=object))
            narratives += [number[narrative] for narrative in where[given]]
        table = pd.concat(tables, ignore_index=True)
        codes, k = encode(table)
        values_of = coefficients(weigh(tally(codes, k, np.array(narratives, dtype=int), len(read)), weights))
        facts = {"qualifier": name, "n": len(table), "narratives": len(set(narratives))}
        why = "all codings have one value" if len(table) else "no mention that two coders share has it"
        rows += [
            {**facts, "measure": measure, **_estimate(values_of[measure], len(set(narratives)), why)}
            for measure in MEASURES
        ]
    return _frame(rows, ["qualifier", "measure", "n", "narratives"])


def _known(types: Sequence[str]) -> None:
    if unknown := sorted(set(types).difference(event_types())):
        raise InputError(f"types: '{unknown[0]}' is no type of the codebook")


def _qualifiers(codings: pd.DataFrame) -> list[str]:
    return [name for name in QUALIFIERS if name in codings.columns]


def _units(units: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """The units of the narratives that were coded twice, in order, after a check."""
    if missing := [name for name in _UNIT_COLUMNS if name not in units.columns]:
        raise InputError(f"units: column {', '.join(missing)} missing; give narrative_id, unit, start, end")
    for name in _UNIT_COLUMNS:
        if units[name].isna().any():
            raise InputError(f"units: column {name} has an empty cell")
    if lost := sorted(set(read.index).difference(units["narrative_id"])):
        raise InputError(f"units: narrative {lost[0]} was coded but has no units")
    if (twice := units.duplicated(["narrative_id", "unit"])).any():
        row = units[twice].iloc[0]
        raise InputError(f"units: column unit: {row['unit']} stands twice in narrative {row['narrative_id']}")
    return units[units["narrative_id"].isin(read.index)].sort_values(["narrative_id", "start"], ignore_index=True)


def _presence(mentions: pd.DataFrame, units: pd.DataFrame, read: pd.DataFrame, kinds: Sequence[str]) -> np.ndarray:
    """Types x units x coders: 1 where the coder has the type in the unit, 0 where not, -1 where not coded."""
    places = units[["narrative_id", "start", "end"]].assign(place=range(len(units)))
    mentions = mentions[mentions["narrative_id"].isin(read.index)].reset_index(drop=True)
    met = mentions.reset_index(names="mention").merge(places, on="narrative_id", suffixes=("", "_unit"))
    met = met[(met["start"] < met["end_unit"]) & (met["start_unit"] < met["end"])]
    if len(lost := mentions[~mentions.index.isin(met["mention"])]):
        row = lost.iloc[0]
        mention = f"{row['start']}-{row['end']} ({row['type']}, {row['coder']}) in {row['narrative_id']}"
        raise InputError(
            f"units: mention {mention} is in no unit; units must cover the text, "
            "with the offsets of the codings (those of the source file)"
        )
    coded = read.loc[units["narrative_id"]].to_numpy()
    presence = np.repeat(np.where(coded, 0, -1)[None], len(kinds), axis=0)
    met = met[met["type"].isin(kinds)]
    at = (
        met["type"].map({kind: i for i, kind in enumerate(kinds)}),
        met["place"],
        met["coder"].map({coder: i for i, coder in enumerate(read.columns)}),
    )
    presence[tuple(np.asarray(values, dtype=int) for values in at)] = 1
    return presence


def _f1_counts(mentions: pd.DataFrame, read: pd.DataFrame, kinds: Sequence[str], strict: bool) -> np.ndarray:
    """Ordered pairs of coders x narratives x types x (hits, what only one of the two has)."""
    pairs = list(permutations(read.columns, 2))
    counts = np.zeros((len(pairs), len(read), len(kinds), 2))
    narrative, column = ({name: i for i, name in enumerate(names)} for names in (read.index, kinds))
    of = {coder: mentions[mentions["coder"] == coder].reset_index(drop=True) for coder in read.columns}
    for p, (a, b) in enumerate(pairs):
        both = read.index[read[a] & read[b]]
        left, right = (of[coder][of[coder]["narrative_id"].isin(both)] for coder in (a, b))
        for name, kind, verdict in verdicts(left, right, strict=strict).itertuples(index=False):
            if verdict != "ignored" and kind in column:
                counts[p, narrative[name], column[kind], int(verdict != "hit")] += 1
    return counts


def _sum(tallies: list[Tally]) -> Tally:
    return {name: np.sum([sums[name] for sums in tallies], axis=0) for name in tallies[0]}


def _weights(n: int, draws: int, seed: int) -> np.ndarray:
    """How often each narrative counts: once for the estimate (first row), then as the bootstrap draws."""
    return np.vstack([np.ones((1, n)), bootstrap_weights(n, draws, seed)])


def _estimate(values: np.ndarray, narratives: int, why: str) -> dict[str, object]:
    """Estimate, interval and reason of a value (first) and its bootstrap draws."""
    estimate, drawn = values[0], values[1:][~np.isnan(values[1:])]
    if np.isnan(estimate):
        return {"estimate": None, "low": None, "high": None, "reason": f"not estimable: {why}"}
    reason = None
    if narratives < FEWEST:
        reason = f"interval not estimable: {narratives} narratives, at least {FEWEST} are needed"
    elif 2 * len(drawn) <= len(values) - 1:
        reason = "interval not estimable: too rare, most resamples have no variation"
    elif np.ptp(drawn) == 0:
        reason = "interval not estimable: every resample gives the same value"
    low, high = np.quantile(drawn, [0.025, 0.975]) if reason is None else (None, None)
    return {"estimate": estimate, "low": low, "high": high, "reason": reason}


def _frame(rows: list[dict[str, object]], order: list[str]) -> pd.DataFrame:
    order = [*order, "estimate", "low", "high", "reason"]
    return pd.DataFrame(rows, columns=order).astype({name: _DTYPES[name] for name in order})
