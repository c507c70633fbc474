"""What happened last week, is it signal, where will the month end?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data_access.reading.reader import Reader
from data_access.settings import settings

from answers import places
from answers.kept import kept
from answers.week.change import Changed, changed
from answers.week.month import Month, month
from answers.week.season import Season, season
from answers.week.series import Measured, measured

OFFERED: Final = 26
"""Weeks that may be chosen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which week is looked at.

    Attributes:
        week: ISO week, "2026-W46"; the last complete one if empty.
        branch: Whose rows; all of the viewer's if empty.
    """

    week: str = ""
    branch: str = ""


@dataclass(frozen=True, eq=False)
class Week:
    """A week of a branch.

    Attributes:
        choice: What was asked.
        monday: First day of the week.
        measures: The six numbers, each in its context.
        changed: Why new money differs from the week before; None where nothing can be explained.
        month: What the month's end is told from; None where no day of it has new money that is recorded.
        season: The same of the bank's season in which the week ends; None where there is none.
        branches: Names of the branches; empty for the whole bank.
        as_of: Last day of the data.
        currency: Of all amounts.
    """

    choice: Choice
    monday: date
    measures: tuple[Measured, ...]
    changed: Changed | None
    month: Month | None
    season: Season | None
    branches: tuple[str, ...]
    as_of: date
    currency: str

    @property
    def sunday(self) -> date:
        """Last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def listed_on(self) -> date:
        """Day of the list of what to do: the last of the data, for an earlier week its Sunday."""
        return self.as_of if self.as_of - self.sunday < timedelta(days=7) else self.sunday


def key(monday: date) -> str:
    """A week in the URL's spelling.

    >>> key(date(2026, 12, 28))
    '2026-W53'
    """
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02}"


def offered(reader: Reader) -> tuple[str, ...]:
    """Weeks that the viewer may choose, the last complete one first."""
    newest = reader.last_week()
    return tuple(key(newest - timedelta(weeks=back)) for back in range(OFFERED))


@kept
def ask(reader: Reader, choice: Choice) -> Week:
    """The week of a choice; one that the data do not offer is passed over for the last complete one."""
    asked = choice.week if choice.week in offered(reader) else offered(reader)[0]
    year, number = asked.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    branches = places.branches(reader, choice.branch)
    sunday = monday + timedelta(days=6)
    sold = min(sunday, reader.as_of_tables("sale"))  # what was sold later is not known, and not nothing
    own = month(reader, sold, branches) if sold >= sunday.replace(day=1) else None
    return Week(
        choice,
        monday,
        measured(reader, monday, settings().to_do, branches),
        changed(reader, monday, branches),
        own,
        season(reader, sold, branches, own),
        places.names(reader, choice.branch),
        reader.as_of,
        reader.currency,
    )
