"""A session holds the list of customers that it showed last: one list, of one version, for one viewer and rights."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from answers.last_seen import LastSeen
from data_access.errors import AccessError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer

HEAD = Viewer("head@bank.example", "Head", Role.BRANCH_HEAD, Scope(frozenset({"B1"})), True)


def reader(viewer: Viewer = HEAD, version: str = "v1") -> Any:
    return SimpleNamespace(viewer=viewer, version=version)


class Source:
    """Counts how often a list was read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> pd.DataFrame:
        self.read += 1
        return pd.DataFrame({"customer_id": [f"C{self.read}"]})


def test_a_click_beside_the_list_does_not_read_it_anew():
    seen, source = LastSeen(), Source()
    assert seen.rows(reader(), "list", source) is seen.rows(reader(), "list", source)
    assert source.read == 1


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        (reader(version="v2"), "list"),
        (reader(Viewer(HEAD.email, HEAD.name, HEAD.role, WHOLE_BANK, True)), "list"),
        (reader(Viewer(HEAD.email, HEAD.name, Role.PLANNER, HEAD.scope, True)), "list"),
        (reader(Viewer("other@bank.example", HEAD.name, HEAD.role, HEAD.scope, True)), "list"),
        (reader(), "another list"),
    ],
    ids=["version", "scope", "role", "person", "list"],
)
def test_whatever_is_different_is_read(other, asked):
    seen, source = LastSeen(), Source()
    seen.rows(reader(), "list", source)
    assert seen.rows(other, asked, source)["customer_id"].tolist() == ["C2"]


def test_one_list_is_held_at_a_time():
    seen, source = LastSeen(), Source()
    for asked in ("one", "two", "one"):
        seen.rows(reader(), asked, source)
    assert source.read == 3


def test_who_may_see_no_customers_any_more_gets_the_refusal_and_not_what_was_held():
    seen = LastSeen()
    seen.rows(reader(), "list", Source())

    def refuse() -> pd.DataFrame:
        raise AccessError("This list names customers.")

    without = Viewer(HEAD.email, HEAD.name, HEAD.role, HEAD.scope, False)
    with pytest.raises(AccessError):
        seen.rows(reader(without), "list", refuse)
    with pytest.raises(AccessError):  # nothing is left of it for another try
        seen.rows(reader(), "list", refuse)
