"""From plan to result: a frozen forecast of a campaign beside what came, on the demo bank."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
import sqlalchemy as sa

from answers.campaigns import campaign, promised
from answers.loop import loop
from answers.plan import freeze, plan
from answers.plan.learned import default
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace.database import open_database
from data_access.workspace.loop import frozen, plans
from data_access.workspace.loop.plan_tables import plan_campaign
from metrics.planning.why import PARTS
from story import words
from story.campaigns import campaign as story
from tests.data_access.small_bank import viewer, warehouse_of

PLANNER = Viewer("gu@bank.example", "Gu", Role.PLANNER, WHOLE_BANK)
HELD, OPEN, UNPLANNED = "K058", "K062", "K051"


@pytest.fixture(scope="module")
def file(demo_bank: Callable[[float], Path]) -> Path:
    return demo_bank(0.01)


@pytest.fixture(scope="module")
def reader(file: Path) -> Iterator[Reader]:
    opened = warehouse_of(str(file))
    yield Reader(viewer(), opened)
    opened.close()


@pytest.fixture(scope="module")
def workspace(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """A plan that is frozen and said to be carried out by two campaigns, and rejected of a third."""
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('workspace')}/workspace.sqlite")
    scenario = replace(default(reader), starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 30), size=200)
    answer = plan.ask(reader, scenario)
    begun = plans.begin(made, PLANNER, plans.Draft("[A](b) plan", (plans.Scenario("A", scenario.settings()),)))
    freeze_on(datetime(2026, 11, 20), made, begun, freeze.content(reader, answer, begun.plan_id, 1, 1))
    rows = [(HELD, "confirmed"), (OPEN, "confirmed"), (UNPLANNED, "rejected")]
    with made.begin() as connection:
        connection.execute(
            sa.insert(plan_campaign),
            [
                {
                    "plan_id": begun.plan_id,
                    "campaign_id": campaign_id,
                    "state": state,
                    "said_by": PLANNER.email,
                    "said_at": datetime(2026, 7, 1),
                }
                for campaign_id, state in rows
            ],
        )
    return made


def freeze_on(moment: datetime, workspace: sa.Engine, seen: plans.Plan, content: frozen.Content) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frozen, "now", lambda: moment)
        frozen.freeze(workspace, PLANNER, seen, content)


def asked(workspace: sa.Engine, reader: Reader, campaign_id: str) -> promised.Promised | None:
    answer = campaign.ask(reader, campaign_id)
    assert isinstance(answer, campaign.Campaign)
    told = promised.ask(workspace, reader, answer)
    assert not isinstance(told, promised.Wider)
    return told


def test_forecast_actual_and_control_stand_side_by_side(workspace, reader, file, tmp_path):
    told = asked(workspace, reader, HELD)
    assert told is not None
    by_key = {one.key: one for one in told.outcomes}
    assert set(by_key) == {"participated", "converted", "sales", "cost", "roi"}
    kept = frozen.of(workspace, WHOLE_BANK, told.plan_id)[0].content.kept["forecast"]["quantiles"]
    copy = shutil.copy(next(file.glob("*.duckdb")), tmp_path / "bank.duckdb")
    with duckdb.connect(str(copy), read_only=True) as bank:
        n, took_part, bought, sales, held, by_itself, sold = bank.execute(f"""
            SELECT count(*) FILTER (arm <> 'control'), count(participated_at) FILTER (arm <> 'control'),
                count(*) FILTER (arm <> 'control' AND converted_at::DATE <= matures_on),
                sum(sales_amount) FILTER (arm <> 'control'), count(*) FILTER (arm = 'control'),
                count(*) FILTER (arm = 'control' AND converted_at::DATE <= matures_on),
                sum(sales_amount) FILTER (arm = 'control')
            FROM campaign_member WHERE campaign_id = '{HELD}'""").fetchone()  # noqa: S608
        spent = bank.execute(f"SELECT sum(actual_amount) FROM campaign_cost WHERE campaign_id = '{HELD}'").fetchone()  # noqa: S608
    assert told.treated == n
    assert by_key["participated"].actual.estimate.item() == pytest.approx(took_part)
    assert by_key["converted"].actual.estimate.item() == pytest.approx(bought)
    assert by_key["sales"].actual.estimate.item() == pytest.approx(float(sales))
    assert spent is not None
    assert by_key["cost"].actual.estimate.item() == pytest.approx(float(spent[0]))
    assert by_key["converted"].control == pytest.approx(n * by_itself / held)
    assert by_key["sales"].control == pytest.approx(n * float(sold) / held)
    assert np.isnan(by_key["cost"].control)
    for key in ("participated", "converted", "sales", "cost"):
        near, wide = by_key[key].near, by_key[key].wide
        assert (near.estimate.item(), near.low.item(), near.high.item()) == tuple(
            kept[key][at] for at in ("0.5", "0.1", "0.9")
        )
        assert (wide.low.item(), wide.high.item()) == (kept[key]["0.025"], kept[key]["0.975"])


@pytest.mark.parametrize(("language", "called"), [("en", "Plan Spring deposit 2026, "), ("zh", "春季存款")])
def test_a_plan_named_in_both_languages_is_called_in_the_readers(workspace, reader, language: str, called: str):
    told = asked(workspace, reader, HELD)
    answer = campaign.ask(reader, HELD)
    assert told is not None
    assert isinstance(answer, campaign.Campaign)
    words.speak(language)
    named = replace(told, plan="春季存款 Spring deposit 2026")
    captions = [block.caption for row in story.with_plan(story.tell(answer), named).rows for block in row]
    (caption,) = [caption for caption in captions if "Spring" in caption or "春季" in caption]
    assert called in caption
    assert ("Spring" in caption) != ("春季" in caption)


def test_a_ring_is_explained_where_one_is_drawn(workspace, reader):
    told = asked(workspace, reader, HELD)
    assert told is not None
    words.speak("en")
    page = story.tell(campaign.ask(reader, HELD))
    alone = replace(told, outcomes=tuple(replace(one, control=np.nan) for one in told.outcomes))
    with_rings, without = (
        next(
            block
            for row in story.with_plan(page, seen).rows
            for block in row
            if getattr(block.shown, "key", "") == "promised"
        ).caption
        for seen in (told, alone)
    )
    assert "ring: as many customers at the control's rate" in with_rings
    assert "ring" not in without


def test_a_campaign_that_is_still_counting_is_not_judged(workspace, reader):
    told = asked(workspace, reader, OPEN)
    assert told is not None
    assert told.waiting > 0
    assert told.evaluated is None
    words.speak("en")
    shown = story.with_plan(story.tell(campaign.ask(reader, OPEN)), told)
    said = [block for row in shown.rows for block in row if getattr(block.shown, "key", "") == "promised_table"]
    column = said[0].shown.columns[-1].texts("")
    assert "still counting" in column
    assert not {"above", "below"} & set(column[:-2])


def test_without_a_confirmed_plan_the_page_says_how_to_get_one(workspace, reader):
    assert asked(workspace, reader, UNPLANNED) is None
    for language, start in (("en", "From plan to result: no plan"), ("zh", "从方案到结果：没有对应方案")):
        words.speak(language)
        shown = story.with_plan(story.tell(campaign.ask(reader, UNPLANNED)), None)
        assert shown.rows[-1][0].heading == start
    words.speak("en")


def test_a_plan_of_the_whole_bank_is_not_told_to_one_branch(workspace, reader, file):
    opened = warehouse_of(str(file))
    head = Reader(viewer("B001"), opened)
    assert asked(workspace, head, HELD) is None
    opened.close()


def test_what_was_frozen_before_the_campaign_counts_and_what_came_after_is_named(workspace, reader):
    told = asked(workspace, reader, HELD)
    assert told is not None
    assert (told.late, told.frozen_on) == (True, date(2026, 11, 20))
    assert told.evaluated is None
    words.speak("en")
    block = story.with_plan(story.tell(campaign.ask(reader, HELD)), told).rows[1][0]
    assert "after the campaign had begun" in block.caption
    assert "[A](b) plan" in block.caption
    seen = plans.find(workspace, WHOLE_BANK, told.plan_id)
    assert seen is not None
    content = frozen.of(workspace, WHOLE_BANK, told.plan_id)[0].content
    freeze_on(datetime(2026, 6, 1), workspace, seen, replace(content, seed=content.seed + 2))
    freeze_on(datetime(2026, 7, 1), workspace, seen, replace(content, seed=content.seed + 1))
    freeze_on(datetime(2026, 6, 1), workspace, seen, replace(content, seed=content.seed + 2))
    before = asked(workspace, reader, HELD)
    assert before is not None
    assert (before.late, before.frozen_on) == (False, date(2026, 7, 1))
    assert before.evaluated is not None
    of_the_loop = loop.ask(workspace, reader, loop.Choice(campaign=HELD)).evaluated
    assert of_the_loop is not None
    assert of_the_loop.why is not None
    assert before.evaluated.why == of_the_loop.why
    sum_of = of_the_loop.why.frame()
    assert sum_of[list(PARTS)].sum(axis=1).item() == (sum_of["actual"] - sum_of["forecast"]).item()
    paid = next(one for one in before.outcomes if one.key == "cost")
    assert sum_of["cost"].item() == pytest.approx(paid.near.estimate.item() - paid.actual.estimate.item(), abs=1)


def test_a_branch_that_was_chosen_is_not_held_against_the_plan_of_all(workspace, reader):
    answer = campaign.ask(reader, HELD, "B001")
    assert isinstance(answer, campaign.Campaign)
    told = promised.ask(workspace, reader, answer)
    assert told == promised.Wider("[A](b) plan")
    words.speak("en")
    shown = story.with_plan(story.tell(answer), told).rows[-1][0]
    assert shown.heading == "From plan to result: the plan is for more branches"
