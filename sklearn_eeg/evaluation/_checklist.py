"""Which items of the reporting guidelines a report covers, and which its author must write.

The guidelines are TRIPOD+AI (prediction models) and STARD (diagnostic accuracy), by the numbers of their
items, with what STARD-AI adds by topic. The wording is our own: consult the guidelines themselves.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

COVERED, IN_PART, AUTHOR = "in this report", "in part", "author writes"

SOURCES = (
    "Items by number: TRIPOD+AI, doi:10.1136/bmj-2023-078378; STARD 2015, doi:10.1136/bmj.h5527, whose "
    "additions in STARD-AI (Nature Medicine, 2025) stand by topic. Wording and judgement are this "
    "report's; consult the guidelines."
)


class Item(NamedTuple):
    """An item of a guideline.

    Parameters
    ----------
    guideline : str
        Name of the guideline.
    number : str
        Number of the item; empty where it is named by its topic.
    topic : str
        What it is about.
    judge : callable
        Takes a report and returns the status and what is there, or what is to be written.
    """

    guideline: str
    number: str
    topic: str
    judge: Callable[[Any], tuple[str, str]]


def checklist(report: Any) -> pd.DataFrame:
    """Return the items of the reporting guidelines with what a report has of each.

    Parameters
    ----------
    report : EvaluationReport
        The report.

    Returns
    -------
    table : DataFrame of shape (n_items, 5)
        Columns `guideline`, `item`, `topic`, `status` (``"in this report"``, ``"in part"`` or ``"author
        writes"``) and `note`.
    """
    rows = [(each.guideline, each.number, each.topic, *each.judge(report)) for each in ITEMS]
    return pd.DataFrame(rows, columns=["guideline", "item", "topic", "status", "note"])


def _author(note: str) -> Callable[[Any], tuple[str, str]]:
    return lambda _report: (AUTHOR, note)


def _part(note: str) -> Callable[[Any], tuple[str, str]]:
    return lambda _report: (IN_PART, note)


def _full(note: str) -> Callable[[Any], tuple[str, str]]:
    return lambda _report: (COVERED, note)


def _source(report: Any) -> tuple[str, str]:
    if report.description:
        return (
            IN_PART,
            "“About the data” says where the windows come from; add why this source, and how typical.",
        )
    return AUTHOR, "Where the recordings come from and how typical they are; pass `description` to evaluate."


def _participants(report: Any) -> tuple[str, str]:
    if report.groups is None:
        return AUTHOR, "Patients are unknown to this report; say how many there are, and describe them."
    return (
        IN_PART,
        "Numbers of patients, by class and by fold; add age, sex, syndrome, treatment, and who was left out.",
    )


def _performance(report: Any) -> tuple[str, str]:
    if report.groups is None or report.n_resamples == 0:
        return IN_PART, "Figures without intervals; pass `groups`, and `n_resamples` above 0."
    return COVERED, "“Figures” and “Classes”, with intervals by patient."


def _heterogeneity(report: Any) -> tuple[str, str]:
    if report.groups is None:
        return AUTHOR, "How the figures vary between patients and centres; pass `groups` for the former."
    return IN_PART, "“Patients” shows each of them; add centres, ages and devices."


def _measures(report: Any) -> tuple[str, str]:
    if np.isnan(report.calibration().loc[report.name, "log_loss"]):
        return (
            IN_PART,
            "Discrimination only: the system gives no probabilities, so calibration cannot be shown.",
        )
    return COVERED, "“What the figures mean”; discrimination by “Curves”, calibration by “Calibration”."


def _separation(report: Any) -> tuple[str, str]:
    if report.patient_wise:
        return (
            COVERED,
            "“How it was split”: no patient was both trained and tested on; leaks were looked for.",
        )
    return IN_PART, "Patients were not kept apart, or are unknown: the figures may be optimistic."


def _tuning(report: Any) -> tuple[str, str]:
    if report.chosen:
        return IN_PART, "“Classifier” and “Chosen in each fold”; add why this kind of model."
    return IN_PART, "“Classifier” holds all parameters; add why this kind of model, and how they were chosen."


def _thresholds(report: Any) -> tuple[str, str]:
    if report.timeline is None:
        return IN_PART, "Labels are the classifier's own; say how a threshold would be set in use."
    return IN_PART, "“Events” shows all thresholds; say which would be used, and that it was set beforehand."


T, S, A = "TRIPOD+AI", "STARD 2015", "STARD-AI"

ITEMS: tuple[Item, ...] = (
    Item(T, "1", "Title", _author("Name the aim, the people, the outcome, and the kind of study.")),
    Item(T, "2", "Abstract", _author("A structured summary.")),
    Item(T, "3a–c", "Background", _author("The clinical need, intended use and users, inequalities.")),
    Item(T, "4", "Objectives", _author("What was to be found out; developed, or evaluated.")),
    Item(T, "5a, b", "Data", _source),
    Item(T, "6a–c", "Participants", _author("Setting, centres, who was eligible, and treatments.")),
    Item(T, "7", "Data preparation", _part("“Classifier”; add what was done to the recordings before.")),
    Item(T, "8a–c", "Outcome", _author("How seizures were defined and annotated, by whom.")),
    Item(T, "9a–c", "Predictors", _part("“Classifier”; add why these, and how EEG was recorded.")),
    Item(T, "10", "Sample size", _part("Numbers and intervals are here; add why they suffice.")),
    Item(T, "11", "Missing data", _author("Recordings, channels and windows left out, and why.")),
    Item(T, "12a, c", "How the model was made and validated inside", _tuning),
    Item(T, "12d", "Differences between clusters", _heterogeneity),
    Item(T, "12e", "Measures of performance", _measures),
    Item(T, "12g", "How predictions were computed", _full("Each window by a model fitted without it.")),
    Item(T, "13", "Class imbalance", _part("Shares are here; add what was done about it.")),
    Item(T, "14", "Fairness", _author("How it fares by age, sex, and other groups.")),
    Item(T, "15", "Output of the model", _thresholds),
    Item(T, "16", "Training and evaluation data", _separation),
    Item(T, "17", "Ethical approval", _author("Committee, number and consent.")),
    Item(T, "18a–d", "Funding, interests, protocol, registration", _author("Each of the four.")),
    Item(T, "18e, f", "Data and code", _part("Versions and parameters; add where the rest is.")),
    Item(T, "19", "Involvement of patients and public", _author("Whether and how.")),
    Item(T, "20a–c", "Participants found", _participants),
    Item(T, "21", "Development", _full("Patients and windows of each class in “Data” and “Folds”.")),
    Item(T, "22", "Specification of the model", _part("“Classifier”; add how to get the fitted model.")),
    Item(T, "23a", "Performance", _performance),
    Item(T, "23b", "Performance by cluster", _heterogeneity),
    Item(T, "25, 26", "Interpretation and limitations", _author("What the figures mean, and cannot show.")),
    Item(T, "27a–c", "Use in care", _author("Poor or missing input, who must do what, and next steps.")),
    Item(S, "10a, b", "Index test and reference standard", _part("“Classifier”; describe the annotation.")),
    Item(S, "12a", "Thresholds", _thresholds),
    Item(S, "13a, b", "Blinding", _author("Who knew what when reading the EEG.")),
    Item(S, "19", "Flow of participants", _author("A diagram from those eligible to those analysed.")),
    Item(S, "20", "Participants", _participants),
    Item(S, "23", "Cross-tabulation", _full("“Confusion”, pooled and by patient.")),
    Item(S, "24", "Accuracy with its precision", _performance),
    Item(S, "25", "Harm", _author("Adverse events of recording or of acting on an alarm.")),
    Item(A, "", "Separation of data sets", _separation),
    Item(A, "", "Bias and generalisability", _heterogeneity),
    Item(A, "", "Availability of data and code", _part("Versions and parameters; say where the rest is.")),
)  # fmt: skip
