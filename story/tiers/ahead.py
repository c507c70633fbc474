"""Rates through time, where they lead, and how far they can be trusted."""

from __future__ import annotations

from math import isfinite, nan

import numpy as np
from answers.tiers.tiers import Tiers
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals
from metrics.finding import FindingCode

from story import estimates, figures, findings
from story.chart.over_time import rates, sizes
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
    """Customers of each tier month by month into one horizon on, with what the same would have said of now."""
    of, months = answer.forecast, horizon(answer.choice.months)
    if of.missed is None:
        tried = say("not tried: the data do not reach back two periods")
        heading = say("If the last {months} repeat themselves", months=months)
    else:
        tried = findings.sentence(of.missed, answer.currency, called(answer.order))
        heading = _covered(answer)
    rows = [_row(answer, place) for place in range(len(answer.order))]
    shown = sizes.chart(
        rows,
        of.months,
        answer.start if of.tested is not None else None,
        of.ahead,
        alt_text=sentences([heading, *(sentences([row.name, row.below]) for row in rows)]),
        key="forecast",
    )
    caption = sentences(
        [
            say(
                "Customers by tier, each on a scale of its own; the fan: if the rates and entries of the last {months} "
                "repeat themselves, 80 and 95 % limits",
                months=months,
            ),
            say("counted over {months}, never from monthly rates, so only the end of a fan is told", months=months),
            say("ring: what was expected of now a period ago, orange outside its limits") if of.tested else "",
        ]
    )
    return Block(heading, caption, shown, after=tried)


def _row(answer: Tiers, place: int) -> sizes.Row:
    of, key = answer.forecast, answer.order[place]
    wide, near = of.sizes, of.near
    named, then = state(key), figures.month(of.ahead)
    size, between = estimates.value(wide, place, Unit.COUNT), estimates.limits(wide, place, Unit.COUNT)
    ahead = (wide.low[place], near.low[place], wide.estimate[place], near.high[place], wide.high[place])
    if not wide.known[place]:
        name = say("{tier}: no forecast, {why}", tier=named, why=size)
    else:
        told = say("{value} ({limits})", value=size, limits=between) if between else size
        name = say("{tier}: {told} in {month}", tier=named, told=told, month=then)
    counted = [float(n) for n in of.counted[place]]
    missed = of.tested is not None and bool(of.tested.predicted.known[place]) and not bool(of.tested.covered[place])
    tried = of.tested.predicted if of.tested is not None else None
    return sizes.Row(
        name,
        _missed_by(answer, place),
        counted,
        [
            say("{month}: {count}", month=figures.month(day), count=figures.number(n)) if isfinite(n) else ""
            for day, n in zip(of.months, counted, strict=True)
        ],
        (float(ahead[0]), float(ahead[1]), float(ahead[2]), float(ahead[3]), float(ahead[4])),
        (float(tried.estimate[place]), float(tried.low[place]), float(tried.high[place])) if tried else (nan, nan, nan),
        missed,
        _tried(answer, place),
    )


def _tried(answer: Tiers, place: int) -> str:
    """What was expected of a tier's now, with its limits."""
    tested = answer.forecast.tested
    if tested is None or not tested.predicted.known[place]:
        return ""
    return say(
        "expected for {month}: {size} ({limits})",
        month=figures.month(answer.end),
        size=estimates.value(tested.predicted, place, Unit.COUNT),
        limits=estimates.limits(tested.predicted, place, Unit.COUNT),
    )


def _missed_by(answer: Tiers, place: int) -> str:
    """What was expected of a tier's now, and by how much that missed."""
    tested = answer.forecast.tested
    now = figures.number(float(answer.forecast.counted[place, -1]))
    if tested is None or not tested.predicted.known[place]:
        return say("now {count}", count=now)
    size, miss = estimates.value(tested.predicted, place, Unit.COUNT), float(tested.miss[place])
    told = figures.number(abs(miss))
    if told == "0":
        return say("now {count}, as expected", count=now)
    if miss > 0:
        return say("now {count}, {miss} fewer than the {size} expected", count=now, miss=told, size=size)
    return say("now {count}, {miss} more than the {size} expected", count=now, miss=told, size=size)


def numbers(answer: Tiers) -> Block:
    """The forecast as numbers, to be taken along."""
    of = answer.forecast
    columns = [
        Column(say("Tier"), [state(key) for key in answer.order]),
        Column(figures.month(answer.end), np.asarray(of.counted[:, -1]), unit=Unit.COUNT),
    ]
    if of.tested is not None:
        columns.append(Column(say("Forecast for now, a period ago"), of.tested.predicted, unit=Unit.COUNT))
        columns.append(
            Column(say("Forecast less counted"), of.tested.miss, unit=Unit.COUNT, signed=True, missing=say("none"))
        )
    columns.append(Column(figures.month(of.ahead), of.sizes, unit=Unit.COUNT))
    shown = Table(tuple(columns), say("Customers by tier, forecast"), "numbers", prose=True)
    return Block(say("The forecast in numbers"), say("Customers by tier, 95 % limits"), shown)


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
