"""What a scorecard says: of all its campaigns, and of one."""

from __future__ import annotations

import numpy as np
from scipy import stats

from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals, Reason, Verdict
from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.caveats import few_branches

_EFFECT = {
    Verdict.HIGHER: FindingCode.EFFECT_HIGHER,
    Verdict.LOWER: FindingCode.EFFECT_LOWER,
    Verdict.NO_DIFFERENCE: FindingCode.EFFECT_NONE_SHOWN,
}
_RETURN = {
    Verdict.HIGHER: FindingCode.PAID,
    Verdict.LOWER: FindingCode.LOST,
    Verdict.NO_DIFFERENCE: FindingCode.PAYS_UNCLEAR,
}


def findings(card: Scorecard) -> list[Finding]:
    """The findings of all campaigns, the most important first: the first is the page's headline."""
    campaigns, waiting = len(card), card["open_members"].estimate
    if not campaigns:
        return [Finding(FindingCode.NO_CAMPAIGNS)]
    windows = {"campaigns": int(np.sum(waiting > 0)), "open_members": int(np.nansum(waiting))}
    if bool(np.all(card["conversion_rate"].reason == Reason.WINDOW_OPEN.value)):
        return [Finding(FindingCode.ALL_WINDOWS_OPEN, windows | {"campaigns": campaigns})]
    return [
        *_judged(card),
        *_paid(card["roi_incremental"]),
        *_highest_participation(card),
        *([Finding(FindingCode.WINDOWS_OPEN, windows)] if windows["campaigns"] else []),
    ]


def campaign_findings(card: Scorecard, campaign_id: str) -> list[Finding]:
    """The findings of one campaign, the most important first.

    Raises:
        ValueError: the scorecard has no such campaign.
    """
    row = card.campaign_id.index(campaign_id)
    rows = slice(row, row + 1)
    effect, returned = card["incremental_conversion"][rows], card["roi_incremental"][rows]
    who: dict[str, int | float | str] = {"campaign_id": campaign_id}
    waiting = int(np.nan_to_num(card["open_members"].estimate[row]))
    open_values = who | {"open_members": waiting, "n": int(np.nan_to_num(card["members"].estimate[row]))}
    found: list[Finding] = []
    if effect.known[0]:
        found.append(Finding(_EFFECT[Verdict(effect.verdict()[0])], who | _numbers(effect, 0)))
    elif effect.reason[0] in _WHY_NO_EFFECT:
        found.append(Finding(_WHY_NO_EFFECT[Reason(effect.reason[0])], who))
    elif effect.reason[0] == Reason.TOO_FEW.value:
        found.append(Finding(FindingCode.TOO_FEW, who | {"n": int(effect.n[0])}))
    if returned.known[0]:
        found.append(Finding(_RETURN[Verdict(returned.verdict()[0])], who | _numbers(returned, 0)))
    if np.isnan(card["campaign_cost"].estimate[row]):
        found.append(Finding(FindingCode.COST_NOT_RECORDED, who))
    elif card.lacks_cost("staff_time")[row]:
        found.append(Finding(FindingCode.BEFORE_STAFF_TIME, who))
    if waiting:
        found.append(Finding(FindingCode.CAMPAIGN_OPEN, open_values))
    if card.by_branch is not None:
        places = card.by_branch.rows
        found += [
            said for said in few_branches(card.by_branch.conversion) if places[int(said.values["comparison"])] == row
        ]
    return found


_WHY_NO_EFFECT = {
    Reason.NO_CONTROL: FindingCode.ATTRIBUTED_ONLY,
    Reason.CLUSTERED: FindingCode.ASSIGNED_BY_BRANCH,
}


def _judged(card: Scorecard) -> list[Finding]:
    """How many campaigns can be judged against a control, and how they came out, allowing for their number."""
    effect, test = card["incremental_conversion"], card.conversion_test
    if not effect.known.any():
        return [Finding(FindingCode.NONE_WITH_CONTROL, {"campaigns": len(card)})]
    adjusted = stats.false_discovery_control(test.p_value[effect.known], method="bh")
    shown, estimate = adjusted < 1 - effect.level, effect.estimate[effect.known]
    values = {
        "campaigns": len(card),
        "judged": len(shown),
        "higher": int(np.sum(shown & (estimate > 0))),
        "lower": int(np.sum(shown & (estimate < 0))),
        "no_difference": int(np.sum(~shown)),
    }
    return [Finding(FindingCode.CAMPAIGNS_JUDGED, values)]


def _paid(returned: Intervals) -> list[Finding]:
    """How many campaigns returned more than they cost."""
    judged = int(returned.known.sum())
    if not judged:
        return []
    counts = _verdicts(returned)
    values = {
        "judged": judged,
        "paid": counts[Verdict.HIGHER],
        "lost": counts[Verdict.LOWER],
        "unclear": counts[Verdict.NO_DIFFERENCE],
    }
    return [Finding(FindingCode.CAMPAIGNS_PAID, values)]


def _highest_participation(card: Scorecard) -> list[Finding]:
    """The campaign most took part in, if its interval stands clear of the next highest estimate."""
    share = card["participation_of_assigned"]
    if int(share.known.sum()) < 2:
        return []
    rows = np.argsort(np.where(share.known, share.estimate, -np.inf), kind="stable")
    first, second = int(rows[-1]), int(rows[-2])
    if share.low[first] <= share.high[second]:
        return []
    values: dict[str, int | float | str] = {"campaign_id": card.campaign_id[first]}
    return [Finding(FindingCode.PARTICIPATION_HIGHEST, values | _numbers(share, first))]


def _verdicts(intervals: Intervals) -> dict[Verdict, int]:
    verdict = intervals.verdict()
    return {kind: int(np.sum(verdict == kind.value)) for kind in Verdict}


def _numbers(intervals: Intervals, row: int) -> dict[str, int | float | str]:
    return {
        "estimate": float(intervals.estimate[row]),
        "low": float(intervals.low[row]),
        "high": float(intervals.high[row]),
        "n": int(intervals.n[row]),
    }
