"""Sign-in with an OpenID Connect provider that the tests start, on a bank's own data, in a browser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data_access import demo
from data_access.loading.publish import publish_arrow
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.versions import open_store
from data_access.workspace import people
from tests.journeys import own_bank
from tests.journeys.conftest import settle, window
from tests.journeys.own_bank import VALUES, Bank

pytestmark = pytest.mark.journey

COOKIE = "_streamlit_user"
LIN = Viewer("lin@bank.example", "Lin Yue", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    folder = tmp_path_factory.mktemp("bank")
    store = open_store(str(folder / "warehouse"))
    publish_arrow(store, demo.generate(0.004, 1), source="feed", currency="CNY", as_of=demo.AS_OF, note="")
    with own_bank.opened(folder) as bank:
        yield bank


@pytest.fixture
def context(stranger: Callable[..., BrowserContext]) -> BrowserContext:
    return stranger()


@pytest.fixture
def come_in(bank: Bank, context: BrowserContext) -> Callable[..., Page]:
    """Signs in with an account of the provider, as a person does."""

    return partial(bank.comes_in, context)


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words, timeout=60_000)


def no_data(page: Page) -> None:
    expect(page.get_by_text("data as of")).to_have_count(0)
    expect(page.locator('[data-testid="stMetric"], [data-testid="stDataFrame"]')).to_have_count(0)


def test_a_person_with_rights_comes_to_what_the_link_named_sees_their_branch_and_leaves_no_secret(
    bank: Bank, context: BrowserContext
):
    people.grant(bank.workspace, LIN)
    bank.knows("lin", email="Lin@bank.example", email_verified=True)
    page = window(context)
    page.goto(f"{bank.app}/tiers?months=3")
    title(page, "Sign in to Branchlight")
    no_data(page)
    assert page.get_by_role("button", name="Lu Zhixing").count() == 0, "the provider is the only way"

    bank.proves(page, "lin")
    page.wait_for_url(f"{bank.app}/tiers?**months=3**")
    settle(page)
    assert page.url.startswith(f"{bank.app}/tiers?")
    assert "months=3" in page.url
    expect(page.get_by_text("who rises, who slips")).to_be_visible()
    expect(page.get_by_text("Lin Yue · ")).to_be_visible()
    expect(page.locator('[data-testid="stSelectbox"]').filter(has_text="all branches")).to_have_count(0)

    assert bank.audited("Lin@bank.example")[-1] == "signed_in"
    for name in ("log", "audit.jsonl"):
        text = (bank.folder / name).read_text("utf-8")
        assert VALUES["client_secret"] not in text
        assert VALUES["cookie_secret"] not in text
        assert "Traceback" not in text


def test_who_has_no_rights_sees_why_can_leave_and_comes_in_as_somebody_else(bank: Bank, come_in: Callable[..., Page]):
    people.grant(bank.workspace, LIN)
    bank.knows("lin", email=LIN.email, email_verified=True)
    bank.knows("padded", email=f" {LIN.email}", email_verified=True)  # another address than the one with rights
    page = come_in("padded")
    title(page, "No rights yet")
    no_data(page)
    assert bank.audited(f" {LIN.email}")[-1] == "sign_in_refused"
    leaves(bank, page)
    title(page, "Sign in to Branchlight")
    bank.proves(page, "lin")
    settle(page)
    expect(page.get_by_text("Lin Yue · ")).to_be_visible()


def leaves(bank: Bank, page: Page) -> None:
    """Signs out here and at the provider."""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{bank.provider}/oauth2/end_session**")
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{bank.app}/**")


def test_rights_that_change_hold_from_the_next_click_of_an_open_session(bank: Bank, come_in: Callable[..., Page]):
    mei = Viewer("mei@bank.example", "Mei", Role.PLANNER, WHOLE_BANK)
    people.grant(bank.workspace, mei)
    bank.knows("mei", email=mei.email, email_verified=True)
    page = come_in("mei")
    settle(page)
    everywhere = assigned(page)
    people.grant(bank.workspace, Viewer(mei.email, "Mei", Role.BRANCH_HEAD, Scope(frozenset({"B002"}))))
    page.get_by_text("中文").click()
    page.get_by_text("数据截至").first.wait_for()
    page.get_by_text("English").click()
    page.get_by_text("data as of").first.wait_for()
    settle(page)
    expect(page.get_by_text("Mei · branch head")).to_be_visible()
    assert 0 < assigned(page) < everywhere
    people.revoke(bank.workspace, mei.email)
    page.get_by_text("中文").click()
    title(page, "尚无权限")
    no_data(page)


def assigned(page: Page) -> int:
    """How many customers the first card with a count of the assigned rests on."""
    cards = page.get_by_test_id("stMetric")
    cards.nth(5).wait_for()  # the run may be over before a slow browser has drawn them
    text = cards.all_inner_texts()
    return sum(int(part.replace(",", "")) for one in text for part in one.split() if part.replace(",", "").isdigit())


def test_who_signs_out_is_out_in_all_tabs_and_a_copy_of_the_cookie_opens_nothing(
    bank: Bank,
    stranger: Callable[..., BrowserContext],
    context: BrowserContext,
    come_in: Callable[..., Page],
):
    people.grant(bank.workspace, LIN)
    bank.knows("lin", email=LIN.email, email_verified=True)
    first = come_in("lin", "data")  # a page that is soon drawn
    settle(first)
    second = window(context)
    second.goto(f"{bank.app}/data")
    settle(second)
    stolen = [cookie for cookie in context.cookies() if cookie["name"].startswith("_streamlit")]
    assert COOKIE in {cookie["name"] for cookie in stolen}

    elsewhere = stranger()
    elsewhere.add_cookies(stolen)
    copy = window(elsewhere)
    copy.goto(f"{bank.app}/data")
    settle(copy)  # as long as the session lasts, a copy of its cookie is as good as the cookie

    first.get_by_role("button", name="Switch person or sign out").click()
    first.wait_for_url(f"{bank.provider}/oauth2/end_session**")
    assert COOKIE not in {cookie["name"] for cookie in context.cookies()}
    assert bank.audited(LIN.email)[-1] == "signed_out"

    second.get_by_text("中文").click()  # a tab that was open
    title(second, "您已退出")
    no_data(second)
    copy.reload()  # the copy, in a new session of the app
    title(copy, "You have signed out")
    no_data(copy)
    assert bank.audited(LIN.email)[-1] == "sign_in_refused"

    first.get_by_role("button", name="End session").click()
    first.wait_for_url(f"{bank.app}/**")
    bank.proves(first, "lin")
    settle(first)


def test_a_file_is_handed_out_at_its_address_only_to_who_may_come_in(
    bank: Bank, context: BrowserContext, come_in: Callable[..., Page]
):
    people.grant(bank.workspace, LIN)
    bank.knows("lin", email=LIN.email, email_verified=True)
    page = come_in("lin", "data")
    settle(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV · ").first.click()
    address = taken.value.url
    assert "/media/" in address
    assert context.request.get(address).status == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address, timeout=10)  # noqa: S310 - without a cookie
    forged = urllib.request.Request(address, headers={"Cookie": f"{COOKIE}=e30.forged"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(forged, timeout=10)  # noqa: S310
    people.revoke(bank.workspace, LIN.email)
    assert context.request.get(address).status == 403
