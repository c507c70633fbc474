"""Alarms of running plans: each raised once a plan, kind and day of the data; who saw to it, and what they did.

A kind to which somebody gave an answer (go on, stop) is not raised again for that plan; one that was only seen is, by
later data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from data_access import logs
from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.loop import plans
from data_access.workspace.loop.plan_tables import alarm
from data_access.workspace.moment import now


class Deed(StrEnum):
    """What somebody did about an alarm."""

    SEEN = "seen"  # decided another day
    GO_ON = "go_on"
    STOP = "stop"

    @property
    def answers(self) -> bool:
        """Whether the kind is settled for the plan."""
        return self is not Deed.SEEN


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm.

    Attributes:
        plan_id: Of the plan.
        kind: What was watched.
        raised_on: Last day of the data that raised it.
        told: The numbers that raised it.
        data_version: Of the warehouse.
        deed: What somebody did about it, or None.
        answer: Why, as it was written: data, to be escaped where it is shown.
        by: Email of who did it.
        at: When, in UTC.
    """

    plan_id: str
    kind: str
    raised_on: date
    told: Mapping[str, float | None]
    data_version: str
    deed: Deed | None = None
    answer: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether somebody answered it."""
        return self.deed is not None and self.deed.answers


def keep(workspace: sa.Engine, raised: Sequence[Alarm]) -> None:
    """Remember alarms that the data raise; one that was raised on that day, or was answered, stays as it is."""
    kept = of(workspace, {one.plan_id for one in raised})
    settled = {(one.plan_id, one.kind) for one in kept if one.settled}
    rows = [
        {
            "plan_id": one.plan_id,
            "kind": one.kind,
            "raised_on": one.raised_on,
            "told": dict(one.told),
            "data_version": one.data_version,
        }
        for one in sorted(raised, key=lambda one: (one.plan_id, one.kind, one.raised_on))
        if (one.plan_id, one.kind) not in settled
    ]
    if rows:
        insert = postgresql.insert if workspace.dialect.name == "postgresql" else sqlite.insert
        with workspace.begin() as connection:
            connection.execute(insert(alarm).on_conflict_do_nothing(), rows)


def of(workspace: sa.Engine, plan_ids: Collection[str], scope: Scope | None = None) -> list[Alarm]:
    """Alarms of plans, the newest first; of those alone that a scope sees, where one is given."""
    if not plan_ids:
        return []
    wanted = sorted(one for one in plan_ids if scope is None or plans.find(workspace, scope, one) is not None)
    newest = sa.select(alarm).where(alarm.c.plan_id.in_(wanted)).order_by(alarm.c.raised_on.desc(), alarm.c.kind)
    with workspace.connect() as connection:
        return [_alarm(row) for row in connection.execute(newest)]


def answer(workspace: sa.Engine, viewer: Viewer, seen: Alarm, deed: Deed, why: str = "") -> Alarm:
    """Say what is done about an alarm.

    Args:
        workspace: Where alarms are kept.
        viewer: Who does it.
        seen: The alarm as they saw it.
        deed: What is done; to go on or to stop needs a reason.
        why: The reason, as it was written.

    Raises:
        AccessError: the viewer may not plan for the plan's branches.
        ChangedError: somebody else has seen to it since.
        WorkspaceError: there is no such alarm, or a reason is missing.
    """
    reason = written.checked(marked("Going on or stopping"), why) if deed.answers else why.strip()
    made = replace(seen, deed=deed, answer=reason, by=viewer.email, at=now())
    _change(workspace, viewer, seen, made)
    logs.record("alarm_answered", viewer.email, plan=seen.plan_id, kind=seen.kind, deed=deed.value)
    return made


def undo(workspace: sa.Engine, viewer: Viewer, seen: Alarm) -> Alarm:
    """Take back what was done about an alarm: it waits again. Errors as `answer`."""
    made = replace(seen, deed=None, answer="", by="", at=None)
    _change(workspace, viewer, seen, made)
    logs.record("alarm_answered", viewer.email, plan=seen.plan_id, kind=seen.kind, deed="taken back")
    return made


def _change(workspace: sa.Engine, viewer: Viewer, seen: Alarm, made: Alarm) -> None:
    held = plans.find(workspace, viewer.scope, seen.plan_id)
    if held is None:
        raise WorkspaceError.of(marked("There is no such plan. Nothing was changed. Reload the page."))
    rights.require(rights.may_plan(viewer, held.scope), viewer, marked("answer an alarm for these branches"))
    own = sa.and_(alarm.c.plan_id == seen.plan_id, alarm.c.kind == seen.kind, alarm.c.raised_on == seen.raised_on)
    before = alarm.c.acknowledged_at.is_(None) if seen.at is None else alarm.c.acknowledged_at == seen.at
    values = {
        "deed": made.deed.value if made.deed else None,
        "answer": made.answer or None,
        "acknowledged_by": made.by or None,
        "acknowledged_at": made.at,
    }
    with workspace.begin() as connection:
        if connection.execute(sa.update(alarm).where(own, before).values(values)).rowcount:
            return
        theirs = connection.execute(sa.select(alarm).where(own)).one_or_none()
    if theirs is None:
        raise WorkspaceError.of(marked("There is no such alarm. Nothing was changed. Reload the page."))
    raise ChangedError(
        Said.of(
            marked("{who} saw to this alarm meanwhile. Nothing was changed. Look at it again, then decide."),
            who=theirs.acknowledged_by or Said.of(marked("Somebody")),
        ),
        theirs.acknowledged_by or "",
        theirs.acknowledged_at,
    )


def _alarm(row: Any) -> Alarm:
    deed = Deed(row.deed) if row.deed else None
    return Alarm(
        row.plan_id,
        row.kind,
        row.raised_on,
        row.told,
        row.data_version,
        deed,
        row.answer or "",
        row.acknowledged_by or "",
        row.acknowledged_at,
    )
