"""What a run over recordings found, as text, a page and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from .._files import Written
from .._page import as_fragment, as_page
from ..evaluation._json import as_plain
from ..evaluation._score_events import EventScores
from ..evaluation._tables import long_table, row, section, table

_SHOWN = ("status", "hours", "n_events", "reason")
_HOURS_PER_DAY = 24


@dataclass(frozen=True)
class RunReport(Written):
    """The outcome of `detect`, and of its scoring where the truth is known.

    Parameters
    ----------
    manifest : DataFrame
        What `detect` returned.
    scores : EventScores or None, default=None
        What `score_events` returned.
    title : str, default="Seizure detection"
        Title of the page.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_eeg.detection._run_report import RunReport
    >>> rows = [("a.edf", "done", "", 12.0, 3), ("b.edf", "failed", "it is empty", None, None)]
    >>> manifest = pd.DataFrame(rows, columns=["path", "status", "reason", "hours", "n_events"])
    >>> print(RunReport(manifest))
    1 of 2 recordings done, 12.0 h, 3 events (6.0 in 24 h).
    Failed:
      b.edf: it is empty
    """

    manifest: pd.DataFrame
    scores: EventScores | None = None
    title: str = "Seizure detection"

    @property
    def n_failed(self) -> int:
        """Number of recordings that failed."""
        return int((self.manifest["status"] != "done").sum())

    def __str__(self) -> str:
        parts = [self._sum_up()]
        if self.n_failed:
            failed = self.manifest[self.manifest["status"] != "done"]
            told = zip(failed["path"], failed["reason"], strict=True)
            parts += ["Failed:", *(f"  {path}: {reason}" for path, reason in told)]
        if self.scores is not None:
            parts += ["", str(self.scores)]
        return "\n".join(parts)

    def _sum_up(self) -> str:
        done = self.manifest[self.manifest["status"] == "done"]
        text = f"{len(done)} of {len(self.manifest)} recordings done"
        if len(done):
            hours, n_events = float(done["hours"].sum()), int(done["n_events"].sum())
            text += f", {hours:.1f} h, {n_events} events ({n_events * _HOURS_PER_DAY / hours:.1f} in 24 h)"
        return f"{text}."

    def _render_json(self) -> str:
        content = {"title": self.title, "summary": self._sum_up(), "recordings": self.manifest}
        if self.scores is not None:
            content["figures"] = self.scores.to_frame().reset_index()
            content["seizures"] = self.scores.seizures
        return json.dumps(as_plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"

    def _render_html(self) -> str:
        shown = [name for name in _SHOWN if name in self.manifest]
        rows = _rows(self.manifest.set_index("path")[shown])
        parts = [f"<h1>{escape(self.title)}</h1>", self._render_scores()]
        parts.append(
            section(
                "Recordings",
                long_table("One row for each recording", ["recording", *shown], rows),
                lead=self._sum_up(),
            )
        )
        return as_page(self.title, as_fragment(parts))

    def _render_scores(self) -> str:
        if self.scores is None:
            return ""
        figures = self.scores.to_frame()
        caption = (
            f"{self.scores.confidence_level:.0%} intervals: low and high take seizures and alarms as "
            "independent, patient_low and patient_high are of resampled patients."
        )
        return section(
            "Figures",
            table(caption, ["figure", *figures.columns], _rows(figures)),
            lead=str(self.scores.rules),
        )


def _rows(frame: pd.DataFrame) -> Sequence[str]:
    return [row(name, map(_show, cells)) for name, cells in zip(frame.index, frame.to_numpy(), strict=True)]


def _show(value: object) -> str:
    if isinstance(value, float):
        return "–" if pd.isna(value) else f"{value:.3f}".removesuffix(".000")
    return str(value)
