"""Scenarios side by side: a small table, a column each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from answers.plan.plan import PlanAnswer
from metrics.catalogue import Unit

from story import estimates, figures
from story.cards import DASH
from story.columns import Column
from story.parts import Block, Table
from story.text import one_line
from story.words import listed, say, sentences

Told = Callable[[PlanAnswer], str]


def block(beside: Sequence[tuple[str, PlanAnswer]]) -> Block:
    """All scenarios of a plan."""
    known = [(name, answer) for name, answer in beside if not math.isnan(answer.chance_pays)]
    if len(known) > 1:
        chance = figures.chance(max(answer.chance_pays for _, answer in known))
        likeliest = [one_line(name) for name, answer in known if figures.chance(answer.chance_pays) == chance]
        heading = (
            say("All as likely to pay: {chance}", chance=chance)
            if len(likeliest) == len(beside)
            else say("Likeliest to pay: {name}, {chance}", name=listed(likeliest), chance=chance)
        )
    else:
        heading = say("Scenarios side by side")
    caption = sentences([say("Medians, 80 % limits for ROI"), say("each with the seed in its settings")])
    rows: list[tuple[str, Told]] = [
        (say("Contacted + control"), lambda one: f"{figures.number(one.treated)} + {figures.number(one.control)}"),
        (say("Cost"), _money("cost")),
        (say("Conversions"), _count("converted")),
        (say("Sales"), _money("sales")),
        (say("ROI"), _roi),
        (say("Chance it pays"), lambda one: _chance(one.chance_pays)),
        (say("Chance of target"), lambda one: _chance(one.chance_target)),
        (say("Control shows break-even"), lambda one: _chance(one.could_tell.power if one.could_tell else math.nan)),
    ]
    columns = [
        Column(" ", [name for name, _ in rows]),
        *(Column(one_line(name), [told(answer) for _, told in rows]) for name, answer in beside),
    ]
    return Block(heading, caption, Table(tuple(columns), say("Scenarios of the plan"), "scenarios", prose=True))


def _money(name: str) -> Told:
    return lambda one: estimates.value(one.fan.intervals[name], 0, Unit.MONEY, one.currency) if one.fan else DASH


def _count(name: str) -> Told:
    return lambda one: estimates.value(one.fan.intervals[name], 0, Unit.COUNT) if one.fan else DASH


def _roi(one: PlanAnswer) -> str:
    if one.fan is None or not one.fan.intervals["roi"].known[0]:
        return DASH
    near = one.fan.intervals["roi"]
    limits = estimates.limits(near, 0, Unit.RATIO)
    return f"{estimates.value(near, 0, Unit.RATIO)} ({limits})"


def _chance(share: float) -> str:
    return DASH if math.isnan(share) else figures.chance(share)
