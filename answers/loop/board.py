"""What stage is each campaign in, from an idea to what was asked of people, and who is waited for?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, Final

import pandas as pd
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.workspace.loop import actions, decisions, evaluations, frozen, matches, plans
from data_access.workspace.loop.actions import Action
from data_access.workspace.loop.decisions import Decision
from data_access.workspace.loop.decisions import State as Held
from data_access.workspace.loop.evaluations import Evaluation
from data_access.workspace.loop.matches import State as Said

from answers.loop.deeds import WhileRunning, while_running

Workspace = Any

EVALUATE_IN: Final = timedelta(days=30)
"""After the last window has closed."""

DECIDE_IN: Final = timedelta(days=60)
"""The same: another thirty days."""


class Stage(StrEnum):
    """Where it stands."""

    IDEA = "idea"  # a plan that nobody has frozen
    PLANNED = "planned"  # frozen, and no campaign carries it out yet
    RUNNING = "running"  # not ended, or windows still open
    TO_EVALUATE = "to_evaluate"  # ended, and nobody has said what was learned
    TO_DECIDE = "to_decide"  # evaluated; no decision, one that waits to be approved, or one that was returned
    ACTIONS = "actions"  # decided, and something that it asks is open
    CLOSED = "closed"  # decided, and nothing is asked any more


@dataclass(frozen=True, slots=True)
class Item:
    """A plan or a campaign on the board.

    Attributes:
        stage: Where it stands.
        key: Identifier of the campaign, or of the plan of one that has none yet.
        name: As the data or the planner wrote it.
        who: Who answers for it, as data write a name; empty if nobody is named.
        due_on: By when it is to leave the stage; None where nothing is due.
        evaluation: What was said of it.
        decision: What was decided.
        asked: What is open of what was asked.
        deeds: What was decided while it ran, the oldest first.
        planned: Whether it carries out a plan that the viewer sees.
        who_unseen: Whether somebody is named whom the viewer does not see, as people of other branches.
    """

    stage: Stage
    key: str
    name: str
    who: str = ""
    due_on: date | None = None
    evaluation: Evaluation | None = None
    decision: Decision | None = None
    asked: tuple[Action, ...] = ()
    deeds: tuple[WhileRunning, ...] = ()
    planned: bool = False
    who_unseen: bool = False

    @property
    def waits_for_approval(self) -> bool:
        """Whether it is decided but for the approval."""
        return self.decision is not None and self.decision.state is Held.WAITING


@dataclass(frozen=True, eq=False)
class Board:
    """All of a period.

    Attributes:
        items: What is due first is first.
        actions: What is asked in the viewer's branches, done or not; what is due first is first.
        ended: Campaigns all whose windows have closed.
        evaluated: Of these, with an evaluation.
        decided: Of these, with an approved decision.
        days: Days from the last window to the approved decision, in the middle; None without one.
        branches: Names of the viewer's branches by identifier.
        on: Last day of the data, on which things are late.
    """

    items: tuple[Item, ...]
    actions: tuple[Action, ...]
    ended: int
    evaluated: int
    decided: int
    days: float | None
    branches: Mapping[str, str]
    on: date

    def at(self, stage: Stage) -> tuple[Item, ...]:
        """What stands in a stage."""
        return tuple(item for item in self.items if item.stage is stage)

    @property
    def open_actions(self) -> tuple[Action, ...]:
        """What is asked and not done, of the campaigns on the board."""
        shown = {item.key for item in self.items}
        return tuple(one for one in self.actions if one.closed_at is None and one.campaign_id in shown)

    @property
    def waiting(self) -> int:
        """How many wait for somebody."""
        return sum(len(self.at(stage)) for stage in (Stage.TO_EVALUATE, Stage.TO_DECIDE, Stage.ACTIONS))

    @property
    def late(self) -> int:
        """How many of these are past their day."""
        return sum(item.due_on is not None and item.due_on < self.on for item in self.items)


def board(workspace: Workspace, reader: Reader, listed: pd.DataFrame, finished: Iterable[str]) -> Board:
    """The board of some campaigns and of all plans that none carries out yet.

    Args:
        workspace: Where people's work is kept.
        reader: Whose campaigns.
        listed: The campaigns, as `data_access.queries.campaigns.catalogue` describes them.
        finished: Those of which every window has closed.
    """
    known = data.branches(reader)
    said, held = evaluations.latest(workspace), decisions.latest(workspace)
    asked = tuple(actions.of(workspace, reader.scope))
    ended = set(finished)
    deeds = while_running(workspace, reader.scope)
    carried = {
        one.campaign_id: one.plan_id for one in matches.of(workspace, reader.scope) if one.state is Said.CONFIRMED
    }
    items = [
        replace(item, deeds=deeds.get(item.key, ()), planned=item.key in carried)
        for item in (_campaign(row, ended, said, held, asked) for row in listed.to_dict("records"))
    ]
    own = [item for item in items if item.key in ended]
    items += _plans(workspace, reader, set(carried.values()))
    approved = {
        item.key: item.decision.decided_at
        for item in own
        if item.decision is not None and item.decision.state is Held.APPROVED
    }
    closed = {str(row["campaign_id"]): _matures(row) for row in listed.to_dict("records")}
    waits = [max((moment.date() - closed[key]).days, 0) for key, moment in approved.items()]
    return Board(
        tuple(sorted(items, key=lambda item: (item.due_on or date.max, item.key))),
        asked,
        len(own),
        sum(item.evaluation is not None for item in own),
        len(approved),
        float(median(waits)) if waits else None,
        dict(zip(known["branch_id"].astype(str), known["name"].astype(str), strict=True)),
        reader.as_of,
    )


def _campaign(
    row: Mapping[Any, Any],
    finished: set[str],
    said: Mapping[str, Evaluation],
    held: Mapping[str, Decision],
    asked: Iterable[Action],
) -> Item:
    key, name = str(row["campaign_id"]), str(row["name"])
    who = str(row["owner"]) if isinstance(row["owner"], str) else ""
    unseen = not who and isinstance(row["owner_staff_id"], str)
    if key not in finished:
        return Item(Stage.RUNNING, key, name, who, who_unseen=unseen)
    evaluation, decision, matured = said.get(key), held.get(key), _matures(row)
    open_ = tuple(one for one in asked if one.campaign_id == key and one.closed_at is None)
    told = (evaluation, decision, open_)
    if decision is not None and decision.state is Held.APPROVED:
        due = min((one.asked.due_on for one in open_ if one.asked.due_on), default=None)
        return Item(Stage.ACTIONS if open_ else Stage.CLOSED, key, name, decision.draft.owner, due, *told)
    if evaluation is None and decision is None:
        return Item(Stage.TO_EVALUATE, key, name, who, matured + EVALUATE_IN, *told, who_unseen=unseen)
    return Item(Stage.TO_DECIDE, key, name, who, matured + DECIDE_IN, *told, who_unseen=unseen)


def _matures(row: Mapping[Any, Any]) -> date:
    """The day on which the last window closes."""
    ends_on: datetime = row["ends_on"]
    return ends_on.date() + timedelta(days=int(row["attribution_days"]))


def _plans(workspace: Workspace, reader: Reader, carried: set[str]) -> list[Item]:
    """Plans that no campaign carries out yet; one whose days have passed without one is late."""
    begins: dict[str, date] = {}
    for head in frozen.heads(workspace, reader.scope):
        begins.setdefault(head.plan_id, head.starts_on)
    return [
        Item(
            Stage.PLANNED if plan.plan_id in begins else Stage.IDEA,
            plan.plan_id,
            plan.draft.name,
            plan.owner_name,
            begins.get(plan.plan_id),
        )
        for plan in plans.of(workspace, reader.scope)
        if plan.plan_id not in carried
    ]
