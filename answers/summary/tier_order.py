"""The bank's tiers, lowest first: by its rule, or by their assets where the data speak of tiers that the rule lacks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from data_access.settings import settings


def tier_order(sizes: pd.DataFrame) -> tuple[str, ...]:
    """The tiers in the bank's order.

    Args:
        sizes: ``tier``, ``n`` and ``sum_aum`` of some months, as `data_access.queries.summary.tier_sizes` tells them.
    """
    ruled = [tier.key for tier in settings().tier_rules[-1].tiers]
    found = [str(tier) for tier in sizes["tier"].unique()]
    return tuple(ruled) if set(found) <= set(ruled) else _by_assets(sizes, found)


def _by_assets(sizes: pd.DataFrame, found: Sequence[str]) -> tuple[str, ...]:
    totals = sizes.groupby("tier")[["n", "sum_aum"]].sum()
    mean = (totals["sum_aum"].astype("float64") / totals["n"]).fillna(0.0)
    return tuple(sorted(found, key=lambda tier: (float(mean[tier]), tier)))
