"""What time of staff a campaign took: by role, and for one contact and one conversion."""

from __future__ import annotations

import math

import numpy as np
from answers.campaigns.campaign import Campaign
from metrics.campaigns.staff_time import StaffTime
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason

from story import figures
from story.columns import Column
from story.parts import Block, Nothing, Table
from story.vocabulary import term
from story.words import opened, say, sentences


def block(answer: Campaign) -> Block:
    """A column a role and one for all of them, which a phone can show."""
    time = answer.time.time
    if time is None:
        return Block(
            say("Staff time"),
            "",
            Nothing(
                say("No member of staff was to serve its customers, or that is not recorded."),
                say("Who serves whom comes from the feed campaign_member, column staff_id."),
            ),
        )
    names = [
        *(opened(term(role)) if role else say("Role not recorded") for role in time.role[:-1]),
        say("All roles"),
    ]
    units, rows = _rows(time)
    columns = (
        Column(say("Staff time"), [name for name, _ in rows]),
        *(Column(name, _of_role([each for _, each in rows], place), units) for place, name in enumerate(names)),
    )
    caption = sentences(
        [
            say("Hours: customers to be served, and contacts made, times the minutes set for one in their channel"),
            say("the booked cost shared out by hours used"),
            say("a conversion: customers whose window has closed, 95 % interval"),
        ]
    )
    table = Table(columns, say("Staff time of the campaign"), "staff_time", prose=True)
    return Block(_heading(answer, time), caption, table, after=_beside(answer, time))


def _heading(answer: Campaign, time: StaffTime) -> str:
    planned, used = float(time.planned[-1]), float(time.used[-1])
    if math.isnan(used):
        return say("{planned} hours planned; contacts are not recorded", planned=figures.number(planned))
    if not planned:
        return say("{used} hours of staff time, none planned", used=figures.number(used))
    return say(
        "{used} of {planned} hours used, {share}",
        used=figures.number(used),
        planned=figures.number(planned),
        share=figures.percent(used / planned),
    )


def _beside(answer: Campaign, time: StaffTime) -> str:
    """What one hour was booked at, and what was timed."""
    used, told = float(time.used[-1]), answer.time
    parts: list[str] = []
    if used > 0 and math.isfinite(told.actual):
        parts.append(say("booked at {amount} an hour", amount=figures.money(told.actual / used, answer.currency)))
    if told.steps > 0:
        parts.append(
            say(
                "timed in the branch: {hours} hours in {n} steps with its customers",
                hours=figures.number(told.hours, 0 if told.hours >= 10 else 1),
                n=figures.number(told.steps),
            )
        )
    return opened(sentences(parts))


def _rows(time: StaffTime) -> tuple[tuple[Unit, ...], list[tuple[str, Intervals]]]:
    rows = [
        (say("Customers to serve"), Unit.COUNT, _exact(time.assigned)),
        (say("Contacts made"), Unit.COUNT, _exact(time.contacts)),
        (say("Hours planned"), Unit.COUNT, _exact(time.planned)),
        (say("Hours used"), Unit.COUNT, _exact(time.used)),
        (say("Cost of time"), Unit.MONEY, _exact(time.cost)),
        (say("Cost of one contact"), Unit.MONEY, _exact(time.per_contact)),
        (say("Hours for a conversion"), Unit.SCORE, time.hours_per_conversion),
        (say("Cost of a conversion"), Unit.MONEY, time.cost_per_conversion),
    ]
    return tuple(unit for _, unit, _ in rows), [(name, numbers) for name, _, numbers in rows]


def _exact(values: np.ndarray) -> Intervals:
    reason = np.where(np.isnan(values), Reason.NOT_RECORDED.value, Reason.NONE.value)
    return Intervals.of(values, values, values, n=np.nan_to_num(values), reason=reason)


def _of_role(rows: list[Intervals], place: int) -> Intervals:
    """One role's numbers, one below the other."""
    return Intervals.of(
        [each.estimate[place] for each in rows],
        [each.low[place] for each in rows],
        [each.high[place] for each in rows],
        n=[each.n[place] for each in rows],
        reason=[str(each.reason[place]) for each in rows],
    )
