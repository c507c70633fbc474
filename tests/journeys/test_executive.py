"""The five minutes of an executive: read, follow a claim to its evidence, come back, take slides and the page along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation

from answers.summary import summary
from data_access.reading.reader import Reader
from story import words
from story.summary import summary as story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.journeys.conftest import settle
from tests.reports.told import squeezed

pytestmark = pytest.mark.journey
QUARTER = "2026-Q2"


def test_an_executive_follows_a_claim_and_takes_the_summary_along(visit: Callable[..., Page], folder: Path):
    warehouse = warehouse_of(str(folder / "warehouse"))
    answer = summary.ask(Reader(viewer(), warehouse), summary.Choice(QUARTER))
    warehouse.close()
    words.speak("en")
    told = story.tell(answer)
    best = answer.programme.listed.iloc[int(answer.programme.order[0])]

    page = visit("Shen Qinghe", f"summary?period={QUARTER}")
    title = page.get_by_role("heading", level=1)
    assert squeezed(title.inner_text()) == squeezed(told.headline)

    page.get_by_role("button", name="Evidence").nth(len(told.cards)).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Rows behind the number")).to_be_visible()
    expect(dialog.get_by_text("Data version")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("link", name=re.compile("Highest return")).click()
    page.wait_for_url(re.compile(rf"/campaign\?.*campaign={best['campaign_id']}"))
    settle(page)
    assert f"period={QUARTER}" in page.url
    page.go_back()
    page.wait_for_url(re.compile(rf"/summary\?.*period={QUARTER}"))
    settle(page)
    assert squeezed(title.inner_text()) == squeezed(told.headline)

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as slides:
        page.get_by_role("button", name="Slides (PPTX)").click()
    deck = Presentation(io.BytesIO(slides.value.path().read_bytes()))
    titles = [squeezed(slide.shapes.title.text_frame.text) for slide in deck.slides]
    headings = [squeezed(block.heading) for row in told.rows for block in row]
    assert titles == [squeezed(told.headline), *headings]
    with page.expect_download() as document:
        page.get_by_role("button", name="PDF", exact=True).click()
    read = pypdf.PdfReader(io.BytesIO(document.value.path().read_bytes()))
    printed = squeezed("".join(sheet.extract_text() for sheet in read.pages))
    assert len(read.pages) == 1
    assert [text for text in (told.headline, *headings) if squeezed(text) not in printed] == []
