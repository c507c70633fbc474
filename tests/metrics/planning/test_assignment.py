import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.errors import DomainError
from metrics.planning.assignment import CONTROL, TREATED, assign


def bank(count: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"{n:05}" for n in rng.permutation(count)],
            "tier": rng.choice(["low", "high", ""], count, p=[0.7, 0.25, 0.05]),
            "branch_id": rng.choice(["B1", "B2", "B3"], count),
        }
    )


@given(st.integers(0, 300), st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_exactly_so_many_are_drawn_and_held_out_in_every_stratum_its_share(count, drawn, held, seed):
    customers = bank(count)
    size = int(drawn * count)
    control = int(held * size)
    arms = assign(customers, ["tier", "branch_id"], size=size, control=control, seed=seed)
    assert (arms == CONTROL).sum() == control
    assert (arms == TREATED).sum() == size - control
    for _, rows in customers.assign(arm=arms).groupby(["tier", "branch_id"]):
        assert abs((rows["arm"] != "").sum() - len(rows) * size / count) <= 2
        if size:
            assert abs((rows["arm"] == CONTROL).sum() - (rows["arm"] != "").sum() * control / size) <= 2


def test_the_same_seed_gives_the_same_whatever_the_order_of_the_rows():
    customers = bank(200)
    first = pd.Series(assign(customers, ["tier"], size=120, control=40, seed=7), index=customers["customer_id"])
    other = customers.sample(frac=1, random_state=3).reset_index(drop=True)
    again = pd.Series(assign(other, ["tier"], size=120, control=40, seed=7), index=other["customer_id"])
    assert first.sort_index().equals(again.sort_index())
    different = assign(customers, ["tier"], size=120, control=40, seed=8)
    assert (different != first.to_numpy()).any()


def test_everybody_is_as_likely_to_be_held_out():
    customers = bank(60)
    counts = np.zeros(60)
    for seed in range(240):
        counts += assign(customers, ["tier", "branch_id"], size=60, control=20, seed=seed) == CONTROL
    # Systematic samples vary less than independent ones: what is unlikely there is more so here.
    assert stats.chisquare(counts).pvalue > 0.001


@pytest.mark.parametrize(("size", "control"), [(11, 0), (5, 6), (-1, -1)])
def test_nobody_is_drawn_twice(size, control):
    with pytest.raises(DomainError, match="twice"):
        assign(bank(10), ["tier"], size=size, control=control, seed=1)


def test_several_arms_share_the_contacted_in_every_stratum():
    bank = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(1_000)], "tier": ["a"] * 800 + ["b"] * 200})
    arms = assign(bank, ["tier"], size=1_000, control=200, seed=3, arms={"small": 50, "large": 30, "none": 20})
    counted = pd.crosstab(bank["tier"], arms)
    assert counted.loc["a"].to_dict() == pytest.approx({"control": 160, "small": 320, "large": 192, "none": 128}, abs=1)
    assert counted.sum().to_dict() == {"control": 200, "small": 400, "large": 240, "none": 160}


def test_one_arm_is_drawn_as_it_was_before_there_were_several():
    bank = pd.DataFrame({"customer_id": [f"c{i}" for i in range(50)], "tier": ["a", "b"] * 25})
    one = assign(bank, ["tier"], size=40, control=10, seed=7)
    other = assign(bank, ["tier"], size=40, control=10, seed=7, arms={"x": 60, "y": 40})
    assert ((one == CONTROL) == (other == CONTROL)).all()
    assert ((one == TREATED) == np.isin(other, ["x", "y"])).all()
