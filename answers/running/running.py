"""Running: where each campaign stands against its plan, what must change today, and which plan is whose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isfinite
from typing import Any, Final

import pandas as pd
from data_access.queries import staff
from data_access.reading.reader import Reader
from data_access.reading.scope import Scope
from data_access.workspace import rights
from data_access.workspace.loop import alarms, frozen, matches, plans
from data_access.workspace.loop.alarms import Alarm
from data_access.workspace.loop.matches import Said, State
from data_access.workspace.loop.plans import Plan
from metrics.planning.stopping import Advice

from answers import places
from answers.running import detail, matching, standing
from answers.running.detail import Detail
from answers.running.expected import Kept, content
from answers.running.matching import Match
from answers.running.standing import Phase, Standing

Workspace = Any

RECENT: Final = timedelta(days=400)
"""How long before the last day of the data a plan's first day may lie that is still carried out."""

ELSEWHERE: Final = "elsewhere"
"""Owners whom the viewer does not see, as a choice."""

EFFECT: Final = {Advice.HARM: "harm", Advice.FUTILITY: "futility", Advice.BENEFIT: "benefit"}
"""What of the effect is kept among the alarms, by the name of its kind."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked.

    Attributes:
        campaign: Which campaign is looked at; empty for the most urgent.
        owner: Staff member who owns the campaigns, or `ELSEWHERE`; empty for all.
        branch: A region or branch; empty for all of the viewer's.
        alarm: ``raised`` for campaigns that ask for something today; empty for all.
    """

    campaign: str = ""
    owner: str = ""
    branch: str = ""
    alarm: str = ""


@dataclass(frozen=True, eq=False)
class Running:
    """The campaigns that run.

    Attributes:
        choice: What was asked.
        every: All of the choice, the most urgent first.
        chosen: The one that is looked at; None where none runs.
        detail: Its course.
        alarms: Alarms of the plans, the newest first.
        matches: Campaigns that look like a plan, to be confirmed.
        said: What people said of plans and campaigns.
        plan: The chosen one's plan as it was last saved.
        may_act: Whether the viewer may decide on it.
        held_out: Names of the campaigns for which nobody in these branches is called.
        branches: Names of the branches that are counted; empty for the whole bank.
        recorded: Whether any campaign is in the data at all.
        as_of: Last day of the members' table.
        version: Of the data.
        currency: Of all amounts.
    """

    choice: Choice
    every: tuple[Standing, ...]
    chosen: Standing | None
    detail: Detail | None
    alarms: tuple[Alarm, ...]
    matches: tuple[Match, ...]
    said: tuple[Said, ...]
    plan: Plan | None
    may_act: bool
    held_out: tuple[str, ...]
    branches: tuple[str, ...]
    recorded: bool
    as_of: date
    version: str
    currency: str

    def waiting(self, one: Standing) -> tuple[Alarm, ...]:
        """What of a campaign's plan asks for an answer today: the newest of each kind that nobody answered or saw."""
        return tuple(alarm for alarm in self.newest(one) if alarm.deed is None)

    def newest(self, one: Standing) -> tuple[Alarm, ...]:
        """The newest alarm of each kind of a campaign's plan that the data still raise."""
        if one.plan is None:
            return ()
        now, found = kinds(one), dict[str, Alarm]()
        for alarm in self.alarms:
            if alarm.plan_id == one.plan.plan_id and alarm.kind in now:
                found.setdefault(alarm.kind, alarm)
        return tuple(found[kind] for kind in now if kind in found)

    def settled(self, one: Standing) -> Alarm | None:
        """What was decided about the kinds that the data still raise, where nothing waits."""
        newest = self.newest(one)
        return newest[0] if newest and not self.waiting(one) and newest[0].deed is not None else None

    def asks(self, one: Standing) -> bool:
        """Whether a campaign asks for something today."""
        return bool(kinds(one)) and self.settled(one) is None


def kinds(one: Standing) -> tuple[str, ...]:
    """What a campaign asks about, the gravest first: what its effect advises while customers are called, its alarms."""
    advised = EFFECT.get(one.advice) if one.advice is not None and one.phase is Phase.CALLING else None
    order = ("complaints", "opt_outs", "satisfaction", "spending", "behind", "ahead")
    raised = {watch.value for watch in one.raised}
    return (*([advised] if advised else []), *(kind for kind in order if kind in raised))


def ask(workspace: Workspace, reader: Reader, choice: Choice) -> Running:
    """Where the campaigns of a choice stand; alarms that the data raise are remembered on the way."""
    rows = standing.rows(reader, choice.branch)
    said = matches.of(workspace, reader.scope)
    confirmed = {one.campaign_id: one.plan_id for one in said if one.state is State.CONFIRMED}
    over = {plan_id for campaign, plan_id in confirmed.items() if campaign not in set(rows["campaign_id"])}
    starts = rows.set_index("campaign_id")["starts_on"]
    began = {plan_id: starts[campaign].date() for campaign, plan_id in confirmed.items() if campaign in starts}
    every, current = _plans(workspace, reader, over, began)
    if choice.branch:  # a forecast for more branches says nothing of one alone
        own = frozenset(places.branches(reader, choice.branch))
        every = {plan_id: plan for plan_id, plan in every.items() if current[plan_id].scope.branches == own}
    chosen_rows = rows[_of_owner(reader, rows, choice)] if choice.owner else rows
    stood = [
        standing.stand(reader, str(one), choice.branch, every.get(confirmed.get(str(one), "")))
        for one in chosen_rows["campaign_id"]
    ]
    if not choice.branch:
        _remember(workspace, reader, stood)
    kept = alarms.of(workspace, {one.plan.plan_id for one in stood if one.plan is not None})
    free = [plan for plan_id, plan in every.items() if plan_id not in set(confirmed.values())]
    rejected = [(one.plan_id, one.campaign_id) for one in said if one.state is State.REJECTED]
    found = Running(
        choice,
        (),
        None,
        None,
        tuple(kept),
        matching.proposed(rows, free, confirmed, rejected) if not choice.branch else (),
        tuple(said),
        None,
        False,
        standing.held_out(reader, choice.branch),
        places.names(reader, choice.branch),
        reader.has("campaign_member"),
        reader.as_of_tables("campaign_member"),
        reader.version,
        reader.currency,
    )
    return _with_chosen(found, reader, stood, current)


def _with_chosen(found: Running, reader: Reader, stood: Sequence[Standing], current: Mapping[str, Plan]) -> Running:
    ordered = standing.most_urgent_first(stood)
    ordered.sort(key=lambda one: not found.asks(one))
    if found.choice.alarm:
        ordered = [one for one in ordered if found.asks(one)]
    asked = [one for one in ordered if one.campaign_id == found.choice.campaign]
    chosen = (asked or ordered or [None])[0]
    plan = current.get(chosen.plan.plan_id) if chosen is not None and chosen.plan is not None else None
    viewer = reader.viewer
    return replace(
        found,
        every=tuple(ordered),
        chosen=chosen,
        detail=detail.ask(reader, chosen.campaign_id, found.choice.branch, chosen.plan) if chosen else None,
        plan=plan,
        may_act=rights.may_plan(viewer, plan.scope if plan is not None else viewer.scope),
    )


def owners(reader: Reader, branch: str) -> dict[str, str]:
    """Names of who owns a campaign that runs, by identifier; whom the viewer does not see are one, without a name."""
    ids = [str(one) for one in standing.rows(reader, branch)["owner_staff_id"].dropna().unique()]
    if not ids or not reader.has("staff"):
        return {one: one for one in ids}
    people = staff.people(reader)
    names = dict(zip(people["staff_id"], people["name"], strict=True))
    if reader.scope.whole_bank:
        return {one: str(names.get(one, one)) for one in ids}
    seen = {one: str(names[one]) for one in ids if one in names}
    return seen if len(seen) == len(ids) else {**seen, ELSEWHERE: ""}


def _of_owner(reader: Reader, rows: pd.DataFrame, choice: Choice) -> pd.Series[bool]:
    if choice.owner != ELSEWHERE:
        return rows["owner_staff_id"] == choice.owner
    return rows["owner_staff_id"].notna() & ~rows["owner_staff_id"].isin(owners(reader, choice.branch))


def offered(reader: Reader, branch: str) -> dict[str, str]:
    """The campaigns that may be looked at: name by identifier."""
    rows = standing.rows(reader, branch)
    return dict(zip(map(str, rows["campaign_id"]), map(str, rows["name"]), strict=True))


def _plans(
    workspace: Workspace, reader: Reader, over: Collection[str], began: Mapping[str, date]
) -> tuple[dict[str, Kept], dict[str, Plan]]:
    """The frozen forecast that counts of each plan that may still be carried out, else its first; and the plans.

    Those whose campaign is `over`, or began long ago, need not be read; `began` has the first day of the others'.
    """
    scope: Scope = reader.scope
    since = reader.as_of - RECENT
    kept: dict[str, Kept] = {}
    current: dict[str, Plan] = {}
    heads = frozen.heads(workspace, scope)
    for plan in plans.of(workspace, scope):
        starts = [one.settings.get("starts_on", "") for one in plan.draft.scenarios]
        if plan.plan_id in over or max(starts, default="") < since.isoformat():
            continue
        current[plan.plan_id] = plan
        if held := [head for head in heads if head.plan_id == plan.plan_id]:
            first = began.get(plan.plan_id, held[0].starts_on)
            counts = content(workspace, scope, frozen.before(held, first) or held[-1])
            kept[plan.plan_id] = Kept.of(counts, plan.draft.name, plan.owner_name)
    return kept, current


def _remember(workspace: Workspace, reader: Reader, stood: Sequence[Standing]) -> None:
    raised = [
        Alarm(one.plan.plan_id, kind, reader.as_of, _told(one), reader.version)
        for one in stood
        if one.plan is not None
        for kind in kinds(one)
    ]
    if raised:
        alarms.keep(workspace, raised)


def _told(one: Standing) -> dict[str, float | None]:
    numbers = {
        "converted": one.converted,
        "expected_low": float(one.progress.expected.low[0]) if one.progress else float("nan"),
        "expected_high": float(one.progress.expected.high[0]) if one.progress else float("nan"),
        "effect_low": float(one.effect.low[0]),
        "effect_high": float(one.effect.high[0]),
        "pays_from": one.pays_from,
        "complaints": one.guardrails.complaints,
        "opted_out": one.guardrails.opted_out,
        "score": one.guardrails.score,
        "spent": one.spent,
    }
    return {name: value if isfinite(value) else None for name, value in numbers.items()}
