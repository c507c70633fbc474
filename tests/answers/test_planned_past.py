"""The demo bank's planned past: frozen before each campaign from what was known then, and from nothing of it."""

from __future__ import annotations

import json
import math
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
import sqlalchemy as sa
from scipy import stats

from answers import kept
from answers.loop import forecasts
from answers.plan import freeze, learned, past
from data_access.demo.people import PEOPLE
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.versions import open_store
from data_access.workspace import moment
from data_access.workspace.database import open_database
from data_access.workspace.loop import frozen, matches, plans
from data_access.workspace.loop.frozen import Frozen
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of


class Past(NamedTuple):
    """The demo bank, a small part of it, and what its planners froze."""

    readers: list[Reader]
    workspace: sa.Engine
    forecasts: dict[str, Frozen]
    sql: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def planned(tmp_path_factory, planned_past: Path) -> Iterator[Past]:
    folder: Path = shutil.copytree(planned_past.parent, tmp_path_factory.mktemp("past"), dirs_exist_ok=True)
    copy = folder / "by_hand.duckdb"
    copy.write_bytes(next((folder / "warehouse").glob("*.duckdb")).read_bytes())
    opened: Warehouse = warehouse_of(str(folder / "warehouse"))
    kept.forget()
    people = [one for one in PEOPLE if not one.branches]
    readers = [Reader(Viewer(one.email, one.name, Role(one.role), WHOLE_BANK, True), opened) for one in people]
    work = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    found = {
        one.plan_id.removeprefix("demo-"): frozen.of(work, WHOLE_BANK, one.plan_id)[0]
        for one in plans.of(work, WHOLE_BANK)
    }
    sql = duckdb.connect(str(copy), read_only=True)
    yield Past(readers, work, found, sql)
    sql.close()
    work.dispose()
    opened.close()


def test_recent_and_running_campaigns_are_planned_but_two(planned: Past):
    rows = planned.sql.sql(
        "SELECT campaign_id, theme, ends_on FROM campaign WHERE starts_on >= DATE '2026-11-15' - 425"
    ).fetchall()
    nobodys = {campaign for campaign, theme, _ in rows if theme in ("advice", "student")}
    assert len(nobodys) == 2
    assert set(planned.forecasts) == {campaign for campaign, *_ in rows} - nobodys
    said = matches.of(planned.workspace, WHOLE_BANK)
    linked = {
        one: {each.campaign_id: str(each.state) for each in said if each.plan_id == f"demo-{one}"}
        for one in planned.forecasts
    }
    waiting = {one for one, of in linked.items() if not of}
    assert waiting == {campaign for campaign, theme, end in rows if theme == "maturity" and end.year == 2026}
    assert all(of == {one: "confirmed"} for one, of in linked.items() if one not in waiting)
    assert len({one.frozen_by for one in planned.forecasts.values()}) == 2


def test_each_was_frozen_before_its_first_day_from_what_was_over_by_then(planned: Past):
    for campaign, one in planned.forecasts.items():
        content = one.content
        starts_on, ends_on = planned.sql.sql(
            f"SELECT starts_on, ends_on FROM campaign WHERE campaign_id = '{campaign}'"  # noqa: S608
        ).fetchall()[0]
        assert (content.starts_on, content.ends_on) == (starts_on, ends_on)
        assert one.frozen_at < datetime.combine(starts_on, datetime.min.time())
        until = starts_on - timedelta(days=2)
        assert content.kept["until"] == until.isoformat()
        over = planned.sql.sql(f"""
            SELECT c.campaign_id FROM campaign c JOIN campaign_member m USING (campaign_id)
            JOIN campaign_arm a USING (campaign_id, arm) WHERE NOT a.is_control
            GROUP BY c.campaign_id, c.ends_on HAVING c.ends_on <= '{until}' AND max(m.matures_on) <= '{until}'
        """).fetchall()  # noqa: S608
        assert set(content.kept["past"]["campaign_id"]) == {row[0] for row in over}
        assert plans.find(planned.workspace, WHOLE_BANK, content.plan_id).saved_at < one.frozen_at


def test_nothing_that_happened_later_could_have_taught_it(planned: Past):
    """What taught it is counted by hand from the rows of the days up to then."""
    campaign = "K051"
    one = planned.forecasts[campaign].content
    until = one.kept["until"]
    expected = planned.sql.sql(f"""
        SELECT c.campaign_id, count(*) AS n, count(*) FILTER (m.participated_at < DATE '{until}' + 1),
            count(*) FILTER (m.converted_at::DATE <= m.matures_on AND m.converted_at < DATE '{until}' + 1),
            sum(m.sales_amount)::DOUBLE, sum(m.contribution_amount)::DOUBLE,
            (SELECT sum(actual_amount) FROM campaign_cost k
                WHERE k.campaign_id = c.campaign_id AND k.incurred_on <= '{until}')::DOUBLE
        FROM campaign c JOIN campaign_member m USING (campaign_id) JOIN campaign_arm a USING (campaign_id, arm)
        WHERE NOT a.is_control AND c.ends_on <= '{until}' GROUP BY c.campaign_id
    """).fetchall()  # noqa: S608
    by_hand = {row[0]: row[1:] for row in expected}
    told = one.kept["past"]
    names = ("n", "participated", "converted", "sum_sales", "sum_contribution", "cost")
    for place, each in enumerate(told["campaign_id"]):
        assert tuple(told[name][place] for name in names) == pytest.approx(by_hand[each])


def test_it_is_what_a_person_would_have_frozen_on_that_day(planned: Past):
    """The same door: the forecast follows from what is kept, to the digit, and the digest is that of the content."""
    for campaign in ("K040", "K070"):
        one = planned.forecasts[campaign]
        again = json.loads(json.dumps(dict(one.content.kept)))
        assert freeze.reproduced(again, one.content.seed) == again["forecast"]
        assert one.digest == one.content.digest


def test_what_is_planned_is_what_the_campaign_set_out_to_be(planned: Past):
    for campaign, one in planned.forecasts.items():
        settings, plan = one.content.kept["settings"], one.content.kept["plan"]
        assigned, ends_on = planned.sql.sql(
            f"SELECT count(*), any_value(c.ends_on) FROM campaign_member JOIN campaign c USING (campaign_id) "  # noqa: S608
            f"WHERE campaign_id = '{campaign}'"
        ).fetchall()[0]
        held = planned.sql.sql(
            f"SELECT coalesce(sum(allocation) FILTER (is_control), 0) / sum(allocation) FROM campaign_arm "  # noqa: S608
            f"WHERE campaign_id = '{campaign}'"
        ).fetchall()[0][0]
        assert int(settings["control"]) == round(100 * held)
        assert plan["customers"] + plan["control"] == int(settings["size"])
        if ends_on < planned.readers[0].as_of:
            assert abs(int(settings["size"]) - assigned) <= max(0.05 * assigned, 0.5)
            planned_costs = planned.sql.sql(
                f"SELECT category, sum(planned_amount) FROM campaign_cost WHERE campaign_id = '{campaign}' GROUP BY 1"  # noqa: S608
            ).fetchall()
            assert one.content.kept["planned_costs"] == dict(planned_costs)
            assert int(settings["budget"]) == sum(amount for _, amount in planned_costs)
        else:
            assert int(settings["size"]) > assigned


def test_frozen_forecasts_held_as_often_as_they_promised(planned: Past):
    """80 % limits against what happened, counted by hand, over campaigns whose windows have closed."""
    happened = (
        planned.sql.sql("""
        SELECT c.campaign_id, count(*) FILTER (NOT is_control) AS n, count(*) FILTER (is_control) AS held_out,
            sum(contribution_amount) FILTER (NOT is_control)::DOUBLE AS contribution,
            sum(contribution_amount) FILTER (is_control)::DOUBLE AS theirs,
            bool_and(assignment = 'randomised' AND "cluster" = 'customer') AS drawn,
            (SELECT sum(actual_amount) FROM campaign_cost k WHERE k.campaign_id = c.campaign_id) AS cost,
            count(participated_at) FILTER (NOT is_control) AS participated,
            count(*) FILTER (NOT is_control AND converted_at::DATE <= matures_on) AS converted,
            sum(sales_amount) FILTER (NOT is_control)::DOUBLE AS sales
        FROM campaign c JOIN campaign_member m USING (campaign_id) JOIN campaign_arm a USING (campaign_id, arm)
        GROUP BY 1 HAVING max(matures_on) <= DATE '2026-11-15'
    """)
        .df()
        .set_index("campaign_id")
    )
    inside: dict[str, list[bool]] = {}
    off: dict[str, list[float]] = {}
    for campaign, one in planned.forecasts.items():
        if campaign not in happened.index:
            continue
        told, row = one.content.kept["forecast"]["quantiles"], happened.loc[campaign]
        for name in ("participated", "converted", "sales"):
            actual = row[name] / row["n"] * one.content.kept["plan"]["customers"]
            inside.setdefault(name, []).append(told[name]["0.1"] <= actual <= told[name]["0.9"])
            off.setdefault(name, []).append(math.log(max(actual, 1.0) / max(told[name]["0.5"], 1.0)))
        inside.setdefault("cost", []).append(told["cost"]["0.1"] <= row["cost"] <= told["cost"]["0.9"])
        if row["drawn"] and row["held_out"] and row["cost"] > 0:
            added = row["contribution"] - row["n"] * row["theirs"] / row["held_out"]
            expected = told["roi_measured"]
            inside.setdefault("roi", []).append(expected["0.1"] <= added / row["cost"] - 1 <= expected["0.9"])
    assert all(len(held) > 25 for name, held in inside.items() if name != "roi")
    assert len(inside["roi"]) > 15
    for name, held in inside.items():
        # Limits that hold 80 % of what comes fail this once in a hundred times.
        low, high = stats.binom.ppf([0.005, 0.995], len(held), 0.8)
        assert low <= sum(held) <= high, name
    assert all(abs(statistics.median(one)) < 0.25 for one in off.values())
    # The outcomes of one campaign hang together: of all, as many as of some forty independent ones.
    every = [one for held in inside.values() for one in held]
    assert 0.65 <= sum(every) / len(every) <= 0.93


def test_a_return_is_held_against_what_those_held_out_were_to_tell(planned: Past):
    """As money back for one unit spent; where nobody is held out, that of all who buy."""
    ends = ("0.1", "0.9")
    for campaign, one in planned.forecasts.items():
        head = frozen.heads(planned.workspace, WHOLE_BANK)
        own = next(each for each in head if each.plan_id == f"demo-{campaign}")
        told = one.content.kept["forecast"]["quantiles"]
        named = "roi_incremental" if "roi_incremental" in told else "roi"
        if one.content.kept["plan"]["control"] and named != "roi":
            named = "roi_measured"
            true = told["roi_incremental"]
            assert told[named]["0.9"] - told[named]["0.1"] > true["0.9"] - true["0.1"]
        near = forecasts.read(planned.workspace, WHOLE_BANK, own).bands["roi"].near
        assert near == pytest.approx([told[named][end] + 1 for end in ends])


def test_what_is_there_is_left_and_what_is_missing_is_made(planned: Past, tmp_path):
    assert past.plan_the_past(planned.readers, planned.workspace) == 0
    assert past.plan_the_past([], planned.workspace) == 0


def test_a_plan_that_was_begun_and_not_frozen_is_taken_up_again(planned: Past, tmp_path, monkeypatch):
    work = open_database(f"sqlite:///{tmp_path / 'again.sqlite'}")
    monkeypatch.setattr(past, "SPAN", timedelta(days=30))
    freezing = frozen.freeze
    monkeypatch.setattr(frozen, "freeze", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        past.plan_the_past(planned.readers, work)
    assert len(plans.of(work, WHOLE_BANK)) == 1
    monkeypatch.setattr(frozen, "freeze", freezing)
    made = past.plan_the_past(planned.readers, work)
    assert made == len(plans.of(work, WHOLE_BANK)) > 1
    archived = plans.of(work, WHOLE_BANK)[0].plan_id
    plans.archive(work, planned.readers[1].viewer, archived)
    assert past.plan_the_past(planned.readers, work) == 0, "what somebody put away is not brought back"
    work.dispose()


def test_a_bank_of_ones_own_has_no_invented_past(planned: Past, tmp_path, monkeypatch):
    work = open_database(f"sqlite:///{tmp_path / 'own.sqlite'}")
    monkeypatch.setattr(Reader, "source", "feed")
    assert past.plan_the_past(planned.readers, work) == 0
    assert plans.of(work, WHOLE_BANK) == []
    work.dispose()


def test_a_bank_with_too_short_a_past_has_none(tmp_path):
    publish(random_bank(), open_store(str(tmp_path / "bank")))
    opened = warehouse_of(str(tmp_path / "bank"))
    planner = Reader(replace(viewer(), role=Role.PLANNER), opened)
    work = open_database(f"sqlite:///{tmp_path / 'short.sqlite'}")
    assert past.plan_the_past([planner], work) == 0
    work.dispose()
    opened.close()


def test_only_the_invented_past_dates_a_deed_back():
    """A forecast that somebody could date back would be worth nothing."""
    root = Path(__file__).parents[2]
    rooms = ("answers", "data_access", "metrics", "pages", "reports", "story", "ui")
    callers = {str(file.relative_to(root)) for room in rooms for file in (root / room).rglob("*.py")
               if "told_as" in file.read_text(encoding="utf-8")}  # fmt: skip
    assert callers == {"answers/loop/past.py", "answers/plan/past.py", "data_access/workspace/moment.py"}
    with moment.told_as(datetime(2026, 1, 1)):
        assert moment.now() == datetime(2026, 1, 1)
    assert moment.now() > datetime(2026, 1, 2)


def test_the_same_campaigns_over_teach_the_same_and_are_learned_once(planned: Past):
    reader = planned.readers[0]
    day = planned.forecasts["K055"].content.starts_on
    first = learned.known_on(reader, day)
    assert learned.known_on(reader, day, first) is first
    assert learned.known_on(reader, day + timedelta(days=120), first) is not first
