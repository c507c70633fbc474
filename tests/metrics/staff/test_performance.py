"""Staff performance: a shuffle shows no differences, known skill is found, and no order is shown on chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from metrics.errors import DomainError
from metrics.estimate import Reason, Verdict
from metrics.finding import FindingCode
from metrics.inference.standardisation import counts_by_mix, differences
from metrics.staff.performance import findings, performance_of
from tests.metrics.simulated_staff import staff_table

SKILLED = np.array([0.5, 0.7, 0.8, 0.9, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.6])


def judged(frame: pd.DataFrame):
    return performance_of(frame, "converted", strata=["stratum"])


def test_known_skill_is_found_and_ordered():
    performance = judged(staff_table(np.random.default_rng(0), SKILLED, customers=60))
    assert performance.differences_shown
    assert performance.order_shown
    assert performance.reliability.estimate[0] > 0.7
    assert performance.verdict[0] == Verdict.LOWER
    assert performance.verdict[-1] == Verdict.HIGHER
    assert np.corrcoef(performance.shrunken.estimate.estimate, SKILLED)[0, 1] > 0.85
    said = findings(performance)
    assert said[0].code == FindingCode.STAFF_DIFFER
    best = next(finding for finding in said if finding.code == FindingCode.STAFF_ABOVE)
    assert best.values["staff_id"] == "S010"
    assert best.values["low"] > 1


def test_nobody_is_called_better_or_worse_where_the_group_shows_no_differences():
    """The persons' own limits exclude 1, but the test of the group comes first."""
    performance = judged(staff_table(np.random.default_rng(0), SKILLED, customers=60))
    undecided = replace(performance, test=replace(performance.test, p_value=np.array([0.05])))
    assert set(undecided.verdict) == {Verdict.NO_DIFFERENCE}
    assert [finding.code for finding in findings(undecided)] == [FindingCode.STAFF_NO_DIFFERENCES]
    assert undecided.frame()["rank_low"].isna().all()


def test_the_warm_list_is_not_skill():
    """Two people convert alike; one was given the customers who buy."""
    rows = [
        ("warm", "gold", 900, 270),
        ("warm", "basic", 100, 5),
        ("cold", "gold", 100, 30),
        ("cold", "basic", 900, 45),
    ]
    rows += [(f"peer{i}", tier, 500, won) for i in range(4) for tier, won in (("gold", 150), ("basic", 25))]
    frame = pd.DataFrame(rows, columns=["staff_id", "tier", "n", "converted"])
    plain = performance_of(frame, "converted", strata=[])
    fair = performance_of(frame, "converted", strata=["tier"])
    assert plain.differences_shown
    assert not fair.differences_shown
    assert_allclose(fair.ratio.estimate, 1, atol=1e-9)


def test_too_few_customers_are_not_judged():
    frame = staff_table(np.random.default_rng(0), SKILLED, customers=60)
    novice = pd.DataFrame({"staff_id": ["novice"], "stratum": [0], "n": [5], "converted": [5]})
    performance = judged(pd.concat([frame, novice]))
    assert dict(zip(performance.standardised.unit, performance.verdict, strict=True))["novice"] == Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("n", "converted", "reason"),
    [(0, 0, Reason.TOO_FEW), (np.nan, np.nan, Reason.NOT_RECORDED), (50, np.nan, Reason.NOT_RECORDED)],
)
def test_whoever_has_no_recorded_customer_gets_no_number_and_changes_nobody_elses(n, converted, reason):
    frame = staff_table(np.random.default_rng(0), SKILLED, customers=60)
    blank = pd.DataFrame({"staff_id": ["blank"], "stratum": [0], "n": [n], "converted": [converted]})
    table = judged(pd.concat([frame, blank])).frame().set_index("staff_id")
    assert table.loc["blank", ["ratio", "low", "shrunken", "shrunken_low", "rank_low", "rank_high"]].isna().all()
    assert table.loc["blank", "reason"] == reason
    assert table.loc["blank", "verdict"] == Verdict.TOO_FEW
    alone = judged(frame).frame().set_index("staff_id")
    numbers = ["ratio", "low", "high", "shrunken", "expected"]
    assert_allclose(table.drop(index="blank")[numbers].to_numpy(float), alone[numbers].to_numpy(float))


def test_a_row_without_its_outcome_counts_on_neither_side():
    """60 of 300 are known to have converted; the 300 customers of whom nothing is known are no failures."""
    rows = [("a", 1, 100, 20.0), ("a", 2, 300, np.nan), ("b", 1, 100, 20.0), ("c", 1, 100, 20.0)]
    frame = pd.DataFrame(rows, columns=["staff_id", "tier", "n", "converted"])
    performance = performance_of(frame, "converted", strata=["tier"])
    assert performance.standardised.n.tolist() == [100, 100, 100]
    assert_allclose(performance.ratio.estimate, 1.0)


def test_one_person_nobody_converted_and_everybody_converted_are_said():
    for frame in (
        pd.DataFrame({"staff_id": ["a"], "stratum": [0], "n": [90], "converted": [9]}),
        pd.DataFrame({"staff_id": list("abcd"), "stratum": 0, "n": 90, "converted": 0}),
        pd.DataFrame({"staff_id": list("abcd"), "stratum": 0, "n": 90, "converted": 90}),
        pd.DataFrame({"staff_id": list("abcd"), "stratum": 0, "n": 0, "converted": 0}),
        pd.DataFrame({"staff_id": [], "stratum": [], "n": [], "converted": []}, dtype=float),
    ):
        performance = judged(frame)
        assert findings(performance)[0].code == FindingCode.STAFF_TOO_FEW
        assert not performance.order_shown
        table = performance.frame()
        assert ((table["reason"] == "") == table["low"].notna()).all()


def test_a_mix_of_ones_own_is_pointed_out():
    frame = staff_table(np.random.default_rng(0), np.ones(5), customers=40)
    alone = pd.DataFrame({"staff_id": ["alone"], "stratum": [99], "n": [300], "converted": [80]})
    said = findings(judged(pd.concat([frame, alone])))
    own = [finding.values["staff_id"] for finding in said if finding.code == FindingCode.STAFF_MIX_OF_THEIR_OWN]
    assert own == ["alone"]


def test_sales_are_judged_in_any_currency_and_not_below_zero():
    rng = np.random.default_rng(6)
    n = rng.integers(60, 200, 10)
    skill = np.linspace(0.6, 1.4, 10)
    frame = pd.DataFrame({"staff_id": [f"S{i}" for i in range(10)], "n": n, "sum_sales": n * skill * 1000.0})
    frame["squares_sales"] = n * 800.0**2
    yuan = performance_of(frame, "sales", "amount", strata=[])
    cents = frame.assign(sum_sales=frame["sum_sales"] * 100, squares_sales=frame["squares_sales"] * 100**2)
    minor = performance_of(cents, "sales", "amount", strata=[])
    assert yuan.order_shown
    assert_allclose(minor.shrunken.estimate.estimate, yuan.shrunken.estimate.estimate)
    assert_allclose(minor.reliability.estimate, yuan.reliability.estimate)
    with pytest.raises(DomainError):
        performance_of(frame.assign(sum_sales=-frame["sum_sales"]), "sales", "amount", strata=[])


@pytest.mark.slow
def test_staff_shuffled_at_random_show_no_differences():
    """The customers of skilled staff are dealt anew within strata; alarms come at the nominal 5 %."""
    rng = np.random.default_rng(21)
    frame = staff_table(rng, SKILLED, customers=15)
    assert judged(frame).differences_shown
    strata = [rows for _, rows in frame.groupby("stratum")]

    def shuffled() -> pd.DataFrame:
        dealt = [rng.multivariate_hypergeometric(rows["n"], rows["converted"].sum()) for rows in strata]
        return pd.concat(strata).assign(converted=np.concatenate(dealt))

    p = [differences(counts_by_mix(shuffled(), "converted", strata=["stratum"])).p_value[0] for _ in range(500)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.02)  # two standard errors of 500 rounds
    said = [findings(judged(shuffled())) for _ in range(20)]
    silent = [found for found in said if found[0].code == FindingCode.STAFF_NO_DIFFERENCES]
    assert len(silent) >= 17
    assert all(len(found) == 1 for found in silent)


@pytest.mark.slow
def test_shrunken_ratios_beat_raw_ones_and_cover():
    rng = np.random.default_rng(30)
    raw_error, error, covered = 0.0, 0.0, []
    for _ in range(80):
        skill = rng.gamma(25, 1 / 25, 14)
        performance = judged(staff_table(rng, skill, customers=6))
        # The group's own average is the yardstick of O / E.
        truth = skill / (performance.standardised.expected @ skill) * performance.standardised.expected.sum()
        shrunken = performance.shrunken.estimate
        raw_error += np.sum((performance.ratio.estimate - truth) ** 2)
        error += np.sum((shrunken.estimate - truth) ** 2)
        covered.append((shrunken.low <= truth) & (truth <= shrunken.high))
    assert error < 0.8 * raw_error
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)


def test_thirty_customers_are_enough_and_twenty_nine_are_not():
    rows = [(f"S{i}", 200, 20 + 4 * i) for i in range(6)] + [("enough", 30, 9), ("few", 29, 9)]
    frame = pd.DataFrame(rows, columns=["staff_id", "n", "converted"])
    table = performance_of(frame, "converted", strata=[]).frame().set_index("staff_id")
    assert table.loc["few", "verdict"] == Verdict.TOO_FEW
    assert table.loc["enough", "verdict"] != Verdict.TOO_FEW


def test_the_best_are_named_before_the_worst():
    said = findings(judged(staff_table(np.random.default_rng(0), SKILLED, customers=60)))
    ratios = [float(one.values["ratio"]) for one in said if "ratio" in one.values]
    assert len(ratios) > 2
    assert ratios == sorted(ratios, reverse=True)


def test_a_branch_that_does_better_than_the_bank_is_seen_to():
    """All six convert 20 % where the bank converts 10 %: among themselves nobody differs, against the bank all do."""
    frame = pd.DataFrame({"staff_id": [f"S{i}" for i in range(6)], "tier": "gold", "n": 400, "converted": 80})
    bank = pd.DataFrame({"tier": ["gold"], "n": [100_000], "converted": [10_000]})
    alone = performance_of(frame, "converted", strata=["tier"])
    against = performance_of(frame, "converted", strata=["tier"], reference=bank)
    assert_allclose(alone.ratio.estimate, 1)
    assert not alone.differences_shown
    assert_allclose(against.ratio.estimate, 2)
    assert against.differences_shown
    assert set(against.verdict) == {Verdict.HIGHER}
