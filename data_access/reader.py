"""The reader: the only way to the warehouse's rows, bound to one viewer and to one published version.

It hands out tables that are already filtered to the viewer's scope, walks every statement before running it
(`data_access.guard`), and keeps what it has read (`data_access.cache`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data_access import guard
from data_access.cache import Key
from data_access.engines import Warehouse
from data_access.errors import AccessError, ScopeError, TooManyRowsError
from data_access.frames import to_frame
from data_access.guard import Statement
from data_access.schema import metadata
from data_access.scope import WHOLE_BANK, Scope, Viewer
from data_access.versions import Version

LARGEST_PAGE = 500
"""Rows of customers on one page of a list."""

audit = logging.getLogger("branchlight.audit")


class Reader:
    """Reads one version of the warehouse in the scope of one viewer.

    Opened for one run of a page, so that all its numbers come from the same version.
    """

    def __init__(self, viewer: Viewer, warehouse: Warehouse, version: Version | None = None) -> None:
        """Bind to `version`; without one, to the version that is current now."""
        self.viewer = viewer
        self._warehouse = warehouse
        self._version = version or warehouse.current()
        self._handed_out: dict[str, sa.FromClause] = {}

    @property
    def scope(self) -> Scope:
        """Whose rows are read."""
        return self.viewer.scope

    @property
    def version(self) -> str:
        """Identifier of the version that is read."""
        return self._version.id

    @property
    def as_of(self) -> date:
        """Last day that the data covers: the clock of every page."""
        return self._about["as_of"].date()

    @property
    def currency(self) -> str:
        """Currency of all amounts, ISO 4217."""
        return str(self._about["currency"])

    @property
    def source(self) -> str:
        """What the version was built from: demo, feed, uci-bank-marketing, berka."""
        return str(self._about["source"])

    def has(self, table_name: str, *columns: str) -> bool:
        """Whether this version records the table, and at least one value in each of the columns.

        It asks about the bank's feeds, not about the viewer's scope: a branch without a row has none.
        """
        _known(table_name, *columns)
        return table_name in self._recorded and self._recorded[table_name].issuperset(columns)

    def table(self, name: str) -> sa.FromClause:
        """The rows of a table that the viewer may see, under the table's own name; the same object every time.

        To join a table with itself, take ``reader.table(name).alias("other")``.

        Raises:
            ScopeError: the contract has no such table.
        """
        return self._handed_out.setdefault(name, self.scope.visible(_known(name)))

    def frame(self, statement: Statement) -> pd.DataFrame:
        """The rows of an aggregate, at most ``settings.frame_rows`` of them.

        Whole numbers stay exact (int64 where no value is missing); dates and times are datetime64; a missing
        number is nan. The frame is the caller's own and may be changed.

        Raises:
            ScopeError: the statement reads what this reader did not hand out, or carries raw SQL.
            TooManyRowsError: it returns more rows than a page may read.
        """
        guard.check(statement, self._handed_out.values())
        return self._cached(statement)

    def rows(self, statement: Statement, *, page: int = 1, size: int = 50) -> pd.DataFrame:
        """One page of a list of single customers, the first page being 1. Needs an order; is never cached.

        Raises:
            AccessError: the viewer may not see single customers.
            ScopeError: as for `frame`.
            ValueError: no such page, a page of more than `LARGEST_PAGE` rows, or a list without an order.
        """
        if not self.viewer.may_see_customers:
            raise AccessError("This list names customers, and the viewer may not see them. Nothing was read.")
        if page < 1 or not 1 <= size <= LARGEST_PAGE:
            raise ValueError(f"Page {page} of {size} rows: pages start at 1 and hold 1 to {LARGEST_PAGE} rows.")
        if not statement._order_by_clauses:  # pyright: ignore[reportPrivateUsage]
            raise ValueError("Pages of a list without an order repeat rows and miss others. Add order_by().")
        guard.check(statement, self._handed_out.values())
        return self._read(statement.limit(size).offset((page - 1) * size))

    def benchmark(self, table_name: str, build: Callable[[sa.FromClause], sa.Select[Any]]) -> pd.DataFrame:
        """Aggregates of one table over the whole bank, for "against the bank's average"; written to the audit log.

        `build` makes a plain grouped select from the table that it is given (joins with tables that this reader
        handed out are fine, nested selects are not). The reader adds the columns ``branches`` and ``customers``
        and leaves out every group with fewer than ``settings.benchmark_branches`` and
        ``settings.benchmark_customers`` of them.

        Raises:
            ScopeError: as for `frame`, or the statement nests another select over the whole bank's rows.
        """
        table = WHOLE_BANK.visible(_known(table_name))
        if not {"branch_id", "customer_id"} <= set(table.c.keys()):
            raise ScopeError(f"{table_name!r} does not say which branches and customers it holds. Nothing was read.")
        branches = sa.func.count(sa.distinct(table.c["branch_id"]))
        customers = sa.func.count(sa.distinct(table.c["customer_id"]))
        limits = self._warehouse.settings
        statement = build(table)
        guard.check_flat(statement, (*self._handed_out.values(), table))
        audit.info("benchmark of %s by %s in version %s", table_name, self.viewer.email, self.version)
        return self._cached(
            statement.add_columns(branches.label("branches"), customers.label("customers")).having(
                branches >= limits.benchmark_branches, customers >= limits.benchmark_customers
            )
        )

    @cached_property
    def _about(self) -> pd.Series[Any]:
        return self.frame(sa.select(self.table("warehouse_version"))).iloc[0]

    @cached_property
    def _recorded(self) -> dict[str, set[str]]:
        table, column = self.table("version_table"), self.table("version_column")
        filled = self.frame(sa.select(table.c["table_name"]).where(table.c["rows"] > 0))
        columns = self.frame(sa.select(column.c["table_name"], column.c["column_name"]))
        names = columns.groupby("table_name")["column_name"].agg(set).to_dict()
        return {name: names.get(name, set()) for name in filled["table_name"]}

    def _cached(self, statement: Statement) -> pd.DataFrame:
        compiled = statement.compile(dialect=self._warehouse.dialect(self._version))
        key = Key(self.version, str(compiled), repr(sorted(compiled.params.items())))
        frame = self._warehouse.cache.get(key)
        if frame is None:
            frame = self._read(statement)
            self._warehouse.cache.put(key, frame)
        return frame

    def _read(self, statement: Statement) -> pd.DataFrame:
        most = self._warehouse.settings.frame_rows
        if statement._limit_clause is None and statement._fetch_clause is None:  # pyright: ignore[reportPrivateUsage]
            statement = statement.limit(most + 1)
        with self._warehouse.connect(self._version) as connection:
            rows = connection.execute(statement).fetchmany(most + 1)
        if len(rows) > most:
            raise TooManyRowsError(
                f"A page reads at most {most} rows at once, and this statement returns more. Nothing was shown. "
                "Aggregate further, page through the list with reader.rows(), or raise the setting `frame_rows`."
            )
        return to_frame(rows, statement.selected_columns)


def _known(table_name: str, *columns: str) -> sa.Table:
    table = metadata.tables.get(table_name)
    if table is None:
        raise ScopeError(f"The contract has no table {table_name!r}. Nothing was read.")
    if unknown := set(columns) - set(table.c.keys()):
        raise ScopeError(f"{table_name!r} has no column {', '.join(sorted(unknown))}. Nothing was read.")
    return table
