"""Aggregates only: what a statement would show of single customers, for a viewer who may not see them.

Each value is followed from its column to the result. A row of a table with a customer is one customer's until it is
grouped by something that many share; a value that names a customer (an identifier) or is one customer's own (an amount,
a time of day) stays so until it is counted or summed. What is asked with a name (`customer_id == "00017"`) is refused
wherever it stands, as a sum over one customer is that customer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.sql import elements, functions, selectable

from data_access.errors import AccessError
from data_access.reading.guard import RANKS, SINGLE_VALUES, SUMMARIES, Statement
from data_access.schema import MONEY, metadata

AGGREGATES = SUMMARIES | {"min", "max", "percentile_cont", "percentile_disc"}


class Tells(IntEnum):
    """What a value tells of a single customer."""

    NOTHING = 0
    VALUE = 1  # an amount or a time of the customer's own
    NAME = 2  # who it is


class Rows(NamedTuple):
    """What a table or a select gives: whether a row is one customer's, and what each column tells."""

    single: bool
    columns: Mapping[str, Tells]


def check(statement: Statement, handed_out: Mapping[str, sa.FromClause]) -> None:
    """Let the statement pass if no row and no value of its result is a single customer's.

    Raises:
        AccessError: it shows single customers, or asks for one by name.
    """
    look = _Look({id(table): name for name, table in handed_out.items()})
    rows = look.select(statement)
    if rows.single:
        _refuse("its rows are single customers")
    for name, told in rows.columns.items():
        if told:
            _refuse(f"its column {name!r} is a single customer's")


class _Look:
    """One look at one statement."""

    def __init__(self, handed_out: Mapping[int, str]) -> None:
        self._handed_out = handed_out
        self._seen: dict[int, Rows] = {}
        self._told: dict[int, tuple[object, Tells]] = {}  # keeps every element alive, so that an id is not used twice

    def select(self, statement: Any) -> Rows:
        """What a select gives."""
        if _is(statement, selectable.SelectStatementGrouping):
            return self.select(statement.element)
        if _is(statement, sa.CompoundSelect):
            parts = [self.select(part) for part in statement.selects]
            told = map(max, *(part.columns.values() for part in parts))
            return Rows(any(part.single for part in parts), dict(zip(parts[0].columns, told, strict=True)))
        select = cast("sa.Select[Any]", statement)
        for condition in (*select._where_criteria, *select._having_criteria):  # pyright: ignore[reportPrivateUsage]
            self.tells(condition)
        sources = [self._source(source) for source in _sources(select)]
        single = any(source.single for source in sources)
        columns = dict(select.selected_columns.items())
        told = {name: self.tells(column) for name, column in columns.items()}
        counted = {name for name, column in columns.items() if _aggregates(column)}
        keys = [self._key(key, told) for key in select._group_by_clauses]  # pyright: ignore[reportPrivateUsage]
        if select._distinct:  # pyright: ignore[reportPrivateUsage]
            keys += told.values()
        if keys or counted:
            single = single and any(keys)
        if single:  # a sum over one customer is the customer's
            told |= {name: max(told[name], Tells.VALUE) for name in counted}
        return Rows(single, told)

    def tells(self, element: Any) -> Tells:
        """What the value of an expression tells of a single customer."""
        if id(element) not in self._told:
            self._told[id(element)] = element, self._value(element)
        return self._told[id(element)][1]

    def _value(self, element: Any) -> Tells:
        if _is(element, elements.ColumnClause):
            table = element.table
            return Tells.NOTHING if table is None else self._source(table).columns.get(element.key, Tells.NOTHING)
        if _is(element, (sa.ScalarSelect, sa.Exists, selectable.SelectStatementGrouping, *_SELECTS)):
            return self._nested(element)
        parts = list(element.get_children())
        told = max((self.tells(part) for part in parts), default=Tells.NOTHING)
        if told is Tells.NAME and _is(element, _MIXED) and any(map(_given, parts)):
            _refuse("it asks for a customer by name")
        if _is(element, elements.Over):  # by what it is parted and ordered does not show
            told = self.tells(element.element)
            return max(told, Tells.VALUE) if _name(element.element) in RANKS | AGGREGATES else told
        if _is(element, functions.FunctionElement):
            if told is Tells.NAME and _name(element) in SINGLE_VALUES - {"lag", "lead"}:
                _refuse("it picks a customer")
            return Tells.NOTHING if _name(element) in SUMMARIES else told
        day = _is(element, elements.Extract) or (
            _is(element, elements.Cast) and isinstance(getattr(element, "type", None), sa.Date)
        )
        truth = isinstance(getattr(element, "type", None), sa.Boolean)
        if truth or (day and told is Tells.VALUE):
            return Tells.NOTHING
        return told

    def _nested(self, element: Any) -> Tells:
        inner = element.element if _is(element, (sa.ScalarSelect, sa.Exists)) else element
        while _is(inner, (sa.ScalarSelect, elements.Grouping)):
            inner = inner.element
        rows = self.select(inner)
        if _is(element, sa.Exists):
            return Tells.NOTHING
        return max((*rows.columns.values(), Tells.VALUE if rows.single else Tells.NOTHING))

    def _key(self, key: Any, told: Mapping[str, Tells]) -> Tells:
        if _is(key, elements._textual_label_reference):  # pyright: ignore[reportPrivateUsage]
            return told.get(str(key.element), Tells.NAME)
        return self.tells(key)

    def _source(self, source: sa.FromClause) -> Rows:
        if (known := self._seen.get(id(source))) is None:
            known = self._seen[id(source)] = self._rows(source)
        return known

    def _rows(self, source: sa.FromClause) -> Rows:
        if (name := self._handed_out.get(id(source))) is not None:
            return _TABLES[name]
        if isinstance(source, sa.Join):
            sides = [self._source(side) for side in (source.left, source.right)]
            if source.onclause is not None:
                self.tells(source.onclause)
            return Rows(any(side.single for side in sides), {})
        if isinstance(source, selectable.FromGrouping):
            return self._source(source.element)
        inner = cast("sa.Alias | sa.Subquery | sa.CTE", source).element
        return self._source(cast("sa.FromClause", inner)) if _is(inner, sa.FromClause) else self.select(inner)


def _sources(select: sa.Select[Any]) -> Sequence[sa.FromClause]:
    """`Select.get_final_froms`, which compiles the whole statement first and makes no use of what came out."""
    made = select._compile_state_factory(select, _COMPILER)  # pyright: ignore[reportPrivateUsage]
    return made._get_display_froms()  # pyright: ignore[reportPrivateUsage]


def _aggregates(element: Any) -> bool:
    """Whether the value is one of a group of rows."""
    if _is(element, (elements.ColumnClause, elements.Over, sa.ScalarSelect, sa.Exists)):
        return False
    if _is(element, functions.FunctionElement) and _name(element) in AGGREGATES:
        return True
    return any(map(_aggregates, element.get_children()))


def _given(element: Any) -> bool:
    """Whether a value that the caller gives stands in the expression itself, conditions and selects apart."""
    if _is(element, elements.BindParameter):
        return True
    if _is(element, (elements.ColumnClause, sa.ScalarSelect, sa.Exists)):
        return False
    return any(map(_given, element.get_children()))


def _is(element: object, kinds: type | tuple[type, ...]) -> bool:
    """`isinstance` that leaves the type of an element open: SQLAlchemy's kinds are generic in what they hold."""
    return isinstance(element, kinds)


def _name(element: object) -> str:
    return str(getattr(element, "name", ""))


def _tables() -> Iterator[tuple[str, Rows]]:
    about_one = {name for name, table in metadata.tables.items() if name == "customer" or "customer_id" in table.c}
    for name, table in metadata.tables.items():
        yield name, Rows(name in about_one, {column.key: _column(column, table, about_one) for column in table.c})


def _column(column: sa.Column[Any], table: sa.Table, about_one: set[str]) -> Tells:
    if table.name not in about_one:
        return Tells.NOTHING
    if column.info["refers"] in about_one or list(table.primary_key) == [column]:
        return Tells.NAME
    own = column.info["unit"] == MONEY or isinstance(column.type, sa.DateTime)
    return Tells.VALUE if own else Tells.NOTHING


_COMPILER = sa.select().compile()
_SELECTS = (sa.Select, sa.CompoundSelect)
_MIXED = (elements.BinaryExpression, elements.Case, elements.Tuple, functions.FunctionElement)
_TABLES = dict(_tables())


def _refuse(why: str) -> NoReturn:
    raise AccessError(f"The statement was refused: {why}, and the viewer may not see them. Nothing was read.")
