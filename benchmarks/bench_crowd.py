"""Thirty people who each change a filter every few seconds: how long they wait, and whether memory stays flat.

Each has a session of their own over Streamlit's websocket and chooses a filter at random, at first choices that nobody
has made before, then more and more that are warm. They come once the server has given its first answers: what a start
takes is measured for itself. They are the five people of the demo bank, six times over. What the
crowd itself takes of the cores is measured and told; it must be small beside the server.

Run: PYTHONPATH=. python benchmarks/bench_crowd.py [--scale 1] [--people 30] [--seconds 150]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks import goals, serving
from benchmarks.goals import Line
from benchmarks.visitor import Visitor
from data_access.demo import SCALE
from data_access.demo.people import PEOPLE

PEOPLE_AT_ONCE, SECONDS = 30, 150.0
PAUSE = (2.0, 5.0)
SLOWEST = 2.0
"""Seconds that nineteen of twenty clicks may take at most."""
GROWTH = 1.10
"""How much more memory the second half may end with than the first, caches being bounded."""


async def _person(address: str, email: str, until: float, chance: random.Random, waits: list[float]) -> None:
    """Comes in and changes a filter every few seconds, until the time is over; once at least."""
    await asyncio.sleep(chance.uniform(0, PAUSE[1]))
    async with Visitor(address, "campaigns") as visitor:
        await visitor.press(f"as_{email}")
        clicked = False
        while time.monotonic() < until or not clicked:
            await asyncio.sleep(chance.uniform(*PAUSE))
            key = chance.choice(list(visitor.choices))
            option = chance.choice(visitor.choices[key])
            asked = time.monotonic()
            await visitor.choose(key, option)
            waits.append(time.monotonic() - asked)
            clicked = True


async def crowd(server: serving.Server, people: int, seconds: float) -> tuple[list[float], list[float]]:
    """The wait of each click, and the server's memory at the start, after each half."""
    waits: list[float] = []
    until = time.monotonic() + seconds
    memory = [server.memory()]
    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(islice(cycle(PEOPLE), people)):
            group.create_task(_person(server.address, person.email, until, random.Random(number), waits))
        await asyncio.sleep(seconds / 2)
        memory.append(server.memory())
    memory.append(server.memory())
    return waits, memory


def measure(scale: float = SCALE, people: int = PEOPLE_AT_ONCE, seconds: float = SECONDS) -> Iterator[Line]:
    """All lines."""
    with tempfile.TemporaryDirectory() as name, serving.app(serving.bank(scale), Path(name)) as server:
        server.rested()
        started, served, own = time.monotonic(), server.busy(), time.process_time()
        waits, (before, half, after) = asyncio.run(crowd(server, people, seconds))
        passed = time.monotonic() - started
        served, own = server.busy() - served, time.process_time() - own
    slowest, settled = (statistics.quantiles(part, n=20)[-1] for part in (waits, waits[-(len(waits) // 3) :]))
    clicks = f"{len(waits)} clicks in {passed:.0f} s, load average {os.getloadavg()[0]:.1f}"
    yield Line(f"{people} people: half of the clicks within", statistics.median(waits), "s", None, clicks)
    yield Line(f"{people} people: 19 of 20 clicks within", slowest, "s", SLOWEST, f"slowest {max(waits):.2f} s")
    yield Line(f"{people} people: of the last third of the clicks, 19 of 20 within", settled, "s", SLOWEST)
    itself = f"the crowd itself {own / passed:.2f}"
    yield Line(f"{people} people: cores that the server takes", served / passed, "", None, itself)
    yield Line(f"{people} people: a click, of one core", 1000 * served / len(waits), "ms")
    grown = f"{before:.0f} MB at the start, {half:.0f} after half, {after:.0f} at the end"
    yield Line(f"{people} people: memory at the end, times after half", after / half, "", GROWTH, grown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--people", type=int, default=PEOPLE_AT_ONCE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args()
    goals.show(measure(chosen.scale, chosen.people, chosen.seconds))
