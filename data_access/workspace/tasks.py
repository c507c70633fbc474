"""To-do rows: each listed once by kind, customer and period, and what people did with it, step by step.

The rows are computed anew from every version of the data. What was listed once stays here, so that a new load neither
loses a row nor lists it twice, and so that next week can look back on what was done and what was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.moment import now
from data_access.workspace.tables import task, task_change

KEYS_AT_ONCE = 200
"""Keys of one statement; a database takes some thousand values."""


class State(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    PUT_OFF = "put_off"
    DISMISSED = "dismissed"


_CALLED: Final = {
    State.OPEN: marked("waiting to be done"),
    State.DONE: marked("done"),
    State.PUT_OFF: marked("put off"),
    State.DISMISSED: marked("dismissed"),
}


class Key(NamedTuple):
    """What makes a task the same after a new load.

    Attributes:
        kind: Why it is listed.
        customer_id: Whom it is about.
        period: Of what time: the month of a grace clock, the day on which money matures or a referral was made.
    """

    kind: str
    customer_id: str
    period: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a to-do list as the data have it.

    Attributes:
        key: What makes it the same after a new load.
        branch_id: Branch whose task it is.
        amount: At stake, minor units; None where nothing says how much.
        due_on: By when, or None.
    """

    key: Key
    branch_id: str
    amount: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did with a task; version 0 is a task with which nobody has done anything.

    Attributes:
        version: 1 for the first.
        state: What became of it.
        staff_id: Whose it is, or None.
        until_on: Day until which it was put off, or None.
        reason: Why it was dismissed, or None: data, to be escaped where it is shown.
        changed_by: Email of who did it; empty at version 0.
        changed_at: When, in UTC; None at version 0.
    """

    version: int = 0
    state: State = State.OPEN
    staff_id: str | None = None
    until_on: date | None = None
    reason: str | None = None
    changed_by: str = ""
    changed_at: datetime | None = None

    def waits(self, as_of: date) -> bool:
        """Whether it was put off beyond this day."""
        return self.state is State.PUT_OFF and self.until_on is not None and self.until_on > as_of


@dataclass(frozen=True, slots=True)
class Task:
    """A row that was listed, and the last step.

    Attributes:
        row: As it was first listed, in the branch of today.
        listed_on: Last day of the data that first listed it.
        last: What was last done with it.
    """

    row: Row
    listed_on: date
    last: Step


def keep(workspace: sa.Engine, rows: Sequence[Row], as_of: date) -> None:
    """Remember the rows that the data list: one that was listed before stays one, and goes where its customer went.

    Args:
        workspace: Where tasks are kept.
        rows: Each key once.
        as_of: Last day of the data that lists them.
    """
    if not rows:
        return
    insert = postgresql.insert if workspace.dialect.name == "postgresql" else sqlite.insert
    listed = insert(task)
    moved = listed.on_conflict_do_update(
        index_elements=["kind", "customer_id", "period"],
        set_={"branch_id": listed.excluded.branch_id},
        where=task.c.branch_id != listed.excluded.branch_id,
    )
    values = [
        {
            **row.key._asdict(),
            "branch_id": row.branch_id,
            "amount": row.amount,
            "due_on": row.due_on,
            "listed_on": as_of,
        }
        for row in sorted(rows, key=lambda row: row.key)  # one order for all, so that two never wait for each other
    ]
    with workspace.begin() as connection:
        connection.execute(moved, values)


def of(workspace: sa.Engine, scope: Scope, keys: Iterable[Key]) -> dict[Key, Task]:
    """The tasks of these keys in the branches of a viewer."""
    found: dict[Key, Task] = {}
    own = sa.tuple_(task.c.kind, task.c.customer_id, task.c.period)
    wanted = list(keys)
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        found |= _read(workspace, _seen(scope), own.in_(wanted[start : start + KEYS_AT_ONCE]))
    return found


def listed(
    workspace: sa.Engine, scope: Scope, first: date, last: date, *, branches: Iterable[str] = ()
) -> dict[Key, Task]:
    """The tasks that were first listed on these days of the data, done or not.

    Args:
        workspace: Where tasks are kept.
        scope: Of the viewer.
        first: First day.
        last: Last day.
        branches: Of these alone; of all of the viewer's if empty.
    """
    conditions = [_seen(scope), task.c.listed_on.between(first, last)]
    if chosen := list(branches):
        conditions.append(task.c.branch_id.in_(chosen))
    return _read(workspace, *conditions)


def assign(workspace: sa.Engine, viewer: Viewer, key: Key, staff_id: str | None, seen: int) -> Step:
    """Give a task to a staff member, or to nobody; its state stays.

    Args:
        workspace: Where tasks are kept.
        viewer: Who does it.
        key: Of the task.
        staff_id: Whose it is to be; None: nobody's.
        seen: Version of the last step that the viewer saw; 0 where there was none.

    Raises:
        AccessError: the viewer may not work on this branch's tasks.
        WorkspaceError: the task was never listed.
        ChangedError: somebody else did something with it since.
    """
    return _step(workspace, viewer, key, seen, staff_id=staff_id or None)


def done(workspace: sa.Engine, viewer: Viewer, key: Key, seen: int) -> Step:
    """Mark a task done. Arguments and errors as `assign`."""
    return _step(workspace, viewer, key, seen, state=State.DONE, until_on=None, reason=None)


def put_off(workspace: sa.Engine, viewer: Viewer, key: Key, until_on: date, seen: int) -> Step:
    """Put a task off until a day, on which it is listed again. Arguments and errors as `assign`."""
    return _step(workspace, viewer, key, seen, state=State.PUT_OFF, until_on=until_on, reason=None)


def dismiss(workspace: sa.Engine, viewer: Viewer, key: Key, reason: str, seen: int) -> Step:
    """Take a task off the list, with a reason. Arguments and errors as `assign`."""
    why = written.checked(marked("Dismissing a task"), reason)
    return _step(workspace, viewer, key, seen, state=State.DISMISSED, until_on=None, reason=why)


def undo(workspace: sa.Engine, viewer: Viewer, key: Key, seen: int) -> Step:
    """Undo the last step: the task is as before it. Undoing that brings the step back.

    Arguments and errors as `assign`; there must be a step.
    """
    with workspace.connect() as connection:
        steps = _steps(connection, key)
    if seen < 1 or (steps and steps[0].version < seen) or not steps:
        raise WorkspaceError.of(marked("Nothing was done with this task yet. There is nothing to undo."))
    before = next((step for step in steps if step.version == seen - 1), Step())
    return _step(
        workspace,
        viewer,
        key,
        seen,
        state=before.state,
        staff_id=before.staff_id,
        until_on=before.until_on,
        reason=before.reason,
    )


def _step(workspace: sa.Engine, viewer: Viewer, key: Key, seen: int, **changes: Any) -> Step:
    """Add a step that differs from the last one in `changes`."""
    try:
        with workspace.begin() as connection:
            branch = connection.execute(sa.select(task.c.branch_id).where(_is(task, key))).scalar_one_or_none()
            if branch is None:
                raise WorkspaceError.of(marked("This task is not on any list. Nothing was changed. Reload the page."))
            rights.require(
                rights.may_work_on_tasks(viewer, branch),
                viewer,
                marked("work on the tasks of branch {branch}"),
                branch=branch,
            )
            before = next(iter(_steps(connection, key)), Step())
            if before.version == seen:
                made = replace(before, version=seen + 1, changed_by=viewer.email, changed_at=now(), **changes)
                connection.execute(sa.insert(task_change).values(_written(key, made)))
                return made
    except IntegrityError:  # the same version was written between the two statements
        with workspace.connect() as connection:
            before = next(iter(_steps(connection, key)), Step())
    if before.version < seen:
        raise WorkspaceError.of(
            marked("This task has no step {step}. Nothing was changed. Reload the page."), step=seen
        )
    raise ChangedError(
        Said.of(
            marked(
                "{who} did something with this task meanwhile: it is {state} now. Nothing was changed. Look at it "
                "again, then decide."
            ),
            who=before.changed_by,
            state=Said.of(_CALLED[before.state]),
        ),
        before.changed_by,
        before.changed_at,
    )


def _written(key: Key, step: Step) -> dict[str, object]:
    return {
        **key._asdict(),
        "version": step.version,
        "state": step.state.value,
        "staff_id": step.staff_id,
        "until_on": step.until_on,
        "reason": step.reason,
        "changed_by": step.changed_by,
        "changed_at": step.changed_at,
    }


def _steps(connection: sa.Connection, key: Key) -> list[Step]:
    newest_first = sa.select(task_change).where(_is(task_change, key)).order_by(task_change.c.version.desc())
    return [_step_of(row) for row in connection.execute(newest_first)]


def _read(workspace: sa.Engine, *conditions: sa.ColumnElement[bool]) -> dict[Key, Task]:
    names = ("kind", "customer_id", "period")
    every = task_change.alias("every_change")
    of_it = [every.c[name] == task.c[name] for name in names]
    newest = sa.select(sa.func.max(every.c.version)).where(*of_it).correlate(task).scalar_subquery()
    same = [task_change.c[name] == task.c[name] for name in names]
    done_with = task.outerjoin(task_change, sa.and_(*same, task_change.c.version == newest))
    columns = [column for column in task_change.c if column.name not in names]
    statement = sa.select(task, *columns).select_from(done_with).where(*conditions)
    with workspace.connect() as connection:
        rows = connection.execute(statement.order_by(*(task.c[name] for name in names))).all()
    return {one.row.key: one for one in map(_task, rows)}


def _task(row: Any) -> Task:
    key = Key(row.kind, row.customer_id, row.period)
    last = Step() if row.version is None else _step_of(row)
    return Task(Row(key, row.branch_id, row.amount, row.due_on), row.listed_on, last)


def _step_of(row: Any) -> Step:
    state = State(row.state)
    return Step(row.version, state, row.staff_id, row.until_on, row.reason, row.changed_by, row.changed_at)


def _is(table: sa.Table, key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.kind == key.kind, table.c.customer_id == key.customer_id, table.c.period == key.period)


def _seen(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.branches is None else task.c.branch_id.in_(sorted(scope.branches))
