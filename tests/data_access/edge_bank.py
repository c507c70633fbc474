"""A bank whose rows all lie on an edge: the last second of a window, midnight, day 90 and 91, a tier left and retaken.

Small enough to count by hand. The data ends on Sunday 30 June 2024. Campaign C1 runs through April with a window of 30
days, C2 through May.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

APRIL, MAY, JUNE = (date(2024, month, 1) for month in (4, 5, 6))
M0 = 2024 * 12 + 2  # March 2024


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2024-{text}")


def member(campaign: str, customer: str, arm: str, assigned: str, **more: Any) -> dict[str, Any]:
    """A member with a window of 30 days."""
    when = at(assigned)
    return {
        "campaign_id": campaign,
        "customer_id": customer,
        "arm": arm,
        "branch_id": "B1",
        "assigned_at": when,
        "matures_on": when.date() + timedelta(days=30),
        "sales_amount": 0,
    } | more


MEMBERS = [
    # C1, treated: the last day of the window counts to its last second.
    member(
        "C1", "K1", "call", "04-01", contacted_at=at("04-01 09:00"), converted_at=at("05-01 23:59:59"), staff_id="S1"
    ),
    member(
        "C1", "K2", "call", "04-01", contacted_at=at("04-02 09:00"), converted_at=at("05-02 00:00:00"), staff_id="S1"
    ),
    # Sunday's last second and Monday's first.
    member("C1", "K3", "call", "04-07 23:59:59", contacted_at=at("04-07 23:59:59"), participated_at=at("04-14 00:00")),
    member("C1", "K4", "call", "04-08 00:00:00", contacted_at=at("04-08 00:00"), participated_at=at("04-16 23:59:59")),
    # Bought on the day of the contact, before it; and the day before.
    member("C1", "K5", "hold", "04-02", contacted_at=at("04-20 10:00"), converted_at=at("04-20 08:00"), staff_id="S1"),
    member("C1", "K6", "hold", "04-02", contacted_at=at("04-20 00:00"), converted_at=at("04-19 23:59:59")),
    # C2: the window closes on the last day of the data, and on the day after.
    member("C2", "K1", "call", "05-31 23:59:59", contacted_at=at("06-23 23:59:59"), sales_amount=5),
    member("C2", "K2", "call", "06-01 00:00:00", contacted_at=at("06-24 00:00:00"), sales_amount=7),
    # K3's window in C1 ends on 7 May, K4's on 8 May.
    member("C2", "K3", "hold", "05-07 23:59:59"),
    member("C2", "K4", "hold", "05-09 00:00:00"),
    # C3: 101 customers, so that two of them are the top one in a hundred; C4: 100, so that one is.
    *(member("C3", f"T{i}", "all", "01-08", sales_amount=i + 1) for i in range(101)),
    *(member("C4", f"T{i}", "all", "01-08", sales_amount=i + 1) for i in range(100)),
]


def sale(number: int, sold: str, **more: Any) -> dict[str, Any]:
    return {
        "sale_id": f"A{number}",
        "customer_id": f"Q{number}",
        "branch_id": "B1",
        "staff_id": "S2",
        "product_id": "P1",
        "sold_at": at(sold),
        "amount": 10**number,
    } | more


def held(number: int, product: str, opened: str, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": f"Q{number}",
        "product_id": product,
        "opened_on": at(opened),
        "branch_id": "B1",
        "amount": 1,
    } | more


SALES = [
    # 31 March is 90 days after 1 January, 1 April is 91. All of these sell a second line beside the first.
    *(sale(n, "01-01 23:59:59") for n in range(5)),
    *(sale(n + 10, "01-01 00:00:00", customer_id=f"Q{n}", product_id="P2", amount=0) for n in range(5)),
    # 1 April is 90 days before the end of the data, 2 April is 89.
    sale(5, "04-01 23:59:59"),
    sale(6, "04-02 00:00:00"),
    # Reversed on day 90 and on day 91.
    sale(7, "01-01", reversed_at=at("03-31 23:59:59")),
    sale(8, "01-01", reversed_at=at("04-01 00:00:00")),
]
HOLDINGS = [
    *(held(n, "P2", "01-01") for n in range(5)),
    held(0, "P1", "03-31"),  # opened on day 90: kept
    held(1, "P1", "04-01"),  # on day 91: another story
    held(2, "P1", "01-01", closed_on=at("03-31")),  # closed on day 90: not kept
    held(3, "P1", "01-01", closed_on=at("04-01")),  # on day 91: kept
    held(4, "P1", "01-01", amount=0),  # opened for the count
]


def snapshot(customer: str, month: int, tier: str, branch: str = "B1", **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "month_no": M0 + month, "branch_id": branch, "tier": tier, "aum": 100} | more


SNAPSHOTS = [
    # A, then B, then A again; and the same of branches.
    snapshot("K1", 0, "basic", months_below=0, asset_tier="basic"),
    snapshot("K1", 1, "wealth", months_below=1, aum=150),
    snapshot("K1", 2, "basic", months_below=2, aum=70),
    snapshot("K2", 0, "basic", "B1"),
    snapshot("K2", 1, "basic", "B2"),
    snapshot("K2", 2, "basic", "B1"),
    # A month is missing in between: neither exit nor transition.
    snapshot("K3", 0, "wealth"),
    snapshot("K3", 2, "basic"),
]

BANK: dict[str, list[dict[str, Any]]] = {
    "branch": [{"branch_id": branch, "name": branch} for branch in ("B1", "B2")],
    "staff": [{"staff_id": person, "name": person} for person in ("S1", "S2")],
    "staff_posting": [
        {"staff_id": "S1", "branch_id": "B1", "from_on": at("01-01"), "to_on": at("04-01")},
        {"staff_id": "S1", "branch_id": "B2", "from_on": at("04-30")},
        {"staff_id": "S2", "branch_id": "B1", "from_on": at("01-01"), "to_on": at("03-31")},
        {"staff_id": "S2", "branch_id": "B2", "from_on": at("05-01")},
    ],
    "training": [
        {"staff_id": "S1", "course": "x", "completed_on": at(day)} for day in ("03-31", "04-01", "04-30", "05-01")
    ],
    "product": [
        {"product_id": "P1", "name": "P1", "line": "deposit"},
        {"product_id": "P2", "name": "P2", "line": "wealth"},
    ],
    "campaign": [
        {"campaign_id": name, "name": name, "objective": "grow", "starts_on": at(first), "ends_on": at(last),
         "attribution_days": 30, "assignment": "randomised"}
        for name, first, last in (
            ("C1", "04-01", "04-30"), ("C2", "05-01", "05-31"), ("C3", "01-08", "06-30"), ("C4", "01-08", "07-01")
        )
    ],
    "campaign_arm": [
        {"campaign_id": "C1", "arm": "call", "is_control": False},
        {"campaign_id": "C1", "arm": "hold", "is_control": True},
        {"campaign_id": "C2", "arm": "call", "is_control": False},
        {"campaign_id": "C2", "arm": "hold", "is_control": True},
        {"campaign_id": "C4", "arm": "all", "is_control": False},  # C3 does not list its arm: nobody was held out
    ],
    "campaign_cost": [
        {"cost_id": "1", "campaign_id": "C1", "branch_id": "B1", "category": "gift", "actual_amount": 1},
        {"cost_id": "2", "campaign_id": "C1", "branch_id": "B2", "category": "gift", "actual_amount": 10},
        {"cost_id": "3", "campaign_id": "C1", "branch_id": None, "category": "gift", "actual_amount": 100},
        {"cost_id": "4", "campaign_id": "C1", "branch_id": None, "category": "media", "planned_amount": 1000},
    ],
    "campaign_member": MEMBERS,
    "customer": [
        {"customer_id": "K1", "branch_id": "B1", "birth_year": 1999, "opened_on": at("03-31"),
         "manager_staff_id": "S1"},
        {"customer_id": "K2", "branch_id": "B1", "birth_year": 2000, "opened_on": at("04-01"),
         "manager_staff_id": "S1"},
        {"customer_id": "K3", "branch_id": "B1", "birth_year": 1960, "opened_on": at("01-01"),
         "manager_staff_id": "S2"},
    ],
    "consent": [
        {"customer_id": "K1", "channel": "phone", "purpose": "marketing", "given_at": at("01-01"),
         "withdrawn_at": at("05-01 23:59:59")},
        {"customer_id": "K2", "channel": "phone", "purpose": "marketing", "given_at": at("01-01"),
         "withdrawn_at": at("05-02 00:00:00")},
    ],
    "sale": SALES,
    "holding": HOLDINGS,
    "tier_snapshot": SNAPSHOTS,
    "asset_flow": [
        {"customer_id": "K1", "month_no": M0 + month, "branch_id": "B1", "valuation": 10**month} for month in range(4)
    ],
    "contact": [
        {"contact_id": str(i), "customer_id": "K1", "branch_id": "B1", "staff_id": "S1", "channel": "phone",
         "direction": direction, "contacted_at": at(when)}
        for i, (when, direction) in enumerate([
            ("03-31 23:59:59", "outbound"), ("04-01 00:00:00", "outbound"), ("04-30 23:59:59", "inbound"),
            ("05-01 00:00:00", "inbound"),
        ])
    ],
    "referral": [
        {"referral_id": str(i), "customer_id": "K1", "branch_id": "B1", "from_staff_id": "S1", "to_staff_id": "S2",
         "made_at": at(when), "accepted_at": accepted, "closed_at": closed, "sale_id": sold}
        for i, (when, accepted, closed, sold) in enumerate([
            ("03-31 23:59:59", None, None, None), ("04-01 00:00:00", at("04-02"), at("04-03"), "A1"),
            ("04-30 23:59:59", at("05-02"), at("05-03"), None), ("05-01 00:00:00", None, None, None),
        ])
    ],
    "satisfaction": [
        {"response_id": str(i), "customer_id": "K1", "branch_id": "B1", "staff_id": "S1", "campaign_id": "C1",
         "scale": scale, "score": score, "invited_at": at(when), "responded_at": at(when)}
        for i, (when, scale, score) in enumerate([
            ("03-31 23:59:59", "csat5", 5), ("04-01 00:00:00", "csat5", 3), ("04-30 23:59:59", "csat5", 4),
            ("05-01 00:00:00", "csat5", 5), ("04-10", "csat5", None),
            ("04-10", "nps", 6), ("04-10", "nps", 7), ("04-10", "nps", 8), ("04-10", "nps", 9),
        ])
    ],
    "complaint": [
        {"complaint_id": str(i), "customer_id": "K1", "branch_id": "B1", "staff_id": "S1", "campaign_id": "C1",
         "opened_at": at(when), "upheld": upheld}
        for i, (when, upheld) in enumerate([
            ("03-31 23:59:59", True), ("04-01 00:00:00", True), ("04-30 23:59:59", None),
            ("05-01 23:59:59", False), ("05-02 00:00:00", True),
        ])
    ],
    "branch_calendar": [
        {"branch_id": "B1", "day": at(day), "open": day != "04-30"} for day in ("03-31", "04-01", "04-30", "05-01")
    ],
}  # fmt: skip


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows, days as text and missing values as None."""
    kept = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return [
        tuple(f"{value:%m-%d}" if isinstance(value, datetime) else value for value in row)
        for row in kept.itertuples(index=False, name=None)
    ]


def of(frame: pd.DataFrame, **chosen: object) -> pd.DataFrame:
    for column, value in chosen.items():
        frame = frame[frame[column] == value]
    return frame
