"""Regions: said to differ only where chance alone would hardly spread them as widely, and ordered only then."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from answers.summary.regions import compared
from story import words
from story.summary import regions


def told(converted: list[int], n: int = 1000):
    frame = pd.DataFrame(
        {
            "region": [f"R{place}" for place in range(len(converted))],
            "campaign_id": "K1",
            "tier": "basic",
            "n": n,
            "converted": converted,
        }
    )
    found = compared(frame)
    assert found is not None
    return found, regions.block(found)


@pytest.mark.parametrize(
    ("converted", "differ"),
    [([100, 126], False), ([100, 130], True), ([88, 100, 112, 104], False), ([70, 100, 130, 104], True)],
)
def test_the_title_follows_the_test_of_all_regions(converted: list[int], differ: bool):
    found, block = told(converted)
    table = [converted, [1000 - c for c in converted]]
    n, total = 1000 * len(converted), stats.contingency.chi2_contingency(table, correction=False)
    # Mantel and Haenszel's statistic of one stratum is Pearson's with n - 1 in the place of n.
    by_hand = float(stats.chi2.sf(total.statistic * (n - 1) / n, len(converted) - 1))
    assert found.performance.test.p_value[0] == pytest.approx(by_hand)
    assert (by_hand < 0.05) == differ
    words.speak("en")
    assert block.heading.startswith("Regions differ" if differ else "No differences shown")
    assert (
        "p < 0.001" if by_hand < 0.001 else f"{by_hand:.3f}" if by_hand < 0.1 else f"{by_hand:.2f}"
    ) in block.caption


def test_an_order_needs_a_spread_that_is_mostly_real():
    """Two regions have no spread to speak of; where none is shown to differ nothing is said to be real."""
    _, two = told([100, 150])
    assert "so no order" in two.caption
    assert "real" not in two.caption
    _, none = told([88, 100, 112, 104])
    assert "so no order" in none.caption
    assert "real" not in none.caption
    _, four = told([40, 80, 120, 160])
    assert "so no order" not in four.caption
    assert "of the spread is real (" in four.caption
