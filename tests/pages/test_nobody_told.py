"""A branch without customers of its own in a bank that has many: every page tells it so, and none fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.reading.reader import Reader
from data_access.workspace.database import open_database
from story import sitemap, words
from story.parts import Story
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of
from tests.pages.every_story import every_story

Told = list[tuple[str, Story]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Every page as the head of a new branch sees it."""
    words.speak("en")
    folder: Path = tmp_path_factory.mktemp("nobody")
    warehouse = warehouse_of(str(folder / "warehouse"))
    publish(random_bank(), warehouse.store)
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    found = list(every_story(Reader(viewer("B99"), warehouse), workspace, "C2", "P1"))
    warehouse.close()
    workspace.dispose()
    return found


def test_every_page_is_told_to_the_head_of_a_branch_without_customers(told: Told):
    assert {key for key, _ in told} == {row.key for row in sitemap.ROWS}
    assert all(story.headline for _, story in told)


def test_campaigns_that_reached_nobody_here_are_not_said_to_have_held_out_no_control(told: Told):
    (headline,) = [story.headline for key, story in told if key == "campaigns"]
    assert "control" not in headline
    assert headline.startswith("No customer of yours was assigned to one of ")


def test_the_summary_of_such_a_branch_tells_no_number_of_others(told: Told):
    (summary,) = [story for key, story in told if key == "summary"]
    assert "No customer of yours" in summary.headline
