"""Frozen forecasts: what was expected of a plan before it ran, kept so that nobody can make it wiser afterwards.

The digest is the SHA-256 of everything that is kept. The database refuses to change a row, the digest is written into
the audit log when it is made, and a row that no longer gives its digest is refused when it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access import logs
from data_access.errors import WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import marked
from data_access.workspace import rights
from data_access.workspace.loop import plans
from data_access.workspace.loop.plan_tables import frozen_forecast, plan
from data_access.workspace.loop.plans import Plan
from data_access.workspace.moment import now


@dataclass(frozen=True, slots=True)
class Content:
    """What is frozen.

    Attributes:
        plan_id: Of the plan.
        version: Of the plan.
        place: Scenario of that version, from 1.
        starts_on: First day of the campaign as planned.
        ends_on: Last day as planned.
        data_version: Version of the warehouse that it was learned from.
        seed: Of the draws, and of the assignment to arms.
        library: Version of the program that computed it.
        kept: Settings, what was learned from, forecast: whatever JSON holds.
    """

    plan_id: str
    version: int
    place: int
    starts_on: date
    ends_on: date
    data_version: str
    seed: int
    library: str
    kept: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal digits."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return hashlib.sha256(_written(held).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen forecast: its content, and who froze it when, in UTC."""

    content: Content
    digest: str
    frozen_by: str
    frozen_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """A frozen forecast without what it holds: enough to choose one among many."""

    digest: str
    plan_id: str
    starts_on: date
    ends_on: date
    frozen_by: str
    frozen_at: datetime


_Kept = TypeVar("_Kept", Frozen, Head)


def freeze(workspace: sa.Engine, viewer: Viewer, seen: Plan, content: Content) -> Frozen:
    """Keep a forecast for good. Freezing the same twice keeps the first.

    Raises:
        AccessError: the viewer may not plan for the plan's branches.
        PlanChangedError: somebody saved the plan since it was seen.
        WorkspaceError: the content is of another plan or version.
    """
    if (content.plan_id, content.version) != (seen.plan_id, seen.version):
        raise WorkspaceError.of(
            marked("This forecast belongs to another version of the plan. Nothing was frozen. Save first.")
        )
    current = plans.find(workspace, viewer.scope, seen.plan_id)
    if current is None:
        raise WorkspaceError.of(marked("There is no such plan. Nothing was frozen."))
    rights.require(rights.may_plan(viewer, current.scope), viewer, marked("freeze a plan for these branches"))
    if current.version != seen.version:
        raise plans.PlanChangedError(current, plans.differences(seen.draft, current.draft, seen.draft))
    digest = content.digest
    if (before := find(workspace, viewer.scope, digest)) is not None:
        return before
    made = Frozen(content, digest, viewer.email, now())
    values = {**asdict(content), "kept": _written(content.kept)}
    row = {"digest": digest, "frozen_by": made.frozen_by, "frozen_at": made.frozen_at, **values}
    try:
        with workspace.begin() as connection:
            connection.execute(sa.insert(frozen_forecast).values(row))
    except IntegrityError:  # the same was frozen between the two statements
        return find(workspace, viewer.scope, digest) or made
    logs.record("plan_frozen", viewer.email, plan=content.plan_id, plan_version=str(content.version), digest=digest)
    return made


def before(kept: Sequence[_Kept], first: date) -> _Kept | None:
    """Of a plan's frozen forecasts, the newest first, the one that counts: the last until the campaign's first day.

    One that was frozen later is no forecast of it.
    """
    return next((one for one in kept if one.frozen_at.date() <= first), None)


def of(workspace: sa.Engine, scope: Scope, plan_id: str) -> list[Frozen]:
    """The frozen forecasts of a plan, the newest first; none where the plan may not be seen.

    Raises:
        WorkspaceError: one of them was changed behind the program's back.
    """
    if plans.find(workspace, scope, plan_id) is None:
        return []
    ordered = sa.select(frozen_forecast).where(frozen_forecast.c.plan_id == plan_id)
    with workspace.connect() as connection:
        rows = connection.execute(ordered.order_by(frozen_forecast.c.frozen_at.desc(), frozen_forecast.c.digest)).all()
    return [_frozen(row) for row in rows]


def heads(workspace: sa.Engine, scope: Scope) -> list[Head]:
    """All frozen forecasts of the plans that a viewer sees, those put away included, the newest first."""
    held = frozen_forecast.c
    columns = (held.digest, held.plan_id, held.starts_on, held.ends_on, held.frozen_by, held.frozen_at)
    kept = sa.select(*columns).join(plan, plan.c.plan_id == held.plan_id).where(plans.visible(scope))
    with workspace.connect() as connection:
        return [Head(*row) for row in connection.execute(kept.order_by(held.frozen_at.desc(), held.digest))]


def find(workspace: sa.Engine, scope: Scope, digest: str) -> Frozen | None:
    """A frozen forecast by its digest; None where there is none or its plan may not be seen. Raises as `of`."""
    with workspace.connect() as connection:
        row = connection.execute(sa.select(frozen_forecast).where(frozen_forecast.c.digest == digest)).one_or_none()
    if row is None or plans.find(workspace, scope, row.plan_id) is None:
        return None
    return _frozen(row)


def _frozen(row: Any) -> Frozen:
    content = Content(
        row.plan_id,
        row.version,
        row.place,
        row.starts_on,
        row.ends_on,
        row.data_version,
        row.seed,
        row.library,
        json.loads(row.kept),
    )
    if content.digest != row.digest:
        raise WorkspaceError.of(
            marked(
                "The frozen forecast {digest} of plan {plan} is not what was frozen: somebody changed the workspace's "
                "database by hand. It is not shown. Restore the workspace from a copy; the audit log holds the digest "
                "of what was frozen."
            ),
            digest=row.digest[:12],
            plan=row.plan_id,
        )
    return Frozen(content, row.digest, row.frozen_by, row.frozen_at)


def _written(value: Any) -> str:
    """One spelling of a value: sorted keys, no space, every digit of a float."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_day, allow_nan=False)


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that is frozen.")
