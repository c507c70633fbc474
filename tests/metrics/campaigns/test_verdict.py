"""One verdict a campaign and metric: by year, under every filter, and honest where nothing pays."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose
from scipy import stats

from metrics.campaigns import verdict
from metrics.campaigns.evaluation import Scorecard, scorecard
from metrics.campaigns.findings import campaign_findings, findings
from metrics.estimate import Reason
from metrics.finding import FindingCode
from metrics.inference.comparison.verdict import Grade

N = 4000


def member_rows(campaign: str, bought: tuple[int, int], contribution: tuple[float, float], net_new=(0.0, 0.0)):
    """Control and treated, of `N` each: conversions, mean contribution (deviation 100), mean net new money (1,000)."""
    for control, index in ((True, 0), (False, 1)):
        yield {
            "campaign_id": campaign,
            "is_control": control,
            "n": N,
            "contacted": 0 if control else N,
            "participated": 0 if control else N // 4,
            "matured": N,
            "matured_converted": bought[index],
            "matured_contacted": 0 if control else N,
            "contacted_matured_converted": 0 if control else bought[index],
            "sum_contribution": contribution[index] * N,
            "squares_contribution": 100.0**2 * (N - 1),
            "sum_net_new": net_new[index] * N,
            "squares_net_new": 1000.0**2 * (N - 1),
        }


def card(campaigns: dict[str, dict], cost: float = 20.0 * N, as_of: date | None = date(2026, 11, 15)) -> Scorecard:
    """Campaigns by name: `bought`, `contribution`, `net_new` of control and treated, and the plan's columns."""
    nothing = {"bought": (200, 200), "contribution": (0.0, 0.0), "net_new": (0.0, 0.0)}
    arms, plans = [], []
    for name, told in campaigns.items():
        told = nothing | told
        arms += member_rows(name, told.pop("bought"), told.pop("contribution"), told.pop("net_new"))
        ends = {"ends_on": pd.Timestamp("2026-03-01"), "attribution_days": 30}
        plans.append({"campaign_id": name, "assignment": "randomised", "objective": "acquire"} | ends | told)
    ids = list(campaigns)
    costs = pd.DataFrame({"campaign_id": ids, "category": "staff_time", "planned_amount": cost, "actual_amount": cost})
    return scorecard(pd.DataFrame(plans), pd.DataFrame(arms), costs, as_of=as_of)


def many(sure: int = 1, hinting: int = 1, idle: int = 18) -> dict[str, dict]:
    """Campaigns that surely won customers, that look so by themselves, and that did nothing."""
    kinds = [("sure", sure, 320), ("hint", hinting, 242), ("idle", idle, 201)]
    return {f"{kind}{i}": {"bought": (200, bought)} for kind, count, bought in kinds for i in range(count)}


def grade(scores: Scorecard, campaign: str, key: str = verdict.CONVERSION) -> str:
    return str(scores.verdicts[key].grade[scores.campaign_id.index(campaign)])


def test_a_filter_changes_no_verdict_and_the_campaign_s_own_page_says_the_same() -> None:
    scores = card(many())
    assert (grade(scores, "sure0"), grade(scores, "hint0"), grade(scores, "idle0")) == (
        *("raised", "hint_raised", "none_shown"),
    )
    alone = scores.among(["hint0"])
    assert grade(alone, "hint0") == "hint_raised"
    assert campaign_findings(alone, "hint0")[0].code is FindingCode.HINT
    assert campaign_findings(alone, "hint0") == campaign_findings(scores, "hint0")
    some = scores.among(["idle3", "sure0"])
    assert some.campaign_id == ("idle3", "sure0")
    assert_allclose(some[verdict.CONVERSION].estimate, [1 / N, 120 / N])
    assert_allclose(some.booked.actual, 20.0 * N)
    assert findings(some)[0].values == {
        "campaigns": 2,
        "judged": 2,
        "higher": 1,
        "lower": 0,
        "hint": 0,
        "no_difference": 1,
        "metric": verdict.CONVERSION,
    }


def test_a_hint_carries_what_chance_gives() -> None:
    hint = campaign_findings(card(many()), "hint0")[0].values
    assert (hint["family"], hint["year"], hint["metric"]) == (20, 2026, verdict.CONVERSION)
    assert_allclose([hint["expected"], hint["estimate"]], [1.0, 42 / N])
    assert 0 < hint["low"] < hint["high"]
    counted = findings(card(many()))[0].values
    assert (counted["higher"], counted["hint"], counted["no_difference"]) == (1, 1, 18)


def test_the_family_is_the_year_in_which_the_last_window_closes() -> None:
    """The same hint in a year of its own is the only comparison of its family, and holds."""
    late = {"ends_on": pd.Timestamp("2025-12-10"), "attribution_days": 30}  # closes on 9 January 2026
    early = {"ends_on": pd.Timestamp("2025-12-01"), "attribution_days": 30}  # closes on 31 December 2025
    campaigns = many(hinting=2)
    campaigns["hint0"] |= late
    campaigns["hint1"] |= early
    scores = card(campaigns)
    assert (grade(scores, "hint0"), grade(scores, "hint1")) == ("hint_raised", "raised")
    rows = [scores.campaign_id.index(name) for name in ("hint0", "hint1")]
    judged = scores.verdicts[verdict.CONVERSION]
    assert judged.year[rows].tolist() == [2026, 2025]
    assert judged.family[rows].tolist() == [20, 1]
    assert judged.provisional[rows].tolist() == [True, False]


def test_until_the_year_is_over_a_verdict_says_that_it_may_move() -> None:
    def moving(as_of: date | None) -> bool:
        found = campaign_findings(card(many(), as_of=as_of), "sure0")
        return FindingCode.VERDICT_MAY_MOVE in [one.code for one in found]

    assert (moving(date(2026, 11, 15)), moving(date(2027, 1, 1)), moving(None)) == (True, False, False)


def test_an_end_that_is_not_known_has_a_family_without_a_year() -> None:
    plan = pd.DataFrame({"ends_on": [pd.NaT, pd.Timestamp("2026-03-01")], "attribution_days": [30, None]})
    assert verdict.closing_year(plan).tolist() == [0, 0]
    assert verdict.closing_year(pd.DataFrame({"campaign_id": ["a"]})).tolist() == [0]
    unknown = many()
    for told in unknown.values():
        told["ends_on"] = pd.NaT
    assert campaign_findings(card(unknown), "hint0")[0].code is FindingCode.HINT_AMONG


def test_campaigns_at_break_even_are_seldom_said_to_have_paid_or_lost() -> None:
    """Forty of them: with each judged alone, seven families in eight hold at least one."""
    rng, wrong, alone, runs = np.random.default_rng(9), 0, 0, 80
    for _ in range(runs):
        luck = rng.normal(0, 100.0 * np.sqrt(2 / N), 40)
        scores = card({f"C{i}": {"contribution": (0.0, 20.0 + luck[i])} for i in range(40)})
        judged = scores.verdicts[verdict.RETURN]
        wrong += judged.count(Grade.RAISED, Grade.LOWERED) > 0
        alone += bool((scores[verdict.RETURN].verdict() != "no_difference").any())
    assert alone / runs > 0.8
    assert wrong <= stats.binom.ppf(0.999, runs, 0.05)


def test_the_return_is_judged_against_its_cost_and_not_against_nothing() -> None:
    """It earns 15 a customer and costs 20: contribution surely rose, money was surely lost."""
    scores = card({"A": {"contribution": (0.0, 14.0)}})
    assert grade(scores, "A", verdict.CONTRIBUTION) == "raised"
    assert grade(scores, "A", verdict.RETURN) == "lowered"


def codes(objective: str | None, **told: object) -> list[str]:
    found = campaign_findings(card({"A": {"objective": objective} | told}, as_of=None), "A")
    return [one.code.value for one in found]


def test_the_objective_chooses_the_judge() -> None:
    won = {"bought": (200, 320), "net_new": (0.0, -100.0), "contribution": (0.0, 20.0)}
    assert codes("acquire", **won)[:2] == ["effect_higher", "amount_lowered"]
    assert codes("activate", **won)[:2] == ["effect_higher", "amount_lowered"]
    for objective in ("grow", "retain"):
        assert codes(objective, **won)[:3] == ["amount_lowered", "effect_higher", "pays_unclear"], objective
    assert codes(None, **won)[0] == codes("", **won)[0] == "effect_higher"
    assert codes("grow")[0] == "amount_none_shown"


def test_what_speaks_against_the_verdict_is_said_right_after_it() -> None:
    lost = {"bought": (200, 320), "contribution": (0.0, 5.0), "net_new": (0.0, 100.0)}
    assert codes("acquire", **lost) == ["effect_higher", "lost", "amount_raised"]
    assert codes("grow", **lost) == ["amount_raised", "lost", "effect_higher"]
    paid = lost | {"contribution": (0.0, 40.0), "net_new": (0.0, -100.0)}
    assert codes("acquire", **paid) == ["effect_higher", "amount_lowered", "paid"]


def test_where_the_judge_shows_nothing_contribution_and_net_new_money_decide() -> None:
    tied = {"bought": (200, 200), "contribution": (0.0, 20.0)}
    assert codes("acquire", **tied) == ["effect_none_shown", "amount_raised", "pays_unclear"]
    assert codes("acquire", **tied, net_new=(0.0, -100.0))[:3] == [
        "effect_none_shown",
        "amount_raised",
        "amount_lowered",
    ]
    found = campaign_findings(card({"A": tied}, as_of=None), "A")
    assert [one.qualifies for one in found] == [False, True, False]
    assert found[1].values["metric"] == verdict.CONTRIBUTION


def mixed() -> Scorecard:
    """Two to win customers, of which one loses money and its customers' assets; two to raise value; one unknown."""
    return card(
        {
            "won": {"bought": (200, 320), "contribution": (0.0, 40.0)},
            "dear": {"bought": (200, 320), "net_new": (0.0, -100.0)},
            "grown": {"objective": "grow", "net_new": (0.0, 100.0), "contribution": (0.0, 20.0)},
            "shrunk": {
                "objective": "grow",
                "net_new": (0.0, -100.0),
                "bought": (200, 320),
                "contribution": (0.0, 20.0),
            },
            "nobody": {"assignment": "targeted", "bought": (200, 320)},
        },
        as_of=None,
    )


def test_the_headline_judges_each_campaign_by_its_own_objective() -> None:
    """The one that lowered net new money raised conversion: it was not for conversion."""
    scores = mixed()
    assert scores.judges == (verdict.CONVERSION, verdict.CONVERSION, verdict.NET_NEW, verdict.NET_NEW, "")
    assert scores.grades.tolist() == ["raised", "raised", "raised", "lowered", "not_judged"]
    found = findings(scores)
    assert found[0].code is FindingCode.CAMPAIGNS_JUDGED
    assert found[0].values == {
        "campaigns": 5,
        "judged": 4,
        "higher": 3,
        "lower": 1,
        "hint": 0,
        "no_difference": 0,
        "metric": "",
    }
    by = {one.values["metric"]: one.values for one in found if one.code is FindingCode.JUDGED_BY}
    assert [(key, told["judged"], told["higher"], told["lower"]) for key, told in by.items()] == [
        (verdict.CONVERSION, 2, 2, 0),
        (verdict.NET_NEW, 2, 1, 1),
    ]


def test_what_speaks_against_the_better_ones_stands_right_behind_the_headline() -> None:
    found = findings(mixed())
    against = [one for one in found if one.code is FindingCode.SPEAKS_AGAINST]
    assert found[1:3] == against
    assert all(one.qualifies for one in against)
    assert [one.values for one in against] == [
        {"metric": verdict.RETURN, "better": 3, "against": 1},
        {"metric": verdict.NET_NEW, "better": 3, "against": 1},
    ]


def test_hints_of_both_directions_are_hints_and_a_hint_counts_among_the_better() -> None:
    """The one that hints at more buyers surely lowered contribution: where its return is known, that says both."""
    campaigns = many() | {"low": {"bought": (200, 160)}}
    campaigns["hint0"] |= {"contribution": (0.0, -10.0)}
    found = findings(card(campaigns))
    assert (found[0].values["hint"], found[0].values["higher"]) == (2, 1)
    against = [one.values for one in found if one.code is FindingCode.SPEAKS_AGAINST]
    assert [(told["metric"], told["better"]) for told in against] == [(verdict.RETURN, 2)]


def test_a_judge_that_is_not_recorded_leaves_it_to_the_next() -> None:
    scores = mixed()
    without = replace(
        scores,
        results=dict(scores.results)
        | {verdict.NET_NEW: scores[verdict.NET_NEW].withheld(np.ones(5, dtype=bool), Reason.NOT_RECORDED)},
    )
    assert without.judges == (*(verdict.CONVERSION,) * 2, *(verdict.CONTRIBUTION,) * 2, "")


def test_campaigns_that_nothing_judges_say_why_and_not_that_they_lack_a_control() -> None:
    alone = card({"A": {"cluster": "branch"}, "B": {"cluster": "branch"}, "C": {"assignment": "targeted"}})
    (first, *_) = findings(alone)
    assert (first.code, first.values) == (FindingCode.NONE_JUDGED, {"campaigns": 3, "reason": "clustered"})


def test_the_frame_has_a_row_for_every_campaign_and_metric() -> None:
    scores = card(many())
    rows = scores.frame()
    assert len(rows) == 20 * len(scores.results)
    one = rows[(rows["campaign_id"] == "hint0") & (rows["metric"] == verdict.CONVERSION)].iloc[0]
    assert (one["grade"], one["year"], one["family"]) == ("hint_raised", 2026, 20)
    assert_allclose(one["estimate"], 42 / N)
    assert rows.loc[rows["metric"] == "members", "grade"].isna().all()
