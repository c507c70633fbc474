"""How DuckDB names the types of the contract's columns, for drafts and for what is copied into them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.BigInteger, "BIGINT"),
    (sa.Integer, "INTEGER"),
    (sa.Boolean, "BOOLEAN"),
    (sa.DateTime, "TIMESTAMP"),
    (sa.Date, "DATE"),
    (sa.Double, "DOUBLE"),
    (sa.Text, "VARCHAR"),
)


def duckdb_type(column: sa.Column[object]) -> str:
    """The DuckDB type of a column of the contract."""
    return next(name for kind, name in _TYPES if isinstance(column.type, kind))


def quoted(name: str) -> str:
    """An identifier as SQL writes it, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'
