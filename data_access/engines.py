"""Read engines of a warehouse: one per published version, read-only, with a bound on the queries that run at once.

A version is immutable and has an engine of its own; when a new one is published, readers that open from then on
get the new engine, and those that are still at work finish on theirs. What an engine is, and what its errors mean,
its store knows (`data_access.versions.store.Store.engine`); a query waits for its turn here, and is stopped there when
it runs too long.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any

import sqlalchemy as sa
from cachetools import LRUCache
from sqlalchemy.exc import DBAPIError

from data_access.cache import FrameCache, Passed
from data_access.errors import NoVersionError, OutdatedError, QueueError, SlowError, StoreError, UnreachableError
from data_access.said import Said, marked
from data_access.settings import Settings
from data_access.versions.contract import lacking
from data_access.versions.store import ROLLBACK, Fault, Store, Version, first_line, journal

OPEN_VERSIONS = 2
"""Engines that are kept: that of the current version, and that of readers still on the one before."""

PASSED = 500
"""Statements whose look is remembered, some 35 kB each."""

LACKS_TOLD = 5
"""Tables and columns that an older version lacks and that are named."""


class Warehouse:
    """The versions of one warehouse, readable. Safe among threads; one for the process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.settings = settings
        self.cache = FrameCache(settings.cache_megabytes * 1_000_000)
        self.passed = Passed(PASSED)
        self.described: LRUCache[str, Any] = LRUCache(OPEN_VERSIONS)
        self.describing = Lock()
        self.store = store
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._complete: set[str] = set()
        self._lock = Lock()
        self._turns = BoundedSemaphore(settings.concurrent_queries)

    def current(self) -> Version:
        """The version to read now.

        Raises:
            NoVersionError: nothing was loaded yet.
        """
        version = self.store.current()
        if version is None:
            raise NoVersionError.of(
                marked(
                    "The warehouse {place} holds no data yet. Build the demo bank with `python -m data_access demo`, "
                    "or load feeds with `python -m data_access load FOLDER`."
                ),
                place=self.store.shown,
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
            SlowError: it ran longer than `settings.query_seconds`, and was stopped.
            OutdatedError: an older program published the version.
            StoreError: the version could not be read, for instance because two newer ones have replaced it.
        """
        if not self._turns.acquire(timeout=self.settings.wait_seconds):
            raise QueueError.of(
                marked(
                    "{n} queries were running for {seconds:g} seconds and this one found no turn. Nothing was read. "
                    "Try again in a moment; if it happens often, raise the setting `concurrent_queries`."
                ),
                n=self.settings.concurrent_queries,
                seconds=self.settings.wait_seconds,
            )
        try:
            with self._engine(version).connect() as connection:
                if version.id not in self._complete:
                    self._require_contract(version, connection)
                yield connection
        except DBAPIError as error:
            raise self._told(version, error.orig) from error
        finally:
            self._turns.release()

    def _require_contract(self, version: Version, connection: sa.Connection) -> None:
        """Refuse a version in which a query would look in vain for a table or a column."""
        if lacks := lacking(connection, self.store.schema(version)):
            listed, more = ", ".join(lacks[:LACKS_TOLD]), len(lacks) - LACKS_TOLD
            raise OutdatedError.of(
                marked(
                    "Version {version} in {place} was published by an older version of Branchlight: it lacks {lacks}. "
                    "Nothing was read. Load the data again: your feeds with `python -m data_access load FOLDER`, the "
                    "demo bank with `python -m data_access demo`."
                ),
                version=version.id,
                place=self.store.shown,
                lacks=Said.of(marked("{listed} and {n} more"), listed=listed, n=more) if more > 0 else listed,
            )
        if not self._complete and (why := self.store.unbound(connection)):
            journal.warning("%s", why)
        self._complete.add(version.id)

    def _told(self, version: Version, error: BaseException | None) -> StoreError:
        """What went wrong with a query, and what to do now."""
        fault = self.store.fault(error)
        if fault is Fault.TOO_SLOW:
            return SlowError.of(
                marked(
                    "A query was stopped after {seconds:g} seconds. Nothing was shown. Narrow the filter or try again "
                    "in a moment; if it happens often, raise the setting `query_seconds`."
                ),
                seconds=self.settings.query_seconds,
            )
        if fault is Fault.UNREACHABLE:
            return UnreachableError.of(
                marked(
                    "{place} does not answer: “{why}”. Nothing was read. Try again in a moment; if it stays so, check "
                    "that the server runs."
                ),
                place=self.store.shown,
                why=first_line(error),
            )
        if all(version.id != other.id for other in self.store.history()):
            return StoreError.of(
                marked(
                    "Version {version} of the warehouse could not be read: newer ones have replaced it, "
                    "reload the page."
                ),
                version=version.id,
            )
        if fault is Fault.DAMAGED:
            return StoreError.of(
                marked(
                    "Version {version} of the warehouse is missing or damaged: “{why}”. "
                    "Nothing was read or removed. {remedy}"
                ),
                version=version.id,
                why=first_line(error),
                remedy=ROLLBACK,
            )
        return StoreError.of(
            marked("Version {version} of the warehouse could not be read: “{why}”."),
            version=version.id,
            why=first_line(error),
        )

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
                engine = self.store.engine(version, self.settings)
                self._engines[version.id] = engine
            self._engines.move_to_end(version.id)
            while len(self._engines) > OPEN_VERSIONS:
                _, idle = self._engines.popitem(last=False)
                idle.dispose()  # connections in use end with their query
            return engine
