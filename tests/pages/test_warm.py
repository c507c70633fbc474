"""Who comes first after a start finds everything ready: the first page reads nothing more of the warehouse."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from itertools import count, product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from answers import kept
from answers.campaigns import overview as campaigns
from data_access.cache import FrameCache
from data_access.demo.people import PEOPLE
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace import people
from story import sitemap, words
from ui import page, warm


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The version of every frame that was read; lists of single customers are never kept, and not counted."""
    seen: list[str] = []
    put = FrameCache.put
    monkeypatch.setattr(FrameCache, "put", lambda kept, key, frame: seen.append(key.version) or put(kept, key, frame))
    return seen


@pytest.mark.usefixtures("thawed")
def test_nobody_waits_for_the_first_answers(
    app: Callable[..., AppTest], read: list[str], monkeypatch: pytest.MonkeyPatch
):
    kept.forget()
    done: list[tuple[str, int]] = []
    for module, deed in ((warm.past, "plan_the_past"), (warm.judged, "judge_the_past")):
        monkeypatch.setattr(module, deed, lambda readers, _, deed=deed, **__: done.append((deed, len(readers))))
    monkeypatch.setattr(warm, "PLACES", 1)
    warm.everything()
    place = next(iter(campaigns.offered(page.readers_offered()[0]).branches))
    assert done == [("plan_the_past", len(PEOPLE)), ("judge_the_past", len(PEOPLE))]
    assert read
    read.clear()
    listed = [row for row in sitemap.ROWS if row.listed]
    for (i, person), (j, row) in product(enumerate(PEOPLE), enumerate(listed)):
        language = list(words.LANGUAGES)[(i + j) % 2]  # everyone reads in both, and each page is read in both
        assert app(row.key, person=person.email.partition("@")[0], lang=language).title
    assert app("campaigns", branch=place).title
    assert read == []


def test_a_bank_that_works_out_nothing_ahead_has_its_past_all_the_same(
    bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch, thawed: None
):
    bank(demo_warehouse, work_ahead="false")
    for name in ("campaigns", "week", "summary", "data", "tiers", "people", "compare", "plan", "loop", "running"):
        monkeypatch.setattr(warm, f"_{name}", lambda reader, name=name: pytest.fail(f"{name} of {reader.viewer.email}"))
    done: list[tuple[str, int]] = []
    for module, deed in ((warm.past, "plan_the_past"), (warm.judged, "judge_the_past")):
        monkeypatch.setattr(module, deed, lambda readers, _, deed=deed, **__: done.append((deed, len(readers))))
    monkeypatch.setattr(warm, "_HOMES", {})
    monkeypatch.setattr(warm, "beside", warm.everything)
    warm.up()
    assert done == [("plan_the_past", len(PEOPLE)), ("judge_the_past", len(PEOPLE))]


def test_without_data_the_first_page_says_so_and_the_start_does_not_fail(
    bank: Callable[..., None], tmp_path: Path, thawed: None
):
    bank(tmp_path / "nothing")
    warm.everything()


def test_a_start_waits_for_each_role_s_first_page_and_gives_the_rest_beside_the_first_visitors(
    bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch
):
    bank(demo_warehouse)
    given: list[object] = []
    for key in ("week", "campaigns", "summary"):
        monkeypatch.setitem(warm._HOMES, key, lambda reader, key=key: given.append((reader.viewer.email, key)))
    monkeypatch.setattr(warm, "everything", lambda: given.append("everything"))
    monkeypatch.setattr(warm, "HEAD_START", 0.01)
    warm.up()
    for thread in threading.enumerate():
        if thread.name == "warm":
            thread.join()
    homes = {"executive": "summary", "branch_head": "week"}
    first = [(person.email, homes.get(person.role, "campaigns")) for person in PEOPLE]
    assert given == [*first, "everything"]


def test_where_identities_are_proved_a_start_makes_ready_for_those_with_rights(
    bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch
):
    bank(demo_warehouse, sign_in="oidc")
    planner = Viewer("lin@bank.example", "Lin", Role.PLANNER, WHOLE_BANK, may_see_customers=True)
    people.grant(access.workspace(), planner)
    given: list[str] = []
    monkeypatch.setitem(warm._HOMES, "campaigns", lambda reader: given.append(reader.viewer.email))
    monkeypatch.setattr(warm, "beside", lambda: None)
    warm.up()
    assert given == [planner.email]


def test_nobody_who_proves_who_they_are_is_said_to_have_planned_the_demo_banks_past(
    bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch, thawed: None
):
    bank(demo_warehouse, sign_in="oidc")
    people.grant(
        access.workspace(), Viewer("lin@bank.example", "Lin", Role.PLANNER, WHOLE_BANK, may_see_customers=True)
    )
    for name in ("campaigns", "week", "summary", "data", "tiers", "people", "compare", "plan", "loop", "running"):
        monkeypatch.setattr(warm, f"_{name}", lambda *_: None)
    planners: list[object] = []
    monkeypatch.setattr(warm.past, "plan_the_past", lambda readers, _, **__: planners.append(readers))
    monkeypatch.setattr(warm.judged, "judge_the_past", lambda readers, _, **__: planners.append(readers))
    warm.everything()
    assert planners == [[], []]


def test_work_beside_the_visitors_waits_for_a_run_but_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    clock = count()
    monkeypatch.setattr(warm.time, "sleep", slept.append)
    monkeypatch.setattr(warm.time, "monotonic", lambda: next(clock) * 0.1)
    warm._give_way()
    assert not slept
    with warm.visited():
        with warm.visited():
            warm._give_way()
        waited = len(slept)
        assert 10 < waited < 30
        warm._give_way()
        assert len(slept) > waited
    slept.clear()
    warm._give_way()
    assert not slept
