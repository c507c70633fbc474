"""Rates of months: each with its own limits, and strokes of campaigns do not cover each other."""

from __future__ import annotations

from datetime import date

from metrics.estimate import Intervals
from story import words
from story.chart.over_time import rates

MONTHS = [date(2026, 1, 1), date(2026, 2, 1)]


def test_a_band_lies_between_the_limits_of_its_month_and_each_campaign_has_a_height_of_its_own():
    words.speak("en")
    rose = Intervals.of([0.05, 0.06], [0.04, 0.03], [0.07, 0.09], n=[100, 100])
    ran = [(name, date(2026, 1, 5), date(2026, 1, 20)) for name in "abcde"]
    data = rates.chart(MONTHS, {"rose": (rose, "better", ["", ""])}, [], ran, alt_text="x", key="x").spec["datasets"]
    assert [(row["low"], row["rate"], row["high"]) for row in data["rows"]] == [(0.04, 0.05, 0.07), (0.03, 0.06, 0.09)]
    assert len({stroke["at"] for stroke in data["strokes"]}) == 5
