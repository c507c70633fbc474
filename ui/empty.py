"""What stands where there is nothing to show: why, and what to do now."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.words import listed, say


def state(sentence: str, advice: str = "") -> None:
    """Says why there is nothing, calmly."""
    with st.container(border=True):
        st.markdown(f":material/inbox: {sentence}")
        if advice:
            st.caption(advice)


def missing_tables(tables: Sequence[str]) -> None:
    """Says which feeds a page needs and how they are loaded."""
    state(
        say("This page needs data that has not been loaded yet: {tables}.", tables=listed(tables)),
        say(
            "An administrator loads a folder of feeds with {command}. "
            "The page Data and definitions lists what is there.",
            command="`python -m data_access load FOLDER`",
        ),
    )
