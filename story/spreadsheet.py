"""Tables as files: every number with its limits, n and reason, the filter it was read under, the data version.

Text never begins a formula: a spreadsheet that opens a feed's value must not run it.
"""

# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# XlsxWriter is not typed.

from __future__ import annotations

import csv as comma_separated
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from story import figures
from story.columns import Column
from story.estimates import why
from story.parts import Table
from story.words import say

Cell = str | float

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are full-width: spreadsheets of East Asia take them for the first four."""

_TEXT: Final = ""
_WHOLE: Final = "#,##0"
_FORMATS: Final = {Unit.SHARE: "0.00%", Unit.POINTS: "0.00%", Unit.COUNT: _WHOLE, Unit.DAYS: _WHOLE}
_PLAIN: Final = "0.00"
_SHEET_NAME: Final = 31


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file: plain values, each with its number format ("" for text).

    Attributes:
        name: Header.
        cells: Shares as fractions, amounts in currency units; nan where there is no number.
        formats: One a cell.
    """

    name: str
    cells: tuple[Cell, ...]
    formats: tuple[str, ...]


def fields(table: Table, currency: str) -> list[Field]:
    """A table in plain units; an interval becomes five fields."""
    return [field for column in table.columns for field in _fields(column, currency)]


def _fields(column: Column, currency: str) -> Iterator[Field]:
    rows = range(len(column))
    if column.is_text:
        yield Field(column.name, tuple(column.texts("")), (_TEXT,) * len(column))
        return
    units = [column.unit_of(row) for row in rows]
    money = Unit.MONEY in units
    name = f"{column.name}, {currency}" if money and len(set(units)) == 1 else column.name
    minor = figures.minor_units(currency) if money else 1
    factors = [1 / minor if unit is Unit.MONEY else 1.0 for unit in units]
    amount = f"#,##0.{'0' * (len(str(minor)) - 1)}" if minor > 1 else _WHOLE
    formats = tuple(amount if unit is Unit.MONEY else _FORMATS.get(unit, _PLAIN) for unit in units)

    if money and len(set(units)) > 1:  # the header of one unit names it; here each amount has to
        of = tuple(currency if unit is Unit.MONEY else "" for unit in units)
        yield Field(say("{name}, currency", name=column.name), of, (_TEXT,) * len(column))

    def scaled(values: Sequence[float]) -> tuple[Cell, ...]:
        return tuple(float(value) * factor for value, factor in zip(values, factors, strict=True))

    values = column.values
    if not isinstance(values, Intervals):
        yield Field(name, scaled(list(column.numbers())), formats)
        return
    yield Field(name, scaled(list(column.numbers())), formats)
    yield Field(say("{name}, low", name=name), scaled(list(values.low)), formats)
    yield Field(say("{name}, high", name=name), scaled(list(values.high)), formats)
    yield Field(say("{name}, n", name=name), tuple(float(n) for n in values.n), (_WHOLE,) * len(column))
    reasons = tuple(why(values, row) if values.reason[row] else "" for row in rows)
    yield Field(say("{name}, why missing", name=name), reasons, (_TEXT,) * len(column))


def csv(table: Table, currency: str, about: Mapping[str, str]) -> bytes:
    """A table as UTF-8 with a byte order mark, which spreadsheets need for Chinese; `about` in columns at the end."""
    made = fields(table, currency)
    buffer = io.StringIO(newline="")
    writer = comma_separated.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in (*(field.name for field in made), *about)])
    said = [harmless(value) for value in about.values()]
    for row in range(len(table.columns[0]) if table.columns else 0):
        writer.writerow([*(_written(field.cells[row], field.formats[row]) for field in made), *said])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx(tables: Sequence[Table], currency: str, about: Mapping[str, str]) -> bytes:
    """Tables as a workbook, a sheet each: numbers as numbers, text as text, and a sheet that says what it is."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        used: set[str] = set()
        for table in tables:
            _sheet(book, _sheet_name(table.alt, used), fields(table, currency))
        sheet = book.add_worksheet(_sheet_name(say("About"), used))
        sheet.set_column(0, 1, 40)
        for row, (name, value) in enumerate(about.items()):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
    return buffer.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, made: Sequence[Field]) -> None:
    sheet = book.add_worksheet(name)
    formats = {form: book.add_format({"num_format": form} if form else {}) for f in made for form in f.formats}
    bold = book.add_format({"bold": True})
    for place, field in enumerate(made):
        sheet.write_string(0, place, field.name, bold)
        sheet.set_column(place, place, 28 if place == 0 else 16)
        for row, (value, form) in enumerate(zip(field.cells, field.formats, strict=True), 1):
            if isinstance(value, str):
                sheet.write_string(row, place, value)
            elif math.isfinite(value):
                sheet.write_number(row, place, value, formats[form])
    sheet.freeze_panes(1, 1)
    if made:
        sheet.autofilter(0, 0, len(made[0].cells), len(made) - 1)


def _sheet_name(text: str, used: set[str]) -> str:
    """A name that a workbook takes: no special characters, not too long, not twice."""
    plain = "".join(" " if character in "[]:*?/\\'" else character for character in text).strip()[:_SHEET_NAME]
    number = 2
    name = plain
    while name.casefold() in used:
        name = f"{plain[: _SHEET_NAME - 3]} {number}"
        number += 1
    used.add(name.casefold())
    return name


def _written(value: Cell, form: str) -> str:
    if isinstance(value, str):
        return harmless(value)
    if not math.isfinite(value):
        return ""
    return f"{value:.0f}" if form == _WHOLE and value == round(value) else f"{value:.15g}"


def harmless(text: str) -> str:
    """The text as a spreadsheet takes it for text."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
