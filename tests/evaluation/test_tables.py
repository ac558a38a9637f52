import re

from sklearn_eeg.evaluation._tables import (
    LONG,
    Safe,
    as_paragraphs,
    figure,
    fold,
    grid,
    long_table,
    row,
    section,
    table,
    terms,
)

NASTY = '<b>&"'
ESCAPED = "&lt;b&gt;&amp;&quot;"


def test_everything_is_escaped_unless_declared_safe():
    parts = [
        section(NASTY, "", lead=NASTY),
        row(NASTY, [NASTY]),
        table(NASTY, [NASTY], []),
        fold(NASTY, ""),
        figure("", NASTY),
        terms([(NASTY, NASTY)]),
        as_paragraphs(NASTY),
    ]
    for part in parts:
        assert NASTY not in part
        assert ESCAPED in part
    assert "<i>x</i>" in row(Safe("<i>x</i>"), [])


def test_a_table_names_its_columns_rows_and_itself():
    text = table("What it is", ["a", "b"], [row("r", [1], kind="model")], kind="heat")
    assert '<table class="heat">' in text
    assert "<caption><span>What it is</span></caption>" in text
    assert re.findall(r'<th scope="(\w+)">(\w)</th>', text) == [("col", "a"), ("col", "b"), ("row", "r")]
    assert '<tr class="model">' in text
    assert 'tabindex="0" role="group" aria-label="What it is"' in text  # it scrolls by keyboard


def test_long_tables_are_folded():
    rows = [row(number, []) for number in range(LONG + 1)]
    assert long_table("t", ["x"], rows[:-1]).startswith("<div")
    folded = long_table("t", ["x"], rows)
    assert folded.startswith(f"<details><summary>Table of {LONG + 1} rows</summary>")
    assert folded.count("<tr") == LONG + 2


def test_paragraphs_leave_out_underlines():
    text = as_paragraphs("Title\n=====\n\na\nb\n\n\n~~~\nc")
    assert text == '<div class="about"><p>Title</p><p>a\nb</p><p>c</p></div>'


def test_parts_stand_in_a_grid():
    assert grid(["<p>1</p>", "<p>2</p>"]) == '<div class="grid"><p>1</p><p>2</p></div>'
