"""What stands beside conversions: sales, lines kept, customers won and kept, referrals, service, courses, breaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from data_access.queries import staff
from data_access.reading.reader import Reader
from metrics.moments import Counts, Floats, floats
from metrics.staff.presence import share_present
from metrics.week.business_calendar import is_working

from answers.period import Period


@dataclass(frozen=True, eq=False)
class Breadth:
    """Counts of each person, in the order that was asked for; nan where the feeds do not record them.

    Attributes:
        present: Share of the period's working days at the branch, part time as its part.
        sold: Sales that were not reversed.
        cross_sold: Of customers sold to, those with two lines or more kept at 90 days.
        reversed_sales: Of sales old enough to tell, those reversed within 90 days.
        kept: Of the own book's customers with assets before the period, those with assets at its end.
        won: Customers of the own book whose first account is of the period and who have assets at its end.
        given: Referrals given to another line.
        closed: Of referrals accepted, those that led to a sale.
        satisfied: Of answers on the scale of 1 to 5, those of 4 or 5.
        upheld: Complaints upheld.
        courses: Courses completed.
        examined: Mean score of their examinations.
        checked: Sales of products that may lose money.
        breached: Of these, those without a rating that bore the risk.
    """

    present: Floats
    sold: Floats
    cross_sold: Counts
    reversed_sales: Counts
    kept: Counts
    won: Floats
    given: Floats
    closed: Counts
    satisfied: Counts
    upheld: Floats
    courses: Floats
    examined: Floats
    checked: Floats
    breached: Floats


def of(reader: Reader, people: Sequence[str], branch: str, looked_at: Period) -> Breadth:
    """The counts of these people at a branch in a period."""
    first, last = looked_at.first, min(looked_at.last, reader.as_of)
    branches = (branch,)

    def asked(query: Callable[..., pd.DataFrame], *tables: str) -> _Rows:
        if not all(reader.has(table) for table in tables):
            return _Rows(people, None)
        return _Rows(people, query(reader, first=first, last=last, branches=branches))

    sales, lines = asked(staff.sales, "sale"), asked(staff.cross_selling, "sale", "product")
    referred, said = asked(staff.referrals, "referral"), asked(staff.answers, "satisfaction")
    complained = asked(staff.complaints, "complaint")
    suited = asked(staff.suitability, "sale", "product", "risk_assessment")
    book = _Rows(people, _books(reader, looked_at, branches))
    courses, examined = _courses(reader, people, first, last)
    return Breadth(
        present=present(reader, people, branch, first, last),
        sold=sales["sold"],
        cross_sold=Counts.of(lines["n"], lines["cross_sold"]),
        reversed_sales=Counts.of(lines["sold"], lines["reversed"]),
        kept=Counts.of(book["n"], book["retained"]),
        won=book["won"],
        given=referred["given"],
        closed=Counts.of(
            referred["received_accepted"], np.fmin(referred["received_closed"], referred["received_accepted"])
        ),
        satisfied=Counts.of(said["known_score"], said["satisfied"]),
        upheld=complained["upheld"],
        courses=courses,
        examined=examined,
        checked=suited["checked"],
        breached=suited["breached"],
    )


def present(reader: Reader, people: Sequence[str], branch: str, first: date, last: date) -> Floats:
    """Share of the working days from `first` to `last` that each was at the branch for."""
    if not reader.has("staff_posting") or last < first:
        return np.full(len(people), np.nan)
    postings = staff.postings(reader, first=first, last=last)
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    share = share_present(postings[postings["branch_id"] == branch], days[is_working(days)])
    return floats(share.reindex(list(people), fill_value=0.0).to_numpy())


def sales_amounts(reader: Reader, people: Sequence[str], branch: str, first: date, last: date) -> tuple[Floats, Floats]:
    """Sales of each, and their amount in minor units."""
    if not reader.has("sale", "amount"):
        nothing = np.full(len(people), np.nan)
        return nothing, nothing
    rows = _Rows(people, staff.sales(reader, first=first, last=last, branches=(branch,)))
    return rows["sold"], rows["sum_sales"]


class _Rows:
    """Rows by person: nought for who has none, nan where nothing is recorded of anybody."""

    def __init__(self, people: Sequence[str], frame: pd.DataFrame | None) -> None:
        self._people = list(people)
        self._frame = None if frame is None else frame.set_index("staff_id")

    def __getitem__(self, column: str) -> Floats:
        if self._frame is None:
            return np.full(len(self._people), np.nan)
        values = self._frame[column].astype("float64")
        if len(values) and values.isna().all():
            return np.full(len(self._people), np.nan)
        return floats(values.fillna(0.0).reindex(self._people, fill_value=0.0).to_numpy())


def _books(reader: Reader, looked_at: Period, branches: tuple[str, ...]) -> pd.DataFrame | None:
    """From the month before the period to its last month that is recorded."""
    newest = reader.last_month("tier_snapshot") if reader.has("tier_snapshot", "aum") else None
    if newest is None or not reader.has("customer", "manager_staff_id"):
        return None
    before = looked_at.first - timedelta(days=1)
    start = before.year * 12 + before.month - 1
    end = min(looked_at.last.year * 12 + looked_at.last.month - 1, newest)
    return staff.books(reader, start=start, end=end, branches=branches) if end > start else None


def _courses(reader: Reader, people: Sequence[str], first: date, last: date) -> tuple[Floats, Floats]:
    """How many courses each completed in a period, and the mean score."""
    if not reader.has("training"):
        nothing = np.full(len(people), np.nan)
        return nothing, nothing
    done = staff.training(reader, first=first, last=last).groupby("staff_id")
    count = done.size().reindex(list(people), fill_value=0)
    return floats(count.to_numpy()), floats(done["score"].mean().reindex(list(people)).to_numpy())
