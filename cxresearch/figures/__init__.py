"""Figures for articles: data frames in, pictures out. `save` writes them with the data and the words behind them."""

from cxresearch.figures.export import Picture, render, save
from cxresearch.figures.proof import problems
from cxresearch.figures.style import canvas

__all__ = ["Picture", "canvas", "problems", "render", "save"]
