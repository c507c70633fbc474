"""Every finding has a plain sentence in both languages, no stronger than the design of the study."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.contrast import Assignment
from story import words
from story.findings import SENTENCES, further, headline, sentence
from tests.story.found import compared, compared_amounts, findings

NAMES = {"K1": "开门红", "S1": "王芳", "S2": "李强", "C7": "资产配置课程", "fund": "基金", "a": "基础", "b": "财富"}
CAUSAL = re.compile(r"\b(effects?|caus\w+|because|due to|thanks to|led to|raised|lowered)\b|效果|导致|因为|由于|使")
EFFECT_OF = {"randomised": ("effect", "效果"), "targeted": ("difference", "差异")}


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


def said() -> list[str]:
    return [sentence(finding, "CNY", NAMES) for finding in findings()]


def test_every_code_is_found_and_has_a_sentence() -> None:
    assert set(SENTENCES) == set(FindingCode)
    assert {finding.code for finding in findings()} == set(FindingCode)


def test_no_sentence_has_an_empty_place_or_a_number_that_does_not_exist(language: str) -> None:
    for text in said():
        assert not re.search(r"[{}]|\bnan\b|\bNone\b(?! of)|\binf\b|\(\)|（）|  ", text), text
        assert text[0] == text[0].upper()
        assert not text.endswith((".", "。")), text


def test_chinese_has_no_latin_words_and_its_own_punctuation(chinese: None) -> None:
    for text in said():
        # ROI is a word of the trade in Chinese too
        assert not re.findall(r"[A-Za-z]+", re.sub(r"\bp [=<]|\bROI\b", "", text).replace("S0", "")), text
        assert re.search(r"[\u4e00-\u9fff]", text)
        assert not re.search(r"[\u4e00-\u9fff][,;:()]|[,;:()][\u4e00-\u9fff]", text), text


def test_chinese_has_one_space_between_characters_and_figures_and_none_in_dates(chinese: None) -> None:
    for text in said():
        undated = re.sub(r"\d+年(\d+月(\d+日)?)?|S\d+", "", text)
        assert not re.search(
            r"[\u4e00-\u9fff][0-9+−]|[0-9%][\u4e00-\u9fff]|[\u4e00-\u9fff] [\u4e00-\u9fff]", undated
        ), text
        assert not re.search(r"\s[，。：；、（）“”]|[，。：；、（）“”]\s", text), text
        assert not re.search(r"\d\s[年月日]|[年月]\s\d", text), text


def test_english_is_singular_where_one_is_meant() -> None:
    texts = "\n".join(said())
    assert not re.search(r"\b1 \w+s\b(?! of staff)", texts), re.findall(r"\b1 \w+s\b", texts)
    assert "1 member of staff" in texts
    assert "no score with 1 breach:" in texts


@pytest.mark.parametrize("assignment", list(Assignment))
def test_an_effect_is_said_of_randomised_arms_only(assignment: Assignment, language: str) -> None:
    comparison = [*compared(assignment).findings[:3], *compared_amounts(assignment).findings]
    word = EFFECT_OF[assignment.value][language == "zh"]
    for text in (sentence(finding, "CNY") for finding in comparison):
        assert word in text.lower()
        if assignment is Assignment.TARGETED:
            assert not CAUSAL.search(text), text


def test_staff_who_were_not_drawn_at_random_show_a_difference(language: str) -> None:
    trained = [text for f, text in zip(findings(), said(), strict=True) if f.code.startswith(("trained", "staff"))]
    assert len(trained) > 10
    assert not [text for text in trained if CAUSAL.search(text)]


@pytest.mark.parametrize("assignment", list(Assignment))
def test_swapping_the_arms_swaps_the_direction(assignment: Assignment) -> None:
    there, back = (compared(assignment, swapped=swapped).findings for swapped in (False, True))
    higher, lower = sentence(there[0], "CNY"), sentence(back[0], "CNY")
    assert "1.5 points higher in the treated group than in the control group (+0.8 to +2.2)" in higher
    assert "1.5 points lower in the treated group than in the control group (−2.2 to −0.8)" in lower
    assert (sentence(there[1], "CNY"), sentence(back[1], "CNY")) == (lower, higher)


def test_arms_amounts_and_the_number_of_comparisons_are_named() -> None:
    money = compared_amounts(Assignment.RANDOMISED).findings[0]
    text = sentence(money, "CNY", {"treated": "large gift", "control": "small gift"})
    assert "¥60 higher in large gift than in small gift" in text
    assert "comparisons" not in text
    assert "allowing for 3 comparisons" in sentence(compared(Assignment.RANDOMISED).findings[0], "CNY")


def test_what_is_almost_certain_is_not_called_certain(language: str) -> None:
    month = {"metric": "weekly_sales", "estimate": 9e7, "low": 8e7, "high": 9.9e7, "level": 0.8, "target": 9e7}
    for chance in (0.0, 1.0):
        text = sentence(Finding(FindingCode.MONTH_END_LIKELY, month | {"chance": chance}), "CNY")
        assert not re.search(r"\b(0|100)\s?%", text), text


def test_a_limit_beside_nought_is_not_written_as_nought() -> None:
    """An interval that excludes 0 by little must not read as if it touched it."""
    values = {"course": "C7", "estimate": 0.12, "low": 0.03, "high": 0.21}
    assert "0.12 on untrained colleagues (+0.03 to +0.21)" in sentence(
        Finding(FindingCode.TRAINED_HIGHER, values), "CNY"
    )


def test_a_headline_never_hides_what_qualifies_it() -> None:
    first, second = Finding(FindingCode.VALUATION_INCLUDED), Finding(FindingCode.NO_CAMPAIGNS)
    qualified = [first, replace(second, qualifies=True), second]
    assert headline(qualified, "CNY") == (
        "Changes of prices are not recorded, so they stay inside these amounts; but no campaign ran in this choice"
    )
    assert further(qualified) == [second]
    assert headline([first, second], "CNY") == "Changes of prices are not recorded, so they stay inside these amounts"
    assert further([first, second]) == [second]
    assert headline([first, second], "CNY", statements=2) == (
        "Changes of prices are not recorded, so they stay inside these amounts; no campaign ran in this choice"
    )
    assert headline([], "CNY") == "Nothing can be said yet"
    assert further([]) == []


def test_the_largest_move_is_to_a_tier_or_out_of_the_bank() -> None:
    found = next(one for one in findings() if one.code is FindingCode.TIER_MOVE_LARGEST)
    names = {"财富": "Wealth", "b": "Private"}
    left, went = (
        sentence(replace(found, values={**found.values, "to_state": to}), "CNY", names) for to in ("left", "b")
    )
    assert " of 212 customers left the bank (" in left
    assert " of 212 customers went to Private (" in went


def test_staff_are_held_against_the_bank_and_not_against_colleagues() -> None:
    told = [one for one in findings() if one.code in (FindingCode.STAFF_ABOVE, FindingCode.STAFF_BELOW)]
    assert len({one.code for one in told}) == 2
    assert all("what the bank reaches with such customers" in sentence(one, "CNY", NAMES) for one in told)
