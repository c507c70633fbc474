"""What people decide about a running campaign: stop, go on, seen; which plan is whose; each with its way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import streamlit as st
from answers.running.matching import Match
from answers.running.running import Running, kinds
from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.workspace.loop import alarms, matches, plans
from data_access.workspace.loop.alarms import Alarm, Deed
from data_access.workspace.loop.matches import Said, State
from data_access.workspace.loop.plans import Draft, Plan, PlanChangedError
from story.loop.board import person
from story.parts import Block, Nothing
from story.running import running as story
from story.running import words
from story.vocabulary import names
from story.words import say

from ui import emphasis, empty, navigation
from ui.desk import why_not
from ui.markdown import plain
from ui.page import Page
from ui.tell import Drawn

WHY: Final = "running_why"
LONGEST_WHY: Final = 300
"""Signs: a reason is a line, not a report."""

_SAID: Final = "said_running"
_REFUSED: Final = "refused_running"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works on what.

    Attributes:
        page: The open page.
        answer: What it shows.
    """

    page: Page
    answer: Running

    @property
    def raised(self) -> tuple[Alarm, ...]:
        """The newest alarms of the campaign that is looked at."""
        return self.answer.newest(self.answer.chosen) if self.answer.chosen is not None else ()


def drawn(page: Page, answer: Running) -> dict[str, Drawn]:
    """What draws the two blocks in which people decide."""
    desk = Desk(page, answer)
    return {story.TODAY: partial(_today, desk), story.MATCHES: partial(_matches, desk)}


def _today(desk: Desk, block: Block) -> None:
    _said()
    one = desk.answer.chosen
    own = one.plan if one is not None else None
    with st.container(border=True):
        if isinstance(block.shown, Nothing):
            st.markdown(plain(block.shown.sentence))
        if one is None or desk.answer.plan is None or own is None:
            return
        waiting, answered = desk.answer.waiting(one), desk.answer.settled(one)
        if not desk.answer.may_act:
            if waiting:
                st.caption(say("Planners of all its branches decide."))
            return
        if waiting:
            stops = any(kind in ("harm", "futility") for kind in kinds(one))
            st.text_input(
                say("Why"), key=WHY, max_chars=LONGEST_WHY, placeholder=say("a line for whoever reads it later")
            )
            with st.container(horizontal=True):
                _deed(desk, say("Stop new calls"), "front_hand", Deed.STOP, waiting, primary=stops)
                _deed(desk, say("Go on, and say why"), "play_arrow", Deed.GO_ON, waiting, primary=False)
                _deed(desk, say("Seen, decide tomorrow"), "visibility", Deed.SEEN, waiting, primary=False)
        with st.container(horizontal=True):
            if answered is not None:
                st.button(
                    say("Take the decision back"),
                    key="undo_running",
                    icon=":material/undo:",
                    on_click=_undo,
                    args=(desk, tuple(alarm for alarm in desk.raised if alarm.deed is not None)),
                )
            st.page_link(
                navigation.path("plan"),
                label=say("Change plan"),
                icon=":material/edit_square:",
                query_params={"plan": own.plan_id, "place": str(own.place)},
            )


def _deed(desk: Desk, label: str, icon: str, deed: Deed, waiting: tuple[Alarm, ...], *, primary: bool) -> None:
    st.button(
        label,
        key=f"running_{deed.value}",
        icon=f":material/{icon}:",
        type=emphasis.main() if primary else "tertiary" if deed is Deed.SEEN else "secondary",
        on_click=_act,
        args=(desk, deed, waiting),
    )


def _matches(desk: Desk, block: Block) -> None:
    if isinstance(block.shown, Nothing):
        empty.state(block.shown)
    for match in desk.answer.matches:
        st.markdown(plain(story.why(match)))
        if not desk.answer.may_act:
            continue
        with st.container(horizontal=True):
            for state, label in ((State.CONFIRMED, say("It is")), (State.REJECTED, say("It is not"))):
                st.button(
                    label,
                    key=f"match_{state.value}_{match.campaign_id}",
                    type="secondary" if state is State.CONFIRMED else "tertiary",
                    on_click=_match,
                    args=(desk, match, state),
                )
    one = desk.answer.chosen
    own = next(
        (s for s in desk.answer.said if one and one.plan and _of(s) == (one.plan.plan_id, one.campaign_id)), None
    )
    if one is not None and one.plan is not None and own is not None:
        st.caption(
            plain(
                say(
                    "{campaign} carries out the plan {plan}, as {who} said.",
                    campaign=words.name(one),
                    plan=names([one.plan.name])[0],
                    who=person(own.said_by, desk.page.colleagues),
                )
            )
        )
        if desk.answer.may_act:
            _take_back(desk, own, say("It does not"))
    if desk.answer.may_act:
        for said in desk.answer.said:
            if said.state is State.REJECTED and said == st.session_state.get("match_said"):
                _take_back(desk, said, say("Undo"))


def _take_back(desk: Desk, said: Said, label: str) -> None:
    st.button(
        label,
        key=f"unmatch_{said.campaign_id}",
        icon=":material/undo:",
        type="tertiary",
        on_click=_unmatch,
        args=(desk, said),
    )


def _of(said: Said) -> tuple[str, str]:
    return said.plan_id, said.campaign_id


def _said() -> None:
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    if said := st.session_state.pop(_SAID, ""):
        st.caption(plain(said))


def _act(desk: Desk, deed: Deed, waiting: tuple[Alarm, ...]) -> None:
    """Answers everything that waits; to stop also ends the plan today, as a version of its own."""
    why = str(st.session_state.get(WHY, ""))

    def do() -> str:
        if deed.answers and not why.strip():
            return _needs_reason()
        workspace, viewer = desk.page.workspace, desk.page.reader.viewer
        done: list[Alarm] = []
        try:
            done.extend(alarms.answer(workspace, viewer, one, deed, why) for one in waiting)
            if deed is Deed.STOP:
                _end_today(desk)
        except (
            AccessError,
            WorkspaceError,
        ):  # "nothing was changed" has to be true of the others too
            for one in done:
                alarms.undo(workspace, viewer, one)
            raise
        st.session_state[WHY] = ""
        return {
            Deed.STOP: say("Decided: no new calls. The plan ends today, as a version of its own."),
            Deed.GO_ON: say("Decided: it goes on."),
            Deed.SEEN: say("Seen. It is asked again with the next data."),
        }[deed]

    _tried(desk, do)


def _needs_reason() -> str:
    st.session_state[_REFUSED] = say("To stop or to go on needs a reason. Nothing was changed. Write one.")
    return ""


def _end_today(desk: Desk) -> None:
    plan, one = desk.answer.plan, desk.answer.chosen
    if plan is None or one is None or one.plan is None:
        return
    held = list(plan.draft.scenarios)
    at = min(one.plan.place, len(held)) - 1
    ends_on = max(desk.answer.as_of, one.row["starts_on"].date()).isoformat()
    held[at] = replace(held[at], settings={**held[at].settings, "ends_on": ends_on})
    plans.save(desk.page.workspace, desk.page.reader.viewer, plan, Draft(plan.draft.name, tuple(held)))


def _undo(desk: Desk, answered: tuple[Alarm, ...]) -> None:
    """Takes a decision back, and with it the version that ended the plan: first that, which may be refused."""

    def do() -> str:
        workspace, viewer = desk.page.workspace, desk.page.reader.viewer
        ended = desk.answer.plan if any(one.deed is Deed.STOP for one in answered) else None
        since = ended is not None and _changed_since(desk, ended, answered)
        brought_back = plans.undo(workspace, viewer, ended) if ended is not None and not since else None
        try:
            for one in answered:
                alarms.undo(workspace, viewer, one)
        except (AccessError, WorkspaceError):
            if brought_back is not None:
                plans.undo(workspace, viewer, brought_back)
            raise
        if since:
            return say(
                "Taken back: it waits for a decision again. Somebody changed the plan after it was stopped: its last "
                "day stays as it is until the plan is changed."
            )
        return say("Taken back: it waits for a decision again.")

    _tried(desk, do)


def _changed_since(desk: Desk, plan: Plan, answered: tuple[Alarm, ...]) -> bool:
    """Whether the version before the newest was itself saved once the plan had been stopped."""
    before = plans.find(desk.page.workspace, desk.page.reader.viewer.scope, plan.plan_id, plan.version - 1)
    stopped = [one.at for one in answered if one.deed is Deed.STOP and one.at is not None]
    return before is not None and bool(stopped) and before.saved_at >= min(stopped)


def _match(desk: Desk, match: Match, state: State) -> None:
    def do() -> str:
        before = next((s for s in desk.answer.said if _of(s) == (match.plan.plan_id, match.campaign_id)), None)
        viewer, of = desk.page.reader.viewer, (match.plan.plan_id, match.campaign_id)
        st.session_state["match_said"] = matches.put(desk.page.workspace, viewer, *of, state, before)
        if state is State.CONFIRMED:
            st.query_params["campaign"] = match.campaign_id
            return say("Matched: the campaign is held against its plan from now on.")
        return say("Not matched. It is not proposed again.")

    _tried(desk, do)


def _unmatch(desk: Desk, said: Said) -> None:
    def do() -> str:
        matches.undo(desk.page.workspace, desk.page.reader.viewer, said)
        return say("Taken back: it is as if nobody had said anything.")

    _tried(desk, do)


def _tried(desk: Desk, do: Callable[[], str]) -> None:
    """Does it, and says with the next run what was done or what stood in the way."""

    def deed() -> None:
        st.session_state[_SAID] = do()

    if why := why_not(desk.page.confirm, deed, partial(_differs, desk)):
        st.session_state[_REFUSED] = why


def _differs(desk: Desk, meanwhile: ChangedError) -> str:
    if isinstance(meanwhile, PlanChangedError):
        return say(
            "{who} saved this plan meanwhile. Nothing was changed. Look at it again, then decide.",
            who=person(meanwhile.theirs.saved_by, desk.page.colleagues),
        )
    return say(
        "{who} decided meanwhile. Nothing was changed. Look at it again, then decide.",
        who=person(meanwhile.by, desk.page.colleagues) if meanwhile.by else say("Somebody"),
    )
