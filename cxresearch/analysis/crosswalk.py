"""Crosswalk: the events in the categories of other schemes (Bitner, Keaveney, Davidow, …), from crosswalk.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from cxresearch.codebook import ATTRIBUTES, QUALIFIERS, event_types
from cxresearch.errors import InputError

RELATIONS = ("exact", "narrower", "broader", "related")
CONDITIONS = ("subtype", "valence", "polarity")
NOT_MAPPED = "not mapped"
COLUMNS = (
    "scheme", "category", "label", "type", *CONDITIONS, "relation", "reference", "source", "checked", "note",
)  # fmt: skip
_SCHEME_FIELDS = {"title": str, "reference": str, "source": str, "memory": list, "categories": dict}
_ROW = re.compile(r"^\s*\{", re.MULTILINE)


def read_crosswalk(path: str | Path | None = None) -> pd.DataFrame:
    """Return the crosswalk: a row for each codebook type (with its condition) and category of a scheme.

    Parameters
    ----------
    path
        A TOML file built like ``codebook/crosswalk.toml``, which is read by default and says what the fields mean.

    Returns
    -------
    DataFrame
        Columns `scheme`, `category`, `label`, `type`, `subtype`, `valence`, `polarity`, `relation` (of the type to
        the category: ``exact``, ``narrower``, ``broader``, ``related``), `reference`, `source`, `checked` (whether
        the category was found at a source; false: from memory) and `note`, in the order of the file.

    Raises
    ------
    InputError
        Names the file, and the line or scheme and the field that is wrong.

    Examples
    --------
    >>> table = read_crosswalk()
    >>> table.loc[(table["scheme"] == "davidow2003") & (table["type"] == "apology"), "relation"].tolist()
    ['exact', 'related']
    """
    source = files("cxresearch.codebook").joinpath("crosswalk.toml") if path is None else Path(path)
    try:
        text = source.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{source}: no readable crosswalk: {error}") from error
    for name in ("schemes", "crosswalk"):
        if not isinstance(data.get(name), dict):
            raise InputError(f"{source}: table [{name}] is missing")
    schemes: dict[str, Any] = data["schemes"]
    for name, scheme in schemes.items():
        if problem := _wrong_scheme(scheme):
            raise InputError(f"{source}, [schemes.{name}]: {problem}")
    lines = [text.count("\n", 0, hit.end()) + 1 for hit in _ROW.finditer(text)]
    rows: list[dict[str, Any]] = data["crosswalk"].get("rows", [])
    if len(lines) != len(rows):
        raise InputError(f"{source}, [crosswalk]: write one row a line, {{ at its beginning: {len(rows)} rows")
    known: dict[tuple[Any, ...], int] = {}
    for line, row in zip(lines, rows, strict=True):
        if problem := _wrong_row(row, schemes):
            raise InputError(f"{source}, line {line}: {problem}")
        key = tuple(row.get(name) for name in ("scheme", "category", "type", *CONDITIONS))
        if key in known:
            raise InputError(f"{source}, line {line}: the same as line {known[key]}")
        known[key] = line
    frame = pd.DataFrame([_row(row, schemes[row["scheme"]]) for row in rows], columns=list(COLUMNS))
    return frame.astype({**dict.fromkeys(COLUMNS, "string"), "checked": "boolean"})


def _wrong_scheme(scheme: Any) -> str:
    for field, kind in _SCHEME_FIELDS.items():
        if not isinstance(scheme, dict) or not isinstance(scheme.get(field), kind):
            return f"field '{field}' is missing, or is no {kind.__name__}"
    if unknown := set(scheme) - set(_SCHEME_FIELDS):
        return f"field '{min(unknown)}' is unknown"
    if unknown := set(scheme["memory"]) - set(scheme["categories"]):
        return f"field 'memory': '{min(unknown)}' is none of its categories"
    return ""


def _wrong_row(row: Mapping[str, Any], schemes: Mapping[str, Any]) -> str:
    """Return what is wrong with a row in words that name the field; nothing if it is good."""
    if unknown := set(row) - {"scheme", "category", "type", *CONDITIONS, "relation", "note"}:
        return f"field '{min(unknown)}' is unknown"
    allowed: dict[str, Any] = {"scheme": schemes, "type": event_types(), "relation": RELATIONS}
    for field, values in allowed.items():
        if row.get(field) not in values:
            return f"field '{field}': {row.get(field)!r} is not one of {', '.join(values)}"
    kind = event_types()[row["type"]]
    allowed = {"category": schemes[row["scheme"]]["categories"], "polarity": QUALIFIERS["polarity"]}
    allowed |= {"subtype": kind.subtypes, "valence": kind.valences and ATTRIBUTES["valence"]}
    for field, values in allowed.items():
        if (field in row or field == "category") and row.get(field) not in values:
            return f"field '{field}': {row.get(field)!r} is not one of {', '.join(values) or 'none'}"
    return ""


def _row(row: Mapping[str, Any], scheme: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "polarity": "affirmed",
        **row,
        "label": scheme["categories"][row["category"]],
        "reference": scheme["reference"],
        "source": scheme["source"],
        "checked": row["category"] not in scheme["memory"],
    }


def crosswalk(events: pd.DataFrame, scheme: str, *, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count the events of an event table in the categories of another scheme.

    Multi-label: an event counts in every category that its type belongs to or is `related` to, so the counts
    add up to more than all events. Only `actual` events of an episode count. What the scheme has no category
    for is counted as ``not mapped``; categories of which no event is told have a zero.

    Parameters
    ----------
    events : DataFrame
        An event table.
    scheme : str
        ``bitner1990``, ``keaveney1995``, ``kelley1993``, ``davidow2003``, ``justice``, ``burden2015``,
        ``behoorlijkheid``, or a scheme of your own table.
    table : DataFrame, optional
        Of `read_crosswalk`; by default the one that is shipped.

    Returns
    -------
    DataFrame
        A row a category that the crosswalk reaches: `scheme`, `category`, `label`, `checked`, `mentions`, `related`
        (how many of them are only related), `episodes`, `narratives` (with at least one), and in every row the
        bases `n` (actual mentions in episodes), `n_episodes` and `n_narratives` (with any event of an episode).

    Raises
    ------
    InputError
        Names the column that is missing, or the schemes that there are.

    Examples
    --------
    >>> from cxresearch.events import to_frame
    >>> crosswalk(to_frame([]), "davidow2003")[["category", "mentions"]].head(2).to_numpy().tolist()
    [['timeliness', 0], ['facilitation', 0]]
    """
    table = read_crosswalk() if table is None else table
    mine = table[table["scheme"] == scheme]
    if mine.empty:
        raise InputError(f"scheme {scheme!r} is not one of {', '.join(table['scheme'].unique())}")
    needed = ["narrative_id", "episode", "type", "realis", *CONDITIONS]
    if missing := [name for name in needed if name not in events.columns]:
        raise InputError(f"this is no event table: column {', '.join(missing)} missing (see events.COLUMNS)")
    inside = events.loc[events["episode"].notna(), needed].reset_index(drop=True)
    actual = inside[inside["realis"] == "actual"]
    pairs = actual.reset_index(names="event").merge(mine, on="type", suffixes=("", "_wanted"))
    fits = pd.Series(True, index=pairs.index)
    for name in CONDITIONS:
        wanted = pairs[f"{name}_wanted"]
        fits &= wanted.isna() | (pairs[name] == wanted).fillna(False)
    # An event that two rows lead to one category counts there once, with the closer relation.
    hits = pairs[fits].assign(loose=lambda p: p["relation"] == "related").sort_values(["event", "loose"])
    hits = hits.drop_duplicates(["event", "category"])
    labels = mine.drop_duplicates("category")
    rows: list[tuple[Any, ...]] = [
        (row.category, row.label, row.checked, *_count(hits[hits["category"] == row.category]))
        for row in labels.itertuples()
    ]
    rest = actual.drop(index=list(hits["event"].unique())).assign(loose=False)
    rows.append((NOT_MAPPED, "no category in this scheme", None, *_count(rest)))
    counts = ["mentions", "related", "episodes", "narratives"]
    frame = pd.DataFrame(rows, columns=["category", "label", "checked", *counts])
    frame.insert(0, "scheme", scheme)
    frame["n"], frame["n_episodes"] = len(actual), _episodes(inside)
    frame["n_narratives"] = inside["narrative_id"].nunique()
    bases = ["n", "n_episodes", "n_narratives"]
    return frame.astype(
        {
            **dict.fromkeys(["scheme", "category", "label"], "string"),
            "checked": "boolean",
            **dict.fromkeys([*counts, *bases], "Int64"),
        }
    )


def _count(hits: pd.DataFrame) -> tuple[int, int, int, int]:
    return len(hits), int(hits["loose"].sum()), _episodes(hits), hits["narrative_id"].nunique()


def _episodes(events: pd.DataFrame) -> int:
    return len(events[["narrative_id", "episode"]].drop_duplicates())
