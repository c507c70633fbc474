"""The one history of a campaign, and how few forecasts say nothing of those who made them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from answers.loop import forecasts
from answers.loop import loop as answers
from answers.loop.board import Stage
from answers.loop.record import record
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace.database import open_database
from data_access.workspace.loop import alarms, decisions
from data_access.workspace.loop.alarms import Alarm, Deed
from metrics.planning.track import FEWEST
from story import words
from story.loop import board, history
from story.loop import loop as story
from story.parts import Claims
from tests.pages.shown import blocks, card

OVER, RUNS = "K053", "K066"


@pytest.fixture(scope="module")
def work(judged_past: Path, readers: dict[str, Reader], tmp_path_factory) -> Iterator[sa.Engine]:
    """The judged past, with two campaigns stopped while they ran: each by one deed about two alarms."""
    path = shutil.copy(judged_past, tmp_path_factory.mktemp("history") / "workspace.sqlite")
    engine = open_database(f"sqlite:///{path}")
    for campaign in (OVER, RUNS):
        day = date(2026, 7, 1)
        raised = [Alarm(f"demo-{campaign}", kind, day, {}, "1") for kind in ("behind", "spending")]
        alarms.keep(engine, raised)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alarms, "now", lambda: datetime(2026, 7, 2, 9))
            for one in alarms.of(engine, [f"demo-{campaign}"]):
                alarms.answer(engine, readers["planner"].viewer, one, Deed.STOP, "[nobody](x) came")
    yield engine
    engine.dispose()


def test_what_was_stopped_while_it_ran_stands_before_what_was_decided_of_it(work, readers):
    words.speak("en")
    answer = answers.ask(work, readers["planner"], answers.Choice("2026", OVER))
    (said,) = (block.shown for row in story.tell(answer).rows for block in row if block.name == history.DECIDE)
    assert isinstance(said, Claims)
    topics = [one.topic for one in said.claims]
    versions = decisions.history(work, OVER)
    assert topics[:2] == ["Stopped while it ran", "Evaluated"]
    assert len([one for one in topics if one in ("Stop", "Scale", "Continue", "Change")]) == len(versions) > 1
    first = said.claims[0].sentence
    assert "[nobody](x) came" in first
    assert "behind the forecast" in first
    assert "spending" in first
    assert "2 Jul 2026" in first
    states = ["waits for approval" if one.state == "waiting" else str(one.state) for one in reversed(versions)]
    decided = [one.sentence for one in said.claims if one.topic in ("Stop", "Scale", "Continue", "Change")]
    assert [state in sentence for state, sentence in zip(states, decided, strict=True)] == [True] * len(states)


def test_the_board_says_of_a_campaign_that_runs_that_it_was_stopped(work, readers):
    words.speak("en")
    answer = answers.ask(work, readers["planner"], answers.Choice("2026"))
    lines = {line.key: line.about for line in board.lines(answer.board, Stage.RUNNING, {})}
    assert lines[RUNS].startswith("Stopped while it ran · [nobody](x) came")
    assert not [key for key, about in lines.items() if key != RUNS and "while it ran" in about]


def test_one_branch_is_not_told_what_was_done_about_the_plan_of_all(work, loop_warehouse):
    head = Viewer("gu.ruolan@demo.example", "Gu", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
    answer = answers.ask(work, Reader(head, loop_warehouse), answers.Choice("2026"))
    assert all(item.deeds == () for item in answer.board.items)


@pytest.mark.parametrize("few", [1, FEWEST - 1, FEWEST])
def test_fewer_than_five_forecasts_are_counted_and_not_judged(judged, readers, few: int):
    words.speak("en")
    reader = readers["planner"]
    every = campaigns.catalogue(reader)
    began = dict(zip(every["campaign_id"].astype(str), every["starts_on"], strict=True))
    known = forecasts.of_campaigns(judged, WHOLE_BANK, began)
    answer = answers.ask(judged, reader, answers.Choice("2026"))
    finished = [key for key in sorted(known) if key in set(answer.record.rows["campaign_id"])]
    shown = story.tell(replace(answer, record=record(reader, {key: known[key] for key in finished[:few]})))
    counted = f"{few} forecast{'s' * (few > 1)} with an outcome, too few"
    judged_yet = few >= FEWEST
    assert ("too few forecasts have an outcome to judge them" in shown.headline) != judged_yet
    assert (card(shown, "Limits held").rests_on == counted) != judged_yet
    assert (card(shown, "Leaning").rests_on == counted) != judged_yet
    headings = [block.heading for row in shown.rows for block in row]
    assert any(
        "say nothing of the limits yet" in one or "says nothing of the limits yet" in one for one in headings
    ) != (judged_yet)
    assert any(one.endswith("too few to judge") for one in headings) != judged_yet
    assert blocks(shown)
