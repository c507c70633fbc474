"""Where a deed of the loop is tried: rights looked at again, what stood in the way said with the next run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st
from data_access.errors import ChangedError
from data_access.reading.scope import Viewer
from data_access.workspace.loop.decisions import DecisionChangedError, Verdict
from data_access.workspace.loop.evaluations import EvaluationChangedError
from metrics.catalogue.entry import marked as _
from story.loop.board import person
from story.loop.words import VERDICTS
from story.text import one_line
from story.words import listed, say, speak

from ui import filters
from ui.desk import why_not
from ui.markdown import plain

_SAID: Final = "said_loop"
_REFUSED: Final = "refused_loop"
_UNDO: Final = "way_back_loop"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works here, and where it is kept.

    Attributes:
        workspace: Where evaluations, decisions and actions are kept.
        viewer: Who looks.
        confirm: Looks again at the viewer's rights.
        version: Of the data.
        called: Names of people by email.
        branches: Names of the viewer's branches by identifier.
    """

    workspace: Any
    viewer: Viewer
    confirm: Callable[[], None]
    version: str
    called: Mapping[str, str]
    branches: Mapping[str, str]

    def said(self) -> None:
        """What the last click did, or why it did not; and the way back."""
        if refused := st.session_state.pop(_REFUSED, ""):
            st.warning(plain(refused), icon=":material/sync_problem:")
        said = st.session_state.pop(_SAID, "")
        undo = st.session_state.get(_UNDO)
        if not said and undo is None:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if said:
                st.markdown(plain(said), width="content")
            if undo is not None and undo[0] == self.viewer.email:
                st.button(say("Undo"), key="undo_loop", icon=":material/undo:", on_click=_undone, args=(self, undo[1]))

    def tried(self, deed: Callable[[], object], said: str, undo: Callable[[Any], object] | None = None) -> bool:
        """Whether it was done; `undo` is given what the deed returned.

        What is `said` is marked only: the language is set here, for a callback runs before the page has set it.
        """
        st.session_state.pop(_UNDO, None)

        def done() -> None:
            made = deed()
            st.session_state[_SAID] = say(said)
            if undo is not None:
                st.session_state[_UNDO] = (self.viewer.email, partial(undo, made))

        st.session_state[_REFUSED] = why_not(self.confirm, done, self._meanwhile)
        return not st.session_state[_REFUSED]

    def _meanwhile(self, meanwhile: ChangedError) -> str:
        if isinstance(meanwhile, DecisionChangedError):
            return self._differs(meanwhile)
        who = person(meanwhile.by, self.called)
        if isinstance(meanwhile, EvaluationChangedError):
            return say(
                "{who} evaluated this campaign meanwhile: “{text}”. Nothing was saved, and yours still stands in its "
                "field. Save again to put it over theirs.",
                who=who,
                text=one_line(meanwhile.theirs.text),
            )
        return say("{who} changed this meanwhile. Nothing was changed. Look at it again, then decide.", who=who)

    def _differs(self, meanwhile: DecisionChangedError) -> str:
        """What somebody else decided, field by field beside one's own."""
        fields = {"verdict": say("Decision"), "reason": say("Because"), "owner": say("Who acts"), "due_on": say("By")}

        def written(name: str, value: str) -> str:
            if name == "verdict":
                return say(VERDICTS[Verdict(value)])
            return person(value, self.called) if name == "owner" and value else one_line(value) or say("none")

        told = [
            say(
                "{field}: theirs {theirs}, yours {mine}",
                field=fields[name],
                theirs=written(name, a),
                mine=written(name, b),
            )
            for name, (a, b) in meanwhile.differences.items()
        ]
        return say(
            "{who} decided on this campaign meanwhile. Nothing was saved, and yours still stands in its fields: "
            "{differences}",
            who=person(meanwhile.by, self.called),
            differences=listed(told),
        )


def refuse(sentence: str) -> None:
    """Says with the next run what is missing; the sentence is marked only, as in `Desk.tried`."""
    speak(filters.language())
    st.session_state[_REFUSED] = say(sentence)


def _undone(desk: Desk, undo: Callable[[], object]) -> None:
    desk.tried(undo, _("As it was before."))
