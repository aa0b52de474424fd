"""From a draft to a narrative: every field is checked, the text is cleaned, and what is wrong is said."""

from __future__ import annotations

import datetime
import difflib
import functools
import re
import tomllib
from collections.abc import Callable
from importlib.resources import files

from cxresearch.codebook import industries
from cxresearch.corpus.cleaning import clean
from cxresearch.corpus.narrative import WORD, Narrative
from cxresearch.corpus.sources import Draft, Problem

CODEBOOK = files("cxresearch.codebook")
NAMES = {"nl": ("dutch", "nederlands", "nld", "dut"), "en": ("english", "engels", "eng")}
# those that have rules
LANGUAGES = {code: names for code, names in NAMES.items() if (CODEBOOK / code / "classes.toml").is_file()}
INDUSTRIES = tuple(industries())
FEWEST_WORDS = 5
ENOUGH_WORDS = 20  # to tell a language by its function words
LEAST_FUNCTION_WORDS = 0.2  # Dutch stories have .35 to .55, English ones read as Dutch .05
MOJIBAKE = re.compile(r"Ã[\x80-\xbf«¨©¶¼]|â€")
ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,5});", re.IGNORECASE)


def format_problem(problem: Problem) -> str:
    """Return a problem as one line: severity, file, line, field, and what to do.

    Examples
    --------
    >>> format_problem(Problem("a.txt", 3, "date", "error", "write 2019-03-01"))
    'error: a.txt, line 3, date: write 2019-03-01'
    """
    place = [problem.file]
    if problem.line is not None:
        place.append(f"line {problem.line}")
    if problem.field:
        place.append(problem.field)
    return f"{problem.severity}: {', '.join(place)}: {problem.message}"


def make_narrative(draft: Draft, default: str, report: Callable[[str | None, str, str], None]) -> Narrative | None:
    """Return the narrative of a draft, or None where it has to be left out; both report why."""
    metadata = dict(draft.metadata)
    stated = metadata.pop("language", default)
    language = known_language(stated)
    if language is None:
        report(
            "language",
            "error",
            f"there are no rules for {stated!r}; left out. Known are: {', '.join(LANGUAGES)}",
        )
        return None
    industry = metadata.pop("industry", None)
    if industry is not None and industry.lower().replace(" ", "_").replace("-", "_") in INDUSTRIES:
        industry = industry.lower().replace(" ", "_").replace("-", "_")
    elif industry is not None:
        close = difflib.get_close_matches(industry.lower(), INDUSTRIES, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        report(
            "industry",
            "error",
            f"{industry!r} is no industry; {hint}known are: {', '.join(INDUSTRIES)}. It is read from the words instead",
        )
        metadata["industry_as_given"] = industry
        industry = None
    if "date" in metadata and not _is_date(metadata["date"]):
        report(
            "date",
            "error",
            f"{metadata['date']!r} is no date; write 2019, 2019-03 or 2019-03-31. It is left empty",
        )
        metadata["date_as_given"] = metadata.pop("date")
    if not draft.source[draft.skip :].strip():
        report("text", "error", "there is no text; left out. Add the story or take it away")
        return None
    cleaned = clean(draft.source, skip=draft.skip)
    words = len(WORD.findall(cleaned.text))
    if words < FEWEST_WORDS:
        cut = ", ".join(sorted({c.reason for c in cleaned.cuts} - {"front_matter"})) or "nothing"
        report(
            "text",
            "error",
            f"no narrative is left: {words} words after cleaning (cut: {cut}); left out. Look at the text",
        )
        return None
    if 2 * len(cleaned.text) < len(draft.source) - draft.skip:
        share = 1 - len(cleaned.text) / (len(draft.source) - draft.skip)
        report("text", "note", f"cleaning cut {share:.0%} of the text; look at its cuts")
    if any(cut.reason == "markup" for cut in cleaned.cuts) or ENTITY.search(cleaned.text):
        report(
            "text",
            "warning",
            "the text holds markup (HTML or Markdown); save it as plain text, so that words are read right",
        )
    if words >= ENOUGH_WORDS and (share := _function_words(cleaned.text, language)) < LEAST_FUNCTION_WORDS:
        report(
            "language",
            "warning",
            f"does not read like {NAMES[language][0].title()} ({share:.0%} of its words are everyday words of it); "
            f"what is told in another language is not found",
        )
    if MOJIBAKE.search(cleaned.text):
        report(
            "text",
            "warning",
            "letters look garbled (Ã©, â€™): it was decoded wrongly before; export it again as UTF-8",
        )
    return Narrative(
        draft.id, cleaned.text, draft.source, cleaned.cuts, cleaned.pieces, language, industry, metadata
    )  # fmt: skip


def _function_words(text: str, language: str) -> float:
    """The share of the words of a text that are articles, pronouns, prepositions and the like of a language."""
    words = [word.lower() for word in WORD.findall(text)]
    return sum(word in function_words(language) for word in words) / len(words)


@functools.cache
def function_words(language: str) -> frozenset[str]:
    """Return the everyday words of a language, by which it is told from others (cleaning.toml)."""
    data = tomllib.loads((CODEBOOK / language / "cleaning.toml").read_text(encoding="utf-8"))
    return frozenset(data["language"]["function_words"].split())


def known_language(stated: str) -> str | None:
    code = stated.strip().lower().replace("_", "-").split("-")[0]
    return next((known for known, names in LANGUAGES.items() if code == known or code in names), None)


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", value, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True
