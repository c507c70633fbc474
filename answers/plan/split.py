"""Where the budget would go if the past is a guide: by tier or branch and channel, beside the plan's own split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from data_access.queries import history
from data_access.queries.history import Cell
from data_access.reading.reader import Reader
from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.moments import Floats, floats
from metrics.planning.allocation import Constraints, allocate, fit_curves, spending
from metrics.planning.identified import Experiment, experiment, identified

from answers.kept import kept
from answers.plan.learned import learned
from answers.plan.plan import PlanAnswer

By = Literal["tier", "branch_id"]
LEVEL: Final = 0.8
"""Of the limits of what the best split brings more, as of the plan's other outcomes."""

STEEPEST: Final = 0.95
"""Elasticity from which a curve is a straight line: `metrics.planning.allocation` cuts it there."""


@dataclass(frozen=True, eq=False)
class Curves:
    """What the past says of cells.

    Attributes:
        history: One row a campaign and cell: `campaign_id`, `cell`, `spend`, `contribution`, `n`.
        told: By cell, whether history can say what more money does.
    """

    history: pd.DataFrame
    told: Mapping[str, bool]


@dataclass(frozen=True, eq=False)
class Split:
    """A budget over cells, each array in their order.

    Attributes:
        by: What a cell is, beside the channel.
        cells: Part and channel of each.
        own: Spend as planned.
        best: Spend that would bring the most.
        last: The last edition's, scaled to this budget; nan where there was none.
        own_marginal: What the last unit of money brings as planned; nan where history cannot say or nothing is spent.
        best_marginal: The same in the best split.
        gain: Contribution of the best split less that of the plan's own, with 80 % limits.
        budget: What is split.
        straight: Whether history shows no diminishing returns: more money was more customers.
        untold: Cells of which history cannot say what more money does; their spend stays.
        test: The experiment that would tell; None where nothing is to be told.
    """

    by: By
    cells: tuple[tuple[str, str], ...]
    own: Floats
    best: Floats
    last: Floats
    own_marginal: Floats
    best_marginal: Floats
    gain: Intervals
    budget: float
    straight: bool
    untold: tuple[tuple[str, str], ...]
    test: Experiment | None


@kept
def curves(reader: Reader, by: By) -> Curves:
    """What each cell cost and brought in finished campaigns."""
    names: tuple[Cell, ...] = (by, "channel")
    past = learned(reader).past
    cells = history.cells(reader, by=names) if len(past) else pd.DataFrame()
    if cells.empty:
        return Curves(pd.DataFrame(columns=["cell", "spend", "contribution", "n"]), {})
    spent = spending(cells, past, list(names)).merge(cells[["campaign_id", *names, "n"]], on=["campaign_id", *names])
    told = identified(spent)
    return Curves(spent, dict(zip(map(str, told.index), map(bool, told), strict=True)))


def ask(reader: Reader, answer: PlanAnswer, by: By = "tier") -> Split | None:
    """The best split of a plan's cost; None where there is no forecast, or no cell whose spending ever changed."""
    if answer.fan is None or not answer.audience.eligible:
        return None
    past = curves(reader, by)
    known = past.history[past.history["cell"].map(past.told).fillna(False).astype(bool)]
    if known["cell"].nunique() < 2:
        return None
    try:
        fitted = fit_curves(known)
    except DomainError:
        return None
    budget = answer.fan.intervals["cost"].estimate.item()
    own = _own(answer, by, past)
    cells = list(fitted.cell)
    spend = np.array([own.get(cell, 0.0) for cell in cells])
    untold = [cell for cell in own if cell not in cells]
    free = float(spend.sum())
    unit = _unit(past, cells)
    room = _room(answer, by, unit, cells, budget)
    # Nothing to move where history tells of none of the plan's own cells.
    best = allocate(fitted, _limits(answer, by, unit, cells, min(free, float(room.sum())), room))
    last = _last(answer, past)
    there = np.array([last.get(cell, 0.0) for cell in cells])
    before = there * (free / there.sum() if there.sum() > 0 else np.nan)
    kept_spend = np.array([own[cell] for cell in untold])
    nothing = np.full(len(untold), np.nan)
    shown = (spend > 0) | (best.spend > 0.005 * free) | (np.nan_to_num(before) > 0)
    marginal_own, marginal_best = (
        np.where(money > 0, fitted.marginal(np.where(money > 0, money, 1.0)), np.nan) for money in (spend, best.spend)
    )
    return Split(
        by,
        tuple(_parts(cell) for cell in [*np.array(cells)[shown], *untold]),
        np.concatenate([spend[shown], kept_spend]),
        np.concatenate([best.spend[shown], kept_spend]),
        np.concatenate([before[shown], nothing]),
        np.concatenate([marginal_own[shown], nothing]),
        np.concatenate([marginal_best[shown], nothing]),
        fitted.gain(spend, best.spend, LEVEL),
        budget,
        bool(fitted.elasticity.high.item() >= STEEPEST),
        tuple(_parts(cell) for cell in untold),
        _test(answer),
    )


def _parts(cell: str) -> tuple[str, str]:
    part, _, channel = str(cell).partition(" / ")
    return part, channel


def _own(answer: PlanAnswer, by: By, past: Curves) -> dict[str, float]:
    """The plan's cost by cell: customers who may be contacted, through the plan's first channel."""
    budget = answer.fan.intervals["cost"].estimate.item() if answer.fan else 0.0
    channel = answer.scenario.channels[0]
    if by == "tier":
        sizes = {tier: float(n) for tier, n in answer.audience.eligible.items() if tier}
    else:
        mine = set(answer.scenario.branches)
        rows = past.history[past.history["channel"] == channel]
        rows = rows[rows["branch_id"].isin(list(mine))] if mine else rows
        sizes = {str(branch): float(n) for branch, n in rows.groupby("branch_id")["n"].sum().items()}
    total = sum(sizes.values())
    return {f"{part} / {channel}": budget * n / total for part, n in sizes.items() if n}


def _unit(past: Curves, cells: list[str]) -> Floats:
    """What one customer cost in each cell."""
    each = past.history.groupby("cell")[["spend", "n"]].sum()
    return floats((each["spend"] / each["n"]).reindex(cells))


def _limits(answer: PlanAnswer, by: By, unit: Floats, cells: list[str], budget: float, room: Floats) -> Constraints:
    """What limits the split. A customer is contacted through one of the channels: a tier's share its customers."""
    if by != "tier":
        return Constraints(budget=budget, caps=room)
    tiers = np.array([_parts(cell)[0] for cell in cells])
    customers = {tier: float(answer.audience.eligible.get(tier, 0)) for tier in dict.fromkeys(tiers.tolist())}
    return Constraints(budget=budget, caps=room, part=tiers, customers_per_unit=1 / unit, customers=customers)


def _room(answer: PlanAnswer, by: By, unit: Floats, cells: list[str], budget: float) -> Floats:
    """The most that a cell can use: all of its customers who may be contacted, at what one costs there."""
    if by == "tier":
        sizes = [float(answer.audience.eligible.get(_parts(cell)[0], 0)) for cell in cells]
        mine = [True] * len(cells)
    else:
        chosen = set(answer.scenario.branches)
        sizes = [float("inf")] * len(cells)
        mine = [not chosen or _parts(cell)[0] in chosen for cell in cells]
    room = np.minimum(unit * np.array(sizes), budget)
    return np.where(mine, np.nan_to_num(room), 0.0)


def _last(answer: PlanAnswer, past: Curves) -> dict[str, float]:
    rows = past.history[past.history["campaign_id"] == answer.last_id] if answer.last_id else past.history.head(0)
    return {str(cell): float(spend) for cell, spend in rows.groupby("cell")["spend"].sum().items()}


def _test(answer: PlanAnswer) -> Experiment | None:
    if answer.fan is None or answer.could_tell is None or not answer.treated:
        return None
    each = answer.fan.intervals["cost"].estimate.item() / answer.treated
    if each <= 0 or answer.could_tell.break_even <= 0:
        return None
    worth = each / answer.could_tell.break_even
    return experiment(answer.could_tell.base, worth, each)
