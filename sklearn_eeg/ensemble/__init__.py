"""Classifiers made of classifiers, whose inner folds keep the windows of a patient together.

The room imports leaves, ``signal`` and ``model_selection`` only.
"""

from ._calibrated import GroupCalibratedClassifier
from ._stacking import GroupStackingClassifier

__all__ = ["GroupCalibratedClassifier", "GroupStackingClassifier"]
