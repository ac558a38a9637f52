"""Sections that authors add to a report: text, tables, figures, or HTML that they vouch for."""

import base64
import io
from typing import Any, NamedTuple

import pandas as pd

from ._markdown import markdown_table, quote, show_any
from ._tables import as_html, as_paragraphs, figure, long_table, row


class Section(NamedTuple):
    """A section of a report.

    Parameters
    ----------
    title : str
        Its heading.
    html : str
        What stands in the page.
    markdown : str
        What stands in Markdown.
    """

    title: str
    html: str
    markdown: str


def make_section(title: str, content: Any, *, alt: str | None = None, safe: bool = False) -> Section:
    """Turn what an author adds into HTML and Markdown.

    Parameters
    ----------
    title : str
        Heading.
    content : str, DataFrame or figure
        Text, which is escaped; a table; or anything with `savefig`, such as a figure of matplotlib, which
        becomes part of the page.
    alt : str, optional
        A figure in words; needed for one.
    safe : bool, default=False
        Whether text is HTML to be taken as it is.

    Returns
    -------
    section : Section
        The section.

    Raises
    ------
    ValueError
        If the title is empty or a figure lacks its words.
    TypeError
        If the content is of another kind.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._sections import make_section
    >>> make_section("Channels", "F3 < C3").html
    '<div class="about"><p>F3 &lt; C3</p></div>'
    """
    if not isinstance(title, str) or not title.strip():
        raise ValueError(f"`title` must be a heading, got {title!r}.")
    if hasattr(content, "savefig"):
        if not alt:
            raise ValueError(
                "`alt` must say in words what the figure shows, for those who cannot see it, got None."
            )
        return Section(title, figure(_draw(content, alt), alt), f"Figure: {quote(alt)}")
    if isinstance(content, pd.DataFrame):
        rows = [row(name, map(show_any, values)) for name, *values in content.itertuples(name=None)]
        head = [content.index.name or "", *content.columns]
        return Section(title, long_table(alt or title, head, rows), markdown_table(content))
    if not isinstance(content, str):
        raise TypeError(
            f"`content` must be text, a DataFrame or a figure with `savefig`, got {type(content).__name__}."
        )
    if safe:
        return Section(title, content, quote(alt or "See the page."))
    paragraphs = (" ".join(quote(line) for line in each.splitlines()) for each in content.split("\n\n"))
    return Section(title, as_paragraphs(content), "\n\n".join(paragraphs))


def _draw(drawing: Any, alt: str) -> str:
    buffer = io.BytesIO()
    drawing.savefig(buffer, format="png", dpi=150, bbox_inches="tight")
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img alt="{as_html(alt)}" src="data:image/png;base64,{data}">'
