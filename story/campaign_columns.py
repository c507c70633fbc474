"""The columns of the table of campaigns, in the order of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from answers.campaigns import Campaigns
from metrics.catalogue import Unit, metric
from metrics.inference.comparison.verdict import Grade

from story import estimates
from story.columns import Column
from story.figures import why
from story.vocabulary import names, term
from story.words import say

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
        return Column(name, self.answer.scores[key][self.answer.order], unit or entry.unit, note, say(entry.formula))

    def counted(self, key: str, name: str) -> Column:
        entry, numbers = metric(key), self.answer.scores[key][self.answer.order]
        missing = [why(str(reason)) if reason else "" for reason in numbers.reason]
        return Column(name, numbers.estimate, entry.unit, "", say(entry.formula), missing=missing)

    def verdict(self, key: str, name: str, raised: str, lowered: str) -> Column:
        """Each verdict in words: holds, hints, shows nothing, or why there is none."""
        numbers = self.answer.scores[key]
        said = {
            Grade.RAISED: raised,
            Grade.LOWERED: lowered,
            Grade.HINT_RAISED: say("a hint: {verdict}", verdict=raised),
            Grade.HINT_LOWERED: say("a hint: {verdict}", verdict=lowered),
            Grade.NONE_SHOWN: say("no difference shown"),
        }
        grades = [Grade(str(grade)) for grade in self.answer.scores.verdicts[key].grade]
        texts = [said.get(grade) or estimates.why(numbers, row) for row, grade in enumerate(grades)]
        return Column(name, self.in_order(texts), definition=say(metric(key).formula))


def _response(made: _Made) -> list[Column]:
    return [
        made.counted("members", say("Assigned")),
        made.counted("open_members", say("Still counting")),
        made.measured("participation_rate", say("Participation"), say("% of contacted")),
        made.measured("conversion_rate", say("Conversion"), say("% of assigned")),
        made.measured("incremental_conversion", say("Effect"), say("points"), Unit.POINTS),
        made.verdict("incremental_conversion", say("Conversion: verdict"), say("raised"), say("lowered")),
    ]


def _money(made: _Made) -> list[Column]:
    return [
        made.measured("sales", say("Sales")),
        made.measured("net_new_money", say("Net new money")),
        made.measured("contribution", say("Contribution")),
        made.counted("campaign_cost", say("Cost")),
        made.measured("roi_attributed", say("ROI attributed")),
        made.measured("roi_incremental", say("ROI incremental")),
        made.verdict("roi_incremental", say("Return: verdict"), say("paid"), say("lost money")),
    ]


def _cost(made: _Made) -> list[Column]:
    booked = made.answer.scores.costs
    any_cost = ~booked.isna().to_numpy().all(axis=1) if len(booked.columns) else np.zeros(len(booked), bool)
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
