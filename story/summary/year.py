"""Where the year's net new money will end, beside its target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from answers.summary.year import METRIC, YearReach
from metrics.catalogue import Unit
from metrics.finding import FindingCode

from story import estimates, figures, findings, period, target
from story.chart import month as month_chart
from story.parts import Block, Card
from story.words import opened, say, sentences

MONTHS = 12


def block(told: YearReach, currency: str) -> Block | None:
    """The likely end of the year; None where nothing can be said."""
    if not told.found or np.isnan(told.ends.total.low[0]):
        return None
    heading, total, aim = opened(_heading(told, currency)), told.ends.total, told.goal.value
    chart = month_chart.chart(
        told.year.booked,
        total,
        (
            say("{amount} so far", amount=figures.money(told.year.booked, currency)),
            say("{amount} expected", amount=estimates.value(total, 0, Unit.MONEY, currency)),
        ),
        target=None if aim is None else (aim, say("target {target}", target=figures.money(aim, currency))),
        alt_text=say("Net new money of the year so far, its likely end and the target. {finding}.", finding=heading),
        key="year",
    )
    return Block(heading, _caption(told, currency), chart, width=5)


def on_card(card: Card, told: YearReach) -> Card:
    """The card of net new money with how much of the year's target is reached; any other as it is."""
    share = told.goal.reached(told.year.booked)
    if card.key != METRIC or np.isnan(share):
        return card
    reached = say("{share} of the target of {year}", share=figures.percent(share), year=period.named(told.year.period))
    return replace(card, rests_on=sentences([card.rests_on, reached]))


def _heading(told: YearReach, currency: str) -> str:
    name, total, code = period.named(told.year.period), told.ends.total, told.found[0].code
    if code is FindingCode.MONTH_END_EXPECTED:
        return say(
            "{year}: about {estimate} of net new money by its last day ({limits})",
            year=name,
            estimate=estimates.value(total, 0, Unit.MONEY, currency),
            limits=estimates.limits(total, 0, Unit.MONEY, currency),
        )
    if code in (FindingCode.MONTH_OVER, FindingCode.MONTH_REACHED, FindingCode.MONTH_MISSED):
        return say(
            "{year} ended with net new money of {amount}", year=name, amount=figures.money(told.year.booked, currency)
        )
    return say("{season}: {finding}", season=name, finding=findings.sentence(told.found[0], currency))


def _caption(told: YearReach, currency: str) -> str:
    counted = say("{months} of {all} months are counted", months=told.year.months, all=MONTHS)
    level = say("{level} % interval", level=f"{told.ends.total.level * 100:g}")
    pace = say("the months to come are taken to bring what the last twelve did")
    to_come = [pace, level] if told.year.months < MONTHS else []
    return sentences([counted, *to_come, target.reached(told.goal, told.year.booked, currency)])
