"""Topics of narratives, with what a reader needs to trust them: stability, coherence, baselines, tests by people.

`embed` and `fit_topics` make a model, `choose` helps to find the number of topics, `stability` and `quality` say how
far to trust them, `compare_models` puts other models beside them, `topic_rates` and `topics_by_event` compare groups,
`guided_topics` looks for what is known beforehand, and `word_intrusion` makes a test for people.
"""

from cxresearch.analysis.topics.baselines import compare_models
from cxresearch.analysis.topics.choice import choose, recommended
from cxresearch.analysis.topics.embedding import embed
from cxresearch.analysis.topics.event_topics import events_of_units, topics_by_event
from cxresearch.analysis.topics.groups import representatives, topic_contrasts, topic_rates
from cxresearch.analysis.topics.guided import coverage, guided_topics
from cxresearch.analysis.topics.intrusion import topic_intrusion, word_intrusion, write_sheets
from cxresearch.analysis.topics.intrusion_scores import read_answers, score_topics, score_words
from cxresearch.analysis.topics.maps import hierarchy, map_2d, summary
from cxresearch.analysis.topics.model import Topics, check_size, features, fit_topics, partition
from cxresearch.analysis.topics.quality import quality
from cxresearch.analysis.topics.stability import stability
from cxresearch.analysis.topics.words import analyzer, counts, topic_words

__all__ = [
    "Topics",
    "analyzer",
    "check_size",
    "choose",
    "compare_models",
    "counts",
    "coverage",
    "embed",
    "events_of_units",
    "features",
    "fit_topics",
    "guided_topics",
    "hierarchy",
    "map_2d",
    "partition",
    "quality",
    "read_answers",
    "recommended",
    "representatives",
    "score_topics",
    "score_words",
    "stability",
    "summary",
    "topic_contrasts",
    "topic_intrusion",
    "topic_rates",
    "topic_words",
    "topics_by_event",
    "word_intrusion",
    "write_sheets",
]
