import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Reason
from metrics.finding import FindingCode
from metrics.inference.comparison.contrast import Assignment, compare
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts
from metrics.tiers.transition import Transitions
from metrics.tiers.upgrade_effect import (
    arms,
    moved_further,
    rank_test,
    upgrade_contrast,
    upgrade_contrast_within_tiers,
)

ABC = ("a", "b", "c")
CONTROL = [[300, 20, 2, 8], [25, 200, 10, 5], [1, 12, 90, 1], [0, 0, 0, 0]]
TREATED = [[280, 45, 5, 3], [15, 210, 22, 4], [2, 8, 95, 0], [0, 0, 0, 0]]


def arm(*tables):
    return Transitions.of(tables, tiers=ABC, months=6)


def scores(table):
    """One number per customer: tiers gained, with leaving below every loss."""
    return np.concatenate(
        [np.full(int(table[i][j]), -9 if j == 3 else j - i) for i in range(3) for j in range(4)]
    ).astype(float)


def test_the_deviate_and_p_value_are_scipys_mann_whitney_with_ties():
    tests = rank_test(arm(CONTROL), arm(TREATED))
    scipy = stats.mannwhitneyu(scores(TREATED), scores(CONTROL), use_continuity=False, method="asymptotic")
    assert tests.p_value.item() == pytest.approx(scipy.pvalue, rel=1e-9)
    pairs = len(scores(TREATED)) * len(scores(CONTROL))
    assert moved_further(arm(CONTROL), arm(TREATED)).estimate.item() == pytest.approx(scipy.statistic / pairs)


def test_the_standard_error_is_scipys_brunner_munzel():
    chance = moved_further(arm(CONTROL), arm(TREATED))
    logits = np.log(np.array([chance.low, chance.high]) / (1 - np.array([chance.low, chance.high])))
    theta = chance.estimate.item()
    error = np.ptp(logits) / 2 / stats.norm.isf(0.025) * theta * (1 - theta)
    scipy = stats.brunnermunzel(scores(CONTROL), scores(TREATED))
    assert (theta - 0.5) / error == pytest.approx(scipy.statistic, rel=1e-9)


def test_upgrades_compare_as_shares_of_everybody_assigned():
    effect = upgrade_contrast(arm(CONTROL), arm(TREATED)).difference
    expected = difference_in_shares(Counts.of([674], [32]), Counts.of([689], [72]))
    assert_allclose([effect.estimate, effect.low, effect.high], [expected.estimate, expected.low, expected.high])


def test_what_may_be_said_of_upgrades_hangs_on_who_drew_the_arms():
    contrast = upgrade_contrast(arm(CONTROL), arm(TREATED), primary=True)
    codes = [compare([contrast], assignment).findings[0].code for assignment in Assignment]
    assert codes == [FindingCode.ARM_EFFECT_HIGHER, FindingCode.ARM_DIFFERENCE_HIGHER]


def test_customers_of_one_tier_are_compared_with_their_like():
    # Everybody chosen for the campaign held a low tier, where upgrades are common: nothing else differs.
    low, high = np.array([70, 30, 0, 0]), np.array([0, 95, 5, 0])
    control = np.stack([low, 9 * high, 0 * low, 0 * low])
    treated = np.stack([9 * low, high, 0 * low, 0 * low])
    plain = upgrade_contrast(arm(control), arm(treated)).difference
    within = upgrade_contrast_within_tiers(arm(control), arm(treated)).difference
    assert plain.low.item() > 0.15
    assert within.estimate.item() == pytest.approx(0, abs=1e-12)


def test_arms_line_up_by_campaign_and_one_without_a_control_has_an_empty_one():
    columns = ["campaign_id", "is_control", "from_tier", "to_tier", "fate", "n"]
    frame = pd.DataFrame(
        [
            ("C2", True, "a", "b", "kept", 4),
            ("C2", False, "a", "b", "kept", 6),
            ("C1", False, "b", None, "left", 5),
        ],
        columns=columns,
    )
    control, treated = arms(frame, ABC, 3)
    assert control.groups == treated.groups == ("C1", "C2")
    assert control.base.tolist() == [0, 4]
    assert treated.base.tolist() == [5, 6]
    assert upgrade_contrast(control, treated).difference.reason.tolist() == [Reason.TOO_FEW, ""]


@pytest.mark.parametrize("dtype", ["object", "boolean"])
def test_an_arm_not_known_to_be_the_control_or_not_is_in_neither(dtype):
    frame = pd.DataFrame({"campaign_id": "C1", "from_tier": "a", "to_tier": "b", "fate": "kept", "n": [4, 6, 50]})
    frame["is_control"] = pd.Series([True, False, None], dtype=dtype)
    control, treated = arms(frame, ABC, 3)
    assert (control.base.item(), treated.base.item()) == (4, 6)


def test_limits_within_tiers_have_satos_variance_by_hand():
    """Control 2 of 20 and 6 of 30 rose, treated 24 of 80 and 35 of 70: a difference d of 9.5 / 37.

    With 100 customers in each tier
    P = (6400 x 2 - 400 x 24 - 1600 x 30 + 4900 x 6 - 900 x 35 - 2100 x 20) / 100^2 = -8.89 and
    Q = (24 x 18 + 2 x 56 + 35 x 24 + 6 x 35) / 200 = 7.97; the variance is (d P + Q) / 37^2.
    """
    control = arm([[18, 2, 0, 0], [0, 24, 6, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    treated = arm([[56, 24, 0, 0], [0, 35, 35, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    within = upgrade_contrast_within_tiers(control, treated).difference
    d = 9.5 / 37
    error = np.sqrt((d * -8.89 + 7.97) / 37**2)
    assert_allclose(
        [within.estimate.item(), within.low.item(), within.high.item()],
        d + 1.959964 * error * np.arange(-1, 2)[[1, 0, 2]],
        rtol=1e-6,
    )


def test_swapping_the_arms_mirrors_everything():
    there, back = (moved_further(*arms) for arms in ((arm(CONTROL), arm(TREATED)), (arm(TREATED), arm(CONTROL))))
    assert_allclose(back.estimate, 1 - there.estimate)
    assert_allclose(back.low, 1 - there.high)
    assert_allclose(rank_test(arm(CONTROL), arm(TREATED)).statistic, -rank_test(arm(TREATED), arm(CONTROL)).statistic)


def test_campaigns_are_judged_row_by_row():
    both = rank_test(arm(CONTROL, CONTROL), arm(TREATED, CONTROL))
    assert both.p_value[0] < 0.001
    assert both.p_value[1] == pytest.approx(1)


def test_limits_cover_the_chance_and_the_test_its_level_as_often_as_they_say():
    rng = np.random.default_rng(12)
    control, treated = np.array([0.03, 0.07, 0.82, 0.08]), np.array([0.02, 0.05, 0.8, 0.13])
    below = np.cumsum(control) - control / 2
    truth = float(treated @ below)

    def drawn(shares, n):
        # Of customers in the middle tier: left, fell, stayed, rose.
        table = np.zeros((3000, 4, 4))
        table[:, 1, [3, 0, 1, 2]] = rng.multinomial(n, shares, size=3000)
        return Transitions.of(table, tiers=ABC, months=6)

    chance = moved_further(drawn(control, 300), drawn(treated, 500))
    assert np.mean((chance.low <= truth) & (truth <= chance.high)) == pytest.approx(0.95, abs=0.015)
    alike = rank_test(drawn(control, 300), drawn(control, 500))
    assert np.mean(alike.p_value < 0.05) == pytest.approx(0.05, abs=0.015)


def test_empty_and_unmoved_arms_have_reasons():
    nobody, still = np.zeros((4, 4)), np.diag([5.0, 5, 5, 0])
    one = np.zeros((4, 4))
    one[0, 1] = 1
    assert rank_test(arm(nobody), arm(TREATED)).reason.item() == Reason.TOO_FEW
    assert moved_further(arm(nobody), arm(TREATED)).reason.item() == Reason.TOO_FEW
    assert upgrade_contrast(arm(nobody), arm(TREATED)).difference.reason.item() == Reason.TOO_FEW
    assert rank_test(arm(still), arm(still)).reason.item() == Reason.NO_VARIATION
    assert moved_further(arm(still), arm(still)).reason.item() == Reason.NO_VARIATION
    assert moved_further(arm(one), arm(TREATED)).reason.item() == Reason.TOO_FEW
    assert not np.isnan(rank_test(arm(one), arm(TREATED)).p_value.item())


def test_arms_of_ten_and_ten_million_have_a_value():
    small, large = arm(np.ceil(np.array(CONTROL) / 60)), arm(np.array(TREATED) * 15_000)
    assert moved_further(small, large).known.item()
    assert 0 < rank_test(small, large).p_value.item() <= 1


def test_arms_at_another_horizon_are_refused():
    with pytest.raises(ShapeError):
        rank_test(arm(CONTROL), Transitions.of([TREATED], tiers=ABC, months=12))
