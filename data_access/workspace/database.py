"""The workspace's database: SQLite by default, PostgreSQL by URL, brought to its newest shape when it is opened.

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
from filelock import FileLock
from sqlalchemy.engine import make_url
from sqlalchemy.event import listen

from data_access.private import PRIVATE, private_file

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6D6967726174  # "migrat": the advisory lock of a migration

_one_at_a_time = Lock()  # Alembic keeps its context in globals


def open_database(url: str) -> sa.Engine:
    """An engine on the workspace at `url`; a SQLite file that does not exist yet is made."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        postgresql = address.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(postgresql, pool_pre_ping=True, hide_parameters=True)
    else:
        if address.database and not address.database.startswith((":memory:", "file:")):
            private_file(Path(address.database))
        engine = sa.create_engine(address, hide_parameters=True)
        listen(engine, "connect", _prepare_sqlite)
    migrate(engine)
    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest migration; other threads and processes that want the same wait."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _one_at_a_time, _alone(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _alone(engine: sa.Engine) -> Generator[sa.Connection]:
    """A transaction while no other process migrates."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection
    else:
        with FileLock(f"{engine.url.database}.lock", mode=PRIVATE), engine.begin() as connection:
            yield connection


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
