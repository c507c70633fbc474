"""The charts of plans: losses and gains apart, what was planned beside what came, the target of a month."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.estimate import Intervals
from story import words
from story.chart import bars, month, outcomes, split


@pytest.fixture(autouse=True)
def english() -> None:
    words.speak("en")


def test_a_loss_is_a_dot_on_the_left_in_the_colour_of_a_loss_under_its_own_words():
    values = np.array([-3.0, -1.0, 0.5, 8.0])
    data = outcomes.dots(values, below="1 in 2 loses", above="1 in 2 gains", alt_text="x", key="x").spec["datasets"]
    assert [(row["x"] < 0, row["role"]) for row in data["rows"]] == [(True, "worse")] * 2 + [(False, "better")] * 2
    words_at = [(row["x"] < 0, row["text"], row["role"]) for row in data["words"]]
    assert words_at == [(True, "1 in 2 loses", "worse"), (False, "1 in 2 gains", "better")]


def test_a_bar_of_the_tornado_changes_its_colour_at_nothing_whichever_end_comes_first():
    low, high = np.array([6.0, 1.0]), np.array([-2.0, 4.0])
    drawn = outcomes.tornado(["cost", "reach"], low, high, ["", ""], alt_text="x", key="x").spec["datasets"]
    assert sorted((row["name"], row["from"], row["to"], row["role"]) for row in drawn["rows"]) == [
        ("cost", -2.0, 0.0, "worse"),
        ("cost", 0.0, 6.0, "better"),
        ("reach", 1.0, 4.0, "better"),
    ]
    assert [row["end"] for row in drawn["ends"]] == [6.0, 4.0]


def test_what_was_planned_is_the_mark_and_what_it_came_to_the_bar_with_its_text_beyond_both():
    chart = bars.planned_and_actual(["gifts"], [9.0], [4.0], ["4 of 9"], alt_text="x", key="x")
    (row,) = chart.spec["datasets"]["rows"]
    assert (row["planned"], row["actual"], row["end"]) == (9.0, 4.0, 9.0)
    drawn = {layer["mark"]["type"]: layer["encoding"]["x"]["field"] for layer in chart.spec["layer"]}
    assert drawn == {"bar": "actual", "tick": "planned", "text": "end"}


def test_a_month_without_limits_has_none_and_the_plot_holds_a_loss():
    nan = float("nan")
    chart = month.chart(-5.0, Intervals.of([20.0], [nan], [nan], n=[3]), ("", ""), alt_text="x", key="x")
    (row,) = chart.spec["datasets"]["rows"]
    assert (row["booked"], row["low"], row["estimate"], row["high"], row["target"]) == (-5.0, 20.0, 20.0, 20.0, None)
    assert row["start"] == -5.0
    (domain,) = {tuple(x["scale"]["domain"]) for one in chart.spec["layer"] if "scale" in (x := one["encoding"]["x"])}
    assert domain == (-5.0, 21.0)


def test_a_cell_shows_its_plan_and_the_best_and_no_dot_for_a_last_time_that_is_not_known():
    own, best, last = np.array([30.0, 10.0]), np.array([20.0, 15.0]), np.array([np.nan, 12.0])
    chart = split.chart(
        ["East", "West"], own, best, last, ["", ""], words=("last time", "as planned", "best"), alt_text="x", key="x"
    )
    dots = {(row["name"], row["kind"]): (row["x"], row["role"]) for row in chart.spec["datasets"]["dots"]}
    assert dots == {
        ("East", "as planned"): (30.0, "none"),
        ("East", "best"): (20.0, "better"),
        ("West", "last time"): (12.0, "muted"),
        ("West", "as planned"): (10.0, "none"),
        ("West", "best"): (15.0, "better"),
    }
    assert [(row["from"], row["to"]) for row in chart.spec["datasets"]["rows"]] == [(20.0, 30.0), (10.0, 15.0)]
