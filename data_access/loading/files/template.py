"""Empty feeds to start from, and the data dictionary: both are the contract, printed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data_access.errors import FeedError
from data_access.loading.draft import duckdb_type, fed_columns
from data_access.schema import CONTRACT, metadata

README = """\
# Empty feeds

One file per table; delete those that you have no data for, and fill the others under their headers. The first
columns of a file are its key: a row with a known key replaces the known row, any other row is added.

- Text is UTF-8 (GB18030 is recognised). An empty cell means: not recorded.
- Amounts are in currency units with at most the currency's decimals: 1234.50.
- Days are 2024-03-31, times 2024-03-31 14:30:00 in the bank's local time, months 2024-03.
- Identifiers are text: leading zeros stay.
- What a file has no column for keeps its known values; an empty cell clears them.

`check FOLDER` says what is wrong without loading; `load FOLDER` loads all or nothing. Columns and files of other names
are described in a file mapping.toml.

"""


def write_template(folder: Path) -> list[Path]:
    """Write an empty CSV file for each table of the contract, and a README that explains the columns.

    Raises:
        FeedError: the folder is not empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FeedError(f"{folder} is not empty. Nothing was written. Name a new folder.")
    written: list[Path] = []
    for table in CONTRACT:
        path = folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerow(column.name for column in fed_columns(table))
        written.append(path)
    readme = folder / "README.md"
    readme.write_text(README + "\n".join(dictionary()) + "\n", "utf-8")
    return [*written, readme]


def dictionary() -> Iterator[str]:
    """The data dictionary in Markdown, line by line: every table and column with its meaning and unit."""
    yield "# Data dictionary"
    for name in CONTRACT:
        table = metadata.tables[name]
        yield from ("", f"## {name}", "", table.comment or "", "")
        yield "| column | type | meaning | unit or values |"
        yield "|---|---|---|---|"
        for column in table.columns:
            yield f"| {column.name} | {duckdb_type(column).lower()} | {_meaning(column)} | {_unit(column)} |"


def _meaning(column: sa.Column[Any]) -> str:
    marks = {
        "key": column.primary_key,
        "required": not column.nullable and not column.primary_key,
        "computed while loading": column.info["derived"],
    }
    said = ", ".join(mark for mark, holds in marks.items() if holds)
    return f"{column.comment}{f' ({said})' if said else ''}"


def _unit(column: sa.Column[Any]) -> str:
    if column.info["words"]:
        return ", ".join(column.info["words"])
    if column.info["refers"]:
        return f"a {column.info['refers']}"
    return column.info["unit"]
