"""A report as one page of HTML: no script, nothing fetched, fit for a phone and for print.

The style names nothing outside of ``.eeg-report`` and loads nothing.
"""

from collections.abc import Iterable
from html import escape

STYLE = """
.eeg-report { --ink: #17222d; --soft: #526170; --line: #dde4ea; --wash: #f4f7f9; --heat: #0d6378;
  --bad: #8a3b00; --bad-wash: #fff4e5; --second: #a3480a;
  --third: #5b3a9e; --fourth: #4a5a20; color: var(--ink); background: #fff; max-width: 62rem;
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
.eeg-report .badge + .badge { margin-left: .4rem; }
.eeg-report .good { color: #0a5a45; background: #e6f5ef; border-color: #a9d8c6; }
.eeg-report .bad { color: var(--bad); background: var(--bad-wash); border-color: #f0c58c; }
.eeg-report .box { border: 1px solid #f0c58c; border-left: .35rem solid #d97706; color: #5c2a00;
  background: var(--bad-wash); border-radius: .4rem; padding: .7rem 1rem; margin-top: 1.1rem; }
.eeg-report .box.error { border-color: #e3a19a; border-left-color: #b3261e; color: #6b130d;
  background: #fdeceb; }
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
.eeg-report .range { position: absolute; top: 0; bottom: 0; background: #17222d; opacity: .28; }
.eeg-report .forest { position: relative; height: 1.1rem; min-width: 8rem; }
.eeg-report .forest .span { position: absolute; top: .5rem; height: 2px; background: var(--soft); }
.eeg-report .forest .dot { position: absolute; top: .29rem; width: .52rem; height: .52rem;
  margin-left: -.26rem; border-radius: 50%; background: var(--heat); }
.eeg-report .forest .line { position: absolute; top: -.45rem; bottom: -.45rem; width: 0;
  border-left: 1px dashed var(--soft); }
.eeg-report tr.model .forest .dot { border-radius: 0; transform: rotate(45deg); }
.eeg-report td small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; }
.eeg-report .grid { display: grid; gap: 1rem 1.5rem; margin-top: .6rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
.eeg-report .grid.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); }
.eeg-report figure { margin: 0; max-width: 26rem; }
.eeg-report .grid.wide figure { max-width: none; }
.eeg-report figcaption { font-size: .85rem; color: var(--soft); }
.eeg-report figure img { max-width: 100%; height: auto; }
.eeg-report svg { display: block; width: 100%; height: auto; }
.eeg-report svg text { font-size: 11px; fill: var(--soft); }
.eeg-report svg path { fill: none; stroke: var(--heat); stroke-width: 2; stroke-linejoin: round; }
.eeg-report svg circle { fill: var(--heat); }
.eeg-report svg .grid-line { stroke: var(--line); stroke-width: 1; }
.eeg-report svg .chance { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 4 4; }
.eeg-report svg .beside { stroke: var(--second); stroke-dasharray: 7 3; }
.eeg-report svg .beside2 { stroke: var(--third); stroke-dasharray: 2 3; }
.eeg-report svg .beside3 { stroke: var(--fourth); stroke-dasharray: 9 3 2 3; }
.eeg-report svg circle.beside { fill: var(--second); }
.eeg-report svg circle.beside2 { fill: var(--third); }
.eeg-report svg circle.beside3 { fill: var(--fourth); }
.eeg-report svg path.band { fill: var(--heat); fill-opacity: .16; stroke: none; }
.eeg-report details { margin-top: .6rem; }
.eeg-report summary { cursor: pointer; color: var(--heat); font-weight: 600; font-size: .925rem;
  padding: .35rem 0; }
.eeg-report h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; font-weight: 640; }
.eeg-report .words td, .eeg-report .words thead th { text-align: left; white-space: normal; }
.eeg-report .words td { min-width: 7rem; }
.eeg-report td .names { display: inline-block; min-width: 7rem; white-space: normal;
  overflow-wrap: anywhere; }
.eeg-report ul { margin: .3rem 0; padding-left: 1.2rem; max-width: 46rem; }
.eeg-report .mark { font-weight: 660; }
.eeg-report .mark.error { color: #8c1d16; }
.eeg-report .mark.warning { color: var(--bad); }
.eeg-report :focus-visible { outline: 2px solid var(--heat); outline-offset: 2px; }
@media (min-width: 56rem) {
  .eeg-report .two { display: grid; gap: 0 2rem;
    grid-template-columns: minmax(0, 21fr) minmax(0, 34fr); }
}
.eeg-report .scroll { overflow-x: auto; }
.eeg-report .scroll + .scroll, .eeg-report .scroll + .grid, .eeg-report .grid + .scroll,
.eeg-report .scroll + details { margin-top: 1.1rem; }
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
.eeg-report .wraps td, .eeg-report .wraps th[scope=row] { white-space: normal; }
.eeg-report .reference { background: var(--wash); }
.eeg-report .heat td, .eeg-report .heat thead th + th { text-align: center; }
.eeg-report .heat td { border: 2px solid #fff; border-radius: .4rem; width: 20rem;
  min-width: 3.9rem; padding: .55rem .3rem; line-height: 1.25; }
.eeg-report .heat thead th { padding-left: .2rem; padding-right: .2rem; }
.eeg-report .heat th { border-bottom: 0; }
.eeg-report .heat td b { display: block; font-weight: 660; font-size: 1rem; }
.eeg-report .heat td span { font-size: .78rem; }
.eeg-report .about p { white-space: pre-wrap; max-width: 54rem; margin-bottom: .7rem; }
.eeg-report .about { overflow-wrap: anywhere; max-width: 54rem;
  font-size: .925rem; color: #33414e; }
.eeg-report dl { margin: 0; display: grid; gap: .35rem 1.2rem;
  grid-template-columns: minmax(9rem, auto) 1fr; }
.eeg-report dl.facts { margin-top: .8rem; font-size: .925rem; gap: .15rem 1.2rem;
  grid-template-columns: minmax(6rem, auto) 1fr; }
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
  .eeg-report .about p { white-space: normal; }
  .eeg-report dl:not(.facts) { grid-template-columns: 1fr; gap: .1rem; }
  .eeg-report dl:not(.facts) dd { margin-bottom: .6rem; }
}
@media print {
  .eeg-report { max-width: none; padding: 0; font-size: 10.5pt; -webkit-print-color-adjust: exact;
    print-color-adjust: exact; }
  .eeg-report tr, .eeg-report .tiles, .eeg-report .tile, .eeg-report .box { break-inside: avoid; }
  .eeg-report .scroll { overflow: visible; }
  .eeg-report pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .eeg-report details::details-content { content-visibility: visible; display: contents; }
  .eeg-report figure { break-inside: avoid; }
  .eeg-report h2, .eeg-report h3, .eeg-report h2 + p.soft, .eeg-report caption, .eeg-report thead,
  .eeg-report summary { break-after: avoid; }
  .eeg-report thead th, .eeg-report td, .eeg-report th[scope=row] { overflow-wrap: anywhere; }
}
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>body {{ margin: 0; background: #fff; }}</style>
</head>
<body>
{body}
</body>
</html>
"""


def as_fragment(parts: Iterable[str]) -> str:
    """Return parts of a report, the empty ones left out, as HTML with its style, to stand in another page.

    Examples
    --------
    >>> from sklearn_eeg._page import as_fragment
    >>> as_fragment(["<p>5 µV</p>", ""]).splitlines()[-3:]
    ['<main class="eeg-report">', '<p>5 µV</p>', '</main>']
    """
    body = "\n".join(part for part in parts if part)
    return f'<style>{STYLE}</style>\n<main class="eeg-report">\n{body}\n</main>'


def as_page(title: str, fragment: str) -> str:
    """Return a fragment as a whole page, which may load nothing.

    Examples
    --------
    >>> from sklearn_eeg._page import as_page
    >>> "<title>a &amp; b</title>" in as_page("a & b", "<p>")
    True
    """
    return _PAGE.format(title=escape(title), body=fragment)
