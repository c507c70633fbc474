"""The store: where the versions of one warehouse live, published whole and never edited.

A load builds a draft, a DuckDB file of its own, and publishes it in one atomic step. How a version is kept, ordered,
pointed at, swept and opened is the business of one class an engine (`data_access.versions.folder`,
`data_access.versions.postgresql`); nobody else asks which engine it is.

A reader asks `Store.current` before each piece of work (it reads one small file, or one row) and opens a version that
it has not seen yet. The last two versions are kept: readers have time to move on, and `Store.rollback` somewhere to go.

Where versions lie and nothing says which one is current, the store is damaged, not empty: it refuses to be read or
loaded, removes nothing, and says how to point at one of them.
"""

from __future__ import annotations

import logging
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from getpass import getuser
from pathlib import Path
from socket import gethostname

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from data_access.errors import StoreError
from data_access.said import Said, marked
from data_access.schema import metadata
from data_access.settings import Settings, settings
from data_access.versions.contract import lacking

KEPT = 2
"""Versions that are kept: the current one and the one before it."""

VERSION_ID = "[0-9]{8}t[0-9]{12}[0-9a-f]{4}"
"""How the identifier of a version is written, as a regular expression."""

BUSY = marked("Another load is writing to {place}: {by}. Nothing was loaded.")
DAMAGED = marked(
    "The current version {version} in {place} is missing or damaged: “{why}”. "
    "Nothing was loaded, changed or removed. {remedy}"
)
OVERTAKEN = marked(
    "Version {version} was published in {place}, but it is not current: something else published meanwhile. "
    "Run `python -m data_access status`, and load again."
)
NOTHING_BEFORE = marked("{place} keeps no version before the current one. Nothing was changed.")
NOT_THERE = marked("{place} holds no version {version!r}. Nothing was changed. There: {there}.")
NONE = Said.of(marked("none"))
SOMEONE = Said.of(marked("someone else"))
ROLLBACK = Said.of(marked("Return to the version before with `python -m data_access rollback`."))
POINT_AT = Said.of(marked("Say which one is current with `python -m data_access point-at VERSION`"))

Progress = Callable[[str, int, int], None]
"""Told of long work: what is being done, how much of it is done, and of how much."""

journal = logging.getLogger("branchlight.store")


def silent(what: str, done: int, total: int) -> None:
    """The progress of someone who does not watch."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published state of the warehouse, never written to again.

    Attributes:
        id: Unique. It names the version and orders nothing, because clocks of loaders differ.
        number: Given by the store when it was published; a later version has a larger one.
        published_at: When it was published, by the clock of the store.
        place: Where its store keeps it: the name of a file or of a schema. For the store alone.
    """

    id: str
    number: int
    published_at: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A version in the making: a private folder, and in it the DuckDB file that will be published.

    Attributes:
        id: Of the version.
        folder: Where the file lies, and whatever the load needs beside it.
        left: Tables that are not in the file, because the version will show them as they lie in the current one.
    """

    id: str
    folder: Path
    left: set[str] = field(default_factory=set[str])

    @property
    def path(self) -> Path:
        """The DuckDB file to build; close it before publishing."""
        return self.folder / "warehouse.duckdb"


class Fault(Enum):
    """What an error of an engine's driver means to whoever reads a version."""

    TOO_SLOW = "stopped, because it ran longer than a query may"
    DAMAGED = "the version is missing or damaged"
    UNREACHABLE = "the engine does not answer"
    OTHER = "the engine refused this query"


class Store(ABC):
    """Where the versions of one warehouse live. A new engine is a new class of these."""

    url: str
    shown: str
    """`url` without its password, for messages."""

    @abstractmethod
    def history(self) -> tuple[Version, ...]:
        """The versions that are kept, oldest first; the last one is current.

        Raises:
            StoreError: nothing says which version is current though versions are there, or it cannot be read.
        """

    def current(self) -> Version | None:
        """The version that readers should see now, or None before the first load. Cheap.

        Raises:
            StoreError: as for `history`.
        """
        versions = self.history()
        return versions[-1] if versions else None

    @abstractmethod
    def unlisted(self) -> tuple[str, ...]:
        """Identifiers of versions that lie there and are not in the history, oldest name first.

        Those that `rollback` left, those that could not be removed yet, or all of them where the pointer is lost.
        """

    @abstractmethod
    def engine(self, version: Version, limits: Settings) -> sa.Engine:
        """A read-only engine on a version, whose queries the settings bound in number, memory and time."""

    def beside(self, version: Version) -> sa.Engine:
        """An engine on a version for a moment's look, whatever the settings of those who have it open."""
        return self.engine(version, settings())

    @abstractmethod
    def schema(self, version: Version) -> str:
        """Where an engine on a version finds its tables."""

    def unbound(self, connection: sa.Connection) -> str:
        """Why the engine would show this connection more than it was opened for; empty if it would not."""
        return ""

    @abstractmethod
    def fault(self, error: BaseException | None) -> Fault:
        """What an error of this store's driver means."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections that were kept for `history`."""

    @abstractmethod
    def loading(self, wait_seconds: float = 0.0) -> AbstractContextManager[None]:
        """The right to load, held by one load at a time. Everything below is done while holding it.

        Raises:
            BusyError: someone else holds it, and still did after `wait_seconds`.
        """

    @abstractmethod
    def draft(self) -> AbstractContextManager[Draft]:
        """An empty draft. Whatever was not published of it is gone when the context ends."""

    @abstractmethod
    def copy_current(self, draft: Draft, progress: Progress = silent, tables: Container[str] | None = None) -> None:
        """Start the draft from the current version; without one it stays empty.

        Args:
            draft: An empty one.
            progress: Told of each table.
            tables: Those that the load will read or change; all, if not said. A store may leave the others where they
                lie, and names them in `Draft.left`.

        Raises:
            StoreError: the current version is damaged.
        """

    @abstractmethod
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        """Make the draft the current version in one atomic step, then sweep.

        Raises:
            StoreError: it was not published, or it is not current although it was.
        """

    @abstractmethod
    def rollback(self) -> Version:
        """Make the version before the current one current again, and return it.

        Raises:
            NoVersionError: there is no version before.
            StoreError: the version before is damaged.
        """

    @abstractmethod
    def point_at(self, version_id: str) -> Version:
        """Make a version that lies there current, whatever the pointer says or lacks.

        Raises:
            NoVersionError: no such version lies there.
            StoreError: the version is damaged.
        """

    @abstractmethod
    def sweep(self) -> tuple[str, ...]:
        """Remove what is not kept, and return the names of what was removed.

        What cannot be removed now is left for the next sweep and told to the journal: a sweep never fails a load that
        has been published. Nothing is removed while a version of the history is missing.
        """

    def lacks(self, version: Version) -> tuple[str, ...]:
        """Tables and columns of the contract that a version of an older program was published without.

        Raises:
            StoreError: it cannot be opened.
        """
        engine = self.beside(version)
        try:
            with engine.connect() as connection:
                return lacking(connection, self.schema(version))
        except DBAPIError as error:
            raise StoreError.of(
                marked("Version {version} in {place} cannot be read: “{why}”. Nothing was changed. {remedy}"),
                version=version.id,
                place=self.shown,
                why=first_line(error.orig),
                remedy=ROLLBACK,
            ) from error
        finally:
            engine.dispose()

    def prove(self, version: Version) -> None:
        """See that a version can be opened and is the one that it is called.

        Raises:
            StoreError: it is damaged.
        """
        engine = self.engine(version, settings())
        try:
            with engine.connect() as connection:
                found = connection.scalar(sa.select(metadata.tables["warehouse_version"].c["version_id"]))
        except DBAPIError as error:
            raise StoreError.of(
                marked("Version {version} in {place} cannot be opened: “{why}”. Nothing was changed."),
                version=version.id,
                place=self.shown,
                why=first_line(error.orig),
            ) from error
        finally:
            engine.dispose()
        if found not in (version.id, None):
            raise StoreError.of(
                marked("What lies there as version {version} is version {found}. Nothing was changed."),
                version=version.id,
                found=found,
            )


def next_history(versions: tuple[Version, ...], chosen: Version) -> tuple[Version, ...]:
    """The history once `chosen` is current: what came after it is left out, and so is what is too old."""
    names = [version.id for version in versions]
    if chosen.id in names:
        return versions[: names.index(chosen.id) + 1]
    return (*versions, chosen)[-KEPT:]


def new_version_id() -> str:
    """An identifier that may stand in the name of a file or of a schema."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}{secrets.token_hex(2)}"


def who_loads() -> str:
    """Who this process is, for the message to a second load."""
    return f"{getuser()} on {gethostname()}, process {os.getpid()}"


def first_line(error: BaseException | None) -> str:
    """What an error says, in one line without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
