"""A tab of headless Chromium that is timed from within: from a click until what was asked for stands and is drawn.

A page stands three times: its finding, what is seen first without scrolling, and the whole of it. What is seen first
stands from the frame after which nothing there changes any more, neither text nor place nor drawing: nothing may jump
in later.
"""

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

FIRST_PIXELS, AT_REST, UNASKED = 1_000, 300, 100
"""Height of what is seen first, milliseconds without a change after which nothing more is to come, and milliseconds
after which a look is taken although nothing said that it changed: a look takes of the browser what the page needs.
"""

WRITTEN = """
(() => {
    const held = new WeakMap(), looks = {changed: true, on: canvas => held.get(canvas)?.size ?? 0};
    for (const way of ['fillText', 'fillRect', 'fill', 'stroke', 'drawImage']) {
        const own = CanvasRenderingContext2D.prototype[way];
        CanvasRenderingContext2D.prototype[way] = function (...given) {
            const marks = held.get(this.canvas) ?? held.set(this.canvas, new Set()).get(this.canvas);
            marks.add(way === 'fillText' ? given[0] : way);
            looks.changed = true;
            return own.apply(this, given);
        };
    }
    new MutationObserver(() => { looks.changed = true; }).observe(
        document, {attributes: true, characterData: true, childList: true, subtree: true});
    document.addEventListener('load', () => { looks.changed = true; }, true);
    window.branchlightLooks = looks;
})();
"""
"""Run before the page's own scripts: knows what was drawn on a canvas, and whether anything changed since last asked.

A canvas holds no text that could be read. What stands inside its tag is for those who cannot see it, is never drawn,
and follows some 200 ms later.
"""

UNSEEN = '[data-testid="stElementToolbar"]'

SEEN = (
    "() => {"
    + f"const most = {FIRST_PIXELS}, looks = window.branchlightLooks, hidden = '{UNSEEN}';"
    + """
    const text = node => node.nodeName === 'CANVAS' ? ''
        : node.querySelector?.('canvas') ? [...node.childNodes].map(text).join('') : node.textContent;
    const seen = [];
    for (const part of document.querySelectorAll('[data-testid="stMain"] [data-testid="stElementContainer"]')) {
        const top = Math.round(part.getBoundingClientRect().top);
        if (top >= most) continue;
        const written = [...part.querySelectorAll('canvas')].map(looks.on);
        const marks = [...part.querySelectorAll('svg *')].filter(mark => !mark.closest(hidden)).length;
        seen.push([top, marks, written, part.dataset.stale, text(part)]);
    }
    return JSON.stringify(seen);
}
"""
)
"""What stands in the first pixels: every part with its place, text, marks, what its canvases show, whether it is stale.

The tools of a chart or table are seen under the pointer alone.
"""

CLICKED = (
    f"const drawn = {DRAWN}; const seen = {SEEN}; const rest = {AT_REST}; const unasked = {UNASKED};"
    + """
const looks = window.branchlightLooks;
const clicked = pressed => new Promise((resolve, reject) => {
    const title = () => document.querySelector('h1')?.innerText;
    const before = title();
    const start = performance.now();
    let last = '', finding = 0, first = 0, whole = 0, changed = start, looked = 0;
    const look = () => {
        const now = performance.now();
        if (looks.changed || now - looked > unasked) {
            looks.changed = false;
            looked = now;
            if (!finding && title() && title() !== before) finding = now - start;
            const present = seen();
            if (present !== last) { last = present; first = now - start; changed = now; }
            if (!whole && title() !== before && drawn()) { whole = now - start; changed = now; }
        }
        if (whole && now - changed > rest) resolve({finding: finding / 1000, first: first / 1000, whole: whole / 1000});
        else if (now - start > 60000) reject(new Error('the page did not change within a minute of the click'));
        else requestAnimationFrame(look);
    };
    pressed.click();
    look();
});
"""
)


@dataclass(frozen=True, slots=True)
class Turned:
    """What a click took.

    Attributes:
        finding: Seconds until another title stood: of a trivial page that is all, of ours the finding.
        first: Seconds until what is in the first `FIRST_PIXELS` stood as it stays: the finding, cards, first charts.
        whole: Seconds until the run had ended and every chart and table was drawn, however far below.
    """

    finding: float
    first: float
    whole: float


@dataclass(frozen=True)
class Tab:
    """A tab that is open."""

    page: Page

    def open(self, address: str) -> float:
        """Opens an address; seconds until it stands."""
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_function(DRAWN)
        return float(self.page.evaluate("performance.now() / 1000"))

    def turn_to(self, label: str) -> Turned:
        """Opens another page by the navigation."""
        return self._click(self.page.get_by_test_id("stSidebarNavLink").filter(has_text=label))

    def press(self, label: str) -> float:
        """Presses a button that leads to another title; seconds until that stands."""
        return self._click(self.page.get_by_role("button", name=label)).whole

    def _click(self, pressed: Locator) -> Turned:
        taken: Any = pressed.evaluate(f"pressed => {{ {CLICKED} return clicked(pressed); }}")
        return Turned(float(taken["finding"]), float(taken["first"]), float(taken["whole"]))


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
    context.add_init_script(WRITTEN)
    yield Tab(context.new_page())
    context.close()
