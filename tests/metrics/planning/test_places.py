"""How places differ: against the average of their own campaigns, and drawn towards it as far as few customers tell."""

import numpy as np
import pandas as pd
import pytest

from metrics.errors import ShapeError
from metrics.planning.places import relative


def cells(levels: dict[str, float], *, campaigns: int = 6, customers: int = 20_000, seed: int = 1) -> pd.DataFrame:
    """Campaigns in which each place converts so much of 5 % times the campaign's own luck; 100 a conversion."""
    rng = np.random.default_rng(seed)
    rows = []
    for campaign in range(campaigns):
        luck = rng.lognormal(0, 0.5)
        for place, level in levels.items():
            n = int(customers * rng.uniform(0.5, 1.5))
            converted = int(rng.binomial(n, 0.05 * luck * level))
            total = 100.0 * converted
            rows.append((f"K{campaign}", "x", "phone", place, n, converted, total, 100.0 * total - total**2 / n))
    names = ["campaign_id", "tier", "channel", "branch"]
    return pd.DataFrame(rows, columns=[*names, "n", "converted", "sum_contribution", "squares_contribution"])


def told(frame: pd.DataFrame) -> pd.Series:
    return relative(frame, "tier", "channel", "branch").set_index("branch")["ratio"]


LEVELS = {f"B{place}": level for place, level in enumerate(np.linspace(0.6, 1.4, 10))}


def test_places_of_many_customers_are_told_by_what_they_brought_whatever_their_campaigns_luck():
    found = told(cells(LEVELS))
    np.testing.assert_allclose(found, pd.Series(LEVELS) / np.mean(list(LEVELS.values())), rtol=0.05)


def test_a_place_gains_nothing_by_having_been_in_a_rich_campaign():
    """B0 was in the richest campaign alone; there it brought what the others did."""
    frame = cells(dict.fromkeys(LEVELS, 1.0))
    rich = frame.groupby("campaign_id")["sum_contribution"].sum().idxmax()
    frame = frame[(frame["branch"] != "B0") | (frame["campaign_id"] == rich)]
    found = relative(frame, "tier", "channel", "branch").set_index("branch")
    assert found.loc["B0", "ratio"] == pytest.approx(1.0, abs=0.05)
    assert found.loc["B0", "campaigns"] == 1
    assert found.loc["B1", "campaigns"] == 6


def test_few_customers_are_drawn_towards_the_average_and_come_nearer_to_the_truth_by_it():
    """Some four conversions a place: chance makes them differ more than they do."""
    truth = pd.Series(LEVELS) / np.mean(list(LEVELS.values()))
    off, as_counted = [], []
    for seed in range(8):
        frame = cells(LEVELS, customers=40, campaigns=2, seed=seed)
        found = told(frame)
        rates = frame.groupby("branch")["converted"].sum() / frame.groupby("branch")["n"].sum()
        raw = rates / (rates * frame.groupby("branch")["n"].sum()).sum() * frame["n"].sum()
        off.append(float(((found - truth) ** 2).mean()))
        as_counted.append(float(((raw - truth) ** 2).mean()))
        assert found.std() < 0.8 * raw.std()
    assert np.mean(off) < 0.6 * np.mean(as_counted)


def test_a_place_that_brought_nothing_has_a_level_and_it_is_low():
    frame = cells(dict.fromkeys(LEVELS, 1.0))
    frame.loc[frame["branch"] == "B3", ["converted", "sum_contribution", "squares_contribution"]] = 0
    found = told(frame)
    assert 0 < found["B3"] < 0.2


def test_the_average_of_the_customers_of_a_part_and_channel_is_one():
    frame = pd.concat([cells(LEVELS), cells(LEVELS, seed=2).assign(tier="y", channel="sms")])
    found = relative(frame, "tier", "channel", "branch")
    found["weighted"] = found["ratio"] * found["n"]
    sums = found.groupby(["tier", "channel"])[["weighted", "n"]].sum()
    np.testing.assert_allclose(sums["weighted"], sums["n"], rtol=1e-12)


def test_one_place_alone_and_too_few_cells_are_the_average():
    alone = relative(cells({"B1": 2.0}), "tier", "channel", "branch")
    assert alone[["ratio", "error"]].to_numpy().tolist() == [[1.0, 0.0]]
    seven = relative(cells(dict(list(LEVELS.items())[:7])), "tier", "channel", "branch")
    assert (seven["ratio"] == 1.0).all()
    with pytest.raises(ShapeError, match="squares_contribution"):
        relative(cells(LEVELS).drop(columns="squares_contribution"), "tier", "channel", "branch")
