"""A bank with the demo's data as they stood a week ago: what happened since is still to come, and so is a Monday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from data_access import demo
from data_access.demo.clock import AS_OF
from data_access.loading.publish import publish_arrow
from data_access.schema import metadata
from data_access.versions import Store

WEEK = timedelta(weeks=1)


def publish(store: Store, scale: float, day: date = AS_OF) -> None:
    """The demo's data of a scale as a version of the warehouse, as they stood at the end of a day."""
    publish_arrow(store, _until(day, scale), source="feed", currency="CNY", as_of=day)


def _until(day: date, scale: float) -> Iterator[tuple[str, pa.Table]]:
    for name, table in demo.generate(scale, demo.SEED):
        yield name, _cut(name, table, day) if day < AS_OF else table


def _cut(name: str, table: pa.Table, day: date) -> pa.Table:
    """The rows that had begun, without the steps that were still to come."""
    for column in (column for column in metadata.tables[name].columns if column.info.get("clock")):
        if column.name not in table.column_names or column.name == "month_no":
            continue
        happened = table[column.name]
        over = day if pa.types.is_date(happened.type) else datetime.combine(day, time.max)
        known = pc.less_equal(happened, pa.scalar(over, happened.type))
        if column.nullable and not column.info.get("key"):
            place = table.column_names.index(column.name)
            table = table.set_column(place, column.name, pc.if_else(known, happened, None))
        else:
            table = table.filter(known)
    return table
