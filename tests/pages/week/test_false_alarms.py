"""How often the six charts of My week call a week of the demo bank a signal: as its weeks came, and shuffled.

Nobody in the demo bank works differently from one week to the next: its campaigns change, its seasons do, and chance.
A chart that holds these apart gives a signal at most one week in fifty. Shuffled, even what leans from week to week is
gone; festivals keep their places. Each series is caught where the page has it reviewed, and reviewed again as of
earlier weeks.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from answers.week import series
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.settings import ToDoRules
from metrics.moments import Counts, Moments
from metrics.week.business_calendar import Days, festival_offset
from metrics.week.control_chart import Rule
from metrics.week.review import recent, review_share, review_steady, review_total
from metrics.week.steady_share import steady_share
from tests.data_access.small_bank import viewer, warehouse_of

ALLOWED = 1 / 50
AGO = range(0, 78, 3)
FEW = {"weekly_satisfied", "promises_kept"}
"""Numbers of which the branches of so small a bank have too few customers: the whole bank's are judged."""
WINDOW = series.SHOWN + 1
Order = np.ndarray
"""Positions of weeks: whose figures stand in the place of each."""


class Series(NamedTuple):
    """One number of one branch.

    Attributes:
        mondays: Its weeks.
        rule: Of the last of so many weeks, their figures in that order; not judged of too few customers.
    """

    mondays: Days
    rule: Callable[[Order], str]


class Catching:
    """Reviews as `answers.week.series` asks for them, kept to be asked for again."""

    def __init__(self) -> None:
        self.caught: list[Series] = []
        self._mixed = pd.DataFrame()

    def total(self, mondays, totals: Moments, **how):
        days = how.pop("working_days")

        def rule(order: Order) -> str:
            weeks = mondays[: len(order)]
            worked = None if days is None else days[order]
            return review_total(
                weeks, totals[order], **how | {"baseline": recent(weeks, series.SHOWN)}, working_days=worked
            ).rule

        self.caught.append(Series(mondays, rule))
        return review_total(mondays, totals, working_days=days, **how)

    def share(self, mondays, counts: Counts, **how):
        def rule(order: Order) -> str:
            weeks = mondays[: len(order)]
            few = counts.n[order[-1]] < series.FEWEST
            return _unless(few, review_share(weeks, counts[order], baseline=recent(weeks, series.SHOWN)).rule)

        self.caught.append(Series(mondays, rule))
        return review_share(mondays, counts, **how)

    def mix(self, mondays, frame: pd.DataFrame, **how):
        self._mixed = frame
        return steady_share(mondays, frame, **how)

    def steady(self, mondays, steady, **how):
        frame = self._mixed

        def rule(order: Order) -> str:
            weeks = mondays[: len(order)]
            moved = dict(zip(mondays[order], weeks, strict=True))
            place = frame["week_start"].to_numpy().astype("datetime64[D]")
            here = np.isin(place, mondays[order])
            shuffled = frame[here].assign(week_start=pd.to_datetime([moved[each] for each in place[here]]))
            baseline = recent(weeks, series.SHOWN)
            made = steady_share(weeks, shuffled, by="channel", baseline=baseline)
            return _unless(made.n[-1] < series.FEWEST, review_steady(weeks, made, baseline=baseline).rule)

        self.caught.append(Series(mondays, rule))
        return review_steady(mondays, steady, **how)


def _unless(few: bool, rule: str) -> str:
    return Rule.NOT_JUDGED.value if few else rule


@pytest.fixture(scope="module")
def numbers(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Series]]:
    """By number: the whole bank's, and each branch's."""
    warehouse = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("alarms") / "warehouse")))
    reader, found = Reader(viewer(), warehouse), dict[str, list[Series]]()
    with pytest.MonkeyPatch.context() as patch:
        for branch in ["", *data.branches(reader)["branch_id"]]:
            catching = Catching()
            patch.setattr(series, "review_total", catching.total)
            patch.setattr(series, "review_share", catching.share)
            patch.setattr(series, "review_steady", catching.steady)
            patch.setattr(series, "steady_share", catching.mix)
            told = series.measured(reader, reader.last_week(), ToDoRules(), (branch,) if branch else ())
            keys = [each.key for each in told if each.review is not None]
            for key, each in zip(keys, catching.caught, strict=True):
                found.setdefault(key, []).append(each)
    warehouse.close()
    return found


def in_time(rng: np.random.Generator, mondays: Days) -> Order:
    """The weeks as they came."""
    return np.arange(len(mondays))


def shuffled(rng: np.random.Generator, mondays: Days) -> Order:
    """The ordinary weeks that a chart shows in any order; those around the festival stay where they are."""
    order = np.arange(len(mondays))
    first = max(len(order) - WINDOW, 0)
    ordinary = first + np.flatnonzero(np.isnan(festival_offset(mondays[first:])))
    order[ordinary] = rng.permutation(ordinary)
    return order


@pytest.mark.sampled(3)
@pytest.mark.slow
@pytest.mark.parametrize("ordered", [in_time, shuffled])
@pytest.mark.parametrize(
    "number",
    [
        "new_money",
        "customers_won_and_funded",
        "weekly_conversions",
        "weekly_participation_rate",
        "weekly_satisfied",
        "promises_kept",
    ],
)
def test_a_number_is_a_signal_in_at_most_one_week_of_fifty(numbers, number, ordered):
    rng = np.random.default_rng(50)
    rules = [
        each.rule(ordered(rng, each.mondays[: len(each.mondays) - ago]))
        for each in numbers[number]
        for ago in AGO
        if len(each.mondays) - ago > WINDOW
    ]
    judged = [rule for rule in rules if rule != Rule.NOT_JUDGED]
    assert len(judged) >= (15 if number in FEW else 200)
    assert sum(rule != Rule.USUAL for rule in judged) <= ALLOWED * len(judged)
