"""My week's cards, strips, change and list against SQL by hand, for the whole bank and for a branch head."""

# ruff: noqa: S608 - the statements are made of this file's own texts

from __future__ import annotations

import re
from typing import Any

import duckdb
import numpy as np
import pytest

from answers.week import to_do, week
from answers.week.to_do import ToDo
from answers.week.week import Week
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from story import words
from story.parts import Story
from story.week import week as story
from tests.data_access.small_bank import viewer
from tests.pages.shown import called, card, chart, marks

WEEK = "BETWEEN '2026-11-09' AND '2026-11-15 23:59:59'"
EARLIER = "BETWEEN '2026-11-02' AND '2026-11-08 23:59:59'"


@pytest.fixture(scope="module")
def reader(own: tuple[str, ...], warehouse: Warehouse) -> Reader:
    return Reader(viewer(*own), warehouse)


@pytest.fixture(scope="module")
def answer(reader: Reader) -> Week:
    return week.ask(reader, week.Choice())


@pytest.fixture(scope="module")
def waiting(reader: Reader, answer: Week) -> ToDo:
    return to_do.ask(reader, answer.listed_on)


@pytest.fixture(scope="module")
def shown(answer: Week, waiting: ToDo) -> Story:
    words.speak("en")
    return story.tell(answer, waiting)


@pytest.fixture
def sql(file: duckdb.DuckDBPyConnection, own: tuple[str, ...]) -> Any:
    where = f"m.branch_id IN ({', '.join(map(repr, own))})" if own else "true"

    def ask(statement: str) -> list[tuple[Any, ...]]:
        return file.execute(statement.replace("{own}", where)).fetchall()

    return ask


def money(fen: int) -> str:
    """An amount as a card writes it, made anew: three figures, thousands from ten thousand on."""
    yuan = fen / 100
    size, unit = (yuan / 1e6, "m") if abs(yuan) >= 999_500 else (yuan / 1e3, "k") if abs(yuan) >= 1e4 else (yuan, "")
    whole = len(str(int(abs(size))))
    text = f"¥{size:,.{max(0, 3 - whole)}f}"
    return f"{text}\N{NARROW NO-BREAK SPACE}{unit}" if unit else text


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}\N{NARROW NO-BREAK SPACE}%"


def test_the_week_is_the_last_whole_one(answer: Week, shown: Story):
    assert str(answer.monday) == "2026-11-09"
    assert "week 46: 9 Nov to 15 Nov 2026" in shown.facts


def test_new_money_is_sales_less_what_was_here_before(sql: Any, shown: Story, answer: Week):
    statement = """SELECT count(*), sum(amount - internally_funded_amount) FROM sale m
        WHERE {own} AND reversed_at IS NULL AND internally_funded_amount IS NOT NULL AND sold_at """
    (sales, total), (sales_before, before) = sql(statement + WEEK)[0], sql(statement + EARLIER)[0]
    told = card(shown, "New money")
    assert told.value == money(int(total))
    assert told.rests_on.startswith(f"{sales} sale")
    rows = marks(chart(shown, "explained"), "name")
    assert (rows[0]["to"], rows[-1]["to"]) == (before, total)
    assert sum(row["to"] - row["from"] for row in rows[1:-1]) == total - before
    assert answer.changed is not None
    assert (answer.changed.sales_before, answer.changed.sales_after) == (sales_before, sales)
    for row in rows[1:-1]:
        grown = row["to"] - row["from"]
        assert row["role"] == ("better" if grown > 0 else "worse" if grown < 0 else "none")


def test_customers_won_had_money_here_by_sunday(sql: Any, shown: Story):
    opened, funded = sql(f"""SELECT count(*), count(*) FILTER (EXISTS (SELECT 1 FROM holding h
            WHERE h.customer_id = m.customer_id AND (h.amount IS NULL OR h.amount > 0)
            AND h.opened_on BETWEEN m.opened_on AND DATE '2026-11-15'))
        FROM customer m WHERE {{own}} AND opened_on {WEEK}""")[0]
    told = card(shown, "Won and funded")
    assert told.value == f"{funded:,}"
    assert told.rests_on.startswith(f"of {opened:,} opened")


def test_conversions_are_first_purchases_inside_the_window(sql: Any, shown: Story):
    (bought,) = sql(f"""SELECT count(*) FROM campaign_member m
        WHERE {{own}} AND converted_at {WEEK} AND converted_at::DATE <= matures_on""")[0]
    assert card(shown, "Conversions").value == f"{bought:,}"


def test_participation_is_set_to_the_mix_of_the_half_year_before(sql: Any, shown: Story):
    rows = sql("""SELECT coalesce(channel, ''), date_trunc('week', contacted_at)::DATE AS monday, count(*),
            count(*) FILTER (participated_at::DATE - contacted_at::DATE <= 7)
        FROM campaign_member m WHERE {own}
            AND contacted_at BETWEEN '2026-05-04' AND '2026-11-08 23:59:59' GROUP BY 1, 2""")
    newest = [row for row in rows if str(row[1]) == "2026-11-02"]
    usual = [row for row in rows if str(row[1]) < "2026-11-02"]
    rates = {
        name: sum(row[3] for row in usual if row[0] == name) / sum(row[2] for row in usual if row[0] == name)
        for name in {row[0] for row in usual}
    }  # the newest week is none of those it is held against
    overall = sum(row[3] for row in usual) / sum(row[2] for row in usual)
    observed = sum(row[3] for row in newest if row[0] in rates)
    expected = sum(row[2] * rates[row[0]] for row in newest if row[0] in rates)
    told = card(shown, "Participation")
    assert told.value == percent(observed / expected * overall, 1)
    assert told.rests_on.startswith(f"{sum(row[3] for row in newest):,} of {sum(row[2] for row in newest):,}")


def test_satisfied_are_fours_and_fives_of_the_invitations_of_the_week(sql: Any, shown: Story):
    invited, answered, satisfied = sql(f"""SELECT count(*), count(score), count(*) FILTER (score >= 4)
        FROM satisfaction m WHERE {{own}} AND scale = 'csat5' AND invited_at {WEEK}""")[0]
    told = card(shown, "Satisfied")
    assert told.value == percent(satisfied, answered)
    assert told.rests_on.startswith(f"{satisfied:,} of {answered:,} answers · {percent(answered, invited)} answered")
    assert told.badge is not None
    if answered < 10:  # two answers are no signal, whatever the limits say
        assert told.badge == ("few answers", "gray")


def test_promises_kept_are_the_next_contacts_that_came_in_time(sql: Any, shown: Story):
    due, held = sql(
        """WITH spoken AS (
            SELECT DISTINCT customer_id, contacted_at::DATE AS day FROM contact m
            WHERE {own} AND channel NOT IN ('sms', 'app', 'email')
                AND coalesce(direction, '') <> 'inbound'
        ), chain AS (
            SELECT *, day + CASE s.tier WHEN 'potential' THEN 90 WHEN 'wealth' THEN 30 ELSE 14 END AS due,
                (SELECT min(n.day) FROM spoken n WHERE n.customer_id = c.customer_id AND n.day > c.day) AS following
            FROM spoken c JOIN tier_snapshot s USING (customer_id)
            JOIN (SELECT 1) ON s.month_no = year(day) * 12 + month(day) - 2
            WHERE s.tier IN ('potential', 'wealth', 'private')
                AND (NOT {head} OR s.branch_id = 'B001')
        ) SELECT count(*), count(*) FILTER (following <= due) FROM chain
        WHERE due BETWEEN '2026-11-09' AND '2026-11-15'""".replace("{head}", str(shown.facts[0] != "all branches"))
    )[0]
    told = card(shown, "Contacts kept")
    assert told.rests_on.startswith(f"{held:,} of {due:,} promised")
    assert told.value == (percent(held, due) if due else "\N{EM DASH}")


def test_a_strip_ends_in_the_number_of_its_card(answer: Week, shown: Story):
    for measured in answer.measures:
        review = measured.review
        assert review is not None
        rows = marks(chart(shown, f"strip_{measured.key}"), "hover")
        drawn = [row for row in rows if "value" in row]
        assert len(drawn) == 27
        newest = drawn[-1]
        assert newest["week"].startswith(str(measured.week))
        if not review.chart.signal[-1] or measured.whole < 10:
            assert newest["role"] == "none"


def test_the_headline_names_each_signal_and_calls_a_week_without_any_ordinary(answer: Week, shown: Story):
    signals = [
        measured
        for measured in answer.measures
        if measured.review and measured.review.chart.signal[-1] and not measured.whole < 10
    ]
    assert shown.headline.startswith("An ordinary week") == (not signals)
    assert len(re.findall(r"what is usual here|weeks", shown.headline)) == len(signals)


def test_the_list_begins_with_the_most_at_stake(sql: Any, shown: Story, waiting: ToDo):
    table = next(block.shown for row in shown.rows for block in row if getattr(block.shown, "key", "") == "to_do")
    stake = called(table, "At stake").numbers()
    assert np.array_equal(stake, np.sort(stake)[::-1])
    assert 0 < len(stake) <= 20
    (grace,) = sql("""SELECT count(*) FROM tier_snapshot m WHERE {own} AND month_no = 2026 * 12 + 9
        AND (tier IN ('potential', 'wealth') AND months_below = 2 OR tier = 'private' AND months_below = 5)""")[0]
    (maturing,) = sql("""SELECT count(*) FROM holding m WHERE {own}
        AND matures_on BETWEEN '2026-11-16' AND '2026-11-29' AND (closed_on IS NULL OR closed_on > '2026-11-15')
        AND opened_on <= '2026-11-15'""")[0]
    counts = dict(zip(waiting.counts["kind"], waiting.counts["n"], strict=True))
    assert (counts.get("grace", 0), counts.get("maturing", 0)) == (grace, maturing)
    of_kinds = f"To do: {waiting.waiting:,}, of them {waiting.soon:,} due within a week or overdue"
    assert of_kinds in [block.heading for row in shown.rows for block in row]


def test_who_may_not_see_customers_gets_the_kinds_and_no_name(warehouse: Warehouse):
    reader = Reader(viewer(may_see_customers=False), warehouse)
    answer = week.ask(reader, week.Choice())
    waiting = to_do.ask(reader, answer.listed_on)
    told = story.tell(answer, waiting)
    assert waiting.rows is None
    keys = [getattr(block.shown, "key", "") for row in told.rows for block in row]
    assert "to_do_kinds" in keys
    assert "to_do" not in keys
    assert re.search(r"C\d{7}", str(told)) is None
