"""How long the first visitor waits after a start of the process: for the port, and then from request to finding.

`server.py` works out the first answers before it listens; `app.py` alone does not. The person is chosen by the quickest
hand there is, a program; of that hand nothing is counted.

Run: PYTHONPATH=. python benchmarks/bench_start.py [--scale 1]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import goals, serving, tab
from benchmarks.goals import Line
from data_access.demo import SCALE

FIRST = 3.0
"""Seconds from the first request to the first finding."""


def measure(scale: float = SCALE) -> Iterator[Line]:
    """All lines."""
    warehouse = serving.bank(scale)
    with tempfile.TemporaryDirectory() as name, tab.chromium_open() as browser:
        with serving.trivial(Path(name)) as server, tab.new_tab(browser) as page:
            first = page.open(server.address)
            yield Line("trivial page: start until the port is open", server.opened, "s")
            yield Line("trivial page: first request until it stands", first, "s")
        for script, most in (("server.py", FIRST), ("app.py", None)):
            with serving.app(warehouse, Path(name), script) as server, tab.new_tab(browser) as page:
                taken = page.open(server.address) + page.press(serving.PLANNER.name)
                yield Line(f"{script}: start until the port is open", server.opened, "s")
                beside = f"{taken / first:.1f} times the trivial page"
                yield Line(f"{script}: first request until the finding stands", taken, "s", most, beside)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=SCALE)
    goals.show(measure(parser.parse_args().scale))
