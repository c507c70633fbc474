"""Why a cell or a row was refused: one template a reason, and what to do about it.

A template is completed with values of the contract (a limit, a table, a format), never with a value of a customer, so
that it can be stored, counted and shown in the reader's language. In SQL a reason travels as one text: the template, a
separator, the values as JSON.
"""

from __future__ import annotations

import json

from data_access.said import marked

SEPARATOR = "\x1f"


EMPTY = marked("is empty")
NEEDED = marked("is needed by a new row, and the file has no such column")
UNKNOWN = marked("is not in {parent}")
PARENT_REFUSED = marked("refers to a row of {parent} that was refused")
DUPLICATE = marked("the key occurs {times} times in the file")
BLANK = marked("is blank")
TOO_LONG = marked("is longer than {limit} signs")
CONTROL = marked("holds a control sign")
SHORTENED = marked("was shortened to powers of ten by a spreadsheet")
SHEET_ERROR = marked("is an error of the spreadsheet")
UNCALCULATED = marked("is a formula whose result is not in the file")
SHEET_ROUNDED = marked("is a number of more than 15 digits, which the spreadsheet has rounded")
TOTAL = marked("looks like a row of totals")
NOT_BOOLEAN = marked("is not true or false")
NOT_WORD = marked("is not one of {words}; the nearest is {nearest}")
NOT_MINOR = marked("is not an amount in whole minor units")
NOT_AMOUNT = marked("is not an amount")
TOO_LARGE = marked("is too large for an amount; the limit is {limit}")
DECIMALS = marked("has more than {decimals} decimals")
NOT_MONTH = marked("is not a month such as 2024-03, nor a month number")
NOT_WHOLE = marked("is not a whole number")
NOT_NUMBER = marked("is not a number")
OUTSIDE = marked("is outside {low} to {high}")
NOT_TIME = marked("is not a time ({form} ...)")
NOT_DATE = marked("is not a date ({form})")
HALF_WRITTEN = marked("is not written in full, as {form} asks")
HAS_TIME = marked("has a time of day")
YEARS = marked("is outside the years {low} to {high}")
ZONE = marked("has a time zone; declare time_zone in the mapping")
ZONE_LETTERS = marked("names a time zone by letters, which mean several zones")
BEFORE = marked("is before {earlier}")
NOT_ARM = marked("is not an arm of its campaign in campaign_arm")
OFF_SCALE = marked("is outside {low} to {high}, the scale {scale}")
FEWER_CELLS = marked("has fewer cells than the header")
MORE_CELLS = marked("has more cells than the header")
UNDECODED = marked("is not in the encoding of the file")
UNREADABLE = marked("cannot be read")

_WRITE_NOT_RECORDED = marked("Correct the value at its source, or name its spelling of “not recorded” in the mapping.")
_STORE_AS_TEXT = marked("Format the column as text at its source and enter the value again.")
_QUOTE = marked("Enclose a cell that holds the delimiter in double quotes.")
_WHOLE_ROW = marked("Correct one of the two values at their source.")
_WRITE_DATE = marked("Write it as the others, or declare the format of the column in the mapping.")

REMEDY: dict[str, str] = {
    EMPTY: marked("Fill the cell; the table cannot do without it."),
    NEEDED: marked("Add the column, or give it a constant in the mapping."),
    UNKNOWN: marked("Load that row first or with this feed, or correct the identifier."),
    PARENT_REFUSED: marked("It will be accepted once the row that it refers to is."),
    DUPLICATE: marked("Keep the row that is right."),
    BLANK: marked("Fill the cell; the table cannot do without it."),
    TOO_LONG: marked("Shorten the text."),
    CONTROL: marked("Take the line end or control sign out of the text."),
    SHORTENED: _STORE_AS_TEXT,
    SHEET_ERROR: marked("Correct the formula, or declare the error as “not recorded” in the mapping."),
    UNCALCULATED: marked("Open the file in the office program, let it calculate, and save it."),
    SHEET_ROUNDED: _STORE_AS_TEXT,
    TOTAL: marked("Delete rows of totals from the file."),
    NOT_BOOLEAN: marked("Write true or false, or declare the bank's own words in the mapping."),
    NOT_WORD: marked("Use a word of the list, or declare in the mapping what the bank's own word stands for."),
    NOT_MINOR: _WRITE_NOT_RECORDED,
    NOT_AMOUNT: _WRITE_NOT_RECORDED,
    TOO_LARGE: _WRITE_NOT_RECORDED,
    DECIMALS: marked("Round it at its source, or declare minor units in the mapping."),
    NOT_MONTH: _WRITE_NOT_RECORDED,
    NOT_WHOLE: _WRITE_NOT_RECORDED,
    NOT_NUMBER: _WRITE_NOT_RECORDED,
    OUTSIDE: _WRITE_NOT_RECORDED,
    NOT_TIME: _WRITE_DATE,
    NOT_DATE: _WRITE_DATE,
    HALF_WRITTEN: _WRITE_DATE,
    HAS_TIME: marked("Leave the time of day out."),
    YEARS: _WRITE_NOT_RECORDED,
    ZONE: marked("Declare the bank's time zone in the mapping, or write local time."),
    ZONE_LETTERS: marked("Write an offset such as +08:00, or local time."),
    BEFORE: _WHOLE_ROW,
    NOT_ARM: marked("Correct the arm, or load it in campaign_arm."),
    OFF_SCALE: _WHOLE_ROW,
    FEWER_CELLS: marked("Look for a missing delimiter or a line end inside the row."),
    MORE_CELLS: _QUOTE,
    UNDECODED: marked("Save the file anew in one encoding."),
    UNREADABLE: marked("Save the file anew."),
}
"""What the person who made the feed can do about it."""

CONSEQUENCES = (PARENT_REFUSED,)
"""Reasons that go away with another: told apart from the causes."""


def because(template: str, **values: object) -> str:
    """SQL of a reason: a literal of the template and its values."""
    text = pack(template, **values)
    return "'" + text.replace("'", "''") + "'"


def pack(template: str, **values: object) -> str:
    """A reason as it travels: template and values in one text."""
    return f"{template}{SEPARATOR}{json.dumps(values, ensure_ascii=False)}" if values else template


def unpack(reason: str) -> tuple[str, dict[str, object]]:
    """The template and the values of a reason."""
    template, _, values = reason.partition(SEPARATOR)
    return template, json.loads(values) if values else {}


def said(reason: str) -> str:
    """A reason in English.

    >>> said(pack(UNKNOWN, parent="branch"))
    'is not in branch'
    """
    template, values = unpack(reason)
    return template.format_map(values)


def remedy(reason: str) -> str:
    """What to do about a reason, in English."""
    return REMEDY[unpack(reason)[0]]
