"""Figures for articles: data frames in, pictures out. `save` writes them with the data and the words behind them."""

from cxresearch.figures.durations import survival_curves
from cxresearch.figures.export import Picture, render, save
from cxresearch.figures.forest import forest
from cxresearch.figures.overview import agreement_dots, cooccurrence, corpus_flow
from cxresearch.figures.proof import problems
from cxresearch.figures.rates import rate_dots, type_by_industry
from cxresearch.figures.style import canvas

__all__ = [
    "Picture",
    "agreement_dots",
    "canvas",
    "cooccurrence",
    "corpus_flow",
    "forest",
    "problems",
    "rate_dots",
    "render",
    "save",
    "survival_curves",
    "type_by_industry",
]
