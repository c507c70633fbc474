"""What stage is each campaign in, from an idea to what was asked of people, and who is waited for?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, Final

import pandas as pd
from data_access.reading.reader import Reader
from data_access.workspace.loop import actions, decisions, evaluations, frozen, matches, plans
from data_access.workspace.loop.actions import Action
from data_access.workspace.loop.decisions import Decision
from data_access.workspace.loop.decisions import State as Held
from data_access.workspace.loop.evaluations import Evaluation
from data_access.workspace.loop.matches import State as Said

from answers import places
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
class Ran:
    """A campaign as the data tell it.

    Attributes:
        key: Identifier.
        name: As the data wrote it.
        who: Name of who answers for it; empty if nobody is named, or nobody whom the viewer sees.
        who_unseen: Whether somebody is named whom the viewer does not see.
        began: First day.
        matures: The day on which the last window closes.
    """

    key: str
    name: str
    who: str
    who_unseen: bool
    began: date
    matures: date


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


def ran(listed: pd.DataFrame) -> tuple[Ran, ...]:
    """Campaigns, as `data_access.queries.campaigns.catalogue` describes them."""
    told: list[Ran] = []
    for row in listed.to_dict("records"):
        who = str(row["owner"]) if isinstance(row["owner"], str) else ""
        unseen = not who and isinstance(row["owner_staff_id"], str)
        matures = row["ends_on"].date() + timedelta(days=int(row["attribution_days"]))
        told.append(Ran(str(row["campaign_id"]), str(row["name"]), who, unseen, row["starts_on"].date(), matures))
    return tuple(told)


def board(workspace: Workspace, reader: Reader, listed: Iterable[Ran], ended: Collection[str]) -> Board:
    """The board of some campaigns and of all plans that none carries out yet.

    Args:
        workspace: Where people's work is kept.
        reader: Whose campaigns.
        listed: The campaigns.
        ended: Those of which every window has closed.
    """
    said, held = evaluations.latest(workspace), decisions.latest(workspace)
    asked = tuple(actions.of(workspace, reader.scope))
    deeds = while_running(workspace, reader.scope)
    carried = {
        one.campaign_id: one.plan_id for one in matches.of(workspace, reader.scope) if one.state is Said.CONFIRMED
    }
    matures = {one.key: one.matures for one in listed}
    items = [
        replace(item, deeds=deeds.get(item.key, ()), planned=item.key in carried)
        for item in (_campaign(one, ended, said, held, asked) for one in listed)
    ]
    own = [item for item in items if item.key in ended]
    items += _plans(workspace, reader, set(carried.values()))
    approved = {
        item.key: item.decision.decided_at
        for item in own
        if item.decision is not None and item.decision.state is Held.APPROVED
    }
    waits = [max((moment.date() - matures[key]).days, 0) for key, moment in approved.items()]
    return Board(
        tuple(sorted(items, key=lambda item: (item.due_on or date.max, item.key))),
        asked,
        len(own),
        sum(item.evaluation is not None for item in own),
        len(approved),
        float(median(waits)) if waits else None,
        places.called(reader),
        reader.as_of,
    )


def _campaign(
    one: Ran,
    ended: Collection[str],
    said: Mapping[str, Evaluation],
    held: Mapping[str, Decision],
    asked: Iterable[Action],
) -> Item:
    key, name = one.key, one.name
    if key not in ended:
        return Item(Stage.RUNNING, key, name, one.who, who_unseen=one.who_unseen)
    evaluation, decision = said.get(key), held.get(key)
    open_ = tuple(action for action in asked if action.campaign_id == key and action.closed_at is None)
    told = (evaluation, decision, open_)
    if decision is not None and decision.state is Held.APPROVED:
        due = min((action.asked.due_on for action in open_ if action.asked.due_on), default=None)
        return Item(Stage.ACTIONS if open_ else Stage.CLOSED, key, name, decision.draft.owner, due, *told)
    if evaluation is None and decision is None:
        due = one.matures + EVALUATE_IN
        return Item(Stage.TO_EVALUATE, key, name, one.who, due, *told, who_unseen=one.who_unseen)
    return Item(Stage.TO_DECIDE, key, name, one.who, one.matures + DECIDE_IN, *told, who_unseen=one.who_unseen)


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
