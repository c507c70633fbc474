"""What was decided of campaigns while they ran: to stop, to go on, to look again; part of the one history of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from data_access.reading.scope import Scope
from data_access.workspace.loop import alarms, matches
from data_access.workspace.loop.alarms import Alarm, Deed
from data_access.workspace.loop.matches import State

Workspace = Any


@dataclass(frozen=True, slots=True)
class WhileRunning:
    """One deed about what was raised on a day, whatever the number of alarms.

    Attributes:
        deed: What was done.
        why: As it was written: data, to be escaped where it is shown.
        by: Email of who did it.
        at: When, in UTC.
        kinds: What was raised, by the name of its kind.
    """

    deed: Deed
    why: str
    by: str
    at: datetime
    kinds: tuple[str, ...]


def while_running(workspace: Workspace, scope: Scope) -> dict[str, tuple[WhileRunning, ...]]:
    """The deeds of each campaign that carries out a plan which the viewer sees, the oldest first."""
    carried = {one.campaign_id: one.plan_id for one in matches.of(workspace, scope) if one.state is State.CONFIRMED}
    by_plan: dict[str, list[Alarm]] = {}
    for alarm in alarms.of(workspace, set(carried.values())):
        if alarm.deed is not None:
            by_plan.setdefault(alarm.plan_id, []).append(alarm)
    return {campaign: _deeds(by_plan[plan_id]) for campaign, plan_id in carried.items() if plan_id in by_plan}


def _deeds(answered: list[Alarm]) -> tuple[WhileRunning, ...]:
    told: list[WhileRunning] = []
    for (_, deed, why, by), group in groupby(sorted(answered, key=_one_deed), key=_one_deed):
        alarms_of_it = list(group)
        at = max(one.at for one in alarms_of_it if one.at is not None)
        told.append(WhileRunning(Deed(deed), why, by, at, tuple(one.kind for one in alarms_of_it)))
    return tuple(sorted(told, key=lambda one: one.at))


def _one_deed(alarm: Alarm) -> tuple[date, str, str, str]:
    """One click answers whatever waits: the same day of the data, deed, words and person."""
    return alarm.raised_on, str(alarm.deed), alarm.answer, alarm.by
