"""How a comparison was laid out and what it is asked: everything that its numbers hang on beside the counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from metrics.inference.comparison.contrast import Assignment


class Kind(StrEnum):
    """What the two sides are."""

    ARMS = "arms"  # of one campaign
    CAMPAIGNS = "campaigns"  # the treated of one beside the treated of another
    PROGRAMME = "programme"  # all campaigns of a year, each against its own control


class Counted(StrEnum):
    """Whom an effect is told of."""

    ASSIGNED = "assigned"  # everybody as assigned, contacted or not (intention to treat)
    CONTACTED = "contacted"  # those whom assignment brought into contact


@dataclass(frozen=True, slots=True)
class Design:
    """One comparison, side a with side b. Money is in minor units."""

    kind: Kind = Kind.ARMS
    assignment: Assignment = Assignment.RANDOMISED
    by_branch: bool = False  # whole branches were assigned
    primary: str = "conversion_rate"  # the metric that decides; the others explore
    cost: float = float("nan")  # per customer of side a beyond one of side b; nan: not known, or nothing to pay for
    counted: Counted = Counted.ASSIGNED
    planned: float = 0.0  # customers of both sides once every window has closed
    looks: tuple[float, ...] = (1.0,)  # shares of them at which a look was planned
    accepted: Mapping[str, float] = field(default_factory=dict[str, float])  # harm accepted, by guardrail
    steps: tuple[tuple[str, ...], ...] = ()  # traits held alike where nobody randomised
    level: float = 0.95
    power: float = 0.8

    @property
    def randomised(self) -> bool:
        """Whether chance dealt the customers, so that a difference is an effect."""
        return self.assignment is Assignment.RANDOMISED

    def json(self) -> str:
        """The design as text that `read` takes."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def read(cls, text: str) -> Design:
        """A design from its text.

        >>> Design.read(Design(looks=(0.5, 1.0)).json()).looks
        (0.5, 1.0)
        """
        given: dict[str, Any] = json.loads(text)
        given["kind"], given["counted"] = Kind(given["kind"]), Counted(given["counted"])
        given["assignment"] = Assignment(given["assignment"])
        given["looks"] = tuple(given["looks"])
        given["steps"] = tuple(tuple(step) for step in given["steps"])
        return cls(**given)
