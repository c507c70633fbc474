"""What the week says: as usual or a signal and by which rule, against last year, why it changed, where the month ends.

Only a rule of the control chart makes a week worth a question; the difference from one other week never does. A week
of Spring Festival is judged by earlier festivals or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from metrics.estimate import Intervals, Reason, Verdict
from metrics.finding import LIKELY, UNLIKELY, Finding, FindingCode
from metrics.moments import Counts
from metrics.week.business_calendar import festival_offset
from metrics.week.control_chart import FEWEST, Rule
from metrics.week.review import WeekReview
from metrics.week.run_rate import FEWEST_MONTHS, MonthEnd

_ORDINARY: Mapping[Rule, tuple[FindingCode, FindingCode]] = {  # above, below
    Rule.OUTSIDE: (FindingCode.WEEK_ABOVE_LIMITS, FindingCode.WEEK_BELOW_LIMITS),
    Rule.RUN: (FindingCode.WEEK_RUN_ABOVE, FindingCode.WEEK_RUN_BELOW),
    Rule.NEAR_LIMIT: (FindingCode.WEEK_NEAR_UPPER, FindingCode.WEEK_NEAR_LOWER),
    Rule.USUAL: (FindingCode.WEEK_AS_USUAL, FindingCode.WEEK_AS_USUAL),
}
_FESTIVAL: Mapping[Rule, tuple[FindingCode, FindingCode]] = {
    Rule.OUTSIDE: (FindingCode.FESTIVAL_ABOVE, FindingCode.FESTIVAL_BELOW),
    Rule.USUAL: (FindingCode.FESTIVAL_AS_USUAL, FindingCode.FESTIVAL_AS_USUAL),
}
_YEAR = {
    Verdict.HIGHER: FindingCode.YEAR_HIGHER,
    Verdict.LOWER: FindingCode.YEAR_LOWER,
    Verdict.NO_DIFFERENCE: FindingCode.YEAR_NO_DIFFERENCE,
}

_SHARE = {
    Verdict.HIGHER: FindingCode.SHARE_ROSE,
    Verdict.LOWER: FindingCode.SHARE_FELL,
    Verdict.NO_DIFFERENCE: FindingCode.SHARE_HELD,
}


def week_findings(metric: str, review: WeekReview) -> list[Finding]:
    """The newest week of one metric: its signal first, then last year's comparable week where that can be compared.

    Args:
        metric: Key in the catalogue, or any other name that the page knows.
        review: From `metrics.week.review`.
    """
    found = [_of_the_chart(metric, review)]
    year = review.on_year
    if year is not None and year.known[0]:
        values = {"metric": metric, **_limits(year), "n": float(year.n[0]), "compared_with": str(review.compared_with)}
        found.append(Finding(_YEAR[Verdict(year.verdict()[0])], values))
    return found


def share_findings(metric: str, before: Counts, after: Counts, change: Intervals) -> list[Finding]:
    """Whether a share of this period differs from that of the period before; nothing where one of them is unknown.

    Args:
        metric: Key in the catalogue.
        before: Of the period before, one row.
        after: Of this period, one row.
        change: The share after less the share before (`metrics.inference.effect.difference_in_shares`).
    """
    if not change.known[0]:
        return []
    shares = {"before": float(before.share[0]), "after": float(after.share[0])}
    code = _SHARE[Verdict(change.verdict()[0])]
    return [Finding(code, {"metric": metric, **shares, **_limits(change), "n": float(after.n[0])})]


def month_end_findings(metric: str, month: MonthEnd, target: float | None = None) -> list[Finding]:
    """Where the month will end, and with a target how likely it is to be reached.

    `target` is the one that `month` was computed with.

    Returns:
        One finding; none where earlier months are all alike and the estimate has no limits.
    """
    total = month.total
    about: dict[str, int | float | str] = {"metric": metric}
    if total.reason[0] == Reason.TOO_FEW.value:
        counted = {"months": int(total.n[0]), "needed": FEWEST_MONTHS}
        return [Finding(FindingCode.MONTH_END_TOO_FEW, about | counted)]
    if not total.known[0]:
        return []
    if month.usual_share == 1.0 and total.low[0] == total.high[0]:
        values = about | {"estimate": float(total.estimate[0])}
        if target is None:
            return [Finding(FindingCode.MONTH_OVER, values)]
        code = FindingCode.MONTH_REACHED if month.chance == 1.0 else FindingCode.MONTH_MISSED
        return [Finding(code, values | {"target": target})]
    values = about | _limits(total) | {"level": total.level}
    if target is None:
        return [Finding(FindingCode.MONTH_END_EXPECTED, values)]
    if month.chance >= LIKELY:
        code = FindingCode.MONTH_END_LIKELY
    else:
        code = FindingCode.MONTH_END_UNLIKELY if month.chance <= UNLIKELY else FindingCode.MONTH_END_OPEN
    return [Finding(code, values | {"target": target, "chance": month.chance})]


def _of_the_chart(metric: str, review: WeekReview) -> Finding:
    chart = review.chart
    value, weeks = float(chart.value[-1]), int(chart.baseline.sum())
    about: dict[str, int | float | str] = {"metric": metric}
    if np.isnan(value):
        return Finding(FindingCode.WEEK_NO_VALUE, about)
    if weeks < FEWEST:
        return Finding(FindingCode.WEEK_TOO_FEW_WEEKS, about | {"weeks": weeks, "needed": FEWEST})
    if np.isnan(chart.centre).all():
        return Finding(FindingCode.WEEK_NO_VARIATION, about | {"value": value, "weeks": weeks})
    rule = Rule(review.rule)
    of_festival = not np.isnan(festival_offset([review.week])[0])
    if rule is Rule.NOT_JUDGED:
        code = FindingCode.FESTIVAL_NOT_JUDGED if of_festival else FindingCode.WEEK_OF_HOLIDAYS
        return Finding(code, about | {"value": value})
    above, below = (_FESTIVAL if of_festival else _ORDINARY)[rule]
    limits = {
        "value": value,
        "centre": float(chart.centre[-1]),
        "low": float(chart.low[-1]),
        "high": float(chart.high[-1]),
        "weeks": weeks,
    }
    return Finding(above if chart.above[-1] else below, about | limits)


def _limits(interval: Intervals) -> dict[str, int | float | str]:
    return {
        "estimate": float(interval.estimate[0]),
        "low": float(interval.low[0]),
        "high": float(interval.high[0]),
    }
