"""What a reader sees when something fails: a reference, no trace. What happened is in the log under it."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import streamlit as st
from data_access import logs
from data_access.errors import (
    AccessError,
    OutdatedError,
    SlowError,
    StoreError,
    TooManyRowsError,
    TryAgainError,
    UnreachableError,
    WorkspaceError,
)
from story import refusal
from story.words import say, speak

from ui import filters
from ui.markdown import plain

PERSON: Final = "person"
"""Key in the session of who looks, for the log."""


@contextmanager
def shown() -> Generator[None]:
    """Runs a page; a failure becomes one sentence on screen and one entry in the log."""
    try:
        yield
    except Exception as error:  # the outermost frame: whatever happened, the reader gets a sentence
        tell(error)


def tell(error: Exception) -> bool:
    """Says that something failed; returns True: it was said.

    Streamlit calls it for what fails outside a page: in a callback, or in reading what a browser sent.
    """
    speak(filters.language())  # a callback runs before the page has set it
    if isinstance(error, TryAgainError):
        slow = say("This takes longer than a page may wait. Choose less (a shorter period, one branch), or try again.")
        full = say("Many people are looking at this moment. Try again in a moment.")
        st.info(slow if isinstance(error, SlowError) else full, icon=":material/hourglass:")
        st.button(say("Try again"))
        return True
    if refusal.sayable(error) and isinstance(error, AccessError):
        st.warning(plain(refusal.why(error)), icon=":material/lock:")
        st.button(say("Show what I may see"))
        return True
    person = str(st.session_state.get(PERSON, ""))
    reference = logs.failure(person, error)
    if not person:  # nothing stands on the screen yet
        st.caption(say("Branchlight · marketing analytics for bank branches"))
        st.title(say("Nothing can be shown right now"), anchor=False)
    if isinstance(error, OutdatedError):
        st.error(
            say("This data was loaded by an older version of Branchlight. Ask those who load it to load it again."),
            icon=":material/update:",
        )
        return True
    if isinstance(error, UnreachableError):
        st.warning(
            say(
                "The data cannot be reached at this moment. Nothing is lost. Try again in a moment; if it stays so, "
                "tell those who run Branchlight the reference {reference}.",
                reference=reference,
            ),
            icon=":material/cloud_off:",
        )
        st.button(say("Try again"))
        return True
    if refusal.sayable(error) and isinstance(error, StoreError):  # it names places, for the log alone
        st.error(
            say(
                "The data cannot be read: a version is missing or damaged, or may not be opened. Nothing was changed or "
                "removed. Those who run Branchlight find why, and what to do, under the reference {reference}.",
                reference=reference,
            ),
            icon=":material/error:",
        )
        return True
    if refusal.sayable(error) and isinstance(error, (WorkspaceError, TooManyRowsError)):
        st.warning(plain(refusal.why(error)), icon=":material/block:")
        st.caption(
            say("If it stays so, tell those who run Branchlight the reference {reference}.", reference=reference)
        )
        st.button(say("Try again"))
        return True
    st.error(
        say("This page could not be shown. Your data is unchanged. Reference {reference}.", reference=reference),
        icon=":material/error:",
    )
    st.caption(say("Reload it in a moment. If it fails again, tell those who run Branchlight the reference."))
    return True


def not_twice(record: logging.LogRecord) -> bool:
    """Whether Streamlit's log entry stays: what it says of an uncaught error `tell` says too, with passwords masked."""
    return record.getMessage() != "Uncaught app execution"
