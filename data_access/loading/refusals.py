"""Rows that were refused: where they stand, what is wrong with them, and how many a load puts up with."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_access.errors import LoadError
from data_access.loading.source import Source


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many refused rows a load accepts: a number of rows, or a share of the rows read."""

    rows: int = 0
    share: float = 0.0

    def covers(self, rejected: int, read: int) -> bool:
        """Whether so many refused rows of so many read are accepted."""
        return rejected <= max(self.rows, self.share * read)


def read_allowance(text: str) -> Allowance:
    """An allowance as a person writes it: ``100`` or ``0.5%``.

    >>> read_allowance("0.5%").covers(rejected=5, read=1000)
    True
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    if not found or (not found[2] and "." in found[1]):
        raise LoadError(f"--allow-rejects {text}: give a number of rows, or a share such as 0.5%. Nothing was loaded.")
    return Allowance(share=float(found[1]) / 100) if found[2] else Allowance(rows=int(found[1]))


class Refusals:
    """The refused rows of one load, gathered file by file in the draft's temporary tables.

    ``problem`` holds those of the file being loaded, by the row counted from 0; ``refused`` all of them, by line.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TEMP TABLE refused "
            "(file VARCHAR, table_name VARCHAR, line BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR)"
        )

    def begin(self) -> None:
        """Start a file."""
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE problem (row BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR)"
        )

    def end(self, source: Source, broken: list[tuple[int, str]]) -> int:
        """Finish a file: find the lines of its problems.

        Args:
            source: The file.
            broken: Line and reason of records that could not be split into cells.

        Returns:
            Rows refused.
        """
        rows = [row for (row,) in self._connection.execute("SELECT DISTINCT row FROM problem").fetchall()]
        lines = source.lines(rows) if rows else {}
        place = (source.file.path.name, source.file.table)
        if rows:
            self._connection.execute(
                "INSERT INTO refused SELECT ?, ?, lines.line, column_name, value, reason FROM problem "
                "LEFT JOIN (SELECT unnest(?::BIGINT[]) AS row, unnest(?::BIGINT[]) AS line) AS lines USING (row)",
                [*place, list(lines), list(lines.values())],
            )
        if broken:
            self._connection.executemany(
                "INSERT INTO refused VALUES (?, ?, ?, '', NULL, ?)", [(*place, line, reason) for line, reason in broken]
            )
        return len(rows) + len(broken)

    def counted(self) -> dict[tuple[str, str, str], int]:
        """Rows by table, column and reason: no value of a customer."""
        rows = self._connection.execute(
            "SELECT table_name, column_name, reason, count(*) FROM refused GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return {(table, column, reason): count for table, column, reason, count in rows}

    def write(self, path: Path) -> None:
        """Write the refused rows as CSV that only its owner can read, for it holds values of customers."""
        path.parent.mkdir(parents=True, exist_ok=True)
        cursor = self._connection.execute("SELECT * FROM refused ORDER BY file, line, column_name")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["file", "table", "line", "column", "value", "reason"])
            while rows := cursor.fetchmany(10_000):
                writer.writerows([_harmless(cell) for cell in row] for row in rows)


def _harmless(cell: object) -> object:
    """A cell that a spreadsheet shows rather than runs: a formula is preceded by an apostrophe."""
    if isinstance(cell, str) and re.match(r"[=+@\t\r]|-(?![\d.,]+$)", cell):
        return f"'{cell}"
    return cell
