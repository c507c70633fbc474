"""What it costs to find that a statement reads what it may: statements of all queries, for the first time and again.

Time of the processor alone, as everything happens in this process. A first look is the walk, what is told of single
customers, the writing of the SQL and the parsing of it; a question whose statement was looked at before, whatever its
values, is walked only; an answer that is kept is not looked at, but found by its key.

Run: PYTHONPATH=. python -m benchmarks look
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

import pandas as pd
from typing_extensions import override

from benchmarks.goals import Line
from data_access.cache import Passed
from data_access.engines import Warehouse
from data_access.reading import compiled, disclosure, guard
from data_access.reading.guard import Statement
from data_access.reading.reader import RESERVED, Reader
from data_access.reading.scope import Scope
from data_access.settings import Settings
from data_access.versions import open_store
from tests.data_access.examples import EXAMPLES, LISTS
from tests.data_access.small_bank import publish, random_bank, viewer

MOST = 1.0
"""Milliseconds that a look may take, once the statement was looked at."""

TIMES = 5
SCOPES = ((), ("B1", "B2"))


class Recording(Reader):
    """A reader that keeps its statements, and reads nothing any more once it is told so."""

    def __init__(self, branches: Sequence[str], warehouse: Warehouse) -> None:
        super().__init__(viewer(*branches, may_see_customers=False), warehouse)
        self.statements: list[Statement] = []
        self.reads = True

    @override
    def _checked(self, statement: Statement) -> pd.DataFrame:
        self.statements.append(statement)
        return super()._checked(statement)

    @override
    def _read(self, statement: Statement, *others: Scope) -> pd.DataFrame:
        return super()._read(statement, *others) if self.reads else pd.DataFrame()


def asked(warehouse: Warehouse) -> list[tuple[Recording, Statement]]:
    """The statements of all queries with all their examples, for the bank and for some branches."""
    found: dict[object, tuple[Recording, Statement]] = {}
    for branches in SCOPES:
        for query, examples in EXAMPLES.items():
            for arguments in examples if query not in LISTS else ():
                reader = Recording(branches, warehouse)
                query(reader, **arguments)
                reader.reads = False
                found |= {reader._key(statement): (reader, statement) for statement in reader.statements}
    return list(found.values())


def milliseconds(run: Callable[[], object]) -> float:
    """The processor's time of the quickest of some runs."""
    passed: list[float] = []
    for _ in range(TIMES):
        start = time.process_time()
        run()
        passed.append(time.process_time() - start)
    return 1000 * min(passed)


def measure() -> Iterator[Line]:
    """The mean over all statements, and what the slowest tenth takes."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(open_store(folder), Settings(warehouse=folder, cache_megabytes=0))
        publish(random_bank(), warehouse.store)
        statements = asked(warehouse)
        again = [milliseconds(lambda r=reader, s=statement: r._checked(s)) for reader, statement in statements]
        warehouse.passed = Passed(0)  # forgets at once
        parts = [_parts(reader, statement) for reader, statement in statements]
        warehouse.close()
    first, *others = ((name, [row[name] for row in parts]) for name in parts[0])
    beside = ", ".join(f"{_mean(values):.2f} {name}" for name, values in others)
    yield Line(
        "look at a statement asked before, mean",
        _mean(again),
        "ms",
        MOST,
        f"the slowest tenth {_tenth(again):.1f} ms and more",
    )
    yield Line("look at a statement for the first time, mean", _mean(first[1]), "ms", None, beside)


def _parts(reader: Recording, statement: Statement) -> dict[str, float]:
    kind = type(reader._warehouse.dialect(reader._version))
    sql = compiled.write(statement, kind)
    return {
        "all": milliseconds(lambda: reader._checked(statement)),
        "walk": milliseconds(lambda: guard.check(statement, reader._handed_out.values(), RESERVED)),
        "customers": milliseconds(lambda: disclosure.check(statement, reader._handed_out)),
        "writing": milliseconds(lambda: compiled.write(statement, kind)),
        "DuckDB's parser": milliseconds(lambda: compiled._parsed(sql)),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _tenth(values: Sequence[float]) -> float:
    return sorted(values)[int(0.9 * len(values))]
