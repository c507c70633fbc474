"""Where the budget would go if the past is a guide, and where the past cannot say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from answers.plan.split import Split
from metrics.catalogue import Unit

from story import estimates, figures
from story.cards import DASH
from story.chart import split as chart
from story.columns import Column
from story.parts import Block, Table
from story.summary.tier_names import tier
from story.vocabulary import names, term
from story.words import listed, prose, say, say_count, sentences

SMALL = 0.02
"""Part of the budget below which a move is none."""

DRAWN = 12
"""Cells that are drawn: those of which most moves; the table holds them all."""


def rows(split: Split, currency: str, branches: Mapping[str, str]) -> tuple[tuple[Block, ...], ...]:
    """The split as dots, what the last unit of money brings, and below them every cell.

    Args:
        split: The answer.
        currency: Of all amounts.
        branches: Names by identifier.
    """
    called = _called(split, branches)
    return (_dots(split, called, currency), _marginal(split, called, currency)), (every(split, currency, branches),)


def _drawn(split: Split) -> list[int]:
    """Those of which most moves first; among others the largest."""
    moved = np.abs(split.best - split.own)
    return np.lexsort((-split.own, -moved))[:DRAWN].tolist()


def _dots(split: Split, called: list[str], currency: str) -> Block:
    moved = split.best - split.own
    order = _drawn(split)
    largest = float(max(split.own[order].max(), split.best[order].max()))
    style = estimates.Style.of(Unit.MONEY, currency, largest)
    to, away = int(moved.argmax()), int(moved.argmin())
    if moved[to] > SMALL * split.budget:
        heading = say(
            "As the past went: {amount} from {one} to {other}",
            amount=figures.money(float(min(moved[to], -moved[away])), currency),
            one=called[away],
            other=called[to],
        )
    elif (together := float(np.maximum(moved, 0.0).sum())) > SMALL * split.budget:
        heading = say("As the past went: {amount} moves, in small parts", amount=figures.money(together, currency))
    else:
        heading = say("As the past went, no other split brings more")
    limits = [say("each customer through one channel")]
    if np.isfinite(split.hours):
        limits.append(say("at most {hours} staff hours", hours=figures.number(split.hours)))
    some = say("the {some} of {all} cells that move most", some=DRAWN, all=len(called)) if len(called) > DRAWN else ""
    caption = sentences([say("Spend by cell, {unit}", unit=style.mark), some, *limits])
    written = [
        say("{own} planned, {best} proposed", own=style.number(own), best=style.number(best))
        for own, best in zip(split.own[order], split.best[order], strict=True)
    ]
    names_drawn = [called[row] for row in order]
    shown = chart.chart(
        names_drawn,
        split.own[order] / style.divisor,
        split.best[order] / style.divisor,
        split.last[order] / style.divisor,
        written,
        words=(say("last edition"), say("the plan's own"), say("proposed")),
        alt_text=sentences([heading, listed(f"{a}: {b}" for a, b in zip(names_drawn, written, strict=True))]),
        key="split",
    )
    return Block(heading, caption, shown, width=5)


def _marginal(split: Split, called: list[str], currency: str) -> Block:
    unit = figures.one_unit(currency)
    gain = estimates.value(split.gain, 0, Unit.MONEY, currency)
    limits = estimates.limits(split.gain, 0, Unit.MONEY, currency)
    heading = say("It brings about {gain} more ({limits}), if the past is a guide", gain=gain, limits=limits)
    if split.short and split.gain.estimate.item() < 0:
        heading = say("The plan needs more staff hours than there are; within them, this brings most")
    elif split.gain.estimate.item() <= SMALL * split.budget:
        heading = say("It brings no more than the plan")
    elif split.gain.low.item() <= 0:
        heading = say("It may bring {gain} more ({limits}), or nothing", gain=gain, limits=limits)
    caption = sentences(
        [
            say("What the last {unit} brings in contribution of all sales, {unit}", unit=unit),
            *([say("of the whole budget {last}", last=figures.number(split.last_unit, 1))] if split.last_unit else []),
            say("80 % limits of what history leaves open"),
            say("nobody randomised past spending: a description, no proof"),
        ]
    )
    told = [
        (
            called[at],
            _number(float(split.own_marginal[at]), float(split.own[at])),
            _number(float(split.best_marginal[at]), float(split.best[at])),
        )
        for at in _drawn(split)
    ]
    columns = tuple(
        Column(name, [row[place] for row in told])
        for place, name in enumerate((say("Cell"), say("the plan's own"), say("proposed")))
    )
    return Block(
        heading, caption, Table(columns, say("What the last unit brings"), "last_unit", prose=True),
        after=_experiment(split, currency), width=4,
    )  # fmt: skip


def every(split: Split, currency: str, branches: Mapping[str, str]) -> Block:
    """All cells, the largest proposed first, and how their curves are known."""
    order: list[int] = np.lexsort((-split.own, -split.best)).tolist()
    unit = figures.one_unit(currency)
    parts, channels, places = _words(split, branches)
    part, place = _kinds(split)
    columns = (
        Column(part, [parts[at] for at in order]),
        Column(say("Channel"), [channels[at] for at in order]),
        Column(place, [places[at] for at in order]),
        Column(say("Past campaigns"), split.campaigns[order], Unit.COUNT),
        Column(say("The plan's own"), split.own[order], Unit.MONEY),
        Column(say("Proposed"), split.best[order], Unit.MONEY),
        Column(say("Last edition"), split.last[order], Unit.MONEY, missing=say("none")),
        Column(
            say("Last {unit}, the plan's own", unit=unit), split.own_marginal[order], Unit.SCORE,
            missing=[_unknown(float(split.own[at])) for at in order],
        ),
        Column(
            say("Last {unit}, proposed", unit=unit), split.best_marginal[order], Unit.SCORE,
            missing=[_unknown(float(split.best[at])) for at in order],
        ),
    )  # fmt: skip
    heading = say_count("All of it: {count} cell", "All of it: {count} cells", len(order))
    caption = sentences(
        [
            say("Costs are booked by campaign, so a curve is that of a tier or class and its channel"),
            say(
                "each place has its customers' part of it, higher or lower as it brought more or less than others in "
                "the same campaigns; few customers count little"
            ),
        ]
    )
    return Block(heading, caption, Table(columns, say("Split by cell"), "cells"))


def _number(marginal: float, spend: float) -> str:
    """What the last unit brings; nothing is said where none is spent, or of which history cannot say."""
    return _unknown(spend) if np.isnan(marginal) else figures.number(marginal, 1)


def _unknown(spend: float) -> str:
    return say("not known") if spend > 0 else DASH


def _experiment(split: Split, currency: str) -> str:
    """Where history cannot say, and what would."""
    told: list[str] = []
    if split.untold:
        pairs = listed(say("{part}, {channel}", part=_part(split, part), channel=term(channel))
                       for part, channel in split.untold)  # fmt: skip
        told.append(say("{cells}: one customer always cost the same, so history cannot say.", cells=pairs))
    if split.straight:
        told.append(say("More money was mostly more customers: history shows no diminishing return."))
    if told and split.test is not None and np.isfinite(split.test.customers):
        told.append(
            say(
                "An experiment would: two levels of cost, {customers} customers each, {amount}.",
                customers=figures.number(split.test.customers),
                amount=figures.money(split.test.cost, currency),
            )
        )
    return prose(told)


def _part(split: Split, key: str) -> str:
    return tier(key) if split.by == "tier" else term(key)


def _kinds(split: Split) -> tuple[str, str]:
    """What a part and a place are called."""
    part = say("Tier") if split.by == "tier" else say("Class")
    return part, say("Branch") if split.place == "branch_id" else say("Region")


def _words(split: Split, branches: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Parts, channels and places as the reader's language has them."""
    places = names([branches.get(place, place) for _, _, place in split.cells])
    return [_part(split, one[0]) for one in split.cells], [term(one[1]) for one in split.cells], places


def _called(split: Split, branches: Mapping[str, str]) -> list[str]:
    return [
        say("{part}, {channel}, {place}", part=part, channel=channel, place=place)
        for part, channel, place in zip(*_words(split, branches), strict=True)
    ]
