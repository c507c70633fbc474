"""The mapping file of a feed: how the bank's own files, columns and values correspond to the contract.

A TOML file, ``mapping.toml`` in the feed's folder unless another is named. docs/feeds.md explains it with examples.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from functools import reduce
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from data_access.errors import MappingError
from data_access.said import Said, marked
from data_access.schema import CONTRACT, metadata

NAME = "mapping.toml"

_DATE = Said.of(marked("a date such as 2026-11-28 is expected"))
EXPECTED = {
    "extra_forbidden": Said.of(marked("a mapping has no such entry")),
    "string_type": Said.of(marked("a text is expected")),
    "string_too_long": Said.of(marked("a single character is expected")),
    "string_pattern_mismatch": Said.of(marked("a code of three capital letters is expected")),
    "bool_type": Said.of(marked("true or false is expected")),
    "bool_parsing": Said.of(marked("true or false is expected")),
    "dict_type": Said.of(marked("a table of names is expected")),
    "model_type": Said.of(marked("a table of names is expected")),
    "tuple_type": Said.of(marked("a list is expected")),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
}
"""What is wrong with an entry, by pydantic's name for it."""


def _written(value: object) -> object:
    """A value of TOML as the cell of a file would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_written)]
Columns = Annotated[tuple[str, ...], BeforeValidator(_several)]


class TableMapping(BaseModel):
    """How one file corresponds to a table of the contract."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Annotated[str, Field(description="Name of the file in the folder")] = ""
    sheet: Annotated[str, Field(description="Sheet of an XLSX file with several")] = ""
    encoding: Annotated[str, Field(description="Encoding of a CSV file: utf-8, gb18030")] = ""
    delimiter: Annotated[str, Field(description="What stands between two cells of a CSV file", max_length=1)] = ""
    decimal_comma: Annotated[bool, Field(description="1.234,56 rather than 1,234.56")] = False
    columns: Annotated[dict[str, Columns], Field(description="Their column -> ours, one or several")] = {}
    constants: Annotated[dict[str, Text], Field(description="Our column -> what every row of the file has there")] = {}
    numbered: Annotated[str, Field(description="Our column that takes the number of the row")] = ""
    distinct: Annotated[bool, Field(description="Rows that are alike in every column are one row")] = False
    rows: Annotated[tuple[dict[str, Text], ...], Field(description="Rows of a table that has no file")] = ()
    ignore: Annotated[tuple[str, ...], Field(description="Their columns that the contract has no place for")] = ()
    values: Annotated[dict[str, dict[str, str]], Field(description="Our column -> their value -> ours")] = {}
    missing: Annotated[dict[str, tuple[str, ...]], Field(description="Our column -> spellings of a missing value")] = {}
    date_formats: Annotated[dict[str, str], Field(description="Our column -> format such as %d/%m/%Y")] = {}
    minor_units: Annotated[tuple[str, ...], Field(description="Our amount columns written in minor units")] = ()

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            return codecs.lookup(name).name if name else ""
        except LookupError as error:
            raise ValueError(Said.of(marked("no encoding is called {name!r}"), name=name)) from error

    @field_validator("date_formats")
    @classmethod
    def _plain_formats(cls, formats: dict[str, str]) -> dict[str, str]:
        for column, text in formats.items():
            if not re.fullmatch(r"(%[YymdbBHMS]|[-./ :T年月日])+", text):
                wrong = marked("{column}: {text!r} is not a date format such as %d/%m/%Y")
                raise ValueError(Said.of(wrong, column=column, text=text))
        return formats


class Mapping(BaseModel):
    """How a feed corresponds to the contract; empty when the feed follows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[date | None, Field(description="Last day that the feed covers, else the last of its dates")] = None
    currency: Annotated[str, Field(description="Currency of the feed, ISO 4217", pattern="^([A-Z]{3})?$")] = ""
    time_zone: Annotated[str, Field(description="The bank's time zone; times with a zone suffix are moved to it")] = ""
    tables: Annotated[dict[str, TableMapping], Field(description="Table of the contract -> its mapping")] = {}

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key if name else ""
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(Said.of(marked("no time zone is called {name!r}"), name=name)) from error

    def of(self, table: str) -> TableMapping:
        """The mapping of a table, empty where none is declared."""
        return self.tables.get(table, TableMapping())


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file against the contract.

    Raises:
        MappingError: it cannot be read, or names a table or column that the contract does not have.
    """
    try:
        mapping = Mapping.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError.of(
            marked("{path} cannot be read: “{error}”. Nothing was loaded. Correct the mapping file."),
            path=path,
            error=error,
        ) from error
    except ValidationError as error:
        raise MappingError.of(
            marked("{path}: {found}. Nothing was loaded. Correct the mapping file."),
            path=path,
            found=reduce(_and, map(_wrong, error.errors())),
        ) from error
    for table, entry in mapping.tables.items():
        if table not in CONTRACT:
            raise MappingError.of(
                marked("{path}: tables.{table} is not a table of the contract{nearest}"),
                path=path,
                table=table,
                nearest=nearest(table, CONTRACT),
            )
        ours = [column.name for column in metadata.tables[table].columns if not column.info["derived"]]
        named = [
            *(column for several in entry.columns.values() for column in several),
            *(column for row in entry.rows for column in row),
            *([entry.numbered] if entry.numbered else []),
            *entry.constants, *entry.values, *entry.missing, *entry.date_formats, *entry.minor_units,
        ]  # fmt: skip
        for column in named:
            if column not in ours:
                raise MappingError.of(
                    marked("{path}: {table} has no column {column!r}{nearest}"),
                    path=path,
                    table=table,
                    column=column,
                    nearest=nearest(column, ours),
                )
    return mapping


def _wrong(error: ErrorDetails) -> Said:
    """One thing that is wrong with a mapping: where, and what."""
    what: object = EXPECTED.get(error["type"], error["msg"])
    if isinstance(raised := error.get("ctx", {}).get("error"), ValueError):  # by this module
        what = raised.args[0]
    return Said.of(marked("{place}: {what}"), place=".".join(map(str, error["loc"])), what=what)


def _and(first: Said, second: Said) -> Said:
    return Said.of(marked("{first}; {second}"), first=first, second=second)


def nearest(name: str, known: Iterable[str]) -> Said:
    """The end of a message about an unknown name: the known one that it may stand for."""
    close = closest(name, known)
    if not close:
        return Said.of(marked(". Nothing was loaded."))
    return Said.of(marked(". The nearest is {close!r}. Nothing was loaded."), close=close)


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that an unknown one may stand for, empty without any."""
    return next(iter(get_close_matches(name[:100].lower(), list(known), n=1)), "")
