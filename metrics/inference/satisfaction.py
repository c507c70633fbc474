"""How customers felt: means, satisfied shares, the net promoter score, who answered, who complained."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import Intervals, Reason, checked_level
from metrics.inference.mean import student
from metrics.inference.proportion import wilson
from metrics.inference.rate import poisson
from metrics.moments import Counts, Moments, floats

FEW_ANSWERS: Final = 30  # below this the plain interval of the net promoter score is too narrow


def csat_mean(scores: Moments, level: float = 0.95) -> Intervals:
    """Mean satisfaction on the scale from 1 to 5, with Student's interval kept on the scale."""
    mean = student(scores, level)
    low, high = np.maximum(mean.low, 1.0), np.minimum(mean.high, 5.0)
    return Intervals.of(mean.estimate, low, high, n=scores.n, level=level, reason=mean.reason, method=mean.method)


def top_two_box(answers: Counts, level: float = 0.95) -> Intervals:
    """Share of answers that are 4 or 5 of 5, with Wilson's interval."""
    return wilson(answers, level)


def complaint_rate(complaints: npt.ArrayLike, contacted: npt.ArrayLike, level: float = 0.95) -> Intervals:
    """Complaints per 1,000 customers contacted, with exact Poisson limits.

    One customer may complain more than once: it is a rate, not a share.
    """
    return poisson(complaints, contacted, per=1000.0, level=level)


def net_promoter_score(
    promoters: npt.ArrayLike, detractors: npt.ArrayLike, answers: npt.ArrayLike, level: float = 0.95
) -> Intervals:
    """Promoters less detractors, of 100 answers.

    From 30 answers on the variance is 100^2 (p + d - (p - d)^2) / n. Below, or where all answers fall in one
    class, the limits are those of the adjusted Wald method: three answers are added, a quarter of them promoters,
    half passive, a quarter detractors, which keeps a width and an honest coverage; they are
    widened to the score itself where they would leave it out.

    Args:
        promoters: answers of 9 or 10, shape (k,).
        detractors: answers of 0 to 6, shape (k,).
        answers: all answers, shape (k,).
        level: confidence level.

    Returns:
        Intervals, shape (k,), between -100 and 100. No answer: `Reason.TOO_FEW`; a missing count:
        `Reason.NOT_RECORDED`.

    Raises:
        DomainError: negative counts, more promoters and detractors than answers, or a level outside 0 to 1.

    Source: Rocks (2016), The American Statistician 70, 365-372, interval "AW(3, T)".

    >>> score = net_promoter_score([50], [20], [100])
    >>> score.estimate.item(), score.low.round(1).item(), score.high.round(1).item()
    (30.0, 14.7, 45.3)
    """
    up, down, n = floats(promoters), floats(detractors), floats(answers)
    if bool(np.any((up < 0) | (down < 0) | (up + down > n))):
        raise DomainError("Promoters and detractors are not negative and together no more than the answers.")
    z = stats.norm.isf((1 - checked_level(level)) / 2)
    missing = np.isnan(up + down + n)
    some = np.where(n > 0, n, np.nan)
    score = (up - down) / some
    same = np.maximum(np.maximum(up, down), n - up - down) == n
    extra = np.where((n < FEW_ANSWERS) | same, 3.0, 0.0)
    p, d = (up + extra / 4) / (some + extra), (down + extra / 4) / (some + extra)
    half = z * np.sqrt((p + d - (p - d) ** 2) / (some + extra))
    # Three answers added can pull the limits off a score at the end of the scale, which remains possible.
    low = np.minimum(np.maximum(p - d - half, -1.0), score)
    high = np.maximum(np.minimum(p - d + half, 1.0), score)
    reason = np.select([missing, n == 0], [Reason.NOT_RECORDED.value, Reason.TOO_FEW.value], Reason.NONE.value)
    return Intervals.of(
        100 * score, 100 * low, 100 * high, n=n, level=level, reason=reason, method="Wald, adjusted below 30"
    )
