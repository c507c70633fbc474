"""The six numbers of the page."""

from __future__ import annotations

from typing import Final

from answers.tiers.tiers import Tiers
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
    )


def _net(answer: Tiers) -> Card:
    """In customers, for the sign is the message."""
    said = say("Customers who rose less customers who slipped.")
    net = answer.net.scaled(float(answer.moves.base.sum()))
    if not net.known[0]:
        return Card(say("Net moves"), DASH, estimates.why(net, 0), said)
    low, high = (figures.number(float(limit[0]), signed=True) for limit in (net.low, net.high))
    number = figures.number(float(net.estimate[0]), signed=True)
    return Card(say("Net moves"), number, figures.span(low, high), said, _BADGES[Verdict(net.verdict()[0])]())


def _assets(answer: Tiers) -> Card:
    said = say("Monthly average of what customers hold at the end, and what became of it since the start.")
    name = say("Assets")
    if answer.bridge is None:
        return Card(name, DASH, say("not recorded"), said)
    held, currency = answer.bridge, answer.currency
    before, after, prices = (int(amounts.sum()) for amounts in (held.before, held.after, held.valuation))
    rests_on = [figures.money(after - before, currency, signed=True)]
    if held.valuation_known:
        rests_on.append(say("{amount} of it prices", amount=figures.money(prices, currency, signed=True)))
    return Card(name, short(figures.money(after, currency)), sentences(rests_on), said)


def _rising() -> Badge:
    return say("rising"), "blue"


def _falling() -> Badge:
    return say("falling"), "orange"


def _same() -> Badge:
    return say("no change shown"), "gray"


_BADGES = {Verdict.HIGHER: _rising, Verdict.LOWER: _falling, Verdict.NO_DIFFERENCE: _same}
