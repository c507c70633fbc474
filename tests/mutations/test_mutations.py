"""Every deliberate fault is noticed by the tests that are named for it; a few in every run, all by `make mutations`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutations import (
    answers,
    compare,
    data_room,
    delivery,
    evidence,
    loading,
    loop,
    one_campaign,
    running,
    story,
    summary,
    to_do,
    ui,
    workspace,
)
from tests.mutations.metrics import campaigns, comparison, ground, inference, planning, staff, tiers, week
from tests.mutations.mutation import ROOT, Mutation, survives

ROOMS = (
    answers,
    compare,
    data_room,
    delivery,
    evidence,
    loading,
    running,
    loop,
    one_campaign,
    story,
    summary,
    to_do,
    ui,
    workspace,
    ground,
    inference,
    comparison,
    campaigns,
    tiers,
    staff,
    week,
    planning,
)
EVERY: list[Mutation] = [mutation for room in ROOMS for mutation in room.MUTATIONS]


@pytest.mark.parametrize(
    "mutation",
    [pytest.param(each, marks=() if each.quick else pytest.mark.mutation) for each in EVERY],
    ids=[f"{each.file}: {' '.join(each.new.split())[:60] or 'left out'}" for each in EVERY],
)
def test_the_fault_is_noticed(mutation: Mutation, tmp_path: Path):
    assert survives(mutation, tmp_path) == ""


@pytest.mark.parametrize("mutation", EVERY, ids=lambda each: f"{each.file}: {' '.join(each.old.split())[:40]}")
def test_the_fault_still_has_its_place(mutation: Mutation):
    assert (ROOT / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1
    assert mutation.old != mutation.new
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutation.killed_by.split() if "/" in test)


def test_a_fault_that_nobody_notices_is_told(tmp_path: Path):
    harmless = Mutation("story/text.py", "    return ", "    return  ", "story/text.py --doctest-modules")
    assert "1 passed" in survives(harmless, tmp_path)
