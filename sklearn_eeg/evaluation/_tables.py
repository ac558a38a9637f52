"""Parts of a page: sections, tables, figures and folded parts; all text is escaped unless declared safe."""

from collections.abc import Iterable, Sequence
from html import escape

LONG = 12  # rows; longer tables are folded


class Safe(str):
    """HTML that may stand in the page as it is.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._tables import Safe, as_html
    >>> as_html("a < b"), as_html(Safe("<b>a</b>"))
    ('a &lt; b', '<b>a</b>')
    """


def as_html(value: object) -> str:
    """Return text escaped for HTML, and `Safe` text as it is."""
    return str(value) if isinstance(value, Safe) else escape(str(value))


def section(title: str, body: str, *, lead: str = "") -> str:
    r"""Return a section with a heading of the second level.

    Parameters
    ----------
    title : str
        The heading, escaped here.
    body : str
        HTML.
    lead : str, default=""
        A sentence below the heading, escaped here.

    Returns
    -------
    html : str
        The section.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._tables import section
    >>> section("R & D", "<p>x</p>")
    '<section><h2>R &amp; D</h2>\n<p>x</p></section>'
    """
    soft = f'<p class="soft">{as_html(lead)}</p>\n' if lead else ""
    return f"<section><h2>{as_html(title)}</h2>\n{soft}{body}</section>"


def as_paragraphs(text: str) -> str:
    r"""Return text as escaped paragraphs, without lines that only underline a title.

    Examples
    --------
    >>> from sklearn_eeg.evaluation._tables import as_paragraphs
    >>> as_paragraphs("Title\n-----\n\na < b")
    '<div class="about"><p>Title</p><p>a &lt; b</p></div>'
    """
    lines = ("" if set(line.strip()) <= set("-=~") else line for line in text.strip().splitlines())
    parts = [part.strip() for part in "\n".join(lines).split("\n\n")]
    return f'<div class="about">{"".join(f"<p>{escape(part)}</p>" for part in parts if part)}</div>'


def row(name: object, cells: Iterable[object], *, kind: str = "") -> str:
    """Return a row of a table, the first cell being its heading."""
    body = "".join(f"<td>{as_html(cell)}</td>" for cell in cells)
    return f'<tr{_class(kind)}><th scope="row">{as_html(name)}</th>{body}</tr>'


def table(caption: str, head: Sequence[object], rows: Sequence[str], *, kind: str = "") -> str:
    """Return a table that scrolls sideways where the page is narrow.

    Parameters
    ----------
    caption : str
        What the table holds.
    head : sequence of str
        Headings of the columns, the first of which is that of the row headings.
    rows : sequence of str
        Rows as `row` makes them.
    kind : str, default=""
        Class for the style.

    Returns
    -------
    html : str
        The table.
    """
    cells = "".join(f'<th scope="col">{as_html(each)}</th>' for each in head)
    body = "\n".join(rows)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{as_html(caption)}">'
        f"<table{_class(kind)}>\n<caption><span>{as_html(caption)}</span></caption>\n"
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def long_table(caption: str, head: Sequence[object], rows: Sequence[str], *, kind: str = "") -> str:
    """Return a table, folded where it has more than `LONG` rows."""
    whole = table(caption, head, rows, kind=kind)
    return fold(f"Table of {len(rows)} rows", whole) if len(rows) > LONG else whole


def fold(summary: str, body: str) -> str:
    """Return HTML that opens on a click; print shows it whole."""
    return f"<details><summary>{as_html(summary)}</summary>\n{body}</details>"


def figure(drawing: str, caption: str) -> str:
    """Return a drawing with its caption; `drawing` carries its own description."""
    return f"<figure>{drawing}<figcaption>{as_html(caption)}</figcaption></figure>"


def grid(parts: Sequence[str]) -> str:
    """Return parts beside each other as far as the page is wide."""
    return f'<div class="grid">{"".join(parts)}</div>'


def terms(entries: Iterable[tuple[object, object]], *, kind: str = "") -> str:
    """Return terms and what is said of each."""
    items = "".join(f"<dt>{as_html(term)}</dt><dd>{as_html(text)}</dd>" for term, text in entries)
    return f"<dl{_class(kind)}>{items}</dl>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
