"""The document that a browser loads before any page runs: its language, its name, and by which mark it comes back.

Streamlit sends one and the same English document to everybody, and the run of a page cannot change it.
"""

from __future__ import annotations

import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from story.words import LANGUAGES, LOCALES, preferred

from ui import filters, sign_in

_SENT: Final = (
    (b'<html lang="en">', '<html lang="{language}">'),
    (b"<title>Streamlit</title>", "<title>Branchlight</title>"),
)
_WHOLE: Final = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"})
"""Headers of a request that would bring the document packed, in part or not at all."""


class Document:
    """Sends the document in the language of the URL or else of the browser.

    Where anyone may look without a proof the browser gets a mark, so that a reload need not ask again who looks.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "text/html" not in Headers(scope=scope).get("accept", "")
        ):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        start: Message = {}
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            if headers.get("content-type", "").startswith("text/html"):
                body = _named(body, language(request))
                headers["content-length"] = str(len(body))
                headers["vary"] = "Accept-Language, Cookie"
                del headers["etag"]
                del headers["last-modified"]
                if sign_in.BROWSER not in request.cookies and not sign_in.provider_is_set():
                    mark = secrets.token_urlsafe(24)
                    headers.append("set-cookie", f"{sign_in.BROWSER}={mark}; Path=/; HttpOnly; SameSite=Strict")
            await send(start)
            await send({"type": "http.response.body", "body": body})

        kept = [(name, value) for name, value in scope["headers"] if name not in _WHOLE]
        await self._app({**scope, "headers": kept, "extensions": {}}, receive, answer)


def language(request: Request) -> str:
    """The language of a document: the URL's, else the browser's."""
    code = request.query_params.get(filters.LANGUAGE, "")
    return code if code in LANGUAGES else preferred(request.headers.get("accept-language"))


def _named(document: bytes, code: str) -> bytes:
    for theirs, ours in _SENT:
        document = document.replace(theirs, ours.format(language=LOCALES[code].replace("_", "-")).encode(), 1)
    return document
