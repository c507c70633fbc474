"""Names from a feed in a browser: nothing is fetched from another host, nothing runs, on any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext

from data_access.versions import open_store
from story import sitemap
from tests.data_access.small_bank import publish
from tests.journeys.conftest import served, settle, window
from tests.pages.hostile import hostile_bank

pytestmark = pytest.mark.journey

TURN = "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
"""To another address without a load, as the browser's own buttons turn to one."""


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running app on the bank of hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    publish(hostile_bank(), open_store(str(folder / "warehouse")))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BRANCHLIGHT_SIGN_IN", "local")
        with served(folder, options=("--server.address", "127.0.0.1")) as address:
            yield address


def test_no_page_fetches_anything_from_another_host(stranger: Callable[..., BrowserContext], hostile_address: str):
    page, own, foreign, broken = window(stranger()), urlsplit(hostile_address).netloc, [], []
    page.on("request", lambda request: foreign.append(request.url) if urlsplit(request.url).netloc != own else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{hostile_address}/data")
    settle(page)
    for row in sitemap.ROWS:
        page.evaluate(TURN, f"/{row.key}?period=all&campaign=C2&branch=B2")
        page.get_by_text(f"{row.title} · ").first.wait_for()
        settle(page)
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(500)
        assert page.locator('[data-testid="stException"], [data-testid="stAlert"]').count() == 0, row.key
        assert page.locator("a[href*='evil'], img[src*='evil'], .katex").count() == 0, row.key
        assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == [], row.key
        assert broken == [], row.key
