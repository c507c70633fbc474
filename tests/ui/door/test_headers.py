"""Headers of what the app answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from ui.door.headers import HEADERS, Headers


async def _answer(_request: object) -> PlainTextResponse:
    answer = PlainTextResponse("hello")
    answer.set_cookie("_streamlit_user", "a", httponly=True)
    answer.set_cookie("_streamlit_xsrf", "b", secure=True)
    return answer


def answered() -> list[tuple[str, str]]:
    app = Starlette(routes=[Route("/", _answer)], middleware=[Middleware(Headers)])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "http_version": "1.1"}
    with ThreadPoolExecutor(1) as thread:  # this one may be running the loop of a browser
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]


def cookies(headers: Sequence[tuple[str, str]]) -> list[str]:
    return [value for name, value in headers if name == "set-cookie"]


@pytest.fixture
def redirect_uri(monkeypatch: pytest.MonkeyPatch):
    def use(uri: str | None) -> None:
        secrets = {} if uri is None else {"auth": {"redirect_uri": uri}}
        monkeypatch.setattr(st, "secrets", secrets)

    return use


def test_every_answer_bears_them(redirect_uri):
    redirect_uri(None)
    headers = dict(answered())
    assert {name.lower() for name in HEADERS} <= headers.keys()
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy
    assert "http" not in policy  # no other host
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in script


@pytest.mark.parametrize("uri", [None, "http://127.0.0.1:8501/oauth2callback"])
def test_without_tls_cookies_stay_as_they_are(redirect_uri, uri):
    redirect_uri(uri)
    assert ["secure" in cookie.lower() for cookie in cookies(answered())] == [False, True]


def test_with_tls_every_cookie_is_secure_once(redirect_uri):
    redirect_uri("https://branchlight.bank.example/oauth2callback")
    found = cookies(answered())
    assert [cookie.lower().count("secure") for cookie in found] == [1, 1]
    assert all("HttpOnly" in cookie for cookie in found if cookie.startswith("_streamlit_user"))
