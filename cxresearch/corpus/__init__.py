"""Files to narratives: read, check, clean, fingerprint."""

from cxresearch.corpus.checks import format_problem
from cxresearch.corpus.cleaning import Cut
from cxresearch.corpus.narrative import Corpus, Narrative
from cxresearch.corpus.reading import corpus_from_texts, read_corpus
from cxresearch.corpus.sources import CorpusError, Problem, refuse_overlap

__all__ = [
    "Corpus",
    "CorpusError",
    "Cut",
    "Narrative",
    "Problem",
    "corpus_from_texts",
    "format_problem",
    "read_corpus",
    "refuse_overlap",
]
