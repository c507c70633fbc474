"""One scenario answered: who is left, what to expect at what cost, could the control tell, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
from data_access import audience as rules
from data_access.audience import Whom
from data_access.queries import audience
from data_access.reading.reader import Reader
from data_access.settings import PlanningRules, settings
from metrics.estimate import Intervals
from metrics.moments import Floats, floats
from metrics.planning.assignment import shared_out
from metrics.planning.experience import EFFECT
from metrics.planning.forecast import Plan
from metrics.planning.hierarchy import Hierarchy
from metrics.planning.what_if import Control, WhatIf, what_if
from metrics.week.business_calendar import is_working

from answers import places
from answers.kept import kept
from answers.plan import scenario as scenarios
from answers.plan.costs import Cost, by_kind
from answers.plan.learned import FACTORS, Learned, beside, default, learned, season_of
from answers.plan.scenario import A_CUSTOMER, IN_ALL, Fault, Scenario

DRAWS: Final = 10_000
LEVELS: Final = (0.8, 0.95)
OUTCOMES: Final = ("participated", "converted", "sales", "cost")
"""Beside the return, which is the one against the control where that is known."""

CITED: Final = 3
"""Past campaigns that are named for each assumption."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is chosen and who is left.

    Attributes:
        chosen: Customers chosen.
        left_out: Customers by the first rule that leaves them out, in the order of the rules.
        eligible: Who may be contacted, by tier; empty text for who has no balance.
        untold: Rules that the feeds cannot tell.
    """

    chosen: int
    left_out: Mapping[str, int]
    eligible: Mapping[str, int]
    untold: tuple[str, ...]

    @property
    def may_be_contacted(self) -> int:
        """Chosen and left out by no rule."""
        return sum(self.eligible.values())


@dataclass(frozen=True, slots=True)
class Capacity:
    """Staff hours in the days of the plan; `free` is what the plan sets, else nan where postings are not recorded."""

    needed: float
    free: float
    working_days: int
    holidays: int  # days that the official calendar takes from the week
    festival: tuple[date, date] | None  # first and last day off of the longest holiday in the window


@dataclass(frozen=True, slots=True)
class Source:
    """A past campaign that a default comes from.

    Attributes:
        assumption: Which one.
        campaign_id: Of the campaign.
        name: Its name.
        weight: Its part of the prediction.
    """

    assumption: str
    campaign_id: str
    name: str
    weight: float


@dataclass(frozen=True, eq=False)
class Fan:
    """The forecast as it is shown and frozen: by outcome, the quantiles of the draws.

    Attributes:
        intervals: 80 % limits by outcome; ``roi`` is the return to judge by.
        wide: 95 % limits.
        incremental: Whether the return is against the control.
        effect: Points of conversion that contact adds, 80 % limits; None where unknown.
        conversion: Share of the contacted that is expected to buy.
    """

    intervals: Mapping[str, Intervals]
    wide: Mapping[str, Intervals]
    incremental: bool
    effect: Intervals | None
    conversion: Intervals


@dataclass(frozen=True, eq=False)
class PlanAnswer:
    """A scenario and what follows from it.

    Attributes:
        scenario: What was asked.
        faults: What is impossible; there is no forecast then.
        audience: Who is left.
        treated: Customers contacted.
        control: Customers held out.
        fan: The forecast; None where a fault or too short a past forbids one.
        lacks: Assumptions that too few campaigns record.
        chance_pays: Of a return above 0.
        chance_target: Of the sales target; nan without one.
        chance_budget: Of staying in the budget; nan without one.
        dots: Returns of 20 equally likely outcomes, lowest first.
        tornado: Return by assumption, as `metrics.planning.what_if`.
        could_tell: What the control group could show; None without a forecast.
        capacity: Staff hours.
        costs: The median cost by kind, the largest first.
        sources: Past campaigns behind the assumptions.
        last: Outcomes of the last edition by name; empty where there is none.
        last_name: Its name.
        last_id: Its identifier; empty where there is none.
        learned_from: Number of past campaigns, and the years of the first and the last.
        rules: The bank's limits.
        as_of: Last day of the data.
        version: Of the data.
        currency: Of all amounts.
        branches: Names of the branches whose customers are meant; empty for the whole bank.
    """

    scenario: Scenario
    faults: tuple[Fault, ...]
    audience: Audience
    treated: int
    control: int
    fan: Fan | None
    lacks: tuple[str, ...]
    chance_pays: float
    chance_target: float
    chance_budget: float
    dots: Floats
    tornado: pd.DataFrame
    could_tell: Control | None
    capacity: Capacity
    costs: tuple[Cost, ...]
    sources: tuple[Source, ...]
    last: Mapping[str, float]
    last_name: str
    last_id: str
    learned_from: tuple[int, int, int]
    rules: PlanningRules
    as_of: date
    version: str
    currency: str
    branches: tuple[str, ...] = ()


def whom(scenario: Scenario) -> Whom:
    """Who is chosen, as the warehouse is asked."""
    tags = tuple(tuple(tag.split(scenarios.INSIDE)) for tag in scenario.tags)
    return Whom(
        scenario.channels,
        scenario.starts_on,
        scenario.ends_on,
        scenario.tiers,
        scenario.segments,
        tuple((tag[0], tag[1], tag[2]) for tag in tags if len(tag) == 3),
        scenario.branches,
        scenario.product,
    )


def risk_level(reader: Reader, product: str) -> str:
    """Risk level of a product; empty where it has none or is not known."""
    products = audience.products(reader).set_index("product_id")["risk_level"]
    level = products.get(product)
    return str(level) if isinstance(level, str) else ""


@kept
def ask(reader: Reader, scenario: Scenario, typed: tuple[Fault, ...] = ()) -> PlanAnswer:
    """The answer of a scenario; `typed` are faults of what was typed, which stand beside those found here."""
    faults = [*typed, *scenarios.checked(scenario)]
    asked = scenario
    if abs(scenario.starts_on - reader.as_of) > scenarios.FURTHEST:
        faults.append(Fault("starts_on", "too_far"))
        # No calendar reaches every day that can be written: those of the default stand in for it.
        first = default(reader)
        scenario = replace(scenario, starts_on=first.starts_on, ends_on=first.ends_on)
    past = beside(reader, scenario.kinds)
    counted = _audience(reader, scenario)
    faults += _of_audience(reader, scenario, counted)
    drawn_from = min(scenario.size or counted.may_be_contacted, counted.may_be_contacted)
    control = round(drawn_from * min(scenario.control, 100) / 100)
    treated = drawn_from - control
    capacity = _capacity(reader, scenario, treated)
    if scenario.hours == 0 and capacity.needed > 0:
        faults.append(Fault("hours", "no_hours"))
    answered = None
    if not faults and treated > 0 and past.experience is not None and _cost_known(scenario, past):
        plan = planned(reader, scenario, past, counted, treated)
        target = float(scenario.target) if scenario.target is not None else float("nan")
        answered = what_if(
            past.experience,
            plan,
            control=control,
            target=target,
            draws=DRAWS,
            seed=scenario.seed,
            level=LEVELS[0],
            arms=[*shared_out(treated, scenario.shares).values()] if scenario.arms else (),
        )
    last, last_name, last_id = _last(scenario, learned(reader))
    years = [int(day.year) for day in past.past["starts_on"]] or [0]
    return PlanAnswer(
        asked,
        tuple(dict.fromkeys(faults)),
        counted,
        treated,
        control,
        _fan(answered) if answered else None,
        past.lacks,
        answered.chance_pays if answered else float("nan"),
        answered.chance_target if answered else float("nan"),
        _within(answered, scenario.budget) if answered else float("nan"),
        answered.dots if answered else np.array([]),
        answered.tornado if answered else pd.DataFrame(columns=["assumption", "low", "high", "swing"]),
        answered.control if answered else None,
        capacity,
        by_kind(reader, scenario, past, factors(reader, scenario), answered.forecast) if answered else (),
        _sources(reader, scenario, past, past.experience.models) if answered and past.experience else (),
        last,
        last_name,
        last_id,
        (len(past.past), min(years), max(years)),
        settings().planning,
        reader.as_of,
        reader.version,
        reader.currency,
        tuple(name for branch in scenario.branches or ("",) for name in places.names(reader, branch)),
    )


def factors(reader: Reader, scenario: Scenario) -> dict[str, str]:
    """What makes past campaigns like this one, in the order of `FACTORS`."""
    lines = audience.products(reader).set_index("product_id")["line"]
    values = (
        scenario.objective,
        scenario.theme,
        str(lines.get(scenario.product, "")),
        season_of(reader, scenario.starts_on),
        scenario.channels[0] if scenario.channels else "",
    )
    return dict(zip(FACTORS, values, strict=True))


def planned(reader: Reader, scenario: Scenario, past: Learned, counted: Audience, treated: int) -> Plan:
    """The plan that is forecast: the contacted customers by tier, in the proportions of who may be contacted."""
    sizes = pd.Series(dict(counted.eligible), dtype="float64")
    exact = sizes * treated / sizes.sum()
    whole = np.floor(exact.to_numpy())
    # What rounding leaves goes to the largest remainders, so that the tiers add up.
    missing = int(treated - whole.sum())
    whole[np.argsort(whole - exact.to_numpy(), kind="stable")[:missing]] += 1
    known = past.by_tier.set_index("tier").reindex(sizes.index).fillna(1.0)
    for column, typical in _typical(past, factors(reader, scenario)).items():
        known[column] = known[column] / typical
    parts = known.assign(customers=whole.astype("int64")).reset_index(drop=True)
    return Plan(
        treated,
        factors(reader, scenario),
        float(scenario.fixed) + sum(scenario.cost_of(kind, treated) for kind in scenario.kinds if kind in IN_ALL),
        0.0 if _all_kinds_set(scenario, past) else None if scenario.each is None else float(scenario.each),
        sum(scenario.cost_of(kind, 1) for kind in scenario.kinds if kind in A_CUSTOMER),
        parts,
    )


def _typical(past: Learned, row: Mapping[str, str]) -> dict[str, float]:
    """The average index of the customers that each assumption was learned from, as its campaigns count in it.

    What was learned holds for such customers: a tier's index is told against theirs.
    """
    models: Mapping[str, Hierarchy] = {} if past.experience is None else past.experience.models
    found: dict[str, float] = {}
    for column in past.mixes.columns:
        model = models.get(str(column).removeprefix("index_"))
        if model is not None:
            campaigns = past.past.loc[model.factors.index, "campaign_id"]
            mixes = floats(past.mixes[column].reindex(campaigns).fillna(1.0))
            found[str(column)] = float(np.exp(model.weights(pd.DataFrame([dict(row)]))[0] @ np.log(mixes)))
    return found


def _audience(reader: Reader, scenario: Scenario) -> Audience:
    found = audience.counts(
        reader, whom(scenario), settings().planning, risk_level=risk_level(reader, scenario.product)
    )
    reasons = found.groupby("reason")["n"].sum()
    may = found[found["reason"] == ""]
    return Audience(
        int(found["n"].sum()),
        {rule: int(reasons[rule]) for rule in rules.RULES if rule in reasons.index},
        {str(tier): int(n) for tier, n in zip(may["tier"], may["n"], strict=True)},
        rules.untold(reader),
    )


def _of_audience(reader: Reader, scenario: Scenario, counted: Audience) -> list[Fault]:
    if not counted.chosen:
        return [Fault("tiers", "nobody")]
    if scenario.product and scenario.product not in set(audience.products(reader)["product_id"]):
        return [Fault("product", "unknown")]
    if not counted.may_be_contacted:
        unsuited = counted.left_out.get("risk", 0) + counted.left_out.get("not_rated", 0)
        most = max(counted.left_out.values(), default=0)
        return [Fault("product", "nobody_may_buy") if unsuited >= most else Fault("channels", "nobody_left")]
    if counted.may_be_contacted == 1:
        return [Fault("tiers", "one_left")]
    if scenario.size > counted.may_be_contacted:
        return [Fault("size", "too_many")]
    return []


def _cost_known(scenario: Scenario, past: Learned) -> bool:
    return scenario.each is not None or "cost" not in past.lacks or _all_kinds_set(scenario, past)


def _all_kinds_set(scenario: Scenario, past: Learned) -> bool:
    """Whether the kinds that are set are all that such campaigns ever cost."""
    return scenario.each is None and bool(scenario.kinds) and bool((past.past["cost"].dropna() == 0).all())


def _fan(answered: WhatIf) -> Fan:
    drawn = answered.forecast
    named = {**{name: name for name in OUTCOMES}, "roi": drawn.roi}
    near, wide = ({name: drawn.interval(of, level) for name, of in named.items()} for level in LEVELS)
    effect = _limits(drawn.assumptions[EFFECT], drawn.plan.customers) if EFFECT in drawn.assumptions else None
    return Fan(near, wide, EFFECT in drawn.assumptions, effect, _limits(drawn.assumptions["conversion"], 0))


def _limits(values: Floats, customers: int) -> Intervals:
    tail = (1 - LEVELS[0]) / 2
    low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail])
    return Intervals.of([middle], [low], [high], n=[customers], level=LEVELS[0], method="simulation")


def _within(answered: WhatIf, budget: int | None) -> float:
    return float("nan") if budget is None else float(np.mean(answered.forecast.outcomes["cost"] <= budget))


def _capacity(reader: Reader, scenario: Scenario, treated: int) -> Capacity:
    limits = settings().planning
    span = max((scenario.ends_on - scenario.starts_on).days + 1, 1)
    every = [scenario.starts_on + timedelta(days=day) for day in range(min(span, scenarios.LONGEST))]
    worked = is_working(np.array(every, dtype="datetime64[D]"))
    week = np.array([day.weekday() < 5 for day in every])
    off = [day for day, at_work in zip(every, worked, strict=True) if not at_work]
    minutes = [limits.minutes.get(channel, 0.0) for channel in scenario.channels]
    needed = treated * (sum(minutes) / len(minutes) if minutes else 0.0) / 60
    free = float("nan")
    if scenario.hours is not None:
        free = float(scenario.hours)
    elif reader.has("staff_posting") and reader.has("staff", "role") and scenario.ends_on >= scenario.starts_on:
        posted = audience.capacity(
            reader, scenario.starts_on, scenario.ends_on, limits.roles, branches=scenario.branches
        )
        people = posted["full_time"].iloc[0]
        free = float(people) * int(worked.sum()) * limits.campaign_hours if pd.notna(people) else 0.0
    return Capacity(needed, free, int(worked.sum()), int((week & ~worked).sum()), _longest(off))


def _longest(off: list[date]) -> tuple[date, date] | None:
    """The longest run of days off, where it is more than a weekend."""
    runs: list[list[date]] = []
    none: list[date] = []
    for day in off:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    longest = max(runs, key=len, default=none)
    return (longest[0], longest[-1]) if len(longest) > 2 else None


def _sources(reader: Reader, scenario: Scenario, past: Learned, models: Mapping[str, Hierarchy]) -> tuple[Source, ...]:
    """The past campaigns that count most in each assumption."""
    row = pd.DataFrame([factors(reader, scenario)])
    found: list[Source] = []
    for assumption, model in models.items():
        if assumption == "cost" and scenario.each is not None:
            continue
        weights = model.weights(row)[0]
        taught = past.past.loc[model.factors.index]
        found += [
            Source(assumption, str(taught["campaign_id"].iloc[at]), str(taught["name"].iloc[at]), float(weights[at]))
            for at in np.argsort(-weights, kind="stable")[:CITED]
        ]
    return tuple(found)


def _last(scenario: Scenario, past: Learned) -> tuple[dict[str, float], str, str]:
    """Outcomes of the latest finished campaign like it: of its objective, theme and product, else of the first two."""
    every = past.past
    alike = (every["objective"] == scenario.objective) & (every["theme"] == scenario.theme)
    same = every[alike & (every["product_id"] == scenario.product)]
    found = every[alike] if same.empty else same
    if found.empty or not scenario.theme:
        return {}, "", ""
    row = found.iloc[-1]
    told = {"participated": "participated", "converted": "converted", "sales": "sum_sales", "cost": "cost"}
    values = {name: float(row[column]) for name, column in told.items() if pd.notna(row[column])}
    if pd.notna(row["control_n"]) and pd.notna(row["sum_control_contribution"]) and row["cost"] > 0:
        added = floats([row["sum_contribution"]]) - row["n"] * row["sum_control_contribution"] / row["control_n"]
        values["roi"] = float(added[0]) / float(row["cost"]) - 1
    return values, str(row["name"]), str(row["campaign_id"])
