"""Conversions of each person beside those expected of such customers, and whether anybody differs at all.

What is expected is the whole bank's rate for customers of the same campaign, tier and channel, so that a person's
number is the same for whoever looks. Whether colleagues differ is asked among themselves: had the customers of each
kind been dealt to them at random, would results spread as they do?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from data_access.queries import staff
from data_access.queries.staff import Stratum
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.estimate import Intervals
from metrics.inference.funnel_plot import ratios_limits
from metrics.inference.rate import poisson
from metrics.inference.standardisation import STRATA, counts_by_mix, differences
from metrics.moments import Floats
from metrics.staff.performance import Performance, performance_of

from answers.batches import in_batches
from answers.people.choice import Choice
from answers.period import Period

_MIX: tuple[Stratum, ...] = ("campaign_id", "tier", "channel")
_KINDS = 24
"""Kinds of customers in one campaign at most: tiers by channels."""

_STAFF = 16
"""Staff of a branch as they share the customers of one campaign, by quarter."""


@dataclass(frozen=True, eq=False)
class Band:
    """What chance alone would do to observed over expected, by the number expected.

    Attributes:
        expected: Rising numbers.
        low: Lower limits, shape (levels, numbers).
        high: Upper limits.
        levels: Such as 0.95 and 0.998.
        widened: How many times wider they are because colleagues spread more than chance explains; 1 if not.
    """

    expected: Floats
    low: Floats
    high: Floats
    levels: tuple[float, ...]
    widened: float


def band(performance: Performance, largest: float) -> Band:
    """The limits of a funnel up to the largest number expected."""
    events = np.linspace(max(largest / 60, 0.5), max(largest, 1.0) * 1.05, 60)
    known = performance.standardised.dispersion
    scale = float(np.nanmedian(known)) if np.isfinite(known).any() else 1.0
    low, high = ratios_limits(events / scale)
    widened = float(np.sqrt(performance.funnel.dispersion))
    return Band(
        events, np.maximum(1 + (low - 1) * widened, 0.0), 1 + (high - 1) * widened, performance.funnel.levels, widened
    )


def together(performance: Performance) -> Intervals:
    """Observed over expected of all, one row."""
    result = performance.standardised
    return poisson([result.observed.sum()], [result.expected.sum()])


def by_mix(reader: Reader, choice: Choice, looked_at: Period) -> pd.DataFrame:
    """What became of the customers of the period that a person was to reach.

    Returns:
        ``staff_id``, ``campaign_id``, ``tier``, ``channel``, ``n`` and ``converted``.
    """
    return staff.results_by_mix(
        reader,
        first=looked_at.first,
        last=looked_at.last,
        strata=_MIX,
        branches=(choice.branch,),
        but_channels=settings().to_do.mass_channels,
    )


def by_quarter(reader: Reader, branch: str) -> pd.DataFrame:
    """The same of all quarters, with ``quarter`` (year * 4 + quarter - 1)."""
    read = staff.results_by_mix(
        reader, strata=("campaign_id",), branches=(branch,), but_channels=settings().to_do.mass_channels
    )
    return in_batches(
        lambda part: staff.results_by_mix(
            reader,
            strata=("quarter", *_MIX),
            campaigns=part,
            branches=(branch,),
            but_channels=settings().to_do.mass_channels,
        ),
        [str(campaign) for campaign in read["campaign_id"].unique()],
        _KINDS * _STAFF // 4,
    )


def bank_rates(reader: Reader, mix: pd.DataFrame) -> pd.DataFrame:
    """How the bank converts customers of the campaigns of a mix: its columns, ``n`` and ``converted``."""
    campaigns = sorted(str(campaign) for campaign in mix["campaign_id"].unique())
    return in_batches(reader.rates_by_mix, campaigns, _KINDS)


def expected(mix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """The mix with the bank's ``rate`` of each kind of customer and what it would bring of these.

    Returns:
        The columns of the mix, ``rate`` and ``expected``, both missing where too few others have such customers.
    """
    known = rates[rates["n"] > 0]
    told = known[list(_MIX)].assign(rate=known["converted"].astype("float64") / known["n"])
    joined = mix.merge(told, on=list(_MIX), how="left")
    return joined.assign(expected=joined["n"] * joined["rate"])


def judged(
    mix: pd.DataFrame, rates: pd.DataFrame, people: Sequence[str], minimum: float, *, seed: int = 0
) -> Performance | None:
    """The performance of these people, in the order of their identifiers; None where nobody had a customer.

    Args:
        mix: as `by_mix` tells it; rows of others are left out.
        rates: of the whole bank.
        people: whom to judge.
        minimum: customers below which nobody is judged.
        seed: of the simulated ranks.
    """
    own = mix[mix["staff_id"].isin(list(people))]
    if own.empty:
        return None
    without = [person for person in people if person not in set(own["staff_id"])]
    place = own.iloc[0]
    nothing = pd.DataFrame(
        [{**{key: place[key] for key in _MIX}, "staff_id": person, "n": 0, "converted": 0} for person in without]
    )
    columns = ["staff_id", *_MIX, "n", "converted"]
    frame = pd.concat([own[columns], nothing[columns]], ignore_index=True) if without else own[columns]
    against_bank = performance_of(frame, "converted", strata=STRATA, reference=rates, minimum=minimum, seed=seed)
    return replace(against_bank, test=differences(counts_by_mix(frame, "converted", strata=STRATA)))
