"""Structured, explained events from service-failure narratives: the names that a notebook uses."""

from cxresearch.analysis.profiles import profiles
from cxresearch.corpus import Corpus, CorpusError, Narrative, corpus_from_texts, read_corpus
from cxresearch.events import Event, read_events, to_frame, write_events
from cxresearch.reading.parse import ParsedNarrative, parse
from cxresearch.reading.rules import RuleError, load_rules
from cxresearch.show import explain, kwic
from cxresearch.version import __version__

__all__ = [
    "Corpus",
    "CorpusError",
    "Event",
    "Narrative",
    "ParsedNarrative",
    "RuleError",
    "__version__",
    "corpus_from_texts",
    "explain",
    "kwic",
    "load_rules",
    "parse",
    "profiles",
    "read_corpus",
    "read_events",
    "to_frame",
    "write_events",
]
