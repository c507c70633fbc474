"""The cost of a plan by kind: a small table, and where what was not set comes from."""

from __future__ import annotations

from answers.plan.costs import OTHER
from answers.plan.plan import PlanAnswer
from metrics.catalogue import Unit

from story import estimates, figures
from story.columns import Column
from story.once import once
from story.parts import Block, Table
from story.vocabulary import names, term
from story.words import listed, say, sentences


@once
def block(answer: PlanAnswer) -> Block:
    """One row a kind, the largest first."""
    total = sum(cost.amount for cost in answer.costs)
    largest = answer.costs[0]
    style = estimates.Style.of(Unit.MONEY, answer.currency, largest.amount)
    heading = say(
        "Largest cost: {kind}, {share}", kind=kind(largest.kind), share=figures.percent(largest.amount / total)
    )
    caption = sentences(
        [
            say("Median cost by kind, {unit}", unit=style.mark),
            say("kinds that are not set in the proportions of the past campaigns that count most"),
        ]
    )
    columns = (
        Column(say("Kind"), [kind(cost.kind) for cost in answer.costs]),
        Column(say("Cost"), [style.number(cost.amount) for cost in answer.costs]),
        Column(
            say("Per customer"),
            [figures.money(cost.amount / answer.treated, answer.currency) for cost in answer.costs],
        ),
        Column(
            say("Where from"),
            [say("set here") if cost.planned else listed(names(list(cost.like))) for cost in answer.costs],
        ),
    )
    return Block(heading, caption, Table(columns, say("Cost by kind"), "costs", prose=True))


def kind(key: str) -> str:
    """A kind of cost."""
    return say("not told apart") if key == OTHER else term(key)
