"""A planner's desk: which plan and scenario the URL names, what is saved of it, and what becomes of a click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st
from answers.plan import freeze
from answers.plan import plan as answers
from answers.plan import scenario as scenarios
from answers.plan.learned import default
from answers.plan.offered import Offered, offered
from answers.plan.plan import PlanAnswer
from answers.plan.scenario import Fault, Scenario
from data_access.errors import AccessError, WorkspaceError
from data_access.workspace import rights
from data_access.workspace.loop import frozen, plans
from data_access.workspace.loop.plans import Difference, Draft, Plan, PlanChangedError
from metrics.catalogue.entry import marked as _
from story import refusal
from story.words import say, speak

from ui import filters
from ui.page import Page
from ui.plan import handed_over, inputs
from ui.plan.inputs import Planned

PLAN: Final = "plan"
VERSION: Final = "v"
PLACE: Final = "place"
NAME: Final = "plan_name"
SCENARIO: Final = "scenario_name"
REFUSED: Final = "refused_plan"
SAID: Final = "said_plan"
CLASH: Final = "clash_plan"


@dataclass(frozen=True, slots=True)
class Clash:
    """What somebody else saved meanwhile, and what was to be saved."""

    theirs: Plan
    mine: Draft
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one run of the page works on.

    Attributes:
        page: The open page.
        seen: The plan in the version that the URL names; None for one that was never saved.
        latest: The same as it was last saved.
        place: Scenario that is looked at, from 1.
        base: That scenario as it was saved.
        planned: The same with what was changed since.
        offered: What can be chosen.
    """

    page: Page
    seen: Plan | None
    latest: Plan | None
    place: int
    base: Scenario
    planned: Planned
    offered: Offered

    @property
    def workspace(self) -> Any:
        """Where plans are kept."""
        return self.page.workspace

    @property
    def may_plan(self) -> bool:
        """Whether the viewer may save for the plan's branches, or for their own."""
        viewer = self.page.reader.viewer
        return rights.may_plan(viewer, self.seen.scope if self.seen else viewer.scope)

    @property
    def draft(self) -> Draft:
        """The plan with what was changed, as it would be saved."""
        now = plans.Scenario(self.scenario_name, self.planned.scenario.settings())
        if self.seen is None:
            return Draft(say("New plan"), (now,))
        held = list(self.seen.draft.scenarios)
        held[self.place - 1] = now
        return Draft(self.seen.draft.name, tuple(held))

    @property
    def scenario_name(self) -> str:
        """Name of the scenario that is looked at."""
        return self.seen.draft.scenarios[self.place - 1].name if self.seen else "A"

    @property
    def changed(self) -> bool:
        """Whether something was changed since it was saved."""
        return self.planned.scenario != self.base or bool(self.planned.faults)

    def answer(self) -> PlanAnswer:
        """The answer of the scenario that is looked at."""
        return answers.ask(self.page.reader, self.planned.scenario, self.planned.faults)

    def beside(self) -> tuple[tuple[str, PlanAnswer], ...]:
        """All scenarios of the plan, each with its answer."""
        first, reader = default(self.page.reader), self.page.reader
        read = [(one.name, *scenarios.read(one.settings, first)) for one in self.draft.scenarios]
        return tuple((name, answers.ask(reader, scenario, faults)) for name, scenario, faults in read)


def open_desk(page: Page) -> Desk:
    """Reads the URL: the plan, its version and scenario, and what was changed; what it does not know is the default."""
    first, scope, may = default(page.reader), page.reader.scope, offered(page.reader)
    if said := handed_over.take(may):
        st.session_state[SAID] = said
    latest = plans.find(page.workspace, scope, filters.parameter(PLAN)) if filters.parameter(PLAN) else None
    seen = latest
    asked = filters.parameter(VERSION)
    if latest is not None and asked.isdecimal() and int(asked) != latest.version:
        seen = plans.find(page.workspace, scope, latest.plan_id, int(asked)) or latest
    place, base, unread = 1, first, tuple[Fault, ...]()
    if seen is not None:
        number = filters.parameter(PLACE)
        place = int(number) if number.isdecimal() and 1 <= int(number) <= len(seen.draft.scenarios) else 1
        base, unread = scenarios.read(seen.draft.scenarios[place - 1].settings, first)
        st.query_params[VERSION] = str(seen.version)
    return Desk(page, seen, latest, place, base, inputs.read(base, unread), may)


def save(desk: Desk) -> None:
    """Saves what was changed as a new version; a plan that was never saved is begun."""

    def deed() -> Plan:
        draft = _named(desk)
        if desk.seen is None:
            branches = desk.planned.scenario.branches
            return plans.begin(desk.workspace, desk.page.reader.viewer, draft, branches)
        return plans.save(desk.workspace, desk.page.reader.viewer, desk.seen, draft)

    _tried(desk, deed, _("Saved."))


def add(desk: Desk) -> None:
    """Saves what is looked at as one more scenario beside the others, and goes there."""

    def deed() -> Plan:
        if desk.seen is None:
            raise WorkspaceError(say("Save the plan first. Then another scenario can stand beside it."))
        now = plans.Scenario(_next_name(desk.seen), desk.planned.scenario.settings())
        draft = Draft(desk.seen.draft.name, (*desk.seen.draft.scenarios, now))
        return plans.save(desk.workspace, desk.page.reader.viewer, desk.seen, draft)

    _tried(desk, deed, _("Saved as one more scenario."), last=True)


def copy(desk: Desk, draft: Draft | None = None) -> None:
    """Begins a plan of one's own with all scenarios as they are."""

    def deed() -> Plan:
        own = draft or desk.draft
        name = say("{name} (copy)", name=own.name)[: plans.LONGEST_NAME]
        return plans.begin(
            desk.workspace, desk.page.reader.viewer, replace(own, name=name), desk.planned.scenario.branches
        )

    _tried(desk, deed, _("Copied: this is a plan of your own."))


def undo(desk: Desk) -> None:
    """Brings back the version before the one that was seen."""
    if (seen := desk.seen) is not None:
        _tried(desk, lambda: plans.undo(desk.workspace, desk.page.reader.viewer, seen), _("As it was before."))


def archive(desk: Desk) -> None:
    """Puts the plan away; the list of plans brings it back."""
    if (seen := desk.seen) is None:
        return

    def deed() -> None:
        plans.archive(desk.workspace, desk.page.reader.viewer, seen.plan_id)

    if _done(desk, deed):
        st.session_state["archived_plan"] = seen.plan_id
        _forget_changes(desk)
        for name in (PLAN, VERSION, PLACE):
            st.query_params.pop(name, None)


def bring_back(desk: Desk, plan_id: str) -> None:
    """Undoes `archive`."""
    if _done(desk, lambda: plans.bring_back(desk.workspace, desk.page.reader.viewer, plan_id)):
        st.session_state.pop("archived_plan", None)
        st.query_params[PLAN] = plan_id


def settle(desk: Desk, clash: Clash, how: str) -> None:
    """After a clash: ``merge`` saves mine over theirs where both differ, ``theirs`` drops mine, ``copy`` keeps both."""
    st.session_state.pop(CLASH, None)
    if how == "merge":
        draft = plans.merged(clash.differences, clash.mine)
        viewer = desk.page.reader.viewer
        _tried(desk, lambda: plans.save(desk.workspace, viewer, clash.theirs, draft), _("Saved over theirs."))
    elif how == "copy":
        copy(desk, clash.mine)
    else:
        _show(desk, clash.theirs)


def freeze_now(desk: Desk, answer: PlanAnswer) -> None:
    """Keeps the forecast for good; what was changed is saved first."""
    speak(filters.language())

    def deed() -> None:
        viewer = desk.page.reader.viewer
        kept = desk.seen
        if kept is None:
            kept = plans.begin(desk.workspace, viewer, _named(desk), desk.planned.scenario.branches)
        elif desk.changed:
            kept = plans.save(desk.workspace, viewer, kept, _named(desk))
        _show(desk, kept)
        made = freeze.content(desk.page.reader, answer, kept.plan_id, kept.version, desk.place)
        frozen.freeze(desk.workspace, viewer, kept, made)

    if _done(desk, deed):
        st.session_state[SAID] = say("Frozen. Nobody can rewrite it now.")


def _named(desk: Desk) -> Draft:
    """The draft with the names that were typed."""
    name = str(st.session_state.get(NAME, "")).strip() or desk.draft.name
    scenario = str(st.session_state.get(SCENARIO, "")).strip() or desk.scenario_name
    held = list(desk.draft.scenarios)
    held[desk.place - 1] = plans.Scenario(scenario, held[desk.place - 1].settings)
    return Draft(name, tuple(held))


def _next_name(plan: Plan) -> str:
    taken = {one.name for one in plan.draft.scenarios}
    return next((name for name in "ABCDEFGH" if name not in taken), "A")


def _tried(desk: Desk, deed: Callable[[], Plan], said: str, *, last: bool = False) -> None:
    """Shows what was made of the plan; `said` is marked only, for before `_done` no language is set."""
    made: list[Plan] = []
    if _done(desk, lambda: made.append(deed())):
        _show(desk, made[0], place=len(made[0].draft.scenarios) if last else None)
        st.session_state[SAID] = say(said)


def _done(desk: Desk, deed: Callable[[], object]) -> bool:
    """Whether it was done; what stood in the way is said with the next run, and nothing that was chosen is lost."""
    speak(filters.language())  # a callback runs before the page has set it
    try:
        desk.page.confirm()
        deed()
    except PlanChangedError as meanwhile:
        st.session_state[CLASH] = Clash(meanwhile.theirs, desk.draft, meanwhile.differences)
    except (AccessError, WorkspaceError) as error:
        st.session_state[REFUSED] = refusal.why(error)
    else:
        return True
    return False


def _show(desk: Desk, kept: Plan, place: int | None = None) -> None:
    _forget_changes(desk)
    st.query_params[PLAN], st.query_params[VERSION] = kept.plan_id, str(kept.version)
    st.query_params[PLACE] = str(place or desk.place)


def _forget_changes(desk: Desk) -> None:
    for name in desk.base.settings():
        st.query_params.pop(name, None)


def go_to(desk: Desk, place: int) -> None:
    """Looks at another scenario; what was changed in this one and not saved is dropped."""
    _forget_changes(desk)
    st.query_params[PLACE] = str(place)
