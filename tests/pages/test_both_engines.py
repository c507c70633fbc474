"""Every page tells the same on DuckDB and on PostgreSQL, to the last figure.

The numbers of the pages are compared with SQL by hand on DuckDB (`test_*shown.py` beside this file); what is equal
to them here is therefore right on PostgreSQL as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.workspace.database import open_database
from story import sitemap, words
from story.parts import Story
from tests.data_access.small_bank import viewer
from tests.pages.every_story import every_story

LOADED = re.compile(r"\d{8}t\d{12}[0-9a-f]{4}|\d{1,2} \w{3} 20\d\d,? \d\d:\d\d")
"""What two loads of the same bank may differ in: the name of the version, and when it was loaded."""

SCOPES = {"bank": (), "head": ("B001",)}
ASKED = [pytest.param("bank", marks=pytest.mark.thorough), "head"]


@pytest.fixture(scope="module")
def both(on_engine: Callable[[str], Warehouse]) -> dict[str, Warehouse]:
    """The demo bank on each engine."""
    return {name: on_engine(name) for name in ("duckdb", "postgresql")}


def differs(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two values differ, numbers by more than sums in another order do."""
    if is_dataclass(one) and type(one) is type(other):
        for each in fields(one):
            yield from differs(getattr(one, each.name), getattr(other, each.name), f"{place}.{each.name}")
    elif isinstance(one, dict):
        if list(one) != list(other):
            yield f"{place}: {list(one)} and {list(other)}"
        for key in one:
            yield from differs(one[key], other.get(key), f"{place}[{key}]")
    elif isinstance(one, list | tuple):
        if len(one) != len(other):
            yield f"{place}: {len(one)} and {len(other)}"
        for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
            yield from differs(mine, theirs, f"{place}[{number}]")
    elif isinstance(one, np.ndarray | pd.Series):
        yield from differs(list(one), list(other), place)
    elif isinstance(one, float | np.floating):
        if not (
            isinstance(other, float | np.floating) and np.isclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)
        ):
            yield f"{place}: {one!r} and {other!r}"
    elif isinstance(one, str) and isinstance(other, str):
        if LOADED.sub("", one) != LOADED.sub("", other):
            yield f"{place}: {one!r} and {other!r}"
    elif one != other:
        yield f"{place}: {one!r} and {other!r}"


@pytest.fixture(scope="module", params=ASKED)
def told(request: pytest.FixtureRequest, both: dict[str, Warehouse], tmp_path_factory) -> dict[str, list[Any]]:
    """What each engine makes of every page, for the whole bank and for a branch head."""
    words.speak("en")
    workspace = open_database(f"sqlite:///{tmp_path_factory.mktemp('both_work')}/workspace.sqlite")
    readers = {name: Reader(viewer(*SCOPES[request.param]), opened) for name, opened in both.items()}
    pages = {name: list(every_story(reader, workspace, "K043", "P08")) for name, reader in readers.items()}
    workspace.dispose()
    return pages


@pytest.mark.parametrize("page", [row.key for row in sitemap.ROWS])
def test_a_page_tells_the_same_on_both_engines(told: dict[str, list[tuple[str, Story]]], page: str):
    one, other = ([story for key, story in told[name] if key == page] for name in ("duckdb", "postgresql"))
    assert one
    assert list(differs(one, other)) == []


@pytest.mark.parametrize("told", ["head"], indirect=True)
def test_every_page_of_a_branch_head_and_its_files_name_the_branch(told: dict[str, list[tuple[str, Story]]]):
    """All but the page of the data, which are those of the bank."""
    nowhere = [page for page, story in told["duckdb"] if not {"Lakeside"} <= set(story.facts) & set(story.choice)]
    assert set(nowhere) == {"data"}


def test_a_difference_in_a_cell_would_be_seen():
    assert list(differs({"a": (1.0, np.array([2.0]))}, {"a": (1.0, np.array([2.0 + 1e-6]))})) == [
        "[a][1][0]: np.float64(2.0) and np.float64(2.000001)"
    ]
    assert list(differs("version 20260101t000000000000abcd", "version 20270101t000000000000abcd")) == []
    assert list(differs([1], [1, 2])) != []
