"""A budget over tier or class, channel and branch: curves that add up, limits that hold, spend that SQL confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from answers import kept
from answers.plan import curves, plan, split
from answers.plan.curves import Curves
from answers.plan.learned import default, learned
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.estimate import Intervals
from metrics.planning.allocation import ResponseCurves
from tests.data_access.small_bank import viewer, warehouse_of


@pytest.fixture(scope="module")
def bank(demo_bank: Callable[[float], Path]) -> Iterator[Reader]:
    """The demo bank, a hundredth of it."""
    opened = warehouse_of(str(demo_bank(0.01)))
    kept.forget()
    yield Reader(viewer(), opened)
    opened.close()


def by_phone(bank: Reader, **changes: object) -> plan.PlanAnswer:
    return plan.ask(bank, replace(default(bank), channels=("phone",), product="P02", **changes))


POOL = Curves(
    "branch_id",
    {},
    ResponseCurves(
        np.array(["basic / phone"]), np.array([30.0]), Intervals.of([0.5], [0.4], [0.6], n=[9]), np.log([400.0]),
        np.array([0.2]),
    ),
    {("basic", "phone"): 1_000.0},
    {("basic", "phone"): 10.0},
    {("basic", "phone"): True},
    pd.DataFrame({"tier": "basic", "channel": "phone", "branch_id": ["B1", "B2"], "ratio": [1.2, 0.9],
                  "error": [0.1, 0.3], "campaigns": [4, 2]}),
    pd.DataFrame(columns=["campaign_id", "tier", "channel", "branch_id", "spend"]),
)  # fmt: skip


def test_what_the_places_bring_of_their_part_of_the_money_adds_up_to_the_curve_of_all():
    """Three places without a level of their own share 1,000 customers and 900 of money: 30 x sqrt(900) in all."""
    cells = [("basic", "phone", place) for place in ("B7", "B8", "B9")]
    customers = np.array([500.0, 300.0, 200.0])
    found = curves.at_places(POOL, cells, customers, "tier")
    assert found.contribution(0.9 * customers).sum() == pytest.approx(30 * np.sqrt(900))
    np.testing.assert_allclose(found.marginal(0.9 * customers), 30 * 0.5 / np.sqrt(900))
    np.testing.assert_allclose(found.centre, np.log(400 * customers / 1_000))
    assert found.error.tolist() == [0, 0, 0]


def test_a_place_lies_above_or_below_by_its_level():
    cells = [("basic", "phone", place) for place in ("B1", "B2", "B3")]
    found = curves.at_places(POOL, cells, np.full(3, 1_000.0), "tier")
    np.testing.assert_allclose(found.scale, [36, 27, 30])
    assert found.error.tolist() == [0.1, 0.3, 0]
    assert (found.pool == 0).all()
    assert found.pool_error.tolist() == [0.2] * 3


def test_what_a_pool_misses_its_places_miss_together():
    """Two halves of one pool are as unsure as the whole; two of different pools are surer by a root of two."""
    power = Intervals.of([0.5], [0.5], [0.5], n=[9], standard_error=0.0, degrees_of_freedom=99)
    said = {}
    for name, pools in (("one", [0, 0]), ("two", [0, 1])):
        some = ResponseCurves(np.array(["a", "b"]), np.full(2, 10.0), power, np.zeros(2), np.zeros(2),
                              np.array(pools), np.full(2, 0.1))  # fmt: skip
        gain = some.gain(np.zeros(2), np.full(2, 100.0), 0.8)
        said[name] = gain.high.item() - gain.low.item()
    assert said["one"] / said["two"] == pytest.approx(np.sqrt(2), rel=0.05)


def test_no_split_breaks_the_limits_of_customers_hours_and_money(bank):
    answer = by_phone(bank, hours=40)
    for by in ("tier", "segment"):
        found = split.ask(bank, answer, by)
        past = curves.ask(bank, by)
        assert found.hours == 40
        costs = split._each(answer, past, split._sizes(bank, answer, by, past), found.budget)
        each = np.array([costs[part, channel] for part, channel, _ in found.cells])
        sizes = split._sizes(bank, answer, by, past)
        of_known = sum(sizes.values()) / answer.audience.may_be_contacted
        assert (found.own / each).sum() == pytest.approx(answer.treated * of_known)
        assert found.budget == pytest.approx(answer.fan.intervals["cost"].estimate.item() * of_known)
        reached = found.best / each
        minutes = np.array([settings().planning.minutes.get(channel, 0.0) for _, channel, _ in found.cells])
        assert reached @ minutes / 60 <= 40 - min(answer.capacity.needed * (1 - of_known), 40) + 1e-6
        assert found.short == bool(found.own / each @ minutes / 60 > 40)
        assert answer.capacity.needed * of_known == pytest.approx(found.own / each @ minutes / 60)
        assert found.best.sum() <= found.budget * (1 + 1e-6)
        keys = pd.Series([f"{part} {place}" for part, _, place in found.cells])
        by_part = pd.Series(reached).groupby(keys).sum()
        own = {f"{part} {place}": n for (part, place), n in sizes.items()}
        assert all(n <= own[key] * (1 + 1e-6) + 1e-6 for key, n in by_part.items())


@pytest.mark.parametrize("control", [0, 20])
@pytest.mark.parametrize("by", ["tier", "segment"])
def test_the_best_split_is_no_worse_than_the_plan_s_own_or_the_last_edition_s(bank, control, by):
    """Also where everybody is contacted: the plan's own split keeps the limits that the best one keeps."""
    found = split.ask(bank, by_phone(bank, control=control), by)
    assert not found.short
    assert found.gain.estimate.item() >= 0
    assert np.nansum(found.last) == pytest.approx(found.budget, rel=0.01)


def test_whom_the_split_may_reach_are_those_the_plan_may_contact(bank):
    answer = by_phone(bank)
    sizes = split._sizes(bank, answer, "tier", curves.ask(bank, "tier"))
    by_tier = pd.Series(sizes).groupby(level=0).sum().to_dict()
    assert by_tier == {tier: n for tier, n in answer.audience.eligible.items() if tier}


def test_what_the_last_edition_spent_is_its_cost_by_who_was_in_it(bank):
    """SQL by hand: treated members of the last edition by tier, channel and branch, each a like part of its cost."""
    answer = by_phone(bank)
    assert answer.last_id
    found = split._last(answer, curves.ask(bank, "tier"), "tier")
    member, arm = bank.table("campaign_member"), bank.table("campaign_arm")
    keys = [member.c[name] for name in ("tier", "channel", "branch_id")]
    treated = sa.select(arm.c["arm"]).where(arm.c["campaign_id"] == answer.last_id, ~arm.c["is_control"])
    counted = bank.frame(
        sa.select(*keys, sa.func.count().label("n"))
        .where(member.c["campaign_id"] == answer.last_id, member.c["arm"].in_(treated))
        .group_by(*keys)
    )
    cost = learned(bank).past.set_index("campaign_id")["cost"][answer.last_id]
    by_hand = {
        (row["tier"], row["channel"], row["branch_id"]): cost * row["n"] / counted["n"].sum()
        for row in counted.dropna().to_dict("records")
    }
    assert found == pytest.approx(by_hand)
    assert sum(found.values()) == pytest.approx(cost)


def test_of_more_branches_than_are_told_apart_the_regions_are(bank, monkeypatch):
    monkeypatch.setattr(curves, "MOST_PLACES", 3)
    kept.forget()
    found = split.ask(bank, by_phone(bank), "segment")
    assert found.place == "region"
    assert {place for _, _, place in found.cells} == {"江北 North", "江东 East", "城西 West", "湖南岸 South Shore"}
    assert found.own.sum() == pytest.approx(found.budget, rel=1e-6)
    kept.forget()


def test_campaigns_are_asked_for_as_many_at_once_as_a_frame_holds(bank, monkeypatch):
    whole = curves._cells(bank, "segment", "branch_id", 14)
    kept.forget()
    monkeypatch.setattr(curves, "CHANNELS_OF_ONE", 30)
    pd.testing.assert_frame_equal(curves._cells(bank, "segment", "branch_id", 14), whole)
    assert len(whole) > 2_000
