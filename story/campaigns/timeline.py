"""What ran when: campaigns by what they were for, before the bank's seasons and the holidays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
from answers.campaigns.calendar import last_days
from answers.campaigns.overview import COUNTING, NEVER, Campaigns, maturity
from metrics.campaigns import verdict
from metrics.catalogue.entry import marked as _
from metrics.inference.comparison.verdict import Grade

from story import figures
from story.campaigns import columns
from story.chart import theme
from story.chart.over_time import timeline
from story.chart.over_time.timeline import Bar, Span
from story.parts import Block, Opens
from story.vocabulary import names, term
from story.words import listed, number_word, opened, say, say_count, sentences

HOLIDAYS: Final = {
    "new_year": _("New Year's Day"),
    "spring_festival": _("Spring Festival"),
    "tomb_sweeping": _("Tomb-Sweeping Day"),
    "labour_day": _("Labour Day"),
    "dragon_boat": _("Dragon Boat Festival"),
    "mid_autumn": _("Mid-Autumn Festival"),
    "national_day": _("National Day"),
}

_OBJECTIVES: Final = ("acquire", "activate", "retain", "grow")


def block(answer: Campaigns) -> Block:
    """The campaigns as bars; the latest `timeline.MOST` of them, if there are more."""
    called, until = names(list(answer.listed["name"])), last_days(answer.listed)
    starts, ends = (list(answer.listed[name].dt.date) for name in ("starts_on", "ends_on"))
    grades, stands = answer.scores.verdicts[verdict.RETURN].grade, maturity(answer.scores)
    returned = columns.return_verdicts(answer)
    latest = sorted(range(len(called)), key=lambda row: starts[row], reverse=True)[: timeline.MOST]
    bars: dict[str, list[Bar]] = {}
    for row in latest:
        hollow = str(grades[row]) == Grade.NOT_JUDGED
        days = say("{first} to {last}", first=figures.day(starts[row]), last=figures.day(ends[row]))
        bar = Bar(
            called[row],
            starts[row],
            ends[row],
            until[row],
            theme.role_of(str(grades[row])),
            hollow,
            sentences([days, _stands(str(stands[row]), until[row], returned[row])]),
            row,
        )
        bars.setdefault(str(answer.listed["objective"].iloc[row]), []).append(bar)
    groups = [
        (sentences([opened(term(key)), str(len(bars[key]))]), bars[key])
        for key in sorted(bars, key=lambda key: _OBJECTIVES.index(key) if key in _OBJECTIVES else len(_OBJECTIVES))
    ]
    calendar, heading = answer.calendar, _heading(starts, ends, called, answer.calendar.first, answer.calendar.last)
    holidays = [
        Span(listed(say(HOLIDAYS[name]) for name in one.names), one.first, one.last) for one in calendar.holidays
    ]
    seasons = names([one.name for one in calendar.seasons])
    chart = timeline.chart(
        groups,
        calendar.first,
        calendar.last,
        seasons=[Span(name, one.first, one.last) for name, one in zip(seasons, calendar.seasons, strict=True)],
        holidays=holidays,
        today=(answer.as_of, say("data as of {day}", day=figures.day(answer.as_of))),
        alt_text=say("Timeline of {n} campaigns. {finding}.", n=len(latest), finding=heading),
        key="timeline",
        opens=Opens("campaign", "campaign", tuple(str(campaign) for campaign in answer.listed["campaign_id"])),
    )
    left = len(called) - len(latest)
    return Block(
        heading,
        sentences(
            [
                say("Bars from the first to the last day, thin lines until the last customer can still buy"),
                say("coloured where the return paid or lost; outlined: no return can be told, or not yet"),
                *([say("behind them the bank's seasons")] if calendar.seasons else []),
                *([say("grey: official holidays")] if holidays else []),
                *(
                    [say_count("{count} earlier one is in the table", "{count} earlier ones are in the table", left)]
                    if left
                    else []
                ),
            ]
        ),
        chart,
        hint=say("Click a bar to open its campaign"),
    )


def _stands(stands: str, until: date, returned: str) -> str:
    """How far a campaign has come, in words."""
    if stands == COUNTING:
        return say("counting until {day}", day=figures.day(until))
    return (
        say("cannot be judged: {reason}", reason=returned)
        if stands == NEVER
        else say("return: {verdict}", verdict=returned)
    )


def _heading(starts: list[date], ends: list[date], called: list[str], first: date, last: date) -> str:
    """When most campaigns ran at once; of one campaign, when it ran."""
    if len(called) == 1:
        return say(
            "{name} ran from {first} to {last}",
            name=called[0],
            first=figures.day(starts[0]),
            last=figures.day(ends[0]),
        )
    most, days = most_at_once(starts, ends, first, last)
    return say_count(
        "No two campaigns ran at once",
        "At most {word} campaigns ran at once, from {first} to {last}",
        most,
        word=number_word(most),
        first=figures.day(days[0]),
        last=figures.day(days[1]),
    )


def most_at_once(starts: list[date], ends: list[date], first: date, last: date) -> tuple[int, tuple[date, date]]:
    """How many ran at once at most between two days, and the first run of days on which they did.

    >>> day = lambda number: date(2026, 1, number)
    >>> most_at_once([day(1), day(3), day(9)], [day(5), day(8), day(9)], day(1), day(31))
    (2, (datetime.date(2026, 1, 3), datetime.date(2026, 1, 5)))
    """
    change = np.zeros((last - first).days + 2, dtype=np.int64)
    for start, end in zip(starts, ends, strict=True):
        if start <= last and end >= first:
            change[max((start - first).days, 0)] += 1
            change[min((end - first).days, (last - first).days) + 1] -= 1
    running = change.cumsum()[:-1]
    most = int(running.max())
    at = int(running.argmax())
    over = np.flatnonzero(running[at:] < most)
    until = at + (int(over[0]) if len(over) else len(running) - at) - 1
    return most, (first + timedelta(days=at), first + timedelta(days=until))
