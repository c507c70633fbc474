"""A target on a card: what was to be reached and how much of it was, or how to set one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from answers import period
from answers.targets import Goal
from data_access.workspace.targets import METRICS
from metrics.catalogue import Unit, metric

from story import figures
from story.parts import Card, Story
from story.vocabulary import names
from story.words import listed, say, say_count, sentences

COMMAND = "python -m data_access targets FILE"


def keys(story: Story) -> tuple[str, ...]:
    """Keys of the story's numbers that may have a target: of all that happened, not of some campaigns alone."""
    whole = [card for card in story.cards if (traced := card.traced or story.traced) and traced.campaigns is None]
    return tuple(dict.fromkeys(card.key for card in whole if card.key in METRICS))


def on_cards(story: Story, goals: Mapping[str, Goal]) -> Story:
    """The story with what was to be reached on its cards, and, where nothing is set, how to set it."""
    return replace(story, cards=tuple(_on_card(card, goals, story.currency) for card in story.cards))


def reached(goal: Goal, actual: float, currency: str, limits: tuple[float, float] = (math.nan, math.nan)) -> str:
    """The target and its attainment with its limits; what lacks where there is no target.

    "target ¥1.20 m, 84 % (81–87 %) reached"

    Args:
        goal: What was to be reached.
        actual: What was, in the metric's unit.
        currency: Of amounts.
        limits: Of the actual number, where it has some.
    """
    if goal.value is None:
        if goal.with_target in (0, goal.wanted):
            return say("no target")
        return say("targets: {n} of {wanted} set", n=goal.with_target, wanted=goal.wanted)
    value = written(goal.value, metric(goal.metric).unit, currency)
    target = say("target {target}", target=value)
    if goal.parts:
        of_season = bool(goal.parts[0].season)
        target = (
            say("part of the season's target {target}", target=value)
            if of_season
            else say("week's target {target}", target=value)
        )
    share = goal.reached(actual)
    if math.isnan(share):
        return target
    low, high = map(goal.reached, limits)
    between = "" if math.isnan(low + high) else f" ({figures.span(figures.percent(low), figures.percent(high))})"
    return say("{target}, {share} reached", target=target, share=f"{figures.percent(share)}{between}")


def how_to_set() -> str:
    """Who sets targets and how, for the hover of a card without one."""
    return say(
        "Planners, executives and administrators set targets by branch, metric and month or season: on this page under "
        "Targets, or from a file: {command}",
        command=COMMAND,
    )


def written(value: float, unit: Unit, currency: str) -> str:
    """A target in the unit of its metric."""
    if unit is Unit.MONEY:
        return figures.money(value, currency)
    if unit is Unit.SHARE:
        return figures.percent(value, 1)
    return figures.number(value)


def _on_card(card: Card, goals: Mapping[str, Goal], currency: str) -> Card:
    goal = goals.get(card.key)
    if goal is None or not goal.wanted:
        return card
    if goal.value is None and goal.with_target == 0:
        return replace(card, definition=sentences([card.definition, say("no target"), how_to_set()]))
    if goal.apart:
        apart = say("Targets of single branches and months: shares do not add up. Choose one branch and one month.")
        return replace(card, definition=sentences([card.definition, apart]))
    actual, low, high = card.number or (math.nan,) * 3
    of_months = [
        say_count(
            "{days} of {count} working day of {month}",
            "{days} of {count} working days of {month}",
            part.of,
            days=part.days,
            month=names([part.season])[0] if part.season else figures.month(period.named(part.period).first),
        )
        for part in goal.parts
    ]
    why = say("The week's part of the month's target: {months}", months=listed(of_months)) if of_months else ""
    if of_months and goal.parts[0].season:
        why = say("No target is set for it; its part of the season's: {days}", days=listed(of_months))
    return replace(
        card,
        target=reached(goal, actual, currency, (low, high)),
        definition=sentences([card.definition, why]),
    )
