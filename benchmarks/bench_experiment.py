"""How long one experiment of 10 million customers takes to compare, beside tea-tasting on the same DuckDB file.

Three means with CUPED, one ratio and one proportion, of the members of one campaign whose window has closed.
Here: a fresh reader of a published version, the query for comparisons, nothing cached, then the whole comparison
(intervals, lifts, tests, probabilities to be better, both p values). The results of the two are held to each other.

Run: PYTHONPATH=. python benchmarks/bench_experiment.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import ibis
import sqlalchemy as sa
import tea_tasting
from sqlalchemy.engine import URL

from benchmarks import goals
from benchmarks.goals import Line
from data_access import schema
from data_access.engines import Warehouse
from data_access.queries import experiments
from data_access.reading.reader import Reader
from data_access.reading.scope import Role, Scope, Viewer
from data_access.settings import Settings
from data_access.versions import Store, open_store
from metrics.inference.comparison.contrast import (
    Assignment,
    Comparison,
    compare,
    of_adjusted_means,
    of_ratios,
    of_shares,
)
from metrics.inference.comparison.experiment import against_control
from metrics.inference.comparison.health import sample_ratio
from metrics.moments import Counts, JointMoments

ROWS, TIMES = 10_000_000, 5
MOST = 1.05
"""Times tea-tasting that a comparison may take."""

MEANS = ("sales", "contribution", "net_new")
EXECUTIVE = Viewer("executive@bank.example", "Executive", Role.EXECUTIVE, Scope(None))

MEMBERS = """
create or replace table campaign_member as
with customer as materialized (
    select
        range as number,
        case when random() < 0.5 then 'control' else 'treated' end as arm,
        -ln(1 - random()) * 500000 as baseline,
        -ln(1 - random()) * 200000 as spent,
        random() as chance
    from range({rows})
), buyer as (
    select *, baseline * 0.6 + spent * case arm when 'treated' then 1.02 else 1 end as bought from customer
)
select
    'C1' as campaign_id,
    'U' || number as customer_id,
    arm,
    'B' || number % 300 as branch_id,
    'S' || number % 3000 as staff_id,
    'phone' as channel,
    'basic' as tier,
    timestamp '2024-01-08 09:00' + to_days((number % 21)::integer) as assigned_at,
    case when arm = 'treated' and chance < 0.8 then assigned_at + to_days(3) end as contacted_at,
    case when arm = 'treated' and chance < 0.3 then assigned_at + to_days(5) end as participated_at,
    case when chance < 0.05 then assigned_at + to_days(9) end as converted_at,
    bought::bigint as sales_amount,
    (bought * (0.01 + 0.02 * chance))::bigint as contribution_amount,
    baseline::bigint as baseline_amount,
    (baseline * 0.3 + (chance - 0.5) * 400000)::bigint as net_new_amount,
    (assigned_at + to_days(30))::date as matures_on,
    date_trunc('week', assigned_at)::date as assigned_week,
    date_trunc('week', contacted_at)::date as contacted_week,
    date_trunc('week', participated_at)::date as participated_week,
    date_trunc('week', converted_at)::date as converted_week
from buyer
"""

REST = """
insert into campaign (campaign_id, name, objective, starts_on, ends_on, attribution_days, assignment, cluster)
    values ('C1', 'Experiment', 'grow', '2024-01-08', '2024-01-28', 30, 'randomised', 'customer');
insert into campaign_arm values ('C1', 'control', true, 0.5), ('C1', 'treated', false, 0.5);
insert into warehouse_version (version_id, built_at, as_of, source, currency)
    values ('1', '2024-07-01', '2024-06-30', 'feed', 'CNY');
insert into version_table (table_name, rows, rejected, flagged, loaded_at)
    values ('campaign_member', {rows}, 0, 0, '2024-07-01');
insert into version_column (table_name, column_name)
    select table_name, column_name from duckdb_columns() where table_name = 'campaign_member';
"""


def published(rows: int) -> Store:
    """A warehouse with one experiment of that many members, made once."""
    folder = Path(__file__).parents[1] / "var" / "bench" / f"experiment_{rows}"
    store = open_store(str(folder))
    if store.current() is None:
        with store.loading(), store.draft() as draft:
            engine = sa.create_engine(URL.create("duckdb", database=str(draft.path)))
            schema.metadata.create_all(engine)
            engine.dispose()
            with duckdb.connect(str(draft.path)) as connection:
                # One thread and a seed give the same members on any machine.
                connection.execute("select setseed(0.5)")
                connection.execute("set threads = 1")
                connection.execute(MEMBERS.format(rows=rows) + ";" + REST.format(rows=rows))
            store.publish(draft)
    return store


def ours(warehouse: Warehouse) -> Comparison:
    """The arms as a comparison reads them, then the comparison."""
    control, treated = against_control(experiments.arms(Reader(EXECUTIVE, warehouse), "C1"))
    arms = (control, treated)
    contrasts = [
        of_shares(
            "conversion_rate", *(Counts.from_frame(arm, "matured_converted", "matured") for arm in arms), primary=True
        ),
        *(
            of_adjusted_means(m, *(JointMoments.from_frame(arm, m, "baseline", f"known_{m}") for arm in arms))
            for m in MEANS
        ),
        of_ratios(
            "margin", *(JointMoments.from_frame(arm, "contribution", "sales", "known_contribution") for arm in arms)
        ),
    ]
    return compare(contrasts, Assignment.RANDOMISED, sample_ratio([[arm["n"].item() for arm in arms]], [1, 1]))


def theirs(backend: ibis.BaseBackend) -> tea_tasting.experiment.ExperimentResult:
    """The same comparison of the same members by tea-tasting, which asks the database through Ibis."""
    experiment = tea_tasting.Experiment(
        conversion_rate=tea_tasting.Mean("converted"),
        **{m: tea_tasting.Mean(f"{m}_amount", "baseline_amount") for m in MEANS},
        margin=tea_tasting.RatioOfMeans("contribution_amount", "sales_amount"),
        variant="arm",
    )
    members = backend.table("campaign_member")
    closed = members.filter(members["campaign_id"] == "C1", members["matures_on"] <= ibis.date("2024-06-30"))
    bought = (closed["converted_at"].date() <= closed["matures_on"]).fill_null(False)
    return experiment.analyze(closed.mutate(converted=bought.cast("int8")), control="control")


def seconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def furthest(comparison: Comparison, peer: tea_tasting.experiment.ExperimentResult) -> float:
    """Largest relative distance between the two libraries' limits of the means and the ratio."""
    return max(
        abs(limit / expected - 1)
        for compared in comparison.metrics[1:]
        for limit, expected in (
            (compared.contrast.difference.low.item(), peer[compared.contrast.metric].effect_size_ci_lower),
            (compared.contrast.difference.high.item(), peer[compared.contrast.metric].effect_size_ci_upper),
        )
    )


def measure(rows: int = ROWS, times: int = TIMES) -> Iterator[Line]:
    """Compare in turn, here and there.

    Raises:
        ValueError: the two do not agree.
    """
    store = published(rows)
    version = store.current()
    assert version is not None
    warehouse = Warehouse(store, Settings(warehouse=store.url, cache_megabytes=0))
    # The reader's connections are locked, and Ibis sets a time zone: it opens the same file under another name.
    with TemporaryDirectory(dir=store.url) as folder:
        same = Path(folder, "same.duckdb")
        same.hardlink_to(Path(store.url, version.place))
        config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": warehouse.settings.memory_limit}
        backend = ibis.duckdb.from_connection(duckdb.connect(str(same), read_only=True, config=config))
        distance = furthest(ours(warehouse), theirs(backend))
        # In turn, so that what else the machine does meets both.
        pairs = [(seconds(lambda: ours(warehouse)), seconds(lambda: theirs(backend))) for _ in range(times)]
        backend.disconnect()
    warehouse.close()
    if distance > 1e-6:
        raise ValueError(f"The limits of the two libraries differ by {distance:.1e} of their value.")
    mine, peer = (min(column) for column in zip(*pairs, strict=True))
    beside = f"{mine:.3f} s here, {peer:.3f} s there; their limits differ by {distance:.0e} at most"
    yield Line(f"experiment of {rows:,} members, times tea-tasting", mine / peer, "", MOST, beside)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="members of the experiment")
    parser.add_argument("--times", type=int, default=TIMES, help="runs of each, of which the fastest counts")
    chosen = parser.parse_args()
    goals.show(measure(chosen.rows, chosen.times))
