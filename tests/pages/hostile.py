"""A small bank whose names try everything: markup, formulas of two kinds, icons, quotes, lines that no screen shows."""

from __future__ import annotations

import pandas as pd

from tests.data_access.small_bank import Bank, random_bank

NAME = '![x](https://evil.example/x.png) $a$ :red[b] <b>c</b> \u2028 =1+1 "quotes" \\ \u202e'


def hostile_bank() -> Bank:
    """Every name that a feed may give is the hostile one, told apart by what it belongs to."""
    bank = random_bank()
    for table, column in (("campaign", "name"), ("campaign", "theme"), ("branch", "name"), ("product", "name")):
        bank[table] = bank[table].assign(**{column: named(bank[table].iloc[:, 0])})
    for table in ("campaign_arm", "campaign_member"):
        arms = bank[table]["arm"]
        bank[table] = bank[table].assign(arm=arms.where(arms == "control", "=" + NAME + arms))
    bank["staff"] = bank["staff"].assign(name=named(bank["staff"]["staff_id"]))
    return bank


def named(keys: pd.Series) -> pd.Series:
    return NAME + keys.astype(str)
