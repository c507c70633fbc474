"""The filters of the pages: what a viewer may choose, drawn, and what they chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from answers import places
from answers.campaigns.overview import MATURITIES, Choice, Offered
from answers.customers import Choice as Customers
from answers.people import choice as people_offered
from answers.period import ALL, Against, Kind, Season, containing, named, read
from answers.places import REGION
from answers.summary import summary as summaries
from answers.week.to_do import ToDo
from answers.week.week import Choice as WeekAsked
from data_access.queries.customer_lists import LISTS
from data_access.reading.reader import Reader
from story import period
from story.campaigns import overview
from story.customers import kind_written
from story.vocabulary import TERMS, names, term
from story.week.charts import by_names
from story.week.to_do import kinds, page_written
from story.week.week import written as week_written
from story.words import say

from ui import filters
from ui.filters import Filter

EVERY = "all"
PAGE_DIGITS: Final = 7

_OF_A_LIST: Final = ("list", "when", "period", "campaign", "arm", "branch", "objective", "theme", "line")
"""What the URL says of a list of customers: ``when`` of one that goes by days."""


def campaigns(offered: Offered) -> Choice:
    """Draws the filters over campaigns and reads them."""
    maturities = {EVERY: say("any verdict"), **overview.maturities()}
    drawn = [_period(offered.periods, offered.seasons, 165), *_branch(offered.branches)]
    more = [
        _among("objective", say("Objective"), say("all objectives"), offered.objectives),
        _among("theme", say("Theme"), say("all themes"), offered.themes),
        _among("line", say("Line"), say("all lines"), offered.lines),
        Filter("maturity", say("Verdict"), [EVERY, *MATURITIES], maturities.__getitem__),
    ]
    filters.bar(*drawn, more=more)
    chosen = {choice.key: filters.chosen(choice) for choice in (*drawn, *more)}
    return Choice(**{key: "" if value == EVERY and key != "period" else value for key, value in chosen.items()})


def loop(offered: Sequence[str], seasons: Sequence[Season]) -> str:
    """Draws the period of the loop and reads it."""
    drawn = _period(offered, seasons, 165)
    filters.bar(drawn)
    return filters.chosen(drawn)


def branch(called: Mapping[str, str]) -> str:
    """Draws the filter by branch where there is more than one, and reads it; empty for all of the viewer's."""
    drawn = _branch(called)
    filters.bar(*drawn)
    value = filters.chosen(drawn[0])
    return value if value != EVERY else ""


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


def week(offered: Sequence[str], branches: Mapping[str, str], seasons: Sequence[Season] = ()) -> WeekChoice:
    """Draws the filters of the week and reads them; of a longer period the last week is looked at."""
    filters.renamed("week", "period")
    parts = by_names()

    def last_week(asked: str) -> str:
        held = read(asked, seasons)
        weeks = [key for key in offered if held is not None and held.first <= named(key).last <= held.last]
        return weeks[0] if weeks and held is not None and held.kind is not Kind.ALL else ""

    drawn = [
        Filter("period", say("Week"), offered, partial(_week_or_period, seasons=seasons), 235, last_week),
        Filter("by", say("Change"), list(parts), parts.__getitem__, 130),
        *_branch(branches),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    branch = chosen.get("branch", EVERY)
    return WeekChoice(
        WeekAsked(chosen["period"], "" if branch == EVERY else branch),
        chosen["by"],
        filters.parameter("kind"),
        numbered("page"),
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


def customers(reader: Reader) -> Customers:
    """Draws the choice of a list of customers and the way back; of when, and of which campaign, stands in the link."""
    asked = {key: filters.parameter(key) for key in _OF_A_LIST}
    family = [kind for kind, one in LISTS.items() if one.of_campaigns is (asked["when"] == "")]
    if before := filters.parameter("from"):
        filters.back(before, "list", "when", "leaf", "arm", "from")
    drawn = [
        Filter("list", say("List"), family, kind_written, 230),
        *_branch(places.offered(reader)),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    branch = chosen.get("branch", EVERY)
    every = {key: "" if value == EVERY else value for key, value in asked.items()}
    return Customers(
        chosen["list"],
        asked["when"] or asked["period"],
        every["campaign"],
        every["arm"],
        "" if branch == EVERY else branch,
        numbered("leaf"),
        every["objective"],
        every["theme"],
        every["line"],
    )


def table(names: Iterable[str]) -> Filter:
    """The choice of a table of the dictionary, to be drawn beside it."""
    return Filter("table", say("Table"), list(names), lambda name: name, 240)


def page_of(pages: int) -> None:
    """Draws the choice of the page of a list, where there is more than one."""
    if pages > 1:
        filters.bar(Filter("leaf", say("Page of the list"), [str(n) for n in range(1, pages + 1)], page_written, 110))


def numbered(key: str) -> int:
    """The page of a list that the URL asks for; the first where it asks for none."""
    asked = filters.parameter(key)
    return int(asked) if asked.isdecimal() and len(asked) < PAGE_DIGITS else 1


def summary(periods: Sequence[str], called: Mapping[str, str], seasons: Sequence[Season] = ()) -> summaries.Choice:
    """Draws the filters of the summary and reads them."""
    against = {
        Against.BEFORE: say("against the period before"),
        Against.YEAR_AGO: say("against a year ago"),
    }
    drawn = [
        _period(periods, seasons, 165),
        Filter("against", say("Comparison"), list(against), lambda value: against[Against(value)], 190),
        *_branch(called),
    ]
    filters.bar(*drawn)
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}
    branch = chosen.get("branch", EVERY)
    return summaries.Choice(chosen["period"], Against(chosen["against"]), "" if branch == EVERY else branch)


def people(offered: people_offered.Offered) -> people_offered.Choice:
    """Draws the filters of the people of one branch and reads them."""
    minima = {str(n): say("from {n} customers", n=n) for n in people_offered.MINIMA}
    return _people(
        _whose(offered),
        [
            _among("role", say("Role"), say("all roles"), offered.roles),
            Filter("minimum", say("Judged"), list(minima), minima.__getitem__),
        ],
    )


def person(offered: people_offered.Offered) -> people_offered.Choice:
    """Reads the choice that a person's page was opened with; they are seen among all roles."""
    minima = list(map(str, people_offered.MINIMA))
    return _people([replace(choice, drawn=False) for choice in (*_whose(offered), Filter("minimum", "", minima, str))])


def _whose(offered: people_offered.Offered) -> tuple[Filter, Filter]:
    """The filters of one branch and of the period."""
    called = dict(zip(offered.branches, names(list(offered.branches.values())), strict=True)) or {"": say("none")}
    branch = Filter(
        "branch",
        say("Branch"),
        list(called),
        lambda key: called.get(key) or _place(key, key.removeprefix(REGION)),
        145,
        lambda asked: offered.first_of.get(asked, ""),
        drawn=len(called) > 1,
    )
    return branch, _period(offered.periods, (), 165)


def _people(drawn: Sequence[Filter], more: Sequence[Filter] = ()) -> people_offered.Choice:
    filters.bar(*drawn, more=more)
    chosen = {choice.key: filters.chosen(choice) for choice in (*drawn, *more)}
    role = chosen.get("role", EVERY)
    return people_offered.Choice(
        chosen["period"], chosen["branch"], "" if role == EVERY else role, int(chosen["minimum"])
    )


def _period(offered: Sequence[str], seasons: Sequence[Season], width: int) -> Filter:
    """The filter of periods; one that is not offered is looked at as the shortest that holds most of it."""

    def nearest(asked: str) -> str:
        held = read(asked, seasons)
        around = containing(held, (named(key, seasons) for key in offered if key != ALL)) if held else None
        return around.key if around is not None else ""

    return Filter("period", say("Period"), offered, lambda key: period.written(key, seasons), width, nearest)


def _week_or_period(key: str, seasons: Sequence[Season]) -> str:
    held = read(key, seasons)
    return week_written(key) if held is not None and held.kind is Kind.WEEK else period.written(key, seasons)


def _branch(called: Mapping[str, str]) -> list[Filter]:
    """The filter of regions and branches; of one branch alone there is nothing to choose."""
    own = names(list(called.values()))
    shown = {EVERY: say("all branches") if len(own) != 1 else own[0], **dict(zip(called, own, strict=True))}
    written = {key: _place(key, name) for key, name in shown.items()}
    return [Filter("branch", say("Branch"), list(shown), written.__getitem__, 145, drawn=len(called) > 1)]


def place(called: Mapping[str, str]) -> Filter:
    """The filter of regions and branches, for pages that draw it among others of their own."""
    return _branch(called)[0]


def _place(key: str, name: str) -> str:
    return say("region {name}", name=name) if key.startswith(REGION) else name


def _among(key: str, label: str, every: str, values: Sequence[str]) -> Filter:
    known = list(TERMS)
    found = sorted(values, key=lambda value: known.index(value) if value in TERMS else len(known))
    return Filter(key, label, [EVERY, *found], lambda value: every if value == EVERY else term(value))
