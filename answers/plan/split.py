"""Where the budget would go if the past is a guide: by tier or class, channel and branch, beside the plan's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from data_access.queries import audience
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.estimate import Intervals
from metrics.moments import Floats
from metrics.planning.allocation import Constraints, allocate
from metrics.planning.identified import Experiment, experiment

from answers.plan import curves
from answers.plan.curves import By, Curves, Pair, Place
from answers.plan.plan import PlanAnswer, risk_level, whom

Cell = tuple[str, str, str]
"""A part of the audience, a channel and a place."""

LEVEL: Final = 0.8
"""Of the limits of what the best split brings more, as of the plan's other outcomes."""

STEEPEST: Final = 0.95
"""Elasticity from which a curve is a straight line: `metrics.planning.allocation` cuts it there."""

LEAST: Final = 0.0005
"""Part of the budget below which a cell is not told in which the plan spends nothing."""


@dataclass(frozen=True, eq=False)
class Split:
    """A budget over cells, each array in their order.

    Attributes:
        by: What a part of the audience is.
        place: What a place is.
        cells: Part, channel and place of each.
        campaigns: Past campaigns that tell of each; 0 where its part and channel tell alone.
        own: Spend as planned.
        best: Spend that would bring the most.
        last: The last edition's, scaled to this budget; nan where there was none.
        own_marginal: What the last unit of money brings as planned; nan where history cannot say or nothing is spent.
        best_marginal: The same in the best split.
        gain: Contribution of the best split less that of the plan's own, with 80 % limits.
        last_unit: What one more unit of the whole budget would bring in the best split.
        budget: What is split: the cost of the customers of a known part.
        hours: Staff hours that the split keeps to; nan where none are known.
        short: Whether the plan's own split needs more hours than that.
        straight: Whether history shows no diminishing returns: more money was more customers.
        untold: Parts and channels of which history cannot say what more money does; their spend stays.
        test: The experiment that would tell; None where nothing is to be told.
    """

    by: By
    place: Place
    cells: tuple[Cell, ...]
    campaigns: Floats
    own: Floats
    best: Floats
    last: Floats
    own_marginal: Floats
    best_marginal: Floats
    gain: Intervals
    last_unit: float
    budget: float
    hours: float
    short: bool
    straight: bool
    untold: tuple[Pair, ...]
    test: Experiment | None


def ask(reader: Reader, answer: PlanAnswer, by: By = "tier") -> Split | None:
    """The best split of a plan's cost; None where there is no forecast, or no cell whose spending ever changed."""
    if answer.fan is None:
        return None
    past = curves.ask(reader, by)
    sizes = _sizes(reader, answer, by, past)
    if past.curves is None or not sizes:
        return None
    known = [pair for pair, is_told in past.told.items() if is_told]
    cells = [(part, channel, place) for part, place in sizes for of, channel in known if of == part]
    # Customers of no known part are the plan's as well; their money stays with them.
    part_known = sum(sizes.values()) / answer.audience.may_be_contacted
    budget = answer.fan.intervals["cost"].estimate.item() * part_known
    if not cells:
        return None
    each = _each(answer, past, sizes, budget)
    own = _own(answer, each, sizes)
    customers = np.array([sizes[part, place] for part, _, place in cells])
    fitted = curves.at_places(past, cells, customers, by)
    spend = np.array([own.get(cell, 0.0) for cell in cells])
    kept_cells = [cell for cell in own if cell not in set(cells)]
    hours = _hours(answer, each, own, kept_cells) - answer.capacity.needed * (1 - part_known)
    limits = _limits(each, cells, customers, float(spend.sum()), max(hours, 0.0))
    best = allocate(fitted, limits)
    last = _last(answer, past, by)
    scaled = budget / sum(last.values()) if sum(last.values()) > 0 else float("nan")
    before = np.array([last.get(cell, 0.0) * scaled for cell in cells])
    # Nothing is moved to or from these: history cannot say what more money there brings.
    kept_cells += [cell for cell in last if cell not in {*cells, *kept_cells}]
    kept_spend = np.array([own.get(cell, 0.0) for cell in kept_cells])
    kept_before = np.array([last.get(cell, 0.0) * scaled for cell in kept_cells])
    nothing = np.full(len(kept_cells), np.nan)
    shown = (spend > 0) | (np.maximum(best.spend, np.nan_to_num(before)) > LEAST * budget)
    marginal_own, marginal_best = (
        np.where(money > 0, fitted.marginal(np.where(money > 0, money, 1.0)), np.nan) for money in (spend, best.spend)
    )
    every = [*(cell for cell, told in zip(cells, shown, strict=True) if told), *kept_cells]
    known_hours = float(limits.hours)
    return Split(
        by,
        past.place,
        tuple(every),
        _campaigns(past, every, by),
        np.concatenate([spend[shown], kept_spend]),
        np.concatenate([best.spend[shown], kept_spend]),
        np.concatenate([before[shown], kept_before]),
        np.concatenate([marginal_own[shown], nothing]),
        np.concatenate([marginal_best[shown], nothing]),
        fitted.gain(spend, best.spend, LEVEL),
        best.last_unit,
        budget,
        answer.capacity.free,
        bool(np.isfinite(known_hours) and limits.hours_per_unit is not None
             and limits.hours_per_unit @ spend > known_hours * (1 + 1e-9)),
        bool(fitted.elasticity.high.item() >= STEEPEST),
        tuple(dict.fromkeys(cell[:2] for cell in kept_cells if cell in own)),
        _test(answer),
    )  # fmt: skip


def _sizes(reader: Reader, answer: PlanAnswer, by: By, past: Curves) -> dict[tuple[str, str], float]:
    """Customers who may be contacted, by part and place."""
    scenario = answer.scenario
    found = audience.eligible(
        reader, whom(scenario), settings().planning, by=by, risk_level=risk_level(reader, scenario.product)
    )
    sizes: dict[tuple[str, str], float] = {}
    for branch, part, n in zip(found["branch_id"], found[by], found["n"], strict=True):
        if place := past.placed(str(branch)):
            sizes[str(part), place] = sizes.get((str(part), place), 0.0) + float(n)
    return sizes


def _each(answer: PlanAnswer, past: Curves, sizes: Mapping[tuple[str, str], float], budget: float) -> dict[Pair, float]:
    """What one customer costs by part and channel: as it did, as much dearer as this plan's customers are."""
    channel = answer.scenario.channels[0]
    usual = [(n, cost) for (part, _), n in sizes.items() if (cost := past.each.get((part, channel)))]
    average = sum(n * cost for n, cost in usual) / sum(n for n, _ in usual) if usual else 1.0
    before = {(part, channel): past.each.get((part, channel), average) for part, _ in sizes} | dict(past.each)
    dearer = budget / (_part_treated(answer) * sum(n * before[part, channel] for (part, _), n in sizes.items()))
    return {pair: cost * dearer for pair, cost in before.items()}


def _own(answer: PlanAnswer, each: Mapping[Pair, float], sizes: Mapping[tuple[str, str], float]) -> dict[Cell, float]:
    """The plan's cost by cell: its customers in the proportions of who may be contacted, through its first channel."""
    channel, treated = answer.scenario.channels[0], _part_treated(answer)
    return {(part, channel, place): n * treated * each[part, channel] for (part, place), n in sizes.items()}


def _part_treated(answer: PlanAnswer) -> float:
    """Of those who may be contacted."""
    return answer.treated / answer.audience.may_be_contacted


def _minutes(channel: str) -> float:
    return settings().planning.minutes.get(channel, 0.0)


def _hours(answer: PlanAnswer, each: Mapping[Pair, float], own: Mapping[Cell, float], kept_cells: list[Cell]) -> float:
    """Staff hours that are left for the cells whose spend may move."""
    taken = sum(own[part, channel, place] / each[part, channel] * _minutes(channel) / 60
                for part, channel, place in kept_cells)  # fmt: skip
    return max(answer.capacity.free - taken, 0.0) if np.isfinite(answer.capacity.free) else float("inf")


def _limits(
    costs: Mapping[Pair, float], cells: list[Cell], customers: Floats, budget: float, hours: float
) -> Constraints:
    """What limits the split: each customer is contacted through one of the channels, and staff have so many hours."""
    each = np.array([costs[part, channel] for part, channel, _ in cells])
    where = np.array([f"{part} / {place}" for part, _, place in cells])
    room = np.minimum(each * customers, budget)
    most: dict[str, float] = dict(zip(where.tolist(), customers.tolist(), strict=True))
    # Nothing to move where history tells of none of the plan's own cells.
    return Constraints(
        budget=min(budget, float(room.sum())),
        caps=room,
        hours_per_unit=np.array([_minutes(channel) / 60 for _, channel, _ in cells]) / each,
        hours=hours,
        part=where,
        customers_per_unit=1 / each,
        customers=most,
    )


def _last(answer: PlanAnswer, past: Curves, by: By) -> dict[Cell, float]:
    rows = past.spent[past.spent["campaign_id"] == answer.last_id]
    names = (map(str, rows[name]) for name in (by, "channel", past.place))
    spent = zip(zip(*names, strict=True), rows["spend"], strict=True)  # a row a cell: the campaign is one
    return {(part, channel, place): float(spend) for (part, channel, place), spend in spent if np.isfinite(spend)}


def _campaigns(past: Curves, cells: list[Cell], by: By) -> Floats:
    counted = past.places.set_index([by, "channel", past.place])["campaigns"]
    return counted.reindex(cells).fillna(0).to_numpy(np.float64)


def _test(answer: PlanAnswer) -> Experiment | None:
    if answer.fan is None or answer.could_tell is None or not answer.treated:
        return None
    each = answer.fan.intervals["cost"].estimate.item() / answer.treated
    if each <= 0 or answer.could_tell.break_even <= 0:
        return None
    worth = each / answer.could_tell.break_even
    return experiment(answer.could_tell.base, worth, each)
