"""What it takes to send a week to many: to a person of each of fourteen branches, and to 200 people of all of them.

Both are runs of `deliver` to a server of mail.

Run: PYTHONPATH=. python -m benchmarks deliver
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from benchmarks.goals import Line
from data_access import demo
from data_access.door import access
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace import people, subscriptions
from data_access.workspace.subscriptions import Subscription, What
from reports import delivery
from tests.reports import mail_server

SCALE = 0.02
RECEIVERS = 200
MOST = 0.5
"""Seconds of one core for a mail, where most receivers share a branch with others."""

MOST_APART = 1.5
"""Seconds of one core for a mail whose branch nobody else gets: two dozen questions to the warehouse take half of it,
and drawing four charts, whose engine measures every text anew, most of the rest."""


def measure() -> Iterator[Line]:
    """Seconds of the processor for each mail, after a first run that sends nothing."""
    with tempfile.TemporaryDirectory() as folder, mail_server.started() as box:
        names = {
            "warehouse": str(Path(folder) / "warehouse"),
            "workspace": f"sqlite:///{folder}/workspace.sqlite",
            "audit_log": str(Path(folder) / "audit.jsonl"),
            "sign_in": "oidc",
            "mail__host": "127.0.0.1",
            "mail__port": str(box.port),
            "mail__tls": "none",
            "mail__sender": "app@bank.example",
        }
        with mock.patch.dict(os.environ, {f"BRANCHLIGHT_{name.upper()}": value for name, value in names.items()}):
            _forget()
            demo.build(open_store(names["warehouse"]), scale=SCALE)
            branches = _branches()
            now = datetime.now() + timedelta(weeks=1)
            alone = _subscribe(now, branches, "alone", len(branches))
            apart, _ = _sent(now, len(branches))
            for head in alone:
                subscriptions.unsubscribe(access.workspace(), head, What.WEEK)
            _forget()  # what the first run asked must not spare the second a question
            _subscribe(now, branches, "head", RECEIVERS)
            each, took = _sent(now, RECEIVERS)
        _forget()
    yield Line(f"one of {len(branches)} weeks by mail, each of another branch, a core", apart, "s", MOST_APART)
    yield Line(f"one of {RECEIVERS} weeks by mail, a core", each, "s", MOST)
    yield Line(f"{RECEIVERS} weeks by mail, by the clock", took, "s")


def _sent(now: datetime, receivers: int) -> tuple[float, float]:
    """Seconds of the processor for each mail, and of the clock for all."""
    processor, clock = time.process_time(), time.perf_counter()
    sent = [outcome.well for outcome in delivery.deliver(now)]
    if sent != [True] * receivers:
        raise RuntimeError(f"{sent.count(True)} of {receivers} mails were sent.")
    return (time.process_time() - processor) / receivers, time.perf_counter() - clock


def _branches() -> list[str]:
    version = access.current()
    everybody = Viewer("all@bank.example", "All", Role.EXECUTIVE, WHOLE_BANK, may_see_customers=False)
    people.grant(access.workspace(), everybody)
    reader: Reader = access.open_reader(everybody, version)
    return list(data.branches(reader)["branch_id"])


def _subscribe(now: datetime, branches: Sequence[str], who: str, count: int) -> list[Viewer]:
    """Heads of the branches in turn, who want their week on this weekday."""
    heads: list[Viewer] = []
    for number in range(count):
        own = Scope(frozenset({branches[number % len(branches)]}))
        head = Viewer(f"{who}{number}@bank.example", f"Head {number}", Role.BRANCH_HEAD, own, may_see_customers=True)
        people.grant(access.workspace(), head)
        subscriptions.subscribe(
            access.workspace(), head, Subscription(What.WEEK, now.isoweekday(), now.hour, "zh", "pdf")
        )
        heads.append(head)
    return heads


def _forget() -> None:
    for cached in (settings, access.warehouse, access.workspace):
        cached.cache_clear()
