"""Looking before the end: boundaries for planned looks, and a confidence sequence for looking every day.

An experiment that is tested at 5 % every day and stopped at the first success is won by chance far more often than
one time in twenty. Either plan the looks and spend the 5 % over them (`spending_boundaries`), or use limits that
hold at every look at once (`confidence_sequence`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from metrics.errors import DomainError
from metrics.estimate import Intervals, checked_level, table
from metrics.inference.effect import welch_error
from metrics.moments import Floats, Moments, floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(250)
_FARTHEST = 8.5  # standard deviations: beyond it a double holds no probability


class Spending(StrEnum):
    """How the chance of a false alarm is spread over the looks."""

    OBRIEN_FLEMING = "O'Brien-Fleming"  # almost nothing early, almost everything at the end
    POCOCK = "Pocock"  # about equally


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Limits for planned looks, one row per look."""

    information: Floats  # share of the planned customers seen by the look, ending at 1 or before
    critical: Floats  # |z| at or beyond which the difference is called real; inf where no alarm may be raised yet
    nominal_p_value: Floats  # the same limit as a two-sided p value
    spent: Floats  # chance of a false alarm up to and including the look
    method: Spending

    def frame(self) -> pd.DataFrame:
        """One row per look."""
        return table(self, "information", "critical", "nominal_p_value", "spent")

    def crossed(self, statistic: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """For the looks taken so far, whether each one's z reaches its limit."""
        z = floats(statistic)
        return np.abs(z) >= self.critical[: len(z)]


def spending_boundaries(
    information: npt.ArrayLike, level: float = 0.95, spending: Spending = Spending.OBRIEN_FLEMING
) -> Boundaries:
    """Two-sided group-sequential boundaries by an alpha-spending function, for equally or unequally spaced looks.

    Args:
        information: share of the planned customers at each look, increasing, in (0, 1].
        level: one minus the chance of a false alarm over all looks together.
        spending: how that chance is spread.

    Raises:
        DomainError: the looks do not increase within (0, 1], or the level is not between 0 and 1.

    Source: Lan and DeMets (1983), Biometrika 70, 659-663; the density of the score between looks by the recursion of
    Armitage, McPherson and Rowe (1969), Journal of the Royal Statistical Society A 132, 235-244.

    >>> spending_boundaries([0.2, 0.4, 0.6, 0.8, 1.0]).critical.round(2)
    array([4.88, 3.36, 2.68, 2.29, 2.03])
    """
    looks = floats(information)
    alpha = 1 - checked_level(level)
    if len(looks) == 0 or looks[0] <= 0 or looks[-1] > 1 or bool(np.any(np.diff(looks) <= 0)):
        raise DomainError(f"Looks increase within (0, 1], got {looks.tolist()}.")
    spent = _SPENT[spending](looks, alpha)
    critical = np.empty_like(looks)
    # The score starts at 0; between looks it gains a normal increment of variance equal to the information gained.
    score, mass = np.zeros(1), np.ones(1)
    for look, (step, target, allowed) in enumerate(
        zip(np.diff(looks, prepend=0.0), looks, np.diff(spent, prepend=0.0), strict=True)
    ):
        limit = _limit(score, mass, np.sqrt(step), np.sqrt(target), allowed)
        critical[look] = limit / np.sqrt(target)
        edge = min(limit, _FARTHEST * np.sqrt(target))
        following = edge * _NODES
        kernel = stats.norm.pdf(following[:, np.newaxis], loc=score, scale=np.sqrt(step))
        score, mass = following, edge * _WEIGHTS * (kernel @ mass)
    return Boundaries(looks, critical, floats(2 * stats.norm.sf(critical)), spent, spending)


def confidence_sequence(control: Moments, treated: Moments, *, decision_at: float, level: float = 0.95) -> Intervals:
    """Difference of two means with limits that hold at every look at once, however often one looks.

    Asymptotic: valid from some hundred customers on. A proportion comes in by the moments of its zeros and ones, a
    ratio or adjusted mean by its own.

    Args:
        control: the arm so far, one row per look (or per comparison).
        treated: the same.
        decision_at: customers in both arms at which the limits are made as tight as they can be; they hold elsewhere
            too, only wider. Chosen before the data are seen.
        level: the chance that *all* looks' limits hold the true difference.

    Returns:
        Intervals, shape (k,), in the measure's unit, wider than Welch's; the standard error is Welch's, of which more
        are added on either side than at a single look. Reasons as `metrics.inference.effect.difference_in_means`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: `decision_at` is not positive, or the level is not between 0 and 1.

    Source: normal mixture of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52,
    2613-2640, theorem 2.2 and its tuning; after Robbins (1970) and Howard, Ramdas, McAuliffe and Sekhon (2021),
    Annals of Statistics 49, 1055-1080.

    >>> control, treated = Moments.from_rows(np.arange(200.0)), Moments.from_rows(np.arange(200.0) + 30)
    >>> daily = confidence_sequence(control, treated, decision_at=400)
    >>> daily.low.round(1).item(), daily.high.round(1).item()
    (12.4, 47.6)
    """
    alpha = 1 - checked_level(level)
    n = control.n + treated.n
    error, _, reason = welch_error(control, treated)
    seen = np.where(n > 0, n, np.nan) * tuning(decision_at, level)
    margin = error * np.sqrt((1 + 1 / seen) * (np.log1p(seen) - 2 * np.log(alpha)))
    estimate = treated.mean - control.mean
    return Intervals.of(
        estimate,
        estimate - margin,
        estimate + margin,
        n=n,
        level=level,
        reason=reason,
        method="confidence sequence",
        standard_error=error,
        degrees_of_freedom=np.inf,
    )


def tuning(decision_at: float, level: float = 0.95) -> float:
    """What each customer weighs in the limits of `confidence_sequence`, so that they are tightest at `decision_at`.

    Raises:
        DomainError: `decision_at` is not positive, or the level is not between 0 and 1.
    """
    if decision_at <= 0:
        raise DomainError(f"The number of customers to decide at is positive, got {decision_at}.")
    spent = -2 * np.log(1 - checked_level(level))
    return float((spent + np.log1p(spent)) / decision_at)


def _obrien_fleming(information: Floats, alpha: float) -> Floats:
    # Each side spends half of alpha by its own function, as in the published two-sided tables.
    return floats(4 * stats.norm.sf(stats.norm.isf(alpha / 4) / np.sqrt(information)))


def _pocock(information: Floats, alpha: float) -> Floats:
    return alpha * np.log1p((np.e - 1) * information)


_SPENT: dict[Spending, Callable[[Floats, float], Floats]] = {
    Spending.OBRIEN_FLEMING: _obrien_fleming,
    Spending.POCOCK: _pocock,
}


def _limit(score: Floats, mass: Floats, step: float, spread: float, allowed: float) -> float:
    """Absolute score that is reached at this look, and was at none before, with the allowed chance."""

    def excess(limit: float) -> float:
        reached = stats.norm.sf((limit - score) / step) + stats.norm.cdf((-limit - score) / step)
        return float(mass @ reached) - allowed

    farthest = _FARTHEST * spread
    return float(optimize.brentq(excess, 0.0, farthest, xtol=1e-12)) if excess(farthest) < 0 else np.inf
