"""The funnel and the ranges of ranks: what is drawn, what is cut, and names that cover no other."""

from __future__ import annotations

import numpy as np

from story.chart import ranges, result_funnel
from story.parts import Chart, Opens
from tests.pages.shown import marks

BAND = (np.array([1.0, 20.0]), np.array([[0.2, 0.6], [0.0, 0.4]]), np.array([[2.5, 1.5], [4.0, 1.7]]))


def opens(count: int) -> Opens:
    return Opens("person", "staff", tuple(f"E{place}" for place in range(count)))


def funnel(names: list[str], volume: list[float], ratio: list[float]) -> Chart:
    return result_funnel.chart(
        names,
        np.array(volume),
        np.array(ratio),
        ["text"] * len(names),
        names,
        others=(np.array([5.0, 6.0, 7.0]), np.array([1.0, np.nan, 9.0])),
        band=BAND,
        limits=("95 %", "99.8 %"),
        axis="expected",
        alt_text="A funnel.",
        key="funnel",
        opens=opens(len(names)),
    )


def test_who_has_no_number_is_left_out_and_the_others_open_their_own_page():
    drawn = funnel(["Li", "Wu", "Xu"], [5.0, 0.0, 10.0], [1.2, np.nan, 0.8])
    found = marks(drawn, "hover")
    assert [(mark["name"], mark["x"], mark["y"]) for mark in found] == [("Li", 5.0, 120.0), ("Xu", 10.0, 80.0)]
    assert [drawn.opens.values[mark["place"]] for mark in found] == ["E0", "E2"]


def test_what_lies_far_above_stands_at_the_upper_edge():
    drawn = funnel(["Li", "Wu"], [5.0, 6.0], [1.0, 40.0])
    top = max(mark["y"] for mark in marks(drawn, "hover"))
    domain = drawn.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain == [0, 400.0]
    assert top == 400.0
    assert max(dot["y"] for dot in drawn.spec["datasets"]["dots"]) <= top
    assert len(drawn.spec["datasets"]["dots"]) == 2  # the third has no number
    band = drawn.spec["datasets"]["band"]
    assert band[0]["outer_high"] == 400.0


def test_names_that_would_cover_another_move_below_or_are_left_to_the_table():
    names = ["Zhao Ming", "Qian Li", "Sun Hua", "Zhou Yi", "Far away"]
    drawn = funnel(names, [10.0, 10.0, 10.0, 10.0, 18.0], [1.0] * 5)
    assert [mark["side"] for mark in marks(drawn, "hover")] == ["above", "below", "", "", "above"]


def test_a_name_covers_neither_an_axis_nor_the_dot_of_a_neighbour():
    # 320 pixels hold 22.4 expected, 400 pixels a ratio of 2.5: the second dot stands 13 pixels above the first.
    drawn = funnel(["At the axis", "Low", "Below", "Above"], [0.5, 8.0, 15.0, 15.0], [1.0, 0.0, 1.0, 1.08])
    assert [mark["side"] for mark in marks(drawn, "hover")] == ["beside", "above", "below", "above"]


def test_a_name_is_drawn_where_it_was_found_to_have_room():
    drawn = funnel(["Li"], [5.0], [1.2])
    found = {
        layer["transform"][0]["filter"].split("'")[1]: (mark["align"], mark.get("dx", 0), mark.get("dy", 0))
        for layer in drawn.spec["layer"]
        if (mark := layer["mark"])["type"] == "text" and "transform" in layer
    }
    assert found == {"above": ("center", 0, -12), "below": ("center", 0, 13), "beside": ("left", 9, 0)}


def test_ranges_stand_as_they_come_without_a_middle_mark():
    low, high = np.array([1.0, np.nan, 3.0]), np.array([4.0, np.nan, 5.0])
    drawn = ranges.chart(
        ["Li", "Wu", "Xu"],
        low,
        high,
        ["1 to 4", "", "3 to 5"],
        field=5,
        roles=["none"] * 3,
        alt_text="Ranges.",
        key="ranks",
        opens=opens(3),
    )
    found = marks(drawn, "text")
    assert [(mark["name"], mark["low"], mark["high"], mark["text"]) for mark in found] == [
        ("Li", 0.5, 4.5, "1 to 4"),
        ("Xu", 2.5, 5.5, "3 to 5"),
    ]
    assert [drawn.opens.values[mark["place"]] for mark in found] == ["E0", "E2"]
    assert drawn.spec["datasets"]["middle"] == [{"x": 3.0}]
    assert {layer["mark"]["type"] for layer in drawn.spec["layer"]} == {"rule", "text"}


def test_more_ranges_than_are_read_are_not_drawn():
    many = ranges.MOST_ROWS + 5
    drawn = ranges.chart(
        [f"P{place}" for place in range(many)],
        np.ones(many),
        np.full(many, 9.0),
        ["1 to 9"] * many,
        field=many,
        roles=["none"] * many,
        alt_text="Ranges.",
        key="ranks",
        opens=opens(many),
    )
    assert len(marks(drawn, "text")) == ranges.MOST_ROWS
