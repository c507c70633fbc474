"""One campaign: what it brought, against what, at what cost; arm by arm, week by week, at equal age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from answers.campaigns.campaign import Campaign, NotSeen
from answers.campaigns.promised import Promised, Wider
from metrics.campaigns import verdict
from metrics.catalogue import Unit, metric
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.verdict import Grade, Meaning, meaning
from metrics.moments import Floats

from story import estimates, figures, findings
from story.campaigns import adjusted, charts, columns, groups, harm, promised, staff
from story.campaigns.overview import branches, of_closed
from story.cards import measured
from story.columns import Column
from story.once import once
from story.parts import Badge, Block, Card, Nothing, Story, Table
from story.vocabulary import names, term
from story.words import say, sentences

SATISFACTION = ("top_two_box", "csat_mean", "net_promoter_score", "response_rate", "complaint_rate")
MONEY = (
    "sales",
    "sales_per_customer_winsorised",
    "sales_top_share",
    "internal_conversion_share",
    "net_new_money",
    "contribution",
    "campaign_cost",
    "cost_per_contact",
    "cost_per_conversion",
    "roi_attributed",
    "roi_incremental",
    "break_even_conversions",
    "break_even_lift",
    "incremental_conversion",
    "incremental_contribution_per_customer",
    "incremental_net_new_money_per_customer",
)
ARMS = ("participation_rate", "conversion_rate", "sales_per_customer", "contribution_per_customer")


@once
def tell(answer: Campaign | NotSeen) -> Story:
    """The campaign in the reader's language."""
    if isinstance(answer, NotSeen):
        return _not_seen(answer)
    name = names(list(answer.about["name"]))[0]
    called = {str(answer.about["campaign_id"].iloc[0]): name}
    return Story(
        findings.headline(answer.found, answer.currency, called),
        tuple(_facts(answer, name)),
        tuple(findings.sentence(finding, answer.currency, called) for finding in findings.further(answer.found)),
        tuple(_cards(answer)),
        (
            (charts.arms(answer), charts.funnel(answer)),
            (_arms(answer),),
            (charts.weeks(answer), charts.equal_age(answer)),
            (groups.block(answer), harm.block(answer)),
            (charts.costs(answer), staff.block(answer)),
            (_satisfaction(answer),),
            (_money(answer),),
        ),
        (name, *([branches(answer.branches)] if answer.branches else [])),
        answer.currency,
        answer.traced,
    )


def with_plan(story: Story, told: Promised | Wider | None) -> Story:
    """The story of a campaign with what was forecast of it: as people say it now, so that it is never kept.

    The forecast stands before the details where there is one, and says how to get one behind them where there is none.
    """
    rows = promised.blocks(told, story.currency)
    if not isinstance(told, Promised) or not told.outcomes:
        return replace(story, rows=(*story.rows, *rows))
    return replace(story, rows=(*story.rows[:1], *rows, *story.rows[1:]))


def _not_seen(answer: NotSeen) -> Story:
    if not answer.name:
        nothing = Nothing(
            say("The link names no campaign that is in this data."), say("Choose one from the list of all campaigns.")
        )
        return Story(say("Which campaign?"), (), rows=((Block("", "", nothing),),))
    nothing = Nothing(say("None of the customers counted here was on its list."), say("Choose another branch."))
    facts = (names([answer.name])[0], *([branches(answer.branches)] if answer.branches else []))
    return Story(say("This campaign had no customer of yours"), facts, rows=((Block("", "", nothing),),))


def _facts(answer: Campaign, name: str) -> list[str]:
    """What the headline rests on: name, days, objective, offer, design, whose customers."""
    row = answer.about.iloc[0]
    return [
        name,
        say("{first} to {last}", first=figures.day(row["starts_on"]), last=figures.day(row["ends_on"])),
        term(row["objective"]),
        *([term(row["line"])] if isinstance(row["line"], str) else []),
        term(row["assignment"]),
        *([branches(answer.branches)] if answer.branches else []),
        say("{n} customers assigned", n=figures.number(float(answer.scores["members"].estimate[0]))),
    ]


def _cards(answer: Campaign) -> list[Card]:
    card, currency = answer.scores, answer.currency
    planned, waiting = card["budget_used"], float(card["open_members"].estimate[0])
    of_plan = [say("{share} of plan", share=estimates.value(planned, 0, Unit.SHARE))] if planned.known[0] else []
    still = [say("{n} waiting", n=figures.number(waiting))] if waiting else []
    contacted = say("{n} contacted", n=_n(card["participation_rate"]))
    assigned = of_closed(card["conversion_rate"], card["open_members"])
    returned = card["roi_incremental"]
    return [
        measured(
            say("Participation"),
            "participation_rate",
            card["participation_rate"],
            [contacted],
            currency,
            shown_by="funnel",
        ),
        measured(
            say("Conversion"), "conversion_rate", card["conversion_rate"], [assigned, *still], currency, shown_by="arms"
        ),
        _effect(answer),
        measured(
            say("Incremental ROI"),
            "roi_incremental",
            returned,
            [say("{n} compared", n=_n(returned))],
            currency,
            shown_by="money",
            definition=adjusted.definition(card, "roi_incremental"),
            badge=_badge(answer, "roi_incremental"),
        ),
        measured(say("Cost, all kinds"), "campaign_cost", card["campaign_cost"], of_plan, currency, shown_by="costs"),
        measured(
            say("Satisfied"),
            "top_two_box",
            card["top_two_box"],
            [say("{n} answers", n=_n(card["top_two_box"]))],
            currency,
            shown_by="satisfaction",
        ),
    ]


def _effect(answer: Campaign) -> Card:
    """The effect on what the campaign was for: the metric that it is judged by."""
    key = answer.scores.judges[0] or verdict.CONVERSION
    conversion = key == verdict.CONVERSION
    return measured(
        say("Effect, points") if conversion else say(columns.JUDGES[key]),
        key,
        answer.scores[key],
        [*([] if conversion else [say("effect per customer")]), say("{n} compared", n=_n(answer.scores[key]))],
        answer.currency,
        shown_by="arms" if conversion else "money",
        definition=adjusted.definition(answer.scores, key),
        signed=not conversion,
        badge=_badge(answer, key),
    )


def _n(numbers: Intervals) -> str:
    return figures.number(float(numbers.n[0])) if np.isfinite(numbers.n[0]) else say("not recorded")


def _badge(answer: Campaign, key: str) -> Badge | None:
    """What the verdict on a metric means; coloured where it holds in its family."""
    grade = Grade(str(answer.scores.verdicts[key].grade[0]))
    if grade is Grade.NOT_JUDGED:
        return None
    better = meaning(grade, metric(key).direction) is Meaning.BETTER
    if grade.hint:
        return (say("a hint: ↑") if grade.sign > 0 else say("a hint: ↓")), "gray"
    if not grade.shown:
        return say("no difference shown"), "gray"
    return (say("↑ better"), "blue") if better else (say("↓ worse"), "orange")


def _arms(answer: Campaign) -> Block:
    """The arms side by side, a column each, which a phone can show: how many, and what they did.

    Of arms that are not of their planned sizes there is only how many.
    """
    arms, rates = answer.arms, () if answer.scores.off_plan[0] else ARMS
    counts = ((say("Assigned"), arms["n"]), (say("Still counting"), arms["n"] - arms["matured"]))
    rows = [
        *((name, Unit.COUNT, _exact(count.to_numpy(float))) for name, count in counts),
        *((say(metric(key).name), metric(key).unit, answer.by_arm[key]) for key in rates),
    ]
    units = tuple(unit for _, unit, _ in rows)
    columns = (
        Column(say("Metric"), [name for name, _, _ in rows]),
        *(
            Column(name, _below([numbers for _, _, numbers in rows], arm), units)
            for arm, name in enumerate(charts.arm_names(arms))
        ),
    )
    told = say("Each arm as counted") if rates else say("How many were counted; of such groups no rate is told")
    caption = sentences([told, adjusted.note(answer.scores, *MONEY)])
    return Block("", caption, Table(columns, say("Arms of the campaign"), "arms_table", prose=True))


def _exact(count: Floats) -> Intervals:
    """What was counted has no uncertainty: its limits are the number itself."""
    return Intervals.of(count, count, count, n=count)


def _below(found: Sequence[Intervals], row: int = 0) -> Intervals:
    """The same row of several metrics, one below the other."""
    return Intervals.of(
        [each.estimate[row] for each in found],
        [each.low[row] for each in found],
        [each.high[row] for each in found],
        n=[each.n[row] for each in found],
        level=found[0].level,
        reason=[str(each.reason[row]) for each in found],
    )


def _satisfaction(answer: Campaign) -> Block:
    """What the answers say, and how many of those asked gave one."""
    caption = say("Answers of those asked; where few answer, they may be the satisfied ones")
    rows = [(say(metric(key).name), key, answer.scores[key]) for key in SATISFACTION]
    table = Table(_outcomes(rows), say("Satisfaction of the campaign"), "satisfaction", prose=True)
    return Block(_satisfied(answer.scores["top_two_box"], answer.scores["response_rate"]), caption, table)


def _satisfied(satisfied: Intervals, answered: Intervals) -> str:
    """How many are satisfied, of how many who were asked; or why it can't be told."""
    if satisfied.known[0] and answered.known[0]:
        return say(
            "{satisfied} satisfied, {answered} of those asked answered",
            satisfied=estimates.value(satisfied, 0, Unit.SHARE),
            answered=estimates.value(answered, 0, Unit.SHARE),
        )
    if satisfied.known[0]:
        share = estimates.value(satisfied, 0, Unit.SHARE)
        return say("{satisfied} satisfied; how many were asked is not known", satisfied=share)
    if satisfied.reason[0] == Reason.NOT_NESTED.value:
        return say("Satisfaction can't be told: {reason}", reason=estimates.why(satisfied, 0))
    if answered.known[0] and answered.estimate[0] == 0:
        return say("None of those asked has answered")
    return say("Satisfaction was not recorded")


def _money(answer: Campaign) -> Block:
    """Every amount; an effect that allows for the past stands beside the plain difference."""
    rows: list[tuple[str, str, Intervals]] = []
    definitions: list[str] = []
    for key in MONEY:
        name = say(metric(key).name)
        rows.append((name, key, answer.scores[key]))
        definitions.append(adjusted.definition(answer.scores, key))
        if answer.scores.adjusted(key)[0]:
            rows.append((say("{metric}, plain difference", metric=name), key, answer.plain[key]))
            definitions.append(say("the same as counted: the groups' means subtracted, nothing allowed for"))
    columns = (*_outcomes(rows), Column(say("Definition"), definitions))
    return Block(
        say("What it brought and what it cost"),
        sentences(
            [
                say("Customers whose window has closed; costs are their even share of the whole"),
                adjusted.note(answer.scores, *MONEY),
            ]
        ),
        Table(columns, say("Money of the campaign"), "money", prose=True),
    )


def _outcomes(rows: Sequence[tuple[str, str, Intervals]]) -> tuple[Column, ...]:
    """Numbers one below the other, each with its name and the catalogue's key: the number with its interval, and n."""
    numbers = _below([numbers for _, _, numbers in rows])
    return (
        Column(say("Metric"), [name for name, _, _ in rows]),
        Column(say("Value with its 95 % interval"), numbers, tuple(metric(key).unit for _, key, _ in rows)),
        Column(say("n"), numbers.n, Unit.COUNT, missing=say("not recorded")),
    )
