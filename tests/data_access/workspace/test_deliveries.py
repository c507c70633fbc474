"""Deliveries: one row a receiver and period, taken on by one program, never taken on again while in doubt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from data_access.errors import WorkspaceError
from data_access.workspace import deliveries
from data_access.workspace.deliveries import Key, State

KEY = Key("lin@bank.example", "week", "2026-W47")


def state(workspace, key: Key = KEY) -> tuple[State, int, str]:
    found = deliveries.find(workspace, key)
    assert found is not None
    assert found.key == key
    return found.state, found.attempts, found.last_error


def test_what_was_sent_is_never_begun_again(workspace):
    assert deliveries.find(workspace, KEY) is None
    assert deliveries.begin(workspace, KEY, None)
    assert state(workspace) == (State.SENDING, 1, "")
    deliveries.sent(workspace, KEY)
    assert state(workspace) == (State.SENT, 1, "")
    assert not deliveries.begin(workspace, KEY, None)
    assert not deliveries.begin(workspace, KEY, deliveries.find(workspace, KEY))
    assert state(workspace) == (State.SENT, 1, "")


def test_what_failed_is_begun_again_by_one_who_saw_it_fail(workspace):
    deliveries.begin(workspace, KEY, None)
    deliveries.failed(workspace, KEY, "no route")
    seen = deliveries.find(workspace, KEY)
    assert state(workspace) == (State.FAILED, 1, "no route")
    assert deliveries.begin(workspace, KEY, seen)
    assert not deliveries.begin(workspace, KEY, seen)
    deliveries.failed(workspace, KEY, "still none")
    assert not deliveries.begin(workspace, KEY, seen)
    assert state(workspace) == (State.FAILED, 2, "still none")


def test_what_is_in_doubt_waits_for_a_word(workspace):
    deliveries.begin(workspace, KEY, None)
    deliveries.doubtful(workspace, KEY, "the line went dead")
    assert state(workspace) == (State.SENDING, 1, "the line went dead")
    assert not deliveries.begin(workspace, KEY, deliveries.find(workspace, KEY))
    deliveries.not_sent(workspace, KEY)
    assert deliveries.begin(workspace, KEY, deliveries.find(workspace, KEY))
    deliveries.sent(workspace, KEY)
    with pytest.raises(WorkspaceError, match=r"the week of 2026-W47 to lin@bank\.example is in doubt\. Nothing"):
        deliveries.not_sent(workspace, KEY)
    assert state(workspace)[0] is State.SENT


def test_receiver_kind_and_period_each_make_another_delivery(workspace):
    others = [replace(KEY, email="an@bank.example"), replace(KEY, what="summary"), replace(KEY, period="2026-W48")]
    assert all(deliveries.begin(workspace, key, None) for key in (KEY, *others))
    deliveries.sent(workspace, KEY)
    assert [state(workspace, key)[0] for key in others] == [State.SENDING] * 3


def test_of_eight_who_begin_at_once_one_may(workspace):
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: deliveries.begin(workspace, KEY, None), range(8)))
    assert sorted(told) == [False] * 7 + [True]
