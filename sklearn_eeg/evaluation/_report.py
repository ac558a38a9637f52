"""The report of an evaluation: the predictions, and their figures as tables, text and a page."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from .._files import write_text
from ._html import render_document, render_fragment
from ._metrics import CLASS_TITLES, METRICS, TITLES, per_class, show


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one system said of every window while the window was held out.

    Parameters
    ----------
    y_pred : ndarray of shape (n_windows,)
        Predicted label of each window.
    y_score : ndarray of shape (n_windows, n_classes) or None
        Score of each class (probability or decision value), None where the system gives none.
    """

    y_pred: np.ndarray
    y_score: np.ndarray | None

    def __repr__(self) -> str:
        scores = "no scores" if self.y_score is None else f"scores for {self.y_score.shape[1]} classes"
        return f"Prediction(of {len(self.y_pred)} windows, {scores})"


@dataclass(frozen=True, eq=False, repr=False)
class EvaluationReport:
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

    See Also
    --------
    evaluate : Makes the report.

    Notes
    -----
    It holds no date, so the same data and the same classifier give the same report.

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

    def to_frame(self) -> pd.DataFrame:
        """Return the figures of every system.

        Returns
        -------
        figures : DataFrame of shape (n_systems, n_metrics)
            One row for each system, the evaluated one first and chance last. Figures are taken once
            on the pooled windows; `roc_auc` is NaN for a system without scores.
        """
        rows = {
            system: [
                metric(self.y_true, said.y_pred, said.y_score, self.classes) for metric in METRICS.values()
            ]
            for system, said in self.predictions.items()
        }
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(METRICS), dtype=float)
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
            Columns `precision`, `recall` (sensitivity), `f1`, `roc_auc` (against all other
            classes), `windows` and `patients` (missing where patients are unknown).

        Raises
        ------
        ValueError
            If no system has that name.
        """
        said = self._find(system)
        figures = per_class(self.y_true, said.y_pred, said.y_score, self.classes)
        table = pd.DataFrame(figures, index=pd.Index(self.target_names, name="class"))
        table["windows"] = [int((self.y_true == label).sum()) for label in self.classes]
        patients = [self._count_patients(self.y_true == label) for label in self.classes]
        return table.assign(patients=pd.array(patients, dtype="Int64"))

    def confusion(self, system: str | None = None) -> pd.DataFrame:
        """Return how many windows of each class were given each label.

        Parameters
        ----------
        system : str, optional
            Name of a system, by default the evaluated one.

        Returns
        -------
        counts : DataFrame of shape (n_classes, n_classes)
            Numbers of windows: true classes in rows, predicted classes in columns.

        Raises
        ------
        ValueError
            If no system has that name.
        """
        said = self._find(system)
        return pd.DataFrame(
            confusion_matrix(self.y_true, said.y_pred, labels=self.classes),
            index=pd.Index(self.target_names, name="true"),
            columns=pd.Index(self.target_names, name="predicted"),
        )

    def to_markdown(self) -> str:
        """Return the report as Markdown, with one table each for systems, classes and confusion.

        Returns
        -------
        text : str
            The report, ending in a line break.
        """
        figures, confusion = self.to_frame().rename(columns=TITLES), self.confusion()
        confusion.index = confusion.index.rename("true \\ predicted")
        parts = [
            f"# Evaluation of {_quote(self.name)}",
            f"{self._describe_data()} {self.split}.",
            *(f"> **Warning:** {_quote(text)}" for text in self.warnings),
            _markdown_table(figures),
            f"## Classes ({_quote(self.name)})",
            _markdown_table(self.per_class().rename(columns=CLASS_TITLES)),
            f"## Confusion ({_quote(self.name)})",
            _markdown_table(confusion),
        ]
        if self.description:
            parts += [
                "## About the data",
                *(f"> {_quote(line)}" for line in self.description.splitlines() if line),
            ]
        return "\n\n".join(parts) + "\n"

    @overload
    def to_html(self, path: None = None) -> str: ...

    @overload
    def to_html(self, path: str | os.PathLike[str]) -> Path: ...

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str | Path:
        """Return the report as one page, or write it.

        Parameters
        ----------
        path : path-like, optional
            Where to write the page; its folder must exist.

        Returns
        -------
        page : str or Path
            The page, or the absolute path of its file where `path` is given.

        Raises
        ------
        FileNotFoundError
            If the folder of `path` does not exist.

        Notes
        -----
        The page holds its style and runs no script, and it asks the network for nothing.
        """
        page = render_document(self)
        return page if path is None else write_text(path, page)

    def _repr_html_(self) -> str:
        """Return the report for a notebook."""
        return render_fragment(self)

    def __str__(self) -> str:
        figures = self.to_frame().rename(columns=TITLES).T.rename_axis(columns=None)
        parts = [
            f"Evaluation of {self.name}: {self.split}. {self._describe_data()}",
            *(f"Warning: {text}" for text in self.warnings),
            figures.map(show).to_string(),
            self.per_class().astype(object).map(_show_any).to_string(),
        ]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return str(self)

    def _find(self, system: str | None) -> Prediction:
        name = self.name if system is None else system
        if name not in self.predictions:
            raise ValueError(f"`system` must be one of {list(self.predictions)}, got {system!r}.")
        return self.predictions[name]

    def _count_patients(self, chosen: np.ndarray) -> int | None:
        return None if self.groups is None else len(np.unique(self.groups[chosen]))

    def _describe_data(self) -> str:
        return f"{len(self.y_true)} windows, {len(self.classes)} classes."


def _quote(text: object) -> str:
    """Write text so that Markdown neither ends a table cell at it nor takes it for a tag."""
    for character in "\\`*_|#":
        text = str(text).replace(character, f"\\{character}")
    return " ".join(str(text).replace("&", "&amp;").replace("<", "&lt;").split())


def _markdown_table(frame: pd.DataFrame) -> str:
    head = [str(frame.index.name), *map(str, frame.columns)]
    lines = [_markdown_row(head), "|" + " --- |" + " ---: |" * frame.shape[1]]
    for label, row in zip(frame.index, frame.itertuples(index=False), strict=True):
        lines.append(_markdown_row([str(label), *map(_show_any, row)]))
    return "\n".join(lines)


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_quote(cell) for cell in cells) + " |"


def _show_any(value: object) -> str:
    if value is pd.NA:
        return "–"
    return show(value) if isinstance(value, float) else str(value)
