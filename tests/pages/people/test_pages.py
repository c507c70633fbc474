"""The pages of people in the app: who sees whose name, weights that are tried before they count, goals, filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from answers.people import score as scores
from answers.people import team as teams
from answers.people.choice import Choice
from data_access import demo
from data_access.door import access
from data_access.loading.publish import publish_arrow
from data_access.reading.reader import Reader
from data_access.reading.scope import Scope
from data_access.versions import open_store
from data_access.workspace import notes, weights
from data_access.workspace.notes import Pin, PinnedTo
from story import spreadsheet, words
from story.parts import Table, Views
from story.people import sheet
from story.people import team as story
from story.people.wording import called
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.conftest import ROOT, texts
from ui.door import sign_in

HEAD, PLANNER = "gu.ruolan", "lu.zhixing"
App = Callable[..., AppTest]


@pytest.fixture(scope="module")
def everybody(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Identifiers and names of staff, ``own`` of branch B001, now or before, and ``others``; names of branches."""
    copied = tmp_path_factory.mktemp("names") / "bank.duckdb"
    copied.write_bytes(next(demo_warehouse.glob("*.duckdb")).read_bytes())
    with duckdb.connect(copied, read_only=True) as file:
        own = {row[0] for row in file.execute("SELECT staff_id FROM staff_posting WHERE branch_id = 'B001'").fetchall()}
        people = file.execute("SELECT staff_id, name FROM staff").fetchall()
        branches = file.execute("SELECT name FROM branch WHERE branch_id <> 'B001'").fetchall()
    parts = {staff: {staff, *name.split(" ", 1)} for staff, name in people}
    mine = set().union(*(parts[staff] for staff in own))
    theirs = set().union(*(parts[staff] for staff in parts if staff not in own)) - mine
    return {"own": mine, "others": theirs, "branches": {part for row in branches for part in row[0].split(" ", 1)}}


def sent(page: AppTest) -> Iterator[bytes]:
    """Every message that the browser would get."""

    def walk(node: Any) -> Iterator[bytes]:
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield proto.SerializeToString()
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    yield from walk(page._tree)


def holds(message: bytes, name: str) -> bool:
    escaped = json.dumps(name)[1:-1]
    return any(text.encode() in message for text in (name, escaped))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("page", ["people", "person"])
def test_no_name_of_another_branch_reaches_a_branch_heads_browser(
    app: App, everybody: dict[str, set[str]], page: str, language: str
):
    opened = app(page, HEAD, lang=language, staff="E00005", period="2025", weights="25-25-25-25")
    messages = b"\n".join(sent(opened))
    assert any(holds(messages, name) for name in everybody["own"])
    assert [name for name in everybody["others"] | everybody["branches"] if holds(messages, name)] == []


def test_somebody_of_another_branch_is_nobody_here(app: App, everybody: dict[str, set[str]]):
    other = next(name for name in sorted(everybody["others"]) if name.startswith("E0"))
    page = app("person", HEAD, staff=other)
    assert page.title[0].value == "Which person?"
    messages = b"\n".join(sent(page))
    assert [name for name in everybody["others"] - {other} if holds(messages, name)] == []


def test_no_file_that_a_branch_head_takes_along_names_another_branch(
    demo_warehouse: Path, everybody: dict[str, set[str]], tmp_path: Path, bank: Callable[..., None]
):
    bank(demo_warehouse)
    words.speak("en")
    copied = tmp_path / "copied"
    copied.mkdir()
    for file in demo_warehouse.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    warehouse = warehouse_of(str(copied))
    reader = Reader(viewer("B001"), warehouse)
    team = teams.ask(reader, Choice("2025", "B001"))
    judged = teams.judge(access.workspace(), reader, team, "25-25-25-25")
    told = story.tell(team, judged)
    shown = [block.shown for row in told.rows for block in row]
    tables = [one for one in shown if isinstance(one, Table)]
    tables += [one for views in shown if isinstance(views, Views) for one in views.tables.values()]
    cells = scores.sheet(team.items, called(team), team.breadth.breached, judged.held.percent)
    files = [spreadsheet.csv(one, "CNY", {}) for one in tables]
    said = b"\n".join([*files, repr(cells).encode(), repr(told).encode()])
    assert any(holds(said, name) for name in everybody["own"])
    assert [name for name in everybody["others"] | everybody["branches"] if holds(said, name)] == []
    assert sheet.xlsx(cells, {}).startswith(b"PK")
    warehouse.close()


def test_weights_are_tried_on_last_year_before_they_count(app: App):
    page = app("people", PLANNER)
    assert weights.history(access.workspace()) == []
    for block, percent in (("results", 70), ("cross_selling", 10), ("won_and_kept", 10), ("service", 10)):
        page.number_input(key=f"weight_{block}").set_value(percent)
    assert "weights_count" not in [button.key for button in page.button]
    press(page, "Try them on last year")
    assert page.query_params["weights"] == "70-10-10-10" or page.query_params["weights"] == ["70-10-10-10"]
    assert weights.history(access.workspace()) == []  # tried is not set
    assert any("On 2025, these weights move" in header.value for header in page.header)
    page.button(key="weights_count").click().run()
    assert not page.exception
    (held,) = weights.history(access.workspace())
    assert (dict(held.percent)["results"], held.rehearsed_on, held.set_by) == (70, "2025", f"{PLANNER}@demo.example")
    assert "weights" not in page.query_params
    assert "These weights count from now on, as version 1." in [info.value for info in page.info]
    assert "weights version 1" in texts(page)


def test_weights_that_do_not_add_up_are_not_tried(app: App):
    page = app("people", PLANNER)
    page.number_input(key="weight_results").set_value(45)
    press(page, "Try them on last year")
    assert "weights" not in page.query_params
    assert "The weights add up to 105 %, not to 100. Nothing was tried." in [info.value for info in page.info]


def test_a_branch_head_tries_weights_and_makes_none_count(app: App):
    page = app("people", HEAD, weights="25-25-25-25")
    assert any("On 2025, these weights move" in header.value for header in page.header)
    assert "weights_count" not in [button.key for button in page.button]
    assert "Planners, executives and administrators of the whole bank make weights count." in texts(page)


def test_the_second_of_two_who_set_weights_is_told_so(app: App):
    page = app("people", PLANNER, weights="25-25-25-25")
    other = next(person for person in demo.people.PEOPLE if person.role == "executive")
    who = next(reader for reader in _viewers() if reader.email == other.email)
    weights.put(access.workspace(), who, dict.fromkeys(weights.BLOCKS, 25), "2025", 0)
    page.button(key="weights_count").click().run()
    assert any("Somebody else set the weights meanwhile" in info.value for info in page.info)
    assert len(weights.history(access.workspace())) == 1


def test_whose_rights_were_taken_meanwhile_sets_no_weights(app: App, monkeypatch: pytest.MonkeyPatch):
    page = app("people", PLANNER, weights="25-25-25-25")
    who = next(one for one in _viewers() if one.email.startswith(PLANNER))
    less = replace(who, scope=Scope(frozenset({"B002"})))
    monkeypatch.setattr(access, "offered", lambda _version: (less,))
    page.button(key="weights_count").click().run()
    assert any("Your rights" in str(info.value) for info in page.info)
    assert weights.history(access.workspace()) == []


def _viewers() -> list[Any]:
    return list(access.offered(access.current()))


def test_a_goal_is_recorded_with_a_person_and_read_by_their_branch_alone(app: App):
    page = app("person", HEAD, staff="E00005")
    assert [header.value for header in page.header][-1] == "Coaching goals"
    page.text_area(key="note_text").input("Two calls a day until June")
    press(page, "Record the goal")
    pin = Pin(PinnedTo.STAFF, "E00005")
    people = {who.email.partition("@")[0]: who for who in _viewers()}
    (made,) = notes.of(access.workspace(), people[HEAD].scope, [pin])
    assert (made.branch_id, made.text) == ("B001", "Two calls a day until June")
    assert notes.of(access.workspace(), people["ji.mingchuan"].scope, [pin]) == []
    assert "Two calls a day until June" in texts(page)
    planner = app("person", PLANNER, staff="E00005", branch="B001")
    assert planner.selectbox(key="note_readers").options == ["Lakeside"]  # never for everybody


def test_the_filters_choose_whom_the_page_is_about_and_stand_in_the_url(app: App):
    every, tellers = app("people", HEAD, period="2025"), app("people", HEAD, period="2025", role="teller")
    count = [
        next(header.value for header in page.header if "by number of customers" in header.value)
        for page in (every, tellers)
    ]
    assert int(count[0].split()[0]) > int(count[1].split()[0]) > 0
    page = app("people", HEAD)
    page.selectbox(key="filter_minimum").select("200").run()
    assert page.query_params["minimum"] in ("200", ["200"])
    assert "few customers" in str(page.dataframe[0].value.to_dict())


def test_a_planner_names_the_staff_of_one_branch_at_a_time(app: App):
    first, other = app("people", PLANNER), app("people", PLANNER, branch="B003")
    assert first.selectbox(key="filter_branch").value == "B001"
    assert "all" not in first.selectbox(key="filter_branch").options
    assert texts(first) != texts(other)


def test_a_feed_without_staff_says_what_to_load(bank: Callable[..., None], tmp_path: Path):
    tables = (part for part in demo.generate(0.002, 1) if part[0] not in ("staff", "staff_posting"))
    store = open_store(str(tmp_path / "warehouse"))
    publish_arrow(store, tables, source="demo", currency="CNY", as_of=demo.AS_OF, note="")
    bank(tmp_path / "warehouse")
    words.speak("en")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    page.session_state[sign_in.CHOSEN] = f"{HEAD}@demo.example"
    page.switch_page("pages/people.py").run()
    assert not page.exception
    assert page.title[0].value == "Nothing to show yet"


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    assert not page.error
