import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import DomainError
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.transition import Transitions

ABC = ("a", "b", "c")
COLUMNS = ["branch_id", "from_tier", "to_tier", "fate", "n", "sum_before", "sum_after", "sum_valuation"]
MONEY = st.integers(-(10**16), 10**16)
TIER = st.sampled_from(ABC)
KEPT = st.tuples(TIER, TIER, st.just("kept"), st.just(1), MONEY, MONEY, st.none() | MONEY)
LEFT = st.tuples(TIER, st.none(), st.sampled_from(["left", "missing"]), st.just(1), MONEY, st.none(), st.none())
ENTERED = st.tuples(st.none(), TIER, st.sampled_from(["entered", "missing"]), st.just(1), st.none(), MONEY, st.none())
ROWS = st.lists(st.tuples(st.sampled_from(["north", "south"]), KEPT | LEFT | ENTERED), min_size=1, max_size=40)


def frame(rows):
    return pd.DataFrame([(branch, *row) for branch, row in rows], columns=COLUMNS).astype(
        {"sum_before": object, "sum_after": object, "sum_valuation": object}
    )


@given(ROWS)
@settings(max_examples=100, deadline=None)
def test_the_parts_add_up_to_the_balance_to_the_last_minor_unit(rows):
    table = frame(rows)
    bridge = Bridge.from_frame(table, ABC)
    assert int(bridge.before[0]) == sum(int(value) for value in table["sum_before"] if not pd.isna(value))
    assert int(bridge.after[0]) == sum(int(value) for value in table["sum_after"] if not pd.isna(value))


@given(ROWS)
@settings(max_examples=50, deadline=None)
def test_the_bridges_of_the_branches_add_up_to_the_bridge_of_the_bank_whatever_the_order(rows):
    bank = Bridge.from_frame(frame(rows), ABC)
    branches = Bridge.from_frame(frame(rows[::-1]), ABC, by="branch_id")
    assert {name: int(part.sum()) for name, part in branches.parts.items()} == {
        name: int(part[0]) for name, part in bank.parts.items()
    }


def test_each_customer_lands_in_one_part():
    table = frame(
        [
            ("north", ("a", "a", "kept", 1, 100, 130, 10)),
            ("north", ("a", "b", "kept", 1, 100, 400, 0)),
            ("north", ("c", "a", "kept", 1, 900, 50, -20)),
            ("north", ("b", None, "left", 1, 300, None, None)),
            ("north", (None, "a", "entered", 1, None, 70, None)),
            ("north", ("a", None, "missing", 1, 45, None, None)),
        ]
    )
    bridge = Bridge.from_frame(table, ABC)
    assert {name: int(part[0]) for name, part in bridge.parts.items()} == {
        "entries": 70,
        "exits": -300,
        "stayers": 20,
        "up_movers": 300,
        "down_movers": -830,
        "valuation": -10,
        "gaps": -45,
    }
    assert bridge.valuation_known


def test_without_flows_the_valuation_stays_inside_and_is_said_to():
    bridge = Bridge.from_frame(frame([("north", ("a", "a", "kept", 1, 100, 130, None))]), ABC)
    assert (int(bridge.stayers[0]), int(bridge.valuation[0]), bridge.valuation_known) == (30, 0, False)


def test_amounts_beyond_the_precision_of_a_float_stay_exact():
    start = 2**53 + 1
    bridge = Bridge.from_frame(frame([("north", ("a", "a", "kept", 1, start, start + 2, None))]), ABC)
    assert (int(bridge.before[0]), int(bridge.stayers[0])) == (start, 2)


def test_no_customers_make_an_empty_bridge():
    bridge = Bridge.from_frame(frame([]), ABC)
    assert (len(bridge), int(bridge.before[0]), int(bridge.after[0])) == (1, 0, 0)


def test_a_tier_the_bank_does_not_name_is_refused():
    with pytest.raises(DomainError):
        Bridge.from_frame(frame([("north", ("a", "platinum", "kept", 1, 1, 1, None))]), ABC)


def test_amounts_are_whole_numbers():
    assert Bridge.from_frame(frame([("north", ("a", "a", "kept", 1, 100, 130, 0))]), ABC).after.dtype == np.int64


def test_prices_on_what_came_or_went_are_no_part_of_the_bridge():
    """Whoever entered with 70, of which 5 are a rise of prices since, entered with 70."""
    rows = [("north", ("a", "a", "kept", 1, 100, 130, 10)), ("north", (None, "a", "entered", 1, None, 70, 5))]
    bridge = Bridge.from_frame(frame(rows), ABC)
    assert (int(bridge.valuation[0]), int(bridge.entries[0]), int(bridge.after[0])) == (10, 70, 200)


def test_customers_who_all_came_or_whose_month_is_missing_make_a_bridge_and_no_move():
    """Their tiers before are a column of text without a text in it."""
    frame = pd.DataFrame(
        {
            "from_tier": pd.array([None, None], dtype="str"),
            "to_tier": pd.array(["basic", None], dtype="str"),
            "fate": ["entered", "missing"],
            "n": [2, 1],
            "sum_before": [0, 5],
            "sum_after": [10, 0],
            "sum_valuation": [0, 0],
        }
    )
    bridge = Bridge.from_frame(frame, ("basic", "wealth"))
    assert (bridge.entries.item(), bridge.gaps.item(), bridge.after.item()) == (10, -5, 10)
    moves = Transitions.from_frame(frame, ("basic", "wealth"), 12)
    assert (moves.entries.tolist(), moves.missing.tolist()) == ([[2.0, 0.0]], [1.0])
