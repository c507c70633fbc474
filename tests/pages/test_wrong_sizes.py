"""Where many who were to be contacted are missing, no page tells what a campaign brought against its control.

The demo bank with two thirds of them taken out of some campaigns, beside the bank as it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from answers.campaigns import campaign, overview
from answers.campaigns.scored import off_plan
from answers.compare import compare
from answers.compare.choice import Choice as Sides
from answers.loop import loop
from answers.loop.evaluated import by_class
from answers.plan.learned import learned
from answers.running import running
from answers.tiers import effects, tiers
from answers.tiers.choice import Choice as Moves
from data_access.reading.reader import Reader
from data_access.workspace.database import open_database
from metrics.estimate import Reason
from metrics.inference.comparison.guardrail import Guardrail
from metrics.planning.experience import EFFECT
from story import words
from story.campaigns import campaign as campaign_story
from story.campaigns import harm
from story.campaigns import overview as overview_story
from story.compare import compare as compare_story
from story.compare import rests
from story.loop import loop as loop_story
from story.parts import Block, Story
from story.running import running as running_story
from story.tiers import tiers as tiers_story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.conftest import read
from tests.pages.shown import blocks, called, card, chart, table
from tests.reports.told import texts

OVER, RUNS = "K051", "K062"
TORN = (OVER, RUNS, "K058")
WHY = "groups not of the planned sizes"
TOLD = "The groups are not of the planned sizes, so what it added can't be told: find out why first."


@pytest.fixture(scope="module")
def torn(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("torn") / "warehouse")
    file = next(folder.glob("warehouse-*.duckdb"))
    with duckdb.connect(str(file)) as bank:
        listed = "', '".join(TORN)
        bank.execute(
            f"DELETE FROM campaign_member WHERE campaign_id IN ('{listed}') AND arm = 'treated' "  # noqa: S608
            "AND hash(customer_id) % 3 > 0"
        )
    # Answers are kept by version: this one is another.
    published = json.loads((folder / "current.json").read_text())
    other = published["versions"][0]["id"][:-4] + "70a1"
    published["versions"][0] |= {"id": other, "bytes": file.stat().st_size}
    (folder / "current.json").write_text(json.dumps(published))
    file.rename(folder / f"warehouse-{other}.duckdb")
    opened = warehouse_of(str(folder))
    yield Reader(viewer(), opened)
    opened.close()


@pytest.fixture(scope="module")
def whole(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("whole") / "warehouse")))
    yield Reader(viewer(), opened)
    opened.close()


@pytest.fixture
def workspace(tmp_path: Path) -> sa.Engine:
    return open_database(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def block(story: Story, heading: str) -> Block:
    return next(one for row in story.rows for one in row if heading in read(one.heading))


def test_those_whose_groups_were_torn_are_found_and_no_others(torn: Reader, whole: Reader):
    assert off_plan(torn) == set(TORN)
    assert off_plan(whole) == frozenset()


def test_plans_learn_nothing_of_what_they_added(torn: Reader, whole: Reader):
    before, after = (learned(reader).past.set_index("campaign_id") for reader in (whole, torn))
    did = [name for name in after.columns if "control" in name and name != "control_n"]
    assert before.loc[[OVER, "K058"], did].notna().all(axis=None)
    assert after.loc[[OVER, "K058"], did].isna().all(axis=None)
    assert after.loc[OVER, "control_n"] == before.loc[OVER, "control_n"]
    others = after.index.drop([OVER, "K058"])
    pd.testing.assert_frame_equal(after.loc[others, did], before.loc[others, did])  # sums in another order of rows
    told = [learned(reader).experience.models[EFFECT].outcomes.value for reader in (whole, torn)]
    assert len(told[1]) == len(told[0]) - 2


def test_lessons_are_drawn_from_all_others(torn: Reader, whole: Reader):
    before, after = (set(by_class(reader)["campaign_id"]) for reader in (whole, torn))
    assert before - after == {OVER, "K058"}


def test_the_loop_says_that_it_cannot_be_told(torn: Reader, whole: Reader, workspace: sa.Engine):
    words.speak("en")
    before, after = (
        loop_story.tell(loop.ask(workspace, reader, loop.Choice(campaign=OVER))) for reader in (whole, torn)
    )
    assert chart(before, "segments") is not None
    assert chart(after, "segments") is None
    assert TOLD in read(" ".join(texts(after)))
    assert TOLD not in read(" ".join(texts(before)))
    for story, known in ((before, True), (after, False)):
        control = called(table(story, "evaluated"), "Control").texts("CNY")
        assert (control[1] != "—") is known


def test_what_runs_gives_no_advice_by_its_effect(torn: Reader, whole: Reader, workspace: sa.Engine):
    words.speak("en")
    before, after = (running.ask(workspace, reader, running.Choice(campaign=RUNS)) for reader in (whole, torn))
    assert before.chosen.advice is not None
    assert after.chosen.advice is None
    assert after.chosen.effect.reason[0] == Reason.SAMPLE_RATIO.value
    shown = running_story.tell(after)
    assert chart(running_story.tell(before), "effect") is not None
    assert chart(shown, "effect") is None
    assert block(shown, "Its effect is not known yet").shown.printed[0] == TOLD


def test_upgrades_are_told_of_all_others(torn: Reader, whole: Reader):
    words.speak("en")
    asked = Moves(3)
    before, after = (tiers.ask(reader, asked) for reader in (whole, torn))
    assert isinstance(before.effects, effects.Effects)
    assert isinstance(after.effects, effects.Effects)
    assert after.effects.campaign_id == before.effects.campaign_id
    off = np.isin(after.effects.campaign_id, TORN)
    assert off.any()
    assert before.effects.difference.known[off].all()
    assert (after.effects.difference.reason[off] == Reason.SAMPLE_RATIO.value).all()
    assert not after.effects.further.known[off].any()
    assert np.isnan(after.effects.ordinal[off]).all()
    assert (after.effects.difference.known[~off] == before.effects.difference.known[~off]).all()
    caption = next(one.caption for row in tiers_story.tell(after).rows for one in row if "rose within" in one.caption)
    without = int((~after.effects.difference.known).sum())
    assert f"{without} without a number: " in caption
    assert WHY in caption


def test_harm_is_not_told_against_the_control(torn: Reader, whole: Reader):
    words.speak("en")
    before, after = (campaign_story.tell(campaign.ask(reader, OVER, "")) for reader in (whole, torn))
    for column in table(after, "harm").columns[1:]:
        told = dict(zip(table(after, "harm").columns[0].texts("CNY"), column.texts("CNY"), strict=True))
        assert told["Treated minus control"] == told["Verdict"] == WHY
        assert told["Treated"] != WHY
    for column in table(before, "harm").columns[1:]:
        assert WHY not in column.texts("CNY")


def test_more_harm_than_accepted_is_not_said_of_them(torn: Reader, whole: Reader):
    words.speak("en")
    said = []
    for reader in (whole, torn):
        answer = campaign.ask(reader, OVER, "")
        broken = tuple(replace(one, guardrail=Guardrail.BROKEN) for one in answer.harmed.harms)
        said.append(read(harm.block(replace(answer, harmed=replace(answer.harmed, harms=broken))).heading))
    assert said[0].startswith("More harm than accepted: ")
    assert not said[1].startswith("More harm than accepted")


def test_one_campaign_and_the_comparison_withhold_effect_and_verdict(torn: Reader):
    words.speak("en")
    alone = campaign_story.tell(campaign.ask(torn, OVER, ""))
    assert read(alone.headline).startswith("The groups are not of the planned sizes")
    for name in ("Effect, points", "Incremental ROI"):
        assert (card(alone, name).value, card(alone, name).rests_on) == ("—", WHY)
    compared = compare_story.tell(compare.ask(torn, Sides(OVER)), swap=False)
    assert read(compared.headline).startswith("No verdict: the groups are not of the planned sizes")
    for name in ("Effect", "It pays", "Incremental ROI", "Could see"):
        assert (card(compared, name).value, card(compared, name).rests_on) == ("—", WHY)
    assert card(compared, "Sizes").value == "off plan"


def test_minutes_tell_what_was_planned_and_found_and_no_rate_beside_another(torn: Reader, whole: Reader):
    words.speak("en")
    before, after = (read(rests.minutes(compare.ask(reader, Sides(OVER)), swap=False)) for reader in (whole, torn))
    assert "Conversion: treated " in before
    assert "Conversion" not in after
    assert "Planned control 20.0\u202f%, treated 80.0\u202f%; found control " in after


def test_the_list_of_campaigns_gives_no_effect_of_them_and_one_of_the_others(torn: Reader, whole: Reader):
    words.speak("en")
    for reader, off in ((whole, False), (torn, True)):
        answer = overview.ask(reader, overview.Choice())
        told = overview_story.tell(answer)
        listed = next(one for one in blocks(told) if hasattr(one, "tables")).tables
        first = next(iter(listed.values()))
        effect = next(column for column in first.columns if column.name.startswith("Effect"))
        row = first.columns[0].texts("CNY").index("Dragon Boat wealth 2026")
        assert (WHY in effect.texts("CNY")[row]) is off
