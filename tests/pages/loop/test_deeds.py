"""Evaluate, decide, approve, close: every deed on its page, by who may, and told to the second of two."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace.loop import actions, decisions, evaluations
from data_access.workspace.loop.decisions import Draft, State, Verdict
from story import words
from tests.pages.conftest import read, texts
from tests.pages.feeds import PUBLIC

App = Callable[..., AppTest]
PEOPLE = [person.email.partition("@")[0] for person in demo.people.PEOPLE]
RAW = re.compile(r"(?<![\w-])(nan|NaN|NaT|None(?! of)|inf|Traceback)(?![\w-])")
LEAD, PLANNER, HEAD = PEOPLE[0], PEOPLE[1], PEOPLE[2]
OTHER = Viewer("bai.yuan@demo.example", "Bai", Role.ADMINISTRATOR, WHOLE_BANK)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    assert not page.error
    return page


def warnings(page: AppTest) -> str:
    return read(" ".join(str(one.value) for one in page.warning))


def unsaid(page: AppTest) -> str:
    """The first campaign that waits to be evaluated."""
    said = evaluations.latest(access.workspace())
    return next(key for key in ("K057", "K058", "K056", "K059", "K060", "K055") if key not in said)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("person", PEOPLE)
def test_the_page_opens_for_everyone_in_both_languages(loop_app: App, person: str, language: str):
    page = loop_app(person=person, lang=language)
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1
    assert RAW.search(texts(page)) is None
    assert len(page.metric) == 6


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", [*PUBLIC, "three arms", "empty"])
def test_other_banks_see_what_they_can(
    bank: Callable[..., None], feed_of: Callable[[str], Path], kind: str, language: str
):
    bank(feed_of(kind), sign_in="local")
    words.speak(language)
    page = AppTest.from_file(str(Path(__file__).parents[3] / "app.py"), default_timeout=90)
    page.switch_page("pages/loop.py")
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    assert not page.error
    assert RAW.search(texts(page)) is None
    if kind in ("empty", "berka"):
        assert read(page.title[0].value) == {"en": "Nothing to show yet", "zh": "暂无可显示的内容"}[language]
    else:
        never = {"en": "No frozen forecast has an outcome yet", "zh": "定稿预测还没有结果"}[language]
        assert never in texts(page)


def test_a_planner_evaluates_and_the_campaign_then_waits_to_be_decided(loop_app: App):
    page = loop_app(stage="to_evaluate")
    key = unsaid(page)
    page = loop_app(campaign=key)
    assert f"decide_{key}" not in [one.key for one in page.button], "a decision rests on an evaluation"
    page.text_area(key=f"loop_text_{key}").input("Nobody asked the branches.").run()
    press(page, f"evaluate_{key}")
    said = evaluations.latest(access.workspace())[key]
    assert (said.text, said.author, said.version) == ("Nobody asked the branches.", f"{PLANNER}@demo.example", 1)
    assert said.figures["actual"]["conversion"] > 0
    assert "Nobody asked the branches." in texts(page)
    assert f"decide_{key}" in [one.key for one in page.button]


def test_what_became_of_a_click_is_said_in_the_readers_language(loop_app: App):
    page = loop_app(stage="to_evaluate")
    key = unsaid(page)
    page = loop_app(campaign=key, lang="zh")
    page.text_area(key=f"loop_text_{key}").input("没有问过网点。").run()
    press(page, f"evaluate_{key}")
    assert "已保存，每个版本都会留存。" in [str(one.value) for one in page.markdown]
    press(page, f"decide_{key}")
    assert warnings(page) == "决策需写明结论、理由、责任人和完成日期。尚未提交，请补齐。"
    words.speak("en")


def test_a_link_from_a_comparison_fills_in_the_decision(loop_app: App):
    page = loop_app(campaign="K054", decide="stop")
    group = next(one for one in page.get("button_group") if "loop_verdict" in str(one.key))
    assert group.value == "stop" or "stop" in str(group.value)


def test_a_decision_is_recorded_approved_asked_and_closed(loop_app: App):
    """The whole way: the planner records, the executive approves on the summary, the branch closes on its week."""
    work = access.workspace()
    key = next(one for one in evaluations.latest(work) if one not in decisions.latest(work))
    page = loop_app(campaign=key, decide="change")
    press(page, f"decide_{key}")
    assert "A decision needs what, why, who and by when" in warnings(page)
    page.text_input(key=f"loop_reason_{key}").input("The gift did not matter").run()
    page.text_input(key=f"loop_asked_{key}").input("Swap the gift boxes").run()
    page.selectbox(key=f"loop_who_{key}").select("gu.ruolan@demo.example").run()
    page.selectbox(key=f"loop_branch_{key}").select("B001").run()
    press(page, f"decide_{key}")
    made = decisions.latest(work)[key]
    assert (made.draft.verdict, made.state, made.draft.owner) == (
        Verdict.CHANGE,
        State.WAITING,
        "gu.ruolan@demo.example",
    )
    assert "Swap the gift boxes" not in texts(loop_app("week", HEAD)), "nothing is asked before it is approved"

    lead = loop_app("summary", LEAD)
    assert "The gift did not matter" in texts(lead)
    press(lead, f"approve_{key}_1")
    assert decisions.latest(work)[key].state is State.APPROVED

    week = loop_app("week", HEAD)
    assert "Swap the gift boxes" in texts(week)
    assert "Swap the gift boxes" not in texts(loop_app("week", PEOPLE[3])), "another branch is not asked"
    (asked,) = [one for one in actions.of(work, WHOLE_BANK) if one.asked.text == "Swap the gift boxes"]
    press(week, f"close_{asked.action_id}")
    assert "Swap the gift boxes" not in texts(week)
    press(week, "undo_loop")
    assert "Swap the gift boxes" in texts(week)
    press(week, f"close_{asked.action_id}")
    closed = next(one for one in actions.of(work, WHOLE_BANK) if one.action_id == asked.action_id)
    assert closed.closed_by == "gu.ruolan@demo.example"
    decisions.decide(work, OTHER, key, decisions.latest(work)[key].draft, plan_id=made.plan_id, seen=2)
    press(week, "undo_loop")
    assert decisions.latest(work)[key].state is State.WAITING
    approved = decisions.approve(work, Viewer("w@w", "W", Role.EXECUTIVE, WHOLE_BANK), decisions.latest(work)[key])
    assert approved.state is State.APPROVED
    assert asked.action_id in [one.action_id for one in actions.of(work, WHOLE_BANK) if one.closed_at is None]


def test_an_executive_returns_a_decision_with_a_reason_alone(loop_app: App):
    work = access.workspace()
    key, held = next((one, made) for one, made in decisions.latest(work).items() if made.state is State.WAITING)
    page = loop_app("summary", LEAD)
    press(page, f"return_{key}_{held.version}")
    assert "Returning needs a reason" in warnings(page)
    page.text_input(key=f"loop_why_{key}_{held.version}").input("Ask the branches first").run()
    press(page, f"return_{key}_{held.version}")
    assert decisions.latest(work)[key].state is State.RETURNED
    assert "Ask the branches first" in texts(loop_app(campaign=key))
    press(page, "undo_loop")
    assert decisions.latest(work)[key].state is State.WAITING


def test_the_second_to_decide_is_told_what_differs_and_loses_nothing(loop_app: App):
    work = access.workspace()
    key = next(one for one in evaluations.latest(work) if one not in decisions.latest(work))
    page = loop_app(campaign=key, decide="scale")
    page.text_input(key=f"loop_reason_{key}").input("It paid").run()
    page.selectbox(key=f"loop_who_{key}").select("lu.zhixing@demo.example").run()
    plan = evaluations.latest(work)[key].plan_id
    decisions.decide(work, OTHER, key, Draft(Verdict.STOP, "Too dear", OTHER.email), plan_id=plan)
    press(page, f"decide_{key}")
    assert "Bai Yu'an decided on this campaign meanwhile" in warnings(page)
    assert "Decision: theirs Stop, yours Scale" in warnings(page)
    assert page.text_input(key=f"loop_reason_{key}").value == "It paid"
    assert decisions.latest(work)[key].draft.verdict is Verdict.STOP


def test_who_may_not_judge_sees_no_form(loop_app: App):
    for person in (LEAD, HEAD):
        page = loop_app(person=person, campaign="K054")
        assert not [one for one in page.button if str(one.key).startswith(("decide_", "evaluate_"))]
        assert "Planners of these branches evaluate and decide." in texts(page)
    waiting = next(one for one in decisions.latest(access.workspace()).values() if one.state is State.WAITING)
    page = loop_app(campaign=waiting.campaign_id)
    assert not [one for one in page.button if str(one.key).startswith("approve_")], "nobody approves their own"


def test_a_stage_is_laid_out_whole(loop_app: App):
    page = loop_app(stage="closed")
    assert "Closed: " in texts(page)
    assert not [one for one in page.button if str(one.key).startswith("close_")]
    assert loop_app(stage="nonsense").title[0].value == loop_app().title[0].value
