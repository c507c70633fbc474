"""Who is let in as whom, and what they then see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest
import sqlalchemy as sa

from data_access.door import access
from data_access.errors import AccessError, IdentityError, NoVersionError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
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
    set_up(audit_log=str(tmp_path / "audit.jsonl"))
    yield set_up
    forget()


def test_demo_people_are_offered_on_the_demo_bank(house, bank):
    publish(bank, access.warehouse().store)
    offered = access.offered(access.current())
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
    assert access.offered(access.current()) == ()


def test_nobody_is_offered_where_identities_are_proved(house, bank):
    publish(bank, access.warehouse().store)
    house(sign_in="oidc")
    assert access.offered(access.current()) == ()


def test_where_identities_are_proved_some_with_rights_are_expected_one_of_all_alike_the_widest_first(house, bank):
    publish(bank, access.warehouse().store)
    house(sign_in="oidc")
    assert access.expected(access.current()) == ()
    of = {"a": ("B1",), "b": ("B1", "B2"), "c": ("B1",), "d": ("B3",), "e": ("B5",), "x": (), "y": (), "z": ()}
    for name, branches in of.items():
        role = Role.BRANCH_HEAD if branches else Role.PLANNER
        scope = Scope(frozenset(branches)) if branches else WHOLE_BANK
        trusted = name != "z"
        people.grant(access.workspace(), Viewer(f"{name}@bank.example", name, role, scope, trusted))
    assert [one.name for one in access.expected(access.current())] == ["x", "z", "b", "a"]
    house(sign_in="auto")
    assert access.expected(access.current()) == access.offered(access.current()) != ()


def test_a_local_administrator_is_offered_if_the_bank_says_so(house, bank):
    publish(bank, access.warehouse().store)
    house(sign_in="local")
    (administrator,) = access.offered(access.current())
    assert (administrator.role, administrator.scope) == (Role.ADMINISTRATOR, WHOLE_BANK)


def test_before_the_first_load_there_is_nobody_to_offer(house):
    with pytest.raises(NoVersionError, match="holds no data yet"):
        access.current()


HEAD = Viewer("lin@bank.example", "Lin", Role.BRANCH_HEAD, Scope(frozenset({"B3"})))


def claims(email: str = "lin@bank.example", nonce: str = "n1") -> dict[str, object]:
    return {"iss": "idp", "sub": email, "iat": 1, "nonce": nonce, "email": email, "email_verified": True}


def audited(tmp_path: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    return [(line["event"], line["person"]) for line in lines]


def test_a_proved_identity_gets_the_rights_it_was_given(house):
    people.grant(access.workspace(), HEAD)
    assert access.viewer(claims("Lin@Bank.example")) == HEAD
    for nobody in ("stranger@bank.example", "shen.qinghe@demo.example"):  # a demo person is nobody here
        with pytest.raises(IdentityError, match="Ask an administrator") as refused:
            access.viewer(claims(nobody))
        assert refused.value.reason == "no_rights"


def test_a_workspace_that_knows_nobody_is_told_to_who_runs_the_app(house, caplog):
    with pytest.raises(IdentityError):
        access.viewer(claims("lin@bank.example"))
    assert "workspace.sqlite knows nobody" in caplog.text
    caplog.clear()
    people.grant(access.workspace(), HEAD)
    with pytest.raises(IdentityError):
        access.viewer(claims("stranger@bank.example"))
    assert "knows nobody" not in caplog.text


def test_an_identity_that_is_not_proved_gets_nothing(house):
    people.grant(access.workspace(), HEAD)
    with pytest.raises(IdentityError):
        access.viewer(claims() | {"email_verified": False})
    with pytest.raises(IdentityError):
        access.viewer({})


def test_a_bank_may_trust_an_issuer_that_gives_out_addresses_itself(house):
    people.grant(access.workspace(), HEAD)
    silent = {name: value for name, value in claims().items() if name != "email_verified"}
    with pytest.raises(IdentityError):
        access.viewer(silent)
    house(trusted_issuers='["idp"]')
    assert access.viewer(silent) == HEAD


def test_a_session_ends_for_all_copies_of_its_claims_and_a_new_one_begins_at_the_next_sign_in(house, tmp_path):
    people.grant(access.workspace(), HEAD)
    assert access.viewer(claims()) == access.viewer(claims()) == HEAD
    access.sign_out(claims())
    with pytest.raises(IdentityError) as refused:
        access.viewer(claims())
    assert refused.value.reason == "signed_out"
    assert access.viewer(claims(nonce="n2")) == HEAD
    assert audited(tmp_path) == [
        ("signed_in", "lin@bank.example"),
        ("signed_out", "lin@bank.example"),
        ("signed_in", "lin@bank.example"),
    ]


def test_a_session_ends_when_its_time_is_up(house):
    people.grant(access.workspace(), HEAD)
    house(session_hours="0.0001")
    access.viewer(claims())
    sleep(0.4)
    with pytest.raises(IdentityError) as refused:
        access.viewer(claims())
    assert refused.value.reason == "expired"


def test_a_pass_reads_the_version_it_was_given_though_a_newer_one_came(house, bank):
    publish(bank, access.warehouse().store)
    (first, *_) = access.offered(version := access.current())
    held = access.Pass(first, version, {})
    publish(bank | {"warehouse_version": bank["warehouse_version"].assign(source="feed")}, access.warehouse().store)
    assert held.reader().version == version.id
    assert held.reader().source == "demo"
    assert access.open_reader(first).source == "feed"


def test_a_pass_of_a_proved_person_is_confirmed_until_rights_change(house, bank):
    publish(bank, access.warehouse().store)
    people.grant(access.workspace(), HEAD)
    held = access.Pass(access.viewer(claims()), access.current(), claims())
    held.confirm()
    for fewer in ({"B2"}, set()):
        people.grant(access.workspace(), replace(HEAD, scope=Scope(frozenset(fewer))))
        with pytest.raises(AccessError, match="rights have changed"):
            held.confirm()
    people.revoke(access.workspace(), HEAD.email)
    with pytest.raises(IdentityError):
        held.confirm()
    people.grant(access.workspace(), HEAD)
    held.confirm()
    access.sign_out(claims())
    with pytest.raises(IdentityError):
        held.confirm()


def test_a_pass_of_a_demo_person_ends_with_the_demo_bank(house, bank):
    publish(bank, access.warehouse().store)
    held = access.Pass(access.offered(access.current())[0], access.current(), {})
    held.confirm()
    publish(bank | {"warehouse_version": bank["warehouse_version"].assign(source="feed")}, access.warehouse().store)
    with pytest.raises(AccessError):
        held.confirm()
