"""The summary: six numbers, what changed and why, the bridge of the balance, campaigns and regions as intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from answers.campaigns.overview import Campaigns
from answers.summary import year
from answers.summary.summary import Money, Movement, Satisfaction, Summary
from answers.summary.year import YearReach
from answers.traced import Traced
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Verdict
from metrics.inference.satisfaction import top_two_box
from metrics.week.control_chart import Rule

from story import estimates, figures, findings, period
from story.campaigns import overview as campaigns
from story.campaigns import plots as campaign_plots
from story.cards import DASH, measured, short
from story.once import once
from story.parts import Badge, Card, Story
from story.summary import claims, regions
from story.summary import year as year_story
from story.summary.tier_names import tier_and_up
from story.tiers import balance
from story.words import prose, say, say_count, sentences

SPARKLINE = 16
"""Months that a card draws."""


def tell(answer: Summary, reach: YearReach | None = None) -> Story:
    """The summary in the reader's language.

    Args:
        answer: The summary.
        reach: The year beside its target; without a target if None.
    """
    told = _told(answer)
    own = year.without_target(answer.money.year if answer.money else None) if reach is None else reach
    block = None if own is None else year_story.block(own, answer.currency)
    if own is None or block is None:
        return told
    *rows, last = told.rows
    beside = [(*last, block)] if rows and len(last) == 1 else [last, (block,)]
    return replace(told, rows=(*rows, *beside), cards=tuple(year_story.on_card(card, own) for card in told.cards))


@once
def _told(answer: Summary) -> Story:
    """The story without what the year is to reach."""
    called = {str(key): name for key, name in campaigns.called(answer.programme).items()}
    returns = campaign_plots.returns(answer.programme)
    evidence = [
        *([balance.block(answer.movement.bridge, answer.currency, width=5)] if answer.movement else []),
        *([returns] if returns else []),
        *([regions.block(answer.regions)] if answer.regions else []),
    ]
    pairs = [tuple(evidence[place : place + 2]) for place in range(0, len(evidence), 2)]
    return Story(
        findings.headline(answer.found, answer.currency, called, statements=2),
        tuple(_facts(answer)),
        cards=tuple(_cards(answer)),
        rows=((claims.block(answer, called),), *pairs),
        choice=tuple(_chosen(answer)),
        currency=answer.currency,
        traced=Traced(answer.programme.looked_at, answer.choice.branch),
    )


def _chosen(answer: Summary) -> list[str]:
    return [
        period.named(answer.programme.looked_at),
        *([campaigns.branches(answer.branches)] if answer.branches else [say("whole bank")]),
    ]


def _facts(answer: Summary) -> list[str]:
    """What the headline rests on."""
    facts = [*_chosen(answer), *([period.against(answer.comparison)] if answer.comparison else [])]
    return [*facts, say("balances up to {month}", month=figures.month(answer.balances))] if answer.balances else facts


def _cards(answer: Summary) -> list[Card]:
    together, scores, currency = answer.programme.together, answer.programme.scores, answer.currency
    judged = int(scores["roi_incremental"].known.sum())
    return [
        _money(answer.money, currency),
        _programme(answer.programme, currency),
        _upper(answer.movement),
        _satisfied(answer.satisfaction, currency),
        measured(
            say("Budget used"),
            "budget_used",
            together["budget_used"],
            _plan(together, currency),
            currency,
            definition=say(
                "Cost booked of campaigns with a plan, of all that was planned for them. "
                "A plan comes with the feed: planned_amount of campaign_cost."
            ),
            shown_by="returns",
            traced=answer.programme.traced,
            unit=Unit.SHARE,
        ),
        Card(
            say("Judged"),
            say("{part} of {whole}", part=judged, whole=len(scores)),
            say_count("{count} without a number", "{count} without a number", len(scores) - judged)
            if len(scores) > judged
            else say("all campaigns of the period"),
            say("Campaigns of the period whose return could be set against a control group, of all of them."),
            key="roi_incremental",
            shown_by="returns",
            traced=answer.programme.traced,
        ),
    ]


def _programme(programme: Campaigns, currency: str) -> Card:
    """What the programme added: by the customers held out from all of it, else campaign by campaign."""
    together, whole = programme.together, programme.holdouts.measured
    cost, added = together["judged_cost"], together["contribution_added"]
    by_campaign = say(
        "Contribution that the judged campaigns added against their control groups, campaign by campaign."
    )
    if whole is None:
        spent = [say("cost {amount}", amount=estimates.value(cost, 0, Unit.MONEY, currency))] if cost.known[0] else []
        definition = by_campaign
    else:
        held_out = figures.number(float(programme.holdouts.held_out.sum()))
        spent = [say("against {n} held out", n=held_out)]
        definition = say(
            "Contribution of all customers whom the programme was open to, beyond what those brought who were held out "
            "from everything."
        )
        if added.known[0]:
            summed = estimates.value(added, 0, Unit.MONEY, currency, signed=True)
            each = say("Campaign by campaign, against their own control groups: {amount}.", amount=summed)
            definition = prose([definition, each])
    card = measured(
        say("Programme adds"),
        "contribution",
        added if whole is None else whole,
        spent,
        currency,
        shown_by="returns",
        traced=programme.traced,
        definition=definition,
        signed=True,
    )
    # The rows of a holdout are no campaign's: Compare shows them.
    return card if whole is None else replace(card, key="", shown_by="")


def _plan(together: Mapping[str, Intervals], currency: str) -> list[str]:
    """What the budget is; where part of the plan is still to be booked, how much was planned for what is."""
    planned, due = together["planned_cost"], together["planned_for_booked"]
    if not planned.known[0]:
        return []
    of = say("of {amount} planned", amount=estimates.value(planned, 0, Unit.MONEY, currency))
    share = float(due.estimate[0] / planned.estimate[0])
    if share >= 1:
        return [of]
    return [of, say("{share} planned for what is booked", share=figures.percent(share))]


def _money(money: Money | None, currency: str) -> Card:
    name = say("Net new money")
    said = say(
        "Money that came into the bank less money that left it; what customers moved between products is neither."
    )
    if money is None or math.isnan(money.total):
        return Card(name, DASH, say("not recorded"), said)
    then = "" if math.isnan(money.then) else figures.money(money.then, currency, signed=True)
    rests_on = say("then {amount}", amount=then) if then else ""
    history = [float(value) for value in money.chart.value[-SPARKLINE:]]
    return Card(
        name,
        short(figures.money(money.total, currency, signed=True)),
        rests_on,
        said,
        _signal(money),
        history if all(map(math.isfinite, history)) else None,
        "net_new_money",
        (money.total, math.nan, math.nan),
        shown_by="bridge",
        tables=("asset_flow",),
    )


def _signal(money: Money) -> Badge:
    """The first month of the period in which a rule fired; the period's months set no limits themselves."""
    for place in np.flatnonzero(~money.chart.baseline):
        rule = Rule(money.chart.rule[place])
        if rule not in (Rule.USUAL, Rule.NOT_JUDGED):
            month = figures.month(money.months[place])
            if money.chart.above[place]:
                return say("above usual in {month}", month=month), "blue"
            return say("below usual in {month}", month=month), "orange"
    judged = money.chart.rule[~money.chart.baseline] != Rule.NOT_JUDGED
    return (say("as usual") if judged.any() else say("too few months to judge")), "gray"


def _upper(movement: Movement | None) -> Card:
    said = say("Customers in the upper tiers at the end; net: those who rose a tier less those who slipped one.")
    if movement is None:
        return Card(say("Upper tiers"), DASH, say("not recorded"), said)
    net = movement.net
    moved = [
        say("net {share} points", share=estimates.value(net, 0, Unit.POINTS)),
        estimates.limits(net, 0, Unit.POINTS),
        say("of {n}", n=figures.number(float(net.n[0]))),
    ]
    history = [value for value in movement.customers[-SPARKLINE:] if math.isfinite(value)]
    return Card(
        tier_and_up(movement.upper[0]) if movement.upper else say("Upper tiers"),
        figures.number(movement.customers[-1]) if math.isfinite(movement.customers[-1]) else DASH,
        sentences(moved) if net.known[0] else estimates.why(net, 0),
        said,
        _moved(net),
        history if len(history) > 1 else None,
        "net_upgrade_rate",
        shown_by="bridge",
    )


def _moved(net: Intervals) -> Badge | None:
    return {
        Verdict.HIGHER: (say("rising"), "blue"),
        Verdict.LOWER: (say("falling"), "orange"),
        Verdict.NO_DIFFERENCE: (say("no change shown"), "gray"),
    }.get(Verdict(net.verdict()[0]))  # type: ignore[return-value]


def _satisfied(satisfaction: Satisfaction | None, currency: str) -> Card:
    if satisfaction is None:
        return Card(say("Satisfied"), DASH, say("not recorded"), "")
    share = top_two_box(satisfaction.now)
    return measured(
        say("Satisfied"),
        "top_two_box",
        share,
        [say("{n} answers", n=figures.number(float(satisfaction.now.n[0])))],
        currency,
        badge=_moved(satisfaction.change),
        history=satisfaction.history[-SPARKLINE:] if len(satisfaction.history) > 1 else None,
    )
