"""Targets on the cards of My week and Summary, set beside the page by who may, and undone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace import targets
from data_access.workspace.targets import Key
from story import words
from story.figures import THIN
from tests.pages import conftest
from tests.pages.conftest import read, texts
from ui.act import targets as menu

App = Callable[..., AppTest]
PEOPLE = {person.role: person.email.partition("@")[0] for person in reversed(demo.people.PEOPLE)}
MONTH = Key("B001", "new_money", "2026-11")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    words.speak("en")


def opened(app: App, page: str, person: str, **query: str) -> AppTest:
    test = conftest.with_open(app(page, person, **query), menu._MENU)
    assert not test.exception
    return test


def chosen(test: AppTest, key: Key) -> AppTest:
    for name, value in (("branch", key.branch_id), ("metric", key.metric), ("period", key.period)):
        test.selectbox(key=f"target_{name}").set_value(value).run()
    return test


def typed(test: AppTest, value: float) -> AppTest:
    test.number_input[0].set_value(value)
    return press(test, "Set the target")


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def held() -> list[tuple[int, float | None]]:
    return [(one.version, one.value) for one in targets.history(access.workspace(), WHOLE_BANK, MONTH)]


def test_a_target_is_set_changed_undone_and_taken_away_by_who_may(app: App, tmp_path: Path):
    page = chosen(opened(app, "week", PEOPLE["planner"], branch="B001"), MONTH)
    assert "No target is set here yet." in texts(page)
    typed(page, 1_200_000)
    assert held() == [(1, 120_000_000)]
    assert f"¥1.20{THIN}m · version 1 · lu.zhixing@demo.example" in texts(page)
    typed(page, 2_100_000)
    press(page, "Undo")
    assert held() == [(3, 120_000_000), (2, 210_000_000), (1, 120_000_000)]
    press(page, "Take it away")
    assert held()[0] == (4, None)
    assert "target" not in "".join(read(one.value) for one in page.markdown if "reached" in one.value)
    audit = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [line["version"] for line in audit if line["event"] == "target_set"] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "week's target ¥548 k, "), ("zh", "本周目标 54.8 万元，完成 ")],
)
def test_a_week_is_held_against_its_part_of_the_month(app: App, language: str, said: str):
    app("week", PEOPLE["planner"])
    targets.put_all(access.workspace(), "gu", {MONTH: 210_000_000.0})
    page = app("week", PEOPLE["branch_head"], lang=language)
    card = next(one for one in page.metric if one.label in ("New money", "新增资金"))
    said_of_target = [line for line in texts(page).replace(THIN, " ").splitlines() if line.startswith(said)]
    assert len(said_of_target) == 1, texts(page)
    reached = int("".join(filter(str.isdigit, said_of_target[0].removeprefix(said).split("%")[0])))
    amount = float("".join(sign for sign in card.value if sign.isdigit() or sign == "."))
    scale = {"k": 1e3, "m": 1e6, "万": 1e4}[next(sign for sign in card.value if sign in "km万")]
    assert abs(reached - 100 * amount * scale / (2_100_000 * 6 / 23)) < 1.5
    why = {"en": "6 of 23 working days of Nov 2026", "zh": "2026年11月共 23 个工作日，本周占 6 个"}[language]
    assert why in read(card.help)


def test_a_week_is_held_against_its_part_of_the_season_and_the_season_against_the_whole(
    app: App, demo_warehouse: Path, tmp_path: Path
):
    # Opening red 2027 has 117 working days from 19 October to 31 March; the week has 6 of them here.
    season, wanted = Key("B001", "new_money", "season-S2027O"), 30_000_000
    typed(chosen(opened(app, "week", PEOPLE["planner"], branch="B001"), season), wanted)
    page = app("week", PEOPLE["branch_head"])
    said = texts(page).replace(THIN, " ")
    (file,) = demo_warehouse.glob("*.duckdb")
    copy = Path(shutil.copy(file, tmp_path / "copy.duckdb"))  # the app holds the file itself
    week, so_far = (booked(copy, "B001", first) for first in ("2026-11-09", "2026-10-19"))
    assert f"part of the season's target ¥1.54 m, {week / (wanted * 6 / 117):.0%} reached".replace("%", " %") in said
    assert f"target ¥30.0 m, {so_far / wanted:.0%} reached".replace("%", " %") in said


def booked(file: Path, branch: str, first: str) -> float:
    """New money of a branch from a day to 15 November, in yuan, by hand on the warehouse's file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute(
            "SELECT sum(amount - internally_funded_amount) / 100.0 FROM sale "
            "WHERE branch_id = ? AND reversed_at IS NULL AND sold_at::DATE BETWEEN ?::DATE AND '2026-11-15'",
            [branch, first],
        ).fetchone()
    assert row is not None
    return float(row[0])


def test_a_branch_head_reads_the_targets_and_sets_none(app: App):
    app("week", PEOPLE["planner"])
    targets.put_all(access.workspace(), "gu", {MONTH: 210_000_000.0})
    page = chosen(opened(app, "week", PEOPLE["branch_head"]), MONTH)
    assert len(page.selectbox(key="target_branch").options) == 1
    assert "version 1 · gu" in texts(page)
    assert not page.number_input
    assert "Set the target" not in [button.label for button in page.button]


def test_a_card_without_a_target_says_on_hover_how_to_set_one(app: App):
    for name in ("week", "summary"):
        page = app(name, PEOPLE["executive"])
        hovers = [read(one.help or "") for one in page.metric]
        assert sum("no target" in hover and "under Targets" in hover for hover in hovers) >= 1
        assert not [one for one in page.markdown if "reached" in one.value]


def test_the_summary_s_net_new_money_is_held_against_all_branches_months(app: App):
    app("week", PEOPLE["planner"])
    months = ("2026-07", "2026-08", "2026-09")
    targets.put_all(access.workspace(), "gu", {Key("B001", "net_new_money", month): 1e8 for month in months})
    one, every = app("summary", PEOPLE["executive"], branch="B001"), app("summary", PEOPLE["executive"])
    assert "target ¥3.00 m, " in texts(one).replace(THIN, " ")
    assert "targets: 3 of " in texts(every)


def test_the_summary_s_year_is_held_against_the_targets_of_its_months(app: App):
    """Twelve months of ¥1 m are ¥12 m."""
    app("week", PEOPLE["planner"])
    months = [f"2026-{month:02}" for month in range(1, 13)]
    targets.put_all(access.workspace(), "gu", {Key("B001", "net_new_money", month): 1e8 for month in months})
    page = app("summary", PEOPLE["executive"], branch="B001", period="2026")
    (year,) = [read(str(one.value)) for one in page.caption if "10 of 12 months" in str(one.value)]
    assert "target ¥12.0 m" in year.replace(THIN, " ")


def test_who_set_it_meanwhile_is_said_and_nothing_is_changed(app: App):
    page = chosen(opened(app, "week", PEOPLE["planner"], branch="B001"), MONTH)
    targets.put_all(access.workspace(), "gu", {MONTH: 5.0})
    typed(page, 1)
    assert held() == [(1, 5.0)]
    assert "gu set this target meanwhile" in page.warning[0].value


def test_what_is_no_share_is_refused(app: App):
    key = MONTH._replace(metric="weekly_satisfied")
    page = chosen(opened(app, "week", PEOPLE["planner"], branch="B001"), key)
    typed(page, 120)
    assert "This can be no target" in page.warning[0].value
    typed(page, 85)
    assert targets.history(access.workspace(), WHOLE_BANK, key)[0].value == pytest.approx(0.85)


def test_a_campaign_s_number_is_not_held_against_the_branch_s_target(app: App):
    app("week", PEOPLE["planner"])
    targets.put_all(access.workspace(), "gu", {Key("B001", "top_two_box", "2026-03"): 0.9})
    for name, query in (("campaigns", {"period": "2026-03"}), ("campaign", {"campaign": "K051"})):
        page = app(name, PEOPLE["branch_head"], **query)
        assert not page.exception
        assert "target" not in texts(page)
