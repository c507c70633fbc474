"""The team as one table in several views: results, breadth, service, skills, score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from answers.people.team import Judged, Team
from metrics.catalogue import Unit, metric
from metrics.inference.proportion import wilson
from metrics.inference.satisfaction import top_two_box

from story.columns import Column
from story.parts import Table, Views
from story.people.wording import BLOCKS, by_customers, called, opens, skill, verdict
from story.words import say

Order = npt.NDArray[np.intp]


def views(team: Team, judged: Judged) -> Views:
    """One row a person, who was given most customers first."""
    order = np.array(by_customers(team), dtype=np.intp)
    tables = {
        "results": _results(team, judged, order),
        "breadth": _breadth(team, order),
        "service": _service(team, order),
        **({"skills": _skills(team, order)} if team.skills else {}),
    }
    said = {
        "results": say("Results"),
        "breadth": say("Sales and book"),
        "service": say("Service and rules"),
        "skills": say("Lines and channels"),
    }
    return Views("view", say("What of them"), {key: said[key] for key in tables}, tables)


def _table(team: Team, key: str, alt: str, order: Order, columns: Sequence[Column]) -> Table:
    told = called(team)
    return Table(
        (Column(say("Name"), [told[int(place)] for place in order]), *columns),
        alt,
        f"people_{key}",
        opens(team, order.tolist()),
    )


def _results(team: Team, judged: Judged, order: Order) -> Table:
    columns = [
        Column(say("Days present"), team.breadth.present[order], Unit.SHARE, missing=say("not recorded")),
    ]
    found = team.performance
    if found is not None:
        result = found.standardised
        columns += [
            Column(say("Customers"), result.n[order], Unit.COUNT),
            Column(say("Converted"), result.observed[order], Unit.COUNT),
            Column(
                say("Expected"),
                result.expected[order],
                Unit.SCORE,
                definition=say(
                    "What the bank converts of customers of the same campaign, tier and channel, times this person's "
                    "customers of each kind."
                ),
            ),
            Column(
                say("Against expected"),
                found.ratio.scaled(1.0, shift=-1.0)[order],
                Unit.SHARE,
                signed=True,
                definition=say(metric("observed_to_expected").formula),
            ),
        ]
    columns.append(
        Column(
            say("Attainment"),
            judged.attained.estimate[order],
            Unit.SHARE,
            missing=say("no target") if judged.recorded else say("not recorded"),
            definition=say("Sales / the branch's target of the months that are over, shared out by days present."),
        )
    )
    if found is not None:
        columns.append(Column(say("Reading"), [verdict(str(found.verdict[place])) for place in order]))
    return _table(team, "results", say("Results of the team"), order, columns)


def _breadth(team: Team, order: Order) -> Table:
    beside, missing = team.breadth, say("not recorded")
    return _table(
        team,
        "breadth",
        say("Sales and book of the team"),
        order,
        [
            Column(say("Sales"), beside.sold[order], Unit.COUNT, missing=missing),
            Column(
                say("Cross-sell"),
                wilson(beside.cross_sold)[order],
                Unit.SHARE,
                definition=say(metric("cross_sell_ratio").formula),
            ),
            Column(
                say("Reversed"),
                wilson(beside.reversed_sales)[order],
                Unit.SHARE,
                definition=say(metric("reversal_rate").formula),
            ),
            Column(say("Won"), beside.won[order], Unit.COUNT, missing=missing),
            Column(
                say("Kept"), wilson(beside.kept)[order], Unit.SHARE, definition=say(metric("retention_rate").formula)
            ),
            Column(say("Referrals given"), beside.given[order], Unit.COUNT, missing=missing),
            Column(
                say("Referrals closed"),
                wilson(beside.closed)[order],
                Unit.SHARE,
                definition=say(metric("referral_close_rate").formula),
            ),
        ],
    )


def _service(team: Team, order: Order) -> Table:
    beside, missing = team.breadth, say("not recorded")
    return _table(
        team,
        "service",
        say("Service of the team and the rules it kept"),
        order,
        [
            Column(
                say("Satisfied"),
                top_two_box(beside.satisfied)[order],
                Unit.SHARE,
                definition=say(metric("top_two_box").formula),
            ),
            Column(say("Answers"), beside.satisfied.n[order], Unit.COUNT, missing=missing),
            Column(say("Complaints upheld"), beside.upheld[order], Unit.COUNT, missing=missing),
            Column(say("Courses"), beside.courses[order], Unit.COUNT, missing=missing),
            Column(say("Mean score"), beside.examined[order], Unit.SCORE, missing=say("no course")),
            Column(say("Sales checked"), beside.checked[order], Unit.COUNT, missing=missing),
            Column(
                say("Breaches"),
                beside.breached[order],
                Unit.COUNT,
                missing=missing,
                definition=say(
                    "Sales of products that may lose money to a customer without a rating that bore the risk on the "
                    "day of the sale. A breach closes the score; no result buys it back."
                ),
            ),
        ],
    )


def _skills(team: Team, order: Order) -> Table:
    return _table(
        team,
        "skills",
        say("Lines and channels of the team"),
        order,
        [
            Column(skill(one.value), one.ratio.scaled(1.0, shift=-1.0)[order], Unit.SHARE, signed=True)
            for one in team.skills
        ],
    )


def scores(team: Team, judged: Judged) -> Table | None:
    """What each gets for what, and in sum; None where there is nothing to weigh."""
    card = judged.card
    if card is None:
        return None
    order = np.array(by_customers(team), dtype=np.intp)
    few = say("too few")
    blocks = [
        Column(say(BLOCKS[block]), points[order], Unit.SCORE, missing=few)
        for block, points in zip(card.weights, card.blocks, strict=True)
    ]
    gated = card.gated[order]
    paid = [say("closed") if closed else say("open") for closed in gated]
    columns = [
        *blocks,
        Column(say("Weight covered"), card.covered[order], Unit.SHARE),
        Column(say("Score"), card.score[order], Unit.SCORE),
        Column(say("Gate"), paid),
    ]
    return _table(team, "score", say("Scores of the team"), order, columns)
