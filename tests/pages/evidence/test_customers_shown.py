"""Lists of customers from the numbers that count them: counted in SQL, for who may see them and who may not."""

# ruff: noqa: S608 - the statements are made of this file's own texts

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from answers import customers, period
from answers.customers import Choice
from answers.people import team
from answers.people.choice import Choice as Team
from answers.summary import summary
from data_access import demo
from data_access.door import access
from data_access.errors import AccessError
from data_access.queries.customer_lists import LISTS
from data_access.reading.reader import Reader
from story import customers as story
from story import words
from story.people import team as people_story
from tests.pages.conftest import texts

App = Callable[..., AppTest]
PEOPLE = {person.role: person.email.partition("@")[0] for person in reversed(demo.people.PEOPLE)}
OF_MONTHS = {"brought", "upper_tier"}
WEEK = "BETWEEN '2026-11-09' AND '2026-11-15 23:59:59'"
OF_51 = "campaign_id = 'K051' AND arm NOT IN (SELECT arm FROM campaign_arm WHERE campaign_id = 'K051' AND is_control)"
CLOSED = "matures_on <= (SELECT as_of FROM warehouse_version)"
SPOKEN = "channel NOT IN ('sms', 'app', 'email') AND direction IS DISTINCT FROM 'inbound'"
GIVEN = f"""assigned_at {WEEK} AND staff_id IS NOT NULL AND {CLOSED}
    AND (campaign_id, arm) NOT IN (SELECT (campaign_id, arm) FROM campaign_arm WHERE is_control)
    AND (channel IS NULL OR channel NOT IN ('sms', 'app', 'email'))"""
RATED = f"invited_at {WEEK} AND scale = 'csat5' AND staff_id IS NOT NULL"
PROMISED = f"""(SELECT c.customer_id, c.branch_id,
        c.day + CASE s.tier WHEN 'potential' THEN 90 WHEN 'wealth' THEN 30 WHEN 'private' THEN 14 END AS due,
        (SELECT min(d.contacted_at::DATE) FROM contact d WHERE d.customer_id = c.customer_id
            AND d.contacted_at::DATE > c.day AND {SPOKEN}) AS next
    FROM (SELECT customer_id, contacted_at::DATE AS day, min(branch_id) AS branch_id, min(month_no) AS month_no
        FROM contact WHERE {SPOKEN} GROUP BY ALL) c
    JOIN tier_snapshot s ON s.customer_id = c.customer_id AND s.month_no = c.month_no - 1 AND s.tier <> 'basic')
    WHERE due {WEEK}"""
BY_HAND = {
    "assigned": f"campaign_member WHERE {OF_51}",
    "closed": f"campaign_member WHERE {OF_51} AND {CLOSED}",
    "counting": f"campaign_member WHERE {OF_51} AND NOT {CLOSED}",
    "contacted": f"campaign_member WHERE {OF_51} AND contacted_at IS NOT NULL",
    "participated": f"campaign_member WHERE {OF_51} AND participated_at IS NOT NULL",
    "converted": f"campaign_member WHERE {OF_51} AND {CLOSED} AND converted_at::DATE <= matures_on",
    "complained": "complaint WHERE campaign_id = 'K051'",
    "satisfied": "satisfaction WHERE campaign_id = 'K051' AND scale = 'csat5' AND score >= 4",
    "dissatisfied": "satisfaction WHERE campaign_id = 'K051' AND scale = 'csat5' AND score < 4",
    "opened": f"customer WHERE opened_on {WEEK}",
    "funded": f"""customer m WHERE opened_on {WEEK} AND EXISTS (SELECT 1 FROM holding h
        WHERE h.customer_id = m.customer_id AND (h.amount IS NULL OR h.amount > 0)
        AND h.opened_on BETWEEN m.opened_on AND DATE '2026-11-15')""",
    "bought": f"sale WHERE reversed_at IS NULL AND sold_at {WEEK}",
    "converted_then": f"campaign_member WHERE converted_at {WEEK} AND converted_at::DATE <= matures_on",
    "contacted_then": f"campaign_member WHERE contacted_at {WEEK}",
    "participated_then": f"""campaign_member WHERE contacted_at {WEEK}
        AND participated_at::DATE - contacted_at::DATE <= 7""",
    "satisfied_then": f"satisfaction WHERE invited_at {WEEK} AND scale = 'csat5' AND score >= 4",
    "brought": """(SELECT customer_id, branch_id FROM asset_flow WHERE month_no BETWEEN 24318 AND 24320
        GROUP BY ALL HAVING sum(inflow + outflow) > 0)""",
    "upper_tier": "tier_snapshot WHERE month_no = 24320 AND tier IN ('wealth', 'private')",
    "kept_then": f"{PROMISED} AND next <= due",
    "not_kept_then": f"{PROMISED} AND (next > due OR next IS NULL)",
    "dissatisfied_then": f"satisfaction WHERE invited_at {WEEK} AND scale = 'csat5' AND score < 4",
    "given_then": f"campaign_member WHERE {GIVEN}",
    "given_converted_then": f"campaign_member WHERE {GIVEN} AND converted_at::DATE <= matures_on",
    "referred_then": f"referral WHERE made_at {WEEK} AND from_staff_id IS NOT NULL AND accepted_at IS NOT NULL",
    "referred_closed_then": f"""referral WHERE made_at {WEEK} AND from_staff_id IS NOT NULL AND accepted_at IS NOT NULL
        AND closed_at IS NOT NULL AND sale_id IS NOT NULL""",
    "rated_well_then": f"satisfaction WHERE {RATED} AND score >= 4",
    "rated_low_then": f"satisfaction WHERE {RATED} AND score < 4",
}


@pytest.fixture(scope="module")
def sql(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Any]]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("listed") / "bank.duckdb")

    def ask(statement: str) -> list[Any]:
        with duckdb.connect(copied, read_only=True) as connection:
            return connection.execute(statement).fetchall()

    return ask


@pytest.fixture
def reader(bank: Callable[..., None], demo_warehouse: Path) -> Callable[[str], Reader]:
    bank(demo_warehouse)
    words.speak("en")

    def of(role: str) -> Reader:
        version = access.current()
        who = next(one for one in access.offered(version) if one.role == role)
        return access.open_reader(who, version)

    return of


def asked(kind: str, **others: Any) -> Choice:
    when = "2026-Q3" if kind in OF_MONTHS else "2026-W46"
    return Choice(kind, *([period.ALL, "K051"] if LISTS[kind].of_campaigns else [when]), **others)


def test_every_list_has_a_name_and_an_answer_by_hand():
    assert set(BY_HAND) == set(LISTS) == set(story.KINDS)
    assert {kind for lists in customers.OF_METRIC.values() for kind in lists} <= set(LISTS)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_holds_whom_sql_finds_and_says_why(reader, sql, kind):
    found = customers.ask(reader("planner"), asked(kind))
    by_hand = sql(f"SELECT customer_id, branch_id FROM {BY_HAND[kind]}")
    assert (found.n, found.customers) == (len(by_hand), len({one for one, _ in by_hand}))
    whole = customers.whole(reader("planner"), asked(kind))
    assert sorted(zip(whole["customer_id"], whole["branch_id"], strict=True)) == sorted(by_hand)
    assert whole["happened_on"].is_monotonic_decreasing
    told = story.columns(found, whole)[1].texts("CNY")
    assert len(told) == found.n
    assert all(text.startswith(story.kind_written(kind)) for text in told)


@pytest.mark.parametrize(
    "kind", [kind for kind, one in LISTS.items() if not one.of_campaigns and kind not in OF_MONTHS]
)
def test_a_list_of_all_the_data_holds_what_happened_alone(reader, sql, kind):
    """Who was never contacted is not among those contacted at any time."""
    everybody = Choice(kind, period.ALL)
    rows = re.sub(r"(\w+) BETWEEN '2026-11-09' AND '2026-11-15 23:59:59'", r"\1 IS NOT NULL", BY_HAND[kind])
    sunday = "date_trunc('week', m.opened_on)::DATE + 6"
    assert WEEK not in rows
    counted = sql(f"SELECT count(*) FROM {rows}".replace("DATE '2026-11-15'", sunday))
    found = customers.ask(reader("planner"), everybody)
    assert found.n == counted[0][0] > 0
    last = customers.ask(reader("planner"), replace(everybody, page=found.pages))
    assert last.rows["happened_on"].notna().all()


@pytest.mark.parametrize("place", ["", "B003", "region-江北 North"])
def test_the_lists_of_a_summary_are_as_long_as_its_cards_say(reader, sql, place):
    of, choice = reader("planner"), summary.Choice("2026-Q3", branch=place)
    told = summary.ask(of, choice)
    brought = customers.ask(of, Choice("brought", "2026-Q3", branch=place))
    assert brought.amount == told.money.total
    assert customers.whole(of, Choice("brought", "2026-Q3", branch=place))["amount"].sum() == told.money.total
    upper = customers.ask(of, Choice("upper_tier", "2026-Q3", branch=place))
    assert upper.n == upper.customers == told.movement.customers[-1]
    mine = {"": "true", "B003": "branch_id = 'B003'"}.get(
        place, f"branch_id IN (SELECT branch_id FROM branch WHERE region = '{place.removeprefix('region-')}')"
    )
    ((n, tiers),) = sql(
        f"SELECT count(*), string_agg(DISTINCT tier ORDER BY tier) FROM tier_snapshot WHERE "
        f"month_no = 24320 AND tier IN ('wealth', 'private') AND {mine}"
    )
    assert (upper.n, tiers) == (n, "private,wealth")


def test_of_all_the_data_the_upper_tiers_are_those_of_the_last_month(reader, sql):
    ((n,),) = sql(
        "SELECT count(*) FROM tier_snapshot WHERE tier IN ('wealth', 'private') "
        "AND month_no = (SELECT max(month_no) FROM tier_snapshot)"
    )
    assert customers.ask(reader("planner"), Choice("upper_tier", period.ALL)).n == n > 0
    ((total,),) = sql(
        "SELECT sum(inflow) - sum(outflow) FROM asset_flow WHERE month_no IN (SELECT month_no FROM tier_snapshot)"
    )
    assert customers.ask(reader("planner"), Choice("brought", period.ALL)).amount == total
    assert customers.ask(reader("planner"), Choice("upper_tier", "2026-W47")).n == 0


def test_a_branch_head_s_list_is_of_their_branch_whatever_the_link_asks_for(reader, sql):
    own = customers.ask(reader("branch_head"), asked("bought", branch="B002"))
    assert own.n == len(sql(f"SELECT 1 FROM sale WHERE reversed_at IS NULL AND branch_id = 'B001' AND sold_at {WEEK}"))
    assert own.branches == ("临江支行 Riverside",) or len(own.branches) == 1
    assert customers.ask(reader("planner"), asked("bought", branch="B002")).choice.branch == "B002"


def test_who_may_not_see_customers_is_told_how_many_and_why_not_who(reader, app: App):
    found = customers.ask(reader("executive"), asked("bought"))
    assert found.rows is None
    assert found.n == customers.ask(reader("planner"), asked("bought")).n
    with pytest.raises(AccessError, match="may not see them"):
        customers.whole(reader("executive"), asked("bought"))
    page = app("customers", PEOPLE["executive"], list="bought", when="2026-W46")
    assert "Single customers are shown to those who may see them" in texts(page)
    assert not page.table
    assert not page.get("download_button")


def test_the_lists_of_people_are_as_long_as_the_cards_say(reader):
    of, choice = reader("planner"), Team("2026", "B001")
    told = team.ask(of, choice)
    story_told = people_story.tell(told, team.judge(access.workspace(), of, told))
    lists = {kind: customers.ask(of, Choice(kind, "2026", branch="B001")).n for kind in LISTS if "then" in kind}
    cards = {card.key: card for card in story_told.cards}
    usual = told.mix["expected"].notna()  # the card leaves out kinds of whom the bank has too few to say what is usual
    assert told.mix[["n", "converted"]].sum().tolist() == [lists["given_then"], lists["given_converted_then"]]
    assert cards["observed_to_expected"].value == f"{told.mix.loc[usual, 'converted'].sum():,}"
    closed, accepted = lists["referred_closed_then"], lists["referred_then"]
    assert cards["referral_close_rate"].rests_on.startswith(f"{closed} of {accepted}")
    answers = lists["rated_well_then"] + lists["rated_low_then"]
    assert cards["service_score"].rests_on.startswith(f"{answers} answers")
    assert story_told.traced is not None
    assert (story_told.traced.period.key, story_told.traced.branch) == ("2026", "B001")
    of_some = team.ask(of, replace(choice, role=told.roles[0]))
    assert (
        people_story.tell(of_some, team.judge(access.workspace(), of, of_some)).traced is None
    )  # the lists know no role


@pytest.mark.parametrize("kind", ["assigned", "bought"])
def test_pages_of_a_list_follow_one_another(reader, kind):
    everybody = Choice(kind, "2026-11" if kind == "bought" else "all")
    first = customers.ask(reader("planner"), everybody)
    assert first.pages > 1
    second = customers.ask(reader("planner"), Choice(kind, everybody.period, page=2))
    beyond = customers.ask(reader("planner"), Choice(kind, everybody.period, page=10**6))
    whole = customers.whole(reader("planner"), everybody)
    assert [*first.rows["customer_id"], *second.rows["customer_id"]] == list(whole["customer_id"][:100])
    assert beyond.choice.page == 1


def test_a_list_of_one_page_offers_no_other(app: App):
    few = app("customers", PEOPLE["planner"], list="complained", campaign="K051")
    assert not [box.key for box in few.selectbox if box.key == "filter_leaf"]


def test_an_arm_is_listed_alone_and_the_held_out_arm_only_when_asked_for(reader, sql):
    for (arm,) in sql("SELECT arm FROM campaign_arm WHERE campaign_id = 'K051'"):
        n = sql(f"SELECT count(*) FROM campaign_member WHERE campaign_id = 'K051' AND arm = '{arm}'")[0][0]
        assert customers.ask(reader("planner"), asked("assigned", arm=arm)).n == n > 0


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("role", PEOPLE)
def test_a_number_leads_to_its_customers_and_back(app: App, role: str, language: str):
    page = app("campaign", PEOPLE[role], campaign="K051", lang=language)
    card = {"en": "Participation", "zh": "参与率"}[language]
    page.button(key=f"evidence_{card}").click().run()
    links = [link.proto for link in page.get("page_link") if "customers" in link.proto.page]
    assert len(links) == 2
    query = dict(pair.split("=") for pair in links[0].query_string.split("&"))
    listed = app("customers", PEOPLE[role], **(query | {"lang": language}))
    assert not listed.exception
    assert not listed.error
    back = [link.proto for link in listed.get("page_link")]
    assert [(link.page, "campaign=K051" in link.query_string, "list=" in link.query_string) for link in back] == [
        ("campaign", True, False)
    ]
    words.speak("en")


def test_a_list_is_taken_along_with_a_purpose_alone_and_the_audit_knows_it(app: App, monkeypatch: pytest.MonkeyPatch):
    taken: list[tuple[str, bytes, dict[str, str]]] = []

    def delivered(_: object, file: str, make: Callable[[], bytes], **facts: str) -> Callable[[], bytes]:
        taken.append((file, make(), facts))
        return make

    monkeypatch.setattr("ui.page.Page.delivered", delivered)
    page = app("customers", PEOPLE["branch_head"], list="bought", when="2026-W46")
    assert "Customers leave Branchlight with a purpose alone" in texts(page)
    page.text_input(key="purpose").set_value("ask").run()
    assert not taken
    page.text_input(key="purpose").set_value("call who bought a fund").run()
    assert [file for file, _, _ in taken] == ["customers.xlsx", "customers.csv"]
    n = int(page.title[0].value.split()[0])
    assert taken[0][2] == {"list": "bought", "rows": str(n), "purpose": "call who bought a fund"}
    said = taken[1][1].decode("utf-8-sig")
    assert "Purpose" in said
    assert "call who bought a fund" in said
    assert sum(line.startswith("C0") for line in said.splitlines()) >= n
