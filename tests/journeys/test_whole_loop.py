"""The whole loop in a browser: planned, split, frozen, handed over, carried out, watched, judged, learned from.

The bank has the demo's data as its own, behind its identity provider. Its campaign system is `campaign_system`, which
takes the audience that the page hands over and brings back what happened as a feed, by the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_access import demo
from data_access.loading.publish import publish_arrow
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.versions import open_store
from tests.journeys import campaign_system, on_day, own_bank
from tests.journeys.campaign_system import Campaign
from tests.journeys.conftest import TURN, asks, settle
from tests.journeys.own_bank import Bank

pytestmark = pytest.mark.journey

PLANNER = Viewer("mei@bank.example", "Mei Lan", Role.PLANNER, WHOLE_BANK, True)
LEAD = Viewer("zhao@bank.example", "Zhao Rong", Role.EXECUTIVE, WHOLE_BANK)
HEAD = Viewer("lin@bank.example", "Lin Yue", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)

DAY: Final = timedelta(days=1)
BEGINS, ENDS = demo.AS_OF + 8 * DAY, demo.AS_OF + 35 * DAY
"""A Monday, and the Sunday four weeks later."""
STOPPED = BEGINS + 13 * DAY
"""The Sunday after which it is stopped."""
CLOSED = BEGINS + 34 * DAY
"""The Sunday after all windows have closed: a purchase counts for 30 days."""

NAME: Final = "Spring by phone"
BECAUSE: Final = "Nobody buys by phone"
LEARNED: Final = "Before the year's end nobody buys by phone"
DECIDED: Final = "It does not pay by phone"
TO_DO: Final = "Take the script off the desks"


@dataclass
class Office:
    """The people of the bank at their screens."""

    bank: Bank
    stranger: Callable[..., BrowserContext]
    ahead: Path

    def on(self, day: date) -> None:
        """Moves the day on which the people work."""
        self.ahead.write_text(str((day - date.today()).days), "utf-8")

    def opens(self, who: Viewer, path: str) -> Page:
        """A page in a window of somebody's own."""
        page = self.bank.comes_in(self.stranger(), who.email.partition("@")[0], path)
        page.wait_for_url(f"{self.bank.app}/{path.partition('?')[0]}*")
        settle(page)
        return page

    def goes(self, page: Page, path: str) -> Page:
        """The same window at another page."""
        page.evaluate(TURN, f"/{path}")
        settle(page)
        return page


@pytest.fixture
def office(tmp_path: Path, stranger: Callable[..., BrowserContext]) -> Iterator[Office]:
    tables = demo.generate(0.004, demo.SEED)
    publish_arrow(open_store(str(tmp_path / "warehouse")), tables, source="feed", currency="CNY", as_of=demo.AS_OF)
    ahead = tmp_path / "days_ahead"
    ahead.write_text("0", "utf-8")
    with own_bank.opened(tmp_path, on_day.program(ahead, "streamlit")) as bank:
        for one in (PLANNER, LEAD, HEAD):
            bank.employs(one)
        yield Office(bank, stranger, ahead)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def write(page: Page, label: str, text: str, end: str = "Enter") -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press(end)
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    field = page.get_by_role("combobox", name=label)
    field.fill(option)
    field.press("Enter")
    settle(page)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading").filter(has_text=text)).to_be_visible()


def test_what_is_planned_is_watched_judged_and_teaches_the_next_plan(office: Office):
    office.on(demo.AS_OF + DAY)
    page = office.opens(
        PLANNER,
        f"plan?product=P02&channels=phone&starts_on={BEGINS}&ends_on={ENDS}&days=30&target=200000000&budget=6000000",
    )
    campaign = planned(page)

    office.on(STOPPED + DAY)
    campaign.half_way(STOPPED)
    campaign_system.loads(office.bank.folder, office.ahead, campaign.feed, STOPPED)
    watched_and_stopped(office.goes(page, f"running?campaign={campaign.campaign_id}"), campaign.campaign_id)

    office.on(CLOSED + DAY)
    campaign.over(STOPPED)
    campaign_system.loads(office.bank.folder, office.ahead, campaign.feed, CLOSED)
    judged(office.goes(page, f"loop?campaign={campaign.campaign_id}"), campaign.campaign_id)
    approved_and_done(office, campaign.campaign_id)
    cited(office, page, campaign.campaign_id)


def planned(page: Page) -> Campaign:
    """Held out, split, saved, frozen; the audience handed over."""
    page.get_by_role("button", name="Whom").click()
    write(page, "Control, %", "30")
    asks(page, "control=30")
    page.keyboard.press("Escape")
    page.get_by_text("split by tier, channel, branch", exact=True).click()
    settle(page)
    heading(page, "As the past went: ")
    press(page, "Save")
    write(page, "Name of the plan", NAME)
    press(page, "Save the plan")
    asks(page, "plan=")
    assert "control=30" not in page.url, "what is saved needs no place in the link"
    page.keyboard.press("Escape")
    press(page, "Freeze this plan")
    assert page.get_by_role("button", name="Audience as a feed").count() == 0, "customers leave with a purpose alone"
    write(page, "What is the list for?", "for the bank's campaign system")
    with page.expect_download() as download:
        page.get_by_role("button", name="Audience as a feed").click()
    campaign = Campaign.handed_over(Path(download.value.path()).read_bytes())
    assert abs(len(campaign.control) - 0.3 * len(campaign.feed["campaign_member"])) <= 1
    return campaign


def watched_and_stopped(page: Page, campaign: str) -> None:
    """The match confirmed, taken back and confirmed; the alarm answered; the deed and its reason stand there."""
    proposal = page.get_by_text(f"{NAME} looks like the frozen plan {NAME}: same product, starts on the planned day")
    for key in ("match_confirmed", "unmatch", "match_confirmed"):
        expect(proposal).to_have_count(int(key == "match_confirmed"))
        page.locator(f".st-key-{key}_{campaign} button").click()
        settle(page)
    expect(page.get_by_text(f"{NAME} carries out the plan {NAME}, as ")).to_be_visible()
    expect(page.get_by_text("band: forecast frozen on 16 Nov 2026").first).to_be_visible()
    heading(page, "Behind the forecast: 3 conversions")
    heading(page, f"{NAME}: stop new calls")
    write(page, "Why", BECAUSE)
    press(page, "Stop new calls")
    heading(page, f"{NAME}: stopped, decided")
    expect(page.get_by_text("decided on 7 Dec 2026").first).to_contain_text(BECAUSE)


def judged(page: Page, campaign: str) -> None:
    """Held against its forecast and its control; evaluated, and decided upon."""
    heading(page, f"{NAME}: fewer took part than forecast, no difference to the control shown")
    heading(page, "Why: above all the rate")
    write(page, "What was learned", LEARNED, "Control+Enter")
    press(page, "Save the evaluation")
    page.locator(f".st-key-loop_verdict_{campaign}").get_by_text("Stop", exact=True).click()
    settle(page)
    write(page, "Because", DECIDED)
    write(page, "What they do", TO_DO)
    choose(page, "Who acts", HEAD.name)
    choose(page, "Where", "Lakeside")
    press(page, "Record")
    expect(page.get_by_text("waits for approval").first).to_be_visible()


def approved_and_done(office: Office, campaign: str) -> None:
    """Approved by another, seen by who acts on My week, closed there."""
    lead = office.opens(LEAD, "summary")
    expect(lead.get_by_text(DECIDED)).to_have_count(1)
    lead.locator(f".st-key-approve_{campaign}_1 button").click()
    settle(lead)
    expect(lead.get_by_text(DECIDED)).to_have_count(0)
    head = office.opens(HEAD, "week")
    expect(head.get_by_text(TO_DO)).to_have_count(1)
    head.locator('[class*="st-key-close_"] button').click()
    settle(head)
    expect(head.get_by_text(TO_DO)).to_have_count(0)
    expect(head.get_by_text("Done: closed.")).to_be_visible()


def cited(office: Office, page: Page, campaign: str) -> None:
    """The next plan learned from it, says what was learned and decided, and stands on the board as citing it."""
    office.goes(page, "plan?product=P02&channels=phone")
    heading(page, "1 of the campaigns it rests on was evaluated")
    expect(page.get_by_text("evaluated", exact=False).first).to_be_visible()
    press(page, "Freeze this plan")
    office.goes(page, f"loop?campaign={campaign}")
    heading(page, "1 plan already cites them")
