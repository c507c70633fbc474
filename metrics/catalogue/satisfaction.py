"""How customers felt about it."""

from __future__ import annotations

from typing import Final

from metrics.catalogue.entry import Direction, Metric, Unit
from metrics.catalogue.entry import marked as _

_ANSWERS = ("satisfaction",)
_ANSWER = _("answer to a satisfaction question")

SATISFACTION: Final = (
    Metric(
        key="csat_mean",
        name=_("Satisfaction, mean"),
        formula=_("sum of scores from 1 to 5 / answers"),
        numerator="score",
        denominator="answers",
        unit=Unit.SCORE,
        direction=Direction.UP,
        grain=_ANSWER,
        source="satisfaction, scale csat5",
        tables=_ANSWERS,
    ),
    Metric(
        key="top_two_box",
        name=_("Satisfied customers"),
        formula=_("answers of 4 or 5 / answers"),
        numerator="top_two",
        denominator="answers",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_ANSWER,
        source="satisfaction, scale csat5",
        tables=_ANSWERS,
    ),
    Metric(
        key="net_promoter_score",
        name=_("Net promoter score"),
        formula=_("(answers of 9 or 10 - answers of 0 to 6) / answers x 100"),
        unit=Unit.SCORE,
        direction=Direction.UP,
        grain=_ANSWER,
        source="satisfaction, scale nps",
        tables=_ANSWERS,
        needs=("promoters", "detractors", "answers"),
    ),
    Metric(
        key="response_rate",
        name=_("Response rate"),
        formula=_("answers / invitations"),
        numerator="answers",
        denominator="invited",
        unit=Unit.SHARE,
        direction=Direction.UP,
        grain=_("invitation to answer"),
        source="satisfaction, every scale",
        tables=_ANSWERS,
    ),
    Metric(
        key="complaint_rate",
        name=_("Complaints per 1,000 contacted"),
        formula=_("complaints / customers contacted x 1,000"),
        numerator="complaints",
        denominator="contacted",
        unit=Unit.PER_THOUSAND,
        direction=Direction.DOWN,
        grain=_("customer contacted by the campaign"),
        source="complaint, campaign_member",
        tables=("complaint", "campaign_member"),
    ),
)
