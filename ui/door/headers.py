"""Headers of every answer: nothing from other hosts, in nobody's frame, no address told to others, cookies over TLS."""

from __future__ import annotations

from typing import Final

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PRERENDER: Final = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
"""Digest of the one inline script of Streamlit's page; a new one would be refused and do no harm."""

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' '{PRERENDER}'",  # Vega interprets its expressions, so that nothing evaluates text
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Headers:
    """Adds `HEADERS` to what the app answers; where it is reached by TLS, cookies are Secure."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if _reached_by_tls():
                    _secure(headers)
            await send(message)

        await self._app(scope, receive, answer)


def _reached_by_tls() -> bool:
    """Whether the address to which the identity provider sends people back is one of TLS."""
    try:
        return str(st.secrets["auth"]["redirect_uri"]).startswith("https://")
    except (FileNotFoundError, KeyError):  # no secrets, or nothing of sign-in in them
        return False


def _secure(headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")}
        headers.append("set-cookie", cookie if "secure" in attributes else f"{cookie}; Secure")
