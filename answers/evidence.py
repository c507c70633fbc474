"""What does a number rest on: which rows of which tables, of which version of the data, under which rule?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd
from data_access.queries import evidence
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.catalogue import metric

from answers import places
from answers.kept import kept
from answers.period import Kind
from answers.traced import Traced

_NAMED = re.compile(r"([a-z_]+)\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one table.

    Attributes:
        table: Of the contract.
        chosen_by: Columns that chose them, with commas; empty where all rows are meant.
        rows: How many were chosen; None where the table or one of the columns is not recorded.
        visible: How many the viewer may see; None where the table is not loaded.
        until: Last day that the table covers.
    """

    table: str
    chosen_by: str
    rows: int | None
    visible: int | None
    until: date


@dataclass(frozen=True, eq=False)
class Evidence:
    """What leads from a number back to its rows.

    Attributes:
        key: Of the catalogue.
        sources: Its tables.
        traced: The choice under which it was counted.
        version: Of the data.
        origin: What the version was built from.
        as_of: Last day of the data.
        tier_rule: Day from which the tier rule holds that was in force at the end of the period.
    """

    key: str
    sources: tuple[Source, ...]
    traced: Traced | None
    version: str
    origin: str
    as_of: date
    tier_rule: date


@kept
def ask(reader: Reader, key: str, traced: Traced | None, tables: tuple[str, ...] = ()) -> Evidence:
    """The evidence of a number.

    Args:
        reader: Whose rows.
        key: Of the catalogue.
        traced: The choice under which it was counted; None: all rows.
        tables: Where the rows lie, if not in the catalogue's tables.

    Raises:
        UnknownMetricError: no metric has that key.
    """
    entry = metric(key)
    named = [] if tables else _NAMED.findall(entry.source)
    columns = dict(reversed(named))  # of several columns of a table the first says when its rows happened
    end = min(traced.period.last, reader.as_of) if traced else reader.as_of
    rules = [rule.valid_from for rule in settings().tier_rules if rule.valid_from <= end]
    return Evidence(
        key,
        tuple(_source(reader, table, columns.get(table, ""), traced) for table in tables or entry.tables),
        traced,
        reader.version,
        reader.source,
        reader.as_of,
        rules[-1] if rules else settings().tier_rules[0].valid_from,
    )


def _source(reader: Reader, table: str, column: str, traced: Traced | None) -> Source:
    until = reader.as_of_tables(table)
    if not reader.has(table):
        return Source(table, "", None, None, until)
    dated = traced is not None and traced.campaigns is None and traced.period.kind is not Kind.ALL
    found = evidence.rows(
        reader,
        table,
        column=column,
        campaigns=(traced.campaigns or ()) if traced else (),
        branches=places.branches(reader, traced.branch) if traced else (),
        first=traced.period.first if traced and dated else None,
        last=traced.period.last if traced and dated else None,
    ).iloc[0]
    return Source(
        table, str(found["chosen_by"]), None if pd.isna(found["n"]) else int(found["n"]), int(found["visible"]), until
    )
