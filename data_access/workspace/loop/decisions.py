"""What becomes of a campaign: decided by who plans, approved or returned by who leads; every version is kept.

A decision waits until somebody else has approved it. One that is returned waits for its planner again, with the words
of who returned it as its reason; what was decided stands in the version before. What it asks of people stands in
`actions`, and is asked of them once it is approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access import logs
from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.loop import actions
from data_access.workspace.loop.actions import Asked
from data_access.workspace.loop.judged import judged, newest
from data_access.workspace.loop.plan_tables import action, decision
from data_access.workspace.moment import now


class Verdict(StrEnum):
    """What is to become of it."""

    CONTINUE = "continue"
    SCALE = "scale"
    CHANGE = "change"
    STOP = "stop"


class State(StrEnum):
    """Whether it holds."""

    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is decided.

    Attributes:
        verdict: What is to become of it.
        reason: Why, as it was written: data, to be escaped where it is shown.
        owner: Email of who answers for it.
        due_on: By when; None for no day.
    """

    verdict: Verdict
    reason: str
    owner: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One version.

    Attributes:
        campaign_id: Of the campaign.
        version: 1 for the first.
        plan_id: Plan that it carried out; None for a campaign that nobody planned here.
        draft: What was decided; of one that was returned the reason is that of who returned it.
        state: Whether it holds.
        decided_by: Email of who wrote this version.
        decided_at: When, in UTC.
    """

    campaign_id: str
    version: int
    plan_id: str | None
    draft: Draft
    state: State
    decided_by: str
    decided_at: datetime


class DecisionChangedError(ChangedError):
    """Somebody else decided since it was read. Nothing was saved.

    Attributes:
        theirs: What they decided.
        differences: Names of the fields that differ, each with theirs and mine as text.
    """

    def __init__(self, theirs: Decision, mine: Draft) -> None:
        super().__init__(
            Said.of(
                marked(
                    "{who} decided on this campaign meanwhile, as version {version}. Nothing was saved and nothing is "
                    "lost. Look at what differs, then decide."
                ),
                who=theirs.decided_by,
                version=theirs.version,
            ),
            theirs.decided_by,
            theirs.decided_at,
        )
        self.theirs = theirs
        self.differences = differences(theirs.draft, mine)


def differences(theirs: Draft, mine: Draft) -> dict[str, tuple[str, str]]:
    """The fields that are not the same: theirs and mine, as text.

    >>> one = Draft(Verdict.STOP, "too dear", "lin@bank.example")
    >>> differences(one, replace(one, verdict=Verdict.SCALE))
    {'verdict': ('stop', 'scale')}
    """
    pairs = {name: (getattr(theirs, name), getattr(mine, name)) for name in ("verdict", "reason", "owner", "due_on")}
    return {name: (str(one or ""), str(other or "")) for name, (one, other) in pairs.items() if one != other}


def latest(workspace: sa.Engine) -> dict[str, Decision]:
    """The last version of every decision, by campaign; who may see the campaign is its reader's matter."""
    with workspace.connect() as connection:
        return {row.campaign_id: _decision(row) for row in connection.execute(newest(decision))}


def history(workspace: sa.Engine, campaign_id: str) -> list[Decision]:
    """All versions of a campaign's decision, the newest first."""
    own = sa.select(decision).where(decision.c.campaign_id == campaign_id)
    with workspace.connect() as connection:
        return [_decision(row) for row in connection.execute(own.order_by(decision.c.version.desc()))]


def decide(
    workspace: sa.Engine,
    viewer: Viewer,
    campaign_id: str,
    draft: Draft,
    *,
    plan_id: str | None = None,
    asked: Iterable[Asked] = (),
    seen: int = 0,
) -> Decision:
    """Record a decision, which then waits to be approved.

    Args:
        workspace: Where it is kept.
        viewer: Who decides.
        campaign_id: Of the campaign.
        draft: What is decided.
        plan_id: Of the plan that it carried out.
        asked: What it asks of people; what was asked before and is open stays so.
        seen: Version that the viewer saw; 0 for none.

    Raises:
        AccessError: the viewer may not decide on campaigns of these branches.
        DecisionChangedError: somebody else decided since.
        WorkspaceError: the reason is none that can be kept, nobody answers for it, or there is no such version or plan.
    """
    kept = replace(draft, reason=written.checked(marked("A decision"), draft.reason), owner=_owner(draft.owner))
    rights.require(rights.may_plan(viewer, judged(workspace, plan_id)), viewer, marked("decide on this campaign"))
    made = Decision(campaign_id, seen + 1, plan_id, kept, State.WAITING, viewer.email, now())
    return _written(workspace, made, kept, [actions.row(one, campaign_id, made.version) for one in asked])


def approve(workspace: sa.Engine, viewer: Viewer, seen: Decision) -> Decision:
    """Approve a decision that waits: its actions are asked of people from now on.

    Raises:
        AccessError: the viewer may not approve it, or decided it.
        DecisionChangedError: somebody else decided, approved or returned it since.
        WorkspaceError: it does not wait.
    """
    _may_approve(workspace, viewer, seen)
    return _written(workspace, _next(seen, viewer, State.APPROVED), seen.draft)


def give_back(workspace: sa.Engine, viewer: Viewer, seen: Decision, why: str) -> Decision:
    """Return a decision that waits to its planner, with a reason. Errors as `approve`."""
    reason = written.checked(marked("Returning a decision"), why)
    _may_approve(workspace, viewer, seen)
    draft = replace(seen.draft, reason=reason)
    return _written(workspace, replace(_next(seen, viewer, State.RETURNED), draft=draft), draft)


def undo(workspace: sa.Engine, viewer: Viewer, seen: Decision) -> Decision:
    """Take back one's own last version: the decision is as it was before; a first one is returned by its own hand.

    Raises:
        AccessError: somebody else wrote it, or the viewer's role does neither any more.
        DecisionChangedError: somebody else decided since.
    """
    rights.require(seen.decided_by == viewer.email, viewer, marked("take back what somebody else decided"))
    scope = judged(workspace, seen.plan_id)
    still = rights.may_plan(viewer, scope) or (rights.may_approve(viewer) and rights.sees_all(viewer, scope))
    rights.require(still, viewer, marked("decide on this campaign"))
    before = next((one for one in history(workspace, seen.campaign_id) if one.version == seen.version - 1), None)
    made = _next(seen, viewer, State.RETURNED if before is None else before.state)
    return _written(workspace, made if before is None else replace(made, draft=before.draft), seen.draft)


def may_approve(workspace: sa.Engine, viewer: Viewer, seen: Decision) -> bool:
    """Whether the viewer's role approves it, and somebody else decided it; its branches are asked when it is done."""
    return rights.may_approve(viewer) and viewer.email not in _deciders(workspace, seen)


def _may_approve(workspace: sa.Engine, viewer: Viewer, seen: Decision) -> None:
    rights.require(rights.may_approve(viewer), viewer, marked("approve decisions"))
    rights.require(
        rights.sees_all(viewer, judged(workspace, seen.plan_id)), viewer, marked("approve for these branches")
    )
    if seen.state is not State.WAITING:
        raise WorkspaceError.of(marked("This decision waits no longer. Nothing was changed. Reload the page."))
    if viewer.email in _deciders(workspace, seen):
        raise AccessError.of(
            marked(
                "{who} decided this. Nothing was changed. Somebody else approves or returns it, so that two have "
                "looked at it."
            ),
            who=viewer.email,
        )


def _deciders(workspace: sa.Engine, seen: Decision) -> set[str]:
    """Who decided so: whoever takes an approval or a return back writes a version that somebody else decided."""
    versions = {one.version: one for one in history(workspace, seen.campaign_id)}
    found, one = {seen.decided_by}, seen
    while (before := versions.get(one.version - 2)) and (before.state, before.draft) == (one.state, one.draft):
        found.add(before.decided_by)
        one = before
    return found


def _next(seen: Decision, viewer: Viewer, state: State) -> Decision:
    return replace(seen, version=seen.version + 1, state=state, decided_by=viewer.email, decided_at=now())


def _written(workspace: sa.Engine, made: Decision, mine: Draft, asks: Sequence[dict[str, Any]] = ()) -> Decision:
    """Adds a version; what was asked of people goes along with it."""
    row = {
        "campaign_id": made.campaign_id,
        "version": made.version,
        "plan_id": made.plan_id,
        "verdict": made.draft.verdict.value,
        "state": made.state.value,
        "reason": made.draft.reason,
        "owner": made.draft.owner,
        "due_on": made.draft.due_on,
        "decided_by": made.decided_by,
        "decided_at": made.decided_at,
    }
    own = decision.c.campaign_id == made.campaign_id
    try:
        with workspace.begin() as connection:
            last = connection.execute(sa.select(sa.func.max(decision.c.version)).where(own)).scalar() or 0
            if last == made.version - 1:
                connection.execute(sa.insert(decision).values(row))
                of_it = sa.and_(action.c.campaign_id == made.campaign_id, action.c.decision_version == last)
                connection.execute(sa.update(action).where(of_it).values(decision_version=made.version))
                if asks:
                    connection.execute(sa.insert(action), asks)
                logs.record(
                    "decided",
                    made.decided_by,
                    campaign=made.campaign_id,
                    decision_version=str(made.version),
                    verdict=made.draft.verdict.value,
                    state=made.state.value,
                )
                return made
    except IntegrityError:  # the same version was written between the two statements
        pass
    theirs = next(iter(history(workspace, made.campaign_id)), None)
    if theirs is None or theirs.version < made.version:
        raise WorkspaceError.of(marked("This decision has no such version. Nothing was saved. Reload the page."))
    raise DecisionChangedError(theirs, mine)


def _owner(email: str) -> str:
    if not email.strip():
        raise WorkspaceError.of(
            marked("A decision needs somebody who answers for it. Nothing was saved. Choose who acts.")
        )
    return email.strip()


def _decision(row: Any) -> Decision:
    draft = Draft(Verdict(row.verdict), row.reason, row.owner, row.due_on)
    return Decision(row.campaign_id, row.version, row.plan_id, draft, State(row.state), row.decided_by, row.decided_at)
