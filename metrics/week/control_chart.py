"""Control charts: is the newest week a signal, or what this process always does?

An individuals chart (XmR) for amounts and scores, Laney's p' chart for rates over many customers. Limits come
from a baseline that leaves out the newest week, the one that is judged: a week that helps to set its own limits hides
itself. A named rule has to fire before a week is called anything but usual.

Source: Wheeler (1993), Understanding Variation, for the limits and the three rules; NIST/SEMATECH e-Handbook of
Statistical Methods, 6.3.2.2; Laney (2002), Quality Engineering 14, 531-537.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.estimate import table
from metrics.moments import Counts, Floats, floats

Flags = npt.NDArray[np.bool_]

D2 = 1.128  # mean range of two standard normal values
D4 = 3.268  # upper limit of that range over its mean
RUN = 8  # weeks in a row on one side
NEAR = 3  # of four weeks nearer to a limit than to the centre, on one side
FEWEST = 12  # baseline weeks before there are limits: with 8, one quiet week in 30 alarms, with 12 one in 45

_ROUNDING = 1e-12  # a spread below this part of the level is the rounding of equal values


class Rule(StrEnum):
    """The rule that made a week a signal, strongest first; `USUAL` is none of them."""

    USUAL = "usual"
    OUTSIDE = "outside"  # beyond a natural process limit
    RUN = "run"  # the eighth or later in a row on one side of the centre
    NEAR_LIMIT = "near_limit"  # the third or fourth of four nearer to a limit than to the centre, on one side
    NOT_JUDGED = "not_judged"  # no value, no limits yet, or a festival week without an earlier one


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series with its natural process limits and the rule that fired at each week.

    All arrays have shape (weeks,). `rule` holds `Rule` values; `above` says on which side of the centre a value lies.
    A rule is judged by `sigma`; `low` and `high` are three of them from the centre, held between `floor` and `ceiling`.
    """

    value: Floats
    centre: Floats
    low: Floats  # lower natural process limit
    high: Floats
    sigma: Floats
    rule: npt.NDArray[np.str_]
    baseline: Flags  # the weeks that set the limits
    moving_range_limit: float  # nan for a chart of rates
    floor: float = -np.inf
    ceiling: float = np.inf

    def frame(self) -> pd.DataFrame:
        """One row per week: the value, its limits, the rule that fired, and whether the week set the limits."""
        return table(self, "value", "centre", "low", "high", "rule", "signal", "baseline")

    def latest(self, weeks: int) -> ControlChart:
        """The last weeks of it."""
        cut = {each.name: getattr(self, each.name)[-weeks:] for each in fields(self) if each.name in _OF_WEEKS}
        return replace(self, **cut)

    @property
    def above(self) -> Flags:
        """Values above the centre."""
        return self.value > self.centre

    @property
    def signal(self) -> Flags:
        """Weeks at which a rule fired."""
        return ~np.isin(self.rule, [Rule.USUAL.value, Rule.NOT_JUDGED.value])


_JUDGED = ("centre", "low", "high", "sigma", "rule")
_OF_WEEKS = frozenset({"value", "baseline", *_JUDGED})


def moved(chart: ControlChart, centre: Floats, sigma: Floats, rule: npt.NDArray[np.str_]) -> ControlChart:
    """The chart with another centre and sigma, and the limits that they make."""
    low, high = (np.clip(centre + side * 3 * sigma, chart.floor, chart.ceiling) for side in (-1, 1))
    return replace(chart, centre=centre, sigma=sigma, low=low, high=high, rule=rule)


def natural_limits(values: Floats) -> tuple[float, float]:
    """Centre and sigma of an individuals chart: the mean, and the mean moving range over `D2`.

    Sigma is 0 where all values are alike.

    >>> natural_limits(np.array([10.0, 12.0, 11.0]))     # ranges 2 and 1
    (11.0, 1.3297872340425534)
    """
    moving_range = np.abs(np.diff(values)).mean()
    return float(values.mean()), float(moving_range / D2)


def xmr(
    values: npt.ArrayLike,
    *,
    baseline: Flags | None = None,
    apart: Flags | None = None,
    days: npt.ArrayLike | None = None,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> ControlChart:
    """An individuals chart of `values`, one a week, oldest first.

    Args:
        values: The series, shape (weeks,); nan where a week has no value.
        baseline: Weeks that set the limits; all but the newest when left out. Lock it, and reset it by a named event.
        apart: Weeks that follow a calendar of their own (Spring Festival): they set no limit and are not judged.
        days: Days over which each value is a mean, where they differ: over fewer it varies more, by their root.
        floor: Lowest possible value; limits do not go below it.
        ceiling: Highest possible value.

    Returns:
        The chart. With fewer than `FEWEST` baseline weeks, or with all of them alike, the limits are nan and every
        week is `Rule.NOT_JUDGED`.

    Raises:
        ShapeError: the arrays differ in length.
    """
    series = floats(values)
    ordinary, base = _masks(series, baseline, apart)
    if base.sum() < FEWEST:
        return _without_limits(series, base)
    weight = np.ones_like(series) if days is None else floats(days)
    middle = float(np.average(series[base], weights=weight[base]))
    varies = np.sqrt(weight[base].mean() / np.where(weight > 0, weight, np.nan))
    _, spread = natural_limits((series[base] - middle) / varies[base])
    if spread <= _ROUNDING * abs(middle):
        return _without_limits(series, base)
    chart = _without_limits(series, base, D4 * D2 * spread, floor, ceiling)
    return _judged(chart, np.full_like(series, middle), spread * varies, ordinary)


def laney_p(counts: Counts, *, baseline: Flags | None = None, apart: Flags | None = None) -> ControlChart:
    """Laney's p' chart of a rate, one week a row, oldest first.

    The usual p chart takes the binomial error of each week for all there is; with thousands of customers a
    week it then alarms every week. This one multiplies it by the variation actually seen between weeks.

    Args:
        counts: Customers and successes of each week, shape (weeks,).
        baseline: Weeks that set the limits; all but the newest when left out.
        apart: Weeks that set no limit and are not judged.

    Returns:
        The chart; without limits as `xmr` has none.

    Raises:
        ShapeError: the arrays differ in length.
    """
    _, base = _masks(counts.share, baseline, apart)
    p = counts[base].pooled().share.item()
    if p in (0.0, 1.0):
        return _without_limits(counts.share, base)
    error = np.sqrt(p * (1 - p) / np.where(counts.n > 0, counts.n, np.nan))
    return laney(counts.share, p, error, baseline=baseline, apart=apart, floor=0.0, ceiling=1.0)


def laney(
    values: npt.ArrayLike,
    centre: float,
    error: npt.ArrayLike,
    *,
    baseline: Flags | None = None,
    apart: Flags | None = None,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> ControlChart:
    """Laney's chart of any weekly figure whose sampling error is known, stretched by what weeks really vary.

    Args:
        values: The series, shape (weeks,); nan where a week has no value.
        centre: What is usual.
        error: Standard error of each week's value by chance alone, shape (weeks,).
        baseline: As `xmr`.
        apart: As `xmr`.
        floor: Lowest possible value.
        ceiling: Highest possible value.

    Returns:
        The chart; without limits as `xmr` has none.

    Raises:
        ShapeError: the arrays differ in length.
    """
    series, chance = floats(values), floats(error)
    if chance.shape != series.shape:
        raise ShapeError(f"{len(chance)} errors for {len(series)} weeks.")
    ordinary, base = _masks(np.where(chance > 0, series, np.nan), baseline, apart)
    if base.sum() < FEWEST:
        return _without_limits(series, base)
    _, between = natural_limits((series[base] - centre) / chance[base])
    if between <= _ROUNDING:
        return _without_limits(series, base)
    chart = _without_limits(series, base, float("nan"), floor, ceiling)
    return _judged(chart, np.full_like(series, centre), chance * between, ordinary)


def judged_by_earlier_festivals(chart: ControlChart, offset: Floats, *, additive: bool = False) -> ControlChart:
    """The chart with its festival weeks judged against the same places around earlier festivals.

    A festival week's expected value is the centre times (for a rate, or a total that may be negative: plus) the mean
    effect that earlier festivals had at the same offset. The limits are widened for having learned that effect from
    `m` festivals: by sqrt(1 + 1 / m). Counted events vary with the root of their number, so a week at a third of the
    usual level keeps limits of the root of a third, and a week in which nothing was counted those of one
    event more or less: of sigma squared over the centre. The first festival of a series stays `Rule.NOT_JUDGED`.

    Args:
        chart: Chart of the series, made with the festival weeks `apart`.
        offset: Weeks from the festival's own week, nan in ordinary weeks, as `business_calendar.festival_offset` says.
        additive: Add the effect instead of multiplying: a ratio to a centre near 0 would mean nothing.

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

    expected = np.clip(chart.centre + learned if additive else chart.centre * learned, chart.floor, chart.ceiling)
    stretch = np.sqrt(1 + np.divide(1.0, m, out=np.ones_like(learned), where=m > 0))
    if not additive:
        one_event = np.minimum(chart.sigma / chart.centre, 1.0)
        stretch *= np.maximum(np.maximum(np.abs(learned), np.sqrt(np.abs(learned))), one_event)
    sigma = stretch * chart.sigma
    outside = np.abs(chart.value - expected) > 3 * sigma
    rule = np.where(outside, Rule.OUTSIDE.value, Rule.USUAL.value)
    festival = moved(chart, expected, sigma, rule)
    changed: dict[str, Floats] = {
        name: np.where(known, getattr(festival, name), getattr(chart, name)) for name in _JUDGED
    }
    return replace(chart, **changed)


def _masks(values: Floats, baseline: Flags | None, apart: Flags | None) -> tuple[Flags, Flags]:
    """The weeks that can be judged, and those that set the limits."""
    for mask in (baseline, apart):
        if mask is not None and mask.shape != values.shape:
            raise ShapeError("A mask has one entry a week.")
    ordinary = ~np.isnan(values)
    if apart is not None:
        ordinary &= ~apart
    base = np.arange(len(values)) < len(values) - 1 if baseline is None else baseline
    return ordinary, ordinary & base


def _without_limits(
    values: Floats, base: Flags, moving_range_limit: float = np.nan, floor: float = -np.inf, ceiling: float = np.inf
) -> ControlChart:
    unknown = np.full_like(values, np.nan)
    rule = np.full(values.shape, Rule.NOT_JUDGED.value)
    return ControlChart(
        values, unknown, unknown, unknown, unknown, rule, base, moving_range_limit, floor=floor, ceiling=ceiling
    )


def _judged(chart: ControlChart, centre: Floats, sigma: Floats, ordinary: Flags) -> ControlChart:
    rule = np.where(ordinary, rules(chart.value - centre, sigma, ordinary), Rule.NOT_JUDGED.value)
    return moved(chart, centre, sigma, rule)


def rules(
    distance: Floats, sigma: Floats, ordinary: Flags, *, run: int = RUN, near: int = NEAR
) -> npt.NDArray[np.str_]:
    """The strongest rule at each week, from the distance to the centre; weeks that do not count are passed over.

    Args:
        distance: From the centre, shape (weeks,).
        sigma: A third of the way to the limit, shape (weeks,).
        ordinary: Weeks that count.
        run: Weeks in a row on one side that are a signal.
        near: Weeks of four nearer to a limit than to the centre that are a signal.
    """
    rule = np.full(distance.shape, Rule.USUAL.value, dtype="<U16")
    d, s = distance[ordinary], sigma[ordinary]
    fired = np.full(d.shape, Rule.USUAL.value, dtype="<U16")
    for side in (1.0, -1.0):
        on_side = side * d
        fired[_of_last(on_side > 1.5 * s, window=4, needed=near) & (on_side > 1.5 * s)] = Rule.NEAR_LIMIT.value
    for side in (1.0, -1.0):
        fired[_in_a_row(side * d > 0, run)] = Rule.RUN.value
    fired[np.abs(d) > 3 * s] = Rule.OUTSIDE.value
    rule[ordinary] = fired
    return rule


def _of_last(flags: Flags, window: int, needed: int) -> Flags:
    """Weeks with at least `needed` flags among themselves and the `window` - 1 before."""
    counted = np.convolve(flags, np.ones(window, dtype=int))[: len(flags)]
    return counted >= needed


def _in_a_row(flags: Flags, length: int) -> Flags:
    """Weeks that end a run of at least `length` flags."""
    if length < 1:
        raise DomainError(f"A run has at least one week, got {length}.")
    counted = np.convolve(flags, np.ones(length, dtype=int))[: len(flags)]
    return counted == length
