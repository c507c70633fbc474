"""Private folders for work in progress, in the temporary folder of the machine, that no killed process leaves for long.

What is built there is a copy of the bank. A folder exists only beside a lock that its process holds; the next process
that needs one finds the locks that nobody holds any more, and removes their folders.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def scratch(purpose: str) -> Generator[Path]:
    """An empty folder that its owner alone can read, removed in the end with all that is in it."""
    place = Path(tempfile.gettempdir())
    _clear(place, purpose)
    folder = place / f"branchlight-{purpose}-{secrets.token_hex(8)}"
    lock_file = folder.with_suffix(".lock")
    with FileLock(lock_file, mode=0o600):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock_file.unlink(missing_ok=True)


def _clear(place: Path, purpose: str) -> None:
    for lock_file in place.glob(f"branchlight-{purpose}-*.lock"):
        try:
            if lock_file.lstat().st_uid != os.getuid():
                continue
            with FileLock(lock_file, mode=0o600, timeout=0):
                shutil.rmtree(lock_file.with_suffix(""), ignore_errors=True)
                lock_file.unlink(missing_ok=True)
        except (Timeout, OSError):  # in use, or another process is as quick
            continue
