"""The workspace's database: SQLite by default, PostgreSQL by URL, brought to its newest shape when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url
from sqlalchemy.event import listen

MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> sa.Engine:
    """An engine on the workspace at `url`; a database that does not exist yet is made (SQLite)."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        engine = sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    else:
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(address)
        listen(engine, "connect", _prepare_sqlite)
    migrate(engine)
    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the database to the newest migration."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").close()
