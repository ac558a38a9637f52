"""The report in a browser: nothing fails, nothing is loaded, all is told in words, and it fits a phone."""

import json
import re
import shutil
import subprocess

import pytest

from sklearn_eeg.datasets import load_helsinki
from sklearn_eeg.evaluation import evaluate
from sklearn_eeg.systems import svm_baseline

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
MEASURE = """<script nonce="test">
const wide = [...document.querySelectorAll("body *")].filter(each => {
  const right = each.getBoundingClientRect().right;
  return right > innerWidth + 1 && !each.closest(".scroll") && !each.closest("details:not([open])");
});
const drawings = [...document.querySelectorAll("svg, img")];
const untold = drawings.filter(each => each.getAttribute("aria-hidden") !== "true"
  && !(each.getAttribute("aria-label") || each.getAttribute("alt") || each.querySelector("title")));
document.title = JSON.stringify({
  wide: wide.map(each => each.tagName), drawings: drawings.length, untold: untold.length,
  loaded: performance.getEntriesByType("resource").map(each => each.name),
});
</script>"""


@pytest.fixture(scope="module")
def page(eeg_data, tmp_path_factory):
    """The report of the baseline on Helsinki's neonates."""
    eeg = load_helsinki(eeg_data)
    report = evaluate(
        svm_baseline(eeg.sfreq, mains=None, ch_names=eeg.ch_names), eeg.data, eeg.target, eeg.groups,
        target_names=eeg.target_names, description=eeg.DESCR, n_resamples=200,
    )  # fmt: skip
    return report.to_html(tmp_path_factory.mktemp("report") / "report.html")


def browse(path, folder, *options):
    """Return what the browser writes, and what it logs."""
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", f"--user-data-dir={folder}",
            "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", *options, path.as_uri(),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def measure(path, folder, width):
    """Return what a script finds in a copy of the page whose content policy lets it run."""
    text = path.read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', text)[0]
    copy = folder / f"{width}.html"
    copy.write_text(text.replace(policy, "").replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    out, log = browse(copy, folder / f"profile-{width}", f"--window-size={width},900", "--dump-dom")
    assert log == []
    title = re.search(r"<title>(.*?)</title>", out, re.S)[1]
    return json.loads(title.replace("&quot;", '"'))


def test_nothing_fails_and_nothing_is_asked_of_the_network(page, tmp_path):
    out, log = browse(page, tmp_path / "profile", "--dump-dom")
    assert log == []
    assert "Balanced accuracy" in out
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"""(src|srcset)=["'](?!data:)|@import|url\((?!["']?data:)""", text)


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_and_every_figure_has_its_text(page, tmp_path, width):
    found = measure(page, tmp_path, width)
    assert found["drawings"] >= 2
    assert found["untold"] == 0
    assert found["wide"] == []
    assert found["loaded"] == []
