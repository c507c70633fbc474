"""The day on which a list is made, with what was known on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader
from data_access.settings import Tier, ToDoRules


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which the list is made, by which rules.

    Attributes:
        reader: whose rows.
        on: the day; what happened later is not known yet.
        tiers: of the bank's rule on that day, lowest first.
        rules: promises and patience.
        branches: these branches only; all of the reader's if empty.
    """

    reader: Reader
    on: date
    tiers: tuple[Tier, ...]
    rules: ToDoRules
    branches: Sequence[str] = ()

    @property
    def month_no(self) -> int:
        """The last whole month that the snapshots cover on the day."""
        after = self.on + timedelta(days=1)
        over, covered = after.year * 12 + after.month - 2, self.reader.last_month("tier_snapshot")
        return over if covered is None else min(over, covered)

    @property
    def month_ended_on(self) -> date:
        """Last day of that month."""
        return _month_ends(self.month_no)

    @property
    def next_month_ends_on(self) -> date:
        """Last day of the month after: until then its average can still be moved."""
        return _month_ends(self.month_no + 1)

    def own(self, table: sa.FromClause) -> list[measures.Condition]:
        """Rows of the branches chosen."""
        return measures.among(table.c["branch_id"], self.branches)

    def known(self, moment: sa.ColumnElement[Any]) -> measures.Condition:
        """Had happened by the end of the day."""
        return sa.and_(moment.is_not(None), *measures.within(moment, None, self.on))

    def not_yet(self, moment: sa.ColumnElement[Any]) -> measures.Condition:
        """Had not happened by the end of the day."""
        return sa.or_(moment.is_(None), *measures.within(moment, self.on + timedelta(days=1), None))

    def waited(self, since: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
        """Whole days from then to the day."""
        return measures.days_between(since, sa.literal(self.on, sa.Date))


def _month_ends(month_no: int) -> date:
    return date((month_no + 1) // 12, (month_no + 1) % 12 + 1, 1) - timedelta(days=1)
