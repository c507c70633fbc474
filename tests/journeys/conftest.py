"""The app as a person meets it: a server on a small demo bank, and a browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys import chromium

ROOT = Path(__file__).parent.parent.parent
Mode = Literal["light", "dark"]

STREAMLIT = (sys.executable, "-m", "streamlit")
"""How the README starts the app."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, lived_past: Path) -> Path:
    """Where the app of the journeys keeps what it has: a small demo bank with its past, its workspace, its logs."""
    return Path(shutil.copytree(lived_past.parent, tmp_path_factory.mktemp("journeys") / "bank"))


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """Address of a running app on a small demo bank."""
    with served(folder) as address:
        yield address


@contextmanager
def served(
    folder: Path, port: int | None = None, options: Sequence[str] = (), program: Sequence[str] = STREAMLIT
) -> Generator[str]:
    """The app on the warehouse in a folder, served as the README says; its workspace, audit and log are there too."""
    port = port or free_port()
    environment = {
        **os.environ,
        "BRANCHLIGHT_WAREHOUSE": str(folder / "warehouse"),
        "BRANCHLIGHT_WORKSPACE": f"sqlite:///{folder / 'workspace.sqlite'}",
        "BRANCHLIGHT_AUDIT_LOG": str(folder / "audit.jsonl"),
        "BRANCHLIGHT_WORK_AHEAD": "false",  # each server would work out what no journey looks at
    }
    command = [*program, "run", "server.py", "--server.port", str(port), *options]
    with running(command, folder / "log", environment):
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Generator[None]:
    """A server, as long as the context lasts."""
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(health: str, seconds: float = 120.0) -> None:
    """Until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(health, timeout=2):  # noqa: S310 - an address of this machine
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"{health} did not answer in {seconds:g} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # a slow machine is no fault
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def rested() -> dict[str, list[BrowserContext]]:
    """Browsers that nobody uses, by locale: without cookies, with what they fetched still in their caches."""
    return {}


FAVICON: Final = "fonts.gstatic.com"
"""Where Streamlit has a browser fetch the icon of a page until it is told the app's own: the policy refuses it."""


PROVIDERS_OWN: Final = "https://cdn.jsdelivr.net/npm/@picocss/pico@2/css/pico.min.css"
"""The style of the pages on which the tests' identity provider asks who it is: no page of the app."""


@pytest.fixture(scope="session")
def noted() -> list[str]:
    """What windows did that none may do."""
    return []


def note(context: BrowserContext, noted: list[str]) -> None:
    """Notes of windows what they ask of other machines, what a policy refuses them, what breaks, whose axis is torn."""

    def asked(url: str) -> None:
        place = urlsplit(url)
        if place.scheme not in {"data", "blob"} and place.hostname != "127.0.0.1" and url != PROVIDERS_OWN:
            noted.append(f"asked for {url}")

    def said(text: str) -> None:
        if "Content Security Policy" in text and FAVICON not in text:
            noted.append(f"refused: {text}")
        if text.startswith("WARN Conflicting"):
            noted.append(f"torn: {text}")

    context.on("request", lambda request: asked(request.url))
    context.on("console", lambda message: said(message.text))
    context.on("weberror", lambda broken: noted.append(f"broke: {broken.error}"))


@pytest.fixture
def stranger(
    browser: Browser, rested: dict[str, list[BrowserContext]], noted: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers in which nobody has signed in; whatever is done in them, nothing is noted of their windows."""
    taken: list[tuple[str, BrowserContext]] = []

    def new(locale: str) -> BrowserContext:
        context = browser.new_context(locale=locale, accept_downloads=True)
        note(context, noted)
        return context

    def opened(locale: str = "en-US") -> BrowserContext:
        free = rested.setdefault(locale, [])
        context = free.pop() if free else new(locale)
        context.set_default_timeout(60_000)
        taken.append((locale, context))
        return context

    yield opened
    for locale, context in taken:
        for page in context.pages:
            page.close()
        context.clear_cookies()
        rested[locale].append(context)
    seen = [*noted]
    noted.clear()
    assert seen == []


def window(context: BrowserContext, width: int = 1440, mode: Mode = "light") -> Page:
    """A window of a browser, as wide as a screen."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(color_scheme=mode)
    return page


@pytest.fixture
def visit(stranger: Callable[..., BrowserContext], address: str) -> Callable[..., Page]:
    """Opens a path of the app in a browser of its own and signs in as a person of the demo bank."""

    def open_as(
        person: str,
        path: str = "",
        *,
        width: int = 1440,
        locale: str = "en-US",
        mode: Mode = "light",
    ) -> Page:
        page = window(stranger(locale), width, mode)
        page.goto(f"{address}/{path}")
        page.get_by_role("button", name=person).click()
        settle(page)
        return page

    return open_as


_UNFINISHED: Final = ", ".join(
    [
        '[data-testid="stApp"]:not([data-test-script-state="notRunning"])',
        '[data-testid="stSkeleton"]',
        '[data-testid="stVegaLiteChart"]:not(:has(svg, canvas))',  # a chart that appears moves what is clicked
    ]
)
"""A run under way, or an element whose place is held until the browser can draw it."""


def settle(page: Page) -> None:
    """Until the page has a title that is not the sign-in's, no run is under way and what it says is drawn."""
    page.get_by_text("data as of").or_(page.get_by_text("数据截至")).first.wait_for()
    quiet = 0
    while quiet < 3:
        page.wait_for_timeout(150)
        quiet = 0 if page.locator(_UNFINISHED).count() else quiet + 1


def asks(page: Page, query: str) -> None:
    """Until the address asks for this, and what answers it stands there."""
    expect(page).to_have_url(re.compile(re.escape(query)))
    settle(page)


TURN: Final = "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
"""To another address without a load, as the browser's own buttons turn to one."""
