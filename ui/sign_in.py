"""Who is it? The demo people on the demo bank, a local administrator, or whom the bank's identity provider proves.

The choice lives in the session of the browser tab and never in the URL: a link carries no identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

import streamlit as st
from data_access.scope import Viewer
from data_access.settings import settings
from story.vocabulary import names, term
from story.words import listed, say

from ui import filters

CHOSEN: Final = "signed_in_as"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def chosen(offered: Sequence[Viewer], branches: Mapping[str, str]) -> Viewer:
    """The person chosen among those who may sign in without a proof; until then the screen offers them.

    A choice is checked again in every run: the demo people vanish with the demo bank. `branches` gives their names.
    Local sign-in offers one person and asks nothing.
    """
    if settings().sign_in == "local":
        if st.get_option("server.address") not in LOOPBACK:
            _notice(
                say("Local sign-in is refused"),
                say("It lets anyone who reaches this address be administrator, so it works on 127.0.0.1 alone."),
            )
        return offered[0]
    who = next((viewer for viewer in offered if viewer.email == st.session_state.get(CHOSEN)), None)
    if who is None:
        _choices(offered, branches)
        st.stop()
    return who


def proved() -> str:
    """The address that the identity provider has proved; until then the screen asks to sign in."""
    if not _provider_is_set():
        _notice(
            say("Sign-in is not set up yet"),
            say(
                "This warehouse holds a bank's own data, so people have to prove who they are. "
                "An administrator puts the identity provider into {file} under {section}.",
                file="`.streamlit/secrets.toml`",
                section="`[auth]`",
            ),
        )
    if not st.user.is_logged_in:
        _welcome(say("Sign in to Branchlight"))
        st.button(say("Sign in with the bank's account"), type="primary", on_click=st.login)
        st.stop()
    return str(st.user.email)


def without_rights(email: str) -> None:
    """Says to a proved person that nobody gave them rights yet."""
    _welcome(say("No rights yet"))
    st.markdown(
        say("{email} is known, but has no rights here. An administrator of Branchlight grants them.", email=email)
    )
    st.button(say("Sign out"), on_click=leave)


def leave_button() -> None:
    """The way out, for those who came in by a choice or a proof."""
    if settings().sign_in != "local":
        st.button(say("Switch person or sign out"), icon=":material/logout:", type="tertiary", on_click=leave)


def leave() -> None:
    """Signs out: forgets the choice and, where there is an identity provider, its proof."""
    st.session_state.pop(CHOSEN, None)
    if _provider_is_set() and st.user.is_logged_in:
        st.logout()


def _choices(offered: Sequence[Viewer], branches: Mapping[str, str]) -> None:
    _welcome(say("Who is looking?"))
    st.caption(
        say(
            "The demo bank is invented, so anyone may look as any of its people. "
            "With a bank's own data this is refused."
        )
    )
    with st.container(horizontal=True, gap="small"):
        for viewer in offered:
            with st.container(border=True, width=220, height="stretch", gap="small"):
                st.button(
                    viewer.name,
                    key=f"as_{viewer.email}",
                    on_click=_choose,
                    args=(viewer.email,),
                    width="stretch",
                )
                st.caption(f"{term(viewer.role)} · {_sees(viewer, branches)}")


def _sees(viewer: Viewer, branches: Mapping[str, str]) -> str:
    if viewer.scope.branches is None:
        return say("sees the whole bank")
    return say(
        "sees {branches}",
        branches=listed(names([branches.get(branch, branch) for branch in sorted(viewer.scope.branches)])),
    )


def _choose(email: str) -> None:
    st.session_state[CHOSEN] = email


def _provider_is_set() -> bool:
    try:
        secrets: Mapping[str, object] = st.secrets
        return "auth" in secrets
    except FileNotFoundError:  # there is no secrets file
        return False


def _welcome(title: str) -> None:
    filters.language_switch()
    st.caption(say("Branchlight · marketing analytics for bank branches"))
    st.title(title, anchor=False)


def _notice(title: str, text: str) -> NoReturn:
    _welcome(title)
    st.markdown(text)
    st.stop()
