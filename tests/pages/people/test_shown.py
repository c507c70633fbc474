"""The page of people against SQL by hand: every card, every column of the table, every mark, and a person's sum.

The bank's rates are told in fives, so the SQL rounds them, too.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import sqlalchemy as sa
from scipy import stats

from answers.people import person as persons
from answers.people import team as teams
from answers.people.choice import Choice
from answers.people.person import Person
from answers.people.team import Judged, Team
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace import targets
from data_access.workspace.database import open_database
from data_access.workspace.targets import Key
from metrics.staff.mentoring import Pair
from story import words
from story.parts import Block, Nothing, Story, Views
from story.people import person as person_story
from story.people import team as story
from story.summary import tier_names
from story.vocabulary import term
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.limits_by_hand import wilson
from tests.pages.shown import agree, blocks, called, card, chart, marks, numbers, table

YEAR = "2026"
SCOPES = {"bank": ((), "B003"), "head": (("B001",), "B001")}
PLANNER = Viewer("gu@bank.example", "Gu", Role.PLANNER, WHOLE_BANK)
TARGET = 1_000_000_00

_MEMBERS = """
    WITH given AS (
        SELECT m.*, CAST(m.converted_at AS DATE) <= m.matures_on AS bought
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
        WHERE m.staff_id IS NOT NULL AND NOT a.is_control AND m.matures_on <= v.as_of
            AND m.channel NOT IN ('sms', 'app', 'email')
    ),
    rates AS (
        SELECT campaign_id, tier, channel, 5 * round(count(*) / 5.0) AS size,
            5 * round(count(*) FILTER (bought) / 5.0) AS won
        FROM given GROUP BY ALL
        HAVING count(DISTINCT branch_id) FILTER ({other}) >= 5 AND count(*) FILTER ({other}) >= 50
    ),
    mine AS (
        SELECT g.staff_id, g.tier, g.channel, g.campaign_id, count(*) AS n, count(*) FILTER (bought) AS won,
            count(*) * any_value(r.won / r.size) AS due
        FROM given g LEFT JOIN rates r USING (campaign_id, tier, channel)
        WHERE g.branch_id = '{branch}' AND g.assigned_at >= DATE '2026-01-01' AND g.assigned_at < DATE '2027-01-01'
        GROUP BY ALL
    )
"""

_BY_PERSON = """
    SELECT staff_id, sum(n), sum(won) FILTER (due IS NOT NULL), sum(due) FROM mine GROUP BY staff_id
"""
_ELSEWHERE = """
    , every AS (SELECT campaign_id, tier, channel, avg(CASE WHEN bought THEN 1.0 ELSE 0.0 END) AS rate
        FROM given GROUP BY ALL)
    SELECT g.staff_id, count(*), sum(e.rate), count(*) FILTER (bought)
    FROM given g JOIN every e USING (campaign_id, tier, channel)
    WHERE g.branch_id <> '{branch}' AND g.assigned_at >= DATE '2026-01-01' AND g.assigned_at < DATE '2027-01-01'
    GROUP BY g.staff_id, g.branch_id HAVING count(*) >= 30
"""
_KINDS = """
    SELECT tier, channel, sum(n), sum(due), sum(won) FROM mine
    WHERE due IS NOT NULL AND staff_id = '{staff}' GROUP BY 1, 2
"""


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("people") / "warehouse")
    opened = warehouse_of(str(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=SCOPES)
def scope(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], str]:
    return SCOPES[request.param]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A target of sales in every month that is over, of both branches."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('people_work')}/workspace.sqlite")
    for branch in ("B001", "B003"):
        for month in range(1, 11):
            targets.put(engine, PLANNER, Key(branch, "weekly_sales", f"2026-{month:02}"), TARGET, 0)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def reader(scope: tuple[tuple[str, ...], str], warehouse: Warehouse) -> Reader:
    return Reader(viewer(*scope[0]), warehouse)


@pytest.fixture(scope="module")
def team(reader: Reader, scope: tuple[tuple[str, ...], str]) -> Team:
    return teams.ask(reader, Choice(YEAR, scope[1]))


@pytest.fixture(scope="module")
def judged(reader: Reader, team: Team, workspace: sa.Engine) -> Judged:
    return teams.judge(workspace, reader, team)


@pytest.fixture(scope="module")
def shown(team: Team, judged: Judged) -> Story:
    words.speak("en")
    return story.tell(team, judged)


@pytest.fixture
def sql(file: duckdb.DuckDBPyConnection, scope: tuple[tuple[str, ...], str]) -> Any:
    own, branch = scope
    places = {"branch": branch, "other": f"branch_id <> '{branch}'" if own else "true"}
    return lambda statement: file.execute(statement.format(**places)).fetchall()


@pytest.fixture
def by_person(sql: Any) -> dict[str, tuple[float, float, float]]:
    """Customers compared, converted and expected of each."""
    rows = sql(_MEMBERS + _BY_PERSON)
    return {staff: (float(n), float(won or 0), float(due or 0)) for staff, n, won, due in rows}


def view(shown: Story, name: str) -> Any:
    return next(block for block in blocks(shown) if isinstance(block, Views)).tables[name]


def cells(of: Any, name: str) -> dict[str, str]:
    return dict(zip(of.opens.values, called(of, name).texts("CNY"), strict=True))


def per_person(sql: Any, statement: str) -> dict[str, tuple[float, ...]]:
    return {str(row[0]): tuple(float(value) for value in row[1:]) for row in sql(statement)}


def test_the_team_is_who_was_posted_or_was_given_customers(team: Team, sql: Any, by_person: dict[str, Any]):
    posted = {
        row[0]
        for row in sql(
            "SELECT staff_id FROM staff_posting WHERE branch_id = '{branch}' AND from_on <= DATE '2026-11-15' "
            "AND (to_on IS NULL OR to_on >= DATE '2026-01-01')"
        )
    }
    assert set(team.people) == posted | set(by_person)
    assert len(team.people) > 5


def test_each_row_says_what_sql_counts_of_the_customers_given(shown: Story, by_person: dict[str, Any]):
    results = view(shown, "results")
    converted, due = cells(results, "Converted"), cells(results, "Expected")
    against = cells(results, "Against expected")
    for staff, text in cells(results, "Customers").items():
        n, won, expected = by_person.get(staff, (0.0, 0.0, 0.0))
        agree(text, n, 1)
        agree(converted[staff], won, 1)
        agree(due[staff], expected, 1)
        if expected > 0:
            low = stats.chi2.ppf(0.025, 2 * won) / 2 if won else 0.0
            high = stats.chi2.isf(0.025, 2 * won + 2) / 2
            agree(against[staff], (won / expected - 1, low / expected - 1, high / expected - 1), 0.01)


def test_rows_stand_by_customers_and_not_by_result(shown: Story, by_person: dict[str, Any]):
    order = view(shown, "results").opens.values
    given = [by_person.get(staff, (0.0,))[0] for staff in order]
    assert given == sorted(given, reverse=True)


def test_days_present_are_working_days_of_the_postings(shown: Story, sql: Any):
    working = opened(sql, "2026-11-15")
    postings = sql("SELECT staff_id, from_on, to_on, full_time_share FROM staff_posting WHERE branch_id = '{branch}'")
    texts = cells(view(shown, "results"), "Days present")
    for staff, text in texts.items():
        mine = [row[1:] for row in postings if row[0] == staff]
        there = sum(
            share or 1.0
            for day in working
            for first, last, share in mine
            if _day(first) <= day and (last is None or day <= _day(last))
        )
        agree(text, there / len(working), 0.01)


def opened(sql: Any, last: str) -> list[date]:
    """The days of the year on which the branch was open, by its own calendar."""
    days = [
        _day(row[0]) for row in sql("SELECT day FROM branch_calendar WHERE branch_id = '{branch}' AND open ORDER BY 1")
    ]
    return [day for day in days if date(2026, 1, 1) <= day <= date.fromisoformat(last)]


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def test_sales_and_book_are_those_of_sql(shown: Story, sql: Any):
    of = view(shown, "breadth")
    sold = per_person(
        sql,
        "SELECT staff_id, count(*) FROM sale WHERE branch_id = '{branch}' AND reversed_at IS NULL "
        "AND staff_id IS NOT NULL AND sold_at >= DATE '2026-01-01' GROUP BY 1",
    )
    kept = per_person(
        sql,
        """
        WITH held AS (SELECT customer_id, month_no, sum(aum) AS aum FROM tier_snapshot
            WHERE month_no IN (24311, 24321) AND aum > 0 AND branch_id = '{branch}' GROUP BY 1, 2)
        SELECT c.manager_staff_id, count(b.aum), count(*) FILTER (b.aum IS NOT NULL AND e.aum IS NOT NULL),
            count(*) FILTER (e.aum IS NOT NULL AND c.opened_on >= DATE '2026-01-01')
        FROM customer c LEFT JOIN held b ON b.customer_id = c.customer_id AND b.month_no = 24311
            LEFT JOIN held e ON e.customer_id = c.customer_id AND e.month_no = 24321
        WHERE c.branch_id = '{branch}' AND c.manager_staff_id IS NOT NULL GROUP BY 1
        """,
    )
    closed = per_person(
        sql,
        "SELECT to_staff_id, count(accepted_at), count(*) FILTER (closed_at IS NOT NULL AND sale_id IS NOT NULL) "
        "FROM referral WHERE branch_id = '{branch}' AND made_at >= DATE '2026-01-01' GROUP BY 1",
    )
    crossed = per_person(sql, _CROSSED)
    for staff, text in cells(of, "Sales").items():
        agree(text, sold.get(staff, (0.0,))[0], 1)
    for name, counts in (("Kept", kept), ("Referrals closed", closed), ("Cross-sell", crossed)):
        for staff, text in cells(of, name).items():
            whole, part = counts.get(staff, (0.0, 0.0))[:2]
            agree(text, wilson(part, whole), 0.01)
    for staff, text in cells(of, "Won").items():
        agree(text, kept.get(staff, (0.0, 0.0, 0.0))[2], 1)
    for name, counts in (("Kept", kept), ("Referrals closed", closed), ("Cross-sell", crossed)):
        people = set(cells(of, name))
        whole, part = (sum(row[place] for staff, row in counts.items() if staff in people) for place in (0, 1))
        share, low, high = wilson(part, whole)
        shown_card = card(shown, name)
        agree(shown_card.value.replace("%", ""), share, 0.01)
        limits = numbers(shown_card.rests_on.rpartition(" · ")[2], 0.01)
        for (value, half), want in zip(limits, (low, high), strict=True):
            assert abs(value - want) <= half, (name, shown_card.rests_on)


_CROSSED = """
    WITH until AS (SELECT least((SELECT as_of FROM warehouse_version),
        (SELECT min(as_of) FROM version_table WHERE table_name IN ('sale', 'holding'))) AS day),
    line AS (
        SELECT s.staff_id, s.customer_id, CASE WHEN EXISTS (SELECT * FROM holding h
            WHERE h.customer_id = s.customer_id AND h.product_id = s.product_id AND (h.amount IS NULL OR h.amount > 0)
            AND h.opened_on - CAST(s.sold_at AS DATE) BETWEEN 0 AND 90
            AND (h.closed_on IS NULL OR h.closed_on - CAST(s.sold_at AS DATE) > 90))
            AND (s.reversed_at IS NULL OR CAST(s.reversed_at AS DATE) - CAST(s.sold_at AS DATE) > 90)
            THEN p.line END AS line
        FROM sale s JOIN product p USING (product_id), until
        WHERE s.branch_id = '{branch}' AND s.staff_id IS NOT NULL AND s.sold_at >= DATE '2026-01-01'
            AND until.day - CAST(s.sold_at AS DATE) >= 90
    ),
    customer AS (SELECT staff_id, customer_id, count(DISTINCT line) AS lines FROM line GROUP BY 1, 2)
    SELECT staff_id, count(*), count(*) FILTER (lines >= 2) FROM customer GROUP BY 1
"""


def test_service_courses_and_breaches_are_those_of_sql(shown: Story, sql: Any):
    of = view(shown, "service")
    answers = per_person(
        sql,
        "SELECT staff_id, count(score), count(*) FILTER (score >= 4) FROM satisfaction WHERE branch_id = '{branch}' "
        "AND scale = 'csat5' AND staff_id IS NOT NULL AND invited_at >= DATE '2026-01-01' GROUP BY 1",
    )
    upheld = per_person(
        sql,
        "SELECT staff_id, count(*) FILTER (upheld) FROM complaint WHERE branch_id = '{branch}' "
        "AND staff_id IS NOT NULL AND opened_at >= DATE '2026-01-01' GROUP BY 1",
    )
    courses = per_person(
        sql,
        "SELECT staff_id, count(*), avg(score) FROM training WHERE completed_on >= DATE '2026-01-01' "
        "AND completed_on <= DATE '2026-11-15' GROUP BY 1",
    )
    checked = per_person(sql, _CHECKED)
    for staff, text in cells(of, "Satisfied").items():
        whole, part = answers.get(staff, (0.0, 0.0))
        agree(text, wilson(part, whole), 0.01)
    columns = (
        ("Answers", answers, 0),
        ("Complaints upheld", upheld, 0),
        ("Courses", courses, 0),
        ("Sales checked", checked, 0),
        ("Breaches", checked, 1),
    )
    for name, counts, place in columns:
        for staff, text in cells(of, name).items():
            agree(text, counts[staff][place] if staff in counts else 0.0, 1)
    for staff, text in cells(of, "Mean score").items():
        agree(text, courses[staff][1] if staff in courses else float("nan"), 1)
    people = set(cells(of, "Breaches"))
    breached = sum(row[1] for staff, row in checked.items() if staff in people)
    count = sum(row[0] for staff, row in checked.items() if staff in people)
    said = "no breach" if not breached else "1 breach" if breached == 1 else f"{breached:.0f} breaches"
    assert f"{said} in {count:,.0f} sales checked" in shown.facts


_CHECKED = """
    WITH judged AS (
        SELECT s.staff_id, p.risk_level, CAST(s.sold_at AS DATE) AS sold_on,
            (SELECT max_by(rating, assessed_at) FROM risk_assessment r
                WHERE r.customer_id = s.customer_id AND r.assessed_at <= s.sold_at) AS rating,
            (SELECT max_by(valid_until, assessed_at) FROM risk_assessment r
                WHERE r.customer_id = s.customer_id AND r.assessed_at <= s.sold_at) AS valid_until
        FROM sale s JOIN product p USING (product_id)
            JOIN customer c ON c.customer_id = s.customer_id AND c.branch_id = s.branch_id
        WHERE s.staff_id IS NOT NULL AND s.branch_id = '{branch}' AND s.sold_at >= DATE '2026-01-01'
            AND p.line IN ('wealth', 'fund', 'insurance', 'precious_metal')
    )
    SELECT staff_id, count(*), count(*) FILTER (
        rating IS NULL OR right(rating, 1) < right(risk_level, 1) OR valid_until < sold_on)
    FROM judged GROUP BY 1
"""


def test_attainment_shares_the_branchs_target_out_by_days_present(shown: Story, team: Team, sql: Any):
    """Ten months are over; each has a target of a million yuan."""
    working = opened(sql, "2026-10-31")
    postings = sql("SELECT staff_id, from_on, to_on, full_time_share FROM staff_posting WHERE branch_id = '{branch}'")
    amounts = per_person(
        sql,
        "SELECT staff_id, sum(amount) FROM sale WHERE branch_id = '{branch}' AND reversed_at IS NULL "
        "AND staff_id IS NOT NULL AND sold_at >= DATE '2026-01-01' AND sold_at < DATE '2026-11-01' GROUP BY 1",
    )

    def present(staff: str) -> float:
        return sum(
            min(
                sum(
                    share or 1.0
                    for who, first, last, share in postings
                    if who == staff and _day(first) <= day and (last is None or day <= _day(last))
                ),
                1.0,
            )
            for day in working
        )

    there = {staff: present(staff) for staff in team.people}
    whole = sum(there.values())
    for staff, text in cells(view(shown, "results"), "Attainment").items():
        due = 10 * TARGET * there[staff] / whole
        agree(text, amounts.get(staff, (0.0,))[0] / due if due else float("nan"), 0.01)
    reached = sum(amounts.get(staff, (0.0,))[0] for staff in team.people) / (10 * TARGET)
    agree(card(shown, "Attainment").value.replace("%", ""), reached, 0.01)


def test_the_first_card_and_the_facts_say_the_sums(shown: Story, team: Team, by_person: dict[str, Any]):
    won, due = (sum(row[place] for row in by_person.values()) for place in (1, 2))
    first = card(shown, "Converted")
    agree(first.value, won, 1)
    assert first.rests_on.startswith(f"{due:,.0f} expected")
    assert f"{sum(row[0] for row in by_person.values()):,.0f} customers" in shown.facts


def test_each_mark_of_the_funnel_is_a_row_of_sql_and_the_small_dots_are_the_others(
    shown: Story, team: Team, by_person: dict[str, Any], sql: Any
):
    drawn = chart(shown, "funnel")
    dots = {drawn.opens.values[mark["place"]]: mark for mark in marks(drawn, "hover")}
    assert set(dots) == {staff for staff, (_, _, due) in by_person.items() if due > 0}
    for staff, mark in dots.items():
        _, won, due = by_person[staff]
        assert mark["x"] == pytest.approx(due)
        assert mark["y"] == pytest.approx(min(100 * won / due, max(mark["y"], 250)))
    others = sql(_MEMBERS + _ELSEWHERE)
    assert len(others) == len(team.elsewhere) > 20
    np.testing.assert_allclose(sorted(round(float(due)) for _, _, due, _ in others), sorted(team.elsewhere["expected"]))
    small = drawn.spec["datasets"]["dots"]
    wanted = sorted((round(float(due)), round(float(won) / float(due) / 0.05) * 5) for _, _, due, won in others)
    top = max(dot["y"] for dot in small)
    np.testing.assert_allclose(
        sorted((dot["x"], dot["y"]) for dot in small if dot["y"] < top), [each for each in wanted if each[1] < top]
    )
    assert all(set(dot) == {"x", "y"} for dot in small)


def test_the_sum_of_a_person_is_the_sum_of_sql(team: Team, judged: Judged, sql: Any, by_person: dict[str, Any]):
    words.speak("en")
    staff = max(by_person, key=lambda each: by_person[each][0])
    found = persons.of(team, judged, staff)
    assert isinstance(found, Person)
    told = table(person_story.tell(found), "expected")
    rows = sql(_MEMBERS + _KINDS.replace("{staff}", staff))
    texts = [column.texts("CNY") for column in told.columns]
    assert len(texts[0]) == len(rows) + 1
    wanted = {(tier_names.tier(tier) + ", " + term(channel)): counts for tier, channel, *counts in rows}
    for whom, *given in list(zip(*texts, strict=True))[:-1]:
        n, due, won = (float(value) for value in wanted[whom])
        for text, value, unit in zip(given, (n, due / n, due, won), (1, 0.01, 1, 1), strict=True):
            agree(text, value, unit)
    for column, place in ((1, 2), (3, 3), (4, 4)):
        agree(texts[column][-1], sum(float(row[place]) for row in rows), 1)
    agree(texts[2][-1], sum(float(row[3]) for row in rows) / sum(float(row[2]) for row in rows), 0.01)


def test_the_page_of_a_person_tells_their_own_mentor_pairs_alone(team: Team, judged: Judged):
    """Of three people two are a pair: the third reads that it is not about them, and not whom it is about."""
    words.speak("en")
    mentor, mentee, third = team.people[:3]
    paired = replace(team, pairs=(Pair(mentee, mentor, "0", 0.2, 0.95, 3.0),))

    def learning(staff: str) -> Block:
        return person_story.tell(persons.of(paired, judged, staff)).rows[1][0]

    assert learning(third).heading == "No mentor pair is suggested"
    assert learning(third).shown == Nothing("Pairs of colleagues are suggested, none with this person.")
    for one in (mentor, mentee):
        assert len(learning(one).shown.claims) == 1
