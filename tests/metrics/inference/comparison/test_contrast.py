import numpy as np
import pytest
from numpy.testing import assert_allclose

from metrics.errors import ShapeError
from metrics.estimate import Reason, Verdict
from metrics.finding import FindingCode
from metrics.inference.adjustment import mantel_haenszel
from metrics.inference.comparison.contrast import (
    Assignment,
    compare,
    of_adjusted_means,
    of_means,
    of_ratios,
    of_shares,
    within_strata,
)
from metrics.inference.comparison.health import sample_ratio
from metrics.moments import Counts, JointMoments, Moments

CONTROL, TREATED = Counts.of([8000, 8000, 0], [320, 320, 0]), Counts.of([8000, 8000, 50], [440, 325, 2])


def codes(comparison):
    return [finding.code for finding in comparison.findings]


def test_the_word_effect_is_for_randomised_arms_only():
    contrast = of_shares("conversion_rate", CONTROL, TREATED, primary=True)
    assert codes(compare([contrast], Assignment.RANDOMISED)) == [
        FindingCode.ARM_EFFECT_HIGHER,
        FindingCode.ARM_EFFECT_NONE_SHOWN,
        FindingCode.ARMS_TOO_FEW,
    ]
    assert codes(compare([contrast], Assignment.TARGETED)) == [
        FindingCode.ARM_DIFFERENCE_HIGHER,
        FindingCode.ARM_DIFFERENCE_NONE_SHOWN,
        FindingCode.ARMS_TOO_FEW,
    ]


def test_swapping_the_arms_turns_the_verdict_round():
    there = compare([of_shares("conversion_rate", CONTROL, TREATED, primary=True)], Assignment.RANDOMISED)
    back = compare([of_shares("conversion_rate", TREATED, CONTROL, primary=True)], Assignment.RANDOMISED)
    assert there.metrics[0].verdict.tolist() == ["higher", "no_difference", "too_few"]
    assert back.metrics[0].verdict.tolist() == ["lower", "no_difference", "too_few"]
    assert codes(back)[0] == FindingCode.ARM_EFFECT_LOWER


def test_a_finding_carries_the_numbers_of_its_sentence():
    comparison = compare([of_shares("conversion_rate", CONTROL, TREATED, primary=True)], Assignment.RANDOMISED)
    values = comparison.findings[0].values
    assert values["metric"] == "conversion_rate"
    assert values["comparisons"] == 2
    assert_allclose([values["estimate"], values["n"]], [0.015, 16_000])
    assert_allclose(values["p_value"], 2 * comparison.metrics[0].p_values.raw[0])
    assert comparison.findings[2].values["reason"] == Reason.TOO_FEW.value


def test_arms_of_the_wrong_size_withhold_the_verdict():
    sizes = sample_ratio([[8000, 9000], [8000, 8010], [0, 50]], [1, 1])
    comparison = compare([of_shares("conversion_rate", CONTROL, TREATED, primary=True)], Assignment.RANDOMISED, sizes)
    assert comparison.blocked.tolist() == [True, False, True]
    assert codes(comparison)[0] == FindingCode.SAMPLE_RATIO_MISMATCH
    assert comparison.metrics[0].verdict[0] == Verdict.NO_DIFFERENCE.value


def test_many_campaigns_without_any_effect_are_called_right_together():
    rng, runs, campaigns = np.random.default_rng(1), 400, 20
    false_families = 0
    for _ in range(runs):
        control, treated = (Counts.of(np.full(campaigns, 2000), rng.binomial(2000, 0.1, campaigns)) for _ in range(2))
        result = compare([of_shares("conversion_rate", control, treated, primary=True)], Assignment.RANDOMISED)
        false_families += np.any(result.metrics[0].verdict != Verdict.NO_DIFFERENCE.value)
    assert false_families / runs < 0.09


def test_primary_metrics_and_the_others_are_two_families():
    p = [of_shares(key, CONTROL[:2], TREATED[:2], primary=key == "a") for key in ("a", "b", "c")]
    result = compare(p, Assignment.RANDOMISED)
    assert [m.p_values.method for m in result.metrics] == ["Holm", "Benjamini-Hochberg", "Benjamini-Hochberg"]
    assert [m.p_values.family for m in result.metrics] == [2, 4, 4]
    assert_allclose(result.metrics[1].p_values.adjusted[0], 2 * result.metrics[1].p_values.raw[0])
    assert len(result.findings) == 2


def test_without_a_metric_to_judge_by_that_is_what_is_said():
    explored = compare([of_shares(key, CONTROL, TREATED) for key in ("a", "b")], Assignment.RANDOMISED)
    assert [(found.code, found.values) for found in explored.findings] == [
        (FindingCode.NO_PRIMARY_METRIC, {"metrics": 2})
    ]
    rows = explored.frame()
    assert rows["metric"].tolist() == ["a"] * 3 + ["b"] * 3
    assert_allclose(rows["adjusted_p_value"][3:5], explored.metrics[1].p_values.adjusted[:2])
    assert rows["verdict"].tolist() == ["higher", "no_difference", "too_few"] * 2


def test_every_kind_of_metric_can_be_compared():
    rng = np.random.default_rng(2)
    control, treated = (JointMoments.from_rows(rng.gamma(2, 50, 400) + gain, rng.gamma(2, 50, 400)) for gain in (0, 40))
    strata = mantel_haenszel([0, 0], Counts.of([500, 500], [50, 250]), Counts.of([500, 500], [90, 300]))
    contrasts = [
        of_means("sales", control.x, treated.x, primary=True),
        of_adjusted_means("sales_adjusted", control, treated),
        of_ratios("sales_per_baseline", control, treated),
        within_strata("conversion_rate", strata),
    ]
    result = compare(contrasts, Assignment.RANDOMISED)
    assert [m.verdict[0] for m in result.metrics] == ["higher"] * 4
    assert contrasts[0].posterior.probability_better[0] > 0.99


def test_contrasts_of_other_comparisons_are_refused():
    one = of_shares("a", CONTROL, TREATED)
    with pytest.raises(ShapeError):
        compare([one, of_shares("b", CONTROL[:1], TREATED[:1])], Assignment.RANDOMISED)
    with pytest.raises(ShapeError):
        compare([], Assignment.RANDOMISED)
    with pytest.raises(ShapeError):
        compare([one], Assignment.RANDOMISED, sample_ratio([[1, 1]], [1, 1]))


def test_five_hundred_campaigns_and_none():
    rng = np.random.default_rng(3)
    n = rng.integers(1, 10_000, 500)
    control, treated = (Counts.of(n, rng.binomial(n, 0.05)) for _ in range(2))
    result = compare([of_shares("conversion_rate", control, treated, primary=True)], Assignment.RANDOMISED)
    assert len(result.findings) == 500
    empty = compare([of_shares("conversion_rate", control[:0], treated[:0], primary=True)], Assignment.RANDOMISED)
    assert empty.findings == ()


def test_every_pair_of_extreme_arms_has_a_value_or_a_reason():
    n, did = np.array([[0, 0], [1, 0], [1, 1], [10, 0], [10, 10], [1e7, 3], [1e8, 0], [1e8, 1e8], [5, np.nan]]).T
    first, second = (index.ravel() for index in np.indices((len(n), len(n))))
    control, treated = Counts.of(n[first], did[first]), Counts.of(n[second], did[second])
    shares = of_shares("conversion_rate", control, treated, primary=True)
    means = of_means("sales", Moments.of_counts(control), Moments.of_counts(treated))
    for contrast in (shares, means):
        for intervals in (contrast.difference, contrast.lift):
            assert (intervals.known == (intervals.reason == "")).all()
        assert (~np.isnan(contrast.test.p_value) == (contrast.test.reason == "")).all()
        assert (~np.isnan(contrast.posterior.probability_better) == (contrast.posterior.reason == "")).all()
    assert len(compare([shares, means], Assignment.RANDOMISED).findings) == len(first)


def test_sizes_that_chance_gives_three_times_in_a_thousand_block_nothing():
    """5,000 and 5,300 of planned halves have a p value of 0.0031; 5,000 and 5,400 one of 0.0001."""
    contrast = of_shares(
        "conversion_rate", Counts.of([5000] * 2, [250] * 2), Counts.of([5300, 5400], [424, 432]), primary=True
    )
    result = compare([contrast], Assignment.RANDOMISED, sample_ratio([[5000, 5300], [5000, 5400]], [1, 1]))
    assert result.blocked.tolist() == [False, True]
    assert result.metrics[0].verdict.tolist() == ["higher", "no_difference"]
