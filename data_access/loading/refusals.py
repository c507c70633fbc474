"""Rows that were refused: where they stand, what is wrong with them, and how many a load puts up with."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_access.errors import LoadError
from data_access.loading.draft import Rejection
from data_access.loading.files.source import Broken, Source
from data_access.loading.reasons import CONSEQUENCES, SEPARATOR, remedy, said, unpack

LISTED = 10_000
"""Most rows of a file that are listed one by one, and half of it for one reason; the others are counted."""

SHOWN_SIGNS = 200
"""Signs of a refused value that are listed."""


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
    if not found or (not found[2] and "." in found[1]) or (found[2] and float(found[1]) > 100):
        raise LoadError(f"--allow-rejects {text}: give a number of rows, or a share such as 0.5%. Nothing was loaded.")
    return Allowance(share=float(found[1]) / 100) if found[2] else Allowance(rows=int(found[1]))


@dataclass(frozen=True, slots=True)
class Example:
    """One refused cell or row, for a person to look at."""

    file: str
    line: int | None
    column: str
    value: str | None
    reason: str

    def __str__(self) -> str:
        """Where it stands, what stands there, why it was refused, and what to do."""
        place = f"{self.file} line {self.line:,}" if self.line else self.file
        value = "" if self.value is None else f" {self.value[:60]!r}"
        cell = f", {self.column}{value}" if self.column else ""
        return f"{place}{cell}: {said(self.reason)}. {remedy(self.reason)}"


class Refusals:
    """The refused rows of one load, gathered file by file in the draft's temporary tables.

    ``problem`` holds those of the file being loaded, by the row counted from 0: `hard` where the row is left out, else
    it is kept without the cell. ``refused`` lists rows by line, ``tally`` counts all of them, ``refused_key`` holds the
    keys of rows that were left out, so that what refers to them is told apart from what has a fault of its own.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TEMP TABLE refused "
            "(file VARCHAR, table_name VARCHAR, line BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR)"
        )
        connection.execute(
            "CREATE TEMP TABLE tally (file VARCHAR, table_name VARCHAR, column_name VARCHAR, reason VARCHAR, n BIGINT)"
        )
        connection.execute("CREATE TEMP TABLE refused_key (table_name VARCHAR, key VARCHAR)")

    def begin(self) -> None:
        """Start a file."""
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE problem "
            "(row BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR, hard BOOLEAN)"
        )

    def note_broken_keys(self, table: str, keys: list[str]) -> None:
        """Remember the keys of records that could not be split into cells."""
        self._connection.execute("INSERT INTO refused_key SELECT ?, unnest(?::VARCHAR[])", [table, keys])

    def end(self, source: Source, broken: list[Broken]) -> tuple[int, int]:
        """Finish a file: count its problems, and find the lines of the first of them.

        Returns:
            Rows with a problem, and how many of them were left out.
        """
        place = [source.file.path.name, source.file.table]
        together, left_out = self._connection.execute(
            "SELECT count(DISTINCT row), count(DISTINCT row) FILTER (hard) FROM problem"
        ).fetchone() or (0, 0)
        if together:
            self._list(source, place)
        if broken:
            self._connection.executemany(
                "INSERT INTO refused VALUES (?, ?, ?, '', ?, ?)",
                [(*place, record.line, record.text[:SHOWN_SIGNS], record.reason) for record in broken],
            )
            self._connection.execute(
                "INSERT INTO tally SELECT ?, ?, '', reason, count(*) FROM (SELECT unnest(?::VARCHAR[]) AS reason) "
                "GROUP BY reason",
                [*place, [record.reason for record in broken]],
            )
        return together + len(broken), left_out + len(broken)

    def _list(self, source: Source, place: list[str]) -> None:
        """Count the problems of a file, and list the first rows of each by their lines."""
        self._connection.execute(
            "INSERT INTO tally SELECT ?, ?, column_name, reason, count(*) FROM problem GROUP BY column_name, reason",
            place,
        )
        chosen = self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE chosen AS SELECT row, column_name, value, reason FROM problem "
            "QUALIFY row_number() OVER (PARTITION BY column_name, reason ORDER BY row) <= ? "
            "ORDER BY row LIMIT ?",
            [LISTED // 2, LISTED],
        )
        lines = source.lines([row for (row,) in chosen.execute("SELECT DISTINCT row FROM chosen").fetchall()])
        self._connection.execute(
            "INSERT INTO refused SELECT ?, ?, lines.line, column_name, value[:?], reason FROM chosen "
            "LEFT JOIN (SELECT unnest(?::BIGINT[]) AS row, unnest(?::BIGINT[]) AS line) AS lines USING (row)",
            [*place, SHOWN_SIGNS, list(lines), list(lines.values())],
        )

    def counted(self) -> list[Rejection]:
        """Rows by table, column and reason, the most frequent first, causes before consequences: no value of them."""
        rows = self._connection.execute(
            "SELECT table_name, column_name, reason, CAST(sum(n) AS BIGINT), any_value(file), any_value(line) "
            "FROM tally LEFT JOIN (SELECT table_name, column_name, reason, min(line) AS line "
            "FROM refused GROUP BY ALL) USING (table_name, column_name, reason) GROUP BY ALL ORDER BY 4 DESC, 1, 2, 3"
        ).fetchall()
        found = [
            Rejection(table, column, said(reason), *_parts(reason), n, file, line)
            for table, column, reason, n, file, line in rows
        ]
        return sorted(found, key=lambda rejection: rejection.template in CONSEQUENCES)

    def examples(self, most: int = 5) -> list[Example]:
        """The first of each cause, then more of the causes in the order of the files."""
        causes = " AND ".join(f"NOT starts_with(reason, '{reason}')" for reason in CONSEQUENCES)
        rows = self._connection.execute(
            f"SELECT file, line, column_name, value, reason FROM (SELECT *, rowid AS place, row_number() OVER "
            f"(PARTITION BY table_name, column_name, reason ORDER BY line) AS turn FROM refused WHERE {causes}) "
            "ORDER BY turn, place LIMIT ?",
            [most],
        ).fetchall()
        return [Example(*row) for row in rows]

    def write(self, path: Path) -> None:
        """Write the refused rows as CSV that only its owner can read, for it holds values of customers."""
        path.parent.mkdir(parents=True, exist_ok=True)
        cursor = self._connection.execute("SELECT * FROM refused ORDER BY file, line, column_name")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["file", "table", "line", "column", "value", "reason", "remedy"])
            while rows := cursor.fetchmany(10_000):
                for *place, value, reason in rows:
                    cells = [*place, value, said(reason), remedy(reason)]
                    writer.writerow([_harmless(cell) for cell in cells])
            more = self._connection.execute(
                "SELECT file, table_name, CAST(sum(n) AS BIGINT) - any_value(listed) AS more FROM tally JOIN "
                "(SELECT file, table_name, count(*) AS listed FROM refused GROUP BY ALL) USING (file, table_name) "
                "GROUP BY ALL HAVING more > 0"
            ).fetchall()
            writer.writerows([file, table, "", "", "", f"{n:,} more are not listed", ""] for file, table, n in more)


def _parts(reason: str) -> tuple[str, str]:
    return unpack(reason)[0], reason.partition(SEPARATOR)[2]


def _harmless(cell: object) -> object:
    """A cell that a spreadsheet shows rather than runs: a formula is preceded by an apostrophe."""
    if isinstance(cell, str) and re.match(r"[=+@\t\r\uff1d\uff0b\uff0d\uff20]|-(?![\d.,]+$)", cell):
        return f"'{cell}"
    return cell
