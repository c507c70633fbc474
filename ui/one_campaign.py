"""One campaign in words and numbers: facts, cards, arms side by side, outcomes one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from metrics.catalogue import Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals, Verdict
from metrics.evaluation import Scorecard

from ui import estimates, figures
from ui.card import Card, Signal
from ui.table import Column
from ui.vocabulary import names, term
from ui.words import say


def name(one: pd.DataFrame) -> str:
    """The campaign's name in the reader's language."""
    return names(list(one["name"]))[0]


def facts(one: pd.DataFrame, card: Scorecard) -> list[str]:
    """What the headline rests on: name, days, objective, offer, design, customers."""
    row = one.iloc[0]
    return [
        f"**{name(one)}**",
        say("{first} to {last}", first=figures.short_day(row["starts_on"]), last=figures.day(row["ends_on"])),
        term(row["objective"]),
        *([term(row["line"])] if isinstance(row["line"], str) else []),
        term(row["assignment"]),
        say("{n} customers assigned", n=figures.number(float(card["members"].estimate[0]))),
    ]


def cards(card: Scorecard, currency: str) -> list[Card]:
    """Six cards of the campaign."""
    effect, roi = card["incremental_conversion"], card["roi_incremental"]
    waiting = float(card["open_members"].estimate[0])
    cost, planned = card["campaign_cost"], card["budget_used"]
    return [
        _card(card, say("Participation"), "participation_rate", say("{n} contacted", n=_n(card["participation_rate"]))),
        _card(
            card,
            say("Conversion"),
            "conversion_rate",
            say("{n} waiting", n=figures.number(waiting)) if waiting else _n(card["conversion_rate"]),
        ),
        Card(
            say("Effect, points"),
            estimates.value(effect, 0, Unit.POINTS),
            _limits(effect, Unit.POINTS, ""),
            say(metric("incremental_conversion").formula),
            _signal(effect),
        ),
        Card(
            say("Incremental ROI"),
            estimates.value(roi, 0, Unit.RATIO),
            _limits(roi, Unit.RATIO, ""),
            say(metric("roi_incremental").formula),
            _signal(roi),
        ),
        Card(
            say("Cost, all kinds"),
            estimates.value(cost, 0, Unit.MONEY, currency),
            say("{share} of plan", share=estimates.value(planned, 0, Unit.SHARE)) if planned.known[0] else "",
            say(metric("campaign_cost").formula),
        ),
        _card(
            card,
            say("Satisfied"),
            "top_two_box",
            say("{n} answers", n=_n(card["top_two_box"])),
        ),
    ]


def _card(card: Scorecard, label: str, key: str, rests_on: str) -> Card:
    numbers = card[key]
    between = estimates.limits(numbers, 0, Unit.SHARE)
    return Card(
        label,
        estimates.value(numbers, 0, Unit.SHARE),
        " · ".join(part for part in (rests_on, between) if part),
        say(metric(key).formula),
    )


def _limits(numbers: Intervals, unit: Unit, currency: str) -> str:
    return estimates.limits(numbers, 0, unit, currency) or say("not judged")


def _n(numbers: Intervals) -> str:
    return figures.number(float(numbers.n[0])) if np.isfinite(numbers.n[0]) else say("not recorded")


def _signal(numbers: Intervals) -> Signal | None:
    """A badge where the interval lies wholly on one side of the line that matters, or visibly does not."""
    verdict = Verdict(numbers.verdict()[0])
    said: dict[Verdict, Signal] = {
        Verdict.HIGHER: (say("↑ better"), "blue"),
        Verdict.LOWER: (say("↓ worse"), "orange"),
        Verdict.NO_DIFFERENCE: (say("no difference shown"), "gray"),
    }
    return said.get(verdict)


def arm_columns(arms: pd.DataFrame, results: Mapping[str, Intervals]) -> list[Column]:
    """The arms side by side: what each was, and what its customers did.

    Args:
        arms: one row an arm, from `data_access.queries.campaigns.arms`.
        results: by metric, one row an arm.
    """
    return [
        Column(say("Arm"), arm_names(arms)),
        Column(say("Assigned"), arms["n"].to_numpy(float), Unit.COUNT),
        Column(say("Window open"), (arms["n"] - arms["matured"]).to_numpy(float), Unit.COUNT),
        *(
            Column(say(label), results[key], metric(key).unit, note and say(note), say(metric(key).formula))
            for key, label, note in _ARM_METRICS
        ),
    ]


_ARM_METRICS = (
    ("participation_rate", _("Participation"), _("% of contacted")),
    ("conversion_rate", _("Conversion"), _("% of assigned")),
    ("sales_per_customer", _("Sales per customer"), ""),
    ("contribution_per_customer", _("Contribution per customer"), ""),
)


def arm_names(arms: pd.DataFrame) -> list[str]:
    """Names of the arms; a control says that it is one."""
    return [
        term(arm) if not control or arm == "control" else say("{arm} (control)", arm=term(arm))
        for arm, control in zip(arms["arm"], arms["is_control"], strict=True)
    ]


SATISFACTION = ("top_two_box", "csat_mean", "net_promoter_score", "response_rate", "complaint_rate")
MONEY = (
    "sales",
    "net_new_money",
    "contribution",
    "campaign_cost",
    "cost_per_contact",
    "cost_per_conversion",
    "roi_attributed",
    "roi_incremental",
    "break_even_conversions",
    "break_even_lift",
    "incremental_contribution_per_customer",
    "incremental_net_new_money_per_customer",
)


def outcomes(card: Scorecard, currency: str, keys: Sequence[str]) -> list[Column]:
    """Metrics of the campaign one below the other: number, interval and n."""
    shown = [(metric(key), card[key]) for key in keys]
    return [
        Column(say("Metric"), [say(entry.name) for entry, _numbers in shown]),
        Column(say("Value"), [estimates.value(numbers, 0, entry.unit, currency) for entry, numbers in shown]),
        Column(say("95 % interval"), [estimates.limits(numbers, 0, entry.unit, currency) for entry, numbers in shown]),
        Column(say("n"), [_n(numbers) for _entry, numbers in shown]),
    ]


def definitions(keys: Sequence[str]) -> Column:
    """How each metric is made."""
    return Column(say("Definition"), [say(metric(key).formula) for key in keys])
