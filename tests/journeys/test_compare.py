"""A planner compares two campaigns, changes the group, swaps, exports, and recomputes the verdict outside."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, asks

pytestmark = pytest.mark.journey

Visit = Callable[..., Page]


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).fill(option)
    page.get_by_role("option", name=option).first.click()


def test_a_planner_compares_two_campaigns_and_recomputes_the_verdict_outside(visit: Visit, tmp_path: Path):
    page = visit("Lu Zhixing", "compare?campaign=K058")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    choose(page, "Against", "against Dragon Boat wealth 2026")
    asks(page, "against=K051")
    expect(page.get_by_text("were in both campaigns").first).to_be_visible()
    choose(page, "Customers", "Tier · Potential")
    asks(page, "who=tier-potential")
    expect(page.get_by_text("Wealth check-up 2026 against Dragon Boat wealth 2026").first).to_be_visible()
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_text("Dragon Boat wealth 2026 against Wealth check-up 2026").first).to_be_visible()
    asks(page, "swap=1")
    page.get_by_role("button", name="Minutes").click()
    expect(page.get_by_text("What the verdict rests on").first).to_be_visible()
    minutes = page.locator('[data-testid="stCode"]').first.inner_text()
    assert "nobody drew the groups" in minutes
    page.keyboard.press("Escape")
    with page.expect_download() as inputs:
        page.get_by_role("button", name="Inputs").click()
    with zipfile.ZipFile(inputs.value.path()) as archive:
        archive.extractall(tmp_path)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "recompute.py")],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    verdict, _, rows = ran.stdout.partition("\n")
    # As laid out, the first campaign less the second; the page shows it the other way round.
    difference = float(re.search(r"conversion_rate +\S+ +\S+ +(\S+)", rows)[1])
    shown = re.search(r"Conversion: .*difference ([−+]?[\d.]+)", minutes.replace("\N{WORD JOINER}", ""))[1]
    assert float(shown.replace("−", "-")) == pytest.approx(-difference * 100, abs=0.51)
    assert verdict in {"none", "more", "less"}
