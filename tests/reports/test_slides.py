"""Slides hold the texts of the story, its numbers as charts and tables to edit, in the template of the bank."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE

from metrics.catalogue import Unit
from reports import slides
from reports.errors import TemplateError
from reports.slides import deck, reading, template
from story import words
from story.chart import bridge, clock
from story.chart.over_time import band, trend
from story.chart.theme import LIGHT
from story.columns import Column
from story.parts import Table, Views
from tests.reports import told


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    words.speak(request.param)
    yield request.param
    words.speak("en")


def opened(story) -> Any:
    return Presentation(io.BytesIO(slides.pptx(told.edition(story))))


def shapes(presentation: Any) -> Iterator[Any]:
    for slide in presentation.slides:
        yield from slide.shapes


def written(presentation: Any) -> str:
    found: list[str] = []
    for shape in shapes(presentation):
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return told.squeezed("\n".join(found))


def chart_of(chart) -> Any:
    (found,) = [shape.chart for shape in shapes(opened(told.story(chart))) if shape.has_chart]
    return found


def test_every_text_of_the_story_stands_on_a_slide(language: str):
    story = told.full()
    found = written(opened(story))
    # Of several views a deck shows the first; the others stand in the PDF.
    (views,) = [block.shown for row in story.rows for block in row if isinstance(block.shown, Views)]
    left_out = {*views.names.values(), *(text for column in views.tables["b"].columns for text in column.texts("CNY"))}
    left_out |= {column.header("CNY") for column in views.tables["b"].columns}
    assert [text for text in told.texts(story) if text not in left_out and told.squeezed(text) not in found] == []


def test_the_headline_is_the_first_title_and_each_finding_that_of_its_slide():
    titles = [slide.shapes.title.text_frame.text for slide in opened(told.full()).slides]
    assert titles[0] == "Three of nine paid"
    assert titles[1:] == ["finding 0", "finding 1", "finding 2", "finding 3", "finding 4", "left", "right"]


def test_intervals_are_lines_that_can_be_edited_by_name():
    chart = chart_of(told.forest())
    assert chart.chart_type is XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
    series = {one.name: list(one.iter_values()) for one in chart.plots[0].series}
    across = {one.name: [float(v.text) for v in one._element.xpath("./c:xVal//c:v")] for one in chart.plots[0].series}
    assert series == {"seven": [0.0] * 3, "three": [-1.0] * 3, "nine": [-2.0] * 3}
    assert across == {"seven": [0.5, 1.5, 2.5], "three": [-2.0, -0.5, 1.0], "nine": [-3.0, -2.0, -1.0]}
    colours = [f"#{one.format.line.color.rgb}" for one in chart.plots[0].series]
    assert colours == [LIGHT.better, LIGHT.none, LIGHT.worse]


def test_bars_keep_their_order_their_numbers_and_what_is_written_at_their_ends():
    chart = chart_of(told.funnel())
    assert list(chart.plots[0].categories) == ["Assigned", "Took part"]
    assert list(chart.plots[0].series[0].values) == [200.0, 50.0]
    labels = [point.data_label.text_frame.text for point in (chart.plots[0].series[0].points[row] for row in range(2))]
    assert labels == ["200 all", "50 part"]
    assert chart.value_axis.minimum_scale == 0.0
    assert chart.category_axis.reverse_order


def test_bars_with_a_column_of_text_beside_them_are_a_picture():
    drawn = told.funnel()
    (text,) = [layer for layer in drawn.spec["layer"] if "field" in layer["encoding"].get("text", {})]
    beside = replace(drawn, spec={**drawn.spec, "layer": [*drawn.spec["layer"], text]})
    assert reading.read(drawn) is not None
    assert reading.read(beside) is None


def test_neither_a_number_nor_a_name_is_broken_where_a_table_is_wide():
    long = "Promised contact overdue, wealth tier: the last was 65 days ago, and nobody has called the customer since"
    columns = (
        Column("Why now", [long] * 2),
        Column("Customer", ["C0016092"] * 2),
        Column("Participation of all who were contacted, in percent", np.array([2_680_000.0, 1.0]), Unit.COUNT),
        Column("Whose, by when", ["Wu Xinyi · now · assigned by gu.ruolan@demo.example on 29 November"] * 2),
    )
    (table,) = [shape.table for shape in shapes(opened(told.story(Table(columns, "x", "x")))) if shape.has_table]
    widths = [column.width for column in table.columns]
    signs = [width / sum(widths) * 86 for width in widths]
    assert signs[1] >= 0.64 * len("C0016092") + 2
    assert signs[2] < 20, "a header is written in two lines before text is broken into four"
    assert signs[0] > 30


def test_actual_and_planned_are_two_series_and_what_is_not_booked_has_no_bar():
    chart = chart_of(told.costs())
    assert {series.name: list(series.values) for series in chart.plots[0].series} == {
        "actual": [100.0, None],
        "plan": [90.0, 40.0],
    }


def test_weeks_are_lines_over_days_in_the_readers_language(language: str):
    chart = chart_of(told.weeks())
    assert list(chart.plots[0].categories) == {"en": ["26 Oct", "2 Nov"], "zh": ["10月26日", "11月2日"]}[language]
    assert {series.name: list(series.values) for series in chart.plots[0].series} == {
        "contacted": [30.0, 12.0],
        "bought": [3.0, 4.0],
    }


def test_a_curve_goes_in_steps_between_its_limits():
    chart = chart_of(told.curves())
    points = {series.name: list(series.iter_values()) for series in chart.plots[0].series}
    assert points == {
        "treated": [0.0, 0.0, 0.25, 0.25, 0.5],
        "treated, low": [0.0, 0.0, 0.125, 0.125, 0.25],
        "treated, high": [0.0, 0.0, 0.5, 0.5, 0.75],
    }


def test_where_a_limit_is_unknown_none_is_drawn():
    nan = float("nan")
    curve = ([0.0, 0.25], [nan, 0.125], [nan, 0.5])
    chart = chart_of(trend.survival(range(2), {"treated": curve}, ["text"], alt_text="a curve", key="age"))
    assert {series.name: list(series.iter_values()) for series in chart.plots[0].series} == {
        "treated": [0.0, 0.0, 0.25],
        "treated, low": [0.125],
        "treated, high": [0.5],
    }


def test_a_bridge_is_bars_to_edit_each_from_where_the_last_one_ended():
    chart = chart_of(told.balance())
    assert chart.chart_type is XL_CHART_TYPE.BAR_STACKED
    assert list(chart.plots[0].categories) == ["Before", "New", "After"]
    begins, change, below, bearer = chart.plots[0].series
    assert [list(one.values) for one in (begins, change, below)] == [[100, 100, 125], [0, 25, 0], [0, 0, 0]]
    assert [bearer.points[row].data_label.text_frame.text for row in range(3)] == ["| 100", "+25", "| 125"]
    assert f"#{change.points[1].format.fill.fore_color.rgb}" == LIGHT.better


def test_a_bridge_through_zero_is_a_bar_on_each_side_of_it():
    changes = [-30.0, -50.0, 15.0, 80.0]
    names = ["Before", *(f"Step {step}" for step in range(4)), "After"]
    roles = ["worse", "worse", "better", "better"]
    shown = bridge.chart(names, 20.0, changes, names, roles, alt_text="bridge", key="bridge")
    begins, change, below, _ = (list(one.values) for one in chart_of(shown).plots[0].series)
    assert begins == [20, 0, -10, -45, 0, 35]
    assert change == [0, 20, 0, 0, 35, 0]
    assert below == [0, -10, -50, -15, -45, 0]


def days_in_a_band() -> Any:
    days = [date(2026, 11, day) for day in (2, 3, 4)]
    rows = {"estimate": [1.0, 2.0, 1.5], "low": [0.0] * 3, "high": [3.0] * 3, "look": False, "hover": ""}
    lines = [(0.0, "no effect", False)]
    return band.chart(days, pd.DataFrame(rows), lines, role="none", label="datum.value", alt_text="band", key="band")


def months_of_grace() -> Any:
    names = ["month 1", "month 2"]
    return clock.chart(
        names, [3.0, 1.0], ["3", "1"], ["2 of 9", "1 of 4"], ["none"] * 2, "fell", alt_text="clock", key="clock"
    )


def two_dots_one_unknown() -> Any:
    shown = told.forest()
    spec = json.loads(json.dumps(shown.spec))
    for rows in spec["datasets"].values():
        for row in rows:
            if row.get("name") == "three":
                row.update({name: None for name, value in row.items() if value == -0.5})
    return replace(shown, spec=spec, alt="forest")


@pytest.mark.parametrize("drawn", [days_in_a_band, months_of_grace, two_dots_one_unknown])
def test_what_a_slide_cannot_draw_whole_is_a_picture_that_says_what_it_shows(drawn):
    chart = drawn()
    assert reading.read(chart) is None
    (picture,) = [shape for shape in shapes(opened(told.story(chart))) if hasattr(shape, "image")]
    assert picture._element.xpath(".//p:cNvPr")[0].get("descr") == chart.alt


def test_a_long_table_is_cut_where_it_says_so_and_stays_on_its_slides():
    presentation = opened(told.story(told.rows(71)))
    tables = [shape.table for shape in shapes(presentation) if shape.has_table]
    assert sum(len(table.rows) - 1 for table in tables) == deck.MOST_ROWS
    assert all(len(table.rows) - 1 <= deck.LINES for table in tables)
    assert told.squeezed(f"the first {deck.MOST_ROWS} of 71 rows") in written(presentation)
    assert told.squeezed("the first") not in written(opened(told.story(told.rows(deck.MOST_ROWS))))


def test_nothing_reaches_beyond_its_slide(language: str):
    presentation = opened(told.full())
    for shape in shapes(presentation):
        assert shape.left >= 0
        assert shape.top >= 0
        assert shape.left + shape.width <= presentation.slide_width
        assert shape.top + shape.height <= presentation.slide_height


def test_text_from_data_is_text():
    found = written(opened(told.story(headline=told.HOSTILE)))
    assert told.squeezed(told.HOSTILE) in found


def test_the_same_story_gives_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch):
    first = slides.pptx(told.edition(told.full()))
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 9, 0, 0, 0))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert slides.pptx(told.edition(told.full())) == first
    with ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-11-15T00:00:00Z" in archive.read("docProps/core.xml")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch):
    def use(path: Path) -> None:
        monkeypatch.setattr(deck, "settings", lambda: type("Set", (), {"slides_template": str(path)}))

    return use


def of_the_bank(path: Path, kind: bytes = b"presentation") -> Path:
    """A template of a bank's own: a size of its own, a sample slide, a layout with its mark."""
    presentation = Presentation()
    presentation.slide_width = 10_000_000
    presentation.slide_layouts[5].name = "Title of the bank"
    presentation.slides.add_slide(presentation.slide_layouts[0]).shapes.title.text = "Sample"
    plain = io.BytesIO()
    presentation.save(plain)
    with ZipFile(plain) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"presentationml.presentation.main", b"presentationml." + kind + b".main")
            target.writestr(name, content)
    return path


@pytest.mark.parametrize(("name", "kind"), [("bank.pptx", b"presentation"), ("bank.potx", b"template")])
def test_slides_are_made_in_the_banks_own_template(tmp_path: Path, own, name: str, kind: bytes):
    own(of_the_bank(tmp_path / name, kind))
    presentation = opened(told.full())
    assert presentation.slide_width == 10_000_000
    assert {slide.slide_layout.name for slide in presentation.slides} == {"Title of the bank"}
    assert presentation.slides[0].shapes.title.text_frame.text == "Three of nine paid"


@pytest.mark.parametrize("content", [None, b"no presentation"])
def test_a_template_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, own, content: bytes | None):
    path = tmp_path / "bank.pptx"
    if content is not None:
        path.write_bytes(content)
    own(path)
    with pytest.raises(TemplateError, match=r"bank\.pptx.*slides_template.*No file was written"):
        slides.pptx(told.edition(told.full()))


def test_a_layout_of_a_title_alone_is_chosen():
    _, layout = template.opened("")
    assert {placeholder.placeholder_format.type for placeholder in layout.placeholders} <= template.TITLES
