"""Frozen plans for campaigns of the demo bank that run: one that promised too much, one that costs too much to pay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from answers.plan import freeze
from answers.plan import plan as plans_answered
from answers.plan.learned import default
from answers.running import standing
from data_access.reading.reader import Reader
from data_access.workspace.loop import frozen, matches, plans
from data_access.workspace.loop.matches import State
from data_access.workspace.loop.plans import Draft, Plan, Scenario

RUNS = "K066"
"""Insurance by phone, customers drawn at random, in its 39th of 109 days."""


def planned(
    workspace: Any,
    reader: Reader,
    campaign_id: str = RUNS,
    *,
    times: float = 1.0,
    each: int | None = None,
    match: bool = True,
    older: float = 1.0,
) -> Plan:
    """Freezes a plan for a campaign: for so many times its customers, at a cost of one of them.

    Args:
        workspace: Where plans are kept.
        reader: Of who plans.
        campaign_id: The campaign whose first day, product and length are planned.
        times: Customers planned for one that is treated.
        each: Cost of one, minor units; what such campaigns cost if None.
        match: Whether somebody has said that the campaign carries out the plan.
        older: So many times the conversions that the model of today says were kept: another model made it.
    """
    rows = standing.rows(reader, "")
    row = rows[rows["campaign_id"] == campaign_id].to_dict("records")[0]
    scenario = replace(
        default(reader),
        objective=str(row["objective"]),
        theme=str(row["theme"]),
        product=str(row["product_id"]),
        starts_on=row["starts_on"].date(),
        ends_on=row["ends_on"].date(),
        channels=("phone",),
        each=each,
        size=300,
        target=5 * 10**7,
        budget=2 * 10**6,
    )
    own = plans.begin(workspace, reader.viewer, Draft("Cover check-up", (Scenario("A", scenario.settings()),)))
    content = freeze.content(reader, plans_answered.ask(reader, scenario), own.plan_id, own.version, 1)
    told = dict(content.kept)
    told["plan"] = {**told["plan"], "customers": round(int(row["n"]) * times), "parts": {}}
    told["forecast"] = freeze.reproduced(told, content.seed)
    converted = told["forecast"]["quantiles"]["converted"]
    converted.update({level: older * value for level, value in converted.items()})
    frozen.freeze(workspace, reader.viewer, own, replace(content, kept=told))
    if match:
        matches.put(workspace, reader.viewer, own.plan_id, campaign_id, State.CONFIRMED, None)
    return own
