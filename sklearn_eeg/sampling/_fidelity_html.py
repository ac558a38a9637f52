"""A fidelity report as one page of HTML: no script, nothing fetched, pictures within."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from .._optional import import_optional
from .._page import as_fragment, as_page
from ._fidelity_inputs import REAL
from ._fidelity_scores import METRICS
from ._fidelity_text import describe_halvings, figures_as_text, show, verdicts

if TYPE_CHECKING:
    from ._fidelity_result import FidelityReport

_MOST_CLASSES = 4  # with pictures of their own


def render_document(report: FidelityReport) -> str:
    """Return the report as a whole page of HTML."""
    return as_page("Fidelity of synthetic windows", render_fragment(report))


def render_fragment(report: FidelityReport) -> str:
    """Return the report as HTML to be shown inside another page, with a style of its own."""
    parts = [
        _render_head(report),
        _render_figures(report),
        _render_classes(report),
        _render_pictures(report),
        _render_bands(report),
        _render_meanings(report),
    ]
    return as_fragment(parts)


def _render_head(report: FidelityReport) -> str:
    badges = "".join(
        f'<span class="badge {"bad" if found else "good"}">{escape(text.rstrip("."))}</span>'
        for text, found in zip(verdicts(report), report.memorised.values(), strict=True)
    )
    box = "".join(f"<p>{escape(text)}</p>" for text in report.warnings)
    return (
        f"<header>{badges}\n<h1>Fidelity of synthetic windows</h1>\n"
        f'<p class="soft">Each set beside real windows of other patients, {report.n_matched} of either; '
        f"means over {describe_halvings(report)}. The last column is the other half of the real windows: "
        "what a perfect generator would have.</p></header>"
        + (f'\n<div class="box" role="note"><strong>Read with care</strong>{box}</div>' if box else "")
    )


def _render_table(table: pd.DataFrame, caption: str) -> str:
    """Return a table of texts whose last column is the reference."""
    names = [str(table.index.name or ""), *map(str, table.columns)]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = []
    for label, row in table.iterrows():
        cells = [f"<td{_mark(name)}>{escape(str(text))}</td>" for name, text in row.items()]
        rows.append(f'<tr><th scope="row">{escape(str(label))}</th>{"".join(cells)}</tr>')
    return (
        '<div class="scroll" tabindex="0"><table class="wraps">'
        f"<caption><span>{escape(caption)}</span></caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _mark(name: Any) -> str:
    return ' class="reference"' if name == REAL else ""


def _render_figures(report: FidelityReport) -> str:
    level = f"{report.confidence_level:.0%}"
    caption = f"In brackets: {level} interval, a bootstrap over patients and synthetic windows."
    return f"<section><h2>Figures</h2>{_render_table(figures_as_text(report), caption)}</section>"


def _render_classes(report: FidelityReport) -> str:
    table = report.by_class.map(show)
    caption = "Log-spectrum distance of each class, in dB; smaller is better."
    return f"<section><h2>Classes</h2>{_render_table(table, caption)}</section>"


def _render_bands(report: FidelityReport) -> str:
    """Return differences of band power: the mean over the channels, and the largest with its channel."""
    texts = [_show_channels(row) for _, row in report.by_band.iterrows()]
    index = report.by_band.index
    bands = list(index.get_level_values("band").unique())
    table = pd.Series(texts, index=index).unstack("band", sort=False)[bands]
    table.index = pd.Index([f"{system}, class {label}" for system, label in table.index], name="set, class")
    caption = (
        "Band power above that of the real windows, in dB: mean over the channels, and the largest "
        "difference. Of real against real the root mean square difference of the halves."
    )
    return f"<section><h2>Bands</h2>{_render_table(table, caption)}</section>"


def _show_channels(differences: pd.Series) -> str:
    sizes = differences.abs().dropna()
    if sizes.empty:
        return "–"
    return f"{differences.mean():+.1f} (to {sizes.max():.1f} in {sizes.idxmax()})"


def _render_pictures(report: FidelityReport) -> str:
    try:
        import_optional("matplotlib", extra="plot", needed_by="the pictures of a fidelity report")
    except ImportError as error:
        return f'<section><h2>Pictures</h2><p class="soft">{escape(str(error))}</p></section>'
    figures, sets = [], ", ".join(report.systems[:-1])
    for label in report.classes[:_MOST_CLASSES]:
        text = f"Mean log spectra of class {label}: real windows (90 % of them shaded) and {sets}."
        figures.append(_render_picture(partial(report.plot_spectra, label=label), text))
        text = f"Windows of class {label}: three real ones above, three of {report.systems[0]} below."
        figures.append(_render_picture(partial(report.plot_traces, label=label), text))
    text = (
        f"Real windows and {sets} along two principal components of the real ones; those beyond on the edge."
    )
    figures.append(_render_picture(report.plot_embedding, text))
    return f'<section><h2>Pictures</h2><div class="grid wide">{"".join(figures)}</div></section>'


def _render_picture(draw: Callable[[Any], Any], text: str) -> str:
    """Return a picture of matplotlib within the page, drawn without touching the user's figures."""
    figure_module = import_optional("matplotlib.figure", extra="plot", needed_by="FidelityReport.to_html")
    figure = figure_module.Figure(figsize=(6.4, 4.2), layout="constrained")
    draw(figure.subplots())
    file = BytesIO()
    figure.savefig(file, format="png", dpi=110)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<figure><img alt="{escape(text)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(text)}</figcaption></figure>"
    )


def _render_meanings(report: FidelityReport) -> str:
    known = report.figures.dropna(how="all").index
    items = "".join(
        f"<dt>{escape(METRICS[name].title)}</dt><dd>{escape(METRICS[name].meaning)} Best: "
        f"{escape(METRICS[name].better)}.</dd>"
        for name in known
    )
    return f"<section><h2>What the figures mean</h2><dl>{items}</dl></section>"
