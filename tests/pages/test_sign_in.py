"""Local sign-in: straight in where only this machine reaches the app; proved sign-in: rights are read at every run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.loading.publish import publish_arrow
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.versions import open_store
from data_access.workspace import people
from tests.pages.conftest import ROOT, texts
from ui import page
from ui.door import sign_in

LIN = Viewer("lin@bank.example", "Lin Yue", Role.BRANCH_HEAD, Scope(frozenset({"B001"})))


@pytest.fixture(scope="session")
def bank_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bank") / "warehouse"
    store = open_store(str(folder))
    publish_arrow(store, demo.generate(0.002, 1), source="feed", currency="CNY", as_of=demo.AS_OF, note="")
    return folder


@pytest.fixture
def address() -> Iterator[None]:
    before = config.get_option("server.address")
    yield
    config.set_option("server.address", before)


@pytest.fixture
def asked_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Headers of the browser that opens the page."""

    def use(**headers: str) -> None:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        monkeypatch.setattr(ContextProxy, "headers", property(lambda _self: found))

    return use


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The mark of the browser that opens the page."""
    monkeypatch.setattr(sign_in, "_LAST", {})

    def use(mark: str) -> None:
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: {sign_in.BROWSER: mark} if mark else {}))

    return use


@pytest.fixture
def proved(bank, bank_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the app as whom an identity provider has proved."""
    bank(bank_warehouse)

    def open_as(**claims: object) -> AppTest:
        usual = {"iss": "idp", "sub": "1", "iat": 1, "nonce": "n", "email": LIN.email, "email_verified": True}
        monkeypatch.setattr(sign_in, "provider_is_set", lambda: True)
        monkeypatch.setattr(sign_in, "_claims", lambda: usual | claims)
        return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()

    return open_as


def opened() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def audited(tmp_path: Path) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    return [(line["event"], line["person"]) for line in lines]


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(("served_at", "title"), [("127.0.0.1", "can be judged"), ("0.0.0.0", "refused")])  # noqa: S104
def test_a_local_administrator_comes_in_only_where_nobody_else_can(bank, bank_warehouse, served_at, title):
    bank(bank_warehouse, sign_in="local")
    config.set_option("server.address", served_at)
    page = opened()
    assert title in page.title[0].value
    assert "Switch person or sign out" not in [button.label for button in page.button]


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize(
    ("headers", "title"),
    [
        ({"Host": "127.0.0.1:8501"}, "can be judged"),
        ({"Host": "localhost:8501"}, "can be judged"),
        ({"Host": "[::1]:8501"}, "can be judged"),
        ({"Host": "evil.example:8501"}, "refused"),
        ({"Host": "127.0.0.1.evil.example"}, "refused"),
        ({"Host": "localhost@evil.example"}, "refused"),
        ({"Host": "127.0.0.1:8501", "X_Forwarded_For": "10.0.0.7"}, "refused"),
        ({"Host": "127.0.0.1:8501", "Forwarded": "for=10.0.0.7"}, "refused"),
    ],
)
def test_a_local_administrator_is_who_asks_from_this_machine(bank, bank_warehouse, asked_with, headers, title):
    bank(bank_warehouse, sign_in="local")
    config.set_option("server.address", "127.0.0.1")
    asked_with(**headers)
    assert title in opened().title[0].value


@pytest.mark.usefixtures("address")
def test_a_local_administrator_is_written_down_once_a_tab(bank, bank_warehouse, tmp_path):
    bank(bank_warehouse, sign_in="local")
    config.set_option("server.address", "127.0.0.1")
    opened().run()
    assert audited(tmp_path) == [("signed_in", "administrator@localhost")]


def test_a_demo_person_is_written_down_coming_and_going(bank, demo_warehouse, tmp_path):
    bank(demo_warehouse)
    page = opened()
    next(button for button in page.button if "Lu Zhixing" in button.label or "陆" in button.label).click().run()
    next(button for button in page.button if button.label == "Switch person or sign out").click().run()
    assert "Who is looking" in page.title[0].value
    assert audited(tmp_path) == [("signed_in", "lu.zhixing@demo.example"), ("signed_out", "lu.zhixing@demo.example")]


def test_rights_are_read_at_every_run(proved):
    workspace = access.workspace
    people_of = Viewer(LIN.email, LIN.name, Role.PLANNER, WHOLE_BANK)
    page = proved()
    assert "No rights yet" in page.title[0].value
    people.grant(workspace(), people_of)
    page.run()
    assert "marketing planner" in texts(page)
    people.grant(workspace(), LIN)
    page.run()
    assert "branch head" in texts(page)
    people.revoke(workspace(), LIN.email)
    page.run()
    assert "No rights yet" in page.title[0].value
    assert not page.metric


@pytest.mark.parametrize(
    ("claims", "title", "way_out"),
    [
        ({"email": "stranger@bank.example"}, "No rights yet", "Sign out"),
        ({"email_verified": False}, "Your address is not verified", "Sign out"),
        ({"email_verified": None}, "Your address is not verified", "Sign out"),
        ({"email": None}, "Your account has no address", "Sign out"),
    ],
)
def test_who_does_not_come_in_is_told_why_and_is_written_down_once(proved, tmp_path, claims, title, way_out):
    people.grant(access.workspace(), LIN)
    page = proved(**claims).run()
    assert title in page.title[0].value
    assert [button.label for button in page.button] == [way_out]
    assert not page.metric
    assert not page.error
    refused = [line for line in audited(tmp_path) if line[0] == "sign_in_refused"]
    assert refused == [("sign_in_refused", str(claims.get("email", LIN.email) or ""))]


@pytest.mark.parametrize("claims", [{}, {"email_verified": False}])
def test_an_address_is_shown_as_it_is_written(proved, claims):
    page = proved(email="![x](https://evil.example)*lin*@bank.example", **claims)
    assert any("\\*lin\\*" in text.value for text in page.markdown)
    assert not any("![x](https:/" in text.value or "*lin*" in text.value for text in page.markdown)


def test_a_reload_of_the_demo_bank_does_not_ask_again_until_somebody_signs_out(bank, demo_warehouse, tmp_path, marked):
    bank(demo_warehouse)
    marked("one")
    opened().button(key="as_lu.zhixing@demo.example").click().run()
    again = opened()
    assert "can be judged" in again.title[0].value
    next(button for button in again.button if button.label == "Switch person or sign out").click().run()
    assert "Who is looking" in opened().title[0].value
    came = ("signed_in", "lu.zhixing@demo.example")
    assert audited(tmp_path) == [came, came, ("signed_out", "lu.zhixing@demo.example")]


@pytest.mark.parametrize("other", ["another", ""])
def test_another_browser_is_asked(bank, demo_warehouse, marked, other):
    bank(demo_warehouse)
    marked("one" if other else "")
    opened().button(key="as_lu.zhixing@demo.example").click().run()
    marked(other)
    assert "Who is looking" in opened().title[0].value


@pytest.mark.usefixtures("address")
def test_what_a_browser_chose_on_the_demo_bank_opens_nothing_of_a_real_one(
    bank, demo_warehouse, bank_warehouse, marked
):
    bank(demo_warehouse)
    marked("one")
    opened().button(key="as_lu.zhixing@demo.example").click().run()
    bank(bank_warehouse)
    assert "Sign-in is not set up yet" in opened().title[0].value


def test_no_more_choices_are_kept_than_need_be(bank, demo_warehouse, marked, monkeypatch):
    bank(demo_warehouse)
    monkeypatch.setattr(sign_in, "_REMEMBERED", 2)
    for name in ("one", "two", "three"):
        marked(name)
        opened().button(key="as_lu.zhixing@demo.example").click().run()
    marked("one")
    assert "Who is looking" in opened().title[0].value
    marked("three")
    assert "can be judged" in opened().title[0].value


def test_a_session_that_is_over_asks_to_sign_in_again(proved, bank, bank_warehouse):
    people.grant(access.workspace(), LIN)
    page = proved()
    assert "branch head" in texts(page)
    access.sign_out({"iss": "idp", "sub": "1", "iat": 1, "nonce": "n", "email": LIN.email, "email_verified": True})
    page.run()
    assert "You have signed out" in page.title[0].value
    assert not page.metric
    bank(bank_warehouse, session_hours="0.000001")
    assert proved(nonce="other").title  # begins
    assert "Sign in again" in proved(nonce="other").title[0].value


def test_files_are_for_those_who_may_come_in_and_on_the_demo_bank_for_all(bank, bank_warehouse, demo_warehouse):
    claims = {"iss": "idp", "sub": "1", "iat": 1, "nonce": "n", "email": LIN.email, "email_verified": True}
    bank(bank_warehouse)
    assert not page.admits(claims)
    people.grant(access.workspace(), LIN)
    assert page.admits(claims)
    assert not page.admits({})
    access.sign_out(claims)
    assert not page.admits(claims)
    bank(demo_warehouse)
    assert page.admits({})
