"""Verdicts of families: what holds, what hints, and how often chance is called a success."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.catalogue import Direction
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.verdict import Grade, Meaning, judge, meaning
from tests.oracles.multiplicity import multipletests

P = np.array([0.001, 0.02, 0.04, 0.3, np.nan, 0.03])
YEAR = np.array([2025, 2025, 2025, 2025, 2025, 2026])
Z = np.array([3.3, -2.33, 2.06, 1.0, np.nan, -2.17])


def differences(z: np.ndarray = Z) -> Intervals:
    return Intervals.of(z, z - 1.96, z + 1.96, n=np.full(len(z), 900))


def test_p_values_are_adjusted_within_the_year_and_nowhere_else():
    verdicts = judge(differences(), P, YEAR)
    assert_allclose(verdicts.adjusted[:4], multipletests(P[:4], method="fdr_bh")[1])
    assert_allclose(verdicts.adjusted[5], 0.03)
    assert verdicts.family.tolist() == [4, 4, 4, 4, 4, 1]
    assert verdicts.expected.round(3).tolist() == [0.2] * 5 + [0.05]
    # 0.04 of four becomes 0.053.
    assert verdicts.grade.tolist() == ["raised", "lowered", "hint_raised", "none_shown", "not_judged", "lowered"]


def test_a_choice_of_rows_changes_no_verdict():
    every = judge(differences(), P, YEAR)
    some = every[np.array([2, 0])]
    assert some.grade.tolist() == ["hint_raised", "raised"]
    assert_allclose(some.adjusted, every.adjusted[[2, 0]])
    assert judge(differences()[np.array([2])], P[[2]]).grade.tolist() == ["raised"]  # what a filter would have said


def test_what_holds_never_stands_beside_an_interval_that_holds_nought():
    around = Intervals.of([1.0, -1.0], [-0.01, -2.0], [2.0, 0.0], n=[90, 90])
    assert judge(around, [1e-9, 1e-9]).grade.tolist() == ["none_shown", "none_shown"]


def test_the_line_that_matters_need_not_be_nought():
    above = Intervals.of([1.4, 1.4], [1.1, 0.8], [1.7, 2.0], n=[90, 90])
    assert judge(above, [0.001, 0.5], line=1.0).grade.tolist() == ["raised", "none_shown"]


def test_rows_without_a_number_are_no_comparisons():
    missing = differences().withheld(np.array([True] * 5 + [False]), Reason.NO_CONTROL)
    assert judge(missing, P).family.tolist() == [1] * 6


@pytest.mark.parametrize("grade", list(Grade))
def test_what_a_grade_means_hangs_on_which_way_is_good(grade: Grade):
    up, down = meaning(grade, Direction.UP), meaning(grade, Direction.DOWN)
    expected = {1: (Meaning.BETTER, Meaning.WORSE), -1: (Meaning.WORSE, Meaning.BETTER), 0: (Meaning.NEITHER,) * 2}
    assert (up, down) == expected[grade.sign]
    assert meaning(grade, Direction.NEITHER) is Meaning.NEITHER
    assert (grade.shown, grade.hint) == (grade.value in ("raised", "lowered"), grade.value.startswith("hint"))


def test_families_in_which_nothing_works_seldom_hold_a_verdict():
    """Forty campaigns that do nothing: with each judged alone 87 % of families call at least one."""
    rng = np.random.default_rng(4)
    families, size = 400, 40
    z = rng.normal(size=families * size)
    verdicts = judge(differences(z), 2 * stats.norm.sf(np.abs(z)), np.repeat(np.arange(families), size))
    shown = np.isin(verdicts.grade, [Grade.RAISED, Grade.LOWERED]).reshape(families, size).any(axis=1)
    alone = (verdicts.grade != Grade.NONE_SHOWN).reshape(families, size).any(axis=1)
    assert alone.mean() > 0.8
    assert shown.mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / families)
