"""The loop in a browser: a planner evaluates and decides, an executive approves, a branch head does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import settle

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]

CAMPAIGN = "K010"
"""Of a year that nobody planned, so that nobody else judges it meanwhile."""


def test_what_was_learned_is_decided_approved_and_done(visit: Visit):
    planner = visit("Lu Zhixing", f"loop?campaign={CAMPAIGN}&decide=stop")
    expect(planner.get_by_text("Evaluate it first")).to_be_visible()
    planner.get_by_label("What was learned").fill("The venue was half empty")
    planner.get_by_label("What was learned").press("Control+Enter")
    settle(planner)
    planner.get_by_role("button", name="Save the evaluation").click()
    settle(planner)
    expect(planner.get_by_text("The venue was half empty").first).to_be_visible()
    for label, text in (("Because", "Nobody comes on Mondays"), ("What they do", "Cancel the venue")):
        planner.get_by_label(label, exact=True).fill(text)
        planner.get_by_label(label, exact=True).press("Enter")
        settle(planner)
    for label, option in (("Who acts", "Gu Ruolan"), ("Where", "Lakeside")):
        field = planner.get_by_role("combobox", name=label)
        field.fill(option)
        field.press("Enter")
        settle(planner)
    planner.get_by_role("button", name="Record").click()
    settle(planner)
    expect(planner.get_by_text("waits for approval").first).to_be_visible()
    assert "decide=" not in planner.url

    lead = visit("Shen Qinghe", "summary")
    expect(lead.get_by_text("Nobody comes on Mondays")).to_be_visible()
    row = lead.get_by_text("Nobody comes on Mondays")
    assert row.count() == 1
    lead.locator(f".st-key-approve_{CAMPAIGN}_1 button").click()
    settle(lead)
    expect(lead.get_by_text("Nobody comes on Mondays")).to_have_count(0)

    head = visit("Gu Ruolan", "week")
    expect(head.get_by_text("Cancel the venue")).to_be_visible()
    head.get_by_text("Cancel the venue").locator("xpath=ancestor::div[.//button][1]").get_by_role(
        "button", name="Done"
    ).first.click()
    settle(head)
    expect(head.get_by_text("Cancel the venue")).to_have_count(0)
    expect(head.get_by_text("Done: closed.")).to_be_visible()
