"""What a scorecard says: of all its campaigns, and of one.

One campaign is told by its objective: first the verdict on what it was for, then what speaks against it, then the
money, then what else moved, then caveats. Verdicts are those of the scorecard: no page has others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from metrics.campaigns import verdict
from metrics.campaigns.costs import Basis
from metrics.campaigns.evaluation import Scorecard
from metrics.estimate import Intervals, Reason
from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.caveats import few_branches
from metrics.inference.comparison.verdict import Grade

Values = dict[str, int | float | str]

_EFFECT = {
    Grade.RAISED: FindingCode.EFFECT_HIGHER,
    Grade.LOWERED: FindingCode.EFFECT_LOWER,
    Grade.NONE_SHOWN: FindingCode.EFFECT_NONE_SHOWN,
}
_AMOUNT = {
    Grade.RAISED: FindingCode.AMOUNT_RAISED,
    Grade.LOWERED: FindingCode.AMOUNT_LOWERED,
    Grade.NONE_SHOWN: FindingCode.AMOUNT_NONE_SHOWN,
}
_RETURN = {
    Grade.RAISED: FindingCode.PAID,
    Grade.LOWERED: FindingCode.LOST,
    Grade.NONE_SHOWN: FindingCode.PAYS_UNCLEAR,
}
_WHY_NO_EFFECT = {
    Reason.NO_CONTROL: FindingCode.ATTRIBUTED_ONLY,
    Reason.CLUSTERED: FindingCode.ASSIGNED_BY_BRANCH,
    Reason.TOO_FEW: FindingCode.TOO_FEW,
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
        *_against(card),
        *_judged_by(card),
        *_paid(card),
        *_highest_participation(card),
        *([Finding(FindingCode.WINDOWS_OPEN, windows)] if windows["campaigns"] else []),
    ]


def campaign_findings(card: Scorecard, campaign_id: str) -> list[Finding]:
    """The findings of one campaign, the most important first; there is always one.

    Raises:
        ValueError: the scorecard has no such campaign.
    """
    row = card.campaign_id.index(campaign_id)
    judges = verdict.judge_of(card.objective[row], {key: bool(card[key].known[row]) for key in verdict.JUDGED})
    told = [_told(card, key, row) for key in judges[:1]] or _why_not_judged(card, row)
    sign = _grade(card, judges[0], row).sign if judges else 0
    # A return is the contribution set against the cost: told, it says both.
    returned = card[verdict.RETURN].known[row]
    others = [verdict.RETURN, *(key for key in judges[1:] if key != verdict.CONTRIBUTION)] if returned else judges[1:]
    against = [key for key in others if sign and _grade(card, key, row).sign == -sign]
    # A verdict that shows nothing leaves it to contribution and net new money.
    ties = [key for key in judges[1:] if not sign and key in verdict.TIE_BREAKERS and _grade(card, key, row).sign]
    money = [key for key in others if key == verdict.RETURN and key not in against]
    # What agrees with the verdict is told where it shows something.
    beside = [key for key in others if key not in (*against, *ties, *money) and _grade(card, key, row).sign]
    told += [replace(_told(card, key, row), qualifies=True) for key in (*against, *ties)]
    told += [_told(card, key, row) for key in (*money, *beside)]
    return [*told, *(caveat for caveat in _caveats(card, row) if caveat not in told)]


def _told(card: Scorecard, key: str, row: int) -> Finding:
    """The verdict on one metric of one campaign."""
    verdicts, grade = card.verdicts[key], _grade(card, key, row)
    values: Values = {"campaign_id": card.campaign_id[row], "metric": key} | _numbers(card[key], row)
    if grade.hint:
        family = {"family": int(verdicts.family[row]), "expected": float(verdicts.expected[row])}
        year = int(verdicts.year[row])
        return Finding(FindingCode.HINT if year else FindingCode.HINT_AMONG, values | family | {"year": year})
    codes = {verdict.CONVERSION: _EFFECT, verdict.RETURN: _RETURN}.get(key, _AMOUNT)
    return Finding(codes[grade], values)


def _why_not_judged(card: Scorecard, row: int) -> list[Finding]:
    """Why nothing that the objective asks for can be told."""
    effect = card[verdict.CONVERSION]
    who: Values = {"campaign_id": card.campaign_id[row], "n": int(np.nan_to_num(effect.n[row]))}
    reason = Reason(effect.reason[row])
    if reason is Reason.WINDOW_OPEN:
        return [_windows_open(card, row)]
    if reason is Reason.SAMPLE_RATIO:
        return [_off_plan(card, row)]
    code = _WHY_NO_EFFECT.get(reason)
    return [Finding(code, who) if code else _not_judged(card, row)]


def _off_plan(card: Scorecard, row: int) -> Finding:
    p_value = float(card.sample_ratio.p_value[row])
    return Finding(FindingCode.SAMPLE_RATIO_MISMATCH, {"campaign_id": card.campaign_id[row], "p_value": p_value})


def _not_judged(card: Scorecard, row: int) -> Finding:
    reason = str(card[verdict.CONVERSION].reason[row])
    return Finding(FindingCode.NOT_JUDGED, {"campaign_id": card.campaign_id[row], "reason": reason})


def _windows_open(card: Scorecard, row: int) -> Finding:
    counts = {
        name: int(np.nan_to_num(card[key].estimate[row])) for name, key in (("open_members",) * 2, ("n", "members"))
    }
    return Finding(FindingCode.CAMPAIGN_OPEN, {"campaign_id": card.campaign_id[row]} | counts)


def _caveats(card: Scorecard, row: int) -> Iterator[Finding]:
    """What has to be said beside the verdicts."""
    who: Values = {"campaign_id": card.campaign_id[row]}
    if card.off_plan[row]:
        yield _off_plan(card, row)
    if np.isnan(card["campaign_cost"].estimate[row]):
        yield Finding(FindingCode.COST_NOT_RECORDED, who)
    elif card.lacks_cost("staff_time")[row]:
        yield Finding(FindingCode.BEFORE_STAFF_TIME, who)
    if card.booked.basis[row] == Basis.WITH_SHARE.value:
        yield Finding(FindingCode.SHARED_COST_INCLUDED, who | {"amount": float(card.booked.share[row])})
    elif card.booked.basis[row] == Basis.BEFORE_SHARED.value:
        yield Finding(FindingCode.BEFORE_SHARED_COST, who)
    if card["open_members"].estimate[row] > 0:
        yield _windows_open(card, row)
    if card[verdict.CONVERSION].reason[row] in (Reason.NOT_NESTED.value, Reason.BOTH_ARMS.value):
        yield _not_judged(card, row)
    decided = card.verdicts[verdict.CONVERSION]
    if decided.provisional[row] and any(card[key].known[row] for key in verdict.JUDGED):
        yield Finding(FindingCode.VERDICT_MAY_MOVE, who | {"year": int(decided.year[row])})
    if card.by_branch is not None:
        places = card.by_branch.rows
        for said in few_branches(card.by_branch.conversion):
            if places[int(said.values["comparison"])] == row and card[verdict.CONVERSION].known[row]:
                yield said


def _grade(card: Scorecard, key: str, row: int) -> Grade:
    return Grade(str(card.verdicts[key].grade[row]))


def _judged(card: Scorecard) -> list[Finding]:
    """How many campaigns can be judged, and how they came out by what each was for."""
    judges, grades = card.judges, card.grades
    by = sorted({key for key in judges if key})
    if not by:
        return [_none_judged(card)]
    values: Values = {"campaigns": len(card), "metric": by[0] if len(by) == 1 else ""}
    return [Finding(FindingCode.CAMPAIGNS_JUDGED, values | _counted(grades))]


def _none_judged(card: Scorecard) -> Finding:
    """Why most campaigns have no verdict; that nobody was chosen, or no control, has a sentence of its own."""
    if not np.nan_to_num(card["members"].estimate).any():
        return Finding(FindingCode.NOBODY_ASSIGNED, {"campaigns": len(card)})
    reasons, counts = np.unique(card[verdict.CONVERSION].reason, return_counts=True)
    reason = str(reasons[counts.argmax()])
    if len(reasons) == 1 and reason == Reason.NO_CONTROL.value:
        return Finding(FindingCode.NONE_WITH_CONTROL, {"campaigns": len(card)})
    return Finding(FindingCode.NONE_JUDGED, {"campaigns": len(card), "reason": reason})


def _judged_by(card: Scorecard) -> list[Finding]:
    """How the campaigns came out that each metric judges, where they are judged by several."""
    judges, grades = np.array(card.judges), card.grades
    by = [key for key in verdict.JUDGED if key in judges]
    if len(by) < 2:
        return []
    return [Finding(FindingCode.JUDGED_BY, {"metric": key} | _counted(grades[judges == key])) for key in by]


def _against(card: Scorecard) -> Iterator[Finding]:
    """Campaigns that look better by their objective while another metric points down: money first."""
    better = np.isin(card.grades, (Grade.RAISED, Grade.HINT_RAISED))
    for key in (verdict.RETURN, *verdict.TIE_BREAKERS, verdict.CONVERSION):
        # A return is the contribution set against the cost: known, it says both.
        counts = ~card[verdict.RETURN].known if key == verdict.CONTRIBUTION else np.ones_like(better)
        down = better & counts & np.isin(card.verdicts[key].grade, (Grade.LOWERED, Grade.HINT_LOWERED))
        if down.any():
            values: Values = {"metric": key, "better": int(better.sum()), "against": int(down.sum())}
            yield Finding(FindingCode.SPEAKS_AGAINST, values, qualifies=True)


def _counted(grades: npt.NDArray[np.str_]) -> dict[str, int]:
    """How many verdicts there are of each kind."""
    kinds = {
        "higher": (Grade.RAISED,),
        "lower": (Grade.LOWERED,),
        "hint": (Grade.HINT_RAISED, Grade.HINT_LOWERED),
        "no_difference": (Grade.NONE_SHOWN,),
    }
    counts = {name: int(np.isin(grades, kind).sum()) for name, kind in kinds.items()}
    return {"judged": sum(counts.values())} | counts


def _paid(card: Scorecard) -> list[Finding]:
    """How many campaigns returned more than they cost."""
    verdicts = card.verdicts[verdict.RETURN]
    judged = len(card) - verdicts.count(Grade.NOT_JUDGED)
    if not judged:
        return []
    values = {
        "judged": judged,
        "paid": verdicts.count(Grade.RAISED),
        "lost": verdicts.count(Grade.LOWERED),
        "hint": verdicts.count(Grade.HINT_RAISED, Grade.HINT_LOWERED),
        "unclear": verdicts.count(Grade.NONE_SHOWN),
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
    values: Values = {"campaign_id": card.campaign_id[first]}
    return [Finding(FindingCode.PARTICIPATION_HIGHEST, values | _numbers(share, first))]


def _numbers(intervals: Intervals, row: int) -> Values:
    return {
        "estimate": float(intervals.estimate[row]),
        "low": float(intervals.low[row]),
        "high": float(intervals.high[row]),
        "n": int(intervals.n[row]),
    }
