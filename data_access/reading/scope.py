"""Who looks, and which rows they may see: a table's scope rule turned into a filtered subquery.

A viewer's scope is the whole bank or a set of branches. `Scope.visible` is the only place where a raw table
becomes something that a statement may read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from data_access.schema import OF_PUBLIC, OWN, OWN_OR_SHARED, PUBLIC, PUBLIC_TABLES, Through, metadata


class Role(StrEnum):
    """What a person is here for; pages are allowed by role."""

    EXECUTIVE = "executive"
    PLANNER = "planner"
    BRANCH_HEAD = "branch_head"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a viewer may see.

    Attributes:
        branches: Identifiers of the viewer's branches; None means the whole bank, an empty set means nothing
            that belongs to a branch.
    """

    branches: frozenset[str] | None

    @property
    def whole_bank(self) -> bool:
        """Whether every row may be seen, the bank's own included."""
        return self.branches is None

    def visible(self, table: sa.Table, *among: sa.ColumnElement[bool]) -> sa.FromClause:
        """The rows of `table` in this scope, and of these only those `among` some, under the table's own name."""
        if self.branches is None:
            return _of_all(table, *among)
        if any(column.info["counts"] for column in table.c):
            return sa.select(*map(_told, table.c)).subquery(table.name)
        if table.info["scope"] == PUBLIC:
            return _of_all(table, *among)
        return sa.select(table).where(self._belongs(table, self.branches), *among).subquery(table.name)

    def _belongs(self, table: sa.Table, branches: frozenset[str]) -> sa.ColumnElement[bool]:
        rule: str | Through = table.info["scope"]
        if isinstance(rule, Through):
            parent = metadata.tables[rule.parent]
            seen = sa.select(parent.c[rule.column]).where(self._belongs(parent, branches))
            return table.c[rule.column].in_(seen)
        if rule == OF_PUBLIC:
            return _public(table)
        own = table.c["branch_id"].in_(sorted(branches)) if rule in (OWN, OWN_OR_SHARED) else sa.true()
        return sa.or_(own, table.c["branch_id"].is_(None)) if rule == OWN_OR_SHARED else own


def _of_all(table: sa.Table, *among: sa.ColumnElement[bool]) -> sa.FromClause:
    return sa.select(table).where(*among).subquery(table.name) if among else table.alias(table.name)


def _public(table: sa.Table) -> sa.ColumnElement[bool]:
    """Rows that tell of tables whose rows all may see."""
    return table.c["table_name"].in_(PUBLIC_TABLES)


def _told(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """What a viewer of some branches is told of a column: counts of the tables alone of which they see all."""
    return sa.case((_public(column.table), column)).label(column.name) if column.info["counts"] else column


WHOLE_BANK = Scope(branches=None)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who looks, with their rights.

    Attributes:
        email: Identity, as the bank's identity provider proves it.
        name: Name shown on screen.
        role: Decides which pages open.
        scope: Decides which rows those pages read.
        may_see_customers: Whether lists of single customers may be shown.
    """

    email: str
    name: str
    role: Role
    scope: Scope
    may_see_customers: bool = False
