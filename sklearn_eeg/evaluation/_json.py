"""The report of an evaluation as JSON: every figure at full precision, what is missing as null."""

from __future__ import annotations

import json
import math
import numbers
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ._checklist import checklist
from ._data_card import fold_classes, fold_table, summarise_data
from ._resample import Interval

if TYPE_CHECKING:
    from ._report import EvaluationReport


def render_json(report: EvaluationReport) -> str:
    """Return the report as JSON, with keys that name the figures as in its tables."""
    content = {
        "name": report.name,
        "split": report.split,
        "patient_wise": report.patient_wise,
        "random_state": report.random_state,
        "versions": report.versions,
        "warnings": report.warnings,
        "leakage": _leakage(report),
        "data": summarise_data(report),
        "classes": report.target_names,
        "folds": _folds(report),
        "confidence_level": report.confidence_level,
        "n_resamples": report.n_resamples,
        "systems": {name: _system(report, name) for name in report.predictions},
        "events": _events(report),
        "chosen": {name: report.choices(name).reset_index() for name in report.chosen},
        "checklist": checklist(report),
        "sections": [title for title, _, _ in report.sections],
        "estimator": report.estimator,
        "description": report.description,
    }  # fmt: skip
    return json.dumps(as_plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def as_plain(value: Any) -> Any:
    """Return a value in the types that JSON has; tables become lists of rows, NaN and infinity None.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.evaluation._json import as_plain
    >>> as_plain({"a": np.array([1.0, np.nan]), 2: (np.int64(3), True)})
    {'a': [1.0, None], '2': [3, True]}
    """
    if isinstance(value, pd.DataFrame):
        return [as_plain(row) for row in value.to_dict("records")]
    if isinstance(value, Interval):
        return as_plain({"estimate": value.estimate, "low": value.low, "high": value.high})
    if isinstance(value, dict):
        return {str(key): as_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [as_plain(each) for each in value]
    if value is None or value is pd.NA or isinstance(value, str):
        return None if value is pd.NA else value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    return str(value)


def _folds(report: EvaluationReport) -> list[dict[str, Any]]:
    counts = fold_classes(report).to_dict("index")
    rows = fold_table(report).reset_index().to_dict("records")
    return [{str(key): each for key, each in row.items()} | {"classes": counts[row["fold"]]} for row in rows]


def _leakage(report: EvaluationReport) -> list[dict[str, str]] | None:
    if report.leakage is None:
        return None
    return [
        {name: getattr(each, name) for name in ("kind", "severity", "sentence")} for each in report.leakage
    ]


def _system(report: EvaluationReport, name: str) -> dict[str, Any]:
    found = report.intervals(name)
    labels = dict(zip(report.classes.tolist(), report.target_names, strict=True))
    classes: dict[str, dict[str, Any]] = {text: {} for text in report.target_names}
    for (label, figure), each in found.class_figures.items():
        classes[labels[label]][figure] = each
    return {
        "figures": found.figures,
        "classes": classes,
        "confusion": report.confusion(name).to_numpy(),
        "calibration": report.calibration().loc[name].to_dict(),
        "patients": None if report.groups is None else report.per_patient(name).reset_index(),
    }


def _events(report: EvaluationReport) -> dict[str, Any] | None:
    scores, curve = report.events(), report.event_curve()
    if scores is None:
        return None
    return {
        "figures": scores.figures.rename_axis(index="figure").reset_index(),
        "seizures": len(scores.seizures),
        "pieces": scores.n_events,
        "pieces_found": scores.n_found,
        "alarms": scores.n_alarms,
        "false_alarms": scores.n_false_alarms,
        "hours": scores.hours,
        "covered": None if report.timeline is None else report.timeline.covered,
        "rules": asdict(scores.rules),
        "latency_median": scores.latency_median,
        "latency_quartiles": scores.latency_quartiles,
        "types": scores.types.reset_index(),
        "curve": None if curve is None else curve.to_frame().reset_index(),
    }
