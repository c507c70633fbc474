"""How long a load of campaign members takes, against a bare DuckDB COPY of the same file.

    python -m benchmarks.bench_load --rows 10000000

Prints seconds of each and their ratio; the goal is a ratio of at most 3. Needs about 1 GB of disk per 5 million rows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks import goals
from benchmarks.goals import Line
from data_access.loading.load import load_feed
from data_access.schema import metadata
from data_access.versions import open_store

ROWS = 1_000_000
MOST = 3.0
"""Times a bare COPY that a load may take."""

MEMBER = """
SELECT 'campaign-' || i % 60 AS campaign_id, printf('%09d', i // 60) AS customer_id, 'treated' AS arm,
 printf('%04d', i % 200) AS branch_id, 'phone' AS channel, 'wealth' AS tier,
 TIMESTAMP '2024-01-01' + INTERVAL (i % 40000) MINUTE AS assigned_at,
 CASE WHEN i % 2 = 0 THEN TIMESTAMP '2024-02-01' + INTERVAL (i % 40000) MINUTE END AS contacted_at,
 CASE WHEN i % 8 = 0 THEN TIMESTAMP '2024-03-01' + INTERVAL (i % 40000) MINUTE END AS participated_at,
 CASE WHEN i % 16 = 0 THEN TIMESTAMP '2024-04-01' + INTERVAL (i % 40000) MINUTE END AS converted_at,
 CAST(i * 7919 % 100000000 AS DECIMAL(18, 2)) / 100 AS sales_amount,
 CAST(i * 7907 % 1000000 AS DECIMAL(18, 2)) / 100 AS contribution_amount,
 CAST(i * 7901 % 100000000 AS DECIMAL(18, 2)) / 100 AS baseline_amount
FROM range({rows}) AS t(i)
"""


def write_feeds(folder: Path, rows: int) -> Path:
    """The members in one folder, and what they refer to in another; the path of the members' file."""
    (folder / "parents").mkdir()
    (folder / "members").mkdir()
    connection = duckdb.connect()
    parents = {
        "branch": "SELECT printf('%04d', i) AS branch_id, 'Branch ' || i AS name FROM range(200) AS t(i)",
        "customer": "SELECT printf('%09d', i) AS customer_id, printf('%04d', i % 200) AS branch_id "
        f"FROM range({rows // 60 + 1}) AS t(i)",
        "campaign": "SELECT 'campaign-' || i AS campaign_id, 'Campaign ' || i AS name, 'grow' AS objective, "
        "'2024-01-01' AS starts_on, '2024-12-31' AS ends_on, 60 AS attribution_days, 'randomised' AS assignment "
        "FROM range(60) AS t(i)",
        "contact": "SELECT '1' AS contact_id, '000000000' AS customer_id, '0000' AS branch_id, 'phone' AS channel, "
        "'2024-01-01' AS contacted_at",
    }
    for name, query in parents.items():
        connection.execute(f"COPY ({query}) TO '{folder / 'parents' / name}.csv'")
    connection.execute(f"COPY ({MEMBER.format(rows=rows)}) TO '{folder / 'members' / 'campaign_member'}.csv'")
    return folder / "members" / "campaign_member.csv"


def bare_copy(folder: Path, file: Path) -> float:
    """Seconds of COPY into a table of the same types, amounts as decimals, in a file of its own."""
    columns = duckdb.sql(f"SELECT * FROM read_csv('{file}', header=true, all_varchar=true) LIMIT 0").columns
    types = {"arm": "VARCHAR", "channel": "VARCHAR", "tier": "VARCHAR"}
    for column in metadata.tables["campaign_member"].columns:
        if column.name.endswith("_at"):
            types[column.name] = "TIMESTAMP"
        elif column.name.endswith("_amount"):
            types[column.name] = "DECIMAL(18, 2)"
    connection = duckdb.connect(folder / "bare.duckdb")
    listed = ", ".join(f"{name} {types.get(name, 'VARCHAR')}" for name in columns)
    connection.execute(f"CREATE TABLE member ({listed})")
    start = time.perf_counter()
    connection.execute(f"COPY member FROM '{file}' (HEADER)")
    connection.execute("CHECKPOINT")
    seconds = time.perf_counter() - start
    connection.close()
    (folder / "bare.duckdb").unlink()
    return seconds


def measure(rows: int = ROWS) -> Iterator[Line]:
    """Load once, between two bare copies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = write_feeds(folder, rows)
        store = open_store(str(folder / "warehouse"))
        load_feed(store, folder / "parents")
        bare = bare_copy(folder, file)
        start = time.perf_counter()
        load_feed(store, folder / "members")
        loaded = time.perf_counter() - start
        bare = min(bare, bare_copy(folder, file))  # the quicker of one before and one after: other work may disturb it
        megabytes = file.stat().st_size / 1e6
    beside = f"{loaded:.1f} s; a bare COPY of the same {megabytes:,.0f} MB takes {bare:.1f} s"
    yield Line(f"load of {rows:,} members, times a bare COPY", loaded / bare, "", MOST, beside)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    goals.show(measure(parser.parse_args().rows))
