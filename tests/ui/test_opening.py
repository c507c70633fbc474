"""Which campaign opens: that of the row which was ticked, of the mark which was clicked, and nothing by itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story.chart import interval, theme
from story.columns import Column
from story.parts import Block, Opens, Story, Table
from ui import table, tell

IDS = ("K7", "K3", "K9")
OPENS = Opens("campaign", "campaign", IDS)
TABLE = Table((Column("Campaign", ["seven", "three", "nine"]),), "x", "x", OPENS)
SHARES = Intervals.of([0.2, 0.1, 0.3], [0.1, 0.05, 0.2], [0.3, 0.2, 0.4], n=[40, 40, 40])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What was opened: page and parameters."""
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("ui.filters.go", lambda page, **parameters: went.append((page, parameters)))
    return went


def selecting(monkeypatch: pytest.MonkeyPatch, kind: str, selection: Any) -> None:
    monkeypatch.setattr(f"streamlit.{kind}", lambda *_, **__: SimpleNamespace(selection=selection))


def plot():
    return interval.chart(
        ["seven", "three", "nine"],
        SHARES,
        written=lambda estimate, *_: f"{estimate:g}",
        axis=theme.axis_label(Unit.SHARE),
        alt_text="x",
        key="x",
        opens=OPENS,
    )


@pytest.mark.parametrize("row", range(3))
def test_a_ticked_row_opens_its_own_campaign(monkeypatch, opened, row: int):
    selecting(monkeypatch, "dataframe", SimpleNamespace(rows=[row]))
    table.draw(TABLE, "CNY")
    assert opened == [("pages/campaign.py", {"campaign": IDS[row]})]


def test_without_a_tick_nothing_opens(monkeypatch, opened):
    selecting(monkeypatch, "dataframe", SimpleNamespace(rows=[]))
    table.draw(TABLE, "CNY")
    assert opened == []


def test_a_clicked_mark_opens_the_campaign_whose_number_it_is(monkeypatch, opened):
    """Marks stand best first, so the first of them is not the first campaign."""
    chart = plot()
    (rows,) = (rows for rows in chart.spec["datasets"].values() if "place" in rows[0])
    assert [row["name"] for row in rows] == ["nine", "seven", "three"]
    for row in rows:
        selecting(monkeypatch, "vega_lite_chart", {"opened": [{"place": row["place"]}]})
        tell.body(Story("x", (), rows=((Block("", "", chart),),)))
    assert [parameters["campaign"] for _, parameters in opened] == ["K9", "K7", "K3"]


@pytest.mark.parametrize("selection", [{}, {"opened": {}}, {"opened": []}])
def test_a_chart_without_a_click_opens_nothing(monkeypatch, opened, selection):
    selecting(monkeypatch, "vega_lite_chart", selection)
    tell.body(Story("x", (), rows=((Block("", "", plot()),),)))
    assert opened == []


def test_a_mark_is_found_by_the_field_that_the_page_reads():
    """The chart names its selection, the page asks for it by the same name."""
    params = [each for layer in plot().spec["layer"] for each in layer.get("params", [])] + plot().spec.get(
        "params", []
    )
    assert [(each["name"], each["select"]["fields"]) for each in params] == [("opened", ["place"])]
    assert np.array([row["place"] for row in next(iter(plot().spec["datasets"].values()))]).tolist() == [2, 0, 1]
