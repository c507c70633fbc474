"""What stands in a plan's way: hours, pressure, calendar, rules, and whether the control group could tell."""

from __future__ import annotations

import math

from answers.plan.plan import PlanAnswer
from metrics.planning.assignment import shared_out

from story import figures
from story.columns import Column
from story.once import once
from story.parts import Block, Table
from story.vocabulary import term
from story.words import listed, prose, say, say_count, sentences

POWER = 0.8
"""The chance that a control group should have of showing the effect at which a plan breaks even."""


@once
def block(answer: PlanAnswer) -> Block:
    """The checks with their verdicts, and the power in one sentence."""
    rows = _rows(answer)
    blocking = [name for name, _, verdict in rows if verdict in (say("too much"), say("too late"))]
    could = answer.could_tell
    if blocking:
        heading = say("In the way: {what}", what=blocking[0])
    elif could is None:
        heading = say("What will be checked")
    elif could.customers and math.isnan(could.power):
        heading = say("Nothing blocks the plan; but no effect is large enough to pay")
    elif could.power >= POWER:
        heading = say("Nothing blocks the plan; the control is large enough")
    else:
        heading = say("Nothing blocks the plan; the control is too small")
    caption = sentences([say("Checked against today's data and the bank's own limits, again at launch")])
    columns = tuple(
        Column(name, [row[place] for row in rows])
        for place, name in enumerate((say("Check"), say("Finding"), say("Verdict")))
    )
    shown = Table(columns, say("Checks of the plan"), "checks", prose=True)
    return Block(heading, caption, shown, after=power(answer), width=5)


def power(answer: PlanAnswer) -> str:
    """What the control group could show: of all who are contacted, and of each arm."""
    return prose([_power(answer), _by_arm(answer)])


def nobody_held_out() -> str:
    """What a plan without a control is told."""
    return say("Nobody is held out, so nobody will know what the campaign added.")


def _by_arm(answer: PlanAnswer) -> str:
    could = answer.could_tell
    if could is None or not could.customers or not could.by_arm or math.isnan(could.power):
        return ""
    sizes = shared_out(answer.treated, answer.scenario.shares)
    told = [
        say(
            "{arm} ({customers} customers) {chance}",
            arm=term(arm),
            customers=figures.number(n),
            chance=figures.chance(chance),
        )
        for (arm, n), chance in zip(sizes.items(), could.by_arm, strict=True)
    ]
    return say("Each arm against that control, all of them allowed for: {arms}.", arms=listed(told))


def _power(answer: PlanAnswer) -> str:
    could = answer.could_tell
    if could is None or answer.fan is None:
        return ""
    effect = figures.number(could.break_even * 100, 1, signed=True)
    if not could.customers:
        return nobody_held_out()
    if math.isnan(could.power):
        return say("No effect is large enough to pay, so there is none to show.")
    shown = say(
        "A control of {customers} would show the break-even effect of {effect} points with chance {chance}",
        customers=figures.number(could.customers),
        effect=effect,
        chance=figures.chance(could.power),
    )
    if could.power >= POWER:
        return shown + say("; that is enough.")
    if math.isnan(could.best):
        return shown + say(
            "; no share of so few customers makes it 80 %: plan for more of them, or expect not to know."
        )
    more = say(
        "; {best} ({share} of all) would make it 80 %",
        best=figures.number(could.best_customers),
        share=figures.share(could.best),
    )
    if could.forgone > 0.5:
        more += say_count(
            " and cost about {count} conversion.", " and cost about {count} conversions.", round(could.forgone)
        )
        return shown + more
    return shown + more + say(".")


def _rows(answer: PlanAnswer) -> list[tuple[str, str, str]]:
    return [*_begun(answer), _hours(answer), _pressure(answer), _calendar(answer), _rules(answer), *_money(answer)]


def _begun(answer: PlanAnswer) -> list[tuple[str, str, str]]:
    """A first day that is over: what is frozen now was not said before."""
    if answer.scenario.starts_on > answer.as_of:
        return []
    told = say(
        "{first}, and the data go to {last}: frozen now, it is no forecast of what began before",
        first=figures.day(answer.scenario.starts_on),
        last=figures.day(answer.as_of),
    )
    return [(say("First day"), told, say("too late"))]


def _hours(answer: PlanAnswer) -> tuple[str, str, str]:
    hours = answer.capacity
    name = say("Staff hours")
    needed = figures.number(hours.needed)
    if not hours.needed:
        return name, say("no person serves these channels"), say("fits")
    if math.isnan(hours.free):
        return name, say("{needed} hours needed; who is posted where is not recorded", needed=needed), say("not known")
    free = figures.number(hours.free)
    told = (
        say("{needed} of {free} free hours", needed=needed, free=free)
        if answer.scenario.hours is None
        else say("{needed} of the {free} hours set here", needed=needed, free=free)
    )
    return name, told, say("fits") if hours.needed <= hours.free else say("too much")


def _pressure(answer: PlanAnswer) -> tuple[str, str, str]:
    told = say(
        "at most {cap} in {days} days; {count} customers left out",
        cap=answer.rules.contact_cap,
        days=answer.rules.contact_days,
        count=figures.number(answer.audience.left_out.get("pressure", 0)),
    )
    known = "pressure" not in answer.audience.untold
    name = say("Contact pressure")
    return (name, told, say("fits")) if known else (name, say("contacts are not recorded"), say("not known"))


def _calendar(answer: PlanAnswer) -> tuple[str, str, str]:
    hours = answer.capacity
    days = say_count("{count} working day", "{count} working days", hours.working_days)
    if hours.festival is None:
        return say("Calendar"), days, say("fits")
    first, last = hours.festival
    off = say("bank holiday {first} to {last}", first=figures.short_day(first), last=figures.short_day(last))
    return say("Calendar"), sentences([days, off]), say("allowed for")


def _rules(answer: PlanAnswer) -> tuple[str, str, str]:
    kinds = ("do_not_contact", "no_consent", "not_rated", "risk")
    out = sum(answer.audience.left_out.get(kind, 0) for kind in kinds)
    told = say("{count} customers left out, as judged today", count=figures.number(out))
    if set(kinds) & set(answer.audience.untold):
        return say("Suitability, consent"), sentences([told, say("not everything is recorded")]), say("not known")
    return say("Suitability, consent"), told, say("fits")


def _money(answer: PlanAnswer) -> list[tuple[str, str, str]]:
    if answer.scenario.budget is None or math.isnan(answer.chance_budget):
        return []
    told = say(
        "{budget}; kept in {chance} of outcomes",
        budget=figures.money(float(answer.scenario.budget), answer.currency),
        chance=figures.chance(answer.chance_budget),
    )
    half = 0.5
    return [(say("Budget"), told, say("fits") if answer.chance_budget >= half else say("too much"))]
