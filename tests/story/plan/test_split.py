"""Where the budget would go: what moves, what it brings, and of what history cannot say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from answers.plan.split import Split
from metrics.estimate import Intervals
from metrics.planning.identified import Experiment
from story import words
from story.parts import Table
from story.plan import split
from tests.pages.shown import marks

NAN = float("nan")


def gain(middle: float, low: float, high: float) -> Intervals:
    return Intervals.of([middle], [low], [high], n=[9], level=0.8)


# In minor units, of a budget of 100,000 yuan.
SPLIT = Split(
    by="tier",
    place="branch_id",
    cells=(("wealth", "phone", "B1"), ("wealth", "phone", "B2"), ("basic", "sms", "B1"), ("basic", "branch", "B2")),
    campaigns=np.array([12.0, 3.0, 5.0, 0.0]),
    own=np.array([5_000_000.0, 3_000_000.0, 2_000_000.0, 0.0]),
    best=np.array([6_500_000.0, 1_000_000.0, 2_000_000.0, 500_000.0]),
    last=np.array([NAN, NAN, NAN, NAN]),
    own_marginal=np.array([2.5, 0.4, NAN, NAN]),
    best_marginal=np.array([1.9, 1.8, NAN, 1.7]),
    gain=gain(900_000.0, 100_000.0, 2_000_000.0),
    last_unit=1.8,
    budget=10_000_000.0,
    hours=NAN,
    short=False,
    straight=False,
    untold=(),
    test=None,
)


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def read(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def told(one: Split) -> tuple[str, str, str]:
    """The two headings and what stands below."""
    (where, brings), _ = split.rows(one, "CNY", {"B1": "East", "B2": "West"})
    return read(where.heading), brings.heading, read(brings.after)


def test_the_heading_names_where_most_comes_from_and_goes_to_and_no_more_than_both():
    """15,000 more in one cell, 20,000 less in another: no more than 15,000 went from the one to the other."""
    assert told(SPLIT)[0] == "As the past went: ¥15.0 k from Wealth, phone, West to Wealth, phone, East"
    mirrored = replace(SPLIT, own=SPLIT.best, best=SPLIT.own)
    assert told(mirrored)[0] == "As the past went: ¥15.0 k from Wealth, phone, East to Wealth, phone, West"


@pytest.mark.parametrize(("moved", "proposed"), [(200_000.0, False), (200_001.0, True)])
def test_what_is_moved_is_told_above_a_fiftieth_of_the_budget(moved: float, proposed: bool):
    best = SPLIT.own + np.array([moved, -moved, 0.0, 0.0])
    assert (" to " in told(replace(SPLIT, best=best))[0]) is proposed


@pytest.mark.parametrize(
    ("gained", "said"),
    [
        (gain(900_000.0, 100_000.0, 2_000_000.0), "It brings about "),
        (gain(900_000.0, 0.0, 2_000_000.0), "It may bring "),
        (gain(200_001.0, -5.0, 900_000.0), "It may bring "),
        (gain(200_000.0, 100_000.0, 900_000.0), "It brings no more than the plan"),
    ],
)
def test_what_it_brings_is_said_as_surely_as_its_limits(gained: Intervals, said: str):
    assert told(replace(SPLIT, gain=gained))[1].startswith(said)


def test_the_last_unit_is_told_where_money_is_spent_and_history_can_say_what_moves_most_first():
    (_, block), _ = split.rows(SPLIT, "CNY", {"B1": "East", "B2": "West"})
    assert isinstance(block.shown, Table)
    assert [tuple(row) for row in zip(*(column.values for column in block.shown.columns), strict=True)] == [
        ("Wealth, phone, West", "0.4", "1.8"),
        ("Wealth, phone, East", "2.5", "1.9"),
        ("Basic, branch, West", "\N{EM DASH}", "1.7"),
        ("Basic, text message, East", "not known", "not known"),
    ]
    assert "of the whole budget 1.8" in block.caption


def test_the_table_holds_every_cell_the_largest_proposed_first():
    _, (block,) = split.rows(replace(SPLIT, last=np.array([NAN, 4e6, NAN, NAN])), "CNY", {"B1": "East", "B2": "West"})
    table = block.shown
    assert isinstance(table, Table)
    assert [column.name for column in table.columns[:3]] == ["Tier", "Channel", "Branch"]
    texts = [column.texts("CNY") for column in table.columns]
    assert list(zip(*texts, strict=True)) == [
        ("Wealth", "phone", "East", "12", "50.0", "65.0", "none", "2.50", "1.90"),
        ("Basic", "text message", "East", "5", "20.0", "20.0", "none", "not known", "not known"),
        ("Wealth", "phone", "West", "3", "30.0", "10.0", "40.0", "0.40", "1.80"),
        ("Basic", "branch", "West", "0", "0", "5.00", "none", "\N{EM DASH}", "1.70"),
    ]


def test_of_many_cells_those_are_drawn_of_which_most_moves():
    count = 40
    moved = np.linspace(-1e6, 1e6, count)
    own = np.full(count, 2e6)
    own[18:22] = 5e6  # the largest, of which hardly anything moves
    nothing = np.full(count, NAN)
    cells = tuple(("basic", "phone", f"B{at:02}") for at in range(count))
    many = replace(
        SPLIT, cells=cells, campaigns=own * 0, own=own, best=own + moved, last=nothing, own_marginal=nothing,
        best_marginal=nothing, budget=float(own.sum()),
    )  # fmt: skip
    (where, _), (every,) = split.rows(many, "CNY", {})
    drawn = {row["name"][-3:] for row in marks(where.shown, "x")}
    assert drawn == {f"B{at:02}" for at in (*range(6), *range(34, 40))}
    assert "the 12 of 40 cells that move most" in where.caption
    assert len(every.shown.columns[0]) == count
    # 10.26 million of 92 move in all, no cell by a fiftieth of the budget alone.
    assert read(where.heading) == "As the past went: ¥103 k moves, in small parts"


def test_hours_that_bind_are_said_and_what_they_cost():
    bound = replace(SPLIT, hours=1_200.0, short=True, gain=gain(-900_000.0, -2e6, 1e5))
    (where, brings), _ = split.rows(bound, "CNY", {})
    assert "at most 1,200 staff hours" in where.caption
    assert brings.heading == "The plan needs more staff hours than there are; within them, this brings most"
    free = split.rows(replace(bound, short=False), "CNY", {})[0][1]
    assert free.heading == "It brings no more than the plan"


def test_what_history_cannot_say_an_experiment_would_and_only_one_that_ends():
    untold = replace(SPLIT, untold=(("basic", "sms"), ("basic", "branch")))
    said = "Basic, text message, Basic, branch: one customer always cost the same, so history cannot say."
    assert told(untold)[2] == said
    test = Experiment(customers=1_200.0, cost=480_000.0, level=2.0)
    would = " An experiment would: two levels of cost, 1,200 customers each, ¥4,800."
    assert told(replace(untold, test=test))[2] == said + would
    assert told(replace(untold, test=replace(test, customers=np.inf)))[2] == said
    assert told(replace(SPLIT, test=test))[2] == ""
    straight = "More money was mostly more customers: history shows no diminishing return."
    assert told(replace(SPLIT, straight=True))[2] == straight


def test_the_dots_stand_in_the_unit_that_the_caption_says_and_the_last_edition_where_it_is_known():
    (where, _), _ = split.rows(replace(SPLIT, last=np.array([NAN, 4_000_000.0, NAN, NAN])), "CNY", {"B1": "East"})
    assert where.caption.startswith("Spend by cell, ¥ k ")
    drawn = [(row["name"], row["role"], row["x"]) for row in marks(where.shown, "x")]
    assert drawn[0] == ("Wealth, phone, B2", "muted", 40.0)
    assert [x for _, role, x in drawn if role == "none"] == [30.0, 50.0, 0.0, 20.0]
    assert [x for _, role, x in drawn if role == "better"] == [10.0, 65.0, 5.0, 20.0]
