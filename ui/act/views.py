"""Coming back to what one saw, and sending it: saved views and the link."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from data_access.errors import WorkspaceError
from data_access.reading.scope import Scope
from data_access.workspace import views
from story import refusal
from story.words import say, speak

from ui import emphasis, filters, menus, navigation
from ui.markdown import plain

Workspace = Any


MENU: Final = "views_menu"
_REFUSED: Final = "view_refused"

SEES: Final = "sees"
"""What a link says of the rights of who sent it: no more than whether they are those of who opens it."""


def link(scope: Scope) -> None:
    """The address of what is shown; whoever opens it sees it under their own rights."""
    with st.popover(say("Link"), icon=":material/link:", type="tertiary"):
        st.caption(say("Whoever opens it sees the same choice, under their own rights."))
        query = urlencode({**filters.current(), SEES: _mark(scope)})
        st.code(f"{st.context.url}?{query}" if query else st.context.url, language=None, wrap_lines=True)


def opened(scope: Scope) -> None:
    """Says that a link came from somebody who sees other branches, where it did."""
    if (sent := filters.parameter(SEES)) and sent != _mark(scope):
        st.caption(
            plain(say("This link was sent by somebody who sees other branches: here it counts what you may see."))
        )


def _mark(scope: Scope) -> str:
    """The same for the same branches, and nothing that tells which they are."""
    if scope.branches is None:
        return "bank"
    return sha256("\n".join(sorted(scope.branches)).encode()).hexdigest()[:8]


def menu(workspace: Workspace, owner: str, page: str) -> None:
    """The owner's saved views of a page: open one, save this one, delete one and undo it."""
    with menus.tool(say("Views"), "bookmark", MENU) as shown:
        if shown.open:
            _inside(workspace, owner, page)


def _inside(workspace: Workspace, owner: str, page: str) -> None:
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    mine = [view for view in views.of_owner(workspace, owner) if view.page == page]
    for view in mine:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                navigation.path(page),
                label=plain(view.name),
                query_params=dict(parse_qsl(view.query)),
                width="stretch",
            )
            st.button(
                say("Delete"),
                key=f"delete_{view.view_id}",
                icon=":material/delete:",
                type="tertiary",
                on_click=_delete,
                args=(workspace, owner, page, view.view_id),
            )
    if not mine:
        st.caption(say("No view saved yet. A view keeps the filters as they are now."))
    of_page, undone = st.session_state.get("deleted_view", ("", ""))
    if undone and of_page == page:
        st.button(say("Undo the deletion"), icon=":material/undo:", on_click=_restore, args=(workspace, owner, undone))
    st.text_input(say("Name of this view"), key="view_name", max_chars=60)
    st.button(say("Save this view"), on_click=_save, args=(workspace, owner, page), type=emphasis.main())


def _save(workspace: Workspace, owner: str, page: str) -> None:
    name = str(st.session_state.get("view_name", "")).strip()
    if name:
        views.save(workspace, owner, page, name, urlencode(filters.current()))
        st.session_state["view_name"] = ""


def _delete(workspace: Workspace, owner: str, page: str, view_id: str) -> None:
    with suppress(WorkspaceError):  # deleted in another window meanwhile: as it was wanted
        views.delete(workspace, owner, view_id)
    st.session_state["deleted_view"] = page, view_id


def _restore(workspace: Workspace, owner: str, view_id: str) -> None:
    speak(filters.language())  # a callback runs before the page has set it
    try:
        views.restore(workspace, owner, view_id)
    except WorkspaceError as error:
        st.session_state[_REFUSED] = refusal.why(error)
        return
    del st.session_state["deleted_view"]
