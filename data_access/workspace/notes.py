"""Notes: what people write beside a week, a campaign or a branch, and the goals they agree on with a member of staff.

Their author alone changes them; deleting is undone. A note belongs to a branch, whose people read it, or to all
branches, and then everybody does; a goal with a member of staff is always a branch's.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.moment import now
from data_access.workspace.tables import note

_WEEK = re.compile(r"[1-9]\d{3}-W(0[1-9]|[1-4]\d|5[0-3])")


class PinnedTo(StrEnum):
    """What a note stands beside."""

    WEEK = "week"
    CAMPAIGN = "campaign"
    BRANCH = "branch"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a note stands.

    Attributes:
        to: Kind of thing.
        which: Which of them: 2026-W46, or the identifier of a campaign, a branch or a member of staff.
    """

    to: PinnedTo
    which: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note.

    Attributes:
        note_id: Its identifier.
        pin: Where it stands.
        branch_id: Branch whose people read it; None: everybody does.
        text: As it was typed: data, to be escaped where it is shown.
        author: Email of who wrote it.
        author_name: Their name as it was then.
        written_at: When, in UTC.
        edited_at: When its text was last changed, in UTC, or None.
        version: 1, and one more with every change.
    """

    note_id: str
    pin: Pin
    branch_id: str | None
    text: str
    author: str
    author_name: str
    written_at: datetime
    edited_at: datetime | None
    version: int


def of(workspace: sa.Engine, scope: Scope, pins: Iterable[Pin] = (), branches: Iterable[str] = ()) -> list[Note]:
    """The notes that a viewer may read, the oldest first.

    Args:
        workspace: Where notes are kept.
        scope: Of the viewer.
        pins: Those at these places alone; all if empty.
        branches: Those of these branches and those for all branches; all if empty.
    """
    conditions = [note.c.deleted_at.is_(None), _read_by(scope)]
    if wanted := list(pins):
        places = [
            sa.and_(note.c.pinned_to == to.value, note.c.pin.in_([pin.which for pin in wanted if pin.to is to]))
            for to in {pin.to: None for pin in wanted}
        ]
        conditions.append(sa.or_(*places))
    if chosen := list(branches):
        conditions.append(sa.or_(note.c.branch_id.in_(chosen), note.c.branch_id.is_(None)))
    ordered = sa.select(note).where(*conditions).order_by(note.c.written_at, note.c.note_id)
    with workspace.connect() as connection:
        return [_note(row) for row in connection.execute(ordered)]


def write(workspace: sa.Engine, viewer: Viewer, pin: Pin, branch_id: str | None, text: str) -> Note:
    """Pin a note.

    Raises:
        AccessError: the viewer may not write for this branch, or for all branches.
        WorkspaceError: there is no such week, the note on a branch is not that branch's, that on a member of staff no
            branch's, or the text is none.
    """
    deed = marked("write a note for all branches") if branch_id is None else marked("write a note for branch {branch}")
    rights.require(rights.may_write_notes(viewer, branch_id), viewer, deed, branch=branch_id)
    if pin.to is PinnedTo.WEEK and not _WEEK.fullmatch(pin.which):
        raise WorkspaceError.of(
            marked("{week!r} is no week. Nothing was saved. Weeks are written as 2026-W46."), week=pin.which
        )
    if pin.to is PinnedTo.BRANCH and pin.which != branch_id:
        raise WorkspaceError.of(
            marked("A note on branch {branch} is read by that branch. Nothing was saved."), branch=pin.which
        )
    if pin.to is PinnedTo.STAFF and branch_id is None:
        raise WorkspaceError.of(
            marked("A goal with a member of staff is read by their branch alone. Nothing was saved.")
        )
    kept = written.checked(marked("A note"), text)
    made = Note(secrets.token_urlsafe(12), pin, branch_id, kept, viewer.email, viewer.name, now(), None, 1)
    with workspace.begin() as connection:
        connection.execute(
            sa.insert(note).values(
                note_id=made.note_id,
                pinned_to=pin.to.value,
                pin=pin.which,
                branch_id=branch_id,
                text=made.text,
                author=made.author,
                author_name=made.author_name,
                written_at=made.written_at,
                version=made.version,
            )
        )
    return made


def edit(workspace: sa.Engine, viewer: Viewer, seen: Note, text: str) -> Note:
    """Change the text of one's own note.

    Args:
        workspace: Where notes are kept.
        viewer: Its author.
        seen: The note as the author saw it when they changed it.
        text: What it is to say.

    Raises:
        AccessError: somebody else wrote it, or the viewer sees its branch no more.
        WorkspaceError: the text is none.
        ChangedError: it was changed or deleted since, in another window.
    """
    moment = now()
    after = replace(seen, text=written.checked(marked("A note"), text), edited_at=moment, version=seen.version + 1)
    _change(workspace, viewer, seen, deleted=False, text=after.text, edited_at=moment)
    return after


def delete(workspace: sa.Engine, viewer: Viewer, seen: Note) -> Note:
    """Delete one's own note; what is returned goes to `restore`. Raises as `edit`."""
    _change(workspace, viewer, seen, deleted=False, deleted_at=now())
    return replace(seen, version=seen.version + 1)


def restore(workspace: sa.Engine, viewer: Viewer, deleted: Note) -> Note:
    """Undo a deletion of one's own. Raises as `edit`."""
    _change(workspace, viewer, deleted, deleted=True, deleted_at=None)
    return replace(deleted, version=deleted.version + 1)


def may_change(viewer: Viewer, one: Note) -> bool:
    """Whether the viewer wrote the note and still sees its branch."""
    return viewer.email == one.author and rights.may_write_notes(viewer, one.branch_id)


def _change(workspace: sa.Engine, viewer: Viewer, seen: Note, *, deleted: bool, **values: object) -> None:
    one = sa.select(note).where(note.c.note_id == seen.note_id)
    with workspace.begin() as connection:
        found = connection.execute(one).one_or_none()
        if found is None:
            raise WorkspaceError.of(marked("There is no such note. Nothing was changed."))
        if not may_change(viewer, _note(found)):  # by the row as it is kept, not as it was handed in
            raise AccessError.of(
                marked("This note is {who}'s, who alone may change it. Nothing was changed."), who=found.author_name
            )
        as_seen = sa.and_(
            note.c.note_id == seen.note_id,
            note.c.version == seen.version,
            note.c.deleted_at.is_not(None) if deleted else note.c.deleted_at.is_(None),
        )
        after = {**values, "version": seen.version + 1}
        if connection.execute(sa.update(note).where(as_seen).values(after)).rowcount:
            return
    raise ChangedError(
        Said.of(
            marked(
                "This note was changed in another window meanwhile. Nothing was changed. Look at it again, then decide."
            )
        ),
        found.author,
        found.edited_at or found.deleted_at,
    )


def _note(row: Any) -> Note:
    return Note(
        row.note_id,
        Pin(PinnedTo(row.pinned_to), row.pin),
        row.branch_id,
        row.text,
        row.author,
        row.author_name,
        row.written_at,
        row.edited_at,
        row.version,
    )


def _read_by(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.branches is None:
        return sa.true()
    return sa.or_(note.c.branch_id.is_(None), note.c.branch_id.in_(sorted(scope.branches)))
