"""What people said of one campaign, in order: while it ran, what it taught, what is to become of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from answers.loop.board import Item
from answers.loop.deeds import WhileRunning
from data_access.workspace.loop.decisions import Decision, State
from data_access.workspace.loop.evaluations import Evaluation
from metrics.catalogue.entry import marked as _

from story import figures
from story.loop.board import Called, person
from story.loop.words import DEEDS, VERDICTS
from story.parts import Block, Claim, Claims, Nothing
from story.vocabulary import names
from story.words import listed, say, sentences

DECIDE: Final = "decide"
"""Name of the block in which an evaluation is written and a decision recorded."""

KINDS: Final = {
    "harm": _("its effect did harm"),
    "futility": _("its effect did not pay"),
    "benefit": _("its effect paid"),
    "complaints": _("complaints"),
    "opt_outs": _("opt-outs"),
    "satisfaction": _("satisfaction"),
    "spending": _("spending"),
    "behind": _("behind the forecast"),
    "ahead": _("ahead of the forecast"),
}
"""What was raised."""

STATES: Final = {
    State.WAITING: _("waits for approval"),
    State.APPROVED: _("approved"),
    State.RETURNED: _("returned"),
}


def block(name: str, item: Item | None, decided: Sequence[Decision], called: Called) -> Block:
    """One line a deed, the oldest first; what is still asked of people below.

    Args:
        name: Of the campaign.
        item: Where it stands.
        decided: All versions of its decision, the oldest first.
        called: Names of people by email.
    """
    told: list[tuple[datetime, Claim]] = []
    if item is not None:
        told += [(one.at, _while_running(one, called)) for one in item.deeds]
        if item.evaluation is not None:
            told.append((item.evaluation.written_at, _evaluated(item.evaluation, called)))
    told += [(one.decided_at, _decided(one, called)) for one in decided]
    claims = [claim for _, claim in sorted(told, key=lambda one: one[0])]
    claims += [
        Claim(say("Asked"), sentences([names([one.asked.text])[0], person(one.asked.owner, called)]))
        for one in (item.asked if item is not None else ())
    ]
    nothing = Nothing(say("Nobody has said yet what was learned from it."))
    return Block(say("Decide on {name}", name=name), "", Claims(tuple(claims)) if claims else nothing, name=DECIDE)


def _while_running(one: WhileRunning, called: Called) -> Claim:
    raised = listed(say(KINDS[kind]) for kind in one.kinds)
    why = names([one.why]) if one.why else []
    return Claim(say(DEEDS[one.deed]), sentences([*why, raised, person(one.by, called), figures.day(one.at.date())]))


def _evaluated(one: Evaluation, called: Called) -> Claim:
    version = say("version {version}", version=one.version)
    day = figures.day(one.written_at.date())
    return Claim(say("Evaluated"), sentences([names([one.text])[0], person(one.author, called), day, version]))


def _decided(one: Decision, called: Called) -> Claim:
    due = [say("by {day}", day=figures.day(one.draft.due_on))] if one.draft.due_on else []
    told = [
        names([one.draft.reason])[0],
        person(one.draft.owner, called),
        *due,
        say(STATES[one.state]),
        person(one.decided_by, called),
        figures.day(one.decided_at.date()),
    ]
    return Claim(say(VERDICTS[one.draft.verdict]), sentences(told))
