"""Findings of campaigns become sentences, in both languages, no stronger than their code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metrics.finding import Finding, FindingCode
from story import findings, words
from story.sentences import campaign

NUMBERS = {"campaign_id": "K1", "estimate": 0.028, "low": 0.004, "high": 0.052, "n": 3000, "open_members": 120}
COUNTS = {
    "campaigns": 14,
    "judged": 9,
    "higher": 4,
    "lower": 1,
    "no_difference": 4,
    "paid": 4,
    "lost": 1,
    "unclear": 4,
    "hint": 0,
    "better": 5,
    "against": 1,
}
OTHERS = {
    "metric": "incremental_net_new_money_per_customer",
    "family": 21,
    "expected": 1.05,
    "year": 2026,
    "amount": 9e6,
}
WHY = {"reason": "not_nested"}
SAID = list(campaign.SENTENCES)


@pytest.fixture(params=words.LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    words.speak(request.param)
    yield request.param
    words.speak("en")


@pytest.mark.parametrize("code", SAID)
def test_every_sentence_fills_all_its_places(code: FindingCode, language: str):
    said = findings.sentence(Finding(code, NUMBERS | COUNTS | OTHERS | WHY), "CNY")
    assert "{" not in said
    assert said[0].upper() == said[0]


def test_counts_that_are_zero_are_left_out():
    values = COUNTS | {"lower": 0, "metric": "incremental_conversion"}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, values), "CNY")
    assert said == "Nine of 14 campaigns can be judged: four raised conversion, four show no difference"


def test_a_hint_is_counted_apart():
    values = COUNTS | {"higher": 0, "lower": 0, "hint": 1, "no_difference": 8, "metric": "incremental_conversion"}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, values), "CNY")
    assert said == "Nine of 14 campaigns can be judged: one is a hint only, eight show no difference"


def test_campaigns_with_other_objectives_are_judged_each_by_its_own():
    values = COUNTS | {"metric": "", "hint": 2, "no_difference": 2}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, values), "CNY")
    assert said == (
        "Nine of 14 campaigns can be judged, each by its objective: "
        "four better than control, one worse than control, two are hints only, two show no difference"
    )
    every = values | {"campaigns": 9, "higher": 0, "lower": 0, "hint": 0, "no_difference": 9}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, every), "CNY")
    assert said == "All nine campaigns can be judged, each by its objective: none shows a difference from control"


def test_a_metric_that_judges_some_is_named():
    values = COUNTS | {"metric": "incremental_net_new_money_per_customer"}
    said = findings.sentence(Finding(FindingCode.JUDGED_BY, values), "CNY")
    assert said == (
        "Nine judged by net new money per customer assigned: four raised it, one lowered it, four show no difference"
    )


@pytest.mark.parametrize(
    ("metric", "better", "against", "said"),
    [
        ("roi_incremental", 5, 1, "One of the five that look better looks like a loss"),
        ("roi_incremental", 5, 2, "Two of the five that look better look like a loss"),
        ("roi_incremental", 1, 1, "The one that looks better looks like a loss"),
        ("incremental_conversion", 5, 1, "One of the five that look better looks worse by conversion"),
        ("incremental_conversion", 5, 2, "Two of the five that look better look worse by conversion"),
        ("incremental_conversion", 1, 1, "The one that looks better looks worse by conversion"),
    ],
)
def test_what_speaks_against_is_counted_among_the_better(metric: str, better: int, against: int, said: str):
    values = {"metric": metric, "better": better, "against": against}
    assert findings.sentence(Finding(FindingCode.SPEAKS_AGAINST, values), "CNY") == said


def test_one_is_singular():
    said = findings.sentence(
        Finding(FindingCode.CAMPAIGNS_PAID, {"judged": 2, "paid": 1, "lost": 0, "hint": 0, "unclear": 1}), "CNY"
    )
    assert said == "One paid, one shows no difference"


def test_only_a_randomised_comparison_says_that_the_campaign_did_it():
    said = {code: findings.sentence(Finding(code, NUMBERS | COUNTS | OTHERS | WHY), "CNY").lower() for code in SAID}
    caused = [code for code, sentence in said.items() if "the campaign raised" in sentence]
    assert caused == [FindingCode.EFFECT_HIGHER, FindingCode.AMOUNT_RAISED]


def test_an_effect_shows_size_and_interval_in_points():
    said = findings.sentence(Finding(FindingCode.EFFECT_HIGHER, NUMBERS), "CNY")
    assert said == "The campaign raised conversion by 2.8 points (+0.4 to +5.2)"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("higher", "The one campaign of this choice raised conversion"),
        ("lower", "The one campaign of this choice lowered conversion"),
        ("hint", "The one campaign of this choice gives a hint only in conversion"),
        ("no_difference", "The one campaign of this choice shows no difference in conversion"),
    ],
)
def test_one_campaign_is_not_called_all_of_them(outcome: str, said: str):
    counts = dict.fromkeys(("higher", "lower", "hint", "no_difference"), 0) | {outcome: 1}
    values = {"campaigns": 1, "judged": 1, "metric": "incremental_conversion"} | counts
    words.speak("en")
    assert findings.headline([Finding(FindingCode.CAMPAIGNS_JUDGED, values)], "CNY", {}) == said
    words.speak("zh")
    assert "唯一的活动" in findings.headline([Finding(FindingCode.CAMPAIGNS_JUDGED, values)], "CNY", {})
    words.speak("en")
