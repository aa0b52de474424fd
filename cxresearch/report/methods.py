"""The methods paragraph of an article, filled from a run: a draft that says what was done and with what."""

from __future__ import annotations

from cxresearch.codebook import VERSION, event_types, industries
from cxresearch.reading.rules import load_rules
from cxresearch.study import Study


def methods(study: Study) -> str:
    """Return a paragraph on material and method, with the numbers and versions of this study.

    How reliable the counts are is not in it: that is a matter of the coded sample (notebook 3), without which no
    count should be reported.

    Examples
    --------
    >>> from cxresearch.corpus import corpus_from_texts
    >>> from cxresearch.study import study_of
    >>> text = methods(study_of(corpus_from_texts({"a": "Ik belde de bank over mijn bankpas."})))
    >>> text.split(". ")[0]
    'The corpus holds 1 narrative of 7 words in Dutch'
    """
    told = study.events[(study.events["polarity"] == "affirmed") & (study.events["realis"] == "actual")]
    words = int(study.narratives["words"].sum())
    named = {"nl": "Dutch", "en": "English"}
    languages = " and ".join(named.get(code, code) for code in sorted(set(study.narratives["language"])))
    known = [industries()[name]["en"] for name in industries() if name in set(study.episodes["industry"].dropna())]
    authors = study.narratives["author"].dropna()
    rules = {code: load_rules(code) for code in sorted({n.language for n in study.corpus})}
    cut = sum(len(n.cuts) for n in study.corpus)
    sentences = [
        f"The corpus holds {_count(len(study.corpus), 'narrative')} of {words:,} words in {languages}",
        f"They are told by {_count(authors.nunique(), 'author')}" if len(authors) else "Their authors are not known",
        f"Before reading, {cut:,} stretches that belong to no story (menus, bylines, notices) were cut, each on record"
        if cut
        else "Nothing had to be cut from the texts before reading",
        f"Events were found by cxresearch {study.run['cxresearch']} with "
        + " and ".join(f"{sum(not r.cue for r in rules[c].rules)} rules for {named.get(c, c)}" for c in rules)
        + f" (codebook {VERSION}, {len(event_types())} types; fingerprint of the rules "
        + ", ".join(str(value) for value in study.run["rules"].values())
        + f", of the corpus {study.run['corpus']})",
        "Each mention was classified by polarity, realis, actor, voice and speaker",
        f"The parser found {_count(len(study.events), 'mention')}, of which {len(told):,} told as having happened; "
        "advice, conditions, denials and plans count in no rate",
        f"The unit of analysis is the episode (one customer, one organisation, one chain of events): "
        f"{_count(len(study.episodes), 'episode')}"
        + (f" in {_count(len(known), 'industry', 'industries')} ({'; '.join(known)})" if known else ""),
        "Intervals and tests allow for several episodes by one author; p-values are corrected for all that was tested "
        "together",
        "The corpus is no sample of customers, so no share is a prevalence",
    ]
    return ". ".join(sentences) + "."


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"
