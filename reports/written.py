"""A report as a file: its kind is the ending of its name; whole or not there at all, for its owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from data_access.private import PRIVATE, private_folder

from reports import paper, slides
from reports.edition import Edition
from reports.errors import ReportError

KINDS: Final[Mapping[str, Callable[[Edition], bytes]]] = {".pdf": paper.pdf, ".pptx": slides.pptx}


def kind(path: Path) -> Callable[[Edition], bytes]:
    """What makes a file of this name.

    Raises:
        ReportError: no report has such a name.
    """
    if path.suffix.lower() not in KINDS:
        raise ReportError(
            f"{path.name or path} does not say which kind of report is wanted. No file was written. "
            f"End the name in {' or '.join(KINDS)}."
        )
    return KINDS[path.suffix.lower()]


def write(path: Path, content: bytes) -> None:
    """Put a file in its place in one step, readable by its owner alone."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            file.write(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
