"""A rule tried out before it goes into a file: is it well made, does it hold on its examples, what does it find?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cxresearch.corpus import Narrative
from cxresearch.reading.parse import make_parser, mentions, prove
from cxresearch.reading.rule import Rule
from cxresearch.reading.rules import RuleError, Ruleset, read_rules, rules_in

FILE, NAMED = "yours.toml", "your rule"


def try_rule(rule: str, narratives: Iterable[Narrative], language: str = "nl") -> pd.DataFrame:
    """Return what a rule of your own finds, by itself, in these narratives.

    Parameters
    ----------
    rule : str
        One or more ``[[rule]]`` tables in TOML, as the files of `codebook/nl` hold them (see codebook/README.md).
    narratives : iterable of Narrative
        Of this language; others are passed over.
    language : str

    Returns
    -------
    DataFrame
        A row a hit: `narrative_id`, `rule_id`, `type`, `polarity`, `realis`, `actor`, `speaker`, `words`, `sentence`.

    Raises
    ------
    RuleError
        Where the rule is not well made or fails on its own examples; the message says what to do.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> rule = '''
    ... [[rule]]
    ... id = "mine.wait.kettle"
    ... type = "wait"
    ... patterns = ["thee & koud"]
    ... match = ["Mijn {thee was koud} toen er iemand opnam.", "De {thee werd koud}."]
    ... avoid = ["De koffie was koud."]
    ... '''
    >>> corpus = corpus_from_texts({"a": "Toen ik aan de beurt was, was de thee al koud."})
    >>> try_rule(rule, corpus)[["type", "words"]].to_numpy().tolist()
    [['wait', 'thee al koud']]
    """
    ruleset, own = _with(rule, language)
    if wrong := prove(ruleset, own):
        raise RuleError("\n".join(map(_named, wrong)))
    parser = make_parser(ruleset)
    rows = []
    for narrative in narratives:
        if narrative.language != language:
            continue
        for one in own:
            reading, found = mentions(narrative.text, parser, one.id) if one.type else (None, [])
            for m in found:
                assert reading is not None
                first, last = reading.sentences[m.sentence]
                words, sentence = narrative.text[m.start : m.end], narrative.text[first:last].strip()
                rows.append((narrative.id, one.id, m.type, m.polarity, m.realis, m.actor, m.speaker, words, sentence))
    columns = "narrative_id rule_id type polarity realis actor speaker words sentence".split()
    return pd.DataFrame(rows, columns=columns).astype("string")


def _with(rule: str, language: str) -> tuple[Ruleset, tuple[Rule, ...]]:
    """Return the package's rules with yours, and which are yours."""
    with TemporaryDirectory() as name:
        Path(name, FILE).write_text(rule, encoding="utf-8")
        ruleset, problems = read_rules(files("cxresearch.codebook") / language, language, Path(name))
        own = rules_in(ruleset, Path(name))
    if problems:
        raise RuleError("\n".join(map(_named, problems)))
    if not own:
        raise RuleError(f"{NAMED}: there is no [[rule]] table in it")
    return ruleset, own


def _named(problem: str) -> str:
    """Return a problem with the rule named as the caller knows it, not by a file that is gone."""
    return re.sub(rf"\S*{re.escape(FILE)}", NAMED, problem)
