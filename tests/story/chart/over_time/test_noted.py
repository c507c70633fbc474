"""Notes stand on every chart of their week, with what was written and by whom, and leave the chart as it was."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date, timedelta

import pandas as pd
import pytest
import vl_convert

from reports.slides import reading
from story import words
from story.chart.over_time import band, noted, progress, timeline, trend
from story.chart.over_time.noted import LONGEST, Noted
from story.parts import Block, Chart, Story, Table

WEEKS = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]


@pytest.fixture(autouse=True)
def english() -> None:
    words.speak("en")


def story() -> Story:
    chart = trend.weeks(WEEKS, {"bought": [1.0, 5.0, 3.0]}, alt_text="Weeks.", key="weeks")
    return Story("h", (), rows=((Block("a", "", chart), Block("b", "", Table((), "t", "t"))),))


def noted_chart(*notes: Noted) -> Chart:
    chart = noted.on_charts(story(), notes).rows[0][0].shown
    assert isinstance(chart, Chart)
    return chart


def test_a_story_knows_the_weeks_of_its_charts():
    assert noted.weeks(story()) == set(WEEKS)


def test_a_week_with_two_notes_has_one_mark_that_says_both_with_their_authors():
    chart = noted_chart(
        Noted(WEEKS[1], "Lift\nbroken", "Gu"), Noted(WEEKS[0], "Rain", "Lu"), Noted(WEEKS[1], "Fair", "Ji")
    )
    assert chart.spec["datasets"]["notes"] == [
        {"week": "2026-11-02T00:00:00", "hover": "Rain (Lu)"},
        {"week": "2026-11-09T00:00:00", "hover": "Lift broken (Gu) · Fair (Ji)"},
    ]
    assert chart.alt == (
        "Weeks. · Notes: week of 2 Nov 2026: Rain (Lu) · week of 9 Nov 2026: Lift broken (Gu) · Fair (Ji)"
    )


def test_a_note_of_another_week_and_a_table_are_passed_over():
    told = story()
    assert noted.on_charts(told, [Noted(date(2026, 10, 5), "x", "y")]) == told


def test_a_mark_stands_above_its_own_week_and_the_lines_stay():
    chart = noted_chart(Noted(WEEKS[2], "Fair", "Ji"))
    svg = vl_convert.vegalite_to_svg({**chart.spec, "width": 300})
    groups = re.findall(r'class="mark-symbol role-mark layer_\d+_marks"(.*?)</g>', svg, re.S)
    places = [float(x) for x in re.findall(r"translate\(([\d.]+),", groups[-1])]
    points = [float(x) for x in re.findall(r"translate\(([\d.]+),", groups[0])]
    assert len(places) == 1
    assert places[0] == max(points)
    lines = reading.read(chart)
    assert isinstance(lines, reading.Lines)
    assert lines == reading.read(story().rows[0][0].shown)


def test_a_long_note_is_cut_on_the_chart_and_a_chart_without_notes_is_untouched():
    before = story()
    kept = deepcopy(before.rows[0][0].shown.spec)
    chart = noted_chart(Noted(WEEKS[0], "x" * (LONGEST + 5), "Gu"))
    assert chart.spec["datasets"]["notes"][0]["hover"] == f"{'x' * LONGEST}… (Gu)"
    noted.on_charts(before, [Noted(WEEKS[0], "y", "z")])
    assert before.rows[0][0].shown.spec == kept


def test_an_axis_that_begins_within_a_week_bears_its_mark_on_its_first_day():
    found = noted.along(date(2026, 11, 4), date(2026, 11, 16))  # a Wednesday to a Monday
    assert found["weeks"] == tuple(WEEKS)
    assert found["week_at"] == (date(2026, 11, 4), WEEKS[1], WEEKS[2])
    counted = noted.counted_from(date(2026, 11, 4), date(2026, 11, 15))
    assert counted == {"weeks": tuple(WEEKS[:2]), "week_at": (0.0, 5.0)}
    assert noted.along(date(2026, 11, 4), date(2026, 11, 3)) == {"weeks": (), "week_at": ()}


def campaigns_over_time() -> Chart:
    bar = timeline.Bar("Bar", date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 5), "none", False, "bar", 0)
    return timeline.chart(
        [("All", [bar])],
        date(2026, 9, 1),
        date(2026, 12, 1),
        seasons=[],
        holidays=[],
        today=(date(2026, 11, 15), "today"),
        alt_text="timeline",
        key="timeline",
    )


def fan() -> Chart:
    days = pd.DataFrame({"day": [0.0, 10.0, 40.0]}).assign(low=1.0, inner_low=2.0, middle=3.0, inner_high=4.0, high=5.0)
    return progress.chart(
        days,
        [0.0] * 20,
        (float("nan"),) * 3,
        float("nan"),
        start=date(2026, 11, 1),
        role="none",
        words=progress.Words("day 0", "end", "0 today", ("3", "1 to 5"), ("", ""), ""),
        alt_text="fan",
        key="fan",
    )


def effect_over_days() -> Chart:
    days = [date(2026, 11, 5) + timedelta(days=day) for day in range(12)]
    rows = pd.DataFrame({"estimate": [1.0] * 12, "low": 0.0, "high": 2.0, "look": False, "hover": ""})
    return band.chart(days, rows, [(0.0, "no", False)], role="none", label="datum.value", alt_text="effect", key="e")


@pytest.mark.parametrize(
    ("drawn", "x"),
    [(campaigns_over_time, 69 / 92), (fan, 8 / (40 * 1.36)), (effect_over_days, 4 / 11)],
)
def test_a_note_stands_at_its_week_on_campaigns_over_time_on_the_fan_and_on_the_effect(drawn, x):
    told = Story("h", (), rows=((Block("a", "", drawn()),),))
    assert WEEKS[1] in noted.weeks(told)
    chart = noted.on_charts(told, [Noted(WEEKS[1], "Lift broken", "Gu")]).rows[0][0].shown
    svg = vl_convert.vegalite_to_svg({**chart.spec, "width": 1000, "height": chart.height})
    groups = re.findall(r'class="mark-symbol role-mark layer_\d+_marks"(.*?)</g>', svg, re.S)
    (place,) = (float(at) for at in re.findall(r"translate\(([\d.]+),", groups[-1]))
    assert place == pytest.approx(1000 * x, abs=2)
    assert "Lift broken (Gu)" in chart.alt
