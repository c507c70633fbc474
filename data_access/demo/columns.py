"""From arrays to Arrow: the one typed door to pyarrow, and the one place where numbers take the contract's types.

Days are whole days since 1970, times whole seconds since 1970; `NEVER` and `NO_TIME` stand for an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import pyarrow  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.compute  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.parquet  # pyright: ignore[reportMissingTypeStubs]
import sqlalchemy as sa
from numpy.typing import NDArray

from data_access import schema

_arrow: Any = pyarrow
_compute: Any = pyarrow.compute
_parquet: Any = pyarrow.parquet

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400
NEVER = 1_000_000
NO_TIME = NEVER * DAY


class Array(Protocol):
    """A `pyarrow.Array`, of which only this is used here."""

    def cast(self, target_type: Any) -> Array:
        """The same values in another type."""
        ...

    def take(self, indices: Any) -> Array:
        """The values at these positions, empty where the position is."""
        ...


class Table(Protocol):
    """A `pyarrow.Table`, of which only this is used here."""

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        ...

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        ...

    def filter(self, mask: Any) -> Table:
        """The rows for which the mask is true."""
        ...


Values = Array | NDArray[Any] | Sequence[object]

_TYPES: tuple[tuple[type[Any], Any], ...] = (
    (sa.BigInteger, _arrow.int64()),
    (sa.Integer, _arrow.int32()),
    (sa.Double, _arrow.float64()),
    (sa.Boolean, _arrow.bool_()),
    (sa.DateTime, _arrow.timestamp("us")),
    (sa.Date, _arrow.date32()),
    (sa.Text, _arrow.string()),
)


def arrow_type(column: sa.Column[Any]) -> Any:
    """The Arrow type in which a column of the contract is handed over."""
    return next(arrow for kind, arrow in _TYPES if isinstance(column.type, kind))


def fed_columns(name: str) -> list[sa.Column[Any]]:
    """Columns of a table of the contract that a feed fills, in the contract's order."""
    return [column for column in schema.metadata.tables[name].columns if not column.info["derived"]]


def table(name: str, /, **columns: Values) -> Table:
    """A table of the contract, its columns in the contract's order and types, derived columns left out.

    Raises:
        KeyError: a column of the contract was not given.
        ValueError: a column was given that the contract does not know.
    """
    wanted = fed_columns(name)
    unknown = set(columns) - {column.name for column in wanted}
    if unknown:
        raise ValueError(f"The contract's {name} has no column {', '.join(sorted(unknown))}.")
    fields = [_arrow.field(column.name, arrow_type(column)) for column in wanted]
    arrays = [array(columns[field.name]).cast(field.type) for field in fields]
    return cast(Table, _arrow.table(arrays, schema=_arrow.schema(fields)))


def plain_table(columns: Mapping[str, Values]) -> Table:
    """A table outside the contract, such as one of the truth."""
    return cast(Table, _arrow.table({name: array(values) for name, values in columns.items()}))


def array(values: Values, missing: Flags | None = None) -> Array:
    """An Arrow array, empty where `missing`; `None` among text is an empty cell."""
    if isinstance(values, (np.ndarray, Sequence)):
        return cast(Array, _arrow.array(values, mask=missing))
    return values


def join(parts: Iterable[Table]) -> Table:
    """Tables of the same columns one below the other."""
    return cast(Table, _arrow.concat_tables(parts))


def write(rows: Table, file: Path) -> None:
    """Write a table as Parquet."""
    _parquet.write_table(rows, file)


def ids(prefix: str, numbers: Ints, width: int = 8) -> Array:
    """Identifiers such as `S00000012`; a number below zero is an empty cell."""
    digits = _compute.utf8_lpad(array(numbers, numbers < 0).cast(_arrow.string()), width=width, padding="0")
    return cast(Array, _compute.binary_join_element_wise(_arrow.scalar(prefix), digits, _arrow.scalar("")))


def words(codes: Ints, vocabulary: Sequence[str]) -> Array:
    """The word of each code; a code below zero is an empty cell."""
    return array(list(vocabulary)).take(array(codes, codes < 0))


def dates(days: Ints) -> Array:
    """Dates from days since 1970; `NEVER` and later are empty cells."""
    return array(days.astype(np.int32), days >= NEVER).cast(_arrow.date32())


def times(seconds: Ints) -> Array:
    """Local times from seconds since 1970; `NO_TIME` and later are empty cells."""
    return array(seconds * 1_000_000, seconds >= NO_TIME).cast(_arrow.timestamp("us"))
