"""Weights of the score: who sets them, what can be none, and the second of two who set them at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Scope
from data_access.workspace import notes, weights
from data_access.workspace.notes import Pin, PinnedTo
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, PLANNER, REGION

EVEN = dict.fromkeys(weights.BLOCKS, 25)
RESULTS = {"results": 70, "cross_selling": 10, "won_and_kept": 10, "service": 10}


def test_each_version_is_kept_with_who_set_it_and_what_it_was_tried_on(workspace):
    assert weights.history(workspace) == []
    first = weights.put(workspace, PLANNER, EVEN, "2025", 0)
    second = weights.put(workspace, EXECUTIVE, RESULTS, "2025", first.version)
    assert weights.history(workspace) == [second, first]
    assert (second.version, second.set_by, second.rehearsed_on) == (2, EXECUTIVE.email, "2025")
    assert dict(first.percent) == EVEN
    assert second.set_at >= first.set_at


@pytest.mark.parametrize(
    "viewer", [HEAD, REGION, replace(HEAD, scope=Scope(None))], ids=["head", "region", "wide head"]
)
def test_nobody_sets_the_yardstick_of_their_own_staff(workspace, viewer):
    with pytest.raises(AccessError, match="may not set the weights of scores"):
        weights.put(workspace, viewer, EVEN, "2025", 0)
    assert weights.history(workspace) == []


@pytest.mark.parametrize(
    ("percent", "why"),
    [
        ({**EVEN, "results": 26}, "add up to 100 %, and these are 26, 25, 25, 25"),
        ({**EVEN, "results": -25, "service": 75}, "not below 0"),
        ({"results": 100}, "each once"),
        ({**EVEN, "breaches": 0}, "each once"),
    ],
)
def test_what_are_no_weights_is_refused(workspace, percent, why):
    with pytest.raises(WorkspaceError, match=why):
        weights.put(workspace, ADMINISTRATOR, percent, "2025", 0)
    assert weights.history(workspace) == []


@pytest.mark.parametrize("year", ["", "25", "last year", "2025-Q1"])
def test_weights_that_were_tried_on_nothing_do_not_count(workspace, year):
    with pytest.raises(WorkspaceError, match="Try the weights on a year that is over first"):
        weights.put(workspace, PLANNER, EVEN, year, 0)


def test_the_second_of_two_is_told_who_was_first(workspace):
    weights.put(workspace, PLANNER, EVEN, "2025", 0)
    with pytest.raises(ChangedError, match=PLANNER.email):
        weights.put(workspace, EXECUTIVE, RESULTS, "2025", 0)
    assert len(weights.history(workspace)) == 1


def test_a_version_that_was_never_there_is_no_ground_to_set_the_next(workspace):
    with pytest.raises(WorkspaceError, match="no version 3"):
        weights.put(workspace, PLANNER, EVEN, "2025", 3)


def test_a_goal_with_a_member_of_staff_is_never_for_everybody(workspace):
    pin = Pin(PinnedTo.STAFF, "E00001")
    with pytest.raises(WorkspaceError, match="read by their branch alone"):
        notes.write(workspace, PLANNER, pin, None, "call three a day")
    made = notes.write(workspace, HEAD, pin, "B1", "call three a day")
    assert notes.of(workspace, HEAD.scope, [pin]) == [made]
    assert notes.of(workspace, Scope(frozenset({"B3"})), [pin]) == []
