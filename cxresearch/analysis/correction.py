"""What the parser gets wrong, corrected: rates and differences between groups from labels that have errors.

A rate that is counted on a parser's labels inherits the parser's errors, and its interval gets narrower
around the wrong value the more texts there are. A sample that people coded tells how large the error is:
`rogan_gladen` corrects with the parser's sensitivity and specificity, `corrected_rates` with the coded
sample itself, which needs no assumption about the errors, only that chance chose what was coded.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from cxresearch.errors import InputError

METHODS = ("parser only", "coded only", "design-based", "prediction-powered")
# Below this a normal interval has no ground to stand on.
FEWEST_CODED = 10
FEW_ERRORS = 5


def rogan_gladen(
    positives: int,
    n: int,
    sensitivity: float,
    specificity: float,
    *,
    n_sensitivity: int | None = None,
    n_specificity: int | None = None,
) -> pd.DataFrame:
    """Return the prevalence corrected for the sensitivity and specificity of the parser.

    It assumes that these are the same in the texts counted here as where they were measured, in every
    group too; where a sample of these very texts was coded, `corrected_rates` assumes less.

    Parameters
    ----------
    positives : int
        Units that the parser calls positive.
    n : int
        All units.
    sensitivity, specificity : float
        Share of the coders' positives that the parser calls positive, of their negatives negative.
    n_sensitivity, n_specificity : int, optional
        Number of coded positives and negatives that these were measured on; by default they are taken as
        known without error, which they rarely are.

    Returns
    -------
    DataFrame
        One row: `n`, `apparent` (prevalence by the parser), `estimate`, `low` and `high` (95 %), kept
        within 0 and 1, and `reason` where these are NA.

    Raises
    ------
    InputError
        Names the argument that is out of range.

    References
    ----------
    Rogan and Gladen (1978), American Journal of Epidemiology 107; the interval is that of Lang and
    Reiczigel (2014), Preventive Veterinary Medicine 113, who found it to hold from samples of 30 on.

    Examples
    --------
    >>> table = rogan_gladen(300, 1000, 0.8, 0.9, n_sensitivity=80, n_specificity=120)
    >>> table.round(3)[["n", "apparent", "estimate", "low", "high"]].to_numpy().tolist()
    [[1000, 0.3, 0.286, 0.204, 0.362]]
    """
    if n < 1 or not 0 <= positives <= n:
        raise InputError(f"positives, n: {positives} of {n} is no share; give whole numbers with 0 <= positives <= n")
    for name, share in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0 <= share <= 1:
            raise InputError(f"{name}: {share} does not lie within 0 and 1")
    for name, size in (("n_sensitivity", n_sensitivity), ("n_specificity", n_specificity)):
        if size is not None and size < 1:
            raise InputError(f"{name}: {size} coded units tell nothing; code at least one")
    row: dict[str, object] = {"n": n, "apparent": positives / n, "estimate": None, "low": None, "high": None}
    if sensitivity + specificity <= 1:
        row["reason"] = "not estimable: the parser is no better than chance (sensitivity + specificity <= 1)"
    else:
        estimate = (positives / n + specificity - 1) / (sensitivity + specificity - 1)
        bounds = _lang_reiczigel(positives / n, n, (sensitivity, n_sensitivity), (specificity, n_specificity))
        row["estimate"] = float(np.clip(estimate, 0, 1))
        if bounds is None:
            row["reason"] = "interval not estimable: too few coded units to tell the parser from chance"
        else:
            row["low"], row["high"] = (float(bound) for bound in np.clip(bounds, 0, 1))
    return _frame([row], ["n", "apparent", "estimate", "low", "high", "reason"])


def _lang_reiczigel(
    apparent: float, n: int, sensitivity: tuple[float, int | None], specificity: tuple[float, int | None]
) -> tuple[float, float] | None:
    """Agresti and Coull's pseudo-observations in all three shares, and a shift for the skewness."""
    z = stats.norm.ppf(0.975)
    p = (n * apparent + z**2 / 2) / (n + z**2)
    se, se_variance = _plus_two(*sensitivity)
    sp, sp_variance = _plus_two(*specificity)
    slope = se + sp - 1
    if slope <= 0:
        return None
    centre = (p + sp - 1) / slope
    shift = 2 * z**2 * (centre * se_variance - (1 - centre) * sp_variance)
    variance = (p * (1 - p) / (n + z**2) + centre**2 * se_variance + (1 - centre) ** 2 * sp_variance) / slope**2
    half = z * np.sqrt(variance)
    return centre + shift - half, centre + shift + half


def _plus_two(share: float, size: int | None) -> tuple[float, float]:
    """Return a share with one success and one failure added, and its variance; as it is if known."""
    if size is None:
        return share, 0.0
    moved = (size * share + 1) / (size + 2)
    return moved, moved * (1 - moved) / (size + 2)


def corrected_rates(
    predicted: pd.Series,
    gold: pd.Series,
    group: pd.Series | None = None,
    *,
    probability: pd.Series | float | None = None,
    cluster: pd.Series | None = None,
    reference: str | None = None,
) -> pd.DataFrame:
    """Return rates, and their differences between groups, from a parser's labels and a coded sample.

    Four estimates stand side by side: ``parser only`` (biased where the parser errs), ``coded only``
    (unbiased and wide), ``design-based`` (the parser's rate plus its error in the sample, weighted with
    the inverse of the sampling probability) and ``prediction-powered`` (the same with the parser's share
    tuned, so that it is never much wider than ``coded only``). Report one that you chose beforehand. The
    intervals hold from about 100 coded units a group on: in simulation, for a rate of .15, those of the
    last two cover .95 and .91 with 50, .96 and .94 with 100.

    Parameters
    ----------
    predicted : Series
        The parser's label of every unit (an episode, say): 0 or 1, no NA. What is unknown is no 0: leave
        such units out, and say so.
    gold : Series
        The coders' label, 0 or 1, of the units that chance chose to be coded; the others are NA or absent.
    group : Series, optional
        The group of every unit (its industry, say).
    probability : Series or float, optional
        With which probability each coded unit was chosen. By default every unit of a group had the same
        (a simple random sample, of all or by group).
    cluster : Series, optional
        What makes units depend on each other (author, narrative): the intervals and tests allow for it.
    reference : str, optional
        The group that the others are compared with; by default every pair is compared.

    Returns
    -------
    DataFrame
        A row a quantity and method: `quantity` (``rate`` or ``difference``), `group`, `compared_with`,
        `method`, `n` (units), `coded`, `estimate`, `low`, `high` (95 %, within 0 and 1, or -1 and 1),
        `statistic` and `p` (t-test of no difference; not corrected for many comparisons), and `reason`
        where they are NA, or where an interval is doubtful.

    Raises
    ------
    InputError
        Names the argument that is wrong, and what to do.

    References
    ----------
    Design-based: Egami, Hinck, Stewart and Wei (2023), NeurIPS 36 (the difference estimator of survey
    sampling, Särndal et al. 1992). Prediction-powered: Angelopoulos, Bates, Fannjiang, Jordan and Zrnic
    (2023), Science 382, tuned as PPI++: Angelopoulos, Duchi and Zrnic (2023), arXiv 2311.01453.

    Examples
    --------
    >>> predicted = pd.Series([1, 0, 0, 1, 0] * 40)
    >>> gold = pd.Series([1, 0, 1, 1, 0, 1, 0, 0, 0, 0] * 4)  # the first 40 were coded
    >>> table = corrected_rates(predicted, gold).round(2)
    >>> table[["method", "n", "coded", "estimate", "low", "high"]].to_numpy().tolist()[2:]
    [['design-based', 200, 40, 0.4, 0.25, 0.55], ['prediction-powered', 200, 40, 0.4, 0.26, 0.54]]
    """
    f = _labels(predicted, "predicted")
    if f.isna().any():
        raise InputError("predicted: some units have no label (NA), which is no 0; leave them out, and say so")
    y = _sample(_labels(gold, "gold"), f.index)
    groups = _aligned(group, f.index, "group", "all")
    clusters = pd.factorize(_aligned(cluster, f.index, "cluster", None))[0]
    names = sorted(groups.unique(), key=str)
    if reference is not None and reference not in names:
        raise InputError(f"reference: '{reference}' is none of the groups {', '.join(map(str, names))}")
    weight = _weights(probability, y)

    rows: list[dict[str, object]] = []
    found: dict[tuple[str, str], _Rate] = {}
    labels, coded, values = f.to_numpy(dtype=float), y.notna().to_numpy(), y.fillna(0).to_numpy(dtype=float)
    for name in names:
        member = (groups == name).to_numpy()
        for method in METHODS:
            rate = found[name, method] = _rate(method, labels, values, weight, member, member & coded, clusters)
            rows.append({"quantity": "rate", "group": name, "method": method, **_row(rate, (0, 1))})
    for a, b in combinations(names, 2):
        if reference in (None, a, b):
            left, right = (b, a) if a == reference else (a, b)
            for method in METHODS:
                difference = _minus(found[left, method], found[right, method])
                facts = {"quantity": "difference", "group": left, "compared_with": right, "method": method}
                rows.append({**facts, **_row(difference, (-1, 1))})
    columns = ["quantity", "group", "compared_with", "method", "n", "coded", "estimate", "low", "high"]
    return _frame(rows, [*columns, "statistic", "p", "reason"])


class _Rate(NamedTuple):
    n: int
    coded: int
    estimate: float  # NaN where there is none
    parts: np.ndarray | None  # what each cluster adds to the error of the estimate; None if that is not known
    df: int
    reason: str | None


def _rate(
    method: str,
    f: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    member: np.ndarray,
    coded: np.ndarray,
    clusters: np.ndarray,
) -> _Rate:
    """The rate of one group: mean of share * f in all its units, and of y - share * f in those coded.

    With the parser's share 0 it is the coded sample alone, with 1 the difference estimator. Weights are
    scaled to their sum (Hájek), and the error is linearised: a unit adds its deviation from each mean.
    """
    n, n_coded = int(member.sum()), int(coded.sum())
    of_parser = method == "parser only"
    if not of_parser and n_coded < FEWEST_CODED:
        why = f"not estimable: {n_coded} of {n} units are coded, at least {FEWEST_CODED} are needed"
        return _Rate(n, n_coded, float("nan"), None, 0, why)
    w = np.where(coded, weight, 0)
    w = w / w.sum() if w.sum() else w
    share = 1.0 if of_parser else _share(method, f[member], f[coded], y[coded], w[coded])
    deviation = share * (f - f[member].mean())
    rest = np.zeros(len(f)) if of_parser else y - share * f
    estimate = float(share * f[member].mean() + (w * rest).sum())
    in_all, in_coded = (len(np.unique(clusters[units])) for units in (member, coded))
    parts = np.zeros(len(f))
    parts[member] += deviation[member] / n * np.sqrt(in_all / max(in_all - 1, 1))
    df = in_all - 1 if of_parser else in_coded - 1 - (method == "prediction-powered")  # the share is estimated
    parts[coded] += (w * (rest - (w * rest).sum()))[coded] * np.sqrt(in_coded / max(df, 1))
    reason = _doubt(method, f, y, member, coded, df)
    known = reason is None or not reason.startswith("interval not")
    return _Rate(n, n_coded, estimate, np.bincount(clusters, parts) if known else None, df, reason)


def _share(method: str, f: np.ndarray, f_coded: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    """How much of the parser's labels is used; tuned, it makes the variance least (PPI++, for a mean)."""
    if method != "prediction-powered":
        return float(method == "design-based")
    variance = f.var()
    covariance = (w * (y - (w * y).sum()) * (f_coded - (w * f_coded).sum())).sum()
    return float(np.clip(covariance / variance, 0, 1)) if variance else 0.0


def _doubt(method: str, f: np.ndarray, y: np.ndarray, member: np.ndarray, coded: np.ndarray, df: int) -> str | None:
    """Why there is no interval, or why it is doubtful: the error of a share is not known from too few cases."""
    if df < 1:
        return "interval not estimable: all units belong to one cluster"
    if method in ("parser only", "coded only"):
        labels = f[member] if method == "parser only" else y[coded]
        few = int(min(labels.sum(), (1 - labels).sum()))
        none, scarce = "all labels are the same", f"few units have the rarer label ({few})"
    else:
        few = int((f[coded] != y[coded]).sum())
        none = "the parser made no error in the coded units; see rogan_gladen"
        scarce = f"the parser made few errors in the coded units ({few})"
    if few == 0:
        return f"interval not estimable: {none}"
    return f"interval doubtful: {scarce}" if few < FEW_ERRORS else None


def _minus(a: _Rate, b: _Rate) -> _Rate:
    """The difference of two groups; a cluster with units in both adds to the error of both."""
    parts = None if a.parts is None or b.parts is None else a.parts - b.parts
    reason = (b.reason or a.reason) if b.parts is None else (a.reason or b.reason)
    return _Rate(a.n + b.n, a.coded + b.coded, a.estimate - b.estimate, parts, a.df + b.df, reason)


def _row(rate: _Rate, bounds: tuple[float, float]) -> dict[str, object]:
    row: dict[str, object] = {"n": rate.n, "coded": rate.coded, "reason": rate.reason}
    if np.isnan(rate.estimate):
        return row
    row["estimate"] = float(np.clip(rate.estimate, *bounds))
    if rate.parts is not None:
        error = float(np.sqrt((rate.parts**2).sum()))
        half = stats.t.ppf(0.975, rate.df) * error
        row["low"], row["high"] = (float(np.clip(rate.estimate + side * half, *bounds)) for side in (-1, 1))
        if bounds[0] < 0:  # a difference
            row["statistic"] = rate.estimate / error
            row["p"] = float(2 * stats.t.sf(abs(rate.estimate / error), rate.df))
    return row


def _labels(series: pd.Series, name: str) -> pd.Series:
    """A series of 0, 1 and NA, after a check."""
    if not series.index.is_unique:
        raise InputError(f"{name}: a unit stands twice in the index ({series.index[series.index.duplicated()][0]})")
    try:
        labels = pd.to_numeric(series).astype("Float64")
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: labels must be 0 or 1 (NA where not coded): {error}") from error
    if not (wrong := labels.dropna()[~labels.dropna().isin([0, 1])]).empty:
        raise InputError(f"{name}: labels must be 0 or 1 (NA where not coded), not {wrong.iloc[0]:g}")
    return labels


def _sample(gold: pd.Series, index: pd.Index) -> pd.Series:
    if not (lost := gold.index.difference(index)).empty:
        raise InputError(f"gold: unit {lost[0]} has no label of the parser; give `predicted` of every unit")
    return gold.reindex(index)


def _aligned(series: pd.Series | None, index: pd.Index, name: str, default: str | None) -> pd.Series:
    """The group or cluster of every unit; by default one for all, or each its own."""
    if series is None:
        return pd.Series(range(len(index)) if default is None else default, index=index)
    if not series.index.is_unique:
        raise InputError(f"{name}: a unit stands twice in the index ({series.index[series.index.duplicated()][0]})")
    if (series := series.reindex(index)).isna().any():
        raise InputError(f"{name}: unit {series.index[series.isna()][0]} has none; name it, if only 'unknown'")
    return series


def _weights(probability: pd.Series | float | None, y: pd.Series) -> np.ndarray:
    """Inverse sampling probabilities of the coded units."""
    if probability is None:
        return np.ones(len(y))
    given = probability.reindex(y.index) if isinstance(probability, pd.Series) else pd.Series(probability, y.index)
    if not given[y.notna()].between(0, 1, inclusive="right").all():
        raise InputError("probability: every coded unit needs the probability of being chosen, above 0 and at most 1")
    return 1 / given.where(y.notna(), 1).to_numpy(dtype=float)


def _frame(rows: list[dict[str, object]], columns: list[str]) -> pd.DataFrame:
    text = {"quantity", "group", "compared_with", "method", "reason"}
    kinds = {name: "string" if name in text else "Int64" if name in ("n", "coded") else "Float64" for name in columns}
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(kinds)
