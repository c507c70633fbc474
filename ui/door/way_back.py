"""The way back to what a link named: an identity provider sends everybody to the first page.

What a browser asked for before anyone had signed in is kept in a cookie of its own, for as long as a sign-in takes.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from story import sitemap
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from ui.door import sign_in
from ui.door.document import base

COOKIE: Final = "branchlight_way_back"
SECONDS: Final = 600
LONGEST: Final = 2_000
"""Of what is kept, as it is written; a longer link leads to the first page."""

_PAGES: Final = frozenset({"", *(row.key for row in sitemap.ROWS)})


class WayBack:
    """Leads whoever has just signed in to the page that their link named."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if not _asks_for_a_page(scope) or not sign_in.provider_is_set():
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        asked = _asked(scope)
        if any(name.startswith(USER_COOKIE_NAME) for name in request.cookies):
            if not asked and (way := _way(request.cookies.get(COOKIE, ""))):
                back = RedirectResponse(f"{base()}/{way}")
                back.delete_cookie(COOKIE, path="/")
                await back(scope, receive, send)
                return
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and _way(quote(asked, safe="")):
                kept = f"{COOKIE}={quote(asked, safe='')}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax"
                MutableHeaders(scope=message).append("set-cookie", kept)
            await send(message)

        await self._app(scope, receive, answer)


def _asks_for_a_page(scope: Scope) -> bool:
    asked = scope["type"] == "http" and scope["method"] == "GET"
    return asked and "text/html" in Headers(scope=scope).get("accept", "")


def _asked(scope: Scope) -> str:
    """A page and its choices, as they stand in an address; empty for the first page without any."""
    page, choices = scope["path"].removeprefix(base()).strip("/"), scope["query_string"].decode("latin-1")
    return f"{page}?{choices}" if choices else page


def _way(kept: str) -> str:
    """What was kept, if it names a page of ours and nothing else; the cookie is the browser's, who may write it."""
    way = unquote(kept)
    if len(kept) > LONGEST or not way.isascii() or not way.isprintable() or "\\" in way:
        return ""
    parts = urlsplit(way)
    return way if not parts.scheme and not parts.netloc and parts.path in _PAGES else ""
