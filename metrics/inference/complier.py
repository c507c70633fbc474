"""The effect on those actually contacted: what a call does when a third of the list is never reached."""

from __future__ import annotations

import numpy as np

from metrics.estimate import Intervals, Reason
from metrics.inference.effect import checked_pairs
from metrics.inference.ratio import fieller_limits
from metrics.moments import Floats, JointMoments


def effect_on_contacted(control: JointMoments, treated: JointMoments, level: float = 0.95) -> Intervals:
    """Difference of outcomes over difference of contact rates, with Fieller's limits.

    Assignment was random, contact was not: comparing contacted with uncontacted customers would compare people
    who answer the phone with people who do not. Dividing the effect of assignment by the share that assignment
    brought into contact gives the effect on those customers, if assignment works through contact alone.

    Args:
        control: outcome (x) and contact, 0 or 1 (y), of customers held out, shape (k,).
        treated: the same of customers assigned to be contacted, shape (k,).
        level: confidence level.

    Returns:
        Intervals, shape (k,), in the outcome's unit. Where the arms' contact rates may be equal the limits have no
        end: `Reason.UNBOUNDED`. Without a control: `Reason.NO_CONTROL`.

    Raises:
        ShapeError: the arms differ in length.
        DomainError: the level is not between 0 and 1.

    Source: Bloom (1984), Evaluation Review 8, 225-246; limits of Fieller (1954).

    >>> from metrics.moments import Counts
    >>> control = JointMoments.of_counts(Counts.of([1000], [50]), Counts.of([1000], [0]), both=[0])
    >>> treated = JointMoments.of_counts(Counts.of([1000], [90]), Counts.of([1000], [500]), both=[70])
    >>> effect = effect_on_contacted(control, treated)
    >>> effect.estimate.round(3).item(), effect.low.round(3).item(), effect.high.round(3).item()
    (0.08, 0.036, 0.124)
    """
    gap_x, gap_y, var_x, var_y, cov = _gaps(control, treated)
    effect = fieller_limits(gap_x, gap_y, var_x, var_y, cov, n=control.n + treated.n, level=level)
    return _explained(effect, control, treated)


def _gaps(control: JointMoments, treated: JointMoments) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Differences of outcome and contact, treated minus control, with their variances and covariance."""
    checked_pairs(control.x, treated.x)
    n_c, n_t = np.where(control.n > 1, control.n, np.nan), np.where(treated.n > 1, treated.n, np.nan)
    return (
        treated.x.mean - control.x.mean,
        treated.y.mean - control.y.mean,
        treated.x.variance / n_t + control.x.variance / n_c,
        treated.y.variance / n_t + control.y.variance / n_c,
        treated.covariance / n_t + control.covariance / n_c,
    )


def _explained(effect: Intervals, control: JointMoments, treated: JointMoments) -> Intervals:
    """Says why there is no effect where the arms do not allow one."""
    unknown = np.zeros(len(effect), dtype=np.bool_)
    for arm in (control, treated):
        unknown |= (arm.n > 0) & (np.isnan(arm.x.mean) | np.isnan(arm.y.mean))
    return effect.withheld(unknown, Reason.NOT_RECORDED).withheld(control.n == 0, Reason.NO_CONTROL)
