"""A target on a card: what was to be reached and how much of it was, or how to set one."""

from __future__ import annotations

import math

from answers.targets import Goal
from metrics.catalogue import Unit, metric

from story import figures
from story.words import say

COMMAND = "python -m data_access targets FILE"


def reached(goal: Goal, actual: float, currency: str) -> str:
    """The target and its attainment: "target ¥1.20 m, 84 % reached"; what lacks where there is no target."""
    if goal.value is None:
        if goal.with_target in (0, goal.wanted):
            return say("no target")
        return say("targets: {n} of {wanted} set", n=goal.with_target, wanted=goal.wanted)
    target = _written(goal.value, metric(goal.metric).unit, currency)
    share = goal.reached(actual)
    if math.isnan(share):
        return say("target {target}", target=target)
    return say("target {target}, {share} reached", target=target, share=figures.percent(share))


def how_to_set() -> str:
    """Who sets targets and how, for the hover of a card without one."""
    return say(
        "Planners, executives and administrators set targets by branch, metric and month or season, from a file: "
        "{command}",
        command=COMMAND,
    )


def _written(value: float, unit: Unit, currency: str) -> str:
    if unit is Unit.MONEY:
        return figures.money(value, currency)
    if unit is Unit.SHARE:
        return figures.percent(value, 1)
    return figures.number(value)
