"""The bridge: bars that begin where the last one ended, between two totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import vl_convert

from story.chart import bridge, theme


def rows(roles: Sequence[theme.Role] = (), **changes: float):
    names = ["before", *changes, "after"]
    chart = bridge.chart(
        names,
        100.0,
        list(changes.values()),
        names,
        list(roles) or ["better"] * len(changes),
        alt_text="a bridge",
        key="b",
    )
    return next(data for data in chart.spec["datasets"].values() if "total" in data[0])


def test_every_step_begins_where_the_last_one_ended():
    drawn = rows(came=50.0, left=-70.0, stayed=5.0)
    assert [(row["from"], row["to"]) for row in drawn] == [(100, 100), (100, 150), (150, 80), (80, 85), (85, 85)]
    assert all(after["from"] == before["to"] for before, after in pairwise(drawn))


def test_what_is_written_stands_right_of_the_longer_end():
    assert [row["end"] for row in rows(came=50.0, left=-70.0)] == [100, 150, 150, 80]


def test_a_balance_that_did_not_move_is_drawn():
    assert [row["to"] for row in rows()] == [100, 100]


def test_both_balances_are_marks_and_each_change_has_its_own_colour():
    drawn = rows(["better", "worse"], came=50.0, left=-70.0)
    assert [(row["name"], row["role"], row["total"]) for row in drawn] == [
        ("before", "line", True),
        ("came", "better", False),
        ("left", "worse", False),
        ("after", "line", True),
    ]


def test_two_parts_of_one_name_are_two_bars():
    names = ["before", "Wang Fang", "Wang Fang", "after"]
    drawn = bridge.chart(names, 100.0, [50.0, -70.0], names, ["better", "worse"], alt_text="a bridge", key="b")
    picture = vl_convert.vegalite_to_svg({**drawn.spec, "width": 600})
    heights = re.findall(r"translate\([-\d.]+,([-\d.]+)\)[^>]*>Wang Fang<", picture)
    assert len(set(heights)) == len(heights) == 4, "two names on the axis and two texts at the bars"
