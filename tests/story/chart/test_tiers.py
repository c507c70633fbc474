"""The charts of tiers: what is sure shades a cell, limits stand around whole customers, names do not cross."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date
from math import nan

import numpy as np
import pytest
import vl_convert
from scipy import stats

from metrics.estimate import Intervals
from metrics.inference.funnel_plot import funnel_of_shares
from metrics.moments import Counts
from story import words
from story.chart import clock, crossings, matrix, share_funnel, theme
from story.chart.matrix import Cell
from story.chart.over_time import rates, sizes
from story.parts import Chart, Opens

_HEIGHTS = {"share", "at", "outer_low", "inner_low", "inner_high", "outer_high"}


@pytest.fixture(autouse=True)
def english() -> None:
    words.speak("en")


def a_matrix(sure: float = 0.3) -> Chart:
    cells = [
        Cell(0, 0, "90 %", "90 · 85 to 94", None, "stayed", 0),
        Cell(0, 1, "10 %", "10 · 6 to 17", sure, "moved", 1),
        Cell(1, 1, "1,514"),
    ]
    return matrix.chart(
        ["Basic, 100", "Now, 90"],
        ["Basic", "Potential"],
        cells,
        alt_text="x",
        key="m",
        opens=Opens("moved", "cell", ("a", "b")),
    )


def lines(up: float = 9.0) -> Chart:
    heads, counts = ("down", "up", "net"), [("4", "9"), ("1", "2")]
    roles = ["better", "none"]
    return crossings.chart(
        ["Private", "Wealth"],
        [4.0, 1.0],
        [up, 2.0],
        ["+5 (+1 to +9)", "+1"],
        roles,
        heads,
        counts,
        alt_text="x",
        key="l",
    )


def a_funnel(n: float = 400.0) -> Chart:
    plot = funnel_of_shares(Counts.of([100, 200, n, 0], [20, 60, 90, 0]))
    named = [("", "none", "x"), ("", "none", "y"), ("Lakeside 30 %", "worse", "z"), ("", "none", "nobody")]
    return share_funnel.chart(plot, named, "all", "customers", alt_text="x", key="f")


def a_course(level: float = 0.05) -> Chart:
    months = [date(2026, month, 1) for month in range(1, 7)]
    up = Intervals.of([level] * 6, [level - 0.01] * 6, [level + 0.01] * 6, n=[100] * 6)
    named = {"rose": (up, "better", ["x"] * 6), "slipped": (up, "worse", ["y"] * 6)}
    seasons = [("Red", date(2025, 11, 1), date(2026, 3, 31)), ("Mid", date(2026, 5, 6), date(2026, 5, 8))]
    ran = [("Fund salon", date(2026, 2, 1), date(2026, 4, 30)), ("Over", date(2026, 5, 1), date(2026, 12, 31))]
    return rates.chart(months, named, seasons, ran, alt_text="x", key="t")


def a_clock(n: float = 31.0) -> Chart:
    opens = Opens("moved", "cell", ("grace", "grace"))
    names, roles = ["1st", "2nd, the last"], ["none", "worse"]
    return clock.chart(
        names, [n, 17.0], ["31", "17"], ["0 of 118", "52 of 64"], roles, "fell", alt_text="x", key="c", opens=opens
    )


def a_fan(name: str = "Wealth: 640", *, ahead: float = 700.0, missed: bool = False) -> Chart:
    months = [date(2026, month, 1) for month in (1, 4, 7)]
    row = sizes.Row(
        name,
        "now 620, 10 fewer than the 630 expected",
        [600.0, nan, 620.0],
        ["Jan 2026: 600", "", "Jul 2026: 620"],
        (650.0, 680.0, ahead, 720.0, 750.0),
        (630.0, 610.0, 650.0),
        missed,
        "expected for Jul 2026: 630 (610 to 650)",
    )
    lost = replace(row, name="Private: no forecast", ahead=(nan, nan, nan, nan, nan), tried=(nan, nan, nan))
    return sizes.chart([row, lost], months, months[0], date(2027, 1, 1), alt_text="x", key="s")


FORMS = {
    "matrix": (a_matrix, lambda: a_matrix(0.05)),
    "crossings": (lines, lambda: lines(90.0)),
    "funnel": (a_funnel, lambda: a_funnel(900.0)),
    "rates": (a_course, lambda: a_course(0.5)),
    "clock": (a_clock, lambda: a_clock(3.0)),
    "sizes": (a_fan, lambda: a_fan(ahead=690.0)),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_is_drawn_from_all_its_data_and_stays_as_it_was(form: str):
    first, second = FORMS[form]
    made = first()
    before = deepcopy(dict(made.spec))
    other = second()
    assert made.spec == before
    assert other.spec["datasets"] != before["datasets"]
    drawn = vl_convert.vegalite_to_vega(before)
    assert {data["name"] for data in drawn["data"]} >= set(before["datasets"])


@pytest.mark.parametrize(
    ("sure", "shade", "ink"),
    [(0.0, 0, "text"), (0.02, 1, "text"), (0.1, 2, "text"), (0.249, 2, "text"), (0.25, 4, "inverse")],
)
def test_a_cell_is_shaded_by_its_lower_limit_and_never_in_the_step_that_carries_no_text(
    sure: float, shade: int, ink: str
):
    cell = a_matrix(sure).spec["datasets"]["rows"][1]
    assert (cell["shade"], cell["ink"], cell["filled"]) == (shade, ink, True)


def test_the_diagonal_and_the_margins_have_no_shade():
    stayed, _, now = a_matrix().spec["datasets"]["rows"]
    assert (stayed["filled"], stayed["boxed"], stayed["ink"]) == (False, True, "muted")
    assert (now["filled"], now["boxed"]) == (False, False)


def test_a_cell_opens_its_place_and_a_margin_nothing():
    assert [row["place"] for row in a_matrix().spec["datasets"]["rows"]] == [0, 1, -1]


def test_the_bands_of_a_funnel_are_binomial_limits_of_whole_customers():
    made = a_funnel()
    data = made.spec["datasets"]
    assert len(data["rows"]) == 3  # who has no customer has no share
    target = 170 / 700
    row = data["band"][-1]
    assert row["n"] == int(row["n"])
    plot = funnel_of_shares(Counts.of([100, 200, 400, 0], [20, 60, 90, 0]))
    stretch = np.sqrt(plot.dispersion)
    low = stats.binom.ppf(0.025, int(row["n"]), target) / row["n"]
    assert abs((row["inner_low"] - target) / stretch + target - low) <= 1 / row["n"]
    assert row["outer_low"] < row["inner_low"] < target < row["inner_high"] < row["outer_high"]


def test_names_at_the_right_edge_stand_left_of_their_dot():
    rows = a_funnel().spec["datasets"]["rows"]
    assert [row["left"] for row in rows] == [False, False, True]


def test_lines_that_end_together_are_named_apart():
    ends = a_course().spec["datasets"]["ends"]
    assert abs(ends[0]["at"] - ends[1]["at"]) > 0.003


def test_seasons_and_campaigns_are_cut_to_the_months_shown_and_short_ones_keep_their_name_to_the_hover():
    data = a_course().spec["datasets"]
    bands = {band["name"]: band for band in data["bands"]}
    assert bands["Red"]["from"] == "2026-01-01T00:00:00"
    assert (bands["Red"]["shown"], bands["Mid"]["shown"]) == ("Red", "")
    assert data["strokes"][1]["to"] == "2026-06-01T00:00:00"
    assert all(stroke["at"] < 0 for stroke in data["strokes"])


def test_a_fan_opens_from_now_and_the_one_before_from_its_beginning_each_group_in_a_row_of_its_own():
    data = a_fan(missed=True).spec["datasets"]
    begun, now, ahead = (f"{day}T00:00:00" for day in ("2026-01-01", "2026-07-01", "2027-01-01"))
    fans = {key: [row for row in data["outer"] if row["row"] == key] for key in ("0 ahead", "0 tried")}
    assert [[row["month"] for row in fan] for fan in fans.values()] == [[now, ahead], [begun, now]]
    counted = {row["month"]: row["at"] for row in data["course"] if row["row"] == "0"}
    assert counted["2026-04-01T00:00:00"] is None
    for fan, month in zip(fans.values(), (now, begun), strict=True):
        assert fan[0]["low"] == fan[0]["high"] == counted[month]
        assert fan[1]["high"] < fan[1]["low"]  # more stands higher
    inner = data["inner"][1]
    assert fans["0 ahead"][1]["high"] < inner["high"] < data["marks"][0]["at"] < inner["low"]
    # 600 to 750 in the 52 pixels of a plot: a customer is a third of one.
    assert counted[begun] - counted[now] == pytest.approx(20 * 52 / 150)
    assert [ring["role"] for ring in data["rings"]] == ["worse"]
    assert [ring["role"] for ring in a_fan().spec["datasets"]["rings"]] == ["none"]
    assert len(data["marks"]) == 1  # of who cannot be forecast there is the course alone
    assert {row["at"] for row in data["course"] if row["row"] == "1"} - {None} > set()
    assert all(row["at"] is None or row["at"] > sizes.ROW for row in data["course"] if row["row"] == "1")


def test_a_change_of_nearly_nothing_looks_like_it():
    flat = sizes.Row("x", "", [1000.0, 1001.0], ["", ""], (nan, nan, nan, nan, nan), (nan, nan, nan), False, "")
    chart = sizes.chart([flat], [date(2026, 1, 1), date(2026, 2, 1)], None, date(2026, 3, 1), alt_text="x", key="s")
    first, last = (row["at"] for row in chart.spec["datasets"]["course"])
    assert first - last == pytest.approx(52 / 100.1)


def test_no_limits_are_cut_where_the_plot_is_narrow():
    ends = [layer["encoding"]["x"]["scale"]["domainMax"]["expr"] for layer in lines().spec["layer"]]
    assert set(ends) == {f"max(29.7, -12.15 + 27.9 / (1 - min({theme.wide('+5 (+1 to +9)') + 15:.9g} / width, 0.6)))"}


def test_who_fell_is_drawn_to_the_left_with_its_own_count_beside_and_an_unsure_net_is_muted():
    private, wealth = lines().spec["datasets"]["rows"]
    assert (private["down"], private["up"], wealth["down"], wealth["up"]) == (-4, 9, -1, 2)
    assert (private["written_down"], private["written_up"]) == ("4", "9")
    assert (private["text_role"], wealth["text_role"]) == ("better", "muted")


def test_a_bar_of_the_clock_says_how_many_and_what_became_of_them():
    rows = a_clock().spec["datasets"]["rows"]
    assert [(row["n"], row["written"], row["became"]) for row in rows] == [
        (31, "31", "0 of 118"),
        (17, "17", "52 of 64"),
    ]


def test_the_limits_of_a_funnel_are_named_from_the_outer_one_down():
    limits = a_funnel().spec["datasets"]["limits"]
    assert [row["text"] for row in limits] == ["99.8\u202f%", "95\u202f%", "all"]
    end = a_funnel().spec["datasets"]["band"][-1]
    assert [row["at"] for row in limits] == pytest.approx([end["outer_high"], end["inner_high"], 170 / 700], abs=1e-3)


def test_both_bands_of_a_funnel_are_drawn_the_outer_behind():
    areas = [one["encoding"] for one in a_funnel().spec["layer"] if one["mark"]["type"] == "area"]
    bands = [(one["y"]["field"], one["y2"]["field"]) for one in areas]
    assert bands == [("outer_low", "outer_high"), ("inner_low", "inner_high")]


def test_a_funnel_reaches_from_nought_to_the_highest_of_dots_bands_and_names():
    spec = a_funnel().spec
    drawn = {float(row[name]) for rows in spec["datasets"].values() for row in rows for name in row if name in _HEIGHTS}
    assert {tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in spec["layer"]} == {(0.0, max(drawn))}


def test_a_cell_lies_in_its_own_row_and_column_and_says_itself_on_hover():
    cells = [Cell(0, 1, "10 %", hover="ten of a hundred"), Cell(1, 0, "5 %")]
    rows = matrix.chart(["a", "b"], ["c", "d"], cells, alt_text="x", key="m").spec["datasets"]["rows"]
    assert [(row["row"], row["column"], row["hover"]) for row in rows] == [
        ("a", "d", "ten of a hundred"),
        ("b", "c", "5 %"),
    ]
