"""The charts of one campaign, each under the sentence that it shows: arms, funnel, weeks, equal age, costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from answers.campaigns.campaign import Campaign
from metrics.catalogue import Unit

from story import estimates, figures
from story.chart import bars, interval, theme
from story.chart.over_time import trend
from story.estimates import Style
from story.parts import Block, Nothing
from story.vocabulary import term
from story.words import listed, opened, say


def arm_names(arms: pd.DataFrame) -> list[str]:
    """Names of the arms; a control says that it is one."""
    return [
        term(arm) if not control or arm == "control" else say("{arm} (control)", arm=term(arm))
        for arm, control in zip(arms["arm"], arms["is_control"], strict=True)
    ]


def _treated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["is_control"].eq(False)]


def _nobody_closed() -> Nothing:
    return Nothing(say("The time to buy is not over for anybody yet. Until it is, nobody counts as a failure."))


def _incomparable() -> Nothing:
    return Nothing(
        say("The groups are not of the planned sizes, so their rates say nothing of each other."),
        say("Look for customers taken out after the draw and for rows that the feed lacks."),
    )


def arms(answer: Campaign) -> Block:
    """Conversion of each arm; the control's share is the line to compare with."""
    if answer.scores.off_plan[0]:
        return Block(say("Conversion of the groups is not compared"), "", _incomparable())
    conversion, labels = answer.by_arm["conversion_rate"], arm_names(answer.arms)
    known = [int(row) for row in np.flatnonzero(conversion.known)]
    shares = [f"{labels[row]} {estimates.value(conversion, row, Unit.SHARE)}" for row in known]
    caption = say("Bought inside the window, % of those assigned whose window has closed · 95 % interval (Wilson)")
    if not shares:
        return Block(say("Conversion can't be told yet"), caption, _nobody_closed())
    control = [row for row in known if answer.arms["is_control"].iloc[row]]
    chart = interval.chart(
        labels,
        conversion,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=(float(conversion.estimate[control[0]]), say("control")) if len(control) == 1 else None,
        alt_text=say("Conversion of each arm with its interval: {arms}.", arms=listed(shares)),
        key="arms",
    )
    return Block(say("Conversion: {arms}", arms=listed(shares)), caption, chart)


def funnel(answer: Campaign) -> Block:
    """Treated customers whose window has closed: assigned, contacted, took part, took part and bought."""
    treated = _treated(answer.arms)
    steps = {
        say("Assigned"): "matured",
        say("Contacted"): "matured_contacted",
        say("Took part"): "matured_participated",
        say("Took part and bought"): "participants_matured_converted",
    }
    counts = {label: float(treated[column].sum(min_count=1)) for label, column in steps.items()}
    recorded = {label: count for label, count in counts.items() if not np.isnan(count)}
    base = counts[say("Assigned")]
    caption = say("Treated customers whose window has closed · each step lies within the one above, % of assigned")
    if treated.empty:
        nothing = Nothing(say("All customers shown here were held out as the control."))
        return Block(say("From assigned to bought"), caption, nothing)
    if not base > 0:
        return Block(say("From assigned to bought"), caption, _nobody_closed())
    shares = {label: figures.percent(count / base, 0 if count / base > 0.1 else 1) for label, count in recorded.items()}
    last = list(recorded)[-1]
    heading = say("{share} of those assigned: {step}", share=shares[last], step=last[:1].lower() + last[1:])
    written = [f"{figures.number(count)} · {shares[label]}" for label, count in recorded.items()]
    texts = [f"{label} {text}" for label, text in zip(recorded, written, strict=True)]
    chart = bars.funnel(
        list(recorded),
        list(recorded.values()),
        written,
        alt_text=say("Funnel of treated customers with closed windows: {steps}.", steps=listed(texts)),
        key="funnel",
    )
    others = float(treated["matured_converted"].sum(min_count=1)) - counts[say("Took part and bought")]
    after = (
        say("{n} more bought without taking part; they count in conversion.", n=figures.number(others))
        if others > 0
        else ""
    )
    return Block(heading, caption, chart, after)


def weeks(answer: Campaign) -> Block:
    """Customers contacted, taking part and buying for the first time, by week; control left out."""
    treated = _treated(answer.weeks)
    steps = {"contacted": say("contacted"), "participated": say("took part"), "converted": say("bought")}
    known = [step for step in steps if treated[step].notna().any()]
    caption = say("Treated customers by the week of their first contact, participation and purchase")
    if treated.empty or not known:
        return Block(say("Week by week"), caption, Nothing(say("No week has a contact on record.")))
    summed = treated.groupby("week_start")[known].sum()
    every = summed.reindex(pd.date_range(summed.index.min(), summed.index.max(), freq="7D"), fill_value=0)
    done = [step for step in known if every[step].any()]
    chart = trend.weeks(
        list(every.index),
        {steps[step]: [float(count) for count in every[step]] for step in known},
        alt_text=say("Customers by week: {names}.", names=listed(steps[step] for step in known)),
        key="weeks",
    )
    if not done:
        return Block(say("Week by week"), caption, chart)
    peak = pd.Timestamp(str(every[done[-1]].idxmax()))
    return Block(say("Most {step} in the week of {day}", step=steps[done[-1]], day=figures.day(peak)), caption, chart)


def equal_age(answer: Campaign) -> Block:
    """Share converted by each day since assignment, treated and control at equal age."""
    if answer.scores.off_plan[0]:
        return Block(say("Conversion at equal age"), "", _incomparable())
    found = answer.equal_age
    labels = [say("control") if control else say("treated") for control in found.control]
    caption = say(
        "Share that bought by each day since assignment, those still counting included · Kaplan-Meier, 95 % band"
    )
    if found.day is None or not np.nansum(found.curves.converted):
        nothing = Nothing(say("Nobody has bought yet, so there is no curve."))
        return Block(say("Conversion at equal age"), caption, nothing)
    shares = found.at_day()
    ends = listed(f"{label} {estimates.value(shares, row, Unit.SHARE)}" for row, label in enumerate(labels))
    curves: dict[str, trend.Curve] = {
        label: (
            found.curves.converted[row].tolist(),
            found.curves.low[row].tolist(),
            found.curves.high[row].tolist(),
        )
        for row, label in enumerate(labels)
    }
    chart = trend.survival(
        range(found.curves.converted.shape[1]),
        curves,
        ["none" if control else "text" for control in found.control],
        alt_text=say("Share converted by day since assignment. By day {day}: {ends}.", day=found.day, ends=ends),
        key="equal_age",
    )
    return Block(say("By day {day}: {ends}", day=found.day, ends=ends), caption, chart)


def costs(answer: Campaign) -> Block:
    """Planned and actual cost by kind, the largest first."""
    rows, card, currency = answer.costs, answer.scores, answer.currency
    known = rows[rows["actual_amount"].notna() | rows["planned_amount"].notna()]
    total, used = card["campaign_cost"], card["budget_used"]
    if known.empty:
        nothing = Nothing(say("This campaign has no cost here."), say("Costs come from the feed campaign_cost."))
        return Block(say("No cost was recorded"), say("Actual against planned, by kind"), nothing)
    known = known.sort_values("actual_amount", ascending=False, na_position="last")
    style = Style.of(Unit.MONEY, currency, float(np.nanmax(known[["actual_amount", "planned_amount"]].to_numpy(float))))
    kinds = [opened(term(kind)) for kind in known["category"]]
    spent, share = estimates.value(total, 0, Unit.MONEY, currency), estimates.value(used, 0, Unit.SHARE)
    planned = float(known["planned_amount"].sum())
    if not total.known[0]:
        heading = say("{planned} planned, nothing booked", planned=figures.money(planned, currency))
    elif used.known[0]:
        heading = say("{spent} spent, {share} of plan", spent=spent, share=share)
    else:
        heading = say("{spent} spent, no plan recorded", spent=spent)
    written = [
        _booked(style, actual, planned)
        for actual, planned in zip(known["actual_amount"], known["planned_amount"], strict=True)
    ]
    chart = bars.planned_and_actual(
        kinds,
        [float(amount) / style.divisor for amount in known["planned_amount"]],
        [float(amount) / style.divisor for amount in known["actual_amount"]],
        written,
        alt_text=say(
            "Cost by kind, {unit}: {kinds}.",
            unit=style.mark,
            kinds=listed(f"{kind} {text}" for kind, text in zip(kinds, written, strict=True)),
        ),
        key="costs",
    )
    return Block(heading, say("Actual against planned, {unit} · the dark mark is the plan", unit=style.mark), chart)


def _booked(style: Style, actual: float, planned: float) -> str:
    if np.isnan(actual):
        return say("not booked")
    if np.isnan(planned):
        return style.number(actual)
    return say("{actual} of {planned} planned", actual=style.number(actual), planned=style.number(planned))
