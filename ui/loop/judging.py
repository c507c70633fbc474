"""How far the demo bank's people are with their past: told while it is planned and judged beside the first visitors."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from typing import Final

import streamlit as st
from answers.loop.loop import Loop
from data_access.reading.reader import Reader
from story.words import say, speak

from ui import filters
from ui.markdown import plain

SECONDS: Final = 3
"""Between two looks at how far it is."""


@dataclass(eq=False)
class Past:
    """Work that this process does once, after its start.

    Attributes:
        thread: Does it; None before, and once it is done.
        judges: Whether campaigns are judged by now; before, they are planned.
        done: How many are done.
        total: Of how many; 0 where none was missing so far.
    """

    thread: Thread | None = None
    judges: bool = False
    done: int = 0
    total: int = 0

    @property
    def runs(self) -> bool:
        """Whether it is not done yet."""
        return self.thread is not None and self.thread.is_alive()

    def at(self, done: int, total: int, *, judges: bool) -> None:
        """Is told before each campaign."""
        self.done, self.total, self.judges = done, total, judges

    def over(self) -> None:
        """Is told at the end."""
        self.thread, self.done, self.total = None, 0, 0

    def missing(self, answer: Loop) -> bool:
        """Whether some of it is still to come: known once it has begun; before, if nothing was judged yet."""
        return self.runs and (self.total > 0 or not answer.board.evaluated)


PAST: Final = Past()


def shown(reader: Reader, answer: Loop) -> None:
    """A bar while it goes on, on the demo bank; then the page is drawn anew."""
    if reader.source != "demo" or not PAST.missing(answer):
        return

    st.fragment(watch, run_every=SECONDS)()


def watch() -> None:
    """How far it is at this look, which comes without a run of the page that would set the language."""
    speak(filters.language())
    if not PAST.runs:
        st.rerun()
    st.progress(PAST.done / PAST.total if PAST.total else 0.0, text=plain(_told()))


def _told() -> str:
    if not PAST.total:
        return say("The demo bank's past campaigns are about to be planned and judged. This page then fills by itself.")
    if PAST.judges:
        return say(
            "The demo bank judges its past campaigns: {done} of {total}. This page fills by itself.",
            done=PAST.done,
            total=PAST.total,
        )
    return say(
        "The demo bank plans its past campaigns, then judges them: {done} of {total} planned. "
        "This page fills by itself.",
        done=PAST.done,
        total=PAST.total,
    )
