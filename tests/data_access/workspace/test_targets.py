"""Targets: who sets them, what may be one, and that nothing is lost when two set the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import targets
from data_access.workspace.targets import METRICS, Counted, Key
from metrics import catalogue
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, OTHER_HEAD, PLANNER, REGION

KEY = Key("B1", "weekly_sales", "2026-11")
SEASON = Key("B1", "customers_won_and_funded", "season-RED26")


def values(workspace, scope=WHOLE_BANK, **which):
    return {key: one.value for key, one in targets.latest(workspace, scope, **which).items()}


def test_a_metric_with_targets_is_one_of_the_catalogue_and_counted_alike():
    assert {key: catalogue.METRICS[key].unit.value for key in METRICS} == {key: k.value for key, k in METRICS.items()}


def test_a_target_comes_back_as_it_was_set_with_who_and_when(workspace):
    made = targets.put(workspace, PLANNER, KEY, 9_007_199_254_740_991.0, seen=0)
    assert targets.latest(workspace, WHOLE_BANK) == {KEY: made}
    assert (made.version, made.value, made.set_by) == (1, 9_007_199_254_740_991.0, "gu@bank.example")


def test_every_version_is_kept_and_the_last_holds(workspace):
    targets.put(workspace, PLANNER, KEY, 100.0, seen=0)
    targets.put(workspace, EXECUTIVE, KEY, 250.0, seen=1)
    targets.put(workspace, ADMINISTRATOR, KEY, None, seen=2)
    assert values(workspace) == {KEY: None}
    kept = [(one.version, one.value, one.set_by) for one in targets.history(workspace, WHOLE_BANK, KEY)]
    assert kept == [
        (3, None, "xu@bank.example"),
        (2, 250.0, "wu@bank.example"),
        (1, 100.0, "gu@bank.example"),
    ]
    targets.put(workspace, PLANNER, KEY, 90.0, seen=3)
    assert values(workspace) == {KEY: 90.0}


def test_the_second_of_two_who_set_one_target_is_told_by_whom_and_changes_nothing(workspace):
    targets.put(workspace, PLANNER, KEY, 100.0, seen=0)
    first = targets.put(workspace, EXECUTIVE, KEY, 250.0, seen=1)
    with pytest.raises(ChangedError, match=r"set by wu@bank\.example meanwhile\. Nothing was changed") as told:
        targets.put(workspace, PLANNER, KEY, 300.0, seen=1)
    assert (told.value.by, told.value.at) == ("wu@bank.example", first.set_at)
    with pytest.raises(ChangedError):
        targets.put(workspace, PLANNER, KEY, 300.0, seen=0)
    assert values(workspace) == {KEY: 250.0}


def test_a_version_that_never_was_is_refused(workspace):
    with pytest.raises(WorkspaceError, match="no version 3"):
        targets.put(workspace, PLANNER, KEY, 1.0, seen=3)
    assert values(workspace) == {}


def test_of_many_at_once_exactly_one_sets_it(workspace):
    def put(number: int) -> bool:
        try:
            targets.put(workspace, PLANNER, KEY, float(number), seen=0)
        except ChangedError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        came_through = list(threads.map(put, range(24)))
    assert came_through.count(True) == 1
    assert values(workspace) == {KEY: float(came_through.index(True))}


@pytest.mark.parametrize(
    ("viewer", "branch", "may"),
    [
        (PLANNER, "B1", True),
        (EXECUTIVE, "B9", True),
        (ADMINISTRATOR, "B9", True),
        (REGION, "B1", True),
        (REGION, "B2", False),
        (HEAD, "B1", False),
        (Viewer("n@bank.example", "N", Role.PLANNER, Scope(frozenset())), "B1", False),
    ],
    ids=lambda value: getattr(value, "email", str(value)),
)
def test_planners_executives_and_administrators_set_targets_of_branches_they_see(workspace, viewer, branch, may):
    key = Key(branch, "weekly_sales", "2026-11")
    if may:
        targets.put(workspace, viewer, key, 1.0, seen=0)
    else:
        with pytest.raises(AccessError, match=f"{viewer.email} may not set targets of branch {branch}"):
            targets.put(workspace, viewer, key, 1.0, seen=0)
    assert values(workspace) == ({key: 1.0} if may else {})


def test_a_viewer_reads_targets_of_their_branches(workspace):
    keys = [Key(branch, "weekly_sales", period) for branch in ("B1", "B2", "B3") for period in ("2026-10", "2026-11")]
    targets.put_all(workspace, "lin on host", dict.fromkeys(keys, 1.0))
    assert {key.branch_id for key in values(workspace, HEAD.scope)} == {"B1", "B2"}
    assert {key.branch_id for key in values(workspace, OTHER_HEAD.scope, branches=["B1", "B3"])} == {"B3"}
    assert values(workspace, Scope(frozenset())) == {}
    assert list(values(workspace, WHOLE_BANK, branches=["B3"], periods=["2026-10"])) == [keys[4]]
    assert len(targets.history(workspace, HEAD.scope, keys[0])) == 1
    assert targets.history(workspace, OTHER_HEAD.scope, keys[0]) == []


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        (KEY._replace(metric="roi_incremental"), 1.0, "has no targets"),
        (KEY._replace(period="2026-13"), 1.0, "no period"),
        (KEY._replace(period="2026-W46"), 1.0, "no period"),
        (KEY._replace(period="2026"), 1.0, "no period"),
        (KEY._replace(period="season-"), 1.0, "no period"),
        (KEY, 1.5, "no whole number"),
        (KEY, 2.0**53, "no whole number"),
        (KEY, float("nan"), "no whole number"),
        (KEY, float("inf"), "no whole number"),
        (SEASON, -1.0, "below zero"),
        (KEY._replace(metric="top_two_box"), 1.0000001, "no share"),
        (KEY._replace(metric="top_two_box"), -0.01, "no share"),
        (KEY._replace(metric="top_two_box"), float("nan"), "no share"),
    ],
)
def test_what_can_be_no_target_is_refused_in_words(workspace, key, value, why):
    with pytest.raises(WorkspaceError, match=rf"{why}.*Nothing was changed\."):
        targets.put(workspace, PLANNER, key, value, seen=0)
    with pytest.raises(WorkspaceError, match=why):
        targets.put_all(workspace, "gu", {SEASON: 4.0, key: value})
    assert values(workspace) == {}


def test_at_the_bounds_a_target_stands(workspace):
    bounds = {
        KEY: -(2.0**53 - 1),
        SEASON: 0.0,
        KEY._replace(metric="top_two_box"): 1.0,
        KEY._replace(metric="top_two_box", period="2026-12"): 0.0,
    }
    targets.put_all(workspace, "gu", bounds)
    assert values(workspace) == bounds


def test_many_are_set_at_once_and_those_that_say_the_same_stay(workspace):
    assert targets.put_all(workspace, "gu", {KEY: 1.0, SEASON: 2.0}) == Counted(new=2, changed=0, same=0)
    other = KEY._replace(branch_id="B2")
    assert targets.put_all(workspace, "he", {KEY: 1.0, SEASON: 3.0, other: 4.0}) == Counted(new=1, changed=1, same=1)
    assert targets.put_all(workspace, "he", {}) == Counted(0, 0, 0)
    assert values(workspace) == {KEY: 1.0, SEASON: 3.0, other: 4.0}
    assert [one.set_by for one in targets.history(workspace, WHOLE_BANK, SEASON)] == ["he", "gu"]
    assert [one.set_by for one in targets.history(workspace, WHOLE_BANK, KEY)] == ["gu"]


def test_a_target_that_was_taken_away_is_set_again_by_a_file(workspace):
    targets.put(workspace, PLANNER, KEY, 1.0, seen=0)
    targets.put(workspace, PLANNER, KEY, None, seen=1)
    assert targets.put_all(workspace, "gu", {KEY: 1.0}) == Counted(new=0, changed=1, same=0)
    assert values(workspace) == {KEY: 1.0}
