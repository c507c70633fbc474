"""Versions of the warehouse: published whole, never edited, and the pointer that says which one is current.

A load builds a draft, a DuckDB file of its own, and publishes it in one atomic step:

* a **folder** keeps each version as an immutable file ``warehouse-<id>.duckdb`` and names the current one in
  ``current.json``, which is replaced atomically. Each version has a new name, because a process that has a DuckDB
  file open keeps seeing the old content of that path;
* **PostgreSQL** keeps each version as a schema ``v_<id>``, filled in one transaction with the row that points at it
  (`data_access.versions_postgresql`).

A reader asks `Store.current` before each piece of work (it reads one small file, or one row) and opens a version that
it has not seen yet. The last two versions are kept: readers have time to move on, and `Store.rollback` somewhere to go.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from socket import gethostname

from filelock import FileLock, Timeout
from typing_extensions import override

from data_access.errors import BusyError, NoVersionError, StoreError

KEPT = 2
"""Versions that are kept: the current one and the one before it."""

Progress = Callable[[str, int, int], None]
"""Told of long work: what is being done, how much of it is done, and of how much."""


def silent(what: str, done: int, total: int) -> None:
    """The progress of someone who does not watch."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published state of the warehouse. Exactly one of `path` and `schema` is set.

    Attributes:
        id: Unique; sorts by the time the version was begun.
        published_at: When it was published, UTC.
        path: The DuckDB file, immutable. Open it read-only.
        schema: The PostgreSQL schema, never written to again.
    """

    id: str
    published_at: datetime
    path: Path | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A version in the making: a private folder, and in it the DuckDB file that will be published."""

    id: str
    folder: Path

    @property
    def path(self) -> Path:
        """The DuckDB file to build; close it before publishing."""
        return self.folder / "warehouse.duckdb"


class Store(ABC):
    """Where the versions of one warehouse live."""

    url: str

    @abstractmethod
    def history(self) -> tuple[Version, ...]:
        """The versions that are kept, oldest first; the last one is current."""

    def current(self) -> Version | None:
        """The version that readers should see now, or None before the first load. Cheap."""
        versions = self.history()
        return versions[-1] if versions else None

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
    def copy_current(self, draft: Draft, progress: Progress = silent) -> None:
        """Start the draft from the current version; without one it stays empty."""

    @abstractmethod
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        """Make the draft the current version in one atomic step and sweep what is no longer kept."""

    @abstractmethod
    def rollback(self) -> Version:
        """Make the version before the current one current again, and return it.

        Raises:
            NoVersionError: there is no version before.
        """

    @abstractmethod
    def sweep(self) -> tuple[str, ...]:
        """Remove versions that are no longer kept and drafts of killed loads; the names of what was removed."""


def open_store(url: str) -> Store:
    """The store at a PostgreSQL URL or, for anything else, in a folder of DuckDB files (made at the first load).

    Raises:
        StoreError: the URL names a database that holds no warehouse.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        return FolderStore(Path(url))
    if scheme.split("+")[0] in ("postgresql", "postgres"):
        from data_access.versions_postgresql import PostgresStore  # the driver is loaded only where it is used

        return PostgresStore(url)
    raise StoreError(
        f"A warehouse is a folder of DuckDB files or a postgresql:// address, not {scheme}://. "
        "Nothing was read. Change the setting `warehouse`."
    )


def new_version_id() -> str:
    """An identifier that sorts by time and may stand in the name of a file or of a schema."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%S%f}{secrets.token_hex(2)}"


def who_loads() -> str:
    """Who this process is, for the message to a second load."""
    return f"{getuser()} on {gethostname()}, process {os.getpid()}"


class FolderStore(Store):
    """Versions as DuckDB files in one folder, for one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = str(folder)
        self._pointer = folder / "current.json"

    @override
    def history(self) -> tuple[Version, ...]:
        try:
            entries: list[dict[str, str]] = json.loads(self._pointer.read_text("utf-8"))["versions"]
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{self._pointer} does not name a version. The data files beside it are unchanged. "
                "Restore the pointer from a backup, or load the feeds again into another folder."
            ) from error
        return tuple(
            Version(entry["id"], datetime.fromisoformat(entry["published_at"]), path=self._file(entry["id"]))
            for entry in entries
        )

    @override
    def close(self) -> None:
        """A folder keeps none."""

    def _file(self, version_id: str) -> Path:
        return self.folder / f"warehouse-{version_id}.duckdb"

    @override
    @contextmanager
    def loading(self, wait_seconds: float = 0.0) -> Generator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        holder = self.folder / "load.holder"
        lock = FileLock(self.folder / "load.lock")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            by = holder.read_text("utf-8") if holder.exists() else "someone else"
            raise BusyError(f"Another load is writing to {self.folder}: {by}. Nothing was loaded.") from error
        try:
            holder.write_text(f"{who_loads()}, since {datetime.now():%Y-%m-%d %H:%M:%S}", "utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    @override
    @contextmanager
    def draft(self) -> Generator[Draft]:
        draft = Draft(new_version_id(), self.folder / f"draft-{secrets.token_hex(8)}")
        draft.folder.mkdir(parents=True, mode=0o700)
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)

    @override
    def copy_current(self, draft: Draft, progress: Progress = silent) -> None:
        version = self.current()
        if version is not None and version.path is not None:
            progress("copying the current version", 0, 1)
            shutil.copyfile(version.path, draft.path)
            progress("copying the current version", 1, 1)

    @override
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        if draft.path.with_name(draft.path.name + ".wal").exists():
            raise StoreError("The draft is still open and was not published. The current version is unchanged.")
        _flush(draft.path)
        version = Version(draft.id, datetime.now(UTC), path=self._file(draft.id))
        draft.path.rename(self._file(draft.id))
        self._point_at((*self.history(), version)[-KEPT:])
        self.sweep()
        return version

    @override
    def rollback(self) -> Version:
        versions = self.history()
        if len(versions) < KEPT:
            raise NoVersionError(f"{self.folder} keeps no version before the current one. Nothing was changed.")
        self._point_at(versions[:-1])
        return versions[-2]

    def _point_at(self, versions: tuple[Version, ...]) -> None:
        entries = [{"id": version.id, "published_at": version.published_at.isoformat()} for version in versions]
        handle, name = tempfile.mkstemp(prefix="pointer-", dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"versions": entries}, file, indent=1)
        _flush(Path(name))
        Path(name).replace(self._pointer)
        _flush(self.folder)

    @override
    def sweep(self) -> tuple[str, ...]:
        kept = {version.path for version in self.history()}
        orphans = [path for path in self.folder.glob("warehouse-*.duckdb*") if path not in kept]
        orphans += [*self.folder.glob("draft-*"), *self.folder.glob("pointer-*")]
        for path in orphans:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return tuple(path.name for path in orphans)


def _flush(path: Path) -> None:
    """Have the disk hold the file, or the names in a folder, before anything points there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
