"""Where the month's and the season's new money will end, beside their targets."""

from __future__ import annotations

import numpy as np
from answers.period import Kind
from answers.week.reach import Reach
from metrics.catalogue import Unit
from metrics.finding import FindingCode

from story import estimates, figures, findings, period, target
from story.chart import month as month_chart
from story.once import once
from story.parts import Block
from story.words import say, sentences


@once
def block(told: Reach, currency: str) -> Block | None:
    """The likely end of a month or season; None where nothing can be said."""
    if not told.found:
        return None
    heading, total = _heading(told, currency), told.ends.total
    if np.isnan(total.estimate[0]) or np.isnan(total.low[0]):
        return Block(heading, "", None) if told.period.kind is Kind.MONTH else None
    limits = estimates.limits(total, 0, Unit.MONEY, currency)
    ends = sentences([say("{amount} expected", amount=estimates.value(total, 0, Unit.MONEY, currency)), limits])
    key = told.period.kind.value
    aim = told.goal.value
    chart = month_chart.chart(
        told.booked,
        total,
        (say("{amount} so far", amount=figures.money(told.booked, currency)), ends),
        target=None if aim is None else (aim, say("target {target}", target=figures.money(aim, currency))),
        alt_text=say("New money so far, its likely end and the target. {finding}.", finding=heading),
        key=key,
    )
    return Block(heading, _caption(told, currency), chart)


def _heading(told: Reach, currency: str) -> str:
    said = findings.sentence(told.found[0], currency)
    if told.period.kind is Kind.MONTH:
        return said
    name, total = period.named(told.period), told.ends.total
    code = told.found[0].code
    if code is FindingCode.MONTH_END_EXPECTED:
        return say(
            "{season}: about {estimate} of new money by its last day ({limits})",
            season=name,
            estimate=estimates.value(total, 0, Unit.MONEY, currency),
            limits=estimates.limits(total, 0, Unit.MONEY, currency),
        )
    if code in (FindingCode.MONTH_OVER, FindingCode.MONTH_REACHED, FindingCode.MONTH_MISSED):
        return say(
            "{season} ended with new money of {amount}", season=name, amount=figures.money(told.booked, currency)
        )
    return say("{season}: {finding}", season=name, finding=said)


def _caption(told: Reach, currency: str) -> str:
    name = period.named(told.period)
    passed = say(
        "{month}: {days} of {all} working days are over · learned from {months} earlier months",
        month=name,
        days=told.days,
        all=told.working_days,
        months=int(told.ends.total.n[0]),
    )
    pace = (
        "" if told.period.kind is Kind.MONTH else say("the months to come are taken to bring what the last twelve did")
    )
    aim = target.reached(told.goal, told.booked, currency)
    return sentences([passed, pace, aim])
