"""Who works on what people keep: looked at again before anything is written, and told what stood in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from story import refusal
from story.words import speak

from ui import filters

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


def why_not(confirm: Callable[[], None], deed: Callable[[], object], differs: Callable[[ChangedError], str]) -> str:
    """Does what a viewer clicked; what stood in the way of it, in their language, or nothing.

    The language is set here, for a callback runs before the page has set it.

    Args:
        confirm: Raises AccessError where the viewer's rights are others by now.
        deed: What is done.
        differs: What is said where somebody else changed the same thing meanwhile.
    """
    speak(filters.language())
    try:
        confirm()
        deed()
    except ChangedError as meanwhile:
        return differs(meanwhile)
    except (AccessError, WorkspaceError) as error:
        return refusal.why(error)
    return ""
