"""Where the next unit of money goes: a budget over segments, channels and branches whose returns diminish.

Contribution of a cell grows as scale x spend^elasticity, with an elasticity below one fitted from history. The best
split under a budget, staff hours, audience caps and a minimum a branch is a concave problem; each curve is cut into
chords of falling slope and the whole is solved as one linear programme, whose dual price of the budget is the
marginal return of the last unit of money.

Source: separable programming, Charnes and Lemke (1954), Naval Research Logistics 1, 301-312.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, sparse, stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, checked_level
from metrics.moments import Floats, floats
from metrics.planning.hierarchy import Outcomes, fit

PIECES = 80
"""Chords a curve: the loss against the exact optimum is then under a thousandth."""


@dataclass(frozen=True, slots=True)
class ResponseCurves:
    """Contribution of each cell as scale x spend^elasticity; `elasticity` is shared, with its interval.

    `centre` is the mean logarithm of what was spent in each cell: there its level is known whatever the elasticity.
    `error` is the standard deviation of the logarithm of what the next campaign brings there. Without them the
    elasticity alone is uncertain, and levels are those of one unit of money. Cells of one `pool` miss together by
    `pool_error`, beside what each misses by itself.
    """

    cell: npt.NDArray[np.str_]
    scale: Floats
    elasticity: Intervals
    centre: Floats | None = None
    error: Floats | None = None
    pool: npt.NDArray[np.intp] | None = None
    pool_error: Floats | None = None

    def contribution(self, spend: Floats) -> Floats:
        """Expected contribution of each cell at its spend."""
        return self.scale * np.power(spend, self.elasticity.estimate.item())

    def marginal(self, spend: Floats) -> Floats:
        """What one more unit of money would bring in each cell; infinite at no spend."""
        power, money = self.elasticity.estimate.item(), floats(spend)
        slope = np.divide(1.0, money ** (1 - power), out=np.full_like(money, np.inf), where=money > 0)
        return self.scale * power * slope

    def gain(self, before: Floats, after: Floats, level: float = 0.95, draws: int = 4000, seed: int = 0) -> Intervals:
        """What one split brings more than another, with what history leaves open of elasticity and levels.

        Curves that nobody randomised are a description: the limits do not hold what confounding adds.
        """
        tail, rng, power = (1 - checked_level(level)) / 2, np.random.default_rng(seed), self.elasticity
        spread = float(np.nan_to_num(power.standard_error[0]))
        degrees = max(float(np.nan_to_num(power.degrees_of_freedom[0], nan=np.inf)), 1.0)
        drawn = power.estimate.item() + spread * rng.standard_t(min(degrees, 1e6), draws)
        drawn = np.clip(drawn, 0.05, 0.95)[:, None]
        none = np.zeros(len(self.scale))
        centre, own = (none if each is None else each for each in (self.centre, self.error))
        missed = own * rng.standard_normal((draws, len(none)))
        if self.pool is not None and self.pool_error is not None:
            missed += self.pool_error * rng.standard_normal((draws, int(self.pool.max()) + 1))[:, self.pool]
        scale = self.scale * np.exp((power.estimate.item() - drawn) * centre + missed)
        gained = (scale * (np.power(after, drawn) - np.power(before, drawn))).sum(axis=1)
        point = float(self.contribution(after).sum() - self.contribution(before).sum())
        low, high = np.quantile(gained, [tail, 1 - tail])
        return Intervals.of([point], [min(low, point)], [max(high, point)], n=power.n, level=level, method="simulation")


@dataclass(frozen=True, slots=True)
class Constraints:
    """What limits a split. Caps are what the consented audience of a cell can absorb at its cost a contact."""

    budget: float
    caps: Floats  # most that each cell can use, shape (cells,)
    hours_per_unit: Floats | None = None  # staff hours that one unit of money needs, shape (cells,)
    hours: float = np.inf
    branch: npt.NDArray[np.str_] | None = None  # branch of each cell
    minimum: Mapping[str, float] = field(default_factory=dict[str, float])  # least spend a branch
    part: npt.NDArray[np.str_] | None = None  # the customers that each cell contacts
    customers_per_unit: Floats | None = None  # how many of them one unit of money contacts, shape (cells,)
    customers: Mapping[str, float] = field(default_factory=dict[str, float])  # how many there are, each contacted once


@dataclass(frozen=True, slots=True)
class Allocation:
    """The best split, in the cells' order.

    `last_unit` is the contribution that one more unit of budget would bring.
    """

    spend: Floats
    contribution: float
    last_unit: float

    def frame(self, curves: ResponseCurves) -> pd.DataFrame:
        """One row per cell: its spend, what that is expected to bring, and what one more unit of money would."""
        brings, more = curves.contribution(self.spend), curves.marginal(self.spend)
        return pd.DataFrame({"cell": curves.cell, "spend": self.spend, "contribution": brings, "marginal": more})


def spending(cells: pd.DataFrame, past: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """What each cell cost and brought in past campaigns, as `fit_curves` takes it.

    Args:
        cells: One row a campaign and cell: `campaign_id`, the columns `by`, `n` customers, `sum_contribution`.
        past: One row a campaign: `campaign_id`, `n`, `cost`, which is spread evenly over its customers.
        by: What makes a cell.

    Returns:
        `campaign_id`, the columns `by`, `cell` (their values joined by " / "), `spend`, `contribution`. A cell whose
        cost is not recorded, or that brought nothing in a campaign, has no place on a curve and is left out there.

    >>> cells = pd.DataFrame({"campaign_id": ["a", "a"], "tier": ["x", "y"], "n": [30, 10], "sum_contribution": [9, 5]})
    >>> past = pd.DataFrame({"campaign_id": ["a"], "n": [40], "cost": [80.0]})
    >>> spending(cells, past, ["tier"])["spend"].tolist()
    [60.0, 20.0]
    """
    rows = cells.dropna(subset=list(by)).merge(
        past[["campaign_id", "n", "cost"]], on="campaign_id", suffixes=("", "_all")
    )
    spend, contribution = floats(rows["n"] / rows["n_all"] * rows["cost"]), floats(rows["sum_contribution"])
    names = [" / ".join(map(str, levels)) for levels in rows[list(by)].itertuples(index=False)]
    placed = rows[["campaign_id", *by]].assign(cell=names, spend=spend, contribution=contribution)
    return placed[(spend > 0) & (contribution > 0)].reset_index(drop=True)


def fit_curves(history: pd.DataFrame) -> ResponseCurves:
    """Fit the curves to past spending.

    Args:
        history: One row a cell and period: `cell`, `spend`, `contribution`, both positive.

    Returns:
        Elasticity from the changes of spending within cells, kept between 0.05 and 0.95; scales shrunk towards
        each other as far as cells look alike. Spending that nobody randomised followed expected returns, so the
        elasticity is a description of the past and no proof of what more money would do.

    Raises:
        DomainError: values that are not positive, or no cell whose spending changed.
    """
    spend, contribution = np.log(floats(history["spend"])), np.log(floats(history["contribution"]))
    if not bool(np.all(np.isfinite(spend) & np.isfinite(contribution))):
        raise DomainError("Curves are fitted to positive spending and positive contribution.")
    grouped = pd.DataFrame({"cell": history["cell"].to_numpy(), "x": spend, "y": contribution}).groupby("cell")
    x, y = (
        (spend - grouped["x"].transform("mean").to_numpy()),
        (contribution - grouped["y"].transform("mean").to_numpy()),
    )
    freedom = len(x) - grouped.ngroups - 1
    if freedom < 1 or not np.any(np.abs(x) > 1e-12):
        raise DomainError("No cell changed its spending often enough to show what spending does.")
    slope = float(x @ y / (x @ x))
    error = float(np.sqrt(np.sum((y - slope * x) ** 2) / freedom / (x @ x)))
    margin = float(stats.t.isf(0.025, freedom)) * error
    kept = np.clip([slope, slope - margin, slope + margin], 0.05, 0.95)
    elasticity = Intervals.of(
        kept[:1],
        kept[1:2],
        kept[2:],
        n=[len(x)],
        method="within cells",
        standard_error=error,
        degrees_of_freedom=freedom,
    )
    level = Outcomes(contribution - kept[0] * spend, np.zeros(len(x)))
    model = fit(level, pd.DataFrame({"cell": history["cell"].to_numpy()}))
    cells = np.asarray(sorted(history["cell"].unique()), dtype=np.str_)
    predicted = model.predict(pd.DataFrame({"cell": cells.astype(object)}))
    centre = grouped["x"].mean().reindex(cells).to_numpy(np.float64)
    return ResponseCurves(cells, np.exp(predicted.mean), elasticity, centre, predicted.standard_deviation)


def allocate(curves: ResponseCurves, limits: Constraints) -> Allocation:
    """The split of the budget that brings the most.

    Raises:
        ShapeError: a limit has not one entry a cell.
        DomainError: no split keeps all limits, or a cap is negative.
    """
    cells = len(curves.scale)
    for column in (limits.caps, limits.hours_per_unit, limits.branch, limits.part, limits.customers_per_unit):
        if column is not None and len(column) != cells:
            raise ShapeError(f"Limits have one entry for each of the {cells} cells.")
    if limits.budget < 0 or bool(np.any(limits.caps < 0)):
        raise DomainError("A budget and the caps of its cells are not negative.")
    caps = np.minimum(limits.caps, limits.budget)
    knots = caps[:, None] * (np.arange(PIECES + 1) / PIECES) ** 3  # denser where the curve bends
    value = curves.scale[:, None] * knots ** curves.elasticity.estimate.item()
    width = np.diff(knots, axis=1)
    slope = np.divide(np.diff(value, axis=1), width, out=np.zeros_like(width), where=width > 0)

    timed = limits.hours_per_unit is not None and bool(np.isfinite(limits.hours))
    if not timed and not limits.minimum and not limits.customers:
        return _steepest_first(curves, width, slope, limits.budget)
    # Each row weighs the cells; a cell's spend is the sum of its pieces.
    rows, bounds = [np.ones(cells)], [limits.budget]
    if limits.hours_per_unit is not None and timed:
        rows.append(limits.hours_per_unit)
        bounds.append(limits.hours)
    for name, least in limits.minimum.items():
        if limits.branch is None:
            raise ShapeError("A minimum a branch needs the branch of each cell.")
        rows.append(-(limits.branch == name).astype(np.float64))
        bounds.append(-least)
    for name, there in limits.customers.items():
        if limits.part is None or limits.customers_per_unit is None:
            raise ShapeError("Customers need the part of each cell, and how many of them a unit of money contacts.")
        rows.append(np.where(limits.part == name, limits.customers_per_unit, 0.0))
        bounds.append(there)
    system = sparse.csr_matrix(np.repeat(np.vstack(rows), PIECES, axis=1))
    linear: Any = optimize.linprog
    solved = linear(
        -slope.ravel(), A_ub=system, b_ub=bounds, bounds=np.column_stack([np.zeros(width.size), width.ravel()])
    )
    if not solved.success:
        raise DomainError("No split keeps all the limits: the branches' minimum exceeds the budget, hours or caps.")
    spend = np.maximum(floats(solved.x).reshape(cells, PIECES).sum(axis=1), 0.0)  # a solver's 0 may be -1e-11
    return Allocation(spend, float(curves.contribution(spend).sum()), -float(solved.ineqlin.marginals[0]))


def _steepest_first(curves: ResponseCurves, width: Floats, slope: Floats, budget: float) -> Allocation:
    """The same programme where the budget alone binds: slopes fall within a cell, so the steepest pieces are filled."""
    order = np.argsort(-slope.ravel(), kind="stable")
    reached = np.cumsum(width.ravel()[order])
    filled = np.clip(budget - (reached - width.ravel()[order]), 0.0, width.ravel()[order])
    pieces = np.empty(width.size)
    pieces[order] = filled
    spend = pieces.reshape(width.shape).sum(axis=1)
    last = int(np.searchsorted(reached, budget))
    price = float(slope.ravel()[order[last]]) if last < len(order) else 0.0
    return Allocation(spend, float(curves.contribution(spend).sum()), price)
