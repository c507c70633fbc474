"""What campaigns cost against what they added, each by itself and all together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from answers.campaigns.holdout import Holdouts
from answers.campaigns.overview import Campaigns
from metrics.campaigns import programme, verdict
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from story import estimates, figures
from story.campaigns import columns
from story.chart import scatter, theme
from story.chart.scatter import Dot
from story.columns import Column
from story.estimates import Style
from story.parts import Block, Nothing, Opens, Table
from story.vocabulary import names
from story.words import listed, number_word, opened, prose, say, say_count, sentences

MOST: Final = 200
"""Dots that the plot shows: more are a cloud."""

MOST_NAMED: Final = 6

_NAME: Final = (0.35, 0.08)
"""Parts of the two axes within which a second name would lie upon the first."""

_TOLD: Final = 1.005
"""How much wider an interval must be for it to be told how much."""


def against_cost(answer: Campaigns) -> Block:
    """Each campaign that held out a control as a dot, cost across and contribution added up, with its interval."""
    added, cost = programme.added(answer.scores)
    known = np.flatnonzero(added.known)
    rows = known[np.argsort(-cost[known], kind="stable")[:MOST]]
    if not len(rows):
        nothing = Nothing(say("No campaign here has both a control group and a cost, so none can be set against it."))
        return Block(say("Cost against what was added"), "", nothing, width=5)
    style = Style.of(Unit.MONEY, answer.currency, float(np.abs(cost[rows]).max()))
    called, grades = names(list(answer.listed["name"])), answer.scores.verdicts[verdict.RETURN].grade
    verdicts, labelled = columns.return_verdicts(answer), _named(added, cost, rows, [str(grade) for grade in grades])
    dots = [
        Dot(
            called[row],
            float(cost[row]) / style.divisor,
            float(added.estimate[row]) / style.divisor,
            float(added.low[row]) / style.divisor,
            float(added.high[row]) / style.divisor,
            theme.role_of(str(grades[row])),
            say(
                "added {added} ({limits}) at a cost of {cost} · {verdict}",
                added=estimates.value(added, row, Unit.MONEY, answer.currency, signed=True),
                limits=estimates.limits(added, row, Unit.MONEY, answer.currency, signed=True),
                cost=figures.money(float(cost[row]), answer.currency),
                verdict=verdicts[row],
            ),
            row,
            row in labelled,
        )
        for row in map(int, rows)
    ]
    above, below = int((added.low[known] > cost[known]).sum()), int((added.high[known] < cost[known]).sum())
    heading = _heading(above, below, len(known))
    without = len(added) - len(known)
    chart = scatter.chart(
        dots,
        [
            (-1.0, say("ROI −1: nothing added")),
            (0.0, say("ROI 0: break-even")),
            (1.0, say("ROI +1")),
            (2.0, say("ROI +2")),
        ],
        (say("cost, {unit}", unit=style.mark), say("contribution added, {unit}", unit=style.mark)),
        alt_text=say("Cost and contribution added of {n} campaigns. {finding}.", n=len(dots), finding=heading),
        key="against_cost",
        opens=Opens("campaign", "campaign", tuple(str(campaign) for campaign in answer.listed["campaign_id"])),
    )
    caption = sentences(
        [
            say("Contribution added against control by customers whose window has closed, and the cost of these"),
            say("{level} % interval", level=f"{added.level * 100:g}"),
            say("lines of equal return"),
            say("coloured where the verdict holds among all campaigns of its year"),
            *(
                [say("the {n} that cost most; all stand in the table", n=figures.number(MOST))]
                if len(known) > MOST
                else []
            ),
            *(
                [
                    say_count(
                        "{count} campaign without a control group or a cost is not drawn: "
                        "what is attributed is no effect",
                        "{count} campaigns without a control group or a cost are not drawn: "
                        "what is attributed is no effect",
                        without,
                    )
                ]
                if without
                else []
            ),
        ]
    )
    return Block(heading, caption, chart, width=5, hint=say("Click a dot to open its campaign"))


def _heading(above: int, below: int, known: int) -> str:
    """How many intervals lie wholly on one side of break-even, each by itself."""
    if not above and not below:
        return say_count("Its interval reaches break-even", "All {count} intervals reach break-even", known)
    said = [
        say_count(
            "{word} lies wholly above break-even", "{word} lie wholly above break-even", above, word=number_word(above)
        )
        if above
        else "",
        say_count(
            "{word} lies wholly below break-even", "{word} lie wholly below break-even", below, word=number_word(below)
        )
        if below
        else "",
    ]
    return opened(listed(part for part in said if part))


def _named(added: Intervals, cost: np.ndarray, rows: np.ndarray, grades: list[str]) -> set[int]:
    """Dots whose names stand beside them: those with a verdict, and those at the edges."""
    shown = [int(row) for row in rows if theme.role_of(grades[int(row)]) != "none"]
    edges = [int(rows[place]) for place in (added.estimate[rows].argmax(), cost[rows].argmax())]
    across, up = float(cost[rows].max()) * _NAME[0], float(np.ptp(added.estimate[rows])) * _NAME[1]
    named: list[int] = []
    for row in [*edges, *shown]:
        near = (
            abs(cost[row] - cost[one]) < across and abs(added.estimate[row] - added.estimate[one]) < up for one in named
        )
        if row not in named and len(named) < MOST_NAMED and not any(near):
            named.append(row)
    return set(named)


def together(answer: Campaigns) -> Block:
    """The campaigns that held out a control, added up: added, spent, and both returns side by side."""
    told, currency = answer.together, answer.currency
    judged = int(answer.scores[verdict.RETURN].known.sum())
    added = told["contribution_added"]
    if not added.known[0] and not len(answer.holdouts):
        nothing = Nothing(
            say("No campaign here has both a control group and a cost, so nothing can be added up."),
            say("Hold out a control group at random, and load costs by campaign_cost."),
        )
        return Block(say("All of them together"), "", nothing, width=3)
    summed = [
        (say("Contribution added"), added, Unit.MONEY, True),
        (say("for each customer treated"), told["contribution_added_per_customer"], Unit.MONEY, True),
        (say("Cost"), told["judged_cost"], Unit.MONEY, False),
        (say("ROI incremental"), told["roi_incremental"], Unit.RATIO, False),
        (say("ROI attributed"), told["roi_attributed"], Unit.RATIO, False),
    ]
    lines = [*(summed if added.known[0] else ()), *_measured(answer.holdouts)]
    table = Table(
        (
            Column(say("All judged together"), [name for name, *_ in lines]),
            Column(
                say("Number"),
                [estimates.value(of, 0, unit, currency, signed=signed) for _, of, unit, signed in lines],
            ),
            Column(
                say("Interval"),
                [
                    estimates.limits(of, 0, unit, currency, signed=signed) or (say("counted") if of.known[0] else "")
                    for _, of, unit, signed in lines
                ],
            ),
        ),
        say("The programme together"),
        "together",
    )
    if not added.known[0]:
        none = say("No campaign here has both a control group and a cost, so nothing can be added up.")
        return Block(say("All of them together"), none, table, after=_shared(answer), width=3)
    heading = say(
        "Together they added {added} for {cost}",
        added=estimates.value(added, 0, Unit.MONEY, currency, signed=True),
        cost=estimates.value(told["judged_cost"], 0, Unit.MONEY, currency),
    )
    caption = say_count(
        "The campaign whose return can be told",
        "The {count} campaigns whose return can be told, each against its own control, added",
        judged,
    )
    return Block(heading, caption, table, after=_shared(answer), width=3)


def _measured(holdouts: Holdouts) -> Iterator[tuple[str, Intervals, Unit, bool]]:
    """The programme as a whole, by those who were held out from all of it."""
    for row in range(len(holdouts)):
        name = say("Measured as a whole")
        yield f"{name} {row + 1}" if len(holdouts) > 1 else name, holdouts.total[np.array([row])], Unit.MONEY, True


def _held_out(holdouts: Holdouts, currency: str) -> list[str]:
    """Who they are, and what holding them out cost."""
    said: list[str] = []
    forgone = holdouts.forgone
    for row, name in enumerate(names(list(holdouts.name))):
        if forgone.known[row]:
            told = say(
                "{holdout} measures the whole: {n} customers were held out from everything, which is {forgone} "
                "forgone; they are not added to the sum.",
                holdout=name,
                n=figures.number(float(holdouts.held_out[row])),
                forgone=estimates.value(forgone, row, Unit.MONEY, currency, signed=True),
            )
        else:
            told = say(
                "{holdout} is to measure the whole, which can't be told: {reason}.",
                holdout=name,
                reason=estimates.why(forgone, row),
            )
        said.append(told)
    return said


def _shared(answer: Campaigns) -> str:
    """What customers in several campaigns do to the sum, and what would measure the programme as a whole."""
    shared = answer.shared
    said: list[str] = []
    if shared.several:
        share = figures.percent(shared.several / shared.customers)
        wider = figures.percent(shared.wider - 1)
        said.append(
            say("{share} of their customers were in two or more of them; the interval allows for that.", share=share)
            if shared.wider < _TOLD
            else say(
                "{share} of their customers were in two or more of them; that makes the interval {wider} wider.",
                share=share,
                wider=wider,
            )
        )
    said.append(
        say(
            "Each effect is what a campaign added on top of the others, so the sum need not be what would be lost "
            "without all of them."
        )
    )
    said += _held_out(answer.holdouts, answer.currency) or [
        say(
            "That only a share of customers held out from everything can tell, loaded as one campaign with a control "
            "and named by the setting comparison.holdouts."
        )
    ]
    return prose(said)
