"""A small bank whose names try everything: markup, formulas of two kinds, icons, quotes, lines that no screen shows."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data_access import schema
from tests.data_access.small_bank import Bank, random_bank

NAME = '![x](https://evil.example/x.png) $a$ :red[b] <b>c</b> \u2028 =1+1 "quotes" \\ \u202e'

ORDERED = {"tier", "asset_tier"}
"""Words that the settings know: another one is an unknown tier, and no name."""


def hostile_bank() -> Bank:
    """Every name and word that a feed may choose is the hostile one, told apart by what it belongs to."""
    bank = random_bank()
    for table, column in (("campaign", "name"), ("branch", "name"), ("product", "name"), ("season", "name")):
        bank[table] = bank[table].assign(**{column: named(bank[table].iloc[:, 0])})
    for table in ("campaign_arm", "campaign_member"):
        arms = bank[table]["arm"]
        bank[table] = bank[table].assign(arm=arms.where(arms == "control", "=" + NAME + arms))
    bank["staff"] = bank["staff"].assign(name=named(bank["staff"]["staff_id"]))
    for table, column in _words():
        said = bank[table][column]
        bank[table] = bank[table].assign(**{column: (NAME + said).where(said.notna(), said)})
    return bank


def named(keys: pd.Series) -> pd.Series:
    return NAME + keys.astype(str)


def _words() -> list[tuple[str, str]]:
    """Columns of the contract with words of the bank's own, beside names and identifiers."""
    return [
        (table, column.name)
        for table in schema.CONTRACT
        for column in schema.metadata.tables[table].c
        if isinstance(column.type, sa.Text)
        and not column.info["words"]
        and not column.info["derived"]
        and not column.name.endswith("_id")
        and column.name not in {"name", "arm"} | ORDERED
    ]
