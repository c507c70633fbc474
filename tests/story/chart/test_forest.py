"""A forest names each of its lines, wherever the name stands, and draws no layer for what it does not have."""

from __future__ import annotations

import vl_convert

from story.chart import forest
from story.chart.forest import Columns, Mark, Row

ROWS = [Row("one", 0.1, -0.2, 0.4, "none", "0.1"), Row("two", 0.2, 0.1, 0.3, "better", "0.2")]
MARKS = [
    Mark(0.0, "left above", 0, 1, align="left"),
    Mark(0.1, "right above", 0, 1, align="right"),
    Mark(0.2, "centre below", 0, 1, below=True),
    Mark(0.3, "", 0, 1),
]


def drawn(marks: list[Mark], band: tuple[float, float] | None = None) -> str:
    chart = forest.chart(ROWS, marks, Columns(), reach=(-0.5, 0.5), alt_text="x", key="x", band=band)
    return vl_convert.vegalite_to_svg({**chart.spec, "width": 600})


def test_every_name_of_a_line_is_written_once():
    picture = drawn(MARKS)
    assert [picture.count(f">{mark.name}<") for mark in MARKS if mark.name] == [1, 1, 1]


def test_a_band_is_drawn_where_there_is_one():
    rectangles = [drawn(MARKS, band).count("mark-rect") for band in (None, (-0.1, 0.1))]
    assert rectangles == [0, 1]
