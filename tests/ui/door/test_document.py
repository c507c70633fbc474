"""The document that a browser loads first, over Streamlit's own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from story import sitemap
from ui.door import sign_in
from ui.door.document import Document

STATIC = Path(streamlit.__file__).parent / "static"
BROWSER = {"accept": "text/html,*/*;q=0.8"}


Get = Callable[..., httpx.Response]


@pytest.fixture
def get() -> Get:
    """Asks for an address with some headers."""
    app = Starlette(middleware=[Middleware(Document), Middleware(GZipMiddleware)])
    app.mount("/", create_streamlit_static_handler(str(STATIC), None))

    async def ask(address: str, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.get(address, headers=headers)

    def answered(address: str, headers: dict[str, str] = BROWSER) -> httpx.Response:
        with ThreadPoolExecutor(1) as thread:  # this one may be running the loop of a browser
            return thread.submit(asyncio.run, ask(address, headers)).result()

    return answered


@pytest.mark.parametrize(
    ("address", "accepts", "language"),
    [
        ("/", "de-DE,de;q=0.9", "en"),
        ("/", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("/campaigns", "zh-CN", "zh-CN"),
        ("/campaigns?lang=en", "zh-CN", "en"),
        ("/data?period=all&lang=zh", "en-US", "zh-CN"),
        ('/data?lang="><script>', "en-US", "en"),
    ],
)
def test_it_is_in_the_language_of_the_address_or_the_browser(get: Get, address, accepts, language):
    answer = get(address, BROWSER | {"accept-language": accepts})
    assert f'<html lang="{language}">' in answer.text
    assert "<title>Branchlight</title>" in answer.text
    assert "Streamlit</title>" not in answer.text
    assert answer.text.rstrip().endswith("</html>")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "Accept-Language" in answer.headers["vary"]


def test_it_is_never_said_to_be_unchanged(get: Get):
    first = get("/")
    assert "etag" not in first.headers
    stale = {"if-none-match": "*", "if-modified-since": "Fri, 31 Dec 2100 00:00:00 GMT", "range": "bytes=0-10"}
    assert get("/", BROWSER | stale).text == first.text


def test_a_browser_gets_one_mark_that_no_script_can_read(get: Get):
    given = get("/").headers["set-cookie"]
    assert given.startswith(f"{sign_in.BROWSER}=")
    assert {"HttpOnly", "SameSite=Strict"} <= set(given.split("; "))
    assert len(given.split(";")[0]) > 40
    assert "set-cookie" not in get("/data", BROWSER | {"cookie": given.split(";")[0]}).headers
    assert get("/").headers["set-cookie"] != given


def test_where_people_prove_who_they_are_there_is_no_mark(get: Get, monkeypatch):
    monkeypatch.setattr(sign_in, "provider_is_set", lambda: True)
    assert "set-cookie" not in get("/").headers


def test_what_is_no_document_passes_untouched(get: Get):
    icon = get("/favicon.png", {"accept": "image/*"})
    assert icon.content == (STATIC / "favicon.png").read_bytes()
    assert "set-cookie" not in icon.headers
    assert '<html lang="en">' in get("/index.html", {"accept": "*/*", "accept-language": "zh"}).text
    assert get("/favicon.png").content == icon.content


def test_streamlit_still_sends_what_is_renamed():
    document = (STATIC / "index.html").read_text("utf-8")
    assert document.count('<html lang="en">') == document.count("<title>Streamlit</title>") == 1


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("/nosuch", "/?asked=nosuch"),
        ("/campaigns/more?period=2026&lang=zh", "/?period=2026&lang=zh&asked=campaigns%2Fmore"),
        ("/%22%3E%3Cscript%3E", "/?asked=%22%3E%3Cscript%3E"),
    ],
)
def test_an_address_that_is_no_page_leads_to_the_first_one_with_what_was_chosen(get: Get, address, first):
    answer = get(f"http://127.0.0.1{address}")
    assert answer.status_code == 307
    assert answer.headers["location"] == first


@pytest.mark.parametrize("row", sitemap.ROWS, ids=lambda row: row.key)
def test_every_page_has_an_address(get: Get, row: sitemap.Row):
    assert get(f"/{row.key}").status_code == 200


def test_the_document_brings_the_program_that_keeps_its_language(get: Get):
    (source,) = re.findall(r'<script src="([^"]*document[^"]*)"></script></head>', get("/campaigns").text)
    program = get(source, {"accept": "*/*"})
    assert program.headers["content-type"].startswith("text/javascript")
    assert '{"en": "en", "zh": "zh-CN"}' in program.text
    assert "stTable" in program.text
