"""The stories that can be printed, each asked for by what a command or a subscription names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from answers import period, places, targets
from answers.campaigns import ages, overlap
from answers.campaigns import campaign as campaign_answer
from answers.campaigns import overview as campaigns_answer
from answers.compare import compare as compare_answer
from answers.compare.choice import Choice
from answers.compare.offered import offered
from answers.summary import summary as summary_answer
from answers.week import reach, to_do
from answers.week import week as week_answer
from data_access.reading.reader import Reader
from story import target
from story.campaigns import campaign as campaign_story
from story.campaigns import overview as campaigns_story
from story.compare import compare as compare_story
from story.parts import Story
from story.summary import summary as summary_story
from story.week import week as week_story

from reports import whose
from reports.errors import NothingError

LISTED: Final = 8
"""Rows of what to do that have room on the page of a week though each takes two lines."""


def campaign(reader: Reader, identifier: str, branch: str) -> Story:
    """One campaign; empty `branch`: all branches of the reader.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, branch)
    answer = campaign_answer.ask(reader, identifier, branch)
    if isinstance(answer, campaign_answer.NotSeen):
        known = list(campaigns_answer.ask(reader, campaigns_answer.Choice(branch=branch)).listed["campaign_id"])
        raise NothingError(
            f"The campaign {identifier} is not in these data, or had no customer whom {reader.viewer.email} may see. "
            f"No file was written. {_near(identifier, known)}"
        )
    return campaign_story.tell(answer)


def campaigns(reader: Reader, chosen: str, branch: str) -> Story:
    """The campaigns of a period, all if empty.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, branch)
    _must_be_offered(chosen, (period.ALL, *campaigns_answer.offered(reader).periods))
    choice = campaigns_answer.Choice(period=chosen or period.ALL, branch=branch)
    return campaigns_story.tell(
        campaigns_answer.ask(reader, choice), overlap.ask(reader, choice), ages.ask(reader, choice)
    )


def comparison(reader: Reader, choice: Choice, *, swap: bool = False) -> Story:
    """Two sides compared; an empty campaign is the latest that is over and has a control.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, choice.branch)
    known = offered(reader)
    if choice.campaign and choice.campaign not in known.offers:
        raise NothingError(
            f"The campaign {choice.campaign} is not in these data, or had no customer whom {reader.viewer.email} may "
            f"see. No file was written. {_near(choice.campaign, list(known.offers))}"
        )
    if choice.against and choice.against not in known.against(choice.campaign or known.first, choice.a):
        raise NothingError(
            f"{choice.against} is nothing that {choice.campaign or known.first} can be compared with. "
            "No file was written. Name its control, another of its arms, or another campaign."
        )
    return compare_story.tell(compare_answer.ask(reader, choice), swap=swap)


def summary(reader: Reader, chosen: str = "", branch: str = "") -> Story:
    """The summary of a period, the last quarter if empty.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, branch)
    offered = summary_answer.offered(reader)
    _must_be_offered(chosen, offered)
    answer = summary_answer.ask(reader, summary_answer.Choice(chosen or offered[0], branch=branch))
    return _with_targets(summary_story.tell(answer, summary_answer.reach(whose.workspace(), reader, answer)), reader)


def week(reader: Reader, chosen: str = "", branch: str = "") -> Story:
    """The page of a week, the last complete one if empty.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, branch)
    _must_be_offered(chosen, week_answer.offered(reader), "week")
    answer = week_answer.ask(reader, week_answer.Choice(chosen, branch))
    waiting = to_do.ask(reader, answer.listed_on, branch, size=LISTED, workspace=whose.workspace())
    return _with_targets(week_story.sheet(answer, waiting, reach.ask(whose.workspace(), reader, answer)), reader)


def _with_targets(story: Story, reader: Reader) -> Story:
    """The story with what its numbers were to reach, as it stands at this moment."""
    keys = target.keys(story)
    if story.traced is None or not keys:
        return story
    branches = places.branches(reader, story.traced.branch)
    return target.on_cards(story, targets.ask(whose.workspace(), reader, keys, story.traced.period, branches))


def _must_be_offered(chosen: str, offered: Sequence[str], what: str = "period") -> None:
    if chosen and chosen not in offered:
        raise NothingError(
            f"There is no {what} {chosen} in these data. No file was written. Choose one of {', '.join(offered)}."
        )


def _must_be_seen(reader: Reader, branch: str) -> None:
    known = list(places.offered(reader))
    if branch and branch not in known:
        raise NothingError(
            f"The branch {branch} is not in these data, or {reader.viewer.email} may not see it. "
            f"No file was written. {_near(branch, known)}"
        )


def _near(wanted: str, known: list[str]) -> str:
    near = get_close_matches(wanted, known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are {len(known)}, such as {', '.join(known[:3])}."
