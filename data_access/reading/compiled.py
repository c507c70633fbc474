"""The second look: the SQL that came out of a statement, parsed, reads nothing but what its reader handed out.

The walk (`data_access.reading.guard`) judges the tree that SQLAlchemy compiles; this judges the text, which is what
runs. Both are allow-lists, and they share nothing: a construct whose text the walk misjudges stands in the parsed text
as a table, a function or a type that has no business there. DuckDB's own parser reads both dialects that are in use.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple, NoReturn, cast

import duckdb
import sqlalchemy as sa

from data_access.errors import ScopeError
from data_access.reading.guard import FUNCTIONS, Statement

Node = dict[str, Any]

_TABLES = ("BASE_TABLE", "SUBQUERY")
_NODES = frozenset(_TABLES) | {
    *("EMPTY", "JOIN", "SELECT_NODE", "SET_OPERATION_NODE"),
    *("ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER"),
    *("ORDER_DEFAULT", "ASCENDING", "DESCENDING"),
}
_EXPRESSIONS = frozenset(
    (
        *("BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION", "OPERATOR"),
        *("PARAMETER", "STAR", "SUBQUERY", "WINDOW"),
    )
)
_WRITTEN_OTHERWISE = {"count_star", "quantile_cont", "quantile_disc", "date_part", "row"}
_CALLED = FUNCTIONS | _WRITTEN_OTHERWISE | {"+", "-", "*", "/", "%", "~~", "!~~"}
_BUILT_IN = ("", "main", "pg_catalog")
_CAST_TO = frozenset(
    ("BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "INTEGER", "SMALLINT", "TIMESTAMP", "VARCHAR")
)
_BRANCHING = (dict, list)
_NEVER = ("sample", "at_clause", "schema_name", "catalog_name", "catalog", "type_info", "qualify")
_NONE: Node = {"map": []}
"""What no node may have: a place outside the version's own tables, a sample, a parameter of a type."""

KEPT = 2_000
"""Scoped tables that are remembered."""


def write(statement: Statement, dialect: type[sa.Dialect]) -> str:
    """The SQL of a statement as `dialect` writes it, with numbered places for its values."""
    return str(statement.compile(dialect=_numbered(dialect), compile_kwargs={"render_postcompile": True}))


def check(sql: str, visible: frozenset[str], reserved: frozenset[str]) -> None:
    """Let the SQL pass if every table in it stands as in one of `visible`.

    Args:
        sql: what `write` made of the statement.
        visible: what `write` makes of a select from each table that was handed out.
        reserved: names of tables, in lower case, that no part of the statement may take.

    Raises:
        ScopeError: it reads anything else, or says something that is on none of the lists of this module.
    """
    tables = dict(map(_handed_out, visible))
    _Look(tables, frozenset(tables.values()), reserved).at(_parsed(sql), frozenset())


class _Look(NamedTuple):
    """What one look knows: the tables handed out, by what stands for them in the SQL, and the names that are taken."""

    tables: dict[str, str]
    names: frozenset[str]
    reserved: frozenset[str]

    def at(self, node: object, named: frozenset[str]) -> None:
        """Look at a node and all below it; `named` are the common table expressions known there."""
        if isinstance(node, list):
            for part in cast("list[object]", node):
                self.at(part, named)
        if not isinstance(node, dict):
            return
        node = cast("Node", node)
        if self._is_handed_out(node):
            return
        named |= self._common(node)
        self._judge(node, named)
        if node.get("class") != "CONSTANT":
            for part in node.values():
                if part.__class__ in _BRANCHING:
                    self.at(part, named)

    def _is_handed_out(self, node: Node) -> bool:
        if node.get("type") not in _TABLES or "class" in node or _read_first(node) not in self.names:
            return False
        if (table := self.tables.get(_said(node))) is None:
            return False
        if (alias := node["alias"].lower()) in self.reserved and alias != table:
            _refuse(f"calls the rows of {table!r} {alias!r}, which is another table")
        return True

    def _common(self, node: Node) -> frozenset[str]:
        names = frozenset(entry["key"].lower() for entry in node.get("cte_map", _NONE)["map"])
        if taken := names & self.reserved:
            _refuse(f"calls a part of itself {min(taken)!r}, which is the name of a table")
        return names

    def _judge(self, node: Node, named: frozenset[str]) -> None:
        kind, group = node.get("type"), node.get("class")
        if group is None and isinstance(kind, str) and kind not in _NODES:
            _refuse(f"reads by way of {kind}")
        if group is not None and group not in _EXPRESSIONS:
            _refuse(f"contains an expression {group}")
        if any(node.get(name) for name in _NEVER):
            _refuse("names a place, a sample or a parameter that no table of the warehouse has")
        if group == "FUNCTION" and (node["function_name"] not in _CALLED or node["schema"] not in _BUILT_IN):
            _refuse(f"calls {node['function_name']!r}")
        if group == "CAST" and node["cast_type"]["id"] not in _CAST_TO:
            _refuse(f"casts to {node['cast_type']['id']!r}")
        if group is None and kind == "BASE_TABLE" and node["table_name"].lower() not in named:
            _refuse(f"reads {node['table_name']!r} outside the rows that were handed out")
        if group is None and kind == "SUBQUERY" and node["alias"].lower() in self.reserved:
            _refuse(f"calls a part of itself {node['alias']!r}, which is the name of a table")


@lru_cache(maxsize=KEPT)
def _handed_out(sql: str) -> tuple[str, str]:
    """What stands for a table in the SQL of a select from it, and the table's name."""
    table = _parsed(sql)["from_table"]
    return _said(table), table["alias"].lower()


def _read_first(source: Node) -> str:
    """The table that a table or a subquery reads, if it is one; quick to tell, where `_said` is not."""
    inner = source if source["type"] == "BASE_TABLE" else source["subquery"]["node"].get("from_table", {})
    return str(inner.get("table_name", ""))


def _said(table: Node) -> str:
    """A table or a subquery, whatever it is called here and wherever in the text it stands."""
    return json.dumps(_bare({name: value for name, value in table.items() if name != "alias"}))


def _bare(node: object) -> object:
    if isinstance(node, list):
        return [_bare(part) for part in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    node = cast("Node", node)
    place = ("query_location", "identifier") if node.get("class") == "PARAMETER" else ("query_location",)
    return {name: _bare(part) for name, part in node.items() if name not in place}


def _parsed(sql: str) -> Node:
    with _parser().cursor() as cursor:
        (text,) = cursor.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone() or ("{}",)
    found = json.loads(text)
    if found.get("error", True) or len(found["statements"]) != 1:
        _refuse(f"is not one select: {found.get('error_message', 'it is none, or several')}")
    return found["statements"][0]["node"]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1, "enable_external_access": "false", "lock_configuration": "true"})


@cache
def _numbered(kind: Callable[..., sa.Dialect]) -> sa.Dialect:
    return kind(paramstyle="numeric_dollar")


def _refuse(why: str) -> NoReturn:
    raise ScopeError(f"The statement was refused. Its SQL {why}. Nothing was read.")
