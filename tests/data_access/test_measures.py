"""Moments of amounts keep their digits on both engines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from data_access import measures
from data_access.reading.reader import Reader
from tests.data_access import small_bank

MEAN, SPREAD, N = 1e9, 1e3, 20_000


@pytest.fixture(scope="module")
def far_from_zero() -> pd.DataFrame:
    """Amounts whose variance is a trillionth of their square: a sum of squares in doubles loses it."""
    rng = np.random.default_rng(11)
    baseline = rng.normal(MEAN, SPREAD, N)
    sales = 0.6 * baseline + rng.normal(0.4 * MEAN, SPREAD, N)
    return pd.DataFrame({"sales": sales.round().astype("int64"), "baseline": baseline.round().astype("int64")})


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def reader(request, far_from_zero, tmp_path_factory, postgresql_server):
    duck = request.param == "duckdb"
    url = str(tmp_path_factory.mktemp("far")) if duck else postgresql_server("far")
    bank = small_bank.random_bank(customers=3)
    members = pd.DataFrame(
        {
            "campaign_id": "C1",
            "customer_id": [f"{i:06}" for i in range(N)],
            "arm": "call",
            "branch_id": "B1",
            "assigned_at": pd.Timestamp("2024-01-08"),
            "matures_on": pd.Timestamp("2024-02-07"),
            "sales_amount": far_from_zero["sales"],
            "baseline_amount": far_from_zero["baseline"],
        }
    )
    bank["campaign_member"] = members.reindex(columns=bank["campaign_member"].columns)
    warehouse = small_bank.warehouse_of(url)
    small_bank.publish(bank, warehouse.store)
    yield Reader(small_bank.viewer(), warehouse)
    warehouse.close()


def exactly(values, others):
    """Centred product in whole numbers, without any rounding but the last."""
    x, y = [int(v) for v in values], [int(v) for v in others]
    return (len(x) * sum(a * b for a, b in zip(x, y, strict=True)) - sum(x) * sum(y)) / len(x)


def test_squares_and_products_hold_to_a_millionth_at_a_mean_of_a_billion(reader, far_from_zero):
    member = reader.table("campaign_member")
    amounts = {name: member.c[column] for name, column in measures.AMOUNTS.items()}
    frame = reader.frame(
        sa.select(
            *measures.moments("sales", amounts["sales"]),
            *measures.moments("baseline", amounts["baseline"]),
            *measures.moments("net_new", amounts["net_new"]),
            measures.product("baseline", "sales", amounts.__getitem__),
        )
    ).iloc[0]
    sales, baseline = far_from_zero["sales"], far_from_zero["baseline"]
    assert frame["sum_sales"] == int(sales.sum())
    assert frame["known_sales"] == N
    assert frame["squares_sales"] == pytest.approx(exactly(sales, sales), rel=1e-6)
    assert frame["squares_baseline"] == pytest.approx(exactly(baseline, baseline), rel=1e-6)
    assert frame["product_baseline_sales"] == pytest.approx(exactly(baseline, sales), rel=1e-6)
    assert frame["known_net_new"] == 0
    assert np.isnan(frame["sum_net_new"])
    assert np.isnan(frame["squares_net_new"])


def test_plain_sums_of_squares_would_have_failed_here(far_from_zero):
    """The reason for var_pop and covar_pop: the digits are gone before anyone subtracts."""
    x = far_from_zero["sales"].astype("float64")
    naive = (x * x).cumsum().iloc[-1] - x.sum() ** 2 / N
    assert abs(naive / exactly(x, x) - 1) > 1e-6


def test_a_condition_limits_every_moment(reader, far_from_zero):
    member = reader.table("campaign_member")
    amounts = {name: member.c[column] for name, column in measures.AMOUNTS.items()}
    large = member.c["sales_amount"] > MEAN
    frame = reader.frame(
        sa.select(
            *measures.moments("sales", amounts["sales"], large),
            measures.product("baseline", "sales", amounts.__getitem__, large),
            measures.count(large, "n"),
        )
    ).iloc[0]
    kept = far_from_zero[far_from_zero["sales"] > MEAN]
    assert frame["n"] == frame["known_sales"] == len(kept)
    assert frame["sum_sales"] == int(kept["sales"].sum())
    assert frame["squares_sales"] == pytest.approx(exactly(kept["sales"], kept["sales"]), rel=1e-6)
    assert frame["product_baseline_sales"] == pytest.approx(exactly(kept["baseline"], kept["sales"]), rel=1e-6)
