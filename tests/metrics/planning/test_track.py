import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.errors import ShapeError
from metrics.planning.track import calibration, groups, nearer, places


def row(campaign, measure, median, low, high, actual, average=np.nan, alike=np.nan):
    return (campaign, measure, median, low, high, actual, average, alike)


def table(*rows):
    names = ("campaign_id", "measure", "median", "low", "high", "actual", "average", "alike")
    return pd.DataFrame(rows, columns=names)


FOUR = table(
    row("a", "sales", 10, 8, 14, 9, 12, 6),  # half-width 3: off -1/3
    row("a", "cost", 5, 4, 6, 7, 5, 5),  # off 2, outside
    row("b", "sales", 10, 8, 12, 12, 14, 9),  # off 1, on the limit: inside
    row("b", "cost", 5, 4, 6, np.nan, 4, 4),  # not known yet
    row("c", "sales", 10, 8, 12, 6, 10, 10),  # off -2, outside
)


def test_groups_count_campaigns_and_their_forecasts_by_hand():
    found = groups(FOUR, FOUR["campaign_id"].map({"a": "x", "b": "x", "c": "y"}))
    assert found.labels.tolist() == ["x", "y"]
    assert found.campaigns.tolist() == [2, 1]
    assert found.coverage.estimate[0] == pytest.approx(2 / 3), "of three known forecasts two held"
    assert np.isnan(found.coverage.estimate[1]), "one campaign has no limits to give"
    assert found.coverage.high[0] == 1.0
    together = groups(FOUR, pd.Series("all", index=FOUR.index)).coverage
    assert together.estimate.item() == pytest.approx(2 / 4), "what came below its limits did not hold"
    assert found.leaning.estimate[0] == pytest.approx(((2 - 1 / 3) / 2 + 1) / 2), "measures of one campaign together"


def test_forecasts_are_held_against_those_of_a_simpler_forecaster():
    """Nearer than the average in a's sales (1 to 3); as near in its cost, in b (2 to 2) and c (4 to 4): 2.5 of 4."""
    assert nearer(FOUR, "average").estimate.item() == pytest.approx(2.5 / 4)
    assert nearer(FOUR, "average").n.item() == 3
    assert nearer(FOUR, "average").high.item() <= 1.0
    """Than the last alike: a's sales (1 to 3), not its cost (2 to 2: half), b (2 to 3), c as near."""
    assert nearer(FOUR, "alike").estimate.item() == pytest.approx(3 / 4)


def test_the_measures_of_one_campaign_are_no_more_evidence_than_the_campaign():
    """Ten measures that miss together: the limits of the coverage are those of the campaigns."""
    rng = np.random.default_rng(4)
    held = rng.random(40) < 0.6
    rows = [row(f"c{i}", f"m{k}", 10, 8, 12, 11 if held[i] else 15) for i in range(40) for k in range(10)]
    found = groups(table(*rows), pd.Series("all", index=range(400))).coverage
    assert found.estimate.item() == pytest.approx(held.mean())
    half = stats.t.isf(0.025, 39) * held.std(ddof=1) / np.sqrt(40)
    assert found.high.item() - found.low.item() == pytest.approx(2 * half)


def test_one_measure_is_calibrated_as_any_forecasts_are():
    assert calibration(FOUR, "sales", 0.8).coverage.estimate.item() == pytest.approx(2 / 3)
    assert calibration(FOUR, "sales", 0.8).coverage.n.item() == 3


def test_a_place_is_told_in_the_width_of_its_own_side():
    found = places(FOUR)
    assert found[:3] == pytest.approx([-0.5, 2.0, 1.0])
    assert np.isnan(found[3])
    assert found[4] == -2.0


def test_a_missing_column_is_named():
    with pytest.raises(ShapeError, match="alike"):
        nearer(FOUR.drop(columns="alike"), "alike")
