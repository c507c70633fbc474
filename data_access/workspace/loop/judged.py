"""What evaluations and decisions have in common: of which branches they speak, and that the last version holds."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from data_access.errors import WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Scope
from data_access.said import marked
from data_access.workspace.loop.plan_tables import plan, plan_branch


def judged(workspace: sa.Engine, plan_id: str | None) -> Scope:
    """Branches of which a judgement speaks: those of the plan; the whole bank for a campaign nobody planned here.

    Raises:
        WorkspaceError: there is no such plan.
    """
    if plan_id is None:
        return WHOLE_BANK
    with workspace.connect() as connection:
        row = connection.execute(sa.select(plan.c.whole_bank).where(plan.c.plan_id == plan_id)).one_or_none()
        if row is None:
            raise WorkspaceError.of(marked("There is no such plan. Nothing was changed. Reload the page."))
        if row.whole_bank:
            return WHOLE_BANK
        own = sa.select(plan_branch.c.branch_id).where(plan_branch.c.plan_id == plan_id)
        return Scope(frozenset(connection.execute(own).scalars()))


@cache
def newest(table: sa.Table) -> sa.Select[Any]:
    """The last version of each campaign's row in a table of versions."""
    every = table.alias("every_version")
    of_it = every.c.campaign_id == table.c.campaign_id
    last = sa.select(sa.func.max(every.c.version)).where(of_it).correlate(table).scalar_subquery()
    return sa.select(table).where(table.c.version == last).order_by(table.c.campaign_id)
