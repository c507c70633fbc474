"""What a reader sees when a page fails: a reference, no trace. What happened is in the log under it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Generator
from contextlib import contextmanager

import streamlit as st
from story.words import say

_LOG = logging.getLogger("branchlight.ui")


@contextmanager
def shown() -> Generator[None]:
    """Runs a page; a failure becomes one sentence on screen and one entry in the log."""
    try:
        yield
    except Exception:  # the outermost frame: whatever happened, the reader gets a sentence
        reference = secrets.token_hex(2).upper()
        _LOG.exception("Reference %s: a page could not be shown.", reference)
        st.error(
            say(
                "This page could not be shown. Your data is unchanged. Reference {reference}.",
                reference=reference,
            ),
            icon=":material/error:",
        )
