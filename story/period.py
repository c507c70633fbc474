"""A period in the reader's language, and what it is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from answers.period import Comparison, Kind, Period, Season, read

from story import figures
from story.text import one_line
from story.vocabulary import names
from story.words import say, sentences


def written(key: str, seasons: Iterable[Season] = ()) -> str:
    """The period of a spelling: "2026, 3rd quarter", "year 2026", "all periods"; the spelling where it is none."""
    period = read(key, seasons)
    return named(period) if period else one_line(key)


def named(period: Period) -> str:
    """The period: "week 46 of 2026, 9 Nov to 15 Nov", "Nov 2026", "2026, 4th quarter"."""
    match period.kind:
        case Kind.WEEK:
            year, number, _ = period.first.isocalendar()
            within = period.first.year == period.last.year
            first, last = map(figures.short_day if within else figures.day, (period.first, period.last))
            return say("week {number} of {year}, {first} to {last}", number=number, year=year, first=first, last=last)
        case Kind.MONTH:
            return figures.month(period.first)
        case Kind.QUARTER:
            return figures.quarter(period.first.year, (period.first.month + 2) // 3)
        case Kind.SEASON:
            return names([period.name])[0]
        case Kind.YEAR:
            return say("year {year}", year=period.first.year)
        case Kind.ALL:
            return say("all periods")


def against(comparison: Comparison) -> str:
    """What is compared with, up to which day, and whether Spring Festival lay elsewhere.

    "against Oct 2026, up to 15 Oct 2026"
    """
    then = named(comparison.period)
    whole = comparison.until == comparison.period.last
    compared = (
        say("against {period}", period=then)
        if whole
        else say("against {period}, up to {day}", period=then, day=figures.day(comparison.until))
    )
    if comparison.festival_days == comparison.festival_days_then:
        return compared
    moved = say(
        "days around Spring Festival: {here} here, {then} then",
        here=comparison.festival_days,
        then=comparison.festival_days_then,
    )
    return sentences([compared, moved])
