"""The judged past of the demo bank: what its people would have said of the campaigns that were planned and are over.

Everything goes through the doors that people's own words go through, by the demo people, dated as they would have been;
the audit log has the true moment. The last campaigns wait: some to be evaluated, some to be decided on, one to be
approved, and a few actions are open, one of them late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from data_access.demo.people import PEOPLE
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace import moment
from data_access.workspace.loop import actions, decisions, evaluations
from data_access.workspace.loop.actions import Asked
from data_access.workspace.loop.decisions import Draft, Verdict
from metrics.inference.comparison.verdict import Grade

from answers.loop import forecasts
from answers.loop.evaluated import Evaluated, evaluate
from answers.plan.learned import learned

Workspace = Any

UNSAID: Final = 3
"""Campaigns that ended last: nobody has evaluated them."""

UNDECIDED: Final = 3
"""The ones before: evaluated, and not decided on, but for the first, which waits to be approved."""

EVERY: Final = 3
"""Of so many actions one is the bank's."""

OPEN: Final = 5
"""The ones before: decided, and what was asked is open."""

_MORNING: Final = time(2, 10)
_DAYS_TO_SAY: Final = (9, 14, 19, 25, 12)
_DAYS_TO_DECIDE: Final = (4, 6, 3, 8)
_DUE_IN: Final = (-4, 3, 6, 11, 19)
"""Days from the last day of the data, of the open actions."""

_CAME: Final = (
    "参与低于预期下限 Fewer took part than the forecast allowed",
    "参与符合预期 As many took part as forecast",
    "参与高于预期上限 More took part than the forecast allowed",
)
_BROUGHT: Final = {
    "lost": "增量收益未覆盖费用，按现方案不再做 what it added did not cover its cost: not again like this",
    "paid": "增量收益高于费用，值得扩大 what it added exceeded its cost: worth doing for more customers",
    "open": "盈亏尚不能判断，需要更大的对照组 whether it paid cannot be told: it needs a larger control group",
    "none": "没有对照组，无法判断增量 nobody was held out, so that what it added cannot be told",
}
_DECIDED: Final = {
    "lost": (Verdict.STOP, "增量收益未覆盖费用 What it added did not cover its cost"),
    "paid": (Verdict.SCALE, "每一元费用都有回报 Every yuan spent came back"),
    "open": (Verdict.CONTINUE, "方向正确但证据不足 The direction is right, the evidence thin"),
    "none": (Verdict.CHANGE, "下一期必须留出对照组 The next edition has to hold customers out"),
}
_ASKED: Final = {
    Verdict.STOP: "通知供应商并停用物料 Tell the supplier and take the material down",
    Verdict.SCALE: "下一期扩大到全部网点 Plan the next edition for all branches",
    Verdict.CONTINUE: "下一期对照组提高到两成 Hold out a fifth in the next edition",
    Verdict.CHANGE: "更换礼品并重写话术 Change the gift and rewrite the script",
}


def judge_the_past(
    readers: Sequence[Reader],
    workspace: Workspace,
    *,
    before_each: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Say what is not said yet; how many campaigns were evaluated.

    Args:
        readers: Those of the demo people; nothing is done for those of any other bank.
        workspace: Where it is kept. What is there already is left as it is.
        before_each: Called before each campaign with how many are done and of how many: others may go first then.
    """
    people = {one.viewer.role: one for one in readers if one.source == "demo" and one.scope.whole_bank}
    if not {Role.PLANNER, Role.EXECUTIVE} <= set(people):
        return 0
    reader, lead = people[Role.PLANNER], people[Role.EXECUTIVE].viewer
    every = campaigns.catalogue(reader)
    began = dict(zip(every["campaign_id"].astype(str), every["starts_on"], strict=True))
    known = forecasts.of_campaigns(workspace, WHOLE_BANK, began)
    past = learned(reader).past
    past = past[past["campaign_id"].isin(list(known))].copy()
    past["matured"] = [_matured(row) for row in past.to_dict("records")]
    last_first = [*past.sort_values(["matured", "campaign_id"], ascending=False).to_dict("records")]
    said, made = evaluations.latest(workspace), 0
    unsaid = {key for row in last_first[UNSAID:] if (key := str(row["campaign_id"])) not in said}
    for place, row in enumerate(last_first[UNSAID:]):
        key = str(row["campaign_id"])
        if key not in unsaid:
            continue
        before_each(made, len(unsaid))
        if (found := evaluate(reader, key, known[key])) is not None:
            _judge(workspace, (reader.viewer, lead), found, (reader.version, reader.as_of), row["matured"], place)
            made += 1
    return made


def _judge(
    workspace: Workspace,
    who: tuple[Viewer, Viewer],
    found: Evaluated,
    data: tuple[str, date],
    matured: date,
    place: int,
) -> None:
    """Evaluate a campaign, decide on it, approve that, and close what it asked, as far as its place says."""
    (planner, lead), (version, as_of) = who, data
    plan_id = found.forecast.head.plan_id if found.forecast else None
    result = _result(found)
    at = matured + timedelta(days=_DAYS_TO_SAY[place % len(_DAYS_TO_SAY)])
    with moment.told_as(_moment(min(at, as_of))):
        text = _both(_CAME[_side(found)], _BROUGHT[result])
        evaluations.write(workspace, planner, found.campaign_id, text, found.figures, version, plan_id=plan_id)
    if 0 < place < UNDECIDED:
        return
    verdict, reason = _DECIDED[result]
    owner, branch = _owner(place, planner)
    open_ = place - UNDECIDED
    decided_on = min(at + timedelta(days=_DAYS_TO_DECIDE[place % len(_DAYS_TO_DECIDE)]), as_of)
    due = as_of + timedelta(days=_DUE_IN[open_]) if 0 <= open_ < OPEN else decided_on + timedelta(days=14)
    with moment.told_as(_moment(decided_on)):
        asked = Asked(_ASKED[verdict], owner, due, branch)
        draft = Draft(verdict, reason, planner.email, due)
        made = decisions.decide(workspace, planner, found.campaign_id, draft, plan_id=plan_id, asked=[asked])
    if place == 0:
        return
    with moment.told_as(_moment(min(decided_on + timedelta(days=1), as_of))):
        decisions.approve(workspace, lead, made)
    if open_ >= OPEN:
        with moment.told_as(_moment(min(due, as_of))):
            for one in actions.of(workspace, WHOLE_BANK):
                if one.campaign_id == found.campaign_id:
                    actions.close(workspace, planner, one)


def _result(found: Evaluated) -> str:
    if not found.well_run:
        return "none"
    return {Grade.LOWERED: "lost", Grade.RAISED: "paid"}.get(found.returned, "open")


def _side(found: Evaluated) -> int:
    """0 below, 1 inside, 2 above the 80 % limits of participation."""
    assert found.forecast is not None  # noqa: S101 - told by the caller
    low, high = found.forecast.bands["participation"].near
    came = found.actual["participation"]
    return 1 + int(came > high) - int(came < low)


def _both(one: str, other: str) -> str:
    """Two sentences, each Chinese first, as one text that a reader sees in their language."""
    (zh, en), (more_zh, more_en) = (sentence.split(" ", 1) for sentence in (one, other))
    return f"{zh}；{more_zh}。 {en}; {more_en}."


def _owner(place: int, planner: Viewer) -> tuple[str, str | None]:
    """Every third is the bank's, the others are those of the branch heads in turn."""
    heads = [person for person in PEOPLE if person.branches]
    if place % EVERY == 0:
        return planner.email, None
    head = heads[place % len(heads)]
    return head.email, head.branches[0]


def _matured(row: Any) -> date:
    ends_on: datetime = row["ends_on"]
    return ends_on.date() + timedelta(days=int(row["attribution_days"]))


def _moment(day: date) -> datetime:
    return datetime.combine(day, _MORNING)
