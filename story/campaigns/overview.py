"""All campaigns of a choice: the verdict, six cards, returns and conversion, who is not judged yet, the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from answers.campaigns.ages import Ages
from answers.campaigns.calendar import last_days
from answers.campaigns.overlap import Overlap
from answers.campaigns.overview import COUNTING, JUDGED, NEVER, Campaigns
from metrics.campaigns import verdict
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from metrics.finding import Finding, FindingCode
from metrics.inference.comparison.verdict import Grade

from story import estimates, figures, findings, period
from story.campaigns import adjusted, ages, columns, overlap, plots, returned, timeline
from story.cards import measured
from story.columns import Column
from story.once import once
from story.parts import Block, Card, Nothing, Opens, Story, Table, Views
from story.vocabulary import names, term
from story.words import listed, prose, say, say_count

LATER = (ages.NAME, overlap.NAME)
"""The blocks that are told after the rest."""


def tell(answer: Campaigns, shared: Overlap | None = None, aged: Ages | None = None) -> Story:
    """The campaigns of a choice in the reader's language.

    Args:
        answer: the campaigns.
        shared: those that reach the same customers; without it their block is empty, and told later.
        aged: the same campaigns at equal age; the same holds.
    """
    story = _told(answer)
    told = {
        ages.NAME: _aged(aged, answer) if aged is not None else ages.begun(),
        overlap.NAME: overlap.block(shared) if shared is not None else overlap.begun(),
    }
    rows = tuple(tuple(told.get(block.name, block) for block in row) for row in story.rows)
    return replace(story, rows=rows)


@once
def _aged(aged: Ages, answer: Campaigns) -> Block:
    return ages.block(aged, called(answer))


@once
def _told(answer: Campaigns) -> Story:
    rows: tuple[tuple[Block, ...], ...]
    if answer.listed.empty:
        nothing = Nothing(
            say("No campaign matches this choice."), say("Choose a longer period, another branch or fewer filters.")
        )
        rows = ((Block("", "", nothing),),)
    else:
        returns, conversion = plots.returns(answer), plots.conversion(answer)
        first = returns if returns is not None else conversion
        rows = (
            (first, _not_judged(answer)),
            (returned.against_cost(answer), returned.together(answer)),
            (timeline.block(answer),),
            (ages.begun(),),
            (_table(answer),),
            (overlap.begun(),),
            ((conversion,) if first is not conversion else ()) + (plots.funnel(answer),),
        )
    return Story(
        findings.headline(answer.found, answer.currency, called(answer)),
        tuple(_facts(answer)),
        (
            *(findings.sentence(found, answer.currency, called(answer)) for found in _beside_the_headline(answer)),
            *_blunt(answer),
        ),
        cards=tuple(_cards(answer)) if rows[0][0].heading else (),
        rows=rows,
        choice=tuple(_chosen(answer)),
        currency=answer.currency,
        traced=answer.traced,
    )


def _beside_the_headline(answer: Campaigns) -> list[Finding]:
    """What else speaks against the headline, and how the campaigns came out by each metric that judges some."""
    said = (FindingCode.SPEAKS_AGAINST, FindingCode.JUDGED_BY)
    return [found for found in findings.further(answer.found) if found.code in said]


def _blunt(answer: Campaigns) -> list[str]:
    """That net new money could not have seen what would pay, where it judges."""
    sight = answer.sight
    if not sight.blunt:
        return []
    return [
        say(
            "Net new money is known to within {half} a customer only, and {pays} would pay: it can hardly tell these "
            "campaigns apart. Conversion and contribution stand beside it in the table.",
            half=figures.money(sight.half, answer.currency),
            pays=figures.money(sight.pays, answer.currency),
        )
    ]


def called(answer: Campaigns) -> dict[str, str]:
    """The name of each campaign by its identifier."""
    return dict(zip(answer.listed["campaign_id"], names(list(answer.listed["name"])), strict=True))


def maturities() -> dict[str, str]:
    """What the choices of maturity are called."""
    return {JUDGED: say("judged"), COUNTING: say("still counting"), NEVER: say("cannot be judged")}


def _chosen(answer: Campaigns) -> list[str]:
    """The choice in words."""
    choice = answer.choice
    return [
        period.named(answer.looked_at),
        *(term(value) for value in (choice.objective, choice.theme, choice.line) if value),
        *([maturities()[choice.maturity]] if choice.maturity else []),
        *([branches(answer.branches)] if answer.branches else []),
    ]


def branches(called: tuple[str, ...]) -> str:
    """Whose customers are counted: one name, two, or how many."""
    shown = names(list(called))
    return listed(shown) if len(shown) < 3 else say_count("{count} branch", "{count} branches", len(shown))


def of_closed(conversion: Intervals, waiting: Intervals) -> str:
    """Whom a conversion rate counts: all that were assigned, or those whose window has closed while others wait."""
    n = figures.number(float(conversion.n[0]))
    if np.nansum(waiting.estimate) > 0:
        return say("of {n} whose window has closed", n=n)
    return say("{n} assigned", n=n)


def _facts(answer: Campaigns) -> list[str]:
    """What the headline rests on."""
    card = answer.scores
    waiting = int((card["open_members"].estimate > 0).sum())
    without = int((card["roi_incremental"].reason == Reason.NO_CONTROL.value).sum())
    return [
        *_chosen(answer),
        _assigned(float(np.nansum(card["members"].estimate)), answer.members_ever),
        *(
            [
                say_count(
                    "{count} campaign with customers still counting",
                    "{count} campaigns with customers still counting",
                    waiting,
                )
            ]
            if waiting
            else []
        ),
        *(
            [say_count("{count} without a control group", "{count} without a control group", without)]
            if without
            else []
        ),
    ]


def _assigned(members: float, ever: float) -> str:
    """How many customers; where the choice holds the lesser part of all, of how many."""
    n, every = figures.number(members), figures.number(ever)
    if members < ever / 2:
        return say("{n} customers assigned, of {every} in all campaigns", n=n, every=every)
    return say("{n} customers assigned", n=n)


def _cards(answer: Campaigns) -> list[Card]:
    """Six cards: the programme as a whole. Added, cost and return are of the same campaigns: those judged."""
    together, card, currency = answer.together, answer.scores, answer.currency
    judged_cost, every_cost = together["judged_cost"], together["campaign_cost"]
    part, conversion = together["participation_rate"], together["conversion_rate"]
    satisfied, answered = together["top_two_box"], together["response_rate"]
    judged = say_count("{count} judged", "{count} judged", int(card["roi_incremental"].known.sum()))
    staff_time = bool(card.lacks_cost("staff_time").any())
    every = (
        [say("{cost} of all {n}", cost=estimates.value(every_cost, 0, Unit.MONEY, currency), n=len(card))]
        if every_cost.known[0]
        else []
    )
    asked = say("{share} answered", share=estimates.value(answered, 0, Unit.SHARE)) if answered.known[0] else ""
    return [
        measured(
            say("Contribution"),
            "contribution",
            together["contribution_added"],
            [say("added"), judged],
            currency,
            shown_by="returns",
            definition=say(
                "Contribution that the judged campaigns added against their control groups, campaign by campaign."
            ),
            signed=True,
        ),
        measured(
            say("Cost of these"),
            "campaign_cost",
            judged_cost if judged_cost.known[0] else every_cost,
            [judged, *every, *([say("before staff time")] if staff_time else [])],
            currency,
            shown_by="returns",
            definition=say(
                "Cost of the judged campaigns, of the customers whose window has closed: what the contribution "
                "added is set against. All kinds of cost."
            ),
        ),
        measured(
            say("Incremental ROI"),
            "roi_incremental",
            together["roi_incremental"],
            [judged],
            currency,
            shown_by="returns",
            definition=adjusted.definition(card, "roi_incremental"),
        ),
        measured(
            say("Participation"),
            "participation_rate",
            part,
            [say("{n} contacted", n=figures.number(float(part.n[0])))],
            currency,
            shown_by="conversion",
        ),
        measured(
            say("Conversion"),
            "conversion_rate",
            conversion,
            [of_closed(conversion, card["open_members"])],
            currency,
            shown_by="conversion",
        ),
        measured(
            say("Satisfied"),
            "top_two_box",
            satisfied,
            [say("{n} answers", n=figures.number(float(satisfied.n[0]))), asked],
            currency,
            shown_by="conversion",
        ),
    ]


def _not_judged(answer: Campaigns) -> Block:
    """Campaigns that can't be judged by their objective, and why; those that will be known first, soonest first."""
    effect, shown = answer.scores[verdict.CONVERSION], names(list(answer.listed["name"]))
    rows = np.flatnonzero(answer.scores.grades == Grade.NOT_JUDGED)
    waiting = effect.reason[rows] == Reason.WINDOW_OPEN.value
    counting = int(waiting.sum())
    never = len(rows) - counting
    heading = listed(
        [
            *([say_count("{count} still counting", "{count} still counting", counting)] if counting else []),
            *([say_count("{count} cannot be judged", "{count} cannot be judged", never)] if never else []),
        ]
    )
    caption = say("Still counting is no failure; without a control group, sales are only attributed")
    if not len(rows):
        nothing = Nothing(say("Every campaign here can be judged."))
        return Block(say("All can be judged"), caption, nothing, width=3)
    until = last_days(answer.listed.iloc[rows])
    soonest = [day if open_ else date.max for day, open_ in zip(until, waiting, strict=True)]
    sequence = sorted(range(len(rows)), key=soonest.__getitem__)
    reasons = [
        say("counting until {day}", day=figures.day(day)) if open_ else estimates.why(effect, int(row))
        for day, open_, row in zip(until, waiting, rows, strict=True)
    ]
    opens = Opens(
        "campaign", "campaign", tuple(str(answer.listed["campaign_id"].iloc[int(rows[place])]) for place in sequence)
    )
    columns = (
        Column(say("Campaign"), [shown[int(rows[place])] for place in sequence]),
        Column(say("Why"), [reasons[place] for place in sequence]),
    )
    return Block(
        heading[:1].upper() + heading[1:],
        caption,
        Table(columns, say("Campaigns not judged"), "waiting", opens),
        width=3,
    )


def _table(answer: Campaigns) -> Block:
    """Every campaign with every number, in four views."""
    order = answer.order
    opens = Opens("campaign", "campaign", tuple(str(answer.listed["campaign_id"].iloc[int(row)]) for row in order))
    offered = {
        "response": say("Response"),
        "money": say("Money"),
        "cost": say("Cost by kind"),
        "satisfaction": say("Satisfaction"),
    }
    views = Views(
        "view",
        say("Columns of the table"),
        offered,
        {
            view: Table(
                tuple(columns.columns(answer, view)),
                say("Campaigns: {view}", view=name),
                f"scorecard_{view}",
                opens,
            )
            for view, name in offered.items()
        },
    )
    return Block(
        say_count("The one campaign", "All {count} campaigns", len(answer.listed)),
        say("each number with its 95 % interval"),
        views,
        after=_attributed(answer),
        hint=say("Tick a row to open its campaign · sort by a click on a header"),
    )


def _attributed(answer: Campaigns) -> str:
    """Sales credited to campaigns beside all sales: attribution is a convention, so the sums are shown."""
    if not answer.sold > 0:
        return say("Sales outside campaigns are not recorded, so attributed sales cannot be set against all sales.")
    credited, claimed = float(np.nansum([answer.attributed])), float(np.nansum(answer.scores["sales"].estimate))
    numbers = {
        "credited": figures.money(credited, answer.currency),
        "actual": figures.money(answer.sold, answer.currency),
        "claimed": figures.money(claimed, answer.currency),
    }
    said = say(
        "Of all sales of this period and choice, {actual}, {credited} are credited to a campaign. "
        "Crediting a sale to a campaign is a convention; an effect needs a control group.",
        **numbers,
    )
    more = (
        say(
            "The sales in the table add up to {claimed}, more than were made: a sale in the windows of several "
            "campaigns counts in each, and windows reach beyond the period. Do not add them up.",
            **numbers,
        )
        if claimed > answer.sold
        else ""
    )
    return prose([said, more])
