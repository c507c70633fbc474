"""What was learned and decided of the past campaigns that a plan's assumptions come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data_access.workspace.loop import decisions
from data_access.workspace.loop.decisions import Draft, State

from answers.loop.cited import cited
from answers.plan.plan import PlanAnswer

Workspace = Any


@dataclass(frozen=True, slots=True)
class Lesson:
    """A past campaign that the plan names.

    Attributes:
        campaign_id: Of the campaign.
        name: Its name.
        text: What was learned, as it was written: data; None where nobody evaluated it.
        decided: What was decided of it; None where nothing was.
        state: Of the decision.
    """

    campaign_id: str
    name: str
    text: str | None
    decided: Draft | None
    state: State | None


def ask(workspace: Workspace, answer: PlanAnswer) -> tuple[Lesson, ...]:
    """The campaigns that the plan names, in the order in which it does; the last version of what was said of each."""
    named = {source.campaign_id: source.name for source in answer.sources}
    if answer.last_id:
        named = {answer.last_id: answer.last_name, **named}
    said, made = cited(workspace, named), decisions.latest(workspace) if named else {}
    return tuple(
        Lesson(
            key,
            name,
            said[key].text if key in said else None,
            made[key].draft if key in made else None,
            made[key].state if key in made else None,
        )
        for key, name in named.items()
    )
