"""Whatever a feed may legally hold becomes a number or a reason in its own row: nothing raises, no other is harmed."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from metrics.campaigns.evaluation import Scorecard, scorecard
from metrics.campaigns.findings import campaign_findings, findings
from metrics.campaigns.programme import together
from metrics.estimate import Reason

COUNTS = (
    *("contacted", "participated", "matured", "matured_converted", "matured_contacted"),
    *("contacted_matured_converted", "matured_participated", "participants_matured_converted"),
)
AMOUNTS = ("sales", "sales_winsorised", "contribution", "net_new", "baseline")
CAMPAIGNS = ("A", "B", "C")
numbers = st.one_of(st.none(), st.integers(0, 40))
money = st.one_of(st.none(), st.integers(-(10**12), 10**12))


@st.composite
def one_arm(draw: st.DrawFn) -> dict[str, object]:
    n = draw(st.integers(0, 30))
    arm: dict[str, object] = {
        "campaign_id": draw(st.sampled_from(CAMPAIGNS)),
        "arm": draw(st.sampled_from(["control", "gift", "call"])),
        "branch_id": draw(st.sampled_from(["B1", "B2", "B3", "B4"])),
        "is_control": draw(st.booleans()),
        "n": n,
    }
    # Parts larger than their whole are legal: a walk-in customer takes part without a contact.
    arm |= {name: draw(numbers) for name in COUNTS}
    for name in AMOUNTS:
        arm |= {f"known_{name}": draw(st.integers(0, n)), f"sum_{name}": draw(money)}
        arm |= {f"squares_{name}": draw(st.one_of(st.none(), st.floats(0, 1e24)))}
        arm |= {f"product_baseline_{name}": draw(st.one_of(st.none(), st.floats(-1e12, 1e12)))}
    return arm


@st.composite
def feeds(draw: st.DrawFn) -> dict[str, object]:
    arms = pd.DataFrame(draw(st.lists(one_arm(), min_size=1, max_size=8)))
    absent = draw(st.lists(st.sampled_from([*COUNTS[3:], *(f"sum_{name}" for name in AMOUNTS)]), max_size=2))
    words = {"assignment": ["randomised", "targeted", None], "cluster": ["customer", "branch", None]}
    words |= {"objective": ["acquire", "activate", "retain", "grow", None]}
    designs = pd.DataFrame({"campaign_id": CAMPAIGNS})
    for name, choices in words.items():
        designs[name] = pd.Series([draw(st.sampled_from(choices)) for _ in CAMPAIGNS], dtype=object)
    designs["ends_on"] = pd.to_datetime([draw(st.sampled_from(["2025-12-20", "2026-03-01", None])) for _ in CAMPAIGNS])
    designs["attribution_days"] = [draw(st.sampled_from([30, 90, None])) for _ in CAMPAIGNS]
    kinds = st.tuples(st.sampled_from(CAMPAIGNS), st.sampled_from(["gift", "staff_time"]), money, money, money, money)
    costs = pd.DataFrame(
        draw(st.lists(kinds, max_size=5)),
        columns=[
            *("campaign_id", "category", "planned_amount", "actual_amount"),
            *("shared_planned_amount", "shared_actual_amount"),
        ],
    )
    answer = st.tuples(st.sampled_from(CAMPAIGNS), st.sampled_from(["csat5", "nps"]), *[st.integers(0, 9)] * 7)
    answers = pd.DataFrame(
        draw(st.lists(answer, max_size=4)),
        columns=[
            *("campaign_id", "scale", "invited", "answers", "top_two", "sum_score", "squares_score"),
            *("promoters", "detractors"),
        ],
    )
    bank = pd.DataFrame({"campaign_id": CAMPAIGNS, "n_bank": [draw(numbers) for _ in CAMPAIGNS]})
    return {
        "campaigns": designs,
        "arms": arms.drop(columns=absent),
        "costs": draw(st.sampled_from([None, costs])),
        "answers": draw(st.sampled_from([None, answers])),
        "complaints": draw(st.sampled_from([None, pd.DataFrame({"campaign_id": ["A"], "complaints": [3]})])),
        "branches": draw(st.sampled_from([None, arms.drop(columns=absent)])),
        "bank": draw(st.sampled_from([None, bank])),
        "as_of": date(2026, 6, 30),
    }


def checked(card: Scorecard) -> None:
    for key, intervals in card.results.items():
        has_reason = intervals.reason != Reason.NONE.value
        assert (intervals.known | has_reason).all(), (key, intervals)
    for key, verdicts in card.verdicts.items():
        assert (verdicts.grade != "not_judged").tolist() == card[key].known.tolist(), key
    assert findings(card)
    assert all(campaign_findings(card, campaign) for campaign in card.campaign_id)
    assert len(card.frame()) == len(card) * len(card.results)
    for key, intervals in together(card).items():
        assert (intervals.known | (intervals.reason != "")).all(), key


@settings(max_examples=40, deadline=None)
@given(feeds())
def test_a_number_or_a_reason_and_always_something_to_say(feed: dict[str, object]) -> None:
    checked(scorecard(**feed))


def plain(**columns: object) -> dict[str, pd.DataFrame]:
    """Three campaigns in which nothing is odd, but for these columns of the control arms."""
    rows = []
    for campaign in CAMPAIGNS:
        for control in (True, False):
            row = {"campaign_id": campaign, "arm": "control" if control else "call", "is_control": control, "n": 1000}
            row |= {name: 0 if control and "contact" in name else 300 for name in COUNTS} | {"matured": 1000}
            row |= {"participated": 0 if control else 200, "matured_converted": 50 if control else 100}
            row |= {"sum_contribution": 5e4 if control else 9e4, "squares_contribution": 1e7}
            rows.append(row | (columns if control and campaign == "B" else {}))
    designs = pd.DataFrame({"campaign_id": CAMPAIGNS, "assignment": "randomised", "objective": "acquire"})
    costs = pd.DataFrame({"campaign_id": CAMPAIGNS, "category": "gift", "planned_amount": 1e4, "actual_amount": 1e4})
    return {"campaigns": designs, "arms": pd.DataFrame(rows), "costs": costs}


def test_one_contradictory_campaign_harms_no_other() -> None:
    good, odd = scorecard(**plain()), scorecard(**plain(matured_converted=1001, participated=5, contacted=0))
    for key, intervals in good.results.items():
        assert_allclose(odd[key].low[[0, 2]], intervals.low[[0, 2]], err_msg=key)
    assert odd["incremental_conversion"].reason.tolist() == ["", Reason.NOT_NESTED, ""]
    assert odd["relative_lift"].reason[1] == odd["effect_on_contacted"].reason[1] == Reason.NOT_NESTED
    assert odd["roi_incremental"].known[1]  # contribution does not hang on the conversions
    said = campaign_findings(odd, "B")
    assert ("not_judged", "not_nested") in [(found.code.value, found.values.get("reason")) for found in said]


def test_more_answers_than_invitations_are_said_and_not_shown() -> None:
    answers = pd.DataFrame(
        [
            ["A", "csat5", 5, 9, 12, 30, 4.0, 0, 0],
            ["B", "nps", 9, 5, 0, 0, 0.0, 4, 3],
            ["C", "csat5", 9, 5, 3, 20, 1.0, 0, 0],
        ],
        columns=[
            *("campaign_id", "scale", "invited", "answers", "top_two", "sum_score", "squares_score"),
            *("promoters", "detractors"),
        ],
    )
    card = scorecard(**plain(), answers=answers)
    assert card["response_rate"].reason.tolist() == [Reason.NOT_NESTED, "", ""]
    assert card["top_two_box"].reason.tolist() == [Reason.NOT_NESTED, Reason.TOO_FEW, ""]
    assert card["net_promoter_score"].reason.tolist() == [Reason.TOO_FEW, Reason.NOT_NESTED, Reason.TOO_FEW]


def test_nothing_at_all_is_no_error() -> None:
    feed = plain()
    empty = {name: frame.iloc[:0] for name, frame in feed.items()}
    assert findings(scorecard(**empty))[0].code == "no_campaigns"
    assert len(scorecard(**empty).frame()) == 0
    without_members = scorecard(feed["campaigns"], feed["arms"].iloc[:0])
    checked(without_members)
