import numpy as np
import pandas as pd
import pytest

from metrics.campaigns.evaluation import Scorecard, scorecard
from metrics.campaigns.findings import campaign_findings, findings
from metrics.finding import FindingCode

WON, LOST, SAME = 300, 60, 150  # of 2,000 treated, against 150 of 2,000 held out


def arms(converted: tuple[int, ...], matured: int) -> pd.DataFrame:
    """Campaigns of 2,000 treated and 2,000 held out, with these conversions of the treated."""
    rows = []
    for index, bought in enumerate(converted):
        for control, count in ((False, bought), (True, SAME)):
            row = {"campaign_id": f"C{index}", "is_control": control, "n": 2000, "matured": matured}
            row |= {"contacted": 0 if control else 1000, "matured_contacted": 0 if control else min(1000, matured)}
            row |= {"participated": 100 + 200 * index, "matured_converted": min(count, matured)}
            row |= {"contacted_matured_converted": 0, "sum_contribution": 1000.0 * count}
            row |= {"squares_contribution": 1e6 * count * (1 - count / 2000)}
            rows.append(row)
    return pd.DataFrame(rows)


def card(*converted: int, matured: int = 2000, **design: object) -> Scorecard:
    plan = {"campaign_id": [f"C{index}" for index in range(len(converted))], "assignment": "randomised"} | design
    costs = pd.DataFrame({"campaign_id": plan["campaign_id"], "category": "gift", "actual_amount": 20_000.0})
    members = arms(converted or (SAME,), matured)
    return scorecard(pd.DataFrame(plan), members, costs.assign(planned_amount=20_000.0))


def codes(found: list) -> list[FindingCode]:
    return [finding.code for finding in found]


def test_the_headline_counts_what_can_be_judged() -> None:
    found = findings(card(WON, LOST, SAME, WON))
    assert found[0].code is FindingCode.CAMPAIGNS_JUDGED
    assert found[0].values == {
        "campaigns": 4,
        "judged": 4,
        "higher": 2,
        "lower": 1,
        "hint": 0,
        "no_difference": 1,
        "metric": "incremental_conversion",
    }
    assert found[1].code is FindingCode.CAMPAIGNS_PAID
    assert found[1].values == {"judged": 4, "paid": 2, "lost": 1, "hint": 0, "unclear": 1}


def test_many_campaigns_that_do_nothing_are_not_called_winners() -> None:
    """Each has a chance of 5 % to look different; taken together almost none may be called so."""
    rng = np.random.default_rng(12)
    alone = together = 0
    for _ in range(30):
        # The control's count is held fixed here, so the treated's carries the chance of both.
        luck = rng.normal(0, np.sqrt(2 * 2000 * 0.075 * 0.925), 40)
        nothing = card(*np.rint(SAME + luck).astype(int).tolist())
        values = findings(nothing)[0].values
        together += int(values["higher"]) + int(values["lower"])
        alone += int(np.sum(nothing["incremental_conversion"].verdict() != "no_difference"))
    assert alone > 40
    assert together <= 8


def test_campaigns_without_one_customer_are_not_said_to_lack_a_control_and_one_with_some_is_enough() -> None:
    plan = pd.DataFrame({"campaign_id": ["C0", "C1"], "assignment": "targeted"})
    costs = pd.DataFrame({"campaign_id": ["C0"], "category": "gift", "actual_amount": 1.0, "planned_amount": 1.0})
    members = arms((WON,), 2000)
    (nobody,) = findings(scorecard(plan, members.iloc[:0], costs))
    assert (nobody.code, nobody.values) == (FindingCode.NOBODY_ASSIGNED, {"campaigns": 2})
    assert FindingCode.NOBODY_ASSIGNED not in codes(findings(scorecard(plan, members, costs)))


def test_without_a_random_control_nothing_is_claimed() -> None:
    targeted = card(WON, assignment="targeted")
    assert codes(findings(targeted)) == [FindingCode.NONE_WITH_CONTROL]
    assert codes(campaign_findings(targeted, "C0"))[0] is FindingCode.ATTRIBUTED_ONLY
    by_branch = card(WON, cluster="branch")
    assert codes(campaign_findings(by_branch, "C0"))[0] is FindingCode.ASSIGNED_BY_BRANCH


def test_open_windows_come_before_any_judgement() -> None:
    assert codes(findings(card(WON, WON, matured=0))) == [FindingCode.ALL_WINDOWS_OPEN]
    assert findings(card(WON, WON, matured=0))[0].values == {"campaigns": 2, "open_members": 4000}
    half_open = findings(card(WON, SAME, matured=1500))
    assert half_open[-1].code is FindingCode.WINDOWS_OPEN
    assert half_open[-1].values == {"campaigns": 2, "open_members": 1000}
    assert findings(card())[0].code is FindingCode.NO_CAMPAIGNS


def test_the_highest_participation_stands_clear_or_is_not_named() -> None:
    found = {finding.code: finding.values for finding in findings(card(SAME, SAME, SAME))}
    assert found[FindingCode.PARTICIPATION_HIGHEST]["campaign_id"] == "C2"
    assert found[FindingCode.PARTICIPATION_HIGHEST]["n"] == 2000
    assert FindingCode.PARTICIPATION_HIGHEST not in codes(findings(card(SAME)))


@pytest.mark.parametrize(
    ("converted", "effect", "returned"),
    [
        (WON, FindingCode.EFFECT_HIGHER, FindingCode.PAID),
        (LOST, FindingCode.EFFECT_LOWER, FindingCode.LOST),
        (SAME, FindingCode.EFFECT_NONE_SHOWN, FindingCode.PAYS_UNCLEAR),
    ],
)
def test_one_campaign(converted: int, effect: FindingCode, returned: FindingCode) -> None:
    found = campaign_findings(card(converted), "C0")
    assert codes(found) == [effect, returned, FindingCode.BEFORE_STAFF_TIME]
    assert found[0].values["n"] == 4000
    assert found[0].values["low"] < found[0].values["estimate"] < found[0].values["high"]
    with pytest.raises(ValueError, match="not in tuple"):
        campaign_findings(card(converted), "C9")


@pytest.mark.parametrize(("second", "named"), [(290, False), (200, True)])
def test_the_highest_participation_overlaps_the_next_or_stands_clear(second: int, named: bool) -> None:
    """330 of 2,000 is 16.5 % (14.9 to 18.2): 14.5 % (13.0 to 16.1) reaches into it, 10.0 % (8.8 to 11.4) does not."""
    members = arms((SAME, SAME, SAME), 2000)
    members["participated"] = [second, 0, 330, 0, 100, 0]
    plan = pd.DataFrame({"campaign_id": ["C0", "C1", "C2"], "assignment": "randomised"})
    found = {finding.code: finding.values for finding in findings(scorecard(plan, members))}
    assert (FindingCode.PARTICIPATION_HIGHEST in found) == named
    if named:
        assert found[FindingCode.PARTICIPATION_HIGHEST]["campaign_id"] == "C1"


def test_hints_up_and_down_are_counted_together() -> None:
    """Against 150 of 2,000, 190 and 113 look different by themselves; among forty that do nothing neither holds."""
    values = findings(card(190, 113, *[SAME] * 40))[0].values
    assert (values["higher"], values["lower"], values["hint"], values["no_difference"]) == (0, 0, 2, 40)


def test_only_campaigns_with_an_open_window_are_counted_as_open() -> None:
    members = arms((SAME, SAME), 2000)
    members.loc[0, "matured"] = 1900
    plan = pd.DataFrame({"campaign_id": ["C0", "C1"], "assignment": "randomised"})
    assert findings(scorecard(plan, members))[-1].values == {"campaigns": 1, "open_members": 100}
