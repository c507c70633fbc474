"""A planned campaign before it runs: what participation, conversion, sales, cost and return to expect.

What is unknown (rates, amounts, cost a customer) is learned from past campaigns (`experience`) and drawn from its
predictive distributions, together, as it hung together in the past; customers are then drawn from the rates. The draws
are the forecast: every interval, chance and comparison with what happened later is read from them.

A plan may have parts (tiers, channels) with factors of their own; the campaign's own luck is shared by all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, checked_level
from metrics.moments import Floats, floats
from metrics.planning.experience import AMOUNTS, ASSUMPTIONS, EFFECT, RATES, Experience
from metrics.planning.hierarchy import FEWEST_CAMPAIGNS, Hierarchy

MEASURED = "roi_measured"
"""The return against the control as it will be told: with the luck of who buys among those held out, too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned campaign. Costs are known or learned: `cost_per_customer` None takes what such campaigns cost."""

    customers: int
    factors: Mapping[str, str]
    fixed_cost: float = 0.0
    cost_per_customer: float | None = None
    beside_per_customer: float = 0.0
    """Cost of a customer that is known, beside what `cost_per_customer` says or is learned."""
    parts: pd.DataFrame | None = None
    """One row a part of the audience: `customers`, factors that differ from the plan's, and `index_<assumption>`: what
    its rate or amount is in units of the campaign's own, 1 where absent. The customers add up to the plan's."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Draws of a plan's outcome, one array a quantity, each of shape (draws,).

    `assumptions` are the rates and amounts that were drawn, over all parts; `outcomes` are customers participated and
    converted, sales, contribution, cost and ROI (contribution less cost, over cost; nan where the cost is 0). Where the
    effect of contact is known, `added` are the conversions that would not have come by themselves, and
    `roi_incremental` the return on their contribution alone; where customers are held out, `roi_measured` is what that
    return will be told to be.
    """

    plan: Plan
    assumptions: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]

    def frame(self, level: float = 0.8) -> pd.DataFrame:
        """One row per outcome: its median and predictive limits."""
        parts = [self.interval(outcome, level).frame().assign(outcome=outcome) for outcome in self.outcomes]
        return pd.concat(parts, ignore_index=True)

    def interval(self, outcome: str, level: float = 0.8) -> Intervals:
        """Median and equal-tailed predictive limits of one outcome; `n` is the number of customers planned."""
        tail = (1 - checked_level(level)) / 2
        low, middle, high = np.quantile(self.outcomes[outcome], [tail, 0.5, 1 - tail])
        return Intervals.of([middle], [low], [high], n=[self.plan.customers], level=level, method="simulation")

    def chance(self, outcome: str, above: float = 0.0) -> float:
        """Share of the draws in which the outcome lies above a value, such as ROI above 0 or a target."""
        drawn = self.outcomes[outcome]
        return float("nan") if bool(np.isnan(drawn).all()) else float(np.mean(drawn > above))

    def break_even_conversions(self) -> float:
        """Conversions that pay the median cost at the median contribution of one."""
        contribution = float(np.median(self.assumptions["contribution"]))
        return float(np.median(self.outcomes["cost"])) / contribution if contribution > 0 else float("nan")

    @property
    def roi(self) -> str:
        """The return to judge by: against the control where the effect of contact is known."""
        return "roi_incremental" if EFFECT in self.assumptions else "roi"

    def break_even_effect(self) -> float:
        """Points of conversion that contact must add to pay the median cost; nan where nothing is earned by one."""
        return self.break_even_conversions() / self.plan.customers

    def sensitivity(self, outcome: str = "roi", level: float = 0.8) -> pd.DataFrame:
        """Which assumption matters most: the outcome with one of them at its limits and the others at their medians.

        Returns:
            Columns `assumption`, `low`, `high` (the outcome at the assumption's lower and upper limit) and `swing`
            (their distance), the largest first.
        """
        tail = (1 - checked_level(level)) / 2
        middle = {name: float(np.median(drawn)) for name, drawn in self.assumptions.items()}
        rows: list[dict[str, str | float]] = []
        for name, drawn in self.assumptions.items():
            ends = [middle | {name: float(end)} for end in np.quantile(drawn, [tail, 1 - tail])]
            low, high = (_expected(self.plan, assumed)[outcome] for assumed in ends)
            rows.append({"assumption": name, "low": low, "high": high, "swing": abs(high - low)})
        return pd.DataFrame(rows).sort_values("swing", ascending=False, ignore_index=True)


def forecast(experience: Experience, plan: Plan, *, control: int = 0, draws: int = 10_000, seed: int = 0) -> Forecast:
    """Simulate a plan.

    Args:
        experience: What past campaigns teach.
        plan: Who is contacted, and what that costs.
        control: Customers held out at random beside them.
        draws: How many.
        seed: Of the draws.

    Returns:
        The draws; the same seed gives the same forecast.

    Raises:
        DomainError: the plan needs an assumption that too few past campaigns record, or has no customers.
        ShapeError: the customers of its parts do not add up to its own.
    """
    if plan.customers < 1 or draws < 1:
        raise DomainError("A forecast needs at least one customer and one draw.")
    parts = _parts(plan)
    learned = [name for name in ASSUMPTIONS if name != "cost" or plan.cost_per_customer is None]
    unknown = [name for name in learned if name not in experience.models]
    if unknown:
        raise DomainError(f"Fewer than {FEWEST_CAMPAIGNS} past campaigns record {', '.join(unknown)}.")
    if EFFECT in experience.models:
        learned.append(EFFECT)
    rng = np.random.default_rng(seed)
    luck = _luck(experience, learned, draws, rng)
    drawn = {name: _drawn(name, experience.models[name], parts, luck[name], rng) for name in learned}
    assumed = _over_all(drawn, floats(parts["customers"]))
    if plan.cost_per_customer is not None:
        assumed["cost"] = np.full(draws, plan.cost_per_customer)
    assumed["cost"] = assumed["cost"] + plan.beside_per_customer

    participated = rng.binomial(plan.customers, assumed["participation"]).astype(np.float64)
    converted = rng.binomial(plan.customers, assumed["conversion"]).astype(np.float64)
    outcomes = {"participated": participated, "converted": converted}
    share = floats(parts["customers"]) / plan.customers
    variation = {name: float(np.sqrt(share @ experience.variation(name, parts) ** 2)) for name in AMOUNTS}
    for name in AMOUNTS:
        outcomes[name] = _sums(converted, assumed[name], variation[name], rng)
    outcomes["cost"] = plan.fixed_cost + plan.customers * assumed["cost"]
    outcomes["roi"] = _roi(outcomes["contribution"], outcomes["cost"])
    if EFFECT in assumed:
        outcomes["added"] = plan.customers * assumed[EFFECT]
        outcomes["roi_incremental"] = _roi(outcomes["added"] * assumed["contribution"], outcomes["cost"])
        if control:
            base = np.clip(assumed["conversion"] - assumed[EFFECT], 0.0, 1.0)
            bought = rng.binomial(control, base).astype(np.float64)
            own = _sums(bought, assumed["contribution"], variation["contribution"], rng)
            added = outcomes["contribution"] - own * (plan.customers / control)
            outcomes[MEASURED] = _roi(added, outcomes["cost"])
    return Forecast(plan, assumed, outcomes)


def _parts(plan: Plan) -> pd.DataFrame:
    """The parts of the audience that hold a customer, with every factor."""
    if plan.parts is None:
        return pd.DataFrame([{**plan.factors, "customers": plan.customers}])
    if int(plan.parts["customers"].sum()) != plan.customers:
        raise ShapeError("The customers of a plan's parts add up to the plan's own.")
    shared = {name: level for name, level in plan.factors.items() if name not in plan.parts.columns}
    return plan.parts[plan.parts["customers"] > 0].assign(**shared).reset_index(drop=True)


def _over_all(drawn: Mapping[str, Floats], customers: Floats) -> dict[str, Floats]:
    """Each assumption over all parts: rates and costs a customer, amounts a conversion. Shape (draws,)."""
    share = customers / customers.sum()
    assumed: dict[str, Floats] = {}
    buying = share[:, None] * drawn["conversion"]
    buyers = buying.sum(axis=0)
    for name, values in drawn.items():
        if len(share) == 1:
            assumed[name] = values[0]
        elif name in AMOUNTS:
            assumed[name] = np.einsum("ij,ij->j", buying, values) / buyers
        else:
            assumed[name] = share @ values
    return assumed


def _luck(experience: Experience, learned: Sequence[str], draws: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Standard normal draws of each assumption's luck, which hang together as their errors did in the past."""
    places = [list(experience.models).index(name) for name in learned]
    root = np.linalg.cholesky(experience.together[np.ix_(places, places)])
    return dict(zip(learned, root @ rng.standard_normal((len(learned), draws)), strict=True))


def _sums(counted: Floats, mean: Floats, variation: float, rng: np.random.Generator) -> Floats:
    """Sums of so many amounts: gamma, so that they stay positive however few there are."""
    if variation <= 0:
        return counted * mean
    shape = np.maximum(counted, 1e-9) / variation**2
    return np.where(counted > 0, rng.gamma(shape, mean * variation**2), 0.0)


def _drawn(name: str, model: Hierarchy, parts: pd.DataFrame, luck: Floats, rng: np.random.Generator) -> Floats:
    """Draws on the natural scale, one row a part: a share for rates, points for the effect, an amount otherwise."""
    values = model.draw(parts, len(luck), rng, luck)
    if name in RATES:
        np.negative(values, out=values)
        np.exp(values, out=values)
        values += 1.0
        np.reciprocal(values, out=values)
    elif name != EFFECT:
        np.exp(values, out=values)
    index = f"index_{name}"
    if index in parts.columns:
        values *= floats(parts[index])[:, None]
        if name in RATES:
            np.minimum(values, 1.0, out=values)
    return values


def _expected(plan: Plan, assumed: Mapping[str, float]) -> dict[str, float]:
    """The plan's outcome if every assumption were exactly so."""
    converted = plan.customers * assumed["conversion"]
    contribution, cost = converted * assumed["contribution"], plan.fixed_cost + plan.customers * assumed["cost"]
    added = plan.customers * assumed[EFFECT] * assumed["contribution"] if EFFECT in assumed else float("nan")
    return {
        "participated": plan.customers * assumed["participation"],
        "converted": converted,
        "sales": converted * assumed["sales"],
        "contribution": contribution,
        "cost": cost,
        "roi": contribution / cost - 1 if cost > 0 else float("nan"),
        "roi_incremental": added / cost - 1 if cost > 0 else float("nan"),
    }


def _roi(contribution: Floats, cost: Floats) -> Floats:
    return np.divide(contribution - cost, cost, out=np.full_like(cost, np.nan), where=cost > 0)
