"""Evaluations, decisions and actions: versions kept, two people told of one another, four eyes, undo."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace.loop import actions, decisions, evaluations, plans
from data_access.workspace.loop.actions import Asked
from data_access.workspace.loop.decisions import DecisionChangedError, Draft, State, Verdict
from data_access.workspace.loop.evaluations import EvaluationChangedError
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, OTHER_HEAD, PLANNER, REGION

SECOND = Viewer("qi@bank.example", "Qi", Role.PLANNER, WHOLE_BANK)
STOP = Draft(Verdict.STOP, "buys no more than the control", HEAD.email, date(2026, 12, 4))
TELL = Asked("Tell the supplier", HEAD.email, date(2026, 12, 4), "B1")


def test_every_version_of_an_evaluation_is_kept_and_undone(workspace):
    first = evaluations.write(workspace, PLANNER, "K1", " As many came. ", {"actual": {"roi": -1.1}}, "v1")
    second = evaluations.write(workspace, PLANNER, "K1", "As many came, 没有多买.", {}, "v2", seen=1)
    assert (first.version, first.text, first.figures) == (1, "As many came.", {"actual": {"roi": -1.1}})
    assert evaluations.latest(workspace) == {"K1": second}
    third = evaluations.undo(workspace, PLANNER, second)
    assert (third.version, third.text, third.data_version) == (3, "As many came.", "v1")
    assert evaluations.undo(workspace, PLANNER, third).text == second.text
    assert [one.version for one in evaluations.history(workspace, "K1")] == [4, 3, 2, 1]
    with pytest.raises(WorkspaceError, match="no version before"):
        evaluations.undo(workspace, PLANNER, first)


def test_the_second_to_evaluate_is_shown_what_the_first_wrote(workspace):
    evaluations.write(workspace, SECOND, "K1", "Theirs.", {}, "v1")
    with pytest.raises(EvaluationChangedError, match=r"qi@bank.example evaluated this campaign meanwhile") as told:
        evaluations.write(workspace, PLANNER, "K1", "Mine.", {}, "v1")
    assert told.value.theirs.text == "Theirs."
    with pytest.raises(WorkspaceError, match="no such version"):
        evaluations.write(workspace, PLANNER, "K1", "Mine.", {}, "v1", seen=7)
    assert [one.text for one in evaluations.history(workspace, "K1")] == ["Theirs."]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "bell \a"])
def test_a_text_that_is_none_is_refused(workspace, text):
    with pytest.raises(WorkspaceError):
        evaluations.write(workspace, PLANNER, "K1", text, {}, "v1")
    with pytest.raises(WorkspaceError):
        decisions.decide(workspace, PLANNER, "K1", replace(STOP, reason=text))
    with pytest.raises(WorkspaceError):
        decisions.decide(workspace, PLANNER, "K1", STOP, asked=[replace(TELL, text=text)])
    assert not decisions.latest(workspace)
    assert not evaluations.latest(workspace)


def test_a_decision_and_an_action_need_somebody(workspace):
    for draft, asked in ((replace(STOP, owner=" "), TELL), (STOP, replace(TELL, owner=""))):
        with pytest.raises(WorkspaceError, match="needs somebody"):
            decisions.decide(workspace, PLANNER, "K1", draft, asked=[asked])
    assert not decisions.latest(workspace)


@pytest.mark.parametrize("viewer", [EXECUTIVE, HEAD, REGION])
def test_nobody_judges_a_campaign_of_the_bank_but_who_plans_for_it(workspace, viewer):
    with pytest.raises(AccessError):
        evaluations.write(workspace, viewer, "K1", "Words.", {}, "v1")
    with pytest.raises(AccessError):
        decisions.decide(workspace, viewer, "K1", STOP)


def test_the_plan_says_whose_campaign_it_was(workspace):
    own = plans.begin(workspace, HEAD, plans.Draft("Own", (plans.Scenario("A", {}),)), ["B1"])
    assert evaluations.write(workspace, REGION, "K1", "Words.", {}, "v1", plan_id=own.plan_id).version == 1
    with pytest.raises(AccessError):
        decisions.decide(workspace, OTHER_HEAD, "K1", STOP, plan_id=own.plan_id)
    with pytest.raises(WorkspaceError, match="no such plan"):
        decisions.decide(workspace, PLANNER, "K1", STOP, plan_id="none")


def test_an_action_is_asked_from_the_approval_on_until_it_is_closed(workspace):
    waiting = decisions.decide(workspace, PLANNER, "K1", STOP, asked=[TELL])
    assert waiting.state is State.WAITING
    assert actions.of(workspace, WHOLE_BANK) == []
    approved = decisions.approve(workspace, EXECUTIVE, waiting)
    assert (approved.version, approved.state, approved.draft) == (2, State.APPROVED, STOP)
    (asked,) = actions.of(workspace, HEAD.scope)
    assert (asked.asked, asked.verdict, asked.closed_at) == (TELL, "stop", None)
    assert [asked.late(day) for day in (date(2026, 12, 4), date(2026, 12, 5))] == [False, True]
    returned = actions.close(workspace, HEAD, asked)
    (closed,) = actions.of(workspace, WHOLE_BANK)
    assert closed == returned
    assert closed.closed_by == HEAD.email
    assert not closed.late(date(2027, 1, 1))
    actions.reopen(workspace, HEAD, closed)
    assert actions.of(workspace, WHOLE_BANK)[0].closed_at is None
    with pytest.raises(ChangedError):
        actions.reopen(workspace, HEAD, closed)


def test_an_action_is_seen_and_closed_where_it_is_asked(workspace):
    bank = Asked("Tell the board", PLANNER.email, None, None)
    decisions.approve(workspace, EXECUTIVE, decisions.decide(workspace, PLANNER, "K1", STOP, asked=[TELL, bank]))
    own, of_bank = actions.of(workspace, HEAD.scope)
    assert (own.asked.text, of_bank.asked.text) == ("Tell the supplier", "Tell the board"), "what is due is first"
    assert [one.asked.text for one in actions.of(workspace, Scope(frozenset({"B9"})))] == ["Tell the board"]
    for viewer, one in ((OTHER_HEAD, own), (EXECUTIVE, own), (HEAD, of_bank), (REGION, of_bank)):
        with pytest.raises(AccessError):
            actions.close(workspace, viewer, one)
    actions.close(workspace, REGION, own)
    actions.close(workspace, PLANNER, of_bank)
    with pytest.raises(ChangedError, match=r"he@bank.example changed this action meanwhile"):
        actions.close(workspace, HEAD, own)
    with pytest.raises(WorkspaceError, match="no such action"):
        actions.close(workspace, HEAD, replace(own, action_id="none"))


def test_who_decided_does_not_approve(workspace):
    own = decisions.decide(workspace, ADMINISTRATOR, "K1", STOP)
    assert [decisions.may_approve(workspace, viewer, own) for viewer in (ADMINISTRATOR, EXECUTIVE, PLANNER)] == [
        False,
        True,
        False,
    ]
    with pytest.raises(AccessError, match="Somebody else approves"):
        decisions.approve(workspace, ADMINISTRATOR, own)
    for viewer in (PLANNER, HEAD):
        with pytest.raises(AccessError):
            decisions.give_back(workspace, viewer, own, "why")
    afar = Viewer("yi@bank.example", "Yi", Role.EXECUTIVE, Scope(frozenset({"B1"})))
    with pytest.raises(AccessError):
        decisions.approve(workspace, afar, own)
    assert decisions.latest(workspace)["K1"].state is State.WAITING


@pytest.mark.parametrize("step", ["approved", "returned"])
def test_who_decided_does_not_approve_what_somebody_else_took_back(workspace, step):
    own = decisions.decide(workspace, ADMINISTRATOR, "K1", STOP)
    done = (
        decisions.approve(workspace, EXECUTIVE, own)
        if step == "approved"
        else decisions.give_back(workspace, EXECUTIVE, own, "Not yet")
    )
    again = decisions.undo(workspace, EXECUTIVE, done)
    assert (again.state, again.draft) == (State.WAITING, STOP)
    assert not decisions.may_approve(workspace, ADMINISTRATOR, again)
    with pytest.raises(AccessError, match="Somebody else approves"):
        decisions.approve(workspace, ADMINISTRATOR, again)
    anew = decisions.decide(workspace, ADMINISTRATOR, "K1", STOP, seen=again.version)
    assert decisions.approve(workspace, EXECUTIVE, anew).state is State.APPROVED


def test_a_returned_decision_says_why_and_is_decided_anew(workspace):
    waiting = decisions.decide(workspace, PLANNER, "K1", STOP, asked=[TELL])
    returned = decisions.give_back(workspace, EXECUTIVE, waiting, "Ask the branches first")
    assert (returned.state, returned.draft.reason) == (State.RETURNED, "Ask the branches first")
    assert decisions.history(workspace, "K1")[1].draft == STOP, "what was decided stands in the version before"
    assert actions.of(workspace, WHOLE_BANK) == []
    with pytest.raises(WorkspaceError, match="waits no longer"):
        decisions.approve(workspace, EXECUTIVE, returned)
    again = decisions.decide(workspace, PLANNER, "K1", replace(STOP, verdict=Verdict.CHANGE), seen=2)
    decisions.approve(workspace, EXECUTIVE, again)
    assert [one.verdict for one in actions.of(workspace, WHOLE_BANK)] == ["change"], "what was asked stays asked"


def test_the_second_to_decide_is_told_what_differs(workspace):
    decisions.decide(workspace, SECOND, "K1", STOP)
    mine = replace(STOP, verdict=Verdict.SCALE, due_on=None)
    with pytest.raises(DecisionChangedError, match=r"qi@bank.example decided on this campaign meanwhile") as told:
        decisions.decide(workspace, PLANNER, "K1", mine)
    assert told.value.differences == {"verdict": ("stop", "scale"), "due_on": ("2026-12-04", "")}
    with pytest.raises(WorkspaceError, match="no such version"):
        decisions.decide(workspace, PLANNER, "K1", mine, seen=5)
    seen = decisions.latest(workspace)["K1"]
    decisions.approve(workspace, EXECUTIVE, seen)
    with pytest.raises(DecisionChangedError):
        decisions.give_back(workspace, ADMINISTRATOR, seen, "why")


def test_ones_own_step_is_taken_back_and_nobody_elses(workspace):
    waiting = decisions.decide(workspace, PLANNER, "K1", STOP, asked=[TELL])
    approved = decisions.approve(workspace, EXECUTIVE, waiting)
    with pytest.raises(AccessError):
        decisions.undo(workspace, PLANNER, approved)
    back = decisions.undo(workspace, EXECUTIVE, approved)
    assert (back.state, back.draft, back.version) == (State.WAITING, STOP, 3)
    assert actions.of(workspace, WHOLE_BANK) == []
    first = decisions.decide(workspace, PLANNER, "K2", STOP)
    assert decisions.undo(workspace, PLANNER, first).state is State.RETURNED


def test_who_holds_the_role_no_longer_takes_nothing_back(workspace):
    waiting = decisions.decide(workspace, PLANNER, "K1", STOP)
    moved = Viewer(PLANNER.email, PLANNER.name, Role.BRANCH_HEAD, Scope(frozenset({"B1"})))
    with pytest.raises(AccessError, match="decide on this campaign"):
        decisions.undo(workspace, moved, waiting)
    approved = decisions.approve(workspace, EXECUTIVE, waiting)
    afar = Viewer(EXECUTIVE.email, EXECUTIVE.name, Role.EXECUTIVE, Scope(frozenset({"B1"})))
    with pytest.raises(AccessError, match="decide on this campaign"):
        decisions.undo(workspace, afar, approved)
    assert decisions.latest(workspace)["K1"] == approved


def test_what_is_decided_stands_in_the_audit(workspace, audit):
    waiting = decisions.decide(workspace, PLANNER, "K1", STOP, asked=[TELL])
    decisions.approve(workspace, EXECUTIVE, waiting)
    actions.close(workspace, HEAD, actions.of(workspace, WHOLE_BANK)[0])
    evaluations.write(workspace, PLANNER, "K1", "Words.", {}, "v1")
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [(line["event"], line["person"]) for line in lines] == [
        ("decided", PLANNER.email),
        ("decided", EXECUTIVE.email),
        ("action_closed", HEAD.email),
        ("evaluated", PLANNER.email),
    ]
