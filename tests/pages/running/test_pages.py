"""The page Running for everyone: on the demo bank, with a plan that alarms, without campaigns, on public data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from answers.running import expected, running
from answers.running.detail import QUANTILES
from answers.running.running import Choice
from data_access.door import access
from data_access.errors import WorkspaceError
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.loop import alarms, matches, plans
from data_access.workspace.loop.alarms import Deed
from data_access.workspace.loop.matches import State
from story import words
from tests.pages.conftest import ROOT, read, texts
from tests.pages.running.planned import RUNS, planned

App = Callable[..., AppTest]
PLANNER, EXECUTIVE, HEAD, ADMINISTRATOR = "lu.zhixing", "shen.qinghe", "gu.ruolan", "bai.yuan"
PEOPLE = (PLANNER, EXECUTIVE, HEAD, ADMINISTRATOR)
RAW = re.compile(r"(?<![\w-])(nan|NaN|NaT|None(?! of)|inf|Traceback)(?![\w-])")
AS_OF = date(2026, 11, 15)


def reader_of(person: str) -> Reader:
    version = access.current()
    who = next(one for one in access.offered(version) if one.email == f"{person}@demo.example")
    return access.open_reader(who, version)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    assert not page.error
    return page


def keys(page: AppTest) -> set[str]:
    return {str(one.key) for one in page.button}


@pytest.fixture
def behind(app: App) -> plans.Plan:
    """A plan for an insurance campaign that promised forty times as much."""
    app("data")
    return planned(access.workspace(), reader_of(PLANNER), times=40.0)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("person", PEOPLE)
def test_a_plan_that_alarms_is_shown_to_who_sees_it_and_decided_by_who_plans(
    app: App, behind: plans.Plan, person: str, language: str
):
    page = app("running", person, lang=language)
    assert not page.exception
    assert not page.error
    assert RAW.search(texts(page)) is None
    decides = {f"running_{deed.value}" for deed in Deed} <= keys(page)
    assert decides == (person in (PLANNER, ADMINISTRATOR))
    title = str(page.title[0].value)
    named = {"en": "Cover check", "zh": "保险检视"}[language] in title
    assert named == (person != HEAD)  # a plan of the bank is none of one branch's
    if person == HEAD and language == "en":
        assert "No plan was frozen for these branches alone" in texts(page)
        assert "No plan was frozen for it" not in texts(page)


def test_one_branch_is_not_held_against_the_forecast_of_all(app: App, behind: plans.Plan):
    page = app("running", branch="B001", campaign=RUNS)
    said = texts(page)
    assert "No plan was frozen for these branches alone" in said
    assert "band: forecast frozen on" not in said
    assert "none was frozen for these branches alone" in said
    assert "behind the forecast" not in str(page.title[0].value)
    assert not {f"running_{deed.value}" for deed in Deed} & keys(page)
    assert not [key for key in keys(page) if str(key).startswith(("match_", "unmatch_"))]


def test_stopping_needs_a_reason_ends_the_plan_as_a_version_and_is_taken_back(app: App, behind: plans.Plan):
    page = press(app("running"), "running_stop")
    assert "needs a reason" in str(page.warning[0].value)
    assert all(one.deed is None for one in alarms.of(access.workspace(), [behind.plan_id]))
    page.text_input(key="running_why").input("nobody buys it").run()
    page = press(page, "running_stop")
    answered = alarms.of(access.workspace(), [behind.plan_id])
    assert [one.kind for one in answered] == ["behind"]
    assert {(one.deed, one.answer, one.by) for one in answered} == {
        (Deed.STOP, "nobody buys it", f"{PLANNER}@demo.example")
    }
    kept = plans.find(access.workspace(), WHOLE_BANK, behind.plan_id)
    assert kept is not None
    assert kept.version == 2
    assert kept.draft.scenarios[0].settings["ends_on"] == AS_OF.isoformat()
    assert str(page.title[0].value).startswith("Nothing to decide today")
    assert "nobody buys it" in texts(page)
    page = press(page, "undo_running")
    assert "running_stop" in keys(page)
    kept = plans.find(access.workspace(), WHOLE_BANK, behind.plan_id)
    assert kept is not None
    assert kept.draft == behind.draft


def stopped(app: App, behind: plans.Plan) -> tuple[AppTest, plans.Plan]:
    page = app("running")
    page.text_input(key="running_why").input("nobody buys it").run()
    page = press(page, "running_stop")
    kept = plans.find(access.workspace(), WHOLE_BANK, behind.plan_id)
    assert kept is not None
    return page, kept


def test_what_was_changed_after_the_stop_is_not_taken_back_with_it(app: App, behind: plans.Plan):
    _, kept = stopped(app, behind)
    renamed = replace(kept.draft, name="Cover check, again")
    plans.save(access.workspace(), reader_of(PLANNER).viewer, kept, renamed)
    page = press(app("running", campaign=RUNS), "undo_running")
    assert "Somebody changed the plan after it was stopped" in texts(page)
    after = plans.find(access.workspace(), WHOLE_BANK, behind.plan_id)
    assert after is not None
    assert after.draft == renamed
    assert [one.deed for one in alarms.of(access.workspace(), [behind.plan_id])] == [None]


def test_a_stop_that_cannot_be_taken_back_whole_stays_whole(app: App, behind: plans.Plan):
    page, kept = stopped(app, behind)

    def refused(*_: Any) -> Any:
        raise WorkspaceError("Somebody answered it.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alarms, "undo", refused)
        page = press(page, "undo_running")
    assert "Somebody answered it" in read(str(page.warning[0].value))
    after = plans.find(access.workspace(), WHOLE_BANK, behind.plan_id)
    assert after is not None
    assert after.draft == kept.draft
    assert [one.deed for one in alarms.of(access.workspace(), [behind.plan_id])] == [Deed.STOP]


def test_going_on_keeps_the_plan_and_settles_the_alarm_for_everybody(app: App, behind: plans.Plan):
    page = app("running")
    page.text_input(key="running_why").input("the holiday week").run()
    page = press(page, "running_go_on")
    assert "running_go_on" not in keys(page)
    assert plans.find(access.workspace(), WHOLE_BANK, behind.plan_id) == behind
    assert "goes on, decided" in str(app("running", ADMINISTRATOR, campaign=RUNS).header[0].value)


def test_the_second_to_decide_is_told_who_did_and_changes_nothing(app: App, behind: plans.Plan):
    page = app("running")
    (first,) = alarms.of(access.workspace(), [behind.plan_id])
    answer = alarms.answer

    def meanwhile(*args: Any) -> Any:
        answer(access.workspace(), reader_of(ADMINISTRATOR).viewer, first, Deed.GO_ON, "mine")
        return answer(*args)

    page.text_input(key="running_why").input("too dear").run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alarms, "answer", meanwhile)
        page = press(page, "running_stop")
    assert "Bai Yu'an decided meanwhile" in read(str(page.warning[0].value))
    assert alarms.of(access.workspace(), [behind.plan_id])[0].answer == "mine"
    assert plans.find(access.workspace(), WHOLE_BANK, behind.plan_id) == behind


def test_where_one_of_several_alarms_is_answered_by_somebody_else_none_is(app: App, behind: plans.Plan):
    page, waiting = app("running"), running.Running.waiting
    page.text_input(key="running_why").input("too dear").run()
    with pytest.MonkeyPatch.context() as patch:
        # The second is the first again, which is not as it was seen any more.
        patch.setattr(running.Running, "waiting", lambda *asked: 2 * waiting(*asked))
        page = press(page.run(), "running_stop")
    assert "Nothing was changed" in str(page.warning[0].value)
    assert [one.deed for one in alarms.of(access.workspace(), [behind.plan_id])] == [None]
    assert plans.find(access.workspace(), WHOLE_BANK, behind.plan_id) == behind


def said_of(plan_id: str) -> dict[str, State]:
    every = matches.of(access.workspace(), WHOLE_BANK)
    return {one.campaign_id: one.state for one in every if one.plan_id == plan_id}


def test_a_match_is_proposed_confirmed_taken_back_refused_and_not_proposed_again(app: App):
    app("data")
    own = planned(access.workspace(), reader_of(PLANNER), match=False)
    page = app("running")
    assert "looks like the frozen plan Cover check-up: same product, starts on the planned day" in texts(page)
    page = press(page, f"match_confirmed_{RUNS}")
    assert said_of(own.plan_id) == {RUNS: State.CONFIRMED}
    assert "band: forecast frozen on" in texts(page)
    page = press(page, f"unmatch_{RUNS}")
    assert said_of(own.plan_id) == {}
    page = press(page, f"match_rejected_{RUNS}")
    assert f"match_confirmed_{RUNS}" not in keys(page)
    page = press(page, f"unmatch_{RUNS}")
    assert f"match_confirmed_{RUNS}" in keys(page)


def test_who_does_not_plan_sees_a_match_without_its_buttons(app: App):
    app("data")
    planned(access.workspace(), reader_of(PLANNER), match=False)
    page = app("running", EXECUTIVE)
    assert "looks like the frozen plan" in texts(page)
    assert not [key for key in keys(page) if key.startswith("match_")]


def test_a_hostile_name_of_a_plan_is_only_a_name(app: App):
    app("data")
    own = planned(access.workspace(), reader_of(PLANNER), match=False)
    plans.save(access.workspace(), reader_of(PLANNER).viewer, own, replace(own.draft, name="![x](http://e/x) :red[y]"))
    page = app("running")
    assert "![x](http://e/x) :red[y]" in texts(page)
    assert not page.exception


@pytest.mark.parametrize("query", [{"owner": "E00080"}, {"alarm": "raised"}, {"branch": "B003"}, {"campaign": "K071"}])
def test_every_choice_shows_campaigns_or_says_that_none_fits(app: App, query: dict[str, str]):
    page = app("running", **query)
    assert not page.exception
    assert not page.error
    if "alarm" in query:
        assert page.title[0].value == "No campaign asks for anything today"
    if "campaign" in query:
        assert str(page.header[0].value).startswith("Double 11 wallet")


@pytest.mark.parametrize("name", ["uci", "berka"])
def test_public_data_show_the_page_or_what_to_load(
    bank: Callable[..., None], feed_of: Callable[[str], Path], name: str
):
    for language in words.LANGUAGES:
        bank(feed_of(name), sign_in="local")
        words.speak(language)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
        test.switch_page("pages/running.py")
        test.query_params["lang"] = language
        test.run()
        assert not test.exception
        assert not test.error
        assert len(test.title) == 1
        assert RAW.search(texts(test)) is None


def test_a_day_without_an_alarm_says_that_nothing_is_to_be_decided(app: App):
    page = app("running")
    assert str(page.title[0].value).startswith("Nothing to decide today: all 9 campaigns")
    assert len(page.dataframe[0].value) == 9
    assert not [key for key in keys(page) if key.startswith("running_")]


def test_what_an_older_model_froze_is_shown_as_it_was_kept_and_said_to_be_older(app: App):
    app("data")
    planned(access.workspace(), reader_of(PLANNER), older=1.3)
    page = app("running", PLANNER, campaign=RUNS)
    assert not page.exception
    assert "made by an older model and drawn as it was kept" in texts(page)
    answer = running.ask(access.workspace(), reader_of(PLANNER), Choice(campaign=RUNS))
    assert answer.chosen is not None
    assert answer.detail is not None
    said = answer.chosen.plan.content["forecast"]["quantiles"]["converted"]
    kept = [said[str(level)] for level in QUANTILES]
    np.testing.assert_allclose(answer.detail.fan[-1], kept, rtol=0.03, atol=1)


def test_who_confirmed_a_match_is_called_by_name(app: App):
    app("data")
    planned(access.workspace(), reader_of(PLANNER))
    said = texts(app("running", EXECUTIVE, campaign=RUNS))
    assert "carries out the plan Cover check-up, as Lu Zhixing said." in read(said)


def test_what_the_model_of_today_froze_is_its_own_to_the_digit(app: App):
    app("data")
    planned(access.workspace(), reader_of(PLANNER))
    answer = running.ask(access.workspace(), reader_of(PLANNER), Choice(campaign=RUNS))
    assert answer.chosen is not None
    assert not answer.chosen.older
    drawn = expected.frozen(answer.chosen.plan).outcomes["converted"]
    said = answer.chosen.plan.content["forecast"]["quantiles"]["converted"]
    assert {level: float(np.quantile(drawn, float(level))) for level in said} == said
