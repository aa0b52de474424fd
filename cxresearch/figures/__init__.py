"""Figures for articles: data frames in, pictures out. `save` writes them with the data and the words behind them."""

from cxresearch.figures.arcs import emotion_over_time
from cxresearch.figures.clusters import cluster_medoids, silhouette_curve
from cxresearch.figures.durations import survival_curves
from cxresearch.figures.export import Picture, render, save
from cxresearch.figures.forest import forest
from cxresearch.figures.journeys import sequence_index, state_distribution
from cxresearch.figures.overview import agreement_dots, cooccurrence, corpus_flow
from cxresearch.figures.process import process_map, process_maps
from cxresearch.figures.proof import problems
from cxresearch.figures.rates import rate_dots, type_by_industry
from cxresearch.figures.style import canvas
from cxresearch.figures.topic_maps import topic_map
from cxresearch.figures.topics import stability_curve, topic_groups, topic_hierarchy

__all__ = [
    "Picture",
    "agreement_dots",
    "canvas",
    "cluster_medoids",
    "cooccurrence",
    "corpus_flow",
    "emotion_over_time",
    "forest",
    "problems",
    "process_map",
    "process_maps",
    "rate_dots",
    "render",
    "save",
    "sequence_index",
    "silhouette_curve",
    "stability_curve",
    "state_distribution",
    "survival_curves",
    "topic_groups",
    "topic_hierarchy",
    "topic_map",
    "type_by_industry",
]
