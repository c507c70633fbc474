"""How long a page takes in a browser, as a ratio to a Streamlit page that shows one line.

Both servers run on this machine and are visited in turn by the same headless Chromium: opened in a new browser
window, and then run again by a click. A page counts as shown when its heading stands and the app has stopped running.

Run: PYTHONPATH=. python benchmarks/bench_page.py [--scale 0.02] [--visits 5]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from data_access import demo
from data_access.demo.people import PEOPLE
from data_access.versions import open_store
from tests.journeys import chromium

ROOT = Path(__file__).parents[1]

TRIVIAL = """
import streamlit as st
st.title("A trivial page")
st.button("Again")
"""


@contextlib.contextmanager
def server(script: str, folder: Path) -> Iterator[str]:
    """A Streamlit server of `script`, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "BRANCHLIGHT_WAREHOUSE": str(folder / "warehouse"),
        "BRANCHLIGHT_WORKSPACE": f"sqlite:///{folder / 'workspace.sqlite'}",
    }
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health"):
                break
            time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait()


def shown(page: Page) -> None:
    """Wait until the heading stands and nothing is running."""
    page.locator("h1").first.wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=\"stStatusWidget\"]')")


def opened(browser: Browser, address: str) -> tuple[float, Page]:
    page = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900}).new_page()
    start = time.perf_counter()
    page.goto(address)
    shown(page)
    return time.perf_counter() - start, page


def timed(click: str, page: Page, then: str) -> float:
    start = time.perf_counter()
    page.get_by_text(click).first.click()
    page.get_by_text(then).first.wait_for()
    shown(page)
    return time.perf_counter() - start


def main(scale: float, visits: int) -> None:
    """Visit both pages in turn and print the medians' ratios."""
    planner = next(person.name for person in PEOPLE if person.role == "planner")
    english = planner[next(i for i, sign in enumerate(planner) if sign.isascii() and sign.isalpha()) :]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        demo.build(open_store(str(folder / "warehouse")), scale=scale)
        (folder / "trivial.py").write_text(TRIVIAL, encoding="utf-8")
        ours = stack.enter_context(server("app.py", folder))
        trivial = stack.enter_context(server(str(folder / "trivial.py"), folder))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        times: dict[str, list[float]] = {
            "trivial": [],
            "sign-in": [],
            "campaigns": [],
            "data": [],
            "campaigns again": [],
        }
        for _ in range(visits + 1):
            seconds, page = opened(browser, trivial)
            times["trivial"].append(seconds)
            page.context.close()
            seconds, page = opened(browser, ours)
            times["sign-in"].append(seconds)
            times["campaigns"].append(timed(english, page, "Assigned"))
            times["data"].append(timed("Data and definitions", page, "Data dictionary"))
            times["campaigns again"].append(timed("Campaigns", page, "campaigns can be judged"))
            page.context.close()
        browser.close()
    floor = statistics.median(times.pop("trivial")[1:])  # the first visit fills the browser's cache
    print(f"a trivial page opens in {floor:.2f} s: 1.0")
    for what, seconds in times.items():
        print(f"{what}: {statistics.median(seconds[1:]) / floor:.2f}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--scale", type=float, default=demo.SCALE)
    arguments.add_argument("--visits", type=int, default=5)
    chosen = arguments.parse_args()
    main(chosen.scale, chosen.visits)
