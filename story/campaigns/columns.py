"""The columns of the table of campaigns, in the order of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from answers.campaigns.overview import Campaigns
from metrics.campaigns import verdict
from metrics.catalogue import Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.inference.comparison.verdict import Grade

from story import estimates
from story.campaigns import adjusted
from story.columns import Column
from story.figures import why
from story.vocabulary import names, term
from story.words import say

JUDGES: Final = {
    verdict.CONVERSION: _("Conversion"),
    verdict.NET_NEW: _("Net new money"),
    verdict.CONTRIBUTION: _("Contribution"),
}
"""What campaigns are judged by, as short as a card or a cell needs it."""

COST_KINDS: Final = ("gift", "venue", "media", "print", "vendor", "rate_concession", "staff_time", "incentive")


def columns(answer: Campaigns, view: str) -> list[Column]:
    """The columns of one view: response, money, cost or satisfaction."""
    made = _Made(answer)
    name = Column(say("Campaign"), made.in_order(names(list(answer.listed["name"]))))
    return [name, *{"response": _response, "money": _money, "cost": _cost, "satisfaction": _satisfaction}[view](made)]


@dataclass(frozen=True)
class _Made:
    """Makes columns of an answer's metrics, rows by what matters."""

    answer: Campaigns

    def in_order(self, values: Sequence[str]) -> list[str]:
        return [values[int(row)] for row in self.answer.order]

    def measured(self, key: str, name: str, note: str = "", unit: Unit | None = None) -> Column:
        entry = metric(key)
        told = adjusted.definition(self.answer.scores, key)
        return Column(name, self.answer.scores[key][self.answer.order], unit or entry.unit, note, told)

    def counted(self, key: str, name: str) -> Column:
        entry, numbers = metric(key), self.answer.scores[key][self.answer.order]
        missing = [why(str(reason)) if reason else "" for reason in numbers.reason]
        return Column(name, numbers.estimate, entry.unit, "", say(entry.formula), missing=missing)

    def verdict(self, key: str, name: str, raised: str, lowered: str) -> Column:
        """Each verdict in words."""
        texts = _verdicts(self.answer, key, raised, lowered)
        return Column(name, self.in_order(texts), definition=adjusted.definition(self.answer.scores, key))

    def by_objective(self) -> Column:
        """Each campaign's verdict on the metric of its objective, named; or why it can't be judged."""
        scores = self.answer.scores
        judged = [
            say(
                "{metric} · {verdict}",
                metric=say(JUDGES[key]),
                verdict=_said(str(grade), say("raised"), say("lowered")),
            )
            if key
            else estimates.why(scores[verdict.CONVERSION], row)
            for row, (key, grade) in enumerate(zip(scores.judges, scores.grades, strict=True))
        ]
        told = say(
            "Conversion for campaigns to win or activate customers, net new money per customer for those to keep "
            "customers or raise value; where that is not known, contribution per customer, then the other of the two."
        )
        return Column(say("By its objective: verdict"), self.in_order(judged), definition=told)


def return_verdicts(answer: Campaigns) -> list[str]:
    """The verdict on each campaign's incremental return in words, in the order of the answer."""
    return _verdicts(answer, verdict.RETURN, *_paid_or_lost())


def _paid_or_lost() -> tuple[str, str]:
    return say("paid"), say("lost money")


def _verdicts(answer: Campaigns, key: str, raised: str, lowered: str) -> list[str]:
    """Each verdict in words: holds, hints, shows nothing, or why there is none."""
    numbers, grades = answer.scores[key], answer.scores.verdicts[key].grade
    return [_said(str(grade), raised, lowered) or estimates.why(numbers, row) for row, grade in enumerate(grades)]


def _said(grade: str, raised: str, lowered: str) -> str:
    """A verdict in words; empty where there is none."""
    said = {
        Grade.RAISED: raised,
        Grade.LOWERED: lowered,
        Grade.HINT_RAISED: say("a hint: {verdict}", verdict=raised),
        Grade.HINT_LOWERED: say("a hint: {verdict}", verdict=lowered),
        Grade.NONE_SHOWN: say("no difference shown"),
    }
    return said.get(Grade(grade), "")


def _response(made: _Made) -> list[Column]:
    """What it did comes first: the last columns of a desk's screen lie behind a scroll."""
    return [
        made.by_objective(),
        made.counted("members", say("Assigned")),
        made.measured("incremental_conversion", say("Effect"), say("points"), Unit.POINTS),
        made.verdict("incremental_conversion", say("Conversion: verdict"), say("raised"), say("lowered")),
        made.measured("conversion_rate", say("Conversion"), say("% of assigned")),
        made.measured("participation_rate", say("Participation"), say("% of contacted")),
        made.counted("open_members", say("Still counting")),
    ]


def _money(made: _Made) -> list[Column]:
    return [
        made.counted("campaign_cost", say("Cost")),
        made.measured("roi_incremental", say("ROI incremental")),
        made.verdict("roi_incremental", say("Return: verdict"), *_paid_or_lost()),
        made.measured("roi_attributed", say("ROI attributed")),
        made.measured("contribution", say("Contribution")),
        made.measured("net_new_money", say("Net new money")),
        made.measured("sales", say("Sales")),
    ]


def _cost(made: _Made) -> list[Column]:
    booked = made.answer.scores.costs
    any_cost = np.array(booked.notna().any(axis=1), dtype=np.bool_)
    missing = [say("none of this kind") if known else say("not recorded") for known in any_cost[made.answer.order]]
    kinds = [
        Column(
            term(kind),
            booked[kind].to_numpy(float)[made.answer.order] if kind in booked else np.full(len(booked), np.nan),
            Unit.MONEY,
            missing=missing,
        )
        for kind in COST_KINDS
    ]
    return [made.counted("campaign_cost", say("All kinds")), *kinds]


def _satisfaction(made: _Made) -> list[Column]:
    satisfied = made.answer.scores["top_two_box"][made.answer.order]
    return [
        made.measured("top_two_box", say("Satisfied"), say("% of answers")),
        Column(say("Answers"), satisfied.n, Unit.COUNT, missing=say("not recorded")),
        made.measured("response_rate", say("Response rate"), say("% of asked")),
        made.measured("net_promoter_score", say("Net promoter score")),
        made.measured("complaint_rate", say("Complaints"), say("per 1,000")),
    ]
