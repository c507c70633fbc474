"""How a place is called: the viewer's branches by name, those that the data do not hold by identifier."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from answers import places
from data_access.queries import data
from data_access.reading.scope import WHOLE_BANK, Scope


def called(monkeypatch: pytest.MonkeyPatch, scope: Scope, held: list[tuple[str, str]], place: str = "") -> Any:
    frame = pd.DataFrame(held, columns=["branch_id", "name"]).assign(region="North")
    monkeypatch.setattr(data, "branches", lambda _: frame)
    viewer = SimpleNamespace(may_see_customers=False)
    reader = SimpleNamespace(scope=scope, viewer=viewer, version=repr(held), of_holdouts=False)
    return places.names(reader, place)


def test_a_branch_that_the_data_do_not_hold_is_not_the_whole_bank(monkeypatch: pytest.MonkeyPatch):
    own = Scope(frozenset({"B9", "B8"}))
    assert called(monkeypatch, own, []) == ("B8", "B9")
    assert called(monkeypatch, own, [("B8", "Harbour")]) == ("Harbour",)
    assert called(monkeypatch, WHOLE_BANK, [("B8", "Harbour")]) == ()
    assert called(monkeypatch, Scope(frozenset()), []) == ()
