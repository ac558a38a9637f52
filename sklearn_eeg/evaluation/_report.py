"""The report of an evaluation: the predictions, and their figures as tables, text and a page."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from .._files import Written
from ._bootstrap import BootstrapResult
from ._calibration import calibration_figures
from ._data_card import WindowFacts
from ._event_curve import EventCurve
from ._html import render_document, render_fragment
from ._intervals import figures_with_intervals
from ._json import render_json
from ._markdown import render_markdown
from ._metrics import TITLES, class_figures_of, figures_of
from ._patients import mean_confusion, patient_table
from ._prediction import CHANCE, Prediction, code_report, find_prediction
from ._score_events import EventScores
from ._sections import Section, make_section
from ._text import render_text
from ._timeline import Timeline, curve_of_timeline, score_timeline, seizure_score


@dataclass(frozen=True, eq=False, repr=False)
class EvaluationReport(Written):
    """Out-of-fold predictions of one or more systems, and their figures; made by `evaluate`.

    Parameters
    ----------
    name : str
        Name of the evaluated classifier, the first of `predictions`.
    classes : ndarray of shape (n_classes,)
        The labels, sorted.
    target_names : tuple of str
        Name of each class.
    y_true : ndarray of shape (n_windows,)
        True label of each window.
    groups : ndarray of shape (n_windows,) or None
        Patient of each window, None where unknown.
    fold : ndarray of shape (n_windows,)
        Number of the fold that held out each window.
    predictions : dict of str to Prediction
        `y_pred` and `y_score` of each system; the last is ``"chance"``.
    split : str
        How the windows were split, in words.
    patient_wise : bool or None
        Whether no patient lay in both train and test of a fold; None where patients are unknown.
    warnings : tuple of str
        What makes the figures less trustworthy.
    estimator : str
        The evaluated classifier, written out.
    versions : dict of str to str
        Versions of Python and of the packages.
    random_state : int or None
        Seed of the split.
    description : str, default=""
        What the windows are and what they cannot show.
    leakage : tuple of Finding or None, default=None
        What `check_leakage` found, None where it was not asked.
    facts : WindowFacts, default=None
        Shape, rate and length of the windows, as far as known.
    timeline : Timeline, default=None
        Where the windows lie in continuous recordings, where that was told.
    chosen : dict of str to list of dict, default={}
        Parameters that each system's search chose in each fold, for systems that search.
    n_resamples : int, default=2000
        How many times patients are drawn for the intervals; 0 gives none.
    confidence_level : float, default=0.95
        Nominal coverage of the intervals.
    sections : list of Section, default=[]
        What `add_section` added.

    See Also
    --------
    evaluate : Makes the report.
    compare : Differences between its systems.

    Notes
    -----
    It holds no date, so the same data and the same classifier give the same report. Intervals and events
    are computed when they are first asked for.

    Examples
    --------
    A classifier that ignores the signal finds one class and never the other:

    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_eeg.evaluation import evaluate
    >>> y = np.tile(["rest", "seizure", "seizure"], 8)
    >>> patients = np.repeat(["ann", "bob", "cleo", "dan"], 6)
    >>> report = evaluate(DummyClassifier(), np.zeros((24, 5)), y, patients, cv=2)
    >>> report.confusion()
    predicted  rest  seizure
    true
    rest          0        8
    seizure       0       16
    >>> report.per_class()[["recall", "windows", "patients"]]
             recall  windows  patients
    class
    rest        0.0        8         4
    seizure     1.0       16         4
    """

    name: str
    classes: np.ndarray
    target_names: tuple[str, ...]
    y_true: np.ndarray
    groups: np.ndarray | None
    fold: np.ndarray
    predictions: dict[str, Prediction]
    split: str
    patient_wise: bool | None
    warnings: tuple[str, ...]
    estimator: str
    versions: dict[str, str]
    random_state: int | None
    description: str = ""
    leakage: tuple[Any, ...] | None = None
    facts: WindowFacts | None = None
    timeline: Timeline | None = None
    chosen: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    n_resamples: int = 2000
    confidence_level: float = 0.95
    sections: list[Section] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", list(self.sections))  # a copy's additions are its own

    def to_frame(self) -> pd.DataFrame:
        """Return the figures of every system.

        Returns
        -------
        figures : DataFrame of shape (n_systems, n_metrics)
            One row for each system, the evaluated one first and chance last. Figures are taken once
            on the pooled windows; `roc_auc` is NaN for a system without scores.
        """
        rows = {system: figures_of(code_report(self, system)) for system in self.predictions}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(TITLES), dtype=float)
        return frame.rename_axis(index="system")

    def per_class(self, system: str | None = None) -> pd.DataFrame:
        """Return precision, recall, F1 and ROC AUC of each class, and how much there is of it.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        table : DataFrame of shape (n_classes, 6)
            Columns `precision` (NaN for a class that is never predicted), `recall` (sensitivity), `f1`,
            `roc_auc` (against all other classes), `windows` and `patients` (missing where patients are
            unknown).

        Raises
        ------
        ValueError
            If no system has that name.
        """
        found = class_figures_of(code_report(self, system))
        columns = {"precision": "ppv", "recall": "sensitivity", "f1": "f1", "roc_auc": "roc_auc"}
        figures = {name: found[figure] for name, figure in columns.items()}
        table = pd.DataFrame(figures, index=pd.Index(self.target_names, name="class"))
        table["windows"] = [int((self.y_true == label).sum()) for label in self.classes]
        patients = [self._count_patients(self.y_true == label) for label in self.classes]
        return table.assign(patients=pd.array(patients, dtype="Int64"))

    def intervals(self, system: str | None = None) -> BootstrapResult:
        """Return the figures of a system with their confidence intervals by patient.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        figures : BootstrapResult
            Those of `to_frame`, and average precision, log loss and Brier score where there are
            probabilities; also those of each class. The limits are NaN for chance, where patients are
            unknown, or there is one, and with ``n_resamples=0``. Those of average precision come from 500
            draws at most.

        Raises
        ------
        ValueError
            If no system has that name.
        """
        said, name = find_prediction(self, system), system or self.name
        if name not in self._cache:
            self._cache[name] = figures_with_intervals(
                self.y_true,
                said,
                self.groups,
                self.classes,
                n_resamples=0 if name == CHANCE else self.n_resamples,
                confidence_level=self.confidence_level,
                random_state=self.random_state,
            )
        return self._cache[name]

    def per_patient(self, system: str | None = None) -> pd.DataFrame:
        """Return the figures of each patient.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        table : DataFrame of shape (n_patients, 7)
            Columns `windows`, `classes`, `accuracy`, `low`, `high`, `balanced_accuracy` and `roc_auc`.
            The limits are Wilson's, as if the windows of a patient were independent.

        Raises
        ------
        ValueError
            If patients are unknown, or no system has that name.
        """
        coded = code_report(self, system)
        if self.groups is None:
            raise ValueError("`groups` must be known for figures of patients, got None: pass it to evaluate.")
        return patient_table(coded, np.unique(self.groups), self.target_names, self.confidence_level)

    def confusion(self, system: str | None = None, *, average: bool = False) -> pd.DataFrame:
        """Return how many windows of each class were given each label.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.
        average : bool, default=False
            Whether to return shares of the true class instead, averaged over the patients who have it.

        Returns
        -------
        counts : DataFrame of shape (n_classes, n_classes)
            Numbers of windows, or shares: true classes in rows, predicted classes in columns.

        Raises
        ------
        ValueError
            If no system has that name, or patients are unknown and `average` is true.
        """
        coded = code_report(self, system)
        if average and self.groups is None:
            raise ValueError("`average` must be False where patients are unknown, got True: pass `groups`.")
        said = find_prediction(self, system).y_pred
        values = (
            mean_confusion(coded) if average else confusion_matrix(self.y_true, said, labels=self.classes)
        )
        return pd.DataFrame(
            values,
            index=pd.Index(self.target_names, name="true"),
            columns=pd.Index(self.target_names, name="predicted"),
        )

    def calibration(self) -> pd.DataFrame:
        """Return how far the probabilities of each system can be taken at their word.

        Returns
        -------
        table : DataFrame of shape (n_systems, 4)
            Columns `log_loss`, `brier_score`, and the expected calibration errors `top_label_error` (of the
            likeliest class) and `class_wise_error` (mean over the classes), in ten bins of about equally
            many windows. NaN for a system without probabilities. Lower is better.
        """
        rows = {name: calibration_figures(code_report(self, name)) for name in self.predictions}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="system")

    def events(self, system: str | None = None) -> EventScores | None:
        """Return how well seizures are found in continuous recordings, by the rules of `score_events`.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        scores : EventScores or None
            The figures; None where `evaluate` was not told the recordings.

        Raises
        ------
        ValueError
            If no system has that name.
        """
        said, key = find_prediction(self, system), ("events", system or self.name)
        if self.timeline is not None and key not in self._cache:
            options = {"confidence_level": self.confidence_level, "random_state": self.random_state}
            options["n_resamples"] = self.n_resamples
            self._cache[key] = score_timeline(self.timeline, said.y_pred, **options)
        return self._cache.get(key)

    def event_curve(self, system: str | None = None) -> EventCurve | None:
        """Return sensitivity against false alarms over the thresholds of a system's score.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        curve : EventCurve or None
            The curve; None where `evaluate` was not told the recordings or the system has no scores.

        Raises
        ------
        ValueError
            If no system has that name.
        """
        said, key = find_prediction(self, system), ("curve", system or self.name)
        if self.timeline is not None and said.y_score is not None and key not in self._cache:
            score = seizure_score(said.y_score, self.classes, self.timeline.background)
            options = {"confidence_level": self.confidence_level, "random_state": self.random_state}
            options["n_resamples"] = min(self.n_resamples, 500)
            self._cache[key] = curve_of_timeline(self.timeline, score, **options)
        return self._cache.get(key)

    def choices(self, system: str | None = None) -> pd.DataFrame:
        """Return the parameters that a system's search chose in each fold.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        table : DataFrame of shape (n_folds, n_parameters)
            One row for each fold; no column for a system that does not search.

        Raises
        ------
        ValueError
            If no system has that name.
        """
        find_prediction(self, system)
        chosen = self.chosen.get(system or self.name, [])
        return pd.DataFrame(chosen, index=pd.RangeIndex(len(chosen), name="fold"), dtype=object)

    def add_section(self, title: str, content: Any, *, alt: str | None = None, safe: bool = False) -> None:
        """Add a section to the page and to Markdown, for example an explanation of the classifier.

        Parameters
        ----------
        title : str
            Its heading.
        content : str, DataFrame or figure
            Text, which is shown as it is written; a table; or anything with `savefig`, such as a figure of
            matplotlib, which becomes part of the page.
        alt : str, optional
            A figure in words, for those who cannot see it; a figure must have it.
        safe : bool, default=False
            Whether text is HTML that may stand in the page as it is. The page runs no script and loads
            nothing, whatever it says.

        Raises
        ------
        ValueError
            If the title is empty or a figure lacks its words.
        TypeError
            If the content is of another kind.
        """
        self.sections.append(make_section(title, content, alt=alt, safe=safe))

    def to_markdown(self) -> str:
        """Return the report as Markdown, with tables of systems, intervals, classes, confusion and the rest.

        Returns
        -------
        text : str
            The report, ending in a line break.
        """
        return render_markdown(self)

    def _render_json(self) -> str:
        return render_json(self)

    def _render_html(self) -> str:
        return render_document(self)

    def _repr_html_(self) -> str:
        """Return the report for a notebook."""
        return render_fragment(self)

    def __str__(self) -> str:
        return render_text(self)

    def __repr__(self) -> str:
        return render_text(self)

    @cached_property
    def _cache(self) -> dict[Any, Any]:
        return {}

    def _count_patients(self, chosen: np.ndarray) -> int | None:
        return None if self.groups is None else len(np.unique(self.groups[chosen]))
