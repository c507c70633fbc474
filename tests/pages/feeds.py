"""Feeds that are not the demo bank: what a bank may bring that has other arms, or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data_access.loading.public.berka import load_berka
from data_access.loading.public.uci_bank_marketing import load_uci_bank_marketing
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store

DATA = Path(__file__).parents[3] / "shared" / "data"
PUBLIC = ("uci", "berka")
AS_OF = date(2026, 6, 30)


def publish(kind: str, folder: Path) -> None:
    """A warehouse of one kind: the two public sets, three arms, arms of wrong sizes, or no campaign at all."""
    store = open_store(str(folder))
    if kind == "uci":
        load_uci_bank_marketing(store, DATA / "uci_bank_marketing" / "bank-full.csv.gz")
    elif kind == "berka":
        load_berka(store, DATA / "berka")
    else:
        tables = dict(_three_arms(wrong=kind == "wrong sizes"))
        if kind == "empty":
            tables = {name: table for name, table in tables.items() if name in ("branch", "customer")}
        publish_arrow(store, tables.items(), source="feed", currency="CNY", as_of=AS_OF)
    store.close()


def _three_arms(*, wrong: bool) -> Iterator[tuple[str, pa.Table]]:
    """Three arms of one experiment by mail: men's goods, women's goods, none; as Hillstrom's, smaller."""
    rng = np.random.default_rng(20)
    n = 2400
    arms = np.array(["none", "mens", "womens"])
    arm = arms[rng.choice(3, n, p=(0.2, 0.5, 0.3) if wrong else (1 / 3, 1 / 3, 1 / 3))]
    bought = rng.random(n) < np.select([arm == "mens", arm == "womens"], [0.19, 0.15], 0.10)
    ids = [f"U{i:05}" for i in range(n)]
    start = datetime(2026, 3, 2, 9)
    yield "branch", _table([{"branch_id": "B1", "name": "North"}, {"branch_id": "B2", "name": "South"}])
    yield (
        "customer",
        _table(
            [
                {
                    "customer_id": one,
                    "branch_id": f"B{1 + i % 2}",
                    "birth_year": 1950 + i % 50,
                    "acquired_channel": "=web",
                }
                for i, one in enumerate(ids)
            ]
        ),
    )
    yield (
        "campaign",
        _table(
            [
                {
                    "campaign_id": "MAIL",
                    "name": "Spring mail",
                    "objective": "activate",
                    "starts_on": start.date(),
                    "ends_on": date(2026, 3, 31),
                    "attribution_days": 14,
                    "assignment": "randomised",
                    "cluster": "customer",
                }
            ]
        ),
    )
    yield (
        "campaign_arm",
        _table([{"campaign_id": "MAIL", "arm": a, "is_control": a == "none", "allocation": 1 / 3} for a in arms]),
    )
    assigned = [start + timedelta(days=int(day)) for day in rng.integers(0, 28, n)]
    yield (
        "campaign_member",
        _table(
            [
                {
                    "campaign_id": "MAIL",
                    "customer_id": ids[i],
                    "arm": str(arm[i]),
                    "branch_id": f"B{1 + i % 2}",
                    "assigned_at": assigned[i],
                    "converted_at": assigned[i] + timedelta(days=3) if bought[i] else None,
                    "sales_amount": int(rng.integers(1000, 90_000)) if bought[i] else 0,
                }
                for i in range(n)
            ]
        ),
    )


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows)
