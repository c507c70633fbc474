"""Versions of the warehouse as DuckDB files in one folder, for one machine.

Each version is an immutable file ``warehouse-<id>.duckdb``. ``current.json`` lists the kept ones in the order of their
numbers and is replaced atomically; it is written, empty, before the first version, so that files without it are damage
and never an interrupted first load. Each version has a new name, because a process that has a DuckDB file open keeps
seeing the old content of that path.

The folder and all files in it can be read by their owner alone: one user loads and serves.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Container, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import sqlalchemy as sa
from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from sqlalchemy.engine import URL
from sqlalchemy.event import listen
from typing_extensions import override

from data_access.errors import BusyError, NoVersionError, StoreError
from data_access.said import marked
from data_access.settings import Settings
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

OWNER_ONLY = 0o600
_FILE = re.compile(f"warehouse-({VERSION_ID})\\.duckdb")
_WORK = re.compile(f"(draft|pointer)-.*|warehouse-{VERSION_ID}\\.duckdb\\.wal")
_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException, duckdb.InternalException)


class _Entry(BaseModel):
    id: str = Field(pattern=f"^{VERSION_ID}$")
    number: int = 0
    published_at: AwareDatetime
    bytes: int | None = None


class _Pointer(BaseModel):
    """What ``current.json`` says: how many versions were ever published here, and which are kept."""

    published: int = 0
    versions: tuple[_Entry, ...]


class FolderStore(Store):
    """Versions as DuckDB files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = self.shown = str(folder)
        self._pointer = folder / "current.json"
        self._bytes: dict[str, int | None] = {}  # size of each version when it was published, as last read

    @override
    def history(self) -> tuple[Version, ...]:
        return self._read()[1]

    def _read(self) -> tuple[int, tuple[Version, ...]]:
        """How many versions were published here, and those that are kept."""
        try:
            pointer = _Pointer.model_validate_json(self._pointer.read_bytes())
        except FileNotFoundError:
            if found := self._files():
                raise StoreError.of(
                    marked(
                        "{file} is missing, and versions lie beside it: {there}. Nothing was read, changed or removed. "
                        "{remedy}, or restore the file from a backup."
                    ),
                    file=self._pointer,
                    there=", ".join(found),
                    remedy=POINT_AT,
                ) from None
            return 0, ()
        except OSError as error:
            raise self._unreadable(error) from error
        except ValidationError as error:
            raise StoreError.of(
                marked(
                    "{file} does not say which version is current. Nothing was read, changed or removed. "
                    "{remedy} (there are {there}), or restore the file from a backup."
                ),
                file=self._pointer,
                remedy=POINT_AT,
                there=", ".join(self._files()) or NONE,
            ) from error
        versions = [
            Version(entry.id, entry.number or place, entry.published_at, self._name(entry.id))
            for place, entry in enumerate(pointer.versions, start=1)
        ]
        self._bytes = {entry.id: entry.bytes for entry in pointer.versions}
        numbers = [version.number for version in versions]
        return max([pointer.published, *numbers]), tuple(sorted(versions, key=lambda version: version.number))

    @override
    def unlisted(self) -> tuple[str, ...]:
        listed = {version.id for version in self.history()}
        return tuple(name for name in self._files() if name not in listed)

    def _files(self) -> list[str]:
        """Identifiers of the versions whose files lie in the folder."""
        return sorted(found[1] for name in self._names() if (found := _FILE.fullmatch(name)))

    def _names(self) -> list[str]:
        try:
            return os.listdir(self.folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> StoreError:
        return StoreError.of(
            marked(
                "The warehouse {place} cannot be read: “{why}”. Nothing was read or changed. It belongs to the user "
                "who loads it; run as that user (this is {this}), or change the setting `warehouse`."
            ),
            place=self.folder,
            why=error.strerror,
            this=who_loads(),
        )

    @staticmethod
    def _name(version_id: str) -> str:
        return f"warehouse-{version_id}.duckdb"

    def _path(self, version: Version) -> Path:
        return self.folder / version.place

    def _refuse_cut(self, version: Version) -> None:
        """DuckDB opens a file that lost its end, and fails, or worse, where a query meets the hole."""
        path, written = self._path(version), self._bytes.get(version.id)
        if written is not None and path.is_file() and path.stat().st_size != written:
            raise StoreError.of(
                marked(
                    "Version {version} is damaged: {file} has {n:,} bytes and was published with {written:,}. "
                    "Nothing was changed or removed. {remedy}"
                ),
                version=version.id,
                file=path,
                n=path.stat().st_size,
                written=written,
                remedy=ROLLBACK,
            )

    @override
    def engine(self, version: Version, limits: Settings) -> sa.Engine:
        self._refuse_cut(version)
        config: dict[str, object] = {
            "memory_limit": limits.memory_limit,
            "enable_external_access": "false",
            "lock_configuration": "true",
        }
        if limits.threads:
            config["threads"] = limits.threads
        engine = sa.create_engine(
            URL.create("duckdb", database=str(self._path(version).absolute())),
            connect_args={"read_only": True, "config": config},
            hide_parameters=True,  # what a query asked for belongs in no log
            poolclass=sa.QueuePool,
            pool_size=limits.concurrent_queries,
            max_overflow=0,
        )
        _interrupt_after(engine, limits.query_seconds)
        return engine

    @override
    def beside(self, version: Version) -> sa.Engine:
        # A file that is open in this process cannot be opened under other settings, but it can be attached.
        self._refuse_cut(version)
        path = str(self._path(version).absolute()).replace("'", "''")
        engine = sa.create_engine("duckdb:///:memory:")

        def attach(connection: Any, _record: object) -> None:
            connection.execute(f"ATTACH '{path}' AS version (READ_ONLY)")
            connection.execute("USE version")

        listen(engine, "connect", attach)
        return engine

    @override
    def schema(self, version: Version) -> str:
        return "main"

    @override
    def fault(self, error: BaseException | None) -> Fault:
        if isinstance(error, duckdb.InterruptException):
            return Fault.TOO_SLOW
        return Fault.DAMAGED if isinstance(error, _DAMAGE) else Fault.OTHER

    @override
    def close(self) -> None:
        """A folder keeps none."""

    @override
    @contextmanager
    def loading(self, wait_seconds: float = 0.0) -> Generator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.folder / "load.lock", mode=OWNER_ONLY)
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            by: str = SOMEONE
            with suppress(OSError):  # it may have ended this moment
                by = (self.folder / "load.holder").read_text("utf-8")
            raise BusyError.of(BUSY, place=self.folder, by=by) from error
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            with self._named():
                if not self._pointer.exists() and not self._files():
                    self._replace_pointer(0, ())
                yield
        finally:
            lock.release()

    @contextmanager
    def _named(self) -> Generator[None]:
        """While it lasts, whoever finds the lock taken reads who holds it."""
        holder = self.folder / "load.holder"
        descriptor = os.open(holder, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{who_loads()}, since {datetime.now():%Y-%m-%d %H:%M:%S}")
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)

    @override
    @contextmanager
    def draft(self) -> Generator[Draft]:
        self._remove(name for name in self._names() if _WORK.fullmatch(name))  # of killed loads: we hold the lock
        draft = Draft(new_version_id(), self.folder / f"draft-{secrets.token_hex(8)}")
        draft.folder.mkdir(mode=0o700)
        try:
            yield draft
        finally:
            shutil.rmtree(draft.folder, ignore_errors=True)

    @override
    def copy_current(self, draft: Draft, progress: Progress = silent, tables: Container[str] | None = None) -> None:
        version = self.current()
        if version is None:
            return
        progress("copying the current version", 0, 1)
        self._refuse_cut(version)
        try:
            shutil.copyfile(self._path(version), draft.path)
            duckdb.connect(draft.path, read_only=True).close()
        except (FileNotFoundError, *_DAMAGE) as error:
            raise StoreError.of(
                DAMAGED, version=version.id, place=self.folder, why=first_line(error), remedy=ROLLBACK
            ) from error
        progress("copying the current version", 1, 1)

    @override
    def publish(self, draft: Draft, progress: Progress = silent) -> Version:
        if draft.path.with_name(draft.path.name + ".wal").exists():
            raise StoreError.of(
                marked("The draft is still open and was not published. The current version is unchanged.")
            )
        published, versions = self._read()
        version = Version(draft.id, published + 1, datetime.now(UTC), self._name(draft.id))
        draft.path.chmod(OWNER_ONLY)
        _flush(draft.path)
        self._replace_pointer(version.number, next_history(versions, version), arriving=draft.path)
        if self.current() != version:
            raise StoreError.of(OVERTAKEN, version=version.id, place=self.folder)
        self.sweep()
        return version

    @override
    def rollback(self) -> Version:
        published, versions = self._read()
        if len(versions) < KEPT:
            raise NoVersionError.of(NOTHING_BEFORE, place=self.folder)
        self.prove(versions[-2])
        self._replace_pointer(published, versions[:-1])
        return versions[-2]

    @override
    def point_at(self, version_id: str) -> Version:
        if version_id not in self._files():
            there = ", ".join(self._files()) or NONE
            raise NoVersionError.of(NOT_THERE, place=self.folder, version=version_id, there=there)
        try:
            published, versions = self._read()
        except StoreError:  # the pointer is lost or damaged: what this is for
            published, versions = len(self._files()), ()
        written = datetime.fromtimestamp((self.folder / self._name(version_id)).stat().st_mtime, UTC)
        chosen = next(
            (version for version in versions if version.id == version_id),
            Version(version_id, published + 1, written, self._name(version_id)),
        )
        self.prove(chosen)
        self._replace_pointer(max(published, chosen.number), next_history(versions, chosen))
        return chosen

    def _replace_pointer(self, published: int, versions: tuple[Version, ...], arriving: Path | None = None) -> None:
        """Point at these versions. A file that arrives takes its place just before, when the disk has the pointer."""
        sizes = dict(self._bytes)
        if arriving is not None:
            sizes[versions[-1].id] = arriving.stat().st_size
        entries = tuple(
            _Entry(id=version.id, number=version.number, published_at=version.published_at, bytes=sizes.get(version.id))
            for version in versions
        )
        handle, name = tempfile.mkstemp(prefix="pointer-", dir=self.folder)  # for its owner alone
        prepared = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_Pointer(published=published, versions=entries).model_dump_json(indent=1))
            _flush(prepared)
            if arriving is not None:
                arriving.rename(self._path(versions[-1]))
            prepared.replace(self._pointer)
        finally:
            prepared.unlink(missing_ok=True)
        _flush(self.folder)

    @override
    def sweep(self) -> tuple[str, ...]:
        versions = self.history()
        if not all(self._path(version).is_file() for version in versions):
            journal.warning("%s: a version of the history is missing, so none is removed", self.folder)
            return ()
        kept = {version.place for version in versions}
        return self._remove(
            name for name in self._names() if _WORK.fullmatch(name) or (_FILE.fullmatch(name) and name not in kept)
        )

    def _remove(self, names: Generator[str]) -> tuple[str, ...]:
        removed: list[str] = []
        for name in names:
            path = self.folder / name
            try:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            except OSError as error:
                journal.warning("%s could not be removed yet: %s", path, error.strerror)
            else:
                removed.append(name)
        return tuple(removed)


def _interrupt_after(engine: sa.Engine, seconds: float) -> None:
    """Stop what a connection does when it was taken from the pool that long ago: DuckDB knows no limit of its own."""

    def interrupt(connection: Any) -> None:
        with suppress(duckdb.Error):  # closed meanwhile, because it broke
            connection.interrupt()

    def taken(connection: Any, record: Any, _proxy: object) -> None:
        timer = record.info["timer"] = Timer(seconds, interrupt, [connection])
        timer.daemon = True
        timer.start()

    def returned(_connection: object, record: Any) -> None:
        with suppress(KeyError):
            record.info.pop("timer").cancel()

    listen(engine, "checkout", taken)
    listen(engine, "checkin", returned)


def _flush(path: Path) -> None:
    """Have the disk hold the file, or the names in a folder, before anything points there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
