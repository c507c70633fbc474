"""What must hold between the columns of a row, and what is odd enough to be counted.

Conditions are SQL over a row of the table. Where one side has no time of day, days are compared, so that a sale on the
day of its assignment is not taken for one before it. The day of loading is the variable `today` of the connection.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from data_access.loading.draft import quoted
from data_access.loading.notes import (
    AHEAD,
    BEYOND_A_DAY,
    CONTACTED_FIRST,
    CONTACTED_LATE,
    CONVERTED_FIRST,
    MADE_LATE,
    NEGATIVE,
)
from data_access.loading.reasons import BEFORE, NOT_ARM, OFF_SCALE, pack
from data_access.schema import CONTRACT, metadata


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that no row may meet, or that is counted: the column it is about, and its reason or remark."""

    column: str
    condition: str
    words: str


def before(earlier: str, later: str) -> str:
    """SQL: `later` is truly before `earlier`."""
    day = f"date_trunc('day', {later})"  # worked out only where the order is wrong
    return (
        f"CASE WHEN {later} < {earlier} THEN NOT ({later} = {day} AND {day} = date_trunc('day', {earlier})) "
        "ELSE false END"
    )


def _scale(name: str, low: int, high: int) -> Rule:
    condition = f"scale = '{name}' AND score NOT BETWEEN {low} AND {high}"
    return Rule("score", condition, pack(OFF_SCALE, low=low, high=high, scale=name))


_ARM = Rule(
    "arm",
    "arm IS NOT NULL AND EXISTS (SELECT 1 FROM campaign_arm) AND NOT EXISTS (SELECT 1 FROM campaign_arm AS known "
    "WHERE known.campaign_id = row_of.campaign_id AND known.arm = row_of.arm)",
    NOT_ARM,
)

_OTHERS: dict[str, tuple[Rule, ...]] = {
    "campaign_member": (_ARM,),
    "satisfaction": (_scale("csat5", 1, 5), _scale("nps", 0, 10)),
}


def _refused(table: str) -> tuple[Rule, ...]:
    """What no row of a table may say: an end before its beginning, and what is peculiar to the table."""
    orders = [
        Rule(column.name, before(earlier, column.name), pack(BEFORE, earlier=earlier))
        for column in metadata.tables[table].columns
        if (earlier := column.info["after"])
    ]
    return (*_OTHERS.get(table, ()), *orders)


REFUSED = {table: _refused(table) for table in CONTRACT}
"""What no row may say, by table."""

_ENDED = "(SELECT ends_on FROM campaign WHERE campaign.campaign_id = row_of.campaign_id)"

_ODD: dict[str, tuple[Rule, ...]] = {
    "campaign_member": (
        Rule("converted_at", before("contacted_at", "converted_at"), CONVERTED_FIRST),
        Rule("contacted_at", before("assigned_at", "contacted_at"), CONTACTED_FIRST),
        Rule("contacted_at", f"CAST(contacted_at AS DATE) > {_ENDED}", CONTACTED_LATE),
    ),
    "contact": (Rule("contacted_at", f"CAST(contacted_at AS DATE) > {_ENDED}", MADE_LATE),),
}


def _flagged(table: str) -> tuple[Rule, ...]:
    """What is odd about a row of a table: kept, flagged and counted."""
    rules = list(_ODD.get(table, ()))
    for column in metadata.tables[table].columns:
        name = quoted(column.name)
        if column.info["derived"]:
            continue
        if isinstance(column.type, sa.Date | sa.DateTime) and not column.info["ahead"]:
            condition = f"CAST({name} AS DATE) > getvariable('today')"
            rules.append(Rule(column.name, condition, pack(AHEAD, column=column.name)))
        if column.info["unit"] == "month number":
            condition = f"make_date({name} // 12, {name} % 12 + 1, 1) > getvariable('today')"
            rules.append(Rule(column.name, condition, pack(AHEAD, column=column.name)))
        if column.info["unsigned"]:
            rules.append(Rule(column.name, f"{name} < 0", pack(NEGATIVE, column=column.name)))
        if column.info["unit"] == "minutes":
            rules.append(Rule(column.name, f"{name} > 1440", pack(BEYOND_A_DAY, column=column.name)))
    return tuple(rules)


FLAGGED = {table: _flagged(table) for table in CONTRACT}
"""What is odd about a row, by table."""
