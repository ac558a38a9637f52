"""Whole pipelines, ready to fit; the only room that composes the others."""

from ._stacked_ensemble import stacked_ensemble
from ._svm_baseline import svm_baseline

__all__ = ["stacked_ensemble", "svm_baseline"]
