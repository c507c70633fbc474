"""If we do this, what happens, what does it cost, and could we even tell: one scenario, answered at once.

The forecast is `metrics.planning.forecast`'s; here it is held against a target, a budget and a control group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.errors import DomainError
from metrics.inference.power import Design, power_of_shares
from metrics.moments import Floats, floats
from metrics.planning.experience import EFFECT, Experience
from metrics.planning.forecast import Forecast, Plan, forecast

DOTS = 20
"""Equally likely outcomes that can be counted."""

SHARES = np.arange(2, 51) / 100
"""Control shares that are tried: more than half is held out by nobody."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a control group of some size could show.

    Attributes:
        customers: Held out.
        base: Share of them that is expected to buy.
        break_even: Points of conversion that contact must add to pay.
        power: Chance to show an effect of that size; nan where none is that large.
        best: Smallest control share that shows it with the promised chance; nan where none does.
        best_customers: Customers held out at that share.
        forgone: Conversions that holding out so many more customers is expected to cost; nan where unknown.
        by_arm: Chance to show that effect in each arm of those contacted, with all arms held against one control
            (Bonferroni); nan where none is that large.
    """

    customers: int
    base: float
    break_even: float
    power: float
    best: float
    best_customers: float
    forgone: float
    by_arm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A scenario's answer.

    Attributes:
        forecast: All draws.
        chance_pays: Of a return above 0: against the control where that is known.
        chance_target: Of sales of at least the target; nan without one.
        dots: Returns of 20 equally likely outcomes, the lowest first; nan where there is no cost.
        tornado: Return by assumption: `assumption`, `low`, `high`, `swing`, the largest first; what does not move it
            is left out.
        control: What the control group could show.
    """

    forecast: Forecast
    chance_pays: float
    chance_target: float
    dots: Floats
    tornado: pd.DataFrame
    control: Control


def what_if(
    experience: Experience,
    plan: Plan,
    *,
    control: int = 0,
    target: float = float("nan"),
    draws: int = 10_000,
    seed: int = 0,
    level: float = 0.8,
    arms: Sequence[int] = (),
) -> WhatIf:
    """Answer one scenario.

    Args:
        experience: What past campaigns teach.
        plan: Who is contacted, and what that costs; the control is not among them.
        control: Customers held out.
        target: Sales to reach, in the unit of the past.
        draws: Of the simulation.
        seed: The same gives the same answer.
        level: Of the limits of the tornado, and the power that a control should have.
        arms: Customers of each arm that is held against the control; none for one alone.

    Raises:
        DomainError: the plan has no customers, a negative cost or control, or needs what too few campaigns record.
        ShapeError: the plan's parts do not add up.
    """
    if control < 0 or plan.fixed_cost < 0 or min(plan.cost_per_customer or 0.0, plan.beside_per_customer) < 0:
        raise DomainError("A control group and costs are not negative.")
    drawn = forecast(experience, plan, control=control, draws=draws, seed=seed)
    roi = drawn.outcomes[drawn.roi]
    middle = (np.arange(DOTS) + 0.5) / DOTS
    tornado = drawn.sensitivity(drawn.roi, level)
    return WhatIf(
        drawn,
        drawn.chance(drawn.roi),
        float(np.mean(drawn.outcomes["sales"] >= target)) if np.isfinite(target) else float("nan"),
        floats(np.quantile(roi, middle)),
        tornado[tornado["swing"] > 0].reset_index(drop=True),
        _control(drawn, control, Design(power=level), arms),
    )


def _control(drawn: Forecast, customers: int, design: Design, arms: Sequence[int]) -> Control:
    plan, assumed = drawn.plan, {name: float(np.median(values)) for name, values in drawn.assumptions.items()}
    break_even = drawn.break_even_effect()
    base = assumed["conversion"] - assumed.get(EFFECT, 0.0)
    if EFFECT not in assumed and np.isfinite(break_even):
        base -= break_even  # what the customers would do by themselves if contact paid just so
    base = float(np.clip(base, 1e-6, 1.0))
    total = plan.customers + customers
    powers = np.full(len(SHARES), np.nan)
    for place, share in enumerate(SHARES):
        treated = total * (1 - share)
        needed = (plan.fixed_cost / treated + assumed["cost"]) / assumed["contribution"]
        powers[place] = _power(total, base, needed, float(share))
    enough = np.flatnonzero(powers >= design.power)
    best = float(SHARES[enough[0]]) if len(enough) else float("nan")
    own = _power(total, base, break_even, customers / total) if customers else 0.0
    more = best * total - customers
    forgone = max(more, 0.0) * assumed.get(EFFECT, float("nan"))
    alpha = design.alpha / max(len(arms), 1)
    by_arm = tuple(
        _power(arm + customers, base, break_even, customers / (arm + customers), alpha) if customers and arm else 0.0
        for arm in arms
    )
    return Control(customers, base, break_even, own, best, best * total, forgone, by_arm)


def _power(total: float, base: float, difference: float, share: float, alpha: float = Design().alpha) -> float:
    if not np.isfinite(difference) or base + difference > 1:
        return float("nan")
    return power_of_shares([total], [base], [base + difference], Design(control_share=share, alpha=alpha)).item()
