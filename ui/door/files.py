"""Files that were made for a download, at their address: for those alone who may come in at this moment.

Streamlit serves `/media/<digest>` to whoever knows the address, as long as the session that made the file is open.
Where people prove who they are, the request has to bring their cookie, and the cookie an open session with rights.
"""

from __future__ import annotations

import json
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import (
    _get_signed_cookie_with_chunks,  # pyright: ignore[reportPrivateUsage] - only Streamlit reads its cookie
)

from ui import page
from ui.door import sign_in

PLACE: Final = "/media/"


class Files:
    """Answers requests for files only to those who may come in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        app = self._app
        if scope["type"] == "http" and _place(scope).startswith(PLACE) and sign_in.provider_is_set():
            claims = _claims(Request(scope))
            if not await run_in_threadpool(page.admits, claims):
                app = PlainTextResponse("Sign in to Branchlight and take the file from its page.", 403)
        await app(scope, receive, send)


def _place(scope: Scope) -> str:
    """The path below that under which a proxy may serve the app."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return str(scope["path"]).removeprefix(f"/{base}") if base else str(scope["path"])


def _claims(request: Request) -> sign_in.Claims:
    """What the provider has proved of who asks; nothing where the cookie is missing, old or not ours."""
    cookie = _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE_NAME)
    claims: dict[str, object] = json.loads(cookie) if cookie else {}
    return claims if claims.get("is_logged_in") else {}
