import base64
import re

import pandas as pd
import pytest

from sklearn_eeg.evaluation._sections import make_section


class Drawing:
    def savefig(self, file, **options):
        file.write(b"\x89PNG drawn at %d" % options["dpi"])


def test_text_is_escaped_unless_vouched_for():
    plain = make_section("A & B", "<script>x</script>\n\n# no heading")
    assert "<script" not in plain.html
    assert plain.markdown == "&lt;script>x&lt;/script>\n\n\\# no heading"
    assert make_section("A", "<svg></svg>", safe=True).html == "<svg></svg>"
    assert make_section("A", "<svg></svg>", safe=True, alt="a line").markdown == "a line"


def test_tables():
    frame = pd.DataFrame({"weight": [0.25]}, index=pd.Index(["<F3>"], name="channel"))
    made = make_section("Channels", frame)
    assert "<td>0.250</td>" in made.html
    assert "&lt;F3&gt;" in made.html
    assert "| &lt;F3> | 0.250 |" in made.markdown


def test_figures_become_part_of_the_page_with_their_words():
    made = make_section("Map", Drawing(), alt='F3 is "hot"')
    data = re.search(r'src="data:image/png;base64,([^"]+)"', made.html)[1]
    assert base64.b64decode(data) == b"\x89PNG drawn at 150"
    assert 'alt="F3 is &quot;hot&quot;"' in made.html
    assert made.markdown == 'Figure: F3 is "hot"'
    with pytest.raises(ValueError, match="`alt` must say in words what the figure shows"):
        make_section("Map", Drawing())


def test_a_figure_of_matplotlib():
    figure = pytest.importorskip("matplotlib.figure").Figure(figsize=(1, 1))
    figure.add_subplot().plot([0, 1])
    assert make_section("Map", figure, alt="a line").html.startswith('<figure><img alt="a line" src="data:')


def test_other_content_is_refused():
    with pytest.raises(TypeError, match="`content` must be text, a DataFrame or a figure .* got int."):
        make_section("A", 3)
    with pytest.raises(ValueError, match="`title` must be a heading, got ' '."):
        make_section(" ", "x")
