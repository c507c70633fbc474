"""The last lock, on PostgreSQL: the server itself shows the rows of the branches that a transaction was opened for.

The reader opens each of its transactions for the scope of its viewer (`admit`); whoever comes to the tables by another
way, with the same role, has opened nothing and is shown no row that belongs to a branch. The rules are those of the
contract, written once more as policies of the tables. They bind the owner of the tables too, but not a superuser of the
server: the application is to have a role of its own (docs/postgresql.md), and is told if it has not.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import sqlalchemy as sa
from psycopg import sql

from data_access.errors import ScopeError
from data_access.reading.scope import Scope
from data_access.schema import OF_PUBLIC, OWN_OR_SHARED, PUBLIC, PUBLIC_TABLES, Through, metadata

SETTING = "branchlight.branches"
EVERYTHING = "*"
SEPARATOR = "\x1f"
"""Between branches in the setting, and before the first, so that no list of branches reads as `EVERYTHING`."""

_OPENED = "(SELECT current_setting('branchlight.branches', true))"
_BRANCHES = f"(SELECT string_to_array({_OPENED}, chr(31)))::text[]"
POLICY = "of_the_viewer"


def protect(session: psycopg.Connection[tuple[object, ...]], schema: str, names: Mapping[str, str]) -> None:
    """Put the rules of the contract on tables of `schema`, once all are there; `names` by name in the contract."""
    for name, table in metadata.tables.items():
        rule = _rule(table, schema, names)
        place = sql.Identifier(schema, names[name])
        held = session.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", (place.as_string(),))
        if rule is None or held.fetchone() == (True,):
            continue
        for statement in ("ENABLE", "FORCE"):
            session.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(place, sql.SQL(statement)))
        session.execute(
            sql.SQL("CREATE POLICY {} ON {} USING ({} = {} OR {})").format(
                sql.Identifier(POLICY), place, sql.SQL(_OPENED), sql.Literal(EVERYTHING), rule
            )
        )


def admit(connection: sa.Connection, scope: Scope) -> None:
    """Open the transaction of `connection` for the rows of a scope, until it ends.

    Raises:
        ScopeError: a branch is called by something that no feed may hold.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.set_config(SETTING, _written(scope), True)))


def admit_loader(session: psycopg.Connection[tuple[object, ...]]) -> None:
    """Open a session for everything: whoever copies a version copies all of it."""
    session.execute("SELECT set_config(%s, %s, false)", (SETTING, EVERYTHING))


def _written(scope: Scope) -> str:
    if scope.branches is None:
        return EVERYTHING
    if any(SEPARATOR in branch for branch in scope.branches):
        raise ScopeError("A branch of the viewer has a control character in its name. Nothing was read. Grant it anew.")
    return SEPARATOR + SEPARATOR.join(sorted(scope.branches))


def _rule(table: sa.Table, schema: str, names: Mapping[str, str]) -> sql.Composable | None:
    """The rows of a table that the opened branches may see; None where everybody may see all."""
    rule: str | Through = table.info["scope"]
    if rule == PUBLIC:
        return None
    if isinstance(rule, Through):  # the rows of the parent are those that its own policy shows
        column, parent = sql.Identifier(rule.column), sql.Identifier(schema, names[rule.parent])
        return sql.SQL("{} IN (SELECT {} FROM {})").format(column, column, parent)
    if rule == OF_PUBLIC:
        public = sql.Literal(list(PUBLIC_TABLES))
        return sql.SQL("(table_name = ANY ({}) AND {} <> '')").format(public, sql.SQL(_OPENED))
    own = sql.SQL(f"branch_id = ANY ({_BRANCHES})")
    return (
        sql.SQL("({} OR branch_id IS NULL AND {} <> '')").format(own, sql.SQL(_OPENED))
        if rule == OWN_OR_SHARED
        else own
    )
