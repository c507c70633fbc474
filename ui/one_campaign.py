"""One campaign in words and numbers: facts, cards, arms side by side, outcomes one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals, Verdict

from ui import estimates, figures
from ui.card import Card, Signal, measured
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
    effect, roi, planned = card["incremental_conversion"], card["roi_incremental"], card["budget_used"]
    waiting = float(card["open_members"].estimate[0])
    of_plan = [say("{share} of plan", share=estimates.value(planned, 0, Unit.SHARE))] if planned.known[0] else []
    contacted = say("{n} contacted", n=_n(card["participation_rate"]))
    still = [say("{n} waiting", n=figures.number(waiting))] if waiting else [_n(card["conversion_rate"])]
    return [
        _card(card, say("Participation"), "participation_rate", [contacted]),
        _card(card, say("Conversion"), "conversion_rate", still),
        _card(card, say("Effect, points"), "incremental_conversion", [], _signal(effect), Unit.POINTS),
        _card(card, say("Incremental ROI"), "roi_incremental", [], _signal(roi)),
        _card(card, say("Cost, all kinds"), "campaign_cost", of_plan, currency=currency),
        _card(card, say("Satisfied"), "top_two_box", [say("{n} answers", n=_n(card["top_two_box"]))]),
    ]


def _card(
    card: Scorecard,
    label: str,
    key: str,
    rests_on: Sequence[str],
    signal: Signal | None = None,
    unit: Unit | None = None,
    currency: str = "",
) -> Card:
    entry = metric(key)
    return measured(
        label, card[key], unit or entry.unit, rests_on, say(entry.formula), signal=signal, currency=currency
    )


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
    "sales_per_customer_winsorised",
    "sales_top_share",
    "internal_conversion_share",
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
