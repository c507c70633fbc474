"""Rows of a database turned into a frame whose types do not depend on the engine.

DuckDB answers a sum of whole numbers as HUGEINT, PostgreSQL as NUMERIC, and pandas would make floats of both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pandas as pd
import sqlalchemy as sa

Column = np.ndarray | pd.api.extensions.ExtensionArray

EXACT = 2**53
"""Largest whole number up to which a float holds every one."""


def to_frame(rows: Sequence[sa.Row[Any]], columns: Iterable[sa.ColumnElement[Any]]) -> pd.DataFrame:
    """A frame of `rows`, typed by the values where there are some, by the statement's columns where there are none.

    * whole numbers: int64; float64 with nan where some are missing, or Int64 if a float would not hold them exactly;
      float64 as well beyond the range of int64;
    * other numbers: float64; truth values: bool, or boolean where some are missing;
    * dates and times: datetime64[us]; text: str.
    """
    names, types = zip(*((column.key, column.type) for column in columns), strict=True)
    values = zip(*rows, strict=True) if rows else ((),) * len(names)
    arrays = [_array(column, kind) for column, kind in zip(values, types, strict=True)]
    frame = pd.DataFrame(dict(enumerate(arrays)))
    frame.columns = pd.Index(names, dtype="str")
    return frame


def _array(values: Sequence[Any], declared: sa.types.TypeEngine[Any]) -> Column:
    """A column's values: no series, whose index a frame would compare with that of every other."""
    present = [value for value in values if value is not None] if None in values else values
    kind = cast("type[object]", type(present[0])) if present else _python_type(declared)
    if kind is Decimal:  # PostgreSQL's type for a sum of whole numbers
        undeclared = isinstance(declared, sa.types.NullType)
        whole = undeclared and all(value == value.to_integral_value() for value in present)
        kind = int if whole or isinstance(declared, sa.Integer) else float
    if kind is int:
        return _whole_numbers(values, present)
    if kind is float:
        return _numbers(values)
    if kind is bool and len(present) == len(values):
        return np.array(values, dtype="bool")
    dtype: Any = "boolean" if kind is bool else "str" if kind is str else "datetime64[us]"
    return cast("Column", pd.array(list(values), dtype=dtype))


def _numbers(values: Sequence[Any]) -> Column:
    return np.array([np.nan if value is None else value for value in values], dtype="float64")


def _whole_numbers(values: Sequence[Any], present: Sequence[Any]) -> Column:
    try:
        whole = np.array(present, dtype="int64")
    except OverflowError:
        return _numbers(values)
    if len(present) == len(values):
        return whole
    if np.abs(whole).max(initial=0) <= EXACT:
        return _numbers(values)
    return pd.array([None if value is None else int(value) for value in values], dtype="Int64")


def _python_type(declared: sa.types.TypeEngine[Any]) -> type[object]:
    """The type of an empty column; a number where the statement does not say."""
    kinds = ((sa.Boolean, bool), (sa.Integer, int), (sa.String, str), (sa.Date, date), (sa.DateTime, date))
    return next((python for kind, python in kinds if isinstance(declared, kind)), float)
