"""How long the page of tiers takes at a bank of a million customers: cold, kept, and its lists.

Run: python -m benchmarks.bench_tiers [--scale 1.0]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from answers import kept
from answers.tiers import choice, customers, tiers
from answers.tiers.choice import HORIZONS, Choice
from answers.tiers.tiers import Tiers
from benchmarks import goals
from benchmarks.goals import Line
from data_access import demo
from data_access.engines import Warehouse
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.reading.scope import Role, Scope, Viewer
from data_access.settings import Settings
from data_access.versions import open_store
from story.tiers import tiers as story

LARGE = 1.0
"""Of the demo bank: about a million customers with thirty months each."""

KEPT_AT_MOST = 1.0
"""Milliseconds of an answer that is kept."""


def timed(run: Callable[[], object]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(scale: float = LARGE) -> Iterator[Line]:
    """The page for the whole bank and for one branch, each horizon from nothing; then once more; then a list."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        demo.build(store, scale=scale)
        warehouse = Warehouse(store, Settings(warehouse=folder))
        whole = Reader(Viewer("bench@bank.example", "Bench", Role.PLANNER, Scope(None), True), warehouse)
        branch = str(data.branches(whole)["branch_id"].iloc[0])
        head = Reader(
            Viewer("head@bank.example", "Head", Role.BRANCH_HEAD, Scope(frozenset({branch})), True), warehouse
        )
        snapshots = sa.select(sa.func.count().label("n")).select_from(whole.table("tier_snapshot"))
        size = int(whole.frame(snapshots)["n"].iloc[0])
        for who, reader in (("whole bank", whole), ("one branch", head)):
            kept.forget()
            yield Line(f"tiers, {who}: what may be chosen", timed(lambda reader=reader: choice.offered(reader)), "s")
            for months in HORIZONS:
                asked = Choice(months)
                seconds = timed(lambda reader=reader, asked=asked: story.tell(tiers.ask(reader, asked)))
                yield Line(f"tiers, {who}: {months} months, cold", seconds, "s", None, f"{size:,} snapshots")
            again = timed(lambda reader=reader: story.tell(tiers.ask(reader, Choice())))
            yield Line(f"tiers, {who}: kept", 1000 * again, "ms", KEPT_AT_MOST)
            answer = tiers.ask(reader, Choice())
            if isinstance(answer, Tiers):
                low, high = answer.order[:2]
                seconds = timed(lambda reader=reader, low=low, high=high: customers.ask(reader, Choice(), low, high))
                yield Line(f"tiers, {who}: a page of a list", seconds, "s")
        warehouse.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--scale", type=float, default=LARGE, help="of the demo bank")
    goals.show(measure(arguments.parse_args().scale))
