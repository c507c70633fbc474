"""Lists of the tiers, and what is told of other branches, against the same bank counted in pandas."""

from __future__ import annotations

import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.errors import AccessError, ScopeError
from data_access.queries import tier_customers, tiers
from data_access.reading import benchmark
from data_access.reading.reader import Reader
from data_access.settings import Settings, Tier
from data_access.tier_pairs import Audience
from tests.data_access.queries.test_tiers import START, fate_of, seen
from tests.data_access.small_bank import publish, viewer, warehouse_of

RULE = (
    Tier(key="basic", threshold=0, grace_months=1),
    Tier(key="potential", threshold=20_000, grace_months=3),
    Tier(key="wealth", threshold=90_000, grace_months=2),
)
ASSIGNED = 2024 * 12 + 1
"""February 2024, in which the first customers of C2 were assigned."""

PLACE = {tier.key: place for place, tier in enumerate(RULE)}


def months_of(snapshots: pd.DataFrame) -> dict[str, dict[int, str | None]]:
    return {
        customer: {int(m): s for m, s in zip(rows["month_no"], rows["state"], strict=True)}
        for customer, rows in snapshots.groupby("customer_id")
    }


@pytest.mark.parametrize(
    ("start", "end"), [("basic", "potential"), ("wealth", "wealth"), ("potential", None), (None, "basic")]
)
@pytest.mark.parametrize("branch", [None, "B2"])
def test_a_list_holds_whom_the_count_counts(bank, reader, start, end, branch):
    fate = "kept" if start and end else "left" if start else "entered"
    snapshots = seen(bank, branches={branch} if branch else None)
    expected = {
        customer
        for customer, months in months_of(snapshots).items()
        if fate_of(months, START, START + 3) == (start, end, fate)
    }
    branches = [branch] if branch else []
    got = tier_customers.moved(reader, START, 3, start, end, branches=branches, size=500)
    assert set(got["customer_id"]) == expected
    assert len(got) == len(expected)
    counts = tiers.transition_counts(reader, 3, first=START, last=START, branches=branches)
    same = counts[counts["from_tier"].eq(start).fillna(start is None) & counts["to_tier"].eq(end).fillna(end is None)]
    assert same.loc[same["fate"] == fate, "n"].sum() == len(expected)


def test_a_row_has_the_balances_of_both_ends_and_the_money_of_the_months_between(bank, reader):
    got = tier_customers.moved(reader, START, 3, "basic", "basic", size=500).set_index("customer_id")
    snapshots = bank["tier_snapshot"].set_index(["customer_id", "month_no"])
    flows = bank["asset_flow"][bank["asset_flow"]["month_no"].between(START + 1, START + 3)]
    for customer, row in got.iterrows():
        assert row["before"] == snapshots.loc[(customer, START), "aum"]
        assert row["after"] == snapshots.loc[(customer, START + 3), "aum"]
        own = flows[flows["customer_id"] == customer]
        assert row["flow"] == (own["inflow"] - own["outflow"]).sum()
    change = (got["after"] - got["before"]).abs()
    assert change.is_monotonic_decreasing


def test_pages_of_a_list_add_up_to_the_list(reader):
    whole = tier_customers.moved(reader, START, 1, "basic", "basic", size=500)["customer_id"].tolist()
    pages = [
        customer
        for page in range(1, len(whole) // 7 + 2)
        for customer in tier_customers.moved(reader, START, 1, "basic", "basic", page=page, size=7)["customer_id"]
    ]
    assert pages == whole


def test_who_may_not_see_customers_gets_no_list(bank, tmp_path):
    small = warehouse_of(str(tmp_path))
    publish(bank, small.store)
    blind = Reader(viewer(may_see_customers=False), small)
    with pytest.raises(AccessError):
        tier_customers.moved(blind, START, 3, "basic", "potential")
    with pytest.raises(AccessError):
        tier_customers.in_grace(blind, START, RULE)
    small.close()


def test_the_last_month_of_grace_is_that_of_the_tiers_own_rule(bank, reader):
    got = tier_customers.in_grace(reader, START, RULE, size=500)
    month = bank["tier_snapshot"].query("month_no == @START")
    last = {"potential": 2, "wealth": 1}
    expected = month[month["months_below"] == month["tier"].map(last)]
    assert set(got["customer_id"]) == set(expected["customer_id"])
    assert (got["before"] == got["tier"].map({tier.key: tier.threshold for tier in RULE})).all()
    assert got["tier"].map(PLACE).is_monotonic_decreasing


def test_grace_is_judged_the_month_after_the_last_that_could_have_kept_the_tier(bank, reader):
    first, last = START, START + 2
    got = tiers.grace_outcomes(reader, first, last, RULE).set_index(["tier", "months_below"])
    rows = bank["tier_snapshot"].dropna(subset=["months_below"])
    held = {(row.customer_id, row.month_no): row.tier for row in bank["tier_snapshot"].itertuples()}
    expected: dict[tuple[str, int], list[int]] = {}
    for row in rows.itertuples():
        grace = next(tier.grace_months for tier in RULE if tier.key == row.tier)
        over = row.month_no + grace - int(row.months_below) + 1
        after = held.get((row.customer_id, over))
        if 0 < row.months_below <= grace and first <= over <= last and after is not None:
            counts = expected.setdefault((row.tier, int(row.months_below)), [0, 0])
            counts[0] += 1
            counts[1] += PLACE[after] < PLACE[row.tier]
    assert {key: [int(n), int(fell)] for key, n, fell in zip(got.index, got["n"], got["fell"], strict=True)} == expected


def test_sizes_and_traits_count_the_month(bank, reader):
    month = bank["tier_snapshot"].query("month_no == @START")
    sizes = tiers.sizes(reader, [START], rule="asset_tier")
    assert dict(zip(sizes["tier"], sizes["n"], strict=True)) == month["asset_tier"].value_counts().to_dict()
    stages = tiers.traits(reader, START, "life_stage")
    assert dict(zip(stages["value"], stages["n"], strict=True)) == month["life_stage"].value_counts().to_dict()
    assert stages["n"].is_monotonic_decreasing
    assert len(tiers.traits(reader, START, "life_stage", most=1)) == 1
    customers = bank["customer"].set_index("customer_id")["segment"]
    expected = month["customer_id"].map(customers).value_counts().to_dict()
    segments = tiers.traits(reader, START, "segment")
    assert dict(zip(segments["value"], segments["n"], strict=True)) == expected


def test_an_audience_is_treated_in_the_months_after_the_start_and_up_to_the_end(bank, reader):
    month = bank["campaign_member"].assign(
        month=lambda rows: rows["assigned_at"].dt.year * 12 + rows["assigned_at"].dt.month - 1
    )
    control = {(row.campaign_id, row.arm) for row in bank["campaign_arm"].itertuples() if row.is_control}
    arms = pd.Series(list(zip(month["campaign_id"], month["arm"], strict=True)), index=month.index)
    treated = month[~arms.isin(control)]
    met = 0
    for start in range(ASSIGNED - 2, ASSIGNED + 2):
        inside = treated[(treated["month"] > start) & (treated["month"] <= start + 1)]
        for campaign, those in (("C2", set(inside.loc[inside["campaign_id"] == "C2", "customer_id"])), ("none", None)):
            got = tier_customers.moved(
                reader, start, 1, "basic", "basic", audience=Audience(campaign=campaign), size=500
            )
            every = set(tier_customers.moved(reader, start, 1, "basic", "basic", size=500)["customer_id"])
            expected = every & those if those is not None else every - set(inside["customer_id"])
            assert set(got["customer_id"]) == expected
            met += len(expected) if campaign == "C2" else 0
    assert met > 5


def test_other_branches_are_told_without_names_rounded_and_written_down(bank, tmp_path, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    small = warehouse_of(str(tmp_path), benchmark_customers=10)
    publish(bank, small.store)
    got = Reader(viewer("B1"), small).branches_that_fell(3)
    assert list(got.columns) == ["n", "fell"]
    assert (got % 5 == 0).all(axis=None)
    deed = caplog.records[-1].deed
    assert (deed["event"], deed["of"], deed["person"]) == ("benchmark", "branches that fell", "head@bank.example")
    last = int(bank["tier_snapshot"]["month_no"].max())
    exact = []
    for branch in ("B2", "B3", "B4", "B5", "B6"):
        fates = [fate_of(months, last - 3, last) for months in months_of(seen(bank, branches={branch})).values()]
        above = [fate for fate in fates if fate and fate[2] in ("kept", "left") and fate[0] != "basic"]
        fell = sum(fate[2] == "kept" and PLACE[fate[1]] < PLACE[fate[0]] for fate in above)
        exact.append((5 * round(len(above) / 5), 5 * round(fell / 5)))
    assert sorted(map(tuple, got.to_numpy().tolist())) == sorted(exact)
    assert got["n"].is_monotonic_increasing
    small.close()


@pytest.mark.parametrize("limits", [{"benchmark_branches": 6}, {"benchmark_customers": 400}])
def test_too_few_others_are_not_told(bank, tmp_path, limits):
    small = warehouse_of(str(tmp_path), **{"benchmark_customers": 10, **limits})
    publish(bank, small.store)
    assert Reader(viewer("B1"), small).branches_that_fell(3).empty
    small.close()


def test_a_horizon_of_the_callers_choice_is_refused(reader_of):
    with pytest.raises(ScopeError, match="not 2"):
        reader_of("B1").branches_that_fell(2)


def test_the_order_in_which_branches_are_told_does_not_follow_their_names():
    frame = pd.DataFrame({"branch_id": list("abcde"), "n": [90, 60, 80, 70, 100], "fell": [9, 8, 7, 6, 5]})
    told = benchmark.anonymous(frame, Settings(benchmark_customers=50))
    assert told["n"].tolist() == [60, 70, 80, 90, 100]
    assert "branch_id" not in told


def test_a_customer_more_moves_a_told_count_by_one_step_or_none():
    for n in range(50, 80):
        frame = pd.DataFrame({"n": [n] * 5, "fell": [n // 3] * 5})
        more = frame.assign(n=frame["n"] + 1, fell=frame["fell"] + 1)
        steps = benchmark.anonymous(more, Settings()) - benchmark.anonymous(frame, Settings())
        assert steps.isin([0, 5]).all(axis=None)


def test_the_class_of_a_customer_whom_another_branch_serves_is_not_asked(bank, reader_of):
    """A row belongs to the branch of its time, a customer's class to the branch that serves them now."""
    family = bank["customer"].query("segment == 'family' and branch_id == 'B2'")["customer_id"]
    got = tier_customers.moved(
        reader_of("B2"), START, 1, "basic", "basic", audience=Audience(segment="family"), size=500
    )
    assert set(got["customer_id"]) <= set(family)


def test_nothing_of_these_lists_is_kept(reader, monkeypatch):
    read: list[sa.Select] = []
    original = Reader._read
    monkeypatch.setattr(
        Reader, "_read", lambda self, statement, *a: read.append(statement) or original(self, statement, *a)
    )
    for _ in range(2):
        tier_customers.moved(reader, START, 1, "basic", "basic")
    assert sum("held_before" in str(statement) for statement in read) == 2
