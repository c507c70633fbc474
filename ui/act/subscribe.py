"""This page by mail: subscribe, change, unsubscribe and undo that. Where no mail server is set, nothing is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import streamlit as st
from data_access import logs
from data_access.errors import WorkspaceError
from data_access.reading.scope import Viewer
from data_access.settings import settings
from data_access.workspace import subscriptions
from data_access.workspace.subscriptions import FORMATS, Subscription, What
from story import subscription
from story.words import LANGUAGES, language, say

from ui import emphasis, menus
from ui.markdown import plain
from ui.take import purpose

Workspace = Any

FIRST: Final = (1, 8)
"""Weekday and hour that are proposed: Monday at eight."""

MENU: Final = "subscribe_menu"
_ENDED: Final = "ended_subscription"


def menu(workspace: Workspace, viewer: Viewer, page: str) -> None:
    """The viewer's subscription to a page; nothing on a page that cannot be subscribed to."""
    if page not in set(What) or not settings().mail.host:
        return
    with menus.tool(say("By mail"), "mail", MENU) as opened:
        if opened.open:
            _inside(workspace, viewer, What(page))


def _inside(workspace: Workspace, viewer: Viewer, what: What) -> None:
    mine = subscriptions.of(workspace, viewer.email).get(what)
    st.caption(plain(subscription.sentence(mine) if mine else say("This page each week, as you may see it then.")))
    with_customers = what is What.WEEK and viewer.may_see_customers
    stated = purpose.asked("mail") if with_customers else ""
    if stated or not with_customers:
        _form(workspace, viewer, what, mine, stated)
    ended = st.session_state.get(_ENDED)
    if mine:
        st.button(
            say("Unsubscribe"),
            icon=":material/unsubscribe:",
            type="tertiary",
            on_click=_unsubscribe,
            args=(workspace, viewer, mine),
        )
    elif isinstance(ended, Subscription) and ended.what is what:
        st.button(
            say("Undo: subscribe again"),
            icon=":material/undo:",
            type="tertiary",
            on_click=_again,
            args=(workspace, viewer, ended),
        )


def _form(workspace: Workspace, viewer: Viewer, what: What, mine: Subscription | None, stated: str) -> None:
    shown = mine or Subscription(what, *FIRST, language(), FORMATS[0])
    with st.form(f"subscribe_{what}", border=False):
        for name, label, options, written in _choices():
            place = options.index(getattr(shown, name))
            st.selectbox(label, options, place, format_func=written, key=_key(what, name))
        st.form_submit_button(
            say("Change") if mine else say("Subscribe"),
            type=emphasis.main(),
            on_click=_subscribe,
            args=(workspace, viewer, what, stated),
        )


def _choices() -> list[tuple[str, str, Sequence[Any], Callable[[Any], str]]]:
    """What can be chosen: its name, its label, the options and how they are written."""
    return [
        ("weekday", say("Day"), range(1, 8), subscription.weekday),
        ("hour", say("Hour"), range(24), subscription.hour),
        ("language", say("Language"), list(LANGUAGES), LANGUAGES.__getitem__),
        ("format", say("Form"), FORMATS, subscription.form),
    ]


def _subscribe(workspace: Workspace, viewer: Viewer, what: What, stated: str) -> None:
    chosen = {name: st.session_state[_key(what, name)] for name in ("weekday", "hour", "language", "format")}
    subscriptions.subscribe(workspace, viewer, Subscription(what, **chosen))
    logs.record("subscribed", viewer.email, what=what.value, **({"purpose": stated} if stated else {}))


def _unsubscribe(workspace: Workspace, viewer: Viewer, mine: Subscription) -> None:
    with suppress(WorkspaceError):  # ended in another window meanwhile: as it was wanted
        subscriptions.unsubscribe(workspace, viewer, mine.what)
        logs.record("unsubscribed", viewer.email, what=mine.what.value)
    st.session_state[_ENDED] = mine


def _again(workspace: Workspace, viewer: Viewer, ended: Subscription) -> None:
    """Brings back what was ended a moment ago, for the purpose that it had."""
    subscriptions.subscribe(workspace, viewer, ended)
    logs.record("subscribed", viewer.email, what=ended.what.value, again="yes")


def _key(what: What, name: str) -> str:
    return f"subscribe_{what}_{name}"
