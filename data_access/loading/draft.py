"""The inside of a draft: the contract's tables in DuckDB, their derived columns, and what the draft says of itself.

Tables have neither keys nor indexes here: DuckDB scans faster than it would maintain them over ten million rows, and
the loaders prove keys before they insert.
"""

from __future__ import annotations

from collections.abc import Container, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

import duckdb
import sqlalchemy as sa

from data_access.duckdb_types import duckdb_type, quoted
from data_access.errors import LoadError
from data_access.said import marked
from data_access.schema import CONTRACT, SYSTEM, metadata
from data_access.settings import settings
from data_access.versions.store import Draft, Progress, silent

CLOCKS = {name: tuple(column for column in metadata.tables[name].columns if column.info["clock"]) for name in CONTRACT}
"""The times of each table at which something happened."""

EVENT = {
    name: clocks[0].name for name, clocks in CLOCKS.items() if "week_start" in metadata.tables[name].columns and clocks
}
"""The time that `week_start` and `month_no` of a fact are taken from."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that went into a version: the row of `version_file`."""

    sha256: str
    table: str
    name: str
    rows: int
    rejected: int = 0
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Rows refused for one reason: the row of `rejection`.

    Attributes:
        table: That they were to fill.
        column: Where the fault stands, empty for a whole row.
        reason: In English.
        template: Of the reason.
        details: What completes the template, as JSON.
        rows: How many.
        file: Of the first.
        line: Of the first.
    """

    table: str
    column: str
    reason: str
    template: str
    details: str
    rows: int
    file: str
    line: int | None


@dataclass(slots=True)
class Record:
    """What a version will say of itself.

    `given` are the tables that the feed brought, `changed` those whose rows are new, `left` those that the draft does
    not hold because they stay as they are; `as_of` is the last day that the feed itself declares for all it brought.
    """

    source: str
    currency: str
    as_of: date | None = None
    note: str = ""
    files: list[FileRecord] = field(default_factory=list[FileRecord])
    rejections: list[Rejection] = field(default_factory=list["Rejection"])
    flagged: dict[str, int] = field(default_factory=dict[str, int])
    changed: set[str] = field(default_factory=set[str])
    given: set[str] = field(default_factory=set[str])
    left: set[str] = field(default_factory=set[str])


@contextmanager
def building(draft: Draft) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection to the draft, its tables made or brought up to the contract; closed and flushed at the end."""
    limits = settings()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": limits.memory_limit,
        "temp_directory": str(draft.folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if limits.threads:
        config["threads"] = limits.threads
    begun = draft.path.exists()
    connection = duckdb.connect(draft.path, config=config)
    try:
        connection.execute("SET enable_progress_bar = false")
        _make_tables(connection, _held(connection) if begun else {}, draft.left)
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def load_day() -> date:
    """The day of loading by the clock of this machine: what is dated later has not happened yet."""
    return datetime.now().date()


def _held(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The columns of each table that the draft was begun with."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database()"
    ).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _make_tables(connection: duckdb.DuckDBPyConnection, found: dict[str, set[str]], left: Container[str]) -> None:
    """The tables of the contract that are missing; those of a version under an older one gain the columns they lack."""
    with _together(connection):
        for table in metadata.tables.values():
            if table.name in left:
                continue
            columns = {column.name: f"{quoted(column.name)} {duckdb_type(column)}" for column in table.columns}
            if table.name not in found:
                connection.execute(f"CREATE TABLE {quoted(table.name)} ({', '.join(columns.values())})")
            for name, column in columns.items():
                if name not in found.get(table.name, columns):
                    connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {column}")


@contextmanager
def _together(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    """Statements that are written together: one by one each waits for the disk. A draft that fails is thrown away."""
    connection.begin()
    yield
    connection.commit()


def fed_columns(table: str) -> list[sa.Column[object]]:
    """The columns of a table that a feed may hold: all but the derived ones."""
    return [column for column in metadata.tables[table].columns if not column.info["derived"]]


def derived_columns(table: str) -> dict[str, str]:
    """SQL of each derived column of a table, over the table's own columns."""
    derived = {
        column.name: f"CAST(date_trunc('week', {column.name.removesuffix('week')}at) AS DATE)"
        for column in metadata.tables[table].columns
        if column.info["derived"] and column.name.endswith("_week")
    }
    if table in EVENT:
        derived["week_start"] = f"CAST(date_trunc('week', {EVENT[table]}) AS DATE)"
        derived["month_no"] = f"CAST(year({EVENT[table]}) * 12 + month({EVENT[table]}) - 1 AS INTEGER)"
    if table == "campaign_member":
        derived["matures_on"] = "CAST(NULL AS DATE)"  # follows from the campaign: `mature` fills it
    return derived


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, values: dict[str, str], relation: str, into: str = ""
) -> None:
    """Insert rows of `relation` into a table of the contract, its derived columns computed.

    Args:
        connection: To the draft.
        table: Name of the contract, whose columns these are.
        values: SQL over `relation` for each fed column; the others stay empty.
        relation: Name of a table or view, or a query in parentheses.
        into: A table of the same form that is filled instead.
    """
    columns = {
        column.name: values.get(column.name, f"CAST(NULL AS {duckdb_type(column)})") for column in fed_columns(table)
    }
    derived = derived_columns(table)
    targets = ", ".join(quoted(name) for name in (*columns, *derived))
    outputs = ", ".join([*(quoted(name) for name in columns), *derived.values()])
    inputs = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in columns.items())
    connection.execute(
        f"INSERT INTO {quoted(into or table)} ({targets}) SELECT {outputs} FROM (SELECT {inputs} FROM {relation})"
    )


def mature(connection: duckdb.DuckDBPyConnection) -> None:
    """Set the last day of each member's attribution window by their campaign as it now stands."""
    connection.execute(
        "UPDATE campaign_member SET matures_on = CAST(assigned_at AS DATE) + attribution_days FROM campaign "
        "WHERE campaign.campaign_id = campaign_member.campaign_id "
        "AND matures_on IS DISTINCT FROM CAST(assigned_at AS DATE) + attribution_days"
    )


def last_days(connection: duckdb.DuckDBPyConnection, until: date, left: Container[str] = ()) -> dict[str, date]:
    """The last day of what happened in each table that has one, not after `until`: a slip of a year moves no clock.

    A month counts once it is over. Tables that are `left` are not looked at.
    """
    found: dict[str, date] = {}
    connection.execute("SET VARIABLE until = ?::DATE", [until])
    for table, clocks in CLOCKS.items():
        days = [_day(column) for column in clocks if table not in left]
        if not days:
            continue
        latest = ", ".join(f"max(CASE WHEN {day} <= getvariable('until') THEN {day} END)" for day in days)
        row = connection.execute(f"SELECT {latest} FROM {quoted(table)}").fetchone() or ()
        if known := [day for day in row if day is not None]:
            found[table] = max(known)
    return found


def _covered(connection: duckdb.DuckDBPyConnection, record: Record, before: dict[str, date]) -> dict[str, date]:
    """The last day that each dated table covers: what was said of it before while it is the same, else what it shows.

    A declared last day is believed of all that the feed brought: a table may well end in days on which nothing
    happened. Months are not: one that is not over may still change.
    """
    shown = last_days(connection, record.as_of or load_day(), record.left)
    same = (shown.keys() | record.left) - record.changed
    covered = shown | {table: day for table, day in before.items() if table in same}
    if record.as_of is None:
        return covered
    daily = {table for table in shown if not any(isinstance(column.type, sa.Integer) for column in CLOCKS[table])}
    return covered | dict.fromkeys(daily & record.given, record.as_of)


def _day(column: sa.Column[Any]) -> str:
    name = quoted(column.name)
    if isinstance(column.type, sa.Integer):
        return f"last_day(make_date({name} // 12, {name} % 12 + 1, 1))"
    return f"CAST({name} AS DATE)"


def describe(
    connection: duckdb.DuckDBPyConnection, version_id: str, record: Record, progress: Progress = silent
) -> None:
    """Write the system tables of a draft: the last step before it is published.

    Raises:
        LoadError: no fact has a date, so that no page would know what "this week" is.
    """
    before = {
        table: (changed_at, day, rows)
        for table, changed_at, day, rows in connection.execute(
            "SELECT table_name, loaded_at, as_of, rows FROM version_table"
        ).fetchall()
    }
    filled_before: dict[str, list[str]] = {}
    for table, column in connection.execute("SELECT table_name, column_name FROM version_column").fetchall():
        filled_before.setdefault(table, []).append(column)
    days = _covered(connection, record, {table: day for table, (_, day, _) in before.items() if day is not None})
    as_of = record.as_of or max(days.values(), default=None)
    if as_of is None:
        raise LoadError.of(
            marked(
                "The feed holds no dated row up to {day} (no member, contact, sale or snapshot), so the "
                "warehouse would have no last day. Nothing was loaded. Add at least one table of what "
                "happened, or declare `as_of` in the mapping."
            ),
            day=load_day(),
        )
    now = datetime.now().replace(microsecond=0)
    rejected: dict[str, int] = {}
    for file in record.files:
        rejected[file.table] = rejected.get(file.table, 0) + file.rejected
    held: list[tuple[object, ...]] = []
    recorded: list[tuple[object, ...]] = []
    for done, table in enumerate(CONTRACT):
        progress("counting what is recorded", done, len(CONTRACT))
        loaded_at, _, rows = before.get(table, (None, None, 0))
        filled = filled_before.get(table, [])
        if table not in record.left:
            rows, filled = _counted(connection, table)
            loaded_at = now if table in record.changed else loaded_at
        held.append((table, rows, rejected.get(table, 0), record.flagged.get(table, 0), loaded_at, days.get(table)))
        recorded += [(table, name) for name in filled]
    progress("counting what is recorded", len(CONTRACT), len(CONTRACT))
    version = (version_id, now, as_of, record.source, record.currency, record.note or None)
    files = [(one.sha256, one.table, one.name, one.rows, one.rejected, one.encoding, now) for one in record.files]
    rejections = [
        (r.table, r.column, r.reason, r.rows, r.template, r.details, r.file, r.line) for r in record.rejections
    ]
    with _together(connection):
        for name in SYSTEM:
            if name != "version_file":  # the files of earlier loads are still in here
                connection.execute(f"DELETE FROM {quoted(name)}")
        for one in record.files:
            connection.execute("DELETE FROM version_file WHERE sha256 = ? AND table_name = ?", [one.sha256, one.table])
        _write(connection, "warehouse_version", [version])
        _write(connection, "version_table", held)
        _write(connection, "version_column", recorded)
        _write(connection, "version_file", files)
        _write(connection, "rejection", rejections)


def _counted(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, list[str]]:
    """Rows of a table, and its columns with a value."""
    columns = [column.name for column in metadata.tables[table].columns]
    counts = ", ".join(f"count({quoted(column)})" for column in columns)
    rows, *filled = connection.execute(f"SELECT count(*), {counts} FROM {quoted(table)}").fetchone() or (0,)
    return rows, [name for name, n in zip(columns, filled, strict=True) if n]


def _write(connection: duckdb.DuckDBPyConnection, table: str, listed: Sequence[tuple[object, ...]]) -> None:
    """Few rows in one statement: a statement a row would wait for each."""
    if listed:
        names = ", ".join(quoted(column.name) for column in metadata.tables[table].columns)
        places = ", ".join(f"({', '.join('?' for _ in row)})" for row in listed)
        connection.execute(f"INSERT INTO {quoted(table)} ({names}) VALUES {places}", [*chain.from_iterable(listed)])
