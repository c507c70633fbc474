"""The names of lines that nearly meet stand on both sides of them."""

from datetime import date, timedelta

import pandas as pd
import pytest

from story.chart.over_time import band

DAYS = [date(2026, 10, 1) + timedelta(days=day) for day in range(4)]


def named_below(pays: float) -> dict[str, bool]:
    rows = pd.DataFrame({"estimate": 0.0, "low": -50.0, "high": 50.0, "look": False, "hover": "", "day": DAYS})
    lines = [(0.0, "no effect", False), (pays, "pays", True)]
    drawn = band.chart(DAYS, rows, lines, role="none", label="datum.value", alt_text="Effect.", key="course")
    return {row["name"]: row["below"] for row in drawn.spec["datasets"]["lines"]}


@pytest.mark.parametrize(
    ("pays", "below"),
    [
        (0.3, {"no effect": True, "pays": False}),
        (-0.3, {"no effect": False, "pays": True}),
        (20.0, {"no effect": False, "pays": False}),
        (0.0, {"no effect": False, "pays": False}),
    ],
)
def test_of_two_lines_that_nearly_meet_the_lower_has_its_name_below(pays, below):
    assert named_below(pays) == below


def test_a_chart_is_read_aloud_by_its_text_and_not_by_the_names_of_fields():
    rows = pd.DataFrame({"estimate": 0.0, "low": -50.0, "high": 50.0, "look": False, "hover": "", "day": DAYS})
    drawn = band.chart(DAYS, rows, [], role="none", label="datum.value", alt_text="Effect.", key="course")
    assert drawn.alt == "Effect."
    assert drawn.spec["config"]["aria"] is drawn.spec["config"]["mark"]["aria"] is False


def test_only_the_line_that_is_said_to_be_is_dashed():
    rows = pd.DataFrame({"estimate": 0.0, "low": -50.0, "high": 50.0, "look": False, "hover": "", "day": DAYS})
    lines = [(0.0, "no effect", False), (20.0, "pays", True)]
    drawn = band.chart(DAYS, rows, lines, role="none", label="datum.value", alt_text="Effect.", key="course")
    assert {row["name"]: row["dashed"] for row in drawn.spec["datasets"]["lines"]} == {"no effect": False, "pays": True}
