"""The document that a browser loads before any page runs: its language, its name, and by which mark it comes back.

Streamlit sends one and the same English document to everybody, whatever the address, and the run of a page cannot
change it. A small program of ours comes with it: it keeps its language that of the address, and lets a keyboard reach
what scrolls. An address that is no page leads to the first one, which says so: Streamlit would lay a box of its own
over the page, in English.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from story import sitemap
from story.words import LANGUAGES, LOCALES, preferred

from ui import filters
from ui.door import sign_in

ASKED: Final = "asked"
"""Names, in the address of the first page, what a link asked for that is no page."""
PROGRAM: Final = "/document.js"
_TITLE: Final = b"<title>Streamlit</title>"
_SENT: Final = (
    (b'<html lang="en">', '<html lang="{language}">'),
    (_TITLE, "<title>Branchlight</title>"),
    (b"</head>", '<script src="{base}{program}"></script></head>'),
)
_WHOLE: Final = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"})
"""Headers of a request that would bring the document packed, in part or not at all."""


_LANGUAGES: Final = {code: locale.replace("_", "-") for code, locale in LOCALES.items()}
"""Languages as a document writes them, by their code in the address."""
_PARTS: Final = [
    (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8") for name in ("language", "keyboard")
]
_PAGES: Final = frozenset({"", *(row.key for row in sitemap.ROWS)})


class Document:
    """Sends the document in the language of the URL or else of the browser.

    Where anyone may look without a proof the browser gets a mark, so that a reload need not ask again who looks.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        if scope["path"] == f"{base()}{PROGRAM}":
            program = "\n".join(_PARTS).replace("LANGUAGES", json.dumps(_LANGUAGES))
            await Response(program, media_type="text/javascript")(scope, receive, send)
            return
        if "text/html" not in Headers(scope=scope).get("accept", ""):
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
                asked = scope["path"].removeprefix(base()).strip("/")
                if asked not in _PAGES and _TITLE in body:
                    first = f"{base()}/?{urlencode([*request.query_params.multi_items(), (ASKED, asked)])}"
                    await RedirectResponse(first)(scope, receive, send)
                    return
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


def base() -> str:
    """The path under which a gateway serves the app; empty at the root of its host."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _named(document: bytes, code: str) -> bytes:
    said = {"language": _LANGUAGES[code], "base": base(), "program": PROGRAM}
    for theirs, ours in _SENT:
        document = document.replace(theirs, ours.format(**said).encode(), 1)
    return document
