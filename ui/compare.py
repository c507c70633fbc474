"""What one does with a comparison: choose it, look from the other side, take along its minutes and inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st
from answers.compare import several
from answers.compare.choice import ALL, Choice, Sums
from answers.compare.compare import Comparison
from answers.compare.offered import CONTROL, EVERY, Offered
from metrics.inference.study.design import Counted, Kind
from metrics.inference.study.standing import Standing
from story import sitemap
from story.compare import bundle, called, rests, several_minutes
from story.compare import several as several_story
from story.vocabulary import names
from story.words import opened, say

from ui import choose, filters
from ui.filters import Filter
from ui.page import Page

SWAP: Final = "swap"
ALSO: Final = "also"
LOOP: Final = "loop"
DECISIONS: Final[Mapping[Standing, str]] = {
    Standing.PAYS: "scale",
    Standing.MORE: "continue",
    Standing.SHORT: "change",
    Standing.NOT_ENOUGH: "change",
    Standing.LESS: "stop",
}
"""What a verdict proposes; who decides may decide otherwise."""

ALSO_WIDGET: Final = "several"


def sides(offered: Offered, branches: Mapping[str, str]) -> Choice:
    """Draws the choice of the two sides and reads the whole choice; nothing is drawn where nothing can be compared."""
    if not offered.first:
        return Choice()
    keys = [offered.first, *(key for key in offered.offers if key != offered.first)]
    campaign = Filter("campaign", say("Campaign"), keys, lambda key: called.offer(offered.offers[key]), 215)
    filters.bar(campaign)
    key = filters.chosen(campaign)
    offer = offered.offers[key]
    a = EVERY
    if len(offer.treated) > 1:
        arms = Filter("a", say("Arm"), [EVERY, *offer.treated], lambda arm: called.arm(offer, arm), 140)
        filters.bar(arms)
        a = filters.chosen(arms)
    possible = offered.against(key, a)
    against = ""
    if possible:
        others = Filter("against", say("Against"), possible, _against(offered, key), 190)
        filters.bar(others)
        against = filters.chosen(others)
    return Choice(
        key,
        a,
        against,
        filters.parameter("who") or ALL,
        Counted.CONTACTED if filters.parameter("counted") == Counted.CONTACTED else Counted.ASSIGNED,
        Sums.CAPPED if filters.parameter("sums") == Sums.CAPPED else Sums.PLAIN,
        filters.parameter("metric"),
        choose.branch(branches),
        _beside(offered, key, a, against),
    )


def _beside(offered: Offered, key: str, a: str, against: str) -> tuple[str, ...]:
    """Draws what is set beside the two and reads it; a programme stands for itself."""
    if not offered.offers[key].campaign:
        return ()
    here = [one.key for one in several.members(offered, Choice(key, a, against))]
    options = [each for each in several.options(offered) if each not in here]
    shown = {each: several_story.member(several.named(offered, [each])[0]) for each in options}
    asked = [each for each in filters.parameter(ALSO).split(",") if each in shown]
    st.session_state[ALSO_WIDGET] = asked[: several.MOST - len(here)]
    with st.popover(say("Side by side"), icon=":material/view_column:"):
        st.multiselect(
            say("More campaigns or arms, {most} in all", most=several.MOST),
            options,
            format_func=shown.__getitem__,
            key=ALSO_WIDGET,
            max_selections=several.MOST - len(here),
            on_change=_also_to_url,
            placeholder=say("add"),
        )
    return tuple(st.session_state[ALSO_WIDGET])


def _also_to_url() -> None:
    if chosen := st.session_state[ALSO_WIDGET]:
        st.query_params[ALSO] = ",".join(chosen)
    else:
        st.query_params.pop(ALSO, None)


def decides(judges: Sequence[str]) -> None:
    """Draws what decides among several, where there is a choice."""
    if len(judges) > 1:
        filters.bar(Filter("metric", say("Decides"), judges, _decides, 240))


def _against(offered: Offered, key: str) -> Callable[[str], str]:
    offer = offered.offers[key]

    def written(value: str) -> str:
        if value == CONTROL or value in offer.treated:
            return say("against {name}", name=called.arm(offer, value))
        return say("against {name}", name=names([offered.offers[value].name])[0])

    return written


def reading(answer: Comparison) -> None:
    """Draws how it is looked at: which customers, whom the effect is told of, large sums, what decides."""
    groups = {ALL: say("all customers"), **{f"{key}-{value}": called.group(key, value) for key, value in answer.groups}}
    filters.bar(Filter("who", say("Customers"), list(groups), groups.__getitem__, 170))
    drawn: list[Filter] = []
    design = answer.study.design
    if design.kind is Kind.ARMS and design.randomised and not design.by_branch:
        counted = {Counted.ASSIGNED: say("as assigned"), Counted.CONTACTED: say("on those contacted")}
        drawn.append(Filter("counted", say("Counted"), list(counted), lambda value: counted[Counted(value)], 165))
    sums = {Sums.PLAIN: say("all sums in full"), Sums.CAPPED: say("largest 1 % capped")}
    drawn.append(Filter("sums", say("Large sums"), list(sums), lambda value: sums[Sums(value)], 165))
    if len(answer.judges) > 1:
        drawn.append(Filter("metric", say("Decides"), answer.judges, _decides, 205))
    with st.popover(say("Reading"), icon=":material/tune:"):
        filters.bar(*drawn)


def _decides(metric: str) -> str:
    return say("by {metric}", metric=called.metric_word(metric))


def swapped() -> bool:
    """Whether the comparison is looked at from the other side."""
    return filters.parameter(SWAP) == "1"


def tools(page: Page, answer: Comparison) -> None:
    """Buttons that swap the sides, show the minutes, and hand out the inputs with their script."""
    swap = swapped()
    with page.tools:
        st.button(say("Swap"), icon=":material/swap_horiz:", type="tertiary", on_click=_turn, key="swap")
        _taken(page, lambda: rests.minutes(answer, swap=swap), lambda: bundle.bundle(answer))
        decide(answer)


def tools_of_several(page: Page, answer: several.Several) -> None:
    """The same of several side by side; there is nothing to swap."""
    with page.tools:
        _taken(page, lambda: several_minutes.minutes(answer), lambda: bundle.of_several(answer))


def _taken(page: Page, minutes: Callable[[], str], inputs: Callable[[], bytes]) -> None:
    with st.popover(say("Minutes"), icon=":material/content_copy:", type="tertiary"):
        st.caption(say("Verdict, numbers and method as text; copy it with the button in its corner."))
        st.code(minutes(), language=None, wrap_lines=True, height=340)
    st.download_button(
        say("Inputs"),
        page.delivered("comparison.zip", inputs),
        "comparison.zip",
        "application/zip",
        icon=":material/calculate:",
        type="tertiary",
        on_click="ignore",
        key="inputs",
        help=opened(say("the counts behind the verdict, and a script that recomputes it")),
    )


def decide(answer: Comparison) -> None:
    """A link that carries verdict, numbers and data version to where it is decided; none without that page."""
    if answer.picked.kind is not Kind.ARMS or answer.picked.a.holdout or all(row.key != LOOP for row in sitemap.ROWS):
        return
    told = dict.fromkeys((key for key in filters.current() if key != "branch"), "")
    told |= {"campaign": answer.picked.a.key, "decide": DECISIONS.get(answer.study.verdict, "")}
    filters.link_to(LOOP, say("Decide"), ":material/gavel:", **told, because=rests.because(answer))


def _turn() -> None:
    if filters.parameter(SWAP) == "1":
        st.query_params.pop(SWAP, None)
    else:
        st.query_params[SWAP] = "1"
