"""The page of a fidelity report: whole, alone, legible without its pictures."""

import base64
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from sklearn_eeg.sampling import _fidelity_html, fidelity_report

VOID = {"meta", "img", "br"}


@pytest.fixture(scope="module")
def report():
    x, y = np.random.default_rng(0).normal(size=(80, 64)), np.tile(["rest", "<b>seizure</b>"], 40)
    with pytest.warns(UserWarning, match="`groups` is missing"):
        return fidelity_report(
            x, y, x[:40], y[:40], sfreq=64, beside={"noise & <i>": (5 * x[::-1], y[::-1])}, n_halvings=1
        )


@pytest.fixture(scope="module")
def page(report):
    return report.to_html()


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_whole_and_asks_for_nothing(page):
    pytest.importorskip("matplotlib")
    reader = read(page)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "iframe", "object", "i", "b"}
    for _, attrs in reader.tags:
        assert not any(name.startswith("on") for name in attrs)
        assert "href" not in attrs
        assert attrs.get("src", "data:").startswith("data:image/png;base64,") or "src" not in attrs
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_names_and_labels_stand_as_they_are(page):
    text = " ".join(read(page).text)
    assert "noise & <i>" in text
    assert "<b>seizure</b>" in text


def test_pictures_are_within_and_have_words(page):
    pytest.importorskip("matplotlib")
    pictures = [attrs for tag, attrs in read(page).tags if tag == "img"]
    assert len(pictures) == 2 * 2 + 1
    assert all(len(each["alt"]) > 40 for each in pictures)
    for each in pictures:
        assert base64.b64decode(each["src"].partition(",")[2]).startswith(b"\x89PNG")


def test_the_tables_have_the_figures(report, page):
    text = " ".join(read(page).text)
    assert "Read with care" in text
    assert "synthetic: holds copies of real windows" in text
    assert "Log-spectrum distance (dB)" in text
    assert "real against real, class rest" in text
    rows = re.findall(r'<th scope="row">', page)
    known = report.figures.dropna(how="all")
    assert len(rows) == len(known) + 2 + 3 * 2


def test_without_matplotlib_the_page_says_so(report, monkeypatch):
    def refuse(module, **options):
        raise ImportError(f"{options['needed_by']} needs {module}")

    monkeypatch.setattr(_fidelity_html, "import_optional", refuse)
    page = report.to_html()
    assert "<img" not in page
    assert "the pictures of a fidelity report needs matplotlib" in page


def test_bands_say_where_the_power_differs(page):
    louder = re.search(r"noise &amp; &lt;i&gt;, class rest</th><td>([+-][\d.]+) \(to ([\d.]+) in ch0\)", page)
    assert float(louder[1]) == float(louder[2]) == pytest.approx(14, abs=1)  # five times as loud


def test_a_notebook_has_the_same_without_the_frame(report, monkeypatch):
    monkeypatch.setattr(_fidelity_html, "_render_picture", lambda draw, text: "")
    fragment = report._repr_html_()
    assert fragment in report.to_html()
    assert "<html" not in fragment


def test_the_page_is_written(report, page, tmp_path):
    path = report.to_html(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == page
    with pytest.raises(FileNotFoundError, match="the folder .* does not exist; create it"):
        report.to_json(tmp_path / "no" / "figures.json")
