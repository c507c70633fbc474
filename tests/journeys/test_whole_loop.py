"""The whole loop in a browser: planned, optimised, frozen, handed over, carried out, watched, judged, learned from.

The bank is the demo's, as a bank's own data behind its identity provider; its campaign system is this file, which takes
the audience that the page hands over and brings back what happened as a feed, by the command line.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from data_access import demo
from data_access.loading.publish import publish_arrow
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.versions import open_store
from tests.journeys import own_bank
from tests.journeys.conftest import ROOT, settle
from tests.journeys.own_bank import Bank

pytestmark = pytest.mark.journey

PLANNER = Viewer("mei@bank.example", "Mei Lan", Role.PLANNER, WHOLE_BANK, True)
LEAD = Viewer("zhao@bank.example", "Zhao Rong", Role.EXECUTIVE, WHOLE_BANK)
HEAD = Viewer("lin@bank.example", "Lin Yue", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
BEGINS, ENDS, DAYS = demo.AS_OF + timedelta(days=8), demo.AS_OF + timedelta(days=35), 10
"""A Monday, the Sunday four weeks later, and the days in which a purchase counts."""

NAME: Final = "Spring by phone"
PROGRAM: Final = "tests.journeys.on_day"

Rows = list[dict[str, str]]


@dataclass
class Office:
    """The people of the bank at their screens, and its campaign system."""

    bank: Bank
    browser: Browser
    ahead: Path

    def on(self, day: date) -> None:
        """Moves the day on which the people work."""
        self.ahead.write_text(str((day - date.today()).days), "utf-8")

    def opens(self, who: Viewer, path: str) -> Page:
        """A page in a window of somebody's own."""
        context = self.browser.new_context(
            locale="en-US", viewport={"width": 1440, "height": 1000}, accept_downloads=True
        )
        context.set_default_timeout(30_000)
        page = self.bank.comes_in(context, who.email.partition("@")[0])
        settle(page)
        page.goto(f"{self.bank.app}/{path}")
        settle(page)
        return page

    def loads(self, tables: dict[str, Rows], as_of: date) -> str:
        """What the campaign system brings, loaded by the command line; what the command said."""
        feed = self.bank.folder / f"feed-{as_of}"
        feed.mkdir()
        for name, rows in tables.items():
            with (feed / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        (feed / "mapping.toml").write_text(f"as_of = {as_of}\n", "utf-8")
        asked = ["load", str(feed), "--warehouse", str(self.bank.folder / "warehouse"), "--rejects", str(feed)]
        command = [sys.executable, "-m", PROGRAM, str(self.ahead), "data_access", *asked]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("loop")
    tables = demo.generate(0.004, demo.SEED)
    publish_arrow(open_store(str(folder / "warehouse")), tables, source="feed", currency="CNY", as_of=demo.AS_OF)
    ahead = folder / "days_ahead"
    ahead.write_text("0", "utf-8")
    with own_bank.opened(folder, [sys.executable, "-m", PROGRAM, str(ahead), "streamlit"]) as bank:
        for one in (PLANNER, LEAD, HEAD):
            bank.employs(one)
        yield Office(bank, browser, ahead)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Control+Enter" if label == "What was learned" else "Enter")
    settle(page)


def test_loop(office: Office, tmp_path: Path):
    shots = Path("/tmp/loopshots"); shots.mkdir(exist_ok=True)
    import time as t; t0=t.time()
    def shot(page, name): page.screenshot(path=shots / f"{name}.png", full_page=True); print(name, round(t.time()-t0,1), flush=True)
    office.on(demo.AS_OF + timedelta(days=1))
    asked = f"plan?product=P02&channels=phone&starts_on={BEGINS}&ends_on={ENDS}&days={DAYS}&budget=6000000&target=200000000"
    page = office.opens(PLANNER, asked)
    shot(page, "plan1")
    page.get_by_role("button", name="Whom").click()
    page.get_by_role("textbox", name="Control, %").fill("30")
    page.get_by_role("textbox", name="Control, %").press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    field = page.get_by_role("combobox", name="Optimise")
    field.click()
    page.get_by_role("option", name="split by tier").click()
    settle(page)
    shot(page, "plan2")
    page.get_by_role("button", name="Save", exact=True).click()
    write(page, "Name of the plan", NAME)
    press(page, "Save the plan")
    page.keyboard.press("Escape")
    press(page, "Freeze this plan")
    write(page, "What is the list for?", "for the bank's campaign system")
    with page.expect_download() as download:
        page.get_by_role("button", name="Audience as a feed").click()
    handed: dict[str, Rows] = {}
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as packed:
        for name in packed.namelist():
            handed[name.removesuffix(".csv")] = list(csv.DictReader(io.StringIO(packed.read(name).decode())))
    shot(page, "plan3")
    members = handed["campaign_member"]
    print(len(members), handed["campaign"], handed["campaign_arm"])
    campaign = handed["campaign"][0]["campaign_id"]
    treated = [one for one in members if one["arm"] != "control"]
    control = [one for one in members if one["arm"] == "control"]
    as_of = BEGINS + timedelta(days=14)
    for place, one in enumerate(treated):
        called = BEGINS + timedelta(days=place % 12)
        one["assigned_at"] = f"{called} 00:00:00"
        one["contacted_at"] = f"{called} 10:00:00"
    for place, one in enumerate(control):
        called = BEGINS + timedelta(days=place % 12)
        one["assigned_at"] = f"{called} 00:00:00"
    print(office.loads(handed, as_of))
    office.on(as_of + timedelta(days=1))
    page = office.opens(PLANNER, f"running?campaign={campaign}")
    shot(page, "running1")
    page.locator(f".st-key-match_confirmed_{campaign} button").click()
    settle(page)
    shot(page, "running2")
