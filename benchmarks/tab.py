"""A tab of headless Chromium that is timed from within: from a click until what was asked for stands and is drawn."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.journeys import chromium

WIDTH, HEIGHT = 1440, 900

DRAWN = """
() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const title = document.querySelector('h1');
    const forms = [...document.querySelectorAll('[data-testid="stVegaLiteChart"], [data-testid="stDataFrame"]')];
    return Boolean(app && title) && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-stale="true"]') && forms.every(form => form.querySelector('canvas, svg'));
}
"""
"""Whether the page stands: a finding in large letters, no run under way, nothing stale, every chart and table drawn."""

CLICKED = (
    f"const drawn = {DRAWN};"
    + """
const clicked = pressed => new Promise((resolve, reject) => {
    const title = () => document.querySelector('h1')?.innerText;
    const before = title();
    const start = performance.now();
    const look = () => {
        const seconds = (performance.now() - start) / 1000;
        if (title() !== before && drawn()) resolve(seconds);
        else if (seconds > 60) reject(new Error('the page did not change within a minute of the click'));
        else requestAnimationFrame(look);
    };
    pressed.click();
    look();
});
"""
)


@dataclass(frozen=True)
class Tab:
    """A tab that is open."""

    page: Page

    def open(self, address: str) -> float:
        """Opens an address; seconds until it stands."""
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_function(DRAWN)
        return float(self.page.evaluate("performance.now() / 1000"))

    def turn_to(self, label: str) -> float:
        """Opens another page by the navigation; seconds until it stands."""
        return self._click(self.page.get_by_test_id("stSidebarNavLink").filter(has_text=label))

    def press(self, label: str) -> float:
        """Presses a button that leads to another title; seconds until that stands."""
        return self._click(self.page.get_by_role("button", name=label))

    def _click(self, pressed: Locator) -> float:
        seconds: Any = pressed.evaluate(f"pressed => {{ {CLICKED} return clicked(pressed); }}")
        return float(seconds)


def busy() -> float:
    """Seconds of one core that every Chromium of this process has taken so far."""
    taken = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "chrom" in process.name():
                times = process.cpu_times()
                taken += times.user + times.system
    return taken


@contextmanager
def chromium_open() -> Generator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield browser
        browser.close()


@contextmanager
def new_tab(browser: Browser) -> Generator[Tab]:
    """A tab of a person who was never here: nothing in its cache."""
    context = browser.new_context(locale="en-US", viewport={"width": WIDTH, "height": HEIGHT})
    context.set_default_timeout(60_000)
    yield Tab(context.new_page())
    context.close()
