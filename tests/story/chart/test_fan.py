"""Outcomes beside a forecast: what stands beside each, and what a reader who cannot see the plot is told."""

from __future__ import annotations

import pytest

from story.chart import fan


@pytest.mark.parametrize(("limits", "said"), [("¥44 k to ¥58 k", "¥50 k (¥44 k to ¥58 k)"), ("", "¥50 k")])
def test_a_number_without_limits_has_no_empty_brackets(limits: str, said: str):
    row = fan.Row("Cost", 50.0, (44.0, 58.0), (40.0, 60.0), "¥50 k", limits)
    (drawn,) = fan.chart([row], middle="forecast", alt_text="x", key="fan").spec["datasets"]["rows"]
    assert (row.said, drawn["hover"]) == (said, said)
