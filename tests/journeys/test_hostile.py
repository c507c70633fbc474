"""Names from a feed in a browser: nothing is fetched from another host, nothing runs, on any page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext

from data_access.versions import open_store
from story import sitemap
from tests.data_access.small_bank import publish
from tests.journeys.conftest import TURN, served, settle, window
from tests.pages.hostile import hostile_bank

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def hostile_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running app on the bank of hostile names."""
    folder = tmp_path_factory.mktemp("hostile")
    publish(hostile_bank(), open_store(str(folder / "warehouse")))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BRANCHLIGHT_SIGN_IN", "local")
        with served(folder, options=("--server.address", "127.0.0.1")) as address:
            yield address


def test_no_page_fetches_anything_from_another_host(
    stranger: Callable[..., BrowserContext], hostile_address: str, noted: list[str]
):
    page = window(stranger())
    page.goto(f"{hostile_address}/data")
    settle(page)
    for row in sitemap.ROWS:
        page.evaluate(TURN, f"/{row.key}?period=all&campaign=C2&branch=B2")
        page.get_by_text(f"{row.title} · ").first.wait_for()
        settle(page)
        page.mouse.wheel(0, 4000)
        settle(page)
        assert page.locator('[data-testid="stException"], [data-testid="stAlert"]').count() == 0, row.key
        assert page.locator("a[href*='evil'], img[src*='evil'], .katex").count() == 0, row.key
        assert noted == [], row.key
