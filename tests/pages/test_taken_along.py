"""All that a page shows can be taken along: itself as PDF and slides, tables as CSV and XLSX, charts as pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from reports.edition import Edition
from story import sitemap
from story.parts import Chart, Story, Table
from tests.pages.conftest import with_open
from ui.take import export

App = Callable[..., AppTest]


LISTS = {"customers", "moved"}
"""Pages of single customers: taken along with a purpose alone, as their own tests say."""


@pytest.mark.parametrize("key", [row.key for row in sitemap.ROWS if row.key not in LISTS])
def test_every_block_of_every_page_has_its_files(app: App, key: str, monkeypatch: pytest.MonkeyPatch):
    told: list[Story] = []
    files: list[str] = []

    def delivered(_: object, file: str, make: Callable[[], bytes], **__: str) -> Callable[[], bytes]:
        files.append(file)
        return make

    def buttons(edition: Edition, **others: Any) -> None:
        told.append(edition.story)
        offer(edition, **others)

    offer = export.buttons
    monkeypatch.setattr("ui.page.Page.delivered", delivered)
    monkeypatch.setattr("ui.take.purpose.asked", lambda: "to call them")
    monkeypatch.setattr("ui.take.export.buttons", buttons)
    page = app(key, campaign="K051", staff="E00001")
    assert f"{key}.pdf" not in files
    with_open(page, export.MENU)
    assert not page.exception
    assert not page.error
    shown = [block.shown for row in told[0].rows for block in row]
    wanted: set[str] = set()
    for one in shown:
        if isinstance(one, Chart):
            wanted |= {f"{key}.pdf", f"{key}.pptx", f"{key}_{one.key}.png", f"{key}_{one.key}.svg"}
        elif isinstance(one, Table):
            wanted |= {f"{key}.pdf", f"{key}.pptx", f"{key}_{one.key}.csv", f"{key}.xlsx"}
    assert wanted
    assert wanted <= set(files)
    assert len(page.get("vega_lite_chart")) == sum(isinstance(one, Chart) for one in shown)
