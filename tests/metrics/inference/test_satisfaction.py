import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import Reason
from metrics.inference.satisfaction import complaint_rate, csat_mean, net_promoter_score, top_two_box
from metrics.moments import Counts, Moments

CLASSES = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).filter(lambda c: sum(c) > 0)


@given(CLASSES)
def test_the_score_and_its_variance_are_those_of_answers_of_100_0_and_minus_100(classes: tuple[int, int, int]) -> None:
    """An independent route to 100^2 (p + d - (p - d)^2) / n: the variance of the coded answers."""
    promoters, _passives, detractors = classes
    answers = np.repeat([100.0, 0.0, -100.0], classes)
    score = net_promoter_score([promoters], [detractors], [len(answers)])
    assert_allclose(score.estimate[0], answers.mean(), atol=1e-9)
    if len(answers) >= 30 and answers.var() > 0 and score.low[0] > -100 and score.high[0] < 100:
        half = stats.norm.ppf(0.975) * np.sqrt(answers.var() / len(answers))
        assert_allclose(score.high[0] - score.estimate[0], half, rtol=1e-9)


@given(CLASSES)
def test_promoters_and_detractors_mirror_each_other(classes: tuple[int, int, int]) -> None:
    promoters, _passives, detractors = classes
    n = [sum(classes)]
    score, mirror = net_promoter_score([promoters], [detractors], n), net_promoter_score([detractors], [promoters], n)
    assert_allclose([score.low[0], score.high[0]], [-mirror.high[0], -mirror.low[0]], atol=1e-9)
    assert -100 <= score.low[0] < score.high[0] <= 100


@pytest.mark.parametrize(("passives", "added"), [(6, 3), (17, 3), (18, 0)])
def test_below_30_answers_three_are_added_a_quarter_a_half_and_a_quarter(passives: int, added: int) -> None:
    """Rocks (2016), AW(3, T), on answers coded 1, 0, -1 with the three weighted answers appended; 30 need none."""
    answers = np.array([1.0, 0.0, -1.0])
    weights = np.array([9 + added / 4, passives + added / 2, 3 + added / 4])
    mean = np.average(answers, weights=weights)
    half = stats.norm.ppf(0.975) * np.sqrt(np.average((answers - mean) ** 2, weights=weights) / weights.sum())
    score = net_promoter_score([9], [3], [12 + passives])
    assert_allclose([score.low[0], score.high[0]], [100 * (mean - half), 100 * (mean + half)])
    assert_allclose(score.estimate[0], 100 * 6 / (12 + passives))


def test_answers_all_alike_keep_a_width() -> None:
    score = net_promoter_score([400, 0, 0], [0, 0, 400], [400, 400, 400])
    assert (score.high - score.low > 0).all()
    assert score.known.all()


def test_no_answer_and_no_record() -> None:
    score = net_promoter_score([0, np.nan], [0, np.nan], [0, np.nan])
    assert score.reason.tolist() == [Reason.TOO_FEW, Reason.NOT_RECORDED]
    with pytest.raises(DomainError, match="no more than the answers"):
        net_promoter_score([3], [3], [5])


def test_the_mean_stays_on_its_scale() -> None:
    mean = csat_mean(Moments.from_rows([5.0, 5.0, 4.0]))
    assert_allclose(mean.estimate[0], 14 / 3)
    assert mean.high[0] == 5.0


def test_shares_and_rates_of_satisfaction_are_those_of_their_methods() -> None:
    assert_allclose(top_two_box(Counts.of([263], [81])).low[0], 0.2553, atol=5e-5)
    assert_allclose(complaint_rate([0], [1000]).high[0], 3.6889, atol=5e-5)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_score_lies_inside_its_interval(up, down, passive):
    if up + down + passive == 0:
        return
    score = net_promoter_score([up], [down], [up + down + passive])
    assert score.low[0] <= score.estimate[0] <= score.high[0]
    assert -100 <= score.low[0] < score.high[0] <= 100


def test_one_promoter_alone_may_still_stand_for_all():
    score = net_promoter_score([1], [0], [1])
    assert score.estimate[0] == score.high[0] == 100
    assert score.low[0] < 0
