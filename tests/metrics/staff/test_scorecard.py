"""The scorecard: arithmetic anyone can redo, an interval, and a gate that no result opens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason
from metrics.finding import FindingCode
from metrics.staff.scorecard import Item, attainment, findings, scorecard

PEOPLE = 9
WEIGHTS = {"results": 3.0, "service": 1.0}


def items(seed: int = 1, *, error: float = 0.1, exposure: float = 100.0) -> list[Item]:
    rng = np.random.default_rng(seed)

    def item(key: str, block: str, *, better: bool = True) -> Item:
        values = rng.normal(1, 0.3, PEOPLE)
        return Item(key, block, values, np.full(PEOPLE, error), np.full(PEOPLE, exposure), better)

    return [item("sales", "results"), item("conversion", "results"), item("complaints", "service", better=False)]


def changed(item: Item, person: int, value: float) -> Item:
    estimate = item.estimate.copy()
    estimate[person] = value
    return Item(item.key, item.block, estimate, item.error, item.exposure, item.higher_is_better)


def test_the_score_can_be_redone_on_paper():
    measures = items()
    card = scorecard(measures, weights=WEIGHTS)
    z = [
        np.clip(stats.zscore(item.estimate, ddof=1), -2, 2) * (1 if item.higher_is_better else -1) for item in measures
    ]
    points = [50 + 25 * score for score in z]
    by_hand = 0.75 * (points[0] + points[1]) / 2 + 0.25 * points[2]
    assert_allclose(card.score.estimate, by_hand)
    assert_allclose(card.points, points)
    assert card.weights == {"results": 0.75, "service": 0.25}


def test_percentile_points_are_scipys():
    measures = items()
    card = scorecard(measures, weights=WEIGHTS, points="percentile")
    expected = [stats.percentileofscore(measures[0].estimate, value, "mean") for value in measures[0].estimate]
    assert_allclose(card.points[0], expected)


@given(st.integers(0, 50), st.integers(1, 9), st.floats(-50, 50))
@settings(max_examples=25)
def test_a_breach_cannot_be_bought_back(seed, person, value):
    breaches = np.zeros(PEOPLE)
    breaches[person - 1] = 1
    best = [changed(item, person - 1, value) for item in items(seed)]
    card = scorecard(best, weights=WEIGHTS, breaches=breaches, draws=10)
    assert card.payable[person - 1] == 0
    assert np.all(card.payable >= card.payable[person - 1])
    assert not np.isnan(card.score.estimate[person - 1])  # the person still sees what the results would have been


@given(st.permutations(range(PEOPLE)), st.floats(1e-3, 1e3), st.floats(0.01, 100))
@settings(max_examples=25)
def test_names_money_and_the_scale_of_weights_change_nothing(order, money, scale):
    measures = items()
    moved = [
        Item(i.key, i.block, i.estimate[order] * money, i.error[order] * money, i.exposure[order], i.higher_is_better)
        for i in measures
    ]
    card = scorecard(measures, weights=WEIGHTS, draws=10)
    other = scorecard(moved, weights={block: weight * scale for block, weight in WEIGHTS.items()}, draws=10)
    assert_allclose(other.score.estimate, card.score.estimate[order], rtol=1e-6)
    assert sum(other.weights.values()) == pytest.approx(1)


def test_limits_hold_the_score_and_widen_with_the_error():
    narrow, wide = (scorecard(items(error=error), weights=WEIGHTS).score for error in (0.02, 0.2))
    for score in (narrow, wide):
        assert np.all((score.low <= score.estimate) & (score.estimate <= score.high))
    assert np.all(wide.high - wide.low > narrow.high - narrow.low)
    certain = scorecard(items(error=0.0), weights=WEIGHTS).score
    assert_allclose(certain.low, certain.high)


def test_an_uncapped_score_varies_as_the_normal_says():
    """Near the middle no cap is met: the score is linear in its items and its limits are known."""
    item = Item("sales", "results", np.linspace(0.9, 1.1, 5), np.full(5, 0.01), np.full(5, 100.0))
    card = scorecard([item], weights={"results": 1.0}, draws=40_000)
    slope = 25 / np.std(item.estimate, ddof=1)
    half = stats.norm.ppf(0.975) * 0.01 * slope
    assert_allclose(card.score.high[1:4] - card.score.estimate[1:4], half, rtol=0.03)


def test_too_small_an_exposure_is_no_value_and_too_little_weight_no_score():
    measures = items()
    exposure = np.full(PEOPLE, 100.0)
    exposure[0] = 5
    thin = [Item(i.key, i.block, i.estimate, i.error, exposure, i.higher_is_better) for i in measures[:2]]
    card = scorecard([*thin, measures[2]], weights=WEIGHTS)
    assert_allclose(card.covered[0], 0.25)
    assert card.score.reason[0] == Reason.TOO_FEW
    assert np.isnan(card.payable[0])
    assert card.score.known[1:].all()
    lenient = scorecard([*thin, measures[2]], weights=WEIGHTS, enough=0.2)
    assert_allclose(lenient.score.estimate[0], lenient.points[2, 0])


def test_the_minimum_exposure_and_half_of_the_weight_are_enough():
    measures = items(exposure=30.0)
    assert scorecard(measures, weights=WEIGHTS, minimum=30).score.known.all()
    halves = [Item(i.key, i.block, i.estimate, i.error, i.exposure, i.higher_is_better) for i in measures]
    halves[2] = Item("complaints", "service", np.full(PEOPLE, np.nan), measures[2].error, measures[2].exposure)
    half = scorecard(halves, weights={"results": 1, "service": 1}, minimum=30, enough=0.5)
    assert_allclose(half.covered, 0.5)
    assert half.score.known.all()


def test_a_block_that_nobody_is_measured_in_takes_no_weight():
    card = scorecard(items(), weights={**WEIGHTS, "won_and_kept": 4.0})
    assert card.weights == {"results": 0.75, "service": 0.25}
    assert_allclose(card.covered, 1)


def test_one_person_and_equal_people_are_average():
    alone = Item("sales", "results", np.array([2.0]), np.array([0.1]), np.array([100.0]))
    assert scorecard([alone], weights={"results": 1}).score.estimate[0] == 50
    equal = Item("sales", "results", np.full(4, 2.0), np.full(4, 0.1), np.full(4, 100.0))
    assert_allclose(scorecard([equal], weights={"results": 1}).score.estimate, 50)


def test_who_is_gated_is_said():
    card = scorecard(items(), weights=WEIGHTS, breaches=[0, 2, *[0] * 7])
    said = findings([f"S{i}" for i in range(PEOPLE)], card, [0, 2, *[0] * 7])
    assert [(f.code, dict(f.values)) for f in said] == [(FindingCode.SCORE_GATED, {"staff_id": "S1", "breaches": 2})]


def test_an_item_takes_its_error_from_the_interval():
    half = stats.norm.ppf(0.95) * 0.2
    item = Item.of("sales", "results", Intervals.of([1.0], [1 - half], [1 + half], n=[50], level=0.9))
    assert_allclose(item.error, 0.2)


def test_attainment_counts_the_days_present():
    reached = attainment(Intervals.of([60, 60, 60, 60], [40] * 4, [80] * 4, n=[9] * 4), 100, [1.0, 0.5, 0.0, np.nan])
    assert_allclose(reached.estimate[:2], [0.6, 1.2])
    assert_allclose(reached.low[1], 0.8)
    assert list(reached.reason[2:]) == [Reason.TOO_FEW, Reason.NOT_RECORDED]
    with pytest.raises(DomainError):
        attainment(Intervals.of([1], [0], [2], n=[9]), 100, [1.2])


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ShapeError):
        scorecard([], weights=WEIGHTS)
    with pytest.raises(ShapeError, match="sales stands in the scorecard twice"):
        scorecard([*items(), items()[0]], weights=WEIGHTS)
    with pytest.raises(ShapeError, match="service"):
        scorecard(items(), weights={"results": 1})
    with pytest.raises(DomainError):
        scorecard(items(), weights={"results": -1, "service": 2})
    with pytest.raises(DomainError):
        scorecard(items(), weights={"results": 0, "service": 0})
