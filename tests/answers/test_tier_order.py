"""The order of tiers: the bank's own rule, or assets where the data name other tiers."""

from __future__ import annotations

import pandas as pd

from answers.summary.tier_order import tier_order


def sizes(*rows: tuple[str, int, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["tier", "n", "sum_aum"])


def test_the_rule_orders_its_own_tiers_also_those_that_nobody_holds():
    assert tier_order(sizes(("private", 1, 9.0), ("basic", 5, 1e9))) == ("basic", "potential", "wealth", "private")


def test_tiers_that_the_rule_lacks_stand_by_assets_a_customer():
    found = sizes(("gold", 10, 1000.0), ("silver", 2, 500.0), ("gold", 10, 9000.0), ("bronze", 3, None))
    assert tier_order(found) == ("bronze", "silver", "gold")
