"""What measures has to measure: each instrument once, on a small bank and for a few seconds."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from benchmarks import bench_queries, goals, serving, tab
from benchmarks.bench_crowd import crowd
from benchmarks.goals import Line
from benchmarks.visitor import Visitor

SCALE = 0.004


@pytest.mark.journey
def test_a_crowd_comes_in_changes_filters_and_is_answered(planned_past: Path, tmp_path: Path):
    shutil.copy(planned_past, tmp_path)
    with serving.app(planned_past.parent / "warehouse", tmp_path) as server:
        before = server.busy()
        waits, memory = asyncio.run(crowd(server, people=2, seconds=8))
        taken = server.busy() - before

        async def looks() -> tuple[str, str]:
            async with Visitor(server.address, "campaigns") as visitor:
                await visitor.press(f"as_{serving.PLANNER.email}")
                first = visitor.title
                await visitor.choose("filter_period", visitor.choices["filter_period"][1])
                return first, visitor.title

        first, other = asyncio.run(looks())
    assert len(waits) >= 2
    assert all(0 < wait < 60 for wait in waits)
    assert taken > 0
    assert len(memory) == 3
    assert min(memory) > 50
    assert "campaigns" in first
    assert first != other


@pytest.mark.journey
def test_a_switch_is_over_when_the_other_page_stands(tmp_path: Path):
    with serving.trivial(tmp_path) as server, tab.chromium_open() as browser, tab.new_tab(browser) as page:
        assert page.open(server.address) > 0
        for label in ("Two", "One", "Two"):
            turned = page.turn_to(label)
            assert 0 < turned.first < 30
            assert 0 < turned.whole < 30
            assert page.page.locator("h1").inner_text() == label
        assert tab.busy() > 0


def test_the_sql_by_hand_answers_what_the_queries_ask():
    lines = list(bench_queries.measure(SCALE, times=1))
    assert len(lines) == len(bench_queries.QUERIES)
    assert all(line.measured > 0 for line in lines)


def test_a_goal_is_met_or_missed_and_said(capsys: pytest.CaptureFixture[str]):
    goals.show([Line("at most", 2.0, "s", 2.0), Line("above", 2.01, "s", 2.0), Line("told", 9.0, beside="of that")])
    rows = capsys.readouterr().out.splitlines()[1:]
    assert [row.split() for row in rows] == [
        ["at", "most", "2", "s", "2", "s", "met"],
        ["above", "2.01", "s", "2", "s", "MISSED"],
        ["told", "9", "of", "that"],
    ]
