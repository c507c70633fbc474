"""Who works on what people keep: looked at again before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_access.reading.scope import Viewer

Workspace = Any


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads and writes.

    Attributes:
        workspace: Where people's own work is kept.
        viewer: Who looks.
        confirm: Raises AccessError where the viewer's rights are others by now.
    """

    workspace: Workspace
    viewer: Viewer
    confirm: Callable[[], None]
