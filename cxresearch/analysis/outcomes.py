"""Many outcomes at once: what is told in each episode as yes or no, its rates, and all contrasts corrected together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from cxresearch.analysis.association import association
from cxresearch.analysis.compare import REST, contrasts, rates
from cxresearch.analysis.multiplicity import correct
from cxresearch.analysis.resampling import FEWEST, require
from cxresearch.codebook import event_types
from cxresearch.errors import InputError

# What an episode is asked, and how its profile answers. NA is "the story does not tell".
_QUESTIONS: Mapping[str, tuple[tuple[str, ...], Callable[..., pd.Series]]] = {
    "rule_cited": (("rule_citations",), lambda n: n > 0),
    "exception_made": (("exceptions",), lambda n: n > 0),
    "apology_given": (("apology",), lambda a: a == "given"),
    "apology_withheld": (("apology",), lambda a: a == "withheld"),
    "promise_made": (("promises",), lambda n: n > 0),
    "promise_broken": (("broken_promises", "promises_broken"), lambda told, linked: (told > 0) | (linked > 0)),
    "transferred": (("transfers",), lambda n: n > 0),
    "escalated": (("escalations",), lambda n: n > 0),
    "compensated": (("compensation",), lambda c: c == "given"),
    "double_deviation": (("double_deviation",), lambda d: d),
    "exit": (("exit",), lambda e: e),
    "resolved": (("outcome",), lambda o: (o == "resolved").where(o != "unknown")),
    "resolved_at_first_contact": (
        ("first_contact_resolution",),
        lambda f: (f == "yes").where(f != "unknown"),
    ),
}
OUTCOMES = tuple(_QUESTIONS)


def indicators(profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the profiles with a column of yes and no for each of `OUTCOMES`.

    "Yes" is what the story tells. "No" is that it does not tell it, which is weaker than that it did not happen;
    only for `resolved` and `resolved_at_first_contact` is a story that does not tell NA, as the profile says
    ``unknown``.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> from cxresearch.analysis.profiles import profiles
    >>> from cxresearch.events import to_frame
    >>> indicators(profiles(to_frame([])))["resolved"].dtype
    BooleanDtype
    """
    needed = sorted({column for columns, _ in _QUESTIONS.values() for column in columns})
    if missing := [column for column in needed if column not in profiles.columns]:
        raise InputError(f"profiles: column {', '.join(missing)} missing; make the table with `profiles(events)`")
    answers = {
        name: ask(*(profiles[c] for c in columns)).astype("boolean") for name, (columns, ask) in _QUESTIONS.items()
    }
    return profiles.assign(**answers)


def types_told(
    events: pd.DataFrame, profiles: pd.DataFrame, *, keep: Sequence[str] = ("industry", "author")
) -> pd.DataFrame:
    """Return for each episode and event type whether it is told as having happened: a column of yes and no a type.

    Parameters
    ----------
    events : DataFrame
        The event table; mentions that are affirmed and `actual` count.
    profiles : DataFrame
        A row an episode, with `narrative_id` and `episode`.
    keep : sequence of str
        Columns of the profiles to take along, where it has them.

    Raises
    ------
    InputError
        Names the column that is missing.

    Examples
    --------
    >>> from cxresearch.analysis.profiles import profiles
    >>> from cxresearch.events import to_frame
    >>> types_told(to_frame([]), profiles(to_frame([]))).shape
    (0, 22)
    """
    for table, what in ((events, "events"), (profiles, "profiles")):
        if missing := [column for column in ("narrative_id", "episode") if column not in table.columns]:
            raise InputError(f"{what}: column {', '.join(missing)} missing")
    told = events[(events["polarity"] == "affirmed") & (events["realis"] == "actual") & events["episode"].notna()]
    keys = pd.MultiIndex.from_frame(profiles[["narrative_id", "episode"]])
    present = {
        name: keys.isin(pd.MultiIndex.from_frame(told.loc[told["type"] == name, ["narrative_id", "episode"]]))
        for name in event_types()
    }
    table = profiles[["narrative_id", "episode", *(name for name in keep if name in profiles.columns)]]
    return table.assign(**{name: pd.array(found, dtype="boolean") for name, found in present.items()})


def pooled(table: pd.DataFrame, by: str = "industry", *, fewest: int = FEWEST) -> pd.DataFrame:
    """Return the table with the groups of fewer than `fewest` rows as one, ``pooled``: they can carry no rate alone.

    Examples
    --------
    >>> pooled(pd.DataFrame({"industry": ["rail"] * 5 + ["parking", "other"]}))["industry"].tolist()
    ['rail', 'rail', 'rail', 'rail', 'rail', 'pooled', 'pooled']
    """
    require(table, [by])
    sizes = table[by].map(table[by].value_counts())
    return table.assign(**{by: table[by].where((sizes >= fewest) | table[by].isna(), "pooled")})


def rates_of(
    table: pd.DataFrame, outcomes: Iterable[str] = OUTCOMES, *, by: str = "industry", cluster: str | None = "author"
) -> pd.DataFrame:
    """Return the rates of many outcomes in every group: `compare.rates`, one under the other.

    Outcomes of which nothing is known in any episode are left out.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 6, "exit": [True] * 3 + [False] * 3})
    >>> rates_of(frame, ["exit"], cluster=None)["estimate"].tolist()
    [0.5]
    """
    known = _known(table, outcomes)
    return pd.concat([rates(table, name, by=by, cluster=cluster) for name in known], ignore_index=True)


def contrasts_of(
    table: pd.DataFrame,
    outcomes: Iterable[str] = OUTCOMES,
    *,
    by: str = "industry",
    reference: str = REST,
    cluster: str | None = "author",
    measure: str = "odds ratio",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the contrasts of many outcomes, their p-values corrected for all of them together.

    Returns
    -------
    DataFrame
        As `compare.contrasts`, with `p_holm`, `p_bh` and `tests` of `multiplicity.correct`.

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10 + ["energy"] * 10})
    >>> frame["exit"] = [True] * 8 + [False] * 9 + [True] * 3
    >>> contrasts_of(frame, ["exit"], cluster=None)["tests"].tolist()
    [1]
    """
    tables = [
        contrasts(
            table, name, by=by, reference=reference, cluster=cluster, measure=measure,
            draws=draws, seed=seed,
        )
        for name in _known(table, outcomes)
    ]  # fmt: skip
    return correct(pd.concat(tables, ignore_index=True))


def associations_of(
    table: pd.DataFrame,
    outcomes: Iterable[str] = OUTCOMES,
    *,
    by: str = "industry",
    cluster: str | None = "author",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return Cramér's V of each outcome with the groups, p-values corrected together: is there any difference?

    Examples
    --------
    >>> frame = pd.DataFrame({"industry": ["rail"] * 10 + ["energy"] * 10})
    >>> frame["exit"] = [True] * 8 + [False] * 9 + [True] * 3
    >>> associations_of(frame, ["exit"], cluster=None)["outcome"].tolist()
    ['exit']
    """
    tables = [
        association(table, name, by=by, cluster=cluster, draws=draws, seed=seed) for name in _known(table, outcomes)
    ]
    return correct(pd.concat(tables, ignore_index=True))


def _known(table: pd.DataFrame, outcomes: Iterable[str]) -> Sequence[str]:
    names = list(outcomes)
    require(table, names)
    if known := [name for name in names if table[name].notna().any()]:
        return known
    raise InputError(f"{', '.join(names)}: no episode has a known value")
