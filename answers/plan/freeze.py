"""What is kept of a plan when it is frozen, and the same forecast made again from that alone."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.reading.reader import Reader
from data_access.settings import settings
from data_access.workspace.loop.frozen import Content
from metrics.planning.experience import Experience, learn
from metrics.planning.forecast import Forecast, Plan, forecast
from metrics.planning.restated import restated, says
from metrics.planning.what_if import what_if

from answers.plan.learned import EDITION, FACTORS, TAUGHT, Learned, beside
from answers.plan.plan import DRAWS, LEVELS, Audience, PlanAnswer, planned
from answers.plan.scenario import CONTROL, Scenario

SHAPE: Final = 1
"""Of what is kept; a program that keeps something else counts on."""

QUANTILES: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
LIBRARIES: Final = ("numpy", "scipy", "pandas")


def content(reader: Reader, answer: PlanAnswer, plan_id: str, plan_version: int, place: int) -> Content:
    """Everything that the forecast of an answer was made from, and the forecast.

    Raises:
        ValueError: the answer holds no forecast.
    """
    past = beside(reader, answer.scenario.kinds)
    if answer.fan is None or past.experience is None:
        raise ValueError("A plan without a forecast is not frozen.")
    plan = planned(reader, answer.scenario, past, answer.audience, answer.treated)
    kept = made_from(answer.scenario, answer.audience, plan, answer.control, past)
    held = answer.scenario.control / 100
    shares = answer.scenario.shares
    kept["arms"] = {arm: (1 - held) * share / 100 for arm, share in shares.items()} | ({CONTROL: held} if held else {})
    kept["planned_costs"] = {cost.kind: round(cost.amount) for cost in answer.costs}
    kept["forecast"] = reproduced(kept, answer.scenario.seed)
    return content_of(answer.scenario, kept, reader.version, plan_id, plan_version, place)


def made_from(scenario: Scenario, audience: Audience, plan: Plan, control: int, past: Learned) -> dict[str, Any]:
    """What a forecast is made from, as JSON holds it."""
    parts = pd.DataFrame() if plan.parts is None else plan.parts
    return {
        "shape": SHAPE,
        "settings": scenario.settings(),
        "rules": rules_of_today(),
        "audience": {
            "chosen": audience.chosen,
            "left_out": dict(audience.left_out),
            "eligible": dict(audience.eligible),
        },
        "past": {name: _plain(past.past[name]) for name in ("campaign_id", *TAUGHT)},
        "plan": {
            "customers": plan.customers,
            "control": control,
            "factors": dict(plan.factors),
            "fixed_cost": plan.fixed_cost,
            "cost_per_customer": plan.cost_per_customer,
            "beside_per_customer": plan.beside_per_customer,
            "parts": {str(name): _plain(parts[name]) for name in parts.columns},
        },
        "draws": DRAWS,
    }


def content_of(
    scenario: Scenario, kept: Mapping[str, Any], data_version: str, plan_id: str, plan_version: int, place: int
) -> Content:
    """What is frozen of a scenario of a plan."""
    program = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    days = scenario.starts_on, scenario.ends_on
    return Content(plan_id, plan_version, place, *days, data_version, scenario.seed, program, kept)


def reproduced(kept: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The forecast that follows from what was kept: the very numbers, with the libraries that are named beside it."""
    return forecast_of(taught(kept), kept, seed)


def taught(kept: Mapping[str, Any]) -> Experience:
    """What the campaigns that were kept teach."""
    past = pd.DataFrame(kept["past"])
    numbers = [name for name in TAUGHT if name not in FACTORS]
    past[numbers] = past[numbers].astype("float64")
    return learn(past, FACTORS, EDITION)


def plan_of(kept: Mapping[str, Any]) -> Plan:
    """The plan whose forecast was kept."""
    told = kept["plan"]
    return Plan(
        told["customers"],
        told["factors"],
        told["fixed_cost"],
        told["cost_per_customer"],
        told.get("beside_per_customer", 0.0),
        pd.DataFrame(told["parts"]) if told["parts"] else None,
    )


def forecast_of(experience: Experience, kept: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The forecast of what was kept by those who learned so much."""
    told = kept["plan"]
    target = kept["settings"]["target"]
    answered = what_if(
        experience,
        plan_of(kept),
        control=told["control"],
        target=float(target) if target else float("nan"),
        draws=kept["draws"],
        seed=seed,
        level=LEVELS[0],
    )
    drawn = answered.forecast
    return {
        "quantiles": {
            name: {str(q): _number(value) for q, value in zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)}
            for name, values in drawn.outcomes.items()
        },
        "roi": drawn.roi,
        "chance_pays": _number(answered.chance_pays),
        "chance_target": _number(answered.chance_target),
        "dots": [_number(value) for value in answered.dots],
        "break_even": _number(answered.control.break_even),
        "power": _number(answered.control.power),
    }


def drawn_again(kept: Mapping[str, Any], seed: int) -> tuple[Forecast, bool]:
    """The draws of a frozen forecast, and whether an older model made it.

    What an older model said is not said anew by that of today: the draws then follow the quantiles that were kept.
    """
    told, quantiles = kept["plan"], quantiles_of(kept)
    drawn = forecast(taught(kept), plan_of(kept), control=told["control"], draws=kept["draws"], seed=seed)
    if says(drawn, quantiles):
        return drawn, False
    return restated(drawn, quantiles), True


def quantiles_of(kept: Mapping[str, Any]) -> dict[str, dict[float, float]]:
    """The quantiles that were kept, by outcome; nan where there was no number."""
    told: Mapping[str, Mapping[str, float | None]] = kept["forecast"]["quantiles"]
    return {
        name: {float(level): float("nan") if value is None else value for level, value in ends.items()}
        for name, ends in told.items()
    }


def rules_of_today() -> dict[str, Any]:
    """The bank's limits as they are today."""
    return settings().planning.model_dump(mode="json")


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Values as JSON knows them; what is not recorded is null."""
    return [None if pd.isna(value) else value for value in column.tolist()]


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
