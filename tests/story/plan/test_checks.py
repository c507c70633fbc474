"""What stands in a plan's way: each check on both sides of its limit, and what the control group could show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from answers.plan.plan import Audience, PlanAnswer
from story import words
from story.parts import Table
from story.plan import checks
from tests.story.plan.answered import NAN, PLAN, could_tell, plan


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def read(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def rows(answer: PlanAnswer) -> dict[str, tuple[str, str]]:
    """Finding and verdict by check."""
    shown = checks.block(answer).shown
    assert isinstance(shown, Table)
    names, found, verdicts = (column.values for column in shown.columns)
    return {name: (read(one), verdict) for name, one, verdict in zip(names, found, verdicts, strict=True)}


@pytest.mark.parametrize(
    ("needed", "free", "said"),
    [
        (60.0, 60.0, ("60 of 60 free hours", "fits")),
        (60.0, 59.0, ("60 of 59 free hours", "too much")),
        (60.0, NAN, ("60 hours needed; who is posted where is not recorded", "not known")),
        (0.0, 60.0, ("no person serves these channels", "fits")),
    ],
)
def test_hours_fit_up_to_the_last_free_one(needed: float, free: float, said: tuple[str, str]):
    answer = plan(capacity=replace(PLAN.capacity, needed=needed, free=free))
    assert rows(answer)["Staff hours"] == said
    assert checks.block(answer).heading.startswith("In the way: Staff hours") is (said[1] == "too much")


def test_each_check_counts_its_own_rules():
    left = {"do_not_contact": 1, "no_consent": 20, "not_rated": 300, "risk": 4_000, "overlap": 5, "pressure": 6}
    answer = plan(audience=Audience(9_999, left, {"basic": 1}, ()))
    assert rows(answer)["Suitability, consent"] == ("4,321 customers left out, as judged today", "fits")
    assert rows(answer)["Contact pressure"] == ("at most 3 in 30 days; 6 customers left out", "fits")


@pytest.mark.parametrize("rule", ["do_not_contact", "no_consent", "not_rated", "risk"])
def test_a_rule_that_the_feeds_cannot_tell_is_not_called_kept(rule: str):
    told = rows(plan(audience=replace(PLAN.audience, untold=(rule,))))
    assert told["Suitability, consent"][1] == "not known"
    assert told["Contact pressure"][1] == "fits"
    told = rows(plan(audience=replace(PLAN.audience, untold=("pressure",))))
    assert told["Contact pressure"] == ("contacts are not recorded", "not known")
    assert told["Suitability, consent"][1] == "fits"


def test_a_holiday_inside_is_named_with_its_days():
    assert rows(PLAN)["Calendar"] == ("20 working days", "fits")
    festival = date(2027, 2, 5), date(2027, 2, 11)
    answer = plan(capacity=replace(PLAN.capacity, working_days=1, festival=festival))
    assert rows(answer)["Calendar"] == ("1 working day · bank holiday 5 Feb to 11 Feb", "allowed for")


def test_a_budget_fits_if_it_is_as_likely_kept_as_not():
    assert "Budget" not in rows(PLAN)
    budget = replace(PLAN.scenario, budget=100_000)
    assert "Budget" not in rows(plan(scenario=budget))
    assert "Budget" not in rows(plan(chance_budget=0.9))
    assert rows(plan(scenario=budget, chance_budget=0.5))["Budget"] == ("¥1,000; kept in 50 % of outcomes", "fits")
    assert rows(plan(scenario=budget, chance_budget=0.49))["Budget"][1] == "too much"


SHOWS = "A control of 100 would show the break-even effect of +2.1 points with chance "


@pytest.mark.parametrize(
    ("changes", "said", "heading"),
    [
        ({"power": 0.8}, f"{SHOWS}80 %; that is enough.", "large enough"),
        (
            {"power": 0.79},
            f"{SHOWS}79 %; no share of so few customers makes it 80 %: plan for more of them, or expect not to know.",
            "too small",
        ),
        (
            {"power": 0.4, "best": 0.3, "best_customers": 150.0, "forgone": 0.5},
            f"{SHOWS}40 %; 150 (30 % of all) would make it 80 %.",
            "too small",
        ),
        (
            {"power": 0.4, "best": 0.3, "best_customers": 150.0, "forgone": 0.6},
            f"{SHOWS}40 %; 150 (30 % of all) would make it 80 % and cost about 1 conversion.",
            "too small",
        ),
        (
            {"power": 0.4, "best": 0.042, "best_customers": 21.0, "forgone": 0.5},
            f"{SHOWS}40 %; 21 (4.2 % of all) would make it 80 %.",
            "too small",
        ),
        ({"customers": 0, "power": NAN}, "Nobody is held out, so nobody will know what the campaign added.", "small"),
        (
            {"power": NAN},
            "No effect is large enough to pay, so there is none to show.",
            "but no effect is large enough",
        ),
    ],
)
def test_the_control_shows_the_break_even_effect_or_says_what_would(changes, said: str, heading: str):
    block = checks.block(plan(could_tell=could_tell(**changes)))
    assert read(block.after) == said
    assert heading in block.heading


def test_nothing_is_said_of_a_control_without_a_forecast():
    assert checks.power(plan(could_tell=None)) == ""
    assert checks.power(plan(fan=None)) == ""
    assert checks.block(plan(could_tell=None)).heading == "What will be checked"


def test_each_arm_has_its_customers_and_its_chance():
    scenario = replace(PLAN.scenario, arms=("small|60", "large|40"))
    told = read(checks.power(plan(scenario=scenario, could_tell=could_tell(by_arm=(0.61, 0.42)))))
    said = "small (240 customers) 61 %, large (160 customers) 42 %."
    assert told.endswith(f"Each arm against that control, all of them allowed for: {said}")
