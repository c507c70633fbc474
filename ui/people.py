"""The score on screen: weights are tried on last year and then made to count, and the sheet is taken along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import streamlit as st
from answers.people import score as scores
from answers.people.team import Judged, Team
from data_access.errors import ChangedError
from data_access.workspace import rights, weights
from story.parts import Block, Nothing, Table
from story.people import sheet as sheets
from story.people.score import NAME, weighed
from story.people.wording import BLOCKS, called
from story.words import language, say, speak

from ui import empty, filters, table
from ui.desk import Desk, why_not
from ui.markdown import plain
from ui.take.export import XLSX

Delivered = Callable[[str, Callable[[], bytes]], Callable[[], bytes]]

WEIGHTS: Final = "weights"
"""Name of proposed weights in the URL."""

_SAID: Final = "said_of_weights"
_FIELD: Final = 120


def drawn(
    desk: Desk, team: Team, judged: Judged, delivered: Delivered, about: Mapping[str, str]
) -> dict[str, Callable[[Block], None]]:
    """What draws the score: its table, the sheet that recomputes, and the weights for who may set them."""
    return {NAME: partial(_score, desk, team, judged, delivered, about)}


def proposed() -> str:
    """Proposed weights as the URL has them."""
    return filters.parameter(WEIGHTS)


def _score(
    desk: Desk,
    team: Team,
    judged: Judged,
    delivered: Delivered,
    about: Mapping[str, str],
    block: Block,
) -> None:
    if isinstance(block.shown, Nothing):
        empty.state(block.shown)
        return
    if isinstance(block.shown, Table):
        table.draw(block.shown, team.currency)
    with st.container(horizontal=True, vertical_alignment="center"):
        _sheet(team, judged, delivered, about)
        with st.popover(say("Try other weights"), icon=":material/tune:"):
            _form(judged)
    _decide(desk, judged)


def _sheet(team: Team, judged: Judged, delivered: Delivered, about: Mapping[str, str]) -> None:
    spoken = language()

    def make() -> bytes:
        speak(spoken)
        cells = scores.sheet(team.items, called(team), team.breadth.breached, judged.held.percent)
        return sheets.xlsx(cells, {**about, say("Weights"): weighed(judged.held.percent)})

    st.download_button(
        say("Sheet that recomputes"),
        delivered("score.xlsx", make),
        "score.xlsx",
        XLSX,
        on_click="ignore",
        icon=":material/calculate:",
        key="score_sheet",
    )


def _form(judged: Judged) -> None:
    tried = judged.rehearsal.percent if judged.rehearsal else judged.held.percent
    with st.form("weights", border=False):
        st.caption(
            plain(say("Percent of each part; together 100. They are tried on last year and change nothing yet."))
        )
        for block, percent in tried.items():
            st.number_input(plain(say(BLOCKS[block])), 0, 100, percent, 5, key=_field(block), width=_FIELD)
        st.form_submit_button(say("Try them on last year"), on_click=_try)


def _try() -> None:
    speak(filters.language())  # a callback runs before the page has set it
    percent = {block: int(st.session_state[_field(block)]) for block in weights.BLOCKS}
    total = sum(percent.values())
    if total != weights.WHOLE:
        st.session_state[_SAID] = say("The weights add up to {n} %, not to 100. Nothing was tried.", n=total)
        return
    st.query_params[WEIGHTS] = "-".join(map(str, percent.values()))


def _decide(desk: Desk, judged: Judged) -> None:
    if said := st.session_state.pop(_SAID, ""):
        st.info(plain(said))
    rehearsal = judged.rehearsal
    if rehearsal is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(say("Tried below: {weights}.", weights=weighed(rehearsal.percent))))
        if not rights.may_set_weights(desk.viewer):
            st.caption(plain(say("Planners, executives and administrators of the whole bank make weights count.")))
        elif dict(rehearsal.percent) != dict(judged.held.percent):
            st.button(
                say("Let these weights count"),
                key="weights_count",
                on_click=_count,
                args=(desk, dict(rehearsal.percent), rehearsal.year, judged.held.version),
            )
        st.button(say("Put them away"), key="weights_away", type="tertiary", on_click=_away)


def _count(desk: Desk, percent: Mapping[str, int], year: str, seen: int) -> None:
    def deed() -> None:
        made = weights.put(desk.workspace, desk.viewer, percent, year, seen)
        st.session_state[_SAID] = say("These weights count from now on, as version {n}.", n=made.version)
        _away()

    if why := why_not(desk.confirm, deed, _differs):
        st.session_state[_SAID] = why


def _differs(_: ChangedError) -> str:
    return say("Somebody else set the weights meanwhile. Nothing was changed. Look at them again.")


def _away() -> None:
    st.query_params.pop(WEIGHTS, None)


def _field(block: str) -> str:
    return f"weight_{block}"
