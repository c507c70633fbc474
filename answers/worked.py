"""What is each metric of tiers, staff and the week in these data? Each from the first answer of its own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from data_access.queries import week as weeks
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats
from metrics.tiers.mobility import Mobility, mobility
from metrics.tiers.transition import Movement

from answers import working_days
from answers.kept import kept
from answers.people import breadth, results, team
from answers.people import choice as of_people
from answers.people.team import Team
from answers.tiers import choice as of_tiers
from answers.tiers import tiers
from answers.tiers.forecast import SEED
from answers.tiers.tiers import Tiers
from answers.week import week
from answers.week.week import Week

_RATES: Mapping[str, Movement] = {
    "upgrade_rate": Movement.UPGRADE,
    "stay_rate": Movement.STAY,
    "downgrade_rate": Movement.DOWNGRADE,
    "exit_rate": Movement.EXIT,
}
_INDICES: Mapping[str, Mobility] = {
    "shorrocks_index": Mobility.PRAIS_SHORROCKS,
    "bartholomew_index": Mobility.BARTHOLOMEW,
    "directional_index": Mobility.DIRECTION,
}


@dataclass(frozen=True, eq=False)
class Worked:
    """Examples.

    Attributes:
        numbers: One interval a metric, by the catalogue's key; only those that are known.
        months: Of the moves between tiers; 0 where there are none.
        ended: First day of the month in which they end.
        branch: Name of the branch whose staff they are of, taken together; empty where there is none.
        year: Of the staff, in the spelling of `answers.period`.
        monday: First day of the week.
    """

    numbers: Mapping[str, Intervals]
    months: int
    ended: date | None
    branch: str
    year: str
    monday: date | None

    @classmethod
    def nothing(cls) -> Worked:
        """No example."""
        return cls({}, 0, None, "", "", None)


@kept
def ask(reader: Reader) -> Worked:
    """The examples that these data give."""
    moved, staff, last = _tiers(reader), _team(reader), _week(reader)
    every = {
        **(_of_tiers(moved) if moved is not None else {}),
        **(_of_staff(reader, staff) if staff is not None else {}),
        **(_of_week(reader, last) if last is not None else {}),
    }
    return Worked(
        {key: told for key, told in every.items() if told.known.all()},
        moved.choice.months if moved is not None else 0,
        moved.end if moved is not None else None,
        staff.branch if staff is not None else "",
        staff.choice.period if staff is not None else "",
        last.monday if last is not None else None,
    )


def _tiers(reader: Reader) -> Tiers | None:
    offered = of_tiers.offered(reader).months
    answer = tiers.ask(reader, of_tiers.Choice(offered[0])) if offered else None
    return answer if isinstance(answer, Tiers) else None


def _team(reader: Reader) -> Team | None:
    offered = of_people.offered(reader)
    branch = next(iter(offered.branches), "")
    return team.ask(reader, of_people.Choice(offered.periods[0], branch)) if branch else None


def _week(reader: Reader) -> Week | None:
    offered = week.offered(reader)
    return week.ask(reader, week.Choice(offered[0])) if offered else None


def _of_tiers(answer: Tiers) -> dict[str, Intervals]:
    rng = np.random.default_rng(SEED)
    found = {key: answer.rates[movement] for key, movement in _RATES.items()} | {"net_upgrade_rate": answer.net}
    found |= {key: mobility(answer.moves, index, rng) for key, index in _INDICES.items()}
    if (bridge := answer.bridge) is not None:
        parts = (bridge.entries, bridge.exits, bridge.stayers, bridge.up_movers, bridge.down_movers)
        found["assets_moved"] = _exact(float(sum(part.sum() for part in parts)), float(answer.moves.base.sum()))
    if answer.grace is not None:
        found["last_month_of_grace"] = _exact(sum(answer.grace.about_to_fall.values()))
    if answer.effects is not None and answer.effects.difference.known.any():
        row = int(np.flatnonzero(answer.effects.difference.known)[0])
        found["upgrade_effect"] = answer.effects.difference[row : row + 1]
    return found


def _of_staff(reader: Reader, answer: Team) -> dict[str, Intervals]:
    """The staff of a branch taken together: an example names nobody."""
    told = answer.breadth
    shares = {
        "cross_sell_ratio": told.cross_sold,
        "reversal_rate": told.reversed_sales,
        "retention_rate": told.kept,
        "referral_close_rate": told.closed,
        "breach_rate": Counts.of(told.checked, told.breached),
    }
    found = {key: _share(counts) for key, counts in shares.items()}
    found |= {"customers_won": _exact(_sum(told.won)), "referrals_given": _exact(_sum(told.given))}
    made, amounts = breadth.sales_amounts(reader, answer.people, answer.choice.branch, answer.first, answer.last)
    courses = float(np.nansum(told.courses))
    if courses:
        found["training_score"] = _exact(float(np.nansum(told.courses * told.examined)) / courses, courses)
    found["staff_sales"] = _exact(_sum(amounts), _sum(made))
    if answer.performance is not None:
        found["observed_to_expected"] = results.together(answer.performance)
        found["reliability"] = answer.performance.reliability
    return found


def _of_week(reader: Reader, answer: Week) -> dict[str, Intervals]:
    found: dict[str, Intervals] = {}
    for one in answer.measures:
        if not np.isnan(one.whole):
            found[one.key] = _share(Counts.of([one.whole], [one.part]))
        elif one.review is not None:
            found[one.key] = _exact(one.review.chart.value[-1], one.part)
        if one.key == "weekly_conversions" and one.review is not None:
            found |= {
                key: told
                for key, told in (("week_on_week", one.review.on_week), ("year_on_year", one.review.on_year))
                if told is not None
            }
    if reader.has("sale", "amount"):
        sold = weeks.sales(reader, answer.monday, answer.sunday)
        amount, made = (float(sold[name].sum()) for name in ("sum_sales", "n"))
        found["weekly_sales"] = _exact(amount, made)
        open_days = len(working_days.ask(reader, answer.monday, answer.sunday, ()))
        if open_days:
            found["sales_per_working_day"] = _exact(amount / open_days, open_days)
    return found


def _share(counts: Counts) -> Intervals:
    """Of all together; no number where nobody's is recorded."""
    known = ~np.isnan(counts.n) & ~np.isnan(counts.successes)
    return wilson(Counts.of([counts.n[known].sum()], [counts.successes[known].sum()]))


def _sum(values: Floats) -> float:
    return float(np.nansum(values)) if not np.isnan(values).all() else float("nan")


def _exact(value: npt.ArrayLike, n: float = 1.0) -> Intervals:
    return Intervals.of(value, value, value, n=n, level=0.95, method="counted")
