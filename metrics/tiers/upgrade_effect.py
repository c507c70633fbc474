"""What a campaign did to its customers' tiers: treated against control, at one horizon after assignment.

*Treated* is everybody assigned to an arm that is not the control, reached or not (intention to treat); whoever was
reached is *contacted*, which plays no part here. Both arms are `Transitions` whose groups are the campaigns, of
customers who held a tier before the assignment. Randomised arms give an *effect*, others a *difference*: hand
`upgrade_contrast` to `metrics.inference.comparison.contrast.compare`, which knows the words.

Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18, 50-60; Brunner and Munzel (2000), Biometrical
Journal 42, 17-25 (variance with ties).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason, Tests, checked_level
from metrics.inference.adjustment import mantel_haenszel
from metrics.inference.comparison.contrast import Contrast, of_shares, within_strata
from metrics.moments import Counts, Floats
from metrics.tiers.transition import Movement, Table, Transitions


def arms(frame: pd.DataFrame, tiers: Sequence[str], months: int) -> tuple[Transitions, Transitions]:
    """Control and treated customers of every campaign at one horizon, campaign by campaign in the same order.

    Args:
        frame: ``campaign_id``, ``is_control`` and the columns of `Transitions.from_frame`.
        tiers: the bank's order, lowest first.
        months: the horizon that the frame was counted at.

    Returns:
        Control and treated. A campaign without a control has an empty one there; customers of an arm of which nobody
        recorded whether it is the control are in neither.
    """
    campaigns = sorted(frame["campaign_id"].unique())
    control, treated = (frame["is_control"].eq(side).fillna(value=False).astype(bool) for side in (True, False))
    return (
        Transitions.from_frame(frame[control], tiers, months, by="campaign_id", groups=campaigns),
        Transitions.from_frame(frame[treated], tiers, months, by="campaign_id", groups=campaigns),
    )


def upgrade_contrast(control: Transitions, treated: Transitions, *, primary: bool = False) -> Contrast:
    """Upgrades of the treated against the control as one metric of a comparison: one row per group.

    Raises:
        ShapeError: the arms differ in groups, tiers or horizon.
    """
    _same_frame(control, treated)
    shares = _share(control, Movement.UPGRADE), _share(treated, Movement.UPGRADE)
    return of_shares("upgrade_effect", *shares, primary=primary)


def upgrade_contrast_within_tiers(control: Transitions, treated: Transitions, *, primary: bool = False) -> Contrast:
    """The same with customers of one tier at the start compared with their like: for arms that nobody randomised.

    Raises:
        ShapeError: the arms differ in groups, tiers or horizon.
    """
    _same_frame(control, treated)
    campaign = np.repeat(np.arange(len(control)), len(control.tiers))
    strata = mantel_haenszel(campaign, _share_by_tier(control), _share_by_tier(treated))
    return within_strata("upgrade_effect", strata, primary=primary)


def moved_further(control: Transitions, treated: Transitions, level: float = 0.95) -> Intervals:
    """Chance that a treated customer moved further up than a control customer, ties counted half: a row per group.

    Customers are ordered by tiers gained or lost; leaving the bank is below every loss. One half means no
    difference. Most customers stay, so the chance is near one half even where a campaign matters: read it with
    `upgrade_contrast`.

    Returns:
        Intervals in (0, 1) with limits on the logit scale. An arm of fewer than two customers is `Reason.TOO_FEW`;
        `Reason.NO_VARIATION` if all did the same, or every customer of one arm moved further than all of the other.

    Raises:
        ShapeError: the arms differ in groups, tiers or horizon.
    """
    _same_frame(control, treated)
    c, e = _steps(control), _steps(treated)
    m, n = e.sum(axis=1), c.sum(axis=1)
    chance = _chance(c, e)
    variance = _placement_variance(e, c) / _some(m) + _placement_variance(c, e) / _some(n)
    too_few = (m < 2) | (n < 2)
    flat = ~too_few & ~(variance > 0)
    spread = np.sqrt(np.where(variance > 0, variance, np.nan)) / (chance * (1 - chance))
    z = stats.norm.isf((1 - checked_level(level)) / 2)
    logit = np.log(chance / (1 - chance), where=variance > 0, out=np.full_like(chance, np.nan))
    low, high = 1 / (1 + np.exp(-(logit - z * spread))), 1 / (1 + np.exp(-(logit + z * spread)))
    reason = np.select([too_few, flat], [Reason.TOO_FEW.value, Reason.NO_VARIATION.value], Reason.NONE.value)
    return Intervals.of(chance, low, high, n=m + n, level=level, reason=reason, method="Brunner-Munzel, logit")


def rank_test(control: Transitions, treated: Transitions) -> Tests:
    """Mann-Whitney test that treated and control customers move alike, with the correction for ties: a row per group.

    Returns:
        Tests; the statistic is the normal deviate, positive where the treated moved further up. Two-sided. An empty
        arm is `Reason.TOO_FEW`, customers who all did the same are `Reason.NO_VARIATION`.

    Raises:
        ShapeError: the arms differ in groups, tiers or horizon.
    """
    _same_frame(control, treated)
    c, e = _steps(control), _steps(treated)
    m, n = e.sum(axis=1), c.sum(axis=1)
    both, total = c + e, m + n
    tied = np.sum(both**3 - both, axis=1) / np.where(total > 1, total * (total - 1), np.nan)
    variance = (total + 1 - tied) / (12 * _some(m) * _some(n))
    empty = (m == 0) | (n == 0)
    flat = ~empty & ~(variance > 1e-12 / _some(m) / _some(n))
    deviate = np.where(flat | empty, np.nan, (_chance(c, e) - 0.5) / np.sqrt(np.where(flat, np.nan, variance)))
    reason = np.select([empty, flat], [Reason.TOO_FEW.value, Reason.NO_VARIATION.value], Reason.NONE.value)
    return Tests(deviate, 2 * stats.norm.sf(np.abs(deviate)), np.full(len(m), "Mann-Whitney"), reason)


def _same_frame(control: Transitions, treated: Transitions) -> None:
    if (control.groups, control.tiers, control.months) != (treated.groups, treated.tiers, treated.months):
        raise ShapeError("The arms need the same groups, tiers and horizon.")


def _share(arm: Transitions, movement: Movement) -> Counts:
    return Counts(arm.base, arm.of_movement(movement))


def _share_by_tier(arm: Transitions) -> Counts:
    return Counts(arm.departures.sum(axis=2).ravel(), arm.by_tier(Movement.UPGRADE).ravel())


def _steps(arm: Transitions) -> Table:
    """Customers by how far they moved: (groups, 2k), left first, then from the deepest fall to the highest rise."""
    k = len(arm.tiers)
    steps = [np.trace(arm.continuing, offset=step, axis1=1, axis2=2) for step in range(1 - k, k)]
    return np.stack([arm.departures[:, :, -1].sum(axis=1), *steps], axis=1)


def _chance(control: Table, treated: Table) -> Floats:
    """Share of pairs in which the treated customer moved further, ties half; nan without pairs."""
    pairs = _some(treated.sum(axis=1)) * _some(control.sum(axis=1))
    return np.sum(treated * _below(control), axis=1) / pairs


def _below(counts: Table) -> Table:
    """Customers in lower categories and half of those in the same."""
    return np.cumsum(counts, axis=1) - counts / 2


def _placement_variance(of: Table, among: Table) -> Floats:
    """Sample variance of each customer's relative rank among the other arm; nan with fewer than two customers."""
    size = of.sum(axis=1)
    place = _below(among) / _some(among.sum(axis=1))[:, None]
    mean = np.sum(of * place, axis=1) / _some(size)
    return np.sum(of * (place - mean[:, None]) ** 2, axis=1) / np.where(size > 1, size - 1, np.nan)


def _some(count: Floats) -> Floats:
    """A count to divide by; nan where there is nobody."""
    return np.where(count > 0, count, np.nan)
