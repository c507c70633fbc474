"""What decisions ask, and which wait for an approval, in the reader's language."""

from __future__ import annotations

from answers.loop.asked import Asked
from data_access.workspace.loop.actions import Action
from data_access.workspace.loop.decisions import Decision, Verdict

from story import figures
from story.loop.board import Called, due, person, place
from story.loop.words import VERDICTS
from story.parts import Badge
from story.vocabulary import names
from story.words import say, say_count, sentences


def heading(asked: Asked) -> str:
    """Above what is to be done."""
    return say_count("Decisions ask {count} thing here", "Decisions ask {count} things here", len(asked.actions))


def action(asked: Asked, one: Action, called: Called) -> tuple[str, str, Badge]:
    """What is to be done, of which campaign and by whom, and until when."""
    about = sentences(
        [
            names([asked.called[one.campaign_id]])[0],
            say(VERDICTS[Verdict(one.verdict)]),
            *place(one, asked.branches),
            person(one.asked.owner, called),
        ]
    )
    return names([one.asked.text])[0], about, due(one.asked.due_on, asked.on)


def waiting(asked: Asked) -> str:
    """Above the decisions that wait."""
    return say_count("{count} decision waits for you", "{count} decisions wait for you", len(asked.waiting))


def decision(asked: Asked, one: Decision, called: Called) -> tuple[str, str]:
    """What was decided of which campaign, and why, by whom and until when."""
    draft = one.draft
    until = [say("by {day}", day=figures.day(draft.due_on))] if draft.due_on else []
    said = say(
        "{campaign}: {verdict}",
        campaign=names([asked.called[one.campaign_id]])[0],
        verdict=say(VERDICTS[draft.verdict]),
    )
    return said, sentences([names([draft.reason])[0], person(draft.owner, called), *until])


def loops(asked: Asked) -> str:
    """How many loops are open."""
    told = say_count("{count} campaign with open actions", "{count} campaigns with open actions", asked.open)
    late = say_count("{count} of them late", "{count} of them late", asked.late) if asked.late else ""
    return sentences([told, late])
