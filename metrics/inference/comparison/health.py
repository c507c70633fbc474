"""Whether an experiment can be believed before anyone reads its result.

A sample-ratio mismatch means that assignment or recording went wrong: the verdict is withheld, however good it looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference.effect import welch_error
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats, Moments, floats

MISMATCH_BELOW = 0.001  # the check runs on every experiment, so its own false alarms must be rare
FEWEST_BRANCHES = 5  # expected in an arm: with fewer, chi-square alarms by chance more often than it says


def sample_ratio(assigned: npt.ArrayLike, allocation: npt.ArrayLike) -> Tests:
    """Chi-square test that customers were assigned to the arms in the planned proportions.

    Args:
        assigned: customers in each arm, shape (k, arms) or (arms,) for one experiment; 0 where an experiment has
            fewer arms.
        allocation: planned weight of each arm, of the same shape or (arms,); any scale.

    Returns:
        Tests, shape (k,). A p value under `MISMATCH_BELOW` blocks the verdict. An arm with customers that was given no
        share is the surest mismatch: p is 0. No customers, or fewer than two planned arms: `Reason.TOO_FEW`.

    Raises:
        ShapeError: the shapes do not belong together.
        DomainError: a negative count or weight.

    Source: Fabijan and others (2019), KDD, 2156-2164.

    >>> sample_ratio([[5000, 5300], [5000, 5050]], [1, 1]).p_value.round(4)
    array([0.0031, 0.618 ])
    """
    seen = np.atleast_2d(np.asarray(assigned, dtype=np.float64))
    try:
        weight = np.broadcast_to(np.asarray(allocation, dtype=np.float64), seen.shape)
    except ValueError:
        raise ShapeError(f"{seen.shape[1]} arms were assigned, {np.shape(allocation)[-1]} were planned.") from None
    if bool(np.any(seen < 0) or np.any(weight < 0)):
        raise DomainError("Customers and weights of the arms are not negative.")
    total, planned = seen.sum(axis=1), np.count_nonzero(weight, axis=1)
    known = (total > 0) & (planned > 1)
    scale = np.divide(total, weight.sum(axis=1), out=np.zeros_like(total), where=known)
    expected = weight * scale[:, np.newaxis]
    distance = np.divide((seen - expected) ** 2, expected, out=np.zeros_like(seen), where=expected > 0).sum(axis=1)
    unplanned = np.any((seen > 0) & (weight == 0), axis=1)
    chi_square = np.where(known, np.where(unplanned, np.inf, distance), np.nan)
    p_value = floats(stats.chi2.sf(chi_square, np.maximum(planned - 1, 1)))
    reason = np.where(known, Reason.NONE.value, Reason.TOO_FEW.value)
    return Tests(chi_square, p_value, np.where(known, "chi-square", ""), reason)


def planned_sizes(
    sizes: pd.DataFrame | None, campaign_id: pd.Index[str], by_branch: npt.NDArray[np.bool_] | None = None
) -> Tests:
    """The sample ratio of campaigns, from what the warehouse counted of each arm and what was planned for it.

    Args:
        sizes: one row per campaign and arm, arms that got nobody among them: `campaign_id`, `allocation` (planned
            share), `n` (customers assigned) and, for campaigns assigned by branch, `assigned_branches`. None: no plan.
        campaign_id: the campaigns in the order wanted; others are passed over.
        by_branch: campaigns in which whole branches were assigned: branches are then counted, not customers.

    Returns:
        Tests as `sample_ratio`, one row per campaign. A campaign that does not state the share of every arm says
        `Reason.NOT_RECORDED`; one that plans fewer than `FEWEST_BRANCHES` branches for some arm `Reason.TOO_FEW`.

    >>> sizes = pd.DataFrame({"campaign_id": ["a", "a", "b"], "allocation": [0.5, 0.5, None], "n": [900, 700, 80]})
    >>> planned_sizes(sizes, pd.Index(["a", "b"])).p_value.round(9)
    array([5.73e-07,      nan])
    """
    k = len(campaign_id)
    dealt = np.zeros(k, dtype=np.bool_) if by_branch is None else by_branch
    if sizes is None:
        return _unchecked(k)
    place = campaign_id.get_indexer(pd.Index(sizes["campaign_id"]))
    among, place = sizes[place >= 0], place[place >= 0]
    arm = pd.Series(place).groupby(place).cumcount().to_numpy(dtype=np.intp)
    n, weight = floats(among["n"]), floats(among["allocation"])
    if "assigned_branches" in among:
        n = np.where(dealt[place], floats(among["assigned_branches"]), n)
    table = np.zeros((2, k, int(arm.max(initial=0)) + 1))
    table[:, place, arm] = n, np.nan_to_num(weight)
    test = sample_ratio(table[0], table[1])
    stated = (np.bincount(place, minlength=k) > 0) & (np.bincount(place, np.isnan(weight + n), k) == 0)
    enough = FEWEST_BRANCHES * table[1].sum(axis=1)
    few = dealt & ((table[1] > 0) & (table[1] * table[0].sum(axis=1)[:, None] < enough[:, None])).any(axis=1)
    told = stated & ~few
    reason = np.select([~stated, few], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], test.reason)
    statistic, p_value = (np.where(told, column, np.nan) for column in (test.statistic, test.p_value))
    return Tests(statistic, p_value, np.where(told, test.method, ""), reason)


def _unchecked(rows: int) -> Tests:
    nan = np.full(rows, np.nan)
    return Tests(nan, nan, np.full(rows, ""), np.full(rows, Reason.NOT_RECORDED.value))


def contamination(customers: npt.ArrayLike, in_two_arms: npt.ArrayLike, level: float = 0.95) -> Intervals:
    """Share of an experiment's customers who were assigned to more than one arm.

    They dilute the difference, and who they are is not random: more than a handful is a fault to find.

    Returns:
        Intervals of Wilson, shape (k,).

    >>> contamination([2000], [6]).estimate
    array([0.003])
    """
    return wilson(Counts.of(customers, in_two_arms), level)


@dataclass(frozen=True, slots=True)
class Novelty:
    """How an effect moves from week to week: one experiment."""

    trend: Intervals  # one row: change of the effect a week, in the measure's unit
    test: Tests  # one row: that there is no trend
    weeks: int  # weeks that could be used


def novelty(week: npt.ArrayLike, control: Moments, treated: Moments, level: float = 0.95) -> Novelty:
    """Whether an effect fades (or grows) with the weeks: the weighted trend of the weekly differences.

    Each week's difference weighs by the inverse of its variance. A falling effect says that the average overstates what
    lasts. Customers are counted in the week of their assignment, so that weeks are independent.

    Args:
        week: number of each week since the start, shape (w,).
        control: the arm's customers of each week, shape (w,).
        treated: the same.
        level: confidence level.

    Returns:
        The trend; fewer than three weeks with an effect are `Reason.TOO_FEW`.

    Raises:
        ShapeError: weeks and arms differ in length.

    Source: fixed-effect meta-regression, Borenstein and others (2009), Introduction to Meta-Analysis, chapter 20.
    """
    when = floats(week)
    if len(when) != len(control):
        raise ShapeError(f"{len(when)} weeks for {len(control)} rows of an arm.")
    error, _, reason = welch_error(control, treated)
    usable = reason == Reason.NONE.value
    slope, spread = _trend(when[usable], (treated.mean - control.mean)[usable], error[usable])
    margin = stats.norm.isf((1 - checked_level(level)) / 2) * spread
    n = float((control.n + treated.n).sum())
    trend = Intervals.of(
        slope,
        slope - margin,
        slope + margin,
        n=n,
        level=level,
        method="weighted least squares",
        standard_error=spread,
        degrees_of_freedom=np.inf,
    )
    z = floats(slope / spread)
    test = Tests(z, floats(2 * stats.norm.sf(np.abs(z))), np.array(["Wald"]), trend.reason)
    return Novelty(trend, test, int(usable.sum()))


def _trend(when: Floats, effect: Floats, error: Floats) -> tuple[float, float]:
    if len(np.unique(when)) < 3:
        return np.nan, np.nan
    weight = error**-2
    distance = when - np.average(when, weights=weight)
    information = np.sum(weight * distance**2)
    return float(np.sum(weight * distance * effect) / information), float(information**-0.5)
