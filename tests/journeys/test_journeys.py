"""What each persona comes for, in a browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Choice
from data_access.reading.reader import Reader
from story.vocabulary import names
from story.words import speak
from tests.data_access.small_bank import viewer, warehouse_of
from tests.journeys.conftest import asks, settle
from ui.first import ROW_HEIGHT

pytestmark = pytest.mark.journey
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
STREAMLITS_OWN = {"list", "listitem", "svg-img-alt"}
"""Faults of Streamlit's own navigation and metric, on a page with nothing of ours wrong."""

Visit = Callable[..., Page]


def faults(page: Page) -> set[str]:
    """Rules of axe-core that the page breaks, Streamlit's own left out."""
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(r => r.violations.flatMap(v => v.nodes.map(n => [v.id, n.html])))"
    )
    # The place of `st.file_uploader` on which files are dropped is one for presentation that takes the focus.
    return {rule for rule, element in found if "stFileUploaderDropzone" not in element} - STREAMLITS_OWN


def test_a_planner_opens_a_campaign_by_a_click_comes_back_to_the_same_choice_and_takes_it_along(
    visit: Visit, folder: Path
):
    page = visit("Lu Zhixing", "?period=2026-q2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("campaigns can be judged")
    table = page.locator('[data-testid="stDataFrame"]').nth(2)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + ROW_HEIGHT * 3 + 18)
    page.wait_for_url(re.compile(r"/campaign\?.*campaign=K\d+"))
    settle(page)
    warehouse = warehouse_of(str(folder / "warehouse"))
    answer = campaigns.ask(Reader(viewer(), warehouse), Choice("2026-q2"))
    third = answer.listed.iloc[int(answer.order[2])]
    warehouse.close()
    speak("en")
    assert f"campaign={third['campaign_id']}" in page.url
    expect(page.get_by_text(names([third["name"]])[0]).first).to_be_visible()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Conversion")
    page.get_by_role("link", name="All campaigns").click()
    asks(page, "period=2026-q2")
    expect(page.get_by_text("2026, 2nd quarter").first).to_be_visible()
    takes_the_scorecard_along(page)


def takes_the_scorecard_along(page: Page):
    """As CSV and as XLSX."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as csv_file:
        page.get_by_role("button", name="CSV · Campaigns: Response").click()
    rows = list(csv.DictReader(io.StringIO(csv_file.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) >= 5
    assert {"Campaign", "Conversion", "Conversion, low", "Conversion, high", "Conversion, n", "Data version"} <= set(
        rows[0]
    )
    assert "2nd quarter" in rows[0]["Filter"]
    with page.expect_download() as xlsx_file:
        page.get_by_role("button", name="XLSX", exact=True).click()
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file.value.path().read_bytes()))
    assert book["Campaigns  Response"].max_row == len(rows) + 1
    assert [cell.value for cell in book["About"]["A"]][:2] == ["Filter", "Data version"]


def test_a_branch_head_reads_chinese_and_a_link_keeps_the_language(visit: Visit):
    page = visit("Gu Ruolan")
    page.get_by_text("中文").click()
    page.wait_for_url(re.compile("lang=zh"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("项")
    page.get_by_role("link", name="数据与口径").click()
    page.wait_for_url(re.compile(r"/data\?.*lang=zh"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("数据截至")


def test_an_executive_reads_on_a_phone(visit: Visit):
    page = visit("Shen Qinghe", width=390, mode="dark")
    title = page.get_by_role("heading", level=1)
    filters = page.locator('[data-testid="stSelectbox"]').first
    finding, control = title.bounding_box(), filters.bounding_box()
    assert finding is not None
    assert control is not None
    assert finding["y"] < control["y"]
    cards = [card.bounding_box() for card in page.locator('[data-testid="stMetric"]').all()]
    assert len({round(box["x"]) for box in cards if box}) == 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 2")


@pytest.mark.parametrize("path", ["", "campaign?campaign=K040"])
def test_an_administrator_finds_no_barrier(visit: Visit, path: str):
    page = visit("Bai Yu'an", path)
    assert faults(page) == set()
    assert page.locator('[data-testid="stException"]').count() == 0


def test_an_administrator_finds_no_barrier_and_by_keyboard_on_a_phone_reaches_what_scrolls(visit: Visit):
    page = visit("Bai Yu'an", "data")
    assert faults(page) == set()
    assert page.locator('[data-testid="stException"]').count() == 0
    page.set_viewport_size({"width": 320, "height": 1000})
    page.locator('[data-testid="stTable"] td').last.wait_for()
    page.keyboard.press("Tab")
    wide = page.locator('[data-testid="stTable"] div[tabindex="0"]')
    assert wide.count() >= 1
    wide.first.focus()
    page.keyboard.press("ArrowRight")
    expect(wide.first).not_to_have_js_property("scrollLeft", 0)
    assert faults(page) == set()


def test_a_link_asks_a_stranger_to_sign_in_and_then_shows_what_it_names(visit: Visit):
    page = visit("Ji Mingchuan", "campaign?campaign=K040&lang=zh", locale="en-US")
    assert "campaign=K040" in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("[\u4e00-\u9fff]"))


def test_a_reader_of_chinese_gets_a_chinese_document_and_a_reload_asks_nothing_again(visit: Visit):
    page = visit("Ji Mingchuan", "data", locale="zh-CN")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    expect(page).to_have_title("数据与口径 · Branchlight")
    page.reload()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("数据截至")
    page.get_by_role("button", name="切换用户").click()
    page.get_by_role("heading", name="请选择演示身份").wait_for()
    page.reload()
    page.get_by_role("heading", name="请选择演示身份").wait_for()
