import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

from metrics.estimate import Reason
from metrics.inference.complier import effect_on_contacted
from metrics.moments import Counts, JointMoments
from tests.oracles.intervals import VITAMIN_A, VITAMIN_A_CONTROL, VITAMIN_A_EFFECT


def arm(n: int, contacted: int, converted: int, both: int) -> JointMoments:
    return JointMoments.of_counts(Counts.of([n], [converted]), Counts.of([n], [contacted]), both=[both])


def test_the_effect_of_vitamin_a_on_those_who_received_it() -> None:
    """Imbens and Rubin (1997): contact is receipt, conversion is death."""
    control = arm(VITAMIN_A_CONTROL["assigned"], 0, VITAMIN_A_CONTROL["deaths"], 0)
    treated = arm(VITAMIN_A["assigned"], VITAMIN_A["received"], VITAMIN_A["deaths"], VITAMIN_A["deaths_received"])
    assert_allclose((treated.x.mean - control.x.mean)[0], VITAMIN_A_EFFECT["assignment"], atol=5e-5)
    exact = effect_on_contacted(control, treated)
    assert_allclose(exact.estimate[0], VITAMIN_A_EFFECT["receipt"], atol=5e-5)
    # Imbens and Rubin print the error of the delta method, which Fieller's limits come near in so many children.
    assert_allclose((exact.high[0] - exact.low[0]) / 2 / 1.96, VITAMIN_A_EFFECT["error"], atol=5e-5)


def test_the_error_is_that_of_what_contact_does_not_explain() -> None:
    """By the residuals of the customers themselves, in a bank that also reaches some of those held out."""
    rng = np.random.default_rng(3)
    reached = [rng.random(400) < 0.2, rng.random(600) < 0.7]
    bought = [0.3 * side + rng.normal(0, 1 + side, len(side)) for side in reached]
    control, treated = (JointMoments.from_rows(x, y) for x, y in zip(bought, reached, strict=True))
    more = reached[1].mean() - reached[0].mean()
    # Fieller's limits are where these residuals are just not rejected.
    exact = effect_on_contacted(control, treated)
    for limit in (exact.low[0], exact.high[0]):
        gap = bought[1].mean() - bought[0].mean() - limit * more
        spread = sum((x - limit * y).var(ddof=1) / len(x) for x, y in zip(bought, reached, strict=True))
        assert_allclose(abs(gap) / np.sqrt(spread), stats.norm.isf(0.025))


def test_contacting_everybody_gives_the_effect_of_assignment() -> None:
    effect = effect_on_contacted(arm(1000, 0, 50, 0), arm(1000, 1000, 80, 80))
    assert_allclose(effect.estimate[0], 0.03)


def test_arms_contacted_alike_tell_nothing_about_contact() -> None:
    effect = effect_on_contacted(arm(1000, 500, 50, 30), arm(1000, 510, 80, 50))
    assert effect.reason.tolist() == [Reason.UNBOUNDED]
    assert not effect.known[0]


def test_without_a_control_or_a_record_there_is_no_effect() -> None:
    treated = arm(1000, 500, 80, 50)
    assert effect_on_contacted(arm(0, 0, 0, 0), treated).reason.tolist() == [Reason.NO_CONTROL]
    unknown = JointMoments.of_counts(Counts.of([1000], [80]), Counts.of([1000], [np.nan]), both=[np.nan])
    assert effect_on_contacted(arm(1000, 0, 50, 0), unknown).reason.tolist() == [Reason.NOT_RECORDED]


def test_a_simulated_call_is_found_where_intention_to_treat_understates_it() -> None:
    """A call adds 10 points for those who answer the phone, who would have bought more anyway."""
    rng = np.random.default_rng(8)
    n, found, covered = 4000, [], 0
    for _ in range(300):
        answers = rng.random(2 * n) < 0.5
        called = np.arange(2 * n) < n
        bought = rng.random(2 * n) < 0.05 + 0.1 * answers + 0.1 * (answers & called)
        contacted = answers & called
        sides = [JointMoments.from_rows(bought[side], contacted[side]) for side in (~called, called)]
        effect = effect_on_contacted(*sides)
        found.append(effect.estimate[0])
        covered += bool(effect.low[0] <= 0.1 <= effect.high[0])
    assert_allclose(np.mean(found), 0.1, atol=0.003)
    assert 0.92 <= covered / 300 <= 0.98
