"""Numbers and dates as readers of each language write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from babel.numbers import format_compact_decimal, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from story import figures, words

THIN = figures.THIN


@pytest.fixture(params=words.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    words.speak(request.param)
    yield request.param
    words.speak("en")


@pytest.fixture
def chinese() -> Iterator[None]:
    words.speak("zh")
    yield
    words.speak("en")


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_is_babels_with_the_true_minus(value: int):
    assert figures.number(value) == format_decimal(value, locale="en").replace("-", "\N{MINUS SIGN}")


@pytest.mark.parametrize("yuan", [12_345, 4_560_000, 120_000_000, 9_999])
def test_chinese_amounts_count_in_wan_and_yi_as_babel_does(chinese: None, yuan: int):
    babels = format_compact_decimal(yuan, locale="zh_CN", fraction_digits=2)
    word = "".join(character for character in babels if character in "万亿")
    assert figures.scale(yuan)[1] == word


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "under 1 %"),
        (0.0099, "under 1 %"),
        (0.01, "1 %"),
        (0.5, "50 %"),
        (0.99, "99 %"),
        (0.9901, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_no_chance_is_called_impossible_or_certain(share: float, said: str):
    assert figures.chance(share).replace(THIN, " ") == said


def test_a_share_keeps_two_digits():
    shares = [figures.share(counted).replace(THIN, " ") for counted in (0.042, -0.099, 0.1, -0.314)]
    assert shares == ["4.2 %", "\N{MINUS SIGN}9.9 %", "10 %", "\N{MINUS SIGN}31 %"]


def test_a_chance_in_chinese(chinese: None):
    assert [figures.chance(share) for share in (0.0, 0.4, 1.0)] == ["1% 以下", "40%", "99% 以上"]


def test_money_in_english():
    assert figures.money(342_000_000, "CNY") == f"¥3.42{THIN}m"
    assert figures.money(-61_200_000, "CNY") == f"\N{MINUS SIGN}¥612{THIN}k"
    assert figures.money(800_000, "CNY", signed=True) == "+¥8,000"
    assert figures.money(0, "CNY", signed=True) == "¥0"


def test_money_in_chinese(chinese: None):
    assert figures.money(342_000_000, "CNY") == "342 万元"
    assert figures.money(14_700_000_000, "CNY") == "1.47 亿元"
    assert figures.money(342_000_000, "USD") == "342 万美元"


def test_a_unit_that_both_limits_have_is_said_once_in_chinese(chinese: None):
    assert figures.span("94 万元", "107 万元") == "94 至 107 万元"
    assert figures.span("−3 元", "+81 元") == "−3 至 +81 元"
    assert figures.span("9,500 元", "1.2 万元") == "9,500 元至 1.2 万元"
    assert figures.span("−300 万元", "1.1 亿元") == "−300 万元至 1.1 亿元"
    assert figures.span("3.3", "3.5") == "3.3 至 3.5"
    assert figures.span("3.3%", "3.5%") == "3.3% 至 3.5%"
    assert figures.span("11月9日", "2026年11月15日") == "11月9日至2026年11月15日"


def test_a_percentage_has_no_more_digits_than_its_interval_leaves():
    assert figures.percent(0.0612, figures.digits(2.3)) == f"6.1{THIN}%"
    assert figures.percent(0.0612, figures.digits(4.0)) == f"6{THIN}%"


def test_zero_has_no_sign():
    assert figures.number(-0.004, 1, signed=True) == "0.0"


def test_dates(language: str):
    expected = {
        "en": ("4 Dec 2026", "4 Dec", "2026, 3rd quarter"),
        "zh": ("2026年12月4日", "12月4日", "2026年第三季度"),
    }
    said = figures.day(date(2026, 12, 4)), figures.short_day(date(2026, 12, 4)), figures.quarter(2026, 3)
    assert said == expected[language]


def test_every_reason_is_said(language: str):
    said = [figures.why(reason.value) for reason in figures.Reason if reason.value]
    assert len(set(said)) == len(said)


def test_no_amount_is_written_with_four_digits_of_a_smaller_unit():
    assert figures.money(99_996_000, "CNY") == f"¥1.00{THIN}m"
    assert figures.money(999_900, "CNY") == "¥9,999"
    assert figures.money(99_940_000, "CNY") == f"¥999{THIN}k"


@pytest.mark.parametrize(("currency", "text"), [("JPY", f"JP¥12.3{THIN}k"), ("KWD", "KWD12.3")])
def test_minor_units_are_those_of_the_currency(currency: str, text: str):
    assert figures.money(12_300, currency) == text


def test_no_amount_is_without_a_currency():
    with pytest.raises(ValueError, match="currency"):
        figures.money(1.0, "")


@pytest.mark.usefixtures("chinese")
def test_a_locale_is_looked_for_once_and_not_at_every_number(monkeypatch: pytest.MonkeyPatch):
    """By name Babel walks all locales it has to find that of mainland Chinese."""
    figures.money(1.0, "CNY")
    monkeypatch.setattr("babel.localedata.normalize_locale", lambda name: pytest.fail(f"{name} was looked for again"))
    assert figures.day(date(2026, 11, 15)) == "2026年11月15日"
    assert figures.money(1_234_500_000, "CNY") == "1,234 万元"
    words.speak("en")
    assert figures.money(1_234_500_000, "CNY") == f"¥12.3{THIN}m"
