"""Which staff are looked at: one branch by name, in a period, of a role, with enough customers to be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from data_access.queries import staff
from data_access.reading.reader import Reader

from answers import period, places
from answers.campaigns.overview import branch_names, earliest
from answers.kept import kept
from answers.period import Kind
from answers.places import REGION

MINIMA: Final = (30, 50, 100, 200)
"""Customers from which somebody is judged; the first is the default."""

_HALF_A_YEAR: Final = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to look at.

    Attributes:
        period: In the spelling of `answers.period`.
        branch: The branch whose staff are named.
        role: Of the staff; empty for all.
        minimum: Customers from which somebody is judged.
    """

    period: str
    branch: str
    role: str = ""
    minimum: int = MINIMA[0]

    @property
    def of_everyone(self) -> Choice:
        """The same without the choice of a role."""
        return replace(self, role="")


@dataclass(frozen=True, eq=False)
class Offered:
    """What a viewer may choose.

    Attributes:
        periods: The default first.
        branches: Name by identifier; the first is the default.
        roles: Roles of the data.
        first_of: The first branch of each region, by the region's spelling in the URL.
    """

    periods: tuple[str, ...]
    branches: Mapping[str, str]
    roles: tuple[str, ...]
    first_of: Mapping[str, str]


@kept
def offered(reader: Reader) -> Offered:
    """Periods, branches and roles; a year that is not half over has too little to show and is not the default."""
    every = period.options(earliest(reader), reader.as_of, (Kind.YEAR, Kind.QUARTER))
    years = [key for key in every if period.named(key).kind is Kind.YEAR]
    young = len(years) > 1 and reader.as_of < date(int(years[0]), _HALF_A_YEAR, 30)
    default = years[1] if young else every[0]
    roles = staff.roles(reader)["role"].dropna()
    return Offered(
        (default, *(key for key in every if key != default)),
        branch_names(reader),
        tuple(str(role) for role in roles),
        {place: places.branches(reader, place)[0] for place in places.offered(reader) if place.startswith(REGION)},
    )
