"""Versions of the warehouse as schemas of a PostgreSQL database.

The schema ``branchlight`` holds one row per kept version; the schema ``v_<id>`` holds its tables. A version is copied
in, indexed and pointed at in one transaction: a killed load leaves nothing behind. The session that loads holds an
advisory lock, which the server itself lets go of when the session ends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import duckdb
import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import CreateTable
from typing_extensions import override

from data_access.errors import BusyError, NoVersionError, StoreError
from data_access.loading.draft import duckdb_type
from data_access.schema import metadata
from data_access.versions import KEPT, Draft, Progress, Store, Version, new_version_id, silent, who_loads

LOCK = 0x6272616E6368  # "branch": the advisory lock of a load
BLOCK = 1 << 20
"""Bytes sent to the server at once."""

_FILTERED = ("branch_id", "campaign_id", "customer_id", "staff_id", "week_start", "month_no", "assigned_week")

_HOLDER = """
SELECT a.application_name, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') FROM pg_locks l
JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
AND (l.classid::bigint << 32 | l.objid::bigint) = %s
"""


class PostgresStore(Store):
    """Versions as schemas of one database, for many machines."""

    def __init__(self, url: str) -> None:
        self.url = url
        address = sa.make_url(url)
        self._shown = address.render_as_string(hide_password=True)
        self._conninfo = address.set(drivername="postgresql").render_as_string(hide_password=False)

    def _connect(self, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
        try:
            return psycopg.connect(self._conninfo, application_name=f"branchlight: {who_loads()}"[:63], **options)
        except psycopg.OperationalError as error:
            raise StoreError(
                f"{self._shown} does not answer: {error}. Nothing was read or changed. "
                "Check that the server runs and that the setting `warehouse` names it rightly."
            ) from error

    @cached_property
    def _watch(self) -> sa.Engine:
        """A pool for the question which version is current, asked before each piece of a reader's work."""
        return sa.create_engine(sa.make_url(self.url).set(drivername="postgresql+psycopg"), pool_pre_ping=True)

    @override
    def history(self) -> tuple[Version, ...]:
        table = sa.table("version", sa.column("version_id"), sa.column("published_at"), schema="branchlight")
        try:
            with self._watch.connect() as connection:
                rows = connection.execute(sa.select(table).order_by(table.c.published_at)).all()
        except ProgrammingError:  # no load has made the table yet
            return ()
        except OperationalError as error:
            raise StoreError(f"{self._shown} does not answer. Nothing was read. Check that the server runs.") from error
        return tuple(Version(row.version_id, row.published_at, schema=f"v_{row.version_id}") for row in rows)

    @override
    def close(self) -> None:
        self._watch.dispose()

    @override
    @contextmanager
    def loading(self, wait_seconds: float = 0.0) -> Generator[None]:
        with self._connect(autocommit=True) as connection:
            until = monotonic() + wait_seconds
            while not _one(connection, "SELECT pg_try_advisory_lock(%s)", LOCK)[0]:
                if monotonic() >= until:
                    name, since = _one(connection, _HOLDER, LOCK) or ("someone else", "a moment ago")
                    raise BusyError(f"Another load is writing to {self._shown}: {name}, since {since}. Nothing loaded.")
                sleep(0.2)
            connection.execute("CREATE SCHEMA IF NOT EXISTS branchlight")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS branchlight.version "
                "(version_id text PRIMARY KEY, published_at timestamptz NOT NULL)"
            )
            yield

    @override
    @contextmanager
    def draft(self) -> Generator[Draft]:
        with tempfile.TemporaryDirectory(prefix="branchlight-draft-") as folder:
            yield Draft(new_version_id(), Path(folder))

    @override
    def copy_current(self, draft: Draft, progress: Progress = silent) -> None:
        version = self.current()
        if version is None or version.schema is None:
            return
        with self._connect() as source, duckdb.connect(draft.path) as target:
            for done, table in enumerate(metadata.tables.values()):
                progress("copying the current version", done, len(metadata.tables))
                _pull(source, version.schema, table, target, draft.folder / "pulled.csv")
            progress("copying the current version", len(metadata.tables), len(metadata.tables))

    @override
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        version = Version(draft.id, datetime.now(UTC), schema=f"v_{draft.id}")
        schema = sql.Identifier(f"v_{draft.id}")
        with self._connect() as target, duckdb.connect(draft.path, read_only=True) as source:
            target.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
            for table in metadata.tables.values():
                _push(source, table, target, f"v_{draft.id}", draft.folder / "pushed.csv", progress)
            target.execute("INSERT INTO branchlight.version VALUES (%s, %s)", (version.id, version.published_at))
            target.execute(
                "DELETE FROM branchlight.version WHERE version_id NOT IN "
                "(SELECT version_id FROM branchlight.version ORDER BY published_at DESC LIMIT %s)",
                (KEPT,),
            )
        self.sweep()
        return version

    @override
    def rollback(self) -> Version:
        versions = self.history()
        if len(versions) < KEPT:
            raise NoVersionError(f"{self._shown} keeps no version before the current one. Nothing was changed.")
        with self._connect() as connection:
            connection.execute("DELETE FROM branchlight.version WHERE version_id = %s", (versions[-1].id,))
        return versions[-2]

    @override
    def sweep(self) -> tuple[str, ...]:
        with self._connect() as connection:
            found = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname ~ '^v_[0-9]{8}t[0-9]{12}[0-9a-f]{4}$' "
                "AND substr(nspname, 3) NOT IN (SELECT version_id FROM branchlight.version)"
            ).fetchall()
            for (name,) in found:
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
        return tuple(name for (name,) in found)


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: str, *values: object) -> tuple[Any, ...]:
    return connection.execute(query.encode(), values).fetchone() or ()


def _push(
    source: duckdb.DuckDBPyConnection,
    table: sa.Table,
    target: psycopg.Connection[tuple[Any, ...]],
    schema: str,
    file: Path,
    progress: Progress,
) -> None:
    """Make a table in the new schema, COPY its rows, then build what reading it needs; `file` is scratch."""
    bare = sa.Table(table.name, sa.MetaData(), *(sa.Column(c.name, c.type) for c in table.columns), schema=schema)
    target.execute(str(CreateTable(bare).compile(dialect=postgresql.dialect())).encode())
    name = sql.Identifier(schema, table.name)
    source.table(table.name).select(*(duckdb.ColumnExpression(column.name) for column in table.columns)).to_csv(
        str(file), header=False, quoting="ALL", quotechar='"', escapechar='"', sep=","
    )  # an empty text is quoted, a missing value is not: the distinction that PostgreSQL makes, too
    size = file.stat().st_size
    with (
        file.open("rb") as written,
        target.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(name, _columns(table))) as copy,
    ):
        while block := written.read(BLOCK):
            copy.write(block)
            progress(f"copying {table.name} to PostgreSQL", written.tell(), size)
    file.unlink()
    _index(target, name, table)


def _index(target: psycopg.Connection[tuple[Any, ...]], name: sql.Identifier, table: sa.Table) -> None:
    """Key, indexes on what pages filter by, and the statistics that tell the planner what goes together."""
    key = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key)
    target.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(name, key))
    filtered = [column for column in _FILTERED if column in table.columns and not table.columns[column].primary_key]
    for column in filtered:
        target.execute(sql.SQL("CREATE INDEX ON {} ({})").format(name, sql.Identifier(column)))
    together = [column for column in ("branch_id", "campaign_id", "arm") if column in table.columns]
    if len(together) > 1:
        listed = sql.SQL(", ").join(map(sql.Identifier, together))
        target.execute(
            sql.SQL("CREATE STATISTICS {} (ndistinct, dependencies) ON {} FROM {}").format(
                sql.Identifier(name.as_string().split(".")[0].strip('"'), f"{table.name}_together"), listed, name
            )
        )
    target.execute(sql.SQL("ANALYZE {}").format(name))


def _pull(
    source: psycopg.Connection[tuple[Any, ...]],
    schema: str,
    table: sa.Table,
    target: duckdb.DuckDBPyConnection,
    file: Path,
) -> None:
    """Copy a table of a version into a draft, through a file because both sides speak CSV."""
    name = sql.Identifier(schema, table.name)
    query = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)").format(name, _columns(table))
    with file.open("wb") as written, source.cursor().copy(query) as copy:
        for block in copy:
            written.write(block)
    types = {column.name: duckdb_type(column) for column in table.columns}
    target.read_csv(
        str(file),
        header=False,
        names=list(types),
        dtype=types,
        quotechar='"',
        escapechar='"',
        sep=",",
        na_values="",
        allow_quoted_nulls=False,
        auto_detect=False,
    ).create(table.name)
    file.unlink()


def _columns(table: sa.Table) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
