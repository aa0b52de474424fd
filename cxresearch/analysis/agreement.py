"""Coders against coders, parser against coders: which mentions both have, and how they read them.

Two readings of the same narratives are compared mention by mention: a mention is found where the other
reading has one of the same type that overlaps it, each used once. Asserted mentions (`actual` and
`prospective`) make precision and recall; what is not asserted (advice, a question, a supposition) is a
trap, and counts against a reading that asserts it. Intervals resample whole narratives, because the
mentions of one narrative are not independent of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from cxresearch.analysis.resampling import FEWEST, bootstrap_weights
from cxresearch.errors import InputError

ASSERTED = ("actual", "prospective")
NEEDED = ("narrative_id", "type", "start", "end", "realis")
QUALIFIERS = ("polarity", "realis", "actor", "voice", "speaker", "subtype", "valence", "channel")
QUANTITIES = ("count", "duration", "amount")


def match_mentions(reference: pd.DataFrame, other: pd.DataFrame, *, strict: bool = False) -> pd.DataFrame:
    """Pair the mentions of two readings: same narrative, same type, overlapping, each used once.

    Where several pairs are possible the better comes first: a mention that is not optional, alike in
    being asserted, with the larger share of the shorter span in common, then the longer overlap.

    Parameters
    ----------
    reference, other
        Tables of mentions (codings, or `source_mentions` of an event table) with `narrative_id`,
        `type`, `start`, `end`, `realis`, and `optional` where the reading has it.
    strict
        Only spans that are the same to the character.

    Returns
    -------
    DataFrame
        Columns `reference` and `other`: index labels of the two tables.

    Raises
    ------
    InputError
        Where a column is missing, or a label stands twice in an index, so that it names no mention.

    Examples
    --------
    >>> columns = ["narrative_id", "type", "start", "end", "realis"]
    >>> a = pd.DataFrame([("n1", "wait", 0, 9, "actual"), ("n1", "wait", 20, 29, "actual")], columns=columns)
    >>> b = pd.DataFrame([("n1", "wait", 22, 25, "actual"), ("n2", "wait", 0, 9, "actual")], columns=columns)
    >>> match_mentions(a, b).to_numpy().tolist()
    [[1, 0]]
    """
    for name, table in (("reference", reference), ("other", other)):
        if not table.index.is_unique:
            raise InputError(f"{name}: a label stands twice in the index; give the table reset_index(drop=True)")
    pairs = _paired(_candidates(reference, other, strict))
    return pd.DataFrame(
        {"reference": reference.index[[i for i, _ in pairs]], "other": other.index[[j for _, j in pairs]]}
    )


Candidate = tuple[bool, bool, float, int, int, int]


def _candidates(reference: pd.DataFrame, other: pd.DataFrame, strict: bool) -> list[Candidate]:
    """Every possible pair: (not optional, alike, share in common, overlap, place in reference, in other)."""
    for name, frame in (("reference", reference), ("other", other)):
        if missing := [column for column in NEEDED if column not in frame.columns]:
            raise InputError(f"{name}: no table of mentions: column {', '.join(missing)} missing")
    optional = _optional(reference)
    places = defaultdict(list)
    rows = zip(*(reference[name].tolist() for name in NEEDED), strict=True)
    for i, (narrative, kind, start, end, realis) in enumerate(rows):
        places[narrative, kind].append((start, end, realis in ASSERTED, i))
    found: list[Candidate] = []
    for j, row in enumerate(zip(*(other[name].tolist() for name in NEEDED), strict=True)):
        narrative, kind, start, end, realis = row
        for first, last, asserted, i in places.get((narrative, kind), ()):
            overlap = min(end, last) - max(start, first)
            if overlap > 0 and (not strict or (start, end) == (first, last)):
                share = overlap / min(end - start, last - first)
                found.append((not optional[i], asserted == (realis in ASSERTED), share, overlap, i, j))
    return found


def _paired(candidates: list[Candidate]) -> list[tuple[int, int]]:
    """The pairs that stand, the better first taken: places in reference and in other, sorted."""
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for *_, i, j in sorted(candidates, reverse=True):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            pairs.append((i, j))
    return sorted(pairs)


def _optional(frame: pd.DataFrame) -> list[bool]:
    if "optional" not in frame.columns:
        return [False] * len(frame)
    return [value is True or value is np.True_ for value in frame["optional"].astype(object)]


def source_mentions(events: pd.DataFrame) -> pd.DataFrame:
    """Return an event table with its offsets in the source file as `start` and `end`, as codings have them."""
    return events.assign(start=events["source_start"], end=events["source_end"])


def mention_agreement(
    reference: pd.DataFrame,
    other: pd.DataFrame,
    *,
    narratives: Iterable[str] | None = None,
    strict: bool = False,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return precision, recall and F1 of the asserted mentions of one reading against a reference, by type.

    An optional mention of the reference is neither a miss nor a false alarm; a second mention of the
    other reading inside a mention that is matched already is none either. F1 does not change when the
    two readings change places (save for what is optional), so between two coders it is their agreement
    (Hripcsak and Rothschild 2005).

    Parameters
    ----------
    reference, other
        As for `match_mentions`.
    narratives
        The narratives that were read; by default those of the reference. Others are left out.
    strict
        Count spans only that are the same to the character.
    draws, seed
        Of the percentile bootstrap over narratives that makes the 95 % intervals (Efron and Tibshirani 1993).

    Returns
    -------
    DataFrame
        A row a type, then ``all (micro)`` and ``all (macro)``; columns `type`, `n` (asserted reference
        mentions that are not optional), `hits`, `misses`, `false_alarms`, and `precision`, `recall`, `f1`
        each with `_low` and `_high`. A ratio without cases is NA, and so is the interval of fewer than five narratives.

    Examples
    --------
    >>> columns = ["narrative_id", "type", "start", "end", "realis"]
    >>> a = pd.DataFrame([("n1", "wait", 0, 9, "actual"), ("n2", "exit", 5, 9, "actual")], columns=columns)
    >>> b = pd.DataFrame([("n1", "wait", 2, 5, "actual"), ("n2", "wait", 5, 9, "generic")], columns=columns)
    >>> mention_agreement(a, b)[["type", "hits", "misses", "false_alarms"]].to_numpy().tolist()
    [['exit', 0, 1, 0], ['wait', 1, 0, 0], ['all (micro)', 1, 1, 0], ['all (macro)', 1, 1, 0]]
    """
    documents = sorted(set(reference["narrative_id"]) if narratives is None else set(narratives))
    reference = reference[reference["narrative_id"].isin(documents)]
    other = other[other["narrative_id"].isin(documents)]
    types = sorted({*reference["type"], *other["type"]})
    # [narrative, type, (hit, miss, false alarm)]
    counts = np.zeros((len(documents), len(types), 3), dtype=np.int64)
    where = {name: i for i, name in enumerate(documents)}
    column = {name: i for i, name in enumerate(types)}
    for narrative, kind, verdict in verdicts(reference, other, strict=strict).itertuples(index=False):
        if verdict != "ignored":
            counts[where[narrative], column[kind], ("hit", "miss", "false alarm").index(verdict)] += 1
    total = counts.sum(axis=0)
    coded = total[:, 0] + total[:, 1] > 0
    # Types that the reference never has cannot have a recall; their false alarms count in the micro row.
    weights = bootstrap_weights(len(documents), draws, seed)
    samples = np.einsum("dn,ntk->dtk", weights, counts) if len(documents) else np.zeros((draws, 0, 3))
    rows = [_row(name, total[i], _ratios(total[i]), _ratios(samples[:, i])) for i, name in enumerate(types)]
    everything = total.sum(axis=0)
    rows.append(_row("all (micro)", everything, _ratios(everything), _ratios(samples.sum(axis=1))))
    macro, spread = _ratios(total)[:, coded], _ratios(samples)[..., coded]
    rows.append(_row("all (macro)", everything, _mean(macro), _mean(spread)))
    frame = pd.DataFrame(rows)
    integers = ["n", "hits", "misses", "false_alarms"]
    floats = [name for name in frame.columns if name not in ("type", *integers)]
    if len(documents) < FEWEST:
        frame[[name for name in floats if name.endswith(("_low", "_high"))]] = None
    return frame.astype({"type": "string", **dict.fromkeys(integers, "Int64"), **dict.fromkeys(floats, "Float64")})


def _ratios(counts: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 of (…, 3) counts as (3, …); NaN where there are no cases."""
    hit, miss, alarm = (counts[..., k].astype(float) for k in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([hit / (hit + alarm), hit / (hit + miss), 2 * hit / (2 * hit + miss + alarm)])


def _mean(ratios: np.ndarray) -> np.ndarray:
    """The mean over types, a type without predicted cases counting as precision 0 (it missed all)."""
    if not ratios.shape[-1]:
        return np.full(ratios.shape[:-1], np.nan)
    means: np.ndarray = np.nan_to_num(ratios).mean(axis=-1)
    return means


def _row(name: str, counts: np.ndarray, ratios: np.ndarray, samples: np.ndarray) -> dict[str, object]:
    row: dict[str, object] = {
        "type": name,
        "n": counts[0] + counts[1],
        "hits": counts[0],
        "misses": counts[1],
        "false_alarms": counts[2],
    }
    for measure, value, sample in zip(("precision", "recall", "f1"), ratios, samples, strict=True):
        drawn = sample[~np.isnan(sample)]
        low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) and not np.isnan(value) else (None, None)
        row |= {measure: None if np.isnan(value) else value, f"{measure}_low": low, f"{measure}_high": high}
    return row


def verdicts(reference: pd.DataFrame, other: pd.DataFrame, *, strict: bool = False) -> pd.DataFrame:
    """Say of every asserted mention whether it is a ``hit``, a ``miss``, a ``false alarm`` or ``ignored``.

    Returns
    -------
    DataFrame
        Columns `narrative_id`, `type`, `verdict`: first the mentions of the reference (hit, miss), then
        those of the other reading that are false alarms; ``ignored`` is what is optional or said twice.

    Examples
    --------
    >>> columns = ["narrative_id", "type", "start", "end", "realis"]
    >>> a = pd.DataFrame([("n1", "exit", 0, 9, "generic")], columns=columns)
    >>> b = pd.DataFrame([("n1", "exit", 0, 9, "actual")], columns=columns)
    >>> verdicts(a, b)["verdict"].tolist()
    ['false alarm']
    """
    reference, other = reference.reset_index(drop=True), other.reset_index(drop=True)
    candidates = _candidates(reference, other, strict)
    partner = {reference.index[i]: other.index[j] for i, j in _paired(candidates)}
    back = {j: i for i, j in partner.items()}
    optional = dict(zip(reference.index, _optional(reference), strict=True))
    asserted = dict(zip(reference.index, reference["realis"].isin(ASSERTED), strict=True))
    claimed = dict(zip(other.index, other["realis"].isin(ASSERTED), strict=True))
    again = {other.index[j] for *_, i, j in candidates if asserted[reference.index[i]]}
    rows = []
    for i, narrative, kind in zip(reference.index, reference["narrative_id"], reference["type"], strict=True):
        if asserted[i]:
            hit = i in partner and claimed[partner[i]]
            rows.append((narrative, kind, "ignored" if optional[i] else "hit" if hit else "miss"))
    for j, narrative, kind in zip(other.index, other["narrative_id"], other["type"], strict=True):
        if claimed[j]:
            match = back.get(j)
            alarm = j not in again if match is None else not asserted[match] and not optional[match]
            if alarm:
                rows.append((narrative, kind, "false alarm"))
    return pd.DataFrame(rows, columns=["narrative_id", "type", "verdict"])


def qualifier_agreement(
    reference: pd.DataFrame, other: pd.DataFrame, *, draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """Return how often two readings give a mention that both have the same qualifiers and attributes.

    A quantity, subtype, valence, channel or speaker counts where the reference gives one.

    Returns
    -------
    DataFrame
        Columns `qualifier`, `n` (matched mentions), `alike`, `agreement` with `agreement_low` and
        `agreement_high` (bootstrap over at least five narratives, 95 %). The last row, ``not asserted, read as
        asserted``, is the share of traps (reference mentions that are not asserted, nor optional) that the other
        reading asserts: there, less is better.

    Examples
    --------
    >>> columns = ["narrative_id", "type", "start", "end", "realis", "polarity"]
    >>> a = pd.DataFrame([("n1", "exit", 0, 9, "actual", "affirmed")], columns=columns)
    >>> b = pd.DataFrame([("n1", "exit", 0, 9, "actual", "negated")], columns=columns)
    >>> qualifier_agreement(a, b)[["qualifier", "n", "alike"]].to_numpy().tolist()
    [['polarity', 1, 0], ['realis', 1, 1], ['not asserted, read as asserted', 0, 0]]
    """
    reference, other = reference.reset_index(drop=True), other.reset_index(drop=True)
    pairs = match_mentions(reference, other)
    documents = sorted(set(reference["narrative_id"]))
    weights = bootstrap_weights(len(documents), draws, seed)
    left, right = reference.loc[pairs["reference"]], other.loc[pairs["other"]]
    rows = []

    def tell(name: str, narratives: pd.Series, alike: np.ndarray) -> None:
        of = pd.DataFrame({"narrative": narratives.to_numpy(), "alike": alike, "one": 1})
        sums = of.groupby("narrative")[["alike", "one"]].sum().reindex(documents, fill_value=0)
        drawn = weights @ sums.to_numpy(dtype=float)
        drawn = drawn[drawn[:, 1] > 0]
        sure = len(drawn) and len(documents) >= FEWEST
        low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975]) if sure else (None, None)
        n, same = len(of), int(of["alike"].sum())
        rows.append((name, n, same, same / n if n else None, low if n else None, high if n else None))

    for name in (*QUALIFIERS, *QUANTITIES):
        if name in left.columns and name in right.columns:
            given = left[name].notna().to_numpy()
            alike = [_alike(name, a, b) for a, b in zip(left[name][given], right[name][given], strict=True)]
            tell(name, left["narrative_id"][given], np.array(alike, dtype=int))
    traps = reference[~reference["realis"].isin(ASSERTED) & ~np.array(_optional(reference), dtype=bool)]
    taken = set(pairs["reference"][right["realis"].isin(ASSERTED).to_numpy()])
    tell(
        "not asserted, read as asserted", traps["narrative_id"], np.array([i in taken for i in traps.index], dtype=int)
    )
    columns = ["qualifier", "n", "alike", "agreement", "agreement_low", "agreement_high"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"qualifier": "string", "n": "Int64", "alike": "Int64", **dict.fromkeys(columns[3:], "Float64")}
    )


def _alike(name: str, a: object, b: object) -> bool:
    if pd.isna(b):  # type: ignore[call-overload]
        return False
    return float(str(a)) == float(str(b)) if name in ("count", "amount") else str(a) == str(b)
