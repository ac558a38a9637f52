"""Parts of a report's page on curves, calibration, events, choices, additions and the checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._calibration import reliability_curve
from ._checklist import SOURCES, checklist
from ._curves import ScoreCurve, precision_recall_points, roc_points
from ._event_curve import EventCurve
from ._event_table import event_table
from ._metrics import show
from ._panels import with_interval
from ._prediction import CHANCE, code_report
from ._svg import Line, kind_of, line_plot, thin
from ._tables import figure, fold, grid, long_table, row, section, table

if TYPE_CHECKING:
    from ._report import EvaluationReport

_AT = 0.1  # false-positive rate at which the text of a curve names the sensitivity
_SHOWN_CLASSES = 4
_CALIBRATION_TITLES = {
    "log_loss": "Log loss",
    "brier_score": "Brier score",
    "top_label_error": "Calibration error, likeliest class",
    "class_wise_error": "Calibration error, mean of classes",
}


def render_curves(report: EvaluationReport) -> str:
    """Return ROC and precision-recall curves of each class; of two classes, those of the second."""
    score = report.predictions[report.name].y_score
    if score is None:
        return ""
    drawn = []
    for column in _shown_classes(report):
        hit, name = report.y_true == report.classes[column], report.target_names[column]
        roc, recall = roc_points(hit, score[:, column]), precision_recall_points(hit, score[:, column])
        if roc is not None and recall is not None:
            drawn.append(_draw_roc(name, roc) + _draw_precision(name, recall))
    shown, rest = drawn[:_SHOWN_CLASSES], drawn[_SHOWN_CLASSES:]
    body = grid(shown) + (fold(f"{len(rest)} more classes", grid(rest)) if rest else "")
    lead = "Over all thresholds of the score, one class against all others; dashed: guessing."
    return section("Curves", body, lead=lead)


def render_calibration(report: EvaluationReport) -> str:
    """Return calibration curves and errors of all systems that give probabilities."""
    figures = report.calibration()
    systems = [
        name for name in figures.index if name != CHANCE and not np.isnan(figures.loc[name, "log_loss"])
    ]
    if not systems:
        return section(
            "Calibration",
            "<p>The scores are no probabilities, so they cannot be taken at their word. A calibrated system, "
            "such as GroupCalibratedClassifier, gives probabilities.</p>",
        )
    drawn = [_draw_calibration(report, column, systems) for column in _shown_classes(report)]
    shown, rest = drawn[:_SHOWN_CLASSES], drawn[_SHOWN_CLASSES:]
    rows = [
        row(name, map(show, figures.loc[name]), kind="model" * (name == report.name))
        for name in figures.index
    ]
    caption = "Lower is better. A calibration error is not 0 even for perfect probabilities of few windows."
    parts = [
        grid(shown),
        fold(f"{len(rest)} more classes", grid(rest)) if rest else "",
        table(caption, ["System", *_CALIBRATION_TITLES.values()], rows),
    ]
    lead = (
        "How often a class occurs where it is given a certain probability, in ten bins of about equally many "
        "windows; the dashed line is perfect. The band is the interval over patients."
    )
    return section("Calibration", "".join(parts), lead=lead)


def render_events(report: EvaluationReport) -> str:
    """Return the figures of seizures and alarms in continuous recordings."""
    found = event_table(report)
    if found is None:
        return ""
    rows = [row(name, values) for name, *values in found.table.itertuples(name=None)]
    body = table(found.caption, ["Figure", *found.table.columns], rows) + _type_table(report)
    curve = report.event_curve()
    return section("Events", body + (_draw_events(curve) if curve else ""), lead=found.lead)


def render_choices(report: EvaluationReport) -> str:
    """Return the parameters that searches chose in each fold."""
    parts = []
    for name in report.chosen:
        choices = report.choices(name)
        rows = [
            row(f"Fold {number}", ["–" if _is_missing(value) else value for value in values])
            for number, *values in choices.itertuples(name=None)
        ]
        parts.append(long_table(f"Chosen by {name} inside each fold.", ["Fold", *choices.columns], rows))
    lead = "Choices that change from fold to fold are a sign that the data do not settle them."
    return section("Chosen in each fold", "".join(parts), lead=lead) if parts else ""


def render_sections(report: EvaluationReport) -> str:
    """Return what the author added."""
    return "\n".join(section(title, body) for title, body, _ in report.sections)


def render_checklist(report: EvaluationReport) -> str:
    """Return which items of the guidelines the report covers."""
    items = checklist(report)
    rows = [
        row(f"{each.guideline} {each.item}".strip(), [each.topic, each.status, each.note])
        for each in items.itertuples()
    ]
    counts = items["status"].value_counts()
    lead = "; ".join(f"{status}: {n} items" for status, n in counts.items()) + f". {SOURCES}"
    body = table("Items of the guidelines.", ["Item", "Topic", "Where", "Note"], rows, kind="words")
    return section("Checklist for authors", fold(f"{len(items)} items", body), lead=lead)


def _is_missing(value: Any) -> bool:
    """Return whether a search set no such parameter in a fold."""
    return isinstance(value, float) and np.isnan(value)


def _shown_classes(report: EvaluationReport) -> list[int]:
    """Return the classes to draw: of two, the second alone says it all."""
    return [1] if len(report.classes) == 2 else list(range(len(report.classes)))


def _draw_roc(name: str, curve: ScoreCurve) -> str:
    text = (
        f"ROC curve of {name}: area {show(curve.area)}; sensitivity {show(curve.y_at(_AT))} at a "
        f"false-positive rate of {_AT:g}."
    )
    ends = np.array([0.0, 1.0])
    lines = [Line(ends, ends, kind="chance"), Line(*thin(curve.x, curve.y))]
    svg = line_plot(lines, x_label="False-positive rate", y_label="Sensitivity", description=text)
    return figure(svg, text)


def _draw_precision(name: str, curve: ScoreCurve) -> str:
    text = (
        f"Precision-recall curve of {name}: average precision {show(curve.area)}; guessing "
        f"{show(curve.chance)}."
    )
    guess = Line(np.array([0.0, 1.0]), np.full(2, curve.chance), kind="chance")
    lines = [guess, Line(*thin(curve.x, curve.y))]
    svg = line_plot(lines, x_label="Sensitivity", y_label="Precision", description=text)
    return figure(svg, text)


def _draw_calibration(report: EvaluationReport, column: int, systems: list[str]) -> str:
    name, hit = report.target_names[column], report.y_true == report.classes[column]
    ends = np.array([0.0, 1.0])
    lines, words = [Line(ends, ends, kind="chance")], []
    for place, system in enumerate(systems[:4]):
        score = report.predictions[system].y_score
        assert score is not None  # systems without probabilities were left out
        own = system == report.name and report.groups is not None
        curve = reliability_curve(
            score[:, column],
            hit,
            unit=code_report(report, system).unit if own else None,
            n_resamples=min(report.n_resamples, 500),
            confidence_level=report.confidence_level,
            random_state=report.random_state,
        )
        lines.append(
            Line(curve.predicted, curve.observed, system, kind_of(place), curve.low, curve.high, dots=True)
        )
        pairs = ", ".join(f"{p:.2f} {o:.2f}" for p, o in zip(curve.predicted, curve.observed, strict=True))
        words.append(f"{system}, predicted and observed: {pairs}")
    text = f"Calibration of {name}. {'; '.join(words)}."
    svg = line_plot(lines, x_label="Predicted probability", y_label="Observed share", description=text)
    return figure(svg, f"Calibration of {name}.")


def _draw_events(curve: EventCurve) -> str:
    rate, found = curve.figures["false_alarms_per_day"], curve.figures["sensitivity"]
    if np.isnan(found).all():
        return ""
    top = _round_up(float(rate[found == found.max()].min()))
    shown = rate <= top
    best = ", ".join(f"{show(curve.sensitivity_at(each))} at {each:g}" for each in (0.5, 1, 2, 5, 10, 24))
    text = f"Sensitivity against false alarms in 24 hours, over thresholds: at most {best} false alarms."
    svg = line_plot(
        [Line(rate[shown], found[shown], dots=True)],
        x_label="False alarms in 24 hours", y_label="Sensitivity", description=text, x_range=(0.0, top),
    )  # fmt: skip
    return grid([figure(svg, text)])


def _round_up(rate: float) -> float:
    """Return a round number for the end of an axis with four parts."""
    power = 10.0 ** np.floor(np.log10(max(rate, 1.0)))
    return float(next(each * power for each in (1, 2, 4, 8, 10, 20) if each * power >= max(rate, 1.0)))


def _type_table(report: EvaluationReport) -> str:
    scores: Any = report.events()
    if len(scores.types) < 2:
        return ""
    rows = [
        row(label, [*counts, with_interval(*shares)])
        for label, counts, shares in zip(
            scores.types.index,
            scores.types[["seizures", "events", "found"]].to_numpy().tolist(),
            scores.types[["sensitivity", "low", "high"]].to_numpy().tolist(),
            strict=True,
        )
    ]
    head = ["Type", "Seizures", "Pieces", "Pieces found", "Sensitivity"]
    return table("By type of seizure, with intervals as if pieces were independent.", head, rows)
