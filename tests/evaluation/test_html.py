import http.server
import re
import shutil
import subprocess
import threading
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest

from sklearn_eeg.evaluation import EvaluationReport
from sklearn_eeg.evaluation._html import _render_track
from sklearn_eeg.evaluation._metrics import MEANINGS, TITLES
from sklearn_eeg.evaluation._panels import heat_cell
from sklearn_eeg.evaluation._report import Prediction
from sklearn_eeg.model_selection import Finding

VOID = {"meta"}
NASTY = "<script>alert('x')</script>&\""


class Page(HTMLParser):
    """Reads a page; every tag that is opened must be closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self._open = [], [], []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and self._open[-1] != "style":
            self.texts.append(data)

    def named(self, tag):
        return [attributes for each, attributes in self.tags if each == tag]


def make_report(**changes):
    y_true = np.repeat([0, 1, 2], [10, 6, 4])
    y_pred = np.array([0] * 8 + [1, 2] + [1] * 3 + [0] * 3 + [2] * 4)
    values = {
        "name": "SVM",
        "classes": np.arange(3),
        "target_names": ("rest", "focal", "absence"),
        "y_true": y_true,
        "groups": np.tile(np.arange(5), 4),
        "fold": np.tile(np.arange(5), 4),
        "predictions": {
            "SVM": Prediction(y_pred, np.eye(3)[y_pred]),
            "chance": Prediction(np.zeros(20, dtype=int), np.full((20, 3), 1 / 3)),
        },
        "split": "5 folds by patient (StratifiedGroupKFold), 5 patients",
        "patient_wise": True,
        "warnings": (),
        "estimator": "SVC(C=3.0)",
        "versions": {"python": "3.11.0", "numpy": "2.0.0"},
        "random_state": 0,
    }
    return EvaluationReport(**{**values, **changes})


def test_the_page_is_well_formed_and_in_english():
    text = make_report().to_html()
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert page.named("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in page.named("meta")
    assert any(each.get("name") == "viewport" for each in page.named("meta"))


def test_the_page_asks_the_network_for_nothing_and_runs_nothing():
    text = make_report().to_html()
    tags = {tag for tag, _ in Page(text).tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not re.search(r"https?:|//|url\(|@import|src=|href=|\son\w+=", text)


def test_tables_can_be_read_aloud():
    page = Page(make_report().to_html())
    assert len(page.named("table")) == len(page.named("caption")) == 9
    assert {each.get("scope") for each in page.named("th")} == {"row", "col"}


def test_figures_counts_and_meanings_are_in_the_text():
    words = " ".join(Page(make_report().to_html()).texts)
    balanced = (8 / 10 + 3 / 6 + 4 / 4) / 3
    assert f"Balanced accuracy {balanced:.3f} chance 0.333" in words
    assert "5 folds by patient (StratifiedGroupKFold), 5 patients" in words
    assert "20 windows; patients: 5; 3 classes." in words
    assert "SVC(C=3.0)" in words
    assert "python 3.11.0, numpy 2.0.0; random_state=0" in words
    for name, meaning in MEANINGS.items():
        assert TITLES[name] in words
        assert meaning in words


def test_the_confusion_matrix_shows_counts_and_shares_of_the_true_class():
    text = make_report().to_html()
    rows = re.findall(r"<b>(\d+)</b><span>(\d+)%</span>", text)
    assert rows == [
        *(("8", "80"), ("1", "10"), ("1", "10")),
        *(("3", "50"), ("3", "50"), ("0", "0")),
        *(("0", "0"), ("0", "0"), ("4", "100")),
    ]


def luminance(colour):
    share = np.array(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("share", np.linspace(0, 1, 41))
def test_counts_are_legible_on_every_shade(share):
    cell = heat_cell(3, share)
    shade = luminance([int(each) for each in re.search(r"rgb\((.*?)\)", cell)[1].split(",")])
    ink = {"#000": 0.0, "#fff": 1.0}[re.search(r";color:(#\w+)", cell)[1]]
    darker, lighter = sorted([shade, ink])
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_shades_grow_darker_with_the_share():
    def shade(share):
        cell = heat_cell(0, share)
        return luminance([int(each) for each in re.search(r"rgb\((.*?)\)", cell)[1].split(",")])

    shades = [shade(share) for share in (0, 0.25, 0.5, 0.75, 1)]
    assert shades[0] == pytest.approx(1)
    assert (np.diff(shades) < 0).all()


@pytest.mark.parametrize(
    ("value", "chance", "expected"),
    [(0.75, 0.25, ("75.0", "25.0")), (-0.2, 0, ("0.0", "0.0")), (1, 1, ("100.0", "100.0"))],
)
def test_bars_end_at_the_figure_and_tick_at_chance(value, chance, expected):
    bar = _render_track(value, chance)
    assert re.findall(r"(?:width|left):([\d.]+)%", bar) == list(expected)


def test_the_range_of_a_bar_spans_its_limits_and_stays_inside():
    def spans(low, high):
        return re.findall(r'class="range" style="left:([\d.]+)%;width:([\d.]+)%', bar(low, high))

    def bar(low, high):
        return _render_track(0.5, 0.4, low, high)

    assert spans(0.25, 0.75) == [("25.0", "50.0")]
    assert spans(-0.2, 0.1) == [("0.0", "10.0")]
    assert spans(np.nan, np.nan) == []


def test_limits_stand_below_the_headline(draw_report):
    report = draw_report(confidence_level=0.9)
    words = " ".join(Page(report.to_html()).texts)
    for name in ("balanced_accuracy", "roc_auc", "macro_f1", "matthews_correlation"):
        estimate, low, high, _ = report.intervals().figures[name]
        assert re.search(rf"{TITLES[name]} {estimate:.3f} chance \S+ {low:.3f} to {high:.3f} \(90%\)", words)
    assert "The grey band" in words
    for without in (draw_report(groups=None), draw_report(n_resamples=0)):
        words = " ".join(Page(without.to_html()).texts)
        assert "The grey band" not in words
        assert "(95%)" not in words


def test_sections_in_their_order(draw_report):
    report = draw_report(
        chosen={"model": [{"C": 1.0}, {"C": 2.0}]}, leakage=(), description="Simulated windows."
    )
    report.add_section("Why", "because")
    assert re.findall("<h2>(.*?)</h2>", report.to_html()) == [
        "Data", "Confusion matrix", "Figures", "Checks for leaks", "Classes", "Patients", "Curves",
        "Calibration", "Chosen in each fold", "Why", "About the data", "What the figures mean",
        "Checklist for authors", "Classifier",
    ]  # fmt: skip


def test_leaks_stand_above_the_figures(draw_report):
    leak = Finding("duplicate", "error", "Two windows are <equal>.")
    text = draw_report(leakage=(leak,), warnings=("Mind the gap.",)).to_html()
    box = text.index('<div class="box error" role="alert">')
    assert box < text.index("Mind the gap.") < text.index('aria-label="Headline"')
    assert "Two windows are &lt;equal&gt;." in text[box:]
    assert 'role="alert"' not in draw_report(leakage=()).to_html()


@pytest.mark.parametrize(("n_classes", "beside"), [(6, True), (7, False)])
def test_a_large_matrix_has_the_width_of_the_page(draw_report, n_classes, beside):
    assert ('<div class="two">' in draw_report(n_classes=n_classes).to_html()) is beside


def test_a_figure_that_is_not_known_has_no_bar():
    assert "%" not in _render_track(np.nan, 0.5)
    silent = {
        "SVM": Prediction(np.zeros(20, dtype=int), None),
        "chance": Prediction(np.zeros(20, dtype=int), np.full((20, 3), 1 / 3)),
    }
    words = " ".join(Page(make_report(predictions=silent).to_html()).texts)
    assert "ROC AUC – chance 0.500" in words
    assert "nan" not in words.split()


@pytest.mark.parametrize(
    ("patient_wise", "badge"),
    [(True, "Split by patient"), (False, "Not split by patient"), (None, "Patients unknown")],
)
def test_the_badge_says_how_it_was_split(patient_wise, badge):
    page = Page(make_report(patient_wise=patient_wise).to_html())
    assert page.texts.count(badge) == 1
    held_out = "patients" if patient_wise else "windows"
    assert f"on held-out {held_out}." in " ".join(page.texts)


def test_warnings_stand_in_a_box_of_their_own():
    warned = Page(make_report(warnings=("First & foremost.", "Second.")).to_html())
    assert {"class": "box", "role": "note"} in warned.named("div")
    assert {"First & foremost.", "Second."} <= set(warned.texts)
    assert "Read with care" not in Page(make_report().to_html()).texts


def test_unknown_patients_are_shown_as_unknown():
    words = " ".join(Page(make_report(groups=None).to_html()).texts)
    assert "20 windows; patients: unknown; 3 classes." in words
    assert "<NA>" not in words


def test_what_users_write_is_text_and_never_markup():
    def page_of(word):
        said = Prediction(np.zeros(20, dtype=int), None)
        return Page(
            make_report(
                name=word,
                target_names=(word, "b", "c"),
                predictions={word: said, f"{word} 2": said, "chance": said},
                split=word,
                warnings=(word,),
                estimator=word,
                versions={word: word},
            ).to_html()
        )

    page, harmless = page_of(NASTY), page_of("harmless")
    assert [(tag, list(attributes)) for tag, attributes in page.tags] == [
        (tag, list(attributes)) for tag, attributes in harmless.tags
    ]
    assert " ".join(page.texts).count(NASTY) >= 10


_OUTSIDE = """<!DOCTYPE html>
<title></title>
{frames}
<script>
onload = () => {{
  const pages = [...document.querySelectorAll("iframe")].map(frame => frame.contentDocument);
  document.title = pages.map(page => {expression}).join(" ");
}};
</script>
"""


class Site(http.server.BaseHTTPRequestHandler):
    """Counts who asks."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def site():
    """A web site on this machine that counts its requests; its address and the list of them."""
    Site.asked.clear()
    server = http.server.HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Site.asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browse(tmp_path):
    """Function that shows a page in frames of some widths, and returns what a script outside sees there."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("a browser wanted: neither chromium nor google-chrome is there")

    def look(text, expression, widths):
        frames = [
            f'<iframe width="{width}" height="800" srcdoc="{escape(text)}"></iframe>' for width in widths
        ]
        outside = tmp_path / "outside.html"
        outside.write_text(_OUTSIDE.format(frames="".join(frames), expression=expression), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom"]
        options += ["--virtual-time-budget=4000", f"--user-data-dir={tmp_path / 'browser'}"]
        done = subprocess.run(
            [browser, *options, outside.as_uri()],
            capture_output=True, check=True, text=True, timeout=120,
        )  # fmt: skip
        return re.search("<title>(.*?)</title>", done.stdout)[1].split()

    return look


def test_the_page_fits_telephones_and_screens(draw_report, browse):
    long, said = "a_name_without_any_blank_" * 4, draw_report(10, 20).predictions["model"]
    report = draw_report(
        n_classes=10,
        n_patients=20,
        name=long,
        target_names=tuple(f"focal onset, impaired awareness {number}" for number in range(10)),
        chosen={long: [{"classifier__estimator__regularisation": 0.1 + 0.2}] * 2},
        predictions=dict.fromkeys([long, "a", "b", "chance"], said),
    )
    report.add_section("Wide", "word" * 100)
    text, widths = report.to_html(), (360, 390, 1200)
    unfolded = "page.querySelectorAll('details').forEach(each => each.open = true)"
    measure = f"({unfolded}, page.documentElement.scrollWidth)"
    assert browse(text, measure, widths) == ["360", "390", "1200"]
    assert browse(text.replace("overflow-x: auto", ""), measure, widths)[0] != "360"


def test_the_page_runs_nothing_even_if_an_author_vouches_for_it(draw_report, browse, site):
    address, asked = site
    report = draw_report()
    code = "document.documentElement.dataset.ran = 1"
    report.add_section(
        "Bad", f'<script>{code}</script><img src="{address}/picture" onerror="{code}">', safe=True
    )
    text, ran = report.to_html(), "'ran' in page.documentElement.dataset"
    assert browse(text, ran, [800]) == ["false"]
    assert asked == []
    unguarded = re.sub(r"<meta http-equiv.*?>", "", text, flags=re.S)
    assert browse(unguarded, ran, [800]) == ["true"]  # so the browser would have
    assert "/picture" in asked
