"""A branch head reads the team, opens a person, and takes the score along as a sheet that computes the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import formulas
import numpy as np
import openpyxl
import pytest
from playwright.sync_api import Page, expect
from xlsxwriter.utility import xl_col_to_name

from answers.people import score, team
from answers.people.choice import Choice
from answers.people.score import AT_FIRST
from data_access.reading.reader import Reader
from tests.data_access.small_bank import viewer, warehouse_of
from tests.journeys.conftest import asks, settle
from tests.journeys.test_journeys import faults
from ui.first import ROW_HEIGHT

pytestmark = pytest.mark.journey

Visit = Callable[..., Page]


def test_a_branch_head_reads_the_team_downloads_the_sheet_opens_a_person_and_comes_back(
    visit: Visit, folder: Path, tmp_path: Path
):
    page = visit("Gu Ruolan", "people?period=2025")
    expect(page.get_by_role("heading", level=1)).to_contain_text("members of staff")
    assert faults(page) == set()
    with page.expect_download() as download:
        page.get_by_role("button", name="Sheet that recomputes").click()
    file = tmp_path / "score.xlsx"
    download.value.save_as(file)

    warehouse = warehouse_of(str(folder / "warehouse"))
    answer = team.ask(Reader(viewer("B001"), warehouse), Choice("2025", "B001"))
    card = score.scored(answer.items, answer.breadth.breached, AT_FIRST)
    warehouse.close()
    assert card is not None
    assert np.isfinite(card.payable).any()
    first = openpyxl.load_workbook(file).worksheets[0]
    titles = [cell.value for cell in first[1]]
    column = xl_col_to_name(titles.index("Score that counts"))
    computed = formulas.ExcelModel().loads(str(file)).finish().calculate()
    for place, wanted in enumerate(card.payable):
        value = computed[f"'[score.xlsx]{first.title.upper()}'!{column}{7 + place}"].value.item()
        got = float("nan") if value == "" else float(value)
        assert got == pytest.approx(float(wanted), abs=1e-6, nan_ok=True)
    opens_a_person_and_comes_back(page)


def opens_a_person_and_comes_back(page: Page):
    """A row opens the person, and the way back keeps the choice."""
    table = page.locator('[data-testid="stDataFrame"]').first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + ROW_HEIGHT + 18)
    page.wait_for_url(re.compile(r"/person\?.*staff=E\d+"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("conversions were expected")
    expect(page.get_by_role("heading", name=re.compile("What was expected, and why"))).to_be_visible()
    assert faults(page) == set()
    page.get_by_role("link", name="All people").click()
    asks(page, "period=2025")
    assert "staff=" not in page.url
