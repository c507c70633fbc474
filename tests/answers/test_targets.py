"""Goals add up where sums mean something, and are silent where a part of them lacks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pytest

from answers import period, targets
from answers.period import Period, Season
from answers.targets import Goal, Part
from data_access.reading.reader import Reader
from data_access.versions import open_store
from data_access.workspace import targets as kept
from data_access.workspace.database import open_database
from data_access.workspace.targets import Key
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

SEASONS = [Season("RED26", "Opening", date(2025, 10, 1), date(2026, 3, 31))]
VALUES = {
    Key("B1", "weekly_sales", "2026-10"): 100.0,
    Key("B1", "weekly_sales", "2026-11"): 200.0,
    Key("B1", "weekly_sales", "2026-12"): 400.0,
    Key("B2", "weekly_sales", "2026-11"): 1_000.0,
    Key("B1", "average_assets", "2026-10"): 5.0,
    Key("B1", "average_assets", "2026-11"): 6.0,
    Key("B1", "average_assets", "2026-12"): 7.0,
    Key("B1", "top_two_box", "2026-11"): 0.8,
    Key("B2", "top_two_box", "2026-11"): 0.9,
    Key("B1", "weekly_conversions", "season-RED26"): 45.0,
    Key("B1", "weekly_conversions", "2026-11"): 0.0,
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Iterator:
    folder = tmp_path_factory.mktemp("targets")
    warehouse = warehouse_of(str(folder / "warehouse"))
    publish(
        bank_of({"branch": [{"branch_id": name, "name": name} for name in ("B1", "B2")]}),
        open_store(str(folder / "warehouse")),
    )
    workspace = open_database(f"sqlite:///{folder}/workspace.sqlite")
    kept.put_all(workspace, "gu", VALUES)

    def ask(metric: str, key: str, *branches: str, scope: tuple[str, ...] = ()) -> Goal:
        looked_at = period.read(key, SEASONS)
        assert isinstance(looked_at, Period)
        return targets.ask(workspace, Reader(viewer(*scope), warehouse), [metric], looked_at, branches)[metric]

    yield ask
    workspace.dispose()
    warehouse.close()


@pytest.mark.parametrize(
    ("metric", "key", "branches", "value", "with_target", "wanted"),
    [
        ("weekly_sales", "2026-11", ["B1"], 200.0, 1, 1),
        ("weekly_sales", "2026-11", [], 1_200.0, 2, 2),
        ("weekly_sales", "2026-12", [], None, 1, 2),  # B2 has none
        ("weekly_sales", "2026-Q4", ["B1"], 700.0, 3, 3),
        ("weekly_sales", "2026-Q4", ["B2"], None, 1, 3),
        ("weekly_sales", "2026", ["B1"], None, 3, 12),
        ("average_assets", "2026-Q4", ["B1"], 7.0, 1, 1),  # a balance: the last month's
        ("top_two_box", "2026-11", ["B2"], 0.9, 1, 1),
        ("top_two_box", "2026-11", [], None, 2, 2),  # shares do not add up
        ("weekly_conversions", "season-RED26", ["B1"], 45.0, 1, 1),
        ("weekly_conversions", "2026-11", ["B1"], 0.0, 1, 1),
        ("weekly_sales", "all", ["B1"], None, 0, 0),
        ("roi_incremental", "2026-11", ["B1"], None, 0, 0),
        ("weekly_sales", "2025-11", ["B1"], None, 0, 1),
        ("weekly_sales", "2026-11", ["B9"], None, 0, 0),
    ],
)
def test_a_goal_is_the_sum_of_what_was_set_or_none(asked, metric, key, branches, value, with_target, wanted):
    assert asked(metric, key, *branches) == Goal(metric, value, with_target, wanted)


@pytest.mark.parametrize(
    ("metric", "key", "branches", "value", "parts"),
    [
        # November 2026 has 21 working days, October 18: seven days of holiday, and a Saturday that is worked.
        ("weekly_sales", "2026-W46", ["B1"], 200.0 * 5 / 21, [Part("2026-11", 5, 21)]),
        ("weekly_sales", "2026-W46", [], 1_200.0 * 5 / 21, [Part("2026-11", 5, 21)]),
        (
            "weekly_sales",
            "2026-W49",
            ["B1"],
            200.0 / 21 + 400.0 * 4 / 23,
            [Part("2026-11", 1, 21), Part("2026-12", 4, 23)],
        ),
        ("weekly_sales", "2026-W49", ["B2"], None, []),  # December has none
        (
            "weekly_sales",
            "2026-W44",
            ["B1"],
            100.0 * 5 / 18,
            [Part("2026-10", 5, 18)],
        ),  # Sunday is November's, a day off
        ("top_two_box", "2026-W49", ["B1"], None, []),  # its Thursday lies in December
        ("top_two_box", "2026-W48", ["B1"], 0.8, []),
        ("average_assets", "2026-W49", ["B1"], 7.0, []),
    ],
)
def test_a_week_takes_its_working_days_of_its_months_targets(asked, metric, key, branches, value, parts):
    goal = asked(metric, key, *branches)
    assert goal.value == (None if value is None else pytest.approx(value))
    assert list(goal.parts) == parts


def test_a_branch_head_has_the_goal_of_their_branch(asked):
    assert asked("weekly_sales", "2026-11", scope=("B2",)).value == 1_000.0
    assert asked("weekly_sales", "2026-11", "B1", scope=("B2",)).wanted == 0


@pytest.mark.parametrize(
    ("value", "actual", "share"),
    [(200.0, 150.0, 0.75), (200.0, 250.0, 1.25), (200.0, -50.0, -0.25), (0.0, 5.0, None), (-10.0, 5.0, None),
     (None, 5.0, None), (200.0, math.nan, None)],
)  # fmt: skip
def test_a_share_of_a_goal_is_reached_where_there_is_one_above_zero(value, actual, share):
    reached = Goal("weekly_sales", value, 1, 1).reached(actual)
    assert math.isnan(reached) if share is None else reached == share


def test_a_branch_s_own_calendar_counts_before_the_official_one(tmp_path):
    """The branch is open on Saturday the 14th too, and closed on Monday the 9th and Tuesday the 10th."""
    warehouse = warehouse_of(str(tmp_path / "warehouse"))
    days = {14: True, 9: False, 10: False}
    calendar = [{"branch_id": "B1", "day": date(2026, 11, day), "open": works} for day, works in days.items()]
    bank = bank_of({"branch": [{"branch_id": "B1", "name": "B1"}], "branch_calendar": calendar})
    publish(bank, open_store(str(tmp_path / "warehouse")))
    workspace = open_database(f"sqlite:///{tmp_path}/workspace.sqlite")
    kept.put_all(workspace, "gu", VALUES)
    looked_at = period.named("2026-W46")
    goal = targets.ask(workspace, Reader(viewer(), warehouse), ["weekly_sales"], looked_at)["weekly_sales"]
    assert goal.parts == (Part("2026-11", 4, 20),)
    assert goal.value == pytest.approx(200.0 * 4 / 20)
    workspace.dispose()
    warehouse.close()


OF_SEASON = {
    Key("B1", "weekly_conversions", "season-RED26"): 1_200.0,
    Key("B2", "weekly_conversions", "season-RED26"): 120.0,
    Key("B1", "weekly_conversions", "2025-12"): 310.0,
    Key("B1", "top_two_box", "season-RED26"): 0.9,
    Key("B1", "average_assets", "season-RED26"): 7.0,
    Key("B1", "weekly_sales", "season-RED26"): 100.0,
}
RED = "Opening"
DAYS = 120


@pytest.fixture(scope="module")
def in_season(tmp_path_factory) -> Iterator:
    """Two branches, a season from October to March, and targets of it."""
    folder = tmp_path_factory.mktemp("season")
    warehouse = warehouse_of(str(folder / "warehouse"))
    season = {"season_id": "RED26", "name": RED, "starts_on": SEASONS[0].first, "ends_on": SEASONS[0].last}
    rows = {"branch": [{"branch_id": name, "name": name} for name in ("B1", "B2")], "season": [season]}
    publish(bank_of(rows), open_store(str(folder / "warehouse")))
    workspace = open_database(f"sqlite:///{folder}/workspace.sqlite")
    kept.put_all(workspace, "gu", OF_SEASON)

    def ask(metric: str, key: str, *branches: str) -> Goal:
        looked_at = period.read(key, SEASONS)
        assert isinstance(looked_at, Period)
        return targets.ask(workspace, Reader(viewer(), warehouse), [metric], looked_at, branches)[metric]

    yield ask
    workspace.dispose()
    warehouse.close()


# The season has 120 working days: 18 + 20 + 23 + 21 + 16 + 22, as the State Council set them, worked Sundays included.
@pytest.mark.parametrize(
    ("metric", "key", "branches", "value", "parts"),
    [
        ("weekly_conversions", "2025-W46", ["B1"], 1_200.0 * 5 / DAYS, [(5, DAYS, RED)]),
        ("weekly_conversions", "2025-W46", [], 1_320.0 * 5 / DAYS, [(5, DAYS, RED)]),
        ("weekly_conversions", "2025-11", ["B1"], 1_200.0 * 20 / DAYS, [(20, DAYS, RED)]),
        # December has a target of its own, which counts for its weeks as well.
        ("weekly_conversions", "2025-12", ["B1"], 310.0, []),
        ("weekly_conversions", "2025-W50", ["B1"], 310.0 * 5 / 23, [(5, 23, "")]),
        # A week that is not all of the season takes none of it.
        ("weekly_conversions", "2026-W14", ["B1"], None, []),
        ("weekly_conversions", "2026-04", ["B1"], None, []),
        ("weekly_conversions", "2025-Q4", ["B1"], None, []),
        ("weekly_conversions", "season-RED26", [], 1_320.0, []),
        ("weekly_sales", "2025-11", [], None, []),
        ("top_two_box", "2025-W46", ["B1"], 0.9, []),
        ("average_assets", "2025-11", ["B1"], None, []),
    ],
)
def test_what_nobody_set_for_a_week_or_month_is_its_part_of_the_season_s(
    in_season, metric, key, branches, value, parts
):
    goal = in_season(metric, key, *branches)
    assert goal.value == (None if value is None else pytest.approx(value))
    assert [(part.days, part.of, part.season) for part in goal.parts] == parts
