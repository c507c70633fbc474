"""The planned past of the demo bank: what its planners would have frozen before each campaign of the last 14 months.

Each forecast is made from what was known two days before the campaign began (`learned.known_on`): campaigns that were
over by then, costs that were booked by then. Of the campaign itself only what it set out to be is read
(`data_access.queries.intended`), its sizes rounded the way planners round. It is frozen through the door that a
person's forecast goes through, by one of the demo people, dated the day before the first day; the audit log has the
true moment.

Whoever reads it finds nothing special: `plans.of`, `frozen.of(workspace, scope, plan_id)` and `matches.of` give the
plan (``demo-<campaign_id>``), its one frozen forecast and the campaign that was confirmed for it. Two of the campaigns
were planned by nobody, and the match of one that runs waits for somebody to confirm it. Beside what every frozen
forecast keeps (``arms``: allocation by arm, ``planned_costs``: by kind, minor units), `Content.kept` holds ``until``,
the last day of the data that taught it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import floor, log10
from typing import Any, Final

import pandas as pd
from data_access.errors import ChangedError, WorkspaceError
from data_access.queries import campaigns, intended
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Viewer
from data_access.workspace import moment, rights
from data_access.workspace.loop import frozen, matches, plans
from data_access.workspace.loop.plans import Draft

from answers.plan import freeze
from answers.plan.learned import Learned, known_on
from answers.plan.plan import Audience, planned
from answers.plan.scenario import Scenario

Workspace = Any

SPAN: Final = timedelta(days=425)
"""Campaigns that began so long before the last day of the data, or later."""

KNOWN: Final = timedelta(days=2)
"""Before the first day: what happened up to then taught the forecast."""

BEGUN: Final = timedelta(days=9)
"""Before the first day: the plan was begun."""

NOBODYS: Final = ("advice", "student")
"""Themes that nobody planned."""

WAITING: Final = "maturity"
"""Theme whose campaign, while it runs, nobody has confirmed for its plan yet."""

FEW: Final = 400
"""Draws that say about what to expect: the sales target is that."""

OTHERS: Final = 3
"""Of four plans, the place of the one that the second planner makes."""

_MORNING: Final = time(1, 30)
"""UTC: half past nine at the bank."""


@dataclass(frozen=True, eq=False)
class Intended:
    """What a campaign set out to be.

    Attributes:
        scenario: Its settings, without a target.
        eligible: Customers to be assigned, by tier.
        control: Of these, held out.
        arms: Allocation by arm.
        costs: Planned cost by kind.
    """

    scenario: Scenario
    eligible: Mapping[str, int]
    control: int
    arms: Mapping[str, float]
    costs: Mapping[str, int]


def plan_the_past(
    readers: Sequence[Reader],
    workspace: Workspace,
    span: timedelta | None = None,
    *,
    before_each: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Freeze what is not frozen yet; how many were.

    Args:
        readers: Those of the demo people; nothing is done for those of any other bank.
        workspace: Where plans are kept. What is there already is left as it is.
        span: Campaigns that began so long before the last day of the data, or later; `SPAN` where it is not said.
        before_each: Called before each campaign with how many are done and of how many: others may go first then.
    """
    able = [one for one in readers if one.source == "demo" and rights.may_plan(one.viewer, WHOLE_BANK)]
    if not able:
        return 0
    reader, made = able[0], 0
    first = reader.as_of - (span or SPAN)
    every = campaigns.catalogue(reader).sort_values(["starts_on", "campaign_id"])
    recent = every[(every["starts_on"] >= pd.Timestamp(first)) & ~every["theme"].isin(NOBODYS)]
    missing = recent[~recent["campaign_id"].map(_plan_id).isin(_there(workspace))]
    if missing.empty:
        return 0
    wanted = _intended(reader, every, first)
    past: Learned | None = None
    looked_at = 0
    for place, row in enumerate(recent.to_dict("records")):
        campaign_id, starts_on = str(row["campaign_id"]), row["starts_on"].date()
        what = wanted.get(campaign_id)
        if what is None or campaign_id not in set(missing["campaign_id"]):
            continue
        before_each(looked_at, len(missing))
        looked_at += 1
        past = known_on(reader, starts_on - KNOWN, past)
        if past.experience is None or sum(what.eligible.values()) <= what.control:
            continue
        who = able[min(len(able) - 1, int(place % 4 == OTHERS))].viewer
        confirmed = row["theme"] != WAITING or row["ends_on"].date() < reader.as_of
        # Another process may be planning the same past.
        with suppress(WorkspaceError):
            _freeze(reader, workspace, who, (campaign_id, str(row["name"])), what, past, confirmed=confirmed)
            made += 1
    return made


def _freeze(
    reader: Reader,
    workspace: Workspace,
    who: Viewer,
    of: tuple[str, str],
    what: Intended,
    past: Learned,
    *,
    confirmed: bool,
) -> None:
    assert past.experience is not None  # noqa: S101 - told by the caller
    scenario, size = what.scenario, sum(what.eligible.values())
    audience = Audience(size, {}, what.eligible, ())
    plan = planned(reader, scenario, past, audience, size - what.control)
    kept = freeze.made_from(scenario, audience, plan, what.control, past)
    sales = freeze.forecast_of(past.experience, kept | {"draws": FEW}, scenario.seed)["quantiles"]["sales"]["0.5"]
    scenario = replace(scenario, target=_rounded(sales))
    kept = freeze.made_from(scenario, audience, plan, what.control, past) | {
        "until": (scenario.starts_on - KNOWN).isoformat(),
        "arms": dict(what.arms),
        "planned_costs": dict(what.costs),
    }
    kept["forecast"] = freeze.forecast_of(past.experience, kept, scenario.seed)
    draft, plan_id = Draft(of[1][: plans.LONGEST_NAME], (plans.Scenario("A", scenario.settings()),)), _plan_id(of[0])
    with moment.told_as(datetime.combine(scenario.starts_on - BEGUN, _MORNING)):
        own = plans.find(workspace, WHOLE_BANK, plan_id) or plans.begin(workspace, who, draft, plan_id=plan_id)
    if confirmed:
        said_at = datetime.combine(scenario.starts_on + timedelta(days=1), _MORNING)
        # One that was killed on the way had said so already.
        with moment.told_as(said_at), suppress(ChangedError):
            matches.put(workspace, who, plan_id, of[0], matches.State.CONFIRMED, None)
    # Last, because what is frozen counts as done.
    with moment.told_as(datetime.combine(scenario.starts_on - timedelta(days=1), _MORNING)):
        frozen.freeze(workspace, who, own, freeze.content_of(scenario, kept, reader.version, plan_id, own.version, 1))


def _intended(reader: Reader, every: pd.DataFrame, first: date) -> dict[str, Intended]:
    """What campaigns set out to be that began on a day or later, by identifier."""
    whom, classes = intended.audiences(reader, first), intended.classes(reader, first)
    costs, arms = intended.costs(reader, first), intended.arms(reader, first)
    rows = every[every["campaign_id"].isin(whom["campaign_id"])]
    running = rows[rows["ends_on"] >= pd.Timestamp(reader.as_of)]
    # Of what still runs, customers are still assigned and costs still booked: it is taken to go on as last year's.
    before = {one: of for one, of in _editions(every, running).items() if of in set(whom["campaign_id"])}
    share = _assigned_so_far(reader, running, before)
    all_classes = set(classes["segment"].dropna())
    found: dict[str, Intended] = {}
    for row in rows.to_dict("records"):
        own = {name: _of(frame, row["campaign_id"]) for name, frame in (("whom", whom), ("costs", costs))}
        listed, segments = _of(arms, row["campaign_id"]), _of(classes, row["campaign_id"])["segment"].dropna()
        size = _rounded(own["whom"]["n"].sum() / share.get(row["campaign_id"], 1.0))
        tiers = own["whom"].assign(tier=own["whom"]["tier"].fillna("")).groupby("tier")["n"].sum()
        eligible = _shared(tiers, size)
        held = listed["is_control"].astype(bool)
        control = round(100 * float(listed.loc[held, "allocation"].sum()) / float(listed["allocation"].sum()))
        channels = own["whom"][~own["whom"]["is_control"].astype(bool)].groupby("channel")["n"].sum()
        planned_costs = _costs(own["costs"], 1.0)
        if (edition := before.get(row["campaign_id"])) is not None and size > 0:
            planned_costs = _costs(_of(costs, edition), size / float(_of(whom, edition)["n"].sum()))
        scenario = Scenario(
            objective=str(row["objective"]),
            theme=str(row["theme"]) if pd.notna(row["theme"]) else "",
            product=str(row["product_id"]) if pd.notna(row["product_id"]) else "",
            starts_on=row["starts_on"].date(),
            ends_on=row["ends_on"].date(),
            days=int(row["attribution_days"]),
            segments=() if set(segments) == all_classes else tuple(sorted(map(str, segments))),
            channels=tuple(map(str, channels.sort_values(ascending=False, kind="stable").index)),
            size=size,
            control=control,
            budget=sum(planned_costs.values()) or None,
        )
        found[row["campaign_id"]] = Intended(
            scenario,
            eligible,
            round(size * control / 100),
            dict(zip(map(str, listed["arm"]), map(float, listed["allocation"]), strict=True)),
            planned_costs,
        )
    return found


def _editions(every: pd.DataFrame, running: pd.DataFrame) -> dict[str, str]:
    """The edition before each campaign that still runs, where there is one."""
    found: dict[str, str] = {}
    for row in running.to_dict("records"):
        alike = (every["theme"] == row["theme"]) & (every["product_id"] == row["product_id"])
        before: list[str] = every.loc[alike & (every["ends_on"] < row["starts_on"]), "campaign_id"].tolist()
        if before:
            found[row["campaign_id"]] = before[-1]
    return found


def _assigned_so_far(reader: Reader, running: pd.DataFrame, before: Mapping[str, str]) -> dict[str, float]:
    """The part of its customers that each has assigned: that of the edition before it at the same age, else of days."""
    share: dict[str, float] = {}
    pace = intended.assigned_by_age(reader, [*before.values()]) if before else pd.DataFrame()
    for row in running.to_dict("records"):
        age, length = (reader.as_of - row["starts_on"].date()).days + 1, (row["ends_on"] - row["starts_on"]).days + 1
        own = _of(pace, before[row["campaign_id"]]) if row["campaign_id"] in before else pd.DataFrame()
        early = float(own.loc[own["age"] < age, "n"].sum() / own["n"].sum()) if len(own) else 0.0
        share[row["campaign_id"]] = early or age / length
    return share


def _costs(planned_costs: pd.DataFrame, scale: float) -> dict[str, int]:
    known = planned_costs.dropna(subset="planned")
    pairs = zip(known["category"], known["planned"], strict=True)
    return {str(kind): round(float(amount) * scale) for kind, amount in pairs}


def _of(frame: pd.DataFrame, campaign_id: str) -> pd.DataFrame:
    return frame[frame["campaign_id"] == campaign_id]


def _shared(parts: pd.Series[Any], size: int) -> dict[str, int]:
    """A whole number in the proportions of its parts; the rounding goes to the largest."""
    whole = {str(name): int(size * n / parts.sum()) for name, n in parts.items()}
    whole[max(whole, key=whole.__getitem__)] += size - sum(whole.values())
    return whole


def _rounded(value: float) -> int:
    """To two digits, as planners write."""
    digits = floor(log10(value)) - 1 if value >= 1 else 0
    return int(round(value, -max(digits, 0)))


def _plan_id(campaign_id: str) -> str:
    return f"demo-{campaign_id}"


def _there(workspace: Workspace) -> set[str]:
    """Plans that hold a forecast: one that was killed on the way is taken up again."""
    return {head.plan_id for head in frozen.heads(workspace, WHOLE_BANK)}
