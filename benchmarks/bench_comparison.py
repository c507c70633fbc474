"""How long the page that compares takes for an experiment of 10 million customers, beside tea-tasting on the same file.

Here: everything on the page, of a fresh reader that keeps nothing but the verdicts of all campaigns, which are worked
out when the app starts: both sides, groups, days, branches, guardrails, balance, capped amounts, words and charts.
There: five metrics of the two arms, no more.

Run: PYTHONPATH=. python benchmarks/bench_comparison.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import ibis

from answers.compare import compare
from answers.compare.choice import Choice
from benchmarks import goals
from benchmarks.bench_experiment import EXECUTIVE, ROWS, published, seconds, theirs
from benchmarks.goals import Line
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.settings import Settings
from story.compare import compare as story

TIMES = 3
MOST = 12.0
"""Times tea-tasting's five metrics that the whole page may take: it asks eight tables of counts instead of one."""


def ours(warehouse: Warehouse) -> None:
    """The page from its first query to its last word; no answer of its own is kept from before."""
    ask: Any = compare.ask
    story.tell(ask.__wrapped__(Reader(EXECUTIVE, warehouse), Choice()))


def measure(rows: int = ROWS, times: int = TIMES) -> Iterator[Line]:
    """The page and the other library in turn.

    Raises:
        ValueError: the warehouse holds nothing to compare, so that nothing was measured.
    """
    store = published(rows)
    version = store.current()
    assert version is not None
    warehouse = Warehouse(store, Settings(warehouse=store.url, cache_megabytes=0))
    if isinstance(compare.ask(Reader(EXECUTIVE, warehouse), Choice()), compare.Nothing):
        raise ValueError(f"The experiment in {store.url} has no two arms.")
    with TemporaryDirectory(dir=store.url) as folder:
        same = Path(folder, "same.duckdb")
        same.hardlink_to(Path(store.url, version.place))
        config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": warehouse.settings.memory_limit}
        backend = ibis.duckdb.from_connection(duckdb.connect(str(same), read_only=True, config=config))
        pairs = [(seconds(lambda: ours(warehouse)), seconds(lambda: theirs(backend))) for _ in range(times)]
        backend.disconnect()
    warehouse.close()
    mine, peer = (min(column) for column in zip(*pairs, strict=True))
    beside = f"the whole page {mine:.2f} s here, five metrics {peer:.2f} s there"
    yield Line(f"page comparing {rows:,} members, times tea-tasting", mine / peer, "", MOST, beside)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="members of the experiment")
    parser.add_argument("--times", type=int, default=TIMES, help="runs of each, of which the fastest counts")
    chosen = parser.parse_args()
    goals.show(measure(chosen.rows, chosen.times))
