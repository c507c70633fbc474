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
    values = COUNTS | {"lower": 0}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, values), "CNY")
    assert said == "Nine of 14 campaigns can be judged: four raised conversion, four show no difference"


def test_a_hint_is_counted_apart():
    values = COUNTS | {"higher": 0, "lower": 0, "hint": 1, "no_difference": 8}
    said = findings.sentence(Finding(FindingCode.CAMPAIGNS_JUDGED, values), "CNY")
    assert said == "Nine of 14 campaigns can be judged: one is a hint only, eight show no difference"


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
