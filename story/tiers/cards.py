"""The six numbers of the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from answers.period import Kind, Period
from answers.tiers.tiers import Tiers
from answers.traced import Traced
from metrics.estimate import Verdict
from metrics.tiers.transition import Movement

from story import estimates, figures
from story.cards import DASH, measured, short
from story.parts import Badge, Card
from story.words import say, sentences

SPARKLINE: Final = 16
"""Months that a card draws."""


def cards(answer: Tiers) -> list[Card]:
    """Who rose, slipped, stayed and left, the difference of the first two, and what customers hold."""
    traced = Traced(_months(answer), answer.choice.branch)
    return [replace(card, traced=traced) for card in _six(answer)]


def _months(answer: Tiers) -> Period:
    """The months of the horizon, those of both ends among them."""
    after = answer.end + timedelta(days=31)
    name = say("{start} to {end}", start=figures.month(answer.start), end=figures.month(answer.end))
    return Period("", Kind.SEASON, answer.start, after.replace(day=1) - timedelta(days=1), name)


def _six(answer: Tiers) -> list[Card]:
    return [
        _movement(answer, Movement.UPGRADE, say("Rose"), "upgrade_rate"),
        _movement(answer, Movement.DOWNGRADE, say("Slipped"), "downgrade_rate"),
        _net(answer),
        _movement(answer, Movement.STAY, say("Stayed"), "stay_rate"),
        _movement(answer, Movement.EXIT, say("Left"), "exit_rate"),
        _assets(answer),
    ]


def _movement(answer: Tiers, movement: Movement, name: str, key: str) -> Card:
    counted = say(
        "{part} of {whole}",
        part=figures.number(float(answer.moves.of_movement(movement).sum())),
        whole=figures.number(float(answer.moves.base.sum())),
    )
    drawn = {Movement.UPGRADE: answer.trend.up, Movement.DOWNGRADE: answer.trend.down}.get(movement)
    history = None if drawn is None else [float(value) for value in drawn.estimate[-SPARKLINE:] if value == value]
    return measured(
        name,
        key,
        answer.rates[movement],
        [counted],
        answer.currency,
        history=history if history and len(history) > 1 else None,
        shown_by="matrix",
    )


def _net(answer: Tiers) -> Card:
    """In customers, for the sign is the message."""
    said = say("Customers who rose less customers who slipped.")
    net = answer.net.scaled(float(answer.moves.base.sum()))
    if not net.known[0]:
        return Card(say("Net moves"), DASH, estimates.why(net, 0), said, key="net_upgrade_rate", shown_by="lines")
    low, high = (figures.number(float(limit[0]), signed=True) for limit in (net.low, net.high))
    number = figures.number(float(net.estimate[0]), signed=True)
    badge = _BADGES[Verdict(net.verdict()[0])]()
    rests_on = figures.span(low, high)
    return Card(say("Net moves"), number, rests_on, said, badge, key="net_upgrade_rate", shown_by="lines")


def _assets(answer: Tiers) -> Card:
    said = say("Monthly average of what customers hold at the end, and what became of it since the start.")
    name = say("Assets")
    if answer.bridge is None:
        return Card(name, DASH, say("not recorded"), said, key="assets_moved")
    held, currency = answer.bridge, answer.currency
    before, after, prices = (int(amounts.sum()) for amounts in (held.before, held.after, held.valuation))
    rests_on = [figures.money(after - before, currency, signed=True)]
    if held.valuation_known:
        rests_on.append(say("{amount} of it prices", amount=figures.money(prices, currency, signed=True)))
    return Card(
        name, short(figures.money(after, currency)), sentences(rests_on), said, key="assets_moved", shown_by="bridge"
    )


def _rising() -> Badge:
    return say("rising"), "blue"


def _falling() -> Badge:
    return say("falling"), "orange"


def _same() -> Badge:
    return say("no change shown"), "gray"


_BADGES = {Verdict.HIGHER: _rising, Verdict.LOWER: _falling, Verdict.NO_DIFFERENCE: _same}
