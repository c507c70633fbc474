"""What people say of plans and campaigns: one plan a campaign, the second of two told, rights kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Scope
from data_access.workspace import moment
from data_access.workspace.loop import matches, plans
from data_access.workspace.loop.matches import State
from data_access.workspace.loop.plans import Draft, Scenario
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, OTHER_HEAD, PLANNER

DRAFT = Draft("Spring", (Scenario("A", {"channel": "phone"}),))


@pytest.fixture
def plan(workspace):
    return plans.begin(workspace, PLANNER, DRAFT)


def test_what_was_said_is_read_changed_and_taken_back(workspace, plan, audit):
    assert matches.of(workspace, WHOLE_BANK) == []
    no = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.REJECTED, None)
    assert matches.of(workspace, WHOLE_BANK) == [no]
    yes = matches.put(workspace, ADMINISTRATOR, plan.plan_id, "K1", State.CONFIRMED, no)
    assert matches.of(workspace, WHOLE_BANK) == [yes]
    assert (yes.state, yes.said_by) == (State.CONFIRMED, ADMINISTRATOR.email)
    matches.undo(workspace, PLANNER, yes)
    assert matches.of(workspace, WHOLE_BANK) == []
    assert audit.read_text().count('"plan_matched"') == 3


def test_the_second_of_two_is_told_and_changes_nothing(workspace, plan):
    first = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.CONFIRMED, None)
    with pytest.raises(ChangedError, match=r"gu@bank.example has spoken") as told:
        matches.put(workspace, ADMINISTRATOR, plan.plan_id, "K1", State.REJECTED, None)
    assert (told.value.by, told.value.at) == (first.said_by, first.said_at)
    later = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.REJECTED, first)
    with pytest.raises(ChangedError):
        matches.undo(workspace, ADMINISTRATOR, first)
    assert matches.of(workspace, WHOLE_BANK) == [later]


def test_what_was_said_again_meanwhile_is_not_taken_back_by_who_saw_it_said_before(workspace, plan):
    with moment.told_as(datetime(2026, 11, 16, 8, 0)):
        first = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.CONFIRMED, None)
    with moment.told_as(datetime(2026, 11, 16, 8, 1)):
        again = matches.put(workspace, ADMINISTRATOR, plan.plan_id, "K1", State.CONFIRMED, first)
    with pytest.raises(ChangedError, match=r"xu@bank\.example has spoken"):
        matches.undo(workspace, PLANNER, first)
    assert matches.of(workspace, WHOLE_BANK) == [again]


def test_a_campaign_carries_out_one_plan_and_a_plan_may_have_several_campaigns(workspace, plan):
    other = plans.begin(workspace, PLANNER, DRAFT)
    one = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.CONFIRMED, None)
    with pytest.raises(ChangedError, match="another plan"):
        matches.put(workspace, PLANNER, other.plan_id, "K1", State.CONFIRMED, None)
    matches.put(workspace, PLANNER, other.plan_id, "K1", State.REJECTED, None)
    two = matches.put(workspace, PLANNER, plan.plan_id, "K2", State.CONFIRMED, None)
    assert {one, two} <= set(matches.of(workspace, WHOLE_BANK))
    assert len(matches.of(workspace, WHOLE_BANK)) == 3


def test_only_who_plans_for_its_branches_speaks_of_a_plan(workspace, plan):
    with pytest.raises(AccessError):
        matches.put(workspace, EXECUTIVE, plan.plan_id, "K1", State.CONFIRMED, None)
    with pytest.raises(WorkspaceError, match="no such plan"):  # a plan of the bank is not a branch head's to see
        matches.put(workspace, HEAD, plan.plan_id, "K1", State.CONFIRMED, None)
    own = plans.begin(workspace, HEAD, DRAFT)
    said = matches.put(workspace, HEAD, own.plan_id, "K1", State.CONFIRMED, None)
    with pytest.raises(WorkspaceError):
        matches.undo(workspace, OTHER_HEAD, said)
    assert matches.of(workspace, HEAD.scope) == [said]
    assert matches.of(workspace, Scope(frozenset({"B1"}))) == []


def test_confirming_again_changes_nothing_but_who_said_so_and_only_of_plans_that_are_seen_it_is_told(workspace, plan):
    no = matches.put(workspace, PLANNER, plan.plan_id, "K2", State.REJECTED, None)
    once = matches.put(workspace, PLANNER, plan.plan_id, "K1", State.CONFIRMED, None)
    again = matches.put(workspace, ADMINISTRATOR, plan.plan_id, "K1", State.CONFIRMED, once)
    assert {(one.campaign_id, one.said_by) for one in matches.of(workspace, WHOLE_BANK)} == {
        ("K1", again.said_by),
        ("K2", no.said_by),
    }
    with pytest.raises(ChangedError):  # what was seen says the same, and is not what stands there now
        matches.undo(workspace, PLANNER, once)
    assert matches.of(workspace, HEAD.scope) == []
