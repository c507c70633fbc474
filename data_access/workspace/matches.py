"""Which campaign of the data carries out which plan, as a person said."""

from __future__ import annotations

import sqlalchemy as sa

from data_access.errors import WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.workspace import plans, rights
from data_access.workspace.moment import now
from data_access.workspace.plan_tables import plan_campaign

CONFIRMED, REJECTED = "confirmed", "rejected"


def confirm(workspace: sa.Engine, viewer: Viewer, plan_id: str, campaign_id: str) -> None:
    """Say that the campaign carries out the plan; to say so again changes nothing.

    Raises:
        AccessError: the viewer may not plan for the plan's branches.
        WorkspaceError: there is no such plan.
    """
    found = plans.find(workspace, viewer.scope, plan_id)
    if found is None:
        raise WorkspaceError("There is no such plan. Nothing was changed.")
    rights.require(rights.may_plan(viewer, found.scope), viewer, "say which campaign carries out this plan")
    said = {"state": CONFIRMED, "said_by": viewer.email, "said_at": now()}
    here = sa.and_(plan_campaign.c.plan_id == plan_id, plan_campaign.c.campaign_id == campaign_id)
    with workspace.begin() as connection:
        if not connection.execute(sa.update(plan_campaign).where(here).values(said)).rowcount:
            connection.execute(sa.insert(plan_campaign).values(plan_id=plan_id, campaign_id=campaign_id, **said))


def of(workspace: sa.Engine, scope: Scope, plan_id: str) -> dict[str, str]:
    """The state of each campaign that somebody held against a plan; none where the plan may not be seen."""
    if plans.find(workspace, scope, plan_id) is None:
        return {}
    rows = sa.select(plan_campaign.c.campaign_id, plan_campaign.c.state).where(plan_campaign.c.plan_id == plan_id)
    with workspace.connect() as connection:
        return {row.campaign_id: row.state for row in connection.execute(rows.order_by(plan_campaign.c.campaign_id))}
