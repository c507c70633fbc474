"""The small line on a card: where it runs, by hand; and that it is seen in both modes."""

from __future__ import annotations

import re

import pytest

from story.chart import theme
from story.chart.over_time import spark
from tests.story.chart.test_theme import contrast

NAN = float("nan")


def points(values: list[float]) -> list[list[tuple[float, float]]]:
    """The lines of the image: the corners of each."""
    path = re.fullmatch(r'<svg [^<>]*><path [^<>]* d="([MLh0-9. -]*)"/></svg>', spark.svg(values))
    assert path is not None
    lines = path[1].replace("h0", "").split("M")[1:]
    return [[(float(x), float(y)) for x, y in (corner.split(" ") for corner in line.split("L"))] for line in lines]


def test_a_line_runs_from_edge_to_edge_and_the_highest_value_is_on_top():
    assert points([0, 10, 5]) == [[(2, 42), (60, 2), (118, 22)]]


def test_a_missing_value_is_a_gap_and_a_value_alone_is_a_dot():
    assert points([0, NAN, 10, 10]) == [[(2, 42)], [(79.33, 2), (118, 2)]]
    assert spark.svg([0, NAN, 10, 10]).count("h0") == 1
    assert spark.svg([NAN, 10]).count("h0") == 1


@pytest.mark.parametrize("values", [[7, 7, 7], [-7, -7, -7], [0, 0, 0]])
def test_what_never_changes_runs_through_the_middle(values: list[float]):
    assert {y for line in points(values) for _, y in line} == {22}


def test_a_fall_below_nothing_is_below():
    assert points([1, -3, 1]) == [[(2, 2), (60, 42), (118, 2)]]


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_where_nothing_is_known_nothing_is_drawn(values: list[float]):
    assert points(values) == []


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_its_grey_is_seen_on_the_background_of_either_mode(palette: theme.Palette):
    assert contrast(spark.GREY, palette.background) >= 3
