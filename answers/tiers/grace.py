"""The grace clock: how many are about to fall, and how many of such customers fell in the year before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from data_access.queries import tiers
from data_access.reading.reader import Reader
from data_access.settings import Tier, settings
from metrics.estimate import Intervals
from metrics.moments import Floats
from metrics.tiers.grace import falls_by_clock

from answers.tiers.choice import Choice, first_day

YEAR: Final = 12


@dataclass(frozen=True, eq=False)
class Grace:
    """Customers below their threshold by the months of grace used: a row per tier and month, the highest first.

    Attributes:
        tier: Held.
        used: Months below its threshold.
        last: Whether the coming month is the last in which coming back keeps the tier.
        n: Customers.
        falls: Of such customers whose grace ended in the last twelve months, the share that fell.
        threshold: Of the tier, minor units.
    """

    tier: tuple[str, ...]
    used: tuple[int, ...]
    last: tuple[bool, ...]
    n: Floats
    falls: Intervals
    threshold: tuple[int, ...]

    @property
    def about_to_fall(self) -> dict[str, int]:
        """Customers in their last month by tier, the highest tier first; tiers without one are left out."""
        return {tier: int(n) for tier, last, n in zip(self.tier, self.last, self.n, strict=True) if last and n}


def of_rule(month_no: int) -> tuple[Tier, ...]:
    """The tiers of the rule that held at the end of a month, lowest first."""
    return settings().tiers_on(first_day(month_no))


def ask(reader: Reader, choice: Choice, order: tuple[str, ...], end: int) -> Grace | None:
    """The clock in the last month; None by assets alone, where no clock is recorded, or of tiers without a rule."""
    if choice.rule != "tier" or not reader.has("tier_snapshot", "months_below"):
        return None
    rule = [tier for tier in of_rule(end) if tier.threshold]
    if not rule or not {tier.key for tier in rule} <= set(order):
        return None
    clock = tiers.grace_clock(reader, end, branches=choice.branches, audience=choice.audience, horizon=choice.months)
    became = tiers.grace_outcomes(reader, end - YEAR + 1, end, of_rule(end), branches=choice.branches)
    cells = [(tier, used) for tier in reversed(rule) for used in range(1, tier.grace_months + 1)]
    keys = [(tier.key, used) for tier, used in cells]
    waiting = clock.set_index(["tier", "months_below"])["n"].reindex(keys).fillna(0)  # a cell without a row is empty
    known = became.set_index(["tier", "months_below"]).reindex(keys).fillna(0).reset_index()
    return Grace(
        tuple(tier.key for tier, _ in cells),
        tuple(used for _, used in cells),
        tuple(used == tier.grace_months - 1 for tier, used in cells),
        waiting.to_numpy(dtype=np.float64),
        falls_by_clock(known, tuple(reversed(order))).falls,
        tuple(tier.threshold for tier, _ in cells),
    )
