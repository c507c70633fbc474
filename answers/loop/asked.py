"""What do decisions ask of the one who looks, and which of them wait for an approval?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.workspace import rights
from data_access.workspace.loop import actions, decisions
from data_access.workspace.loop.actions import Action
from data_access.workspace.loop.decisions import Decision, State
from data_access.workspace.loop.judged import judged

from answers import places
from answers.kept import kept

Workspace = Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for the one who looks.

    Attributes:
        actions: Open, of their branch or for them; what is due first is first.
        waiting: Decisions that they may approve; empty for who approves none.
        open: Campaigns with something that is asked and not done.
        late: Open actions past their day, of all that the viewer sees.
        called: Names of the campaigns by identifier.
        branches: Names of the branches by identifier.
        on: Last day of the data.
    """

    actions: tuple[Action, ...]
    waiting: tuple[Decision, ...]
    open: int
    late: int
    called: Mapping[str, str]
    branches: Mapping[str, str]
    on: date


def ask(workspace: Workspace, reader: Reader, branch: str = "") -> Asked:
    """What waits, of the campaigns that the viewer sees.

    Args:
        workspace: Where it is kept.
        reader: Of the viewer.
        branch: A place, as `answers.places` spells it: what is asked there; empty for all of the viewer's branches.
    """
    asked = [one for one in actions.of(workspace, reader.scope) if one.closed_at is None]
    held = [one for one in decisions.latest(workspace).values() if one.state is State.WAITING]
    called = _called(reader) if asked or held else {}
    names = places.called(reader)
    seen = [one for one in asked if one.campaign_id in called]
    among = set(places.branches(reader, branch)) or set(names if not reader.scope.whole_bank else ())
    viewer = reader.viewer
    mine = [one for one in seen if one.asked.owner == viewer.email or one.asked.branch_id in among]
    waiting = [
        one
        for one in held
        if one.campaign_id in called
        and decisions.may_approve(workspace, viewer, one)
        and rights.sees_all(viewer, judged(workspace, one.plan_id))
    ]
    return Asked(
        tuple(mine),
        tuple(sorted(waiting, key=lambda one: one.decided_at)),
        len({one.campaign_id for one in seen}),
        sum(one.late(reader.as_of) for one in seen),
        called,
        names,
        reader.as_of,
    )


@kept
def _called(reader: Reader) -> dict[str, str]:
    """Names of the campaigns that the viewer sees, by identifier."""
    every = campaigns.catalogue(reader)
    return dict(zip(every["campaign_id"].astype(str), every["name"].astype(str), strict=True))
