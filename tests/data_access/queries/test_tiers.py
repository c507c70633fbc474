"""Tier queries against a count of the same bank in pandas, customer by customer."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data_access.queries import tiers
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.markov import order
from metrics.tiers.transition import Transitions
from metrics.tiers.upgrade_effect import arms

START = 2024 * 12 - 8
NAMES = ("basic", "potential", "wealth")


def seen(bank, rule="tier", branches=None):
    """Tier by (customer, branch or nothing) and month."""
    snapshots = bank["tier_snapshot"]
    if branches:
        snapshots = snapshots[snapshots["branch_id"].isin(branches)]
    return snapshots.assign(state=snapshots[rule].where(snapshots[rule].notna(), None))


def fate_of(months, start, end):
    """What became of one customer, from the months in which they were seen and the tier in each (None: not known)."""
    before, after = months.get(start), months.get(end)
    if before is not None and after is not None:
        return before, after, "kept"
    if start not in months and end not in months:
        return None
    if before is not None and max(months) < end:
        return before, None, "left"
    if after is not None and min(months) > start:
        return None, after, "entered"
    return None, None, "missing"


def counted(snapshots, horizon, starts, by_branch):
    owner = ["customer_id", "branch_id"] if by_branch else ["customer_id"]
    counts = {}
    for key, rows in snapshots.groupby(owner):
        months = {
            int(m): (s if isinstance(s, str) else None) for m, s in zip(rows["month_no"], rows["state"], strict=True)
        }
        for start in starts:
            if fate := fate_of(months, start, start + horizon):
                where = (key[1], start) if by_branch else (start,)
                counts[where + fate] = counts.get(where + fate, 0) + 1
    return counts


def as_counts(frame, columns):
    plain = frame[columns].astype(object).where(frame[columns].notna(), None)
    return {tuple(row): n for row, n in zip(plain.itertuples(index=False), frame["n"], strict=True)}


@pytest.mark.parametrize(("rule", "horizon"), [("tier", 1), ("tier", 3), ("tier", 12), ("asset_tier", 3)])
@pytest.mark.parametrize("by_branch", [False, True])
def test_every_customer_and_start_month_is_counted_once_with_its_fate(bank, reader, rule, horizon, by_branch):
    months = bank["tier_snapshot"]["month_no"]
    starts = range(int(months.min()), int(months.max()) - horizon + 1)
    by = ("branch_id", "month_no") if by_branch else ("month_no",)
    frame = tiers.transition_counts(reader, horizon, rule=rule, by=by)
    columns = [*by, "from_tier", "to_tier", "fate"]
    assert as_counts(frame, columns) == counted(seen(bank, rule), horizon, starts, by_branch)


def test_a_range_of_start_months_is_part_of_the_whole(bank, reader):
    by_month = tiers.transition_counts(reader, 3, by=("month_no",))
    part = tiers.transition_counts(reader, 3, first=START, last=START + 2)
    chosen = by_month[by_month["month_no"].between(START, START + 2)]
    assert part["n"].sum() == chosen["n"].sum()


def test_a_month_missing_in_between_is_neither_an_exit_nor_a_transition(bank, reader):
    frame = tiers.transition_counts(reader, 1)
    assert frame.loc[frame["fate"] == "missing", "n"].sum() > 50
    snapshots = bank["tier_snapshot"]
    last = snapshots.groupby("customer_id")["month_no"].max()
    gone = int((last < snapshots["month_no"].max()).sum())
    assert frame.loc[frame["fate"] == "left", "n"].sum() == gone


def test_a_branch_head_sees_the_branchs_own_history(bank, reader_of):
    months = seen(bank, branches={"B2"})["month_no"]
    starts = range(int(months.min()), int(months.max()) - 12 + 1)
    frame = tiers.transition_counts(reader_of("B2"), 12, by=("month_no",))
    assert as_counts(frame, ["month_no", "from_tier", "to_tier", "fate"]) == counted(
        seen(bank, branches={"B2"}), 12, starts, by_branch=False
    )


@pytest.mark.parametrize("query", [tiers.transition_counts, tiers.asset_sums])
def test_a_branch_has_the_same_numbers_whoever_looks(query, reader, reader_of):
    if query is tiers.asset_sums:
        arguments, by_branch = {"start": START, "horizon": 6}, {"by_branch": True}
    else:
        arguments, by_branch = {"horizon": 6}, {"by": ("branch_id",)}
    of_bank = query(reader, **arguments, **by_branch)
    row = of_bank[of_bank["branch_id"] == "B3"].drop(columns="branch_id").reset_index(drop=True)
    for seen_by in (query(reader_of("B3"), **arguments), query(reader, **arguments, branches=["B3"])):
        assert_frame_equal(seen_by, row, check_dtype=False)


@pytest.mark.parametrize("by", ["life_stage", "segment"])
def test_stages_and_segments_add_up_to_the_bank(by, reader):
    keys = ["from_tier", "to_tier", "fate"]
    parts = tiers.transition_counts(reader, 3, by=(by,))
    assert parts[by].nunique() == 2
    summed = parts.groupby(keys, dropna=False, as_index=False)["n"].sum()
    assert as_counts(summed, keys) == as_counts(tiers.transition_counts(reader, 3), keys)


def test_the_life_stage_is_that_of_the_start(bank, reader):
    frame = tiers.transition_counts(reader, 3, by=("life_stage",), first=START, last=START)
    snapshots = bank["tier_snapshot"].query("month_no == @START")
    young = snapshots["life_stage"].eq("young").sum()
    gone_or_kept = frame[frame["from_tier"].notna() & frame["life_stage"].eq("young")]
    unknown_at_start = snapshots["life_stage"].isna().sum()
    assert young <= gone_or_kept["n"].sum() <= young + unknown_at_start


def test_the_metrics_library_reads_what_the_queries_say(reader):
    counts = tiers.transition_counts(reader, 3, by=("branch_id",))
    branches = Transitions.from_frame(counts, NAMES, 3, by="branch_id")
    assert branches.groups == ("B1", "B2", "B3", "B4", "B5", "B6")
    assert branches.counts.sum() + branches.missing.sum() == counts["n"].sum()
    sums = tiers.asset_sums(reader, START, 6, by_branch=True)
    bridge = Bridge.from_frame(sums, NAMES, by="branch_id")
    assert bridge.after.sum() == sums["sum_after"].sum()
    assert order(tiers.tier_triples(reader), np.random.default_rng(1), permutations=19).n > 0
    campaigns = tiers.campaign_transitions(reader, 3)
    control, treated = arms(campaigns, NAMES, 3)
    assert control.groups == treated.groups == tuple(sorted(campaigns["campaign_id"].unique()))


@pytest.mark.parametrize("balance", ["aum", "aum_end"])
@pytest.mark.parametrize("by_branch", [False, True])
def test_the_sums_of_the_bridge_are_the_balances_of_both_months(bank, reader, balance, by_branch):
    frame = tiers.asset_sums(reader, START, 6, balance=balance, by_branch=by_branch)
    snapshots = bank["tier_snapshot"]
    for column, month in (("sum_before", START), ("sum_after", START + 6)):
        assert int(frame[column].sum()) == int(snapshots.loc[snapshots["month_no"] == month, balance].sum())


def test_the_valuation_is_that_of_the_months_after_the_start(bank, reader):
    frame = tiers.asset_sums(reader, START, 6)
    snapshots, flows = bank["tier_snapshot"], bank["asset_flow"]
    kept = set.intersection(
        *(set(snapshots.loc[snapshots["month_no"] == m, "customer_id"]) for m in (START, START + 6))
    )
    between = flows[flows["month_no"].between(START + 1, START + 6) & flows["customer_id"].isin(kept)]
    assert int(frame.loc[frame["fate"] == "kept", "sum_valuation"].sum()) == int(between["valuation"].sum())


def test_triples_are_three_months_in_a_row(bank, reader):
    frame = tiers.tier_triples(reader)
    expected = {}
    for _, rows in bank["tier_snapshot"].groupby("customer_id"):
        known = rows.set_index("month_no")
        for month in known.index:
            if month - 1 in known.index and month + 1 in known.index:
                clock = known.loc[month, "months_below"]
                key = (
                    *(known.loc[month + step, "tier"] for step in (-1, 0, 1)),
                    None if pd.isna(clock) else int(clock),
                )
                expected[key] = expected.get(key, 0) + 1
    assert as_counts(frame, ["before", "present", "after", "months_below"]) == expected


def test_a_range_of_middle_months_takes_neighbours_from_outside(reader):
    one = tiers.tier_triples(reader, first=START, last=START)
    each = [tiers.tier_triples(reader, first=m, last=m)["n"].sum() for m in range(START, START + 3)]
    assert one["n"].sum() == each[0]
    assert tiers.tier_triples(reader, first=START, last=START + 2)["n"].sum() == sum(each)


def test_the_clock_counts_those_below_their_threshold(bank, reader):
    frame = tiers.grace_clock(reader, START)
    month = bank["tier_snapshot"].query("month_no == @START and months_below > 0")
    expected = month.groupby(["tier", "months_below"]).agg(n=("aum", "size"), sum_aum=("aum", "sum")).reset_index()
    assert_frame_equal(frame, expected, check_dtype=False)
    by_branch = [
        tiers.grace_clock(reader, START, branches=[branch])["n"].sum() for branch in month["branch_id"].unique()
    ]
    assert sum(by_branch) == len(month)


@pytest.mark.parametrize("horizon", [3, 6])
def test_campaigns_are_judged_from_the_month_before_the_assignment(bank, reader, horizon):
    frame = tiers.campaign_transitions(reader, horizon)
    control = {(row.campaign_id, row.arm): bool(row.is_control) for row in bank["campaign_arm"].itertuples()}
    last = int(bank["tier_snapshot"]["month_no"].max())
    series = {
        customer: {int(m): s for m, s in zip(rows["month_no"], rows["tier"], strict=True)}
        for customer, rows in bank["tier_snapshot"].groupby("customer_id")
    }
    expected = {}
    for member in bank["campaign_member"].itertuples():
        before = member.assigned_at.year * 12 + member.assigned_at.month - 2
        months = series.get(member.customer_id, {})
        tier, later = months.get(before), months.get(before + horizon)
        if before + horizon > last:
            fate = "open"
        elif tier is None:
            fate = "missing"
        elif later is not None:
            fate = "kept"
        else:
            fate = "left" if max(months) < before + horizon else "missing"
        if fate in ("missing", "open"):
            tier = later = None
        key = (member.campaign_id, control[member.campaign_id, member.arm], tier, later, fate)
        expected[key] = expected.get(key, 0) + 1
    columns = ["campaign_id", "is_control", "from_tier", "to_tier", "fate"]
    assert as_counts(frame, columns) == expected


def test_one_campaign_is_its_part_of_all(reader):
    every = tiers.campaign_transitions(reader, 3)
    one = tiers.campaign_transitions(reader, 3, campaigns=["C1"])
    assert one["n"].sum() == every.loc[every["campaign_id"] == "C1", "n"].sum()


def test_where_there_is_no_such_horizon_there_is_no_row(reader):
    frame = tiers.transition_counts(reader, 120, by=("branch_id",))
    assert list(frame.columns) == ["branch_id", "from_tier", "to_tier", "fate", "n"]
    assert frame.empty
