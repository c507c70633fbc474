"""The page of a plan drawn: scenarios, fields, what was saved meanwhile, freezing and the audience to take along."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st
from answers.plan import assignment, cited, split
from answers.plan.plan import PlanAnswer
from answers.plan.split import Split
from data_access.workspace.loop import frozen, plans
from data_access.workspace.loop.frozen import Frozen
from data_access.workspace.loop.plans import MOST_SCENARIOS
from story.figures import moment
from story.loop.board import person
from story.parts import Block
from story.plan import plan as story
from story.plan.words import field
from story.text import one_line
from story.vocabulary import names
from story.words import say, sentences

from ui import emphasis, filters, navigation
from ui.markdown import plain
from ui.page import Page
from ui.plan import desk as desks
from ui.plan import inputs
from ui.plan.desk import CLASH, NAME, REFUSED, SAID, SCENARIO, Clash, Desk
from ui.take import purpose

SHOWN_PLANS: Final = 8
SHOWN_DIGITS: Final = 12


def page(here: Page) -> None:
    """All of it: the answer before the inputs, because the finding is the title."""
    desk = desks.open_desk(here)
    answer = desk.answer()
    product = desk.offered.products.get(desk.planned.scenario.product, "")
    lessons, ways = cited.ask(desk.workspace, answer), _ways_to_split(desk)
    told = story.tell(answer, desk.beside(), product, _split(desk, answer, ways), desk.offered.branches, lessons)
    here.lead(told)
    with here.controls:
        _bar(desk)
        filters.select("split", ways, say("Optimise"))
    inputs.draw(desk.planned, desk.base, desk.offered, answer)
    _said(desk)
    here.show(told, {story.FREEZE: partial(_freeze, desk, answer)})


def _bar(desk: Desk) -> None:
    """Which scenario, and what can be done with the plan."""
    if desk.seen is not None and len(desk.seen.draft.scenarios) > 1:
        called = {str(place): one_line(one.name) for place, one in enumerate(desk.seen.draft.scenarios, start=1)}
        st.session_state["plan_place"] = str(desk.place)
        st.segmented_control(
            say("Scenario"),
            list(called),
            format_func=lambda place: plain(called[place]),
            key="plan_place",
            required=True,
            on_change=lambda: desks.go_to(desk, int(st.session_state["plan_place"])),
            label_visibility="collapsed",
            wrap=True,
        )
    name = names([desk.seen.draft.name])[0] if desk.seen else say("New plan")
    with st.popover(plain(name), icon=":material/folder_open:", type="tertiary"):
        _plans(desk)
    if desk.may_plan:
        with st.popover(say("Save"), icon=":material/save:", type="tertiary"):
            _save(desk)


def _ways_to_split(desk: Desk) -> dict[str, str]:
    """By what the budget can be split, and what that is called."""
    ways = {
        "": say("no split"),
        "tier": say("split by tier, channel, branch"),
        "segment": say("split by class, channel, branch"),
    }
    if not desk.offered.segments:
        del ways["segment"]
    return ways


def _split(desk: Desk, answer: PlanAnswer, ways: dict[str, str]) -> Split | None:
    """Where the budget would go, if that was asked."""
    by = filters.chosen(filters.Filter("split", say("Optimise"), list(ways), ways.__getitem__))
    return split.ask(desk.page.reader, answer, "segment" if by == "segment" else "tier") if by else None


def _plans(desk: Desk) -> None:
    """The plans that the viewer may see, the one saved last first."""
    found = plans.of(desk.workspace, desk.page.reader.scope)
    if not found:
        st.caption(say("No plan saved yet."))
    called = names([one.draft.name for one in found[:SHOWN_PLANS]])
    for one, name in zip(found, called, strict=False):
        st.page_link(
            navigation.path("plan"),
            label=plain(sentences([name, *names([one.owner_name])])),
            query_params={desks.PLAN: one.plan_id},
        )
    if desk.seen is not None:
        st.page_link(navigation.path("plan"), label=say("Begin a new plan"), icon=":material/add:", query_params={})
        if desk.may_plan:
            st.button(
                say("Put this plan away"),
                icon=":material/archive:",
                type="tertiary",
                on_click=desks.archive,
                args=(desk,),
            )
    if away := st.session_state.get("archived_plan"):
        st.button(say("Bring the plan back"), icon=":material/undo:", on_click=desks.bring_back, args=(desk, str(away)))


def _save(desk: Desk) -> None:
    key = f"{desk.seen.plan_id}_{desk.seen.version}_{desk.place}" if desk.seen else "new"
    if st.session_state.get("plan_named") != key:
        st.session_state["plan_named"] = key
        st.session_state[NAME], st.session_state[SCENARIO] = desk.draft.name, desk.scenario_name
    st.text_input(say("Name of the plan"), key=NAME, max_chars=plans.LONGEST_NAME)
    st.text_input(say("Name of the scenario"), key=SCENARIO, max_chars=plans.LONGEST_NAME)
    st.button(say("Save the plan"), key="save_plan", type=emphasis.main(), on_click=desks.save, args=(desk,))
    if desk.seen is None:
        return
    full = len(desk.seen.draft.scenarios) >= MOST_SCENARIOS
    st.button(
        say("Save as one more scenario"),
        key="add_scenario",
        disabled=full,
        help=say("A plan holds at most four scenarios.") if full else None,
        on_click=desks.add,
        args=(desk,),
    )
    st.button(say("Copy as a plan of my own"), key="copy_plan", on_click=desks.copy, args=(desk,))
    if desk.seen.version > 1:
        st.button(say("Undo the last save"), key="undo_plan", icon=":material/undo:", on_click=desks.undo, args=(desk,))
    st.caption(
        plain(
            say(
                "Version {version}, saved by {who}, {moment} UTC. Every version is kept.",
                version=desk.seen.version,
                who=person(desk.seen.saved_by, desk.page.colleagues),
                moment=moment(desk.seen.saved_at),
            )
        )
    )


def _said(desk: Desk) -> None:
    if refused := st.session_state.pop(REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    if said := st.session_state.pop(SAID, ""):
        st.caption(plain(said))
    clash = st.session_state.get(CLASH)
    if isinstance(clash, Clash) and desk.seen is not None and clash.theirs.plan_id == desk.seen.plan_id:
        _clash(desk, clash)
    elif desk.seen is not None and desk.latest is not None and desk.latest.version > desk.seen.version:
        st.caption(
            plain(
                say(
                    "{who} saved version {version} of this plan meanwhile; you look at version {seen}.",
                    who=person(desk.latest.saved_by, desk.page.colleagues),
                    version=desk.latest.version,
                    seen=desk.seen.version,
                )
            )
        )


def _clash(desk: Desk, clash: Clash) -> None:
    """Two people saved one plan: the second sees what differs, field by field, and chooses."""
    with st.container(border=True):
        st.markdown(
            plain(
                say(
                    "{who} saved this plan while you changed it. Nothing was saved and nothing is lost.",
                    who=person(clash.theirs.saved_by, desk.page.colleagues),
                )
            )
        )
        none = say("none")
        st.table(  # pyright: ignore[reportUnknownMemberType]
            [
                {
                    say("Field"): plain(field(one.field)),
                    say("Before"): plain(one_line(one.before or none)),
                    say("Theirs"): plain(one_line(one.theirs or none)),
                    say("Yours"): plain(one_line(one.mine or none)),
                }
                for one in clash.differences
            ],
            border="horizontal",
        )
        with st.container(horizontal=True):
            for how, label in (
                ("merge", say("Save mine, with what they alone changed")),
                ("theirs", say("Take theirs")),
                ("copy", say("Keep mine as a copy")),
            ):
                st.button(label, key=f"settle_{how}", on_click=desks.settle, args=(desk, clash, how))


def _freeze(desk: Desk, answer: PlanAnswer, _block: Block) -> None:
    """What freezing means before its button; afterwards the audience by lot."""
    kept = frozen.of(desk.workspace, desk.page.reader.scope, desk.seen.plan_id) if desk.seen else []
    own = [one for one in kept if one.content.version == (desk.seen.version if desk.seen else 0)]
    here = [one for one in own if one.content.place == desk.place and not desk.changed]
    with st.container(border=True):
        st.markdown(plain(story.freezing()))
        if here:
            _frozen(desk, answer, here[0])
        elif not desk.may_plan:
            st.caption(say("Planners and branch heads freeze plans."))
        else:
            st.button(
                say("Freeze this plan"),
                key="freeze_plan",
                icon=":material/lock:",
                type=emphasis.main(),
                disabled=answer.fan is None,
                help=None if answer.fan else say("There is nothing to freeze until there is a forecast."),
                on_click=desks.freeze_now,
                args=(desk, answer),
                width="stretch",
            )


def _frozen(desk: Desk, answer: PlanAnswer, kept: Frozen) -> None:
    st.caption(
        plain(
            say(
                "Frozen {moment} UTC by {who}, {digest}.",
                moment=moment(kept.frozen_at),
                who=person(kept.frozen_by, desk.page.colleagues),
                digest=kept.digest[:SHOWN_DIGITS],
            )
        )
    )
    st.caption(plain(story.kept_said(kept.content.kept["forecast"])))
    reader, scenario = desk.page.reader, answer.scenario
    if not reader.viewer.may_see_customers:
        st.caption(say("The audience names customers, and your rights do not show them."))
        return
    if kept.content.data_version != reader.version:
        st.caption(say("The data were loaded anew since; the audience is drawn from those of today."))
    stated = purpose.asked()
    if not stated:
        return
    name = desk.seen.draft.name if desk.seen else ""
    campaign = f"PLAN-{kept.digest[:SHOWN_DIGITS]}"
    files = (
        (
            say("Audience as a feed"),
            f"{campaign}.zip",
            lambda: assignment.feed(assignment.ask(reader, scenario), scenario, campaign, name),
        ),
        (
            say("Who is left out, and why"),
            f"{campaign}-left-out.csv",
            lambda: assignment.left_out(assignment.ask(reader, scenario)),
        ),
    )
    for label, file, make in files:
        st.download_button(
            label,
            desk.page.delivered(file, make, purpose=stated, plan=kept.digest),
            file_name=file,
            key=f"download_{file}",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
        )
