"""Six cards of a running campaign: money, hours, and what its customers bear."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np
from answers.running.running import Running
from answers.running.standing import Standing
from data_access.settings import settings
from metrics.planning.alarms import Watch

from story import figures
from story.cards import DASH
from story.parts import Badge, Card
from story.words import say, sentences


def all_six(answer: Running, one: Standing) -> tuple[Card, ...]:
    """In the order of what they cost: money, time, goodwill."""
    return (_spent(answer, one), _hours(answer, one), *_customers(answer, one), _contacts(answer, one))


MANY_OVER: Final = 0.01
"""Part of the customers over the cap of contacts from which the card is coloured."""


def _week(answer: Running, kind: str, *, recorded: bool = False) -> list[float]:
    """What each week added; noughts where nothing happened of what is recorded."""
    if answer.detail is None:
        return []
    weeks = list(answer.detail.weekly[kind])
    return weeks or [0.0] * len(answer.detail.weekly["contacted"]) * recorded


def _badge(one: Standing, watch: Watch, usual: str, signal: str) -> Badge | None:
    judged = next((found for found in one.judged if found.watch is watch), None)
    if judged is None or not isfinite(judged.p_value):
        return say("not judged yet"), "gray"
    return (signal, "orange") if judged.raised else (usual, "gray")


def _spent(answer: Running, one: Standing) -> Card:
    said = say(
        "Costs booked so far. An alarm: dearer against its own plan than finished campaigns ever let expect; judged "
        "once half of the budget is booked."
    )
    if not isfinite(one.spent):
        return Card(say("Spent"), DASH, say("no cost recorded"), said)
    of = [say("of {budget}", budget=figures.money(one.budget, answer.currency))] if isfinite(one.budget) else []
    part = [figures.percent(one.spent / one.budget)] if one.budget > 0 else []
    # Past campaigns stray as far, so that nothing is wrong; but planned it was not.
    usual = say("above the budget") if one.spent > one.budget else say("as planned")
    return Card(
        say("Spent"),
        figures.money(one.spent, answer.currency),
        sentences([*of, *part]),
        said,
        _badge(one, Watch.SPENDING, usual, say("dearer")),
        list(np.cumsum(_week(answer, "spent"))),
    )


def _hours(answer: Running, one: Standing) -> Card:
    minutes = settings().planning.minutes.get(str(one.row["channel"]), 0.0)
    said = say("Contacts made, times the minutes that the bank's settings give a customer of this channel.")
    made = _week(answer, "contacts") or _week(answer, "contacted")
    if not made:
        return Card(say("Staff hours"), DASH, say("not recorded"), said)
    if not minutes:
        return Card(say("Staff hours"), figures.number(0), say("no person serves these channels"), said)
    spent, planned = one.guardrails.contacted * minutes / 60, one.planned * minutes / 60
    return Card(
        say("Staff hours"),
        figures.number(spent),
        say("of {hours} for all customers", hours=figures.number(planned)),
        said,
        (say("{part} used", part=figures.percent(spent / planned)), "gray") if planned > 0 else None,
        list(np.cumsum(made)),
    )


def _customers(answer: Running, one: Standing) -> list[Card]:
    rails = one.guardrails
    usual, alarm = say("as usual"), say("alarm")
    scores = answer.detail.scores if answer.detail is not None else np.array([])
    answers = np.array(_week(answer, "answers"))
    means = list(np.divide(scores, answers, out=np.full(len(scores), np.nan), where=answers > 0))
    satisfied = Card(
        say("Satisfaction"),
        figures.number(rails.score, 1) if isfinite(rails.score) else DASH,
        say(
            "{answers} answers of 1 to 5 · limit {limit}",
            answers=figures.number(rails.answers),
            limit=figures.number(rails.limits[2], 1) if isfinite(rails.limits[2]) else DASH,
        )
        if rails.answers > 0
        else say("no answers of 1 to 5"),
        say("Mean of the campaign's answers. Limit: what is usual, less the fall that the settings accept."),
        _badge(one, Watch.SATISFACTION, usual, alarm),
        means,
    )
    complaints = Card(
        say("Complaints"),
        figures.number(rails.complaints) if isfinite(rails.complaints) else DASH,
        say(
            "{rate} a 1,000 contacted · limit {limit}",
            rate=figures.number(rails.complaints / rails.contacted * 1000, 1),
            limit=figures.number(rails.limits[1] * 1000, 1),
        )
        if isfinite(rails.complaints) and rails.contacted > 0
        else say("not recorded"),
        say("Filed against the campaign. Limit: what is usual, and the rise that the settings accept."),
        _badge(one, Watch.COMPLAINTS, usual, alarm),
        _week(answer, "complaints", recorded=isfinite(rails.complaints)),
    )
    opted_out = Card(
        say("Opt-outs"),
        figures.percent(rails.opted_out / rails.contacted, 1)
        if isfinite(rails.opted_out) and rails.contacted > 0
        else DASH,
        say(
            "{count} of {contacted} · limit {limit}",
            count=figures.number(rails.opted_out),
            contacted=figures.number(rails.contacted),
            limit=figures.percent(rails.limits[0], 1),
        )
        if isfinite(rails.opted_out) and rails.contacted > 0
        else say("not recorded"),
        say(
            "Customers contacted who withdrew a consent to marketing since. Limit: what is usual, and the rise that "
            "the settings accept."
        ),
        _badge(one, Watch.OPT_OUTS, usual, alarm),
        _week(answer, "opt_outs", recorded=isfinite(rails.opted_out)),
    )
    return [satisfied, complaints, opted_out]


def _contacts(answer: Running, one: Standing) -> Card:
    rails, rules = one.guardrails, settings().planning
    said = say(
        "Contacts that the bank made with the campaign's customers in the last {days} days, whatever for, a customer "
        "with any. Coloured where more than {part} of them had more than the cap.",
        days=rules.contact_days,
        part=figures.percent(MANY_OVER),
    )
    if not rails.touched > 0:
        return Card(say("Contacts"), DASH, say("not recorded"), said)
    over = int(rails.over_cap)
    return Card(
        say("Contacts"),
        figures.number(rails.contacts / rails.touched, 1),
        say("in {days} days · cap {cap}", days=rules.contact_days, cap=rules.contact_cap),
        said,
        (
            say("{count} over the cap", count=figures.number(over)),
            "orange" if over > MANY_OVER * rails.touched else "gray",
        )
        if over
        else (say("within the cap"), "gray"),
        _week(answer, "contacts"),
    )
