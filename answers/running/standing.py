"""Where one campaign stands today: its forecast, its effect so far, its guardrails, its money, its advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.queries import running
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.estimate import Intervals, Reason
from metrics.inference.sequential import confidence_sequence
from metrics.moments import Counts, Moments, floats
from metrics.planning import alarms
from metrics.planning.alarms import Judged, Watch
from metrics.planning.forecast import Forecast
from metrics.planning.monitoring import Pace, Progress, progress
from metrics.planning.stopping import Advice, Saved, advise, saved

from answers import places
from answers.campaigns.scored import scored
from answers.kept import kept
from answers.running import expected
from answers.running.expected import Kept

WITHIN: Final = 10
"""Days from assignment in which a conversion counts for the effect so far: enough to tell, and few enough to wait."""

FEWEST: Final = 100
"""Customers of the smaller side from which limits that hold at every look are believed."""

USUAL: Final = timedelta(days=731)
"""How far back campaigns ended that say what is usual."""

HALF: Final = 0.5
"""Part of the budget from which spending is judged: of a few entries any is an outlier."""


class Phase(StrEnum):
    """What a running campaign does."""

    CALLING = "calling"  # customers are still contacted
    MEASURING = "measuring"  # only the windows of the last ones are open


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What the campaign may not cost customers, of those contacted; nan where the feeds do not record it.

    Attributes:
        contacted: Customers.
        opted_out: Of these.
        complaints: Filed.
        answers: From 1 to 5.
        score: Their mean.
        limits: Largest share, rate (a contact), lowest mean that is accepted: what is usual and the harm that is
            accepted on top.
        touched: Customers with a contact by the bank lately.
        contacts: These contacts.
        over_cap: Of these customers, with more than the cap.
    """

    contacted: float
    opted_out: float
    complaints: float
    answers: float
    score: float
    squares: float
    limits: tuple[float, float, float]
    touched: float
    contacts: float
    over_cap: float


@dataclass(frozen=True, eq=False)
class Standing:
    """One campaign today. Amounts are minor units.

    Attributes:
        row: What the contract says of it, and its counts, as `data_access.queries.running.campaigns`.
        plan: Its frozen forecast; None where nobody froze one that the viewer sees.
        older: Whether another model than that of today made it.
        phase: What it does.
        day: Day of its life, from 1.
        life: Days from the first to the last on which a conversion can count.
        planned: Customers who were, or are expected, to be contacted in all.
        progress: Against the forecast, today; None where there is none to hold it against.
        target: Conversions to reach; nan without a target.
        judged: Every watch.
        effect: Early conversions, treated minus control, with limits that hold at every look: one row.
        pays_from: The early effect from which it pays.
        early: Part of the conversions that come so early.
        advice: What the effect advises; None where nobody was held out at random, customer by customer, or the groups
            are not of their planned sizes.
        saved: What stopping new calls would save.
        guardrails: What customers bear.
        spent: So far.
        booked_plan: Planned for the entries that are booked.
        budget: Planned in all.
        costs: By kind: `category`, `planned_amount` (of the plan, else of the feed), `actual_amount`.
    """

    row: dict[str, Any]
    plan: Kept | None
    older: bool
    phase: Phase
    day: int
    life: int
    planned: int
    progress: Progress | None
    target: float
    judged: tuple[Judged, ...]
    effect: Intervals
    pays_from: float
    early: float
    advice: Advice | None
    saved: Saved
    guardrails: Guardrails
    spent: float
    booked_plan: float
    budget: float
    costs: pd.DataFrame

    @property
    def campaign_id(self) -> str:
        """Of the campaign."""
        return str(self.row["campaign_id"])

    @property
    def until(self) -> date:
        """Last day on which a conversion can count."""
        return self.row["starts_on"].date() + timedelta(days=self.life)

    @property
    def raised(self) -> tuple[Watch, ...]:
        """Watches that raise an alarm."""
        return tuple(one.watch for one in self.judged if one.raised)

    @property
    def converted(self) -> float:
        """So far; nan where the feeds do not record it."""
        return _number(self.row["converted"])

    @property
    def stops(self) -> bool:
        """Whether new calls should stop today: there is something to stop, and the effect says so."""
        return self.phase is Phase.CALLING and self.advice is not None and self.advice.stops


def rows(reader: Reader, branch: str) -> pd.DataFrame:
    """The campaigns that run in a place: those that treat a customer of it."""
    every = _in_place(reader, branch)
    return every[every["n"] > 0].reset_index(drop=True)


def held_out(reader: Reader, branch: str) -> tuple[str, ...]:
    """Names of the campaigns that run and treat nobody in a place: its branches are among those held out."""
    every = _in_place(reader, branch)
    return tuple(every.loc[every["n"] == 0, "name"].astype(str))


@kept
def _in_place(reader: Reader, branch: str) -> pd.DataFrame:
    return running.campaigns(reader, WITHIN, branches=places.branches(reader, branch))


@kept
def stand(reader: Reader, campaign_id: str, branch: str, plan: Kept | None) -> Standing:
    """One of the campaigns that run, today."""
    every = rows(reader, branch)
    row: dict[str, Any] = {
        str(name): value for name, value in every.set_index("campaign_id", drop=False).loc[campaign_id].items()
    }
    as_of = reader.as_of_tables("campaign_member")
    first, ends_on = row["starts_on"].date(), row["ends_on"].date()
    # A member assigned after the last day is watched as long as any other.
    last = max(ends_on + timedelta(days=int(row["attribution_days"])), row["matures_on"].date())
    life, day = (last - first).days, (as_of - first).days + 1
    phase = Phase.CALLING if ends_on > as_of else Phase.MEASURING
    planned = _planned(row, phase, day, (ends_on - first).days + 1, plan)
    drawn = expected_of(reader, row, planned, plan)
    target = _target(plan, drawn)
    path = expected.path(reader, np.array([day - day % 7 - 1, day - 1]), life)
    now, weekly = _against(drawn, path, row, target, day)
    card = scored(reader, branch)
    at = [str(one) for one in card.campaign_id].index(campaign_id) if campaign_id in list(card.campaign_id) else -1
    spent, booked = (float(of[at]) if at >= 0 else np.nan for of in (card.booked.actual, card.booked.planned))
    costs = _costs(card.booked.kinds(at) if at >= 0 else _NO_COSTS, plan, branch)
    planned_sum = float(costs["planned_amount"].sum(min_count=1))
    budget = planned_sum if np.isnan(planned_sum) or plan is None else max(planned_sum, booked)
    effect, advice, pays_from, part = _effect(reader, row, branch, drawn)
    if advice is not None and at >= 0 and card.off_plan[at]:
        effect, advice = _nothing(Reason.SAMPLE_RATIO), None
    each = float(np.median(drawn.assumptions["cost"])) if drawn is not None and "cost" in drawn.assumptions else np.nan
    minutes = settings().planning.minutes.get(str(row["channel"]), 0.0)
    rails = _guardrails(reader, campaign_id, branch)
    over = ~np.isin(np.array(card.campaign_id, dtype=str), _in_place(reader, branch)["campaign_id"].to_numpy(str))
    past = card.booked.actual[over] / np.where(card.booked.planned[over] > 0, card.booked.planned[over], np.nan)
    enough = budget > 0 and booked >= HALF * budget
    judged = (
        *([weekly] if weekly is not None else []),
        alarms.dearer(spent, booked if enough else np.nan, floats(past)),
        alarms.rate_above(Watch.COMPLAINTS, rails.complaints, rails.contacted, rails.limits[1]),
        alarms.share_above(Watch.OPT_OUTS, rails.opted_out, rails.contacted, rails.limits[0]),
        alarms.mean_below(Watch.SATISFACTION, rails.answers, rails.score, rails.squares, rails.limits[2]),
    )
    called = _number(row["contacted"])
    left = saved(planned, called if np.isfinite(called) else _number(row["n"]), each, minutes)
    return Standing(
        row, plan, plan is not None and expected.older(plan), phase, day, life, planned, now, target, judged, effect,
        pays_from, part, advice,
        left, rails, spent, booked, budget, costs,
    )  # fmt: skip


def expected_of(reader: Reader, row: dict[str, Any], planned: int, plan: Kept | None) -> Forecast | None:
    """The frozen forecast, else what campaigns like it did; None where too few are finished."""
    if plan is not None:
        return expected.frozen(plan)
    factors = tuple("" if pd.isna(row[name]) else str(row[name]) for name in expected.FACTORS)
    return expected.alike(reader, planned, factors)


def _planned(row: dict[str, Any], phase: Phase, day: int, length: int, plan: Kept | None) -> int:
    """Customers to be contacted in all: planned, else at the speed at which they were assigned so far."""
    n = int(row["n"])
    if plan is not None:
        return max(int(plan.content["plan"]["customers"]), n)
    return n if phase is Phase.MEASURING else round(n * length / min(day, length))


def _target(plan: Kept | None, drawn: Forecast | None) -> float:
    """Conversions that bring the planned sales at the amount that was forecast."""
    sales = plan.setting("target") if plan is not None else float("nan")
    each = float(np.median(drawn.assumptions["sales"])) if drawn is not None else float("nan")
    return float(np.ceil(sales / each)) if sales > 0 and each > 0 else float("nan")


def _against(
    drawn: Forecast | None, path: Pace | None, row: dict[str, Any], target: float, day: int
) -> tuple[Progress | None, Judged | None]:
    """Where it stands today, and what the last whole week says."""
    converted, by_look = _number(row["converted"]), _number(row["by_look"])
    if drawn is None or path is None or not np.isfinite(converted):
        return None, None
    most = drawn.plan.customers
    goal = None if np.isnan(target) else target
    now = progress(drawn, path, 1, int(min(converted, most)), target=goal)
    if day < 7:
        return now, None
    weekly = progress(drawn, path, 0, int(min(by_look, most)))
    return now, alarms.against_forecast(weekly, int(by_look))


def _effect(
    reader: Reader, row: dict[str, Any], branch: str, drawn: Forecast | None
) -> tuple[Intervals, Advice | None, float, float]:
    """Early conversions against the control, what that advises, from where it pays, and the part that comes early."""
    part = _early(reader, branch, int(row["attribution_days"]))
    whole = drawn.break_even_effect() if drawn is not None else float("nan")
    pays_from = whole * part
    at_random = row["assignment"] == "randomised" and row["cluster"] != "branch" and row["control_n"] > 0
    counted = np.isfinite(_number(row["ripe_converted"]))
    if not at_random or not counted:
        reason = Reason.NO_CONTROL if counted else Reason.NOT_RECORDED
        return _nothing(reason), None, pays_from, part
    sides = [
        Moments.of_counts(Counts.of([row[f"{side}ripe"]], [row[f"{side}ripe_converted"]]))
        if row[f"{side}ripe"] > 0
        else Moments.of_counts(Counts.of([0], [0]))
        for side in ("control_", "")
    ]
    if min(row["ripe"], row["control_ripe"]) < FEWEST:
        return _nothing(Reason.TOO_FEW), Advice.TOO_EARLY, pays_from, part
    effect = confidence_sequence(sides[0], sides[1], decision_at=decision_at(row))
    return effect, advise(effect, np.array([pays_from]))[0], pays_from, part


def decision_at(row: dict[str, Any]) -> float:
    """Customers of both sides at which the limits are made tightest: about half of a campaign's."""
    return max(float(row["n"] + row["control_n"]) / 2, 1.0)


@kept
def _early(reader: Reader, branch: str, days: int) -> float:
    """Part of the conversions of a window of so many days that come within `WITHIN` days of assignment."""
    found = running.early(reader, WITHIN, branches=places.branches(reader, branch))
    same = found[found["attribution_days"] == days]
    if same.empty or not same["converted"].sum() > 0:
        same = found
    total = float(same["converted"].sum())
    return float(same["early"].sum()) / total if total > 0 else float("nan")


def _nothing(reason: Reason) -> Intervals:
    return Intervals.of([np.nan], [np.nan], [np.nan], n=[0.0], reason=[reason.value])


_NO_COSTS: Final = pd.DataFrame(columns=["category", "planned_amount", "actual_amount"])


def _costs(kinds: pd.DataFrame, plan: Kept | None, branch: str) -> pd.DataFrame:
    """Costs by kind, the dearest first; the plan's own amounts, where it has some for the whole of what is shown."""
    if plan is not None and plan.planned_costs and not branch:
        own = pd.Series(plan.planned_costs, name="planned_amount").rename_axis("category").reset_index()
        kinds = own.merge(kinds[["category", "actual_amount"]], on="category", how="outer")
    numbers = kinds.assign(**{name: floats(kinds[name]) for name in ("planned_amount", "actual_amount")})
    dearest = numbers[["planned_amount", "actual_amount"]].max(axis=1)
    return numbers.assign(most=dearest).sort_values("most", ascending=False).drop(columns="most").reset_index(drop=True)


@kept
def _limits(reader: Reader, branch: str) -> tuple[float, float, float]:
    """Opt-outs a customer, complaints a customer, mean of answers: what is usual and what is accepted on top."""
    found = running.guardrails(reader, finished_since=reader.as_of - USUAL, branches=places.branches(reader, branch))
    accepted, n = settings().comparison, float(found["contacted"].sum())
    scores = float(found["known_score"].sum()) if found["known_score"].notna().any() else 0.0
    return (
        _rate(found["opted_out"], n) + accepted.opt_outs_rise,
        _rate(found["complaints"], n) + accepted.complaints_rise / 1000,
        (float(found["sum_score"].sum()) / scores if scores > 0 else np.nan) - accepted.satisfaction_fall,
    )


def _rate(counts: pd.Series[Any], n: float) -> float:
    known = float(counts.sum()) if counts.notna().any() else float("nan")
    return known / n if n > 0 else float("nan")


@kept
def _all_guardrails(reader: Reader, branch: str) -> pd.DataFrame:
    limits, asked = settings().planning, places.branches(reader, branch)
    found = running.guardrails(reader, branches=asked)
    touched = running.pressure(reader, limits.contact_cap, limits.contact_days, branches=asked)
    return found.merge(touched, on="campaign_id", how="outer")


def _guardrails(reader: Reader, campaign_id: str, branch: str) -> Guardrails:
    every = _all_guardrails(reader, branch)
    names = ("contacted", "opted_out", "complaints", "known_score", "sum_score", "squares_score",
             "touched", "contacts", "over_cap")  # fmt: skip
    own = every[every["campaign_id"] == campaign_id]
    found = {name: _number(own[name].iloc[0]) if len(own) else float("nan") for name in names}
    score = found["sum_score"] / found["known_score"] if found["known_score"] > 0 else float("nan")
    return Guardrails(
        found["contacted"],
        found["opted_out"],
        found["complaints"],
        found["known_score"],
        score,
        found["squares_score"],
        _limits(reader, branch),
        found["touched"],
        found["contacts"],
        found["over_cap"],
    )


def _number(value: Any) -> float:
    return float(value) if pd.notna(value) else float("nan")


def most_urgent_first(every: Sequence[Standing]) -> list[Standing]:
    """What must change today before what is to be looked at before what runs as forecast."""
    return sorted(every, key=lambda one: (_urgency(one), -one.day, one.campaign_id))


def _urgency(one: Standing) -> int:
    harmful = {Watch.COMPLAINTS, Watch.OPT_OUTS, Watch.SATISFACTION}
    rules = (
        one.stops and one.advice is Advice.HARM,
        one.stops,
        bool(harmful & set(one.raised)),
        Watch.SPENDING in one.raised,
        Watch.BEHIND in one.raised,
        one.advice is Advice.BENEFIT and one.phase is Phase.CALLING,
        Watch.AHEAD in one.raised,
        one.phase is Phase.CALLING,
    )
    return next((place for place, holds in enumerate(rules) if holds), len(rules))
