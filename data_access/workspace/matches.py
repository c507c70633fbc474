"""Which campaign of the data carries out which plan: proposed by the data, said by a person.

Whoever says something names what they saw said before; where somebody else has spoken meanwhile, nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from data_access.reading.scope import Scope
from data_access.workspace import plans
from data_access.workspace.plan_tables import plan_campaign


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
    seen = {one.plan_id for away in (False, True) for one in plans.of(workspace, scope, archived=away)}
    with workspace.connect() as connection:
        rows = connection.execute(sa.select(plan_campaign).order_by(*plan_campaign.primary_key)).all()
    return [_said(row) for row in rows if row.plan_id in seen]


def _said(row: Any) -> Said:
    return Said(row.plan_id, row.campaign_id, State(row.state), row.said_by, row.said_at)
