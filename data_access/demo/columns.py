"""From arrays to Arrow: the one place where the demo bank's numbers take the types of the contract.

Days are whole days since 1970, times whole seconds since 1970; `NEVER` and `NO_TIME` stand for an empty cell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from data_access import schema

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400
NEVER = 1_000_000
NO_TIME = NEVER * DAY

_TYPES: tuple[tuple[type[sa.types.TypeEngine[object]], pa.DataType], ...] = (
    (sa.BigInteger, pa.int64()),
    (sa.Integer, pa.int32()),
    (sa.Double, pa.float64()),
    (sa.Boolean, pa.bool_()),
    (sa.DateTime, pa.timestamp("us")),
    (sa.Date, pa.date32()),
    (sa.Text, pa.string()),
)


def arrow_type(column: sa.Column[object]) -> pa.DataType:
    """The Arrow type in which a column of the contract is handed over."""
    return next(arrow for kind, arrow in _TYPES if isinstance(column.type, kind))


def table(name: str, /, **columns: pa.Array | NDArray[np.generic] | Sequence[object]) -> pa.Table:
    """A table of the contract, its columns in the contract's order and types, derived columns left out.

    Raises:
        KeyError: a column of the contract was not given.
        ValueError: a column was given that the contract does not know.
    """
    wanted = [column for column in schema.metadata.tables[name].columns if not column.info["derived"]]
    unknown = set(columns) - {column.name for column in wanted}
    if unknown:
        raise ValueError(f"The contract's {name} has no column {', '.join(sorted(unknown))}.")
    arrays = [array if isinstance(array := columns[column.name], pa.Array) else pa.array(array) for column in wanted]
    fields = [pa.field(column.name, arrow_type(column)) for column in wanted]
    return pa.table([a.cast(f.type) for a, f in zip(arrays, fields, strict=True)], schema=pa.schema(fields))


def empty(name: str) -> pa.Table:
    """A table of the contract without rows."""
    wanted = [column for column in schema.metadata.tables[name].columns if not column.info["derived"]]
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in wanted]).empty_table()


def ids(prefix: str, numbers: Ints, width: int = 8) -> pa.Array:
    """Identifiers such as `S00000012`; a number below zero is an empty cell."""
    digits = pc.utf8_lpad(pa.array(numbers, mask=numbers < 0).cast(pa.string()), width=width, padding="0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))


def words(codes: Ints, vocabulary: Sequence[str] | pa.Array) -> pa.Array:
    """The word of each code; a code below zero is an empty cell."""
    chosen = vocabulary if isinstance(vocabulary, pa.Array) else pa.array(vocabulary, pa.string())
    return chosen.take(pa.array(codes, mask=codes < 0))


def dates(days: Ints) -> pa.Array:
    """Dates from days since 1970; `NEVER` and later are empty cells."""
    return pa.array(days.astype(np.int32), pa.int32(), mask=days >= NEVER).cast(pa.date32())


def times(seconds: Ints) -> pa.Array:
    """Local times from seconds since 1970; `NO_TIME` and later are empty cells."""
    return pa.array(seconds * 1_000_000, pa.int64(), mask=seconds >= NO_TIME).cast(pa.timestamp("us"))


def numbers(values: Ints | Floats, known: Flags) -> pa.Array:
    """Numbers with empty cells where they are not known."""
    return pa.array(values, mask=~known)
