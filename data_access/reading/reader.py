"""The reader: the only way to the warehouse's rows, bound to one viewer and to one published version.

It hands out tables that are already filtered to the viewer's scope, looks at every statement before running it
(`data_access.reading.guard`, `data_access.reading.compiled`, and `data_access.reading.disclosure` for who may not see
single customers), and keeps what it has read (`data_access.cache`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property, lru_cache
from operator import attrgetter

import pandas as pd
import sqlalchemy as sa
from cachetools import cachedmethod

from data_access import logs
from data_access.cache import Key
from data_access.engines import Warehouse
from data_access.errors import AccessError, ScopeError, TooManyRowsError
from data_access.reading import benchmark, colleagues, compiled, described, disclosure, guard, holdouts, row_security
from data_access.reading.described import Described
from data_access.reading.frames import to_frame
from data_access.reading.guard import Statement
from data_access.reading.scope import WHOLE_BANK, Scope, Viewer
from data_access.said import marked
from data_access.schema import metadata
from data_access.tier_pairs import Rule
from data_access.versions import Version

LARGEST_PAGE = 500
"""Rows of customers on one page of a list."""

RESERVED = frozenset(metadata.tables)
"""Names that nothing else in a statement may bear: a part so called could pass for the table."""


class Reader:
    """Reads one version of the warehouse in the scope of one viewer.

    Opened for one run of a page, so that all its numbers come from the same version.
    """

    def __init__(
        self, viewer: Viewer, warehouse: Warehouse, version: Version | None = None, *, of_holdouts: bool = False
    ) -> None:
        """Bind to `version`; without one, to the version that is current now."""
        self.viewer = viewer
        self.of_holdouts = of_holdouts
        self._warehouse = warehouse
        self._version = version or warehouse.current()
        self._handed_out: dict[str, sa.FromClause] = {}

    @property
    def scope(self) -> Scope:
        """Whose rows are read."""
        return self.viewer.scope

    @cached_property
    def holdouts(self) -> Reader:
        """The same for the bank's holdouts, which stand where campaigns do: see `data_access.reading.holdouts`."""
        return Reader(self.viewer, self._warehouse, self._version, of_holdouts=True)

    @property
    def version(self) -> str:
        """Identifier of the version that is read."""
        return self._version.id

    @property
    def as_of(self) -> date:
        """Last day that the bank's events cover: the day of every page."""
        return self._described().clock.as_of

    def as_of_tables(self, *names: str) -> date:
        """Last day that all of these tables of events cover: the clock of a metric that needs them together.

        What is not told after that day is not known, rather than not done. A table without dates, or without a row,
        sets no bound.

        Raises:
            ScopeError: the contract has no such table.
        """
        return self._described().clock.last_day(*(_known(name).name for name in names))

    def last_week(self, *names: str) -> date:
        """Monday of the last week that is over and that all of these tables cover: where "this week" is.

        Raises:
            ScopeError: the contract has no such table.
        """
        return self._described().clock.last_week(*(_known(name).name for name in names))

    def last_month(self, *names: str) -> int | None:
        """Last month (`month_no`) that all of these tables of months cover; None if the version does not say.

        A month that was not over on the day of loading is not among them, nor is one that lay ahead.

        Raises:
            ScopeError: the contract has no such table.
        """
        return self._described().clock.last_month(*(_known(name).name for name in names))

    @property
    def currency(self) -> str:
        """Currency of all amounts, ISO 4217."""
        return self._described().currency

    @property
    def source(self) -> str:
        """What the version was built from: demo, feed, uci-bank-marketing, berka."""
        return self._described().source

    def has(self, table_name: str, *columns: str) -> bool:
        """Whether this version records the table, and at least one value in each of the columns.

        It asks about the bank's feeds, not about the viewer's scope: a branch without a row has none.
        """
        _known(table_name, *columns)
        recorded = self._described().recorded
        return table_name in recorded and recorded[table_name].issuperset(columns)

    def table(self, name: str) -> sa.FromClause:
        """The rows of a table that the viewer may see, under the table's own name; the same object every time.

        To join a table with itself, take ``reader.table(name).alias("other")``.

        Raises:
            ScopeError: the contract has no such table.
        """
        return self._handed_out.setdefault(name, self._visible(name, self.scope))

    def frame(self, statement: Statement) -> pd.DataFrame:
        """The rows of an aggregate, at most ``settings.frame_rows`` of them.

        Whole numbers stay exact (int64 where no value is missing); dates and times are datetime64; a missing
        number is nan. The frame is the caller's own and may be changed.

        Raises:
            ScopeError: the statement reads what this reader did not hand out, or carries raw SQL.
            AccessError: it shows single customers, and the viewer may not see them.
            TooManyRowsError: it returns more rows than a page may read.
        """
        guard.require_select(statement)
        key = self._key(statement)
        if key is None:
            return self._checked(statement)
        # What is kept was read by a checked statement of the same key for a viewer with the same rights.
        return self._warehouse.cache.answer(key, lambda: self._checked(statement))

    def rows(self, statement: Statement, *, page: int = 1, size: int = 50) -> pd.DataFrame:
        """One page of a list of single customers, the first page being 1. Needs an order; is never cached.

        Raises:
            AccessError: the viewer may not see single customers.
            ScopeError: as for `frame`.
            ValueError: no such page, a page of more than `LARGEST_PAGE` rows, or a list without an order.
        """
        if not self.viewer.may_see_customers:
            raise AccessError.of(
                marked("This list names customers, and the viewer may not see them. Nothing was read.")
            )
        if page < 1 or not 1 <= size <= LARGEST_PAGE:
            raise ValueError(f"Page {page} of {size} rows: pages start at 1 and hold 1 to {LARGEST_PAGE} rows.")
        guard.require_select(statement)
        if not statement._order_by_clauses:  # pyright: ignore[reportPrivateUsage]
            raise ValueError("Pages of a list without an order repeat rows and miss others. Add order_by().")
        return self._checked(statement.limit(size).offset((page - 1) * size))

    def benchmark(self, table_name: str, amounts: Sequence[str] = ()) -> pd.DataFrame:
        """Aggregates of one table over the whole bank, for "against the bank's average"; written to the audit log.

        What is counted, by which columns, and how coarsely it is told is fixed in `data_access.reading.benchmark`.

        Args:
            table_name: a table of `data_access.reading.benchmark.PARTITIONS`.
            amounts: its columns of money that are summed.

        Returns:
            The columns of the table's partition, ``n`` (customers), ``branches``, and for each amount ``known_<m>``,
            ``sum_<m>`` and ``squares_<m>``, rounded. Groups with too few branches or customers beside the viewer's own
            are left out.

        Raises:
            ScopeError: the table or one of the amounts is not among those that may be told.
        """
        table = self._visible(table_name, WHOLE_BANK)
        statement = benchmark.statement(table, table_name, amounts, self.scope, self._warehouse.settings)
        return self._of_the_bank(table_name, statement, lambda frame: benchmark.rounded(frame, amounts))

    def campaign_sizes(self) -> pd.DataFrame:
        """Customers of treated arms by campaign in the whole bank; written to the audit log.

        The size of a campaign is told to all, exactly: costs booked for the bank as a whole are shared out by it.

        Returns:
            ``campaign_id``, ``n_bank``; campaigns without such a customer are left out.
        """
        member = self._visible("campaign_member", WHOLE_BANK)
        return self._of_the_bank("size of campaigns", benchmark.campaign_sizes(self, member), lambda frame: frame)

    def branches_that_fell(self, horizon: int, rule: Rule = "tier") -> pd.DataFrame:
        """Other branches' customers above the lowest tier and how many slipped, without names; written to the audit.

        The horizon ends with the last month; tiers are those of the bank's rule.

        Returns:
            ``n`` and ``fell`` of each branch beside the viewer's own that has enough customers, rounded; no row where
            there are too few branches.

        Raises:
            ScopeError: there is no benchmark of this horizon.
        """
        snapshot = self._visible("tier_snapshot", WHOLE_BANK)
        last = self.last_month("tier_snapshot")
        if last is None:  # the version does not say which month was over
            found = self._read(sa.select(sa.func.max(snapshot.c["month_no"]).label("last")), WHOLE_BANK)["last"]
            last = 0 if found.isna().all() else int(found.iloc[0])
        snapshot = sa.select(snapshot).where(snapshot.c["month_no"] <= last).subquery()
        own = self._warehouse.settings
        tiers = [tier.key for tier in own.tier_rules[-1].tiers]
        statement = benchmark.falls_by_branch(snapshot, last, horizon, rule, tiers, self.scope)
        return self._of_the_bank("branches that fell", statement, lambda frame: benchmark.anonymous(frame, own))

    def rates_by_mix(self, campaigns: Sequence[str]) -> pd.DataFrame:
        """How the whole bank converts customers of a campaign, tier and channel; written to the audit log.

        Args:
            campaigns: whole campaigns whose rates are told; all if empty.

        Returns:
            ``campaign_id``, ``tier``, ``channel``, ``n`` and ``converted``, rounded; of members of treated arms whose
            window is closed and whom a person was to reach. Kinds that too few others have are left out.
        """
        member = self._visible("campaign_member", WHOLE_BANK)
        statement = colleagues.rates(self, member, campaigns, self.scope, self._warehouse.settings)
        return self._of_the_bank("rates by mix", statement, colleagues.rounded)

    def results_elsewhere(self, first: date, last: date, beside: Sequence[str]) -> pd.DataFrame:
        """Results of staff in other branches, without names; written to the audit log.

        Args:
            first: first day of a month: members assigned from then on.
            last: last day of a month.
            beside: branches that are looked at by name and left out.

        Returns:
            ``role``, ``expected`` and ``ratio`` (observed / expected), rounded; no row where too few branches have one.

        Raises:
            ScopeError: the period is not whole months.
        """
        member, staff = (self._visible(name, WHOLE_BANK) for name in ("campaign_member", "staff"))
        settings = self._warehouse.settings
        statement = colleagues.results(self, member, staff, (first, last), beside, settings)
        return self._of_the_bank(
            "results of staff", statement, lambda frame: colleagues.nameless(frame, settings.benchmark_branches)
        )

    @property
    def _named(self) -> tuple[str, ...]:
        return self._warehouse.settings.comparison.holdouts

    def _visible(self, name: str, scope: Scope) -> sa.FromClause:
        table = _known(name)
        return scope.visible(table, *holdouts.among(table, self._named, alone=self.of_holdouts))

    def _of_the_bank(
        self, what: str, statement: Statement, told: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> pd.DataFrame:
        """Rows of the whole bank that a statement of this program asks for, as they may be told; audited."""
        sql = " ".join(compiled.write(statement, type(self._warehouse.dialect(self._version))).split())
        logs.record("benchmark", self.viewer.email, of=what, version=self.version, statement=sql)
        if (key := self._key(statement, "as told of the bank")) is None:
            return told(self._read(statement, WHOLE_BANK))
        return self._warehouse.cache.answer(key, lambda: told(self._read(statement, WHOLE_BANK)))

    @cachedmethod(
        attrgetter("_warehouse.described"), key=attrgetter("version"), lock=attrgetter("_warehouse.describing")
    )
    def _described(self) -> Described:
        return described.read(self.frame, self.table)

    def _key(self, statement: Statement, how: str = "as read") -> Key | None:
        """What the statement asks, without compiling it; None if SQLAlchemy cannot tell it from others."""
        made = statement._generate_cache_key()  # pyright: ignore[reportPrivateUsage]
        if made is None:
            return None
        values = repr([value.effective_value for value in made.bindparams])
        return Key(self.version, (self.scope, self.viewer.may_see_customers, how), made.key, values)

    def _checked(self, statement: Statement) -> pd.DataFrame:
        """The rows of a statement that was found to read what it may."""
        guard.check(statement, self._handed_out.values(), RESERVED)
        made = statement._generate_cache_key()  # pyright: ignore[reportPrivateUsage]
        asked = None if made is None else (self.viewer.may_see_customers, made.key)
        # What passes the walk and has the key of another is that statement but for its values: the engine runs the
        # SQL that it keeps under the same key.
        if asked is None or asked not in self._warehouse.passed:
            self._look(statement)
            if asked is not None:
                self._warehouse.passed.add(asked)
        return self._read(statement)

    def _look(self, statement: Statement) -> None:
        """What the walk leaves to be looked at: what is told of single customers, and the SQL that comes out."""
        if not self.viewer.may_see_customers:
            disclosure.check(statement, self._handed_out)
        dialect = type(self._warehouse.dialect(self._version))
        rule = self._named, self.of_holdouts
        visible = frozenset(_written(name, self.scope, *rule, dialect) for name in self._handed_out)
        compiled.check(compiled.write(statement, dialect), visible, RESERVED)

    def _read(self, statement: Statement, scope: Scope | None = None) -> pd.DataFrame:
        most = self._warehouse.settings.frame_rows
        if statement._limit_clause is None and statement._fetch_clause is None:  # pyright: ignore[reportPrivateUsage]
            statement = statement.limit(most + 1)
        with self._warehouse.connect(self._version) as connection:
            row_security.admit(connection, scope or self.scope)
            rows = connection.execute(statement).fetchmany(most + 1)
        if len(rows) > most:
            raise TooManyRowsError.of(
                marked(
                    "A page reads at most {most:,} rows at once, and this one needs more. Nothing was shown. Choose a "
                    "shorter period or fewer branches, or have the setting `frame_rows` raised."
                ),
                most=most,
            )
        return to_frame(rows, statement.selected_columns)


@lru_cache(maxsize=compiled.KEPT)
def _written(name: str, scope: Scope, named: tuple[str, ...], alone: bool, dialect: type[sa.Dialect]) -> str:
    """A select from what a viewer sees of a table, as SQL: made anew, whatever became of what was handed out."""
    of_all = metadata.tables[name]
    table = scope.visible(of_all, *holdouts.among(of_all, named, alone=alone))
    return compiled.write(sa.select(next(iter(table.c))), dialect)


def _known(table_name: str, *columns: str) -> sa.Table:
    table = metadata.tables.get(table_name)
    if table is None:
        raise ScopeError(f"The contract has no table {table_name!r}. Nothing was read.")
    if unknown := set(columns) - set(table.c.keys()):
        raise ScopeError(f"{table_name!r} has no column {', '.join(sorted(unknown))}. Nothing was read.")
    return table
