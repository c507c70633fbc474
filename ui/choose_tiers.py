"""The filters of the tiers' pages: over how many months, by which tier, of whom; and which list of customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from answers.tiers.choice import RULES, Choice, Offered
from answers.tiers.customers import Customers
from answers.tiers.tiers import Tiers, TooShort
from answers.tiers.uplift import PERCENT
from data_access.tier_pairs import NO_CAMPAIGN, Audience
from story.tiers import customers as story
from story.tiers.named import channel, customers, exposure, horizon, rule
from story.tiers.uplift import more
from story.vocabulary import names
from story.week.to_do import page_written
from story.words import say

from ui import choose, filters
from ui.choose import EVERY
from ui.filters import Filter

PART: Final = "leaf"
"""The page of a list in the URL."""

_SELDOM: Final = ("class", "stage", "won", "exposed")

NO_MOVE: Final = ".."
"""The two ends of a move that is none in particular: an audience of class and branch alone."""


def moves(offered: Offered) -> Choice:
    """Draws the filters over moves and reads them; a filter with nothing to choose from is left out."""
    months = [str(each) for each in offered.months] or [str(Choice().months)]
    called = dict(zip(offered.campaigns, names(list(offered.campaigns.values())), strict=True))
    drawn = [
        Filter("months", say("Months"), months, lambda value: horizon(int(value)), 115),
        Filter("rule", say("Tier"), offered.rules, rule, 128),
        Filter("class", say("Class"), [EVERY, *offered.segments], _or_all(say("all classes"), customers), 138),
        Filter(
            "stage", say("Life stage"), [EVERY, *offered.life_stages], _or_all(say("all life stages"), customers), 144
        ),
        Filter("won", say("Channel"), [EVERY, *offered.channels], _or_all(say("won anywhere"), channel), 138),
        Filter(
            "exposed",
            say("Campaign"),
            [EVERY, NO_CAMPAIGN, *called] if called else [EVERY],
            _or_all(say("any campaign"), lambda key: exposure(key, called.get(key, key))),
            146,
        ),
        choose.place(offered.places),
    ]
    drawn = [choice for choice in drawn if len(choice.options) > 1]
    filters.bar(
        *(choice for choice in drawn if choice.key not in _SELDOM),
        more=[choice for choice in drawn if choice.key in _SELDOM],
    )
    chosen = {choice.key: filters.chosen(choice) for choice in drawn}

    def value(key: str) -> str:
        found = chosen.get(key, EVERY)
        return "" if found == EVERY else found

    return Choice(
        int(chosen.get("months", months[0])),
        next(each for each in RULES if each == chosen.get("rule", RULES[0])),
        value("branch"),
        Audience(value("class"), value("stage"), value("won"), value("exposed")),
    )


def rising() -> Filter:
    """By how many percent more customers rise; above the block that says what then."""
    return Filter("up", say("Upgrades"), [str(percent) for percent in PERCENT], more, 150)


def planned() -> None:
    """The way to plan a campaign for the customers whose moves are looked at."""
    filters.link_to(
        "plan",
        say("Plan a campaign for them"),
        ":material/flag:",
        objective="grow",
        cell=NO_MOVE,
    )


def cell(answer: Tiers | TooShort) -> tuple[str, str]:
    """Draws the choice of a list of customers and reads it: its two ends, both empty for those in grace."""
    lists = story.spelled(answer)
    if not lists:
        return "", ""
    choice = Filter("cell", say("List"), list(lists), lambda key: story.written(lists[key]), 235)
    filters.bar(choice)
    return lists[filters.chosen(choice)]


def parts(answer: Customers | TooShort) -> None:
    """Draws the choice of the page of a list, where there are several."""
    if isinstance(answer, Customers) and answer.rows is not None and answer.pages > 1:
        numbers = [str(number) for number in range(1, answer.pages + 1)]
        filters.bar(Filter(PART, say("Page of the list"), numbers, page_written, 110))


def _or_all(every: str, written: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: every if value == EVERY else written(value)
