"""What a campaign teaches is told by the verdict on its return that the list of campaigns gives, in every grade."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from answers.campaigns import overview
from answers.loop import past
from answers.loop.evaluated import Evaluated, evaluate
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from metrics.campaigns.verdict import RETURN
from metrics.inference.comparison.verdict import Grade
from story import words
from story.loop import evaluation

BEGINS = {
    "raised": "It paid. Contacting ",
    "hint_raised": "By itself it paid, among the campaigns of its year that is a hint only: contacting ",
    "none_shown": "Whether it paid cannot be told yet: contacting ",
    "hint_lowered": "By itself it lost money, among the campaigns of its year that is a hint only: contacting ",
    "lowered": "Learned cheaply. Contacting ",
}


AMOUNT = re.compile("([−+]?)¥([0-9.,]+)\u202f?(k|m|bn)?")


def yuan(sign: str, digits: str, unit: str) -> float:
    """An amount as it is written."""
    return (-1 if sign == "−" else 1) * float(digits.replace(",", "")) * {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[unit]


@pytest.fixture(scope="module")
def planner(readers: dict[str, Reader]) -> Reader:
    return readers["planner"]


@pytest.fixture
def finished(planner: Reader) -> list[Evaluated]:
    """All that can be evaluated, by honest tests."""
    words.speak("en")
    ids = [str(key) for key in campaigns.catalogue(planner)["campaign_id"]]
    found = [one for key in ids if (one := evaluate(planner, key, None)) is not None]
    return [one for one in found if one.well_run]


def test_the_verdict_is_the_one_of_the_list(planner: Reader, finished: list[Evaluated]):
    listed: dict[str, str] = {}
    for period in ("2025", "2026"):
        scores = overview.ask(planner, overview.Choice(period)).scores
        listed |= dict(zip(map(str, scores.campaign_id), map(str, scores.verdicts[RETURN].grade), strict=True))
    told = {one.campaign_id: evaluation.why(one).after for one in finished if one.campaign_id in listed}
    assert len(told) > 20
    for key, sentence in told.items():
        assert sentence.startswith(BEGINS[listed[key]]), key
        assert ("lost about ¥" in sentence) == listed[key].endswith("lowered"), (
            "what was lost is written without a sign"
        )
        assert ("bring about +¥" in sentence) == listed[key].endswith("raised")
    assert {"lowered", "none_shown"} < {listed[key] for key in told}
    clear_alone = {one.campaign_id for one in finished if one.roi.low[0] > 0 or one.roi.high[0] < 0}
    hints = {key for key in told if listed[key].startswith("hint")}
    assert hints <= clear_alone
    assert hints, "the family does not carry what an interval alone says"


def test_what_others_would_bring_is_the_return_on_what_a_customer_cost(finished: list[Evaluated]):
    for one in finished:
        sentence = evaluation.why(one).after
        side = -1 if "lost about" in sentence else 1
        each = one.actual["cost"] / one.customers / 100
        ends = sorted(side * each * one.others * limit for limit in (one.roi.low[0], one.roi.high[0]))
        told = [yuan(*found) for found in AMOUNT.findall(sentence)][-2:]
        assert told == pytest.approx(ends, abs=0.02 * max(map(abs, ends)) + 0.6), one.campaign_id


@pytest.mark.parametrize("grade", BEGINS)
def test_each_grade_has_its_sentence_and_a_loss_is_no_gain(finished: list[Evaluated], grade: str):
    found = finished[0]
    verdicts = found.scores.verdicts
    given = replace(verdicts[RETURN], grade=np.array([grade]))
    found = replace(found, scores=replace(found.scores, verdicts={**verdicts, RETURN: given}))
    sentence = evaluation.why(found).after
    assert sentence.startswith(BEGINS[grade])
    assert ("would have lost" in sentence) == grade.endswith("lowered")
    assert past._result(found) == {Grade.RAISED: "paid", Grade.LOWERED: "lost"}.get(Grade(grade), "open")
