"""Campaigns taken together: shares pooled, effects added, each against its own control."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics.campaigns.evaluation import scorecard
from metrics.campaigns.programme import added, together, widening

rng = np.random.default_rng(3)


def arm(campaign: str, control: bool, contribution: np.ndarray, converted: int) -> dict[str, object]:
    n = len(contribution)
    return {
        "campaign_id": campaign, "arm": "control" if control else "treated", "is_control": control,
        "n": n, "contacted": 0 if control else n, "participated": 0 if control else n // 4, "matured": n,
        "matured_converted": converted, "matured_contacted": 0 if control else n,
        "contacted_matured_converted": 0 if control else converted,
        "matured_participated": 0 if control else n // 4, "participants_matured_converted": 0,
        **{f"sum_{m}": contribution.sum() for m in ("sales", "contribution", "net_new")},
        **{f"squares_{m}": contribution.var() * n for m in ("sales", "contribution", "net_new")},
        **{f"known_{m}": n for m in ("sales", "contribution", "net_new")},
    }  # fmt: skip


def campaigns(rows: dict[str, tuple[np.ndarray, np.ndarray]], cost: float = 1e5):
    arms = [
        arm(name, control, values, converted=len(values) // (20 if control else 10))
        for name, pair in rows.items()
        for values, control in zip(pair, (True, False), strict=True)
    ]
    listed = pd.DataFrame({"campaign_id": list(rows), "assignment": "randomised", "cluster": "customer"})
    costs = pd.DataFrame({"campaign_id": list(rows), "category": "gift", "planned_amount": cost, "actual_amount": cost})
    return scorecard(listed, pd.DataFrame(arms), costs)


def test_a_pooled_share_is_the_share_of_all_customers():
    card = campaigns(
        {"A": (rng.normal(size=200), rng.normal(size=1000)), "B": (rng.normal(size=100), rng.normal(size=500))}
    )
    share = together(card)["conversion_rate"]
    low, high = proportion_confint(150, 1500, method="wilson")
    np.testing.assert_allclose([share.estimate[0], share.low[0], share.high[0]], [0.1, low, high], atol=1e-12)
    assert share.n[0] == 1500


def test_effects_are_added_campaign_by_campaign_and_not_pooled_over_customers():
    """Pooled, the sign would turn round (Simpson): the larger control sits where customers are worth more."""
    rich = rng.normal(1000, 10, 900), rng.normal(1010, 10, 100)
    poor = rng.normal(10, 1, 100), rng.normal(20, 1, 900)
    told = together(campaigns({"rich": rich, "poor": poor}))
    added, each = told["contribution_added"], told["contribution_added_per_customer"]
    by_hand = (rich[1].mean() - rich[0].mean()) * 100 + (poor[1].mean() - poor[0].mean()) * 900
    assert added.estimate[0] == pytest.approx(by_hand)
    assert added.low[0] > 0
    assert (each.estimate[0], each.n[0]) == (pytest.approx(by_hand / 1000), 1000)
    assert each.low[0] == pytest.approx(added.low[0] / 1000)


def test_the_interval_covers_the_true_sum_at_its_level():
    hits = 0
    for _ in range(400):
        true = {"A": 5.0, "B": -2.0}
        rows = {name: (rng.normal(50, 30, 60), rng.normal(50 + effect, 30, 120)) for name, effect in true.items()}
        added = together(campaigns(rows))["contribution_added"]
        hits += int(added.low[0] <= (5.0 - 2.0) * 120 <= added.high[0])
    assert 0.92 <= hits / 400 <= 0.985


def test_the_return_is_the_image_of_what_was_added():
    card = campaigns({"A": (rng.normal(50, 30, 60), rng.normal(80, 30, 120))}, cost=2000.0)
    result = together(card)
    assert result["roi_incremental"].estimate[0] == pytest.approx(result["contribution_added"].estimate[0] / 2000.0 - 1)
    assert result["campaign_cost"].estimate[0] == 2000.0


def test_without_a_judged_campaign_there_is_no_return_and_a_reason():
    card = campaigns({"A": (rng.normal(size=60), rng.normal(size=60))})
    listed = pd.DataFrame({"campaign_id": ["A"], "assignment": ["targeted"]})
    empty = together(scorecard(listed, pd.DataFrame([arm("A", False, rng.normal(size=60), 3)])))
    assert empty["roi_incremental"].reason[0] == "no_control"
    assert len(card) == 1


def test_what_is_added_is_of_the_customers_whose_window_has_closed_and_so_is_its_cost():
    control, treated = rng.normal(50, 30, 60), rng.normal(80, 30, 120)
    waiting = pd.DataFrame([arm("A", True, control, 3), arm("A", False, treated, 12)])
    waiting["n"] = [60, 480]  # three in four of the treated still have an open window
    listed = pd.DataFrame({"campaign_id": ["A"], "assignment": "randomised"})
    costs = pd.DataFrame({"campaign_id": ["A"], "category": "gift", "planned_amount": 8e3, "actual_amount": 8e3})
    result = together(scorecard(listed, waiting, costs))
    gain = (treated.mean() - control.mean()) * 120
    assert result["contribution_added"].estimate[0] == pytest.approx(gain)
    assert result["roi_incremental"].estimate[0] == pytest.approx(gain / 2000.0 - 1)


def test_the_budget_used_is_of_campaigns_that_have_a_plan():
    card = campaigns(
        {"A": (rng.normal(size=20), rng.normal(size=100)), "B": (rng.normal(size=20), rng.normal(size=100))}
    )
    listed = pd.DataFrame({"campaign_id": ["A", "B", "C"], "assignment": "randomised", "cluster": "customer"})
    arms = pd.DataFrame([arm(name, False, rng.normal(size=100), 10) for name in ("A", "B", "C")])
    costs = pd.DataFrame(
        [("A", "gift", 400.0, 300.0), ("B", "gift", 600.0, 900.0), ("C", "gift", np.nan, 70.0)],
        columns=["campaign_id", "category", "planned_amount", "actual_amount"],
    )
    whole = together(scorecard(listed, arms, costs))
    assert (whole["planned_cost"].estimate[0], whole["planned_cost"].n[0]) == (1000.0, 2)
    assert whole["budget_used"].estimate[0] == pytest.approx(1.2)
    unplanned = together(scorecard(listed, arms, costs.assign(planned_amount=np.nan)))
    assert np.isnan(unplanned["budget_used"].estimate[0])
    assert unplanned["budget_used"].reason[0]
    assert together(card)["budget_used"].estimate[0] == pytest.approx(1.0)


def test_customers_in_several_campaigns_widen_the_sum_and_leave_its_estimate():
    card = campaigns(
        {"A": (rng.normal(5, 9, 200), rng.normal(9, 9, 800)), "B": (rng.normal(5, 9, 90), rng.normal(9, 9, 500))}
    )
    apart, shared = (together(card, wider=times)["contribution_added"] for times in (1.0, 1.5))
    assert shared.estimate[0] == pytest.approx(apart.estimate[0])
    assert shared.high[0] - shared.low[0] == pytest.approx(1.5 * (apart.high[0] - apart.low[0]))


def test_the_same_customers_held_out_of_both_campaigns_double_the_variance():
    """Two campaigns of one list, one control and one outcome: the sum is twice one effect, its variance four times.

    Apart, two independent effects would have twice the variance; so the whole is wider by the root of 2.
    """
    values, treated = rng.normal(50, 20, 1_000), np.arange(1_000) % 2 == 0
    pull = np.where(treated, values - values[treated].mean(), values[~treated].mean() - values)
    assert widening(2 * (pull**2).sum(), ((2 * pull) ** 2).sum()) == pytest.approx(np.sqrt(2))


def test_widening_is_the_sampling_error_of_the_sum():
    """Five hundred banks: two campaigns, their outcomes alike, the arms drawn once for both."""
    sums, told, apart_told = [], [], []
    draw = np.random.default_rng(11)
    for _ in range(500):
        level = draw.normal(0, 10, 400)
        outcomes = [level + draw.normal(0, 4, 400) for _ in range(2)]
        treated = draw.permutation(400) < 200
        pulls = [np.where(treated, y - y[treated].mean(), y[~treated].mean() - y) for y in outcomes]
        sums.append(sum((y[treated].mean() - y[~treated].mean()) * 200 for y in outcomes))
        apart = sum((pull**2).sum() for pull in pulls)
        apart_told.append(np.sqrt(apart))
        told.append(np.sqrt(apart) * widening(apart, (sum(pulls) ** 2).sum()))
    assert np.mean(told) == pytest.approx(np.std(sums), rel=0.08)
    assert np.mean(apart_told) < 0.8 * np.std(sums)


def test_what_a_campaign_added_and_its_cost_make_its_return():
    card = campaigns({"A": (rng.normal(5, 9, 200), rng.normal(900, 9, 800))})
    amounts, cost = added(card)
    returned = card["roi_incremental"]
    for side in ("estimate", "low", "high"):
        assert getattr(amounts, side)[0] / cost[0] - 1 == pytest.approx(getattr(returned, side)[0])
    assert cost[0] == pytest.approx(1e5)
    assert amounts.estimate[0] == pytest.approx((returned.estimate[0] + 1) * 1e5)
    assert amounts.standard_error[0] == pytest.approx(returned.standard_error[0] * 1e5), "in money, as the amount is"


def test_the_attributed_return_is_of_the_same_campaigns():
    rows = {"A": (rng.normal(5, 9, 200), rng.normal(300, 9, 800)), "B": (rng.normal(5, 9, 2), rng.normal(900, 9, 500))}
    card = campaigns(rows)
    told = together(card)["roi_attributed"]
    assert told.estimate[0] == pytest.approx(sum(treated.sum() for _, treated in rows.values()) / 2e5 - 1)
    assert told.low[0] == told.high[0] == told.estimate[0]


def test_what_is_planned_and_not_booked_yet_is_part_of_the_budget():
    """A booked 300 of its 400 and not its 500 of prizes; B has a plan of 600 and nothing booked yet."""
    listed = pd.DataFrame({"campaign_id": ["A", "B"], "assignment": "randomised", "cluster": "customer"})
    arms = pd.DataFrame([arm(name, False, rng.normal(size=100), 10) for name in ("A", "B")])
    costs = pd.DataFrame(
        [("A", "gift", 400.0, 300.0), ("A", "prize", 500.0, np.nan), ("B", "gift", 600.0, np.nan)],
        columns=["campaign_id", "category", "planned_amount", "actual_amount"],
    )
    whole = together(scorecard(listed, arms, costs))
    assert (whole["planned_cost"].estimate[0], whole["planned_for_booked"].estimate[0]) == (1500.0, 400.0)
    assert whole["budget_used"].estimate[0] == pytest.approx(300 / 1500)
    nothing = together(scorecard(listed, arms, costs.assign(actual_amount=np.nan)))
    assert np.isnan(nothing["budget_used"].estimate[0])
