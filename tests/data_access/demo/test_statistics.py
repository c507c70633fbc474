"""The statistics library against the demo bank, whose truth is known: from the warehouse's aggregates to the claim."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from data_access import demo
from data_access.queries import campaigns, history, staff, tiers, week
from data_access.reader import Reader
from metrics.assets_moved import Bridge
from metrics.business_calendar import festival_offset
from metrics.calibration import backtest
from metrics.comparison import Assignment
from metrics.estimate import Intervals
from metrics.experiment import against_control, compare_arms
from metrics.moments import Counts, Moments
from metrics.performance import performance_of_counts
from metrics.transition import Transitions, probabilities
from metrics.weekly import review_mean, review_share, review_total
from tests.data_access.small_bank import viewer, warehouse_of

pytestmark = pytest.mark.slow

FIRST, LAST = date(2024, 4, 29), date(2026, 11, 15)
FACTORS = ["objective", "line", "channel", "tier", "season"]
TIERS = ("basic", "potential", "wealth", "private")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small demo bank: a reader of all of it, and the folder with its truth."""
    folder = tmp_path_factory.mktemp("demo")
    warehouse = warehouse_of(str(folder / "warehouse"), frame_rows=50_000)  # all staff over all years
    demo.build(warehouse.store, scale=0.01, truth=folder / "truth")
    yield Reader(viewer(), warehouse), folder / "truth"
    warehouse.close()


@pytest.fixture(scope="module")
def reader(built) -> Reader:
    return built[0]


@pytest.fixture(scope="module")
def truth(built):
    """What is true of campaigns or staff, by the name of the file."""
    folder: Path = built[1]
    return lambda name: pd.read_parquet(folder / f"{name}.parquet")


def every_week(frame: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Mondays without gaps, weeks without rows holding zeros."""
    weeks = pd.date_range(frame["week_start"].min(), frame["week_start"].max(), freq="7D")
    return weeks.to_numpy().astype("datetime64[D]"), frame.set_index("week_start").reindex(weeks).fillna(0.0)


@pytest.fixture(scope="module")
def reviews(reader):
    """Reviews of the newest week by metric, each over the whole series."""
    mondays, sold = every_week(week.sales(reader, FIRST, LAST))
    answers = week.answers(reader, FIRST, LAST)
    asked_on, asked = every_week(answers[answers["scale"] == "csat5"].drop(columns="scale"))
    return {
        "sales": (mondays, review_total(mondays, Moments.from_frame(sold, "sales"))),
        "satisfaction": (asked_on, review_mean(asked_on, Moments.from_frame(asked, "score"))),
        "response": (asked_on, review_share(asked_on, Counts.from_frame(asked, "n", n="invited"))),
        "top two": (asked_on, review_share(asked_on, Counts.from_frame(asked, "top_two"))),
    }


def test_spring_festival_raises_no_alarm_although_sales_fall(reviews):
    for name, (mondays, review) in reviews.items():
        festival = ~np.isnan(festival_offset(mondays))
        assert festival.sum() == 8
        assert not review.chart.signal[festival].any(), name
    mondays, review = reviews["sales"]
    festival, ordinary = review.chart.value[festival_offset(mondays) == 0], review.chart.value[8:]
    assert festival.max() < 0.6 * np.median(ordinary)


def test_ordinary_weeks_rarely_alarm(reviews):
    for name in ("satisfaction", "response", "top two"):
        mondays, review = reviews[name]
        ordinary = np.isnan(festival_offset(mondays))
        assert review.chart.signal[ordinary].mean() < 0.15, name


@pytest.mark.parametrize("outcome", ["participated", "converted"])
def test_forecasts_of_campaigns_left_out_hold_and_beat_simpler_ones(reader, outcome):
    past = history.campaigns(reader)
    tested = backtest(Counts.from_frame(past, outcome), past[FACTORS].fillna("none"), level=0.8)
    inside = (tested.low <= tested.actual) & (tested.actual <= tested.high)
    assert len(inside) > 50
    assert 0.70 <= inside.mean() <= 0.90
    assert tested.error.mean() < tested.error_of_mean.mean()
    assert np.nanmean(tested.error) < np.nanmean(tested.error_of_similar)


@pytest.fixture(scope="module")
def compared(reader, truth):
    """Effects on conversion by kind of assignment, each beside the true one; open windows left out."""
    arms = campaigns.arms(reader, winsorised_at=None)
    arms = arms[arms["matured"] == arms["n"]]
    plan = campaigns.catalogue(reader)
    plan = plan[(plan["cluster"] == "customer") | plan["cluster"].isna()].set_index("campaign_id")

    def of(assignment: Assignment) -> tuple[dict[str, Intervals], pd.DataFrame]:
        chosen = plan.index[plan["assignment"] == assignment]
        control, treated = against_control(arms[arms["campaign_id"].isin(chosen)])
        result = compare_arms(control, treated, assignment)
        true = treated[["campaign_id", "arm"]].merge(truth("campaign"), how="left", on=["campaign_id", "arm"])
        differences = {one.contrast.metric: one.contrast.difference for one in result.metrics}
        return differences, true

    return of


def held(effect, true) -> float:
    """Share of the intervals that hold the true value, of those that are known."""
    inside = (effect.low <= true) & (true <= effect.high)
    return float(inside[effect.known].mean())


def test_effects_of_randomised_arms_hold_the_truth_as_often_as_they_say(compared):
    result, true = compared(Assignment.RANDOMISED)
    conversion, contribution = (result[key] for key in ("conversion_rate", "contribution_per_customer"))
    arms = len(true)
    assert arms >= 35
    fewest = stats.binom.ppf(0.001, arms, 0.95) / arms
    assert held(conversion, true["conversion_effect"].to_numpy()) >= fewest
    assert held(contribution, true["contribution_effect"].to_numpy()) >= fewest - 0.05  # amounts are skewed


def test_differences_of_hand_picked_customers_are_further_from_the_truth_than_chance(compared):
    result, true = compared(Assignment.TARGETED)
    difference = result["conversion_rate"]
    bias = difference.estimate - true["conversion_effect"].to_numpy()
    assert bias.mean() > 0
    assert held(difference, true["conversion_effect"].to_numpy()) < 0.95


def test_skill_shows_in_observed_over_expected(reader, truth):
    rows = staff.results_by_mix(reader)
    lines = campaigns.catalogue(reader).set_index("campaign_id")["line"]
    rows = rows[rows["campaign_id"].map(lines).isin(["deposit", "wealth", "fund"])]
    performance = performance_of_counts(rows, "converted")
    frame = performance.frame().merge(truth("staff"), on="staff_id")
    frame = frame[frame["expected"] > 8]
    assert len(frame) > 50
    assert performance.differences_shown
    for column in ("ratio", "shrunken"):
        assert stats.spearmanr(frame[column], frame["asset"]).statistic > 0.3, column


def test_staff_dealt_at_random_show_no_differences(reader):
    rows = staff.results_by_mix(reader)
    rng = np.random.default_rng(5)
    shown = 0
    for _ in range(10):
        # Within a stratum every person keeps the customers they had; chance alone says how many convert.
        total = rows.groupby(["tier", "campaign_id", "channel"], dropna=False)
        dealt = rows.copy()
        for index in total.groups.values():
            n = rows.loc[index, "n"].to_numpy()
            won = int(rows.loc[index, "converted"].sum())
            dealt.loc[index, "converted"] = rng.multivariate_hypergeometric(n, won)
        shown += performance_of_counts(dealt, "converted").differences_shown
    assert shown <= 3  # 5 % each: four of ten would be one chance in a thousand


def test_the_bridge_of_assets_reaches_the_balance(reader):
    start = 2025 * 12 + 8
    sums = tiers.asset_sums(reader, start, 12)
    bridge = Bridge.from_frame(sums, TIERS)
    assert bridge.after.item() == int(sums["sum_after"].sum())
    assert bridge.entries.item() > 0
    assert bridge.exits.item() < 0


def test_twelve_monthly_steps_misstate_a_year(reader):
    """Who moved last month moves back more easily than who has stayed for long: the year has to be counted."""
    month, year = (
        Transitions.from_frame(tiers.transition_counts(reader, horizon), TIERS, horizon) for horizon in (1, 12)
    )
    counted = probabilities(year.departures)[0]
    powered = np.linalg.matrix_power(probabilities(month.continuing)[0], 12)
    direct = probabilities(year.continuing)[0]
    assert_allclose(direct.sum(axis=1), 1)
    assert counted.shape[0] == len(TIERS)
    assert (np.diag(direct) - np.diag(powered))[1:3].max() > 0.05
