"""The page of a report: plain HTML that stands on its own, without script, network or other files.

The same run gives the same bytes.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxresearch.codebook import event_types
from cxresearch.corpus import Narrative, Problem, format_problem
from cxresearch.events import Event
from cxresearch.show import css, details_of, key_html, narrative_html, style

ENOUGH = 10  # mentions coded, for a precision and a recall of a type
SHOWN = 200  # narratives in full; a page with more is too heavy for a phone
EXAMPLES = 3  # cuts shown for each reason
PROBLEMS = 100
TOLD = ["happened", "negated", "prospective", "hypothetical", "generic"]

NOTE = (
    "A corpus of stories is no sample of customers. These are counts of what is told here; nothing on this "
    "page says how often something happens."
)


def report_html(
    *,
    title: str,
    corpus_summary: Mapping[str, Any],
    problems: Sequence[Problem | str],
    events: pd.DataFrame,
    profiles: pd.DataFrame,
    narratives: Sequence[tuple[Narrative, Sequence[Event]]],
    manifest: Mapping[str, Any],
    findings: Sequence[tuple[str, str, str]] = (),
    methods: str = "",
    accuracy: pd.DataFrame | None = None,
) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    title : str
    corpus_summary : mapping
        What `summary_of` returns.
    problems : sequence of Problem or str
        What was wrong with the corpus.
    events, profiles : DataFrame
        Of the whole corpus; all counts are made of these.
    narratives : sequence of (Narrative, events)
        Shown in full, the first 200 of them.
    manifest : mapping
        What the run depended on; a table at the end.
    findings : sequence of (anchor, heading, HTML)
        What the notebooks found, as `cxresearch.report.notebooks.sections` gives it.
    methods : str
        The methods paragraph.
    accuracy : DataFrame, optional
        How well the rules read, as `writing.shipped_accuracy` returns it.

    Examples
    --------
    >>> from cxresearch.analysis.profiles import profiles as make_profiles
    >>> from cxresearch.events import to_frame
    >>> page = report_html(title="None & nothing", corpus_summary={}, problems=[], events=to_frame([]),
    ...     profiles=make_profiles(to_frame([])), narratives=[], manifest={})
    >>> page.splitlines()[4]
    '<title>None &amp; nothing</title>'
    """
    shown = list(narratives[:SHOWN])
    parts = [
        *([("methods", "Material and method, in a paragraph", f"<p>{_text(methods)}</p>")] if methods else []),
        ("read", "What was read and what was cut", _read(corpus_summary, problems)),
        ("types", "What is told, by type of event", _by_type(events, accuracy)),
        ("industries", "By industry", _by_industry(events, profiles, corpus_summary)),
        *((f"notebook-{anchor}", heading, f'<div class="notebook">{body}</div>') for anchor, heading, body in findings),
        ("key", "The types of event", _key()),
        ("narratives", "The narratives", _narratives(shown, profiles, corpus_summary)),
        ("manifest", "What this page was made with", _manifest(manifest)),
    ]
    contents = "".join(f'<li><a href="#{anchor}">{_text(heading)}</a></li>' for anchor, heading, _ in parts)
    stories = "".join(f'<li><a href="#n{i}">{_text(n.id)}</a></li>' for i, (n, _) in enumerate(shown, 1))
    body = "\n".join(
        f'<section>\n<h2 id="{anchor}">{_text(heading)}</h2>\n{inner}\n</section>' for anchor, heading, inner in parts
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{_text(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{css("page.css")}{style()}</style>
</head>
<body>
<h1>{_text(title)}</h1>
<nav>
<ul>{contents}</ul>
<details><summary>{len(shown)} narratives in full</summary><ul>{stories}</ul></details>
</nav>
{body}
</body>
</html>
"""


def _read(summary: Mapping[str, Any], problems: Sequence[Problem | str]) -> str:
    languages = ", ".join(f"{n} {language}" for language, n in summary.get("languages", {}).items())
    size = [
        ("narratives", f"{summary.get('narratives', 0)}" + (f" ({languages})" if languages else "")),
        ("words", f"{summary.get('words', 0):,}"),
        ("characters in the source texts", f"{summary.get('characters', 0):,}"),
    ]
    cuts = [
        (
            cut["reason"],
            cut["cuts"],
            cut["characters"],
            "\n".join(f"{id_}, {start} to {end}: {_short(text)}" for id_, start, end, text in cut["examples"]),
        )
        for cut in summary.get("cuts", [])
    ]
    lines = [p if isinstance(p, str) else format_problem(p) for p in problems]
    more = f"<p>and {len(lines) - PROBLEMS} more</p>" if len(lines) > PROBLEMS else ""
    listed = "".join(f"<li>{_text(line)}</li>" for line in lines[:PROBLEMS])
    return (
        _table(["read", ""], size)
        + (
            _table(["cut, because", "cuts", "characters", f"the first {EXAMPLES}"], cuts)
            if cuts
            else "<p>Nothing was cut.</p>"
        )
        + (f"<p>{len(lines)} remarks on the corpus:</p><ul class='small'>{listed}</ul>{more}" if lines else "")
    )


def _how_well(accuracy: pd.DataFrame | None) -> str:
    """Say how well the parser reads, and where that was measured."""
    if accuracy is None:
        return ""
    every = accuracy.set_index("type").loc["all (micro)"]
    return (
        f" Precision (of what is found, the share that coders coded) and recall (of what they coded, the share that is "
        f"found) were measured on stories that no rule was written from, {every['n']:.0f} mentions in all: "
        f"{every['precision']:.2f} and {every['recall']:.2f}. So every count here has errors in it, and most are too "
        f"low. On your texts the figures differ: code a sample and run <code>cxresearch agree</code>."
    )


def _told(events: pd.DataFrame) -> pd.Series[str]:
    """Return how each mention is told: happened (affirmed and actual), negated, or its realis."""
    realis = events["realis"].replace("actual", "happened")
    return realis.where(events["polarity"] == "affirmed", "negated")


def _by_type(events: pd.DataFrame, accuracy: pd.DataFrame | None) -> str:
    told = _told(events)
    counts = pd.crosstab(events["type"], told).reindex(index=list(event_types()), columns=TOLD, fill_value=0)
    happened = events[told == "happened"]
    reads: dict[str, tuple[object, ...]] = {}
    if accuracy is not None:
        shown = accuracy[["precision", "recall"]].map("{:.2f}".format).where(accuracy["n"] >= ENOUGH, "–")
        reads = {name: tuple(row) for name, row in zip(accuracy["type"], shown.to_numpy(), strict=True)}
    unread = ("–", "–") if reads else ()
    rows = []
    for name, kind in event_types().items():
        here = happened[happened["type"] == name]
        by_telling = list(counts.loc[name])
        found = here["narrative_id"].nunique(), _episodes(here)
        rows.append((kind.label_en, kind.group, sum(by_telling), *by_telling, *found, *reads.get(name, unread)))
    narratives = events["narrative_id"].nunique()
    n = f"n = {len(events)} mentions in {_episodes(events)} episodes of {narratives} narratives with any"
    heads = [
        "type",
        "group",
        "mentions",
        *TOLD,
        "in narratives",
        "in episodes",
        *(["precision", "recall"] if reads else []),
    ]
    table = _table(heads, rows, n)
    return (
        f'<p class="note">{NOTE}</p><p>Happened: told as having happened (affirmed, actual); the last two '
        f"columns count narratives and episodes with at least one of these. A story that tells a thing twice "
        f"has two mentions of it.{_how_well(accuracy)}</p>{table}"
    )


def _by_industry(events: pd.DataFrame, profiles: pd.DataFrame, summary: Mapping[str, Any]) -> str:
    if profiles.empty:
        return "<p>No episode was found.</p>"
    known = profiles.assign(industry=profiles["industry"].fillna("unknown"))
    marks = {
        "apology given": known["apology"] == "given",
        "apology withheld": known["apology"] == "withheld",
        "compensation given": known["compensation"] == "given",
        "resolved": known["outcome"] == "resolved",
        "unresolved": known["outcome"] == "unresolved",
        "double deviation": known["double_deviation"],
        "exit": known["exit"],
    }
    rows = []
    for industry, group in known.groupby("industry"):
        n = len(group)
        of_n = [f"{mark[group.index].sum()}\u00a0of\u00a0{n}" for mark in marks.values()]
        rows.append((industry, group["narrative_id"].nunique(), n, group["events"].sum(), *of_n))
    head = ["industry", "narratives", "episodes", "mentions", *marks]
    happened = events[(_told(events) == "happened") & events["episode"].notna()]
    cross = pd.crosstab(happened["type"], happened["industry"].fillna("unknown"))
    counts = [(kind.label_en, *cross.loc[name]) for name, kind in event_types().items() if name in cross.index]
    sizes = known["industry"].value_counts()
    columns = [f"{industry} (n\u00a0=\u00a0{sizes.get(industry, 0)})" for industry in cross.columns]
    by_type = _table(["happened", *columns], counts, "Mentions, by type and industry (n episodes)")
    inferred = summary.get("without industry", 0)
    said = (
        f"<p>The data give no industry for {inferred:,} of {summary.get('narratives', 0):,} narratives: theirs is read "
        f"from the words of the story, as is that of any further episode. Read some before you rely on it.</p>"
        if inferred
        else ""
    )
    note = "<p>Outcomes are of all episodes, also where the story does not tell how it ended.</p>"
    return said + _table(head, rows, "Episodes: how many of how many") + note + by_type


def _key() -> str:
    kinds = event_types().values()
    rows = [
        (f"{k.label_en}\n{k.label_nl}", k.definition + (f" Not when {k.not_when}." if k.not_when else ""))
        for k in kinds
    ]
    return key_html(kinds) + _table(["type", "definition"], rows)


def _narratives(
    shown: Sequence[tuple[Narrative, Sequence[Event]]], profiles: pd.DataFrame, summary: Mapping[str, Any]
) -> str:
    total = max(summary.get("narratives", 0), len(shown))
    episodes = dict(iter(profiles.groupby("narrative_id")))
    parts = []
    if len(shown) < total:
        parts.append(f'<p class="note">The first {len(shown)} of {total} narratives; the tables have them all.</p>')
    parts.append(
        '<p class="small">Tap or tab to a mark to see its qualifiers and its rule. A line below the words is '
        "another mention that runs on there.</p>"
    )
    for i, (narrative, events) in enumerate(shown, 1):
        about = [
            narrative.industry,
            narrative.language,
            f"{narrative.words} words",
            f"{len(events)} mentions",
        ]
        about += [f"{key}: {value}" for key, value in sorted(narrative.metadata.items()) if value]
        parts += [
            f'<article>\n<h3 id="n{i}">{_text(narrative.id)}</h3>',
            f'<p class="small">{_text(" · ".join(filter(None, about)))}</p>',
            narrative_html(narrative.text, events, language=narrative.language),
            _profile(episodes[narrative.id]) if narrative.id in episodes else "",
            f"<details><summary>The {len(events)} mentions, with rule and cues</summary>",
            f"{_mentions(events)}</details>",
            "</article>",
        ]
    return "\n".join(parts)


def _profile(episodes: pd.DataFrame) -> str:
    head = ["profile", *(f"episode {number}" for number in episodes["episode"])]
    rows = [
        (name.replace("_", " "), *(_value(value) for value in episodes[name]))
        for name in episodes.columns
        if name not in ("narrative_id", "episode") and episodes[name].notna().any()
    ]
    return _table(head, rows)


def _mentions(events: Sequence[Event]) -> str:
    rows = [
        (
            e.order,
            ": ".join(filter(None, (e.type, e.subtype, e.valence))),
            e.text,
            f"{e.start} to {e.end}",
            "none" if e.episode is None else e.episode,
            ", ".join(filter(None, (e.polarity, e.realis, e.actor, e.voice, e.speaker))),
            ", ".join(details_of(e)),
            e.rule_id,
            "; ".join(f"{name} {value}: {words}" for name, value, words, _, _ in e.cues),
        )
        for e in events
    ]
    return _table(["", "type", "words", "place", "episode", "qualifiers", "details", "rule", "cues"], rows)


def _manifest(manifest: Mapping[str, Any]) -> str:
    rows = [
        (
            key,
            value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False, sort_keys=True),
        )
        for key, value in manifest.items()
    ]
    return _table(["", ""], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Return an HTML table of plain values, which are all escaped; whole numbers stand to the right."""
    rows = list(rows)
    right = [bool(rows) and all(isinstance(row[i], int | np.integer) for row in rows) for i in range(len(head))]
    cells = [
        "".join(f"<td{' class=n' if right[i] else ''}>{_text(value)}</td>" for i, value in enumerate(row))
        for row in rows
    ]
    heads = "".join(f"<th{' class=n' if right[i] else ''}>{_text(name)}</th>" for i, name in enumerate(head))
    title = f"<caption>{_text(caption)}</caption>" if caption else ""
    body = "\n".join(f"<tr>{row}</tr>" for row in cells)
    table = f"<table>{title}<thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>"
    return f'<div class="wide">{table}</div>\n'


def _episodes(events: pd.DataFrame) -> int:
    return len(events.loc[events["episode"].notna(), ["narrative_id", "episode"]].drop_duplicates())


def _value(value: Any) -> str:
    if value is pd.NA or value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return {"True": "yes", "False": "no"}.get(str(value), str(value).replace(";", ", ").replace("_", " "))


def _short(text: str, longest: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _text(value: object) -> str:
    return html.escape(str(value)).replace("\n", "<br>").replace("\r", "")
