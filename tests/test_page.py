import re

import numpy as np
import pytest

from sklearn_eeg._page import STYLE, as_fragment, as_page


def luminance(colour):
    share = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", STYLE))


@pytest.mark.parametrize("ink", ["ink", "soft", "bad", "heat", "second", "third", "fourth"])
@pytest.mark.parametrize("paper", ["#ffffff", "wash"])
def test_text_and_lines_are_legible(ink, paper):
    assert contrast(COLOURS[ink], COLOURS.get(paper, paper)) >= 4.5


@pytest.mark.parametrize("name", [".good", ".box", ".box.error"])
def test_badges_and_boxes_are_legible(name):
    rule = re.search(rf"\.eeg-report {re.escape(name)} \{{(.*?)\}}", STYLE, re.S)[1]
    colours = {key: COLOURS.get(value.strip("-() var"), value) for key, value in
               re.findall(r"(?:^|[\s;])(color|background): ([^;]+);", rule)}  # fmt: skip
    assert contrast(colours["color"], colours["background"]) >= 4.5


def test_it_stays_within_the_report_and_loads_nothing():
    bare = re.sub(r"@media[^{]*\{", "", re.sub(r"/\*.*?\*/", "", STYLE, flags=re.S))
    for selectors in re.findall(r"(?:^|\})([^{}@]+)\{", bare):
        for selector in selectors.split(","):
            assert selector.strip().startswith(".eeg-report")
    assert not re.search(r"url\(|@import|https?:", STYLE)


def test_there_are_rules_for_phones_and_for_print():
    assert "@media (max-width: 34rem)" in STYLE
    assert "@media print" in STYLE


def test_in_print_headings_stay_with_what_they_head():
    printed = STYLE[STYLE.index("@media print") :]
    kept = re.search(r"([^{}]*)\{ break-after: avoid; \}", printed)[1]
    for part in ("h2", "h3", "caption", "thead", "summary"):
        assert f".eeg-report {part}" in kept
    assert re.search(r"td \.names \{[^}]*white-space: normal", STYLE)


def test_a_page_is_whole_and_its_title_escaped():
    page = as_page("<b> & co", as_fragment(["<p>one</p>", "", "<p>two</p>"]))
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>&lt;b&gt; &amp; co</title>" in page
    assert "<p>one</p>\n<p>two</p>" in page
    assert "default-src 'none'" in page
