"""The charts of one campaign, each under the sentence that it shows: arms, funnel, weeks, equal age, costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.inference.survival import ConversionCurves

from ui import empty, estimates, figures
from ui.chart import bars, interval, theme, trend
from ui.estimates import Style
from ui.one_campaign import arm_names
from ui.vocabulary import term
from ui.words import listed, opened, say


def _headed(heading: str, caption: str) -> None:
    st.header(heading, anchor=False)
    st.caption(caption)


def _treated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["is_control"].eq(False)]


def _nobody_closed() -> None:
    empty.state(say("Nobody's attribution window has closed. Open windows are never counted as failures."))


def arms(rows: pd.DataFrame, conversion: Intervals) -> None:
    """Conversion of each arm; the control's share is the line to compare with."""
    labels = arm_names(rows)
    known = np.flatnonzero(conversion.known)
    shares = [f"{labels[int(row)]} {estimates.value(conversion, int(row), Unit.SHARE)}" for row in known]
    _headed(
        say("Conversion: {arms}", arms=listed(shares)) if shares else say("Conversion can't be told yet"),
        say("Bought inside the window, % of those assigned whose window has closed · 95 % interval (Wilson)"),
    )
    if not shares:
        _nobody_closed()
        return
    control = [int(row) for row in known if rows["is_control"].iloc[int(row)]]
    reference = (float(conversion.estimate[control[0]]), say("control")) if len(control) == 1 else None
    interval.chart(
        labels,
        conversion,
        written=lambda value, half: estimates.written(value, half, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=reference,
        alt_text=say("Conversion of each arm with its interval: {arms}.", arms=listed(shares)),
        key="arms",
    )


def funnel(rows: pd.DataFrame) -> None:
    """Treated customers whose window has closed: assigned, contacted, took part, took part and bought."""
    treated = _treated(rows)
    steps = {
        say("Assigned"): "matured",
        say("Contacted"): "matured_contacted",
        say("Took part"): "matured_participated",
        say("Took part and bought"): "participants_matured_converted",
    }
    counts = {label: float(treated[column].sum(min_count=1)) for label, column in steps.items()}
    recorded = {label: count for label, count in counts.items() if not np.isnan(count)}
    base = counts[say("Assigned")]
    if treated.empty:
        _headed(say("From assigned to bought"), say("Treated customers"))
        empty.state(say("All customers shown here were held out as the control."))
        return
    caption = say("Treated customers whose window has closed · each step lies within the one above, % of assigned")
    if not base > 0:
        _headed(say("From assigned to bought"), caption)
        _nobody_closed()
        return
    shares = {label: figures.percent(count / base, 0 if count / base > 0.1 else 1) for label, count in recorded.items()}
    last = list(recorded)[-1]
    heading = say("{share} of those assigned: {step}", share=shares[last], step=last[:1].lower() + last[1:])
    _headed(heading, caption)
    written = [f"{figures.number(count)} · {shares[label]}" for label, count in recorded.items()]
    texts = [f"{label} {text}" for label, text in zip(recorded, written, strict=True)]
    bars.funnel(
        list(recorded),
        list(recorded.values()),
        written,
        alt_text=say("Funnel of treated customers with closed windows: {steps}.", steps=listed(texts)),
        key="funnel",
    )
    others = float(treated["matured_converted"].sum(min_count=1)) - counts[say("Took part and bought")]
    if others > 0:
        st.caption(say("{n} more bought without taking part; they count in conversion.", n=figures.number(others)))


def weeks(by_week: pd.DataFrame) -> None:
    """Customers contacted, taking part and buying for the first time, by week; control left out."""
    treated = _treated(by_week)
    steps = {"contacted": say("contacted"), "participated": say("took part"), "converted": say("bought")}
    known = [step for step in steps if treated[step].notna().any()]
    caption = say("Treated customers by the week of their first contact, participation and purchase")
    if treated.empty or not known:
        _headed(say("Week by week"), caption)
        empty.state(say("No week has a contact on record."))
        return
    summed = treated.groupby("week_start")[known].sum()
    every = summed.reindex(pd.date_range(summed.index.min(), summed.index.max(), freq="7D"), fill_value=0)
    peak = pd.Timestamp(str(every[known[-1]].idxmax()))
    _headed(
        say("Most {step} in the week of {day}", step=steps[known[-1]], day=figures.short_day(peak)),
        caption,
    )
    trend.weeks(
        list(every.index),
        {steps[step]: [float(count) for count in every[step]] for step in known},
        alt_text=say("Customers by week: {names}.", names=listed(steps[step] for step in known)),
        key="weeks",
    )


def watched(days: pd.DataFrame) -> tuple[list[str], list[list[int]], list[list[int]]]:
    """Names, conversions by day and censored by day of the treated and of the control, on one grid of days."""
    grid = range(int(days["day"].max()) + 1 if len(days) else 0)
    labels: list[str] = []
    counts: dict[str, list[list[int]]] = {"converted": [], "censored": []}
    for label, control in ((say("treated"), False), (say("control"), True)):
        rows = days[days["is_control"].eq(control)]
        if len(rows):
            labels.append(label)
            for kind, found in counts.items():
                by_day = rows.groupby("day")[kind].sum().to_dict()
                found.append([int(by_day.get(day, 0)) for day in grid])
    return labels, counts["converted"], counts["censored"]


def equal_age(labels: list[str], curves: ConversionCurves) -> None:
    """Share converted by each day since assignment, treated and control at equal age."""
    day = curves.converted.shape[1] - 1
    while day > 0 and not curves.at(day).known.all():
        day -= 1
    shares = curves.at(day)
    ends = listed(
        f"{label} {estimates.value(shares, row, Unit.SHARE)}" for row, label in enumerate(labels) if shares.known[row]
    )
    _headed(
        say("By day {day}: {ends}", day=day, ends=ends) if ends else say("Conversion at equal age"),
        say("Share that bought by each day since assignment, open windows included · Kaplan-Meier, 95 % band"),
    )
    if not ends:
        empty.state(say("Nobody has bought yet, so there is no curve."))
        return
    shown: dict[str, trend.Curve] = {
        label: (curves.converted[row].tolist(), curves.low[row].tolist(), curves.high[row].tolist())
        for row, label in enumerate(labels)
    }
    trend.survival(
        list(range(curves.converted.shape[1])),
        shown,
        day_label=say("days since assignment"),
        alt_text=say("Share converted by day since assignment. By day {day}: {ends}.", day=day, ends=ends),
        key="equal_age",
    )


def costs(rows: pd.DataFrame, card: Scorecard, currency: str) -> None:
    """Planned and actual cost by kind, the largest first."""
    known = rows[rows["actual_amount"].notna() | rows["planned_amount"].notna()]
    total, used = card["campaign_cost"], card["budget_used"]
    if known.empty:
        _headed(say("No cost was recorded"), say("Actual against planned, by kind"))
        empty.state(say("This campaign has no cost here."), say("Costs come from the feed campaign_cost."))
        return
    known = known.sort_values("actual_amount", ascending=False, na_position="last")
    style = Style.of(Unit.MONEY, currency, float(known["actual_amount"].max()))
    kinds = [opened(term(kind)) for kind in known["category"]]
    spent = estimates.value(total, 0, Unit.MONEY, currency)
    share = estimates.value(used, 0, Unit.SHARE)
    _headed(
        say("{spent} spent, {share} of plan", spent=spent, share=share)
        if used.known[0]
        else say("{spent} spent, no plan recorded", spent=spent),
        say("Actual against planned, {unit} · the dark mark is the plan", unit=style.mark),
    )
    written = [
        _booked(style, actual, planned)
        for actual, planned in zip(known["actual_amount"], known["planned_amount"], strict=True)
    ]
    bars.planned_and_actual(
        kinds,
        [float(amount) / style.divisor for amount in known["planned_amount"]],
        [float(amount) / style.divisor for amount in known["actual_amount"]],
        written,
        plan=say("planned"),
        alt_text=say(
            "Cost by kind, {unit}: {kinds}.",
            unit=style.mark,
            kinds=listed(f"{kind} {text}" for kind, text in zip(kinds, written, strict=True)),
        ),
        key="costs",
    )


def _booked(style: Style, actual: float, planned: float) -> str:
    if np.isnan(actual):
        return say("not booked")
    if np.isnan(planned):
        return style.number(actual)
    return say("{actual} of {planned} planned", actual=style.number(actual), planned=style.number(planned))


def satisfaction_heading(card: Scorecard) -> None:
    """What the answers say, and how many of those asked gave one."""
    satisfied, answered = card["top_two_box"], card["response_rate"]
    _headed(
        say(
            "{satisfied} satisfied, {answered} of those asked answered",
            satisfied=estimates.value(satisfied, 0, Unit.SHARE),
            answered=estimates.value(answered, 0, Unit.SHARE),
        )
        if satisfied.known[0] and answered.known[0]
        else say("Satisfaction was not recorded"),
        say("Answers of those asked; where few answer, they may be the satisfied ones"),
    )
