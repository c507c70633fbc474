"""Who is let in as whom, and what they then see."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from data_access import access
from data_access.errors import AccessError, NoVersionError
from data_access.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.workspace import people
from tests.data_access.small_bank import publish


@pytest.fixture
def house(tmp_path, monkeypatch) -> Iterator[Callable[..., None]]:
    """Settings of a process of its own; gives a function to change them."""

    def set_up(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BRANCHLIGHT_{name.upper()}", value)
        settings.cache_clear()

    def forget() -> None:
        if access.warehouse.cache_info().currsize:
            access.warehouse().close()
        if access.workspace.cache_info().currsize:
            access.workspace().dispose()
        for kept in (settings, access.warehouse, access.workspace):
            kept.cache_clear()

    forget()
    set_up(warehouse=str(tmp_path / "warehouse"), workspace=f"sqlite:///{tmp_path}/workspace.sqlite", threads="1")
    yield set_up
    forget()


def test_demo_people_are_offered_on_the_demo_bank(house, bank):
    publish(bank, access.warehouse().store)
    offered = access.offered()
    assert [person.role for person in offered] == [
        Role.EXECUTIVE,
        Role.PLANNER,
        Role.BRANCH_HEAD,
        Role.BRANCH_HEAD,
        Role.ADMINISTRATOR,
    ]
    assert [person.scope.branches for person in offered[2:4]] == [frozenset({"B001"}), frozenset({"B002"})]
    assert len({person.email for person in offered}) == 5
    for person, branches in ((offered[0], {"B1", "B2"}), (offered[2], set())):  # this bank has no branch B001
        reader = access.open_reader(person)
        seen = reader.frame(sa.select(reader.table("sale").c.branch_id).distinct())
        assert set(seen["branch_id"]) >= branches
        assert person.scope.branches is None or set(seen["branch_id"]) <= person.scope.branches


def test_nobody_is_offered_on_any_other_bank(house, bank):
    real = bank | {"warehouse_version": bank["warehouse_version"].assign(source="feed")}
    publish(real, access.warehouse().store)
    assert access.offered() == ()


def test_nobody_is_offered_where_identities_are_proved(house, bank):
    publish(bank, access.warehouse().store)
    house(sign_in="oidc")
    assert access.offered() == ()


def test_a_local_administrator_is_offered_if_the_bank_says_so(house):
    house(sign_in="local")
    (administrator,) = access.offered()
    assert (administrator.role, administrator.scope) == (Role.ADMINISTRATOR, WHOLE_BANK)


def test_before_the_first_load_there_is_nobody_to_offer(house):
    with pytest.raises(NoVersionError, match="holds no data yet"):
        access.offered()


def test_a_proved_identity_gets_the_rights_it_was_given(house):
    head = Viewer("lin@bank.example", "Lin", Role.BRANCH_HEAD, Scope(frozenset({"B3"})))
    people.grant(access.workspace(), head)
    assert access.viewer("Lin@Bank.example") == head
    with pytest.raises(AccessError, match="Ask an administrator"):
        access.viewer("stranger@bank.example")
    with pytest.raises(AccessError):
        access.viewer("shen.qinghe@demo.example")  # a demo person is nobody here
