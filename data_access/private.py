"""Files and folders that their owner alone may read: 0600 and 0700, whatever the umask says."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


def private_folder(path: Path) -> None:
    """Make the folder, and those above it, if they are missing; a folder that is there already stays as it is."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def private_file(path: Path) -> None:
    """Make the file, empty, if it is missing; one that others may read is closed to them."""
    private_folder(path.parent)
    os.close(open_private(path))
    path.chmod(PRIVATE)


def open_private(path: Path) -> int:
    """A descriptor that adds to the end of the file, which is made private if it is missing."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
