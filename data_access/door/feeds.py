"""What an administrator does to the warehouse from a page: look at a feed, load it, return to the version before.

The same as `check`, `load` and `rollback` on the command line, for files that came by browser. Every deed asks for the
right anew and is written into the audit.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data_access import logs
from data_access.errors import AccessError, FeedError, StoreError
from data_access.loading.load import Report, check_feed, load_feed
from data_access.loading.refusals import Allowance
from data_access.reading.scope import Role, Viewer
from data_access.said import Said, marked
from data_access.settings import settings
from data_access.versions import Progress, Version, open_store
from data_access.versions.scratch import scratch
from data_access.versions.store import silent

Files = Mapping[str, bytes | memoryview]
"""Content of each file by its name."""

STRANGE_NAME = marked("{name} is not the name of a file of a feed. Nothing was loaded. Rename it.")

MOVED_ON = marked("Version {version} is current by now. Nothing was changed. Look at it first.")


@dataclass(frozen=True, slots=True)
class Done:
    """What a check or a load did.

    Attributes:
        report: What became of each file; of a load with the version that it published, if anything was new.
        refused: The list of refused rows, as CSV with the values of customers; None without any.
    """

    report: Report
    refused: bytes | None


def may(viewer: Viewer) -> bool:
    """Whether the viewer loads the warehouse: administrators of the whole bank."""
    return viewer.role is Role.ADMINISTRATOR and viewer.scope.whole_bank


def check(viewer: Viewer, files: Files, progress: Progress = silent) -> Done:
    """Say what a load of these files would do, and load nothing.

    Raises:
        AccessError: the viewer does not load the warehouse.
        LoadError: the files cannot be loaded as they are.
    """
    _require(viewer, marked("check a feed"))
    with _laid_out(files) as (folder, refused):
        report = check_feed(open_store(settings().warehouse), folder, rejects_folder=refused, progress=progress)
        logs.record("checked", viewer.email, files=", ".join(files))
        return _done(report)


def load(viewer: Viewer, files: Files, put_up_with: int = 0, progress: Progress = silent) -> Done:
    """Load the files as a new version, all or nothing.

    Args:
        viewer: Who loads.
        files: The feed; ``mapping.toml`` among them is its mapping.
        put_up_with: So many refused rows are left out; with more, nothing is loaded.
        progress: Told of each step.

    Raises:
        AccessError: the viewer does not load the warehouse.
        LoadError: the files cannot be loaded as they are, or more rows were refused.
        BusyError: another load is writing.
    """
    _require(viewer, marked("load a feed"))
    with _laid_out(files) as (folder, refused):
        report = load_feed(
            open_store(settings().warehouse),
            folder,
            allowance=Allowance(rows=put_up_with),
            rejects_folder=refused,
            progress=progress,
        )
        version = report.version.id if report.version else "unchanged"
        logs.record("loaded", viewer.email, files=", ".join(files), version=version)
        return _done(report)


def history(viewer: Viewer) -> tuple[Version, ...]:
    """The versions that are kept, the current one last.

    Raises:
        AccessError: the viewer does not load the warehouse.
    """
    _require(viewer, marked("see the versions of the warehouse"))
    return open_store(settings().warehouse).history()


def rollback(viewer: Viewer, current: str) -> Version:
    """Return to the version before the current one.

    Args:
        viewer: Who returns.
        current: Identifier of the version that the viewer wants to leave: if it is no longer current, nothing is done.

    Raises:
        AccessError: the viewer does not load the warehouse.
        BusyError: a load is writing.
        NoVersionError: there is no version before.
        StoreError: another version is current by now.
    """
    _require(viewer, marked("return to an earlier version"))
    store = open_store(settings().warehouse)
    with store.loading():
        found = store.current()
        if found is None or found.id != current:
            raise StoreError.of(MOVED_ON, version=found.id if found else "")
        version = store.rollback()
    logs.record("rolled_back", viewer.email, version=version.id, left=current)
    return version


def _require(viewer: Viewer, deed: str) -> None:
    if not may(viewer):
        raise AccessError.of(
            marked("{person} may not {deed} as {role}. Nothing was read or changed."),
            person=viewer.email,
            deed=Said.of(deed),
            role=viewer.role,
        )


@contextmanager
def _laid_out(files: Files) -> Generator[tuple[Path, Path]]:
    """The files in a private folder, and beside it one for the refused rows; both are gone at the end."""
    with scratch("upload") as private:
        folder = private / "feed"
        folder.mkdir(mode=0o700)
        for name, content in files.items():
            if Path(name).name != name or name.startswith("."):
                raise FeedError.of(STRANGE_NAME, name=name)
            (folder / name).write_bytes(content)
        yield folder, private / "refused"


def _done(report: Report) -> Done:
    """The report with the list of refused rows, which lies in a folder that will be gone."""
    refused = report.rejects.read_bytes() if report.rejects else None
    report.rejects = None
    return Done(report, refused)
