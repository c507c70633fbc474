"""Versions of the warehouse as schemas of a PostgreSQL database (15 or newer).

The rows of a table lie in the schema ``branchlight_tables`` under a name made from their content
(`data_access.versions.postgresql_tables`). A version is a schema ``v_<id>`` of views on them: a table that a load did
not change is the same rows under a second view, and costs the load nothing. The schema ``branchlight`` lists the kept
versions in the order of a sequence.

A version is copied in, indexed and listed in one transaction of the session that holds the advisory lock of the load;
the server itself lets go of that lock when the session ends. A killed load leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Container, Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from time import monotonic, sleep
from typing import Any

import duckdb
import psycopg
import sqlalchemy as sa
from psycopg import errors, sql
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from typing_extensions import override

from data_access.errors import BusyError, NoVersionError, StoreError, UnreachableError
from data_access.reading import row_security
from data_access.said import marked
from data_access.schema import metadata
from data_access.settings import Settings, masked
from data_access.versions import postgresql_tables
from data_access.versions.scratch import scratch
from data_access.versions.store import (
    BUSY,
    DAMAGED,
    KEPT,
    NONE,
    NOT_THERE,
    NOTHING_BEFORE,
    OVERTAKEN,
    POINT_AT,
    ROLLBACK,
    SOMEONE,
    VERSION_ID,
    Draft,
    Fault,
    Progress,
    Store,
    Version,
    first_line,
    journal,
    new_version_id,
    next_history,
    silent,
    who_loads,
)

LOCK = 0x6272616E6368  # "branch": the advisory lock of a load
CONNECT_SECONDS = 10
SWEEP_WAIT = "2s"
"""How long a sweep waits for readers of what it removes; then it is left for the next one."""

_LISTING = (
    "CREATE SCHEMA IF NOT EXISTS branchlight",
    "CREATE SCHEMA IF NOT EXISTS branchlight_tables",
    "CREATE TABLE IF NOT EXISTS branchlight.version (version_id text PRIMARY KEY, published_at timestamptz NOT NULL)",
    # An older table lacks the number. Its rows keep their order before all that are numbered.
    "ALTER TABLE branchlight.version ADD COLUMN IF NOT EXISTS number bigint UNIQUE",
    "CREATE SEQUENCE IF NOT EXISTS branchlight.publication",
)
_LISTED = "SELECT to_regclass('branchlight.version') IS NOT NULL AND to_regclass('branchlight.publication') IS NOT NULL"
_HISTORY = """
SELECT version_id, coalesce(number, 0), published_at
FROM (SELECT version_id, published_at, (to_jsonb(v) ->> 'number')::bigint AS number FROM branchlight.version v) v
ORDER BY number NULLS FIRST, published_at
"""
_SCHEMAS = f"SELECT substr(nspname, 3) FROM pg_namespace WHERE nspname ~ '^v_{VERSION_ID}$' ORDER BY 1"  # noqa: S608
_UNBOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_HOLDER = """
SELECT a.application_name, to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS') FROM pg_locks l
JOIN pg_stat_activity a USING (pid) JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
AND (l.classid::bigint << 32 | l.objid::bigint) = %s
"""

_DAMAGE = (errors.UndefinedTable, errors.InvalidSchemaName, errors.DataCorrupted, errors.IndexCorrupted)
_AWAY = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)

Session = psycopg.Connection[tuple[Any, ...]]


class PostgresStore(Store):
    """Versions as schemas of one database, for many machines."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.shown = masked(url)
        try:
            if url.partition("?")[0].count("@") > 1:  # the rest of the password would be taken for the host, and told
                raise ValueError
            self._address = sa.make_url(url).set(drivername="postgresql+psycopg")
        except (ValueError, ArgumentError):
            raise StoreError.of(
                marked(
                    "{place} is not an address of a database. Nothing was read. Write the setting `warehouse` as "
                    "postgresql://user:password@host:port/database, with special characters of the password as %XX."
                ),
                place=self.shown,
            ) from None  # the cause may quote a part of the password
        self._loader: Session | None = None

    def _connect(self) -> Session:
        conninfo = self._address.set(drivername="postgresql").render_as_string(hide_password=False)
        name = f"branchlight: {who_loads()}"[:63]
        try:
            session = psycopg.connect(
                conninfo, application_name=name, autocommit=True, connect_timeout=CONNECT_SECONDS, keepalives_idle=30
            )
            row_security.admit_loader(session)
            return session
        except psycopg.OperationalError as error:
            raise self._unreachable(error) from error

    @cached_property
    def _watch(self) -> sa.Engine:
        """A pool for the question which version is current, asked before each piece of a reader's work."""
        options = {"connect_timeout": CONNECT_SECONDS, "options": "-c statement_timeout=10s"}
        return sa.create_engine(self._address, connect_args=options, pool_pre_ping=True, pool_size=5, max_overflow=15)

    def _unreachable(self, error: BaseException | None) -> StoreError:
        return UnreachableError.of(
            marked(
                "{place} does not answer: “{why}”. Nothing was read or changed. "
                "Check that the server runs and that the setting `warehouse` names it rightly."
            ),
            place=self.shown,
            why=first_line(error),
        )

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of one of the questions above.

        Raises:
            StoreError: the server does not answer, or the user may not ask.
        """
        try:
            with self._watch.connect() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(query)]
        except DBAPIError as error:
            if isinstance(error.orig, errors.InsufficientPrivilege):
                raise StoreError.of(
                    marked(
                        "{user} may not read the warehouse in {place}: “{why}”. Nothing was read or changed. Let the "
                        "owner of the warehouse GRANT USAGE on the schemas and SELECT on the tables, or change the "
                        "setting `warehouse`."
                    ),
                    user=self._address.username,
                    place=self.shown,
                    why=first_line(error.orig),
                ) from error
            if isinstance(error.orig, (errors.UndefinedTable, errors.InvalidSchemaName)):
                raise
            raise self._unreachable(error.orig) from error
        except SQLAlchemyError as error:  # no connection of the pool was free
            raise self._unreachable(error) from error

    @override
    def history(self) -> tuple[Version, ...]:
        try:
            rows = self._ask(_HISTORY)
        except DBAPIError:  # the list was never made, or is lost
            rows = []
        if not rows and (there := self._schemas()):
            raise StoreError.of(
                marked(
                    "{place} does not say which version is current, and it holds {there}. Nothing was read, changed or "
                    "removed. {remedy}, or restore branchlight.version from a backup."
                ),
                place=self.shown,
                there=", ".join(there),
                remedy=POINT_AT,
            )
        return tuple(Version(name, number, at, place=f"v_{name}") for name, number, at in rows)

    def _schemas(self) -> list[str]:
        return [name for (name,) in self._ask(_SCHEMAS)]

    @override
    def unlisted(self) -> tuple[str, ...]:
        listed = {version.id for version in self.history()}
        return tuple(name for name in self._schemas() if name not in listed)

    @override
    def engine(self, version: Version, limits: Settings) -> sa.Engine:
        bounds = f"-c search_path=pg_catalog -c statement_timeout={max(1, round(limits.query_seconds * 1000))}"
        engine = sa.create_engine(
            self._address,
            connect_args={
                "options": f"{bounds} -c default_transaction_read_only=on",
                "connect_timeout": CONNECT_SECONDS,
            },
            hide_parameters=True,  # what a query asked for belongs in no log
            pool_pre_ping=True,
            poolclass=sa.QueuePool,
            pool_size=limits.concurrent_queries,
            max_overflow=0,
        )
        return engine.execution_options(schema_translate_map={None: version.place}, postgresql_readonly=True)

    @override
    def schema(self, version: Version) -> str:
        return version.place

    @override
    def unbound(self, connection: sa.Connection) -> str:
        if not connection.exec_driver_sql(_UNBOUND).scalar():
            return ""
        return (
            f"{self._address.username or 'The role of the app'} is a superuser of {self.shown}, or bypasses row-level "
            "security: the server does not hold it to the rows of a viewer's branches. Give the app a role of its own, "
            "as docs/postgresql.md says."
        )

    @override
    def fault(self, error: BaseException | None) -> Fault:
        if isinstance(error, errors.QueryCanceled):
            return Fault.TOO_SLOW
        if isinstance(error, _DAMAGE):
            return Fault.DAMAGED
        lost = isinstance(error, _AWAY) or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)
        return Fault.UNREACHABLE if lost else Fault.OTHER

    @override
    def close(self) -> None:
        self._watch.dispose()

    @override
    @contextmanager
    def loading(self, wait_seconds: float = 0.0) -> Generator[None]:
        with self._connect() as connection:
            until = monotonic() + wait_seconds
            while not _one(connection, "SELECT pg_try_advisory_lock(%s)", LOCK)[0]:
                if monotonic() >= until:
                    holder = _one(connection, _HOLDER, LOCK)
                    by = ", since ".join(holder) if holder else SOMEONE
                    raise BusyError.of(BUSY, place=self.shown, by=by)
                sleep(0.2)
            if not _one(connection, _LISTED)[0]:  # asked first: making what is there would wait for its readers
                for statement in _LISTING:
                    connection.execute(statement.encode())
            self._loader = connection
            try:
                yield
            finally:
                self._loader = None
                with suppress(psycopg.Error):  # of a session that was lost the server lets go by itself
                    # Said, not left to the end of the session, which the server notices a moment after the next load.
                    connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
                self._watch.dispose()  # whoever loads seldom reads on, and need not close what they did not open

    @contextmanager
    def _session(self) -> Generator[Session]:
        """The session that holds the lock of the load, or one of its own where nobody loads."""
        if self._loader is not None:
            yield self._loader
        else:
            with self._connect() as connection:
                yield connection

    @override
    @contextmanager
    def draft(self) -> Generator[Draft]:
        with scratch("draft") as folder:
            yield Draft(new_version_id(), folder)

    @override
    def copy_current(self, draft: Draft, progress: Progress = silent, tables: Container[str] | None = None) -> None:
        version = self.current()
        if version is None:
            return
        try:
            with self._session() as source, duckdb.connect(draft.path) as target:
                lying = postgresql_tables.shown(source, version.place) if tables is not None else {}
                for done, table in enumerate(metadata.tables.values()):
                    progress("copying the current version", done, len(metadata.tables))
                    if tables is not None and table.name not in tables and table.name in lying:
                        draft.left.add(table.name)
                        continue
                    postgresql_tables.pull(source, version.place, table, target, draft.folder / "pulled.csv")
                postgresql_tables.refuse_lost(version.place, target, draft.left)
        except _DAMAGE as error:
            raise StoreError.of(
                DAMAGED, version=version.id, place=self.shown, why=first_line(error), remedy=ROLLBACK
            ) from error
        progress("copying the current version", len(metadata.tables), len(metadata.tables))

    @override
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        self.history()  # refuses a lost list before anything is added to it
        schema = f"v_{draft.id}"
        try:
            with (
                duckdb.connect(draft.path, read_only=True) as source,
                self._session() as target,
                target.transaction(),
            ):
                target.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
                names = postgresql_tables.names(source, self._left(target, draft))
                for name, table in metadata.tables.items():
                    if not postgresql_tables.exists(target, names[name]):
                        file = draft.folder / "pushed.csv"
                        postgresql_tables.push(source, table, target, names[name], file, progress)
                    postgresql_tables.show(target, table, names[name], schema)
                row_security.protect(target, postgresql_tables.SCHEMA, names)
                self._list(target, draft.id)
        except psycopg.Error as error:
            if not self._listed(draft.id, error):  # the connection may have been lost after the server had published
                raise StoreError.of(
                    marked(
                        "{place} did not take the new version: “{why}”. Nothing was published; the current version is "
                        "unchanged. Mend the cause and load again."
                    ),
                    place=self.shown,
                    why=first_line(error),
                ) from error
        version = self.current()
        if version is None or version.id != draft.id:
            raise StoreError.of(OVERTAKEN, version=draft.id, place=self.shown)
        self.sweep()
        return version

    def _left(self, session: Session, draft: Draft) -> dict[str, str]:
        """Where the tables lie that a draft leaves as they are."""
        current = self.current()
        if current is None or not draft.left:
            return {}
        lying = postgresql_tables.shown(session, current.place)
        return {name: lying[name] for name in draft.left}

    def _listed(self, version_id: str, error: psycopg.Error) -> bool:
        try:
            return any(version.id == version_id for version in self.history())
        except StoreError:
            raise StoreError.of(
                marked(
                    "{place} was lost while it published version {version}: “{why}”. Whether that version is current, "
                    "`python -m data_access status` says once the server answers; load again if not."
                ),
                place=self.shown,
                version=version_id,
                why=first_line(error),
            ) from error

    def _list(self, session: Session, version_id: str) -> None:
        """Make a version the last one of the history; within the caller's transaction."""
        session.execute(
            "INSERT INTO branchlight.version (version_id, published_at, number) "
            "VALUES (%s, clock_timestamp(), nextval('branchlight.publication'))",
            (version_id,),
        )
        session.execute(
            "DELETE FROM branchlight.version WHERE version_id NOT IN "
            "(SELECT version_id FROM branchlight.version ORDER BY number DESC NULLS LAST, published_at DESC LIMIT %s)",
            (KEPT,),
        )

    @override
    def rollback(self) -> Version:
        versions = self.history()
        if len(versions) < KEPT:
            raise NoVersionError.of(NOTHING_BEFORE, place=self.shown)
        self.prove(versions[-2])
        with self._session() as session:
            session.execute("DELETE FROM branchlight.version WHERE version_id = %s", (versions[-1].id,))
        return versions[-2]

    @override
    def point_at(self, version_id: str) -> Version:
        there = self._schemas()
        if version_id not in there:
            listed = ", ".join(there) or NONE
            raise NoVersionError.of(NOT_THERE, place=self.shown, version=version_id, there=listed)
        try:
            versions = self.history()
        except StoreError:  # the list is lost: what this is for
            versions = ()
        with self._session() as session:
            now = _one(session, "SELECT clock_timestamp()")[0]
            chosen = Version(version_id, 0, now, f"v_{version_id}")
            self.prove(chosen)
            kept = next_history(versions, chosen)
            with session.transaction():
                if chosen in kept:
                    self._list(session, version_id)
                session.execute(
                    "DELETE FROM branchlight.version WHERE version_id <> ALL(%s)", ([version.id for version in kept],)
                )
        return self.history()[-1]

    @override
    def sweep(self) -> tuple[str, ...]:
        removed: list[str] = []
        try:
            listed = {version.id for version in self.history()}
            there = self._schemas()
            if not listed.issubset(there):
                journal.warning("%s: a version of the history is missing, so none is removed", self.shown)
                return ()
            with self._connect() as session:
                session.execute(f"SET lock_timeout = '{SWEEP_WAIT}'".encode())
                stale = (f"v_{name}" for name in there if name not in listed)
                removed += [name for name in stale if self._drop(session, sql.SQL("SCHEMA {} CASCADE"), name)]
                for name in postgresql_tables.unseen(session):
                    self._drop(session, sql.SQL("TABLE {}"), postgresql_tables.SCHEMA, name)
        except (StoreError, psycopg.Error) as error:
            journal.warning("%s: old versions could not be removed yet: %s", self.shown, first_line(error))
        return tuple(removed)

    def _drop(self, session: Session, what: sql.SQL, *name: str) -> bool:
        try:
            session.execute(sql.SQL("DROP ") + what.format(sql.Identifier(*name)))
        except (errors.LockNotAvailable, errors.DependentObjectsStillExist, errors.DeadlockDetected) as error:
            journal.warning("%s: %s could not be removed yet: %s", self.shown, ".".join(name), first_line(error))
            return False
        return True


def _one(session: Session, query: str, *values: object) -> tuple[Any, ...]:
    return session.execute(query.encode(), values).fetchone() or ()
