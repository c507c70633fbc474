"""Read engines of a warehouse: one per published version, read-only, with a bound on the queries that run at once.

A version is immutable and has an engine of its own; when a new one is published, readers that open from then on
get the new engine, and those that are still at work finish on theirs.

* DuckDB: the file is opened read-only, may reach no other file and no network, and its settings are locked.
* PostgreSQL: transactions are read-only and the version's schema is put in front of every table name.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from data_access.cache import FrameCache
from data_access.errors import NoVersionError, QueueError, StoreError
from data_access.settings import Settings
from data_access.versions import Store, Version

OPEN_VERSIONS = 2
"""Engines that are kept: that of the current version, and that of readers still on the one before."""


class Warehouse:
    """The versions of one warehouse, readable. Safe among threads; one for the process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.settings = settings
        self.cache = FrameCache(settings.cache_megabytes * 1_000_000)
        self.store = store
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._lock = Lock()
        self._turns = BoundedSemaphore(settings.concurrent_queries)

    def current(self) -> Version:
        """The version to read now.

        Raises:
            NoVersionError: nothing was loaded yet.
        """
        version = self.store.current()
        if version is None:
            raise NoVersionError(
                f"The warehouse {self.settings.warehouse} holds no data yet. Build the demo bank with "
                "`python -m data_access demo`, or load feeds with `python -m data_access load FOLDER`."
            )
        return version

    def dialect(self, version: Version) -> sa.Dialect:
        """The dialect in which statements on `version` are written."""
        return self._engine(version).dialect

    @contextmanager
    def connect(self, version: Version) -> Generator[sa.Connection]:
        """A connection to `version`, once it is this query's turn.

        Raises:
            QueueError: `settings.concurrent_queries` others were running all the time that this one waited.
            StoreError: the version could not be read, for instance because two newer ones have replaced it.
        """
        if not self._turns.acquire(timeout=self.settings.query_seconds):
            raise QueueError(
                f"{self.settings.concurrent_queries} queries were running for {self.settings.query_seconds:g} seconds "
                "and this one found no turn. Nothing was read. Try again in a moment; if it happens often, raise the "
                "setting `concurrent_queries`."
            )
        try:
            with self._engine(version).connect() as connection:
                yield connection
        except DBAPIError as error:
            kept = any(version.id == other.id for other in self.store.history())
            why = str(error.orig).partition("\n")[0] if kept else "newer ones have replaced it, reload the page"
            raise StoreError(f"Version {version.id} of the warehouse could not be read: {why}.") from error
        finally:
            self._turns.release()

    def close(self) -> None:
        """Close every connection."""
        self.store.close()
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _engine(self, version: Version) -> sa.Engine:
        with self._lock:
            engine = self._engines.get(version.id)
            if engine is None:
                engine = _create(version, self.store.url, self.settings)
                self._engines[version.id] = engine
            self._engines.move_to_end(version.id)
            while len(self._engines) > OPEN_VERSIONS:
                _, idle = self._engines.popitem(last=False)
                idle.dispose()  # connections in use end with their query
            return engine


def _create(version: Version, url: str, settings: Settings) -> sa.Engine:
    pool = {"poolclass": sa.QueuePool, "pool_size": settings.concurrent_queries, "max_overflow": 0}
    if version.path is not None:
        config: dict[str, object] = {
            "memory_limit": settings.memory_limit,
            "enable_external_access": "false",
            "lock_configuration": "true",
        }
        if settings.threads:
            config["threads"] = settings.threads
        return sa.create_engine(
            URL.create("duckdb", database=str(version.path.absolute())),
            connect_args={"read_only": True, "config": config},
            **pool,
        )
    engine = sa.create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"options": "-c search_path=pg_catalog -c default_transaction_read_only=on"},
        pool_pre_ping=True,
        **pool,
    )
    return engine.execution_options(schema_translate_map={None: version.schema}, postgresql_readonly=True)
