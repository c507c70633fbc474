"""Which plans learned from campaigns that somebody evaluated, and what was said of the campaigns that a plan names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from data_access.reading.scope import Scope
from data_access.workspace.loop import evaluations, frozen
from data_access.workspace.loop.evaluations import Evaluation

from answers.loop.forecasts import read

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


def citing(workspace: Workspace, scope: Scope, plans: Mapping[str, str]) -> tuple[Citing, ...]:
    """The plans whose forecast was learned from evaluated campaigns, most of them first.

    Args:
        workspace: Where plans are kept.
        scope: Of the viewer.
        plans: Those still to be carried out: name by identifier.
    """
    said = evaluations.latest(workspace)
    rows: list[Citing] = []
    for head in reversed(frozen.heads(workspace, scope)):
        if head.plan_id not in plans:
            continue
        forecast = read(workspace, scope, head)
        known = [key for key in forecast.learned_from if key in said and said[key].written_at <= head.frozen_at]
        alike = sum(forecast.learned_from[key] == forecast.factors.get("theme", "") for key in known)
        rows = [one for one in rows if one.plan_id != head.plan_id]  # the last that was frozen stands for its plan
        rows.append(Citing(head.plan_id, plans[head.plan_id], len(forecast.learned_from), len(known), alike))
    return tuple(sorted((one for one in rows if one.evaluated), key=lambda one: (-one.evaluated, one.name)))
