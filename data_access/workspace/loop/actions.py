"""What decisions ask of people: asked once the decision is approved, until somebody says that it is done.

Whoever closes an action says which version they saw, so that two do not close it over one another.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from data_access import logs
from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.loop.plan_tables import action, decision
from data_access.workspace.moment import now


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes:
        text: What is to be done, as it was written: data, to be escaped where it is shown.
        owner: Email of who is to do it.
        due_on: By when; None for no day.
        branch_id: Branch that is to do it; None: the bank.
    """

    text: str
    owner: str
    due_on: date | None = None
    branch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What is asked, of which decision, and whether it is done.

    Attributes:
        action_id: Its identifier.
        campaign_id: Of the campaign that was decided on.
        asked: What is asked of whom.
        version: 1, and one more with every change.
        verdict: What was decided.
        closed_by: Email of who closed it; None while it is open.
        closed_at: When, in UTC.
    """

    action_id: str
    campaign_id: str
    asked: Asked
    version: int
    verdict: str
    closed_by: str | None = None
    closed_at: datetime | None = None

    def late(self, on: date) -> bool:
        """Whether it should have been done before this day."""
        return self.closed_at is None and self.asked.due_on is not None and self.asked.due_on < on


def row(asked: Asked, campaign_id: str, decision_version: int) -> dict[str, Any]:
    """A new action as the table keeps it.

    Raises:
        WorkspaceError: the text is none that can be kept, or nobody is to do it.
    """
    if not asked.owner.strip():
        raise WorkspaceError.of(marked("An action needs somebody who does it. Nothing was saved. Choose who acts."))
    return {
        "action_id": secrets.token_urlsafe(12),
        "campaign_id": campaign_id,
        "decision_version": decision_version,
        "branch_id": asked.branch_id,
        "text": written.checked(marked("An action"), asked.text),
        "owner": asked.owner.strip(),
        "due_on": asked.due_on,
        "version": 1,
    }


def of(workspace: sa.Engine, scope: Scope) -> list[Action]:
    """What approved decisions ask of a scope: of its branches and of the bank as a whole; first what is due first."""
    approved = sa.and_(
        decision.c.campaign_id == action.c.campaign_id,
        decision.c.version == action.c.decision_version,
        decision.c.state == "approved",
    )
    seen = sa.true()
    if scope.branches is not None:
        seen = sa.or_(action.c.branch_id.is_(None), action.c.branch_id.in_(sorted(scope.branches)))
    statement = sa.select(action, decision.c.verdict).join(decision, approved).where(seen)
    with workspace.connect() as connection:
        found = [_action(row) for row in connection.execute(statement)]
    return sorted(found, key=lambda one: (one.asked.due_on or date.max, one.campaign_id, one.action_id))


def close(workspace: sa.Engine, viewer: Viewer, seen: Action) -> Action:
    """Say that an action is done; what is returned goes to `reopen`.

    Raises:
        AccessError: the viewer may not close it.
        ChangedError: somebody else changed it since.
        WorkspaceError: there is no such action.
    """
    closed = replace(seen, version=seen.version + 1, closed_by=viewer.email, closed_at=now())
    values: dict[str, object] = {"closed_by": closed.closed_by, "closed_at": closed.closed_at}
    _change(workspace, viewer, seen, values, "action_closed")
    return closed


def reopen(workspace: sa.Engine, viewer: Viewer, closed: Action) -> None:
    """Undo `close`. Errors as `close`."""
    _change(workspace, viewer, closed, {"closed_by": None, "closed_at": None}, "action_reopened")


def _change(workspace: sa.Engine, viewer: Viewer, seen: Action, values: dict[str, object], event: str) -> None:
    own = action.c.action_id == seen.action_id
    with workspace.begin() as connection:
        held = connection.execute(sa.select(action).where(own)).one_or_none()
        if held is None:
            raise WorkspaceError.of(marked("There is no such action. Nothing was changed. Reload the page."))
        rights.require(rights.may_close(viewer, held.branch_id, held.owner), viewer, marked("close this action"))
        as_seen = sa.and_(own, action.c.version == seen.version)
        changed = connection.execute(sa.update(action).where(as_seen).values(version=seen.version + 1, **values))
        if not changed.rowcount:
            raise ChangedError(
                Said.of(
                    marked("{who} changed this action meanwhile. Nothing was changed. Look at it again."),
                    who=held.closed_by or Said.of(marked("Somebody")),
                ),
                held.closed_by or "",
                held.closed_at,
            )
    logs.record(event, viewer.email, action=seen.action_id, campaign=seen.campaign_id)


def _action(row: Any) -> Action:
    asked = Asked(row.text, row.owner, row.due_on, row.branch_id)
    return Action(row.action_id, row.campaign_id, asked, row.version, row.verdict, row.closed_by, row.closed_at)
