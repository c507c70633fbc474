"""A small random bank with every awkward case: moved customers and staff, missing values, open windows, empty arms.

It is written straight into a draft, without the loaders, so that tests of the reading side stand on their own.
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import URL

from data_access import schema
from data_access.engines import Warehouse
from data_access.reading.clock import EVENTS
from data_access.reading.scope import Role, Scope, Viewer
from data_access.settings import Settings
from data_access.versions import Store, open_store

AS_OF = date(2024, 6, 30)
BRANCHES = ("B1", "B2", "B3", "B4", "B5", "B6")
Bank = dict[str, pd.DataFrame]

# campaign, objective, product, starts, ends, attribution days, assignment, cluster, arms
_CAMPAIGNS = (
    ("C1", "acquire", "P1", date(2024, 1, 8), date(2024, 2, 4), 30, "randomised", "customer", ("control", "call")),
    ("C2", "grow", "P2", date(2024, 2, 5), date(2024, 3, 31), 60, "randomised", "customer", ("control", "a", "b")),
    ("C3", "retain", "P3", date(2024, 3, 4), date(2024, 4, 7), 14, "targeted", None, ("all",)),
    ("C4", "activate", None, date(2024, 5, 20), date(2024, 7, 31), 35, "randomised", "branch", ("control", "sms")),
    ("C5", "grow", "P8", date(2023, 11, 6), date(2023, 12, 31), 30, "targeted", None, ("all",)),
)


def random_bank(seed: int = 7, customers: int = 240) -> Bank:
    """Frames by table of the contract, derived columns included, and what the warehouse knows about itself."""
    rng = np.random.default_rng(seed)
    bank: dict[str, list[dict[str, Any]]] = {name: [] for name in schema.metadata.tables}

    def some(values: Any, missing: float = 0.0) -> Any:
        return None if rng.random() < missing else values[rng.integers(len(values))]

    def day(first: date, last: date) -> datetime:
        span = max((last - first).days, 0)
        return datetime.combine(first, datetime.min.time()) + timedelta(
            days=int(rng.integers(span + 1)), minutes=int(rng.integers(540, 1080))
        )

    def money(mean: float) -> int:
        return int(rng.lognormal(np.log(mean), 1.0))

    for i, branch_id in enumerate(BRANCHES):
        bank["branch"].append(
            {"branch_id": branch_id, "name": f"Branch {i}", "region": "north" if i < 3 else None, "city": "X"}
        )
        bank["branch_calendar"] += [
            {"branch_id": branch_id, "day": date(2024, 6, d), "open": d % 7 != 0} for d in range(1, 8)
        ]
    staff = [f"S{i:02}" for i in range(18)]
    posted: dict[str, str] = {}
    for i, staff_id in enumerate(staff):
        bank["staff"].append(
            {
                "staff_id": staff_id,
                "name": f"Staff {i}",
                "role": some(["teller", "adviser"]),
                "hired_on": date(2020, 1, 1),
                "mentor_id": staff[i - 1] if i % 4 == 3 else None,
            }
        )
        posted[staff_id] = BRANCHES[i % len(BRANCHES)]
        moved = i % 5 == 0
        bank["staff_posting"].append(
            {
                "staff_id": staff_id,
                "branch_id": posted[staff_id],
                "from_on": date(2020, 1, 1),
                "to_on": date(2024, 2, 29) if moved else None,
                "full_time_share": 1.0,
            }
        )
        if moved:
            bank["staff_posting"].append(
                {
                    "staff_id": staff_id,
                    "branch_id": BRANCHES[(i + 1) % len(BRANCHES)],
                    "from_on": date(2024, 3, 1),
                    "full_time_share": 0.5,
                }
            )
        bank["training"].append(
            {"staff_id": staff_id, "course": some(["sales", "wealth"]), "completed_on": date(2024, 3, 1), "score": 80.5}
        )
    for i, line in enumerate(schema.LINES):
        bank["product"].append(
            {"product_id": f"P{i + 1}", "name": f"Product {i}", "line": line, "risk_level": "R2", "margin_bp": 80 + i}
        )
    bank["season"].append(
        {"season_id": "Q1", "name": "Opening", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 3, 31)}
    )
    for campaign_id, objective, product, starts, ends, days, assignment, cluster, arms in _CAMPAIGNS:
        bank["campaign"].append(
            {
                "campaign_id": campaign_id,
                "name": f"Campaign {campaign_id}",
                "theme": some(["festival", "health"], 0.2),
                "objective": objective,
                "product_id": product,
                "season_id": some(["Q1"], 0.5),
                "starts_on": starts,
                "ends_on": ends,
                "attribution_days": days,
                "owner_staff_id": some(staff),
                "assignment": assignment,
                "cluster": cluster,
            }
        )
        bank["campaign_arm"] += [
            {"campaign_id": campaign_id, "arm": arm, "is_control": arm == "control", "allocation": 1 / len(arms)}
            for arm in arms
        ]
    for i, category in enumerate(schema.COST_CATEGORIES * 3):
        bank["campaign_cost"].append(
            {
                "cost_id": f"K{i}",
                "campaign_id": some(["C1", "C2", "C3"]),
                "branch_id": some(BRANCHES, 0.2),
                "category": category,
                "planned_amount": money(50_000),
                "actual_amount": None if i % 6 == 0 else money(50_000),
                "incurred_on": date(2024, 2, 1),
            }
        )

    sales = contacts = answers = complaints = referrals = events = 0
    for number in range(customers):
        customer_id = f"{number:05}"
        before = some(BRANCHES)
        now = some(BRANCHES) if rng.random() < 0.1 else before
        tier = some(["basic", "potential", "wealth"])
        bank["customer"].append(
            {
                "customer_id": customer_id,
                "branch_id": now,
                "opened_on": date(2022, 1, 1),
                "birth_year": some(range(1940, 2004), 0.1),
                "gender": some(["f", "m"], 0.1),
                "segment": some(["family", "senior"], 0.1),
                "acquired_channel": some(["branch", "online"], 0.3),
                "manager_staff_id": some(staff, 0.3),
            }
        )
        bank["consent"].append(
            {
                "customer_id": customer_id,
                "channel": "phone",
                "purpose": "marketing",
                "given_at": datetime(2023, 1, 1),
                "withdrawn_at": datetime(2024, 2, 1) + timedelta(days=number % 60) if number % 5 == 0 else None,
                "do_not_contact": some([True, False], 0.5),
            }
        )
        bank["risk_assessment"].append(
            {"customer_id": customer_id, "assessed_at": datetime(2023, 5, 5), "rating": some(schema.RATINGS)}
        )
        bank["customer_tag"].append(
            {"customer_id": customer_id, "family": "value", "tag": "payroll", "value": some(["yes", "no"])}
        )
        bank["holding"].append(
            {
                "customer_id": customer_id,
                "product_id": some([f"P{i}" for i in range(1, 9)]),
                "opened_on": date(2023, 3, 1),
                "branch_id": before,
                "matures_on": some([date(2024, 7, 3), date(2024, 8, 1)], 0.5),
                "amount": money(1e6),
            }
        )
        grown = money(5e6)
        for month_no in range(2024 * 12 - 14, 2024 * 12 + 6):
            if rng.random() < 0.04:
                continue
            branch_id = before if month_no < 2024 * 12 else now
            grown = int(grown * rng.lognormal(0, 0.3))
            tier = some(["basic", "potential", "wealth"]) if rng.random() < 0.15 else tier
            bank["tier_snapshot"].append(
                {
                    "customer_id": customer_id,
                    "month_no": month_no,
                    "branch_id": branch_id,
                    "tier": tier,
                    "asset_tier": some(["basic", "potential", "wealth"], 0.05),
                    "months_below": some([0, 0, 0, 1, 2], 0.05),
                    "life_stage": some(["young", "settled"], 0.1),
                    "aum": grown,
                    "aum_end": grown + 1,
                    "active_days": some(range(30), 0.1),
                    "product_count": some(range(1, 5)),
                    "profit": money(2e3),
                }
            )
            bank["asset_flow"].append(
                {
                    "customer_id": customer_id,
                    "month_no": month_no,
                    "branch_id": branch_id,
                    "inflow": money(1e4),
                    "outflow": money(1e4),
                    "internal": some([0, 500]),
                    "valuation": some([-30, 30], 0.1),
                }
            )
        for campaign_id, _, product, starts, ends, days, _, _, arms in _CAMPAIGNS[:4]:
            if rng.random() < 0.4:
                continue
            assigned = day(starts, min(starts + timedelta(days=10), AS_OF))
            branch_id, staff_id = some([before, now]), some(staff, 0.2)
            reached = rng.random() < 0.8
            contacted = day(assigned.date(), min(ends, AS_OF)) if reached else None
            came = contacted + timedelta(days=1) if contacted and rng.random() < 0.5 else None
            bought = day(assigned.date(), AS_OF) if rng.random() < 0.25 else None
            bank["campaign_member"].append(
                {
                    "campaign_id": campaign_id,
                    "customer_id": customer_id,
                    "arm": arms[BRANCHES.index(branch_id) % len(arms)] if campaign_id == "C4" else some(arms),
                    "branch_id": branch_id,
                    "staff_id": staff_id,
                    "channel": some(["phone", "branch"], 0.1),
                    "tier": tier,
                    "assigned_at": assigned,
                    "contacted_at": contacted,
                    "participated_at": came if campaign_id != "C3" else None,
                    "converted_at": bought,
                    "sales_amount": money(1e5) if bought else 0,
                    "contribution_amount": None if campaign_id == "C3" else (money(1e3) if bought else 0),
                    "baseline_amount": None if campaign_id == "C2" else some([money(9e4), 0], 0.1),
                    "net_new_amount": int(rng.normal(0, 1e5)),
                    "matures_on": assigned.date() + timedelta(days=days),
                }
            )
            if contacted:
                contacts += 1
                bank["contact"].append(
                    {
                        "contact_id": f"T{contacts}",
                        "customer_id": customer_id,
                        "campaign_id": campaign_id,
                        "branch_id": branch_id,
                        "staff_id": staff_id,
                        "channel": "phone",
                        "touchpoint": some(["callback", "waiting"], 0.1),
                        "direction": some(schema.DIRECTIONS),
                        "contacted_at": contacted,
                    }
                )
            if bought:
                sales += 1
                bank["sale"].append(
                    {
                        "sale_id": f"A{sales}",
                        "customer_id": customer_id,
                        "branch_id": branch_id,
                        "staff_id": staff_id,
                        "product_id": product or "P4",
                        "campaign_id": some([campaign_id], 0.3),
                        "channel": "branch",
                        "sold_at": bought,
                        "amount": money(1e5),
                        "contribution": money(1e3),
                        "internally_funded_amount": some([0, 5_000], 0.2),
                        "reversed_at": bought + timedelta(days=9) if rng.random() < 0.1 else None,
                    }
                )
            if rng.random() < 0.5:
                answers += 1
                scale = some(schema.SCALES)
                invited = day(assigned.date(), AS_OF)
                score = int(rng.integers(1, 6) if scale == "csat5" else rng.integers(0, 11))
                answered = rng.random() < 0.6
                bank["satisfaction"].append(
                    {
                        "response_id": f"R{answers}",
                        "customer_id": customer_id,
                        "branch_id": branch_id,
                        "staff_id": staff_id,
                        "campaign_id": some([campaign_id], 0.2),
                        "touchpoint": "callback",
                        "scale": scale,
                        "invited_at": invited,
                        "score": score if answered else None,
                        "responded_at": invited + timedelta(hours=5) if answered else None,
                    }
                )
            if rng.random() < 0.05:
                complaints += 1
                bank["complaint"].append(
                    {
                        "complaint_id": f"X{complaints}",
                        "customer_id": customer_id,
                        "branch_id": branch_id,
                        "staff_id": staff_id,
                        "campaign_id": some([campaign_id], 0.2),
                        "opened_at": day(assigned.date(), AS_OF),
                        "upheld": some([True, False], 0.3),
                    }
                )
            if rng.random() < 0.2:
                referrals += 1
                made = day(assigned.date(), AS_OF)
                bank["referral"].append(
                    {
                        "referral_id": f"F{referrals}",
                        "customer_id": customer_id,
                        "branch_id": branch_id,
                        "from_staff_id": some(staff, 0.1),
                        "to_staff_id": some(staff, 0.1),
                        "from_line": some(schema.LINES),
                        "to_line": some(schema.LINES),
                        "made_at": made,
                        "accepted_at": made + timedelta(days=1) if rng.random() < 0.6 else None,
                        "closed_at": made + timedelta(days=4) if rng.random() < 0.3 else None,
                    }
                )
                events += 1
                bank["journey_event"].append(
                    {
                        "event_id": f"E{events}",
                        "customer_id": customer_id,
                        "branch_id": branch_id,
                        "staff_id": staff_id,
                        "channel": "branch",
                        "step": some(schema.STEPS),
                        "minutes": float(rng.exponential(8)),
                        "campaign_id": campaign_id,
                        "occurred_at": made,
                    }
                )
    return _described({name: _framed(name, rows) for name, rows in bank.items()})


def bank_of(rows: dict[str, list[dict[str, Any]]]) -> Bank:
    """A bank of these rows by table, derived columns of weeks and months filled in."""
    return _described({name: _framed(name, rows.get(name, [])) for name in schema.metadata.tables})


def of_branches(bank: Bank, branches: set[str]) -> Bank:
    """The bank as it would be if only these branches had rows, written out without looking at the scope rules."""
    kept = dict(bank)
    for name in _WITH_BRANCH:
        kept[name] = bank[name][bank[name]["branch_id"].isin(list(branches))]
    cost = bank["campaign_cost"]
    kept["campaign_cost"] = cost[cost["branch_id"].isin(list(branches)) | cost["branch_id"].isna()]  # shared by all
    for name, parent, key in (
        ("staff", "staff_posting", "staff_id"),
        ("training", "staff_posting", "staff_id"),
        ("consent", "customer", "customer_id"),
        ("risk_assessment", "customer", "customer_id"),
        ("customer_tag", "customer", "customer_id"),
    ):
        kept[name] = bank[name][bank[name][key].isin(kept[parent][key])]
    for name in ("version_file", "rejection"):  # of the others, what is told is about all branches
        kept[name] = bank[name][bank[name]["table_name"].isin(_OF_THE_BANK)]
    return kept


@cache
def _empty() -> bytes:
    """A DuckDB file with the tables of the contract."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "empty.duckdb")
        engine = sa.create_engine(URL.create("duckdb", database=str(path)))
        schema.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


def write(bank: Bank, path: Path) -> None:
    """Fill the DuckDB file of a draft."""
    path.write_bytes(_empty())
    with duckdb.connect(path, config={"threads": 1}) as connection:  # so few rows are not worth waking others
        connection.begin()
        for name, frame in bank.items():
            if len(frame):
                connection.execute(f'INSERT INTO "{name}" SELECT * FROM frame')  # noqa: S608 - a name of the contract
        connection.commit()


def publish(bank: Bank, store: Store) -> None:
    """Make the bank the current version of a store."""
    with store.loading(wait_seconds=10), store.draft() as draft:
        write(bank, draft.path)
        store.publish(draft)


def warehouse_of(url: str, **overrides: Any) -> Warehouse:
    """A warehouse for tests: little memory, one thread."""
    return Warehouse(open_store(url), Settings(warehouse=url, memory_limit="500MB", threads=1, **overrides))


def viewer(*branches: str, may_see_customers: bool = True) -> Viewer:
    """Someone with these branches, or with the whole bank if there are none."""
    if branches:
        scope = Scope(frozenset(branches))
        return Viewer("head@bank.example", "Head", Role.BRANCH_HEAD, scope, may_see_customers)
    return Viewer("chief@bank.example", "Chief", Role.EXECUTIVE, Scope(None), may_see_customers)


_OF_THE_BANK = ("branch", "season", "product", "campaign", "campaign_arm")

_WITH_BRANCH = (
    "branch_calendar",
    "staff_posting",
    "customer",
    "campaign_cost",
    "campaign_member",
    "contact",
    "sale",
    "holding",
    "referral",
    "asset_flow",
    "tier_snapshot",
    "satisfaction",
    "complaint",
    "journey_event",
)


def _framed(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = schema.metadata.tables[name]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.c])
    for column, source in (
        ("week_start", _MOMENTS.get(name)),
        ("month_no", _MOMENTS.get(name)),
        ("assigned_week", "assigned_at"),
        ("contacted_week", "contacted_at"),
        ("participated_week", "participated_at"),
        ("converted_week", "converted_at"),
    ):
        if column in frame.columns and source in frame.columns:
            moment = pd.to_datetime(frame[source])
            if column == "month_no":
                frame[column] = moment.dt.year * 12 + moment.dt.month - 1
            else:
                frame[column] = (moment - pd.to_timedelta(moment.dt.day_of_week, unit="D")).dt.normalize()
    for column in table.c:
        if isinstance(column.type, sa.Integer):
            frame[column.name] = frame[column.name].astype("Int64")
        elif isinstance(column.type, (sa.Date, sa.DateTime)):
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif isinstance(column.type, sa.Boolean):
            frame[column.name] = frame[column.name].astype("boolean")
        elif isinstance(column.type, sa.Double):
            frame[column.name] = frame[column.name].astype("float64")
        else:
            frame[column.name] = frame[column.name].astype("str")
    return frame


_MOMENTS = {
    "contact": "contacted_at",
    "sale": "sold_at",
    "referral": "made_at",
    "satisfaction": "invited_at",
    "complaint": "opened_at",
    "journey_event": "occurred_at",
}


def _described(bank: Bank) -> Bank:
    built = datetime(2024, 7, 1, 3, 0)
    described = {
        "warehouse_version": [
            {"version_id": "test", "built_at": built, "as_of": AS_OF, "source": "demo", "currency": "CNY", "note": None}
        ],
        "version_table": [
            {
                "table_name": name,
                "rows": len(bank[name]),
                "rejected": 0,
                "flagged": 0,
                "loaded_at": built,
                "as_of": AS_OF if name in EVENTS else None,
            }
            for name in schema.CONTRACT
        ],
        "version_column": [
            {"table_name": name, "column_name": column}
            for name in schema.CONTRACT
            for column in bank[name].columns[bank[name].notna().any()]
        ],
        "version_file": [
            {
                "sha256": str(number) * 64,
                "table_name": name,
                "name": f"{name}.csv",
                "rows": len(bank[name]),
                "rejected": 2,
                "encoding": "utf-8",
                "loaded_at": built,
            }
            for number, name in enumerate(("sale", "product"))
        ],
        "rejection": [
            {"table_name": "sale", "column_name": "amount", "reason": "not a number", "rows": 2},
            {"table_name": "product", "column_name": "line", "reason": "not a line", "rows": 1},
        ],
    }
    return bank | {name: _framed(name, rows) for name, rows in described.items()}
