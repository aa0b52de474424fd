"""Structured, explained events from service-failure narratives: the names that a notebook uses."""

from cxresearch.analysis.profiles import profiles
from cxresearch.attempt import NotEstimable, attempt
from cxresearch.concordance import in_context, kwic
from cxresearch.corpus import Corpus, CorpusError, Narrative, corpus_from_texts, read_corpus
from cxresearch.events import Event, read_events, to_frame, write_events
from cxresearch.reading.parse import ParsedNarrative, parse
from cxresearch.reading.rules import RuleError, load_rules
from cxresearch.reading.trial import try_rule
from cxresearch.show import explain
from cxresearch.study import Study, limits, read_study, study_of
from cxresearch.version import __version__

__all__ = [
    "Corpus",
    "CorpusError",
    "Event",
    "Narrative",
    "NotEstimable",
    "ParsedNarrative",
    "RuleError",
    "Study",
    "__version__",
    "attempt",
    "corpus_from_texts",
    "explain",
    "in_context",
    "kwic",
    "limits",
    "load_rules",
    "parse",
    "profiles",
    "read_corpus",
    "read_events",
    "read_study",
    "study_of",
    "to_frame",
    "try_rule",
    "write_events",
]
