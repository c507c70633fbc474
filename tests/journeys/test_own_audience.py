"""A branch head plans for the own branch, freezes, and takes the audience along: customers of that branch alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.campaign_system import Campaign
from tests.journeys.conftest import settle
from tests.journeys.test_two_planners import saved

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


def taken(page: Page, label: str) -> bytes:
    """A file as it arrives."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return Path(download.value.path()).read_bytes()


def test_a_branch_head_takes_the_own_branch_s_audience_along_and_nobody_else_s(visit: Visit, folder: Path):
    page = visit("Gu Ruolan", "plan?product=P02&channels=phone&control=30")
    expect(page.get_by_text("Branches", exact=True)).to_have_count(0)
    saved(page, "My branch by phone")
    page.get_by_role("button", name="Freeze this plan").click()
    settle(page)
    assert page.get_by_role("button", name="Audience as a feed").count() == 0, "customers leave with a purpose alone"
    page.get_by_label("What is the list for?").fill("for the bank's campaign system")
    page.get_by_label("What is the list for?").press("Enter")
    settle(page)
    campaign = Campaign.handed_over(taken(page, "Audience as a feed"))
    left_out = list(csv.DictReader(io.StringIO(taken(page, "Who is left out, and why").decode())))

    members = campaign.feed["campaign_member"]
    own = {one["customer_id"] for one in (*members, *left_out)}
    with duckdb.connect(str(next((folder / "warehouse").glob("*.duckdb"))), read_only=True) as bank:
        serves = bank.execute("SELECT customer_id FROM customer WHERE branch_id = 'B001'").fetchall()
    assert own == {customer for (customer,) in serves}
    assert {one["branch_id"] for one in (*members, *left_out)} == {"B001"}
    assert abs(len(campaign.control) - 0.3 * len(members)) <= 1
    assert all(one["reason"] for one in left_out)
    assert "for the bank's campaign system" in (folder / "audit.jsonl").read_text("utf-8")

    (plan_id,) = parse_qs(urlsplit(page.url).query)["plan"]
    other = visit("Ji Mingchuan", f"plan?plan={plan_id}")
    expect(other.get_by_text("My branch by phone")).to_have_count(0)
    expect(other.get_by_role("button", name="Audience as a feed")).to_have_count(0)
