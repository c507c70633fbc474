"""Which plans learned from campaigns that somebody evaluated, and what was said of the campaigns that a plan names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from data_access.reading.scope import Scope
from data_access.workspace import evaluations, frozen, matches, plans
from data_access.workspace.evaluations import Evaluation
from data_access.workspace.matches import State

Workspace = Any


@dataclass(frozen=True, slots=True)
class Citing:
    """A frozen plan that no campaign carries out yet.

    Attributes:
        plan_id: Of the plan.
        name: As its planner wrote it.
        learned_from: Past campaigns that its forecast was learned from.
        evaluated: Those of them that were evaluated before it was frozen.
        alike: Of these, with the plan's theme.
    """

    plan_id: str
    name: str
    learned_from: int
    evaluated: int
    alike: int


def cited(workspace: Workspace, campaigns: Iterable[str]) -> dict[str, Evaluation]:
    """The evaluations of some campaigns, such as those a plan's defaults come from: the last version of each."""
    wanted, found = set(campaigns), evaluations.latest(workspace)
    return {key: one for key, one in found.items() if key in wanted}


def citing(workspace: Workspace, scope: Scope) -> tuple[Citing, ...]:
    """The plans still to be carried out whose forecast was learned from evaluated campaigns, most of them first."""
    carried = {one.plan_id for one in matches.of(workspace, scope) if one.state is State.CONFIRMED}
    said = evaluations.latest(workspace)
    rows: list[Citing] = []
    for plan in plans.of(workspace, scope):
        if plan.plan_id in carried:
            continue
        for kept in frozen.of(workspace, scope, plan.plan_id)[:1]:
            past, theme = kept.content.kept["past"], kept.content.kept["plan"]["factors"].get("theme", "")
            before = [key in said and said[key].written_at <= kept.frozen_at for key in past["campaign_id"]]
            alike = sum(known and other == theme for known, other in zip(before, past["theme"], strict=True))
            rows.append(Citing(plan.plan_id, plan.draft.name, len(before), sum(before), alike))
    return tuple(sorted((one for one in rows if one.evaluated), key=lambda one: (-one.evaluated, one.name)))
