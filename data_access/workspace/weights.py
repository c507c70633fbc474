"""Weights of the score of staff: set by who may, tried on a year that is over before they count, all versions kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from data_access.said import Said, marked
from data_access.workspace import rights
from data_access.workspace.moment import now
from data_access.workspace.tables import score_weights

BLOCKS: Final = ("results", "cross_selling", "won_and_kept", "service")
"""What is weighted."""

WHOLE: Final = 100
"""What the weights add up to, in percent."""

_YEAR = re.compile(r"[1-9]\d{3}")


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of the weights.

    Attributes:
        version: 1 for the first.
        percent: Of each block; they add up to `WHOLE`.
        rehearsed_on: Year on which they were tried.
        set_by: Who set them.
        set_at: When, in UTC.
    """

    version: int
    percent: Mapping[str, int]
    rehearsed_on: str
    set_by: str
    set_at: datetime


def history(workspace: sa.Engine) -> list[Weights]:
    """All versions, the one that holds first; none as long as nobody has set any."""
    with workspace.connect() as connection:
        rows = connection.execute(sa.select(score_weights).order_by(score_weights.c.version.desc())).all()
    return [_weights(row) for row in rows]


def put(workspace: sa.Engine, viewer: Viewer, percent: Mapping[str, int], rehearsed_on: str, seen: int) -> Weights:
    """Let these weights count from now on.

    Args:
        workspace: Where they are kept.
        viewer: Who sets them.
        percent: Of each block.
        rehearsed_on: Year on which the viewer saw what they would have made of the scores.
        seen: Version that held when they decided; 0 where there was none.

    Raises:
        AccessError: the viewer may not set weights.
        WorkspaceError: they are no weights, or were tried on no year.
        ChangedError: somebody else has set them since.
    """
    rights.require(rights.may_set_weights(viewer), viewer, marked("set the weights of scores"))
    check(percent)
    if not _YEAR.fullmatch(rehearsed_on):
        raise WorkspaceError.of(
            marked("{year!r} is no year. Nothing was changed. Try the weights on a year that is over first."),
            year=rehearsed_on,
        )
    made = Weights(seen + 1, dict(percent), rehearsed_on, viewer.email, now())
    row = {"version": made.version, "rehearsed_on": rehearsed_on, "set_by": made.set_by, "set_at": made.set_at}
    try:
        with workspace.begin() as connection:
            newest = connection.execute(sa.select(sa.func.max(score_weights.c.version))).scalar() or 0
            if newest == seen:
                connection.execute(sa.insert(score_weights).values({**row, **percent}))
                return made
    except IntegrityError:  # the same version was written between the two statements
        pass
    before = next(iter(history(workspace)), None)
    if before is None:
        raise WorkspaceError.of(
            marked("The weights have no version {version}. Nothing was changed. Read them again."), version=seen
        )
    raise ChangedError(
        Said.of(
            marked("The weights were set by {who} meanwhile. Nothing was changed. Look at them again, then decide."),
            who=before.set_by,
        ),
        before.set_by,
        before.set_at,
    )


def check(percent: Mapping[str, int]) -> None:
    """Stop at what can be no weights.

    Raises:
        WorkspaceError: a block is missing or unknown, a weight is below nought, or they do not add up to `WHOLE`.
    """
    if set(percent) != set(BLOCKS):
        raise WorkspaceError.of(
            marked("Weights are those of {blocks}, each once. Nothing was changed."), blocks=", ".join(BLOCKS)
        )
    if any(value < 0 for value in percent.values()) or sum(percent.values()) != WHOLE:
        given = ", ".join(str(percent[block]) for block in BLOCKS)
        raise WorkspaceError.of(
            marked("Weights are not below 0 and add up to {whole} %, and these are {given}. Nothing was changed."),
            whole=WHOLE,
            given=given,
        )


def _weights(row: Any) -> Weights:
    percent = {block: int(getattr(row, block)) for block in BLOCKS}
    return Weights(row.version, percent, row.rehearsed_on, row.set_by, row.set_at)
