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
from story.words import listed, prose, say, sentences

SMALL = 0.02
"""Part of the budget below which a move is none."""


def blocks(split: Split, currency: str, branches: Mapping[str, str]) -> tuple[Block, Block]:
    """The split as dots, and what the last unit of money brings.

    Args:
        split: The answer.
        currency: Of all amounts.
        branches: Names by identifier.
    """
    called = _called(split, branches)
    moved = split.best - split.own
    largest = float(max(split.own.max(), split.best.max()))
    style = estimates.Style.of(Unit.MONEY, currency, largest)
    to, away = int(moved.argmax()), int(moved.argmin())
    if moved[to] > SMALL * split.budget:
        heading = say(
            "As the past went: {amount} from {one} to {other}",
            amount=figures.money(float(min(moved[to], -moved[away])), currency),
            one=called[away],
            other=called[to],
        )
    else:
        heading = say("As the past went, no other split brings more")
    caption = sentences(
        [
            say("Spend by cell, {unit}", unit=style.mark),
            say("each customer through one channel")
            if split.by == "tier"
            else say("each channel by itself: a customer reached by two costs twice"),
        ]
    )
    written = [
        say("{own} planned, {best} proposed", own=style.number(own), best=style.number(best))
        for own, best in zip(split.own, split.best, strict=True)
    ]
    shown = chart.chart(
        called,
        split.own / style.divisor,
        split.best / style.divisor,
        split.last / style.divisor,
        written,
        words=(say("last edition"), say("as planned"), say("proposed")),
        alt_text=sentences([heading, listed(f"{a}: {b}" for a, b in zip(called, written, strict=True))]),
        key="split",
    )
    return Block(heading, caption, shown, width=5), _marginal(split, called, currency)


def _marginal(split: Split, called: list[str], currency: str) -> Block:
    unit = figures.one_unit(currency)
    gain = estimates.value(split.gain, 0, Unit.MONEY, currency)
    limits = estimates.limits(split.gain, 0, Unit.MONEY, currency)
    heading = say("It brings about {gain} more ({limits}), if the past is a guide", gain=gain, limits=limits)
    if split.gain.estimate.item() <= SMALL * split.budget:
        heading = say("It brings no more than the plan")
    elif split.gain.low.item() <= 0:
        heading = say("It may bring {gain} more ({limits}), or nothing", gain=gain, limits=limits)
    caption = sentences(
        [
            say("What the last {unit} brings in contribution of all sales, {unit}", unit=unit),
            say("80 % limits of what history leaves open"),
            say("nobody randomised past spending: a description, no proof"),
        ]
    )
    order: list[int] = np.argsort(-np.nan_to_num(split.best), kind="stable").tolist()
    told = [
        (
            called[at],
            _number(float(split.own_marginal[at]), float(split.own[at])),
            _number(float(split.best_marginal[at]), float(split.best[at])),
        )
        for at in order
    ]
    columns = tuple(
        Column(name, [row[place] for row in told])
        for place, name in enumerate((say("Cell"), say("as planned"), say("proposed")))
    )
    return Block(
        heading, caption, Table(columns, say("What the last unit brings"), "last_unit", prose=True),
        after=_experiment(split, called, currency), width=4,
    )  # fmt: skip


def _number(marginal: float, spend: float) -> str:
    """What the last unit brings; nothing is said where none is spent, or of which history cannot say."""
    if np.isnan(marginal):
        return say("not known") if spend > 0 else DASH
    return figures.number(marginal, 1)


def _experiment(split: Split, called: list[str], currency: str) -> str:
    """Where history cannot say, and what would."""
    told: list[str] = []
    if split.untold:
        cells = listed(called[-len(split.untold) :])
        told.append(say("{cells}: one customer always cost the same, so history cannot say.", cells=cells))
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


def _called(split: Split, branches: Mapping[str, str]) -> list[str]:
    parts = [branches.get(part, part) if split.by == "branch_id" else tier(part) for part, _ in split.cells]
    shown = names(parts) if split.by == "branch_id" else parts
    return [
        say("{part}, {channel}", part=part, channel=term(channel))
        for part, (_, channel) in zip(shown, split.cells, strict=True)
    ]
