"""The weeks of each number: what the queries count, in consecutive weeks, judged by a control chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import week, week_customers
from data_access.reading.reader import Reader
from data_access.settings import ToDoRules
from metrics.catalogue import metric
from metrics.finding import Finding
from metrics.moments import Counts, Floats, Moments
from metrics.week.business_calendar import Days, monday
from metrics.week.findings import week_findings
from metrics.week.review import WeekReview, recent, review_share, review_steady, review_total
from metrics.week.steady_share import steady_share
from metrics.week.working_week import ROOT_OF_AMOUNTS, ROOT_OF_COUNTS

from answers import working_days

SHOWN: Final = 26
"""Weeks that set the limits, and weeks of history shown beside the newest."""
_YEARS: Final = 3
"""Years looked back over: the same week of last year, and the festivals before it."""
_WEEK: Final = timedelta(days=7)
WATCHED_DAYS: Final = 7
FEWEST: Final = 10
"""Customers, answers or promises of a week below which its share is not judged."""
_OF_MONTHS: Final = frozenset({"tier_snapshot"})
"""Tables whose last month says nothing of the weeks after it."""


@dataclass(frozen=True, eq=False)
class Measured:
    """One number of the week in its context.

    Attributes:
        key: Of the catalogue.
        week: Monday of the week it is about.
        review: The series, its chart and the comparisons; None where there is no week to tell.
        found: What the week says, the chart's verdict first.
        part: Those who did, in the newest week; for a total the number it is made of.
        whole: Of how many; nan for a total.
        asked: How many were asked, of answers; nan otherwise.
        lacks: Table or column that the feeds do not record, or table that ends before the week; empty where it is told.
        ends_before: The feeds record it, and do not reach the end of the week.
    """

    key: str
    week: date
    review: WeekReview | None = None
    found: tuple[Finding, ...] = ()
    part: float = float("nan")
    whole: float = float("nan")
    asked: float = float("nan")
    lacks: str = ""
    ends_before: bool = False

    @property
    def few(self) -> bool:
        """A share of so few that one more or less decides it: no rule of a chart holds there."""
        return self.whole < FEWEST


def measured(reader: Reader, newest: date, rules: ToDoRules, branches: tuple[str, ...]) -> tuple[Measured, ...]:
    """The six numbers of the week that begins on Monday `newest`."""
    ask = _Asked(reader, newest, rules, branches)
    return (
        ask.new_money(),
        ask.won(),
        ask.conversions(),
        ask.participation(),
        ask.satisfied(),
        ask.promises(),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    reader: Reader
    newest: date
    rules: ToDoRules
    branches: tuple[str, ...]

    @property
    def _first(self) -> date:
        return self.newest - timedelta(weeks=53 * _YEARS)

    @property
    def _last(self) -> date:
        return self.newest + _WEEK - timedelta(days=1)

    def new_money(self) -> Measured:
        """Sales less what came from the customer's own products here."""
        key = "new_money"
        if missing := self._missing(key, "sale", "amount", "internally_funded_amount"):
            return missing
        frame = week.sales(self.reader, self._first, self._last, branches=self.branches)
        frame = _weekly(frame, self.newest)
        if frame.empty:
            return Measured(key, self.newest)
        totals = Moments.from_frame(frame, "new_money", n="known_new_money")
        worked = self._worked(_mondays(frame))
        return self._total(key, frame, totals, float(frame["known_new_money"].iloc[-1]), worked, ROOT_OF_AMOUNTS)

    def won(self) -> Measured:
        """Customers opened in the week and funded by its Sunday."""
        key = "customers_won_and_funded"
        if missing := self._missing(key, "customer", "opened_on") or self._missing(key, "holding"):
            return missing
        frame = _of_days(week_customers.won(self.reader, self._first, self._last, branches=self.branches))
        return self._counted(key, frame, "funded", "n", by_working_day=True)

    def conversions(self) -> Measured:
        """Customers who first bought in the week."""
        key = "weekly_conversions"
        if missing := self._missing(key, "campaign_member", "converted_at"):
            return missing
        frame = week_customers.conversions(self.reader, self._first, self._last, branches=self.branches)
        # Not by the working day: who was called buys in the app on a holiday, too.
        return self._counted(key, frame, "converted", "converted", by_working_day=False)

    def participation(self) -> Measured:
        """Of those first contacted a week earlier, who took part within seven days, at the usual mix of channels."""
        key, newest = "weekly_participation_rate", self.newest - _WEEK
        if missing := self._missing(key, "campaign_member", "contacted_at", "participated_at"):
            return missing
        last = newest + _WEEK - timedelta(days=1)
        frame = week.contacts(
            self.reader, self._first, last, by="channel", within_days=WATCHED_DAYS, branches=self.branches
        )
        sums = frame.groupby("week_start", as_index=False)[["watched", "watched_participated"]].sum()
        weeks = _weekly(sums, newest)
        if weeks.empty:
            return Measured(key, newest)
        mondays = _mondays(weeks)
        baseline = recent(mondays, SHOWN)
        # By channel: campaigns of many years by the week are more rows than a reader hands out at once.
        review = review_steady(
            mondays, steady_share(mondays, frame, by="channel", baseline=baseline), baseline=baseline
        )
        return self._told(
            key,
            newest,
            review,
            float(weeks["watched_participated"].iloc[-1]),
            float(weeks["watched"].iloc[-1]),
        )

    def satisfied(self) -> Measured:
        """Answers of 4 or 5 out of 5."""
        key = "weekly_satisfied"
        if missing := self._missing(key, "satisfaction", "score"):
            return missing
        frame = week.answers(self.reader, self._first, self._last, branches=self.branches)
        frame = _weekly(frame[frame["scale"] == "csat5"].drop(columns="scale"), self.newest)
        return self._share(key, frame, "top_two", "n", "invited")

    def promises(self) -> Measured:
        """Promised contacts that fell due in the week and were kept."""
        key = "promises_kept"
        if missing := self._missing(key, "contact") or self._missing(key, "tier_snapshot"):
            return missing
        frame = week_customers.promises(
            self.reader,
            self._first,
            self._last,
            promised_days=self.rules.promised_days,
            mass_channels=self.rules.mass_channels,
            branches=self.branches,
        )
        return self._share(key, _weekly(_of_days(frame), self.newest), "kept", "n")

    def _missing(self, key: str, table: str, *columns: str) -> Measured | None:
        """The number that cannot be told, because a table or column is not recorded or ends before the week does."""
        if not self.reader.has(table):
            return Measured(key, self.newest, lacks=table)
        if lacks := next((f"{table}.{column}" for column in columns if not self.reader.has(table, column)), ""):
            return Measured(key, self.newest, lacks=lacks)
        if table in _OF_MONTHS or self.reader.last_week(table) >= self.newest:
            return None
        return Measured(key, self.newest, lacks=table, ends_before=True)

    def _counted(self, key: str, frame: pd.DataFrame, part: str, whole: str, *, by_working_day: bool) -> Measured:
        frame = _weekly(frame, self.newest)
        if frame.empty:
            return Measured(key, self.newest)
        n = frame[part].to_numpy(dtype=np.float64)
        # Each event counts 1, so its squares about the mean are 0: the number of events is what varies.
        totals = Moments(n, np.where(n > 0, 1.0, np.nan), np.zeros_like(n))
        worked = self._worked(_mondays(frame)) if by_working_day else None
        return self._total(key, frame, totals, float(frame[whole].iloc[-1]), worked, ROOT_OF_COUNTS)

    def _total(
        self, key: str, frame: pd.DataFrame, totals: Moments, part: float, worked: Floats | None, root: float
    ) -> Measured:
        mondays = _mondays(frame)
        review = review_total(mondays, totals, baseline=recent(mondays, SHOWN), working_days=worked, root=root)
        return self._told(key, self.newest, review, part, float("nan"))

    def _worked(self, mondays: Days) -> Floats:
        days = working_days.ask(self.reader, mondays[0].item(), self._last, self.branches)
        place = (np.asarray(days, dtype="datetime64[D]") - mondays[0]).astype(np.int64) // 7
        return np.bincount(place[place < len(mondays)], minlength=len(mondays)).astype(np.float64)

    def _share(self, key: str, frame: pd.DataFrame, part: str, whole: str, asked: str = "") -> Measured:
        if frame.empty:
            return Measured(key, self.newest)
        mondays = _mondays(frame)
        counts = Counts.of(frame[whole], frame[part])
        review = review_share(mondays, counts, baseline=recent(mondays, SHOWN))
        told = float(frame[part].iloc[-1]), float(frame[whole].iloc[-1])
        return self._told(key, self.newest, review, *told, float(frame[asked].iloc[-1]) if asked else float("nan"))

    def _told(
        self, key: str, newest: date, review: WeekReview, part: float, whole: float, asked: float = float("nan")
    ) -> Measured:
        return Measured(key, newest, review, tuple(week_findings(metric(key).key, review)), part, whole, asked)


def _mondays(frame: pd.DataFrame) -> Days:
    return frame["week_start"].to_numpy().astype("datetime64[D]")


def _weekly(frame: pd.DataFrame, newest: date) -> pd.DataFrame:
    """One row a week from the first that has any, without gaps, up to the newest; what did not happen is 0."""
    if frame.empty or frame["week_start"].min() > pd.Timestamp(newest):
        return frame.iloc[:0]
    weeks = pd.date_range(frame["week_start"].min(), pd.Timestamp(newest), freq="7D", name="week_start")
    return frame.set_index("week_start").astype("float64").reindex(weeks).fillna(0.0).reset_index()


def _of_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Days added up to their weeks."""
    if frame.empty:
        return frame.rename(columns={"day": "week_start"})
    starts = pd.to_datetime(monday(frame["day"].to_numpy())).rename("week_start")
    return frame.drop(columns="day").groupby(starts).sum().reset_index()
