"""Subscriptions: everybody's own, one of a kind; what is no weekday, hour, language or format is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from data_access.errors import WorkspaceError
from data_access.workspace import subscriptions
from data_access.workspace.subscriptions import Subscribed, Subscription, What
from tests.data_access.workspace.conftest import EXECUTIVE, HEAD

MONDAY = Subscription(What.WEEK, 1, 8, "zh", "pdf")


def test_each_has_their_own_and_one_of_a_kind(workspace):
    later = replace(MONDAY, weekday=5, hour=0, language="en", format="pptx")
    summary = Subscription(What.SUMMARY, 7, 23, "en", "pptx")
    subscriptions.subscribe(workspace, HEAD, MONDAY)
    subscriptions.subscribe(workspace, HEAD, summary)
    subscriptions.subscribe(workspace, EXECUTIVE, MONDAY)
    subscriptions.subscribe(workspace, HEAD, later)
    assert subscriptions.of(workspace, HEAD.email) == {What.WEEK: later, What.SUMMARY: summary}
    assert subscriptions.of(workspace, EXECUTIVE.email) == {What.WEEK: MONDAY}
    assert [(one.email, one.wanted) for one in subscriptions.everyone(workspace)] == [
        (HEAD.email, summary),
        (HEAD.email, later),
        (EXECUTIVE.email, MONDAY),
    ]


def test_a_change_counts_from_its_own_moment(workspace, monkeypatch):
    for moment, hour in ((datetime(2026, 11, 16, 8), 8), (datetime(2026, 11, 17, 9), 9)):
        monkeypatch.setattr(subscriptions, "now", lambda moment=moment: moment)
        subscriptions.subscribe(workspace, HEAD, replace(MONDAY, hour=hour))
    assert subscriptions.everyone(workspace) == [
        Subscribed(HEAD.email, replace(MONDAY, hour=9), datetime(2026, 11, 17, 9))
    ]


def test_unsubscribing_ends_ones_own_alone(workspace):
    subscriptions.subscribe(workspace, HEAD, MONDAY)
    subscriptions.subscribe(workspace, HEAD, replace(MONDAY, what=What.SUMMARY))
    subscriptions.subscribe(workspace, EXECUTIVE, MONDAY)
    subscriptions.unsubscribe(workspace, HEAD, What.WEEK)
    assert list(subscriptions.of(workspace, HEAD.email)) == [What.SUMMARY]
    assert list(subscriptions.of(workspace, EXECUTIVE.email)) == [What.WEEK]
    with pytest.raises(WorkspaceError, match=r"lin@bank\.example has no such subscription"):
        subscriptions.unsubscribe(workspace, HEAD, What.WEEK)


@pytest.mark.parametrize(
    ("name", "value"),
    [("weekday", 0), ("weekday", 8), ("hour", -1), ("hour", 24), ("language", "de"), ("format", "exe")],
)
def test_what_cannot_be_sent_is_refused_and_what_was_wanted_stays(workspace, name, value):
    subscriptions.subscribe(workspace, HEAD, MONDAY)
    with pytest.raises(WorkspaceError, match=rf"no {name} {value!r}\. Nothing was saved\. Choose one of"):
        subscriptions.subscribe(workspace, HEAD, replace(MONDAY, **{name: value}))
    assert subscriptions.of(workspace, HEAD.email) == {What.WEEK: MONDAY}
