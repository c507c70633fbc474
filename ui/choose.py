"""The filters of the pages: what a viewer may choose, drawn, and what they chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from answers.campaigns.overview import Choice, Offered
from answers.people import choice as people_offered
from answers.period import Against
from answers.summary import summary as summaries
from answers.week.to_do import ToDo
from answers.week.week import Choice as WeekAsked
from story import period
from story.vocabulary import TERMS, names, term
from story.week.charts import by_names
from story.week.to_do import kinds, page_written
from story.week.week import written as week_written
from story.words import say

from ui import filters
from ui.filters import Filter

EVERY = "all"
PAGE_DIGITS: Final = 7


def campaigns(offered: Offered) -> Choice:
    """Draws the filters over campaigns and reads them."""
    drawn = [
        Filter("period", say("Period"), offered.periods, period.written, 145),
        _among("objective", say("Objective"), say("all objectives"), offered.objectives, 140),
        _among("theme", say("Theme"), say("all themes"), offered.themes, 150),
        _among("line", say("Line"), say("all lines"), offered.lines, 130),
        *_branch(offered.branches),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    return Choice(**{key: "" if value == EVERY and key != "period" else value for key, value in chosen.items()})


def branch(called: Mapping[str, str]) -> str:
    """Draws the filter by branch where there is more than one, and reads it; empty for all of the viewer's."""
    drawn = _branch(called)
    filters.bar(*drawn)
    values = [filters.chosen(choice) for choice in drawn]
    return values[0] if values and values[0] != EVERY else ""


@dataclass(frozen=True, slots=True)
class WeekChoice:
    """What a reader of the week chose.

    Attributes:
        week: The week and the branch.
        by: What the change is told apart by.
        kind: Kind of the list of what to do; empty for all.
        page: Page of the list.
        with_handled: Whether the list holds what is done, dismissed or put off, too.
    """

    week: WeekAsked
    by: str
    kind: str
    page: int
    with_handled: bool


def week(offered: Sequence[str], branches: Mapping[str, str]) -> WeekChoice:
    """Draws the filters of the week and reads them."""
    parts = by_names()
    drawn = [
        Filter("week", say("Week"), offered, week_written, 235),
        Filter("by", say("Change"), list(parts), parts.__getitem__, 130),
        *_branch(branches),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    branch = chosen.get("branch", EVERY)
    page = filters.parameter("page")
    return WeekChoice(
        WeekAsked(chosen["week"], "" if branch == EVERY else branch),
        chosen["by"],
        filters.parameter("kind"),
        int(page) if page.isdecimal() and len(page) < PAGE_DIGITS else 1,
        filters.parameter("rows") == EVERY,
    )


def to_do(waiting: ToDo) -> None:
    """Draws the choice of the kind, the rows and the page of the list, where there is one."""
    if waiting.rows is None or not (waiting.waiting or waiting.handled):
        return
    called = kinds(waiting)
    drawn = [Filter("kind", say("What to do"), list(called), called.__getitem__, 220)]
    if waiting.branch:
        rows = {"waiting": say("what waits"), EVERY: say("with what is done")}
        drawn.append(Filter("rows", say("Rows"), list(rows), rows.__getitem__, 150))
    if waiting.pages > 1:
        numbers = [str(number) for number in range(1, waiting.pages + 1)]
        drawn.append(Filter("page", say("Page of the list"), numbers, page_written, 110))
    filters.bar(*drawn)


def summary(periods: Sequence[str], called: Mapping[str, str]) -> summaries.Choice:
    """Draws the filters of the summary and reads them."""
    against = {
        Against.BEFORE: say("against the period before"),
        Against.YEAR_AGO: say("against a year ago"),
    }
    drawn = [
        Filter("period", say("Period"), periods, period.written, 165),
        Filter("against", say("Comparison"), list(against), lambda value: against[Against(value)], 190),
        *_branch(called),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    branch = chosen.get("branch", EVERY)
    return summaries.Choice(chosen["period"], Against(chosen["against"]), "" if branch == EVERY else branch)


def people(offered: people_offered.Offered) -> people_offered.Choice:
    """Draws the filters of the people of one branch and reads them."""
    called = dict(zip(offered.branches, names(list(offered.branches.values())), strict=True))
    minima = {str(n): say("from {n} customers", n=n) for n in people_offered.MINIMA}
    drawn = [
        *([Filter("branch", say("Branch"), list(called), called.__getitem__, 145)] if len(called) > 1 else []),
        Filter("period", say("Period"), offered.periods, period.written, 165),
        _among("role", say("Role"), say("all roles"), offered.roles, 150),
        Filter("minimum", say("Judged"), list(minima), minima.__getitem__, 165),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    return _people(offered, chosen)


def person(offered: people_offered.Offered) -> people_offered.Choice:
    """Reads the choice that a person's page was opened with; everybody's role is looked at."""
    drawn = {
        "branch": tuple(offered.branches),
        "period": offered.periods,
        "minimum": tuple(map(str, people_offered.MINIMA)),
    }
    chosen = {key: filters.chosen(Filter(key, key, values, str)) for key, values in drawn.items() if values}
    return _people(offered, chosen)


def _people(offered: people_offered.Offered, chosen: Mapping[str, str]) -> people_offered.Choice:
    branch = chosen.get("branch") or next(iter(offered.branches), "")
    role = chosen.get("role", EVERY)
    return people_offered.Choice(chosen["period"], branch, "" if role == EVERY else role, int(chosen["minimum"]))


def _branch(called: Mapping[str, str]) -> list[Filter]:
    if len(called) < 2:
        return []
    shown = {EVERY: say("all branches"), **dict(zip(called, names(list(called.values())), strict=True))}
    return [Filter("branch", say("Branch"), list(shown), shown.__getitem__, 145)]


def _among(key: str, label: str, every: str, values: Sequence[str], width: int) -> Filter:
    known = list(TERMS)
    found = sorted(values, key=lambda value: known.index(value) if value in TERMS else len(known))
    return Filter(key, label, [EVERY, *found], lambda value: every if value == EVERY else term(value), width)
