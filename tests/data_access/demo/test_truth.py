"""What campaigns, staff and seasons show agrees with what is true of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

MEASURED = """
    SELECT m.campaign_id, m.arm, a.is_control, k.assignment, k.cluster, count(*) AS n,
           avg((converted_at IS NOT NULL)::INT) AS conversion,
           count(participated_at) / count(*) AS participation,
           avg(contribution_amount) AS contribution, var_samp(contribution_amount) AS spread,
           max(assigned_at)::DATE + any_value(attribution_days) <= DATE '2026-11-15' AS closed,
           any_value(t.conversion_effect) AS effect, any_value(t.contribution_effect) AS contribution_effect,
           any_value(t.participation) AS true_participation, any_value(k.name) AS name
    FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm) JOIN campaign k USING (campaign_id)
    JOIN truth_campaign t USING (campaign_id, arm)
    GROUP BY ALL
"""


@pytest.fixture(scope="module")
def arms(bank):
    return bank.sql(MEASURED).df()


@pytest.fixture(scope="module")
def trials(arms):
    """Treated arms of closed campaigns that were randomised by customer, beside their control."""
    fair = arms[(arms.assignment == "randomised") & (arms.cluster == "customer") & arms.closed]
    control = fair[fair.is_control].set_index("campaign_id")
    treated = fair[~fair.is_control]
    return treated.join(
        control[["n", "conversion", "contribution", "spread"]], on="campaign_id", suffixes=("", "_control")
    )


def test_measured_effects_on_conversion_scatter_about_the_truth_as_chance_does(trials):
    error = np.sqrt(
        trials.conversion * (1 - trials.conversion) / trials.n
        + trials.conversion_control * (1 - trials.conversion_control) / trials.n_control
    )
    z = (trials.conversion - trials.conversion_control - trials.effect) / error
    assert len(z) >= 35
    assert abs(z.mean()) < 3.3 / np.sqrt(len(z))
    assert 0.6 < z.std() < 1.4
    assert z.abs().max() < 4.2


def test_measured_effects_on_contribution_scatter_about_the_truth(trials):
    error = np.sqrt(trials.spread / trials.n + trials.spread_control / trials.n_control)
    z = (trials.contribution - trials.contribution_control - trials.contribution_effect) / error
    assert abs(z.mean()) < 0.6
    assert z.abs().max() < 5


def test_participation_is_what_the_truth_says(arms):
    treated = arms[~arms.is_control & arms.closed]
    error = np.sqrt(treated.true_participation * (1 - treated.true_participation) / treated.n)
    assert ((treated.participation - treated.true_participation) / error).abs().median() < 1.5


def test_some_campaigns_do_nothing_and_some_do_harm(bank):
    effects = (
        bank.sql("""SELECT max(conversion_effect) FILTER (NOT is_control) AS effect
        FROM truth_campaign GROUP BY campaign_id""")
        .df()
        .effect
    )
    largest_harm = bank.sql("SELECT min(conversion_effect) FROM truth_campaign").fetchone()[0]
    assert largest_harm < -0.003
    assert (effects == 0).any()
    assert effects.max() < 0.08


def test_arms_were_allocated_as_planned(bank):
    observed = bank.sql("""SELECT campaign_id, arm, count(*) AS n, any_value(allocation) AS share FROM campaign_member
        JOIN campaign_arm USING (campaign_id, arm) JOIN campaign USING (campaign_id)
        WHERE assignment = 'randomised' AND cluster = 'customer' GROUP BY ALL""").df()
    p = [
        stats.chisquare(arms.n, arms.n.sum() * arms.share / arms.share.sum()).pvalue
        for _, arms in observed.groupby("campaign_id")
    ]
    assert min(p) > 1e-4
    assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_the_salon_wins_in_every_large_tier_and_loses_over_all(bank):
    """Simpson's reversal: the salon's guests are the poorer customers, who buy less anyway."""
    whole = dict(
        bank.sql("""SELECT arm, avg((converted_at IS NOT NULL)::INT) FROM campaign_member
        JOIN campaign USING (campaign_id) WHERE theme = 'mid_year' GROUP BY arm""").fetchall()
    )
    assert whole["salon"] < whole["phone"]
    for tier in ("basic", "potential"):
        within = dict(
            bank.execute(
                """SELECT arm, avg((converted_at IS NOT NULL)::INT) FROM campaign_member
            JOIN campaign USING (campaign_id) WHERE theme = 'mid_year' AND tier = ? GROUP BY arm""",
                [tier],
            ).fetchall()
        )
        assert within["salon"] > within["phone"], tier


def test_a_hand_picked_comparison_flatters_the_campaign(bank):
    naive, true = bank.sql("""
        WITH rates AS (SELECT m.arm, is_control, avg((converted_at IS NOT NULL)::INT) AS rate,
                              avg(t.conversion_effect) AS effect
            FROM campaign_member m JOIN campaign k USING (campaign_id) JOIN truth_campaign t USING (campaign_id, arm)
            WHERE k.theme IN ('maturity', 'family_day') AND k.assignment = 'targeted'
              AND k.campaign_id IN (SELECT campaign_id FROM campaign_arm WHERE arm = 'comparison')
              AND k.starts_on < DATE '2026-07-01' GROUP BY ALL)
        SELECT sum(CASE WHEN is_control THEN -rate ELSE rate END), max(effect) FROM rates""").fetchone()
    assert naive > 1.2 * true


def test_better_skilled_staff_convert_more_of_the_same_campaigns(bank):
    staff = bank.sql("""
        WITH base AS (SELECT campaign_id, tier, avg((converted_at IS NOT NULL)::INT) AS expected
            FROM campaign_member WHERE contacted_at IS NOT NULL GROUP BY ALL)
        SELECT staff_id, sum((converted_at IS NOT NULL)::INT) / sum(expected) AS ratio, any_value(asset) AS skill
        FROM campaign_member JOIN base USING (campaign_id, tier) JOIN truth_staff USING (staff_id)
        JOIN campaign USING (campaign_id) JOIN product USING (product_id)
        WHERE contacted_at IS NOT NULL AND channel IN ('phone', 'branch', 'wechat')
          AND line IN ('deposit', 'wealth', 'fund')
        GROUP BY staff_id HAVING sum(expected) > 15""").df()
    assert len(staff) > 60
    assert stats.spearmanr(staff.ratio, staff.skill).statistic > 0.3


def test_spring_festival_weeks_are_a_trough_and_january_a_peak(bank):
    weeks = dict(
        bank.sql("SELECT date_trunc('week', sold_at)::DATE::VARCHAR, count(*) FROM sale GROUP BY ALL").fetchall()
    )
    usual = np.median(list(weeks.values()))
    assert weeks["2025-01-27"] < 0.5 * usual  # first day of the year 29 January 2025
    assert weeks["2026-02-16"] < 0.5 * usual  # 17 February 2026
    assert np.mean([weeks["2026-01-05"], weeks["2026-01-12"], weeks["2026-01-19"]]) > 1.1 * usual


@pytest.mark.parametrize(("year", "fewest"), [(2025, 25), (2026, 25)])
def test_about_thirty_campaigns_start_in_a_year(bank, year, fewest):
    count = bank.execute("SELECT count(*) FROM campaign WHERE year(starts_on) = ?", [year]).fetchone()[0]
    assert fewest <= count <= 36


def test_rates_look_like_a_banks(bank):
    part, conversion = (
        bank.sql("""SELECT count(participated_at) / count(contacted_at) AS p,
        avg((converted_at IS NOT NULL)::INT) FILTER (NOT is_control) AS c
        FROM campaign_member JOIN campaign_arm USING (campaign_id, arm) JOIN campaign USING (campaign_id)
        WHERE NOT is_control AND ends_on < DATE '2026-09-01' GROUP BY campaign_id""")
        .df()
        .to_numpy()
        .T
    )
    assert part.min() > 0.05
    assert part.max() < 0.65
    assert conversion.min() > 0.012
    assert conversion.max() < 0.18


def test_between_a_seventh_and_a_third_answer(bank):
    rates = (
        bank.sql("""SELECT avg((score IS NOT NULL)::INT) AS answered FROM satisfaction
        WHERE campaign_id IS NOT NULL AND invited_at < DATE '2026-11-01'
        GROUP BY campaign_id HAVING count(*) > 200""")
        .df()
        .answered
    )
    assert rates.min() > 0.12
    assert rates.max() < 0.38


def test_one_campaign_has_no_cost_and_one_no_satisfaction(bank):
    for table in ("campaign_cost", "satisfaction"):
        missing = bank.sql(f"SELECT count(*) FROM campaign ANTI JOIN {table} USING (campaign_id)").fetchone()  # noqa: S608
        assert missing == (1,), table


def test_money_comes_to_term_in_the_coming_weeks(bank):
    due = bank.sql("""SELECT count(*), count(DISTINCT branch_id) FROM holding
        WHERE closed_on IS NULL AND matures_on BETWEEN DATE '2026-11-16' AND DATE '2026-12-13'""").fetchone()
    assert due[0] > 200
    assert due[1] == bank.sql("SELECT count(*) FROM branch").fetchone()[0]


def test_people_and_customers_move_and_keep_their_past(bank):
    postings = bank.sql("SELECT count(*) AS n FROM staff_posting GROUP BY staff_id").df().n
    assert (postings > 1).sum() > 3
    assert bank.sql("SELECT count(*) FROM staff WHERE left_on IS NOT NULL").fetchone()[0] > 3
    moved = bank.sql("""SELECT count(DISTINCT customer_id) FROM tier_snapshot s JOIN customer c USING (customer_id)
        WHERE s.branch_id <> c.branch_id""").fetchone()[0]
    assert moved > 200
