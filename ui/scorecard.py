"""The scorecard of campaigns on screen: its filters, cards, table, and the list of those not judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import Unit, metric
from metrics.estimate import Intervals, Reason, Verdict

from ui import estimates, figures, filters, period
from ui.card import Card, measured
from ui.filters import Filter
from ui.table import Column
from ui.vocabulary import TERMS, names, term
from ui.words import say, say_count

COST_KINDS = ("gift", "venue", "media", "print", "vendor", "rate_concession", "staff_time", "incentive")
EVERY = "all"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which campaigns are looked at; empty tuples do not restrict."""

    key: str
    first: date
    last: date
    objectives: tuple[str, ...]
    themes: tuple[str, ...]
    lines: tuple[str, ...]
    branches: tuple[str, ...]
    words: tuple[str, ...]


def choose(everything: pd.DataFrame, branches: pd.DataFrame, as_of: date) -> Choice:
    """Draws the filters over all campaigns of the viewer, and reads them.

    Args:
        everything: all campaigns, from `data_access.queries.campaigns.catalogue`.
        branches: those of the viewer, from `data_access.queries.data.branches`.
        as_of: last day of the data.
    """
    earliest = everything["starts_on"].min().date() if len(everything) else as_of
    offered = [
        Filter("period", say("Period"), period.options(earliest, as_of), period.written, 145),
        _among("objective", say("Objective"), say("all objectives"), everything["objective"], 140),
        _among("theme", say("Theme"), say("all themes"), everything["theme"], 150),
        _among("line", say("Line"), say("all lines"), everything["line"], 130),
    ]
    if len(branches) > 1:
        offered.append(_branch_filter(branches))
    filters.bar(*offered)
    chosen = {choice.key: filters.chosen(choice) for choice in offered}
    first, last = period.span(chosen["period"])
    several = {key: () if value == EVERY else (value,) for key, value in chosen.items()}
    return Choice(
        chosen["period"],
        first,
        last,
        several["objective"],
        several["theme"],
        several["line"],
        several.get("branch", ()),
        tuple(choice.written(chosen[choice.key]) for choice in offered),
    )


def branch_choice(branches: pd.DataFrame) -> tuple[str, ...]:
    """Draws the filter by branch where there is more than one, and reads it."""
    if len(branches) < 2:
        return ()
    choice = _branch_filter(branches)
    filters.bar(choice)
    value = filters.chosen(choice)
    return () if value == EVERY else (value,)


def _branch_filter(branches: pd.DataFrame) -> Filter:
    shown = dict(zip(branches["branch_id"], names(list(branches["name"])), strict=True))
    written = {EVERY: say("all branches"), **shown}
    return Filter("branch", say("Branch"), list(written), written.__getitem__, 145)


def _among(key: str, label: str, every: str, values: pd.Series, width: int) -> Filter:
    found = sorted(values.dropna().unique(), key=lambda value: list(TERMS).index(value) if value in TERMS else 999)
    return Filter(key, label, [EVERY, *found], lambda value: every if value == EVERY else term(value), width)


def facts(choice: Choice, card: Scorecard) -> list[str]:
    """What the headline rests on."""
    waiting = int((card["open_members"].estimate > 0).sum())
    judged = int(card["incremental_conversion"].known.sum())
    without = int((card["roi_incremental"].reason == Reason.NO_CONTROL.value).sum())
    return [
        *choice.words[:1],
        *(word for word, key in zip(choice.words[1:], _restricted(choice), strict=False) if key),
        say("{n} customers assigned", n=figures.number(float(np.nansum(card["members"].estimate)))),
        say_count("{count} campaign with open windows", "{count} campaigns with open windows", waiting)
        if waiting
        else "",
        say("allowing for {n} comparisons", n=judged) if judged > 1 else "",
        say_count("{count} without a control group", "{count} without a control group", without) if without else "",
    ]


def _restricted(choice: Choice) -> list[bool]:
    return [bool(values) for values in (choice.objectives, choice.themes, choice.lines, choice.branches)]


def cards(together: Mapping[str, Intervals], card: Scorecard, currency: str) -> list[Card]:
    """Six cards: the programme as a whole."""
    staff_time = bool(card.lacks_cost("staff_time").any())
    added, roi = together["contribution_added"], together["roi_incremental"]
    part, conversion = together["participation_rate"], together["conversion_rate"]
    satisfied, answered = together["top_two_box"], together["response_rate"]
    judged, costed = (
        say_count("{count} campaign", "{count} campaigns", int(card[key].known.sum()))
        for key in ("roi_incremental", "campaign_cost")
    )
    asked = say("{share} answered", share=estimates.value(answered, 0, Unit.SHARE)) if answered.known[0] else ""
    return [
        measured(
            say("Contribution"),
            added,
            Unit.MONEY,
            [say("added"), judged],
            say("Contribution that the judged campaigns added against their control groups, campaign by campaign."),
            currency=currency,
            signed=True,
        ),
        measured(
            say("Cost, all kinds"),
            together["campaign_cost"],
            Unit.MONEY,
            [costed, say("before staff time") if staff_time else say("with staff time")],
            say(metric("campaign_cost").formula),
            currency=currency,
        ),
        measured(say("Incremental ROI"), roi, Unit.RATIO, [judged], say(metric("roi_incremental").formula)),
        measured(
            say("Participation"),
            part,
            Unit.SHARE,
            [say("{n} contacted", n=figures.number(float(part.n[0])))],
            say(metric("participation_rate").formula),
        ),
        measured(
            say("Conversion"),
            conversion,
            Unit.SHARE,
            [figures.number(float(conversion.n[0]))],
            say(metric("conversion_rate").formula),
        ),
        measured(
            say("Satisfied"),
            satisfied,
            Unit.SHARE,
            [figures.number(float(satisfied.n[0])), asked],
            say(metric("top_two_box").formula),
        ),
    ]


def verdicts(card: Scorecard) -> list[str]:
    """Each campaign's verdict in words: whether it paid, or why that can't be said."""
    returned = card["roi_incremental"]
    said = {
        Verdict.HIGHER.value: say("paid"),
        Verdict.LOWER.value: say("lost money"),
        Verdict.NO_DIFFERENCE.value: say("no difference shown"),
    }
    return [
        said[verdict] if verdict in said else figures.why(str(reason or Reason.TOO_FEW.value))
        for verdict, reason in zip(returned.verdict(), returned.reason, strict=True)
    ]


def order(card: Scorecard) -> npt.NDArray[np.intp]:
    """Rows by what matters: the best incremental return first, then those not judged, as they came."""
    return np.argsort(-np.nan_to_num(card["roi_incremental"].estimate, nan=-np.inf), kind="stable")


VIEWS = ("response", "money", "cost", "satisfaction")


def view_names() -> dict[str, str]:
    """The views of the table, in words."""
    return dict(zip(VIEWS, (say("Response"), say("Money"), say("Cost by kind"), say("Satisfaction")), strict=True))


def columns(listed: pd.DataFrame, card: Scorecard, view: str) -> list[Column]:
    """The columns of one view of the table, in the order of `order`; "all" gives those of every view."""
    rows = order(card)
    name = Column(say("Campaign"), _rows_of(names(list(listed["name"])), rows))
    verdict = Column(say("Verdict"), _rows_of(verdicts(card), rows), definition=say(metric("roi_incremental").formula))
    views = {
        "response": [*_response(card, rows), verdict],
        "money": _money(card, rows),
        "cost": _cost(card, rows),
        "satisfaction": _satisfaction(card, rows),
    }
    return [name, *(views[view] if view in views else [column for view in VIEWS for column in views[view]])]


def _response(card: Scorecard, rows: npt.NDArray[np.intp]) -> list[Column]:
    return [
        _counted(card, "members", say("Assigned"), rows),
        _counted(card, "open_members", say("Window open"), rows),
        _measured(card, "participation_rate", say("Participation"), rows, say("% of contacted")),
        _measured(card, "conversion_rate", say("Conversion"), rows, say("% of assigned")),
        _measured(card, "incremental_conversion", say("Effect"), rows, say("points"), Unit.POINTS),
    ]


def _money(card: Scorecard, rows: npt.NDArray[np.intp]) -> list[Column]:
    return [
        _measured(card, "sales", say("Sales"), rows),
        _measured(card, "net_new_money", say("Net new money"), rows),
        _measured(card, "contribution", say("Contribution"), rows),
        _counted(card, "campaign_cost", say("Cost"), rows),
        _measured(card, "roi_attributed", say("ROI attributed"), rows),
        _measured(card, "roi_incremental", say("ROI incremental"), rows),
    ]


def _cost(card: Scorecard, rows: npt.NDArray[np.intp]) -> list[Column]:
    kinds = [
        Column(
            term(kind),
            card.costs[kind].to_numpy(float)[rows] if kind in card.costs else np.full(len(rows), np.nan),
            Unit.MONEY,
            missing=say("not recorded"),
        )
        for kind in COST_KINDS
    ]
    return [_counted(card, "campaign_cost", say("All kinds"), rows), *kinds]


def _satisfaction(card: Scorecard, rows: npt.NDArray[np.intp]) -> list[Column]:
    return [
        _measured(card, "top_two_box", say("Satisfied"), rows, say("% of answers")),
        Column(say("Answers"), card["top_two_box"].n[rows], Unit.COUNT, missing=say("not recorded")),
        _measured(card, "response_rate", say("Response rate"), rows, say("% of asked")),
        _measured(card, "net_promoter_score", say("Net promoter score"), rows),
        _measured(card, "complaint_rate", say("Complaints"), rows, say("per 1,000")),
    ]


def _measured(
    card: Scorecard, key: str, name: str, rows: npt.NDArray[np.intp], note: str = "", unit: Unit | None = None
) -> Column:
    entry = metric(key)
    return Column(name, card[key][rows], unit or entry.unit, note, say(entry.formula))


def _counted(card: Scorecard, key: str, name: str, rows: npt.NDArray[np.intp]) -> Column:
    entry, numbers = metric(key), card[key]
    return Column(name, numbers.estimate[rows], entry.unit, "", say(entry.formula), missing=say("not recorded"))


def _rows_of(values: list[str], rows: npt.NDArray[np.intp]) -> list[str]:
    return [values[int(row)] for row in rows]


def not_judged(listed: pd.DataFrame, card: Scorecard) -> list[Column]:
    """Campaigns whose incremental return is not known, and why; those that will be known first, soonest first."""
    returned = card["roi_incremental"]
    rows = np.flatnonzero(~returned.known)
    until = [
        (ends + timedelta(days=int(days))).date()
        for ends, days in zip(listed["ends_on"].iloc[rows], listed["attribution_days"].iloc[rows], strict=True)
    ]
    waiting = returned.reason[rows] == Reason.WINDOW_OPEN.value
    soonest = [day if open_ else date.max for day, open_ in zip(until, waiting, strict=True)]
    sequence = sorted(range(len(rows)), key=soonest.__getitem__)
    shown = names(list(listed["name"]))
    reasons = [
        say("window open until {day}", day=figures.short_day(day)) if open_ else figures.why(str(reason))
        for day, open_, reason in zip(until, waiting, returned.reason[rows], strict=True)
    ]
    return [
        Column(say("Campaign"), [shown[int(rows[place])] for place in sequence]),
        Column(say("Why"), [reasons[place] for place in sequence]),
    ]


def campaign_at(card: Scorecard, row: int) -> str:
    """The campaign in a row of the table."""
    return card.campaign_id[int(order(card)[row])]


def attributed(sales: pd.DataFrame, card: Scorecard, currency: str) -> str:
    """Sales credited to campaigns beside all sales of the period: attribution is a convention, so the sum is shown."""
    credited, actual = float(np.nansum(card["sales"].estimate)), float(sales["amount"].sum())
    if not actual:
        return say("Sales outside campaigns are not recorded, so attributed sales cannot be set against all sales.")
    numbers = {"credited": figures.money(credited, currency), "actual": figures.money(actual, currency)}
    if credited > actual:
        return say(
            "Sales credited to these campaigns ({credited}) exceed all sales of the period ({actual}): "
            "windows reach beyond it, or several campaigns are credited with one sale.",
            **numbers,
        )
    return say(
        "Credited to these campaigns: {credited}, of {actual} that were sold in the period altogether. "
        "Crediting a sale to a campaign is a convention; an effect needs a control group.",
        **numbers,
    )
