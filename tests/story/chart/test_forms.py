"""A form is built once and filled for each chart: no chart sees another's data, names or reach."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import numpy as np
import pytest
import vl_convert

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story import words
from story.chart import bars, interval, theme
from story.chart.over_time import trend
from story.parts import Chart


def forest(estimates: list[float], names: list[str]) -> Chart:
    spread = np.array(estimates)
    return interval.chart(
        names,
        Intervals.of(spread, spread - 0.1, spread + 0.1, n=[40] * len(estimates)),
        written=lambda estimate, *_: f"{estimate:g}",
        axis=theme.axis_label(Unit.RATIO),
        alt_text="x",
        key="x",
        line=0.0,
        reference=(estimates[0], names[0]),
    )


def weeks(starts: list[date], counts: list[float]) -> Chart:
    return trend.weeks(starts, {"bought": counts}, alt_text="x", key="x")


def survival(shares: list[float]) -> Chart:
    curve = (shares, [share - 0.1 for share in shares], [share + 0.1 for share in shares])
    return trend.survival([0, 1], {"treated": curve}, ["better"], alt_text="x", key="x")


@pytest.fixture(autouse=True)
def english() -> None:
    words.speak("en")


def pairs() -> dict[str, tuple[Any, Any]]:
    """Two charts of each form, made one after the other from different data."""
    return {
        "intervals": (lambda: forest([0.3, -0.2], ["a", "b"]), lambda: forest([7.0, 8.0, 9.0], ["c", "d", "e"])),
        "funnel": (
            lambda: bars.funnel(["a", "b"], [9.0, 4.0], ["9", "4"], alt_text="x", key="x"),
            lambda: bars.funnel(["c"], [100.0], ["100"], alt_text="x", key="x"),
        ),
        "costs": (
            lambda: bars.planned_and_actual(["a", "b"], [9.0, np.nan], [4.0, 3.0], ["", ""], alt_text="x", key="x"),
            lambda: bars.planned_and_actual(["c"], [50.0], [60.0], [""], alt_text="x", key="x"),
        ),
        "weeks": (
            lambda: weeks([date(2026, 1, 5), date(2026, 1, 12)], [1.0, 5.0]),
            lambda: weeks([date(2025, 12, 29), date(2026, 1, 5)], [8.0, 2.0]),
        ),
        "survival": (lambda: survival([0.2, 0.3]), lambda: survival([0.5, 0.6])),
    }


@pytest.mark.parametrize("form", pairs())
def test_a_chart_stays_as_it_was_when_another_of_its_form_is_made(form: str):
    first, second = pairs()[form]
    made = first()
    before = deepcopy(dict(made.spec))
    other = second()
    assert made.spec == before
    assert other.spec["datasets"] != before["datasets"]
    assert first().spec == before


@pytest.mark.parametrize("form", pairs())
def test_vega_lite_draws_a_filled_form_from_all_its_data(form: str):
    first, _ = pairs()[form]
    spec = dict(first().spec)
    drawn = vl_convert.vegalite_to_vega(spec)
    assert {data["name"] for data in drawn["data"]} >= set(spec["datasets"])


def test_names_stand_beside_their_own_rows_and_every_estimate_inside_the_reach():
    for layer in forest([7.0, 9.0, 8.0], ["c", "e", "d"]).spec["layer"]:
        low, high = layer["encoding"]["x"]["scale"]["domain"]
        assert low < 6.9
        assert high > 9.1
        if "axis" in layer["encoding"].get("y", {}):
            assert layer["encoding"]["y"]["sort"] == ["0", "1", "2"]
            assert layer["encoding"]["y"]["axis"]["labelExpr"].startswith('{"0": "e", "1": "d", "2": "c"}')


def test_the_longest_bar_leaves_room_for_what_is_written_at_its_end():
    (reach,) = {
        tuple(layer["encoding"]["x"]["scale"]["domain"])
        for layer in bars.funnel(["a", "b"], [100.0, 4.0], ["100", "4"], alt_text="x", key="x").spec["layer"]
    }
    assert reach == pytest.approx((0.0, 135.0))


def test_years_are_written_where_weeks_span_more_than_one():
    def dates(starts: list[date]) -> set[str]:
        chart = weeks(starts, [1.0] * len(starts))
        return {layer["encoding"]["x"]["axis"]["format"] for layer in chart.spec["layer"]}

    assert dates([date(2026, 1, 5), date(2026, 1, 12)]) == {"%-d %b"}
    assert dates([date(2025, 12, 29), date(2026, 1, 5)]) == {"%b %Y"}
    words.speak("zh")
    assert dates([date(2026, 1, 5), date(2026, 1, 12)]) == {"%-m月%-d日"}


def test_what_is_no_number_is_null():
    chart = bars.planned_and_actual(["a", "b"], [9.0, np.nan], [4.0, 3.0], ["", ""], alt_text="x", key="x")
    assert [row["planned"] for row in chart.spec["datasets"]["rows"]] == [9.0, None]


def test_a_week_starts_at_midnight_of_its_own_place():
    """A bare date is midnight in London to a browser: west of it, the Sunday before."""
    rows = weeks([date(2026, 1, 5), date(2026, 1, 12)], [1.0, 5.0]).spec["datasets"]["rows"]
    assert [row["week"] for row in rows] == ["2026-01-05T00:00:00", "2026-01-12T00:00:00"]
