"""What stands on the page Running against SQL by hand, on the demo bank."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from answers import kept
from answers.running import detail, running, standing
from answers.running.running import Choice, Running
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.workspace.database import open_database
from metrics.campaigns.evaluation import Scorecard
from metrics.planning.alarms import Judged, Watch
from story import words
from story.parts import Story, Table
from story.running import cards
from story.running import running as story
from story.running import words as running_words
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.running.planned import RUNS
from tests.pages.shown import blocks, called, card, chart, numbers

TODAY = "DATE '2026-11-15'"
MINE = {"bank": "true", "head": "m.branch_id = 'B001'"}


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("running") / "warehouse")))
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=MINE)
def who(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def reader(who: str, warehouse: Warehouse) -> Reader:
    return Reader(viewer(*([] if who == "bank" else ["B001"])), warehouse)


@pytest.fixture(scope="module")
def answer(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Running:
    workspace = open_database(f"sqlite:///{tmp_path_factory.mktemp('work') / 'workspace.sqlite'}")
    return running.ask(workspace, reader, Choice(campaign=RUNS))


@pytest.fixture(scope="module")
def shown(answer: Running) -> Story:
    words.speak("en")
    return story.tell(answer)


@pytest.fixture(scope="module")
def sql(
    who: str, demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("running_sql") / "bank.duckdb")
    with duckdb.connect(copied, read_only=True) as file:
        yield lambda text: file.execute(
            text.replace("$TODAY", TODAY).replace("$RUNS", f"'{RUNS}'").replace("$MINE", MINE[who])
        ).fetchall()


def test_the_table_counts_what_sql_counts_of_every_campaign_that_runs(shown, sql):
    table = next(one for one in blocks(shown) if isinstance(one, Table) and one.key == "running")
    expected = dict(
        sql(
            """
        SELECT m.campaign_id, count(*) FILTER (NOT coalesce(a.is_control, false) AND m.converted_at IS NOT NULL
                                               AND m.converted_at::DATE <= m.matures_on)
        FROM campaign_member m LEFT JOIN campaign_arm a USING (campaign_id, arm)
        JOIN campaign c USING (campaign_id) WHERE $MINE AND c.starts_on <= $TODAY
        GROUP BY m.campaign_id HAVING (max(m.matures_on) > $TODAY OR max(c.ends_on) > $TODAY)
        AND count(*) FILTER (NOT coalesce(a.is_control, false)) > 0"""
        )
    )
    assert table.opens is not None
    assert set(table.opens.values) == set(expected)
    so_far = called(table, "So far").texts("CNY")
    assert {one: int(text) for one, text in zip(table.opens.values, so_far, strict=True)} == expected


def test_who_is_held_out_whole_is_told_apart_from_who_is_called(shown, who):
    block = next(
        one for row in shown.rows for one in row if isinstance(one.shown, Table) and one.shown.key == "running"
    )
    told = "Held out here, so that nobody is called: National deposit 2026"  # K065, drawn by branch
    assert block.after == (told if who == "head" else "")


def test_an_owner_whom_the_viewer_does_not_see_is_a_colleague_elsewhere(warehouse, sql, tmp_path):
    """The head of B002 sees who works there; the bank's people see all by name."""
    bank, head = (Reader(viewer(*branches), warehouse) for branches in ((), ("B002",)))
    assert all(name != key and name for key, name in running.owners(bank, "").items())
    there = dict(sql("SELECT staff_id, name FROM staff JOIN staff_posting USING (staff_id) WHERE branch_id = 'B002'"))
    owned = dict(sql("SELECT campaign_id, owner_staff_id FROM campaign"))
    workspace = open_database(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    every = {one.campaign_id for one in running.ask(workspace, head, Choice()).every}
    own = {key for key in every if owned[key] in there}
    assert own
    assert running.owners(head, "") == {owned[key]: there[owned[key]] for key in own} | {running.ELSEWHERE: ""}
    others = running.ask(workspace, head, Choice(owner=running.ELSEWHERE)).every
    assert {one.campaign_id for one in others} == every - own != set()


def test_the_line_of_the_fan_is_the_count_of_each_day(shown, answer, sql):
    days = sql(
        """
        SELECT m.converted_at::DATE - c.starts_on::DATE, count(*)
        FROM campaign_member m JOIN campaign c USING (campaign_id) JOIN campaign_arm a USING (campaign_id, arm)
        WHERE $MINE AND campaign_id = $RUNS AND NOT a.is_control
        AND m.converted_at::DATE <= m.matures_on GROUP BY 1"""
    )
    drawn = [mark["count"] for mark in chart(shown, "progress").spec["datasets"]["sofar"]]
    expected = np.zeros(len(drawn))
    for day, count in days:
        expected[min(max(day, 0), len(drawn) - 1)] += count
    assert drawn == list(np.cumsum(expected))
    assert drawn[-1] == answer.chosen.converted


def test_the_early_counts_behind_the_effect_are_those_of_sql(answer, sql):
    found = sql(
        """
        SELECT a.is_control, count(*), count(*) FILTER (m.converted_at::DATE <= m.assigned_at::DATE + 10
                                                        AND m.converted_at::DATE <= m.matures_on)
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
        WHERE $MINE AND campaign_id = $RUNS AND m.assigned_at::DATE + 10 <= $TODAY GROUP BY 1"""
    )
    row = answer.chosen.row
    by_arm = {control: (n, bought) for control, n, bought in found}
    assert (row["ripe"], row["ripe_converted"]) == by_arm.get(False, (0, 0))
    assert (row["control_ripe"], row["control_ripe_converted"]) == by_arm.get(True, (0, 0))
    early = sql(
        """
        SELECT sum((m.converted_at::DATE <= m.assigned_at::DATE + 10)::INT) / count(*) FROM campaign_member m
        JOIN campaign USING (campaign_id) WHERE $MINE AND attribution_days = 60 AND m.converted_at IS NOT NULL
        AND m.converted_at::DATE <= m.matures_on AND m.matures_on <= $TODAY"""
    )[0][0]
    assert answer.chosen.early == pytest.approx(float(early))


def test_of_groups_that_are_not_of_their_planned_sizes_nothing_is_advised(
    answer: Running, reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    judged = [one for one in answer.every if one.advice is not None]
    if not judged:
        return
    kept.forget()  # the same data with other groups
    monkeypatch.setattr(Scorecard, "off_plan", property(lambda card: np.ones(len(card), dtype=bool)))
    one = judged[0]
    off = standing.stand(reader, one.campaign_id, answer.choice.branch, one.plan)
    course = detail.ask(reader, one.campaign_id, answer.choice.branch, one.plan)
    kept.forget()
    assert off.advice is None
    assert off.effect.reason[0] == "sample_ratio"
    assert course.course is None
    words.speak("en")
    assert running_words.effect(off).startswith("The groups are not of the planned sizes")


def test_the_week_of_the_alarm_ends_with_the_last_whole_week_of_the_campaign(answer, sql):
    """The 39th day: the fifth week ended on the 35th."""
    assert answer.chosen.day == 39
    (by_look,) = sql(
        """
        SELECT count(*) FROM campaign_member m JOIN campaign c USING (campaign_id)
        JOIN campaign_arm a USING (campaign_id, arm) WHERE $MINE AND campaign_id = $RUNS AND NOT a.is_control
        AND m.converted_at::DATE <= m.matures_on AND m.converted_at::DATE < c.starts_on::DATE + 35"""
    )[0]
    assert answer.chosen.row["by_look"] == by_look


def test_the_last_whole_week_of_every_campaign_ends_before_its_next_day(reader, sql):
    expected = dict(
        sql(
            """
        SELECT m.campaign_id, count(*) FILTER (
            NOT coalesce(a.is_control, false) AND m.converted_at::DATE <= m.matures_on
            AND m.converted_at::DATE - c.starts_on::DATE < 7 * (($TODAY - c.starts_on::DATE + 1) // 7))
        FROM campaign_member m JOIN campaign c USING (campaign_id) LEFT JOIN campaign_arm a USING (campaign_id, arm)
        WHERE $MINE AND c.starts_on <= $TODAY
        GROUP BY m.campaign_id HAVING (max(m.matures_on) > $TODAY OR max(c.ends_on) > $TODAY)
        AND count(*) FILTER (NOT coalesce(a.is_control, false)) > 0"""
        )
    )
    found = standing.rows(reader, "").set_index("campaign_id")["by_look"]
    assert found.to_dict() == expected


def test_the_cards_are_counted_from_who_was_contacted(shown, answer, sql):
    contacted, opted_out, complaints = sql(
        """
        WITH mine AS (SELECT m.* FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
                      WHERE $MINE AND campaign_id = $RUNS AND NOT a.is_control AND contacted_at IS NOT NULL)
        SELECT (SELECT count(*) FROM mine),
        (SELECT count(DISTINCT customer_id) FROM mine JOIN consent s USING (customer_id) WHERE s.purpose = 'marketing'
         AND s.withdrawn_at >= mine.contacted_at AND s.withdrawn_at::DATE <= mine.matures_on),
        (SELECT count(*) FROM complaint k JOIN mine USING (customer_id) WHERE k.campaign_id = $RUNS)"""
    )[0]
    assert numbers(card(shown, "Complaints").value)[0][0] == complaints
    first = numbers(card(shown, "Opt-outs").rests_on)
    assert (first[0][0], first[1][0]) == (opted_out, contacted)
    scores = sql(
        """
        SELECT count(s.score), avg(s.score) FROM satisfaction s JOIN campaign_member m USING (campaign_id, customer_id)
        JOIN campaign_arm a USING (campaign_id, arm) WHERE $MINE AND campaign_id = $RUNS AND scale = 'csat5'
        AND NOT a.is_control AND m.contacted_at IS NOT NULL"""
    )[0]
    assert answer.chosen.guardrails.answers == scores[0]
    if scores[0]:
        assert answer.chosen.guardrails.score == pytest.approx(scores[1])
    hours = numbers(card(shown, "Staff hours").value)[0]
    assert abs(hours[0] - contacted * 8 / 60) <= hours[1]  # eight minutes a call


def test_pressure_counts_every_contact_of_the_last_thirty_days(answer, sql):
    touched, contacts, over = sql(
        """
        SELECT count(*), sum(times), count(*) FILTER (times > 3) FROM (
            SELECT k.customer_id, count(*) AS times FROM contact k JOIN campaign_member m USING (customer_id)
            JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm
            WHERE $MINE AND m.campaign_id = $RUNS AND NOT a.is_control AND coalesce(k.direction, '') <> 'inbound'
            AND k.contacted_at::DATE > (SELECT max(contacted_at)::DATE FROM contact) - 30 GROUP BY 1)"""
    )[0]
    rails = answer.chosen.guardrails
    assert (rails.touched, rails.contacts, rails.over_cap) == (touched, contacts, over)


def test_the_most_urgent_stand_first_and_calls_before_measuring(answer):
    phases = [one.phase for one in answer.every]
    assert phases == sorted(phases, key=lambda phase: phase is standing.Phase.MEASURING)
    assert not any(answer.asks(one) for one in answer.every)


def test_the_fan_ends_with_the_forecast_and_holds_its_quantiles_in_order(answer):
    course = answer.detail
    if len(course.fan):
        assert (np.diff(course.fan, axis=1) >= 0).all()
        assert course.days[0] == 0
        assert course.days[-1] == answer.chosen.life
        assert len(course.days) == len(course.fan)
    assert len(detail.QUANTILES) == 5


@pytest.mark.parametrize(
    ("spent", "chance", "badge"),
    [
        (100.0, 0.5, ("as planned", "gray")),
        (100.01, 0.5, ("above the budget", "gray")),
        (100.01, 1e-9, ("dearer", "orange")),
        (100.01, np.nan, ("not judged yet", "gray")),
    ],
)
def test_more_than_the_budget_is_not_as_planned_though_past_campaigns_strayed_as_far(answer, spent, chance, badge):
    words.speak("en")
    one = replace(answer.chosen, spent=spent, budget=100.0, judged=(Judged(Watch.SPENDING, chance),))
    assert cards._spent(answer, one).badge == badge
