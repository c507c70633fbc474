"""Weekly shares freed from the mix of campaigns: what is left is how the branch works, not what it was given to sell.

Which campaigns run changes every week, and one asks for more than another: participation in everything together jumps
with each start and end, and is no stable process. Here each week is held against what its own campaigns' customers did
in *other* weeks of the baseline, so that the series moves when people work differently and not when the list changes.

Source: indirect standardisation, Breslow and Day (1987), Statistical Methods in Cancer Research II, chapter 2; Laney
(2002), Quality Engineering 14, 531-537, for the chart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.estimate import table
from metrics.moments import Floats, floats
from metrics.week.business_calendar import Days
from metrics.week.control_chart import ControlChart, Flags, laney

FEWEST_ELSEWHERE = 30  # customers of a campaign in other weeks: a rate of fewer makes one week in twenty alarm
COMPARABLE_ENOUGH = 0.5  # share of a week's customers below which its campaigns are too new to judge the week by


@dataclass(frozen=True, slots=True)
class SteadyShare:
    """Weeks at one mix of campaigns, shape (weeks,), in the order of the Mondays."""

    n: Floats  # customers of the week
    comparable: Floats  # share of them in campaigns whose rate other baseline weeks tell; the rest says nothing
    observed: Floats  # of the comparable ones, who did
    expected: Floats  # who would have, at their campaigns' own rates in the other weeks
    variance: Floats  # of observed less expected by chance alone, the error of those rates included
    usual: float  # share of all customers of the baseline weeks

    @property
    def share(self) -> Floats:
        """The usual share times observed / expected; nan where too few customers are comparable."""
        enough = (self.comparable >= COMPARABLE_ENOUGH) & (self.expected > 0)
        ratio = np.divide(self.observed, self.expected, out=np.full_like(self.observed, np.nan), where=enough)
        return self.usual * ratio

    @property
    def error(self) -> Floats:
        """Standard error of `share` by chance alone; nan where it has none."""
        return self.usual * np.sqrt(self.variance) / np.where(np.isnan(self.share), np.nan, self.expected)

    def frame(self) -> pd.DataFrame:
        """One row per week."""
        return table(self, "n", "comparable", "observed", "expected", "share", "error")


def steady_share(
    mondays: Days,
    counts: pd.DataFrame,
    *,
    n: str = "watched",
    successes: str = "watched_participated",
    by: str = "campaign_id",
    baseline: Flags | None = None,
    fewest: int = FEWEST_ELSEWHERE,
) -> SteadyShare:
    """Each week's share beside what its campaigns did in the other weeks.

    Args:
        mondays: The weeks, oldest first, shape (weeks,).
        counts: One row per week and campaign: `week_start`, `by`, and the counts `n` and `successes`. Weeks that are
            not asked for and rows in which a count is missing are passed over.
        n: The column of customers.
        successes: The column of those who did.
        by: The column of the campaign, or of whatever makes the mix.
        baseline: Weeks from which the rates are learned; all but the newest when left out.
        fewest: Customers that a campaign needs in the other weeks; with fewer its customers of this week say nothing.

    Raises:
        ShapeError: a column is missing, or the baseline has not one entry a week.
        DomainError: a negative count, or more successes than customers.

    >>> counts = pd.DataFrame({"week_start": pd.to_datetime(["2026-01-05", "2026-01-12", "2026-01-12"]),
    ...                        "campaign_id": ["a", "a", "b"], "watched": [100, 50, 80],
    ...                        "watched_participated": [20, 15, 8]})
    >>> steady = steady_share(np.array(["2026-01-05", "2026-01-12"], dtype="datetime64[D]"), counts)
    >>> steady.observed.tolist(), steady.expected.tolist(), steady.comparable.round(3).tolist()
    ([0.0, 15.0], [0.0, 10.0], [0.0, 0.385])
    """
    missing = [name for name in ("week_start", by, n, successes) if name not in counts.columns]
    if missing:
        raise ShapeError(f"The weekly counts lack {', '.join(missing)}.")
    learned = np.arange(len(mondays)) < len(mondays) - 1 if baseline is None else baseline
    if len(learned) != len(mondays):
        raise ShapeError(f"A baseline of {len(learned)} weeks for {len(mondays)} weeks.")
    known = counts[counts[n].notna() & counts[successes].notna()]
    week = pd.Index(mondays).get_indexer(pd.Index(pd.to_datetime(known["week_start"]).to_numpy(dtype="datetime64[D]")))
    known, week = known[week >= 0], week[week >= 0]
    customers, did = floats(known[n]), floats(known[successes])
    if bool(np.any((did < 0) | (did > customers))):
        raise DomainError("A count of successes lies between 0 and the number of customers.")
    campaign = pd.factorize(known[by], use_na_sentinel=False)[0]
    size = int(campaign.max(initial=-1)) + 1

    teaches = learned[week]
    base_n, base_did = np.where(teaches, customers, 0.0), np.where(teaches, did, 0.0)
    # Of the same campaign in the other weeks of the baseline.
    others = np.bincount(campaign, base_n, size)[campaign] - base_n
    did_others = np.bincount(campaign, base_did, size)[campaign] - base_did
    enough = others >= max(fewest, 1)
    rate = np.divide(did_others, others, out=np.zeros_like(others), where=enough)
    judged = np.where(enough, customers, 0.0)
    spread = judged * rate * (1 - rate) * (1 + np.divide(judged, others, out=np.zeros_like(others), where=enough))

    def by_week(values: Floats) -> Floats:
        return floats(np.bincount(week, values, len(mondays)))

    everybody = by_week(customers)
    return SteadyShare(
        n=everybody,
        comparable=np.divide(by_week(judged), everybody, out=np.full(len(mondays), np.nan), where=everybody > 0),
        observed=by_week(np.where(enough, did, 0.0)),
        expected=by_week(judged * rate),
        variance=by_week(spread),
        usual=float(base_did.sum() / base_n.sum()) if base_n.sum() > 0 else float("nan"),
    )


def steady_chart(steady: SteadyShare, *, baseline: Flags | None = None, apart: Flags | None = None) -> ControlChart:
    """Control chart of the share at one mix; arguments, and what is not judged, as `control_chart.laney`."""
    return laney(steady.share, steady.usual, steady.error, baseline=baseline, apart=apart, floor=0.0, ceiling=1.0)
