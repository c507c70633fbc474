"""Targets: what a branch is to reach in a metric in a month or a season. A change is a new version; all are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights
from data_access.workspace.moment import now
from data_access.workspace.tables import target


class Kind(StrEnum):
    """What a target is counted in."""

    MONEY = "money"  # whole minor units
    COUNT = "count"  # whole
    SHARE = "share"  # 0 to 1


METRICS: Mapping[str, Kind] = MappingProxyType(
    {
        "net_new_money": Kind.MONEY,
        "average_assets": Kind.MONEY,
        "weekly_sales": Kind.MONEY,
        "customers_won_and_funded": Kind.COUNT,
        "weekly_conversions": Kind.COUNT,
        "weekly_contacts": Kind.COUNT,
        "weekly_participation_rate": Kind.SHARE,
        "top_two_box": Kind.SHARE,
        "new_money": Kind.MONEY,
        "weekly_satisfied": Kind.SHARE,
        "promises_kept": Kind.SHARE,
    }
)
"""Metrics of the catalogue that may have a target."""

SEASON = "season-"
"""Beginning of a period that is one of the bank's own seasons."""

LARGEST = 2**53
"""Whole numbers up to here are kept exactly."""

_PERIOD = re.compile(rf"[1-9]\d{{3}}-(0[1-9]|1[0-2])|{SEASON}\S.*")


class Key(NamedTuple):
    """What a target is for."""

    branch_id: str
    metric: str
    period: str


@dataclass(frozen=True, slots=True)
class Target:
    """One version of a target.

    Attributes:
        key: What it is for.
        version: 1 for the first.
        value: In the metric's unit; None where the target was taken away.
        set_by: Who set it.
        set_at: When, in UTC.
    """

    key: Key
    version: int
    value: float | None
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of many targets set at once."""

    new: int
    changed: int
    same: int


def latest(
    workspace: sa.Engine, scope: Scope, *, branches: Iterable[str] = (), periods: Iterable[str] = ()
) -> dict[Key, Target]:
    """The last version of each target that may be seen, those taken away included.

    Args:
        workspace: Where targets are kept.
        scope: Of the viewer; a branch outside it is left out.
        branches: Of these alone; of all if empty.
        periods: Of these alone; of all if empty.
    """
    conditions = [_seen(scope)]
    for column, wanted in ((target.c.branch_id, list(branches)), (target.c.period, list(periods))):
        if wanted:
            conditions.append(column.in_(wanted))
    with workspace.connect() as connection:
        return _latest(connection, *conditions)


def history(workspace: sa.Engine, scope: Scope, key: Key) -> list[Target]:
    """All versions of a target, the newest first; none where the branch may not be seen."""
    versions = sa.select(target).where(_is(key), _seen(scope)).order_by(target.c.version.desc())
    with workspace.connect() as connection:
        return [_target(row) for row in connection.execute(versions)]


def put(workspace: sa.Engine, viewer: Viewer, key: Key, value: float | None, seen: int) -> Target:
    """Set a target, or take it away.

    Args:
        workspace: Where targets are kept.
        viewer: Who sets it.
        key: What it is for.
        value: In the metric's unit; None takes the target away.
        seen: Version that the viewer saw when they decided; 0 where there was none.

    Raises:
        AccessError: the viewer may not set this branch's targets.
        WorkspaceError: there is no such metric, period or value.
        ChangedError: somebody else has set it since.
    """
    rights.require(
        rights.may_set_targets(viewer, key.branch_id),
        viewer,
        marked("set targets of branch {branch}"),
        branch=key.branch_id,
    )
    check(key, value)
    made = Target(key, seen + 1, value, viewer.email, now())
    try:
        with workspace.begin() as connection:
            before = _latest(connection, _is(key)).get(key)
            if (before.version if before else 0) == seen:
                connection.execute(sa.insert(target).values(_row(made)))
                return made
    except IntegrityError:  # the same version was written between the two statements
        before = latest(workspace, viewer.scope, branches=[key.branch_id], periods=[key.period]).get(key)
    if before is None:
        raise WorkspaceError.of(
            marked("{target} has no version {version}. Nothing was changed. Read it again."),
            target=_named(key),
            version=seen,
        )
    raise ChangedError(
        Said.of(
            marked("{target} was set by {who} meanwhile. Nothing was changed. Look at it again, then decide."),
            target=_named(key),
            who=before.set_by,
        ),
        before.set_by,
        before.set_at,
    )


def put_all(workspace: sa.Engine, by: str, wanted: Mapping[Key, float]) -> Counted:
    """Set many targets at once, all or none, by whoever keeps the machine; a target that says the same stays.

    Raises:
        WorkspaceError: as `check`.
        ChangedError: somebody else set one of them at the same moment.
    """
    for key, value in wanted.items():
        check(key, value)
    moment = now()
    try:
        with workspace.begin() as connection:
            before = _latest(connection)
            made = [
                Target(key, before[key].version + 1 if key in before else 1, value, by, moment)
                for key, value in wanted.items()
                if key not in before or before[key].value != value
            ]
            if made:
                connection.execute(sa.insert(target), [_row(one) for one in made])
    except IntegrityError as error:
        raise ChangedError.of(
            marked("Somebody set one of these targets at the same moment. Nothing was changed. Do it again.")
        ) from error
    new = sum(one.version == 1 for one in made)
    return Counted(new, len(made) - new, len(wanted) - len(made))


def check(key: Key, value: float | None) -> None:
    """Stop at what can be no target.

    Raises:
        WorkspaceError: it says what is wrong and what may stand there.
    """
    if key.metric not in METRICS:
        raise WorkspaceError.of(
            marked("{metric!r} has no targets. Nothing was changed. Those are {metrics}."),
            metric=key.metric,
            metrics=", ".join(METRICS),
        )
    if not _PERIOD.fullmatch(key.period):
        raise WorkspaceError.of(
            marked(
                "{period!r} is no period of a target. Nothing was changed. Write a month as 2026-11, a season as "
                "{season} and its identifier."
            ),
            period=key.period,
            season=SEASON,
        )
    kind = METRICS[key.metric]
    if value is None:
        return
    if kind is Kind.SHARE and not 0 <= value <= 1:
        raise WorkspaceError.of(
            marked("{value} is no share. Nothing was changed. A target of {metric} lies from 0 to 1."),
            value=value,
            metric=key.metric,
        )
    if kind is not Kind.SHARE and not (float(value).is_integer() and abs(value) < LARGEST):
        raise WorkspaceError.of(
            marked("{value} is no whole number below {most:,}. Nothing was changed."), value=value, most=LARGEST
        )
    if kind is Kind.COUNT and value < 0:
        raise WorkspaceError.of(
            marked("{value:,.0f} is below zero. Nothing was changed. {metric} is counted from 0."),
            value=value,
            metric=key.metric,
        )


def _latest(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> dict[Key, Target]:
    newest = sa.select(
        target,
        sa.func.row_number()
        .over(partition_by=[target.c.branch_id, target.c.metric, target.c.period], order_by=target.c.version.desc())
        .label("age"),
    ).where(*conditions)
    rows = newest.subquery("newest")
    order = [rows.c.branch_id, rows.c.period, rows.c.metric]
    found = connection.execute(sa.select(rows).where(rows.c.age == 1).order_by(*order))
    return {one.key: one for one in map(_target, found)}


def _target(row: Any) -> Target:
    return Target(Key(row.branch_id, row.metric, row.period), row.version, row.value, row.set_by, row.set_at)


def _row(one: Target) -> dict[str, object]:
    values = {"version": one.version, "value": one.value, "set_by": one.set_by, "set_at": one.set_at}
    return {**one.key._asdict(), **values}


def _is(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(target.c.branch_id == key.branch_id, target.c.metric == key.metric, target.c.period == key.period)


def _seen(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.branches is None else target.c.branch_id.in_(sorted(scope.branches))


def _named(key: Key) -> Said:
    return Said.of(marked("The target of {metric} in {period} for branch {branch_id}"), **key._asdict())
