"""A forest names each of its lines, wherever the name stands, and draws no layer for what it does not have."""

from __future__ import annotations

import re

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


def test_a_row_bears_its_own_name_and_ends_where_the_plot_does():
    rows = [Row("first", 1.0, -9.0, 3.0, "better", ""), Row("second", 7.0, 2.0, 9.0, "none", "")]
    spec = forest.chart(rows, [], Columns(), reach=(-2.0, 5.0), alt_text="x", key="x").spec
    assert [(row["name"], row["start"], row["estimate"], row["end"]) for row in spec["datasets"]["rows"]] == [
        ("first", -2.0, 1.0, 3.0),
        ("second", 2.0, None, 5.0),
    ]
    axes = [axis for one in spec["layer"] if (axis := one["encoding"].get("y", {}).get("axis"))]
    assert {axis["labelExpr"] for axis in axes} == {'{"0": "first", "1": "second"}[datum.value]'}


def test_who_cannot_see_it_is_told_its_rows():
    told = forest.chart(ROWS, [], Columns(), reach=(-0.5, 0.5), alt_text="No difference shown", key="x").alt
    assert told == "No difference shown · one 0.1 · two 0.2"


def test_the_axis_reaches_from_end_to_end_and_columns_stand_beyond_it():
    rows = [Row("a", 1.0, -1.0, 2.0, "none", "x", ("9",))]
    chart = forest.chart(
        rows, [], Columns(("n",), (1.0,), 0.5), reach=(-2.0, 3.0), alt_text="x", key="f", axis="datum.label"
    )
    told = {
        layer["encoding"]["x"]["scale"]["domain"]["expr"]
        for layer in chart.spec["layer"]
        if "scale" in layer["encoding"].get("x", {})
    }
    (domain,) = told
    assert re.fullmatch(r"\[-2, width > \d+ \? 8 : 3\]", domain), "a plot of half the width: -2 to 3 is half of -2 to 8"
