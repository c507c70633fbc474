"""Curves at equal age: the named apart by hue and dash, the others faint; a slide draws the named by their names."""

from __future__ import annotations

from itertools import pairwise

from reports.slides import reading
from story import words
from story.chart.over_time import ages
from story.chart.over_time.ages import Curve


def test_named_curves_have_hues_of_their_own_and_a_slide_draws_them_alone():
    words.speak("en")
    named = [Curve(f"campaign {place}", [0, 1], [0.0, 0.01 * place], ["", ""]) for place in range(1, 7)]
    chart = ages.chart([Curve("", [0, 1], [0.0, 0.5], ["", ""]), *named], 1, alt_text="x", key="x")
    data = chart.spec["datasets"]
    looks = {(row["role"], row["dash"]) for row in data["rows"]}
    assert len(looks) == 6
    assert {row["role"] for row in data["behind"]} == {"none"}
    assert [(row["day"], row["share"]) for row in data["behind"]] == [(0, 0.0), (1, 0.5)]
    at = sorted(row["at"] for row in data["ends"])
    assert all(upper - lower >= 0.03 for lower, upper in pairwise(at))
    drawn = reading.read(chart)
    assert isinstance(drawn, reading.Lines)
    assert [line.name for line in drawn.lines] == [f"campaign {place}" for place in range(1, 7)]
