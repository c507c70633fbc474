"""Several campaigns or arms told: doubts about the set first, then each beside its control, then every pair."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from answers.compare.several import EVERY, Named, Several
from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.verdict import Grade

from story import estimates, figures
from story.campaigns import ages
from story.chart import forest, theme
from story.columns import Column
from story.compare import called
from story.compare.verdict import clauses, ended
from story.estimates import Style
from story.parts import Block, Story, Table
from story.vocabulary import names, term
from story.words import language, listed, opened, say, say_count, sentences

SHARE_OF_NOTE = 0.01
"""Share of customers in more than one campaign up to which nothing is said."""

LONG = 30
"""Days between first and last start from which the season is in the differences."""


def tell(answer: Several) -> Story:
    """The set in the reader's language."""
    stated = tuple(facts(answer))
    beside = {"en": " ", "zh": ""}[language()].join(ended(opened(doubt)) for doubt in doubts(answer))
    return Story(
        headline(answer),
        stated,
        (beside,) if beside else (),
        rows=(
            (_members(answer),),
            (ages.block(answer.ages, {one.key: member(one) for one in answer.members}),),
            (_numbers(answer),),
            (_pairs(answer),),
        ),
        choice=stated,
        currency=answer.currency,
    )


def member(one: Named) -> str:
    """A campaign, or a campaign and its arm."""
    name = called.offer(one.offer)
    return name if one.arm == EVERY else say("{campaign}, {arm}", campaign=name, arm=term(one.arm))


def headline(answer: Several) -> str:
    """How many show something, and whether any two differ."""
    found, metric = answer.found, called.metric_word(answer.found.key)
    told = found.own if found.rest is None else found.rest
    if unknown := _unknown(answer, told):
        return unknown
    first = _raised(told, metric) if found.rest is None else _apart(told, metric)
    differ = _differ(found.between)
    pairs = (
        say_count("{count} pair differs", "{count} pairs differ", differ)
        if differ
        else say("no two are shown to differ")
        if found.between.known.any()
        else ""
    )
    return opened(clauses([first, pairs]))


def _raised(effects: Intervals, metric: str) -> str:
    """How many raised or lowered it against their own controls."""
    known, up, down = int(effects.known.sum()), int(np.sum(effects.low > 0)), int(np.sum(effects.high < 0))
    if known == 1:
        if up:
            return say("the only one that can be judged raised {metric}", metric=metric)
        if down:
            return say("the only one that can be judged lowered {metric}", metric=metric)
        return say("the only one that can be judged is not shown to raise {metric}", metric=metric)
    raised = (
        say("{n} of {all} raised {metric}", n=up, all=known, metric=metric)
        if up
        else say("none of the {all} is shown to raise {metric}", all=known, metric=metric)
    )
    return clauses([raised, say("{n} lowered it", n=down) if down else ""])


def _apart(differences: Intervals, metric: str) -> str:
    """How many differ from the rest."""
    known = int(differences.known.sum())
    if shown := int(np.sum((differences.low > 0) | (differences.high < 0))):
        return say_count(
            "{count} of {all} differs from the rest in {metric}",
            "{count} of {all} differ from the rest in {metric}",
            shown,
            all=known,
            metric=metric,
        )
    if known == 1:
        return say("the only one that can be judged is not shown to differ from the rest in {metric}", metric=metric)
    return say("none of the {all} is shown to differ from the rest in {metric}", all=known, metric=metric)


def _differ(between: Intervals) -> int:
    return int(np.sum((between.low > 0) | (between.high < 0)))


def facts(answer: Several) -> Iterator[str]:
    """What is compared, and how."""
    yield say_count("{count} side by side", "{count} side by side", len(answer.members))
    yield called.metric_name(answer.found.key)
    yield (
        say("each against its own control, drawn at random")
        if answer.found.effects
        else say("each against the others: nobody drew them, so differences and no more")
    )
    if answer.branches:
        yield listed(names(answer.branches))
    customers = sum(sum(pair) for pair in answer.customers)
    yield say("{n} customers assigned", n=figures.number(customers))


def doubts(answer: Several) -> Iterator[str]:
    """What makes it a bad set, the worst first."""
    if answer.waiting:
        yield say(
            "{n} customers are still counting: limits hold on any day, but what is shown may move",
            n=figures.number(answer.waiting),
        )
    if off := _off_plan(answer):
        yield say(
            "the groups of {campaigns} are not of the planned sizes: nothing is told of what they brought; look for "
            "customers taken out after the draw and for rows that the feed lacks",
            campaigns=listed(off),
        )
    if few := answer.found.few_branches:
        yield say(
            "few branches decide for {campaigns}: limits from so few are wide, and may miss if a branch stands far "
            "from the others",
            campaigns=listed(member(answer.members[place]) for place in few),
        )
    share, customers = answer.twice
    if share > SHARE_OF_NOTE:
        yield say(
            "{share} of the customers ({n}) were in more than one of them: each blurs the others",
            share=figures.percent(share, 1),
            n=figures.number(customers),
        )
    objectives = dict.fromkeys(one.offer.objective for one in answer.members)
    if len(objectives) > 1:
        what = listed(term(word) if word else say("not recorded") for word in objectives)
        yield say("they were for different things: {what}", what=what)
    days = sorted({one.offer.days for one in answer.members})
    if len(days) > 1:
        yield say(
            "their customers were watched for {least} to {most} days: the longer ones had more time",
            least=days[0],
            most=days[-1],
        )
    starts = [one.offer.starts_on for one in answer.members]
    if (apart := (max(starts) - min(starts)).days) > LONG:
        yield say(
            "the first and the last began {n} days apart: the season is in the differences",
            n=figures.number(apart),
        )


def _off_plan(answer: Several) -> list[str]:
    own = answer.found.own
    rows = (row for row in range(len(own)) if own.reason[row] == Reason.SAMPLE_RATIO.value)
    return [member(answer.members[row]) for row in rows]


def _unknown(answer: Several, told: Intervals) -> str:
    """That nothing can be told, and why; empty where something can."""
    if told.known.any():
        return ""
    metric = called.metric_word(answer.found.key)
    return opened(say("{metric} can't be compared: {reason}", metric=metric, reason=estimates.why(told, 0)))


def level(count: int) -> str:
    """For how many together the intervals allow."""
    return say_count("intervals allow for {count} of them together", "intervals allow for all {count} together", count)


def _members(answer: Several) -> Block:
    """Each in one plot."""
    found = answer.found
    told = found.own if found.rest is None else found.rest
    heading = _heading_of_members(answer, told)
    what = (
        say("{metric}, treated minus own control", metric=called.metric_name(found.key))
        if found.rest is None
        else say("{metric}, each minus all others together", metric=called.metric_name(found.key))
    )
    caption = sentences([what, level(len(told)), *_in_their_years(answer, told)])
    return _forest(
        answer,
        [member(one) for one in answer.members],
        told,
        heading,
        caption,
        "several",
        [figures.number(treated) for treated, _ in answer.customers],
    )


def _in_their_years(answer: Several, told: Intervals) -> list[str]:
    """Which of those that show an effect here show less of it on every other page."""
    if answer.found.rest is not None:
        return []
    weaker = [
        member(one)
        for one, grade, low, high in zip(answer.members, answer.grades, told.low, told.high, strict=True)
        if (low > 0 or high < 0) and not grade.shown and grade is not Grade.NOT_JUDGED
    ]
    return [say("among the campaigns of their year no more than a hint: {who}", who=listed(weaker))] if weaker else []


def _heading_of_members(answer: Several, told: Intervals) -> str:
    if unknown := _unknown(answer, told):
        return unknown
    alike = float(answer.found.alike.p_value[0])
    if not math.isnan(alike):
        p = figures.p_value(alike)
        return (
            say("They did not all do the same ({p})", p=p)
            if alike < 0.05
            else say("That all did the same is not ruled out ({p})", p=p)
        )
    shown = int(np.sum((told.low > 0) | (told.high < 0)))
    if shown:
        return say_count("{count} of them stands out", "{count} of them stand out", shown)
    return say("None of them stands out")


def _forest(
    answer: Several,
    called_: list[str],
    told: Intervals,
    heading: str,
    caption: str,
    key: str,
    counts: list[str],
) -> Block:
    """Intervals one below the other, in one unit; those without a number say why."""
    unit = called.unit_of_difference(answer.found.key)
    known = np.flatnonzero(told.known)
    largest = float(np.median(np.abs(told.estimate[known]))) if len(known) else 0.0
    style = Style.of(unit, answer.currency, largest, signed=True)
    scale = style.divisor if unit is Unit.MONEY else 1.0
    rows = [
        forest.Row(
            called_[row],
            float(told.estimate[row]) / scale,
            float(told.low[row]) / scale,
            float(told.high[row]) / scale,
            _role(told, row),
            sentences([style.cell(told, row), word(told, row)]),
            (counts[row], style.cell(told, row), word(told, row)),
        )
        for row in (int(at) for at in known)
    ]
    marked = style.mark or (say("points") if unit is Unit.POINTS else "")
    none = say("no effect") if answer.found.effects else say("no difference")
    if not rows:
        return Block(heading, caption, None)
    widest = sorted(max(abs(row.low), abs(row.high)) for row in rows)
    points = sorted(abs(row.estimate) for row in rows)
    reach = max(widest[int(len(widest) * 0.75)], points[-1]) * 1.05 or 1.0
    chart = forest.chart(
        rows,
        [forest.Mark(0.0, none, 0, len(rows) - 1, dashed=False)],
        forest.Columns((say("treated"), say("difference"), say("verdict")), (0.58, 0.83, 1.0), 0.47),
        reach=(-reach, reach),
        alt_text=heading,
        key=key,
        axis=theme.axis_label(unit),
    )
    missing = [f"{called_[row]} ({estimates.why(told, row)})" for row in range(len(told)) if row not in known]
    after = say("Not drawn: {what}", what=listed(missing)) if missing else ""
    return Block(heading, opened(sentences([caption, marked])), chart, after=after)


def _role(told: Intervals, row: int) -> theme.Role:
    return "better" if told.low[row] > 0 else "worse" if told.high[row] < 0 else "none"


def word(told: Intervals, row: int) -> str:
    """What an interval says, in a word."""
    if not told.known[row]:
        return estimates.why(told, row)
    if told.low[row] > 0:
        return say("higher")
    return say("lower") if told.high[row] < 0 else say("no difference shown")


def _numbers(answer: Several) -> Block:
    """What each did, its control, and the differences."""
    found, key = answer.found, answer.found.key
    unit, difference = called.unit(key), called.unit_of_difference(key)
    columns = [
        Column(say("Campaign"), [member(one) for one in answer.members]),
        Column(
            say("Treated : held out"),
            [f"{figures.number(treated)} : {figures.number(control)}" for treated, control in answer.customers],
        ),
        Column(called.metric_name(key), answer.treated, unit),
    ]
    own = Column(say("Against its own control"), found.own, difference, signed=True)
    if found.rest is None:
        off = found.own.reason == Reason.SAMPLE_RATIO.value
        columns += [Column(say("Of the control"), answer.control.withheld(off, Reason.SAMPLE_RATIO), unit), own]
    else:
        columns += [own, Column(say("Against the others"), found.rest, difference, signed=True)]
    table = Table(tuple(columns), say("Side by side"), "several_table", prose=True)
    return Block(say("All numbers"), opened(level(len(answer.members))), table)


def _pairs(answer: Several) -> Block:
    """Every pair."""
    found, shown = answer.found, [member(one) for one in answer.members]
    differ = _differ(found.between)
    heading = _unknown(answer, found.between) or (
        say_count("{count} pair differs", "{count} pairs differ", differ)
        if differ
        else say("No two are shown to differ")
    )
    columns = (
        Column(say("First"), [shown[first] for first, _ in found.pairs]),
        Column(say("Second"), [shown[second] for _, second in found.pairs]),
        Column(
            say("Difference of effects") if found.effects else say("Difference"),
            found.between,
            called.unit_of_difference(found.key),
            signed=True,
        ),
        Column(say("Verdict"), [word(found.between, row) for row in range(len(found.pairs))]),
    )
    caption = sentences([say("first minus second"), level(len(found.pairs))])
    return Block(opened(heading), opened(caption), Table(columns, say("Every pair"), "pairs", prose=True))
