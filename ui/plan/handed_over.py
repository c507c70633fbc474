"""An audience that the page of tiers keeps, taken over by a scenario: what can be taken, and what cannot."""

from __future__ import annotations

from typing import Final

import streamlit as st
from answers.plan.offered import Offered
from answers.plan.scenario import INSIDE, SEPARATOR
from data_access.audience import LIFE_STAGE, OWN, TREATED, WON
from data_access.tier_pairs import NO_CAMPAIGN
from story.plan.words import field, own_fact
from story.words import listed, say

from ui import filters
from ui.choose_tiers import NO_MOVE

FIELDS: Final = {"tiers": "cell", "segments": "class", "branches": "branch"}
"""Fields of a scenario, and what of the audience goes there."""

TAGS: Final = {LIFE_STAGE: "stage", WON: "won", TREATED: "exposed"}
"""The same of what is told as a tag."""

REST: Final = ("months", "rule")


def take(may: Offered) -> str:
    """Moves the audience of the URL into the scenario's fields; what was taken and what was not, in a sentence.

    Tier and life stage are those of today. Who moved, and when, is none of a scenario's fields.
    """
    if not filters.parameter("cell"):
        return ""
    moved = filters.parameter("cell") != NO_MOVE
    asked = {name: filters.parameter(name) for name in (*FIELDS.values(), *TAGS.values())}
    asked["cell"] = asked["cell"].rpartition(NO_MOVE)[2]
    known = {"tiers": may.tiers, "segments": may.segments, "branches": tuple(may.branches)}
    for name in (*asked, *REST):
        st.query_params.pop(name, None)
    taken: list[str] = []
    left: list[str] = []
    for name, key in FIELDS.items():
        if asked[key] in known[name]:
            st.query_params[name] = asked[key]
        if asked[key]:
            (taken if asked[key] in known[name] else left).append(field(name))
    tags = {name: INSIDE.join((OWN, name, asked[key])) for name, key in TAGS.items() if asked[key]}
    may_be = {*may.tags, *(INSIDE.join((OWN, TREATED, one)) for one in may.campaigns)}
    for name, tag in tags.items():
        named = say("contacted by no campaign") if asked[TAGS[name]] == NO_CAMPAIGN else own_fact(name)
        (taken if tag in may_be else left).append(named)
    if held := [tag for tag in tags.values() if tag in may_be]:
        st.query_params["tags"] = SEPARATOR.join(held)
    if moved:
        left.append(say("the move itself"))
    if not left:
        told = say("Taken from the audience that was kept, as it is today: {taken}.", taken=listed(taken))
        return told if taken else ""
    if not taken:
        return say("Nothing could be taken from the audience that was kept: {left}.", left=listed(left))
    return say(
        "Taken from the audience that was kept, as it is today: {taken}. Not taken: {left}.",
        taken=listed(taken),
        left=listed(left),
    )
