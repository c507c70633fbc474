"""Outcomes beside a forecast: what stands beside each, and what a reader who cannot see the plot is told."""

from __future__ import annotations

import pytest

from story.chart import fan


@pytest.mark.parametrize(("limits", "said"), [("¥44 k to ¥58 k", "¥50 k (¥44 k to ¥58 k)"), ("", "¥50 k")])
def test_a_number_without_limits_has_no_empty_brackets(limits: str, said: str):
    row = fan.Row("Cost", 50.0, (44.0, 58.0), (40.0, 60.0), "¥50 k", limits)
    (drawn,) = fan.chart([row], middle="forecast", alt_text="x", key="fan").spec["datasets"]["rows"]
    assert (row.said, drawn["hover"]) == (said, said)


def test_each_value_stands_at_its_share_of_the_median():
    row = fan.Row("Sales", 50.0, (45.0, 60.0), (40.0, 65.0), "50", "45 to 60", 55.0, 30.0, "pays", 62.5)
    (drawn,) = fan.chart([row], middle="forecast", alt_text="x", key="fan").spec["datasets"]["rows"]
    placed = {name: drawn[name] for name in ("wide_from", "from", "to", "wide_to", "ring", "line", "dot")}
    assert placed == pytest.approx(
        {"wide_from": -0.2, "from": -0.1, "to": 0.2, "wide_to": 0.3, "ring": 0.1, "line": -0.4, "dot": 0.25}
    )
