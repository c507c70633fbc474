"""What people wrote beside some weeks, as far as the reader may read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from data_access.reading.reader import Reader
from data_access.workspace import notes
from data_access.workspace.notes import Note, Pin, PinnedTo

from answers import period, places

Workspace = Any


def of_weeks(workspace: Workspace, reader: Reader, mondays: Iterable[date], place: str = "") -> list[tuple[date, Note]]:
    """The notes of these weeks, each with the Monday of its week, the oldest first.

    They are asked for each time, and never kept: a note may have changed since.

    Args:
        workspace: Where notes are kept.
        reader: Whose branches.
        mondays: Of the weeks.
        place: Notes of this place, as `answers.places` spells it, and of all branches; of all of the reader's if empty.
    """
    known = {period.week(day).key: day for day in mondays}
    if not known:
        return []
    pins = [Pin(PinnedTo.WEEK, key) for key in known]
    found = notes.of(workspace, reader.scope, pins, places.branches(reader, place))
    return [(known[one.pin.which], one) for one in found]
