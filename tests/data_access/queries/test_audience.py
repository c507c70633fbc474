"""Who is left out of a plan and by which rule: hand-made customers, one for each rule and each boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_access import audience as rules
from data_access.audience import Whom
from data_access.engines import Warehouse
from data_access.errors import AccessError
from data_access.queries import audience
from data_access.reading.reader import Reader
from data_access.settings import PlanningRules
from data_access.versions import open_store
from tests.data_access.small_bank import AS_OF, bank_of, publish, viewer, warehouse_of

PLAN = Whom(("phone",), date(2024, 7, 8), date(2024, 7, 28))
LIMITS = PlanningRules(contact_cap=2, contact_days=10)
NOON = datetime(2024, 6, 1, 12)


def consent(who: str, channel: str = "phone", **others: object) -> dict[str, object]:
    row = {"customer_id": who, "channel": channel, "purpose": "marketing", "given_at": NOON, "do_not_contact": False}
    return {**row, **others}


def rated(who: str, rating: str, valid_until: date | None = None, at: datetime = NOON) -> dict[str, object]:
    return {"customer_id": who, "assessed_at": at, "rating": rating, "valid_until": valid_until}


def contact(number: int, who: str, at: datetime, direction: str | None = "outbound") -> dict[str, object]:
    return {
        "contact_id": f"T{number}",
        "customer_id": who,
        "branch_id": "B1",
        "channel": "phone",
        "direction": direction,
        "contacted_at": at,
    }


WHO = {
    "fine": "",
    "no consent": "no_consent",
    "other channel": "no_consent",
    "other purpose": "no_consent",
    "withdrawn today": "no_consent",
    "withdrawn tomorrow": "",
    "asked": "do_not_contact",
    "asked elsewhere": "",
    "no rating": "not_rated",
    "ran out the day before": "not_rated",
    "holds on the first day": "",
    "below": "risk",
    "newest is below": "risk",
    "in another": "overlap",
    "other ended before": "",
    "pressed": "pressure",
    "pressed before": "",
    "called us": "",
}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Reader]]:
    """A reader of a bank of these rows by table."""
    opened: list[Warehouse] = []

    def publish_rows(rows: dict[str, list[dict[str, Any]]], **rights: bool) -> Reader:
        if not opened:
            publish(bank_of(rows), open_store(str(tmp_path)))
            opened.append(warehouse_of(str(tmp_path)))
        return Reader(viewer(**rights), opened[0])

    yield publish_rows
    for warehouse in opened:
        warehouse.close()


@pytest.fixture
def by_hand(made: Callable[..., Reader]) -> Reader:
    return made(_rows())


def _rows() -> dict[str, list[dict[str, Any]]]:
    consents = [
        consent(who)
        for who in WHO
        if who not in ("no consent", "other channel", "other purpose", "withdrawn today", "withdrawn tomorrow", "asked")
    ]
    consents += [
        consent("other channel", "sms"),
        consent("other purpose", purpose="personalisation"),
        consent("withdrawn today", withdrawn_at=datetime(2024, 6, 30, 9)),
        consent("withdrawn tomorrow", withdrawn_at=datetime(2024, 7, 1, 9)),
        consent("asked", do_not_contact=True),
        consent("asked elsewhere", "sms", do_not_contact=True),
    ]
    special = ("no rating", "ran out the day before", "holds on the first day", "below", "newest is below")
    ratings = [rated(who, "C2") for who in WHO if who not in special]
    ratings += [
        rated("ran out the day before", "C5", date(2024, 7, 7)),
        rated("holds on the first day", "C2", date(2024, 7, 8)),
        rated("below", "C1"),
        rated("newest is below", "C5", at=datetime(2024, 5, 1)),
        rated("newest is below", "C1"),
    ]
    contacts = [
        contact(1, "pressed", datetime(2024, 6, 21)),
        contact(2, "pressed", datetime(2024, 6, 30, 23)),
        contact(3, "pressed before", datetime(2024, 6, 20, 23)),
        contact(4, "pressed before", datetime(2024, 6, 30)),
        contact(5, "called us", datetime(2024, 6, 29), "inbound"),
        contact(6, "called us", datetime(2024, 6, 30), "inbound"),
    ]
    campaigns = [("ends on the first day", date(2024, 7, 8)), ("ends before", date(2024, 7, 7))]
    member = {"branch_id": "B1", "arm": "a", "assigned_at": datetime(2024, 6, 2), "matures_on": date(2024, 6, 30)}
    return {
        "customer": [
            *({"customer_id": who, "branch_id": "B1", "segment": "senior"} for who in WHO),
            {"customer_id": "elsewhere", "branch_id": "B2", "segment": "family"},
        ],
        "consent": consents,
        "risk_assessment": ratings,
        "contact": contacts,
        "campaign": [
            {
                "campaign_id": name,
                "name": name,
                "objective": "grow",
                "starts_on": date(2024, 6, 1),
                "ends_on": ends,
                "attribution_days": 30,
                "assignment": "randomised",
            }
            for name, ends in campaigns
        ],
        "campaign_member": [
            {"campaign_id": "ends on the first day", "customer_id": "in another", **member},
            {"campaign_id": "ends before", "customer_id": "other ended before", **member},
        ],
    }


def reasons(reader: Reader, whom: Whom, **others: str) -> dict[str, str]:
    found = audience.rows(reader, whom, LIMITS, **others)
    return dict(zip(found["customer_id"], found["reason"].fillna(""), strict=True))


def test_each_customer_is_left_out_by_the_rule_that_was_meant_and_by_no_other(by_hand):
    assert reasons(by_hand, replace(PLAN, branches=("B1",)), risk_level="R2") == WHO


def test_a_product_without_risk_needs_no_rating(by_hand):
    found = reasons(by_hand, replace(PLAN, branches=("B1",)), risk_level="R1")
    assert {who for who in WHO if WHO[who] in ("not_rated", "risk")} <= {who for who, why in found.items() if not why}
    assert reasons(by_hand, replace(PLAN, branches=("B1",))) == found


def test_of_two_channels_one_that_may_be_used_is_enough(by_hand):
    found = reasons(by_hand, replace(PLAN, channels=("phone", "sms")), risk_level="R1")
    assert found["other channel"] == ""
    assert found["asked elsewhere"] == ""
    assert found["asked"] == "no_consent", "asked in one channel, never consented in the other"


def test_what_other_tables_say_of_customers_chooses_them_as_a_tag_does(made):
    """Of June, the last whole month; of the treated alone; and nobody where it is not known."""
    rows = _rows()
    june, may = AS_OF.year * 12 + 5, AS_OF.year * 12 + 4
    place = {"branch_id": "B1", "tier": "basic"}
    rows["tier_snapshot"] = [
        {"customer_id": "fine", "month_no": june, "life_stage": "young", **place},
        {"customer_id": "below", "month_no": june, "life_stage": "old", **place},
        {"customer_id": "below", "month_no": may, "life_stage": "young", **place},
    ]
    for one in rows["customer"]:
        one["acquired_channel"] = {"fine": "referral", "asked": "referral", "below": "app"}.get(one["customer_id"])
    rows["campaign_arm"] = [
        {"campaign_id": "ends before", "arm": arm, "is_control": arm == "c", "allocation": 0.5} for arm in "ac"
    ]
    rows["campaign_member"].append(rows["campaign_member"][1] | {"customer_id": "fine", "arm": "c"})
    reader = made(rows)

    def found(*tags: tuple[str, str]) -> set[str]:
        return set(reasons(reader, replace(PLAN, tags=tuple((rules.OWN, *tag) for tag in tags))))

    assert found((rules.LIFE_STAGE, "young")) == {"fine"}
    assert found((rules.WON, "referral")) == {"fine", "asked"}
    assert found((rules.WON, "referral"), (rules.WON, "app")) == {"fine", "asked", "below"}
    assert found((rules.WON, "referral"), (rules.LIFE_STAGE, "young")) == {"fine"}
    assert found((rules.TREATED, "ends before")) == {"other ended before"}
    assert found(("shoe size", "44")) == set()
    offers = audience.offered(reader).query("family == @rules.OWN")
    assert dict(zip(zip(offers["tag"], offers["value"], strict=True), offers["n"], strict=True)) == {
        (rules.WON, "app"): 1,
        (rules.WON, "referral"): 2,
        (rules.LIFE_STAGE, "old"): 1,
        (rules.LIFE_STAGE, "young"): 1,
    }


def test_the_parts_add_up_to_those_chosen(by_hand):
    found = audience.counts(by_hand, replace(PLAN, segments=("senior",)), LIMITS, risk_level="R2")
    assert found["n"].sum() == len(WHO)
    by_reason = found.groupby("reason")["n"].sum().to_dict()
    expected = pd.Series(list(WHO.values())).value_counts().to_dict()
    assert by_reason == expected


def test_lists_are_for_those_who_may_see_customers(made):
    reader = made(_rows(), may_see_customers=False)
    assert audience.counts(reader, PLAN, LIMITS)["n"].sum() == len(WHO) + 1
    with pytest.raises(AccessError):
        audience.rows(reader, PLAN, LIMITS)


@given(
    channels=st.lists(st.sampled_from(["phone", "sms"]), min_size=1, max_size=2, unique=True),
    tiers=st.lists(st.sampled_from(["basic", "potential", "wealth"]), unique=True),
    tag=st.sampled_from(["", "yes", "no"]),
    level=st.sampled_from(["", "R1", "R3", "R5"]),
    cap=st.integers(1, 3),
    start=st.dates(date(2024, 6, 1), date(2024, 8, 1)),
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_chosen_the_exclusions_add_up_to_the_audience(
    reader, bank, channels, tiers, tag, level, cap, start
):
    tags = (("value", "payroll", tag),) if tag else ()
    whom = Whom(tuple(channels), start, start, tuple(tiers), (), tags)
    limits = PlanningRules(contact_cap=cap, contact_days=90)
    found = audience.counts(reader, whom, limits, risk_level=level)
    chosen = bank["customer"][["customer_id"]]
    last = bank["tier_snapshot"]
    last = last[last["month_no"] == AS_OF.year * 12 + AS_OF.month - 1]
    chosen = chosen.merge(last[["customer_id", "tier"]], how="left")
    if tiers:
        chosen = chosen[chosen["tier"].isin(tiers)]
    if tag:
        tagged = bank["customer_tag"].query("value == @tag")["customer_id"]
        chosen = chosen[chosen["customer_id"].isin(tagged)]
    assert found["n"].sum() == len(chosen)
    assert set(found["reason"]) <= {"", *rules.RULES}


def test_a_rule_that_the_feeds_cannot_tell_leaves_nobody_out_and_is_named(made):
    reader = made({"customer": [{"customer_id": "a", "branch_id": "B1"}]})
    assert rules.untold(reader) == rules.RULES
    assert audience.counts(reader, PLAN, LIMITS, risk_level="R5")["reason"].tolist() == [""]


def test_hours_are_those_of_the_days_at_work(made):
    """Two at full time for all ten days, one at half time for five of ten: 2.25."""
    posting = {"branch_id": "B1", "from_on": date(2024, 1, 1)}
    reader = made(
        {
            "staff": [{"staff_id": s, "name": s, "role": "adviser"} for s in "abc"],
            "staff_posting": [
                {**posting, "staff_id": "a", "full_time_share": 1.0},
                {**posting, "staff_id": "b", "full_time_share": None},
                {**posting, "staff_id": "c", "full_time_share": 0.5, "to_on": date(2024, 7, 5)},
            ],
        }
    )
    found = audience.capacity(reader, date(2024, 7, 1), date(2024, 7, 10), ["adviser"])
    assert (found["staff"].item(), found["full_time"].item()) == (3, pytest.approx(2.25))
    assert audience.capacity(reader, date(2024, 7, 1), date(2024, 7, 10), ["teller"])["staff"].item() == 0
