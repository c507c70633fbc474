"""Local sign-in: straight in as administrator where only this machine can reach the app, and refused elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store
from tests.pages.conftest import ROOT


@pytest.fixture
def own_bank(bank, tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "warehouse"))
    publish_arrow(store, demo.generate(0.002, 1), source="feed", currency="CNY", as_of=demo.AS_OF, note="")
    bank(tmp_path / "warehouse", sign_in="local")


@pytest.fixture
def address() -> Iterator[None]:
    before = config.get_option("server.address")
    yield
    config.set_option("server.address", before)


@pytest.mark.usefixtures("own_bank", "address")
@pytest.mark.parametrize(("served_at", "title"), [("127.0.0.1", "can be judged"), ("0.0.0.0", "refused")])  # noqa: S104
def test_a_local_administrator_comes_in_only_where_nobody_else_can(served_at, title):
    config.set_option("server.address", served_at)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert title in page.title[0].value
    assert "Switch person or sign out" not in [button.label for button in page.button]
