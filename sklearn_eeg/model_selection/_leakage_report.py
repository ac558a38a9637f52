"""What a check for leaks found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import pandas as pd

SEVERITIES = ("error", "warning", "note")
_SHOWN = 5  # names in a sentence


@dataclass(frozen=True, eq=False)
class Finding:
    """One leak, or one fact that limits what a score can show.

    Parameters
    ----------
    kind : str
        What it is, in one word, such as ``"patient"`` or ``"duplicate"``.
    severity : {"error", "warning", "note"}
        An error makes scores optimistic; a warning may, or hides something else; a note limits what
        they can show.
    sentence : str
        What was found, and what to do.
    indices : ndarray of int
        The windows concerned, ascending; empty where it concerns all or none.
    patients : tuple
        The patients concerned, as named in `groups`.

    Examples
    --------
    >>> from sklearn_eeg.model_selection import Finding
    >>> Finding("no_patients", "warning", "The patients are unknown.")
    Finding(kind='no_patients', severity='warning', sentence='The patients are unknown.')
    """

    kind: str
    severity: str
    sentence: str
    indices: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int), repr=False)
    patients: tuple = field(default=(), repr=False)


class LeakageReport(Sequence[Finding]):
    """Findings of `check_leakage`, errors first; true if any is an error or a warning.

    Parameters
    ----------
    findings : sequence of Finding
        What was found.

    See Also
    --------
    check_leakage : Makes the report.

    Examples
    --------
    >>> from sklearn_eeg.model_selection import LeakageReport
    >>> clean = LeakageReport([])
    >>> bool(clean), len(clean), str(clean)
    (False, 0, 'No leak found.')
    >>> clean.raise_if_any("error")
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> "LeakageReport": ...

    def __getitem__(self, index: int | slice) -> "Finding | LeakageReport":
        chosen = self._findings[index]
        return LeakageReport(chosen) if isinstance(chosen, tuple) else chosen

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __bool__(self) -> bool:
        return any(finding.severity != "note" for finding in self)

    def raise_if_any(self, severity: str = "error") -> None:
        """Raise if there is a finding at least as severe as this.

        Parameters
        ----------
        severity : {"error", "warning", "note"}, default="error"
            The least severe finding to raise for.

        Raises
        ------
        ValueError
            If there is one; the message holds the sentences of all.
        """
        if severity not in SEVERITIES:
            raise ValueError(f"`severity` must be one of {', '.join(SEVERITIES)}, got {severity!r}.")
        worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
        found = [finding for finding in self if finding.severity in worst]
        if found:
            raise ValueError("The data or the splits leak.\n" + "\n".join(map(_write, found)))

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table.

        Returns
        -------
        table : DataFrame of shape (n_findings, 5)
            Columns `severity`, `kind`, `windows` (how many), `patients` (their names in a tuple) and
            `sentence`.
        """
        rows = [(f.severity, f.kind, len(f.indices), f.patients, f.sentence) for f in self]
        return pd.DataFrame(rows, columns=["severity", "kind", "windows", "patients", "sentence"])

    def __str__(self) -> str:
        lines = list(map(_write, self))
        return "\n".join(lines if self else ["No leak found.", *lines])

    def __repr__(self) -> str:
        counts = {severity: sum(f.severity == severity for f in self) for severity in SEVERITIES}
        return f"LeakageReport({', '.join(f'{n} {name}s' for name, n in counts.items())})"


def _write(finding: Finding) -> str:
    return f"{finding.severity.upper()} ({finding.kind}): {finding.sentence}"


def list_names(values: np.ndarray | None) -> tuple:
    """Return the distinct names, sorted, as Python's own types; none where there are no names.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_eeg.model_selection._leakage_report import list_names
    >>> list_names(np.array([3, 1, 3]))
    (1, 3)
    """
    return () if values is None else tuple(np.unique(values).tolist())


def write_names(names: tuple) -> str:
    """Write the first few names.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._leakage_report import write_names
    >>> write_names((1, 2, 3, 4, 5, 6, 7))
    '1, 2, 3, 4, 5 and 2 more'
    """
    rest = len(names) - _SHOWN
    return ", ".join(map(str, names[:_SHOWN])) + (f" and {rest} more" if rest > 0 else "")


def write_number(number: int, thing: str) -> str:
    """Write how many.

    Examples
    --------
    >>> from sklearn_eeg.model_selection._leakage_report import write_number
    >>> write_number(1, "pair"), write_number(3, "pair")
    ('1 pair', '3 pairs')
    """
    return f"{number} {thing}{'' if number == 1 else 's'}"
