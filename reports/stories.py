"""The stories that can be printed, each asked for by what a command or a subscription names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from answers import period, pinned, places, targets
from answers.campaigns import ages, overlap, promised
from answers.campaigns import campaign as campaign_answer
from answers.campaigns import overview as campaigns_answer
from answers.compare import compare as compare_answer
from answers.compare.choice import Choice
from answers.compare.offered import offered
from answers.loop import loop as loop_answer
from answers.people import choice as people_choice
from answers.people import person as person_answer
from answers.people import team as team_answer
from answers.plan import cited
from answers.plan import offered as plan_offered
from answers.plan import plan as plan_answer
from answers.plan import scenario as scenarios
from answers.plan.learned import default
from answers.running import running as running_answer
from answers.summary import summary as summary_answer
from answers.tiers import choice as tiers_choice
from answers.tiers import tiers as tiers_answer
from answers.week import reach, to_do
from answers.week import week as week_answer
from data_access.reading.reader import Reader
from data_access.workspace.loop import plans
from story import notes, target
from story.campaigns import campaign as campaign_story
from story.campaigns import overview as campaigns_story
from story.chart.over_time import noted
from story.compare import compare as compare_story
from story.loop import loop as loop_story
from story.parts import Story
from story.people import person as person_story
from story.people import team as team_story
from story.plan import plan as plan_story
from story.running import running as running_story
from story.summary import summary as summary_story
from story.tiers import tiers as tiers_story
from story.week import week as week_story

from reports import whose
from reports.errors import NothingError


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
    told = promised.ask(whose.workspace(), reader, answer)
    return campaign_story.with_plan(campaign_story.tell(answer), told)


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
    waiting = to_do.ask(reader, answer.listed_on, branch, size=week_story.LISTED, workspace=whose.workspace())
    return _with_targets(
        week_story.sheet(answer, waiting, reaches=reach.ask(whose.workspace(), reader, answer)), reader
    )


def tiers(reader: Reader, months: int, by_assets: bool, branch: str) -> Story:
    """Moves between tiers over so many months.

    Raises:
        NothingError: the data are not long enough, do not tell it, or the viewer may not see the branch.
    """
    _must_be_seen(reader, branch)
    offered = tiers_choice.offered(reader)
    _must_be_offered(str(months), list(map(str, offered.months)), "horizon of months")
    rule = tiers_choice.RULES[int(by_assets)]
    if rule not in offered.rules:
        raise NothingError("The feeds do not tell a tier by assets. No file was written. Leave --by-assets out.")
    return tiers_story.tell(tiers_answer.ask(reader, tiers_choice.Choice(months, rule, branch)))


def people(reader: Reader, chosen: str, branch: str, who: str = "") -> Story:
    """The people of a branch, the first that is offered if empty; or one of them, by their identifier.

    Raises:
        NothingError: there is no such thing in these data, or the viewer may not see it.
    """
    _must_be_seen(reader, branch)
    offered = people_choice.offered(reader)
    _must_be_offered(chosen, offered.periods)
    if branch and branch not in offered.branches:
        raise NothingError(
            f"{branch} has no people of its own. No file was written. {_near(branch, list(offered.branches))}"
        )
    choice = people_choice.Choice(chosen or offered.periods[0], branch or next(iter(offered.branches), ""))
    team = team_answer.ask(reader, choice)
    judged = team_answer.judge(whose.workspace(), reader, team)
    if not who:
        return team_story.tell(team, judged)
    if who not in team.people:
        raise NothingError(
            f"Nobody called {who} was at {choice.branch} then. No file was written. {_near(who, list(team.people))}"
        )
    return person_story.tell(person_answer.of(team, judged, who))


def plan(reader: Reader, identifier: str = "", scenario: int = 1) -> Story:
    """A scenario of a plan as it was saved last; the plan that the page begins with if empty.

    Raises:
        NothingError: there is no such plan, or it is not for the viewer's branches.
    """
    first, workspace = default(reader), whose.workspace()
    offered = plan_offered.offered(reader)
    if not identifier:
        answers = [("A", plan_answer.ask(reader, first))]
    else:
        found = plans.find(workspace, reader.scope, identifier)
        if found is None:
            known = [one.plan_id for one in plans.of(workspace, reader.scope)]
            raise NothingError(
                f"There is no plan {identifier} that {reader.viewer.email} may see. No file was written. "
                f"{_near(identifier, known)}"
            )
        read = [(one.name, *scenarios.read(one.settings, first)) for one in found.draft.scenarios]
        answers = [(name, plan_answer.ask(reader, settings, faults)) for name, settings, faults in read]
    _must_be_offered(str(scenario), [str(place) for place in range(1, len(answers) + 1)], "scenario")
    answer = answers[scenario - 1][1]
    product = offered.products.get(answer.scenario.product, "")
    lessons = cited.ask(workspace, answer)
    return plan_story.tell(answer, answers, product, None, offered.branches, lessons)


def running(reader: Reader, campaign: str, branch: str) -> Story:
    """The campaigns that run, one of them looked at: the most urgent if empty.

    Raises:
        NothingError: no such campaign runs, or the viewer may not see the branch.
    """
    _must_be_seen(reader, branch)
    _must_be_offered(campaign, list(running_answer.offered(reader, branch)), "running campaign")
    choice = running_answer.Choice(campaign=campaign, branch=branch)
    return running_story.tell(running_answer.ask(whose.workspace(), reader, choice), whose.called())


def loop(reader: Reader, chosen: str, campaign: str) -> Story:
    """What was learned of the campaigns of a period, all if empty; one of them evaluated, the most urgent if empty.

    Raises:
        NothingError: there is no such period.
    """
    _must_be_offered(chosen, loop_answer.offered(reader))
    choice = loop_answer.Choice(chosen or loop_answer.Choice().period, campaign)
    return loop_story.tell(loop_answer.ask(whose.workspace(), reader, choice), whose.called())


def with_notes(story: Story, reader: Reader) -> Story:
    """The story with what people wrote beside it: marks on its charts, and below them what each says, and who.

    As it stands at this moment; lines to write on by hand stay the last.
    """
    found = pinned.beside(whose.workspace(), reader, noted.weeks(story), story.traced)
    return notes.printed(noted.beside(story, found), found)


def _with_targets(story: Story, reader: Reader) -> Story:
    """The story with what its numbers were to reach, as it stands at this moment."""
    keys = target.keys(story)
    if story.traced is None or not keys:
        return story
    branches = places.branches(reader, story.traced.branch)
    return target.on_cards(story, targets.ask(whose.workspace(), reader, keys, story.traced.period, branches))


def _must_be_offered(chosen: str, offered: Sequence[str], what: str = "period") -> None:
    """Refuses what there is not; nothing chosen is what the page shows first.

    Raises:
        NothingError: the choice is none of what is offered.
    """
    if chosen and not offered:
        raise NothingError(
            f"These data tell nothing that a {what} could be chosen for. No file was written. Load the tables that the "
            "page needs: docs/feeds.md describes them."
        )
    if chosen and chosen not in offered:
        raise NothingError(
            f"There is no {what} {chosen} in these data. No file was written. Choose one of {', '.join(offered)}."
        )


def _must_be_seen(reader: Reader, branch: str) -> None:
    """Refuses a place that the viewer does not see.

    Raises:
        NothingError: there is no such branch or region, or it is not the viewer's.
    """
    known = list(places.offered(reader))
    if branch and branch not in known:
        raise NothingError(
            f"The branch {branch} is not in these data, or {reader.viewer.email} may not see it. "
            f"No file was written. {_near(branch, known)}"
        )


def _near(wanted: str, known: list[str]) -> str:
    """What could have been meant, or some of what there is, as a sentence."""
    alike = get_close_matches(wanted, known, n=3, cutoff=0.5)
    if alike:
        return f"Did you mean {' or '.join(alike)}?"
    return f"There are {len(known)}, such as {', '.join(known[:3])}." if known else "There is none yet."
