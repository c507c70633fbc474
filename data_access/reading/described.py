"""What a version says of itself, the same to every viewer: its source, its currency, its clock, what it records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from data_access.reading.clock import Clock
from data_access.reading.guard import Statement


@dataclass(frozen=True, slots=True)
class Described:
    """What a version says of itself.

    Attributes:
        source: What it was built from.
        currency: Of all amounts, ISO 4217.
        clock: The last days that its tables cover.
        recorded: Columns with a value, by table; a table with a row has one in its key.
    """

    source: str
    currency: str
    clock: Clock
    recorded: Mapping[str, frozenset[str]]


def read(frame: Callable[[Statement], pd.DataFrame], table: Callable[[str], sa.FromClause]) -> Described:
    """Reads it.

    Args:
        frame: Reads what a statement asks for.
        table: Hands out a table by name.
    """
    about = frame(sa.select(table("warehouse_version"))).iloc[0]
    each, column = table("version_table"), table("version_column")
    dated = frame(sa.select(each.c["table_name"], each.c["as_of"]).where(each.c["as_of"].is_not(None)))
    days = {str(name): day.date() for name, day in zip(dated["table_name"], dated["as_of"], strict=True)}
    columns = frame(sa.select(column.c["table_name"], column.c["column_name"]))
    recorded = {str(name): frozenset(map(str, found)) for name, found in columns.groupby("table_name")["column_name"]}
    return Described(str(about["source"]), str(about["currency"]), Clock(about["as_of"].date(), days), recorded)
