"""Whom, what, when, how much: the fields of a scenario, each in the URL, in one row of popovers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import streamlit as st
from answers.plan import scenario as scenarios
from answers.plan.offered import Offered
from answers.plan.plan import PlanAnswer
from answers.plan.scenario import A_CUSTOMER, COST, FURTHEST, IN_ALL, INSIDE, SEPARATOR, Fault, Scenario
from data_access.audience import OWN, TREATED
from story import figures
from story.plan.checks import nobody_held_out
from story.plan.words import fault, field, own_fact
from story.summary.tier_names import tier
from story.text import one_line
from story.vocabulary import names, term
from story.words import listed, opened, say

from ui import filters
from ui.markdown import plain

_PARTS: Final = re.compile("[;,\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}]")
_SHARE: Final = re.compile("\\s*(\\d+)\\s*[%\N{FULLWIDTH PERCENT SIGN}]?$")
KINDS: Final = tuple(COST + kind for kind in (*A_CUSTOMER, *IN_ALL))
PARTS_OF_A_TAG: Final = 3
ALL: Final = ("size", "0")
"""What stands for an empty field."""
MONEY: Final = ("each", "fixed", *KINDS, "target", "budget")


@dataclass(frozen=True, slots=True)
class Planned:
    """What the URL says.

    Attributes:
        scenario: As values; the default stands in for what cannot be read.
        faults: What cannot be read.
    """

    scenario: Scenario
    faults: tuple[Fault, ...]


def read(base: Scenario, unread: tuple[Fault, ...] = ()) -> Planned:
    """The scenario of the URL: what it holds of the fields, over a base of which some could not be read."""
    held = {name: filters.parameter(name) for name in base.settings() if name in st.query_params}
    scenario, faults = scenarios.read(held, base)
    return Planned(scenario, (*faults, *(found for found in unread if found.field not in held)))


def draw(planned: Planned, base: Scenario, offered: Offered, answer: PlanAnswer) -> None:
    """The four popovers. A field that is impossible says why, in its place."""
    fields = _Fields(planned.scenario, base, answer)
    treated = figures.number(answer.treated + answer.control)
    product = names([offered.products[planned.scenario.product]])[0] if fields.known_product(offered) else ""
    when = figures.short_day(planned.scenario.starts_on) + figures.DASH + figures.short_day(planned.scenario.ends_on)
    money = figures.money(answer.fan.intervals["cost"].estimate.item(), answer.currency) if answer.fan else ""
    what = listed([*([product] if product else []), *(term(channel) for channel in planned.scenario.channels)])
    labels = (
        (say("Whom"), treated, "group", _whom),
        (say("What"), what, "redeem", _what),
        (say("When"), when, "event", _when),
        (say("How much"), money, "payments", _how_much),
    )
    with st.container(horizontal=True, gap="small"):
        for label, shown, icon, inside in labels:
            text = plain(say("**{label}** {value}", label=label, value=shown)).replace(r"\*\*", "**")
            with st.popover(text, icon=f":material/{icon}:", width="stretch"):
                inside(fields, offered)


@dataclass(frozen=True, slots=True)
class _Fields:
    """Draws fields of one scenario."""

    scenario: Scenario
    base: Scenario
    answer: PlanAnswer

    def known_product(self, offered: Offered) -> bool:
        return self.scenario.product in offered.products

    def several(self, name: str, called: Mapping[str, str], *, every: str) -> None:
        """Some of many; none chosen is all."""
        widget, held = _widget(name), getattr(self.scenario, name)
        options = list(dict.fromkeys([*called, *held]))
        st.session_state[widget] = list(held)
        st.multiselect(
            field(name),
            options,
            format_func=lambda value: called.get(value, one_line(value)),
            placeholder=every,
            key=widget,
            on_change=self._changed,
            args=(name, SEPARATOR.join),
        )
        self._why(name)

    def one(self, name: str, called: Mapping[str, str]) -> None:
        """One of many."""
        widget, held = _widget(name), getattr(self.scenario, name)
        options = list(dict.fromkeys([*called, held]))
        st.session_state[widget] = held
        st.selectbox(
            field(name),
            options,
            format_func=lambda value: called.get(value, one_line(value)),
            key=widget,
            on_change=self._changed,
            args=(name, str),
        )
        self._why(name)

    def day(self, name: str) -> None:
        """A day."""
        widget = _widget(name)
        held = getattr(self.scenario, name)
        first, last = min(held, self.answer.as_of - FURTHEST), max(held, self.answer.as_of + FURTHEST)
        st.session_state[widget] = held
        st.date_input(
            field(name),
            min_value=first,
            max_value=last,
            format="YYYY-MM-DD",
            key=widget,
            on_change=self._changed,
            args=(name, _day),
        )
        self._why(name)

    def number(self, name: str, *, help_text: str = "") -> None:
        """A whole number or an amount, as it is typed: what cannot be read is a fault, and is not lost."""
        widget, held = _widget(name), filters.parameter(name) or self.scenario.settings()[name]
        money = name in MONEY
        unit = figures.minor_units(self.answer.currency) if money else 1
        if any(found.field == name and found.code == "no_number" for found in self.answer.faults):
            shown = held
        else:
            shown = _typed(int(held), unit) if held and (name, held) != ALL else ""
        st.session_state[widget] = shown
        label = field(name)
        if money:
            label = say("{name}, {unit}", name=label, unit=figures.currency_unit(self.answer.currency))
        st.text_input(label, key=widget, help=help_text or None, on_change=self._changed, args=(name, _number(unit)))
        self._why(name)

    def arms(self) -> None:
        """Ways of contacting with their shares, as they are typed: what cannot be read is a fault, and is not lost."""
        widget, held = _widget("arms"), self.scenario.arms
        st.session_state[widget] = "; ".join(arm.replace(INSIDE, " ") for arm in held)
        help_text = say("To compare ways of contacting, such as small gift 50; large gift 50. Empty for one.")
        st.text_input(field("arms"), key=widget, help=help_text, on_change=self._changed, args=("arms", _arms))
        self._why("arms")

    def _why(self, name: str) -> None:
        for found in self.answer.faults:
            if found.field == name:
                st.caption(f":material/error: {plain(opened(fault(found, self.answer)))}")

    def _changed(self, name: str, written: Callable[[Any], str]) -> None:
        value = written(st.session_state[_widget(name)])
        if value == self.base.settings()[name]:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value


def _whom(fields: _Fields, offered: Offered) -> None:
    fields.several("tiers", {key: tier(key) for key in offered.tiers}, every=say("all tiers"))
    fields.several("segments", {segment: term(segment) for segment in offered.segments}, every=say("all classes"))
    tags = dict.fromkeys((*offered.tags, *fields.scenario.tags))
    fields.several("tags", {tag: _tag(tag, offered) for tag in tags}, every=say("any tags"))
    if len(offered.branches) > 1:
        called = dict(zip(offered.branches, names(list(offered.branches.values())), strict=True))
        fields.several("branches", called, every=say("all branches"))
    fields.number("size", help_text=say("Drawn at random from those who may be contacted; empty for all of them."))
    fields.number("control", help_text=say("Held out at random, to see what the campaign adds."))
    if fields.answer.treated and not fields.answer.control:
        st.caption(f":material/info: {plain(nobody_held_out())}")
    fields.arms()


def _what(fields: _Fields, offered: Offered) -> None:
    fields.one("objective", {key: term(key) for key in offered.objectives})
    fields.one("theme", {"": say("a new theme"), **{key: term(key) for key in offered.themes}})
    called = dict(zip(offered.products, names(list(offered.products.values())), strict=True))
    fields.one("product", {"": say("no product"), **called})
    fields.several("channels", {key: term(key) for key in offered.channels}, every=say("choose a channel"))


def _when(fields: _Fields, _offered: Offered) -> None:
    fields.day("starts_on")
    fields.day("ends_on")
    fields.number("days", help_text=say("Days after the first day in which a purchase counts."))


def _how_much(fields: _Fields, _offered: Offered) -> None:
    st.caption(say("Cost by kind; empty: as such campaigns cost."))
    sides = st.columns(2)
    for place, name in enumerate(KINDS):
        with sides[place * 2 // len(KINDS)]:
            fields.number(name)
    fields.number("each", help_text=say("Of the kinds left empty, together; empty: what was paid before."))
    fields.number("fixed", help_text=say("Of the kinds left empty, whatever the number of customers."))
    fields.number("budget", help_text=say("Cost not to exceed; empty for none."))
    fields.number("hours", help_text=say("Staff hours not to exceed; empty for those that are free."))
    fields.number("target", help_text=say("Sales to reach; empty for none."))
    fields.number("seed", help_text=say("Of the draws and of the lots: the same seed gives the same."))


def _tag(tag: str, offered: Offered) -> str:
    parts = tag.split(INSIDE)
    if len(parts) != PARTS_OF_A_TAG:
        return one_line(tag)
    family, name, value = parts
    if family != OWN:
        return say("{tag}: {value}", tag=term(name), value=term(value))
    shown = names([offered.campaigns.get(value, value)])[0] if name == TREATED else term(value)
    return say("{tag}: {value}", tag=own_fact(name), value=shown)


def _widget(name: str) -> str:
    return f"plan_{name}"


def _day(value: date | Sequence[date] | None) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _arms(typed: str) -> str:
    """Arms as the URL holds them: a part without a share stays as it was typed."""
    parts = [_SHARE.sub(INSIDE + r"\1", part.strip()) for part in _PARTS.split(typed)]
    return SEPARATOR.join(part.replace(SEPARATOR, " ") for part in parts if part)


def _typed(held: int, unit: int) -> str:
    """What the URL holds in the smallest unit as it is typed, to the last cent where it has some."""
    cents = len(str(unit)) - 1 if held % unit else 0
    return f"{held / unit:,.{cents}f}"


def _number(unit: int) -> Callable[[str], str]:
    """A typed number as the URL holds it: in the smallest unit; what is none stays as it was typed."""

    def written(typed: str) -> str:
        text = typed.strip().replace(",", "").replace("\N{FULLWIDTH COMMA}", "").replace("\N{MINUS SIGN}", "-")
        try:
            return str(round(float(text) * unit)) if text else ""
        except (ValueError, OverflowError):
            return typed.strip()[:40]

    return written
