"""The scorecard against the same numbers worked out campaign by campaign from rows of customers."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.campaigns.evaluation import Scorecard, scorecard
from metrics.campaigns.findings import campaign_findings
from metrics.catalogue import METRICS
from metrics.errors import ShapeError
from metrics.estimate import Reason
from metrics.finding import FindingCode

AMOUNTS = ("sales", "contribution", "net_new")


def customers(campaigns: int = 4, each: int = 300, seed: int = 5) -> pd.DataFrame:
    """Rows of customers: two treated arms and a control in each campaign, a fifth of the windows still open."""
    rng = np.random.default_rng(seed)
    n = campaigns * each
    rows = pd.DataFrame(
        {
            "campaign_id": np.repeat([f"C{i}" for i in range(campaigns)], each),
            "arm": rng.choice(["call", "message", "control"], n),
            "matured": rng.random(n) < 0.8,
        }
    )
    rows["is_control"] = rows["arm"] == "control"
    rows["contacted"] = ~rows["is_control"] & (rng.random(n) < 0.6)
    rows["participated"] = rows["contacted"] & (rng.random(n) < 0.4)
    rows["converted"] = rng.random(n) < np.where(rows["contacted"], 0.3, 0.15)
    rows["sales"] = np.where(rows["converted"], rng.integers(10**4, 10**6, n), 0)
    rows["contribution"] = rows["sales"] // 50
    rows["net_new"] = rng.integers(-(10**5), 10**6, n)
    return rows


def aggregated(rows: pd.DataFrame) -> pd.DataFrame:
    """What the warehouse would return for these rows."""
    closed = rows[rows["matured"]]
    keys = ["campaign_id", "arm", "is_control"]
    counts = rows.groupby(keys).agg(
        n=("arm", "size"), contacted=("contacted", "sum"), participated=("participated", "sum")
    )
    of_closed = closed.assign(
        both=closed["contacted"] & closed["converted"], came=closed["participated"] & closed["converted"]
    ).groupby(keys)
    counts["matured"] = of_closed.size()
    for column, name in (
        ("converted", "matured_converted"),
        ("contacted", "matured_contacted"),
        ("participated", "matured_participated"),
        ("both", "contacted_matured_converted"),
        ("came", "participants_matured_converted"),
    ):
        counts[name] = of_closed[column].sum()
    for amount in AMOUNTS:
        counts[f"sum_{amount}"] = of_closed[amount].sum()
        counts[f"squares_{amount}"] = of_closed[amount].var(ddof=0) * of_closed.size()
    return counts.fillna(0).reset_index()


def plan(campaigns: int = 4, **columns: object) -> pd.DataFrame:
    ids = [f"C{i}" for i in range(campaigns)]
    return pd.DataFrame({"campaign_id": ids, "assignment": "randomised", "cluster": "customer"} | columns)


COSTS = pd.DataFrame(
    [
        {"campaign_id": campaign, "category": kind, "planned_amount": 90_000, "actual_amount": amount}
        for campaign in ("C0", "C1", "C2")
        for kind, amount in (("gift", 100_000), ("staff_time", None if campaign == "C1" else 50_000))
    ]
)
ANSWERS = pd.DataFrame(
    [
        ["C0", "csat5", 50, 40, 30, 160, 40.0, 0, 0],
        ["C0", "nps", 60, 35, 0, 0, 0.0, 20, 5],
        ["C1", "nps", 10, 0, 0, 0, 0.0, 0, 0],
    ],
    columns=[
        *("campaign_id", "scale", "invited", "answers", "top_two", "sum_score", "squares_score"),
        *("promoters", "detractors"),
    ],
)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return customers()


@pytest.fixture(scope="module")
def card(rows: pd.DataFrame) -> Scorecard:
    complaints = pd.DataFrame({"campaign_id": ["C0"], "complaints": [2]})
    return scorecard(plan(), aggregated(rows), COSTS, ANSWERS, complaints)


@pytest.mark.parametrize("index", range(4))
def test_shares_are_those_of_the_treated_rows(card: Scorecard, rows: pd.DataFrame, index: int) -> None:
    treated = rows[(rows["campaign_id"] == f"C{index}") & ~rows["is_control"]]
    closed = treated[treated["matured"]]
    expected = {
        "members": len(treated),
        "open_members": (~treated["matured"]).sum(),
        "reach_rate": treated["contacted"].mean(),
        "participation_rate": treated["participated"].sum() / treated["contacted"].sum(),
        "participation_of_assigned": treated["participated"].mean(),
        "conversion_rate": closed["converted"].mean(),
        "conversion_of_contacted": closed.loc[closed["contacted"], "converted"].mean(),
        "conversion_of_participants": closed.loc[closed["participated"], "converted"].mean(),
    }
    for key, value in expected.items():
        assert_allclose(card[key].estimate[index], value, rtol=1e-12, err_msg=key)
    assert card["conversion_of_contacted"].n[index] == closed["contacted"].sum()


@pytest.mark.parametrize("index", range(4))
def test_amounts_and_effects_are_those_of_scipy_on_the_rows(card: Scorecard, rows: pd.DataFrame, index: int) -> None:
    closed = rows[(rows["campaign_id"] == f"C{index}") & rows["matured"]]
    treated, control = closed[~closed["is_control"]], closed[closed["is_control"]]
    for amount, key in zip(AMOUNTS, ("sales", "contribution", "net_new_money"), strict=True):
        low, high = stats.ttest_1samp(treated[amount], 0).confidence_interval()
        assert_allclose(card[key].estimate[index], treated[amount].sum(), rtol=1e-12)
        mean = card[f"{key}_per_customer"]
        assert_allclose([mean.low[index], mean.high[index]], [low, high], rtol=1e-9)
        effect = card[f"incremental_{key}_per_customer"]
        welch = stats.ttest_ind(treated[amount], control[amount], equal_var=False).confidence_interval()
        assert_allclose([effect.low[index], effect.high[index]], welch, rtol=1e-9)


def test_incremental_return_is_the_effect_against_the_cost_of_the_closed_windows(
    card: Scorecard, rows: pd.DataFrame
) -> None:
    treated = rows[(rows["campaign_id"] == "C0") & ~rows["is_control"]]
    closed, control = (
        treated[treated["matured"]],
        rows[(rows["campaign_id"] == "C0") & rows["is_control"] & rows["matured"]],
    )
    cost = 150_000 * len(closed) / len(treated)
    gain = (closed["contribution"].mean() - control["contribution"].mean()) * len(closed)
    assert_allclose(card["roi_incremental"].estimate[0], gain / cost - 1)
    assert_allclose(card["roi_attributed"].estimate[0], closed["contribution"].sum() / cost - 1)
    assert_allclose(card["cost_per_conversion"].estimate[0], cost / closed["converted"].sum())
    lift = card["break_even_lift"].estimate[0]
    per_conversion = closed["contribution"].sum() / closed["converted"].sum()
    assert_allclose(lift * len(closed) * per_conversion, cost)


def test_costs_that_are_missing_are_said_and_never_zero(card: Scorecard) -> None:
    assert_allclose(card["campaign_cost"].estimate, [150_000, 100_000, 150_000, np.nan])
    assert card.lacks_cost("staff_time").tolist() == [False, True, False, False]
    assert card.lacks_cost("venue").tolist() == [True, True, True, False]
    assert_allclose(card["budget_used"].estimate[:3], [150 / 180, 100 / 90, 150 / 180])
    for key in ("roi_attributed", "roi_incremental", "cost_per_contact", "cost_per_conversion"):
        assert card[key].reason[3] == Reason.NOT_RECORDED, key
        assert np.isnan(card[key].estimate[3]), key


def test_satisfaction_knows_nobody_asked_from_nothing_recorded(card: Scorecard, rows: pd.DataFrame) -> None:
    assert_allclose(card["csat_mean"].estimate[0], 4.0)
    assert_allclose(card["net_promoter_score"].estimate[0], 100 * 15 / 35)
    assert_allclose(card["response_rate"].estimate[:2], [75 / 110, 0.0])
    assert card["top_two_box"].reason.tolist() == ["", Reason.TOO_FEW, Reason.TOO_FEW, Reason.TOO_FEW]
    assert card["complaint_rate"].estimate[1] == 0.0
    without = scorecard(plan(), aggregated(rows))
    for key in ("csat_mean", "top_two_box", "net_promoter_score", "response_rate", "complaint_rate", "campaign_cost"):
        assert set(without[key].reason) == {Reason.NOT_RECORDED}, key


def test_only_a_random_control_gives_an_effect(rows: pd.DataFrame) -> None:
    arms = aggregated(rows)
    no_control = arms[~((arms["campaign_id"] == "C3") & arms["is_control"])]
    designs = plan(
        assignment=["randomised", "targeted", "randomised", "randomised"],
        cluster=["customer", "customer", "branch", "customer"],
    )
    card = scorecard(designs, no_control, COSTS)
    expected = [Reason.NONE, Reason.NO_CONTROL, Reason.CLUSTERED, Reason.NO_CONTROL]
    for key in ("incremental_conversion", "incremental_sales_per_customer", "effect_on_contacted", "relative_lift"):
        assert card[key].reason.tolist() == expected, key
        assert np.isnan(card[key].estimate[1:]).all(), key
    assert np.isnan(card.tests["incremental_conversion"].p_value).tolist() == [False, True, True, True]
    assert card["conversion_rate"].known.all()


def test_a_campaign_assigned_by_branch_is_judged_by_its_branches(rows: pd.DataFrame) -> None:
    """Against the sandwich written out from rows, with t on G - 2 for equal arms of ten branches."""
    rng = np.random.default_rng(8)
    branch = rng.integers(0, 20, len(rows))
    dealt = rows.assign(branch_id=branch, is_control=branch % 2 == 0, arm=np.where(branch % 2 == 0, "control", "call"))
    designs = plan(assignment=["randomised"] * 4, cluster=["branch", "customer", "branch", "branch"])
    by_branch = pd.concat(
        [aggregated(part).assign(branch_id=branch_id) for branch_id, part in dealt.groupby("branch_id")],
        ignore_index=True,
    )
    by_branch = by_branch[by_branch["campaign_id"] != "C3"]
    card = scorecard(designs, aggregated(dealt), COSTS, branches=by_branch)
    alone = scorecard(designs, aggregated(dealt), COSTS)
    effect = card["incremental_conversion"]
    assert effect.reason.tolist() == ["", "", "", Reason.CLUSTERED]
    assert_allclose(effect.low[1], alone["incremental_conversion"].low[1])

    closed = dealt[dealt["matured"] & (dealt["campaign_id"] == "C0")]
    shares = closed.groupby("is_control")["converted"].mean()
    assert_allclose(effect.estimate[0], shares[False] - shares[True])
    variance = 0.0
    for _, arm in closed.groupby("is_control"):
        totals = (arm["converted"] - arm["converted"].mean()).groupby(arm["branch_id"]).sum()
        variance += 10 / 9 * (totals**2).sum() / len(arm) ** 2
    margin = stats.t.isf(0.025, 18) * np.sqrt(variance)
    # The bias-reduced limits allow for branches of unequal size besides; here they are nearly equal.
    assert_allclose(effect.high[0] - effect.estimate[0], margin, rtol=0.05)
    assert_allclose(effect.high[0] + effect.low[0], 2 * effect.estimate[0])
    expected = 2 * stats.t.sf(abs(effect.estimate[0]) / np.sqrt(variance), 18)
    assert_allclose(card.tests["incremental_conversion"].p_value[0], expected, rtol=0.05)

    few = [found for found in campaign_findings(card, "C2") if found.code is FindingCode.FEW_BRANCHES]
    assert few == []  # twenty branches are enough
    fewer = by_branch[by_branch["branch_id"] < 12]
    said = campaign_findings(scorecard(designs, aggregated(dealt), COSTS, branches=fewer), "C2")
    assert [found.values["clusters"] for found in said if found.code is FindingCode.FEW_BRANCHES] == [12]

    chosen = scorecard(designs, aggregated(dealt), COSTS, branches=fewer).among(["C2", "C1"])
    told = [found.code for found in campaign_findings(chosen, "C2")]
    assert FindingCode.FEW_BRANCHES in told
    assert FindingCode.FEW_BRANCHES not in [found.code for found in campaign_findings(chosen, "C1")]

    one = by_branch[by_branch["branch_id"] == 4]
    own = scorecard(designs, aggregated(dealt[dealt["branch_id"] == 4]), COSTS, branches=one)
    assert own["incremental_conversion"].reason[2] == own["roi_incremental"].reason[2] == Reason.CLUSTERED

    cost, worth = card["campaign_cost"].estimate[0], card["incremental_contribution_per_customer"]
    treated = dealt[(dealt["campaign_id"] == "C0") & ~dealt["is_control"]]
    spent = cost * treated["matured"].mean()
    assert_allclose(card["roi_incremental"].low[0], worth.low[0] * treated["matured"].sum() / spent - 1)
    # The return is 0 where the branches' contribution a customer is what a customer costs.
    t = (worth.estimate[0] - cost / len(treated)) / worth.standard_error[0]
    tested = card.tests["roi_incremental"].p_value[0]
    # Branches are nearly of one size, for which the statistic's own distribution is that of t.
    assert_allclose(tested, 2 * stats.t.sf(abs(t), worth.degrees_of_freedom[0]), rtol=0.02)


def test_a_campaign_whose_windows_are_all_open_is_not_a_failure(rows: pd.DataFrame) -> None:
    young = rows.assign(matured=rows["matured"] & (rows["campaign_id"] != "C1"))
    card = scorecard(plan(), aggregated(young), COSTS)
    for key in ("conversion_rate", "sales", "roi_attributed", "roi_incremental", "incremental_conversion"):
        assert card[key].reason[1] == Reason.WINDOW_OPEN, key
        assert np.isnan(card[key].estimate[1]), key
    assert card["reach_rate"].known[1]
    assert card["open_members"].estimate[1] == card["members"].estimate[1]


def test_columns_that_are_absent_or_null_were_not_recorded(rows: pd.DataFrame) -> None:
    arms = aggregated(rows).drop(columns=["sum_net_new", "squares_net_new"])
    arms["participated"] = arms["matured_participated"] = arms["participants_matured_converted"] = None
    card = scorecard(plan(), arms)
    keys = ("net_new_money", "participation_rate", "conversion_of_participants", "sales_per_customer_winsorised")
    for key in keys:
        assert set(card[key].reason) == {Reason.NOT_RECORDED}, key
    assert card["conversion_rate"].known.all()


def test_an_engine_s_own_number_types_are_read_as_numbers(card: Scorecard, rows: pd.DataFrame) -> None:
    """PostgreSQL sums big integers as decimals, and a column of counts with a gap comes as nullable integers."""
    arms = aggregated(rows).astype({"n": "Int64", "participated": "Int64"})
    arms["sum_sales"] = [Decimal(int(total)) for total in arms["sum_sales"]]
    arms.loc[0, "participated"] = pd.NA
    same = scorecard(plan(), arms, COSTS)
    assert_allclose(same["sales"].low, card["sales"].low, rtol=1e-12)
    assert same["participation_rate"].reason.tolist() == [Reason.NOT_RECORDED, "", "", ""]


def test_arms_by_branch_add_up_to_the_campaign(card: Scorecard, rows: pd.DataFrame) -> None:
    """One row per campaign, arm and branch gives the same scorecard as one per campaign and arm."""
    halves = [aggregated(rows.iloc[part::2]).assign(branch_id=f"B{part}") for part in (0, 1)]
    split = scorecard(plan(), pd.concat(halves), COSTS)
    for key in ("members", "conversion_rate", "sales", "roi_incremental", "incremental_sales_per_customer"):
        assert_allclose(split[key].low, card[key].low, rtol=1e-9, err_msg=key)


def test_amounts_rest_on_the_members_whose_amount_is_recorded(rows: pd.DataFrame) -> None:
    arms = aggregated(rows).assign(known_sales=10, known_net_new=0)
    card = scorecard(plan(), arms)
    assert_allclose(card["sales"].estimate, arms[~arms["is_control"]].groupby("campaign_id")["sum_sales"].sum())
    assert set(card["sales_per_customer"].n) == {20.0}


def test_a_campaign_that_sold_nothing_has_no_price_per_sale_and_says_too_few(rows: pd.DataFrame) -> None:
    idle = rows.assign(converted=False, sales=0, contribution=0)
    card = scorecard(plan(), aggregated(idle), COSTS)
    for key in ("cost_per_conversion", "break_even_lift", "break_even_conversions"):
        assert card[key].reason.tolist() == [Reason.TOO_FEW] * 3 + [Reason.NOT_RECORDED], key
    assert_allclose(card["roi_attributed"].estimate[:3], -1.0)
    assert card["roi_attributed"].reason[0] == Reason.NO_VARIATION


def test_whose_money_the_sales_are(rows: pd.DataFrame) -> None:
    arms = aggregated(rows)
    arms["sum_sales_top"] = arms["sum_sales"] * 0.4
    funding = pd.DataFrame({"campaign_id": ["C2", "C0"], "amount_known": [200, 0], "internally_funded_amount": [50, 0]})
    card = scorecard(plan(), arms, funding=funding)
    assert_allclose(card["sales_top_share"].estimate, 0.4)
    assert_allclose(card["internal_conversion_share"].estimate, [np.nan, np.nan, 0.25, np.nan])
    expected = [Reason.TOO_FEW, Reason.NOT_RECORDED, Reason.NONE, Reason.NOT_RECORDED]
    assert card["internal_conversion_share"].reason.tolist() == expected


def test_a_part_larger_than_its_whole_is_said_and_not_shown(rows: pd.DataFrame) -> None:
    arms = aggregated(rows)
    arms["participated"] = arms["contacted"] + 1
    card = scorecard(plan(), arms)
    assert set(card["participation_rate"].reason) == {Reason.NOT_NESTED}
    assert not card["participation_rate"].known.any()


def test_the_order_is_the_caller_s_and_others_are_passed_over(rows: pd.DataFrame) -> None:
    forward = scorecard(plan(), aggregated(rows), COSTS, ANSWERS)
    some = scorecard(plan().iloc[[2, 0]], aggregated(rows).sample(frac=1, random_state=1), COSTS, ANSWERS)
    assert some.campaign_id == ("C2", "C0")
    for key, intervals in forward.results.items():
        assert_allclose(some[key].low, intervals.low[[2, 0]], rtol=1e-9, err_msg=key)
        assert some[key].reason.tolist() == intervals.reason[[2, 0]].tolist()


def test_one_call_equals_a_call_for_each(card: Scorecard, rows: pd.DataFrame) -> None:
    for index in range(4):
        alone = scorecard(plan().iloc[[index]], aggregated(rows), COSTS, ANSWERS)
        for key, intervals in alone.results.items():
            if key != "complaint_rate":
                assert_allclose(intervals.high[0], card[key].high[index], rtol=1e-9, err_msg=key)


def test_every_number_is_in_the_catalogue_and_a_missing_one_has_a_reason(card: Scorecard) -> None:
    assert set(card.results) <= set(METRICS)
    for key, intervals in card.results.items():
        assert ((intervals.reason == Reason.NONE) == intervals.known).all(), key


def test_no_campaigns_and_the_same_campaign_twice(rows: pd.DataFrame) -> None:
    assert len(scorecard(plan(0), aggregated(rows).iloc[:0], COSTS, ANSWERS)) == 0
    with pytest.raises(ShapeError, match="one row per campaign"):
        scorecard(pd.concat([plan(), plan()]), aggregated(rows))


def test_huge_arms_and_arms_of_one() -> None:
    arms = pd.DataFrame(
        {
            "campaign_id": ["C0", "C0", "C1", "C1"],
            "arm": ["t", "c"] * 2,
            "is_control": [False, True] * 2,
            "n": [10, 10**8, 1, 1],
            "contacted": [5, 0, 1, 0],
            "participated": [1, 0, 0, 0],
            "matured": [10, 10**8, 1, 1],
            "matured_contacted": [5, 0, 1, 0],
            "matured_converted": [0, 5 * 10**6, 1, 0],
            "matured_participated": [1, 0, 0, 0],
            "contacted_matured_converted": [0, 0, 1, 0],
            "participants_matured_converted": [0, 0, 0, 0],
            "sum_sales": [0, 1e15, 100, 0],
            "squares_sales": [0.0, 1e24, 0.0, 0.0],
            "sum_contribution": [0, 1e13, 10, 0],
            "squares_contribution": [0.0, 1e20, 0.0, 0.0],
        }
    )
    card = scorecard(plan(2), arms, COSTS)
    assert card["incremental_conversion"].known.all()
    assert card["sales_per_customer"].reason.tolist() == [Reason.NO_VARIATION, Reason.TOO_FEW]
    assert card["cost_per_conversion"].reason.tolist()[0] == Reason.TOO_FEW


def test_what_is_counted_per_head_has_its_own_heads(card: Scorecard, rows: pd.DataFrame) -> None:
    """By the rows of the first campaign: contacts, participants, those who bought because of it, complaints."""
    treated = rows[(rows["campaign_id"] == "C0") & ~rows["is_control"]]
    assert_allclose(card["cost_per_contact"].estimate[0], 150_000 / treated["contacted"].sum())
    assert_allclose(card["cost_per_participant"].estimate[0], 150_000 / treated["participated"].sum())
    assert_allclose(card["complaint_rate"].estimate[0], 1000 * 2 / treated["contacted"].sum())
    closed = treated[treated["matured"]]
    held_out = rows[(rows["campaign_id"] == "C0") & rows["is_control"] & rows["matured"]]
    more = (closed["converted"].mean() - held_out["converted"].mean()) * len(closed)
    assert_allclose(card["incremental_conversions"].estimate[0], more)


def test_a_contribution_known_of_half_the_customers_stands_for_all_of_them(rows: pd.DataFrame) -> None:
    """What a conversion brings, and so what has to be won back, does not halve because half was not recorded."""
    arms = aggregated(rows)
    half = arms.assign(known_contribution=arms["matured"] / 2, sum_contribution=arms["sum_contribution"] / 2)
    whole, known = (scorecard(plan(), frame, COSTS) for frame in (arms, half))
    for key in ("break_even_conversions", "break_even_lift", "roi_attributed"):
        assert_allclose(known[key].estimate[:3], whole[key].estimate[:3], err_msg=key)


def test_answers_that_come_in_two_rows_are_added(rows: pd.DataFrame) -> None:
    """30 of 40 satisfied and 5 of 10 are 35 of 50; scores of 160 and 30 are 190."""
    more = ANSWERS[:1].assign(invited=20, answers=10, top_two=5, sum_score=30, squares_score=10.0)
    card = scorecard(plan(), aggregated(rows), answers=pd.concat([ANSWERS[:1], more]))
    assert_allclose(card["top_two_box"].estimate[0], 35 / 50)
    assert_allclose(card["response_rate"].estimate[0], 50 / 70)
    assert_allclose(card["csat_mean"].estimate[0], 190 / 50)
