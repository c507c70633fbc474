"""The list of what to do for who works on it: rows are ticked, then assigned, done, put off, dismissed; and undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import streamlit as st
from answers.week.to_do import ToDo
from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from data_access.workspace import rights, tasks
from data_access.workspace.tasks import Key, Step
from story import refusal
from story.parts import Block, Nothing
from story.text import one_line
from story.vocabulary import names
from story.week.to_do import NAME, Line, lines
from story.words import listed, say, say_count, speak

from ui import empty, filters
from ui.markdown import plain

Workspace = Any
Deed = Callable[[Workspace, Viewer, Key, int], Step]
"""What is done with one task, whose last step the viewer saw."""

NOBODY: Final = ""
"""The choice of a person that is none."""

LONGEST_REASON: Final = 200
"""Signs: a reason is a line, not a report."""

FIELD: Final = 180
"""Width in pixels: on a phone a field and its button stand side by side."""

PUT_OFF_AT_FIRST: Final = timedelta(days=7)
PUT_OFF_AT_MOST: Final = timedelta(days=366)

_DONE_LAST: Final = "last_deed"
_SAID: Final = "said_of_tasks"
_REFUSED: Final = "refused_of_tasks"
_REASON: Final = "task_reason"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works on which list.

    Attributes:
        workspace: Where tasks are kept.
        viewer: Who works.
        confirm: Raises AccessError where the viewer's rights are others by now.
        branch: Whose list it is.
        on: Day of the list.
    """

    workspace: Workspace
    viewer: Viewer
    confirm: Callable[[], None]
    branch: str
    on: date

    @property
    def staff(self) -> str:
        """Key of the widget that chooses a person: another branch has others."""
        return f"task_staff_{self.branch}"

    @property
    def until(self) -> str:
        """Key of the widget that chooses a day: a later list has later days."""
        return f"task_until_{self.on}"


Chosen = Callable[[Desk], Deed | None]
"""Reads what a deed needs to know; None, and the reason is said, where something lacks."""


@dataclass(frozen=True, slots=True)
class LastDeed:
    """What the viewer did last, which can be undone.

    Attributes:
        whose: Address of the viewer.
        branch: Whose list it was.
        steps: Version of the step by task.
    """

    whose: str
    branch: str
    steps: Mapping[Key, int]


def drawn(
    workspace: Workspace, viewer: Viewer, confirm: Callable[[], None], waiting: ToDo, currency: str
) -> dict[str, Callable[[Block], None]]:
    """What draws the list in place of a table; empty for who may not work on it, and for a list of an earlier week."""
    if not (waiting.branch and waiting.current and rights.may_work_on_tasks(viewer, waiting.branch)):
        return {}
    return {NAME: partial(_list, Desk(workspace, viewer, confirm, waiting.branch, waiting.on), waiting, currency)}


def _list(desk: Desk, waiting: ToDo, currency: str, block: Block) -> None:
    _said(desk)
    if isinstance(block.shown, Nothing):
        empty.state(block.shown)
        return
    rows = lines(waiting, currency)
    with st.form("tasks", border=False, enter_to_submit=False):
        with st.container(gap="xsmall"):
            for line in rows:
                what, about = st.columns([3, 2], gap="xsmall", vertical_alignment="center")
                # Streamlit cuts a label that stands in a column, and wraps one that stands in a container within.
                what.container().checkbox(plain(line.what), key=_tick(line.key))
                about.caption(plain(line.about))
        st.caption(say("With the rows that are ticked:"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _deeds(desk, waiting, rows)


def _deeds(desk: Desk, waiting: ToDo, rows: Sequence[Line]) -> None:
    """What may be done: each button beside what it needs to know."""
    deed = partial(_deed, desk, rows)
    deed(say("Mark done"), "check", "done", _done)
    with _pair():
        people = {**dict(zip(waiting.posted, names(list(waiting.posted.values())), strict=True)), NOBODY: say("nobody")}
        st.selectbox(
            say("Assign to"),
            list(people),
            index=None,
            format_func=people.__getitem__,
            placeholder=say("choose a person"),
            key=desk.staff,
            width=FIELD,
        )
        deed(say("Assign"), "person_add", "assign", _assign)
    with _pair():
        st.date_input(
            say("Put off until"),
            waiting.on + PUT_OFF_AT_FIRST,
            min_value=waiting.on + timedelta(days=1),
            max_value=waiting.on + PUT_OFF_AT_MOST,
            format="YYYY-MM-DD",
            key=desk.until,
            width=FIELD,
        )
        deed(say("Put off"), "schedule", "put_off", _put_off)
    with _pair():
        st.text_input(say("Why it needs no work"), key=_REASON, max_chars=LONGEST_REASON, width=FIELD)
        deed(say("Dismiss"), "close", "dismiss", _dismiss)
    if waiting.with_handled:
        deed(say("Take back the last step"), "undo", "back", _back)


def _pair() -> Any:
    return st.container(horizontal=True, width="content", vertical_alignment="bottom", gap="xsmall")


def _deed(desk: Desk, rows: Sequence[Line], label: str, icon: str, key: str, chosen: Chosen) -> None:
    st.form_submit_button(label, icon=f":material/{icon}:", key=f"task_{key}", on_click=_act, args=(desk, rows, chosen))


def _said(desk: Desk) -> None:
    """What the last click did, or why it did not; and the way back."""
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    said = st.session_state.pop(_SAID, "")
    last = st.session_state.get(_DONE_LAST)
    with st.container(horizontal=True, vertical_alignment="center"):
        if said:
            st.markdown(plain(said), width="content")
        if isinstance(last, LastDeed) and (last.whose, last.branch) == (desk.viewer.email, desk.branch):
            st.button(say("Undo"), key="undo_task", icon=":material/undo:", on_click=_undo, args=(desk, last))


def _done(_desk: Desk) -> Deed | None:
    return tasks.done


def _back(_desk: Desk) -> Deed | None:
    return tasks.undo


def _assign(desk: Desk) -> Deed | None:
    chosen = st.session_state[desk.staff]
    if chosen is None:
        st.session_state[_REFUSED] = say("Assigning needs a person. Nothing was changed. Choose one.")
        return None
    staff = str(chosen) or None
    return lambda workspace, viewer, key, seen: tasks.assign(workspace, viewer, key, staff, seen)


def _put_off(desk: Desk) -> Deed | None:
    until = st.session_state[desk.until]
    if not isinstance(until, date):
        st.session_state[_REFUSED] = say("Putting off needs a day. Nothing was changed. Choose one.")
        return None
    return lambda workspace, viewer, key, seen: tasks.put_off(workspace, viewer, key, until, seen)


def _dismiss(_desk: Desk) -> Deed | None:
    reason = str(st.session_state[_REASON])
    if not reason.strip():
        st.session_state[_REFUSED] = say("Dismissing needs a reason. Nothing was changed. Write one.")
        return None
    return lambda workspace, viewer, key, seen: tasks.dismiss(workspace, viewer, key, reason, seen)


def _act(desk: Desk, rows: Sequence[Line], chosen: Chosen) -> None:
    """Does a deed with every row that is ticked; rows with which it could not be done stay ticked."""
    speak(filters.language())  # a callback runs before the page has set it
    ticked = [line for line in rows if st.session_state.get(_tick(line.key))]
    if not ticked:
        st.session_state[_REFUSED] = say("No row is ticked. Nothing was changed. Tick the rows that are meant.")
        return
    deed = chosen(desk)
    if deed is None:
        return
    steps = _tried(desk, deed, {line.key: line.seen.version for line in ticked})
    for key in steps:
        st.session_state[_tick(key)] = False
    if steps:
        st.session_state[_SAID] = say_count("{count} row was changed.", "{count} rows were changed.", len(steps))
        st.session_state[_DONE_LAST] = LastDeed(desk.viewer.email, desk.branch, steps)
        if len(steps) == len(ticked):
            st.session_state[_REASON] = ""


def _undo(desk: Desk, last: LastDeed) -> None:
    speak(filters.language())
    del st.session_state[_DONE_LAST]
    if steps := _tried(desk, tasks.undo, last.steps):
        st.session_state[_SAID] = say_count("{count} row is as before.", "{count} rows are as before.", len(steps))


def _tried(desk: Desk, deed: Deed, seen: Mapping[Key, int]) -> dict[Key, int]:
    """The tasks with which it was done, each with its step; what stood in the way of others is said next run."""
    steps: dict[Key, int] = {}
    changed: dict[Key, str] = {}
    try:
        desk.confirm()
        for key, version in seen.items():
            try:
                steps[key] = deed(desk.workspace, desk.viewer, key, version).version
            except ChangedError as meanwhile:
                changed[key] = meanwhile.by
    except (AccessError, WorkspaceError) as error:
        st.session_state[_REFUSED] = refusal.why(error)
    if changed:
        st.session_state[_REFUSED] = say(
            "{who} changed rows meanwhile: {customers}. Nothing was changed there. Look at them again, then decide.",
            who=listed(dict.fromkeys(one_line(by) for by in changed.values())),
            customers=listed(dict.fromkeys(one_line(key.customer_id) for key in changed)),
        )
    return steps


def _tick(key: Key) -> str:
    return f"task_{'_'.join(key)}"
