"""What people wrote beside some weeks, a campaign or a branch, as far as the reader may read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from data_access.reading.reader import Reader
from data_access.workspace import notes
from data_access.workspace.notes import Note, Pin, PinnedTo

from answers import period, places
from answers.traced import Traced

Workspace = Any


def beside(
    workspace: Workspace, reader: Reader, mondays: Iterable[date], traced: Traced | None
) -> list[tuple[date, Note]]:
    """The notes that belong to a story, each with the Monday of the week at which it stands, the oldest first.

    A note beside a week stands at that week; one beside a campaign or a branch at the week in which it was written.
    They are asked for each time, and never kept: a note may have changed since.

    Args:
        workspace: Where notes are kept.
        reader: Whose branches.
        mondays: Of the weeks that the story draws.
        traced: What the story is of: of one campaign or one branch alone its notes come too, and of a place those of
            that place and of all branches.
    """
    known = {period.week(day).key: day for day in mondays}
    pins = [Pin(PinnedTo.WEEK, key) for key in known]
    place = traced.branch if traced else ""
    if traced is not None:
        campaigns, branches = traced.campaigns or (), _branches(reader, place)
        pins += [Pin(PinnedTo.CAMPAIGN, one) for one in campaigns if len(campaigns) == 1]
        pins += [Pin(PinnedTo.BRANCH, one) for one in branches if len(branches) == 1]
    if not pins:
        return []
    found = notes.of(workspace, reader.scope, pins, places.branches(reader, place))
    return [(known[one.pin.which] if one.pin.to is PinnedTo.WEEK else _written(one), one) for one in found]


def _branches(reader: Reader, place: str) -> tuple[str, ...]:
    """The branches that a place is; those of the viewer where none is chosen, the whole bank apart."""
    if place or reader.scope.whole_bank:
        return places.branches(reader, place)
    return tuple(places.called(reader))


def _written(one: Note) -> date:
    day = one.written_at.date()
    return day - timedelta(days=day.weekday())
