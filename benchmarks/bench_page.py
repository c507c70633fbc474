"""How long a page takes in a browser, and what a run of it takes of the server, beside a page that shows one line.

Both servers run on this machine and are visited in turn by one headless Chromium, like by like: a switch to each of our
pages beside a switch between the trivial ones, an opening beside an opening, a run beside a run. A switch is told
twice: until the finding stands, as the title of the trivial page does, and until the first 1,000 pixels stand as they
stay (finding, cards, first charts); until the whole page stands is told beside it. All is warm, the first round does
not count.

Run: PYTHONPATH=. python benchmarks/bench_page.py [--scale 1] [--rounds 9]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import goals, serving, tab
from benchmarks.goals import Line
from benchmarks.visitor import Visitor
from data_access.demo import SCALE
from data_access.reading.scope import Role
from story import sitemap

RERUN = 0.080
"""Seconds of one core that a warm run of a page may take."""


class _Switches:
    """What the switches to one page took: until it stood, and of one core, in the browser and on the server."""

    def __init__(self) -> None:
        self.turned: list[tab.Turned] = []
        self.cores: list[float] = []

    def timed(self, tab_: tab.Tab, label: str, server: serving.Server) -> None:
        """Turns to a page."""
        before = tab.busy() + server.busy()
        self.turned.append(tab_.turn_to(label))
        self.cores.append(tab.busy() + server.busy() - before)

    @property
    def finding(self) -> float:
        """Seconds until the finding stood, the first switch left out."""
        return statistics.median(turned.finding for turned in self.turned[1:])

    @property
    def first(self) -> float:
        """Seconds until what is seen first stood, the first switch left out."""
        return statistics.median(turned.first for turned in self.turned[1:])

    @property
    def whole(self) -> float:
        """Seconds until the whole page stood, the first switch left out."""
        return statistics.median(turned.whole for turned in self.turned[1:])

    @property
    def core(self) -> float:
        """Seconds of one core, the first switch left out."""
        return statistics.fmean(self.cores[1:])


def switches(ours: serving.Server, trivial: serving.Server, rounds: int) -> Iterator[Line]:
    """Opening and switching, in a browser."""
    listed = [row for row in sitemap.ROWS if row.listed]
    home = listed.index(sitemap.row(sitemap.home(Role.PLANNER)))
    round_trip = [*listed[home + 1 :], *listed[: home + 1]]  # begins and ends where the planner comes in
    taken = {row.title: _Switches() for row in listed}
    floor = _Switches()
    with tab.chromium_open() as browser, tab.new_tab(browser) as their_tab, tab.new_tab(browser) as our_tab:
        opened, sign_in = their_tab.open(trivial.address), our_tab.open(ours.address)
        first = our_tab.press(serving.PLANNER.name)
        for _ in range(rounds + 1):
            for row in round_trip:
                floor.timed(their_tab, "Two", trivial)
                taken[row.title].timed(our_tab, row.title, ours)
                floor.timed(their_tab, "One", trivial)
    yield Line("a trivial page opened in a new browser", opened, "s")
    yield Line("sign-in opened in a new browser, times the trivial page", sign_in / opened)
    yield Line("first page after a person was chosen", first, "s")
    core = f"{1000 * floor.core:.0f} ms of one core, browser and server"
    yield Line("switch to a trivial page", floor.first, "s", None, core)
    goal = 1.5 * floor.first + 0.150
    for title, page in taken.items():
        core = f"whole page {page.whole:.2f} s, {1000 * page.core:.0f} ms of one core"
        yield Line(f"switch to {title}, until its finding stands", page.finding, "s", goal)
        yield Line(f"switch to {title}, until its first screen stands", page.first, "s", goal, core)


async def runs(ours: serving.Server, trivial: serving.Server, rounds: int) -> list[Line]:
    """What a warm run takes of one core of the server."""
    lines: list[Line] = []
    times = 10 * rounds
    async with Visitor(trivial.address) as visitor:
        floor = await _core(visitor, trivial, times)
        lines.append(Line("a warm run of a trivial page, of one core", 1000 * floor, "ms"))
    async with Visitor(ours.address) as visitor:
        await visitor.press(f"as_{serving.PLANNER.email}")
        for row in (row for row in sitemap.ROWS if row.listed):
            await visitor.turn_to(row.key)
            taken = await _core(visitor, ours, times)
            beside = f"{taken / floor:.1f} times the trivial page"
            lines.append(Line(f"a warm run of {row.title}, of one core", 1000 * taken, "ms", 1000 * RERUN, beside))
    return lines


async def _core(visitor: Visitor, server: serving.Server, times: int) -> float:
    """Seconds of one core that a run takes, nothing changed."""
    await visitor.again()
    before = server.busy()
    for _ in range(times):
        await visitor.again()
    return (server.busy() - before) / times


def measure(scale: float = SCALE, rounds: int = 9) -> Iterator[Line]:
    """All lines."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        ours = stack.enter_context(serving.app(serving.bank(scale), Path(name)))
        trivial = stack.enter_context(serving.trivial(Path(name)))
        ours.rested()
        yield from switches(ours, trivial, rounds)
        yield from asyncio.run(runs(ours, trivial, rounds))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    goals.show(measure(chosen.scale, chosen.rounds))
