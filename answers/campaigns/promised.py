"""From plan to result: what was forecast of a campaign before it ran, beside what it brought and its control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from data_access.reading.reader import Reader
from data_access.workspace.loop import frozen, matches, plans
from data_access.workspace.loop.frozen import Frozen
from data_access.workspace.loop.matches import State
from metrics.campaigns import verdict
from metrics.estimate import Intervals

from answers.campaigns.campaign import Campaign
from answers.loop import forecasts
from answers.loop.evaluated import Evaluated, evaluate

Workspace = Any

COUNTED: Final = ("participated", "converted", "sales", "cost")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One of the five, in one unit: customers, minor units, or a return.

    Attributes:
        key: `participated`, `converted`, `sales`, `cost` or `roi`.
        near: Median and 80 % limits that were frozen.
        wide: The same with 95 % limits.
        actual: What came; of a campaign that is still counting, of those whose window has closed.
        control: What as many customers would have done by the control's rate; nan where there is none.
    """

    key: str
    near: Intervals
    wide: Intervals
    actual: Intervals
    control: float

    @property
    def inside(self) -> bool:
        """Whether the actual landed inside the 80 % limits."""
        return bool(self.near.low[0] <= self.actual.estimate[0] <= self.near.high[0])


@dataclass(frozen=True, eq=False)
class Promised:
    """A frozen forecast and what became of it.

    Attributes:
        plan: Name of the plan, as it was typed.
        plan_id: Its identifier.
        frozen_on: Day on which it was frozen.
        late: Whether that was after the campaign had begun.
        incremental: Whether the return is against the control.
        outcomes: Those of the five that both know.
        evaluated: The same as page Loop has it, with what the difference of contribution after cost is made of; None of
            a campaign that is not over, of a forecast that came late, and where a branch was chosen.
        planned: Customers to be treated, as planned.
        treated: Who were.
        waiting: Of these, whose window is open.
    """

    plan: str
    plan_id: str
    frozen_on: date
    late: bool
    incremental: bool
    outcomes: tuple[Outcome, ...]
    evaluated: Evaluated | None
    planned: float
    treated: float
    waiting: float


@dataclass(frozen=True, slots=True)
class Wider:
    """A plan for more branches than the one that was chosen: its forecast says nothing of that branch alone.

    Attributes:
        plan: Name of the plan, as it was typed.
    """

    plan: str


def ask(workspace: Workspace, reader: Reader, answer: Campaign) -> Promised | Wider | None:
    """What was promised of a campaign; None where no plan that the viewer sees is said to be carried out by it.

    Of several frozen forecasts the last one before the first day of the campaign counts; of none before, the first.

    Raises:
        WorkspaceError: a frozen forecast was changed behind the program's back.
    """
    campaign_id = str(answer.about["campaign_id"].iloc[0])
    starts_on = answer.about["starts_on"].iloc[0].date()
    for said in matches.of(workspace, reader.scope):
        if said.campaign_id != campaign_id or said.state is not State.CONFIRMED:
            continue
        kept = frozen.of(workspace, reader.scope, said.plan_id)
        plan = plans.find(workspace, reader.scope, said.plan_id)
        if not kept or plan is None:
            continue
        if answer.branch and plan.scope.branches != frozenset({answer.branch}):
            return Wider(plan.draft.name)
        before = frozen.before(kept, starts_on)
        evaluated = None
        if before and not answer.branch and not float(answer.scores["open_members"].estimate[0]):
            forecast = forecasts.of_campaigns(workspace, reader.scope, {campaign_id: starts_on}).get(campaign_id)
            evaluated = evaluate(reader, campaign_id, forecast)
        return _promised(plan.draft.name, before or kept[-1], answer, evaluated, late=before is None)
    return None


def _promised(name: str, kept: Frozen, answer: Campaign, evaluated: Evaluated | None, *, late: bool) -> Promised:
    told: Mapping[str, Any] = kept.content.kept
    forecast, planned = told["forecast"], float(told["plan"]["customers"])
    incremental = forecast["roi"] == verdict.RETURN
    quantiles: Mapping[str, Mapping[str, float | None]] = forecast["quantiles"]
    actual, control = _actual(answer, incremental=incremental), _control(answer)
    outcomes = tuple(
        Outcome(
            key,
            _limits(quantiles[of], "0.1", "0.9", 0.8, planned),
            _limits(quantiles[of], "0.025", "0.975", 0.95, planned),
            actual[key],
            control.get(key, float("nan")),
        )
        for key, of in ((*((key, key) for key in COUNTED), ("roi", forecast["roi"])))
        if of in quantiles and None not in quantiles[of].values() and actual[key].known[0]
    )
    return Promised(
        name,
        kept.content.plan_id,
        kept.frozen_at.date(),
        late,
        incremental,
        outcomes,
        evaluated,
        planned,
        float(answer.scores["members"].estimate[0]),
        float(answer.scores["open_members"].estimate[0]),
    )


def _limits(quantiles: Mapping[str, float | None], low: str, high: str, level: float, n: float) -> Intervals:
    bounds = (quantiles["0.5"], quantiles[low], quantiles[high])
    middle, least, most = (np.nan if value is None else value for value in bounds)
    return Intervals.of([middle], [least], [most], n=[n], level=level, method="simulation")


def _actual(answer: Campaign, *, incremental: bool) -> dict[str, Intervals]:
    scores = answer.scores
    customers = scores["members"].estimate
    closed = customers - scores["open_members"].estimate
    return {
        "participated": scores["participation_of_assigned"].scaled(customers),
        "converted": scores["conversion_rate"].scaled(closed),
        "sales": scores["sales"],
        "cost": scores["campaign_cost"],
        "roi": scores[verdict.RETURN if incremental else "roi_attributed"],
    }


def _control(answer: Campaign) -> dict[str, float]:
    """What as many as were treated and counted to the end would have done by the control's rates."""
    rows = answer.arms[answer.arms["is_control"].eq(True)]
    closed = float(answer.scores["members"].estimate[0] - answer.scores["open_members"].estimate[0])
    watched = float(rows["matured"].sum())
    if not watched or answer.scores.off_plan[0]:
        return {}
    sums = rows[["matured_converted", "matured", "sum_sales", "known_sales"]].astype(float).sum(min_count=1)
    parts = {"converted": ("matured_converted", "matured"), "sales": ("sum_sales", "known_sales")}
    return {key: closed * float(sums[of] / sums[n]) for key, (of, n) in parts.items() if sums[n] > 0}
