"""Groups of customers against scipy and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from metrics.inference.study.segments import MOST_GROUPS, heterogeneity, segments
from metrics.inference.study.sides import outcome_for
from tests.metrics.inference.comparison import by_row

CONVERSION, SALES = outcome_for("conversion_rate"), outcome_for("sales_per_customer")


def test_groups_are_one_and_the_same_by_cochrans_q():
    differences, errors = np.array([0.02, 0.05, -0.01, np.nan]), np.array([0.01, 0.02, 0.015, 0.02])
    found = heterogeneity(differences, errors)
    peer = combine_effects(differences[:3], errors[:3] ** 2, method_re="dl")
    assert found.statistic.item() == pytest.approx(peer.q)
    assert found.p_value.item() == pytest.approx(stats.chi2.sf(peer.q, 2))


def test_one_group_has_nobody_to_differ_from():
    assert np.isnan(heterogeneity(np.array([0.1]), np.array([0.1])).p_value.item())


def test_every_group_allows_for_all_of_them_by_the_score_test():
    rows = by_row.customers(1)
    found = segments(by_row.segments(rows), CONVERSION)
    assert list(zip(found.dimension, found.value, strict=True)) == [
        ("tier", "basic"),
        ("tier", "wealth"),
        ("age_from", "25"),
        ("age_from", "45"),
    ]
    basic = rows[rows["tier"] == "basic"]
    table = pd.crosstab(basic["side"], basic["converted"])
    chi_square = stats.chi2_contingency(table, correction=False).statistic
    n = len(basic)
    p_value = stats.chi2.sf(chi_square * (n - 1) / n, 1)
    assert found.adjusted[0] == pytest.approx(min(p_value * 4, 1.0))
    assert found.difference.level == pytest.approx(1 - 0.05 / 4)


def test_amounts_are_welchs():
    rows = by_row.customers(2)
    found = segments(by_row.segments(rows), SALES)
    wealth = rows[rows["tier"] == "wealth"]
    a, b = (wealth.loc[wealth["side"] == side, "sales"] for side in "ab")
    peer = stats.ttest_ind(a, b, equal_var=False)
    limits = peer.confidence_interval(1 - 0.05 / 4)
    assert (found.difference.low[1], found.difference.high[1]) == pytest.approx((limits.low, limits.high))
    assert found.adjusted[1] == pytest.approx(min(peer.pvalue * 4, 1.0))


def test_many_groups_are_tested_as_a_whole_and_cost_the_others_nothing():
    rows = by_row.customers(3)
    many = rows.assign(branch_id=[f"B{i % (MOST_GROUPS + 1)}" for i in range(len(rows))])
    branches = by_row.aggregate(many, ("branch_id",)).rename(columns={"branch_id": "value"})
    both = pd.concat([by_row.segments(rows), branches.assign(dimension="branch_id")], ignore_index=True)
    alone, found = segments(by_row.segments(rows), CONVERSION), segments(both, CONVERSION)
    assert found.value == alone.value
    assert found.difference.level == alone.difference.level
    assert found.interaction.set_index("dimension").loc["branch_id", "groups"] == MOST_GROUPS + 1


def test_an_effect_in_one_tier_alone_is_noticed():
    rng = np.random.default_rng(40)
    rows = by_row.customers(4, n=4000, effect=0.0)
    lucky = (rows["tier"] == "wealth") & (rows["side"] == "a") & (rng.random(len(rows)) < 0.3)
    found = segments(by_row.segments(rows.assign(converted=rows["converted"] | lucky)), CONVERSION)
    assert found.differ == ("tier",)
