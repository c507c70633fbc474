"""The invariant: under the scope of some branches, every query gives what a bank of those branches alone would give.

Query functions are found by looking, so that a new one cannot be forgotten: without example arguments it fails here.
"""

from __future__ import annotations

import inspect
import pkgutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from data_access import queries, schema
from data_access.engines import Warehouse
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.reading.scope import Scope
from tests.data_access.examples import EXAMPLES, in_turn
from tests.data_access.small_bank import BRANCHES, of_branches, publish, random_bank, viewer, warehouse_of

SCOPES = (("B1",), ("B2", "B5"))
ALL = (*SCOPES, BRANCHES)
"""Some of the branches; these, and who may see every one of them by name."""


def every_query() -> Iterator[Callable[..., pd.DataFrame]]:
    """Public functions of data_access.queries, in the module that defines them."""
    for module in pkgutil.walk_packages(queries.__path__, f"{queries.__name__}."):
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                yield function


QUERIES = list(every_query())


def calls(*scopes: tuple[str, ...]) -> list[Any]:
    """Every query with every example of its arguments in every scope, those that are not its turn as further cases."""
    return [
        pytest.param(
            function,
            arguments,
            scope,
            id=f"{_called(function)}-{number}-{'+'.join(scope) or 'bank'}",
            marks=() if scope in in_turn(scopes, number) else pytest.mark.thorough,
        )
        for function in QUERIES
        for number, arguments in enumerate(EXAMPLES.get(function, ()))
        for scope in scopes
    ]


def _called(function: Callable[..., pd.DataFrame]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


QUERIES = list(every_query())
CALLS = [
    pytest.param(function, arguments, id=f"{_called(function)}-{number}")
    for function in QUERIES
    for number, arguments in enumerate(EXAMPLES.get(function, ()))
]


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in one order, because engines sort text differently."""
    order = frame.astype("str").sort_values(list(frame.columns)).index
    return frame.loc[order].reset_index(drop=True)


def own_part(function, whole: pd.DataFrame, alone: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two answers, without the size of a campaign in the whole bank, which is told to all."""
    if function is campaigns.members_of_bank:
        whole, alone = (frame[["campaign_id", "n_scope"]].query("n_scope > 0") for frame in (whole, alone))
    return rows(whole), rows(alone)


@pytest.fixture(scope="module")
def of_some_branches(bank, warehouses, tmp_path_factory) -> Iterator[dict[tuple[str, ...], Warehouse]]:
    """For each scope a warehouse that holds only its branches' rows."""
    opened = {}
    for scope in SCOPES:
        opened[scope] = warehouse_of(str(tmp_path_factory.mktemp("branches")))
        opened[scope].passed = warehouses["duckdb"].passed  # a statement that was looked at there is the same here
        publish(of_branches(bank, set(scope)), opened[scope].store)
    yield opened
    for warehouse in opened.values():
        warehouse.close()


@pytest.mark.parametrize("function", QUERIES, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_every_query_has_an_example_and_takes_the_reader_first(function):
    assert EXAMPLES.get(function), "add example arguments to tests/data_access/examples.py"
    assert next(iter(inspect.signature(function).parameters)) == "reader"


@pytest.mark.parametrize(("function", "arguments", "scope"), calls(*SCOPES))
def test_a_branch_head_gets_what_a_warehouse_of_that_branch_alone_would_give(
    function, arguments, scope, warehouses, of_some_branches
):
    head = viewer(*scope)
    whole = function(Reader(head, warehouses["duckdb"]), **arguments)
    alone = function(Reader(head, of_some_branches[scope]), **arguments)
    assert_frame_equal(*own_part(function, whole, alone), rtol=1e-9)


@pytest.mark.parametrize(("function", "arguments", "scope"), calls((), SCOPES[1]))
def test_both_engines_give_the_same(function, arguments, scope, warehouses):
    duckdb, postgresql = (function(Reader(viewer(*scope), warehouses[engine]), **arguments) for engine in warehouses)
    assert_frame_equal(rows(duckdb), rows(postgresql), rtol=1e-9)


@pytest.mark.slow
def test_another_bank_and_other_branches():
    bank, branches = random_bank(11, customers=40), set(BRANCHES[1:4])
    with tempfile.TemporaryDirectory() as whole_folder, tempfile.TemporaryDirectory() as alone_folder:
        whole, alone = warehouse_of(whole_folder), warehouse_of(alone_folder)
        publish(bank, whole.store)
        publish(of_branches(bank, branches), alone.store)
        alone.passed = whole.passed  # as above
        head = replace(viewer("B1"), scope=Scope(frozenset(branches)))
        for function in QUERIES:
            arguments = EXAMPLES[function][0]
            got = function(Reader(head, whole), **arguments)
            expected = function(Reader(head, alone), **arguments)
            obj = f"{function.__name__}({arguments})"
            assert_frame_equal(*own_part(function, got, expected), rtol=1e-9, obj=obj)
        whole.close()
        alone.close()


@pytest.mark.parametrize("name", schema.metadata.tables)
@pytest.mark.parametrize("scope", ALL, ids="+".join)
def test_every_table_shows_the_rows_of_the_branches_and_no_others(name, scope, bank, warehouses):
    reader = Reader(viewer(*scope), warehouses["duckdb"])
    seen = reader.frame(sa.select(sa.func.count().label("n")).select_from(reader.table(name)))
    assert seen["n"].item() == len(of_branches(bank, set(scope))[name])
