"""The six numbers of a week as cards, and what a rule of the control chart says of each in a few words."""

from __future__ import annotations

from typing import Final

import numpy as np
from answers.period import week as of_week
from answers.traced import Traced
from answers.week.series import Measured
from metrics.catalogue import Direction, Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.week.control_chart import FEWEST, Rule

from story import estimates, figures
from story.cards import DASH
from story.chart import theme
from story.parts import Badge, Card
from story.words import closed, say, say_count, sentences

FEW_ANSWERS: Final = 30

NAMES: Final = {
    "new_money": _("New money"),
    "customers_won_and_funded": _("Won and funded"),
    "weekly_conversions": _("Conversions"),
    "weekly_participation_rate": _("Participation"),
    "weekly_satisfied": _("Satisfied"),
    "promises_kept": _("Contacts kept"),
}
"""Names short enough for a card."""

_SIGNALS: Final = {  # above the usual, below it
    Rule.OUTSIDE: (_("↑ above the limit"), _("↓ below the limit")),
    Rule.RUN: (_("↑ eight weeks high"), _("↓ eight weeks low")),
    Rule.NEAR_LIMIT: (_("↑ three of four high"), _("↓ three of four low")),
}
_CLAUSES: Final = {
    Rule.OUTSIDE: (_("{number} rose above what is usual here"), _("{number} fell below what is usual here")),
    Rule.RUN: (
        _("{number} has been higher for eight weeks or more"),
        _("{number} has been lower for eight weeks or more"),
    ),
    Rule.NEAR_LIMIT: (
        _("{number} was high in at least three of the last four weeks"),
        _("{number} was low in at least three of the last four weeks"),
    ),
}


def name(measured: Measured) -> str:
    """What the number is called on this page."""
    return say(NAMES[measured.key])


def rule(measured: Measured) -> Rule:
    """The rule that fired, `Rule.USUAL`, or `Rule.NOT_JUDGED`."""
    return Rule(measured.review.rule) if measured.review and not measured.few else Rule.NOT_JUDGED


def signal(measured: Measured) -> str:
    """What its rule says, as a clause; empty where no rule fired."""
    sides = _CLAUSES.get(rule(measured))
    return say(sides[0 if _above(measured) else 1], number=name(measured)) if sides else ""


def role(measured: Measured) -> theme.Role:
    """The colour of the newest week: better or worse only by a named rule."""
    if rule(measured) not in _SIGNALS:
        return "none"
    up_is_good = metric(measured.key).direction is Direction.UP
    return "better" if _above(measured) is up_is_good else "worse"


def value(measured: Measured, currency: str) -> str:
    """The number of the newest week: totals as they were booked, shares as their limits deserve; or a dash."""
    if measured.review is None or np.isnan(measured.review.chart.value[-1]):
        return DASH
    newest, unit = float(measured.review.chart.value[-1]), metric(measured.key).unit
    if unit is Unit.MONEY:
        return figures.money(newest, currency)
    return figures.percent(newest) if unit is Unit.SHARE else figures.number(newest)


def usual(measured: Measured, currency: str) -> str:
    """Between which limits the number usually lies; empty where nothing is usual yet."""
    if measured.review is None:
        return ""
    chart, unit = measured.review.chart, metric(measured.key).unit
    low, high = float(chart.low[-1]), float(chart.high[-1])
    if np.isnan([low, high]).any():
        return ""
    if unit is Unit.MONEY:
        style = estimates.Style.of(unit, currency, high)
        _, least, most = style.estimated(float(chart.centre[-1]), low, high)
        least, most = (figures.with_currency(text, currency, style.mark) for text in (least, most))
    elif unit is Unit.SHARE:
        least, most = figures.percent(low), figures.percent(high)
    elif np.ceil(low) <= np.floor(high):  # the whole numbers that lie between the limits
        least, most = figures.number(np.ceil(low)), figures.number(np.floor(high))
    else:
        least, most = figures.number(low, 1), figures.number(high, 1)
    if low <= chart.floor:
        return say("up to {high}", high=most)
    return say("from {low}", low=least) if high >= chart.ceiling else figures.span(least, most)


def badge(measured: Measured) -> Badge:
    """As usual, the rule that fired, or why nothing is judged."""
    fired = rule(measured)
    if fired in _SIGNALS:
        words = say(_SIGNALS[fired][0 if _above(measured) else 1])
        return words, "blue" if role(measured) == "better" else "orange"
    if measured.lacks:
        return say("not covered yet") if measured.ends_before else say("not recorded"), "gray"
    if measured.review is None or np.isnan(measured.review.chart.value[-1]):
        return say("nothing this week"), "gray"
    if measured.key == "weekly_satisfied" and measured.whole < FEW_ANSWERS:
        return say("few answers"), "gray"
    if fired is Rule.NOT_JUDGED:
        return (say("too few") if measured.few else say("not judged yet")), "gray"
    return say("as usual"), "gray"


def card(measured: Measured, currency: str, branch: str = "") -> Card:
    """The number with what it rests on, of a branch or of all."""
    history, between = None, usual(measured, currency)
    if measured.review is not None:
        values = measured.review.chart.value[-27:]
        history = [float(value) for value in values[~np.isnan(values)]]
    return Card(
        name(measured),
        value(measured, currency),
        sentences([_rests_on(measured), closed(say("usual {limits}", limits=between)) if between else ""]),
        say(metric(measured.key).formula),
        badge(measured),
        history if history and len(history) > 1 else None,
        measured.key,
        _number(measured),
        traced=Traced(of_week(measured.week), branch),
        shown_by=f"strip_{measured.key}",
    )


def _number(measured: Measured) -> tuple[float, float, float] | None:
    """What was counted: as it was, so without limits."""
    newest = np.nan if measured.review is None else float(measured.review.chart.value[-1])
    return None if np.isnan(newest) else (newest, np.nan, np.nan)


def _rests_on(measured: Measured) -> str:
    """The denominator, or why there is none."""
    if measured.ends_before:
        return say("{table} ends before this week does", table=measured.lacks)
    if measured.lacks:
        return say("{table} is not loaded", table=measured.lacks)
    if measured.review is None:
        return ""
    weeks = int(measured.review.chart.baseline.sum())
    if weeks < FEWEST:
        return say_count("{count} week before it, too few", "{count} weeks before it, too few", weeks)
    part = figures.number(measured.part)
    if measured.key == "new_money":
        return say_count("{count} sale", "{count} sales", int(measured.part))
    if measured.key == "customers_won_and_funded":
        return say("of {n} opened", n=part)
    if measured.key == "weekly_satisfied":
        answered = say("{part} of {n} answers", part=part, n=figures.number(measured.whole))
        asked = figures.percent(measured.whole / measured.asked) if measured.asked else ""
        return sentences([answered, say("{share} answered", share=asked) if asked else ""])
    if measured.key == "promises_kept":
        return say("{part} of {n} promised", part=part, n=figures.number(measured.whole))
    if not np.isnan(measured.whole):
        return say("{part} of {n}", part=part, n=figures.number(measured.whole))
    return ""


def _above(measured: Measured) -> bool:
    return measured.review is not None and bool(measured.review.chart.above[-1])
