"""Truth and predictions in, figures and a report out.

`evaluate` scores a classifier patient by patient, with chance beside it, and returns an
`EvaluationReport`. The room imports leaves only.
"""

from ._evaluate import evaluate
from ._report import EvaluationReport

__all__ = ["EvaluationReport", "evaluate"]
