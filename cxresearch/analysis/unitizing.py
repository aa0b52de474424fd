"""Do coders mark the same stretches of text? Krippendorff's alpha for unitising (alpha_U).

The coefficients of `coefficients` need units that are given beforehand, such as sentences. Alpha_U needs
none: it compares where the spans of two coders begin and end, with spans of the same lengths put anywhere
in the text by chance. A **continuum** is the text of one narrative, the **sections** of a coder are the
spans and the gaps between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from cxresearch.analysis.agreement import ASSERTED
from cxresearch.analysis.coefficients import ratio
from cxresearch.errors import InputError

NEEDED = ("narrative_id", "coder", "type", "start", "end", "realis")
Span = tuple[int, int]


def unitized_alpha(
    codings: pd.DataFrame,
    lengths: Mapping[str, int],
    type: str | None = None,
    *,
    optional: str = "present",
    coded: Mapping[str, Iterable[str]] | None = None,
) -> float:
    """Return Krippendorff's alpha_U of the asserted spans of one type, or of all types together.

    Every narrative is a continuum of its own, no span or gap runs from one into the next; disagreement,
    observed and expected, is summed over all of them (and over types, as Krippendorff does). Spans of one
    coder and type that overlap are taken as one.

    Parameters
    ----------
    codings : DataFrame
        Mentions by several coders: `narrative_id`, `coder`, `type`, `start`, `end`, `realis`.
    lengths : mapping
        Length of each narrative's text, in code points, as the offsets of the codings.
    type : str, optional
        A type of the codebook; by default all together.
    optional : {"present", "absent"}
        How mentions count that the coder marked as optional.
    coded : mapping, optional
        The narratives that each coder coded; by default those where the coder has a mention. Give it: a
        coder who found nothing leaves no line. A narrative that one coder coded alone does not count.

    Returns
    -------
    float
        At most 1; NaN if nobody marked the type.

    Raises
    ------
    InputError
        Names the column that is missing or wrong, or the mention that lies outside its narrative.

    References
    ----------
    Krippendorff (1995), Sociological Methodology 25; expected disagreement as corrected in Krippendorff
    (2004), Content Analysis, 2nd ed., ch. 11. With codings missing, a narrative's observed disagreement
    weighs 1 / (coders - 1), as in his alpha for nominal values; without, this is his formula.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis"]
    >>> rows = [("n1", "anna", "wait", 5, 15, "actual"), ("n1", "bram", "wait", 5, 13, "actual")]
    >>> round(unitized_alpha(pd.DataFrame(rows, columns=columns), {"n1": 100}, "wait"), 3)
    0.97
    """
    read = who_coded(codings, coded)
    mentions = asserted_mentions(codings, optional)
    if lost := sorted(set(read.index).difference(lengths)):
        raise InputError(f"lengths: the length of narrative {lost[0]} is missing")
    extents = {narrative: (0, int(lengths[narrative])) for narrative in read.index}
    types = sorted(set(mentions["type"])) if type is None else [type]
    once = np.ones((1, len(read)))
    sums = [expected_and_observed(continua(mentions, extents, read, kind), once) for kind in types]
    expected, observed = (np.sum([pair[i] for pair in sums], axis=0) for i in (0, 1))
    return float(1 - ratio(observed, expected).sum()) if types else float("nan")


def asserted_mentions(codings: pd.DataFrame, optional: str = "present") -> pd.DataFrame:
    """Return the mentions that are told as having happened or to come; without the optional ones if `absent`.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis"]
    >>> rows = [("n1", "anna", "wait", 0, 9, "actual"), ("n1", "anna", "exit", 9, 15, "generic")]
    >>> asserted_mentions(pd.DataFrame(rows, columns=columns))["type"].tolist()
    ['wait']
    """
    check_codings(codings)
    if optional not in ("present", "absent"):
        raise InputError(f"optional: '{optional}' is neither 'present' nor 'absent'")
    keep = codings["realis"].isin(ASSERTED)
    if optional == "absent" and "optional" in codings.columns:
        keep &= ~codings["optional"].astype("boolean").fillna(False).astype(bool)
    return codings[keep]


def check_codings(codings: pd.DataFrame) -> None:
    """Raise a ValueError that names what is wrong with a table of codings by several coders.

    Examples
    --------
    >>> check_codings(pd.DataFrame({"narrative_id": ["n1"]}))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    cxresearch.errors.InputError: codings: column coder, type, start, end, realis missing (see ...
    """
    if missing := [name for name in NEEDED if name not in codings.columns]:
        raise InputError(f"codings: column {', '.join(missing)} missing (see cxresearch.codings.read_codings)")
    for name in NEEDED:
        if codings[name].isna().any():
            raise InputError(f"codings: column {name} has an empty cell; every mention needs a {name}")
    for name in ("start", "end"):
        if not pd.api.types.is_integer_dtype(codings[name]) and len(codings):
            raise InputError(f"codings: column {name} must hold whole numbers (offsets), not {codings[name].dtype}")
    if (bad := codings["start"] >= codings["end"]).any():
        row = codings[bad].iloc[0]
        raise InputError(
            f"codings: columns start, end: {row['start']}, {row['end']} in {row['narrative_id']} is no span"
        )


def who_coded(codings: pd.DataFrame, coded: Mapping[str, Iterable[str]] | None = None) -> pd.DataFrame:
    """Return who coded what: narratives that two or more coders coded x coders, true or false, both sorted.

    Raises
    ------
    InputError
        If no narrative was coded twice, or a coder has mentions in a narrative that `coded` does not give.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end", "realis"]
    >>> rows = [("n1", "anna", "wait", 0, 9, "actual"), ("n1", "bram", "exit", 9, 15, "actual")]
    >>> who_coded(pd.DataFrame(rows, columns=columns)).loc["n1"].to_dict()
    {'anna': True, 'bram': True}
    """
    check_codings(codings)
    seen = {(str(coder), str(name)) for coder, name in zip(codings["coder"], codings["narrative_id"], strict=True)}
    pairs = seen if coded is None else {(coder, name) for coder, names in coded.items() for name in names}
    if beyond := sorted(seen - pairs):
        coder, name = beyond[0]
        raise InputError(f"coded: {coder} has mentions in {name}, which is not among the narratives that {coder} coded")
    names, coders = (sorted({pair[i] for pair in pairs}) for i in (1, 0))
    read = pd.DataFrame([[(coder, name) in pairs for coder in coders] for name in names], names, coders, dtype=bool)
    read = read[read.sum(axis=1) >= 2] if len(coders) > 1 else read.iloc[:0]
    if read.empty:
        raise InputError(
            f"codings: no narrative was coded by two coders (coders: {', '.join(coders) or 'none'}); "
            "put the codings of all coders in one table, with their names in the column coder"
        )
    return read.loc[:, read.any()]


@dataclass(frozen=True, slots=True)
class Continua:
    """What alpha_U needs of one type, with a place for each narrative.

    Where M is the total of the lengths over coders, L the total length, l the length of a span, g of a gap:
    observed disagreement is `apart` / (M L), and what is expected by chance is
    2 / L * [(spans - 1) / 3 * sum(2l³ - 3l² + l) + sum(l² (g - l + 1), g >= l)] / (M (M - 1) - sum(l (l - 1))).
    """

    length: np.ndarray
    coded: np.ndarray  # length times coders
    apart: np.ndarray  # squared differences of sections, over ordered pairs of coders, per coder
    spans: np.ndarray  # how many
    inner: np.ndarray  # sum of l (l - 1)
    cubes: np.ndarray  # sum of 2l³ - 3l² + l: a span against another of its length, over all overlaps
    gaps: np.ndarray  # narratives x narratives: spans of the row in gaps of the column


def continua(mentions: pd.DataFrame, extents: Mapping[str, Span], read: pd.DataFrame, kind: str) -> Continua:
    """Return what alpha_U needs of the mentions of one type, in the narratives and by the coders of `read`.

    Examples
    --------
    >>> columns = ["narrative_id", "coder", "type", "start", "end"]
    >>> mentions = pd.DataFrame([("n1", "anna", "wait", 0, 4), ("n1", "bram", "wait", 1, 4)], columns=columns)
    >>> read = pd.DataFrame({"anna": [True], "bram": [True]}, index=["n1"])
    >>> continua(mentions, {"n1": (0, 10)}, read, "wait").apart
    array([2.])
    """
    marked: dict[tuple[str, str], list[Span]] = defaultdict(list)
    rows = mentions[(mentions["type"] == kind).to_numpy() & mentions["narrative_id"].isin(read.index).to_numpy()]
    for row in rows.sort_values(["start", "end"])[["narrative_id", "coder", "start", "end"]].itertuples(index=False):
        narrative, coder, start, end = row
        if start < extents[narrative][0] or end > extents[narrative][1]:
            raise InputError(f"codings: mention {start}-{end} ({kind}, {coder}) lies outside narrative {narrative}")
        of = marked[narrative, coder]
        if of and start < of[-1][1]:  # overlaps the one before: alpha_U knows no spans within spans
            of[-1] = (of[-1][0], max(end, of[-1][1]))
        else:
            of.append((start, end))
    n = len(read)
    apart = np.zeros(n)
    lengths: list[list[int]] = [[] for _ in range(n)]
    gaps: list[list[int]] = [[] for _ in range(n)]
    for d, (narrative, coders) in enumerate(read.iterrows()):
        begin, stop = extents[str(narrative)]
        sections = [marked.get((str(narrative), str(coder)), []) for coder in read.columns[coders]]
        for spans in sections:
            lengths[d] += [end - start for start, end in spans]
            gaps[d] += [b - a for (_, a), (b, _) in pairwise([(begin, begin), *spans, (stop, stop)])]
        apart[d] = sum(2 * _apart(a, b) for a, b in combinations(sections, 2)) / (len(sections) - 1)
    length = np.array(
        [extents[str(narrative)][1] - extents[str(narrative)][0] for narrative in read.index], dtype=float
    )
    spans_of, span = _flat(lengths)
    gaps_of, gap = _flat(gaps)
    in_gaps = np.zeros((n, n))
    np.add.at(
        in_gaps,
        (spans_of[:, None], gaps_of[None, :]),
        np.maximum(gap - span[:, None] + 1, 0) * span[:, None] ** 2,
    )
    return Continua(
        length=length,
        coded=length * read.sum(axis=1).to_numpy(),
        apart=apart,
        spans=np.bincount(spans_of, minlength=n),
        inner=np.bincount(spans_of, span * (span - 1), minlength=n),
        cubes=np.bincount(spans_of, 2 * span**3 - 3 * span**2 + span, minlength=n),
        gaps=in_gaps,
    )


def _apart(a: list[Span], b: list[Span]) -> float:
    """Squared differences of the sections of two coders: of spans that overlap, and of spans in a gap."""
    total, met = 0, set()
    for start, end in a:
        partners = [span for span in b if span[0] < end and start < span[1]]
        met.update(partners)
        total += sum((start - first) ** 2 + (end - last) ** 2 for first, last in partners)
        total += 0 if partners else (end - start) ** 2
    return float(total + sum((last - first) ** 2 for first, last in b if (first, last) not in met))


def _flat(lists: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of a list of lists as floats, and of each the list that it was in."""
    where = np.repeat(np.arange(len(lists)), [len(values) for values in lists])
    return where, np.array([value for values in lists for value in values], dtype=float)


def expected_and_observed(sums: Continua, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the expected and the observed disagreement for each row of weights (draws x narratives).

    Examples
    --------
    >>> one = np.ones(1)
    >>> sums = Continua(9 * one, 18 * one, one, one, one, one, one[None])
    >>> expected, observed = expected_and_observed(sums, one[None])
    >>> expected.round(5), observed.round(5)
    (array([0.00073]), array([0.00617]))
    """
    length, coded, apart, spans, inner, cubes = (
        weights @ values for values in (sums.length, sums.coded, sums.apart, sums.spans, sums.inner, sums.cubes)
    )
    in_gaps = ((weights @ sums.gaps) * weights).sum(axis=1)
    chance = ratio((spans - 1) / 3 * cubes + in_gaps, coded * (coded - 1) - inner)
    return ratio(2 * np.nan_to_num(chance), length), ratio(apart, coded * length)
