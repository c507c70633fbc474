"""What stands on the page of the loop against SQL by hand, and against what was frozen as it lies in the workspace."""

# ruff: noqa: S608 - statements by hand, over the identifiers of the demo bank

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import sqlalchemy as sa

from answers.loop import loop as answers
from answers.loop.board import Stage
from answers.loop.cited import Citing, cited
from data_access.reading.reader import Reader
from data_access.reading.scope import Role, Scope, Viewer
from data_access.workspace.database import open_database
from data_access.workspace.loop import actions, decisions, evaluations
from metrics.estimate import Intervals
from story import figures, words
from story.loop import board as boards
from story.loop import evaluation, lessons, record
from story.loop import loop as story
from story.loop.board import Line
from story.parts import Block, Claims, Nothing
from story.vocabulary import term
from tests.pages.shown import blocks, card, chart, marks, table, view
from ui.loop import board

AS_OF = "DATE '2026-11-15'"
ENDED = f"""
    SELECT campaign_id FROM campaign JOIN campaign_member USING (campaign_id)
    WHERE starts_on <= DATE '2026-12-31' AND ends_on >= DATE '2026-01-01' AND ends_on <= {AS_OF}
    GROUP BY campaign_id, attribution_days
    HAVING max(assigned_at)::DATE + attribution_days <= {AS_OF}
"""
TREATED = """
    SELECT m.campaign_id, count(*) AS n, count(participated_at) AS participated,
           count(*) FILTER (converted_at::DATE <= assigned_at::DATE + attribution_days) AS converted,
           sum(sales_amount) AS sales, sum(contribution_amount) AS contribution
    FROM campaign_member m JOIN campaign USING (campaign_id)
    JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm
    WHERE {which} GROUP BY 1
"""


@pytest.fixture(scope="module")
def answer(readers: dict[str, Reader], judged: sa.Engine) -> answers.Loop:
    return answers.ask(judged, readers["planner"], answers.Choice("2026"))


@pytest.fixture(scope="module")
def shown(answer: answers.Loop):
    words.speak("en")
    return story.tell(answer)


@pytest.fixture(scope="module")
def frozen_as_kept(judged: sa.Engine) -> dict[str, dict]:
    """What was frozen for each campaign, read as text from the database."""
    text = sa.text(
        "SELECT campaign_id, kept FROM frozen_forecast JOIN plan_campaign USING (plan_id) WHERE state = 'confirmed'"
    )
    with judged.connect() as connection:
        return {row.campaign_id: json.loads(row.kept) for row in connection.execute(text)}


@pytest.fixture(scope="module")
def came(sql) -> dict[str, tuple]:
    rows = sql(f"{TREATED.format(which='NOT a.is_control')} HAVING campaign_id IN ({ENDED})")
    return {row[0]: row[1:] for row in rows}


def test_the_board_counts_what_sql_counts(answer, shown, sql, judged):
    ended = {row[0] for row in sql(ENDED)}
    said, held = set(evaluations.latest(judged)), decisions.latest(judged)
    approved = {key for key, one in held.items() if one.state == "approved"} & ended
    assert (answer.board.ended, answer.board.evaluated, answer.board.decided) == (
        len(ended),
        len(said & ended),
        len(approved),
    )
    to_evaluate = {item.key for item in answer.board.at(Stage.TO_EVALUATE)}
    assert to_evaluate == ended - said - set(held)
    to_decide = {item.key for item in answer.board.at(Stage.TO_DECIDE)}
    assert to_decide == (said | set(held)) & ended - approved
    running = {
        row[0]
        for row in sql(
            f"SELECT campaign_id FROM campaign WHERE starts_on <= DATE '2026-12-31' AND ends_on >= DATE '2026-01-01' "
            f"AND campaign_id NOT IN ({ENDED})"
        )
    }
    assert {item.key for item in answer.board.at(Stage.RUNNING)} == running
    assert card(shown, "Evaluated").rests_on == f"{len(said & ended)} of {len(ended)} ended"
    assert card(shown, "Decided").rests_on == f"{len(approved)} of {len(said & ended)} evaluated"


def test_days_to_decide_are_counted_from_the_last_window(answer, sql, judged):
    closed = dict(sql(f"SELECT campaign_id, ends_on + attribution_days FROM campaign WHERE campaign_id IN ({ENDED})"))
    days = [
        (one.decided_at.date() - closed[key]).days
        for key, one in decisions.latest(judged).items()
        if one.state == "approved" and key in closed
    ]
    assert answer.board.days == float(np.median(days))


def test_open_actions_are_those_of_approved_decisions(answer, shown, judged):
    with judged.connect() as connection:
        open_ = connection.execute(
            sa.text(
                "SELECT count(*), sum(a.due_on < '2026-11-15') FROM action a JOIN decision d ON "
                "d.campaign_id = a.campaign_id AND d.version = a.decision_version WHERE d.state = 'approved' AND "
                "a.closed_at IS NULL AND d.version = "
                "(SELECT max(version) FROM decision e WHERE e.campaign_id = d.campaign_id)"
            )
        ).one()
    assert len(answer.board.open_actions) == open_[0] > 0
    assert sum(one.late(date(2026, 11, 15)) for one in answer.board.open_actions) == open_[1] == 1
    assert len(table(shown, "next_actions").columns[0].values) == min(3, open_[0])


def test_coverage_of_conversion_is_that_of_the_kept_numbers(answer, shown, frozen_as_kept, came):
    inside, both = 0, 0
    for key, (n, _, converted, *_others) in came.items():
        if key not in frozen_as_kept:
            continue
        told = frozen_as_kept[key]["forecast"]["quantiles"]["converted"]
        customers = frozen_as_kept[key]["plan"]["customers"]
        both += 1
        inside += told["0.1"] / customers <= converted / n <= told["0.9"] / customers
    coverage = answer.record.measures["conversion"].coverage
    assert both == answer.record.campaigns > 15
    assert coverage.n[0] == both
    assert coverage.estimate[0] == pytest.approx(inside / both)
    drawn = next(row for row in marks(chart(shown, "coverage"), "estimate") if row["name"] == "Conversion")
    assert drawn["estimate"] == pytest.approx(inside / both)


def test_each_dot_lies_where_its_outcome_lies_in_its_limits(answer, frozen_as_kept, came, readers):
    told = story.tell(answer, measure="participation")
    dots = marks(chart(told, "landed"), "at")
    key = chart(told, "landed").opens.values[dots[0]["place"]]
    n, participated, *_ = came[key]
    kept = frozen_as_kept[key]
    low, middle, high = (
        kept["forecast"]["quantiles"]["participated"][q] / kept["plan"]["customers"] for q in ("0.1", "0.5", "0.9")
    )
    off = participated / n - middle
    expected = off / (high - middle if off > 0 else middle - low)
    assert dots[0]["at"] == pytest.approx(np.clip(expected, -2.4, 2.4))
    assert all(
        dot["role"] == ("none" if abs(dot["at"]) <= 1 else "better" if dot["at"] > 0 else "worse") for dot in dots
    )


def test_more_cost_than_the_limits_is_worse(answer):
    told = story.tell(answer, measure="cost")
    for dot in marks(chart(told, "landed"), "at"):
        assert dot["role"] == ("none" if abs(dot["at"]) <= 1 else "worse" if dot["at"] > 0 else "better")


def test_the_sum_leads_from_the_frozen_medians_to_the_return_of_the_scorecard(
    readers, judged, frozen_as_kept, came, sql
):
    """K053 held customers out: forecast and outcome against them, and the parts between add up to the cent."""
    found = answers.ask(judged, readers["planner"], answers.Choice("2026", "K053")).evaluated
    assert found is not None
    kept = frozen_as_kept["K053"]
    middle = {name: told["0.5"] for name, told in kept["forecast"]["quantiles"].items()}
    added = middle["added"] * middle["contribution"] / middle["converted"]
    assert found.why.forecast.item() == pytest.approx(added - middle["cost"], abs=1)
    n, participated, converted, sales, contribution = came["K053"]
    assert (found.customers, found.actual["participation"]) == (n, participated / n)
    assert found.actual["conversion"] == converted / n
    assert found.actual["sales"] == pytest.approx(sales / n)
    control = sql(f"{TREATED.format(which='a.is_control')} HAVING campaign_id = 'K053'")[0]
    assert found.held_out == control[1]
    assert found.control["conversion"] == control[3] / control[1]
    parts = found.why.frame().iloc[0]
    assert parts["forecast"] + parts[["audience", "rate", "amount", "past", "cost"]].sum() == parts["actual"]
    counted = contribution - n * control[5] / control[1]
    assert parts["actual"] == pytest.approx(counted + parts["past"] - found.actual["cost"], abs=2)
    assert parts["actual"] == pytest.approx(found.roi.estimate[0] * found.actual["cost"], abs=1)


def test_a_loss_is_told_with_what_a_roll_out_would_have_lost(readers, judged, sql):
    found = answers.ask(judged, readers["planner"], answers.Choice("2026", "K053")).evaluated
    classes = [
        row[0]
        for row in sql(
            "SELECT DISTINCT segment FROM campaign_member JOIN customer USING (customer_id) "
            "WHERE campaign_id = 'K053' AND segment IS NOT NULL"
        )
    ]
    assert set(found.segments) <= set(classes)
    wanted = ", ".join(f"'{one}'" for one in found.segments)
    alike = sql(f"SELECT count(*) FROM customer WHERE segment IN ({wanted})")[0][0]
    assert found.others == alike - found.customers - found.held_out
    each = found.actual["cost"] / found.customers
    assert found.lost.estimate[0] == pytest.approx(-found.roi.estimate[0] * each * found.others)


def test_effects_by_class_rest_on_the_customers_that_sql_counts(answer, sql):
    lessons = answer.lessons
    place = int(np.argmax(lessons.campaigns))
    rows = sql(
        f"""
        WITH finished AS (SELECT campaign_id FROM campaign JOIN campaign_member USING (campaign_id)
            WHERE assignment = 'randomised' AND cluster = 'customer' AND ends_on <= {AS_OF}
            GROUP BY campaign_id, attribution_days HAVING max(assigned_at)::DATE + attribution_days <= {AS_OF})
        SELECT m.campaign_id, a.is_control, count(*),
               count(*) FILTER (converted_at::DATE <= assigned_at::DATE + attribution_days)
        FROM campaign_member m JOIN campaign c USING (campaign_id) JOIN finished USING (campaign_id)
        JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm
        JOIN customer u USING (customer_id)
        WHERE c.theme = '{lessons.theme[place]}' AND u.segment = '{lessons.segment[place]}' GROUP BY 1, 2
        """
    )
    arms = {(campaign, bool(control)): (n, converted) for campaign, control, n, converted in rows}
    treated, points = 0, 0.0
    for campaign in {one for one, _ in arms}:
        n, converted = arms.get((campaign, False), (0, 0))
        held, bought = arms.get((campaign, True), (0, 0))
        if n >= 10 and held >= 10:
            treated += n
            points += n * (converted / n - bought / held)
    assert lessons.effect.n[place] == treated
    assert lessons.raw[place] == pytest.approx(points / treated)


def test_a_cell_says_the_effect_of_its_theme_and_class_with_the_digits_of_its_own_interval(answer, shown):
    drawn = chart(shown, "lessons").spec["datasets"]["rows"]
    told = {(cell["row"], cell["column"]): cell["above"] for cell in drawn if cell["above"] != "not tried"}
    assert len(told) > 10
    effect = answer.lessons.effect
    for row, (theme, segment) in enumerate(zip(answer.lessons.theme, answer.lessons.segment, strict=True)):
        above = told.pop((term(theme), term(segment)), None)
        half = 50 * (effect.high[row] - effect.low[row])
        decimals = 0 if half >= 3 else 1 if half >= 0.08 else 2
        assert above in (None, figures.number(100 * effect.estimate[row], decimals, signed=True))
    assert not told


def test_a_limit_near_nought_adds_no_digit_to_a_cell(answer):
    every = np.ones(len(answer.lessons.theme))
    near = Intervals.of(0.0078 * every, 0.0004 * every, 0.0152 * every, n=answer.lessons.effect.n)
    drawn = lessons.block(replace(answer.lessons, effect=near)).shown.spec["datasets"]["rows"]
    assert {cell["above"] for cell in drawn} == {"+0.8", "not tried"}


def test_plans_cite_what_was_evaluated_before_they_were_frozen(answer, judged):
    with judged.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT plan_id, frozen_at, kept FROM frozen_forecast WHERE plan_id NOT IN "
                "(SELECT plan_id FROM plan_campaign WHERE state = 'confirmed')"
            )
        ).all()
    said = evaluations.latest(judged)
    for one in answer.citing:
        row = next(row for row in rows if row.plan_id == one.plan_id)
        past = json.loads(row.kept)["past"]["campaign_id"]
        before = [key for key in past if key in said and str(said[key].written_at) <= str(row.frozen_at)]
        assert (one.learned_from, one.evaluated) == (len(past), len(before))
    some = next(iter(said))
    assert set(cited(judged, [some, "none"])) == {some}


def test_what_is_asked_of_a_branch_is_what_its_head_sees(readers, judged, loop_warehouse):
    head = Viewer("gu.ruolan@demo.example", "Gu", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
    own = answers.ask(judged, Reader(head, loop_warehouse), answers.Choice("2026"))
    assert {one.asked.branch_id for one in own.board.open_actions} <= {"B001", None}
    assert own.evaluated.forecast is None, "a forecast for the whole bank is not held against one branch"
    assert own.record.campaigns == 0
    words.speak("en")
    assert "no forecast was frozen for these branches" in story.tell(own).rows[1][0].heading


def test_a_head_is_told_of_owners_elsewhere_and_sees_what_calls_there(answer, judged, loop_warehouse, sql):
    head = Viewer("gu.ruolan@demo.example", "Gu", Role.BRANCH_HEAD, Scope(frozenset({"B001"})), True)
    found = answers.ask(judged, Reader(head, loop_warehouse), answers.Choice("2026")).board
    calls = sql(f"""
        SELECT m.campaign_id FROM campaign_member m JOIN campaign USING (campaign_id)
        JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm WHERE branch_id = 'B001'
        GROUP BY m.campaign_id HAVING (max(matures_on) > {AS_OF} OR max(ends_on) > {AS_OF}) AND bool_or(NOT is_control)
    """)
    assert {item.key for item in found.at(Stage.RUNNING)} == {key for (key,) in calls}
    there = {key for (key,) in sql("SELECT staff_id FROM staff_posting WHERE branch_id = 'B001'")}
    owned = dict(sql("SELECT campaign_id, owner_staff_id FROM campaign"))
    waits = [*found.at(Stage.TO_EVALUATE), *found.at(Stage.TO_DECIDE), *found.at(Stage.RUNNING)]
    assert len(waits) > 5
    words.speak("en")
    for item in waits:
        assert item.who_unseen == (owned[item.key] not in there)
    told = [line.about for stage in (Stage.TO_EVALUATE, Stage.RUNNING) for line in boards.lines(found, stage, {})]
    assert sum("a colleague elsewhere in the bank" in line for line in told) == sum(
        item.who_unseen for item in waits if item.stage is not Stage.TO_DECIDE
    )
    assert not any("nobody named" in line for line in told)
    assert not any(item.who_unseen for item in answer.board.items), "who sees the whole bank sees them all"


def test_what_is_not_recorded_is_not_called_unplanned(readers, judged):
    """K053 was planned and its forecast frozen: a feed without participation changes neither."""
    found = answers.ask(judged, readers["planner"], answers.Choice("2026", "K053")).evaluated
    unknown = replace(found, actual={**found.actual, "participation": np.nan}, why=None)
    (drawn, why), *_ = evaluation.rows(unknown, Block("", "", None))
    assert "who took part is not recorded" in drawn.heading
    assert why.shown == Nothing("A part of the sum is not recorded, so that it does not add up.")
    (drawn, why), *_ = evaluation.rows(replace(unknown, forecast=None), Block("", "", None))
    assert "no forecast was frozen for these branches before it began" in drawn.heading
    assert why.shown.advice == "Freeze the plan of the next one before it begins."


def test_limits_that_are_all_too_narrow_leave_no_others_that_hold(answer):
    """Of 20 campaigns 2 landed inside limits of 80 %: no chance makes that of any of the five."""
    few = Intervals.of([0.1], [0.02], [0.3], n=[20])
    of_all = {key: replace(one, coverage=few) for key, one in answer.record.measures.items()}
    told = record.rows(replace(answer.record, measures=of_all), "sales", {}, "CNY")
    (heading,) = {block.heading for row in told for block in row if "are too narrow" in block.heading}
    assert heading.startswith(
        "Limits of participation, conversion, sales per customer, cost, ROI are too narrow, as far"
    )


def test_groups_hold_every_frozen_forecast_once(answer, shown):
    for key in ("planner", "theme", "channel", "quarter"):
        assert answer.record.groups[key].campaigns.sum() == answer.record.campaigns
    few = view(shown, "theme").columns
    assert [text == "too few" for text in few[2].values] == [n < 5 for n in few[1].values]


def test_both_languages_tell_every_state_and_an_empty_workspace(readers, tmp_path):
    empty = open_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    alone = answers.ask(empty, readers["planner"], answers.Choice("2026"))
    for language in words.LANGUAGES:
        words.speak(language)
        told = story.tell(alone)
        assert len(told.cards) == 6
        assert any(getattr(one, "key", "") == "evaluated" for one in blocks(told)), (
            "outcome and control stand without a forecast"
        )
    assert actions.of(empty, readers["planner"].scope) == []
    empty.dispose()


def test_a_plan_that_cites_is_opened_by_its_link(answer):
    one = Citing("p-1", "Spring", 59, 26, 1)
    claims = lessons.cited((one,)).shown
    assert isinstance(claims, Claims)
    (claim,) = claims.claims
    assert [(link.page, link.changed["plan"]) for link in claim.links] == [("plan", "p-1")]


@pytest.mark.parametrize(("language", "upright"), [("en", True), ("zh", False)])
def test_heads_of_classes_stand_upright_on_a_phone_where_words_are_long(answer, language: str, upright: bool):
    words.speak(language)
    spec = chart(story.tell(answer), "lessons").spec
    axes = [layer["encoding"]["x"]["axis"] for layer in spec["layer"] if layer["encoding"]["x"].get("axis")]
    words.speak("en")
    assert axes
    for axis in axes:
        assert axis["labelAngle"]["expr"].startswith("width < 400 ?") is upright
        assert ("slice(datum.label, 0, 2)" in axis["labelExpr"]) is not upright
        # "micro-", "business", "owners": three lines of 15 pixels, the lowest of which begins 9 above the cells.
        # In Chinese a name is one line, and on a phone two of two signs each.
        assert axis["labelPadding"]["expr"].endswith("width < 400 ? 39 : 39" if upright else "width < 400 ? 24 : 9")


def test_a_card_of_the_board_is_one_text_and_shows_what_was_typed_as_it_was():
    line = Line("K1", "[x](http://evil.example)", "Lu said *so*", ("by 3 Dec", "gray"))
    text = board.card(line)
    assert text.startswith(("**\\[x\\]\\(", "**\\[x\\]("))
    assert ":gray-badge[by 3 Dec]" in text
    assert "\\*so\\*" in text


def test_what_was_over_before_anybody_of_a_branch_was_contacted_does_not_run_there(loop_warehouse, judged, sql):
    """Of branches held out as a whole: the campaign is over, and none of theirs is left to be judged."""
    held_out = sql(f"""
        SELECT campaign_id FROM campaign_member m JOIN campaign USING (campaign_id)
        JOIN campaign_arm a ON a.campaign_id = m.campaign_id AND a.arm = m.arm
        WHERE branch_id = 'B001' AND ends_on + attribution_days < {AS_OF} AND ends_on >= DATE '2026-01-01'
        GROUP BY campaign_id HAVING count(*) FILTER (NOT is_control) = 0
    """)
    assert held_out
    head = Viewer("gu@demo.example", "Gu", Role.BRANCH_HEAD, Scope(frozenset({"B001"})))
    told = answers.ask(judged, Reader(head, loop_warehouse), answers.Choice("2026")).board
    assert not {key for (key,) in held_out} & {item.key for item in told.items}
    running = {item.key for item in told.at(Stage.RUNNING)}
    rows = sql(f"SELECT campaign_id FROM campaign WHERE ends_on + attribution_days >= {AS_OF}")
    assert running <= {key for (key,) in rows}


@pytest.mark.parametrize(
    ("role", "branches", "planned", "waits", "evaluate", "decide"),
    [
        (Role.PLANNER, None, False, False, "Evaluate", "Decide"),
        (Role.BRANCH_HEAD, {"B001"}, False, False, "Look", "Look"),  # the whole bank's is not one head's to judge
        (Role.BRANCH_HEAD, {"B001"}, True, False, "Evaluate", "Decide"),
        (Role.EXECUTIVE, None, True, False, "Look", "Look"),
        (Role.EXECUTIVE, None, True, True, "Look", "Decide"),
    ],
)
def test_a_card_offers_what_its_reader_may_do(role, branches, planned, waits, evaluate, decide):
    words.speak("en")
    viewer = Viewer("a@bank.example", "A", role, Scope(None if branches is None else frozenset(branches)))
    line = Line("K1", "K1", "", ("", "gray"), planned=planned, waits=waits)
    stages = (Stage.TO_EVALUATE, Stage.TO_DECIDE, Stage.ACTIONS)
    assert [board.deed(viewer, stage, line) for stage in stages] == [evaluate, decide, "Look"]
