"""The workspace's database: SQLite by default, PostgreSQL by URL, brought to its newest shape when it is opened.

A migration is one transaction: a process that is killed in it leaves the shape before or the one after. A database
whose tables were made before migrations were kept is taken over as it stands; one of a newer program is left alone.
A SQLite file and what stands beside it (lock, write-ahead log) can be read by their owner alone.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy.engine import make_url
from sqlalchemy.event import listen

from data_access import logs
from data_access.errors import WorkspaceError
from data_access.private import PRIVATE, private_file
from data_access.settings import masked

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6D6967726174  # "migrat": the advisory lock of a migration
BEFORE_MIGRATIONS = {
    "0001": frozenset({"person", "person_branch", "saved_view"}),
    "0002": frozenset({"person", "person_branch", "saved_view", "session"}),
}
"""Tables of the shapes that were made without a record of their migration."""

_one_at_a_time = Lock()  # Alembic keeps its context in globals


def open_database(url: str) -> sa.Engine:
    """An engine on the workspace at `url`; a SQLite file that does not exist yet is made.

    Raises:
        WorkspaceError: the database is of a newer program, or holds only a part of the tables.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        postgresql = address.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(postgresql, pool_pre_ping=True, hide_parameters=True)
    else:
        if address.database and not address.database.startswith((":memory:", "file:")):
            private_file(Path(address.database))
        engine = sa.create_engine(address, hide_parameters=True)
        listen(engine, "connect", _prepare_sqlite)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest migration; other threads and processes that want the same wait.

    What was brought from an older shape to a newer one is written into the audit.

    Raises:
        WorkspaceError: as `open_database`.
    """
    with _one_at_a_time, _alone(engine) as connection:
        config = configuration(connection)
        before = _shape(engine, connection, config)
        command.upgrade(config, "head")
        after = ScriptDirectory.from_config(config).get_current_head() or ""
    if before and before != after:
        logs.record("workspace_migrated", logs.operator(), before=before, after=after, workspace=_shown(engine))


def configuration(connection: sa.Connection) -> Config:
    """What Alembic's commands need to work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _shape(engine: sa.Engine, connection: sa.Connection, config: Config) -> str:
    """The migration at which the database stands, empty for a new one; tables without a record of it get one."""
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    recorded = MigrationContext.configure(connection).get_current_revision()
    if recorded in known:
        return recorded
    if recorded is not None:
        raise WorkspaceError(
            f"The workspace {_shown(engine)} was made by a newer Branchlight: its shape {recorded} is unknown here, "
            f"where {known[0]} is the newest. Nothing was changed. Start the newer program again, or name another "
            "workspace in the setting `workspace`."
        )
    before_migrations = {name for tables in BEFORE_MIGRATIONS.values() for name in tables}
    ours = frozenset(sa.inspect(connection).get_table_names()) & before_migrations
    if not ours:
        return ""
    found = next((shape for shape, tables in BEFORE_MIGRATIONS.items() if tables == ours), None)
    if found is None:
        raise WorkspaceError(
            f"The workspace {_shown(engine)} holds the tables {', '.join(sorted(ours))} and not the others that belong "
            "to them. Nothing was changed. Restore it from a copy, or name another workspace in the setting "
            "`workspace`."
        )
    command.stamp(config, found)
    return found


@contextmanager
def _alone(engine: sa.Engine) -> Generator[sa.Connection]:
    """A transaction while no other process migrates."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection
    else:
        with FileLock(f"{engine.url.database}.lock", mode=PRIVATE), engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else Python's driver commits each CREATE TABLE by itself
            yield connection


def _shown(engine: sa.Engine) -> str:
    return masked(engine.url.render_as_string())


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
