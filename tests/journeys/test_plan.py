"""A branch head plans: changes, saves, freezes, and takes the audience along, in a browser."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import settle

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


def test_a_branch_head_plans_freezes_and_takes_the_audience_along(visit: Visit):
    page = visit("Gu Ruolan", "plan?product=P02&channels=phone")
    expect(page.get_by_role("heading", level=1)).to_contain_text("pay")
    page.get_by_role("button", name="Whom").click()
    page.get_by_role("textbox", name="Control, %").fill("40")
    page.get_by_role("textbox", name="Control, %").press("Enter")
    settle(page)
    assert "control=40" in page.url
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name of the plan").fill("Spring by phone")
    page.get_by_label("Name of the plan").press("Enter")
    settle(page)
    page.get_by_role("button", name="Save the plan").click()
    settle(page)
    assert "plan=" in page.url
    assert "control=40" not in page.url, "what is saved needs no place in the link"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Spring by phone")).to_be_visible()
    page.get_by_role("button", name="Freeze this plan").click()
    settle(page)
    assert page.get_by_role("button", name="Audience as a feed").count() == 0, "customers leave with a purpose alone"
    page.get_by_label("What is the list for?").fill("for the bank's campaign system")
    page.get_by_label("What is the list for?").press("Enter")
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Audience as a feed").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as packed:
        members = list(csv.DictReader(io.StringIO(packed.read("campaign_member.csv").decode())))
    arms = [row["arm"] for row in members]
    assert {row["branch_id"] for row in members} == {"B001"}
    assert abs(arms.count("control") - 0.4 * len(arms)) <= 1
    page.reload()
    settle(page)
    expect(page.get_by_text("Frozen").first).to_be_visible()
