"""Coefficients of agreement of any number of coders, with codings missing, on nominal values.

A **reliability table** has a row a unit, a column a coder, and a label or NA (not coded) in each cell.
Four coefficients are made of the same few sums over units (`tally`), so that a bootstrap only has to weigh
the sums of each narrative instead of counting again.

Where nothing varies (all codings have one value) there is nothing to agree about beyond chance: kappa and
alpha are then NaN, percent agreement is 1, and AC1 is 1 if more labels than the one used were possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pandas as pd

from cxresearch.errors import InputError

MEASURES = ("percent agreement", "Cohen's kappa", "Krippendorff's alpha", "Gwet's AC1")
Tally = dict[str, np.ndarray]


def percent_agreement(table: pd.DataFrame) -> float:
    """Return the share of pairs of coders that agree on a unit, averaged over units with two codings or more.

    Parameters
    ----------
    table : DataFrame
        A reliability table: units x coders, labels or NA.

    Returns
    -------
    float
        From 0 to 1; NaN if no unit was coded twice.

    Raises
    ------
    InputError
        If there are not two coders.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed. Each unit has the same weight. (In
    Krippendorff's observed agreement a unit weighs as its number of codings; the two are the same when
    none is missing.)

    Examples
    --------
    >>> percent_agreement(pd.DataFrame({"anna": ["yes", "no", "no", "yes"], "bram": ["yes", "no", "yes", pd.NA]}))
    0.6666666666666666
    """
    return _one(table, "percent agreement", None)


def cohen_kappa(table: pd.DataFrame) -> float:
    """Return Cohen's kappa of two coders; for more, the mean over the pairs of coders (Light 1971).

    A pair is compared on the units that both coded. A pair in which nothing varies has no kappa and is
    left out of the mean.

    Parameters
    ----------
    table : DataFrame
        A reliability table: units x coders, labels or NA.

    Returns
    -------
    float
        At most 1; NaN if no pair of coders has a kappa.

    Raises
    ------
    InputError
        If there are not two coders.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20; Light (1971), Psychological Bulletin 76.

    Examples
    --------
    >>> cohen_kappa(pd.DataFrame({"anna": ["yes", "no", "no", "yes"], "bram": ["yes", "no", "yes", "yes"]}))
    0.5
    """
    return _one(table, "Cohen's kappa", None)


def krippendorff_alpha(table: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for nominal values; any number of coders, with codings missing.

    Parameters
    ----------
    table : DataFrame
        A reliability table: units x coders, labels or NA. Units with one coding do not count.

    Returns
    -------
    float
        At most 1; NaN if nothing varies or no unit was coded twice.

    Raises
    ------
    InputError
        If there are not two coders.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability (his examples are in the tests).

    Examples
    --------
    >>> table = pd.DataFrame({"anna": ["yes", "no", "no", "yes"], "bram": ["yes", "no", "yes", "yes"]})
    >>> round(krippendorff_alpha(table), 3)
    0.533
    """
    return _one(table, "Krippendorff's alpha", None)


def gwet_ac1(table: pd.DataFrame, labels: Iterable[object] | None = None) -> float:
    """Return Gwet's AC1; any number of coders, with codings missing. It holds up where a value is rare.

    Parameters
    ----------
    table : DataFrame
        A reliability table: units x coders, labels or NA.
    labels : iterable, optional
        All labels that a coder could give; by default those that are in the table.

    Returns
    -------
    float
        At most 1; NaN if only one label was possible or no unit was coded twice.

    Raises
    ------
    InputError
        If there are not two coders, or the table has a label that is not among `labels`.

    References
    ----------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61; with missing codings as in
    Gwet (2014): chance agreement from all units that were coded, observed agreement from those coded twice.

    Examples
    --------
    >>> table = pd.DataFrame({"anna": ["yes", "no", "no", "yes"], "bram": ["yes", "no", "yes", "yes"]})
    >>> round(gwet_ac1(table), 3)
    0.529
    """
    return _one(table, "Gwet's AC1", labels)


def _one(table: pd.DataFrame, measure: str, labels: Iterable[object] | None) -> float:
    codes, k = encode(table, labels)
    sums = tally(codes, k, np.zeros(len(codes), dtype=int), 1)
    return float(coefficients(sums)[measure][0])


def encode(table: pd.DataFrame, labels: Iterable[object] | None = None) -> tuple[np.ndarray, int]:
    """Return a reliability table as whole numbers (units x coders, -1 where NA) and the number of labels.

    Examples
    --------
    >>> encode(pd.DataFrame({"anna": ["yes", "no"], "bram": ["no", None]}))
    (array([[ 1,  0],
           [ 0, -1]]), 2)
    """
    if table.shape[1] < 2:
        raise InputError("table: a reliability table has a row a unit and a column for each of two or more coders")
    values = table.astype(object).to_numpy()
    given = pd.notna(values)
    used = set(values[given].tolist())
    known = sorted(used if labels is None else set(labels), key=lambda label: (str(type(label)), str(label)))
    if beyond := sorted(str(label) for label in used.difference(known)):
        raise InputError(f"table: '{beyond[0]}' is not among the labels {', '.join(map(str, known))}")
    number = {label: i for i, label in enumerate(known)}
    codes = np.full(values.shape, -1)
    codes[given] = [number[label] for label in values[given].tolist()]
    return codes, len(known)


def tally(codes: np.ndarray, k: int, groups: np.ndarray, n_groups: int) -> Tally:
    """Return what the coefficients need, summed over the units of each group (a narrative, say).

    Parameters
    ----------
    codes : ndarray
        Units x coders: a label from 0 to `k` - 1, or -1 where it is missing.
    k : int
        Number of labels.
    groups : ndarray
        Of each unit, its group from 0 to `n_groups` - 1.
    n_groups : int
        Number of groups.

    Returns
    -------
    dict of ndarray
        Each with a row a group. Tallies over the same coders and labels may be added up.

    Examples
    --------
    >>> tally(np.array([[0, 0], [0, 1], [1, -1]]), 2, np.array([0, 0, 1]), 2)["pairable"].tolist()
    [2.0, 0.0]
    """
    counts = (codes[:, :, None] == np.arange(k)).sum(axis=1).astype(float)  # units x labels
    coded = counts.sum(axis=1)
    pairable = coded >= 2
    alike = (counts * (counts - 1)).sum(axis=1) / np.maximum(coded - 1, 1)  # ordered pairs per coding
    by_unit = {
        "pairable": pairable.astype(float),
        "share": np.where(pairable, alike / np.maximum(coded, 1), 0),
        "coincident": np.where(pairable, alike, 0),
        "values": np.where(pairable[:, None], counts, 0),
        "coded": (coded >= 1).astype(float),
        "label_share": counts / np.maximum(coded, 1)[:, None],
    }
    sums = {}
    for name, values in by_unit.items():
        sums[name] = np.zeros((n_groups, *values.shape[1:]))
        np.add.at(sums[name], groups, values)
    pairs = list(combinations(range(codes.shape[1]), 2))
    sums["joint"] = np.zeros((n_groups, len(pairs), k, k))
    for p, (i, j) in enumerate(pairs):
        both = (codes[:, i] >= 0) & (codes[:, j] >= 0)
        np.add.at(sums["joint"][:, p], (groups[both], codes[both, i], codes[both, j]), 1)
    return sums


def weigh(sums: Tally, weights: np.ndarray) -> Tally:
    """Add the groups of a tally up, as often as each row of weights (draws x groups) says.

    Examples
    --------
    >>> weigh({"pairable": np.array([2.0, 1.0])}, np.array([[1, 1], [2, 0]]))["pairable"].tolist()
    [3.0, 4.0]
    """
    return {name: np.tensordot(weights.astype(float), values, axes=1) for name, values in sums.items()}


def coefficients(sums: Tally) -> dict[str, np.ndarray]:
    """Return the four coefficients (`MEASURES`) of each row of a tally; NaN where there is none.

    Examples
    --------
    >>> codes = np.array([[0, 0], [0, 1], [1, 1], [1, 1]])
    >>> {name: values.round(2).tolist() for name, values in coefficients(tally(codes, 2, np.zeros(4, int), 1)).items()}
    {'percent agreement': [0.75], "Cohen's kappa": [0.5], "Krippendorff's alpha": [0.53], "Gwet's AC1": [0.53]}
    """
    observed = ratio(sums["share"], sums["pairable"])
    n = sums["values"].sum(axis=-1)
    different = n**2 - (sums["values"] ** 2).sum(axis=-1)
    alpha = 1 - ratio((n - 1) * (n - sums["coincident"]), different)
    share = ratio(sums["label_share"], sums["coded"][..., None])
    k = share.shape[-1]
    chance = ratio((share * (1 - share)).sum(axis=-1), np.array(k - 1.0))
    joint = sums["joint"]
    total = joint.sum(axis=(-1, -2))
    agreed = np.trace(joint, axis1=-2, axis2=-1) * total
    by_chance = (joint.sum(axis=-1) * joint.sum(axis=-2)).sum(axis=-1)
    kappa = ratio(agreed - by_chance, total**2 - by_chance)  # of each pair, all in squares of counts: exact
    return {
        "percent agreement": observed,
        "Cohen's kappa": mean(kappa),
        "Krippendorff's alpha": alpha,
        "Gwet's AC1": ratio(observed - chance, 1 - chance),
    }


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Divide, with NaN where the divisor is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: np.ndarray = np.where(below == 0, np.nan, above / below)
    return quotient


def mean(values: np.ndarray) -> np.ndarray:
    """Return the mean over the last axis of what is not NaN; NaN if nothing is left."""
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0).sum(axis=-1), there.sum(axis=-1))
