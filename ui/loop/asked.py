"""What decisions ask of whoever looks, on the pages where their day begins: closed, approved or returned there."""

from __future__ import annotations

import streamlit as st
from answers.loop.asked import Asked
from data_access.workspace import rights
from story.loop import asked as story
from story.words import say

from ui import filters
from ui.loop.board import close
from ui.loop.decide import approval
from ui.loop.desk import Desk
from ui.markdown import plain


def actions(desk: Desk, asked: Asked) -> None:
    """What is to be done here, each with its button; nothing where nothing is."""
    desk.said()
    if not asked.actions:
        return
    st.markdown(f"**{plain(story.heading(asked))}**")
    for one in asked.actions:
        what, about, due = story.action(asked, one, desk.called)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(plain(what), width="content")
            st.caption(plain(about), width="content")
            st.badge(plain(due[0]), color=due[1])
            if rights.may_close(desk.viewer, one.asked.branch_id, one.asked.owner):
                key = f"close_{one.action_id}"
                st.button(
                    say("Mark done"),
                    key=key,
                    icon=":material/check:",
                    type="tertiary",
                    on_click=close,
                    args=(desk, one),
                )


def decisions(desk: Desk, asked: Asked) -> None:
    """The decisions that wait for whoever looks, and how many loops are open."""
    desk.said()
    if asked.waiting:
        st.markdown(f"**{plain(story.waiting(asked))}**")
    for one in asked.waiting:
        what, about = story.decision(asked, one, desk.called)
        st.markdown(plain(what))
        st.caption(plain(about))
        approval(desk, one)
    if asked.open:
        filters.link("loop", plain(story.loops(asked)), icon=":material/sync:")
