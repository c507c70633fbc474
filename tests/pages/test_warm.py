"""Who comes first after a start finds everything ready: the first page reads nothing more of the warehouse."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from answers import kept
from data_access.demo.people import PEOPLE
from data_access.engines import Warehouse
from story import sitemap
from ui import warm


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A version for each time that the warehouse was read."""
    seen: list[str] = []
    connect = Warehouse.connect
    monkeypatch.setattr(Warehouse, "connect", lambda house, version: seen.append(version.id) or connect(house, version))
    return seen


@pytest.mark.usefixtures("thawed")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_waits_for_the_first_answers(app: Callable[..., AppTest], read: list[str], language: str):
    kept.forget()
    warm.up()
    assert read
    read.clear()
    for person in PEOPLE:
        for row in filter(lambda row: row.listed, sitemap.ROWS):
            assert app(row.key, person=person.email.partition("@")[0], lang=language).title
    assert read == []


def test_without_data_the_first_page_says_so_and_the_start_does_not_fail(
    bank: Callable[..., None], tmp_path: Path, thawed: None
):
    bank(tmp_path / "nothing")
    warm.up()
