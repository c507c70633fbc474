"""Where plans landed: on their own day, above the middle if more came, cut where the plot ends."""

from __future__ import annotations

from datetime import date

from story import words
from story.chart.over_time import landed
from story.chart.over_time.landed import Dot


def test_more_than_was_forecast_stands_above_and_each_limit_bears_its_own_name():
    words.speak("en")
    dots = [Dot("a", date(2026, 3, 2), 0.5, "", "better"), Dot("b", date(2026, 6, 1), -9.0, "", "worse")]
    spec = landed.chart(dots, ("upper", "median", "lower"), alt_text="x", key="x").spec
    data = spec["datasets"]
    assert [(row["name"], row["on"], row["at"], row["role"]) for row in data["rows"]] == [
        ("a", "2026-03-02", 0.5, "better"),
        ("b", "2026-06-01", -2.4, "worse"),
    ]
    assert {row["text"]: row["y"] for row in data["lines"]} == {"upper": 1, "median": 0, "lower": -1}
    assert data["band"] == [{"low": -1, "high": 1}]
    assert {tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in spec["layer"]} == {(-2.4, 2.4)}
