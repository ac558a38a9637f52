"""Write the tables of the README files from the results.

A file asks for a table between ``<!-- table: NAME -->`` and ``<!-- end of table -->``; what stands
between is replaced by ``results/NAME.json`` as Markdown. ``<!-- table: NAME, COLUMN = VALUE -->`` takes
the rows that have the value, without that column.
"""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FILES = (ROOT / "README.md", ROOT / "benchmarks" / "README.md")
PLACE = re.compile(
    r"(<!-- table: (?P<name>\w+)(, (?P<column>[^=]+) = (?P<value>.+?))? -->\n).*?(<!-- end of table -->)",
    re.S,
)


def render(text: str) -> str:
    """Return the text with every table renewed."""
    return PLACE.sub(lambda match: match[1] + _table(**match.groupdict()) + match[6], text)


def _table(name: str, column: str | None, value: str | None) -> str:
    result = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    columns, rows = result["columns"], result["rows"]
    if column is not None:
        index = columns.index(column)
        rows = [row[:index] + row[index + 1 :] for row in rows if row[index] == value]
        columns = columns[:index] + columns[index + 1 :]
    lines = [" | ".join(map(_cell, line)) for line in [columns, ["---"] * len(columns), *rows]]
    source = (
        f"{result['note']} By `{result['command']}`, {result['date']}, {result['processor']}, "
        f"{result['threads']} threads (`benchmarks/results/{name}.json`)."
    )
    return "\n" + "\n".join(f"| {line} |" for line in lines) + f"\n\n{source}\n\n"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Renew the tables in every file."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        path.write_text(render(text), encoding="utf-8")


if __name__ == "__main__":
    main()
