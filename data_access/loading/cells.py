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

from data_access.loading import reasons
from data_access.loading.draft import load_day
from data_access.loading.files.mapping import TableMapping
from data_access.loading.files.workbook import ERROR, MARK, ROUNDED, UNCALCULATED
from data_access.loading.reasons import because
from data_access.said import Said, marked
from data_access.schema import MONEY

BLANKS = "' \t\r\n' || chr(160) || chr(12288) || chr(65279)"
"""White space around a key: the usual, the no-break space, the full-width space, a stray byte order mark."""

TRUE = "'true', 't', 'yes', 'y', '1', '是'"
FALSE = "'false', 'f', 'no', 'n', '0', '否'"

TIMES = (
    "", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f",
    " %I:%M:%S %p", " %I:%M %p", " %I:%M:%S%p", " %I:%M%p",
)  # fmt: skip
"""What may follow the date of a point in time."""

AMOUNT = 10**16
"""Largest amount in minor units: beyond the assets of the largest bank; a sum of hundreds still fits BIGINT."""

TEXT_SIGNS, KEY_SIGNS = 10_000, 200
"""Longest text and longest identifier."""

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
        spellings = [*missing, *(f"{ERROR}{spelling}" for spelling in missing)]  # "#N/A" names the error of a sheet too
        connection.execute(f"SET VARIABLE missing_{variable} = ?::VARCHAR[]", [spellings])
        cell = f"CASE WHEN NOT list_contains(getvariable('missing_{variable}'), {cell}) THEN {cell} END"
    if values := mapping.values.get(column.name):
        connection.execute(
            f"SET VARIABLE values_{variable} = MAP(?::VARCHAR[], ?::VARCHAR[])", [list(values), list(values.values())]
        )
        cell = f"nullif(coalesce(getvariable('values_{variable}')[{cell}], {cell}), '')"
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
        return Cell(value, because(reasons.NOT_BOOLEAN))
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
    return _key() if is_key(column) else _plain_text()


def guarded(cell: Cell, *, controls: bool) -> Cell:
    """The cell of a file whose text may begin with a mark of `workbook`, or hold signs that no text file can.

    Args:
        cell: How to read the column.
        controls: Whether a carriage return or another control sign may stand in a text.
    """
    value, reason = cell.value, cell.reason  # no short cut: a plain text may hold such a sign too
    marks = {
        ERROR: because(reasons.SHEET_ERROR),
        UNCALCULATED: because(reasons.UNCALCULATED),
        ROUNDED: because(reasons.SHEET_ROUNDED),
    }
    marked = f"raw[1] = '{MARK}'"
    control = r"regexp_matches(raw, '[\x00-\x08\x0b-\x1f\x7f]')" if controls else marked
    which = " ".join(f"WHEN starts_with(raw, '{mark}') THEN {why}" for mark, why in marks.items())
    return Cell(
        f"CASE WHEN NOT {control} THEN {value} END",
        f"CASE {which} WHEN {control} THEN {because(reasons.CONTROL)} ELSE {reason} END",
        cell.trimmed,
    )


def _key() -> Cell:
    trimmed = f"trim(raw, {BLANKS})"
    shortened = rf"regexp_full_match({trimmed}, '[+-]?\d(\.\d+)?[eE][+]\d+')"
    control = rf"regexp_matches({trimmed}, '[\x00-\x1f\x7f]')"
    long = f"length({trimmed}) > {KEY_SIGNS}"
    return Cell(
        f"CASE WHEN NOT ({shortened} OR {control} OR {long}) THEN nullif(nfc_normalize({trimmed}), '') END",
        f"CASE WHEN {shortened} THEN {because(reasons.SHORTENED)} WHEN {control} THEN {because(reasons.CONTROL)} "
        f"WHEN {long} THEN {because(reasons.TOO_LONG, limit=KEY_SIGNS)} ELSE {because(reasons.BLANK)} END",
        trimmed=False,
        # printable ASCII: nothing to trim or compose; without a plus sign, no number was shortened to powers of ten
        plain=f"regexp_full_match(raw, '[!-*,-~]+') AND strlen(raw) <= {KEY_SIGNS}",
    )


def _plain_text() -> Cell:
    short = f"length(raw) <= {TEXT_SIGNS}"
    reason = because(reasons.TOO_LONG, limit=TEXT_SIGNS)
    return Cell(f"CASE WHEN {short} THEN raw END", reason, trimmed=False, plain=f"strlen(raw) <= {TEXT_SIGNS}")


def _word(words: tuple[str, ...]) -> Cell:
    listed = ", ".join(f"'{word}'" for word in words)
    near = f"list_sort(list_transform([{listed}], lambda w: {{d: levenshtein(lower(raw[:100]), w), w: w}}))[1].w"
    head, tail = because(reasons.NOT_WORD, words=", ".join(words), nearest="?").split("?")
    return Cell(f"CASE WHEN trim(raw) IN ({listed}) THEN trim(raw) END", f"{head}' || {near} || '{tail}", trimmed=False)


def _money(minor: bool, decimal_comma: bool, decimals: int) -> Cell:
    """An amount; zeros behind the currency's decimals say nothing, so that a DECIMAL(18, 4) can be read."""
    decimals = 0 if minor else decimals
    point, group = (",", ".") if decimal_comma else (".", ",")
    whole = rf"[+-]?(\d+|\d{{1,3}}([{group}]\d{{3}})+)"
    form = rf"{whole}([{point}]\d{{1,{decimals}}}0*)?" if decimals else rf"{whole}([{point}]0+)?"
    digits = f"replace(split_part(raw, '{point}', 1), '{group}', '')"
    if decimals:
        digits += f" || rpad(split_part(raw, '{point}', 2)[:{decimals}], {decimals}, '0')"
    amount = f"try_cast({digits} AS BIGINT)"
    fits = f"{amount} BETWEEN -{AMOUNT} AND {AMOUNT}"
    longer = rf"{whole}[{point}]\d+"
    too_many = because(reasons.NOT_MINOR) if minor else because(reasons.DECIMALS, decimals=decimals)
    reason = (
        f"CASE WHEN regexp_full_match(raw, '{form}') "
        f"THEN {because(reasons.TOO_LARGE, limit=f'{AMOUNT // 10**decimals:,}')} "
        f"WHEN regexp_full_match(raw, '{longer}') THEN {too_many} "
        f"ELSE {because(reasons.NOT_MINOR if minor else reasons.NOT_AMOUNT)} END"
    )
    value = f"CASE WHEN regexp_full_match(raw, '{form}') AND {fits} THEN {amount} END"
    if decimal_comma or not decimals:
        return Cell(value, reason)
    short = f"try_cast(raw AS DECIMAL(15, {decimals}))"  # rounds: only a text that it gives back was exact
    return Cell(
        value,
        reason,
        plain=f"CAST({short} AS VARCHAR) = raw",
        # a product of DECIMAL(18) stays within 64 bits, and the shorter amount within it
        plain_value=f"CAST(CAST({short} AS DECIMAL(18, {decimals})) * {10**decimals} AS BIGINT)",
    )


def _month() -> Cell:
    low, high = (year * 12 for year in YEARS)
    value = (
        r"CASE WHEN regexp_full_match(raw, '\d{4}-(0[1-9]|1[0-2])') "
        "THEN CAST(raw[:4] AS INTEGER) * 12 + CAST(raw[6:] AS INTEGER) - 1 "
        r"WHEN regexp_full_match(raw, '\d{5}') "
        f"AND CAST(raw AS INTEGER) BETWEEN {low} AND {high} THEN CAST(raw AS INTEGER) END"
    )
    return Cell(value, because(reasons.NOT_MONTH))


def _integer(column: sa.Column[Any]) -> Cell:
    low, high = column.info["bounds"] or (0, 2**31 - 1)
    if column.info["unit"] == "year":
        high = load_day().year
    form = r"regexp_full_match(raw, '[+-]?\d+(\.0+)?')"  # 1980.0, as a column of numbers with gaps is often written
    number = "try_cast(split_part(raw, '.', 1) AS INTEGER)"
    value = f"CASE WHEN {form} AND {number} BETWEEN {low} AND {high} THEN {number} END"
    reason = (
        f"CASE WHEN {form} THEN {because(reasons.OUTSIDE, low=low, high=high)} ELSE {because(reasons.NOT_WHOLE)} END"
    )
    return Cell(value, reason)


def _number(column: sa.Column[Any], decimal_comma: bool) -> Cell:
    plain = "replace(raw, ',', '.')" if decimal_comma else "raw"
    low, high = column.info["bounds"] or (0, 1_000_000)
    number = f"try_cast({plain} AS DOUBLE)"
    form = r"regexp_full_match(" + plain + r", '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?')"
    return Cell(
        f"CASE WHEN {form} AND {number} BETWEEN {low} AND {high} THEN {number} END",
        f"CASE WHEN {form} THEN {because(reasons.OUTSIDE, low=low, high=high)} ELSE {because(reasons.NOT_NUMBER)} END",
    )


_OFFSET = r"\s*([Zz]|[+-]\d{2}(:?\d{2})?)"
_ZONE = (
    rf"(regexp_matches(raw, ':[0-9.]*{_OFFSET}\s*$') OR (regexp_matches(raw, ':[0-9.]*\s*[A-Za-z]{{2,}}.*$') "
    r"AND NOT regexp_matches(raw, '\d\s*[AaPp][Mm]\s*$')))"
)
_CLOCK = r"\d{2}:\d{2}(:\d{2}([.]\d{1,6}0*)?)?"
_ISO_FORM = rf"\d{{4}}-\d{{2}}-\d{{2}}([ T]+{_CLOCK})?"


def _time(date_format: str, time_zone: str) -> Cell:
    local = _parsed(date_format)
    moment = "try_cast(raw AS TIMESTAMP)"
    plain = _plain(moment, "2024-01-03 10:00:00") if date_format == ISO else ""
    outside = because(reasons.YEARS, low=YEARS[0], high=YEARS[1])
    not_time = (
        f"WHEN {local} IS NOT NULL THEN {outside} WHEN {_lax(date_format)} THEN "
        f"{because(reasons.HALF_WRITTEN, form=date_format)} ELSE {because(reasons.NOT_TIME, form=date_format)}"
    )
    if time_zone:
        offset = f"regexp_full_match(raw, '{_ISO_FORM}{_OFFSET}')"
        moved = f"try_cast(raw AS TIMESTAMPTZ) AT TIME ZONE '{time_zone}'"
        value = _in_range(f"CASE WHEN {offset} THEN {moved} WHEN NOT {_ZONE} THEN {local} END")
        reason = f"CASE WHEN {_ZONE} AND NOT {offset} THEN {because(reasons.ZONE_LETTERS)} {not_time} END"
        return Cell(value, reason, plain=plain, plain_value=moment)
    reason = f"CASE WHEN {_ZONE} THEN {because(reasons.ZONE)} {not_time} END"
    return Cell(_in_range(f"CASE WHEN NOT {_ZONE} THEN {local} END"), reason, plain=plain, plain_value=moment)


def _date(date_format: str) -> Cell:
    local = _parsed(date_format)
    value = f"CAST(CASE WHEN {local} = date_trunc('day', {local}) THEN {_in_range(local)} END AS DATE)"
    reason = (
        f"CASE WHEN {local} <> date_trunc('day', {local}) THEN {because(reasons.HAS_TIME)} "
        f"WHEN {local} IS NOT NULL THEN {because(reasons.YEARS, low=YEARS[0], high=YEARS[1])} "
        f"WHEN {_lax(date_format)} THEN {because(reasons.HALF_WRITTEN, form=date_format)} "
        f"ELSE {because(reasons.NOT_DATE, form=date_format)} END"
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
    """SQL of the time that ``raw`` states in a format, with or without a time of day, written in full."""
    formats = ", ".join(f"'{date_format}{time}'" for time in TIMES)
    read = f"try_strptime(raw, [{formats}])"
    if date_format == ISO:  # the cast is several times as fast as the format
        half_day = r"regexp_matches(raw, '^\d{4}-\d{2}-\d{2} +\d{1,2}:\d{2}(:\d{2})? ?[AaPp][Mm]$')"
        return (
            f"CASE WHEN regexp_full_match(raw, '{_ISO_FORM}') THEN try_cast(raw AS TIMESTAMP) "
            f"WHEN {half_day} THEN {read} END"
        )
    return rf"CASE WHEN NOT regexp_matches(raw, ':\d(\D|$)') THEN {read} END"


def _lax(date_format: str) -> str:
    """SQL: a careless reader would take the text for a time, though a digit of it is missing."""
    if date_format == ISO:
        return "try_cast(raw AS TIMESTAMP) IS NOT NULL"
    return r"regexp_matches(raw, ':\d(\D|$)')"


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
        return "", Said.of(marked("could be any of {formats}"), formats=", ".join(proved))
    mixed = [name for name, count in zip(DATE_FORMATS, read, strict=True) if count]
    return "", Said.of(marked("mixes {formats}"), formats=", ".join(mixed))
