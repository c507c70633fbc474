"""The charts and lists of a team: funnel, ranks, courses, pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from answers.people.results import Band
from answers.people.skills import Skill
from answers.people.team import Team
from answers.people.training import FEWEST
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.finding import Finding
from metrics.staff import mentoring, training_effect
from metrics.staff.performance import Performance

from story import estimates, figures, findings
from story.chart import interval, ranges, result_funnel, theme
from story.parts import Block, Claim, Claims, Nothing
from story.people.wording import by_customers, by_id, called, opens, role_of, skill
from story.words import opened, say, say_count, sentences

_WORTH_SAYING: Final = 1.05
"""How many times wider limits are told to be."""


def funnel(team: Team, found: Performance, band: Band) -> Block:
    """Results against what was expected, beside results elsewhere without names."""
    result = found.standardised
    heading = _funnel_heading(found)
    widened = (
        [say("widened {times} times, as colleagues spread more than chance", times=figures.number(band.widened, 1))]
        if band.widened >= _WORTH_SAYING
        else []
    )
    elsewhere = say_count(
        "small dot: {count} person elsewhere, without a name",
        "small dots: {count} people elsewhere, without names",
        len(team.elsewhere),
    )
    caption = sentences(
        [
            say("Conversions, 100 = as the bank converts such customers"),
            say("limits 95 % and 99.8 % of chance"),
            *widened,
            *([elsewhere] if len(team.elsewhere) else [say("too few branches beside to show others")]),
        ]
    )
    told = called(team)
    hover = [
        say(
            "{name}: {converted} converted, {expected} expected",
            name=name,
            converted=figures.number(float(result.observed[place])),
            expected=figures.number(float(result.expected[place]), 1),
        )
        for place, name in enumerate(told)
    ]
    shown = result_funnel.chart(
        told,
        result.expected,
        result.ratio,
        ["text" if role_of(one) == "none" else role_of(one) for one in found.verdict],
        hover,
        others=(
            team.elsewhere["expected"].to_numpy(dtype=np.float64),
            team.elsewhere["ratio"].to_numpy(dtype=np.float64),
        ),
        band=(band.expected, band.low, band.high),
        limits=(figures.percent(band.levels[0]), figures.percent(band.levels[-1], 1)),
        axis=say("conversions expected"),
        alt_text=opened(say("Funnel plot of {n} people. {finding}.", n=len(told), finding=heading)),
        key="funnel",
        opens=opens(team, list(range(len(told)))),
    )
    return Block(heading, caption, shown, width=6, hint=say("A dot opens the person"))


def _funnel_heading(found: Performance) -> str:
    low, high = found.funnel.adjusted
    value, judged = found.funnel.value, found.enough
    outside = int((judged & ((value < low[0]) | (value > high[0]))).sum())
    if not judged.any():
        return say("Nobody has enough customers to be judged")
    if outside == 0:
        return say("Everyone lies where chance would put them")
    if not found.differences_shown:
        return say_count(
            "{count} person lies outside the limits, as chance alone will do",
            "{count} people lie outside the limits, as chance alone will do",
            outside,
        )
    return say_count(
        "{count} person lies outside the limits of chance", "{count} people lie outside the limits of chance", outside
    )


def rank_ranges(team: Team, found: Performance) -> Block:
    """Where each may stand among colleagues."""
    ranked, order = found.ranks, [place for place in by_customers(team) if found.enough[place]]
    caption = sentences(
        [
            say("Rank among {n} with {level} certainty", n=ranked.field, level=figures.percent(ranked.level)),
            say("listed by number of customers, not by result"),
            say("no middle mark: it would be read as a rank"),
        ]
    )
    low, high = ranked.low[order], ranked.high[order]
    if not order or np.isnan(low).all():
        nothing = Nothing(say("Ranks need three people with enough customers."), say("Choose a longer period."))
        return Block(say("No ranks can be told"), "", nothing, width=5)
    telling = int((ranked.telling[order] & found.order_shown).sum())
    heading = (
        say_count("{count} rank can be told to half the field", "{count} ranks can be told to half the field", telling)
        if telling
        else say("Nobody's rank can be told")
    )
    told = called(team)
    shown = ranges.chart(
        [told[place] for place in order],
        low,
        high,
        [
            say("{low} to {high}", low=figures.number(float(best)), high=figures.number(float(worst)))
            for best, worst in zip(low, high, strict=True)
        ],
        field=ranked.field,
        roles=[role_of(found.verdict[place]) for place in order],
        alt_text=opened(say("Ranges of ranks of {n} people. {finding}.", n=len(order), finding=heading)),
        key="ranks",
        opens=opens(team, order),
    )
    after = (
        say("the {shown} with most customers of {n}; all stand in the table", shown=ranges.MOST_ROWS, n=len(order))
        if len(order) > ranges.MOST_ROWS
        else ""
    )
    return Block(heading, caption, shown, after, width=5)


def courses(team: Team) -> Block:
    """What changed for who took a course, beyond what changed for who did not."""
    judged = [course for course in team.courses if course.judged and course.effect.difference.known[0]]
    if not judged:
        why = say(
            "A course is judged from {n} people who took it and {n} who never did, each with half a year before and "
            "after.",
            n=FEWEST,
        )
        return Block(say("No course can be judged yet"), "", Nothing(why, ""), width=6)
    found: list[Finding] = [one for each in judged for one in training_effect.findings(each.name, each.effect)]
    moved = [one for one in found if one.code.value in ("trained_higher", "trained_lower")]
    heading = findings.sentence(moved[0], team.currency) if moved else say("No course shows a gain or a loss")
    caption = sentences(
        [
            say("Conversions against expected, half a year after less half a year before, trained less untrained"),
            say("limits allow for {n} courses", n=len(judged)) if len(judged) > 1 else "",
            say("nobody drew them, so a difference and no more"),
        ]
    )
    effects = [course.effect.difference for course in judged]
    numbers = Intervals.of(
        [float(one.estimate[0]) for one in effects],
        [float(one.low[0]) for one in effects],
        [float(one.high[0]) for one in effects],
        n=[float(one.n[0]) for one in effects],
        level=effects[0].level,
    )
    names = [skill(course.name) for course in judged]
    told = [
        say("{course} · {taken} of {n}", course=name, taken=course.taken, n=course.taken + course.without)
        for name, course in zip(names, judged, strict=True)
    ]
    shown = interval.chart(
        told,
        numbers,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.RATIO),
        axis=theme.axis_label(Unit.RATIO),
        line=0.0,
        roles=[_course_role(one) for one in effects],
        alt_text=opened(say("Change after {n} courses. {finding}.", n=len(judged), finding=heading)),
        key="courses",
    )
    began = [findings.sentence(one, team.currency) for one in found if one.code.value.startswith("trained_began")]
    return Block(heading, caption, shown, sentences(began), width=6)


def _course_role(effect: Intervals) -> theme.Role:
    return role_of(str(effect.verdict()[0]))


def pairs(team: Team) -> Block:
    """Who could learn what from whom, or why nobody is paired."""
    caption = say(
        "In lines and channels in which colleagues differ by more than chance, a mentor who is above expected and "
        "better with a chance of {level} or more",
        level=figures.percent(0.9),
    )
    if not team.pairs:
        return Block(say("No mentor pair is suggested"), caption, Nothing(_why_no_pair(team.skills), ""), width=5)
    shown = Claims(tuple(Claim(claim_topic(team, pair.skill), pair_sentence(team, pair)) for pair in team.pairs))
    heading = say_count("{count} mentor pair is suggested", "{count} mentor pairs are suggested", len(team.pairs))
    return Block(heading, caption, shown, width=5)


def pair_sentence(team: Team, pair: mentoring.Pair) -> str:
    """One pair in words."""
    (found,) = mentoring.findings([pair])
    return findings.sentence(found, team.currency, {**by_id(team), pair.skill: claim_topic(team, pair.skill)})


def claim_topic(team: Team, place: str) -> str:
    """The line or channel at a place of the team's skills."""
    return skill(team.skills[int(place)].value)


def _why_no_pair(skills: tuple[Skill, ...]) -> str:
    known = [one for one in skills if not np.isnan(one.p_value)]
    if not known:
        return say("There are too few results by line and channel to tell anyone apart.")
    nearest = min(known, key=lambda one: one.p_value)
    if nearest.taught:
        return say("Colleagues differ, but nobody is surely enough ahead of anybody.")
    return say(
        "In none of {n} lines and channels do colleagues differ by more than chance; "
        "{skill} comes nearest ({p_value}).",
        n=len(known),
        skill=skill(nearest.value),
        p_value=figures.p_value(nearest.p_value),
    )
