"""How long one experiment of 10 million customers takes to compare, beside tea-tasting on the same DuckDB file.

Three means with CUPED, one ratio and one proportion: one query, then the whole comparison (intervals, lifts, tests,
probabilities to be better, both p values). The results of the two are held to each other.

Run: python benchmarks/bench_experiment.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import ibis
import tea_tasting

from metrics.comparison import Assignment, Comparison, compare, of_adjusted_means, of_ratios, of_shares
from metrics.health import sample_ratio
from metrics.moments import Counts, JointMoments

MEANS = ("sales", "contribution", "net_new")
PAIRS = (*((mean, "baseline") for mean in MEANS), ("contribution", "sales"))

MEMBERS = """
create table campaign_member as
with customer as materialized (
    select
        case when random() < 0.5 then 'control' else 'treated' end as arm,
        -ln(1 - random()) * 500000 as baseline,
        -ln(1 - random()) * 200000 as spent,
        random() as chance
    from range({rows})
), buyer as (
    select *, baseline * 0.6 + spent * case arm when 'treated' then 1.02 else 1 end as bought from customer
)
select
    arm,
    (chance < 0.05)::integer as converted,
    baseline::bigint as baseline,
    bought::bigint as sales,
    (bought * (0.01 + 0.02 * chance))::bigint as contribution,
    (baseline * 0.3 + (chance - 0.5) * 400000)::bigint as net_new
from buyer
"""


def warehouse(rows: int) -> Path:
    """A file of that many members, made once."""
    path = Path(__file__).parents[1] / "var" / "bench" / f"experiment_{rows}.duckdb"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as connection:
            connection.execute("select setseed(0.5)")
            connection.execute("set threads = 1")  # the seed gives the same members on any machine
            connection.execute(MEMBERS.format(rows=rows))
    return path


def ours(connection: duckdb.DuckDBPyConnection) -> Comparison:
    """One query for both arms, then the comparison."""
    squares = ", ".join(f"sum({m}) as sum_{m}, var_pop({m}) * count({m}) as squares_{m}" for m in (*MEANS, "baseline"))
    products = ", ".join(f"covar_pop({x}, {y}) * count(*) as product_{x}_{y}" for x, y in PAIRS)
    counts = "arm, count(*) as n, sum(converted) as converted"
    query = f"select {counts}, {squares}, {products} from campaign_member group by arm"
    arms = connection.execute(query).df().sort_values("arm")
    control, treated = arms.iloc[:1], arms.iloc[1:]
    contrasts = [
        of_shares(
            "conversion_rate", *(Counts.from_frame(arm, "converted") for arm in (control, treated)), primary=True
        ),
        *(
            of_adjusted_means(m, *(JointMoments.from_frame(arm, m, "baseline") for arm in (control, treated)))
            for m in MEANS
        ),
        of_ratios("margin", *(JointMoments.from_frame(arm, "contribution", "sales") for arm in (control, treated))),
    ]
    return compare(contrasts, Assignment.RANDOMISED, sample_ratio([arms["n"]], [1, 1]))


def theirs(backend: ibis.BaseBackend) -> tea_tasting.experiment.ExperimentResult:
    """The same comparison by tea-tasting, which asks the database through Ibis."""
    experiment = tea_tasting.Experiment(
        conversion_rate=tea_tasting.Mean("converted"),
        **{m: tea_tasting.Mean(m, "baseline") for m in MEANS},
        margin=tea_tasting.RatioOfMeans("contribution", "sales"),
        variant="arm",
    )
    return experiment.analyze(backend.table("campaign_member"), control="control")


def best(run: Callable[[], object], times: int) -> float:
    """The fastest of some runs, in seconds: the one least disturbed by the machine's other work."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="members of the experiment")
    parser.add_argument("--times", type=int, default=5, help="runs of each, of which the fastest counts")
    chosen = parser.parse_args()
    path = warehouse(chosen.rows)
    connection = duckdb.connect(str(path), read_only=True)
    # One connection serves both, so that both read the same cached pages with the same threads.
    backend = ibis.duckdb.from_connection(connection)
    distance = furthest(ours(connection), theirs(backend))
    mine, peer = best(lambda: ours(connection), chosen.times), best(lambda: theirs(backend), chosen.times)
    print(f"{chosen.rows:,} members: {mine:.3f} s here, {peer:.3f} s by tea-tasting, ratio {mine / peer:.2f}")
    print(f"largest relative distance of the limits: {distance:.1e}")
    if distance > 1e-6:
        sys.exit("The two libraries do not agree.")


if __name__ == "__main__":
    main()
