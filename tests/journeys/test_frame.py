"""From a number to its evidence and to its customers by the keyboard, and a target from its form to the card."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import settle
from tests.journeys.test_journeys import faults

pytestmark = pytest.mark.journey

Visit = Callable[..., Page]


def test_a_branch_head_follows_a_number_to_its_customers_by_the_keyboard_on_a_phone(visit: Visit):
    page = visit("Gu Ruolan", "week", width=390, mode="dark")
    page.get_by_role("button", name="Evidence").first.focus()
    page.keyboard.press("Enter")
    evidence = page.get_by_role("dialog")
    expect(evidence.get_by_text("Data version")).to_be_visible()
    expect(evidence.get_by_text("sale · week_start")).to_be_visible()
    assert faults(page) == set()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 2")
    page.keyboard.press("Escape")
    expect(evidence).to_have_count(0)
    page.get_by_role("button", name="Evidence").first.focus()
    page.keyboard.press("Enter")
    customers = page.get_by_role("dialog").get_by_role("link", name="Customers: bought")
    customers.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers\?.*list=bought"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("bought")
    page.get_by_role("link", name="Back to My week").click()
    page.wait_for_url(re.compile(r"/week"))
    assert "list=" not in page.url


def test_a_planner_sets_a_target_sees_it_reached_and_takes_it_back(visit: Visit):
    page = visit("Lu Zhixing", "week?branch=B002")
    page.get_by_role("button", name="Targets").click()
    page.get_by_label("Target, yuan").fill("900000")
    page.get_by_role("button", name="Set the target").click()
    expect(page.get_by_text(re.compile("week's target"))).to_be_visible()
    expect(page.get_by_text(re.compile("version 1 · lu"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(re.compile("week's target"))).to_have_count(0)
    expect(page.get_by_text(re.compile("taken away · version 2"))).to_be_visible()
