"""Control charts: is the newest week a signal, or what this process always does?

An individuals chart (XmR) for amounts and scores, Laney's p' chart for rates over many customers. Limits come
from a baseline; a named rule has to fire before a week is called anything but usual.

Source: Wheeler (1993), Understanding Variation; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2;
Laney (2002), Quality Engineering 14, 531-537.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError, ShapeError
from metrics.moments import Counts, Floats

Flags = npt.NDArray[np.bool_]

D2 = 1.128  # mean range of two standard normal values
D4 = 3.268  # upper limit of that range over its mean
FEWEST = 8  # ordinary weeks before there are limits at all


class Rule(StrEnum):
    """The rule that made a week a signal, strongest first; `USUAL` is none of them."""

    USUAL = "usual"
    OUTSIDE = "outside"  # beyond a natural process limit
    RUN = "run"  # the eighth or later in a row on one side of the centre
    OUTER_THIRD = "outer_third"  # the third or fourth of four in the outer third on one side
    NOT_JUDGED = "not_judged"  # no value, no limits yet, or a festival week without an earlier one


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series with its natural process limits and the rule that fired at each week.

    All arrays have shape (weeks,). `rule` holds `Rule` values; `above` says on which side of the centre a value lies.
    """

    value: Floats
    centre: Floats
    low: Floats
    high: Floats
    rule: npt.NDArray[np.str_]
    baseline: Flags  # the weeks that set the limits
    moving_range_limit: float  # nan for a chart of rates

    @property
    def above(self) -> Flags:
        """Values above the centre."""
        return self.value > self.centre

    @property
    def signal(self) -> Flags:
        """Weeks at which a rule fired."""
        return ~np.isin(self.rule, [Rule.USUAL.value, Rule.NOT_JUDGED.value])


def xmr(
    values: Floats,
    *,
    baseline: Flags | None = None,
    apart: Flags | None = None,
    floor: float = -np.inf,
) -> ControlChart:
    """An individuals chart of `values`, one a week, oldest first.

    Args:
        values: The series, shape (weeks,); nan where a week has no value.
        baseline: Weeks that set the limits; all ordinary ones when left out. Lock it, and reset it by a named event.
        apart: Weeks that follow a calendar of their own (Spring Festival): they set no limit and are not judged.
        floor: Lowest possible value; limits do not go below it.

    Returns:
        The chart. With fewer than `FEWEST` baseline weeks the limits are nan and every week is `Rule.NOT_JUDGED`.

    Raises:
        ShapeError: the arrays differ in length.
    """
    ordinary, base = _masks(values, baseline, apart)
    if base.sum() < FEWEST:
        return _without_limits(values, base)
    moving_range = np.abs(np.diff(values[base])).mean()
    centre = np.full_like(values, values[base].mean())
    sigma = np.full_like(values, moving_range / D2)
    low = np.maximum(centre - 3 * sigma, floor)
    rule = np.where(ordinary, _rules((values - centre), sigma, ordinary), Rule.NOT_JUDGED.value)
    return ControlChart(values, centre, low, centre + 3 * sigma, rule, base, float(D4 * moving_range))


def laney_p(counts: Counts, *, baseline: Flags | None = None, apart: Flags | None = None) -> ControlChart:
    """Laney's p' chart of a rate, one week a row, oldest first.

    The usual p chart takes the binomial error of each week for all there is; with thousands of customers a
    week it then alarms every week. This one multiplies it by the variation actually seen between weeks.

    Args:
        counts: Customers and successes of each week, shape (weeks,).
        baseline: Weeks that set the limits; all ordinary ones when left out.
        apart: Weeks that set no limit and are not judged.

    Raises:
        ShapeError: the arrays differ in length.
    """
    share = counts.share
    ordinary, base = _masks(share, baseline, apart)
    if base.sum() < FEWEST:
        return _without_limits(share, base)
    p = counts[base].pooled().share.item()
    binomial = np.sqrt(p * (1 - p) / np.where(counts.n > 0, counts.n, np.nan))
    if p in (0.0, 1.0):
        return _without_limits(share, base)
    z = (share[base] - p) / binomial[base]
    sigma = binomial * np.abs(np.diff(z)).mean() / D2
    centre = np.full_like(share, p)
    low, high = np.clip(centre - 3 * sigma, 0, 1), np.clip(centre + 3 * sigma, 0, 1)
    rule = np.where(ordinary, _rules(share - centre, sigma, ordinary), Rule.NOT_JUDGED.value)
    return ControlChart(share, centre, low, high, rule, base, float("nan"))


def judged_by_earlier_festivals(chart: ControlChart, offset: Floats, *, additive: bool = False) -> ControlChart:
    """The chart with its festival weeks judged against the same places around earlier festivals.

    A festival week's expected value is the centre times (for a rate: plus) the mean effect that earlier
    festivals had at the same offset. The limits are widened for having learned that effect from `m` festivals:
    by sqrt(1 + 1 / m). Counted events vary with the root of their number, so a week at a third of the usual level
    keeps limits of the root of a third. The first festival of a series stays `Rule.NOT_JUDGED`.

    Args:
        chart: Chart of the series, made with the festival weeks `apart`.
        offset: Weeks from the festival's own week, nan in ordinary weeks, as `business_calendar.festival_offset` says.
        additive: Add the effect instead of multiplying, as befits a rate.

    Raises:
        ShapeError: the offsets and the chart differ in length.
    """
    if len(offset) != len(chart.value):
        raise ShapeError("The chart and the offsets have one entry a week each.")
    effect = chart.value - chart.centre if additive else chart.value / chart.centre
    same_place = (offset[:, None] == offset[None, :]) & np.tri(len(offset), k=-1, dtype=bool)
    usable = same_place & ~np.isnan(effect)[None, :]
    m = usable.sum(axis=1)
    total = np.where(usable, np.nan_to_num(effect)[None, :], 0.0).sum(axis=1)
    learned = np.divide(total, m, out=np.full_like(total, np.nan), where=m > 0)
    known = ~np.isnan(learned) & ~np.isnan(chart.value) & ~np.isnan(chart.centre)

    expected = chart.centre + learned if additive else chart.centre * learned
    stretch = np.sqrt(1 + np.divide(1.0, m, out=np.ones_like(learned), where=m > 0))
    scale = stretch if additive else stretch * np.maximum(np.abs(learned), np.sqrt(np.abs(learned)))
    low, high = expected - scale * (chart.centre - chart.low), expected + scale * (chart.high - chart.centre)
    outside = (chart.value < low) | (chart.value > high)
    rule = np.where(known, np.where(outside, Rule.OUTSIDE.value, Rule.USUAL.value), chart.rule)
    return ControlChart(
        chart.value,
        np.where(known, expected, chart.centre),
        np.where(known, low, chart.low),
        np.where(known, high, chart.high),
        rule,
        chart.baseline,
        chart.moving_range_limit,
    )


def _masks(values: Floats, baseline: Flags | None, apart: Flags | None) -> tuple[Flags, Flags]:
    """The weeks that can be judged, and those that set the limits."""
    for mask in (baseline, apart):
        if mask is not None and mask.shape != values.shape:
            raise ShapeError("A mask has one entry a week.")
    ordinary = ~np.isnan(values)
    if apart is not None:
        ordinary &= ~apart
    return ordinary, ordinary if baseline is None else ordinary & baseline


def _without_limits(values: Floats, base: Flags) -> ControlChart:
    unknown = np.full_like(values, np.nan)
    rule = np.full(values.shape, Rule.NOT_JUDGED.value)
    return ControlChart(values, unknown, unknown, unknown, rule, base, float("nan"))


def _rules(distance: Floats, sigma: Floats, ordinary: Flags) -> npt.NDArray[np.str_]:
    """The strongest rule at each week, from the distance to the centre; weeks that do not count are passed over."""
    rule = np.full(distance.shape, Rule.USUAL.value, dtype="<U16")
    d, s = distance[ordinary], sigma[ordinary]
    fired = np.full(d.shape, Rule.USUAL.value, dtype="<U16")
    for side in (1.0, -1.0):
        on_side = side * d
        fired[_of_last(on_side > 2 * s, window=4) & (on_side > 2 * s)] = Rule.OUTER_THIRD.value
    for side in (1.0, -1.0):
        fired[_in_a_row(side * d > 0, length=8)] = Rule.RUN.value
    fired[np.abs(d) > 3 * s] = Rule.OUTSIDE.value
    rule[ordinary] = fired
    return rule


def _of_last(flags: Flags, window: int, needed: int = 3) -> Flags:
    """Weeks with at least `needed` flags among themselves and the `window` - 1 before."""
    counted = np.convolve(flags, np.ones(window, dtype=int))[: len(flags)]
    return counted >= needed


def _in_a_row(flags: Flags, length: int) -> Flags:
    """Weeks that end a run of at least `length` flags."""
    if length < 1:
        raise DomainError(f"A run has at least one week, got {length}.")
    counted = np.convolve(flags, np.ones(length, dtype=int))[: len(flags)]
    return counted == length
