"""What a campaign brought and why, in the words of who judged it; every version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access import logs
from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.loop.judged import judged, newest
from data_access.workspace.loop.plan_tables import evaluation
from data_access.workspace.moment import now


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One version.

    Attributes:
        campaign_id: Of the campaign.
        version: 1 for the first.
        plan_id: Plan that it carried out; None for a campaign that nobody planned here.
        text: What was learned, as it was written: data, to be escaped where it is shown.
        figures: Actual, forecast and control as they stood then.
        data_version: Version of the warehouse.
        author: Email of who wrote it.
        written_at: When, in UTC.
    """

    campaign_id: str
    version: int
    plan_id: str | None
    text: str
    figures: Mapping[str, Any]
    data_version: str
    author: str
    written_at: datetime


class EvaluationChangedError(ChangedError):
    """Somebody else wrote since it was read. Nothing was saved; `theirs` is what they wrote."""

    def __init__(self, theirs: Evaluation) -> None:
        super().__init__(
            Said.of(
                marked(
                    "{who} evaluated this campaign meanwhile, as version {version}. Nothing was saved and nothing is "
                    "lost. Read theirs, then save yours over it or leave it."
                ),
                who=theirs.author,
                version=theirs.version,
            ),
            theirs.author,
            theirs.written_at,
        )
        self.theirs = theirs


def latest(workspace: sa.Engine) -> dict[str, Evaluation]:
    """The last version of every campaign's evaluation, by campaign; who may see the campaign is its reader's matter."""
    with workspace.connect() as connection:
        rows = connection.execute(newest(evaluation)).all()
    return {row.campaign_id: _evaluation(row) for row in rows}


def history(workspace: sa.Engine, campaign_id: str) -> list[Evaluation]:
    """All versions of a campaign's evaluation, the newest first."""
    own = sa.select(evaluation).where(evaluation.c.campaign_id == campaign_id)
    with workspace.connect() as connection:
        return [_evaluation(row) for row in connection.execute(own.order_by(evaluation.c.version.desc()))]


def write(
    workspace: sa.Engine,
    viewer: Viewer,
    campaign_id: str,
    text: str,
    figures: Mapping[str, Any],
    data_version: str,
    *,
    plan_id: str | None = None,
    seen: int = 0,
) -> Evaluation:
    """Save a new version of an evaluation.

    Args:
        workspace: Where it is kept.
        viewer: Who judges.
        campaign_id: Of the campaign.
        text: What was learned.
        figures: What JSON holds of actual, forecast and control.
        data_version: Of the warehouse.
        plan_id: Of the plan that it carried out.
        seen: Version that the viewer saw; 0 for none.

    Raises:
        AccessError: the viewer may not judge campaigns of these branches.
        EvaluationChangedError: somebody else wrote since.
        WorkspaceError: the text is none that can be kept, or there is no such version or plan.
    """
    kept = written.checked(marked("An evaluation"), text)
    rights.require(rights.may_plan(viewer, judged(workspace, plan_id)), viewer, marked("evaluate this campaign"))
    made = Evaluation(campaign_id, seen + 1, plan_id, kept, figures, data_version, viewer.email, now())
    try:
        with workspace.begin() as connection:
            last = connection.execute(_last(campaign_id)).scalar() or 0
            if last == seen:
                values = {name: getattr(made, name) for name in evaluation.c.keys()}  # noqa: SIM118 - column names
                connection.execute(sa.insert(evaluation).values(values))
                logs.record("evaluated", viewer.email, campaign=campaign_id, evaluation_version=str(made.version))
                return made
    except IntegrityError:  # the same version was written between the two statements
        pass
    theirs = next(iter(history(workspace, campaign_id)), None)
    if theirs is None or theirs.version < made.version:
        raise WorkspaceError.of(marked("This evaluation has no such version. Nothing was saved. Reload the page."))
    raise EvaluationChangedError(theirs)


def undo(workspace: sa.Engine, viewer: Viewer, seen: Evaluation) -> Evaluation:
    """Bring back what was written before, as a new version; undoing that brings the other back. Errors as `write`."""
    before = next((one for one in history(workspace, seen.campaign_id) if one.version == seen.version - 1), None)
    if before is None:
        raise WorkspaceError.of(marked("This evaluation has no version before this one. Nothing was changed."))
    return write(
        workspace,
        viewer,
        seen.campaign_id,
        before.text,
        before.figures,
        before.data_version,
        plan_id=before.plan_id,
        seen=seen.version,
    )


def _last(campaign_id: str) -> sa.Select[Any]:
    return sa.select(sa.func.max(evaluation.c.version)).where(evaluation.c.campaign_id == campaign_id)


def _evaluation(row: Any) -> Evaluation:
    return Evaluation(
        row.campaign_id,
        row.version,
        row.plan_id,
        row.text,
        row.figures,
        row.data_version,
        row.author,
        row.written_at,
    )
