"""A planner's day with a campaign that runs: a person says which plan it carries out, and takes that back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace.database import open_database
from tests.data_access.small_bank import warehouse_of
from tests.pages.running.planned import planned

PLANNER = Viewer("lu.zhixing@demo.example", "陆知行 Lu Zhixing", Role.PLANNER, WHOLE_BANK, True)


@pytest.mark.journey
def test_a_match_is_confirmed_and_taken_back(visit: Callable[..., Page], folder: Path, tmp_path: Path):
    warehouse = warehouse_of(str(shutil.copytree(folder / "warehouse", tmp_path / "warehouse")))
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    planned(workspace, Reader(PLANNER, warehouse), "K068", times=4.9, match=False)  # which nobody planned
    page = visit("Lu Zhixing", "running?campaign=K068")
    expect(page.get_by_role("heading", name="Mortgage advice 2026: nothing to decide today")).to_be_visible()
    proposal = page.get_by_text("Mortgage advice 2026 looks like the frozen plan Cover check-up")
    expect(proposal).to_be_visible()
    page.locator(".st-key-match_confirmed_K068 button").click()
    expect(page.get_by_text("Mortgage advice 2026 carries out the plan Cover check-up")).to_be_visible()
    expect(page.get_by_text("band: forecast frozen on").first).to_be_visible()
    page.locator(".st-key-unmatch_K068 button").click()
    expect(proposal).to_be_visible()
    workspace.dispose()
    warehouse.close()
