"""Whole pipelines, ready to fit, and where to search them; the only room that composes the others."""

from ._search_space import search_space
from ._stacked_ensemble import stacked_ensemble
from ._svm_baseline import svm_baseline

__all__ = ["search_space", "stacked_ensemble", "svm_baseline"]
