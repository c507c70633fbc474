"""Two people at one plan, each in a browser: the second is told what differs, field by field, and loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.database import open_database
from data_access.workspace.loop import plans
from tests.journeys.conftest import settle

pytestmark = pytest.mark.journey
Visit = Callable[..., Page]


def saved(page: Page, name: str = "") -> None:
    """Saves what was changed, under a name where one is given."""
    page.get_by_role("button", name="Save", exact=True).click()
    if name:
        page.get_by_label("Name of the plan").fill(name)
        page.get_by_label("Name of the plan").press("Enter")
        settle(page)
    page.get_by_role("button", name="Save the plan").click()
    settle(page)
    page.keyboard.press("Escape")


def test_the_second_to_save_sees_what_differs_and_keeps_both(visit: Visit, folder: Path):
    first = visit("Lu Zhixing", "plan?product=P02&channels=phone&control=20&days=30")
    saved(first, "By four hands")
    (plan_id,) = parse_qs(urlsplit(first.url).query)["plan"]
    at = f"{urlsplit(first.url)._replace(query='').geturl()}?plan={plan_id}&v=1&place=1"
    first.goto(f"{at}&control=40&days=45")
    settle(first)
    second = visit("Bai Yu'an", f"plan?plan={plan_id}&v=1&place=1&control=25&budget=6000000")
    saved(first)
    saved(second)

    expect(second.get_by_text("Nothing was saved and nothing is lost.")).to_be_visible()
    rows = [
        row.locator("th, td").all_inner_texts() for row in second.get_by_test_id("stTable").first.locator("tr").all()
    ]
    told = {field.strip(): [cell.strip() for cell in cells] for field, *cells in rows}
    assert told == {
        "Field": ["Before", "Theirs", "Yours"],
        "Control, %": ["20", "40", "25"],
        "Days to buy": ["30", "45", "30"],
        "Budget": ["none", "none", "6000000"],
    }
    assert "control=25" in second.url, "what was changed still stands in its field"

    second.get_by_role("button", name="Save mine, with what they alone changed").click()
    settle(second)
    expect(second.get_by_text("Saved over theirs.")).to_be_visible()
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    versions = [plans.find(workspace, WHOLE_BANK, plan_id, number) for number in (1, 2, 3)]
    workspace.dispose()
    names = ("control", "days", "budget")
    held = [tuple(one.draft.scenarios[0].settings[name] for name in names) for one in versions if one is not None]
    assert held == [("20", "30", ""), ("40", "45", ""), ("25", "45", "6000000")]

    first.reload()
    settle(first)
    expect(first.get_by_text("saved version 3 of this plan meanwhile; you look at version 2.")).to_be_visible()
