"""The board: stages as counted pills, and what waits for a person laid out, each with its deed."""

from __future__ import annotations

from typing import Final

import streamlit as st
from answers.loop.board import Board, Stage
from data_access.reading.scope import WHOLE_BANK, Viewer
from data_access.workspace import rights
from data_access.workspace.loop import actions
from data_access.workspace.loop.actions import Action
from metrics.catalogue.entry import marked as _
from story.loop import board as boards
from story.loop.board import Line
from story.parts import Block
from story.words import say

from ui import filters
from ui.loop.desk import Desk
from ui.markdown import plain

_STAGE: Final = "stage"
_WIDGET: Final = "loop_stage"


def stages(board: Board) -> None:
    """The stages; one that is chosen is shown whole, and a second click shows again what waits."""
    called = boards.pills(board)
    asked = filters.parameter(_STAGE)
    st.session_state[_WIDGET] = asked if asked in called else None
    st.pills(
        say("Stage"),
        list(called),
        format_func=called.__getitem__,
        key=_WIDGET,
        on_change=_to_url,
        label_visibility="collapsed",
        wrap=True,
    )


def column(desk: Desk, board: Board, stage: Stage, _block: Block) -> None:
    """The next few of a stage."""
    every = boards.lines(board, stage, desk.called)
    if not every:
        st.caption(say("Nothing waits here."))
    for line in every[: boards.NEXT]:
        _card(desk, stage, line)


def _card(desk: Desk, stage: Stage, line: Line) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(card(line))
        if line.action is not None and rights.may_close(
            desk.viewer, line.action.asked.branch_id, line.action.asked.owner
        ):
            key = f"close_{line.action.action_id}"
            st.button(
                say("Mark done"),
                key=key,
                icon=":material/check:",
                type="tertiary",
                on_click=close,
                args=(desk, line.action),
            )
        else:
            filters.link_to("loop", deed(desk.viewer, stage, line), ":material/chevron_right:", campaign=line.key)


def deed(viewer: Viewer, stage: Stage, line: Line) -> str:
    """What whoever looks can do about it; who may do nothing looks."""
    # Of a campaign that others planned, or nobody, the whole bank is judged.
    judges = rights.may_plan(viewer, viewer.scope if line.planned else WHOLE_BANK)
    if stage is Stage.TO_EVALUATE and judges:
        return say("Evaluate")
    if stage is Stage.TO_DECIDE and (judges or (line.waits and rights.may_approve(viewer))):
        return say("Decide")
    return say("Look")


def card(line: Line) -> str:
    """What stands on a card, as one text: name, by when, what there is to know."""
    due, colour = line.due
    return f"**{plain(line.name)}** :{colour}-badge[{plain(due)}]  \n:small[:gray[{plain(line.about)}]]"


def close(desk: Desk, action: Action) -> None:
    """Closes an action, with the way back."""

    def reopen(closed: Action) -> None:
        actions.reopen(desk.workspace, desk.viewer, closed)

    desk.tried(lambda: actions.close(desk.workspace, desk.viewer, action), _("Done: closed."), reopen)


def _to_url() -> None:
    value = st.session_state[_WIDGET]
    if value:
        st.query_params[_STAGE] = str(value)
    else:
        st.query_params.pop(_STAGE, None)
