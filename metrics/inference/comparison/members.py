"""The members of campaigns: each campaign's treated arms, or its control, taken together.

*Treated* are all arms that are not a control. *Matured* are members whose window has closed: only they have an outcome.
An amount is *known* of the matured members whose amount is recorded; its mean stands for all the matured.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.estimate import Intervals, Reason
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats, Groups, JointMoments, Moments

KEYS: Final = ("campaign_id", "arm", "is_control", "branch_id")
WINSORISED: Final = "_winsorised"


class Members:
    """Counts and moments by campaign of some arms. What an arm does not record is nan for its campaign."""

    def __init__(self, columns: dict[str, Floats], campaign: Groups, campaigns: int, level: float) -> None:
        """`columns` of the arms, the row of the `campaign` each belongs to, and the number of campaigns."""
        self._columns = columns
        self._campaign = campaign
        self._campaigns = campaigns
        self._moments: dict[str, Moments] = {}
        self._counts: dict[str, Floats] = {}
        self.level = level
        self.n, self.matured = self.count("n"), self.count("matured")
        self.waiting = (self.n > 0) & (self.matured == 0)  # nobody's window has closed yet

    @classmethod
    def of_arms(cls, arms: pd.DataFrame, order: pd.Index[str], level: float) -> tuple[Members, Members]:
        """The treated and the control members of the campaigns in `order`; other campaigns are passed over."""
        row = order.get_indexer(pd.Index(arms["campaign_id"]))
        of_control = np.asarray(arms["is_control"], dtype=np.bool_)
        numbers = _numbers(arms)
        treated, control = (
            cls({name: column[rows] for name, column in numbers.items()}, row[rows].astype(np.intp), len(order), level)
            for rows in ((row >= 0) & ~of_control, (row >= 0) & of_control)
        )
        return treated, control

    @classmethod
    def of_rows(cls, arms: pd.DataFrame, level: float) -> Members:
        """Every row for itself: an arm against another arm."""
        return cls.grouped(arms, np.arange(len(arms)), len(arms), level)

    @classmethod
    def grouped(cls, arms: pd.DataFrame, group: Groups, groups: int, level: float) -> Members:
        """Rows taken together by the group each belongs to, 0 to ``groups - 1``, such as the branches of an arm."""
        return cls(_numbers(arms), group, groups, level)

    def records(self, measure: str) -> bool:
        """Whether the aggregate has the amount at all."""
        return f"sum_{measure}" in self._columns

    def _column(self, name: str) -> Floats:
        return self._columns.get(name, np.full(len(self._campaign), np.nan))

    def count(self, name: str) -> Floats:
        """A count summed over the arms, shape (campaigns,)."""
        if name not in self._counts:
            summed = np.bincount(self._campaign, weights=self._column(name), minlength=self._campaigns)
            self._counts[name] = summed.astype(np.float64)
        return self._counts[name]

    def counts(self, successes: str, n: str) -> Counts:
        """Two counts, one of the other; nan where the feed contradicts itself."""
        return Counts(self.count(n), np.where(self.contradicts(successes, n), np.nan, self.count(successes)))

    def contradicts(self, successes: str, n: str) -> npt.NDArray[np.bool_]:
        """Campaigns in which the feed has more in the part than in the whole."""
        return (self.count(successes) > self.count(n)) | (self.count(successes) < 0)

    def share(self, successes: str, n: str) -> Intervals:
        """A share with Wilson's limits, or why there is none."""
        share = wilson(self.counts(successes, n), self.level)
        return share.withheld(self.contradicts(successes, n), Reason.NOT_NESTED)

    def moments(self, measure: str) -> Moments:
        """Moments of an amount over the members whose window has closed and whose amount is recorded."""
        if measure not in self._moments:
            matured = self._column("matured")
            known = self._columns.get(f"known_{measure}", matured)
            # Recorded for nobody is unknown, not an empty group.
            n = np.where(known > 0, known, matured)
            mean = np.divide(self._column(f"sum_{measure}"), n, out=np.full_like(n, np.nan), where=n > 0)
            squares = np.where(n > 0, self._column(f"squares_{measure}"), 0.0)
            self._moments[measure] = Moments(n, mean, squares).pooled(self._campaign, self._campaigns)
        return self._moments[measure]

    def cut_away(self, measure: str) -> npt.NDArray[np.bool_]:
        """Campaigns of whose sales the cap leaves nothing: fewer customers bought than it cuts, so that it is 0.

        Only of a winsorised amount that comes with the plain one.
        """
        plain = measure.removesuffix(WINSORISED)
        if plain == measure or not (self.records(measure) and self.records(plain)):
            return np.zeros(self._campaigns, dtype=np.bool_)
        return (self.count(f"sum_{measure}") <= 0) & (self.count(f"sum_{plain}") > 0)

    def with_past(self, measure: str, covariate: str) -> tuple[JointMoments, npt.NDArray[np.bool_]]:
        """An amount with what is known of the same members from before, and the campaigns in which it is of all.

        Rows in which the covariate is not of the same members are left out, and their campaigns are not complete.
        """
        empty = np.zeros(len(self._campaign))
        columns = self._columns
        names = (f"known_{measure}", f"known_{covariate}", f"sum_{covariate}", f"product_{covariate}_{measure}")
        if any(name not in columns for name in names):
            nothing = Moments(empty, empty, empty)
            none = JointMoments(nothing, nothing, empty).pooled(self._campaign, self._campaigns)
            return none, np.zeros(self._campaigns, dtype=np.bool_)
        known, product = columns[names[0]], columns[names[3]]
        usable = (known == columns[names[1]]) & (known > 0) & ~np.isnan(product + columns[f"squares_{covariate}"])
        n = np.where(usable, known, 0.0)
        x, y = (
            Moments(
                n,
                np.divide(columns[f"sum_{name}"], n, out=np.full_like(n, np.nan), where=usable),
                np.where(usable, columns[f"squares_{name}"], 0.0),
            )
            for name in (measure, covariate)
        )
        joint = JointMoments(x, y, np.where(usable, product, 0.0)).pooled(self._campaign, self._campaigns)
        lacking = ~usable & (columns.get("matured", known) != 0)
        return joint, np.bincount(self._campaign, lacking, self._campaigns) == 0

    def outcome_and_contact(self) -> JointMoments:
        """Conversion with contact of the members whose window has closed."""
        return JointMoments.of_counts(
            self.counts("matured_converted", "matured"),
            self.counts("matured_contacted", "matured"),
            both=self.count("contacted_matured_converted"),
        )

    def once_closed(self, intervals: Intervals) -> Intervals:
        """Without the campaigns in which nobody's window has closed yet."""
        return intervals.withheld(self.waiting, Reason.WINDOW_OPEN)


def _numbers(arms: pd.DataFrame) -> dict[str, Floats]:
    """The columns that count or sum something, missing values as nan."""
    names = [str(name) for name in arms.columns if name not in KEYS]
    return dict(zip(names, arms[names].to_numpy(dtype=np.float64, na_value=np.nan).T, strict=True))
