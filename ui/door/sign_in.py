"""Who is it? The demo people on the demo bank, a local administrator, or whom the bank's identity provider proves.

The choice lives on the server and never in the URL: a link carries no identity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st
from data_access import logs
from data_access.errors import IdentityError
from data_access.reading.scope import Viewer
from data_access.settings import settings
from story.vocabulary import names, term
from story.words import listed, say

from ui import emphasis, filters
from ui.markdown import plain

CHOSEN: Final = "signed_in_as"
SEEN: Final = "customers_seen"
"""The list of customers that the session holds, for as long as somebody is signed in."""
BROWSER: Final = "branchlight_browser"
"""Cookie that marks a browser; it proves nothing, and counts only where nobody has to prove anything."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_PASSED_ON: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
"""Headers by which a proxy says that somebody else asks."""
_RECORDED: Final = "sign_in_recorded"
_LAST: Final[dict[str, str]] = {}
"""Whom of the demo people a browser chose last, so that a reload does not ask again; the latest `_REMEMBERED`."""
_REMEMBERED: Final = 1_000

Claims = Mapping[str, object]
End = Callable[[Claims], None]
"""Ends a session on the server, so that a copy of its cookie opens nothing."""


def chosen(offered: Sequence[Viewer], branches: Mapping[str, str]) -> Viewer:
    """The person chosen among those who may sign in without a proof; until then the screen offers them.

    A choice is checked again in every run: the demo people vanish with the demo bank. `branches` gives their names.
    Local sign-in offers one person and asks nothing.
    """
    if settings().sign_in == "local":
        if st.get_option("server.address") not in LOOPBACK or not _asked_from_this_machine():
            _notice(
                say("Local sign-in is refused"),
                say("It lets anyone who reaches this address be administrator, so it works on 127.0.0.1 alone."),
            )
        _record_once("signed_in", offered[0].email, proof="none, this machine")
        return offered[0]
    asked = st.session_state.get(CHOSEN) or _LAST.get(_browser())
    who = next((viewer for viewer in offered if viewer.email == asked), None)
    if who is not None and CHOSEN not in st.session_state:  # a reload, or another tab
        _choose(who.email)
    if who is None:
        _choices(offered, branches)
        st.stop()
    return who


def proved() -> Claims:
    """What the identity provider has proved of the person who looks; until then the screen asks to sign in."""
    if not provider_is_set():
        _notice(
            say("Sign-in is not set up yet"),
            say(
                "This warehouse holds a bank's own data, so people have to prove who they are. "
                "An administrator puts the identity provider into {file} under {section}.",
                file="`.streamlit/secrets.toml`",
                section="`[auth]`",
            ),
        )
    claims = _claims()
    if not claims:
        _welcome(say("Sign in to Branchlight"))
        _sign_in_button()
        st.stop()
    return claims


def refused(refusal: IdentityError, claims: Claims, end: End) -> NoReturn:
    """Says to a person whom the provider sent why they do not come in, and shows a way out."""
    email = str(claims.get("email") or "")
    _record_once("sign_in_refused", email, reason=refusal.reason)
    if refusal.reason in {"signed_out", "expired"}:
        _welcome(say("You have signed out") if refusal.reason == "signed_out" else say("Sign in again"))
        if refusal.reason == "expired":
            st.markdown(say("A session ends after {hours} hours.", hours=f"{settings().session_hours:g}"))
        _sign_in_button()
        st.stop()
    titles = {
        "no_rights": say("No rights yet"),
        "no_email": say("Your account has no address"),
        "not_verified": say("Your address is not verified"),
    }
    words = {
        "no_rights": say(
            "{email} is known, but has no rights here. An administrator of Branchlight grants them.",
            email=plain(email),
        ),
        "no_email": say(
            "The bank's sign-in sent no email address, so nobody can say whose rights are yours. "
            "Ask those who run the bank's sign-in to send {claim}.",
            claim="`email`",
        ),
        "not_verified": say(
            "The bank's sign-in does not say that {email} was verified, and somebody else may have entered it. "
            "Ask those who run the bank's sign-in to verify it and to send {claim}.",
            email=plain(email),
            claim="`email_verified`",
        ),
    }
    _welcome(titles[refusal.reason])
    st.markdown(words[refusal.reason])
    st.button(say("Sign out"), on_click=leave, args=(end,))
    st.stop()


def leave_button(end: End) -> None:
    """The way out, for those who came in by a choice or a proof."""
    if settings().sign_in != "local":
        st.button(
            say("Switch person or sign out"), icon=":material/logout:", type="tertiary", on_click=leave, args=(end,)
        )


def leave(end: End) -> None:
    """Signs out: forgets the choice and, where there is an identity provider, ends the session and its proof."""
    _LAST.pop(_browser(), None)
    if left := st.session_state.pop(CHOSEN, None):
        logs.record("signed_out", str(left))
    if claims := _claims():
        try:
            end(claims)
        finally:
            st.logout()


def _asked_from_this_machine() -> bool:
    """Whether the browser asked for this machine by its own name, and nobody passed the request on."""
    headers = st.context.headers
    host = urlsplit(f"//{headers.get('Host') or 'localhost'}").hostname
    return host in LOOPBACK and not any(name in headers for name in _PASSED_ON)


def _claims() -> Claims:
    return st.user.to_dict() if provider_is_set() and st.user.is_logged_in else {}


def _sign_in_button() -> None:
    st.button(say("Sign in with the bank's account"), type=emphasis.main(), on_click=st.login)


def _record_once(event: str, person: str, **facts: str) -> None:
    """Into the audit once a session of the browser tab, however often the screen is drawn."""
    deed = (event, person, *facts.values())
    if st.session_state.get(_RECORDED) != deed:
        logs.record(event, person, **facts)
        st.session_state[_RECORDED] = deed


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
                    plain(viewer.name),
                    key=f"as_{viewer.email}",
                    on_click=_choose,
                    args=(viewer.email,),
                    width="stretch",
                )
                st.caption(plain(f"{term(viewer.role)} · {_sees(viewer, branches)}"))


def _sees(viewer: Viewer, branches: Mapping[str, str]) -> str:
    if viewer.scope.branches is None:
        return say("sees the whole bank")
    return say(
        "sees {branches}",
        branches=listed(names([branches.get(branch, branch) for branch in sorted(viewer.scope.branches)])),
    )


def _browser() -> str:
    return st.context.cookies.get(BROWSER, "")


def _choose(email: str) -> None:
    st.session_state[CHOSEN] = email
    if browser := _browser():
        _LAST.pop(browser, None)
        _LAST[browser] = email
        for oldest in list(_LAST)[:-_REMEMBERED]:
            _LAST.pop(oldest, None)
    logs.record("signed_in", email, proof="none, demo bank")


def provider_is_set() -> bool:
    """Whether an administrator named an identity provider."""
    try:
        secrets: Mapping[str, object] = st.secrets
        return "auth" in secrets
    except FileNotFoundError:  # there is no secrets file
        return False


def _welcome(title: str) -> None:
    st.session_state.pop(SEEN, None)
    filters.language_switch()
    st.caption(say("Branchlight · marketing analytics for bank branches"))
    st.title(title, anchor=False)


def _notice(title: str, text: str) -> NoReturn:
    _welcome(title)
    st.markdown(text)
    st.stop()
