"""Alarms: raised once, answered by one, silent once answered, back when taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.loop import alarms, plans
from data_access.workspace.loop.alarms import Alarm, Deed
from data_access.workspace.loop.plans import Draft, Scenario
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, PLANNER

DRAFT = Draft("Spring", (Scenario("A", {"channel": "phone"}),))
SUNDAY, MONDAY = date(2026, 11, 15), date(2026, 11, 16)


@pytest.fixture
def plan(workspace):
    return plans.begin(workspace, PLANNER, DRAFT)


def raised(plan, kind="behind", on=SUNDAY, **told):
    return Alarm(plan.plan_id, kind, on, told or {"counted": 154.0, "limit": None}, "v1")


def kept(workspace, plan):
    return alarms.of(workspace, [plan.plan_id], WHOLE_BANK)


def test_one_day_raises_a_kind_once_with_the_numbers_of_the_first_time(workspace, plan):
    first = raised(plan)
    alarms.keep(workspace, [first, raised(plan, "opt_outs")])
    alarms.keep(workspace, [raised(plan, counted=999.0)])
    assert kept(workspace, plan) == [first, raised(plan, "opt_outs")]
    alarms.keep(workspace, [])
    assert len(kept(workspace, plan)) == 2


def test_what_was_only_seen_is_raised_again_by_later_data_and_what_was_answered_is_not(workspace, plan):
    alarms.keep(workspace, [raised(plan), raised(plan, "complaints")])
    behind, complaints = kept(workspace, plan)
    seen = alarms.answer(workspace, PLANNER, behind, Deed.SEEN)
    gone_on = alarms.answer(workspace, PLANNER, complaints, Deed.GO_ON, " one branch only ")
    assert (seen.settled, gone_on.settled, gone_on.answer) == (False, True, "one branch only")
    alarms.keep(workspace, [raised(plan, on=MONDAY), raised(plan, "complaints", on=MONDAY)])
    assert kept(workspace, plan) == [raised(plan, on=MONDAY), seen, gone_on]


def test_taking_back_an_answer_lets_it_wait_again(workspace, plan, audit):
    alarms.keep(workspace, [raised(plan)])
    answered = alarms.answer(workspace, PLANNER, raised(plan), Deed.STOP, "nobody bought")
    assert alarms.undo(workspace, ADMINISTRATOR, answered) == raised(plan)
    assert kept(workspace, plan) == [raised(plan)]
    assert audit.read_text().count('"alarm_answered"') == 2


def test_the_second_of_two_is_told_and_changes_nothing(workspace, plan):
    alarms.keep(workspace, [raised(plan)])
    first = alarms.answer(workspace, PLANNER, raised(plan), Deed.GO_ON, "holiday")
    with pytest.raises(ChangedError, match=r"gu@bank.example saw to this alarm") as told:
        alarms.answer(workspace, ADMINISTRATOR, raised(plan), Deed.STOP, "too dear")
    assert told.value.at == first.at
    with pytest.raises(ChangedError):
        alarms.undo(workspace, ADMINISTRATOR, replace(first, at=first.at.replace(year=2020)))
    assert kept(workspace, plan) == [first]


@pytest.mark.parametrize("deed", [Deed.GO_ON, Deed.STOP])
def test_going_on_and_stopping_need_a_reason(workspace, plan, deed):
    alarms.keep(workspace, [raised(plan)])
    with pytest.raises(WorkspaceError, match="needs a text"):
        alarms.answer(workspace, PLANNER, raised(plan), deed, "  ")
    assert kept(workspace, plan) == [raised(plan)]


def test_only_who_plans_answers_and_only_who_sees_the_plan_reads(workspace, plan):
    alarms.keep(workspace, [raised(plan)])
    with pytest.raises(AccessError):
        alarms.answer(workspace, EXECUTIVE, raised(plan), Deed.SEEN)
    with pytest.raises(WorkspaceError):
        alarms.answer(workspace, HEAD, raised(plan), Deed.SEEN)
    assert alarms.of(workspace, [plan.plan_id], HEAD.scope) == []
    with pytest.raises(WorkspaceError, match="no such alarm"):
        alarms.answer(workspace, PLANNER, raised(plan, "ahead"), Deed.SEEN)
