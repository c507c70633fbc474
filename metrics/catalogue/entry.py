"""What a metric is: its name, what it divides by what, and where the rows come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What one of it is, which decides how a page formats the number."""

    SHARE = "share"  # 0 to 1, shown as a percentage
    POINTS = "points"  # a difference of shares: 0.02 is two percentage points
    MONEY = "money"  # minor units of the bank's currency
    RATIO = "ratio"  # one amount over another; a return of 0.4 is 40 %
    SCORE = "score"  # on the scale it was asked or weighed on
    COUNT = "count"
    DAYS = "days"
    PER_THOUSAND = "per_thousand"


class Direction(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Section(StrEnum):
    """The question that a metric belongs to."""

    CAMPAIGN = "campaign"
    RETURN = "return"
    COMPARISON = "comparison"
    SATISFACTION = "satisfaction"
    STAFF = "staff"
    TIER = "tier"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Metric:
    """One entry. `name`, `formula` and `grain` are English message ids, translated where they are shown.

    Two metrics with different denominators are two entries with two names.
    """

    key: str
    name: str
    formula: str
    unit: Unit
    direction: Direction
    grain: str  # what one unit of the denominator is
    source: str  # the tables, and how they are read
    tables: tuple[str, ...]  # without these there is no such metric
    numerator: str = ""  # a measure of the aggregate, empty where the formula is more than one division
    denominator: str = ""
    needs: tuple[str, ...] = ()  # further measures that the formula or its interval takes
    compares: str = ""  # of a difference between arms: the metric that is compared, treated minus control
    covariate: str = ""  # the measure, known before assignment, whose part in it is taken out of randomised arms

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that a query must return for it, each once."""
        return tuple(dict.fromkeys(name for name in (self.numerator, self.denominator, *self.needs) if name))


def marked(message: str) -> str:
    """Marks an English text for translation and leaves it as it is."""
    return message
