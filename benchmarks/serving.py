"""Servers to measure: the app on a demo bank, and a page of one line; each knows what it takes of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from data_access import demo
from data_access.demo.people import PEOPLE
from data_access.versions import open_store

ROOT = Path(__file__).parents[1]
PLANNER = next(person for person in PEOPLE if person.role == "planner")
MOST_BESIDE, AT_REST = 180.0, 0.05
"""Seconds that the work beside the first visitors may take, and of one core in a second of a server at rest."""
HELD_BACK = 8
"""Seconds at rest after which nothing more is to come: that work leaves the first visitors some seconds alone."""
TRIVIAL = """
import streamlit as st

def one():
    st.title("One")
    st.button("Again")

def two():
    st.title("Two")
    st.button("Again")

st.navigation([st.Page(one, url_path="one", default=True), st.Page(two, url_path="two")]).run()
"""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        address: Where it answers.
        opened: Seconds from its start until it answered.
    """

    address: str
    opened: float
    _process: psutil.Process

    def busy(self) -> float:
        """Seconds of one core that it has taken so far."""
        taken = self._process.cpu_times()
        return taken.user + taken.system

    def rested(self) -> None:
        """Waits until it has given its first answers beside the first visitors: that is no visitor's work."""
        until, before, rested = time.monotonic() + MOST_BESIDE, self.busy(), 0
        while rested < HELD_BACK and time.monotonic() < until:
            time.sleep(1)
            rested = rested + 1 if self.busy() - before < AT_REST else 0
            before = self.busy()

    def memory(self) -> float:
        """Megabytes that it holds."""
        return self._process.memory_info().rss / 1e6


def bank(scale: float) -> Path:
    """Folder of the demo bank's warehouse, built once a scale, as it was at the last change of the contract."""
    folder = ROOT / "var" / "bench" / f"demo_{scale:g}"
    store = open_store(str(folder))
    with suppress(Exception):
        if store.current() is not None:
            return folder
    demo.build(store, scale=scale)
    return folder


@contextmanager
def app(warehouse: Path, folder: Path, script: str = "server.py") -> Generator[Server]:
    """The app, served as the README says; its workspace and audit are in `folder`."""
    environment = {
        "BRANCHLIGHT_WAREHOUSE": str(warehouse),
        "BRANCHLIGHT_WORKSPACE": f"sqlite:///{folder / 'workspace.sqlite'}",
        "BRANCHLIGHT_AUDIT_LOG": str(folder / "audit.jsonl"),
    }
    with _serving(script, environment) as server:
        yield server


@contextmanager
def trivial(folder: Path) -> Generator[Server]:
    """Two pages of one line and a button each, under the app's own configuration."""
    script = folder / "trivial.py"
    script.write_text(TRIVIAL, encoding="utf-8")
    with _serving(str(script), {}) as server:
        yield server


@contextmanager
def _serving(script: str, environment: dict[str, str]) -> Generator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    start, quiet = time.perf_counter(), subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            if process.poll() is not None or time.perf_counter() > start + 120:
                raise RuntimeError(f"{script} was not served: run `streamlit run {script}` to see why.")
            time.sleep(0.05)
        yield Server(address, time.perf_counter() - start, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
        return True
    return False
