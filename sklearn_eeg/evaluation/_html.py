"""The report of an evaluation as one page of HTML: no script, nothing fetched, fit for print."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ._metrics import CLASS_TITLES, MEANINGS, TITLES, show

if TYPE_CHECKING:
    from ._report import EvaluationReport

_HEADLINE = ("balanced_accuracy", "roc_auc", "macro_f1", "matthews_correlation")
_BADGES = {
    True: ("good", "Split by patient"),
    False: ("bad", "Not split by patient"),
    None: ("bad", "Patients unknown"),
}
_HEAT = (6, 78, 98)
_WHITE_INK_ABOVE = 0.735  # where white and black are about equally legible on the heat colour

_STYLE = """
.eeg-report { --ink: #17222d; --soft: #526170; --line: #dde4ea; --wash: #f4f7f9; --heat: #0d6378;
  --bad: #8a3b00; --bad-wash: #fff4e5; color: var(--ink); background: #fff; max-width: 62rem;
  margin: 0 auto; padding: 1.75rem 1.25rem 2.5rem; box-sizing: border-box; text-align: left;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans",
  sans-serif; -webkit-text-size-adjust: 100%; }
.eeg-report *, .eeg-report *::before { box-sizing: border-box; }
.eeg-report h1 { font-size: 1.9rem; line-height: 1.2; margin: .55rem 0 .3rem; font-weight: 680;
  letter-spacing: -.015em; overflow-wrap: anywhere; }
.eeg-report h2 { font-size: 1.15rem; margin: 0 0 .6rem; font-weight: 650; }
.eeg-report section { margin-top: 2.1rem; }
.eeg-report p { margin: .3rem 0; max-width: 46rem; }
.eeg-report .soft, .eeg-report caption { color: var(--soft); font-size: .875rem; }
.eeg-report .badge { display: inline-block; padding: .1rem .65rem; border-radius: 1rem;
  font-size: .8rem; font-weight: 620; border: 1px solid; }
.eeg-report .good { color: #0a5a45; background: #e6f5ef; border-color: #a9d8c6; }
.eeg-report .bad { color: var(--bad); background: var(--bad-wash); border-color: #f0c58c; }
.eeg-report .box { border: 1px solid #f0c58c; border-left: .35rem solid #d97706; color: #5c2a00;
  background: var(--bad-wash); border-radius: .4rem; padding: .7rem 1rem; margin-top: 1.1rem; }
.eeg-report .tiles { display: grid; gap: .75rem; margin-top: 1.2rem;
  grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
.eeg-report .tile { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem .95rem;
  display: flex; flex-direction: column; justify-content: flex-end; }
.eeg-report .tile.first { background: var(--wash); border-color: #b7cfd6; }
.eeg-report .tile .what { font-size: .85rem; color: var(--soft); font-weight: 560; }
.eeg-report .tile .value { font-size: 1.95rem; line-height: 1.25; font-weight: 680;
  letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.eeg-report .tile.first .value { color: var(--heat); }
.eeg-report .track { position: relative; height: .4rem; border-radius: .2rem; margin: .35rem 0;
  background: #e3e9ee; }
.eeg-report .fill { position: absolute; inset: 0 auto 0 0; border-radius: .2rem;
  background: var(--heat); }
.eeg-report .tick { position: absolute; top: -.2rem; bottom: -.2rem; width: 3px;
  margin-left: -1.5px; background: var(--ink); box-shadow: 0 0 0 1px #fff; }
@media (min-width: 56rem) {
  .eeg-report .two { display: grid; gap: 0 2rem;
    grid-template-columns: minmax(0, 21fr) minmax(0, 34fr); }
}
.eeg-report .scroll { overflow-x: auto; }
.eeg-report .tiles + p { margin-top: .7rem; }
.eeg-report caption span { position: sticky; left: 0; display: inline-block;
  max-width: min(100%, calc(100vw - 2.2rem)); }
.eeg-report table { border-collapse: collapse; width: 100%; margin: 0; font-size: .925rem;
  font-variant-numeric: tabular-nums; }
.eeg-report caption { text-align: left; padding: 0 0 .5rem; caption-side: top; }
.eeg-report th, .eeg-report td { padding: .42rem .6rem; text-align: right; white-space: nowrap;
  border: 0 solid var(--line); border-bottom-width: 1px; background: none; }
.eeg-report thead th { color: var(--soft); font-weight: 600; font-size: .83rem;
  white-space: normal; vertical-align: bottom; border-bottom: 2px solid #c3ced7; }
.eeg-report th[scope=row], .eeg-report thead th:first-child { text-align: left;
  padding-left: .25rem; }
.eeg-report th[scope=row] { font-weight: 560; }
.eeg-report tr.model > * { background: var(--wash); font-weight: 680; }
.eeg-report .heat td, .eeg-report .heat thead th + th { text-align: center; }
.eeg-report .heat td { border: 2px solid #fff; border-radius: .4rem; width: 20rem;
  min-width: 3.9rem; padding: .55rem .3rem; line-height: 1.25; }
.eeg-report .heat thead th { padding-left: .2rem; padding-right: .2rem; }
.eeg-report .heat th { border-bottom: 0; }
.eeg-report .heat td b { display: block; font-weight: 660; font-size: 1rem; }
.eeg-report .heat td span { font-size: .78rem; }
.eeg-report .about { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46rem;
  font-size: .925rem; color: #33414e; }
.eeg-report dl { margin: 0; display: grid; gap: .35rem 1.2rem;
  grid-template-columns: minmax(9rem, auto) 1fr; }
.eeg-report dt { font-weight: 600; }
.eeg-report dd { margin: 0; color: #33414e; }
.eeg-report pre { background: var(--wash); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem 1rem; margin: 0; font: .84rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas,
  "DejaVu Sans Mono", monospace; color: var(--ink); overflow-x: auto; }
.eeg-report footer { margin-top: 1.6rem; }
@media (max-width: 34rem) {
  .eeg-report { padding: 1.1rem .9rem 2rem; }
  .eeg-report h1 { font-size: 1.55rem; }
  .eeg-report .tiles { grid-template-columns: 1fr 1fr; gap: .55rem; }
  .eeg-report .tile { padding: .6rem .7rem; }
  .eeg-report .tile .value { font-size: 1.6rem; }
  .eeg-report th[scope=row] { white-space: normal; min-width: 6.5rem; }
  .eeg-report dl { grid-template-columns: 1fr; gap: .1rem; }
  .eeg-report dd { margin-bottom: .6rem; }
}
@media print {
  .eeg-report { max-width: none; padding: 0; font-size: 10.5pt; -webkit-print-color-adjust: exact;
    print-color-adjust: exact; }
  .eeg-report section, .eeg-report tr, .eeg-report .tiles, .eeg-report .box { break-inside: avoid; }
  .eeg-report .scroll { overflow: visible; }
  .eeg-report pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evaluation of {title}</title>
<style>body {{ margin: 0; background: #fff; }}</style>
</head>
<body>
{body}
</body>
</html>
"""


def render_document(report: EvaluationReport) -> str:
    """Return the report as a whole page of HTML."""
    return _PAGE.format(title=escape(report.name), body=render_fragment(report))


def render_fragment(report: EvaluationReport) -> str:
    """Return the report as HTML to be shown inside another page, with a style of its own."""
    figures = report.to_frame()
    parts = [
        _render_head(report),
        _render_headline(report, figures),
        f'<div class="two">{_render_data(report)}{_render_confusion(report)}</div>',
        _render_systems(report, figures),
        _render_classes(report),
        _render_description(report),
        _render_meanings(),
        _render_origin(report),
    ]
    return f'<style>{_STYLE}</style>\n<main class="eeg-report">\n' + "\n".join(parts) + "\n</main>"


def _render_head(report: EvaluationReport) -> str:
    kind, badge = _BADGES[report.patient_wise]
    texts = "".join(f"<p>{escape(text)}</p>" for text in report.warnings)
    box = f'\n<div class="box" role="note"><strong>Read with care</strong>{texts}</div>'
    return (
        f'<header><span class="badge {kind}">{badge}</span>\n<h1>{escape(report.name)}</h1>\n'
        f'<p class="soft">How it was split: {escape(report.split)}.</p></header>'
        f"{box if report.warnings else ''}"
    )


def _render_headline(report: EvaluationReport, figures: pd.DataFrame) -> str:
    model, chance = figures.iloc[0], figures.iloc[-1]
    tiles = [
        f'<div class="tile{" first" * (not number)}"><div class="what">{TITLES[metric]}</div>'
        f'<div class="value">{show(model[metric])}</div>'
        f"{_render_track(model[metric], chance[metric])}"
        f'<div class="soft">chance {show(chance[metric])}</div></div>'
        for number, metric in enumerate(_HEADLINE)
    ]
    held_out = "patients" if report.patient_wise else "windows"
    sentence = (
        f"Each window was judged by a model fitted without it, on held-out {held_out}. "
        "Chance gives every window the most frequent class; the dark tick marks it."
    )
    return (
        f'<section aria-label="Headline"><div class="tiles">{"".join(tiles)}</div>\n'
        f'<p class="soft">{sentence}</p></section>'
    )


def _render_track(value: float, chance: float) -> str:
    """Return a bar from 0 to 1 with a tick at chance; figures below 0 stand at 0."""
    fill, tick = (min(max(each, 0.0), 1.0) * 100 for each in (value, chance))
    if value != value:
        return '<div class="track"></div>'
    return (
        f'<div class="track"><div class="fill" style="width:{fill:.1f}%"></div>'
        f'<div class="tick" style="left:{tick:.1f}%"></div></div>'
    )


def _render_data(report: EvaluationReport) -> str:
    table = report.per_class()
    patients = "unknown" if report.groups is None else str(len(set(report.groups.tolist())))
    total = len(report.y_true)
    rows = [
        _row(name, [str(windows), f"{windows / total:.0%}", _show_count(people)])
        for name, windows, people in zip(
            report.target_names, table["windows"], table["patients"], strict=True
        )
    ]
    rows.append(_row("All", [str(total), "100%", patients]))
    caption = f"{total} windows; patients: {patients}; {len(report.classes)} classes."
    return _section("Data", _table(caption, ["Class", "Windows", "Share", "Patients"], rows))


def _render_confusion(report: EvaluationReport) -> str:
    counts = report.confusion()
    rows = []
    for name, row in zip(report.target_names, counts.to_numpy(), strict=True):
        cells = "".join(_heat_cell(int(count), count / row.sum()) for count in row)
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    caption = "True class in rows, predicted class in columns: windows, and their share of the row."
    head = ["True \\ predicted", *report.target_names]
    return _section("Confusion matrix", _table(caption, head, rows, kind="heat"))


def _heat_cell(count: int, share: float) -> str:
    red, green, blue = (round(255 + (tone - 255) * share) for tone in _HEAT)
    ink = "#fff" if share > _WHITE_INK_ABOVE else "#000"
    style = f"background:rgb({red},{green},{blue});color:{ink}"
    return f'<td style="{style}"><b>{count}</b><span>{share:.0%}</span></td>'


def _render_systems(report: EvaluationReport, figures: pd.DataFrame) -> str:
    rows = [
        _row(str(system), [show(value) for value in row], kind="model" * (system == report.name))
        for system, row in zip(figures.index, figures.to_numpy(), strict=True)
    ]
    caption = "Figures of all systems on the same folds, pooled over the held-out windows."
    head = ["System", *(TITLES[metric] for metric in figures.columns)]
    return _section("All systems", _table(caption, head, rows))


def _render_classes(report: EvaluationReport) -> str:
    table = report.per_class()
    rows = [
        _row(name, [*map(show, figures), str(windows), _show_count(patients)])
        for name, *figures, windows, patients in table.itertuples()
    ]
    caption = f"How {report.name} does in each class; ROC AUC is of the class against all others."
    head = ["Class", *(CLASS_TITLES[column] for column in table.columns)]
    return _section("Classes", _table(caption, head, rows))


def _render_description(report: EvaluationReport) -> str:
    if not report.description:
        return ""
    return _section("About the data", f'<div class="about">{escape(report.description.strip())}</div>')


def _render_meanings() -> str:
    entries = "".join(f"<dt>{TITLES[metric]}</dt><dd>{text}</dd>" for metric, text in MEANINGS.items())
    return _section("What the figures mean", f"<dl>{entries}</dl>")


def _render_origin(report: EvaluationReport) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return (
        _section("Classifier", f'<pre tabindex="0">{escape(report.estimator)}</pre>')
        + f'\n<footer class="soft">Made with {escape(versions)}; random_state='
        f"{escape(str(report.random_state))}.</footer>"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>"


def _table(caption: str, head: list[str], rows: list[str], *, kind: str = "") -> str:
    cells = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    body = "\n".join(rows)
    return (
        f'<div class="scroll" tabindex="0"><table class="{kind}">\n'
        f"<caption><span>{escape(caption)}</span></caption>\n"
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _row(name: str, cells: list[str], *, kind: str = "") -> str:
    body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr class="{kind}"><th scope="row">{escape(name)}</th>{body}</tr>'


def _show_count(value: object) -> str:
    return "–" if value is pd.NA else str(value)
