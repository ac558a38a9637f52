"""Whole pipelines, ready to fit; the only room that composes the others."""

from ._svm_baseline import svm_baseline

__all__ = ["svm_baseline"]
