"""What a cell of text means, as SQL: its value by the contract, and the reason when it has none.

Nothing is rounded, guessed or coerced: a text that is not plainly a value of its column is refused with a reason.
Values that a mapping declares are bound as variables of the connection, never written into a statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb
import sqlalchemy as sa
from babel.numbers import get_currency_precision

from data_access.loading.mapping import TableMapping
from data_access.schema import MONEY

BLANKS = "' \t\r\n' || chr(160) || chr(12288) || chr(65279)"
"""White space around a key: the usual, the no-break space, the full-width space, a stray byte order mark."""

TRUE = "'true', 't', 'yes', 'y', '1', '是'"
FALSE = "'false', 'f', 'no', 'n', '0', '否'"

TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f")
"""What may follow the date of a point in time."""

YEARS = (1900, 2200)
"""Years that are dates of a bank; beyond them stand placeholders such as 9999-12-31 and slips of the hand."""

ISO = "%Y-%m-%d"
DATE_FORMATS = (
    ISO,
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
)
"""Formats that a column's own values may prove."""


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL over ``raw``: the text of a cell, a missing one NULL, trimmed unless the column is text.

    Attributes:
        value: The value, NULL where there is none or the text is not one.
        reason: Why a text that has no value was refused.
        trimmed: Whether white space around the text means nothing.
        plain: A cheap condition under which the text is written as its value would be; empty where there is none.
        plain_value: The value under that condition: what `value` says too, at a fraction of the cost.
    """

    value: str
    reason: str
    trimmed: bool = True
    plain: str = ""
    plain_value: str = "raw"

    def value_of(self, name: str) -> str:
        """SQL of the value of a column that holds the text as it stands in the file."""
        value = self._over(self.value, name)
        if not self.plain:
            return value
        short_cut = f"WHEN {_over(self.plain, name)} THEN {_over(self.plain_value, name)}"
        return f"CASE {short_cut} WHEN {name} IS NOT NULL THEN {value} END"

    def reason_of(self, name: str) -> str:
        """SQL of the reason for the same column."""
        return self._over(self.reason, name)

    def _over(self, sql: str, name: str) -> str:
        return _over(sql, f"trim({name})" if self.trimmed else name)


def _over(sql: str, text: str) -> str:
    return re.sub(r"\braw\b", text, sql)


def text_of(connection: duckdb.DuckDBPyConnection, column: sa.Column[Any], mapping: TableMapping, cell: str) -> str:
    """SQL of the text of a cell: the spellings of missing gone, the bank's values replaced by ours."""
    mapped = column.name in mapping.missing or column.name in mapping.values
    if mapped and not isinstance(column.type, sa.Text):
        cell = f"trim({cell})"
    variable = f"{column.table.name}_{column.name}"
    if missing := mapping.missing.get(column.name):
        connection.execute(f"SET VARIABLE missing_{variable} = ?::VARCHAR[]", [list(missing)])
        cell = f"CASE WHEN NOT list_contains(getvariable('missing_{variable}'), {cell}) THEN {cell} END"
    if values := mapping.values.get(column.name):
        connection.execute(
            f"SET VARIABLE values_{variable} = MAP(?::VARCHAR[], ?::VARCHAR[])", [list(values), list(values.values())]
        )
        cell = f"coalesce(getvariable('values_{variable}')[{cell}], {cell})"
    return cell


def is_key(column: sa.Column[Any]) -> bool:
    """Whether a text column identifies something, here or in another table, so that it is trimmed and normalised."""
    return isinstance(column.type, sa.Text) and bool(column.primary_key or column.info["refers"])


def cell_of(column: sa.Column[Any], mapping: TableMapping, date_format: str, currency: str, time_zone: str) -> Cell:
    """How to read a column whose text is called ``raw``.

    Args:
        column: Of the contract.
        mapping: Of its table.
        date_format: Proved or declared, for a date or a time.
        currency: Whose decimals an amount may have.
        time_zone: Of the bank, empty when a zone suffix is to be refused.
    """
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return _time(date_format, time_zone)
    if isinstance(kind, sa.Date):
        return _date(date_format)
    if isinstance(kind, sa.Boolean):
        value = f"CASE WHEN lower(raw) IN ({TRUE}) THEN true WHEN lower(raw) IN ({FALSE}) THEN false END"
        return Cell(value, "'is not true or false'")
    if column.info["unit"] == MONEY:
        return _money(column.name in mapping.minor_units, mapping.decimal_comma, get_currency_precision(currency))
    if column.info["unit"] == "month number":
        return _month()
    if isinstance(kind, sa.Double):
        return _number(column, mapping.decimal_comma)
    if isinstance(kind, sa.Integer):
        return _integer(column)
    if words := column.info["words"]:
        return _word(words)
    if is_key(column):
        value = f"nullif(nfc_normalize(trim(raw, {BLANKS})), '')"
        plain = "regexp_full_match(raw, '[!-~]+')"  # printable ASCII: nothing to trim or compose
        return Cell(value, "'is blank'", trimmed=False, plain=plain)
    return Cell("raw", "'is not text'", trimmed=False)


def _word(words: tuple[str, ...]) -> Cell:
    listed = ", ".join(f"'{word}'" for word in words)
    near = f"list_sort(list_transform([{listed}], lambda w: {{d: levenshtein(lower(raw), w), w: w}}))[1].w"
    return Cell(
        f"CASE WHEN trim(raw) IN ({listed}) THEN trim(raw) END",
        f"'is not one of {', '.join(words)}; the nearest is ' || {near}",
        trimmed=False,
    )


def _money(minor: bool, decimal_comma: bool, decimals: int) -> Cell:
    point, group = (",", ".") if decimal_comma else (".", ",")
    plain = f"replace(raw, '{group}', '')" if not decimal_comma else "replace(replace(raw, '.', ''), ',', '.')"
    whole = rf"[+-]?(\d+|\d{{1,3}}([{group}]\d{{3}})+)"
    if minor or not decimals:
        value = f"CASE WHEN regexp_full_match(raw, '{whole}') THEN try_cast({plain} AS BIGINT) END"
        return Cell(value, "'is not an amount in whole minor units'")
    form = rf"{whole}([{point}]\d{{1,{decimals}}})?"
    longer = rf"{whole}[{point}]\d+"
    value = (
        f"CASE WHEN regexp_full_match(raw, '{form}') "
        f"THEN CAST(try_cast({plain} AS DECIMAL(18, {decimals})) * {10**decimals} AS BIGINT) END"
    )
    reason = (
        f"CASE WHEN regexp_full_match(raw, '{form}') THEN 'is too large for an amount' "
        f"WHEN regexp_full_match(raw, '{longer}') THEN 'has more than {decimals} decimals' "
        "ELSE 'is not an amount' END"
    )
    amount = f"try_cast(raw AS DECIMAL(18, {decimals}))"  # rounds: only a text that it gives back was exact
    plain = "" if decimal_comma else f"CAST({amount} AS VARCHAR) = raw"
    return Cell(value, reason, plain=plain, plain_value=f"CAST({amount} * {10**decimals} AS BIGINT)")


def _month() -> Cell:
    low, high = (year * 12 for year in YEARS)
    value = (
        r"CASE WHEN regexp_full_match(raw, '\d{4}-(0[1-9]|1[0-2])') "
        "THEN CAST(raw[:4] AS INTEGER) * 12 + CAST(raw[6:] AS INTEGER) - 1 "
        r"WHEN regexp_full_match(raw, '\d{5}') "
        f"AND CAST(raw AS INTEGER) BETWEEN {low} AND {high} THEN CAST(raw AS INTEGER) END"
    )
    return Cell(value, "'is not a month such as 2024-03, nor a month number'")


def _integer(column: sa.Column[Any]) -> Cell:
    low, high = {"year": YEARS, "basis points": (-1_000_000, 1_000_000)}.get(column.info["unit"], (0, 2**31 - 1))
    number = "try_cast(raw AS INTEGER)"
    value = rf"CASE WHEN regexp_full_match(raw, '[+-]?\d+') AND {number} BETWEEN {low} AND {high} THEN {number} END"
    reason = (
        rf"CASE WHEN regexp_full_match(raw, '[+-]?\d+') THEN 'is outside {low} to {high}' "
        "ELSE 'is not a whole number' END"
    )
    return Cell(value, reason)


def _number(column: sa.Column[Any], decimal_comma: bool) -> Cell:
    plain = "replace(raw, ',', '.')" if decimal_comma else "raw"
    high = 1 if column.info["unit"].startswith("share") else 1_000_000
    number = f"try_cast({plain} AS DOUBLE)"
    form = r"regexp_full_match(" + plain + r", '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?')"
    return Cell(
        f"CASE WHEN {form} AND {number} BETWEEN 0 AND {high} THEN {number} END",
        f"CASE WHEN {form} THEN 'is outside 0 to {high}' ELSE 'is not a number' END",
    )


_ZONE = r"regexp_matches(raw, ':[0-9.]*\s*([Zz]|[+-][0-9:]+|[A-Za-z]{2,}.*)\s*$')"


def _time(date_format: str, time_zone: str) -> Cell:
    local = _parsed(date_format)
    moment = "try_cast(raw AS TIMESTAMP)"
    plain = _plain(moment, "2024-01-03 10:00:00") if date_format == ISO else ""
    if time_zone:
        moved = f"try_cast(raw AS TIMESTAMPTZ) AT TIME ZONE '{time_zone}'"
        value = _in_range(f"CASE WHEN {_ZONE} THEN {moved} ELSE {local} END")
        return Cell(value, f"'is not a time ({date_format} ...)'", plain=plain, plain_value=moment)
    reason = (
        f"CASE WHEN {_ZONE} THEN 'has a time zone; declare time_zone in the mapping' "
        f"WHEN {local} IS NOT NULL THEN 'is outside the years {YEARS[0]} to {YEARS[1]}' "
        f"ELSE 'is not a time ({date_format} ...)' END"
    )
    return Cell(_in_range(f"CASE WHEN NOT {_ZONE} THEN {local} END"), reason, plain=plain, plain_value=moment)


def _date(date_format: str) -> Cell:
    local = _parsed(date_format)
    value = f"CAST(CASE WHEN {local} = date_trunc('day', {local}) THEN {_in_range(local)} END AS DATE)"
    reason = (
        f"CASE WHEN {local} <> date_trunc('day', {local}) THEN 'has a time of day' "
        f"WHEN {local} IS NOT NULL THEN 'is outside the years {YEARS[0]} to {YEARS[1]}' "
        f"ELSE 'is not a date ({date_format})' END"
    )
    day = "try_cast(raw AS DATE)"
    plain = _plain(day, "2024-01-03") if date_format == ISO else ""
    return Cell(value, reason, plain=plain, plain_value=day)


def _plain(moment: str, example: str) -> str:
    """SQL: the text is just as DuckDB writes this date or time, of four digits of the year and without a zone."""
    years = f"raw BETWEEN '{YEARS[0]}' AND '{YEARS[1]}'"
    return f"CAST({moment} AS VARCHAR) = raw AND {years} AND strlen(raw) = {len(example)}"


def _in_range(moment: str) -> str:
    return f"CASE WHEN {moment} >= DATE '{YEARS[0]}-01-01' AND {moment} < DATE '{YEARS[1]}-01-01' THEN {moment} END"


def _parsed(date_format: str) -> str:
    """SQL of the time that ``raw`` states in a format, with or without a time of day."""
    if date_format == ISO:  # the cast is several times as fast as the format
        return "CASE WHEN raw[5] = '-' THEN try_cast(raw AS TIMESTAMP) END"
    formats = ", ".join(f"'{date_format}{time}'" for time in TIMES)
    return f"try_strptime(raw, [{formats}])"


def prove_date_format(
    connection: duckdb.DuckDBPyConnection, raw: str, select: str, parameters: list[str]
) -> tuple[str, str]:
    """The one format that a column's values prove.

    A format is proved when it reads every value that any format reads, and no other does. What no format reads is
    refused later, row by row.

    Args:
        connection: To the draft.
        raw: SQL of the text of the cell.
        select: The rows of the file.
        parameters: Of `select`.

    Returns:
        The format and an empty text, or an empty text and why none is proved.
    """
    texts = f"FROM (SELECT trim({raw}) AS raw FROM ({select})) WHERE raw IS NOT NULL"
    sampled, iso = connection.execute(
        f"SELECT count(*), count(CASE WHEN raw[5] = '-' AND raw[:4] BETWEEN '1000' AND '9999' "
        f"THEN try_cast(raw AS TIMESTAMP) END) FROM (SELECT raw {texts} LIMIT 10000)",
        parameters,
    ).fetchone() or (0, 0)
    if iso == sampled:  # four digits and a hyphen begin no other format
        return ISO, ""
    counts = ", ".join(f"count({_parsed(name)})" for name in DATE_FORMATS)
    any_of = ", ".join(_parsed(name) for name in DATE_FORMATS)
    readable, *read = connection.execute(
        f"SELECT count(coalesce({any_of})), {counts} {texts}", parameters
    ).fetchone() or (0,)
    if not readable:
        return ISO, ""
    proved = [name for name, count in zip(DATE_FORMATS, read, strict=True) if count == readable]
    if len(proved) == 1:
        return proved[0], ""
    if proved:
        return "", f"could be {' or '.join(proved)}"
    mixed = [name for name, count in zip(DATE_FORMATS, read, strict=True) if count]
    return "", f"mixes {', '.join(mixed)}"
