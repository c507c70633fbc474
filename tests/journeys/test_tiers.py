"""A branch head follows a move to its customers, takes the list along and keeps it for a plan."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from answers.tiers import tiers
from answers.tiers.choice import Choice
from data_access.reading.reader import Reader
from data_access.workspace import views
from data_access.workspace.database import open_database
from tests.data_access.small_bank import viewer, warehouse_of
from tests.journeys.conftest import settle

pytestmark = pytest.mark.journey


def test_a_branch_head_follows_an_upgrade_cell_to_the_customers(visit: Callable[..., Page], folder: Path):
    page = visit("Gu Ruolan", "tiers?months=3")
    warehouse = warehouse_of(str(folder / "warehouse"))
    answer = tiers.ask(Reader(viewer("B001"), warehouse), Choice(3))
    warehouse.close()
    upgraded = int(answer.moves.counts[0, 0, 1])
    assert upgraded > 0
    chart = page.locator('[data-testid="stVegaLiteChart"]').first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    # Columns stand right of the rows' names; the second of five, in the first row below the heads.
    page.mouse.click(box["x"] + 110 + (box["width"] - 110) * 0.3, box["y"] + 45)
    page.wait_for_url(re.compile(r"/moved\?.*cell=basic\.\.potential"))
    settle(page)
    assert "months=3" in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{upgraded} customer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("from Basic to Potential")
    expect(page.get_by_text(re.compile(r"in the 3 months before \d+ of \d+")).first).to_be_visible()
    assert page.locator("table").first.locator("tbody tr").count() == min(upgraded, 20)

    page.get_by_role("button", name="Export").click()
    assert page.get_by_role("button", name=re.compile("^CSV")).count() == 0
    page.get_by_label("What is the list for?").fill("call those who rose")
    page.get_by_label("What is the list for?").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^CSV")).click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert len(rows) == upgraded
    assert all(re.fullmatch(r"C\d+", row["Customer"]) for row in rows)
    deeds = [json.loads(line) for line in (folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    taken = next(deed for deed in reversed(deeds) if deed["event"] == "exported")
    assert (taken["purpose"], taken["rows"], taken["list"]) == (
        "call those who rose",
        str(upgraded),
        "basic..potential",
    )
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Send to plan").click()
    page.get_by_label("Name of this audience").fill("Risen this quarter")
    page.get_by_label("Name of this audience").press("Enter")
    page.get_by_role("button", name="Keep the audience").click()
    settle(page)
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    (kept,) = [view for view in views.of_owner(workspace, "gu.ruolan@demo.example") if view.page == "plan"]
    assert (kept.name, kept.query) == ("Risen this quarter", "cell=basic..potential&months=3")
