"""The Monday of a branch head, and the next one after a new load: the list goes on where it stood."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from data_access.demo.clock import AS_OF
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.versions import open_store
from data_access.workspace import notes, tasks
from data_access.workspace.notes import Pin, PinnedTo
from data_access.workspace.tasks import Key, State
from tests.journeys import own_bank, two_weeks
from tests.journeys.conftest import settle
from tests.journeys.own_bank import Bank

pytestmark = pytest.mark.journey
SCALE = 0.002
HEAD = Viewer("lin@bank.example", "Lin Yue", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
CAUSE = "Two advisers were on a course until Thursday."


@dataclass
class Branch:
    """A branch head at work: their browser and what is kept for them."""

    stranger: Callable[..., BrowserContext]
    bank: Bank

    def monday(self) -> Page:
        """My week, opened in the morning in a new window."""
        page = self.bank.comes_in(self.stranger(), "lin")
        page.get_by_text("With the rows that are ticked").wait_for()
        settle(page)
        ticks(page).first.wait_for()
        return page

    def steps(self) -> dict[Key, tuple[State, str | None]]:
        """What was last done with each task, and to whom it was given."""
        every = tasks.listed(self.bank.workspace, WHOLE_BANK, AS_OF.replace(year=2000), AS_OF)
        return {key: (task.last.state, task.last.staff_id) for key, task in every.items()}


@pytest.fixture
def branch(tmp_path: Path, stranger: Callable[..., BrowserContext]) -> Iterator[Branch]:
    two_weeks.publish(open_store(str(tmp_path / "warehouse")), SCALE, AS_OF - two_weeks.WEEK)
    with own_bank.opened(tmp_path) as bank:
        bank.employs(HEAD)
        yield Branch(stranger, bank)


def ticks(page: Page) -> Locator:
    return page.get_by_test_id("stForm").filter(has_text="With the rows that are ticked").get_by_test_id("stCheckbox")


def tick_of(key: Key) -> str:
    """The row of a task, as the page names it."""
    return ".st-key-task_" + re.sub(r"[^A-Za-z0-9_-]", "-", "_".join(key))


def said(page: Page) -> list[str]:
    """The rows as they are read."""
    return [tick.inner_text() for tick in ticks(page).all()]


def test_a_branch_head_reads_assigns_does_notes_and_prints_and_next_monday_the_list_goes_on(branch: Branch):
    reads_assigns_does_notes_and_prints(branch)
    goes_on_and_tells_what_came_of_the_last(branch)


def reads_assigns_does_notes_and_prints(branch: Branch):
    page = branch.monday()
    expect(page.get_by_text("9 Nov").or_(page.get_by_text("8 Nov 2026")).first).to_be_visible()
    rows = said(page)
    assert len(rows) > 3

    for place in (0, 1):
        ticks(page).nth(place).locator("label").click()
    page.get_by_label("Assign to").click()
    page.get_by_label("Assign to").press("ArrowDown")  # a list that opens while the page scrolls is closed again
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Assign", exact=True).click()
    settle(page)
    assert [step for step in branch.steps().values() if step[1]], "two rows are somebody's"

    ticks(page).nth(2).locator("label").click()
    page.locator(".st-key-task_done button").click()
    settle(page)
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    assert rows[2] not in said(page)
    assert said(page)[:2] == rows[:2]

    page.get_by_label("New note").fill(CAUSE)
    page.get_by_role("button", name="Add the note").click()
    settle(page)
    expect(page.get_by_text(CAUSE).first).to_be_visible()

    page.get_by_role("button", name="Export").click()
    assert page.get_by_role("button", name="PDF", exact=True).count() == 0, "customers leave with a purpose alone"
    page.get_by_label("What is the list for?").fill("Monday's round")
    page.get_by_label("What is the list for?").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF", exact=True).click()
    printed = "".join(
        one.extract_text() for one in pypdf.PdfReader(io.BytesIO(download.value.path().read_bytes())).pages
    )
    assert rows[0].split(" ")[0] in printed
    deeds = [json.loads(line) for line in (branch.bank.folder / "audit.jsonl").read_text("utf-8").splitlines()]
    assert ("week.pdf", "Monday's round") in {(deed.get("file"), deed.get("purpose")) for deed in deeds}
    page.close()


def goes_on_and_tells_what_came_of_the_last(branch: Branch):
    before = branch.steps()
    ours = {key: step for key, step in before.items() if step[1]}
    (done,) = (key for key, step in before.items() if step[0] is State.DONE)
    assert len(ours) == 2
    two_weeks.publish(open_store(str(branch.bank.folder / "warehouse")), SCALE)

    page = branch.monday()
    expect(page.get_by_text("15 Nov 2026").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^Last week.s list: 1 of \d+ done$"))).to_be_visible()
    rows = said(page)
    assert len(rows) == len(set(rows))
    assert page.locator(tick_of(done)).count() == 0, "what is done does not come back"
    assert sum(page.locator(tick_of(key)).count() for key in ours) > 0, "what is somebody's goes on"

    after = branch.steps()
    assert after.keys() >= before.keys(), "nothing is lost"
    assert {key: after[key] for key in [*ours, done]} == {key: before[key] for key in [*ours, done]}
    pinned = notes.of(branch.bank.workspace, WHOLE_BANK, [Pin(PinnedTo.WEEK, "2026-W45")])
    assert [one.text for one in pinned] == [CAUSE]
    page.close()
