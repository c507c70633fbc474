"""Where somebody writes what a campaign taught, records a decision, and approves or returns it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import streamlit as st
from answers.loop.board import Item
from answers.loop.evaluated import Evaluated
from answers.loop.loop import Loop
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace import rights
from data_access.workspace.loop import decisions, evaluations
from data_access.workspace.loop.actions import Asked
from data_access.workspace.loop.decisions import Decision, Draft, State, Verdict
from data_access.workspace.loop.evaluations import Evaluation
from data_access.workspace.loop.judged import judged
from data_access.workspace.written import LONGEST
from metrics.catalogue.entry import marked as _
from story.loop.words import VERDICTS
from story.parts import Block
from story.vocabulary import names
from story.words import say

from ui import emphasis, filters, tell
from ui.loop.desk import Desk, refuse
from ui.markdown import plain

BANK: Final = ""
"""The choice of branches that is the bank."""

_DUE_IN: Final = timedelta(days=14)
_TEXT: Final = "loop_text"
_VERDICT: Final = "loop_verdict"
_REASON: Final = "loop_reason"
_WHO: Final = "loop_who"
_BRANCH: Final = "loop_branch"
_DUE: Final = "loop_due"
_ASKED: Final = "loop_asked"
_WHY: Final = "loop_why"


def drawn(desk: Desk, answer: Loop, block: Block) -> None:
    """What was said and decided, and the forms of whoever may say more."""
    found, item = answer.evaluated, answer.item
    if found is None:
        return
    tell.shown(block, answer.currency)
    plan_id = found.forecast.head.plan_id if found.forecast else None
    scope = judged(desk.workspace, plan_id) if plan_id else WHOLE_BANK
    if rights.may_plan(desk.viewer, scope):
        with st.container(border=True):
            _evaluation(desk, found, item, plan_id)
            _decision(desk, found, item, plan_id, answer.as_of)
    else:
        st.caption(say("Planners of these branches evaluate and decide."))
    held = item.decision if item is not None else None
    if held is not None and held.state is State.WAITING and decisions.may_approve(desk.workspace, desk.viewer, held):
        approval(desk, held)


def approval(desk: Desk, held: Decision) -> None:
    """Approve, or return with a reason."""
    key = f"{held.campaign_id}_{held.version}"
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            say("Approve"),
            key=f"approve_{key}",
            icon=":material/check:",
            type=emphasis.main(),
            on_click=_approve,
            args=(desk, held),
        )
        st.text_input(say("Why it goes back"), key=f"{_WHY}_{key}", max_chars=LONGEST, width=260)
        st.button(
            say("Send back"),
            key=f"return_{key}",
            icon=":material/undo:",
            on_click=_give_back,
            args=(desk, held, f"{_WHY}_{key}"),
        )


def _evaluation(desk: Desk, found: Evaluated, item: Item | None, plan_id: str | None) -> None:
    seen = item.evaluation if item is not None else None
    if seen is None:
        _words(desk, found, None, plan_id)
    else:
        with st.expander(say("Write a new version of the evaluation")):
            _words(desk, found, seen, plan_id)


def _words(desk: Desk, found: Evaluated, seen: Evaluation | None, plan_id: str | None) -> None:
    key = _key(_TEXT, found.campaign_id)
    st.session_state.setdefault(key, seen.text if seen else "")
    st.text_area(
        say("What was learned"),
        key=key,
        max_chars=LONGEST,
        placeholder=say("What came, why it differs, what the next one does differently"),
    )
    label = say("Save the evaluation") if seen is None else say("Save a new version")
    st.button(label, key=f"evaluate_{found.campaign_id}", on_click=_evaluate, args=(desk, found, seen, plan_id, key))


def _decision(desk: Desk, found: Evaluated, item: Item | None, plan_id: str | None, on: date) -> None:
    """The form of a decision; a link may have chosen it beforehand."""
    if item is None or item.evaluation is None:
        st.caption(say("Evaluate it first: a decision rests on what was learned."))
        return
    own, held = found.campaign_id, item.decision
    verdicts = [str(verdict) for verdict in Verdict]
    asked = filters.parameter("decide")
    before = str(held.draft.verdict) if held is not None else None
    st.session_state.setdefault(_key(_VERDICT, own), asked if asked in verdicts else before)
    st.session_state.setdefault(_key(_DUE, own), on + _DUE_IN)
    st.segmented_control(
        say("Decision"),
        verdicts,
        format_func=lambda verdict: say(VERDICTS[Verdict(verdict)]),
        key=_key(_VERDICT, own),
        wrap=True,
    )
    st.text_input(say("Because"), key=_key(_REASON, own), max_chars=LONGEST)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people = dict(zip(desk.called, names(list(desk.called.values())), strict=True))
        st.selectbox(
            say("Who acts"),
            list(people),
            index=None,
            format_func=people.__getitem__,
            placeholder=say("choose a person"),
            key=_key(_WHO, own),
            width=190,
        )
        st.text_input(say("What they do"), key=_key(_ASKED, own), max_chars=LONGEST, width=240)
        st.selectbox(
            say("Where"),
            [BANK, *desk.branches],
            format_func=lambda one: plain(desk.branches[one]) if one else say("the bank"),
            key=_key(_BRANCH, own),
            width=170,
        )
        st.date_input(say("By"), key=_key(_DUE, own), format="YYYY-MM-DD", width=140)
        st.button(
            say("Record"), key=f"decide_{own}", type=emphasis.main(), on_click=_decide, args=(desk, own, held, plan_id)
        )


def _evaluate(desk: Desk, found: Evaluated, seen: Evaluation | None, plan_id: str | None, key: str) -> None:
    text = str(st.session_state.get(key, ""))

    def undo(made: Any) -> None:
        st.session_state.pop(key, None)
        evaluations.undo(desk.workspace, desk.viewer, made)

    desk.tried(
        lambda: evaluations.write(
            desk.workspace,
            desk.viewer,
            found.campaign_id,
            text,
            found.figures,
            desk.version,
            plan_id=plan_id,
            seen=seen.version if seen else 0,
        ),
        _("Saved. Every version is kept."),
        undo if seen else None,
    )


def _decide(desk: Desk, campaign_id: str, held: Decision | None, plan_id: str | None) -> None:
    verdict, reason, who, asked, branch, due = (
        st.session_state.get(_key(name, campaign_id)) for name in (_VERDICT, _REASON, _WHO, _ASKED, _BRANCH, _DUE)
    )
    if not verdict or not str(reason or "").strip() or not who or not isinstance(due, date):
        refuse(_("A decision needs what, why, who and by when. Nothing was recorded. Fill in what is missing."))
        return
    draft = Draft(Verdict(verdict), str(reason), str(who), due)
    todo = [Asked(str(asked), str(who), due, str(branch) or None)] if str(asked or "").strip() else []
    done = desk.tried(
        lambda: decisions.decide(
            desk.workspace,
            desk.viewer,
            campaign_id,
            draft,
            plan_id=plan_id,
            asked=todo,
            seen=held.version if held else 0,
        ),
        _("Recorded. It holds once somebody else has approved it."),
        lambda made: decisions.undo(desk.workspace, desk.viewer, made),
    )
    if done:
        st.query_params.pop("decide", None)
        for name in (_REASON, _ASKED):
            st.session_state[_key(name, campaign_id)] = ""


def _approve(desk: Desk, held: Decision) -> None:
    desk.tried(
        lambda: decisions.approve(desk.workspace, desk.viewer, held),
        _("Approved. What it asks shows where it is to be done."),
        lambda made: decisions.undo(desk.workspace, desk.viewer, made),
    )


def _give_back(desk: Desk, held: Decision, key: str) -> None:
    why = str(st.session_state.get(key, ""))
    if not why.strip():
        refuse(_("Returning needs a reason. Nothing was changed. Write one."))
        return
    desk.tried(
        lambda: decisions.give_back(desk.workspace, desk.viewer, held, why),
        _("Returned with your reason."),
        lambda made: decisions.undo(desk.workspace, desk.viewer, made),
    )


def _key(name: str, campaign_id: str) -> str:
    return f"{name}_{campaign_id}"
