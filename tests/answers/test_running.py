"""What a running campaign asks, in which order, and which plan it looks like: rules without a warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from answers.running import matching, running
from answers.running.expected import Kept
from answers.running.running import Choice, Running
from answers.running.standing import Guardrails, Phase, Standing, most_urgent_first
from data_access.workspace.loop.alarms import Alarm, Deed
from metrics.estimate import Intervals
from metrics.planning.alarms import Judged, Watch
from metrics.planning.monitoring import Progress
from metrics.planning.stopping import Advice, Saved
from story import words
from story.running import charts
from story.running import running as story
from story.running import words as said

TODAY = date(2026, 11, 15)


def kept(plan_id: str = "p", product: str = "P1", starts_on: str = "2026-10-15", customers: int = 1000) -> Kept:
    settings = {"product": product, "starts_on": starts_on, "objective": "grow", "theme": "advice"}
    content = {"settings": settings, "plan": {"customers": customers}}
    return Kept(f"digest of {plan_id}", plan_id, f"Plan {plan_id}", "Gu", date(2026, 10, 9), 1, 1, content)


def standing(campaign_id: str = "K1", *raised: Watch, **changes: Any) -> Standing:
    row = {
        "campaign_id": campaign_id, "name": f"Campaign {campaign_id}", "starts_on": pd.Timestamp("2026-10-15"),
        "n": 900, "converted": 154.0, "assignment": "randomised", "cluster": "customer", "channel": "phone",
    }  # fmt: skip
    limits = [Intervals.of([m], [a], [b], n=[900.0]) for m, a, b in ((260, 215, 308), (196, 176, 221))]
    rails = Guardrails(800.0, 9.0, 3.0, 204.0, 4.4, 90.0, (0.02, 0.002, 4.0), 800.0, 1700.0, 0.0)
    own = Standing(
        row, kept(), False, Phase.CALLING, 35, 46, 1800,
        Progress(limits[0], limits[1], 0.004, 0.001, True), 300.0,
        tuple(Judged(watch, 0.0) for watch in raised), Intervals.of([0.001], [-0.014], [0.015], n=[900.0]), 0.016, 0.4,
        Advice.GO_ON, Saved(900, 1_260_000.0, 68.0), rails, 7_640_000.0, 7_900_000.0, 9_100_000.0,
        pd.DataFrame({"category": ["gift"], "planned_amount": [9_100_000.0], "actual_amount": [7_640_000.0]}),
    )  # fmt: skip
    return replace(own, **changes)


def answer(*every: Standing, alarms: tuple[Alarm, ...] = ()) -> Running:
    return Running(
        Choice(), every, every[0], None, alarms, (), (), None, True, {}, (), True, TODAY, "v1", "CNY"
    )  # fmt: skip


def alarm(kind: str = "behind", deed: Deed | None = None, on: date = TODAY) -> Alarm:
    at = datetime(2026, 11, 16, 8, 30, tzinfo=UTC).replace(tzinfo=None) if deed else None
    return Alarm(
        "p", kind, on, {}, "v1", deed, "" if deed is None else "because", "gu@bank.example" if deed else "", at
    )


@pytest.mark.parametrize(
    ("phase", "advice", "raised", "kinds"),
    [
        (Phase.CALLING, Advice.FUTILITY, (Watch.BEHIND,), ("futility", "behind")),
        (Phase.CALLING, Advice.HARM, (), ("harm",)),
        (Phase.CALLING, Advice.BENEFIT, (Watch.AHEAD, Watch.COMPLAINTS), ("benefit", "complaints", "ahead")),
        (Phase.MEASURING, Advice.FUTILITY, (), ()),  # there is nothing left to stop
        (Phase.MEASURING, None, (Watch.SPENDING, Watch.OPT_OUTS), ("opt_outs", "spending")),
        (Phase.CALLING, Advice.GO_ON, (), ()),
    ],
)
def test_what_is_asked_follows_from_the_effect_while_calls_are_made_and_from_alarms_always(
    phase, advice, raised, kinds
):
    assert running.kinds(standing("K1", *raised, phase=phase, advice=advice)) == kinds


def test_the_gravest_stands_first():
    every = {
        "measures": standing("A", phase=Phase.MEASURING),
        "calls": standing("B"),
        "ahead": standing("C", Watch.AHEAD),
        "benefit": standing("D", advice=Advice.BENEFIT),
        "behind": standing("E", Watch.BEHIND),
        "spending": standing("F", Watch.SPENDING, Watch.AHEAD),
        "complaints": standing("G", Watch.COMPLAINTS),
        "futility": standing("H", advice=Advice.FUTILITY),
        "harm": standing("I", advice=Advice.HARM),
    }
    assert [one.campaign_id for one in most_urgent_first(list(every.values()))] == list("IHGFEDCBA")


def test_an_alarm_waits_until_the_newest_of_its_kind_was_seen_or_answered():
    one = standing("K1", Watch.BEHIND)
    fresh, older = alarm(), alarm(deed=Deed.SEEN, on=date(2026, 11, 8))
    assert answer(one, alarms=(fresh, older)).waiting(one) == (fresh,)
    assert answer(one, alarms=(fresh, older)).asks(one)
    gone_on = alarm(deed=Deed.GO_ON)
    settled = answer(one, alarms=(gone_on, older))
    assert settled.waiting(one) == ()
    assert settled.settled(one) == gone_on
    assert not settled.asks(one)
    assert not answer(standing("K1"), alarms=(fresh,)).newest(standing("K1"))  # the data do not raise it any more


def campaigns(**changes: Any) -> pd.DataFrame:
    row = {"campaign_id": "K1", "name": "One", "objective": "grow", "theme": "advice", "product_id": "P1", "n": 560}
    return pd.DataFrame([{**row, "starts_on": pd.Timestamp("2026-10-16"), **changes}])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"starts_on": pd.Timestamp("2026-10-29")}, True),  # fourteen days later
        ({"starts_on": pd.Timestamp("2026-10-30")}, False),
        ({"starts_on": pd.Timestamp("2026-09-30")}, False),
        ({"product_id": "P2"}, False),
        ({"product_id": None}, False),
        ({"objective": "retain"}, False),
        ({"theme": None}, True),
        ({"n": 199}, False),
        ({"n": 2000}, True),
        ({"n": 2001}, False),
    ],
)
def test_a_campaign_looks_like_a_plan_of_its_product_about_then_and_about_as_large(changes, found):
    assert len(matching.proposed(campaigns(**changes), [kept()], (), ())) == found


def test_each_is_proposed_once_the_likest_first_and_what_was_said_is_heard():
    both = pd.concat([campaigns(), campaigns(campaign_id="K2", starts_on=pd.Timestamp("2026-10-20"))])
    plans = [kept("p", starts_on="2026-10-15"), kept("q", starts_on="2026-10-20")]
    pairs = [(one.campaign_id, one.plan.plan_id) for one in matching.proposed(both, plans, (), ())]
    assert pairs == [("K2", "q"), ("K1", "p")]
    assert [one.campaign_id for one in matching.proposed(both, plans, ("K2",), ())] == ["K1"]
    refused = matching.proposed(campaigns(), [kept()], (), [("p", "K1")])
    assert refused == ()


def test_the_title_and_the_reason_say_what_to_do_today_with_the_numbers():
    words.speak("en")
    one = standing("K1", Watch.BEHIND, advice=Advice.FUTILITY)
    told = answer(one, standing("K2"), alarms=(alarm("futility"), alarm()))
    assert story.headline(told) == "One decision today: Campaign K1, stop new calls; one other needs nothing"
    why = said.reason(told, one, "futility")
    assert "upper limit of its effect, +1.5 points within 10 days, lies under what pays, +1.6." in why
    assert "leaves 900 customers uncalled and saves ¥12.6" in why
    assert "68 staff hours. The measurement goes on to 30 Nov 2026." in why
    assert said.forecast(one) == (
        "154 conversions so far, where 215 to 308 were expected by day 35; 176 to 221 are likely at the end. "
        "The target of 300 is reached with chance under 1\N{NARROW NO-BREAK SPACE}%."
    )
    assert charts._heading(one).startswith("Behind the forecast: 154 conversions")
    assert said.today(told, one) == "stop new calls"
    assert said.today(told, told.every[1]) == "nothing"


def test_what_was_answered_is_not_said_to_run_within_its_limits():
    words.speak("en")
    one = standing("K1", Watch.BEHIND)
    stopped = (alarm(deed=Deed.STOP),)
    assert story.headline(answer(one, alarms=stopped)) == "Nothing to decide today: 1 campaign has its answer"
    assert said.today(answer(one), one) == "behind: change or go on"
    told = answer(one, standing("K2"), standing("K3"), alarms=stopped)
    assert story.headline(told) == (
        "Nothing to decide today: 1 campaign has its answer, 2 others run within their limits"
    )
    assert story.headline(answer(standing("K2"))) == "Nothing to decide today: the campaign runs within its limits"


@pytest.mark.parametrize(
    ("raised", "role"),
    [((Watch.BEHIND,), "worse"), ((Watch.AHEAD,), "better"), ((), "none"), ((Watch.SPENDING,), "none")],
)
def test_only_an_alarm_of_the_forecast_colours_its_line(raised, role):
    assert charts._role(standing("K1", *raised)) == role


def test_what_can_be_saved_stands_beside_what_is_left_of_the_budget():
    words.speak("en")
    one = standing("K1", advice=Advice.FUTILITY)
    assert charts.costs(one, "CNY").heading == "¥14.6\N{NARROW NO-BREAK SPACE}k of the budget is left, " + (
        "¥12.6\N{NARROW NO-BREAK SPACE}k can be saved"
    )
    over = replace(one, spent=9_200_000.0)
    assert charts.costs(over, "CNY").heading == "¥1,000 more than the budget was spent"


def test_a_campaign_without_an_owner_is_nobodys_elsewhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(running, "owners", lambda _reader, _branch: {"S1": "Own", running.ELSEWHERE: ""})
    rows = pd.DataFrame({"owner_staff_id": ["S1", "S9", None]})
    chosen = running._of_owner(None, rows, Choice(owner=running.ELSEWHERE))
    assert chosen.tolist() == [False, True, False]
