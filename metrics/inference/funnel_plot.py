"""Funnel plots: each unit's result against its volume, between the limits that chance alone would keep.

Recommended instead of league tables: a small unit has a wide door, a large one a narrow door, and whoever is inside
has shown nothing unusual. Where units spread more than chance explains, the limits are also given stretched by that
overdispersion, so that a page can tell "not the group's rate" from "unusual even among such units".

Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; (2005b), Quality and Safety in Health Care 14,
347-351.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import checked_level
from metrics.inference.standardisation import Standardised
from metrics.moments import Counts, Floats, floats

LEVELS = (0.95, 0.998)


class Zone(StrEnum):
    """Where a unit lies in the funnel."""

    UNKNOWN = "unknown"  # nothing observed, or nothing that could vary
    INSIDE = "inside"
    ABOVE_WARNING = "above_warning"  # outside the inner limits, inside the outer ones
    BELOW_WARNING = "below_warning"
    ABOVE = "above"  # outside the outer limits
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Funnel:
    """Results of k units with their limits; limits have the shape (levels, k), in the order of `levels`."""

    value: Floats
    volume: Floats  # customers, or results expected
    target: float
    levels: tuple[float, ...]
    low: Floats
    high: Floats
    dispersion: float  # phi, at least 1: the variance of the units in units of chance

    def frame(self) -> pd.DataFrame:
        """One row per unit: value, volume, zone by chance and allowing for overdispersion, and limits by level."""
        frame = pd.DataFrame({"value": self.value, "volume": self.volume})
        frame = frame.assign(zone=self.zones(adjusted=False), zone_adjusted=self.zones(adjusted=True))
        for level, low, high in zip(self.levels, self.low, self.high, strict=True):
            frame[f"low_{level:g}"], frame[f"high_{level:g}"] = low, high
        return frame

    @property
    def adjusted(self) -> tuple[Floats, Floats]:
        """Low and high limits stretched about the target by the overdispersion."""
        stretch = np.sqrt(self.dispersion)
        return self.target + (self.low - self.target) * stretch, self.target + (self.high - self.target) * stretch

    def zones(self, *, adjusted: bool) -> npt.NDArray[np.str_]:
        """Each unit's `Zone` by the innermost and the outermost level; `adjusted` allows for overdispersion."""
        low, high = self.adjusted if adjusted else (self.low, self.high)
        return np.select(
            [
                np.isnan(self.value) | np.isnan(low[0]),
                self.value > high[-1],
                self.value < low[-1],
                self.value > high[0],
                self.value < low[0],
            ],
            [Zone.UNKNOWN, Zone.ABOVE, Zone.BELOW, Zone.ABOVE_WARNING, Zone.BELOW_WARNING],
            Zone.INSIDE,
        )


def funnel_of_shares(counts: Counts, *, target: float | None = None, levels: tuple[float, ...] = LEVELS) -> Funnel:
    """Shares against the number of customers, with exact binomial limits around the target.

    Args:
        counts: one row a unit.
        target: the share of the whole group if left out.
        levels: rising, such as 95 % and 99.8 %.

    Raises:
        DomainError: levels that do not rise between 0 and 1, or a target that is not a share.
    """
    whole = counts.pooled()
    centre = float(whole.share[0]) if target is None else target
    if not (np.isnan(centre) or 0 <= centre <= 1):
        raise DomainError(f"A target share lies between 0 and 1, got {target}.")
    n = np.where((counts.n > 0) & (0 < centre < 1), counts.n, np.nan)  # around 0 or 1 nothing varies by chance
    low, high = shares_limits(n, centre, levels)
    error = np.sqrt(centre * (1 - centre) / n)
    z = np.divide(counts.share - centre, error, out=np.full_like(n, np.nan), where=error > 0)
    return Funnel(counts.share, counts.n, centre, levels, low, high, overdispersion(z))


def funnel_of_ratios(result: Standardised, *, levels: tuple[float, ...] = LEVELS) -> Funnel:
    """Observed / expected against the number expected, with Poisson limits around 1.

    The limits are those of a Poisson count scaled to the variance that each unit's mix gives (`dispersion`), so that
    conversions that are not rare do not get a funnel too wide, nor amounts one too narrow.
    """
    scale = result.dispersion
    events = result.expected / scale
    low, high = ratios_limits(events, levels)
    return Funnel(result.ratio, result.expected, 1.0, levels, low, high, overdispersion(result.z))


def shares_limits(n: npt.ArrayLike, target: float, levels: tuple[float, ...] = LEVELS) -> tuple[Floats, Floats]:
    """Limits of a share at volumes `n`, shape (levels, k): exact binomial, interpolated between whole counts.

    Source: Spiegelhalter (2005), appendix A.1.1.
    """
    size = floats(n)
    return _interpolated(stats.binom, (size, target), size, levels)


def ratios_limits(expected: npt.ArrayLike, levels: tuple[float, ...] = LEVELS) -> tuple[Floats, Floats]:
    """Limits of observed / expected at volumes `expected`, shape (levels, k): exact Poisson, interpolated.

    Source: Spiegelhalter (2005), appendix A.1.1.
    """
    size = floats(expected)
    return _interpolated(stats.poisson, (size,), size, levels)


def overdispersion(z: npt.ArrayLike, winsorised: float = 0.1) -> float:
    """Phi: mean squared z of the units, the outer tenths pulled in: the outliers sought must not hide themselves.

    Never below 1: units that vary less than chance do not narrow the funnel. 1 for fewer than two known units.

    Source: Spiegelhalter (2005), section 2.3.
    """
    if not 0 <= winsorised < 0.5:
        raise DomainError(f"The share winsorised in each tail is below one half, got {winsorised}.")
    known = floats(z)[~np.isnan(floats(z))]
    if len(known) < 2:
        return 1.0
    low, high = np.quantile(known, [winsorised, 1 - winsorised])
    return max(1.0, float(np.mean(np.clip(known, low, high) ** 2)))


def _interpolated(
    family: stats.rv_discrete, parameters: tuple[Floats | float, ...], size: Floats, levels: tuple[float, ...]
) -> tuple[Floats, Floats]:
    if list(levels) != sorted(set(levels)) or not levels:
        raise DomainError(f"Levels rise, got {levels}.")
    half = np.array([(1 - checked_level(level)) / 2 for level in levels])[:, None]

    def limit(p: Floats) -> Floats:
        count = family.ppf(p, *parameters)
        reached = family.cdf(count, *parameters)
        step = family.pmf(count, *parameters)
        back = np.divide(reached - p, step, out=np.zeros_like(reached), where=step > 0)
        return np.maximum(count - back, 0.0) / size

    return limit(half), limit(1 - half)
