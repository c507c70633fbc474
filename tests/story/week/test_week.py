"""The headline and the badges of a week: coloured and named only by a rule, ordinary where none fired."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from answers.week.series import Measured
from answers.week.week import Choice, Week
from metrics.moments import Counts, Moments
from metrics.week.review import recent, review_share, review_total
from story import words
from story.week import cards as cards
from story.week import week
from story.week.cards import NAMES

MONDAYS = np.arange(np.datetime64("2026-04-13"), np.datetime64("2026-10-20"), 7)
USUAL = np.array([100.0, 104.0, 97.0, 101.0, 99.0, 103.0] * 5)[: len(MONDAYS)]


def total(newest: float, key: str = "weekly_conversions", before: np.ndarray = USUAL) -> Measured:
    values = np.append(before[:-1], newest)
    moments = Moments(values, np.ones_like(values), np.zeros_like(values))
    review = review_total(MONDAYS, moments, baseline=recent(MONDAYS, 26))
    return Measured(key, date(2026, 10, 12), review, (), newest)


def share(part: float, whole: float) -> Measured:
    n = np.append(np.full(len(MONDAYS) - 1, 100.0), whole)
    did = np.append(USUAL[:-1] - 15.0, part)
    review = review_share(MONDAYS, Counts(n, did), baseline=recent(MONDAYS, 26))
    return Measured("weekly_satisfied", date(2026, 10, 12), review, (), part, whole, whole)


def of(*measures: Measured) -> Week:
    return Week(Choice(), date(2026, 10, 12), measures, None, None, None, (), date(2026, 10, 18), "CNY")


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


@pytest.mark.parametrize(
    ("newest", "badge", "role"),
    [
        (101.0, ("as usual", "gray"), "none"),
        (140.0, ("↑ above the limit", "blue"), "better"),
        (60.0, ("↓ below the limit", "orange"), "worse"),
    ],
)
def test_only_a_rule_makes_a_week_coloured_and_the_direction_says_which(newest, badge, role):
    assert cards.badge(total(newest)) == badge
    assert cards.role(total(newest)) == role


def test_an_ordinary_week_reads_ordinary():
    six = [replace(total(101.0), key=key) for key in NAMES]
    assert week.headline(of(*six)) == "An ordinary week: all six numbers moved as usual"


def test_a_signal_is_the_headline_and_the_others_moved_as_usual():
    measures = [total(101.0, "new_money"), total(60.0)]
    assert week.headline(of(*measures)) == "Conversions fell below what is usual here; everything else moved as usual"
    both = [total(140.0, "new_money"), total(60.0)]
    said = "New money rose above what is usual here, Conversions fell below what is usual here"
    assert week.headline(of(*both)) == said
    words.speak("zh")
    assert week.headline(of(*measures)) == "成交户数低于正常波动下限，其余指标属正常波动"


def test_eight_weeks_on_one_side_are_a_level_that_has_moved():
    moved = np.append(USUAL[:-8], np.full(8, 101.9))
    measured = total(101.9, before=moved)
    assert cards.badge(measured) == ("↑ eight weeks high", "blue")
    assert week.headline(of(measured)) == "Conversions has been higher for eight weeks or more"


def test_what_cannot_be_judged_is_counted_in_the_headline_and_never_called_usual():
    silent = Measured("promises_kept", date(2026, 10, 12), lacks="contact")
    said = week.headline(of(total(101.0), silent))
    assert said == "An ordinary week: 1 number moved as usual, 1 cannot be judged"
    assert week.headline(of(total(60.0), silent)) == "Conversions fell below what is usual here"
    assert week.headline(of(silent)) == "It is too early to say what is usual here"
    assert cards.badge(silent) == ("not recorded", "gray")
    late = replace(silent, ends_before=True)
    assert cards.badge(late) == ("not covered yet", "gray")
    assert cards.card(late, "CNY").rests_on == "contact ends before this week does"


def test_a_share_of_a_handful_is_no_signal():
    assert cards.badge(share(0, 2)) == ("few answers", "gray")
    assert cards.badge(share(0, 9)) == ("few answers", "gray")
    assert cards.badge(share(0, 10))[0] == "↓ below the limit"
    assert week.headline(of(share(0, 9))) == "It is too early to say what is usual here"


def test_a_card_says_what_it_rests_on_and_between_which_limits_the_number_lies():
    told = cards.card(share(85, 100), "CNY")
    assert told.value == "85\N{NARROW NO-BREAK SPACE}%"
    assert told.rests_on.startswith("85 of 100 answers · 100\N{NARROW NO-BREAK SPACE}% answered · usual ")
    assert told.history is not None
    assert len(told.history) == 27
    assert cards.usual(total(101.0), "CNY") == "89 to 113"


def test_limits_at_the_end_of_the_scale_are_said_from_the_other_side():
    few = total(3.0, before=np.resize([1.0, 5.0], len(MONDAYS)))
    assert few.review is not None
    assert few.review.chart.low[-1] == 0
    most = int(np.floor(few.review.chart.high[-1]))
    assert cards.usual(few, "CNY") == f"up to {most}"


def test_limits_between_two_whole_numbers_are_said_in_their_order():
    steady = total(7.0, before=np.resize([8.0, 7.0], len(MONDAYS)))
    narrow = replace(steady.review, chart=replace(steady.review.chart, low=np.array([3.2]), high=np.array([3.8])))
    assert cards.usual(replace(steady, review=narrow), "CNY") == "3.2 to 3.8"
    one = replace(steady.review, chart=replace(steady.review.chart, low=np.array([2.9]), high=np.array([3.1])))
    assert cards.usual(replace(steady, review=one), "CNY") == "3 to 3"


def test_what_is_usual_has_no_space_between_chinese_characters():
    words.speak("zh")
    few = total(3.0, before=np.resize([1.0, 5.0], len(MONDAYS)))
    assert "常见不超过 " in cards.card(few, "CNY").rests_on


def test_weeks_are_written_with_their_days():
    assert week.written("2026-W53") == "week 53: 28 Dec to 3 Jan"
    words.speak("zh")
    assert week.written("2026-W46") == "第 46 周：11月9日至11月15日"


def test_a_branch_of_which_nothing_is_in_the_data_is_not_told_to_load_them():
    nothing = Measured("new_money", date(2026, 10, 12))
    told = week.tell(replace(of(nothing), branches=("Harbour",)), None)
    assert told.facts[0] == "Harbour"
    assert told.rows[0][0].caption == "No customer, sale, answer or contact of Harbour is in the data yet"
    unloaded = replace(of(replace(nothing, lacks="sale")), branches=("Harbour",))
    assert week.tell(unloaded, None).rows[0][0].caption == "The tables of the six numbers are not loaded, or empty"


def test_sentences_in_a_row_have_a_space_between_them_in_english_alone():
    assert words.prose(["One.", "", "Two."]) == "One. Two."
    words.speak("zh")
    assert words.prose(["一。", "", "二。"]) == "一。二。"
