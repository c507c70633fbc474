"""Whoever signs in comes to what their link named, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ui.door import way_back
from ui.door.way_back import COOKIE, WayBack

Get = Callable[..., httpx.Response]
SIGNED_IN = "_streamlit_user=x"


@pytest.fixture
def get(monkeypatch: pytest.MonkeyPatch) -> Get:
    """Asks for an address with some cookies, where a provider is set."""
    monkeypatch.setattr(way_back.sign_in, "provider_is_set", lambda: True)
    route = Route("/{path:path}", lambda request: PlainTextResponse("a page"))
    app = Starlette(routes=[route], middleware=[Middleware(WayBack)])

    async def ask(address: str, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.get(address, headers=headers)

    def answered(address: str, cookies: str = "", accept: str = "text/html") -> httpx.Response:
        with ThreadPoolExecutor(1) as thread:  # this one may be running the loop of a browser
            return thread.submit(asyncio.run, ask(address, {"accept": accept, "cookie": cookies})).result()

    return answered


def test_what_a_link_asks_for_is_kept_until_somebody_has_signed_in(get: Get):
    kept = get("/plan?plan=7&lang=zh")
    assert kept.text == "a page"
    cookie = kept.headers["set-cookie"]
    assert cookie == f"{COOKIE}=plan%3Fplan%3D7%26lang%3Dzh; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"
    back = get("/", f"{SIGNED_IN}; {cookie.partition(';')[0]}")
    assert (back.status_code, back.headers["location"]) == (307, "/plan?plan=7&lang=zh")
    assert f'{COOKIE}=""' in back.headers["set-cookie"]
    assert "Max-Age=0" in back.headers["set-cookie"]


@pytest.mark.parametrize(
    ("address", "cookies", "accept"),
    [
        ("/", "", "text/html"),  # the first page is where everybody comes anyway
        ("/elsewhere", "", "text/html"),  # no page of ours
        ("/plan", SIGNED_IN, "text/html"),  # nobody has to sign in
        ("/plan", "", "application/json"),  # no page was asked for
        (f"/plan?{'x' * 2_000}", "", "text/html"),
    ],
)
def test_nothing_else_is_kept(get: Get, address: str, cookies: str, accept: str):
    assert "set-cookie" not in get(address, cookies, accept).headers


@pytest.mark.parametrize(
    "kept",
    [
        "https://evil.example",
        "//evil.example/plan",
        "/\\evil.example",
        "plan\r\nx: y",
        "elsewhere",
        "javascript:plan",
        "",
    ],
)
def test_a_cookie_leads_to_no_other_place(get: Get, kept: str):
    answer = get("/", f"{SIGNED_IN}; {COOKIE}={quote(kept, safe='')}")
    assert (answer.status_code, answer.text) == (200, "a page")


def test_whoever_asks_for_a_page_gets_that_page(get: Get):
    assert get("/summary", f"{SIGNED_IN}; {COOKIE}=plan").status_code == 200


def test_without_a_provider_nothing_is_kept(get: Get, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(way_back.sign_in, "provider_is_set", lambda: False)
    assert "set-cookie" not in get("/plan").headers
    assert get("/", f"{SIGNED_IN}; {COOKIE}=plan").status_code == 200
