"""The walk: a statement may read what its reader handed out, and say nothing in raw SQL.

Every element of the statement tree must be of a known kind and every type a plain one; whatever SQLAlchemy has or
will have beside those (text, literal columns, hints, prefixes, table functions, DML, lateral joins, types with
parameters ...) is refused without being named here. Known kinds that can carry text are looked at more closely.
What comes out as SQL is looked at once more by `data_access.reading.compiled`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sized
from functools import cache
from typing import Any, NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.sql import elements, functions, operators, selectable
from sqlalchemy.sql.visitors import ExternallyTraversible

from data_access.errors import ScopeError

SUMMARIES = frozenset(("count", "sum", "var_pop", "covar_pop", "bool_or", "bool_and"))
SINGLE_VALUES = frozenset(
    ("min", "max", "percentile_cont", "percentile_disc", "lag", "lead", "first_value", "last_value")
)
"""Functions whose result may be the value of one customer."""
RANKS = frozenset(("row_number", "rank", "dense_rank", "ntile"))
ARITHMETIC = frozenset(("coalesce", "nullif", "greatest", "least", "abs", "floor", "ceil", "round", "sign", "ln"))
TEXT = frozenset(("lower", "upper", "length", "substr", "concat"))
FUNCTIONS = SUMMARIES | SINGLE_VALUES | RANKS | ARITHMETIC | TEXT
"""Functions that mean the same on every engine and read nothing but their arguments."""

CAST_TYPES = frozenset(
    (sa.BigInteger, sa.Boolean, sa.Date, sa.DateTime, sa.Double, sa.Integer, sa.Numeric, sa.SmallInteger, sa.Text)
)
TYPES = CAST_TYPES | {sa.Float, sa.Interval, sa.String, sa.types.NullType}
"""Types of values and results, as they are without any argument."""
EXTRACTED = frozenset(("year", "month", "day", "quarter", "week", "isodow", "dow", "hour"))

Statement = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[*tuple[Any, ...]]
_STATEMENTS = (sa.Select, sa.CompoundSelect)

_KINDS: frozenset[type] = frozenset(
    (
        *_STATEMENTS,
        sa.Subquery,
        sa.CTE,
        sa.Alias,
        sa.Join,
        sa.Exists,
        sa.ScalarSelect,
        selectable.FromGrouping,
        selectable.SelectStatementGrouping,
        sa.Column,
        elements.AsBoolean,
        elements.BinaryExpression,
        elements.BindParameter,
        elements.BooleanClauseList,
        elements.Case,
        elements.Cast,
        elements.ClauseList,
        elements.ColumnClause,
        elements.ExpressionClauseList,
        elements.Extract,
        elements.False_,
        elements.FrameClause,
        elements.FunctionFilter,
        elements.Grouping,
        elements.Label,
        elements.Null,
        elements.Over,
        elements.True_,
        elements.Tuple,
        elements.TypeCoerce,
        elements.UnaryExpression,
        elements.WithinGroup,
        elements._label_reference,  # pyright: ignore[reportPrivateUsage]
        elements._textual_label_reference,  # pyright: ignore[reportPrivateUsage]
        selectable._OffsetLimitParam,  # pyright: ignore[reportPrivateUsage]
        sa.Function,
    )
)

_MUST_BE_EMPTY = frozenset(
    (
        "_prefixes",
        "_suffixes",
        "_hints",
        "_statement_hints",
        "_for_update_arg",
        "_pre_columns_clause",
        "_post_select_clause",
        "_post_criteria_clause",
        "_post_body_clause",
        "_with_options",
        "_compile_state_funcs",
        "_execution_options",
        "_params",
        "packagenames",
        "_table_value_type",
        "exclude",
        "schema",
    )
)
"""Attributes that can carry SQL text, or change what is compiled or where it runs."""


_OPERATORS = frozenset(("operator", "modifier", "negate"))

_REMEMBERED = frozenset(("_static_cache_key", "_type_affinity", "_expression_adaptations", "dispatch"))
"""What a type keeps for its own use once it was asked."""

_NAME = re.compile(r"(%\(-?[0-9a-f]+ )?\w+(\)s)?", re.ASCII)
"""Names of parts and of bound values: a word, or what SQLAlchemy makes of a number and a word."""


def check(statement: Statement, handed_out: Iterable[sa.FromClause], reserved: Container[str] = ()) -> None:
    """Let the statement pass, or say what it must not do.

    Args:
        statement: a select.
        handed_out: the tables that it may read.
        reserved: names, in lower case, that nothing else in the statement may bear.

    Raises:
        ScopeError: it reads something that is not among `handed_out`, carries raw SQL, or takes a reserved name.
    """
    require_select(statement)
    for element in _elements(statement, handed_out):
        _inspect(element)
        if isinstance(element, (sa.Alias, sa.Subquery, sa.CTE)):
            _named(element.name, reserved)


def _named(name: str, reserved: Container[str]) -> None:
    if not _NAME.fullmatch(name) or name.lower() in reserved:
        _refuse(f"It calls a part of itself {str(name)!r}. Call it by a word that is not the name of a table.")


def require_select(statement: object) -> None:
    """Raises `ScopeError` unless the statement is a select."""
    if type(statement) not in _STATEMENTS:
        _refuse(f"A reader runs a select, not a {type(statement).__name__}.")


def _elements(statement: Statement, handed_out: Iterable[sa.FromClause]) -> Iterator[ExternallyTraversible]:
    """Every element of the statement once, down to the tables that were handed out and not into them."""
    allowed = {id(table) for table in handed_out}
    seen: dict[int, object] = {}  # keeps every element alive, so that an id is not used twice
    waiting: list[ExternallyTraversible] = [statement]
    while waiting:
        element = waiting.pop()
        if id(element) in allowed or id(element) in seen:
            continue
        seen[id(element)] = element
        yield element
        waiting.extend(_parts(element))


def _parts(element: ExternallyTraversible) -> Iterator[ExternallyTraversible]:
    yield from element.get_children()
    if isinstance(element, elements.ColumnClause) and element.table is not None:
        yield element.table


def _inspect(element: object) -> None:
    kind = type(element)
    if isinstance(element, sa.TableClause):
        _refuse(f"It reads {element.name!r} directly. Take it from reader.table({element.name!r}).")
    if kind not in _KINDS and not _is_known_function(element):
        _refuse(f"It contains a {kind.__name__}, which may hide SQL.")
    own = vars(element)  # what a class sets for all its elements is empty
    for name in _MUST_BE_EMPTY & own.keys():
        value = own[name]
        if value is not None and not (isinstance(value, Sized) and len(value) == 0):
            _refuse(f"A {kind.__name__} with {name.strip('_')} may hide SQL.")
    _operators(own)
    for label in (own.get("name"), own.get("key")):
        if isinstance(label, sa.quoted_name) and label.quote is False:
            _refuse(f"The name {str(label)!r} asks not to be quoted.")
    if (declared := own.get("type")) is not None:
        _plain(declared)
    if (closer := _CLOSER.get(kind)) is not None:
        closer(element)


def _plain(declared: object) -> None:
    """A type that is just as its class makes it: no parameter, no variant, no attribute of someone's own."""
    kind = type(declared)
    if kind is sa.types.TupleType:
        for part in vars(declared)["types"]:
            _plain(part)
    elif kind not in TYPES or _stated(declared) != _as_made(kind):
        _refuse(f"The type {kind.__name__} is not one of data_access.reading.guard.TYPES, or says more than its name.")


@cache
def _as_made(kind: type[object]) -> dict[str, Any]:
    return _stated(kind())


def _stated(declared: object) -> dict[str, Any]:
    return {name: value for name, value in vars(declared).items() if name not in _REMEMBERED}


def _is_known_function(element: object) -> bool:
    """Whether it is one of SQLAlchemy's own functions; `_function` then looks at its name."""
    if not isinstance(element, sa.Function) or type(cast("object", element)).__module__ != functions.__name__:
        return False
    _function(cast("sa.Function[Any]", element))
    return True


def _function(element: sa.Function[Any]) -> None:
    if element.name not in FUNCTIONS:
        _refuse(f"The function {str(element.name)!r} is not one of data_access.reading.guard.FUNCTIONS.")


def _operators(own: Mapping[str, Any]) -> None:
    for name in _OPERATORS & own.keys():
        if isinstance(operator := own[name], operators.custom_op):
            _refuse(f"The operator {operator.opstring!r} is SQL text.")


def _compared(element: elements.BinaryExpression[Any]) -> None:
    for name, value in element.modifiers.items():
        if isinstance(value, str) and len(value) > 1:  # LIKE escapes by one letter
            _refuse(f"A comparison with {name} {value!r} may hide SQL.")


def _column(element: elements.ColumnClause[Any]) -> None:
    counted = element.is_literal and element.name == "*"  # how SQLAlchemy writes count(*)
    if (element.is_literal or element.table is None) and not counted:
        _refuse(f"The column {str(element.name)!r} is SQL text, or belongs to no table.")


def _cast(element: elements.Cast[Any]) -> None:
    if type(element.type) not in CAST_TYPES or element.typeclause.type is not element.type:
        _refuse(f"A cast to {element.type!r} is not one of data_access.reading.guard.CAST_TYPES.")


def _bound(element: elements.BindParameter[Any]) -> None:
    if not _NAME.fullmatch(element.key):
        _refuse(f"A bound value is called {str(element.key)!r}. Call it by a word.")
    if element.literal_execute or element.callable is not None:
        _refuse("A bound value is written into the SQL, or made while it runs.")


def _extract(element: elements.Extract) -> None:
    if element.field not in EXTRACTED:
        _refuse(f"extract({element.field!r}) is not one of data_access.reading.guard.EXTRACTED.")


def _only_reads(element: Statement) -> None:
    if element.dialect_kwargs:
        _refuse("Options for one dialect may hide SQL.")


_CLOSER: dict[type, Callable[[Any], None]] = {
    sa.Function: _function,
    sa.Column: _column,
    elements.ColumnClause: _column,
    sa.Select: _only_reads,
    sa.CompoundSelect: _only_reads,
    elements.BinaryExpression: _compared,
    elements.Cast: _cast,
    elements.BindParameter: _bound,
    selectable._OffsetLimitParam: _bound,  # pyright: ignore[reportPrivateUsage]
    elements.Extract: _extract,
}


def _refuse(why: str) -> NoReturn:
    raise ScopeError(f"The statement was refused. {why} Nothing was read.")
