"""The first start: no data yet. Offers to build the demo bank, and says how a bank's own data gets in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st
from data_access import demo
from data_access.errors import BusyError
from data_access.settings import settings
from data_access.versions import open_store
from story.figures import percent
from story.words import say
from streamlit.delta_generator import DeltaGenerator

from ui import emphasis, filters

_PARTS: Final = {"writing tables": (0.0, 0.8), "counting what is recorded": (0.8, 0.15)}
"""Where each part of the work begins on the bar, and how much of it it is; publishing is the rest."""


def show(built: Callable[[], object]) -> None:
    """Says that the warehouse is empty, and builds the demo bank for whoever asks; `built` is begun afterwards."""
    filters.language_switch()
    st.caption(say("Branchlight · marketing analytics for bank branches"))
    st.title(say("There is no data yet"), anchor=False)
    st.markdown(
        say(
            "Build the demo bank to look around: invented customers, staff and some 60 campaigns "
            "of two and a half years. Or load a bank's own feeds with {command}.",
            command="`python -m data_access load FOLDER`",
        )
    )
    if settings().sign_in == "auto":
        place = st.empty()
        if place.button(say("Build the demo bank"), icon=":material/construction:", type=emphasis.main()):
            _build(place, built)


def _build(place: DeltaGenerator, built: Callable[[], object]) -> None:
    bar = place.progress(0.0, text=say("Building the demo bank ..."))

    def progress(what: str, done: int, total: int) -> None:
        begun, part = _PARTS.get(what, (0.95, 0.05))
        share = begun + part * (min(done / total, 1.0) if total else 0.0)
        bar.progress(share, text=say("Building the demo bank: {share}", share=percent(share)))

    try:
        demo.build(open_store(settings().warehouse), progress=progress)
    except BusyError:
        bar.empty()
        st.info(say("Someone else is building it right now. Reload this page in a moment."))
        return
    built()
    st.rerun()
