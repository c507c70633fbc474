"""Which campaign of the data carries out which plan: proposed by the data, said by a person.

Whoever says something names what they saw said before; where somebody else has spoken meanwhile, nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access import logs
from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said as Message
from data_access.said import marked
from data_access.workspace import rights
from data_access.workspace.loop import plans
from data_access.workspace.loop.plan_tables import plan, plan_campaign
from data_access.workspace.moment import now


class State(StrEnum):
    """What somebody said of a plan and a campaign."""

    CONFIRMED = "confirmed"  # the campaign carries out the plan
    REJECTED = "rejected"  # it does not, and is not proposed again


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last.

    Attributes:
        plan_id: Of the plan.
        campaign_id: Of the campaign.
        state: What was said.
        said_by: Email of who said so.
        said_at: When, in UTC.
    """

    plan_id: str
    campaign_id: str
    state: State
    said_by: str
    said_at: datetime


def of(workspace: sa.Engine, scope: Scope) -> list[Said]:
    """What was said of the plans that a viewer sees, those put away included."""
    said = sa.select(plan_campaign).join(plan, plan.c.plan_id == plan_campaign.c.plan_id).where(plans.visible(scope))
    with workspace.connect() as connection:
        return [_said(row) for row in connection.execute(said.order_by(*plan_campaign.primary_key))]


def put(workspace: sa.Engine, viewer: Viewer, plan_id: str, campaign_id: str, state: State, seen: Said | None) -> Said:
    """Say whether a campaign carries out a plan.

    Args:
        workspace: Where it is kept.
        viewer: Who says so.
        plan_id: Of the plan.
        campaign_id: Of the campaign.
        state: What is said.
        seen: What the viewer saw said of the two before; None where there was nothing.

    Raises:
        AccessError: the viewer may not plan for the plan's branches.
        ChangedError: somebody else has spoken since, of these two or of the campaign with another plan.
        WorkspaceError: there is no such plan.
    """
    _require(workspace, viewer, plan_id)
    made = Said(plan_id, campaign_id, state, viewer.email, now())
    values = {"state": state.value, "said_by": made.said_by, "said_at": made.said_at}
    try:
        with workspace.begin() as connection:
            before = _read(connection, plan_id, campaign_id)
            if before == seen:
                if before is None:
                    row = {"plan_id": plan_id, "campaign_id": campaign_id, **values}
                    connection.execute(sa.insert(plan_campaign).values(row))
                    done = 1
                else:
                    done = connection.execute(sa.update(plan_campaign).where(_as(before)).values(values)).rowcount
                if done:
                    logs.record("plan_matched", viewer.email, plan=plan_id, campaign=campaign_id, state=state.value)
                    return made
    except IntegrityError:  # written between the two statements, or the campaign carries out another plan
        pass
    raise _changed(workspace, plan_id, campaign_id)


def undo(workspace: sa.Engine, viewer: Viewer, was: Said) -> None:
    """Take back what was said: the two are as if nobody had said anything. Errors as `put`."""
    _require(workspace, viewer, was.plan_id)
    with workspace.begin() as connection:
        taken = connection.execute(sa.delete(plan_campaign).where(_as(was))).rowcount
    if not taken:
        raise _changed(workspace, was.plan_id, was.campaign_id)
    logs.record("plan_matched", viewer.email, plan=was.plan_id, campaign=was.campaign_id, state="taken back")


def _require(workspace: sa.Engine, viewer: Viewer, plan_id: str) -> None:
    found = plans.find(workspace, viewer.scope, plan_id)
    if found is None:
        raise WorkspaceError.of(marked("There is no such plan. Nothing was changed. Reload the page."))
    rights.require(rights.may_plan(viewer, found.scope), viewer, marked("match a plan for these branches"))


def _changed(workspace: sa.Engine, plan_id: str, campaign_id: str) -> ChangedError:
    with workspace.connect() as connection:
        theirs = _read(connection, plan_id, campaign_id)
        elsewhere = sa.select(plan_campaign).where(
            plan_campaign.c.campaign_id == campaign_id, plan_campaign.c.state == State.CONFIRMED.value
        )
        other = connection.execute(elsewhere).first()
    if theirs is None and other is not None:
        return ChangedError(
            Message.of(
                marked(
                    "{who} said that this campaign carries out another plan. Nothing was changed. Take that back "
                    "first, if it is wrong."
                ),
                who=other.said_by,
            ),
            other.said_by,
            other.said_at,
        )
    by, at = (theirs.said_by, theirs.said_at) if theirs else ("", None)
    return ChangedError(
        Message.of(
            marked("{who} has spoken of this match meanwhile. Nothing was changed. Look at it again, then decide."),
            who=by or Message.of(marked("Somebody")),
        ),
        by,
        at,
    )


def _read(connection: sa.Connection, plan_id: str, campaign_id: str) -> Said | None:
    of_both = sa.and_(plan_campaign.c.plan_id == plan_id, plan_campaign.c.campaign_id == campaign_id)
    row = connection.execute(sa.select(plan_campaign).where(of_both)).one_or_none()
    return None if row is None else _said(row)


def _as(was: Said) -> sa.ColumnElement[bool]:
    held = plan_campaign.c
    return sa.and_(
        held.plan_id == was.plan_id,
        held.campaign_id == was.campaign_id,
        held.state == was.state.value,
        held.said_at == was.said_at,
    )


def _said(row: Any) -> Said:
    return Said(row.plan_id, row.campaign_id, State(row.state), row.said_by, row.said_at)
