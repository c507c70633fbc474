"""What the pages of people share: names, verdicts, and what a person's page is opened by."""

from __future__ import annotations

from typing import Final

from answers.people.team import Team
from metrics.catalogue.entry import marked as _
from metrics.estimate import Verdict
from metrics.moments import Floats

from story.chart import theme
from story.parts import Opens
from story.vocabulary import names, term
from story.words import say

PERSON: Final = "staff"
"""Name of the parameter by which a person's page is opened."""

BLOCKS: Final = {
    "results": _("Results"),
    "cross_selling": _("Cross-sell"),
    "won_and_kept": _("Won and kept"),
    "service": _("Service"),
}
"""What is weighted, as a column is headed."""

_VERDICTS: Final = {
    Verdict.HIGHER: _("above expected"),
    Verdict.LOWER: _("below expected"),
    Verdict.NO_DIFFERENCE: _("as expected"),
    Verdict.TOO_FEW: _("few customers"),
}
_ROLES: Final[dict[Verdict, theme.Role]] = {Verdict.HIGHER: "better", Verdict.LOWER: "worse"}


def called(team: Team) -> list[str]:
    """The names of the team, in its order."""
    return names([team.names[person] for person in team.people])


def by_id(team: Team) -> dict[str, str]:
    """The names by identifier, as findings need them."""
    return dict(zip(team.people, called(team), strict=True))


def opens(team: Team, order: list[int]) -> Opens:
    """What rows open: the page of the person."""
    return Opens("person", PERSON, tuple(team.people[place] for place in order))


def by_customers(team: Team) -> list[int]:
    """Places of the people, who was given most customers first: an order that says nothing of results."""
    given: Floats | list[float] = (
        [0.0] * len(team.people) if team.performance is None else team.performance.standardised.n
    )
    return sorted(range(len(team.people)), key=lambda place: (-float(given[place]), team.people[place]))


def verdict(value: str) -> str:
    """A verdict in words."""
    return say(_VERDICTS[Verdict(value)])


def role_of(value: str) -> theme.Role:
    """The colour of a verdict; most are grey."""
    return _ROLES.get(Verdict(value), "none")


def skill(value: str) -> str:
    """A line or channel."""
    return term(value)
