"""Who may do what in the workspace, asked before a button is shown and again before anything is written.

| deed | who |
|---|---|
| set a target of a branch | planners, executives, administrators who see it: nobody sets their own yardstick |
| set the weights of the score of staff | planners, executives, administrators who see the whole bank |
| work on a branch's to-do list | its branch heads, and administrators who see it; others look on |
| write a note on a branch, or a goal with one of its staff | whoever sees the branch |
| write a note for all branches | whoever sees the whole bank; everybody reads it |
| plan a campaign | planners, branch heads, administrators who see all of its branches; others look on |
| evaluate a campaign, decide on it | who plans for the branches of its plan; for the whole bank's where it has none |
| approve or return a decision | executives and administrators who see these branches, never who decided |
| close what a decision asks | whoever is to do it, the branch's heads, and planners who see the branch or the bank |
| subscribe to what is sent by mail | everybody, for themselves; it shows what they may see on the day |
"""

from __future__ import annotations

from data_access.errors import AccessError
from data_access.reading.scope import Role, Scope, Viewer
from data_access.said import Said, marked

_SETS_TARGETS = frozenset({Role.PLANNER, Role.EXECUTIVE, Role.ADMINISTRATOR})
_WORKS_ON_TASKS = frozenset({Role.BRANCH_HEAD, Role.ADMINISTRATOR})
_PLANS = frozenset({Role.PLANNER, Role.BRANCH_HEAD, Role.ADMINISTRATOR})
_APPROVES = frozenset({Role.EXECUTIVE, Role.ADMINISTRATOR})


def sees(viewer: Viewer, branch_id: str) -> bool:
    """Whether the viewer sees the branch."""
    return viewer.scope.branches is None or branch_id in viewer.scope.branches


def may_set_targets(viewer: Viewer, branch_id: str) -> bool:
    """Whether the viewer sets the branch's targets."""
    return viewer.role in _SETS_TARGETS and sees(viewer, branch_id)


def may_set_weights(viewer: Viewer) -> bool:
    """Whether the viewer sets what counts for how much in the scores of all staff."""
    return viewer.role in _SETS_TARGETS and viewer.scope.whole_bank


def may_work_on_tasks(viewer: Viewer, branch_id: str) -> bool:
    """Whether the viewer assigns and closes the branch's tasks."""
    return viewer.role in _WORKS_ON_TASKS and sees(viewer, branch_id)


def sees_all(viewer: Viewer, scope: Scope) -> bool:
    """Whether the viewer sees every branch of the scope."""
    if viewer.scope.branches is None:
        return True
    return scope.branches is not None and scope.branches <= viewer.scope.branches


def may_plan(viewer: Viewer, scope: Scope) -> bool:
    """Whether the viewer plans campaigns for these branches."""
    return viewer.role in _PLANS and sees_all(viewer, scope)


def may_approve(viewer: Viewer) -> bool:
    """Whether the viewer's role approves decisions, or returns them."""
    return viewer.role in _APPROVES


def may_close(viewer: Viewer, branch_id: str | None, owner: str) -> bool:
    """Whether the viewer closes what was asked of somebody of a branch, or of the bank where it is None."""
    within = sees(viewer, branch_id) if branch_id is not None else viewer.scope.whole_bank
    return viewer.email == owner or (viewer.role in _PLANS and within)


def may_write_notes(viewer: Viewer, branch_id: str | None) -> bool:
    """Whether the viewer writes notes on the branch, or for all branches where it is None."""
    return viewer.scope.whole_bank if branch_id is None else sees(viewer, branch_id)


def require(allowed: bool, viewer: Viewer, deed: str, **values: object) -> None:
    """Stop unless it is allowed.

    Args:
        allowed: What one of the above answered.
        viewer: Who wants to.
        deed: What, for the message, marked for translation: "set targets of branch {branch}".
        values: What completes the deed.

    Raises:
        AccessError: it is not.
    """
    if not allowed:
        raise AccessError.of(
            marked(
                "{person} may not {deed} as {role}. Nothing was changed. Ask somebody who may, or an administrator of "
                "Branchlight for the right."
            ),
            person=viewer.email,
            deed=Said.of(deed, **values),
            role=viewer.role,
        )
