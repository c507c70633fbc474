"""Notes beside a page, and goals with a person: read, written, changed by their author, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from data_access.errors import ChangedError
from data_access.workspace import notes
from data_access.workspace.notes import Note, Pin, PinnedTo
from data_access.workspace.written import LONGEST
from story.figures import moment
from story.vocabulary import names
from story.words import say, sentences

from ui.desk import Desk, why_not
from ui.markdown import plain

EVERYBODY: Final = ""
"""The choice of readers that is no branch."""

_DELETED: Final = "deleted_note"
_REFUSED: Final = "refused_note"
_TEXT: Final = "note_text"
_READERS: Final = "note_readers"


@dataclass(frozen=True, slots=True)
class Words:
    """What the panel calls what is written: notes, or goals.

    Attributes:
        heading: Above all.
        none: Where there is none yet.
        new: Of the field.
        hint: In the empty field.
        add: Of the button.
    """

    heading: str
    none: str
    new: str
    hint: str
    add: str

    @classmethod
    def of_notes(cls) -> Words:
        """Beside a week, a campaign or a branch."""
        return cls(
            say("Notes"),
            say("No note yet. What you know of the cause is worth a line: numbers forget it."),
            say("New note"),
            say("What happened, and why?"),
            say("Add the note"),
        )

    @classmethod
    def of_goals(cls) -> Words:
        """Agreed on with a member of staff."""
        return cls(
            say("Coaching goals"),
            say("No goal is agreed on yet. One thing, until when, and how both will see it."),
            say("New goal"),
            say("What is to change, until when?"),
            say("Record the goal"),
        )


def panel(desk: Desk, pin: Pin, branches: Mapping[str, str], words: Words | None = None) -> None:
    """The notes at a place, and the form that adds one.

    Args:
        desk: Who reads and writes.
        pin: The place.
        branches: Branches whose people may read a note: name by identifier.
        words: What they are called; notes if left out.
    """
    words = words or Words.of_notes()
    st.header(words.heading, anchor=False)
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    found = notes.of(desk.workspace, desk.viewer.scope, [pin])
    if not found:
        st.caption(words.none)
    for one in found:
        _one(desk, one, branches)
    _undo(desk, pin, found)
    _form(desk, pin, branches, words)


def _one(desk: Desk, one: Note, branches: Mapping[str, str]) -> None:
    with st.container(border=True, gap="xsmall"):
        for line in one.text.splitlines():
            st.markdown(plain(line) or "\N{NO-BREAK SPACE}")
        readers = say("for everybody") if one.branch_id is None else _called(one.branch_id, branches)
        written = moment(one.edited_at or one.written_at)
        changed = [say("changed")] if one.edited_at else []
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                plain(sentences([*names([one.author_name]), say("{moment} UTC", moment=written), *changed, readers]))
            )
            if notes.may_change(desk.viewer, one):
                _change(desk, one)


def _change(desk: Desk, one: Note) -> None:
    key = f"edit_{one.note_id}_{one.version}"
    with st.popover(say("Change"), icon=":material/edit:", type="tertiary"):
        st.text_area(say("Note"), one.text, key=key, max_chars=LONGEST)
        st.button(say("Save the note"), key=f"save_{key}", on_click=_edit, args=(desk, one, key))
    st.button(
        say("Delete"),
        key=f"delete_{one.note_id}",
        icon=":material/delete:",
        type="tertiary",
        on_click=_delete,
        args=(desk, one),
    )


def _undo(desk: Desk, pin: Pin, standing: Sequence[Note]) -> None:
    deleted = st.session_state.get(_DELETED)
    if not isinstance(deleted, Note) or deleted.pin != pin:
        return
    if deleted.note_id not in [one.note_id for one in standing]:  # where another window brought it back, it stands
        st.button(
            say("Undo the deletion"),
            key="undo_note",
            icon=":material/undo:",
            on_click=_restore,
            args=(desk, deleted),
        )


def _form(desk: Desk, pin: Pin, branches: Mapping[str, str], words: Words) -> None:
    shown = dict(zip(branches, names(list(branches.values())), strict=True))
    open_to_all = desk.viewer.scope.whole_bank and pin.to not in (PinnedTo.STAFF, PinnedTo.BRANCH)
    readers = {**({EVERYBODY: say("for everybody")} if open_to_all else {}), **shown}
    with st.form("note", clear_on_submit=False, border=False):
        st.text_area(words.new, key=_TEXT, max_chars=LONGEST, placeholder=words.hint)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(say("Who reads it"), list(readers), format_func=readers.__getitem__, key=_READERS, width=220)
            st.form_submit_button(words.add, on_click=_write, args=(desk, pin))


def _write(desk: Desk, pin: Pin) -> None:
    text, branch = str(st.session_state[_TEXT]), str(st.session_state[_READERS])
    if text.strip() and _tried(desk, lambda: notes.write(desk.workspace, desk.viewer, pin, branch or None, text)):
        st.session_state[_TEXT] = ""


def _edit(desk: Desk, seen: Note, key: str) -> None:
    text = str(st.session_state[key])
    if text.strip() and text.strip() != seen.text:
        _tried(desk, lambda: notes.edit(desk.workspace, desk.viewer, seen, text))


def _delete(desk: Desk, seen: Note) -> None:
    def delete() -> None:
        st.session_state[_DELETED] = notes.delete(desk.workspace, desk.viewer, seen)

    _tried(desk, delete)


def _restore(desk: Desk, deleted: Note) -> None:
    if _tried(desk, lambda: notes.restore(desk.workspace, desk.viewer, deleted)):
        del st.session_state[_DELETED]


def _tried(desk: Desk, deed: Callable[[], object]) -> bool:
    """Whether it was done; what stood in the way is said with the next run, and nothing that was typed is lost."""
    st.session_state[_REFUSED] = why_not(desk.confirm, deed, _differs)
    return not st.session_state[_REFUSED]


def _differs(_: ChangedError) -> str:
    return say("This note was changed in another window meanwhile. Nothing was changed. Look at it again, then decide.")


def _called(branch_id: str, branches: Mapping[str, str]) -> str:
    return names([branches.get(branch_id, branch_id)])[0]
