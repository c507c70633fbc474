"""One change from several sides: each adds up to the cent, whatever comes, goes or has no name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import ShapeError
from metrics.week.breakdown import explained_by

SIDES = ("channel", "campaign_id", "staff_id", "line")
ROW = st.tuples(
    st.sampled_from(["phone", "branch", None]),
    st.sampled_from(["K1", "K2", "K3"]),
    st.sampled_from(["Li", "Wu", None]),
    st.sampled_from(["fund", "deposit"]),
    st.integers(0, 300),
    st.integers(-(10**7), 10**9),
)


def period(rows):
    return pd.DataFrame(rows, columns=[*SIDES, "n", "sum_sales"]).assign(
        sum_sales=lambda frame: frame["sum_sales"].where(frame["n"] > 0, 0)
    )


@settings(max_examples=40)
@given(st.lists(ROW, min_size=1, max_size=12), st.lists(ROW, min_size=1, max_size=12))
def test_every_side_adds_up_to_the_change_to_the_cent(first, second):
    before, after = period(first), period(second)
    change = int(after["sum_sales"].sum()) - int(before["sum_sales"].sum())
    explained = explained_by(before, after, SIDES, total="sum_sales")
    assert list(explained) == list(SIDES)
    for frame in explained.values():
        assert sum(int(amount) for amount in frame["amount"]) == change


def test_a_change_by_hand_from_two_sides():
    """Twice the customers are volume from either side; the rest is the phone's rate, which is Li's too.

    100 customers brought 1,000 by phone and 100 brought 3,000 in the branch, then 200 brought 3,000 and 200 6,000:
    twice as many at an average of 20 to 22.5 are 200 x 21.25 = 4,250, and the phone's 10 to 15 over half of the
    customers, 300 of them on average, 750.
    """
    before = pd.DataFrame(
        {"channel": ["phone", "branch"], "staff_id": ["Li", "Wu"], "n": 100, "sum_sales": [1000, 3000]}
    )
    after = before.assign(n=200, sum_sales=[3000, 6000])
    explained = explained_by(before, after, ["channel", "staff_id"], total="sum_sales")
    for side, names in (("channel", ["phone", "branch"]), ("staff_id", ["Li", "Wu"])):
        table = explained[side].set_index(["part", "segment"])["amount"]
        assert table["volume", ""] == 4250
        assert [table["mix", name] for name in names] == [0, 0]
        assert [table["rate", name] for name in names] == [750, 0]


def test_rows_without_a_name_are_a_segment_and_one_that_is_new_is_mix():
    before = pd.DataFrame({"channel": ["phone", None], "n": [50, 50], "sum_sales": [500, 500]})
    after = pd.DataFrame({"channel": ["phone", "online"], "n": [50, 50], "sum_sales": [500, 1500]})
    table = explained_by(before, after, ["channel"], total="sum_sales")["channel"].set_index(["part", "segment"])[
        "amount"
    ]
    assert table["rate"].tolist() == [0, 0, 0]
    assert table["mix"].sum() == 1000
    assert sorted(table["mix"].index) == ["", "online", "phone"]


def test_a_column_that_is_lacking_is_named():
    frame = pd.DataFrame({"channel": ["phone"], "n": [1], "sum_sales": [5]})
    with pytest.raises(ShapeError, match="lack staff_id"):
        explained_by(frame, frame, ["channel", "staff_id"], total="sum_sales")
    nothing = explained_by(frame.iloc[:0], frame.iloc[:0], ["channel"], total="sum_sales")["channel"]
    assert nothing["amount"].tolist() == [0]
    assert np.issubdtype(nothing["amount"].dtype, np.integer)
