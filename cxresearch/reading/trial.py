"""A rule tried out before it goes into a file: is it well made, does it hold on its examples, what does it find?"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cxresearch.corpus import Narrative
from cxresearch.reading.parse import make_parser, mentions, prove
from cxresearch.reading.rules import RuleError, Ruleset, read_rules

FILE = "your rule"


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
    if wrong := prove(own):
        raise RuleError("\n".join(_named(line) for line in wrong))
    parser = make_parser(ruleset)
    rows = []
    for narrative in narratives:
        if narrative.language != language:
            continue
        for one in own.rules:
            reading, found = mentions(narrative.text, parser, one.id) if one.type else (None, [])
            for m in found:
                assert reading is not None
                first, last = reading.sentences[m.sentence]
                words, sentence = narrative.text[m.start : m.end], narrative.text[first:last].strip()
                rows.append((narrative.id, one.id, m.type, m.polarity, m.realis, m.actor, m.speaker, words, sentence))
    columns = "narrative_id rule_id type polarity realis actor speaker words sentence".split()
    return pd.DataFrame(rows, columns=columns).astype("string")


def _with(rule: str, language: str) -> tuple[Ruleset, Ruleset]:
    """Return the package's rules with yours, and yours with the cues alone."""
    with TemporaryDirectory() as name, as_file(files("cxresearch.codebook") / language) as source:
        folder = Path(name)
        shutil.copytree(source, folder, dirs_exist_ok=True)
        (folder / "zz-yours.toml").write_text(rule, encoding="utf-8")
        ruleset, problems = read_rules(folder, language)
    if problems:
        raise RuleError("\n".join(map(_named, problems)))
    own = tuple(r for r in ruleset.rules if r.file == "zz-yours.toml")
    if not own:
        raise RuleError(f"{FILE}: there is no [[rule]] table in it")
    kept = (*own, *(r for r in ruleset.rules if r.cue and r not in own))
    return ruleset, replace(ruleset, rules=kept)


def _named(problem: str) -> str:
    return problem.replace("zz-yours.toml", FILE)
