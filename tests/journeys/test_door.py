"""What surrounds every page: whom the server answers, with which headers, and what it says of failures in between."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from data_access.workspace.database import open_database
from data_access.workspace.tables import saved_view
from tests.journeys.conftest import note

pytestmark = pytest.mark.journey


def handshake(address: str, host: str) -> int:
    """The answer to a browser that opens the app's connection and says that it asks for `host`."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)
    headers = {
        "Host": host,
        "Origin": f"http://{host}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OTAxMjM0NQ==",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_server_answers_to_its_own_names_alone(address: str):
    port = urlsplit(address).port
    assert [handshake(address, f"{host}:{port}") for host in ("127.0.0.1", "localhost", "[::1]")] == [101, 101, 101]
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}"):
        assert handshake(address, host) == 403


def test_what_no_window_may_do_is_noted(browser: Browser):
    """`stranger` holds in every journey that nothing is."""
    noted: list[str] = []
    context = browser.new_context()
    note(context, noted)
    page = context.new_page()
    page.set_content("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='><script>console.log('well')</script>")
    assert noted == []
    page.set_content("<img src='http://evil.example/x.png'><script>throw new Error('torn')</script>")
    refusing = "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">"
    with page.expect_console_message():
        page.set_content("<script>console.warn('WARN', 'Conflicting scale property')</script>")
    with page.expect_console_message():
        page.set_content(f"{refusing}<img src='http://127.0.0.1/y.png'>")
    context.close()
    assert [found.partition(" ")[0] for found in sorted(noted)] == ["asked", "broke:", "refused:", "torn:"]


def test_a_failure_in_a_callback_is_told_like_any_other(visit: Callable[..., Page], folder: Path):
    page = visit("Lu Zhixing", "?period=2026-q2")
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of this view").fill("Spring")
    page.get_by_label("Name of this view").press("Enter")
    page.get_by_role("button", name="Save this view").click()
    page.get_by_role("button", name="Delete").wait_for()
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    with workspace.begin() as connection:  # nothing that a person could do about
        stuck = "CREATE TRIGGER stuck BEFORE UPDATE ON saved_view BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END"
        connection.execute(sa.text(stuck))
    page.get_by_role("button", name="Delete").click()
    sentence = page.get_by_text("This page could not be shown.")
    expect(sentence).to_contain_text(re.compile("Reference [0-9A-F]{8}"))
    reference = re.findall("[0-9A-F]{8}", sentence.inner_text())[-1]
    log = (folder / "log").read_text("utf-8")
    assert re.search(rf"^20\d\d-.* Reference {reference}, person lu\.zhixing@demo\.example$", log, re.MULTILINE)
    assert log.count("sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) the disk is gone") == 1
    assert page.locator('[data-testid="stException"]').count() == 0
    with workspace.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER stuck"))
        connection.execute(sa.delete(saved_view))
    workspace.dispose()
