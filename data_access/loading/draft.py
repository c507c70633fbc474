"""The inside of a draft: the contract's tables in DuckDB, their derived columns, and what the draft says of itself.

Tables have neither keys nor indexes here: DuckDB scans faster than it would maintain them over ten million rows, and
the loaders prove keys before they insert.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import sqlalchemy as sa

from data_access.duckdb_types import duckdb_type, quoted
from data_access.errors import LoadError
from data_access.schema import CONTRACT, SYSTEM, metadata
from data_access.settings import settings
from data_access.store import Draft, Progress, silent

EVENT = {
    "contact": "contacted_at",
    "sale": "sold_at",
    "referral": "made_at",
    "satisfaction": "invited_at",
    "complaint": "opened_at",
    "journey_event": "occurred_at",
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


@dataclass(slots=True)
class Record:
    """What a version will say of itself."""

    source: str
    currency: str
    as_of: date | None = None
    note: str = ""
    files: list[FileRecord] = field(default_factory=list[FileRecord])
    rejections: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    flagged: dict[str, int] = field(default_factory=dict[str, int])
    changed: set[str] = field(default_factory=set[str])


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
    connection = duckdb.connect(draft.path, config=config)
    try:
        connection.execute("SET enable_progress_bar = false")
        _make_tables(connection)
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    for table in metadata.tables.values():
        columns = [f"{quoted(column.name)} {duckdb_type(column)}" for column in table.columns]
        connection.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table.name)} ({', '.join(columns)})")
        for column in columns:  # a version written under an older contract gains the columns it lacks
            connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN IF NOT EXISTS {column}")


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


def last_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The last day that the facts cover, or None without facts: the clock of every page."""
    events = [
        *(f"SELECT max({column}) AS happened FROM {table}" for table, column in EVENT.items()),
        *(
            f"SELECT max({column}) FROM campaign_member"
            for column in ("assigned_at", "contacted_at", "participated_at", "converted_at")
        ),
        *(
            f"SELECT last_day(make_date(max(month_no) // 12, max(month_no) % 12 + 1, 1)) FROM {table}"
            for table in ("tier_snapshot", "asset_flow")
        ),
    ]
    found = connection.execute(f"SELECT CAST(max(happened) AS DATE) FROM ({' UNION ALL '.join(events)})").fetchone()
    return found[0] if found else None


def describe(
    connection: duckdb.DuckDBPyConnection, version_id: str, record: Record, progress: Progress = silent
) -> None:
    """Write the system tables of a draft: the last step before it is published.

    Raises:
        LoadError: no fact has a date, so that no page would know what "this week" is.
    """
    as_of = record.as_of or last_day(connection)
    if as_of is None:
        raise LoadError(
            "The feed holds no dated row (no member, contact, sale or snapshot), so the warehouse would have no "
            "last day. Nothing was loaded. Add at least one table of what happened."
        )
    now = datetime.now().replace(microsecond=0)
    before = dict(connection.execute("SELECT table_name, loaded_at FROM version_table").fetchall())
    for name in SYSTEM:
        if name != "version_file":  # the files of earlier loads are still in here
            connection.execute(f"DELETE FROM {quoted(name)}")
    _write(
        connection,
        "warehouse_version",
        [(version_id, now, as_of, record.source, record.currency, record.note or None)],
    )
    rejected: dict[str, int] = {}
    for file in record.files:
        rejected[file.table] = rejected.get(file.table, 0) + file.rejected
    for done, table in enumerate(CONTRACT):
        progress("counting what is recorded", done, len(CONTRACT))
        columns = [column.name for column in metadata.tables[table].columns]
        counts = ", ".join(f"count({quoted(column)})" for column in columns)
        rows, *filled = connection.execute(f"SELECT count(*), {counts} FROM {quoted(table)}").fetchone() or (0,)
        loaded_at = now if table in record.changed else before.get(table)
        counted = (table, rows, rejected.get(table, 0), record.flagged.get(table, 0), loaded_at)
        _write(connection, "version_table", [counted])
        _write(connection, "version_column", [(table, name) for name, n in zip(columns, filled, strict=True) if n])
    progress("counting what is recorded", len(CONTRACT), len(CONTRACT))
    for file in record.files:
        connection.execute("DELETE FROM version_file WHERE sha256 = ? AND table_name = ?", [file.sha256, file.table])
    _write(
        connection,
        "version_file",
        [(file.sha256, file.table, file.name, file.rows, file.rejected, file.encoding, now) for file in record.files],
    )
    _write(connection, "rejection", [(*key, rows) for key, rows in record.rejections.items()])


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    listed = list(rows)
    if listed:
        places = ", ".join("?" for _ in listed[0])
        connection.executemany(f"INSERT INTO {quoted(table)} VALUES ({places})", listed)
