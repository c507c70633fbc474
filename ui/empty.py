"""What stands where there is nothing to show: why, and what to do now."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from story.parts import Nothing
from story.words import listed, say

from ui.markdown import plain


def state(nothing: Nothing) -> None:
    """Says why there is nothing, calmly."""
    with st.container(border=True):
        st.markdown(f":material/inbox: {plain(nothing.sentence)}")
        if nothing.advice:
            st.caption(plain(nothing.advice))
        if nothing.command:
            st.code(nothing.command, language=None)


def missing_tables(tables: Sequence[str]) -> None:
    """Says which feeds a page needs and how they are loaded."""
    state(
        Nothing(
            say("This page needs data that has not been loaded yet: {tables}.", tables=listed(tables)),
            say(
                "An administrator loads a folder of feeds with this command. "
                "The page Data and definitions lists what is there."
            ),
            "python -m data_access load FOLDER",
        )
    )
