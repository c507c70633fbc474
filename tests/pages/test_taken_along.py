"""All that a page shows can be taken along: itself as PDF and slides, its tables as CSV and XLSX, charts as pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from story import sitemap
from story.parts import Chart, Story, Table
from ui import tell

App = Callable[..., AppTest]


@pytest.mark.parametrize("key", [row.key for row in sitemap.ROWS if row.key != "customers"])
def test_every_block_of_every_page_has_its_files(app: App, key: str, monkeypatch: pytest.MonkeyPatch):
    told: list[Story] = []
    files: list[str] = []

    def delivered(_: object, file: str, make: Callable[[], bytes], **__: str) -> Callable[[], bytes]:
        files.append(file)
        return make

    monkeypatch.setattr("ui.page.Page.delivered", delivered)
    monkeypatch.setattr("ui.purpose.asked", lambda: "to call them")
    body = tell.body
    monkeypatch.setattr("ui.tell.body", lambda story, *rest: (told.append(story), body(story, *rest)))
    page = app(key, campaign="K051")
    assert not page.exception
    shown = [block.shown for row in tell.as_shown(told[0]).rows for block in row]
    wanted = {f"{key}.pdf", f"{key}.pptx"}
    for one in shown:
        if isinstance(one, Chart):
            wanted |= {f"{key}_{one.key}.png", f"{key}_{one.key}.svg"}
        elif isinstance(one, Table):
            wanted |= {f"{key}_{one.key}.csv", f"{key}.xlsx"}
    assert set(files) == wanted
    charts = sum(isinstance(one, Chart) for one in shown)
    assert len(page.get("vega_lite_chart")) == charts
