"""Periods and comparisons in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from answers.period import Against, Season, compared, read
from story import period
from story.words import speak

SEASONS = [
    Season("RED26", "开门红\u20282026", date(2025, 10, 1), date(2026, 3, 31)),
    Season("BOTH", "开门红 Opening red 2027", date(2026, 10, 19), date(2027, 3, 31)),
]


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("2026-W46", "week 46 of 2026, 9 Nov to 15 Nov", "2026年第 46 周（11月9日至11月15日）"),
        ("2026-W53", "week 53 of 2026, 28 Dec 2026 to 3 Jan 2027", "2026年第 53 周（2026年12月28日至2027年1月3日）"),
        ("2026-w01", "week 1 of 2026, 29 Dec 2025 to 4 Jan 2026", "2026年第 1 周（2025年12月29日至2026年1月4日）"),
        ("2026-11", "Nov 2026", "2026年11月"),
        ("2026-Q4", "2026, 4th quarter", "2026年第四季度"),
        ("2026", "year 2026", "2026年"),
        ("all", "all periods", "全部期间"),
        ("season-RED26", "开门红 2026", "开门红 2026"),
        ("season-BOTH", "Opening red 2027", "开门红 2027"),
        ("next\nyear", "next year", "next year"),
    ],
)
def test_a_period_is_named_as_its_reader_does(key, english, chinese):
    speak("en")
    assert period.written(key, SEASONS) == english
    speak("zh")
    assert period.written(key, SEASONS) == chinese


@pytest.mark.parametrize(
    ("key", "against", "as_of", "english", "chinese"),
    [
        ("2026-10", Against.BEFORE, date(2026, 11, 15), "against Sep 2026", "对比2026年9月"),
        ("2026-11", Against.YEAR_AGO, date(2026, 11, 15), "against Nov 2025, up to 15 Nov 2025",
         "对比2025年11月（截至2025年11月15日）"),
        ("2026-02", Against.YEAR_AGO, date(2026, 11, 15),
         "against Feb 2025 · days around Spring Festival: 20 here, 16 then",
         "对比2025年2月 · 含春节前后天数：本期 20 天，对比期 16 天"),
    ],
)  # fmt: skip
def test_a_comparison_says_with_what_up_to_when_and_how_alike(key, against, as_of, english, chinese):
    found = read(key)
    assert found is not None
    comparison = compared(found, against, as_of)
    assert comparison is not None
    speak("en")
    assert period.against(comparison) == english
    speak("zh")
    assert period.against(comparison) == chinese
