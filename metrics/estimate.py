"""What a statistic returns: estimates with intervals, tests, and the reason where there is none.

Everything is vectorised: one row per campaign, branch, tier or staff member, in the caller's order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.moments import Floats, floats


class Reason(StrEnum):
    """Why a row has no number. The empty text means that it has one."""

    NONE = ""
    TOO_FEW = "too_few"  # a variance of one customer, a rate of none
    NOT_RECORDED = "not_recorded"  # the feed lacks the table or the column
    NO_CONTROL = "no_control"  # nothing to compare with
    NO_COST = "no_cost"  # a return on a cost of zero does not exist
    WINDOW_OPEN = "window_open"  # nobody's attribution window has closed
    UNBOUNDED = "unbounded"  # the interval is not a finite range (Fieller)
    NO_VARIATION = "no_variation"  # every customer has the same value
    NOT_NESTED = "not_nested"  # more in the numerator than in the denominator: the feed contradicts itself
    NO_EFFECT = "no_effect"  # the interval of the effect holds 0, so a cost per extra customer does not exist
    CLUSTERED = "clustered"  # assigned by branch: customers of one branch are not independent of each other
    BOTH_ARMS = "both_arms"  # a branch has customers in both arms: it was not assigned as one
    SAMPLE_RATIO = "sample_ratio"  # the arms are not of the planned sizes: assignment or recording went wrong


class Verdict(StrEnum):
    """What an interval says against the line that matters."""

    TOO_FEW = "too_few"
    NO_DIFFERENCE = "no_difference"
    HIGHER = "higher"
    LOWER = "lower"


def checked_level(level: float) -> float:
    """`level` if it is a confidence level.

    Raises:
        DomainError: it is not strictly between 0 and 1.
    """
    if not 0 < level < 1:
        raise DomainError(f"A confidence level lies between 0 and 1, got {level}.")
    return level


def table(result: object, *names: str) -> pd.DataFrame:
    """Some attributes of a result, one column each: what its `frame` is made of."""
    return pd.DataFrame({name: getattr(result, name) for name in names})


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Intervals:
    """Point estimates with confidence limits, one row each.

    A row that cannot be estimated has nan in `estimate`, `low` and `high` (or in the limits alone) and
    says why in `reason`. `n` is the denominator that a page prints beside the number.

    >>> Intervals.of([0.1], [0.05], [0.2], n=[40]).verdict(against=0.0)
    array(['higher'], dtype='<U13')
    """

    estimate: Floats
    low: Floats
    high: Floats
    n: Floats
    level: float
    reason: npt.NDArray[np.str_]
    method: str  # the method's usual name, shown on hover: "Wilson", "Fieller"
    standard_error: Floats = field(
        default_factory=_none
    )  # in the unit of the estimate; nan where the limits are not built from one
    degrees_of_freedom: Floats = field(default_factory=_none)  # of it; infinite for a normal limit

    def __post_init__(self) -> None:
        for name in ("standard_error", "degrees_of_freedom"):
            if len(getattr(self, name)) != len(self.estimate):
                if len(getattr(self, name)):
                    raise ShapeError(f"An interval has one {name.replace('_', ' ')} per row.")
                object.__setattr__(self, name, np.full(len(self.estimate), np.nan))

    @classmethod
    def of(
        cls,
        estimate: npt.ArrayLike,
        low: npt.ArrayLike,
        high: npt.ArrayLike,
        *,
        n: npt.ArrayLike,
        level: float = 0.95,
        reason: npt.ArrayLike | None = None,
        method: str = "",
        standard_error: npt.ArrayLike | None = None,
        degrees_of_freedom: npt.ArrayLike | None = None,
    ) -> Intervals:
        """Intervals from anything array-like; without `reason`, a row with nan limits is `Reason.TOO_FEW`.

        Standard errors and degrees of freedom are given where the limits rest on them; rows without limits lose them.

        Raises:
            ShapeError: the columns differ in length.
            DomainError: the level is not between 0 and 1.
        """
        point, lower, upper, count = floats(estimate), floats(low), floats(high), floats(n)
        if len({len(point), len(lower), len(upper), len(count)}) > 1:
            raise ShapeError("An interval has one estimate, two limits and one n per row.")
        if reason is None:
            reason = np.where(np.isnan(lower) | np.isnan(upper), Reason.TOO_FEW.value, Reason.NONE.value)
        why = np.broadcast_to(np.asarray(reason, dtype=np.str_), point.shape)
        known = ~(np.isnan(lower) | np.isnan(upper))
        error, freedom = (
            _none() if column is None else np.where(known, np.broadcast_to(floats(column), point.shape), np.nan)
            for column in (standard_error, degrees_of_freedom)
        )
        return cls(point, lower, upper, count, checked_level(level), why, method, error, freedom)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.estimate)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Intervals:
        """Some of the rows."""
        return Intervals(
            self.estimate[rows],
            self.low[rows],
            self.high[rows],
            self.n[rows],
            self.level,
            self.reason[rows],
            self.method,
            self.standard_error[rows],
            self.degrees_of_freedom[rows],
        )

    def frame(self) -> pd.DataFrame:
        """One row each, for a notebook or a file: the numbers, what they rest on and why there is none.

        >>> Intervals.of([0.1], [0.05], [0.2], n=[40], method="Wilson").frame()[["estimate", "low", "high", "n"]]
           estimate   low  high     n
        0       0.1  0.05   0.2  40.0
        """
        names = ("estimate", "low", "high", "n", "level", "standard_error", "degrees_of_freedom", "reason", "method")
        return pd.DataFrame({name: getattr(self, name) for name in names}, index=pd.RangeIndex(len(self)))

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Rows with an estimate and both limits."""
        return ~(np.isnan(self.estimate) | np.isnan(self.low) | np.isnan(self.high))

    def scaled(self, factor: float | Floats, shift: float | Floats = 0.0) -> Intervals:
        """The image under ``factor * x + shift``, one factor for all rows or one each; a negative one swaps limits.

        >>> Intervals.of([2.0], [1.0], [4.0], n=[9]).scaled(-1, shift=10).low
        array([6.])
        """
        rising = np.asarray(factor) >= 0
        low, high = np.where(rising, self.low, self.high), np.where(rising, self.high, self.low)
        return replace(
            self,
            estimate=self.estimate * factor + shift,
            low=low * factor + shift,
            high=high * factor + shift,
            standard_error=self.standard_error * np.abs(factor),
        )

    def withheld(self, rows: npt.NDArray[np.bool_], reason: Reason) -> Intervals:
        """The same intervals without the numbers of some rows, for a reason that replaces any they had.

        >>> Intervals.of([2.0], [1.0], [4.0], n=[9]).withheld(np.array([True]), Reason.NO_CONTROL).reason.item()
        'no_control'
        """
        if not rows.any():
            return self
        names = ("estimate", "low", "high", "standard_error", "degrees_of_freedom")
        kept = {name: np.where(rows, np.nan, getattr(self, name)) for name in names}
        return replace(self, **kept, reason=np.where(rows, reason.value, self.reason))

    def with_rows(self, rows: npt.NDArray[np.intp], other: Intervals) -> Intervals:
        """The same intervals with the rows at some positions taken from another method's, one each.

        >>> mixed = Intervals.of([1.0, np.nan], [0.0, np.nan], [2.0, np.nan], n=[9, 9]).with_rows(
        ...     np.array([1]), Intervals.of([5.0], [4.0], [6.0], n=[3]))
        >>> mixed.estimate, mixed.n
        (array([1., 5.]), array([9., 3.]))
        """
        columns = {}
        for name in ("estimate", "low", "high", "n", "standard_error", "degrees_of_freedom"):
            columns[name] = getattr(self, name).astype(np.float64)
            columns[name][rows] = getattr(other, name)
        reason = self.reason.astype(object)
        reason[rows] = other.reason
        method = ", ".join(dict.fromkeys(filter(None, (self.method, other.method))))
        return replace(self, **columns, reason=reason.astype(np.str_), method=method)

    def verdict(self, against: float = 0.0) -> npt.NDArray[np.str_]:
        """Each row's `Verdict` against the line that matters."""
        verdict = np.where(self.low > against, Verdict.HIGHER, Verdict.NO_DIFFERENCE)
        verdict = np.where(self.high < against, Verdict.LOWER, verdict)
        return np.where(self.known, verdict, Verdict.TOO_FEW)


@dataclass(frozen=True, slots=True)
class Tests:
    """Outcomes of a hypothesis test, one row each. nan and a reason where the test could not be made."""

    statistic: Floats
    p_value: Floats
    method: npt.NDArray[np.str_]  # which test was made of each row: "score", "Fisher", "Welch"
    reason: npt.NDArray[np.str_]

    __test__ = False  # a noun, not something for pytest to collect

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.p_value)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Tests:
        """Some of the rows."""
        return Tests(self.statistic[rows], self.p_value[rows], self.method[rows], self.reason[rows])

    def frame(self) -> pd.DataFrame:
        """One row each, for a notebook or a file: the statistic, its p value, and which test was made or why none.

        >>> Tests(np.array([2.0]), np.array([0.0455]), np.array(["score"]), np.array([""])).frame()["p_value"].item()
        0.0455
        """
        return table(self, "statistic", "p_value", "method", "reason")
