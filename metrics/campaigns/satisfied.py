"""What the customers of campaigns answered and complained about."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from metrics.estimate import Intervals, Reason
from metrics.inference import satisfaction
from metrics.inference.comparison.members import Members
from metrics.moments import Counts, Floats, Groups, Moments, floats

COUNTS: Final = ("invited", "answers", "top_two", "promoters", "detractors")
SCALES: Final = ("csat5", "nps")


def metrics_of(
    answers: pd.DataFrame | None, complaints: pd.DataFrame | None, treated: Members, order: pd.Index[str]
) -> dict[str, Intervals]:
    """Satisfaction of the campaigns in `order`, by the catalogue's key.

    Args:
        answers: one row per campaign and `scale` (several are added): `invited`, `answers`, `top_two`, `sum_score`,
            `squares_score`, `promoters`, `detractors`. None: no such table.
        complaints: `campaign_id`, `complaints`; a campaign without a row had none. None: no such table.
        treated: the customers who were asked.
        order: the campaigns.

    Returns:
        Intervals; a campaign whose counts contradict each other says `Reason.NOT_NESTED`.
    """
    (csat, scores), (nps, _) = _answered(answers, order)
    level = treated.level
    invited, answered = (csat[name] + nps[name] for name in ("invited", "answers"))
    torn = nps["promoters"] + nps["detractors"] > nps["answers"]
    up, down = (np.where(torn, np.nan, nps[name]) for name in ("promoters", "detractors"))
    promoter_score = satisfaction.net_promoter_score(up, down, nps["answers"], level)
    told = np.full(len(order), np.nan)
    if complaints is not None:
        row = order.get_indexer(pd.Index(complaints["campaign_id"]))
        told = np.bincount(row[row >= 0], floats(complaints["complaints"])[row >= 0], len(order)).astype(np.float64)
    return {
        "csat_mean": satisfaction.csat_mean(scores, level),
        "top_two_box": _share(csat["answers"], csat["top_two"], level),
        "net_promoter_score": promoter_score.withheld(torn, Reason.NOT_NESTED),
        "response_rate": _share(invited, answered, level),
        "complaint_rate": satisfaction.complaint_rate(told, treated.count("contacted"), level),
    }


def _share(n: Floats, successes: Floats, level: float) -> Intervals:
    more = successes > n
    share = satisfaction.top_two_box(Counts(n, np.where(more, np.nan, successes)), level)
    return share.withheld(more, Reason.NOT_NESTED)


def _answered(answers: pd.DataFrame | None, order: pd.Index[str]) -> list[tuple[dict[str, Floats], Moments]]:
    """Counts and scores on each of `SCALES`: 0 where nobody was asked, nan where nothing is recorded."""
    if answers is None:
        nothing = np.full(len(order), np.nan)
        return [(dict.fromkeys(COUNTS, nothing), Moments(nothing, nothing, nothing))] * len(SCALES)
    row = order.get_indexer(pd.Index(answers["campaign_id"]))
    words = np.asarray(answers["scale"], dtype=np.object_)
    names = (*COUNTS, "sum_score", "squares_score")
    numbers = answers.reindex(columns=list(names)).to_numpy(dtype=np.float64, na_value=np.nan)
    on_scale = [(row >= 0) & (words == scale) for scale in SCALES]
    return [
        _added(dict(zip(names, numbers[asked].T, strict=True)), row[asked].astype(np.intp), len(order))
        for asked in on_scale
    ]


def _added(column: dict[str, Floats], group: Groups, groups: int) -> tuple[dict[str, Floats], Moments]:
    counts = {name: np.bincount(group, column[name], groups).astype(np.float64) for name in COUNTS}
    n = column["answers"]
    mean = np.divide(column["sum_score"], n, out=np.full_like(n, np.nan), where=n > 0)
    scores = Moments(n, mean, np.where(n > 0, column["squares_score"], 0.0))
    return counts, scores.pooled(group, groups)
