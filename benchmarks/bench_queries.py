"""What the reader costs: each main query through it, against the same SQL straight on DuckDB, uncached and cached.

Run: PYTHONPATH=. python benchmarks/bench_queries.py [--scale 0.02]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks import goals
from benchmarks.goals import Line
from data_access import demo
from data_access.engines import Warehouse
from data_access.queries import campaigns, history, tiers, week
from data_access.reading.reader import Reader
from data_access.reading.scope import Role, Scope, Viewer
from data_access.settings import Settings
from data_access.versions import open_store

TIMES = 15
LAST = date(2026, 11, 15)
FIRST = LAST - timedelta(weeks=52)

QUERIES: dict[str, tuple[Callable[[Reader], pd.DataFrame], str]] = {
    "sales of a year by week": (
        lambda reader: week.sales(reader, FIRST, LAST),
        f"""SELECT week_start, count(*), count(amount), sum(amount), var_pop(amount::DOUBLE) * count(amount),
            count(contribution), sum(contribution), var_pop(contribution::DOUBLE) * count(contribution),
            count(amount - internally_funded_amount), sum(amount - internally_funded_amount),
            var_pop((amount - internally_funded_amount)::DOUBLE) * count(amount - internally_funded_amount)
        FROM sale WHERE reversed_at IS NULL AND week_start BETWEEN '{FIRST}' AND '{LAST}' GROUP BY 1 ORDER BY 1""",
    ),
    "satisfaction of a year by week": (
        lambda reader: week.answers(reader, FIRST, LAST),
        f"""SELECT week_start, scale, count(*), count(score), count(*) FILTER (scale = 'csat5' AND score >= 4),
            count(*) FILTER (scale = 'nps' AND score >= 9), count(*) FILTER (scale = 'nps' AND score <= 6),
            sum(score), var_pop(score::DOUBLE) * count(score)
        FROM satisfaction WHERE week_start BETWEEN '{FIRST}' AND '{LAST}' GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    "costs of all campaigns": (
        campaigns.costs,
        """SELECT campaign_id, category, sum(planned_amount), sum(actual_amount),
            sum(NULL::BIGINT) AS shared_planned, sum(NULL::BIGINT) AS shared_actual FROM campaign_cost
        GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
    "past campaigns by tier and channel": (
        history.cells,
        """SELECT m.campaign_id, m.tier, m.channel, count(*), count(m.contacted_at), count(m.participated_at),
            count(*) FILTER (CAST(m.converted_at AS DATE) <= m.matures_on),
            count(m.sales_amount), sum(m.sales_amount), var_pop(m.sales_amount::DOUBLE) * count(m.sales_amount),
            count(m.contribution_amount), sum(m.contribution_amount),
            var_pop(m.contribution_amount::DOUBLE) * count(m.contribution_amount)
        FROM campaign_member m ANTI JOIN (FROM campaign_arm WHERE is_control) a USING (campaign_id, arm)
        WHERE campaign_id IN (SELECT campaign_id FROM campaign WHERE ends_on <= DATE '2026-11-15')
            AND campaign_id IN (SELECT campaign_id FROM campaign_member ANTI JOIN (FROM campaign_arm WHERE is_control)
                USING (campaign_id, arm) GROUP BY 1 HAVING max(matures_on) <= DATE '2026-11-15')
        GROUP BY ALL ORDER BY ALL""",
    ),
    "clock of grace": (
        lambda reader: tiers.grace_clock(reader, 2026 * 12 + 9),
        f"""SELECT tier, months_below, count(*), sum(aum) FROM tier_snapshot
        WHERE month_no = {2026 * 12 + 9} AND months_below > 0 GROUP BY 1, 2 ORDER BY 1, 2""",
    ),
}


def best(run: Callable[[], object], times: int) -> float:
    """The fastest of some runs, in seconds: the one least disturbed by the machine's other work."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(scale: float = demo.SCALE, times: int = TIMES) -> Iterator[Line]:
    """Each query, beside its SQL by hand."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        demo.build(store, scale=scale)
        viewer = Viewer("bench@bank.example", "Bench", Role.EXECUTIVE, Scope(None), False)
        kept = Warehouse(store, Settings(warehouse=folder))
        reread = Warehouse(store, Settings(warehouse=folder, cache_megabytes=0))
        # A copy, because DuckDB opens a file only once with different settings in one process.
        straight = duckdb.connect(
            shutil.copy(next(Path(folder).glob("*.duckdb")), Path(folder, "copy")), read_only=True
        )
        for name, (query, sql) in QUERIES.items():
            cached, uncached = Reader(viewer, kept), Reader(viewer, reread)
            through = best(lambda query=query, reader=uncached: query(reader), times)
            if query(cached).shape != straight.sql(sql).df().shape:
                raise ValueError(f"The SQL by hand does not answer {name}: the two ask for different things.")
            again = best(lambda query=query, reader=cached: query(reader), times)
            by_hand = best(lambda sql=sql: straight.sql(sql).df(), times)
            beside = f"the SQL by hand takes {1000 * by_hand:.1f} ms, the cache {1000 * again:.1f} ms"
            yield Line(f"query, {name}: times SQL by hand", through / by_hand, "", None, beside)
        straight.close()
        kept.close()
        reread.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=demo.SCALE)
    goals.show(measure(parser.parse_args().scale))
