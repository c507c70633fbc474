"""One person: what was expected of them and why, as a sum; lines and channels, score, whom to learn from."""

from __future__ import annotations

import numpy as np
from answers.people.person import Person
from metrics.catalogue import Unit
from metrics.estimate import Reason, Verdict

from story import estimates, figures, period
from story.chart import interval, theme
from story.columns import Column
from story.parts import Block, Claim, Claims, Nothing, Story, Table
from story.people import evidence
from story.people.score import version, weighed
from story.people.wording import BLOCKS, called, skill, verdict
from story.summary.tier_names import tier
from story.vocabulary import names, term
from story.words import opened, say, say_count, sentences


def tell(person: Person | None) -> Story:
    """The page in the reader's language."""
    if person is None:
        nothing = Nothing(
            say("Nobody of this branch and period is called so."), say("Open a person from the page of people.")
        )
        return Story(say("Which person?"), (), rows=((Block("", "", nothing),),))
    team = person.team
    name = called(team)[person.place]
    role = [term(team.roles[person.place])] if team.roles[person.place] else []
    choice = (name, names([team.branch])[0], period.written(team.choice.period))
    facts = [name, *role, *choice[1:], _present(person)]
    return Story(
        _headline(person, name),
        tuple(facts),
        rows=((_sum(person), _lines(person)), (_learning(person), _score(person))),
        choice=choice,
        currency=team.currency,
    )


def _present(person: Person) -> str:
    share = float(person.team.breadth.present[person.place])
    return "" if np.isnan(share) else say("there for {share} of the working days", share=figures.percent(share))


def _headline(person: Person, name: str) -> str:
    found = person.team.performance
    if found is None or not found.standardised.expected[person.place] > 0:
        return say("{name} was given no customers who can be compared", name=name)
    told = {
        "name": name,
        "expected": figures.number(float(found.standardised.expected[person.place]), 1),
        "converted": figures.number(float(found.standardised.observed[person.place])),
    }
    if found.verdict[person.place] == Verdict.TOO_FEW:
        return say(
            "Of {name} {expected} conversions were expected, {converted} came: too few customers to judge", **told
        )
    return say(
        "Of {name} {expected} conversions were expected, {converted} came: {reading}",
        reading=verdict(found.verdict[person.place]),
        **told,
    )


def _sum(person: Person) -> Block:
    """What was expected, kind by kind; the last line is the sum."""
    kinds = person.kinds
    everything = kinds[["n", "expected", "converted"]].sum(min_count=len(kinds))
    whom = [
        say("{tier}, {channel}", tier=_tier(held), channel=_channel(used))
        for held, used in zip(kinds["tier"], kinds["channel"], strict=True)
    ]
    n, due, done = (
        np.append(kinds[column].to_numpy(dtype=np.float64), float(everything[column]))
        for column in ("n", "expected", "converted")
    )
    rate = np.divide(due, n, out=np.full_like(due, np.nan), where=n > 0)
    shown = Table(
        (
            Column(say("Customers of"), [*whom, say("All")]),
            Column(say("Given"), n, Unit.COUNT),
            Column(say("Bank converts"), rate, Unit.SHARE, missing=say("none")),
            Column(say("Expected"), due, Unit.SCORE),
            Column(say("Converted"), done, Unit.COUNT, missing=say("not recorded")),
        ),
        say("What was expected, as a sum"),
        "expected",
    )
    heading = say("What was expected, and why: {n}", n=figures.number(float(everything["expected"]), 1))
    alone = (
        [
            say_count(
                "{count} customer of a kind that too few others have counts neither way",
                "{count} customers of kinds that too few others have count neither way",
                person.alone,
            )
        ]
        if person.alone
        else []
    )
    caption = sentences(
        [
            say("Customers by tier and channel, times what the bank converts of such in the same campaigns"),
            *alone,
        ]
    )
    return Block(heading, caption, shown, width=6)


def _tier(value: object) -> str:
    return tier(value) if isinstance(value, str) else say("no tier")


def _channel(value: object) -> str:
    return term(value) if isinstance(value, str) else say("no channel")


def _lines(person: Person) -> Block:
    """Lines and channels against what was expected in each."""
    team = person.team
    against = person.ratios.scaled(1.0, shift=-1.0)
    known = against.known & (against.n > 0)
    heading = (
        say("Lines and channels in which colleagues differ")
        if any(one.taught for one in team.skills)
        else say("In no line or channel do colleagues differ by more than chance")
    )
    if not known.any():
        return Block(
            say("Lines and channels"), "", Nothing(say("There are too few results to tell them apart."), ""), width=5
        )
    shown = interval.chart(
        [skill(one.value) for one in team.skills],
        against.withheld(~known, Reason.TOO_FEW),
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.SHARE, signed=True),
        axis=theme.axis_label(Unit.SHARE),
        line=0.0,
        alt_text=opened(say("Lines and channels of one person with intervals. {finding}.", finding=heading)),
        key="skills",
        ordered=False,
    )
    caption = sentences([say("Conversions above or below what was expected, %"), say("95 % interval")])
    return Block(heading, caption, shown, width=5)


def _learning(person: Person) -> Block:
    team = person.team
    pairs = [*([person.learns] if person.learns else []), *person.teaches]
    if not pairs:
        none = say("No mentor pair is suggested")
        if team.pairs:  # those are on the page of the team, and not about this person
            return Block(none, "", Nothing(say("Pairs of colleagues are suggested, none with this person.")), width=5)
        return Block(none, "", evidence.pairs(team).shown, width=5)
    claims = tuple(Claim(evidence.claim_topic(team, pair.skill), evidence.pair_sentence(team, pair)) for pair in pairs)
    return Block(say("Whom to learn from, and who could learn"), "", Claims(claims), width=5)


def _score(person: Person) -> Block:
    """The score as the sum of its parts."""
    card, place = person.judged.card, person.place
    heading = say("The score, and how it comes about")
    caption = sentences([weighed(person.judged.held.percent), version(person.judged.held)])
    if card is None or not card.score.known[place]:
        why = say("Too little is known of this person for half of the weight.")
        return Block(heading, caption, Nothing(why, say("Choose a longer period.")), width=6)
    few = [say("too few")] * len(person.points)
    shown = Table(
        (
            Column(say("What"), [*(say(BLOCKS[block]) for block in card.weights), say("Score")]),
            Column(say("Points"), np.append(person.points, np.nan), Unit.SCORE, missing=[*few, ""]),
            Column(say("Weight"), np.append(person.weight, person.weight.sum()), Unit.SHARE),
            Column(say("Brings"), np.append(person.brings, card.score.estimate[place]), Unit.SCORE),
        ),
        say("The score as a sum"),
        "parts",
    )
    gate = say("A breach closes the score: results do not buy it back.") if card.gated[place] else ""
    return Block(heading, caption, shown, gate, width=6)
