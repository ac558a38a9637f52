"""Truth and predictions in, figures and a report out.

`evaluate` scores a classifier patient by patient, with chance beside it, and returns an
`EvaluationReport`; `compare` and `bootstrap_by_patient` tell differences and doubt over patients, and
`score_events` scores seizures in continuous recordings. The room imports leaves and `model_selection`.
"""

from ._bootstrap import bootstrap_by_patient
from ._compare import compare
from ._evaluate import evaluate
from ._report import EvaluationReport
from ._score_events import score_events

__all__ = ["EvaluationReport", "bootstrap_by_patient", "compare", "evaluate", "score_events"]
