"""Rates through time, where they lead, and how far they can be trusted."""

from __future__ import annotations

import numpy as np
from answers.tiers.tiers import Tiers
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals
from metrics.finding import FindingCode

from story import estimates, figures, findings
from story.chart import rates
from story.columns import Column
from story.parts import Block, Claim, Claims, Nothing, Table
from story.tiers.named import called, horizon, state
from story.vocabulary import names
from story.words import say, sentences

_TOPICS = {
    FindingCode.TIER_RATES_CHANGED: _("Against the period before."),
    FindingCode.TIER_RATES_STEADY: _("Against the period before."),
    FindingCode.TIER_PERIODS_DIFFER: _("Through time."),
    FindingCode.TIER_PERIODS_ALIKE: _("Through time."),
    FindingCode.TIER_BRANCHES_DIFFER: _("Among branches."),
    FindingCode.TIER_BRANCHES_ALIKE: _("Among branches."),
    FindingCode.TIER_ORDER_ONE: _("What came before."),
    FindingCode.TIER_ORDER_CLOCK: _("What came before."),
    FindingCode.TIER_ORDER_HISTORY: _("What came before."),
    FindingCode.TIER_ORDER_NO_CLOCK: _("What came before."),
}


def trend(answer: Tiers) -> Block:
    """The rates of rising and slipping by the month in which the horizon ends."""
    of = answer.trend
    up, down = say("rose"), say("slipped")
    heading = say("Rising and slipping, month by month")
    if len(of.ends) < 2:
        return Block(heading, "", Nothing(say("One month is no course yet.")))
    shown = rates.chart(
        of.ends,
        {
            up: (of.up, "better", _hover(answer, up, of.up)),
            down: (of.down, "worse", _hover(answer, down, of.down)),
        },
        [(name, season.first, season.last) for name, season in zip(_names(of.seasons), of.seasons, strict=True)],
        [(name, ran.first, ran.last) for name, ran in zip(_names(of.campaigns), of.campaigns, strict=True)],
        alt_text=say("Share of customers who rose and who slipped, by month."),
        key="trend",
    )
    caption = sentences(
        [
            say(
                "Customers who rose and who slipped within {months}, % of those at the start, by the month of the end",
                months=horizon(answer.choice.months),
            ),
            say("95 % intervals; neighbouring months share most of their customers and days")
            if answer.choice.months > 1
            else say("95 % intervals"),
            say("bands: seasons, strokes: campaigns that ran"),
            say("the latest {n} campaigns", n=len(of.campaigns)) if of.left_out else "",
        ]
    )
    return Block(heading, caption, shown)


def _names(things: tuple[object, ...]) -> list[str]:
    return names([str(thing.name) for thing in things])  # type: ignore[attr-defined]


def _hover(answer: Tiers, name: str, of: Intervals) -> list[str]:
    return [
        say(
            "{month}: {name} {share} ({limits})",
            month=figures.month(day),
            name=name,
            share=estimates.value(of, row, Unit.SHARE),
            limits=estimates.limits(of, row, Unit.SHARE),
        )
        for row, day in enumerate(answer.trend.ends)
    ]


def forecast(answer: Tiers) -> Block:
    """Customers in each tier one horizon on, beside what the same would have said of now."""
    of, order, months = answer.forecast, answer.order, horizon(answer.choice.months)
    moves = answer.moves
    then, now = moves.departures[0].sum(axis=1), moves.continuing[0].sum(axis=0) + moves.entries[0]
    columns = [
        Column(say("Tier"), [state(key) for key in order]),
        Column(figures.month(answer.start), np.asarray(then), unit=Unit.COUNT),
        Column(figures.month(answer.end), np.asarray(now), unit=Unit.COUNT),
    ]
    if of.tested is not None:
        columns.append(Column(say("Forecast for now, a period ago"), of.tested.predicted, unit=Unit.COUNT))
    columns.append(Column(say("In {months}", months=months), of.sizes, unit=Unit.COUNT))
    shown = Table(tuple(columns), say("Customers by tier, forecast"), "forecast", prose=True)
    if of.missed is None:
        tried = say("not tried: the data do not reach back two periods")
        heading = say("If the last {months} repeat themselves", months=months)
    else:
        tried = findings.sentence(of.missed, answer.currency, called(order))
        heading = _covered(answer)
    caption = sentences(
        [
            say(
                "Customers by tier if the rates and entries of the last {months} repeat themselves, 95 % limits",
                months=months,
            ),
            say("counted over {months}, never from monthly rates", months=months),
        ]
    )
    return Block(heading, caption, shown, after=tried)


def _covered(answer: Tiers) -> str:
    tested = answer.forecast.tested
    if tested is None:
        return ""
    known, inside = int(tested.predicted.known.sum()), int(tested.covered.sum())
    return say("Tried on the period before, the forecast held for {inside} of {all} tiers", inside=inside, all=known)


def trusted(answer: Tiers) -> Block:
    """Whether one set of rates tells all of it: in words."""
    names_of = called(answer.order)
    claims = tuple(
        Claim(say(_TOPICS[found.code]), findings.sentence(found, answer.currency, names_of)) for found in answer.tested
    )
    heading = say("Are these rates the same everywhere and always?")
    if not claims:
        return Block(heading, "", Nothing(say("Too few customers or months to test it.")))
    caption = say("Tests that take each move as one observation; in time the stricter reading")
    return Block(heading, caption, Claims(claims))
