"""What is said of a running campaign today: the decision in a few words, its reason in a sentence with the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Final

from answers.running.running import Running, kinds
from answers.running.standing import WITHIN, Phase, Standing
from metrics.catalogue.entry import marked as _
from metrics.estimate import Reason
from metrics.planning.stopping import Advice

from story import figures
from story.vocabulary import names
from story.words import language, say, say_count

DO: Final[Mapping[str, str]] = MappingProxyType(
    {
        "harm": _("stop new calls"),
        "futility": _("stop new calls"),
        "benefit": _("go on: it pays"),
        "complaints": _("look into the complaints"),
        "opt_outs": _("look into the opt-outs"),
        "satisfaction": _("look into the satisfaction"),
        "spending": _("look into the spending"),
        "behind": _("behind the forecast: change or go on"),
        "ahead": _("ahead of the forecast: change or go on"),
    }
)
"""What each kind of alarm asks."""


BRIEF: Final[Mapping[str, str]] = MappingProxyType(
    {"behind": _("behind: change or go on"), "ahead": _("ahead: change or go on")}
)
"""The same in a cell, where the kind has too many words for one."""


def name(one: Standing) -> str:
    """A campaign as the reader's language has it."""
    return names([str(one.row["name"])])[0]


def today(answer: Running, one: Standing) -> str:
    """What a campaign asks today, in a few words."""
    asked = kinds(one)
    settled = answer.settled(one)
    if settled is not None:
        return {"seen": say("seen, decide later"), "go_on": say("goes on, decided"), "stop": say("stopped, decided")}[
            str(settled.deed)
        ]
    if asked:
        return say(BRIEF.get(asked[0], DO[asked[0]]))
    if one.phase is Phase.MEASURING:
        return say("nothing; still measured")
    return say("too early to say") if one.advice is Advice.TOO_EARLY and one.progress is None else say("nothing")


def joined(sentences: Iterable[str]) -> str:
    """Whole sentences one after the other."""
    return (" " if language() == "en" else "").join(sentences)


def points(value: float) -> str:
    """Points of conversion."""
    return figures.number(value * 100, 1, signed=True)


def reason(answer: Running, one: Standing, kind: str) -> str:
    """Why a kind is raised, with its numbers."""
    rails = one.guardrails
    match kind:
        case "harm" | "futility":
            return _stops(answer, one, kind)
        case "benefit":
            return say(
                "Even the lower limit of its effect, {low} points within {days} days, lies above what pays, {line}. "
                "More customers like these can be called.",
                low=points(float(one.effect.low[0])),
                days=WITHIN,
                line=points(one.pays_from),
            )
        case "complaints":
            return say(
                "{count} complaints of {contacted} customers contacted; {limit} in 1,000 are accepted.",
                count=figures.number(rails.complaints),
                contacted=figures.number(rails.contacted),
                limit=figures.number(rails.limits[1] * 1000, 1),
            )
        case "opt_outs":
            return say(
                "{count} of {contacted} customers contacted withdrew their consent; {limit} is accepted.",
                count=figures.number(rails.opted_out),
                contacted=figures.number(rails.contacted),
                limit=figures.percent(rails.limits[0], 1),
            )
        case "satisfaction":
            return say(
                "Satisfaction is {score} of 5 in {count} answers; {limit} is accepted.",
                score=figures.number(rails.score, 1),
                count=figures.number(rails.answers),
                limit=figures.number(rails.limits[2], 1),
            )
        case "spending":
            return say(
                "{spent} was spent for what was planned at {planned}; past campaigns hardly ever strayed so far.",
                spent=figures.money(one.spent, answer.currency),
                planned=figures.money(one.booked_plan, answer.currency),
            )
        case _:
            return forecast(one)


def forecast(one: Standing) -> str:
    """Where the count stands in its forecast, and where it will end."""
    if one.progress is None:
        return say("There is nothing to hold it against: too few campaigns like it are finished.")
    now, end = one.progress.expected, one.progress.projected
    low, high, least, most = (figures.number(float(of[0])) for of in (now.low, now.high, end.low, end.high))
    told = say(
        "{count} conversions so far, where {between} were expected by day {day}; {end} are likely at the end.",
        count=figures.number(one.converted),
        between=figures.span(low, high),
        day=one.day,
        end=figures.span(least, most),
    )
    if not isfinite(one.target):
        return told
    return say(
        "{told} The target of {target} is reached with chance {chance}.",
        told=told,
        target=figures.number(one.target),
        chance=figures.chance(one.progress.chance),
    )


def effect(one: Standing) -> str:
    """What the effect so far says where it asks nothing."""
    if one.row["assignment"] != "randomised":
        return say(
            "Nobody was held out at random, so what it adds is not known; it is held against its forecast alone."
        )
    if one.row["cluster"] == "branch":
        return say("Whole branches were assigned; its effect is judged once it is over.")
    if str(one.effect.reason[0]) == Reason.NOT_RECORDED.value:
        return say("Conversions are not recorded.")
    if str(one.effect.reason[0]) == Reason.SAMPLE_RATIO.value:
        return say("The groups are not of the planned sizes, so what it added can't be told: find out why first.")
    if one.advice is None or one.advice is Advice.TOO_EARLY:
        return say("Too few customers have been watched for {days} days to tell its effect.", days=WITHIN)
    low, high = points(float(one.effect.low[0])), points(float(one.effect.high[0]))
    if one.phase is Phase.MEASURING and one.advice.stops:
        return say("Its effect, {limits} points within {days} days, stays under what pays; calls are over.",
                   limits=figures.span(low, high), days=WITHIN)  # fmt: skip
    return say(
        "Its effect, {limits} points within {days} days, leaves open whether it pays ({line}).",
        limits=figures.span(low, high),
        days=WITHIN,
        line=points(one.pays_from) if isfinite(one.pays_from) else "\N{EM DASH}",
    )


def _stops(answer: Running, one: Standing, kind: str) -> str:
    since = answer.detail.since if answer.detail is not None and one is answer.chosen else None
    day = figures.day(since or answer.as_of)
    high = points(float(one.effect.high[0]))
    if kind == "harm":
        why = say(
            "Since {day} even the upper limit of its effect, {high} points within {days} days, lies below none: "
            "customers who are called buy less.",
            day=day,
            high=high,
            days=WITHIN,
        )
    else:
        why = say(
            "Since {day} even the upper limit of its effect, {high} points within {days} days, lies under what pays, "
            "{line}.",
            day=day,
            high=high,
            days=WITHIN,
            line=points(one.pays_from),
        )
    return joined([why, saves(answer, one), say("The measurement goes on to {day}.", day=figures.day(one.until))])


def saves(answer: Running, one: Standing) -> str:
    """What stopping today saves."""
    left = one.saved
    customers = say_count("{count} customer", "{count} customers", left.customers)
    if not isfinite(left.cost):
        return say("Stopping leaves {customers} uncalled.", customers=customers)
    money = figures.money(left.cost, answer.currency)
    if left.hours < 1:
        return say("Stopping leaves {customers} uncalled and saves {money}.", customers=customers, money=money)
    return say(
        "Stopping leaves {customers} uncalled and saves {money} and {hours} staff hours.",
        customers=customers,
        money=money,
        hours=figures.number(left.hours),
    )
