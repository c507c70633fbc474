"""Like with like: the admissions of Berkeley, and amounts standardised by hand."""

import numpy as np
import pandas as pd
import pytest

from metrics.inference.study.alike import alike, balance
from metrics.inference.study.sides import outcome_for

CONVERSION, SALES = outcome_for("conversion_rate"), outcome_for("sales_per_customer")
# Bickel, Hammel and O'Connell (1975): applicants and admitted of departments A to F, men (a) and women (b).
BERKELEY = pd.DataFrame(
    {
        "side": list("ab" * 6),
        "department": np.repeat(list("ABCDEF"), 2),
        "matured": [825, 108, 560, 25, 325, 593, 417, 375, 191, 393, 373, 341],
        "matured_converted": [512, 89, 353, 17, 120, 202, 138, 131, 53, 94, 22, 24],
    }
).assign(n=lambda frame: frame["matured"])


def test_the_mix_of_berkeley_turns_the_sign_round():
    found = alike(BERKELEY, CONVERSION, [("department",)])
    assert found.difference.estimate[0] == pytest.approx(1198 / 2691 - 557 / 1835)
    assert found.difference.estimate[1] < 0.001 < found.difference.low[0]
    assert found.compared == (1.0, 1.0)
    assert found.traits == ((), ("department",))


def test_a_reversal_is_said_with_the_traits_that_show_it():
    two = BERKELEY[BERKELEY["department"].isin(["A", "F"])]
    found = alike(two, CONVERSION, [("department",)])
    assert found.reversed
    assert found.reversing == ("department",)
    assert found.swapped().difference.estimate[1] == -found.difference.estimate[1]


def test_amounts_are_standardised_to_both_groups_together():
    frame = pd.DataFrame(
        {
            "side": list("abab"),
            "tier": ["x", "x", "y", "y"],
            "n": [10, 50, 50, 10],
            "matured": [10, 50, 50, 10],
            "known_sales": [10, 50, 50, 10],
            "sum_sales": [10.0, 100.0, 250.0, 60.0],
            "squares_sales": [9.0, 49.0, 49.0, 9.0],
        }
    )
    found = alike(frame, SALES, [("tier",)])
    assert found.difference.estimate.tolist() == pytest.approx([260 / 60 - 160 / 60, (-1 * 60 + -1 * 60) / 120])
    assert found.reversed
    assert found.hidden.point.item() > 1


def test_balance_is_in_standard_deviations():
    traits = pd.DataFrame(
        {
            "trait": ["age", "age", "rich", "rich", "flat", "flat", "senior", "senior", "alone", "alone"],
            "side": list("ababababab"),
            "n": [101, 101, 50, 50, 9, 9, 8, 5, 1, 5],
            "mean": [45.0, 40.0, 0.5, 0.5, 1.0, 1.0, 0.0, 1.0, 1.0, 0.5],
            "squares": [100 * 100.0, 100 * 400.0, 12.5, 12.5, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        }
    )
    found = balance(traits).set_index("trait")
    assert found.loc["age", "difference"] == pytest.approx(5 / np.sqrt((100 + 400) / 2))
    assert found["unlike"].to_dict() == {
        "age": True, "rich": False, "flat": False, "senior": True, "alone": False
    }  # fmt: skip
    assert found.loc["flat", "difference"] == 0
    assert found.loc["senior", "difference"] == -np.inf
    assert np.isnan(found.loc["alone", "difference"])
